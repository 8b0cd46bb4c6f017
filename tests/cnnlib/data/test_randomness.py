from functools import partial

import numpy as np
import pytest

from cnnlib.data import draw_edges, draw_glyphs, draw_shapes, paste_on_clutter, split_digits, write_reviews

DRAWN = {
    "draw_edges": partial(draw_edges, 3),
    "draw_glyphs": partial(draw_glyphs, 3),
    "draw_shapes": partial(draw_shapes, 3),
    "paste_on_clutter": partial(paste_on_clutter, np.zeros((3, 1, 8, 8))),
    "split_digits": split_digits,
    "write_reviews": partial(write_reviews, 3),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_generator_is_asked_for_by_name(name):
    with pytest.raises(TypeError, match=f"{name}: rng is 0; a generator fits, such as"):
        DRAWN[name](rng=0)


@pytest.mark.parametrize("name", DRAWN)
def test_numpy_s_global_state_is_left_alone(name):
    before = np.random.get_state()[1].copy()  # noqa: NPY002 - what must not move
    DRAWN[name](rng=np.random.default_rng(0))
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002 - see above
