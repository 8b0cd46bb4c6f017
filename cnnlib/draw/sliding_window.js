(() => {
  const BEAT = 1000; // milliseconds for each window

  function start(root) {
    const data = JSON.parse(root.querySelector('script[type="application/json"]').textContent);
    const last = data.steps.length - 1;
    const find = (selector) => root.querySelector(selector);

    const controls = document.createElement("div");
    controls.className = "controls";
    controls.innerHTML = data.controls;
    find(".words").after(controls);

    const rows = [...root.querySelectorAll(".input tr")].map((row) => [...row.cells]);
    const weights = [...root.querySelectorAll("td.k")].map((cell) => cell.textContent);
    const products = [...root.querySelectorAll("td.products")];
    const outputs = [...root.querySelectorAll("td.y")];
    const isBack = root.dataset.way === "back"; // all upstream gradients are known from the start
    const slider = find("input");
    const verb = find(".verb");

    // Where the last window touches the input, seen from its first value.
    const first = data.steps[last];
    const offsets = [];
    rows.forEach((cells, r) =>
      cells.forEach((cell, c) => {
        if (cell.classList.contains("in")) offsets.push([r - first.row, c - first.column]);
      }),
    );

    let now = 0;
    let timer = null;

    function show(t) {
      now = Math.min(Math.max(t, 0), last);
      const step = data.steps[now];
      root.style.setProperty("--row", step.row);
      root.style.setProperty("--column", step.column);
      rows.flat().forEach((cell) => {
        cell.classList.remove("in");
        delete cell.dataset.weight;
      });
      offsets.forEach(([r, c], i) => {
        const cell = rows[step.row + r][step.column + c];
        cell.classList.add("in");
        cell.dataset.weight = (step.weights || weights)[i];
      });
      if (step.inputs) rows.flat().forEach((cell, i) => (cell.textContent = step.inputs[i]));
      products.forEach((cell, i) => (cell.textContent = step.products[i]));
      outputs.forEach((cell, i) => {
        cell.textContent = i <= now || isBack ? data.steps[i].value : "";
        cell.classList.toggle("now", i === now);
      });
      find(".words").textContent = step.words;
      find("output").textContent = step.counter;
      slider.value = now;
      slider.setAttribute("aria-valuetext", step.counter);
    }

    function pause() {
      clearInterval(timer);
      timer = null;
      verb.textContent = data.play;
      root.classList.remove("is-playing");
      find(".words").setAttribute("aria-live", "polite");
    }

    function play() {
      if (now === last) show(0);
      verb.textContent = data.pause;
      root.classList.add("is-playing");
      find(".words").setAttribute("aria-live", "off");
      timer = setInterval(() => {
        if (!root.isConnected) return pause();
        show(now + 1);
        if (now === last) pause();
      }, BEAT);
    }

    function go(t) {
      if (timer) pause();
      show(t);
    }

    const actions = {
      first: () => go(0),
      back: () => go(now - 1),
      step: () => go(now + 1),
      last: () => go(last),
      play: () => (timer ? pause() : play()),
    };
    const keys = { ArrowLeft: "back", ArrowRight: "step", Home: "first", End: "last", " ": "play" };

    root.querySelectorAll("button").forEach((button) =>
      button.addEventListener("click", () => actions[button.dataset.do]()),
    );
    slider.addEventListener("input", () => go(Number(slider.value)));
    root.addEventListener("keydown", (event) => {
      const pressed = event.target.tagName === "BUTTON" && event.key === " ";
      const action = actions[keys[event.key]];
      if (!action || pressed || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      action();
    });
    show(0);
  }

  document.querySelectorAll(".cnnlib-sliding").forEach((root) => {
    if (root.cnnlibStarted) return;
    root.cnnlibStarted = true;
    start(root);
  });
})();
