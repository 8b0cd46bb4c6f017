"""Whatever text goes into a CSV comes out of it again, and no spreadsheet runs it."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.reports.spreadsheet import disarmed, number, to_csv

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def read(content, delimiter=","):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


@settings(deadline=None, max_examples=200)
@given(st.lists(st.lists(TEXT, min_size=2, max_size=4), min_size=1, max_size=4), st.sampled_from(",;"))
def test_text_comes_back_as_it_went_in_but_for_an_apostrophe(rows, separator):
    back = read(to_csv(rows, separator=separator), separator)
    assert back == [[disarmed(cell) for cell in row] for row in rows]
    for row, old in zip(back, rows, strict=True):
        assert all(cell in (text, f"'{text}") for cell, text in zip(row, old, strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\nx",
        " =1",
        "=cmd|' /C calc'!A0",
        "＝1+1",
        "＋x1",
        "－x1",
        "＠x1",
        "-x",
        "+inf",
        "-1e5x",
    ],
)
def test_what_a_spreadsheet_would_run_is_disarmed(text):
    assert disarmed(text) == "'" + text


@pytest.mark.parametrize("text", ["", "-", "+", "-1", "+33", "-1,5", "Zoé", "a=b", "O'Neil", "12 = 3", 'say "hi"'])
def test_what_is_harmless_stays(text):
    assert disarmed(text) == text


def test_a_formula_hidden_behind_quotes_and_separators_stays_in_its_cell():
    text = 'x","=HYPERLINK(""http://evil"")'
    assert read(to_csv([[text, "next"]])) == [[text, "next"]]


def test_numbers():
    assert [number(value) for value in (None, 0, 1.0, 2.5, 1 / 3, -0.00001, 1e6)] == [
        "",
        "0",
        "1",
        "2.5",
        "0.3333",
        "0",
        "1000000",
    ]
    assert number(2.5, ";") == "2,5"


def test_the_mark_that_tells_excel_it_is_utf_8():
    assert to_csv([["Zoé"]], bom=True) == b"\xef\xbb\xbfZo\xc3\xa9\r\n"
    assert to_csv([["Zoé"]]) == b"Zo\xc3\xa9\r\n"
