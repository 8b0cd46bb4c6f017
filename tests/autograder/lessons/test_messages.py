"""What is a message and what passes untouched; pieces that together are the cell again."""

import ast
import io
import textwrap
import tokenize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.lessons.messages import messages_of, pieces_of
from autograder.lessons.source import read_lesson


def said(source, new_cell=new_markdown_cell):
    return [piece.message for piece in pieces_of(new_cell(source)) if piece.message]


def shouted(source, new_cell=new_markdown_cell):
    """The cell with every message in capitals."""
    pieces = pieces_of(new_cell(source))
    return "".join(piece.render(piece.message.upper()) if piece.message else piece.text for piece in pieces)


MARKDOWN = {
    "paragraphs": ("one\ntwo\n\nthree", ["one two", "three"]),
    "a hard break": ("one  \ntwo", ["one  \ntwo"]),
    "heading and text below it": ("## The formula\ntext", ["The formula", "text"]),
    "items": ("- one\n  two\n- three\n1. four", ["one two", "three", "four"]),
    "a task list": ("- [ ] read", ["read"]),
    "text and then items": ("These:\n- one", ["These:", "one"]),
    "a table": ("| layer | size |\n|:--|--:|\n| conv | $3$ |\n| $2$ | `3` |", ["| layer | size |", "| conv | $3$ |"]),
    "a quotation": ("> one\n> two", ["one two"]),
    "a fence": ("text\n```python\nx = 1  # no\n\ny = 2\n```\nmore", ["text", "more"]),
    "a fence in a fence": ("````\n```\nno\n```\n````\nyes", ["yes"]),
    "display math": ("text\n$$\ny = \\max x\n$$\nmore", ["text", "more"]),
    "display math on one line": ("$$y = \\max x$$", []),
    "an environment": ("\\begin{align}\nab &= cd\n\\end{align}", []),
    "words in math": ("$$\nx \\text{ if even}\n$$", ["$$\nx \\text{ if even}\n$$"]),
    "math alone": ("$ab$ and `code`", ["$ab$ and `code`"]),
    "nothing but math": ("$ab + cd$ `code`", []),
    "a rule": ("one\n\n---\n\ntwo", ["one", "two"]),
    "details": ("<details>\n<summary>Hint one</summary>\n\ntext\n</details>", ["Hint one", "text"]),
    "code in a summary": ("<summary>About <code>f</code></summary>", ["About <code>f</code>"]),
    "a paragraph that begins with a tag": ("<b>Mind</b> the\ngap", ["<b>Mind</b> the gap"]),
    "a comment over lines": ("<!-- nobody\nreads this -->", []),
    "alt text": ('<img src="a.png" alt="A cat" title="Cat">', ["A cat", "Cat"]),
    "a comment": ("<!-- nobody reads this -->", []),
    "a link's definition": ("[1]: https://example.org/page", []),
    "a solution": ("Why?\n\n### BEGIN SOLUTION\nNo message.\n### END SOLUTION", ["Why?"]),
}


@pytest.mark.parametrize(("source", "messages"), MARKDOWN.values(), ids=MARKDOWN.keys())
def test_markdown(source, messages):
    assert said(source) == messages


CODE = {
    "a comment": ("x = 1  # one more\n", ["one more"]),
    "comments below each other": ("# one\n# two\n\n# three\nx = 1", ["one two", "three"]),
    "comments at two indents": ("# one\nif 1:\n    # two\n    pass", ["one", "two"]),
    "comments laid out by hand": ("# one\n#   two\n#   three\n# four", ["one", "two", "three", "four"]),
    "a comment after code is alone": ("x = 1  # one\ny = 2  # two\n# three", ["one", "two", "three"]),
    "axes": ("# (N, C, H, W)", []),
    "a directive": ("x = 1  # noqa: E501\ny = 2  # type: ignore", []),
    "a string that looks like a comment": ('x = "# no"', []),
    "a docstring": ('def f():\n    """Say\n    it.\n\n    Again.\n    """', ["Say it.", "Again."]),
    "a class and its method": ('class A:\n    """One."""\n    def f(self):\n        """Two."""', ["One.", "Two."]),
    "an example": ('def f():\n    """Say.\n\n    >>> f()\n    none at all\n    """', ["Say."]),
    "laid out by hand": (
        'def f():\n    """Say.\n\n    x  image\n       of one\n    """',
        ["Say.", "x  image", "of one"],
    ),
    "a string that is no docstring": ('x = """text"""\n"""more"""', []),
    "a solution": ("def f():\n    ### BEGIN SOLUTION\n    # no\n    return 1\n    ### END SOLUTION\n# yes", ["yes"]),
    "a docstring in a solution": (
        '### BEGIN SOLUTION\ndef g():\n    """No."""\n### END SOLUTION\n# yes',
        ["yes"],
    ),
    "letters beyond ASCII before it": ('é = "é"  # été', ["été"]),
}


