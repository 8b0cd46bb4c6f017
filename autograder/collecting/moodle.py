"""Moodle's "Download all submissions": a folder for each sender, or one folder for all.

`Student One_12345_assignsubmission_file/…`, or flat `Student One_12345_assignsubmission_file_…`. The number is the
sender's in that one assignment ("Participant 12345"), not the user's. A group's is `Group_77_…`, and until Moodle 4.0
`Group-Student One_12345_…` once for each member; those without a group have no number.
"""

import re

from autograder.collecting.piece import Piece, Sender
from autograder.collecting.unpack import Found

PREFIX = re.compile(r"(?P<name>.+?)(?:_(?P<number>\d+))?_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<rest>.*))?", re.S)
TYPED = "onlinetext"
UNKNOWN = "does not have a name that Moodle gives (NAME_NUMBER_assignsubmission_file_…)"


def piece(found: Found) -> Piece | None:
    """What a file's path says, or nothing where it is not Moodle's."""
    parts = found.name.split("/")
    for place, part in enumerate(parts):
        if matched := PREFIX.fullmatch(part):
            own = [matched["rest"], *parts[place + 1 :]]
            sender = Sender(matched["name"].strip(), matched["number"] or "")
            name = "/".join(filter(None, own))
            return Piece(found, sender, name or part, typed=matched["plugin"] == TYPED)
    return None
