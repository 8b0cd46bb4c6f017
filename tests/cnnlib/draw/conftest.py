"""What every test of a picture needs."""

import pytest

from cnnlib import draw


@pytest.fixture(autouse=True)
def english():
    """Each test starts and leaves pictures in English."""
    draw.language("en")
    yield
    draw.language("en")
