"""What a cell takes from its notebook is read without running it; where it is doubtful, it counts as taken."""

import pytest

from autograder.grading.outside import taken_from_outside

TAKEN = {
    "x = 1\nprint(x)": {"print"},
    "print(x)\nx = 1": {"print", "x"},
    "x = x + 1": {"x"},
    "x = 1\nx = x + 1": set(),
    "x += 1": {"x"},
    "x[0] = 1": {"x"},
    "x.a = y": {"x", "y"},
    "x = 1\ndel x\nx": {"x"},
    "a, (b, *c) = d": {"d"},
    "import numpy as np\nnp.zeros(n)": {"n"},
    "(y := f)(y)": {"f", "y"},
    "[a * b for a in c]": {"b", "c"},
    "lambda a: a + b": {"b"},
    "def f(a, b=c):\n    return a + b + d": {"c", "d"},
    "def f():\n    return x\nx = 1": {"x"},
    "x = 1\ndef f():\n    return x": set(),
    "def f(n):\n    return f(n - 1)": {"f"},
    "class A(B):\n    c = d\n    def e(self):\n        return self.c + g": {"B", "d", "g"},
    "if a:\n    x = 1\nx": {"a", "x"},
    "if a:\n    x = 1\nelse:\n    x = 2\nx": {"a"},
    "for a in b:\n    x = a\nx": {"b", "x"},
    "for a in b:\n    x = a\nelse:\n    a, x": {"a", "b", "x"},
    "while a:\n    x = 1\nelse:\n    x": {"a", "x"},
    "for d[0] in b: pass": {"b", "d"},
    "while a:\n    x = 1\n    x": {"a"},
    "with a as b, c(b):\n    x = b\nx": {"a", "c"},
    "try:\n    x = 1\nexcept A as b:\n    b\nx": {"A", "x"},
    "try:\n    x = 1\nexcept A:\n    x = 2\nfinally:\n    x\nx": {"A", "x"},
    "match a:\n    case [b, *c] if b:\n        x = c\nx": {"a", "x"},
    "match a:\n    case {'k': b, **c}:\n        b, c": {"a"},
    "%matplotlib x": {"matplotlib", "x"},
}


@pytest.mark.parametrize("source", TAKEN)
def test_what_is_taken_is_what_may_be_read_before_it_is_bound(source):
    assert taken_from_outside(source) == TAKEN[source]
