"""What a student looks at, in JupyterLab's light and dark themes: it moves, and it can be read."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

TEXT, BAR = 4.5, 3.0  # the least contrast that WCAG 2 asks of text, and of what carries meaning beside it

CONTRASTS = """
root => {
    const pixel = new OffscreenCanvas(1, 1).getContext("2d");
    const painted = layers => {
        for (pixel.fillStyle of ["white", ...layers]) pixel.fillRect(0, 0, 1, 1);
        return [...pixel.getImageData(0, 0, 1, 1).data];
    };
    const light = ([r, g, b]) => [r, g, b]
        .map(v => v / 255)
        .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const papers = element => element
        ? [...papers(element.parentElement), getComputedStyle(element).backgroundColor] : [];
    const contrast = (element, colour) => {
        const paper = papers(element);
        const [low, high] = [light(painted(paper)), light(painted([...paper, colour]))].sort((a, b) => a - b);
        return (high + 0.05) / (low + 0.05);
    };
    const speaks = element => element.checkVisibility({visibilityProperty: true, opacityProperty: true})
        && [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    const texts = [...root.querySelectorAll("*:not(style, script)")].filter(speaks);
    return {
        texts: texts.map(text => [text.textContent.trim(), contrast(text, getComputedStyle(text).color)]),
        bar: contrast(root, getComputedStyle(root).borderLeftColor),
    };
}
"""
CORNER = """
async image => {
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.getContext("2d").drawImage(image, 0, 0);
    return [...canvas.getContext("2d").getImageData(0, 0, 1, 1).data];
}
"""


@pytest.mark.parametrize(("theme", "is_light"), [("light", "true"), ("dark", "false")])
def test_the_animation_and_a_result_can_be_read(open_notebook, theme, is_light):
    notebook = open_notebook("en", "01_convolution", theme=theme)
    expect(notebook.page.locator("body")).to_have_attribute("data-jp-theme-light", is_light)
    notebook.run("lesson")
    notebook.run("import numpy as np")

    animation = notebook.run("x = np.array([1, 4, -1").locator(".cnnlib-sliding")
    expect(animation.locator(".words")).to_contain_text("y[0] =")
    animation.get_by_role("button", name="Step").click()
    expect(animation.locator(".words")).to_contain_text("y[1] =")
    assert [text for text in animation.locator("td.y").all_text_contents() if text] == ["9", "0"]
    assert_readable(animation.evaluate(CONTRASTS)["texts"])

    said = notebook.answer("conv1d", "def conv1d(x, k):\n    return np.array([1.0, 2, 3])")
    colours = said.evaluate(CONTRASTS)
    assert_readable(colours["texts"])
    assert colours["bar"] >= BAR
    # A picture brings its own paper: opaque, and pale as its dark ink needs it.
    *paper, opacity = said.get_by_role("img").evaluate(CORNER)
    assert opacity == 255
    assert min(paper) > 200


def assert_readable(texts):
    assert texts
    assert [(text, contrast) for text, contrast in texts if contrast < TEXT] == []
