"""How a gradient becomes a step: each rule in the symbols and the order of the paper it comes from.

    optimizer = Adam(lr=1e-3)
    optimizer.step(params, grads)

`params` and `grads` are dicts of arrays under the same names. A step writes into the arrays of `params`, so
that whoever holds them, such as a layer, has the new values; `grads` are only read. What a rule remembers is
kept by name, in the dtype of the parameter. `lr` may be set between steps, as a schedule does.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping

import numpy as np

from cnnlib.ops._arguments import Array, number


class Optimizer(ABC):
    """What every rule shares: the checks, all made before anything is written, and weight decay."""

    def __init__(self, lr: float, weight_decay: float) -> None:
        self.lr = lr
        self.weight_decay = self._number("weight_decay", weight_decay, least=0)
        self._shapes: dict[str, tuple[int, ...]] = {}

    @property
    def lr(self) -> float:
        """The learning rate."""
        return self._lr

    @lr.setter
    def lr(self, value: float) -> None:
        if self._number("lr", value) <= 0:
            raise ValueError(f"{type(self).__name__}: lr is {value}; more than 0 fits")
        self._lr = float(value)

    def step(self, params: Mapping[str, Array], grads: Mapping[str, Array]) -> None:
        """Move every array of `params` by one step, in place."""
        self._require_same_names(params, grads)
        for name, theta in params.items():
            self._require_parameter(name, theta)
            self._require_gradient(name, theta, grads[name])
        for name, theta in params.items():
            g = np.asarray(grads[name], theta.dtype)
            self._update(name, theta, self._decayed(theta, g))

    def _decayed(self, theta: Array, g: Array) -> Array:
        """The gradient of the loss plus weight_decay / 2 · ‖θ‖²."""
        return g + self.weight_decay * theta if self.weight_decay else g

    @abstractmethod
    def _update(self, name: str, theta: Array, g: Array) -> None:
        """Move θ, in place, by its gradient g."""

    def _require_same_names(self, params: Mapping[str, Array], grads: Mapping[str, Array]) -> None:
        if params.keys() != grads.keys():
            lacking = ", ".join(sorted(params.keys() - grads.keys())) or "none"
            surplus = ", ".join(sorted(grads.keys() - params.keys())) or "none"
            raise ValueError(
                f"{type(self).__name__}: grads have other names than params (without a gradient: {lacking}; "
                f"without a parameter: {surplus})"
            )

    def _require_parameter(self, name: str, theta: Array) -> None:
        op = type(self).__name__
        if not isinstance(theta, np.ndarray) or theta.dtype not in (np.float32, np.float64):
            came = f"dtype {theta.dtype}" if isinstance(theta, np.ndarray) else type(theta).__name__
            raise TypeError(f"{op}: the parameter {name} is {came}; a float32 or float64 array fits")
        if not theta.flags.writeable:
            raise ValueError(f"{op}: the parameter {name} is read-only; a step writes into it")
        known = self._shapes.setdefault(name, theta.shape)
        if theta.shape != known:
            raise ValueError(f"{op}: the parameter {name} has shape {theta.shape} but had {known} at the first step")

    def _require_gradient(self, name: str, theta: Array, g: Array) -> None:
        op = type(self).__name__
        if np.shape(g) != theta.shape:
            raise ValueError(f"{op}: the gradient of {name} has shape {np.shape(g)} but {name} has {theta.shape}")
        wrong = np.size(g) - int(np.isfinite(g).sum())
        if wrong:
            raise ValueError(f"{op}: the gradient of {name} is NaN or infinite in {wrong} of {np.size(g)} values")

    def _number(self, name: str, value: float, *, least: float = -math.inf, most: float = math.inf) -> float:
        return number(type(self).__name__, name, value, least=least, most=most)

    def _below_one(self, name: str, value: float) -> float:
        if self._number(name, value, least=0, most=1) == 1:
            raise ValueError(f"{type(self).__name__}: {name} is 1; 0 or more, and less than 1, fits")
        return float(value)


class SGD(Optimizer):
    """Gradient descent on a batch, θ ← θ - η g, with momentum (Sutskever et al. 2013, as torch writes it).

    v ← μ v + g, θ ← θ - η v; with Nesterov's look ahead, θ ← θ - η (g + μ v).
    """

    def __init__(self, lr: float, *, momentum: float = 0.0, nesterov: bool = False, weight_decay: float = 0.0) -> None:
        super().__init__(lr, weight_decay)
        self.momentum = self._below_one("momentum", momentum)
        self.nesterov = nesterov
        if nesterov and not momentum:
            raise ValueError("SGD: nesterov is True but momentum is 0; more than 0 fits")
        self._v: dict[str, Array] = {}

    def _update(self, name: str, theta: Array, g: Array) -> None:
        mu, eta = self.momentum, self.lr
        v = self._v[name] = mu * self._v.get(name, 0.0) + g
        theta -= eta * (g + mu * v if self.nesterov else v)


class AdaGrad(Optimizer):
    """Duchi et al. 2011: each weight has its own rate, which falls with all it has moved.

    G ← G + g², θ ← θ - η g / (√G + ε).
    """

    def __init__(self, lr: float = 1e-2, *, eps: float = 1e-10, weight_decay: float = 0.0) -> None:
        super().__init__(lr, weight_decay)
        self.eps = self._number("eps", eps, least=0)
        self._G: dict[str, Array] = {}

    def _update(self, name: str, theta: Array, g: Array) -> None:
        eta, eps = self.lr, self.eps
        G = self._G[name] = self._G.get(name, 0.0) + g**2
        theta -= eta * g / (np.sqrt(G) + eps)


class RMSProp(Optimizer):
    """Tieleman and Hinton 2012: AdaGrad that forgets.

    v ← ρ v + (1 - ρ) g², θ ← θ - η g / (√v + ε).
    """

    def __init__(self, lr: float = 1e-2, *, rho: float = 0.99, eps: float = 1e-8, weight_decay: float = 0.0) -> None:
        super().__init__(lr, weight_decay)
        self.rho = self._below_one("rho", rho)
        self.eps = self._number("eps", eps, least=0)
        self._v: dict[str, Array] = {}

    def _update(self, name: str, theta: Array, g: Array) -> None:
        rho, eta, eps = self.rho, self.lr, self.eps
        v = self._v[name] = rho * self._v.get(name, 0.0) + (1 - rho) * g**2
        theta -= eta * g / (np.sqrt(v) + eps)


class Adam(Optimizer):
    """Kingma and Ba 2015, algorithm 1: a mean of the gradients over the root of a mean of their squares.

    m ← β₁ m + (1 - β₁) g, v ← β₂ v + (1 - β₂) g²; both start at 0, hence m̂ = m / (1 - β₁ᵗ) and
    v̂ = v / (1 - β₂ᵗ), with t = 1 at the first step; θ ← θ - α m̂ / (√v̂ + ε).
    """

    def __init__(
        self,
        lr: float = 1e-3,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(lr, weight_decay)
        if len(betas) != 2:
            raise ValueError(f"{type(self).__name__}: betas has {len(betas)} numbers; two fit")
        self.betas = (self._below_one("betas[0]", betas[0]), self._below_one("betas[1]", betas[1]))
        self.eps = self._number("eps", eps, least=0)
        self._t: dict[str, int] = {}
        self._m: dict[str, Array] = {}
        self._v: dict[str, Array] = {}

    def _update(self, name: str, theta: Array, g: Array) -> None:
        (beta1, beta2), alpha, eps = self.betas, self.lr, self.eps
        t = self._t[name] = self._t.get(name, 0) + 1
        m = self._m[name] = beta1 * self._m.get(name, 0.0) + (1 - beta1) * g
        v = self._v[name] = beta2 * self._v.get(name, 0.0) + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        theta -= alpha * m_hat / (np.sqrt(v_hat) + eps)


class AdamW(Adam):
    """Loshchilov and Hutter 2019: Adam whose weight decay λ passes by its means, θ ← θ - α λ θ."""

    def __init__(
        self,
        lr: float = 1e-3,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ) -> None:
        super().__init__(lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def _decayed(self, theta: Array, g: Array) -> Array:
        return g

    def _update(self, name: str, theta: Array, g: Array) -> None:
        theta -= self.lr * self.weight_decay * theta
        super()._update(name, theta, g)


def one_cycle(peak: float, *, warm_up: float = 0.3) -> Callable[[float], float]:
    """A schedule from the share of the training done, 0 to 1, to a learning rate (Smith and Topin 2018).

    Half a cosine up from peak / 25 within the first `warm_up`, then half a cosine down to peak / 250,000.
    """
    number("one_cycle", "peak", peak, least=0)
    number("one_cycle", "warm_up", warm_up, least=0, most=1)

    def lr(done: float) -> float:
        if done < warm_up:
            return _half_cosine(peak / 25, peak, done / warm_up)
        return _half_cosine(peak, peak / 250_000, (done - warm_up) / (1 - warm_up) if warm_up < 1 else 0.0)

    return lr


def _half_cosine(start: float, end: float, done: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * done)) / 2
