# %% [markdown]
# # 05 · Activations and losses
#
# Convolutions, poolings and fully connected layers are not enough. Between them a network needs functions that *bend*,
# and at its end it needs a number that says how wrong it was. In this lesson you write both, each with its way back.
# At the end you will be able to
#
# - write ten activation functions and their slopes, and find the error in a printed table of them;
# - say why gradients vanish, and measure it through twenty layers;
# - send a gradient back through a fully connected layer;
# - turn scores into probabilities, and probabilities into a loss, without overflow and without $\log 0$;
# - derive the gradient of softmax with cross-entropy, which comes out simpler than either;
# - keep weights small or few with a penalty, and keep a network from relying on any one value with dropout.
#
# Allow about 75 minutes. You need lesson 04: the chain rule, $dy$ and $dx$.

# %%
import numpy as np

import cnnlib
import cnnlib.data
import cnnlib.draw as draw

# %% [markdown]
# ## Ten functions and their slopes
#
# Why does a network need anything that bends? Put one layer on top of another, with nothing in between. The first
# multiplies by a matrix, the second by another one. But a matrix times a matrix is a matrix: two layers, or twenty,
# are no more than one.

# %%
rng = np.random.default_rng(0)
first, second = rng.normal(size=(50, 8)), rng.normal(size=(3, 50))
x = rng.normal(size=(4, 8))
two_layers = cnnlib.linear_forward(cnnlib.linear_forward(x, first)[0], second)[0]
one_layer = cnnlib.linear_forward(x, second @ first)[0]
print(np.allclose(two_layers, one_layer))
print(first.size + second.size, (second @ first).size)

# %% [markdown]
# 550 weights that can do no more than 24. So after each layer comes an **activation function**: it takes each number
# by itself, and bends. Below are the ten that one of our sources lists, each with its slope. Look at the full lines
# first, then at the dashed ones. Which functions are bounded? Where are the slopes nearly zero?

# %% show
grid = np.linspace(-3, 3, 301)
jump = np.where(np.isclose(grid, 0), np.nan, 1.0)  # a gap where the step is taken
names = ["identity", "heaviside", "sigmoid", "tanh", "arctan"]
names += ["relu", "leaky_relu", "elu", "selu", "softsign"]


def forward_of(name, values):
    forward = getattr(cnnlib, f"{name}_forward")
    return forward(values, 0.1) if name == "leaky_relu" else forward(values)


def slopes_of(name, values):
    _, cache = forward_of(name, values)
    return getattr(cnnlib, f"{name}_backward")(np.ones(values.shape), cache)


graphs = {name: {"f(x)": forward_of(name, grid)[0] * jump, "f′(x)": slopes_of(name, grid) * jump} for name in names}
draw.panels(graphs, x=grid)

# %% [markdown]
# | name | $f(x)$ |
# |:--|:--|
# | identity | $x$ |
# | heaviside | $0$ if $x < 0$, $1$ if $x \ge 0$ |
# | sigmoid | $\sigma(x) = 1/(1 + e^{-x})$ |
# | tanh | $(e^{x} - e^{-x})/(e^{x} + e^{-x}) = 2/(1 + e^{-2x}) - 1$ |
# | arctan | $\tan^{-1}(x)$: the inverse function, not $1/\tan x$ |
# | relu | $x$ if $x > 0$, else $0$ |
# | leaky_relu | $x$ if $x > 0$, else $\alpha x$ |
# | elu | $x$ if $x > 0$, else $\alpha\,(e^{x} - 1)$ |
# | selu | $\lambda x$ if $x > 0$, else $\lambda \alpha\,(e^{x} - 1)$ |
# | softsign | $x/(1 + \lvert x \rvert)$ |
#
# Two of them have an $\alpha$ to choose, `leaky_relu` and `elu`. That of `selu` is fixed: it goes with a certain
# $\lambda$, and the two are such that numbers of mean 0 and variance 1 stay so from layer to layer.
#
# ### Write them
#
# One function that does all ten, each by its name. It should survive numbers in the thousands: they come up when a
# training goes wrong, which is when you least want a second problem.
#
# <details><summary>Hint: two branches</summary>
#
# <code>np.where(x > 0, a, b)</code> takes from <code>a</code> where the condition holds, else from <code>b</code>. It
# works out both everywhere, then chooses.
#
# </details>
#
# <details><summary>Hint: large numbers</summary>
#
# $e^{-x}$ may become infinite, and that is harmless below a bar: one divided by infinity is 0. Infinity divided by
# infinity is not harmless: it is <code>nan</code>. Which way of writing the sigmoid is safe?
#
# </details>

# %%
LAMBDA, ALPHA = 1.0507009873554805, 1.6732632423543772  # selu's own


