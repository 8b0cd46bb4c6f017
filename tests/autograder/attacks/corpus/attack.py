"""What one hostile submission is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

WRONG = "def double(x):\n    return x + 2"
RIGHT = "def double(x):\n    return 2 * x"

# How it is shown that what stops an attack is needed: it succeeds, if …
LAYERS = "layers"  # … it is graded without layers and with wide limits: it reaches what it wants and prints the proof
STOCK = "stock"  # … it is run and scored by nbgrader itself: it earns the points
ASSERTS = "asserts"  # … nbgrader does so with asserts for a check, as other courses have
OUTPUT = "output"  # … nbgrader's rule reads the cell as it ran here
UNSCORED = "unscored"  # … nbgrader runs it: it comes to no score, and an earlier one stays
TRUSTING = "trusting"  # … cells, metadata and files are taken as they come
ANYWHERE = "anywhere"  # … a check counts wherever it was asked for
CLIENT = "client"  # … the outputs that reach a client are all there is
WAITING = "waiting"  # … a client waits without a limit
ONE_PROCESS = "one process"  # … student code runs in the grader's process
PLAIN = "plain"  # … kernels are plain ones, and share a home
MACHINE = "machine"  # … it shares a machine with others

# A cell has this line after what must not work; no traceback that shows the line is mistaken for it.
PROVE = "print('REACHED' + ' IT')"
PROOF = "REACHED IT"


@dataclass(frozen=True)
class Attack:
    """A submission: `first` is a cell before all others, `answer` the exercise's cell.

    In the sources, $CLASS is the class's folder, $TMP one that is open to all, $PORT and $SOCKET lead to servers of
    the grading machine. `without` names what it needs to succeed, and `fools` is a check by asserts that it passes;
    `reason` is a pattern of what the result says of its check, and `due` what its answer is worth.
    """

    name: str
    tries: str
    stopped_by: str
    first: str = ""
    answer: str = WRONG
    change: Callable[..., object] | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    without: str = ASSERTS
    fools: str | None = None
    reason: str = "the judge's verdict"
    due: float = 0
