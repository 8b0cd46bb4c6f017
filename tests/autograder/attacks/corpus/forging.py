"""Attacks on the link to the judge: its answers forged, its questions answered with what is no answer."""

from .attack import ANYWHERE, OUTPUT, RIGHT, STOCK, UNSCORED, WRONG, Attack

BOUNDED = "what comes over the link is bounded, and believed in nothing"
NOT_DUE = "a check counts in its own cell, once"
QUIET = "asked for another|never asked|broken off"

LINK = (
    WRONG
    + """
import json, os, pickle, socket, struct, time
import autograder.checking.lesson as of_lesson
from autograder.checking import servant, values, wire
link = of_lesson._judge
ANNOUNCED = values.pack({"check": "double"})
PASSED = {"fraction": 1.0, "headline": "passed", "text": "passed", "html": "<p>passed</p>"}
FINE = {"value": None, "error": None, "printed": "", "seconds": 0.0, "broke": [], "lines": 0, "changed": []}
def announce():
    wire.send(link, wire.CHECK, ANNOUNCED)
    return wire.receive(link)
def reply(**told):
    wire.send(link, wire.REPLY, values.pack(FINE | told))
"""
)


def forged(name, tries, source, *, stopped_by=BOUNDED, reason="broken off", without=OUTPUT):
    """An attack whose `check` is its own; the cell looks as if it had passed, whatever became of the link."""
    body = "\n".join(f"    {line}" for line in source.strip().splitlines())
    quiet = f"def attack():\n{body}\ndef check(*objects):\n    try:\n        attack()\n    except Exception: pass"
    return Attack(name, tries, stopped_by, answer=LINK + quiet, reason=reason, without=without)