# %% exercise="activation" points=3 minutes=8
def activation(name, x, alpha):
    """One of the ten functions, by its name, of each number in x. `alpha` is for leaky_relu and elu alone.

    >>> activation("relu", np.array([-2.0, 0, 3]), 0.1)
    array([0., 0., 3.])
    """
    ### BEGIN SOLUTION
    if name == "identity":
        return x.copy()
    if name == "heaviside":
        return np.where(x < 0, 0.0, 1.0)
    if name == "sigmoid":
        return 1 / (1 + np.exp(-x))
    if name == "tanh":
        return np.tanh(x)
    if name == "arctan":
        return np.arctan(x)
    if name == "relu":
        return np.maximum(x, 0)
    if name == "leaky_relu":
        return np.where(x > 0, x, alpha * x)
    if name == "elu":
        return np.where(x > 0, x, alpha * (np.exp(x) - 1))
    if name == "selu":
        return LAMBDA * np.where(x > 0, x, ALPHA * (np.exp(x) - 1))
    return x / (1 + np.abs(x))
    ### END SOLUTION


# %% check="activation"
check("activation", activation)

# %% [markdown]
# ### Their slopes
#
# On the way back, an activation multiplies: $dx = dy \cdot f'(x)$, number by number. So all it needs is its slope.
# Take the sigmoid, step by step. It is one divided by $1 + e^{-x}$, and the slope of $1/u$ is $-u'/u^2$:
#
# $$\sigma'(x) = \frac{e^{-x}}{(1 + e^{-x})^2}
# = \frac{1}{1 + e^{-x}} \cdot \frac{e^{-x}}{1 + e^{-x}} = \sigma(x)\,(1 - \sigma(x))$$
#
# With $y = \sigma(x)$, that is $y\,(1-y)$: whoever has kept the *value* has the slope for one multiplication. It is
# the same with tanh, whose slope is $1 - y^2$, and with the left branch of the ELU: $\alpha e^x = y + \alpha$. Others
# are easier from $x$:
#
# $$\arctan'(x) = \frac{1}{1 + x^2} \qquad \mathrm{softsign}'(x) = \frac{1}{(1 + \lvert x \rvert)^2}$$
#
# At a **kink** there is no slope: from the left the ReLU has slope 0, from the right slope 1. Programs take one of
# the two, mostly 0. The check does not ask for slopes at kinks.
#
# **An error in the sources.** The table that we took the ten from prints the slope of the ReLU like this: *0 if
# $x \neq 0$, 1 if $x = 0$*. With that, a network would learn nothing at all: no number is ever exactly 0. What was
# meant is 0 if $x < 0$ and 1 if $x > 0$. You can see it with the naked eye, in the picture above; look at the curve
# before you believe a formula.
#
# <details><summary>Hint: the shape</summary>
#
# Each number has a slope of its own. <code>np.ones(x.shape)</code> and <code>np.zeros(x.shape)</code> serve where it
# is everywhere the same.
#
# </details>
#
# <details><summary>Hint: y or x?</summary>
#
# $y\,(1-y)$ wants the value of the sigmoid, not $x$. Work it out first.
#
# </details>


# %% exercise="derivative" points=3 minutes=9
def derivative(name, x, alpha):
    """The slope of one of the ten functions, by its name, at each number in x; the shape is that of x.

    >>> derivative("leaky_relu", np.array([-2.0, 3]), 0.1)
    array([0.1, 1. ])
    """
    ### BEGIN SOLUTION
    if name == "identity":
        return np.ones(x.shape)
    if name == "heaviside":
        return np.zeros(x.shape)
    if name == "sigmoid":
        y = 1 / (1 + np.exp(-x))
        return y * (1 - y)
    if name == "tanh":
        return 1 - np.tanh(x) ** 2
    if name == "arctan":
        return 1 / (1 + x**2)
    if name == "relu":
        return np.where(x > 0, 1.0, 0.0)
    if name == "leaky_relu":
        return np.where(x > 0, 1.0, alpha)
    if name == "elu":
        return np.where(x > 0, 1.0, alpha * np.exp(x))
    if name == "selu":
        return LAMBDA * np.where(x > 0, 1.0, ALPHA * np.exp(x))
    return 1 / (1 + np.abs(x)) ** 2
    ### END SOLUTION


# %% check="derivative"
check("derivative", derivative)

# %% [markdown] question="why_not_a_step"
# **Why?** The first artificial neurons, in the 1940s and 50s, used the step function. Why can a network of steps not
# be trained by gradients, though it can compute anything that others can?
#
# ### BEGIN SOLUTION
# The slope of the step is 0 on both sides, and at the step itself it does not exist. So $dx = dy \cdot 0 = 0$: no
# gradient ever gets through, whatever the loss says. A small change of a weight does not change the output at all, and
# where nothing changes there is no telling which way is better. The sigmoid is a step made smooth, so that one can
# tell.
# ### END SOLUTION

