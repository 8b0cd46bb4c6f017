"""Forbidden calls are seen however they are written, and honest code is let alone."""

import functools
import importlib
import inspect
import os
import subprocess
import sys
import textwrap
import threading
import types

import matplotlib.pyplot as plt
import numpy as np
import pytest
import scipy.signal
import torch
import torch.nn.functional as F  # noqa: N812

from autograder.checking.caller import local_answer
from autograder.checking.cases import case, whole_numbers
from autograder.checking.exercise import Exercise, Part, Rule, Stage
from autograder.checking.judge import judge
from autograder.checking.rules import broken_by_source
from autograder.checking.watch import LIBRARIES, Watch, students_files
from autograder.checking.words import Text

RULE = Rule(
    (
        "numpy.convolve",
        "numpy.dot",
        "scipy.signal",
        "torch.nn.functional.conv1d",
        "torch.Tensor.unfold",
        "cnnlib",
        "ready",
    )
)
X, K = np.arange(5.0), np.array([1.0, 2.0])

slide = np.convolve


def ready_made(x, k):
    """What a forbidden module holds, calling nothing that would be seen by itself."""
    return sum(value * x[i : i + len(x) - len(k) + 1] for i, value in enumerate(k))


@pytest.fixture(autouse=True)
def forbidden_module(monkeypatch):
    module = types.ModuleType("ready")
    module.ready_made = ready_made
    monkeypatch.setitem(sys.modules, "ready", module)


def helper(x, k):
    return np.convolve(x, k, "valid")


def through_exec(x, k):
    names = {"np": np}
    exec(textwrap.dedent(inspect.getsource(ready_made)), names)  # noqa: S102
    return names["ready_made"](x, k)


def in_a_thread(x, k):
    thread = threading.Thread(target=helper, args=(x, k))
    thread.start()
    thread.join()


FORBIDDEN = {
    "written": lambda x, k: np.convolve(x, k),
    "alias": lambda x, k: slide(x, k),
    "getattr": lambda x, k: getattr(np, "con" + "volve")(x, k),
    "importlib": lambda x, k: importlib.import_module("numpy").convolve(x, k),
    "__import__": lambda x, k: __import__("numpy").convolve(x, k),
    "sys.modules": lambda x, k: sys.modules["numpy"].convolve(x, k),
    "helper": helper,
    "partial": functools.partial(np.convolve, mode="valid"),
    "callback": lambda x, k: functools.reduce(np.convolve, [x, k]),
    "thread": in_a_thread,
    "undispatched": lambda x, k: np.convolve._implementation(x, k),
    "within numpy": lambda x, k: np.polymul(x, k),
    "compiled": lambda x, k: np.dot(x[:2], k),
    "module": lambda x, k: scipy.signal.correlate(x, k),
    "torch": lambda x, k: F.conv1d(torch.ones(1, 1, 5), torch.ones(1, 1, 2)),
    "torch by another name": lambda x, k: torch.conv1d(torch.ones(1, 1, 5), torch.ones(1, 1, 2)),
    "method": lambda x, k: torch.ones(5).unfold(0, 2, 1),
    "copy of the source": through_exec,
    "unhooked": lambda x, k: (sys.setprofile(None), np.convolve(x, k)),
}


def seen(function):
    watch = Watch(RULE.calls, students_files([function]), count_lines=False)
    with watch:
        function(X.copy(), K.copy())
    assert sys.getprofile() is None
    assert threading.getprofile() is None
    return watch.seen


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_forbidden_call_is_seen(name):
    assert seen(FORBIDDEN[name])


def correlate1d(x, k):
    return np.array([(x[i : i + len(k)] * k).sum() for i in range(len(x) - len(k) + 1)])


def draws(x, k):
    plt.figure()
    plt.plot(x)
    plt.close()


HONEST = {
    "loops": correlate1d,
    "einsum": lambda x, k: np.einsum("iu,u->i", np.lib.stride_tricks.sliding_window_view(x, 2), k),
    "matmul": lambda x, k: np.lib.stride_tricks.sliding_window_view(x, 2) @ k,
    "tensordot": lambda x, k: np.inner(np.lib.stride_tricks.sliding_window_view(x, 2), k),
    "as_strided": lambda x, k: np.lib.stride_tricks.as_strided(x, (4, 2), x.strides * 2).sum(axis=1),
    "pictures": draws,
    "torch": lambda x, k: torch.nn.Linear(5, 1)(torch.as_tensor(x, dtype=torch.float32)).detach().numpy(),
    "pad, flip, cumsum": lambda x, k: np.cumsum(np.pad(x, 1))[::-1],
}