ATTACKS = (
    forged(
        "announces-another",
        "announces another exercise",
        'wire.send(link, wire.CHECK, values.pack({"check": "conv1d"}))',
        stopped_by=NOT_DUE,
        reason="asked for another exercise: conv1d",
    ),
    forged(
        "says-done", "tells the judge that it is done", "wire.send(link, wire.DONE, values.pack(PASSED))", reason=QUIET
    ),
    forged(
        "says-done-when-asked",
        "tells the judge that it is done instead of answering",
        "announce()\nwire.send(link, wire.DONE, values.pack(PASSED))",
    ),
    forged(
        "claims-verdict",
        "answers with a verdict",
        """
kind, _ = announce()
while kind != wire.DONE:
    reply(fraction=1.0, passed=True, outcome={"state": "judged", "fraction": 1.0})
    kind, _ = wire.receive(link)
""",
        reason="the judge's verdict",
        without=STOCK,
    ),
    Attack(
        "asks-twice",
        "asks again once it knows what was wrong, and answers rightly",
        NOT_DUE,
        answer=WRONG
        + """
ask = check
def check(name, f):
    for answer in (f, lambda x: 2 * x):
        try: ask(name, answer)
        except Exception: pass
""",
        without=STOCK,
    ),
    Attack(
        "asks-early",
        "asks with a right answer before the check's cell, and wrongly in it",
        NOT_DUE,
        answer=RIGHT + '\ncheck("double", double)\n' + WRONG,
        without=ANYWHERE,
    ),
    Attack(
        "asks-late",
        "asks with a right answer after the check's cell",
        NOT_DUE,
        answer=WRONG + "\nask = check\ndef check(*objects): pass",
        change=lambda notebook, cell: notebook.cells.append(cell('ask("double", lambda x: 2 * x)')),
        reason="never asked",
        without=ANYWHERE,
    ),
    forged("sends-garbage", "sends bytes of chance", "announce()\nlink.send(os.urandom(4096))"),
    forged(
        "announces-garbage",
        "announces bytes of chance",
        "link.send(wire.CHECK + struct.pack('<Q', 64) + os.urandom(64))",
        reason=QUIET,
    ),
    forged("length-huge", "promises 2^62 bytes", "announce()\nlink.send(wire.REPLY + struct.pack('<Q', 2**62))"),
    forged(
        "length-nan", "gives NaN as a length", "announce()\nlink.send(wire.REPLY + struct.pack('<d', float('nan')))"
    ),
    forged(
        "blocks-many",
        "promises four billion blocks",
        "announce()\nwire.send(link, wire.REPLY, struct.pack('<I', 2**32 - 1) + bytes(64))",
    ),
    forged(
        "deep",
        "answers with lists 100,000 deep",
        """
announce()
text = b'{"":"dict","v":[["value",' + b"[" * 100_000 + b"]" * 100_000 + b"]]}"
wire.send(link, wire.REPLY, struct.pack("<IQ", 1, len(text)) + text)
""",
    ),
    forged("large", "answers with 120 MB", "announce()\nwire.send(link, wire.REPLY, bytes(120 * 2**20))"),
    forged(
        "wrong-types",
        "answers with values of the wrong types",
        "announce()\nreply(error=7, changed=5, seconds='long', broke=1)",
    ),
    forged(
        "wrong-values",
        "answers with what nothing can be done with",
        """
wire.send(link, wire.CHECK, ANNOUNCED)
odd = [float("nan"), values.Handle(7), values.Other("<script>"), values.Large("x", (1,)), {(1, 2): 3}, "x" * 9999]
while True:
    kind, _ = wire.receive(link)
    if kind == wire.DONE: return
    value = odd.pop() if odd else None
    changed = [["x", {}.get]] if value else [["positional", 99]]
    reply(value=value, changed=changed, shares=[[None]], seconds=float("nan"))
""",
        reason="broken off|verdict",
    ),
    forged(
        "pickles",
        "answers with an array of pickled objects",
        """
class Opens:
    def __reduce__(self): return (open, ("$TMP/unpickled", "w"))
announce()
block = pickle.dumps(Opens())
told = {"dtype": "|O", "shape": [1], "block": 0}
text = json.dumps({"": "dict", "v": [["value", {"": "array", "v": told, "strided": False}]]}).encode()
wire.send(link, wire.REPLY, struct.pack("<IQQ", 2, len(text), len(block)) + text + block)
""",
    ),
    forged(
        "drips",
        "answers a byte at a time, and never to the end",
        """
announce()
link.send(wire.REPLY + struct.pack("<Q", 1000))
while True:
    link.send(b" ")
    time.sleep(0.2)
""",
    ),
    forged("says-nothing", "announces, and then says nothing", "announce()\ntime.sleep(60)", without=STOCK),
    forged(
        "asks-without-end",
        "asks the judge's functions, of which there are none, without end",
        """
announce()
while True:
    wire.send(link, wire.ASK, values.pack({"ask": 0, "args": [], "kwargs": {}}))
    wire.receive(link)
""",
    ),
    forged(
        "echoes",
        "answers with what it was asked",
        """
kind, data = announce()
while kind != wire.DONE:
    wire.send(link, wire.REPLY, data)
    kind, data = wire.receive(link)
""",
    ),
    forged("hangs-up", "closes the link", "link.close()", reason="never asked"),
    Attack(
        "replaces-servant",
        "has the side that serves the judge tell of no error and no change",
        "answers are compared outside",
        answer=LINK + "servant.Servant.handle = lambda self, data, ask: values.pack(FINE)",
        without=STOCK,
    ),
    Attack(
        "forked-link",
        "has a child that outlives the kernel answer in its place",
        "the check's own cell, and all processes die with the kernel",
        answer=LINK
        + """
copy = os.dup(link.fileno()) if link else None
if os.fork() == 0:
    time.sleep(1)
    link = socket.socket(fileno=copy)
    wire.serve(link, "double", servant.Servant([lambda x: 2 * x]))
    os._exit(0)
os._exit(0)
""",
        reason="",
        without=UNSCORED,
    ),
)