# %% [markdown]
# ## Saturation
#
# Far from zero, the bounded functions are flat: they are **saturated**. How flat? Here are four slopes on a scale on
# which each line is a hundred times the one below.

# %% show
wide = np.linspace(-10, 10, 401)
bounded = {name: slopes_of(name, wide) for name in ("sigmoid", "tanh", "arctan", "softsign")}
draw.curves(bounded, x=wide, across="x", up="f′(x)", log=True)

# %% [markdown]
# Sigmoid and tanh fall off like an exponential: straight lines, here. At $x = 10$ tanh lets less than a ten-millionth
# of the gradient through. Softsign and arctan fall off like $1/x^2$, far more gently; networks with softsign have been
# reported to train better than those with the other two for this reason.
#
# But even at its best place, at 0, the sigmoid takes its toll.

# %% [markdown]
# ### Predict
#
# A gradient comes back through ten sigmoids, one after the other. By what factor is it multiplied **at most**? (Leave
# out the weights between them.) A fraction such as `1 / 1000` will do.

# %% predict="ten_sigmoids" points=1 minutes=2
# The largest factor that ten sigmoids in a row can give.
ten_sigmoids = 0.25**10

# %% check="ten_sigmoids"
check("ten_sigmoids", ten_sigmoids)

# %% [markdown]
# That is the **vanishing gradient**. Do not take it on trust: build a network of twenty layers of 100 values, send
# 200 inputs through, and then a random gradient back. Each layer has random weights of a size that suits its
# function; lesson 07 says which, and why. How large is the gradient when it has come down to each layer?


# %% show
def gradient_by_layer(name, variance, depth=20, width=100):
    """The spread of the gradient that arrives at the input of each layer, from the first to the last."""
    rng = np.random.default_rng(0)
    y, caches = rng.normal(size=(200, width)), []
    for _ in range(depth):
        w = rng.normal(size=(width, width)) * np.sqrt(variance / width)
        z, linear = cnnlib.linear_forward(y, w)
        y, bend = forward_of(name, z)
        caches.append((linear, bend))
    dy, sizes = rng.normal(size=y.shape), []
    for linear, bend in reversed(caches):
        dz = getattr(cnnlib, f"{name}_backward")(dy, bend)
        dy, _, _ = cnnlib.linear_backward(dz, linear)
        sizes.append(dy.std())
    return sizes[::-1]


suitable = {"sigmoid": 1, "softsign": 1, "tanh": 1, "relu": 2}
arriving = {name: gradient_by_layer(name, variance) for name, variance in suitable.items()}
draw.curves(arriving, x=np.arange(1, 21), across="layer", up="dx", log=True)

# %% show
for name, sizes in arriving.items():
    print(f"{name:9}", f"{sizes[0]:.0e}")

# %% [markdown]
# These are the sizes at the first layer. Read the picture from right to left, as the gradient travels. Through
# sigmoids it loses three quarters and more at every layer, and at the first one less than a billionth is left. The
# first layers of such a network, those that look at the image, learn nothing. The ReLU lets everything through
# wherever it is open, and the line stays level. Tanh and softsign lose a little at every layer; here tanh does better,
# since most numbers lie near 0, where its slope stays close to 1 for longer. Far out it would be the other way round.
#
# The price: where it is closed, the ReLU lets *nothing* through. A unit whose input is negative for every image gets
# no gradient, and stays as it is for ever: a **dead ReLU**. Leaky ReLU, ELU and SELU all answer to that. They keep
# some slope on the left.

# %% [markdown]
# ## Fully connected layers
#
# At the end of many networks every output looks at every input. In the picture each line is a weight.

# %% show
draw.links([np.ones((3, 5))], titles=["x", "y"])

# %% [markdown]
# With $x$ of shape $(N, I)$, one row an image, and weights $w$ of shape $(O, I)$, one row an output:
#
# $$y_{n,o} = \sum_i x_{n,i}\, w_{o,i} + b_o \qquad \text{or} \qquad y = x\,w^{\top} + b$$
#
# It is a convolution in disguise, with a kernel as large as the map, so that there is a single window. Three maps of
# 4x5, and seven outputs:

# %%
maps, weights = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(7, 3, 4, 5))
by_convolution, _ = cnnlib.conv2d_forward(maps, weights)
by_layer, _ = cnnlib.linear_forward(maps.reshape(2, -1), weights.reshape(7, -1))
print(by_convolution.shape, by_layer.shape, np.allclose(by_convolution[:, :, 0, 0], by_layer))

