"""The class report as a page that needs nothing else."""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from autograder.checking.words import Text
from autograder.reports.answers import Likeness
from autograder.reports.class_facts import ClassFacts
from autograder.reports.class_numbers import ClassNumbers, ItemNumbers, LessonNumbers, MistakeNumbers
from autograder.reports.report_words import number, percent, say
from autograder.reports.similarity import ALIKE, COMMON_AT_LEAST
from autograder.reports.statistics import BINS, LEAST_STUDENTS

HERE = Path(__file__).parent
CODE_WORDS = re.compile(r"`([^`]+)`")
TOP = 3  # mistakes that the page begins with
SHOWN = 15  # rows of a long table before the rest is folded away
Sentences = Mapping[tuple[str, str, str], Text]  # of mistakes, by lesson, exercise and name


def page(
    facts: ClassFacts,
    numbers: ClassNumbers,
    alike: Sequence[Likeness] | None,
    sentences: Sentences,
    language: str,
) -> str:
    """The whole file; `alike` is None where answers were not compared."""
    tell = _Teller(language, sentences)
    often = [row for row in numbers.mistakes if len(row.students) > 1]
    style, script = _text("report.css"), _text("report.js")
    return _template().render(
        facts=facts,
        numbers=numbers,
        language=language,
        assignments=", ".join(one.name for one in facts.sheet.assignments),
        when=max((one.when for one in facts.submissions), default="")[:16].replace("T", " ") + " UTC",
        top=often[:TOP],
        often=often[:SHOWN],
        less_often=often[SHOWN:],
        once=[row for row in numbers.mistakes if len(row.students) == 1],
        hardest=sorted(numbers.items, key=lambda row: 2.0 if row.mean is None else row.mean),
        suspicions=any(concern.kind == "suspicion" for concern, _ in numbers.concerns),
        alike=alike,
        alike_from=ALIKE,
        common=COMMON_AT_LEAST,
        least_students=LEAST_STUDENTS,
        segments=segments,
        breakable=breakable,
        say=tell.say,
        says=tell.mistake,
        out_of=tell.out_of,
        distribution=tell.distribution,
        percent=lambda share: percent(share, language),
        number=lambda value, digits=2: number(value, language, digits),
        style=Markup(style),
        style_hash=_hash(style),
        script=Markup(script),
        script_hash=_hash(script),
    )


def segments(row: ItemNumbers) -> list[tuple[str, int]]:
    """The parts of an exercise's bar."""
    blank = sum(row.states[state] for state in ("not written", "not judged", "waits"))
    return [*((state, row.states[state]) for state in ("right", "partly", "wrong")), ("blank", blank)]


def breakable(name: str) -> Markup:
    """A name that may be broken after its underscores."""
    return Markup(str(escape(name)).replace("_", "_<wbr>"))


class _Teller:
    """Says things of the class in one language."""

    def __init__(self, language: str, sentences: Sentences) -> None:
        self._language, self._sentences = language, sentences

    def say(self, key: str, **values: object) -> str:
        return say(key, self._language, **values)

    def mistake(self, row: MistakeNumbers) -> Markup:
        """What a mistake is; its name where its sentence is not known any more."""
        sentence = self._sentences.get((row.item.assignment, row.item.name, row.name or ""))
        told = sentence.in_language(self._language) if sentence else row.name or self.say("rule")
        return Markup(CODE_WORDS.sub(r"<code>\1</code>", str(escape(told))))

    def out_of(self, row: MistakeNumbers) -> str:
        count = len(row.students)
        return self.say("out of", count=count, of=row.of, share=percent(count / row.of, self._language))

    def distribution(self, row: LessonNumbers) -> str:
        """A histogram in words: the steps that hold anybody."""
        steps = [
            self.say("bin", low=100 * step // BINS, high=100 * (step + 1) // BINS, count=count)
            for step, count in enumerate(row.bins)
            if count
        ]
        return self.say("distribution is", name=row.assigned.name, bins=", ".join(steps))


def _text(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html")
