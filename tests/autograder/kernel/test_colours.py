"""Tracebacks look as `stack_data` draws them."""

import subprocess
import sys

import pytest
import stack_data
from pygments.formatters.terminal256 import Terminal256Formatter
from pygments.styles import get_style_by_name
from stack_data.utils import _pygmented_with_ranges

from autograder.kernel import colours

CODE = {
    "a function": ('def double(x):\n    """Twice x."""\n    return 2 * x  # é', [(19, 29), (38, 50)]),
    "blank lines around": ("\n\nx = [1,\n     2]\n\n", [(2, 3)]),
    "nothing executed": ("assert x == 1", []),
    "not Python": ("if ?? $ then:\n\tfi", [(0, 4)]),
    "no code": ("", []),
}


def formatter(style="default"):
    return Terminal256Formatter(style=stack_data.style_with_executing_node(get_style_by_name(style), "bg:#00ff00"))


@pytest.mark.parametrize("name", CODE)
def test_code_is_coloured_as_stack_data_does(name):
    code, ranges = CODE[name]
    for _ in range(2):  # the second time from memory
        for style in ("default", "monokai"):
            drawn = formatter(style)
            assert colours.coloured(drawn, code, ranges) == _pygmented_with_ranges(drawn, code, ranges)


def test_what_is_remembered_is_not_changed_by_who_asked():
    lines = colours.coloured(formatter := Terminal256Formatter(), "x = 1", [])
    lines.append("mine")
    assert "mine" not in colours.coloured(formatter, "x = 1", [])


def test_a_formatter_that_fails_leaves_the_code_as_it_is():
    class Broken(Terminal256Formatter):
        def format(self, tokens, out):
            raise ValueError

    assert colours.coloured(Broken(), "x = 1", []) == ["x = 1"]


DRAW = """
import sys
from IPython.core.ultratb import FormattedTB
if sys.argv[1] == "ours":
    from autograder.kernel import colours
    colours.install()
import numpy
try:
    numpy.testing.assert_allclose([1, 2], 1)
except AssertionError as error:
    for _ in range(2):
        draw = FormattedTB("Context", theme_name="neutral").structured_traceback
        print("".join(draw(AssertionError, error, error.__traceback__)))
"""


def test_a_whole_traceback_is_the_same_with_and_without_it(tmp_path):
    script = tmp_path / "draw.py"
    script.write_text(DRAW)
    shown = [subprocess.check_output([sys.executable, script, whose]) for whose in ("ours", "theirs")]
    assert shown[0] == shown[1]
    assert b"\x1b[" in shown[0]
    assert b"assert_allclose" in shown[0]