# %% [markdown]
# ### Its way back
#
# Given $dy$ of shape $(N, O)$, there are three gradients to find. Each time ask: *where in the formula does this
# number appear?* Then add up over all those places.
#
# - The input $x_{n,i}$ appears in all outputs of its image, with the factor $w_{o,i}$:
#   $\;dx_{n,i} = \sum_o dy_{n,o}\, w_{o,i}$.
# - The weight $w_{o,i}$ appears once for each image, with the factor $x_{n,i}$:
#   $\;dw_{o,i} = \sum_n dy_{n,o}\, x_{n,i}$.
# - The bias $b_o$ appears once for each image, with the factor 1: $\;db_o = \sum_n dy_{n,o}$.
#
# Two of the sums are matrix products. Which of the factors has to be turned, the shapes tell: a gradient always has
# the shape of the thing itself.
#
# <details><summary>Hint: shapes</summary>
#
# $dx$ is $(N, I)$. You have $dy$ of $(N, O)$ and $w$ of $(O, I)$. In which order do they fit?
#
# </details>
#
# <details><summary>Hint: dw</summary>
#
# It is $(O, I)$, made of $(N, O)$ and $(N, I)$; the $N$ is summed, so it must stand in the middle. One of the two has
# to be transposed.
#
# </details>


# %% exercise="linear_backward" points=3 minutes=7
def linear_backward(dy, x, w):
    """The gradients dx (N, I), dw (O, I) and db (O,) of y = x wᵀ + b, from dy (N, O), x (N, I) and w (O, I).

    >>> linear_backward(np.array([[1.0, 10]]), np.array([[2.0, 3, 4]]), np.array([[1.0, 1, 1], [0, 1, 2]]))
    (array([[ 1., 11., 21.]]), array([[ 2.,  3.,  4.],
           [20., 30., 40.]]), array([ 1., 10.]))
    """
    ### BEGIN SOLUTION
    dx = dy @ w
    dw = dy.T @ x
    db = dy.sum(axis=0)
    return dx, dw, db
    ### END SOLUTION


# %% check="linear_backward"
check("linear_backward", linear_backward)

# %% [markdown]
# ## Softmax and cross-entropy
#
# The last layer of a classifier gives one number for each class: **scores**, of any size and sign (libraries call
# them *logits*). We want probabilities: none negative, together 1. The **softmax** takes the exponential of each
# score, which makes it positive, and divides by their sum:
#
# $$p_j = \frac{e^{x_j}}{\sum_l e^{x_l}}$$

# %% show
scores = np.array([2.0, -1, 0.5, 3])
draw.boxes({"x": scores, "exp x": np.exp(scores), "softmax": cnnlib.softmax(scores)})

# %% [markdown]
# The order stays, and the largest score gets the lion's share; a score that is larger by 1 gets $e \approx 2.7$ times
# as much. Only differences count. Add a constant $c$ to all scores, and it cancels:
#
# $$\frac{e^{x_j + c}}{\sum_l e^{x_l + c}} = \frac{e^{c}\, e^{x_j}}{e^{c} \sum_l e^{x_l}}
# = \frac{e^{x_j}}{\sum_l e^{x_l}}$$
#
# This is more than a curiosity. Scores of 1000 are no rarity, and $e^{1000}$ is too large for a float: the formula,
# typed as it stands, gives infinity divided by infinity. The constant is ours to choose. With which one is no
# exponent above zero?
#
# ### Write it
#
# The scores come as $(N, K)$: each row is an image, each column a class. Every **row** adds up to 1.
#
# <details><summary>Hint: which constant</summary>
#
# Subtract the largest score of the row. Then the largest exponent is 0, the others are negative, and the sum is at
# least 1.
#
# </details>
#
# <details><summary>Hint: one maximum for each row</summary>
#
# <code>x.max(axis=1, keepdims=True)</code> has the shape $(N, 1)$, and numpy stretches it along the row. Without
# <code>keepdims</code> it would be $(N,)$, and be laid along the columns.
#
# </details>


