"""What student code may change around itself, put back after each call."""

import builtins
import contextlib
import io
import os
import random
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

Undo = Callable[[], Any]

USUAL_ERRORS = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}


class AsksForInput(Exception):
    """Student code called `input`, which nobody answers during a check."""


@contextlib.contextmanager
def kept(seed: int) -> Iterator[None]:
    """Run the body in fresh, usual surroundings, and restore those that were there before.

    Code that draws from the global generators gets the same numbers for the same `seed`.
    """
    undo = [keep() for keep in (_errors, _printing, _hooks, _limits, _names, _input, _figures, _display)]
    undo += [_randomness(seed), _torch(seed)]
    with warnings.catch_warnings():
        warnings.resetwarnings()
        warnings.simplefilter("default")
        warnings.showwarning = _print_warning  # type: ignore[assignment]
        try:
            yield
        finally:
            for restore in undo:
                restore()


@contextlib.contextmanager
def usual() -> Iterator[None]:
    """Run the judge's own code in usual surroundings, whatever a notebook has set."""
    undo = [_errors(), _printing()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            for restore in undo:
                restore()


def _print_warning(message: Warning | str, category: type[Warning], *_where: Any) -> None:
    print(f"{category.__name__}: {message}", file=sys.stderr)


def _errors() -> Undo:
    before = np.seterr(**USUAL_ERRORS)  # type: ignore[arg-type]
    return lambda: np.seterr(**before)


def _printing() -> Undo:
    before = np.get_printoptions()
    return lambda: np.set_printoptions(**before)


def _hooks() -> Undo:
    profile, trace = sys.getprofile(), sys.gettrace()

    def restore() -> None:
        if sys.getprofile() is not profile:
            sys.setprofile(profile)
        if sys.gettrace() is not trace:
            sys.settrace(trace)

    return restore


def _limits() -> Undo:
    depth, folder = sys.getrecursionlimit(), os.getcwd()

    def restore() -> None:
        sys.setrecursionlimit(depth)
        os.chdir(folder)

    return restore


def _names() -> Undo:
    """Functions of numpy and of Python that student code may have replaced."""
    before = [(vars(module), dict(vars(module))) for module in (np, builtins)]

    def restore() -> None:
        for now, then in before:
            changed = [name for name, value in then.items() if now.get(name) is not value]
            now.update({name: then[name] for name in changed})

    return restore


def _input() -> Undo:
    before, stdin = builtins.input, sys.stdin

    def refuse(prompt: object = "", /) -> str:
        raise AsksForInput

    builtins.input = refuse
    sys.stdin = io.StringIO()

    def restore() -> None:
        builtins.input, sys.stdin = before, stdin

    return restore


def _figures() -> Undo:
    """Figures that student code opens would all appear under the check."""

    def manager() -> Any:
        return getattr(sys.modules.get("matplotlib._pylab_helpers"), "Gcf", None)

    before = set(manager().figs) if manager() else set()

    def restore() -> None:
        for number in set(manager().figs) - before if manager() else ():
            manager().destroy(number)

    return restore


def _display() -> Undo:
    """What student code displays is kept away from the notebook, as what it prints."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        return lambda: None
    from IPython.core.displaypub import CapturingDisplayPublisher

    publisher = shell.display_pub
    shell.display_pub = CapturingDisplayPublisher()
    return lambda: setattr(shell, "display_pub", publisher)


def _randomness(seed: int) -> Undo:
    # The global generators, since they are what student code may use.
    python, numpy = random.getstate(), np.random.get_state()  # noqa: NPY002
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002

    def restore() -> None:
        random.setstate(python)
        np.random.set_state(numpy)  # noqa: NPY002

    return restore


def _torch(seed: int) -> Undo:
    torch: Any = sys.modules.get("torch")
    if not hasattr(torch, "default_generator"):  # not imported, or not to the end
        return lambda: None
    state, dtype, grad = torch.get_rng_state(), torch.get_default_dtype(), torch.is_grad_enabled()
    torch.default_generator.manual_seed(seed)

    def restore() -> None:
        torch.set_rng_state(state)
        torch.set_default_dtype(dtype)
        torch.set_grad_enabled(grad)

    return restore
