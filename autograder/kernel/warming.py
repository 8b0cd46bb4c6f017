"""What every kernel would do for the first time, done once before it is forked: it costs a tenth of a second each."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from IPython.core.pylabtools import print_figure
from IPython.core.ultratb import FormattedTB

from autograder.kernel import colours
from autograder.kernel.shell import GradingShell


@contextmanager
def without_debugger() -> Iterator[None]:
    """Import ipykernel as if there were no debugpy, which takes long and which no grader speaks to."""
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["debugpy"]


def warm_up() -> None:
    """Show an error and draw a plot, as a kernel does."""
    colours.install()
    numpy, registry = sys.modules.get("numpy"), sys.modules.get("matplotlib.backends.registry")
    try:
        _fail(numpy)
    except AssertionError as error:
        theme = GradingShell.class_traits()["colors"].default_value
        FormattedTB("Context", theme_name=theme).structured_traceback(type(error), error, error.__traceback__)
    if registry is not None:
        registry.backend_registry.resolve_gui_or_backend("inline")
        _draw(sys.modules["matplotlib.figure"])


def _draw(figures: ModuleType) -> None:
    """A plot that no pyplot knows of: fonts, ticks and the encoder are slow at first."""
    figure = figures.Figure(figsize=(1, 1))
    figure.subplots().plot([0, 1])
    print_figure(figure)


def _fail(numpy: ModuleType | None) -> None:
    if numpy is not None:
        numpy.testing.assert_allclose(0, 1)
    raise AssertionError