# %% exercise="softmax" points=2 minutes=6
def softmax(x):
    """The probabilities (N, K) of scores x (N, K): every row adds up to 1, however large the scores.

    >>> softmax(np.array([[1000.0, 1000, 1000, 1000]]))
    array([[0.25, 0.25, 0.25, 0.25]])
    """
    ### BEGIN SOLUTION
    exponentials = np.exp(x - x.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %% check="softmax"
check("softmax", softmax)

# %% [markdown]
# ### How surprised?
#
# The right class of an image is known while training: its **label** $t$. A good network gives it nearly all of the
# probability. The loss measures the *surprise*, $-\log p_t$: none if $p_t = 1$, and without bounds as $p_t$ goes to 0.

# %% show
chance = np.linspace(0.005, 1, 200)
draw.curves({"−log p": -np.log(chance), "1 − p": 1 - chance}, x=chance, across="p", up="loss")

# %% [markdown]
# Compare it with the simpler $1 - p$, in the picture: whoever is certain *and* wrong pays hardly more there than
# whoever is unsure. The surprise punishes certainty that is wrong.
#
# The mean of the surprise over the images of a batch is the **cross-entropy**:
#
# $$L = -\frac{1}{N} \sum_n \log p_{n,t_n}$$
#
# Again the formula must not be typed as it stands. If the right class has the score 0 and another one 800, then $p_t$
# is $e^{-800}$. A float cannot hold that; it is stored as 0, and the loss is infinite. Some programs add $10^{-12}$ to
# be safe: then the loss stops at 27.6, the network looks less wrong than it is, and learns nothing where it should
# learn most. Better do the division before the logarithm, on paper:
#
# $$-\log p_t = -\log \frac{e^{x_t}}{\sum_l e^{x_l}} = \log \sum_l e^{x_l} - x_t$$
#
# Now no probability is ever formed. And with the largest score $m$ taken off all scores, nothing overflows either:
#
# $$\log \sum_l e^{x_l} = m + \log \sum_l e^{x_l - m}$$
#
# <details><summary>Hint: the score of the right class</summary>
#
# <code>x[np.arange(N), labels]</code> picks one number of each row: in row 0 the column <code>labels[0]</code>, in
# row 1 the column <code>labels[1]</code>, and so on.
#
# </details>


# %% exercise="cross_entropy" points=3 minutes=7
def cross_entropy(logits, labels):
    """The mean of -log softmax(logits)[label] over the images: logits (N, K), labels (N,) from 0 to K - 1.

    >>> float(cross_entropy(np.array([[800.0, 0]]), np.array([1])))
    800.0
    """
    ### BEGIN SOLUTION
    N = len(labels)
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_sums = np.log(np.exp(shifted).sum(axis=1))
    return np.mean(log_sums - shifted[np.arange(N), labels])
    ### END SOLUTION


# %% check="cross_entropy"
check("cross_entropy", cross_entropy)

# %% [markdown]
# A figure to remember: with 10 classes and no idea, every class gets $1/10$, and the loss is $\log 10 \approx 2.303$.
# A training that starts far above that has a bug, or weights that are too large.

# %%
print(f"{cnnlib.cross_entropy_forward(np.zeros((5, 10)), np.arange(5))[0]:.3f}")

# %% [markdown]
# ### The gradient
#
# Here is the reward for doing the division on paper. For one image, $L = \log \sum_l e^{x_l} - x_t$. How does $L$
# change with one score $x_j$? Take the two terms one by one.
#
# 1. The slope of $\log u$ is $u'/u$. Here $u = \sum_l e^{x_l}$, and only one term of it contains $x_j$:
#
# $$\frac{\partial}{\partial x_j} \log \sum_l e^{x_l} = \frac{e^{x_j}}{\sum_l e^{x_l}} = p_j$$
#
# 2. The slope of $-x_t$ with respect to $x_j$ is $-1$ if $j = t$, and $0$ for all other classes.
#
# Together, and with the mean over $N$ images:
#
# $$\frac{\partial L}{\partial x_{n,j}} = \frac{1}{N} \left( p_{n,j} - [\,j = t_n\,] \right)$$
#
# *What the network believes, minus what is true.* The right class is pushed up by what it lacks to 1, each other class
# down by as much as it was believed. Each row adds up to 0: what one class gains the others lose.

# %% [markdown]
# ### Predict
#
# One image, three classes, and the scores $0$, $\log 2$ and $\log 5$, so that the exponentials are 1, 2 and 5. The
# label is 1, the class in the middle. Give the probabilities, and then the gradient.

# %% predict="gradient_by_hand" points=1 minutes=3
# Two rows: the three probabilities, and the gradient of the three scores. Fractions are fine: 1 / 3.
gradient_by_hand = [[1 / 8, 2 / 8, 5 / 8], [1 / 8, -6 / 8, 5 / 8]]

# %% check="gradient_by_hand"
check("gradient_by_hand", gradient_by_hand)

# %% [markdown]
# ### Write it
#
# Now for a whole batch, and with scores of any size.
#
# <details><summary>Hint: one place in each row</summary>
#
# <code>p[np.arange(N), labels]</code> names one place in each row, and one can subtract from it. With
# <code>p[:, labels]</code> it would be whole columns.
#
# </details>


# %% exercise="cross_entropy_gradient" points=2 minutes=5
def cross_entropy_gradient(logits, labels):
    """The gradient of the mean cross-entropy with respect to the logits (N, K); labels (N,) from 0 to K - 1.

    >>> cross_entropy_gradient(np.array([[5.0, 5], [7, 7]]), np.array([0, 1]))
    array([[-0.25,  0.25],
           [ 0.25, -0.25]])
    """
    ### BEGIN SOLUTION
    N = len(labels)
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    dlogits = exponentials / exponentials.sum(axis=1, keepdims=True)
    dlogits[np.arange(N), labels] -= 1
    return dlogits / N
    ### END SOLUTION


# %% check="cross_entropy_gradient"
check("cross_entropy_gradient", cross_entropy_gradient)

# %% [markdown]
# The long way round leads to the same place: first $-\log$ back to the probabilities, $dp_t = -1/p_t$, then softmax
# back to the scores. That second step is $dx = p\,(dp - \sum dp\,p)$, since every probability depends on every score:

# %%
logits, labels = rng.normal(size=(4, 3)), np.array([0, 2, 1, 2])
p, cache = cnnlib.softmax_forward(logits)
dp = np.zeros(p.shape)
dp[np.arange(4), labels] = -1 / p[np.arange(4), labels] / 4
_, short = cnnlib.cross_entropy_forward(logits, labels)
print(np.allclose(cnnlib.softmax_backward(dp, cache), cnnlib.cross_entropy_backward(short)))

# %% [markdown] question="why_not_squares" points=2
# **Why?** One could also train with the squared error, $(1 - p_t)^2$. A network is certain and wrong: $p_t$ is nearly
# zero. Compare the gradient that the score $x_t$ gets from the squared error with the one that it gets from the
# cross-entropy.
#
# ### BEGIN SOLUTION
# From the cross-entropy it gets $p_t - 1$, which is almost $-1$: the largest push there is. From the squared error it
# gets $-2(1-p_t)$ times the slope of $p_t$ with respect to $x_t$, which is $p_t(1-p_t)$, and that is almost 0: the
# softmax is saturated, and the more wrong the network, the slower it learns. The logarithm undoes the exponential of
# the softmax, and with it the saturation. Full points for the two gradients and the word saturation, or the thing.
# ### END SOLUTION

# %% [markdown]
# ## Penalties
#
# A network with many weights can learn its training images by heart. It then tends to have large weights, which
# cancel each other on those images and on no others. So one adds to the loss what the weights cost, times a strength
# $\lambda$:
#
# $$\text{L1: } \lambda \sum_i \lvert w_i \rvert \qquad\qquad \text{L2: } \lambda \sum_i w_i^2$$

# %% show
weight = np.linspace(-2, 2, 81)
signs = np.where(weight == 0, np.nan, np.sign(weight))
costs = {
    "L1": {"f(w)": np.abs(weight), "f′(w)": signs},
    "L2": {"f(w)": weight**2, "f′(w)": 2 * weight},
}
draw.panels(costs, x=weight, columns=2)

# %% [markdown]
# The slopes make the difference. L2 pulls at a weight in proportion to its size: large ones are pulled hard, small
# ones hardly, so all become *small* and none quite zero. L1 pulls at all with the same force, down to the smallest;
# a weight that does not earn its keep goes all the way to zero, so *few* remain.
#
# Write the penalty, for an array `w` of any shape. Some books put a factor of ½ before L2; here there is none. When
# you take over a $\lambda$ from somewhere, check which of the two was meant.


# %% exercise="penalty" points=2 minutes=4
def penalty(w, strength, kind):
    """What the weights w (any shape) cost: strength times Σ|w| for the kind "l1", times Σw² for "l2".

    >>> float(penalty(np.array([[3.0, -4]]), 0.5, "l1"))
    3.5
    """
    ### BEGIN SOLUTION
    if kind == "l1":
        return strength * np.sum(np.abs(w))
    return strength * np.sum(w**2)
    ### END SOLUTION


# %% check="penalty"
check("penalty", penalty)

# %% [markdown]
# And its gradient. At $w = 0$ L1 has a kink; the check does not ask there.


# %% exercise="penalty_gradient" points=2 minutes=4
def penalty_gradient(w, strength, kind):
    """The gradient of the penalty with respect to w, in the shape of w.

    >>> penalty_gradient(np.array([[3.0, -4]]), 0.5, "l2")
    array([[ 3., -4.]])
    """
    ### BEGIN SOLUTION
    if kind == "l1":
        return strength * np.sign(w)
    return 2 * strength * w
    ### END SOLUTION


# %% check="penalty_gradient"
check("penalty_gradient", penalty_gradient)

# %% [markdown]
# A training step with rate $\eta$ subtracts $\eta \cdot 2 \lambda w$: it leaves $(1 - 2\eta\lambda)\,w$. The weight
# decays by the same share at each step, hence the name **weight decay**. With Adam, in lesson 13, the two are no
# longer the same.
#
# ### What the penalties do
#
# Everything together now. The smallest of all classifiers, one fully connected layer from the 64 pixels of a digit to
# 10 scores, with softmax, cross-entropy and a penalty, is trained three times on 1,200 real digits. A row of weights
# has 64 numbers, so we can look at it as an image: dark blue against the class, pale yellow for it, grey is zero. From
# top to bottom: no penalty, L1, L2; from left to right the digits 0 to 4.

# %% show
digits = cnnlib.data.load_digits()
pixels, classes = digits.images.reshape(len(digits.images), -1).astype(float), digits.labels


def train(kind, strength, steps=400, rate=0.5):
    """Weights and accuracy on 597 digits never seen, after training on 1,200 others."""
    w, b = np.zeros((10, 64)), np.zeros(10)
    for _ in range(steps):
        logits, layer = cnnlib.linear_forward(pixels[:1200], w, b)
        _, loss = cnnlib.cross_entropy_forward(logits, classes[:1200])
        _, dw, db = cnnlib.linear_backward(cnnlib.cross_entropy_backward(loss), layer)
        pull = strength * np.sign(w) if kind == "l1" else 2 * strength * w
        w, b = w - rate * (dw + pull), b - rate * db
    logits, _ = cnnlib.linear_forward(pixels[1200:], w, b)
    return w, (logits.argmax(axis=1) == classes[1200:]).mean()


trained = {"0": train("l2", 0), "L1": train("l1", 0.003), "L2": train("l2", 0.01)}
planes = [w[digit].reshape(8, 8) for w, _ in trained.values() for digit in range(5)]
titles = [f"{name}: {digit}" for name in trained for digit in range(5)]
draw.images(planes, titles=titles, columns=5, scale="shared", signed=True)

# %% [markdown]
# In numbers: which share of the weights is closer to zero than 0.02, rounded to tens; how large the largest is; and
# whether at least 87 % of the digits that none of the three has seen are recognised.

# %% show
for name, (w, accuracy) in trained.items():
    print(f"{name:3} {round(np.mean(np.abs(w) < 0.02), 1):4.0%} {np.abs(w).max():4.1f}", accuracy > 0.87)

# %% [markdown]
# L1 has switched off most pixels; L2 has halved the large weights and left nearly all in use. The accuracy hardly
# changes: 640 weights are too few to learn 1,200 digits by heart. But see how much *less* is enough.

# %% [markdown]
# ## Dropout and DropConnect
#
# In a large network, values come to rely on one another: one of them is a little wrong, and another is there to make
# up for it, on the training images. **Dropout** breaks up such arrangements. While training, each value is set to zero
# with probability $p$, anew for each image and each step. Nobody can rely on a neighbour that may be absent. Here is
# what the next layer sees of one digit, with $p = 0$, $0.2$, $0.5$ and $0.8$:

# %% show
digit, seen = digits.images[2, 0], []
for p in (0, 0.2, 0.5, 0.8):
    dropped, _ = cnnlib.dropout_forward(digit, p, rng=rng, training=True)
    seen.append(dropped * (1 - p))
draw.images(seen, titles=["p = 0", "p = 0.2", "p = 0.5", "p = 0.8"], scale="shared")

# %% [markdown]
# ### Making up for what is missing
#
# At test time nothing is dropped. Then the next layer would get more than it was trained on: of each value $x$, a
# share of $1-p$ came through on average. The cure is to divide what is kept by $1-p$:
#
# $$y = \begin{cases} 0 & \text{with probability } p \\ x/(1-p) & \text{with probability } 1-p \end{cases}
# \qquad \text{on average } (1-p) \cdot \frac{x}{1-p} = x$$
#
# Then at test time nothing remains to be done: $y = x$.
#
# **An error in the sources.** The older way leaves the values alone while training, and scales them down at test. One
# of our sources describes it so, but the factor that it gives is *the number of times that a neuron was removed,
# divided by the number of all networks*: that is $p$. It has to be $1-p$, the share of times that it was *kept*. With
# the usual $p = \frac12$ the two are the same, so nobody notices. With $p = 0.2$ a value of 10 gives 8 on average while
# training; multiplied by $p$, it would give 2 at test.

# %%
ten = np.full(100_000, 10.0)
for p in (0.5, 0.2):
    dropped = ten * (np.random.default_rng(0).random(ten.shape) >= p)
    print(p, round(dropped.mean()), 10 * p, 10 * (1 - p))

# %% [markdown]
# ### Write it
#
# $p$ is the probability of *dropping*, from 0 up to but not including 1. Each value of each image is drawn by itself,
# and all chance comes from `rng`. The check looks at thousands of draws: which share is dropped, what became of the
# rest, and whether any two images share a mask.
#
# <details><summary>Hint: a mask</summary>
#
# <code>rng.random(x.shape)</code> gives one number between 0 and 1 for each value. What share of them is below
# <code>p</code>?
#
# </details>


# %% exercise="dropout" points=3 minutes=6
def dropout(x, p, rng, training):
    """While training, each value of x is dropped with probability p, and what is kept divided by 1 - p; else x.

    >>> dropout(np.array([[1.0, 2]]), 0.5, np.random.default_rng(0), False)
    array([[1., 2.]])
    """
    ### BEGIN SOLUTION
    if not training:
        return x.copy()
    kept = rng.random(x.shape) >= p
    return x * kept / (1 - p)
    ### END SOLUTION


# %% check="dropout"
check("dropout", dropout)

# %% [markdown]
# ### Many networks in one
#
# Four values can be kept or dropped in $2^4 = 16$ ways: sixteen smaller networks, all with the same weights. In
# general there are $2^W$ for $W$ values. Each training step trains one of them. At test time the full network stands
# for their average, and for one layer it does so *exactly*. Try it: the mean over all sixteen, each weighted by how
# often it is drawn with $p = 0.2$, and then the full network.

# %%
values, w = np.array([[2.0, -1, 3, 5]]), rng.normal(size=(2, 4))
masks = np.array(list(np.ndindex(2, 2, 2, 2)))  # (16, 4)
drawn = np.prod(np.where(masks == 1, 0.8, 0.2), axis=1)
each, _ = cnnlib.linear_forward(values * masks / 0.8, w)
full, _ = cnnlib.linear_forward(values, w)
print(len(masks), round(drawn.sum(), 10), np.allclose(drawn @ each, full[0]))

# %% [markdown]
# **DropConnect** goes one step further, and drops single *weights*. Compare the two pictures below. First dropout: two
# of the five inputs are gone, with all their lines. Then DropConnect: every input is there, and five of the fifteen
# lines are gone, each by itself.

# %% show
draw.links([np.ones((3, 5)) * np.array([1, 0, 1, 1, 0])], titles=["x", "y"])

# %% show
draw.links([np.array([[1, 0, 1, 1, 0], [0, 1, 1, 0, 1], [1, 1, 0, 1, 1]])], titles=["x", "y"])

# %% [markdown]
# Again what is kept is divided by $1-p$, and again each image draws its own mask. There are $2^{15}$ networks now, in
# place of $2^5$. On average, both give what the full layer gives. The last value below says whether the mean of twenty
# thousand draws of DropConnect comes within 5 % of it.

# %%
x, w = rng.normal(size=(1, 5)), rng.normal(size=(3, 5))
full, _ = cnnlib.linear_forward(x, w)
batch = np.repeat(x, 20_000, axis=0)
noisy, _ = cnnlib.dropconnect_forward(batch, w, p=0.5, rng=np.random.default_rng(0), training=True)
print(2**5, 2**15, np.abs(noisy.mean(axis=0) - full).max() < 0.05 * np.abs(full).max())

# %% [markdown] question="why_not_at_test" points=2
# **Why?** Somebody forgets to switch dropout off at test time. What do they notice, on one image and on the accuracy
# over a thousand?
#
# ### BEGIN SOLUTION
# The same image gets another answer each time it is shown. On average the scores are right, since what is kept was
# scaled up; but every single answer carries the noise of its own mask, so images near a border between two classes
# fall now on one side and now on the other, and the accuracy is lower than it need be. It is no crash and no obvious
# nonsense, which is why the error is so often found late. Full points for the changing answers and the lower
# accuracy, with a reason.
# ### END SOLUTION

# %% [markdown]
# ## What the sources get wrong
#
# - The slope of the ReLU is printed as *0 if $x \neq 0$, 1 if $x = 0$*. It is 0 if $x < 0$ and 1 if $x > 0$; at 0
#   there is none, and programs take 0.
# - The slope of the ELU is given as 1 for all $x \ge 0$, so also at 0. From the left it arrives with slope $\alpha$:
#   only for $\alpha = 1$ do the two agree.
# - At test time, dropout is said to weight each neuron by how often it was *removed*. It is how often it was *kept*.
#   The two agree for $p = \frac12$ only.
#
# And one thing that is right but easily misread: $\tan^{-1}$ in the table is the arc tangent, not $1/\tan$.
#
# ## In short
#
# - Without functions that bend, many layers are one. On the way back, an activation multiplies by its slope.
# - Sigmoid and tanh saturate, and a sigmoid lets through a quarter at most: gradients vanish with depth. ReLU keeps
#   them, and may die.
# - A fully connected layer sends back $dy\,w$, $dy^{\top} x$ and the sum of $dy$.
# - Softmax: take off the largest score first. Cross-entropy: do the division before the logarithm.
# - Together their gradient is *belief minus truth*, divided by the number of images.
# - L2 makes weights small, L1 makes them few.
# - Dropout drops with probability $p$ and divides the rest by $1-p$, in training only, each value of each image for
#   itself.
#
# **Where next.** Gradients that neither vanish nor explode need numbers of a sensible size in every layer. One can
# enforce that: lesson 06, *Batch normalisation*.
