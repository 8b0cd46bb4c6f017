"""Canvas's "Download Submissions": one flat folder.

`onestudent_LATE_12345_67890_lesson-2.ipynb`: the sortable name without marks and spaces (a group's name with the
number of one member), a mark if it is late, the user's number, the attachment's number, and the file's name, which
Canvas makes unique with -1, -2. Anonymous ones are `anon_AbCdE_67890_…`; text is `…_12345_text.html`, a URL `_link`.
"""

import re

from autograder.collecting.piece import Piece, Sender
from autograder.collecting.unpack import Found

SENDER = r"(?:(?P<name>.+?)_)??(?:(?P<late>late)_)?(?P<user>\d+|anon_[a-z0-9]+)"
UPLOADED = re.compile(rf"(?is){SENDER}_(?P<number>\d+)_(?P<file>.+)")
TYPED = re.compile(rf"(?is){SENDER}_(?P<file>(?:text|link)\.html)")
NUMBERS = re.compile(r"(?<=_)\d+(?=_\d+_)")  # names of people and of files may look like Canvas's own numbers
UNKNOWN = "does not have a name that Canvas gives (NAME_12345_67890_…)"


def piece(found: Found) -> Piece | None:
    """What a file's path says, or nothing where it is not Canvas's."""
    parts = found.name.split("/")
    for place, part in enumerate(parts):
        matched = UPLOADED.fullmatch(part)
        typed = None if matched else TYPED.fullmatch(part)
        one = matched or typed
        if one is None:
            continue
        perhaps = tuple(number for number in NUMBERS.findall(part) if number != one["user"])
        sender = Sender(one["name"] or "", one["user"], one["late"] is not None, perhaps)
        name = "/".join([one["file"], *parts[place + 1 :]])
        return Piece(found, sender, name, order=int(matched["number"]) if matched else 0, typed=typed is not None)
    return None
