"""The sliding-window animation in a browser: its controls, its keys, several on one page."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from playwright.sync_api import expect

from cnnlib import draw

pytestmark = pytest.mark.browser

X, K = np.array([1, 4, -1, 0, 2, -2, 1, 3, 3, 1]), np.array([1, 2, 0, -1])
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
Y = ["9", "0", "1", "3", "−5", "−3", "6"]


@pytest.fixture
def open_page(browser):
    """Opens animations on one page, with a clock that tests move, and fails on any script error or request."""
    contexts, troubles = [], []

    def opened(*animations, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda request: troubles.append(request.url))
        page.clock.install(time=NOON)
        page.clock.pause_at(NOON + timedelta(seconds=1))  # else it goes on by itself, too
        page.set_content("".join(animation._repr_html_() for animation in animations))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []


def output(root):
    return [text for text in root.locator("td.y").all_text_contents() if text]


def touched(root):
    return root.locator(".input td.in").all_text_contents()


def test_starts_at_the_first_window(open_page):
    root = open_page(draw.sliding_window(X, K)).locator(".cnnlib-sliding")
    assert output(root) == Y[:1]
    assert touched(root) == ["1", "4", "−1", "0"]
    expect(root.locator(".words")).to_have_text("y[0] = 1·1 + 4·2 + (−1)·0 + 0·(−1) = 9")
    expect(root.locator("output")).to_have_text("window 1 of 7")


def test_buttons_step_forth_back_and_home(open_page):
    root = open_page(draw.sliding_window(X, K)).locator(".cnnlib-sliding")
    for _ in range(3):
        root.get_by_role("button", name="Step").click()
    assert output(root) == Y[:4]
    assert touched(root) == ["0", "2", "−2", "1"]
    assert root.locator("td.products").all_text_contents() == ["0", "4", "0", "−1"]
    root.get_by_role("button", name="Back").click()
    assert output(root) == Y[:3]
    root.get_by_role("button", name="First").click()
    assert output(root) == Y[:1]


def test_play_runs_to_the_end_and_pause_holds(open_page):
    page = open_page(draw.sliding_window(X, K))
    root = page.locator(".cnnlib-sliding")
    root.get_by_role("button", name="Play").click()
    page.clock.run_for(2500)
    assert output(root) == Y[:3]
    root.get_by_role("button", name="Pause").click()
    page.clock.run_for(5000)
    assert output(root) == Y[:3]
    root.get_by_role("button", name="Play").click()
    page.clock.run_for(20_000)
    assert output(root) == Y
    expect(root.get_by_role("button", name="Play")).to_be_visible()


def test_a_step_while_it_plays_pauses_it(open_page):
    page = open_page(draw.sliding_window(X, K))
    root = page.locator(".cnnlib-sliding")
    root.get_by_role("button", name="Play").click()
    page.clock.run_for(1500)
    root.get_by_role("button", name="Step").click()
    page.clock.run_for(5000)
    assert output(root) == Y[:3]


def test_play_at_the_end_begins_again(open_page):
    page = open_page(draw.sliding_window(X, K))
    root = page.locator(".cnnlib-sliding")
    root.focus()
    page.keyboard.press("End")
    assert output(root) == Y
    root.get_by_role("button", name="Play").click()
    assert output(root) == Y[:1]


def test_the_slider_goes_anywhere_and_says_where(open_page):
    root = open_page(draw.sliding_window(X, K)).locator(".cnnlib-sliding")
    slider = root.get_by_role("slider", name="window")
    slider.fill("5")
    assert output(root) == Y[:6]
    expect(slider).to_have_attribute("aria-valuetext", "window 6 of 7")


def test_every_control_works_from_the_keyboard(open_page):
    page = open_page(draw.sliding_window(X, K))
    root = page.locator(".cnnlib-sliding")
    page.keyboard.press("Tab")
    expect(root).to_be_focused()
    for key, count in (("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2), ("End", 7), ("Home", 1)):
        page.keyboard.press(key)
        assert output(root) == Y[:count], key
    page.keyboard.press(" ")
    page.clock.run_for(1500)
    assert output(root) == Y[:2]
    page.keyboard.press(" ")
    page.clock.run_for(5000)
    assert output(root) == Y[:2]


def test_space_on_a_button_presses_that_button_once(open_page):
    page = open_page(draw.sliding_window(X, K))
    root = page.locator(".cnnlib-sliding")
    root.get_by_role("button", name="Step").focus()
    page.keyboard.press(" ")
    assert output(root) == Y[:2]
    expect(root.get_by_role("button", name="Play")).to_be_visible()


def test_several_on_one_page_do_not_touch_each_other(open_page):
    page = open_page(draw.sliding_window(X, K), draw.sliding_window(X, K), draw.sliding_window([1, 2], [1]))
    first, second, third = page.locator(".cnnlib-sliding").all()
    second.get_by_role("button", name="Step").click()
    assert [output(root) for root in (first, second, third)] == [Y[:1], Y[:2], ["1"]]


@pytest.mark.parametrize("options", [{}, {"stride": 2, "padding": 1}, {"dilation": 2, "padding": 2}])
def test_the_frame_lies_exactly_on_the_window(open_page, options):
    x, k = np.arange(42).reshape(6, 7), np.arange(6).reshape(2, 3)
    page = open_page(draw.sliding_window(x, k, **options), reduced_motion="reduce")
    root = page.locator(".cnnlib-sliding")
    last = int(root.get_by_role("slider").get_attribute("max"))
    for t in (0, last // 2, last):
        root.get_by_role("slider").fill(str(t))
        assert root.locator(".input td.in").count() == k.size
        frame = root.locator(".frame").bounding_box()
        boxes = [cell.bounding_box() for cell in root.locator(".input td.in").all()]
        assert frame["x"] == pytest.approx(min(box["x"] for box in boxes), abs=3)
        assert frame["y"] == pytest.approx(min(box["y"] for box in boxes), abs=3)
        assert frame["x"] + frame["width"] == pytest.approx(max(b["x"] + b["width"] for b in boxes), abs=3)
        assert frame["y"] + frame["height"] == pytest.approx(max(b["y"] + b["height"] for b in boxes), abs=3)


def test_on_a_line_the_kernel_stands_under_its_window(open_page):
    page = open_page(draw.sliding_window(X, K, padding=1, dilation=2), reduced_motion="reduce")
    root = page.locator(".cnnlib-sliding")
    root.get_by_role("slider").fill("3")
    lefts = [
        [cell.bounding_box()["x"] for cell in root.locator(cells).all()]
        for cells in (".input td.in", "td.k", "td.products")
    ]
    assert lefts[0] == pytest.approx(lefts[1], abs=1.5)
    assert lefts[0] == pytest.approx(lefts[2], abs=1.5)


def test_reduced_motion_moves_without_gliding(open_page):
    def glide(page):
        return page.locator(".frame").evaluate("frame => getComputedStyle(frame).transitionDuration")

    animation = draw.sliding_window(X, K)
    assert glide(open_page(animation, reduced_motion="no-preference")) == "0.3s"
    assert glide(open_page(animation, reduced_motion="reduce")) == "0s"


def test_without_scripts_the_whole_output_stands_there_and_no_dead_buttons(browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_content(draw.sliding_window(X, K)._repr_html_())
    root = page.locator(".cnnlib-sliding")
    assert output(root) == Y
    assert touched(root) == ["1", "3", "3", "1"]
    assert root.locator("button").count() == 0
    context.close()


@pytest.mark.parametrize(("paper", "ink"), [("#ffffff", "#222222"), ("#111111", "#dddddd")])
def test_takes_the_colours_of_the_page(open_page, paper, ink):
    page = open_page(draw.sliding_window(X, K))
    page.add_style_tag(content=f"body {{ background: {paper}; color: {ink}; }}")
    colour = page.locator("td.y").first.evaluate("cell => getComputedStyle(cell).color")
    wanted = tuple(int(ink[i : i + 2], 16) for i in (1, 3, 5))
    assert colour == f"rgb({wanted[0]}, {wanted[1]}, {wanted[2]})"


def test_backwards_gradients_grow_and_all_upstream_gradients_are_known(open_page):
    root = open_page(draw.sliding_window_back([1, 4, -1], [1, -2], [3, 10])).locator(".cnnlib-sliding")
    assert output(root) == ["3", "10"]
    assert root.locator(".input td").all_text_contents() == ["3", "−6", "0"]
    assert root.locator("td.products").all_text_contents() == ["3", "12"]
    root.get_by_role("button", name="Step").click()
    assert root.locator(".input td").all_text_contents() == ["3", "4", "−20"]
    assert touched(root) == ["4", "−20"]
    assert root.locator(".input td.in").evaluate_all("cells => cells.map(cell => cell.dataset.weight)") == [
        "+10",
        "−20",
    ]
    assert root.locator("td.products").all_text_contents() == ["43", "2"]
    assert output(root) == ["3", "10"]