@pytest.mark.parametrize(("source", "messages"), CODE.values(), ids=CODE.keys())
def test_code(source, messages):
    assert said(source, new_code_cell) == messages


@pytest.mark.parametrize("source", [source for source, _ in MARKDOWN.values()], ids=MARKDOWN.keys())
def test_markdown_pieces_are_the_cell_again(source):
    assert "".join(piece.text for piece in pieces_of(new_markdown_cell(source))) == source


@pytest.mark.parametrize("source", [source for source, _ in CODE.values()], ids=CODE.keys())
def test_code_pieces_are_the_cell_again(source):
    assert "".join(piece.text for piece in pieces_of(new_code_cell(source))) == source


@settings(deadline=None, max_examples=300)
@given(
    st.lists(
        st.sampled_from([*"#-|>$`<\\", "$$", "```", "ab", "  ", "\n", "\n\n", "1. ", "</p>", "[a]: "]), max_size=14
    )
)
def test_any_markdown_is_its_pieces(parts):
    source = "".join(parts)
    assert "".join(piece.text for piece in pieces_of(new_markdown_cell(source))) == source


def test_form_stays_around_a_translation():
    source = "## One\n\n- two\n  three\n\n> four\n> five\n\n| six |\n|---|\n\n<p>seven</p>\n\n    eight"
    assert shouted(source) == "## ONE\n\n- TWO THREE\n\n> FOUR FIVE\n\n| SIX |\n|---|\n\n<p>SEVEN</p>\n\n    EIGHT"


def test_comments_laid_out_by_hand_stay_so():
    assert shouted("# one\n#   two\nx = 1  # three\n", new_code_cell) == "# ONE\n#   TWO\nx = 1  # THREE\n"


def test_a_translated_code_cell_is_the_same_code():
    source = textwrap.dedent('''
        def f(x):
            """Double `x`, in words that are long enough for the line to need wrapping once it is translated.

            >>> f(1)
            2
            """
            # A comment, also in words that are long enough for the line to need wrapping once translated.
            return 2 * x  # twice


        class A:
            """Nothing."""
    ''').lstrip("\n")
    loud = shouted(source, new_code_cell)
    assert "# TWICE" in loud
    assert '"""DOUBLE `X`' in loud
    assert ">>> f(1)" in loud
    assert max(map(len, loud.splitlines())) <= 110
    assert _without_prose(loud) == _without_prose(source)


def _without_prose(source):
    """The tokens of a source but its comments and docstrings."""
    left_out = (tokenize.COMMENT, tokenize.NL, tokenize.STRING)
    ast.parse(source)
    return [t.string for t in tokenize.generate_tokens(io.StringIO(source).readline) if t.type not in left_out]


def test_messages_know_their_lines_in_the_file(tiny):
    path = tiny.source(tiny.lessons[0])
    lines = path.read_text(encoding="utf-8").splitlines()
    messages = messages_of(read_lesson(path))
    assert len(messages) > 10
    for message in messages:
        for number in message.lines:
            assert message.text[:6] in lines[number - 1], message


def test_a_message_that_stands_twice_is_one_with_two_places(read):
    twice = "# %% [markdown]\n# The same.\n"
    assert [message.lines for message in messages_of(read(twice + twice))] == [(2, 4)]
