"""Catalogues: what is known is kept, what changed is fuzzy, what is gone is obsolete; faults are found."""

import polib
import pytest

from autograder.errors import UserError
from autograder.lessons.catalogue import faults, read_catalogue, translations, update_catalogue
from autograder.lessons.inline import losses
from autograder.lessons.messages import Message
from autograder.lessons.typography import typeset


def messages(*texts):
    return [Message(text, (number,)) for number, text in enumerate(texts, 1)]


def catalogue(**translated):
    made = update_catalogue(polib.POFile(), messages(*translated), "01_x.py", "fr")
    for entry in made:
        entry.msgstr = translated[entry.msgid]
    return made


def update(old, *texts):
    """Updated, and as it reads back from its file."""
    return polib.pofile(str(update_catalogue(old, messages(*texts), "01_x.py", "fr")))


def test_a_new_message_is_missing():
    new = update(polib.POFile(), "One.")
    assert [(entry.msgid, entry.msgstr, entry.occurrences) for entry in new] == [("One.", "", [("01_x.py", "1")])]
    assert [fault.what for fault in faults(new, messages("One."))] == ["missing"]
    assert translations(new) == {}


def test_a_known_message_keeps_its_translation_and_notes():
    old = catalogue(**{"One.": "Un."})
    old[0].tcomment, old[0].flags = "a note", ["name"]
    entry = update(old, "Before it.", "One.").find("One.")
    assert (entry.msgstr, entry.tcomment, entry.flags, entry.linenum) == ("Un.", "a note", ["name"], entry.linenum)
    assert entry.occurrences == [("01_x.py", "2")]


def test_a_changed_message_is_fuzzy_and_not_released():
    old = catalogue(**{"A filter slides over the image.": "Un filtre glisse sur l’image."})
    new = update(old, "A filter slides over an image.")
    [entry] = new
    assert entry.fuzzy
    assert (entry.msgstr, entry.previous_msgid) == ("Un filtre glisse sur l’image.", "A filter slides over the image.")
    assert [fault.what for fault in faults(new, messages(entry.msgid))] == ["fuzzy"]
    assert translations(new) == {}
    assert update(new, entry.msgid)[0].fuzzy
    entry.flags.remove("fuzzy")
    mended = update(new, entry.msgid)[0]
    assert (mended.fuzzy, mended.previous_msgid, mended.msgstr) == (False, None, entry.msgstr)


def test_a_changed_name_must_be_looked_at_again():
    old = catalogue(**{"LeNet-5 by LeCun": "LeNet-5 by LeCun"})
    old[0].flags = ["name"]
    assert update(old, "LeNet-5 by LeCun, 1998")[0].flags == ["fuzzy"]


def test_a_gone_message_is_kept_as_obsolete_and_comes_back():
    old = catalogue(**{"One.": "Un.", "Entirely different words": "Autre chose"})
    less = update(old, "One.")
    assert [(entry.msgid, entry.msgstr) for entry in less.obsolete_entries()] == [
        ("Entirely different words", "Autre chose")
    ]
    assert faults(less, messages("One.")) == []
    back = update(less, "One.", "Entirely different words")
    assert back.obsolete_entries() == []
    assert translations(back) == {"One.": "Un.", "Entirely different words": "Autre chose"}


def test_one_old_translation_serves_one_changed_message():
    new = update(catalogue(**{"A filter slides.": "Un filtre glisse."}), "A filter slid.", "A filter slide.")
    assert sorted(entry.msgstr for entry in new) == ["", "Un filtre glisse."]


def test_an_update_that_changes_nothing_changes_no_byte():
    once = str(update_catalogue(catalogue(**{"One.": "Un.", "Two.": ""}), messages("One.", "Two."), "01_x.py", "fr"))
    assert str(update_catalogue(polib.pofile(once), messages("One.", "Two."), "01_x.py", "fr")) == once


def test_the_same_as_english_must_be_flagged_a_name():
    same = catalogue(**{"LeNet-5": "LeNet-5"})
    assert [fault.what for fault in faults(same, messages("LeNet-5"))] == [
        "the same as its English (flag it `#, name` if it must be)"
    ]
    same[0].flags = ["name"]
    assert faults(same, messages("LeNet-5")) == []


def test_a_broken_catalogue_is_named(tmp_path):
    path = tmp_path / "01_x.po"
    path.write_text("nonsense\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"01_x\.po: not a gettext catalogue"):
        read_catalogue(path)


LOSSES = {
    "math": ("Doubles $x$.", "Double x.", "lost the math $x$"),
    "changed math": ("So $a_1$.", "Donc $a_2$.", "lost the math $a_1$"),
    "new math": ("Doubles it.", "Double $x$.", "has the math $x$, not in the English"),
    "code": ("Call `f`.", "Appelez f.", "lost the code `f`"),
    "one of two": ("`f`, then `f`.", "`f`.", "lost the code `f`"),
    "code in HTML": ("Call <code>f</code>.", "Appelez <code>g</code>.", "lost the code <code>f</code>"),
    "a link": ("See [it](https://example.org/a).", "Voyez [le](https://example.org/b).", "lost the link"),
    "a picture": ("![a](a.png) text", "texte", "lost the link"),
    "a tag": ("One<br>two", "Un deux", "lost the tag <br>"),
    "a bar": ("| a | b |", "| un |", "has 2 bars"),
    "bold": ("**one** two", "**un deux", "odd number"),
}


@pytest.mark.parametrize(("english", "french", "loss"), LOSSES.values(), ids=LOSSES.keys())
def test_a_loss_is_a_fault(english, french, loss):
    fault, *_ = faults(catalogue(**{english: french}), messages(english))
    assert loss in fault.what


KEPT = [
    ("`f` of $x$", "$x$ donne `f`"),
    ("$x \\text{ if even}$", "$x \\text{ si pair}$"),
    ('<img src="a" alt="cat"> here', '<img src="a" alt="chat"> ici'),
    ("`[a](b)` is code", "c’est du code : `[a](b)`"),
    ("| `a|b` | c |", "| `a|b` | d |"),
]


@pytest.mark.parametrize(("english", "french"), KEPT)
def test_what_keeps_all_passes(english, french):
    assert losses(english, french) == []


TYPESET = [
    ("Pourquoi ?", "Pourquoi\u202f?"),
    ("Oui ! Non ; donc : voilà", "Oui\u202f! Non\u202f; donc\u00a0: voilà"),
    ("« ici »", "«\u00a0ici\u00a0»"),
    ("«ici»", "«\u00a0ici\u00a0»"),
    ("98,5 % de `a ? b : c`", "98,5\u00a0% de `a ? b : c`"),
    ("soit <code>a ? b</code> ?", "soit <code>a ? b</code>\u202f?"),
    ("soit $a : b$ : oui", "soit $a : b$\u00a0: oui"),
    ("voir `x` : oui", "voir `x`\u00a0: oui"),
    ("[ici](https://example.org/?a=1) ; non", "[ici](https://example.org/?a=1)\u202f; non"),
    ("un ![une image](a.png)", "un ![une image](a.png)"),
    ("&nbsp; et", "&nbsp; et"),
    ("| : | un |", "| : | un |"),
]


@pytest.mark.parametrize(("plain", "spaced"), TYPESET)
def test_french_spaces(plain, spaced):
    assert typeset(plain, "fr") == spaced
    assert typeset(spaced, "fr") == spaced


def test_english_keeps_its_spaces():
    assert typeset("Why ?", "en") == "Why ?"
