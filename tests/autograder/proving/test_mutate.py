"""Each kind of error is planted, each mutant once, and only where the solution stands."""

import ast

import pytest

from autograder.proving.mutate import mutants

PLANTED = {
    "operators": ("a + b", {"a - b"}),
    "products": ("a * b", {"a / b", "a + b"}),
    "matrix products": ("a @ b", {"a * b"}),
    "powers": ("a**b", {"a * b"}),
    "floor division": ("a // b", {"a / b", "a * b"}),
    "comparisons": ("a < b", {"a <= b", "a > b"}),
    "and": ("a and b", {"a or b"}),
    "not": ("not a", {"a"}),
    "sign": ("-a", {"a"}),
    "whole numbers": ("3", {"4", "2", "0", "-3"}),
    "floats": ("0.5", {"1.5", "-0.5", "0.0"}),
    "truth": ("f(a, keepdims=True)", {"f(a, keepdims=False)", "f(a)"}),
    "axes": ("a.sum(axis=1)", {"a.sum(axis=2)", "a.sum(axis=0)", "a.sum(axis=-1)", "a.sum()"}),
    "several axes": ("f(axis=(a, b))", {"f(axis=(b, a))", "f()"}),
    "arguments": ("f(a, b)", {"f(b, a)"}),
    "tuples": ("(a, b, c)", {"(b, a, c)", "(a, c, b)"}),
    "slices": ("x[a:b]", {"x[a + 1:b]", "x[a - 1:b]", "x[:b]", "x[a:b + 1]", "x[a:b - 1]", "x[a:]", "x"}),
    "open slices": ("x[:]", {"x[1:]", "x[:-1]", "x"}),
    "reversals": ("x[::-1]", {"x[:]", "x[::1]", "x[::-0]", "x[::-2]", "x"}),
    "transposes": ("x.T", {"x"}),
    "copies": ("x.copy()", {"x"}),
    "indices": ("x[i, 0]", {"x[i + 1, 0]", "x[i - 1, 0]", "x[0, i]", "x[i, 1]", "x[i, -1]"}),
    "ranges": ("range(n)", {"range(n + 1)", "range(n - 1)", "range(1, n)"}),
    "choices": ("a if c else b", {"a if not c else b"}),
}


def planted(source):
    return [ast.unparse(mutant.tree) for mutant in mutants(ast.parse(source), frozenset({1}))]


@pytest.mark.parametrize(("source", "wanted"), PLANTED.values(), ids=PLANTED.keys())
def test_every_error_of_a_kind_is_planted_once(source, wanted):
    found = planted(f"return_({source})")
    inner = {f"return_({text})" for text in wanted}
    assert inner <= set(found)
    assert len(found) == len(set(found))
    assert f"return_({source})" not in found


def test_statements_are_left_out_and_sums_overwritten():
    source = "def f(x):\n    y = 0\n    y += x\n    return y"
    found = {(mutant.before, mutant.after) for mutant in mutants(ast.parse(source), frozenset({3}))}
    assert found == {("y += x", "y -= x"), ("y += x", "y = x"), ("y += x", "pass")}


def test_nothing_outside_the_lines_changes():
    source = "a = 1 + 2\nb = 3\n"
    assert {mutant.line for mutant in mutants(ast.parse(source), frozenset({2}))} == {2}
    assert all(
        ast.unparse(mutant.tree).startswith("a = 1 + 2\n") for mutant in mutants(ast.parse(source), frozenset({2}))
    )


def test_every_mutant_can_be_compiled():
    source = (
        "def f(x, k):\n    n, m = len(x), len(k)\n    for i in range(n - m + 1):\n        x[i : i + m] *= k[::-1]\n"
    )
    found = mutants(ast.parse(source), frozenset(range(1, 5)))
    assert len(found) > 25
    for mutant in found:
        compile(mutant.tree, "<mutant>", "exec")
