"""Which students of a class a sender stands for."""

import unicodedata
from collections.abc import Callable, Sequence

from autograder.collecting.naming import squeeze, student_id
from autograder.collecting.piece import Sender
from autograder.collecting.roster import Person

PARTICIPANT = "participant"  # Moodle's name, in English and French, for whoever it does not name


class Stranger(Exception):
    """A sender whom the class does not know; the text says why."""


class People:
    """The students of a class, as its roster lists them; without one, everybody is who they say they are."""

    def __init__(self, roster: Sequence[Person]) -> None:
        self.roster = roster
        self._by_name: dict[str, list[Person]] = {}
        self._by_group: dict[str, list[str]] = {}
        for one in roster:
            for name in _names(one):
                self._by_name.setdefault(name, []).append(one)
            for group in {squeeze(group) for group in one.groups} - {""}:
                self._by_group.setdefault(group, []).append(one.id)

    def is_known(self, name: str) -> bool:
        return squeeze(name) in self._by_name or any(name in (one.id, one.email) for one in self.roster)

    def of_moodle(self, sender: Sender) -> tuple[list[str], list[str]]:
        """The students a Moodle sender stands for, and what is odd about it."""
        is_blind = squeeze(sender.name) == PARTICIPANT
        if not self.roster:
            if is_blind:
                return [f"Participant_{sender.number}"], []
            return [student_id(sender.name)], []
        if is_blind:
            found = [one for one in self.roster if sender.number and one.moodle == sender.number]
            return [self._only(found, sender, f"Participant {sender.number}").id], []
        if found := self._named(sender.name):
            numbered = [one for one in found if one.moodle == sender.number] if len(found) > 1 else []
            return [self._only(numbered or found, sender, sender.name).id], []
        if members := self._group(sender.name):
            return members, [f"handed in by the group {sender.name}"]
        pieces = sender.name.split("-")
        for place in range(1, len(pieces)):  # GROUP-NAME, and either may have hyphens
            if found := self._named("-".join(pieces[place:])):
                return [self._only(found, sender, "-".join(pieces[place:])).id], []
        raise Stranger(f"comes from {sender.name}, who is no student and no group of the roster")

    def of_canvas(self, sender: Sender) -> tuple[list[str], list[str]]:
        """The students a Canvas sender stands for, and what is odd about it."""
        if not self.roster:
            return [student_id(sender.number)], []
        numbered = [one for one in self.roster if one.canvas and one.canvas == sender.number]
        if also := [one.id for one in self.roster if one.canvas in sender.perhaps]:
            ids = ", ".join([one.id for one in numbered] + also)
            raise Stranger(f"has a name that could mean several students ({ids}); put it into a folder by hand")
        named = self._named(sender.name) if sender.name else []
        if numbered and (not sender.name or numbered[0] in named):
            return [numbered[0].id], []
        if members := self._group(sender.name):
            return members, [f"handed in by the group {sender.name}"]
        if numbered:
            return [numbered[0].id], [f"Canvas calls {numbered[0].id} {sender.name!r}, which the roster does not"]
        if named and not any(one.canvas for one in named):
            return [self._only(named, sender, sender.name).id], []
        who = f"{sender.name} (Canvas user {sender.number})".strip()
        raise Stranger(f"comes from {who}, who is no student and no group of the roster")

    def of_folder(self, sender: Sender) -> tuple[list[str], list[str]]:
        """The students whose folder it is."""
        if not self.roster:
            return [student_id(sender.name)], []
        if any(one.id == sender.name for one in self.roster):
            return [sender.name], []
        found = [one for one in self.roster if sender.name.casefold() in (one.id.casefold(), one.email.casefold())]
        if found or (found := self._named(sender.name)):
            return [self._only(found, sender, sender.name).id], []
        if members := self._group(sender.name):
            return members, [f"handed in by the group {sender.name}"]
        raise Stranger(f"comes from {sender.name}, who is no student and no group of the roster")

    def _named(self, name: str) -> list[Person]:
        """Those of this name; of several, those whose accents are right too."""
        found = self._by_name.get(squeeze(name), [])
        exact = [one for one in found if _plain(name) in (_plain(one.name), _plain(f"{one.last} {one.first}"))]
        return exact if len(found) > 1 and exact else found

    def _group(self, name: str) -> list[str]:
        return self._by_group.get(squeeze(name), [])

    def _only(self, found: Sequence[Person], sender: Sender, name: str) -> Person:
        if not found:
            raise Stranger(f"comes from {name}, who is no student of the roster")
        if len(found) > 1:
            ids = ", ".join(one.id for one in found)
            raise Stranger(f"comes from {name}, the name of several students ({ids}); give the roster their numbers")
        return found[0]


Finder = Callable[[Sender], tuple[list[str], list[str]]]


def _names(one: Person) -> set[str]:
    both = {squeeze(one.first + one.last), squeeze(one.last + one.first)} if one.first or one.last else set()
    return (both | {squeeze(one.full)}) - {""}


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold().strip()
