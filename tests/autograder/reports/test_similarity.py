"""What is listed as alike, and what is not: copies are, given and common code and short answers are not."""

import ast
import inspect

import pytest

import cnnlib
from autograder.reports import similarity
from autograder.reports.answers import LIBRARY
from autograder.reports.similarity import ALIKE, Library, alike, common_limit, runs_of, signs

LOOPS = """
def conv2d(x, k):
    H, W = x.shape
    h, w = k.shape
    y = np.zeros((H - h + 1, W - w + 1))
    for r in range(H - h + 1):
        for s in range(W - w + 1):
            y[r, s] = np.sum(x[r : r + h, s : s + w] * k)
    return y
"""
SHIFTS = """
def conv2d(x, k):
    total = 0
    rows = x.shape[0] - len(k) + 1
    columns = x.shape[1] - k.shape[1] + 1
    for (u, v), weight in np.ndenumerate(k):
        total = total + weight * x[u : u + rows, v : v + columns]
    return total
"""
WINDOWS = """
def conv2d(x, k):
    windows = np.lib.stride_tricks.sliding_window_view(x, k.shape)
    return np.einsum("rsuv,uv->rs", windows, k)
"""
NOTHING = frozenset()


def renamed(source):
    """The same with other names, spaces and comments."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id not in ("np", "range", "len"):
            node.id = f"my_{node.id}"
        elif isinstance(node, ast.arg):
            node.arg = f"my_{node.arg}"
    return "# all my own work\n" + ast.unparse(tree)


def signs_of(**sources):
    return {student: signs(source) for student, source in sources.items()}


def test_a_renamed_copy_is_alike():
    (found,) = alike(signs_of(ada=LOOPS, bob=renamed(LOOPS), eve=SHIFTS), NOTHING)
    assert found.students == ("ada", "bob")
    assert found.share >= ALIKE


def test_other_ways_to_write_it_are_not():
    assert alike(signs_of(ada=LOOPS, bob=SHIFTS, eve=WINDOWS), NOTHING) == []


def test_answers_of_a_few_lines_are_never_alike():
    assert alike(signs_of(ada=WINDOWS, bob=WINDOWS), NOTHING) == []


def test_what_was_handed_out_does_not_count():
    assert alike(signs_of(ada=LOOPS, bob=LOOPS), runs_of([LOOPS])) == []


def test_what_many_wrote_does_not_count():
    many = {f"student{k}": signs(LOOPS) for k in range(common_limit(30) + 1)}
    others = {f"other{k}": signs(f"def conv2d(x, k):\n    return {k}") for k in range(30 - len(many))}
    assert alike(many | others, NOTHING) == []
    many.popitem()
    (found,) = alike(many | others, NOTHING)
    assert len(found.students) == common_limit(30)


def test_groups_are_linked_by_pairs():
    middle = LOOPS.replace("return y", "y = y + 0\n    return y")
    (found,) = alike(signs_of(ada=LOOPS, bob=middle, eve=middle.replace("return y", "print(y)\n    return y")), NOTHING)
    assert found.students == ("ada", "bob", "eve")


def test_a_copy_from_the_library_is_found():
    library = Library(LIBRARY / "ops")
    copied = inspect.getsource(cnnlib.conv2d_backward).replace("conv2d_backward", "conv_layer_backward")
    (found,) = library.like(signs_of(ada=renamed(copied), bob=LOOPS), NOTHING)
    assert (found.function.rpartition(".")[2], found.students) == ("conv2d_backward", ("ada",))
    assert library.like(signs_of(ada=copied), runs_of([copied])) == []


@pytest.mark.parametrize("source", ["", "def (", "\x00", "é" * 50])
def test_anything_can_be_read(source):
    assert alike(signs_of(ada=source, bob=source), NOTHING) == []


def test_long_answers_are_cut():
    assert len(signs("x = 1\n" * 10_000)) <= similarity.MOST_CODE
