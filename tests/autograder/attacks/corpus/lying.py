"""Attacks on what scores a cell: asserts, comparisons, modules, IPython, what a cell shows."""

from .attack import CLIENT, LAYERS, ONE_PROCESS, STOCK, UNSCORED, WAITING, WRONG, Attack

VERDICT = "the judge's verdict, and not what the cell showed"
SAYS_NOTHING = "the cell never asked|asked for another"

ATTACKS = (
    Attack(
        "patched-lesson",
        "replaces `lesson` before the first cell asks for it",
        VERDICT,
        first="import autograder\nautograder.lesson = lambda *a, **k: lambda *a: None",
        without=STOCK,
        reason=SAYS_NOTHING,
    ),
    Attack(
        "patched-module",
        "replaces the package in sys.modules",
        VERDICT,
        first="""
import sys, types
fake = sys.modules["autograder"] = types.ModuleType("autograder")
fake.lesson = lambda *a, **k: lambda *a: None
""",
        without=STOCK,
        reason=SAYS_NOTHING,
    ),
    Attack(
        "patched-check",
        "replaces `check`",
        VERDICT,
        answer=WRONG + "\ndef check(*objects): pass",
        without=STOCK,
        reason=SAYS_NOTHING,
    ),
    Attack(
        "patched-class",
        "replaces what `check` does when it is called",
        VERDICT,
        answer=WRONG + "\ntype(check).__call__ = lambda *objects: None",
        without=STOCK,
        reason=SAYS_NOTHING,
    ),
    Attack(
        "patched-verdict",
        "has every verdict say that all was right",
        VERDICT,
        answer=WRONG
        + "\nimport autograder.checking.judge as judge\n"
        + "judge.Verdict.fraction = judge.Verdict.passed = judge.Verdict.failure = property(lambda self: None)\n"
        + "judge.Verdict.fraction = property(lambda self: 1.0)\n"
        + "judge.Verdict.passed = property(lambda self: True)",
        without=STOCK,
    ),
    Attack(
        "patched-comparison",
        "has every comparison find nothing",
        VERDICT,
        answer=WRONG + "\nimport autograder.checking.judge as judge\njudge.difference = lambda *a: None",
        without=STOCK,
    ),
    Attack(
        "patched-numpy",
        "has numpy and its testing find everything equal",
        "comparisons are made outside",
        answer=WRONG
        + """
import numpy as np
for name in ("allclose", "array_equal", "isclose", "all", "equal"):
    setattr(np, name, lambda *a, **k: True)
for name in ("assert_allclose", "assert_equal", "assert_array_equal", "assert_array_almost_equal"):
    setattr(np.testing, name, lambda *a, **k: None)
""",
        fools="np.testing.assert_allclose(double(np.arange(4)), [0, 2, 4, 6])",
    ),
    Attack(
        "lying-equality",
        "gives what is equal to everything",
        "answers are plain data",
        answer="""
class Equal:
    shape, dtype = (1,), "float64"
    __eq__ = __ge__ = __le__ = lambda self, other: True
    __array_ufunc__ = __array_function__ = lambda self, *a, **k: True
    __sub__ = __rsub__ = __abs__ = __getitem__ = lambda self, *a: 0
def double(x):
    return Equal()
""",
        fools="assert double(3) == 6",
    ),
    Attack(
        "lying-array",
        "gives an array whose class compares for itself",
        "answers are plain data",
        answer="""
import numpy as np
class Equal(np.ndarray):
    __eq__ = lambda self, other: np.ones(self.shape, bool)
    __array_ufunc__ = lambda self, *a, **k: np.ones(self.shape)
    __array__ = lambda self, *a, **k: np.zeros(self.shape)
    tobytes = lambda self: b""
def double(x):
    return np.asarray(x + 2).view(Equal)
""",
        fools="assert (double(np.arange(4)) == [0, 2, 4, 6]).all()",
    ),
    Attack(
        "lying-number",
        "gives numbers that say they are others",
        "answers are plain data",
        answer="""
class Equal(float):
    __eq__ = lambda self, other: True
    __class__ = list
    def __float__(self): return 0.0
def double(x):
    return [Equal(0) for _ in x]
""",
        fools="assert double([1, 2]) == [2, 4]",
    ),
    Attack(
        "gives-nan",
        "gives NaN, which is no larger than any tolerance",
        VERDICT,
        answer="def double(x):\n    return x * float('nan')",
        fools='x = np.ones(3)\nif (abs(double(x) - 2 * x) > 1e-6).any():\n    raise AssertionError("wrong")',
    ),
    Attack(
        "rewrites-check",
        "rewrites the check's cell as it is read",
        VERDICT,
        first="""
def rewritten(lines):
    return ["pass"] if any("check(" in line for line in lines) else lines
get_ipython().input_transformers_cleanup.append(rewritten)
""",
        without=STOCK,
        reason=SAYS_NOTHING,
    ),
    Attack(
        "rewrites-tree",
        "takes the check's call out of the tree that Python runs",
        VERDICT,
        first="""
import ast
class Out(ast.NodeTransformer):
    def visit_Call(self, node):
        return ast.Constant(None) if getattr(node.func, "id", "") == "check" else self.generic_visit(node)
get_ipython().ast_transformers.append(Out())
""",
        without=STOCK,
        reason=SAYS_NOTHING,
    ),
    Attack(
        "swallows-errors",
        "has IPython call every cell a success",
        VERDICT,
        first="""
shell = get_ipython()
original = shell.run_cell_async
async def run(source, *a, **k):
    return await original(source, *a, **(k | {"transformed_cell": "pass"} if "check(" in source else k))
shell.run_cell_async = run
""",
        without=STOCK,
        reason=SAYS_NOTHING,
    ),
    Attack(
        "shows-points",
        "shows the points as the cell's value",
        VERDICT,
        answer=WRONG + "\ndef check(*objects): return 1.0",
        without=STOCK,
        reason=SAYS_NOTHING,
    ),
    Attack(
        "display-hook",
        "has whatever a cell shows be its points",
        VERDICT,
        answer=WRONG
        + """
def check(*objects): return "wrong"
get_ipython().display_formatter.format = lambda *a, **k: ({"text/plain": "1.0"}, {})
""",
        without=STOCK,
        reason=SAYS_NOTHING,
    ),
    Attack(
        "exits-cell",
        "leaves the check's cell without an error",
        VERDICT,
        answer="def double(x):\n    raise SystemExit(0)",
        without=ONE_PROCESS,
    ),
    Attack(
        "interrupts",
        "raises KeyboardInterrupt while it is judged",
        VERDICT,
        answer="def double(x):\n    raise KeyboardInterrupt",
        reason="broken off|verdict",
        without=ONE_PROCESS,
    ),
    Attack(
        "interrupts-by-signal",
        "sends itself the interrupt while it is judged",
        VERDICT,
        answer="import os, signal\ndef double(x):\n    os.kill(os.getpid(), signal.SIGINT)\n    return x + 2",
        reason="broken off|verdict",
        without=ONE_PROCESS,
    ),
    Attack(
        "asks-to-exit",
        "asks the kernel to end before its check",
        VERDICT,
        answer=WRONG + "\nexit()",
        reason="",
        without=ONE_PROCESS,
    ),
    Attack(
        "forges-messages",
        "keeps its errors from the grader, and replies that all is well",
        VERDICT,
        first="""
session = type(get_ipython().kernel.session)
original = session.send
def send(self, stream, kind, content=None, *a, **k):
    if kind == "error":
        return None
    if kind == "execute_reply":
        content = {"status": "ok", "execution_count": 9, "user_expressions": {}, "payload": []}
    return original(self, stream, kind, content, *a, **k)
session.send = send
""",
        without=STOCK,
    ),
    Attack(
        "ends-too-soon",
        "tells the grader that a cell is over while it still runs",
        VERDICT,
        answer="""
kernel = get_ipython().kernel
def double(x):
    kernel.session.send(kernel.iopub_socket, "status", {"execution_state": "idle"}, parent=kernel.get_parent("shell"))
    return x + 2
""",
        without=CLIENT,
    ),
    Attack(
        "wipes-output",
        "has the front end forget what the cell showed",
        VERDICT,
        answer=WRONG
        + """
from IPython.display import clear_output
def check(*objects):
    print("wrong")
    clear_output()
""",
        without=STOCK,
        reason=SAYS_NOTHING,
    ),
    Attack(
        "never-idle",
        "never tells that a cell is over",
        "a limit on time",
        first="""
session = get_ipython().kernel.session
original = type(session).send
def send(self, stream, kind, *a, **k):
    return None if kind == "status" else original(self, stream, kind, *a, **k)
type(session).send = send
""",
        reason="",
        without=WAITING,
    ),
    Attack(
        "signs-wrongly",
        "signs its messages with another key",
        "what is not signed is not heard; a limit on time",
        first="get_ipython().kernel.session.key = b'another'",
        reason="",
        without=WAITING,
    ),
    Attack(
        "sends-junk",
        "sends what is no message",
        "what makes no sense ends the kernel",
        first="""
kernel = get_ipython().kernel
kernel.session.send(kernel.iopub_socket, "stream", {"no": "text"}, parent=kernel.get_parent("shell"))
kernel.session.send(kernel.iopub_socket, "display_data", {"data": 7}, parent=kernel.get_parent("shell"))
kernel.session.send(kernel.iopub_socket, "error", {}, parent=kernel.get_parent("shell"))
""",
        without=UNSCORED,
    ),
    Attack(
        "changes-its-mind",
        "answers rightly at every other call only",
        VERDICT,
        answer="calls = []\ndef double(x):\n    calls.append(x)\n    return 2 * x if len(calls) % 2 else x + 2",
        fools="assert double(3) == 6",
    ),
    Attack(
        "redefines-itself",
        "replaces itself after the first answers",
        VERDICT,
        answer="def double(x):\n    global calls\n    calls += 1\n    return 2 * x if calls < 5 else x\ncalls = 0",
        fools="assert double(3) == 6",
    ),
    Attack(
        "answers-from-table",
        "answers what the check in a notebook tries, which the student has recorded",
        "inputs are drawn from a secret",
        answer="""
import numpy as np
table = $TABLE
def double(x):
    key = x.dtype.str, x.tobytes()
    return np.array(table[key], x.dtype) if key in table else x + 2
""",
        without=STOCK,
    ),
    Attack(
        "takes-reference",
        "answers with the exercise's own reference, where it can import it",
        "the kernel's view of the disk (mount, landlock)",
        reason=SAYS_NOTHING,
        answer="""
import importlib
double = importlib.import_module("autograder.exercises.00_start").EXERCISES[0].reference[0]
""",
        without=LAYERS,
    ),
)
