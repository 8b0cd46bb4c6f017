"""Numbers as pictures write them."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlib.draw._numbers import number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.0, "3"),
        (-0.0, "0"),
        (-533, "−533"),
        (0.04, "0.04"),
        (1 / 3, "0.333"),
        (-17.123, "−17.1"),
        (1234.5678, "1235"),
        (654321, "654321"),
        (1.5e8, "1.5e8"),
        (-2e-7, "−2e-7".replace("-", "−")),
        (math.nan, "nan"),
        (-math.inf, "−∞"),
    ],
)
def test_is_short_and_has_a_true_minus_sign(value, text):
    assert number(value) == text


@settings(deadline=None)
@given(st.floats(-1e9, 1e9, allow_nan=False))
def test_never_strays_from_the_value(value):
    shown = float(number(value).replace("−", "-"))
    assert math.isclose(shown, value, rel_tol=0.005)


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_seventeen_digits_tell_any_two_floats_apart(value):
    following = math.nextafter(value, math.inf)
    if math.isfinite(following) and value != following and abs(value) < 1e15 and not value.is_integer():
        assert number(value, 17) != number(following, 17)
