"""What a student reads: whole messages, and the HTML that shows them."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from autograder.checking.caller import local_answer
from autograder.checking.judge import judge
from autograder.checking.result import present
from tests.autograder.checking.kinds.arrays import DICT, TWO, columns_to_signal, linear_backward, windows_to_columns
from tests.autograder.checking.kinds.functions import BLACK_BOX, by_impulses
from tests.autograder.checking.kinds.others import PREDICTION
from tests.autograder.checking.trial import doubling, try_out


def shown(kind, *objects, language="en", points=None):
    return present(judge(kind.exercise, local_answer(*objects), seed=20), language, points)


def test_a_wrong_value():
    assert try_out(lambda x: x + 2 * (x > 3))[1] == (
        "✗ double: not right yet\n"
        "  Smallest input found that fails: x = np.array([1.])\n"
        "  Your answer: np.array([1.])\n"
        "  Expected: np.array([2.])\n"
        "  What is wrong: It is 1 at [0]; 2 is expected."
    )


def test_a_wrong_value_in_french():
    assert try_out(lambda x: x + 2 * (x > 3), language="fr")[1].replace("\xa0", "~") == (
        "✗ double~: pas encore juste\n"
        "  Plus petite entrée trouvée qui échoue~: x = np.array([1.])\n"
        "  Votre réponse~: np.array([1.])\n"
        "  Réponse attendue~: np.array([2.])\n"
        "  Ce qui ne va pas~: Elle vaut 1 à l’indice [0]\u202f; on attend 2."
    )


def test_an_error():
    def wrong(x):
        print("so far", len(x))
        return x[9]

    text = re.sub(r"line \d+", "line 7", try_out(wrong)[1])
    assert text == (
        "✗ double: not right yet\n"
        "  Smallest input found that fails: x = np.array([1.])\n"
        "  What is wrong: It raises IndexError: index 9 is out of bounds for axis 0 with size 1.\n"
        "  In your code: line 7 of wrong: return x[9]\n"
        "  Your code printed: so far 1"
    )


def test_full_points():
    verdict, text = try_out(lambda x: 2 * x)
    assert text == "✓ double: passed\n  Tried on 6 inputs. Grading uses other ones."
    assert present(verdict, "en", 2).headline == "double: passed — 2 of 2 points"
    assert present(verdict, "fr", 1).headline == "double\xa0: réussi — note\xa0: 1 sur 1"


def test_parts():
    result = shown(TWO, windows_to_columns, lambda columns: columns[0], points=3)
    lines = str(result).splitlines()
    assert lines[0] == "◐ two functions in one check, with partial credit: partly right — 1 of 3 points"
    assert lines[1:3] == ["  ✓ there (right)", "    ✗ and back (not yet)"]


def test_an_item_among_several():
    def wrong(dy, x, w):
        dx, dw, db = linear_backward(dy, x, w)
        return {"dx": dx, "dw": dw + 1, "db": db}

    assert "What is wrong: In ['dw']: it is 1 at [0, 0]; 0 is expected (6 of 6 values differ)" in str(
        shown(DICT, wrong)
    )
    assert "It has the keys ['dx']; expected: ['db', 'dw', 'dx']" in str(shown(DICT, lambda dy, x, w: {"dx": dy}))


def test_a_property_is_told_in_the_exercises_own_words():
    for language, sentence in (
        ("en", "It calls the box more than once"),
        ("fr", "Elle appelle la boîte plus d'une fois"),
    ):
        text = str(shown(BLACK_BOX, by_impulses, language=language))
        assert sentence in text
        assert "frugal" not in text
        assert "False" not in text


def test_a_value_beside_properties_is_shown_alone():
    text = str(shown(BLACK_BOX, lambda box, size: box(np.eye(1, 2 * size - 1, size - 1)[0]) + 1))
    assert "Your answer: np.array([1.])\n  Expected: np.array([0.])" in text


def test_a_prediction_is_not_given_away():
    result = shown(PREDICTION, [9, 7, 2])
    assert "It is 2 at [2], which is not right (1 of 3 values differs)" in str(result)
    assert "Expected" not in str(result)
    assert "1." not in str(result).replace("(1 of 3", "")
    assert "`None`" in str(shown(PREDICTION, None))


def test_large_values_are_shortened():
    _, text = try_out(lambda x: np.arange(1e5))
    assert "np.array([    0.,     1., ..., 99998., 99999.])" in text
    _, text = try_out(lambda x: ["word"] * 10000)
    assert len(text) < 1500


class Outline(HTMLParser):
    """The nesting of a page, and the text in it."""

    VOID = frozenset({"br", "img", "hr", "meta"})

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.text, self.problems = [], [], "", []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag in self.VOID:
            return
        if tag in ("div", "pre") and {"pre", "code", "em", "strong"} & set(self.open):
            self.problems.append(f"<{tag}> within {self.open}")
        self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}>")

    def handle_data(self, data):
        self.text += data


EVIL = "<script>alert('x')</script>&\"`<b>`"


def evil(x):
    print(EVIL)
    raise ValueError(EVIL)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("answer", [evil, lambda x: EVIL, lambda x: {EVIL: x}, lambda x: x, lambda x: 2 * x, None])
def test_html_is_well_formed_escapes_all_and_says_what_the_text_says(answer, language):
    verdict, _ = try_out(answer)
    result = present(verdict, language, 1)
    page = Outline(result._repr_html_())
    assert page.open == page.problems == []
    assert not {"script", "b"} & {tag for tag, _ in page.tags}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    for item in result.items:
        assert item.text.replace("`", "") in page.text.replace("`", "")
    first, attributes = page.tags[0]
    assert (first, attributes["role"], attributes["lang"]) == ("div", "status", language)
    assert attributes["aria-label"] == result.headline


def test_each_state_has_its_own_mark_and_word_beside_its_colour():
    def state(answer):
        return Outline(present(try_out(answer)[0], "en")._repr_html_()).text.split("\n")[0][:12]

    def unwritten(x):
        raise NotImplementedError

    assert len({state(answer)[0] for answer in (lambda x: 2 * x, lambda x: x, unwritten)}) == 3


def test_a_picture_is_shown_with_what_differs_and_left_out_where_it_cannot_be_drawn():
    def picture(got, expected, language):
        return f"<i>{language} {expected[0] - got[0]:g}</i>"

    verdict = judge(doubling(picture=picture), local_answer(lambda x: x), seed=1)
    assert present(verdict, "fr").picture == "<i>fr 1</i>"
    verdict = judge(doubling(picture=picture), local_answer(lambda x: 5), seed=1)
    assert present(verdict, "fr").picture == ""


def test_both_functions_can_be_right():
    assert shown(TWO, windows_to_columns, columns_to_signal).state == "passed"
