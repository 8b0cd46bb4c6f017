"""What one hostile submission is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

WRONG = "def double(x):\n    return x + 2"
RIGHT = "def double(x):\n    return 2 * x"

# How it is shown that what stops an attack is needed.
LAYERS = "layers"  # graded without layers and with wide limits, it reaches what it wants and prints the proof
STOCK = "stock"  # run and scored by nbgrader itself, it earns the points
OUTPUT = "output"  # the cell as it ran here earns the points, where nbgrader's rule reads it

# A cell has this line after what must not work; no traceback that shows the line is mistaken for it.
PROVE = "print('REACHED' + ' IT')"
PROOF = "REACHED IT"


@dataclass(frozen=True)
class Attack:
    """A submission: `first` is a cell before all others, `answer` the exercise's cell.

    In the sources, $CLASS is the class's folder, $TMP one that is open to all, $PORT and $SOCKET lead to servers of
    the grading machine. `without` names what it needs to succeed, and `fools` is a check by asserts, as other courses
    write it, that it passes; `reason` is a pattern of what the result says of its check.
    """

    name: str
    tries: str
    stopped_by: str
    first: str = ""
    answer: str = WRONG
    change: Callable[..., object] | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    without: str | None = None
    fools: str | None = None
    reason: str = "the judge's verdict"
