from functools import partial

import numpy as np
import pytest

from cnnlib.data import (
    PixelWorlds,
    add_noise,
    draw_clips,
    draw_edges,
    draw_figures,
    draw_glyphs,
    draw_lines,
    draw_shapes,
    paste_on_clutter,
    photo_patches,
    split_digits,
    write_reviews,
)

DRAWN = {
    "PixelWorlds": partial(PixelWorlds, 3),
    "add_noise": partial(add_noise, np.zeros((3, 1, 8, 8)), 0.1),
    "draw_clips": partial(draw_clips, np.zeros((3, 1, 8, 8))),
    "draw_edges": partial(draw_edges, 3),
    "draw_figures": partial(draw_figures, 3),
    "draw_glyphs": partial(draw_glyphs, 3),
    "draw_lines": partial(draw_lines, 3),
    "draw_shapes": partial(draw_shapes, 3),
    "paste_on_clutter": partial(paste_on_clutter, np.zeros((3, 1, 8, 8))),
    "photo_patches": partial(photo_patches, [np.zeros((1, 8, 8))], 3, size=4),
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
