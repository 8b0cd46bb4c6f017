import numpy as np
import pytest

from cnnlib.data import draw_lines


def test_lines_are_as_wide_as_they_are_long():
    for length, width in ((1, 21), (5, 65), (10, 120)):
        images, digits = draw_lines(3, rng=np.random.default_rng(0), length=length)
        assert images.shape == (3, 1, 12, width)
        assert digits.shape == (3, length)
        assert (images.dtype, digits.dtype) == (np.float32, np.int64)
        assert images.min() >= 0
        assert images.max() <= 1


def test_every_digit_is_written_somewhere_and_none_runs_off_the_paper():
    lines = draw_lines(300, rng=np.random.default_rng(0), length=8)
    assert set(lines.digits.ravel()) == set(range(10))
    columns = lines.images[:, 0].mean(axis=(0, 1))
    assert columns[4:60].min() > columns[-1] + 0.1


def test_the_generator_decides_every_byte():
    first, again, other = (draw_lines(5, rng=np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.images.tobytes() == again.images.tobytes() != other.images.tobytes()
    assert first.digits.tolist() == again.digits.tolist() != other.digits.tolist()


@pytest.mark.parametrize(("options", "message"), [({"n": 0}, "n is 0"), ({"n": 1, "length": 0}, "length is 0")])
def test_no_line_is_empty(options, message):
    with pytest.raises(ValueError, match=f"draw_lines: {message}; 1 or more fits"):
        draw_lines(rng=np.random.default_rng(0), **options)
