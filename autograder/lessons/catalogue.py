"""The translations of one lesson, in gettext's `.po`: kept, matched anew, and looked over."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polib

from autograder.errors import UserError
from autograder.lessons.inline import losses
from autograder.lessons.messages import Message

SIMILAR = 0.6  # from here on, an old translation is offered for a changed message
NAME = "name"  # the flag of a message that is the same in both languages


@dataclass(frozen=True)
class Fault:
    """Why a message cannot be released as it is."""

    line: int
    what: str
    message: str


def read_catalogue(path: Path) -> polib.POFile:
    """The catalogue at `path`; an empty one if there is none."""
    try:
        return polib.pofile(str(path), encoding="utf-8") if path.exists() else polib.POFile()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: not a gettext catalogue ({error})") from None


def update_catalogue(old: polib.POFile, messages: Sequence[Message], source: str, language: str) -> polib.POFile:
    """A catalogue of these messages: known ones keep their translation, changed ones get it marked fuzzy."""
    known = {entry.msgid: entry for entry in old}
    texts = {message.text for message in messages}
    gone = {entry.msgid: entry for entry in old if entry.msgid not in texts and entry.msgstr}
    new = polib.POFile(wrapwidth=100)
    new.header = f"Translations of {source}; made and updated by `autograder translate`."
    new.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    for message in messages:
        entry = known.get(message.text) or _changed(message.text, gone)
        new.append(_entry(message, entry, source))
    new.extend(_obsolete(entry) for entry in gone.values())
    return new


def faults(catalogue: polib.POFile, messages: Sequence[Message]) -> list[Fault]:
    """The messages without a good translation, in the order of the source."""
    entries = {entry.msgid: entry for entry in catalogue if not entry.obsolete}
    return [
        Fault(message.lines[0], what, message.text)
        for message in messages
        for what in _faults(message.text, entries.get(message.text))
    ]


def translations(catalogue: polib.POFile) -> Mapping[str, str]:
    """The translations fit for release: neither missing nor fuzzy."""
    return {entry.msgid: entry.msgstr for entry in catalogue.translated_entries()}


def _faults(message: str, entry: polib.POEntry | None) -> Iterator[str]:
    if entry is None or not entry.msgstr:
        yield "missing"
    elif entry.fuzzy:
        yield "fuzzy"
    elif entry.msgstr == message and NAME not in entry.flags:
        yield f"the same as its English (flag it `#, {NAME}` if it must be)"
    else:
        yield from losses(message, entry.msgstr)


def _changed(text: str, gone: dict[str, polib.POEntry]) -> polib.POEntry | None:
    """A fuzzy entry for a message that reads much like one that has gone; each is used once."""
    close = difflib.get_close_matches(text, gone, n=1, cutoff=SIMILAR)
    if not close:
        return None
    entry = gone.pop(close[0])
    return polib.POEntry(
        msgid=text,
        msgstr=entry.msgstr,
        tcomment=entry.tcomment,
        flags=sorted({*entry.flags, "fuzzy"} - {NAME}),
        previous_msgid=entry.msgid,
    )


def _entry(message: Message, old: polib.POEntry | None, source: str) -> polib.POEntry:
    entry = polib.POEntry(msgid=message.text, occurrences=[(source, str(line)) for line in message.lines])
    if old is not None:
        entry.msgstr, entry.tcomment, entry.flags = old.msgstr, old.tcomment, list(old.flags)
        if old.fuzzy:
            entry.previous_msgid = old.previous_msgid
    return entry


def _obsolete(entry: polib.POEntry) -> polib.POEntry:
    return polib.POEntry(msgid=entry.msgid, msgstr=entry.msgstr, tcomment=entry.tcomment, obsolete=True)
