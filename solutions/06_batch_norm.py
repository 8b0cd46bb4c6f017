# %% [markdown]
# # 06 · Batch normalisation
#
# A deep network is a row of layers, and each works with what the one before hands it: sometimes numbers in the
# thousands, sometimes near zero, and other ones after each step of training. **Batch normalisation** puts that in
# order between two layers: every channel gets the mean 0 and the spread 1, whatever came in. At the end you will be
# able to
#
# - normalise a batch, channel by channel, and say which numbers share a mean;
# - keep statistics while training, and use them at test;
# - derive the gradient through the variance and the mean, and write it in three lines;
# - say where the layer goes, and which parameter before it is of no use;
# - make it vanish: fold it into the convolution before it.
#
# Plan about 75 minutes. You need lesson 04, *Backpropagation through convolution*, above all the chain rule.

# %%
import numpy as np

import cnnlib
import cnnlib.data
import cnnlib.draw as draw
import cnnlib.network as net
from cnnlib.optim import SGD

# %% [markdown]
# ## Normalising a batch
#
# Look at the trouble first. Eight convolutions with ReLU stand in a row, and the images are real handwritten digits.
# The weights were drawn at random, a little too small: half as large as they should be. Each row is the output of one
# layer without its zeros, whose share stands under **= 0**; **σ** is its standard deviation.


# %%
def deep(with_norm, size):
    """What comes out of each of eight layers, for 100 digits; `size` makes the weights larger or smaller."""
    rng = np.random.default_rng(0)
    x, outputs = cnnlib.data.load_digits().images[:100].astype(float), {}
    for layer in range(1, 9):
        w = size * np.sqrt(2 / (9 * x.shape[1])) * rng.normal(size=(8, x.shape[1], 3, 3))
        x, _ = cnnlib.conv2d_forward(x, w, padding=1)
        if with_norm:
            x, _ = cnnlib.batch_norm_train_forward(x, np.ones(8), np.zeros(8))
        x, _ = cnnlib.relu_forward(x)
        outputs[str(layer)] = x
    return outputs


# %% show
draw.histograms(deep(with_norm=False, size=0.5))

# %% [markdown]
# The signal dies out. After eight layers next to nothing is left of it, and of any gradient on its way back, too.
# With weights twice as large as they should be, it would explode. Now the same eight layers, with the same weights,
# and a normalisation after each convolution:

# %% show
draw.histograms(deep(with_norm=True, size=0.5))

# %% [markdown]
# Every layer looks like the one before. And the size of the weights no longer matters. The deviation of the last
# layer, for weights that are half as large, right, and twice as large; first without, then with normalisation:

# %% show
for with_norm in (False, True):
    print(*(f"{deep(with_norm, size)['8'].std():10.4f}" for size in (0.5, 1.0, 2.0)))

# %% [markdown]
# ### Algorithm 1
#
# How is it done? Take one channel, and collect all its values in the batch: $x_1, \dots, x_m$.
#
# 1. Their mean: $\mu = \frac1m \sum_i x_i$
# 2. Their variance: $v = \frac1m \sum_i (x_i - \mu)^2$
# 3. Centre and scale: $\hat x_i = \dfrac{x_i - \mu}{\sqrt{v + \varepsilon}}$
# 4. Scale and shift: $y_i = \gamma\, \hat x_i + \beta$
#
# After the third line the values have mean 0 and variance 1. The small number $\varepsilon$, such as $10^{-5}$, keeps
# the root away from zero: a channel that is the same everywhere must not be divided by nothing.
#
# The fourth line is a surprise: first everything is put in order, then it is moved again. But $\gamma$ and $\beta$
# are **parameters**, one of each a channel. Without normalisation, spread and mean are whatever the many weights
# before happen to make. Now two numbers say them directly, and training can set them.

# %% [markdown]
# ### Predict
#
# One channel has the four values $2, 4, 4, 10$. Let $\gamma = 3$, $\beta = 1$ and $\varepsilon = 0$. Go through the
# four lines on paper. Everything comes out even.

# %% predict="normalised_by_hand" points=1 minutes=3
# The four values y, such as [0.5, 1, ...].
normalised_by_hand = [-2, 0, 0, 6]

# %% check="normalised_by_hand"
check("normalised_by_hand", normalised_by_hand)

# %% [markdown] question="why_undo"
# **Why?** With $\gamma = \sqrt{v + \varepsilon}$ and $\beta = \mu$, the fourth line undoes the third. Was it all for
# nothing then?
#
# ### BEGIN SOLUTION
# No. The layer *can* give what came in, so nothing is lost that the network could say before. But it does so with
# two numbers of its own, which stay as they are when the weights before it change. Without it, a step of training
# moves all weights of the layers before, and mean and spread of this channel along with them.
# ### END SOLUTION