@pytest.mark.parametrize("name", HONEST)
def test_honest_code_is_let_alone(name):
    assert seen(HONEST[name]) == set()


def test_a_forbidden_module_is_not_imported_to_be_watched_and_is_seen_once_it_is():
    """`scipy.signal` takes half a second to import, which scipy does as soon as somebody asks for the attribute."""
    script = """
        import sys
        import scipy
        from autograder.checking.watch import Watch, students_files

        def answer():
            import scipy.signal
            return scipy.signal.convolve([1, 2], [1, 1])

        watch = Watch(("scipy.signal",), students_files([answer]), count_lines=False)
        print("scipy.signal" in sys.modules)
        with watch:
            answer()
        print(watch.seen)
    """
    run = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == ["False", "{'scipy.signal'}"]


@pytest.mark.parametrize("is_library", [True, False])
def test_what_is_called_while_a_library_is_imported_is_no_call_of_the_students(tmp_path, monkeypatch, is_library):
    """A file of their own is no library: they could hide the call in it."""
    name = f"imported_{is_library}".lower()
    (tmp_path / f"{name}.py").write_text("import numpy\nresult = numpy.convolve([1, 2], [1, 1])\n")
    monkeypatch.syspath_prepend(tmp_path)
    if is_library:
        monkeypatch.setattr("autograder.checking.watch.LIBRARIES", (*LIBRARIES, f"{tmp_path}{os.sep}"))
    assert seen(lambda x, k: importlib.import_module(name)) == (set() if is_library else {"numpy.convolve"})
    assert seen(lambda x, k: np.convolve(x, k)) == {"numpy.convolve"}


def test_lines_are_counted_in_the_students_code_alone():
    def lines(n):
        watch = Watch((), students_files([correlate1d]), count_lines=True)
        with watch:
            correlate1d(np.arange(float(n)), K)
        return watch.lines

    assert 0 < lines(5) < lines(9)


def test_a_forbidden_call_earns_nothing_though_the_answer_is_right():
    stage = Stage(case(x=whole_numbers(4), k=whole_numbers(2)))
    exercise = Exercise("conv", (correlate1d,), (Part(Text("", ""), (stage,)),), (), rule=RULE)

    def answer(x, k):
        return helper(x, k[::-1])

    verdict = judge(exercise, local_answer(answer), seed=0)
    assert verdict.failure is None
    assert verdict.broke == ("numpy.convolve",)
    assert verdict.fraction == 0.0


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import numpy as n\nn.convolve(x, k)", "numpy.convolve"),
        ("from numpy import convolve as c\nc(x, k)", "numpy.convolve"),
        ("from numpy import *\nconvolve(x, k)", "numpy.convolve"),
        ("f = np.convolve\nf(x, k)", "numpy.convolve"),
        ("from scipy import signal", "scipy.signal"),
        ("import scipy.signal as s", "scipy.signal"),
        ("F.conv1d(x, k)", "torch.nn.functional.conv1d"),
        ("getattr(np, 'convolve')(x, k)", "numpy.convolve"),
        ("getattr(np, name)(x, k)", "getattr"),
        ("exec(source)", "exec"),
        ("e = eval", "eval"),
        ("import importlib", "importlib"),
        ("import sys\nsys.setprofile(None)", "setprofile"),
        ("f.__globals__", "__globals__"),
    ],
)
def test_what_is_written_is_read(source, name):
    assert name in set(broken_by_source(RULE, source))


@pytest.mark.parametrize(
    "source",
    [
        "model.eval()\nmodel.train()",
        "re.compile('a')\ntorch.compile(model)",
        "vars = x.var(axis=0)\nreturn vars",
        "F, C, h, w = w.shape\nreturn F.real",
        "getattr(layer, 'weight')",
        "list(model.modules())",
        "np.einsum('ij->i', x)\nx.dot(k)",
        "this is no Python",
        "def inspect(x):\n    return x\ninspect(1)",
    ],
)
def test_honest_words_are_let_alone(source):
    assert set(broken_by_source(RULE, source)) == set()


def test_where_nothing_is_forbidden_every_word_is_allowed():
    assert set(broken_by_source(Rule(), "exec(compile(getattr(np, name)))")) == set()