# %% [markdown]
# ## Channels, not pixels
#
# Which values belong together? In a fully connected layer each unit has one value for each image: the mean is over
# the images. In a convolution layer a channel has a whole *map* for each image. All values of a channel come from
# the same kernel; only the place differs. So **all images and all places** share one mean and one variance.
#
# Here is a small batch: two images, one above the other, of three channels side by side, each a map of two by three.
# Each frame holds the numbers that share a mean.

# %%
rng = np.random.default_rng(6)
levels, spreads = np.array([0.0, 20, -5]), np.array([1.0, 6, 3])
x = np.round(levels[:, None, None] + spreads[:, None, None] * rng.normal(size=(2, 3, 2, 3)))
print(x.shape, x.size // 3)


def laid_out(x):
    """Images one above the other, channels side by side: (N, C, H, W) as (N·H, C·W)."""
    N, C, H, W = x.shape
    return x.transpose(0, 2, 1, 3).reshape(N * H, C * W)


# %% show
frames = [(0, 3 * c, 4, 3) for c in range(3)]
draw.array(laid_out(x), windows=frames)

# %% [markdown]
# The batch has the shape (2, 3, 2, 3), and each channel has $m = N \cdot H \cdot W = 12$ values. The channels
# measure different things, and it shows: one is around 0, one around 20, one around -5. After the normalisation they
# are alike:

# %% show
normalised, _ = cnnlib.batch_norm_train_forward(x, np.ones(3), np.zeros(3))
draw.array(laid_out(normalised.round(1)), windows=frames)

# %% [markdown]
# Why not a mean for each *pixel* of the map? Then the upper left corner would be measured by another rule than the
# lower right one, and a whisker would look different wherever it is. The promise of lesson 01, *move the image and
# the answer moves along*, would be broken.
#
# Other choices of what belongs together have names of their own:
#
# | | one mean for each | over |
# |---|---|---|
# | **batch** norm | channel | images, rows, columns |
# | **instance** norm | image and channel | rows, columns |
# | **layer** norm | image | channels, rows, columns |
# | **group** norm | image and group of channels | the group, rows, columns |
#
# Only the first one mixes images. Keep that in mind for the next section.

# %% [markdown]
# ### Write it
#
# The four lines of algorithm 1, for a batch of maps.
#
# <details><summary>Hint: one mean for each channel</summary>
#
# <code>x.mean(axis=...)</code> takes several axes at once. Over which three should it run, so that an array of C
# values remains?
#
# </details>
#
# <details><summary>Hint: C values meet N·C·H·W</summary>
#
# numpy lines shapes up from the right, so <code>(C,)</code> would meet the width. <code>mean[:, None, None]</code>
# has the shape <code>(C, 1, 1)</code>. Or keep the axes from the beginning: <code>keepdims=True</code>.
#
# </details>


# %% exercise="batch_norm_train" points=3 minutes=9
def batch_norm_train(x, gamma, beta, eps):
    """y = γ x̂ + β, normalised over the batch: x (N, C, H, W), gamma and beta (C,) give (N, C, H, W).

    >>> batch_norm_train(np.array([[[[1.0, 5, 1, 5]]]]), np.array([10.0]), np.array([7.0]), 0.0)
    array([[[[-3., 17., -3., 17.]]]])
    """
    ### BEGIN SOLUTION
    axes = (0, 2, 3)
    centred = x - x.mean(axis=axes, keepdims=True)
    var = (centred**2).mean(axis=axes, keepdims=True)
    normalised = centred / np.sqrt(var + eps)
    return gamma[:, None, None] * normalised + beta[:, None, None]
    ### END SOLUTION


# %% check="batch_norm_train"
check("batch_norm_train", batch_norm_train)

# %% [markdown]
# ## Training and test
#
# The mean is that of the batch. So what comes out for an image depends on *who else is in the batch*. See it in the
# smallest case: one image of three pixels, first beside an image of small numbers, then beside one of large numbers.

# %%
image = np.array([[[1.0, 2, 3]]])
for other in (np.zeros((1, 1, 3)), np.full((1, 1, 3), 10.0)):
    y, _ = cnnlib.batch_norm_train_forward(np.stack([image, other]), np.ones(1), np.zeros(1))
    print(y[0, 0, 0].round(2))

# %% [markdown]
# Beside small numbers, no pixel is below average; beside large ones, all are. While training, this does little harm:
# the batches are drawn at random, and a little noise may even help against overfitting. At test it will not do. A
# doctor's picture must not be judged by who else is waiting.
#
# How much does it matter in a real network? Let us train a small one on 1,200 handwritten digits: four convolutions,
# each with batch norm. It takes a few seconds.


# %% show
def small_network(with_norm):
    """Four convolutions and a classifier, for digits of 8x8 pixels."""
    rng, layers, channels = np.random.default_rng(0), [], 1
    for place, filters in enumerate((8, 8, 16, 16)):
        layers.append(net.Conv2d(channels, filters, 3, padding=1, bias=not with_norm, rng=rng, dtype=np.float32))
        layers += [net.BatchNorm2d(filters, dtype=np.float32)] if with_norm else []
        layers += [net.ReLU(), net.MaxPool2d(2)] if place % 2 else [net.ReLU()]
        channels = filters
    return net.Network([*layers, net.Flatten(), net.Linear(64, 10, rng=rng, dtype=np.float32)])


def trained(with_norm, lr, epochs=6):
    """A small network after six times 1,200 digits, and its losses."""
    network = small_network(with_norm)
    losses = net.fit(
        network,
        digits.images[:1200],
        digits.labels[:1200],
        optimizer=SGD(lr=lr),
        epochs=epochs,
        batch_size=50,
        rng=np.random.default_rng(1),
        progress=False,
    ).loss
    return network, losses


digits = cnnlib.data.load_digits()
network, _ = trained(with_norm=True, lr=0.1)
print(net.accuracy(network, digits.images[1200:], digits.labels[1200:]) > 0.85)

# %% [markdown]
# Now take one digit that it has never seen, and of which it is not quite sure. Put it into a hundred batches of N
# digits, each time among others, and let the network work as in training. How likely does it find the right class?
# The rows are histograms of that probability, for batches of 4, 16 and 64. In the last row the network works as at
# test: one answer, always the same.


# %% varies
def right_class(network, images, label, training):
    """The probability that the network gives to the label of the first image."""
    return cnnlib.softmax(network.forward(images, training=training))[0, label]


test, labels = digits.images[1200:], digits.labels[1200:]
alone = [right_class(network, test[i : i + 1], labels[i], training=False) for i in range(60)]
doubtful = int(np.argmin(np.abs(np.array(alone) - 0.6)))
rng, chances = np.random.default_rng(3), {}
for N in (4, 16, 64):
    companies = [test[[doubtful, *rng.integers(0, len(test), N - 1)]] for _ in range(100)]
    chances[f"N = {N}"] = np.array([right_class(network, c, labels[doubtful], training=True) for c in companies])
chances["test"] = np.array([alone[doubtful]])
draw.histograms(chances, limits=(0, 1))

# %% show
print(np.ptp(chances["N = 4"]) > 0.25, np.ptp(chances["N = 4"]) > 2 * np.ptp(chances["N = 64"]))

# %% [markdown]
# Depending on the three others, the same digit is judged likely one time and unlikely the next. The larger the batch,
# the less a single neighbour counts. And the row *test* need not lie in the middle: it judges by the digits of the
# training, not by those around.
#
# ### What to remember
#
# At test, the layer needs a mean and a variance that do not come from the batch. The article of Ioffe and Szegedy
# (2015), **algorithm 2**, stops the training, sends many batches through the network once more, and takes the mean of
# their means and of their variances. Libraries save this second pass. They keep two numbers a channel while training,
# the **running** mean and variance, and after each batch move them a little towards those of the batch:
#
# $$r \leftarrow (1 - \text{momentum}) \cdot r + \text{momentum} \cdot \text{batch}$$
#
# Mind the word. Here, as in torch, the momentum is the share of the *new* batch, usually 0.1. Keras calls the share
# of the *old* value momentum, usually 0.99. Whoever copies a number from one to the other gets statistics that know
# the last batch and little else.
#
# ### Divided by m, or by m - 1?
#
# The variance of a batch is too small. It is taken around the batch's *own* mean, and that lies closer to its values
# than the true one. Ten thousand batches of four numbers, drawn with a true variance of 1: the mean of their
# variances, divided by $m$ and by $m - 1$.

# %%
batches = np.random.default_rng(0).normal(size=(10_000, 4))
print(batches.var(axis=1).mean().round(2), batches.var(axis=1, ddof=1).mean().round(2))

# %% [markdown]
# Divided by $m$, it is too small by the factor $(m-1)/m$, here three quarters. So there are two variances, each in
# its place:
#
# - **To normalise the batch**, divide by $m$. The aim is that *these* values have spread 1.
# - **To remember for later**, multiply by $m/(m-1)$, in other words divide by $m-1$. The aim is the spread of images
#   not seen yet. The article does so, too, and calls it the unbiased estimate.
#
# With large maps the difference is tiny. After a fully connected layer and with a batch of four it is not.
#
# ### Write it
#
# First the remembering. The function is given the running statistics and the batch that has just come in.
#
# <details><summary>Hint: how large is m?</summary>
#
# All values of one channel: <code>N * H * W</code>. numpy can also divide by $m-1$ for you, with the argument
# <code>ddof</code> of <code>var</code>.
#
# </details>


# %% exercise="running_statistics" points=2 minutes=5
def running_statistics(mean, var, x, momentum):
    """The running mean and variance (C,), moved towards those of the batch x (N, C, H, W); new arrays.

    >>> running_statistics(np.array([0.0]), np.array([1.0]), np.array([[[[2.0, 6]]]]), 0.5)
    (array([2.]), array([4.5]))
    """
    ### BEGIN SOLUTION
    axes = (0, 2, 3)
    batch_mean, batch_var = x.mean(axis=axes), x.var(axis=axes, ddof=1)
    return (1 - momentum) * mean + momentum * batch_mean, (1 - momentum) * var + momentum * batch_var
    ### END SOLUTION


# %% check="running_statistics"
check("running_statistics", running_statistics)

# %% [markdown]
# Now the layer at test. It gets the statistics, and looks at no batch at all: a single image will do.


# %% exercise="batch_norm_infer" points=2 minutes=5
def batch_norm_infer(x, gamma, beta, mean, var, eps):
    """y from x (N, C, H, W) by the statistics given; gamma, beta, mean and var are (C,).

    >>> batch_norm_infer(np.array([[[[3.0, 7]]]]), *(np.array([v]) for v in (10.0, 1.0, 3.0, 4.0)), 0.0)
    array([[[[ 1., 21.]]]])
    """
    ### BEGIN SOLUTION
    scale = gamma / np.sqrt(var + eps)
    return scale[:, None, None] * (x - mean[:, None, None]) + beta[:, None, None]
    ### END SOLUTION


# %% check="batch_norm_infer"
check("batch_norm_infer", batch_norm_infer)

# %% [markdown] question="small_batches" points=2
# **Why?** Somebody trains with batches of *two* images, because larger ones do not fit into memory. The loss falls
# nicely, but on test images the network is poor, even on those it was trained with. What may be the cause, and what
# would you try?
#
# ### BEGIN SOLUTION
# In training every image is judged by its one companion, and the network gets used to that noise. At test it is
# judged by the running statistics: other numbers than in any batch, so it is, in effect, another network. (A sign:
# in training mode the same images are classified well.) Try larger batches of smaller images, a normalisation that
# does not mix images (group norm), fixed statistics from a pre-trained network, or, to begin with, whether the
# momentum is the right way round. Full points for the cause and one sound remedy.
# ### END SOLUTION

# %% [markdown]
# ## The gradient, step by step
#
# Raise one value $x_i$ by a little bit. What happens? Three things, in three ways:
#
# - $\hat x_i$ itself rises;
# - the mean rises by an $m$-th of the bit, so that *all* values fall a little;
# - the variance changes, so that *all* values are stretched or pressed together.
#
# The gradient has to come back along all three ways. The picture shows them for the smallest channel there is, with
# two values: μ is their mean, c are the centred values, v is the variance. Walk from $x_1$ to $\hat x_1$: straight
# on, by way of the mean, by way of the variance.

# %% show
draw.graph(
    {"x₁": 1.0, "x₂": 5.0, "μ": 3.0, "c₁": -2.0, "c₂": 2.0, "v": 4.0, "x̂₁": -1.0},
    {
        "μ": ("Σ/m", "x₁", "x₂"),
        "c₁": ("−", "x₁", "μ"),
        "c₂": ("−", "x₂", "μ"),
        "v": ("Σ²/m", "c₁", "c₂"),
        "x̂₁": ("÷√", "c₁", "v"),
    },
)

# %% [markdown]
# We go back through the lines of algorithm 1, the last one first. Write $s = \sqrt{v + \varepsilon}$ for the divisor
# and $c_i = x_i - \mu$ for the centred values, so that $\hat x_i = c_i / s$. The upstream gradient is $dy_i$.
#
# **Line 4**, $y_i = \gamma \hat x_i + \beta$. All values of the channel use the same $\gamma$ and $\beta$, so what
# comes back to them is added up:
#
# $$d\beta = \sum_i dy_i \qquad d\gamma = \sum_i dy_i\, \hat x_i \qquad d\hat x_i = \gamma\, dy_i$$
#
# **Line 3**, $\hat x_i = c_i (v+\varepsilon)^{-1/2}$. Two things go in. The variance is one and the same for all
# values, so again it is a sum, and the derivative of a power brings the $-\frac12$:
#
# $$dv = \sum_i d\hat x_i\, c_i \cdot \left(-\tfrac12\right) (v+\varepsilon)^{-3/2}
# = -\frac{1}{2 s^2} \sum_i d\hat x_i\, \hat x_i$$
#
# **Line 2**, $v = \frac1m \sum_i c_i^2$. Now all that arrives at $c_i$ is known: directly through line 3, and through
# the variance.
#
# $$dc_i = \frac{d\hat x_i}{s} + dv \cdot \frac{2 c_i}{m}
# = \frac1s \left( d\hat x_i - \hat x_i \cdot \frac1m \sum_j d\hat x_j\, \hat x_j \right)$$
#
# **Line 1**, $c_i = x_i - \mu$ with $\mu = \frac1m \sum_j x_j$. The mean is taken from all values, so what arrives
# at it is $d\mu = -\sum_j dc_j$. The second term of $dc$ adds nothing to this sum, because $\sum_j \hat x_j = 0$:
# what is left is $d\mu = -\frac1s \sum_j d\hat x_j$. Each $x_i$ has a share of $\frac1m$ in the mean:
#
# $$dx_i = dc_i + \frac{d\mu}{m}
# = \frac1s \left( d\hat x_i - \frac1m \sum_j d\hat x_j - \hat x_i \cdot \frac1m \sum_j d\hat x_j\, \hat x_j \right)$$
#
# Put in $d\hat x_i = \gamma\, dy_i$, and look: both sums are already there.
#
# $$\boxed{\; dx_i = \frac{\gamma}{s} \left( dy_i - \frac{d\beta}{m} - \hat x_i\, \frac{d\gamma}{m} \right) \;}$$
#
# One term for each way: the first goes straight back, the second through the mean, the third through the variance.

# %% [markdown]
# ### What the three terms do
#
# As matrices, for our four values, where $\gamma / s = 1$: how much does each $y_i$ (row) change with each $x_j$
# (column)?

# %%
values = np.array([2.0, 4, 4, 10])
unit = (values - values.mean()) / values.std()
straight, through_mean, through_var = np.eye(4), np.full((4, 4), 1 / 4), np.outer(unit, unit) / 4
jacobian = straight - through_mean - through_var
print(jacobian.round(2))

# %% show
draw.kernels(
    [part.round(2) for part in (straight, through_mean, through_var, jacobian)],
    titles=["1", "− 1/m", "− x̂ᵢ·x̂ⱼ/m", "= ∂yᵢ/∂xⱼ"],
    columns=2,
)

# %% [markdown]
# Whoever takes mean and variance for constants has the first matrix alone. It is a common error and a sly one: the
# network may well learn all the same, only worse.
#
# The last value is an outlier, and its column is almost empty: raise the 10, and the whole rule grows with it.
#
# Two directions get no gradient at all. Raise *all* values by the same amount: the mean takes it away, $y$ stays as
# it was. *Stretch* all values around their mean: the deviation takes it away. So two sums must be zero (the second
# one only nearly, because of $\varepsilon$), and that is a test of one line for your own backward pass:

# %%
rng = np.random.default_rng(1)
x, dy = rng.normal(3, 2, size=(4, 2, 3, 5)), rng.normal(size=(4, 2, 3, 5))
_, cache = cnnlib.batch_norm_train_forward(x, np.array([2.0, -1]), np.zeros(2))
dx, _, _ = cnnlib.batch_norm_train_backward(dy, cache)
print(np.abs(dx.sum(axis=(0, 2, 3))).max() < 1e-12, np.abs((dx * cache.normalised).sum(axis=(0, 2, 3))).max() < 1e-3)

# %% [markdown]
# ### Write it
#
# You get `dy`, and `x` and `gamma` as they were in the forward pass, which worked with `eps`. Give three gradients,
# in this order: `dx`, `dgamma`, `dbeta`. The last two earn their share of the points by themselves.
#
# <details><summary>Hint: what to work out first</summary>
#
# The normalised values once more, as in the forward pass, and the divisor $s$. Then <code>dbeta</code> and
# <code>dgamma</code>: two sums over the same three axes.
#
# </details>
#
# <details><summary>Hint: dx</summary>
#
# The formula in the box, with everything that has C values brought into the shape (C, 1, 1).
# <code>m = N * H * W</code>.
#
# </details>
#
# <details><summary>Hint: if you would rather go step by step</summary>
#
# Translate lines 4 to 1 one by one: <code>dnormalised</code>, <code>dvar</code>, <code>dcentred</code>,
# <code>dmean</code>, <code>dx</code>. It is longer, and just as right.
#
# </details>


# %% exercise="batch_norm_backward" points=3 minutes=12
def batch_norm_backward(dy, x, gamma, eps):
    """dx (N, C, H, W), dgamma (C,) and dbeta (C,), given the upstream dy (N, C, H, W).

    >>> batch_norm_backward(np.array([[[[4.0, 0, 0, 0]]]]), np.array([[[[1.0, 1, 5, 5]]]]), np.array([2.0]), 0.0)
    (array([[[[ 2., -2.,  0.,  0.]]]]), array([-4.]), array([4.]))
    """
    ### BEGIN SOLUTION
    N, _, H, W = x.shape
    m, axes = N * H * W, (0, 2, 3)
    s = np.sqrt(x.var(axis=axes, keepdims=True) + eps)
    normalised = (x - x.mean(axis=axes, keepdims=True)) / s
    dbeta = dy.sum(axis=axes)
    dgamma = (dy * normalised).sum(axis=axes)
    inner = dy - dbeta[:, None, None] / m - normalised * dgamma[:, None, None] / m
    return gamma[:, None, None] / s * inner, dgamma, dbeta
    ### END SOLUTION


# %% check="batch_norm_backward"
check("batch_norm_backward", batch_norm_backward)

# %% [markdown]
# ## Where to put it
#
# The deck behind this course shows two places, the *classic* one and the *new trend*:
#
# - **classic**: convolution, batch norm, ReLU;
# - **pre-activation**: batch norm, ReLU, convolution. Residual networks brought it up; lesson 08 shows why it suits
#   them.
#
# In both, the normalisation stands *before* the ReLU, and there is a reason: with $\beta = 0$, about half of the
# values pass, whatever the weights. After the ReLU works, too, and some prefer it. What does not make sense is at
# the very end: the scores of the classes should not depend on the batch.
#
# ### Predict
#
# A convolution with a bias $b$ comes first, and batch norm right after it. Without bias, the convolution gave the
# four values from above: $2, 4, 4, 10$, and with $\gamma = 3$, $\beta = 1$, $\varepsilon = 0$ you know what came
# out. Now let $b = 100$. What are the four values $y$? And, if the upstream gradient is $dy = (1, 2, 3, 4)$: what is
# the gradient of the bias, $db = \sum_i dx_i$?

# %% predict="useless_bias" points=1 minutes=3
# Five numbers: the four y, then db.
useless_bias = [-2, 0, 0, 6, 0]

# %% check="useless_bias"
check("useless_bias", useless_bias)

# %% [markdown]
# A bias before batch norm does nothing, and learns nothing. The mean of the channel contains it, and takes it away.
# Its task is done by $\beta$. So convolutions before batch norm are made without a bias. The same in a real layer:
# does the output stay the same with biases from -50 to 50, and is their gradient zero?

# %%
rng = np.random.default_rng(2)
x, w = rng.normal(size=(4, 3, 6, 7)), rng.normal(size=(5, 3, 3, 3))
gamma, beta, b = rng.normal(size=5), rng.normal(size=5), rng.uniform(-50, 50, size=5)
outputs = []
for bias in (np.zeros(5), b):
    z, conv_cache = cnnlib.conv2d_forward(x, w, bias)
    y, norm_cache = cnnlib.batch_norm_train_forward(z, gamma, beta)
    outputs.append(y)
dz, _, _ = cnnlib.batch_norm_train_backward(rng.normal(size=y.shape), norm_cache)
_, _, db = cnnlib.conv2d_backward(dz, conv_cache)
print(np.abs(outputs[0] - outputs[1]).max() < 1e-10, np.abs(db).max() < 1e-10)

# %% [markdown]
# ### Why it helps to learn
#
# By the same reasoning, the *size* of a kernel does nothing. Make it ten times as large: the deviation grows
# tenfold, the output stays. And its gradient? It becomes a tenth.

# %%
for size in (1, 10):
    z, conv_cache = cnnlib.conv2d_forward(x, size * w)
    y, norm_cache = cnnlib.batch_norm_train_forward(z, gamma, beta)
    dz, _, _ = cnnlib.batch_norm_train_backward(np.cos(y), norm_cache)
    _, dw, _ = cnnlib.conv2d_backward(dz, conv_cache)
    print(f"{size:2}  {np.linalg.norm(y):.3f}  {np.linalg.norm(dw):.4f}")

# %% [markdown]
# Large kernels get small gradients, so a step that went too far makes the next ones shorter. The layer sets its own
# pace. That is one reason why such networks bear learning rates at which others lose their way. Here is the small
# network from above, with two learning rates η, without and with batch norm (BN); one value of the loss an epoch.

# %% varies
losses = {}
for lr in (0.03, 0.7):
    for with_norm in (False, True):
        losses[f"η = {lr}" + " · BN" * with_norm] = trained(with_norm, lr)[1]
draw.curves(losses, across="epoch", up="loss")

# %% show
for lr in (0.03, 0.7):
    print(lr, losses[f"η = {lr} · BN"][-1] < 0.5 * losses[f"η = {lr}"][-1])

# %% [markdown]
# The slow rate: batch norm learns faster. The fast one: without it, the network gets lost.
#
# The article gave another reason: without normalisation, each layer must keep adapting to the changing numbers of
# the one before, which it calls *internal covariate shift*. Later experiments (Santurkar and others, 2018) put such
# a shift back in on purpose, *behind* the normalisation, and the network learnt as well as before. That batch norm
# works is beyond doubt; why, is still being discussed.

# %% [markdown]
# ## Folding it into a convolution
#
# At test, all four numbers of a channel are fixed. Write the formula out:
#
# $$y = \gamma\, \frac{z - \text{mean}}{\sqrt{\text{var} + \varepsilon}} + \beta
# = \underbrace{\frac{\gamma}{\sqrt{\text{var} + \varepsilon}}}_{\text{scale}}\, z
# + \left( \beta - \text{scale} \cdot \text{mean} \right)$$
#
# A factor and a number added: a straight line, nothing more. In this form it stands in one of our sources, and it is
# right. Now let $z$ come from a convolution, $z = w \star x + b$. A factor times a sum of products is a sum of
# products with other weights. So convolution and normalisation together are **one convolution**, with other weights
# and another bias, and the layer disappears. Programs that run networks on phones do this as a matter of course.
#
# <details><summary>Hint: the weights</summary>
#
# Kernel <code>k</code> makes channel <code>k</code>. What happens to the channel happens to the whole kernel.
#
# </details>
#
# <details><summary>Hint: the bias</summary>
#
# Put $z = w \star x + b$ into the formula, and collect everything that does not contain $x$.
#
# </details>


# %% exercise="fold_batch_norm" points=2 minutes=6
def fold_batch_norm(w, b, gamma, beta, mean, var, eps):
    """Weights (K, C, h, w) and bias (K,) of the one convolution that does what w, b and batch norm at test do.

    >>> fold_batch_norm(np.ones((1, 1, 1, 2)), *(np.array([v]) for v in (5.0, 6.0, 1.0, 3.0, 4.0)), 0.0)
    (array([[[[3., 3.]]]]), array([7.]))
    """
    ### BEGIN SOLUTION
    scale = gamma / np.sqrt(var + eps)
    return scale[:, None, None, None] * w, scale * (b - mean) + beta
    ### END SOLUTION


# %% check="fold_batch_norm"
check("fold_batch_norm", fold_batch_norm)

# %% [markdown]
# Here the bias *does* count. In training the mean of the batch takes it away, whatever it is. The remembered mean is
# a fixed number, and it contains the bias that was there while training. Drop one and keep the other, and everything
# is shifted.
#
# Fold the whole trained network: four convolutions with four normalisations become four convolutions. torch has a
# ready-made function for it, which does what yours does. First the number of layers before and after, then whether all
# answers agree.

# %% show
from torch import from_numpy
from torch.nn.utils.fusion import fuse_conv_bn_weights


def folded(network):
    """The same network without its batch norms."""
    layers = []
    for layer in network.layers:
        if isinstance(layer, net.BatchNorm2d):
            w, (gamma, beta) = layers[-1].params["w"], map(from_numpy, layer.params.values())
            mean, var = map(from_numpy, layer.running.values())
            fused = fuse_conv_bn_weights(from_numpy(w), None, mean, var, layer.eps, gamma, beta)
            layers[-1] = net.Conv2d(w.shape[1], len(w), 3, padding=1, rng=rng, dtype=np.float32)
            for name, array in zip(("w", "b"), fused, strict=True):
                layers[-1].params[name][:] = array.detach().numpy()
        else:
            layers.append(layer)
    return net.Network(layers)


network, _ = trained(with_norm=True, lr=0.1)
short = folded(network)
print(len(network.layers), len(short.layers))
print(np.abs(network.forward(test) - short.forward(test)).max() < 1e-3)

# %% [markdown]
# ## Before it: local response normalisation
#
# Normalising is older than batch norm. AlexNet (2012) had a layer after which a strong channel **holds its
# neighbours down**, as nerve cells do in the eye. At each pixel, every channel is divided by a number that grows
# with the squares of the channels around it:
#
# $$y_c = \frac{x_c}{\left( k + \dfrac{\alpha}{\text{size}} \displaystyle\sum_{j \text{ around } c} x_j^2
# \right)^{\beta}}$$
#
# The sum runs over `size` channels: $c$ itself and as many on either side. Beyond the first and the last channel
# there is nothing to add, but the division is by `size` all the same. Nothing is learnt, and $\beta$ is here a fixed
# power, not a shift.
#
# Here are eleven channels at one pixel: a very strong one, and one standing alone. What happens to the neighbours of
# the strong one? ($\alpha = 5$, $\beta = 0.75$, $k = 1$, a size of 5.)

# %%
channels = np.array([1.0, 1, 1, 4, 1, 1, 0, 0, 0, 1, 0])
held_down, _ = cnnlib.local_response_norm_forward(channels.reshape(1, 11, 1, 1), 5, alpha=5.0)
print(held_down.ravel().round(2))

# %% show
draw.stems({"x": channels, "y": held_down.ravel()})

# %% [markdown]
# The 1 at place 9 has no strong neighbour, and keeps more than half of itself; the ones beside the 4 almost
# disappear.
#
# **Two conventions.** The article of AlexNet does *not* divide $\alpha$ by the size; cnnlib does, as torch does. Its
# $\alpha = 10^{-4}$ with a size of 5 is $5 \cdot 10^{-4}$ here.
#
# ### Write it
#
# The size is odd, so the channel stands in the middle.
#
# <details><summary>Hint: channels around one</summary>
#
# With <code>reach = size // 2</code>, they go from <code>c - reach</code> to <code>c + reach</code>. A slice that
# starts below zero counts from the end in Python: use <code>max(c - reach, 0)</code>. Beyond the last channel, a
# slice simply stops.
#
# </details>


# %% exercise="local_response_norm" points=2 minutes=7
def local_response_norm(x, size, alpha, beta, k):
    """x (N, C, H, W), divided by the power beta of k + alpha / size * the squares of `size` channels, summed.

    >>> local_response_norm(np.array([3.0, 0, 1, 5]).reshape(1, 4, 1, 1), 3, 3.0, 0.5, 6.0).ravel().round(2)
    array([0.77, 0.  , 0.18, 0.88])
    """
    ### BEGIN SOLUTION
    reach = size // 2
    y = np.zeros(x.shape)
    for c in range(x.shape[1]):
        around = x[:, max(c - reach, 0) : c + reach + 1]
        scale = k + alpha / size * (around**2).sum(axis=1)
        y[:, c] = x[:, c] / scale**beta
    return y
    ### END SOLUTION


# %% check="local_response_norm"
check("local_response_norm", local_response_norm)

# %% [markdown]
# Two years later the authors of VGG tried it and saw no gain: it cost memory and time. With batch norm it
# disappeared. The idea that channels compete lives on in other forms.

# %% [markdown]
# ## What the sources get wrong
#
# Much is right: the two algorithms, and the formula at test, with the variance that is divided by $m-1$. Three things
# need a word.
#
# - *Each activation is normalised by itself*, say the notes, with mean and variance over the batch. That holds for a
#   fully connected layer. Taken at its word in a convolution it would be a mean for each pixel. The article they cite
#   takes all places of a map together.
# - $\gamma$ and $\beta$ are said to be there *to normalise the data*. They come after: they give back what
#   normalising took.
# - The deck lists AlexNet as *CONV1, MAX POOL1, NORM1*. In the article the local response normalisation comes first
#   and the pooling second. Programs of the time had both orders. The shapes are the same, so no table of shapes
#   tells them apart; the numbers are not.

# %%
maps = np.abs(np.random.default_rng(2).normal(size=(1, 8, 9, 9)))
pool, lrn = cnnlib.max_pool2d_forward, cnnlib.local_response_norm_forward
norm_first, _ = pool(lrn(maps, 5, alpha=5.0)[0], 3, stride=2)
pool_first, _ = lrn(pool(maps, 3, stride=2)[0], 5, alpha=5.0)
print(norm_first.shape == pool_first.shape, np.allclose(norm_first, pool_first))

# %% [markdown]
# ## In short
#
# - Batch norm brings each channel to mean 0 and spread 1, over all images and places of the batch; $\gamma$ and
#   $\beta$ then say what mean and spread should be.
# - In training it uses the batch, with the variance divided by $m$. It remembers running statistics, with $m-1$. At
#   test it uses those, and an answer depends on no neighbour.
# - $dx = \frac{\gamma}{s}\left(dy - \frac{d\beta}{m} - \hat x \frac{d\gamma}{m}\right)$: straight back, through the
#   mean, through the variance.
# - A bias before it does nothing; neither does the size of the weights.
# - At test it is a straight line, and folds into the convolution before it.
# - Local response normalisation came first: channels that hold their neighbours down.
#
# **Where next.** Batch norm repairs what badly drawn weights spoil. Can they be drawn well to begin with? Lesson 07,
# *Initialisation*, works out how.
