# %% [markdown]
# # 07 · Initialisation
#
# Before a network has learnt anything, somebody has to choose its weights. For a shallow network almost any small
# random numbers do. For a deep one the choice decides whether it learns at all. At the end you will be able to
#
# - say why weights must not start alike, and why biases may;
# - work out what a layer does to the variance of what passes through it;
# - derive Xavier's and He's rules, and write them for fully connected layers and for convolutions;
# - find the right scale for any activation;
# - predict whether a deep network dies, explodes or works;
# - train a layer without labels, and say why hardly anybody begins like that any more.
#
# Allow about 60 minutes. You need means and variances, and the backward pass of lessons 04 and 05.

# %%
from itertools import pairwise

import numpy as np

import cnnlib
import cnnlib.data
import cnnlib.draw as draw
from cnnlib import init
from cnnlib.network import Function, Linear, Network, accuracy, fit, fit_autoencoder
from cnnlib.optim import SGD, Adam

# %% [markdown]
# ## All alike
#
# The simplest choice is to give every weight the same value. Here are two small networks for handwritten digits: 64
# pixels, 8 hidden units with tanh, 10 classes. In the first, every weight starts at 0.1. In the second, they are
# random. Both are trained in the same way, on the same images. Then we look at what the 8 hidden units have learnt:
# the 64 weights of each, laid out as an image.
#
# Guess before you run: will the equal ones become different?

# %%
digits = cnnlib.data.split_digits(rng=np.random.default_rng(0))
flat = {name: part.images.reshape(-1, 64).astype(float) for name, part in digits._asdict().items()}


def network(weights, forward, backward):
    """Linear layers with these weights (out, in) and biases of 0, with an activation between them."""
    layers = []
    for w in weights:
        linear = Linear(w.shape[1], w.shape[0], rng=np.random.default_rng(0))
        linear.params["w"][...] = w
        layers += [linear, Function(forward, backward)]
    return Network(layers[:-1])


def train(net, scale=1.0, shift=0.0, epochs=30, **sgd):
    """Train on (x - shift) / scale; the loss of each epoch, and the share of the test images that come out right."""
    x, test = ((flat[name] - shift) / scale for name in ("train", "test"))
    rng = np.random.default_rng(0)
    course = fit(
        net, x, digits.train.labels, optimizer=SGD(**sgd), epochs=epochs, batch_size=64, rng=rng, progress=False
    )
    return course.loss, accuracy(net, test, digits.test.labels)


# %% show
rng = np.random.default_rng(1)
alike = network([np.full((8, 64), 0.1), np.full((10, 8), 0.1)], cnnlib.tanh_forward, cnnlib.tanh_backward)
drawn = network([rng.normal(0, 0.1, (8, 64)), rng.normal(0, 0.1, (10, 8))], cnnlib.tanh_forward, cnnlib.tanh_backward)
_, alike_right = train(alike, lr=0.3)
_, drawn_right = train(drawn, lr=0.3)
titles = [f"w{i}" for i in range(1, 9)]
draw.images(alike.params["0.w"].reshape(-1, 8, 8), columns=8, signed=True, titles=titles)

# %% show
draw.images(drawn.params["0.w"].reshape(-1, 8, 8), columns=8, signed=True, titles=titles)

# %% [markdown]
# The first picture shows one image, eight times. How many different units does each network have, and how many digits
# does it get right?

# %% show
for name, net, right in (("= 0.1", alike, alike_right), ("N(0, 0.1²)", drawn, drawn_right)):
    units = len(np.unique(net.params["0.w"].round(6), axis=0))
    print(f"{name:>10}: {units}, {'> 90 %' if right > 0.9 else '< 20 %'}")

# %% [markdown]
# It is not bad luck, it is symmetry. Follow two hidden units $j$ and $k$ through one step.
#
# 1. **Forward.** Their weights are equal, so they compute the same value for every image.
# 2. **Backward.** Their outgoing weights are equal too, so the same error comes back to them.
# 3. **Step.** The gradient of a unit's weights is this error times its inputs. Both factors agree, so both units move
#    by the same amount. They are equal again, and the argument starts anew.
#
# Eight units do the work of one. With all weights at exactly 0 it is worse: the hidden values are 0, nothing comes
# back through the outgoing weights, and no weight moves at all. **Chance has to break the symmetry.**

# %% [markdown] question="why_bias" points=1
# **Why?** Biases usually start at zero, all of them. Why does this do no harm?
#
# ### BEGIN SOLUTION
# The random weights already make the units different. They compute different values, get different errors back, and
# so their biases get different gradients: after one step the biases differ as well. Symmetry has to be broken once,
# anywhere on the way through a unit.
# ### END SOLUTION

# %% [markdown]
# ## Variance through depth
#
# So the weights are random, with mean 0. How large should they be? A layer that makes its values half as large, on
# average, does no harm by itself. Twenty of them in a row do.

# %%
print(f"{0.5**20:.0e}  {1**20}  {2**20:.0e}")

# %% [markdown]
# After twenty layers, half has become a millionth, and double a million. Only a factor very near 1 will do. To find
# what the factor depends on, look at one unit. It adds up $n$ products:
#
# $$z = w_1 x_1 + w_2 x_2 + \dots + w_n x_n$$
#
# The weights are drawn independently, with mean 0 and the variance $\mathrm{Var}(w)$. The inputs have the mean
# $\mathrm{E}[x]$ and the variance $\mathrm{Var}(x)$, and know nothing of the weights.
#
# **One product.** Its mean is $\mathrm{E}[wx] = \mathrm{E}[w]\,\mathrm{E}[x] = 0$, so its variance is its mean square:
#
# $$\mathrm{Var}(wx) = \mathrm{E}[w^2 x^2] = \mathrm{E}[w^2]\,\mathrm{E}[x^2] = \mathrm{Var}(w)\,\mathrm{E}[x^2]$$
#
# **The sum.** Two different products have nothing to do with each other: $\mathrm{E}[w_1 x_1 w_2 x_2] =
# \mathrm{E}[w_1]\, \mathrm{E}[w_2]\,\mathrm{E}[x_1 x_2] = 0$. So their variances add up:
#
# $$\mathrm{Var}(z) = n\,\mathrm{Var}(w)\,\mathrm{E}[x^2]$$
#
# **The mean square.** From $\mathrm{Var}(x) = \mathrm{E}[x^2] - \mathrm{E}[x]^2$ follows what $\mathrm{E}[x^2]$ is. If
# the inputs have mean 0, it is simply their variance, and we get the formula that one of our sources gives:
# $\mathrm{Var}(z) = n\,\mathrm{Var}(w)\,\mathrm{Var}(x)$. Keep in mind that it needs the mean 0. After a ReLU, nothing
# has the mean 0 any more.
#
# <details><summary>Hint: the mean square</summary>
#
# Move $\mathrm{E}[x]^2$ to the other side.
#
# </details>


# %% exercise="preactivation_variance" points=2 minutes=5
def preactivation_variance(n, var_w, mean_x, var_x):
    """The variance of w₁x₁ + … + wₙxₙ: independent weights of mean 0, inputs of any mean.

    >>> preactivation_variance(100, 0.01, 0.0, 4.0)
    4.0
    """
    ### BEGIN SOLUTION
    mean_square = var_x + mean_x**2
    return n * var_w * mean_square
    ### END SOLUTION


# %% check="preactivation_variance"
check("preactivation_variance", preactivation_variance)

# %% [markdown]
# Does the world obey? 400 inputs of mean 1 and variance 4, weights of variance 1/400: the formula says
# $400 \cdot \tfrac{1}{400} \cdot (4 + 1) = 5$.

# %%
rng = np.random.default_rng(2)
x = rng.normal(1, 2, size=(500, 400))
z = x @ init.normal((400, 400), rng, std=1 / 20).T
print(f"{x.mean():.1f}  {x.var():.1f}  {z.var():.1f}")

# %% [markdown]
# Now several layers in a row, without any activation. The inputs have variance 1, the weights have $n\,\mathrm{Var}(w)
# = \tfrac12$. All rows share one axis; watch the column σ, the standard deviation.

# %% show
x = np.random.default_rng(3).normal(size=(300, 256))
layers = {"0": x}
rng = np.random.default_rng(4)
for layer in range(1, 7):
    x = x @ init.normal((256, 256), rng, std=np.sqrt(0.5 / 256)).T
    layers[str(layer)] = x
draw.histograms(layers)

# %%
print([round(0.5 ** (layer / 2), 2) for layer in range(7)])

# %% [markdown]
# The printed numbers are what the formula predicts. The picture agrees to within a few per cent: each layer draws its
# weights once, and chance leaves a little more or a little less.
#
# ## Xavier and He
#
# ### Xavier: there and back
#
# Values should keep their variance on the way **forward**. Let $n_{\mathrm{in}}$ be the number of products that a
# unit adds up. Then, as long as the activation is nearly straight around 0, as tanh is,
#
# $$n_{\mathrm{in}}\,\mathrm{Var}(w) = 1$$
#
# On the way **backward** it is the gradients that should neither die nor explode. The gradient of an input is a sum,
# too: one product for each unit that the input goes to, $dx_i = \sum_j w_{ji}\, dz_j$. Call their number
# $n_{\mathrm{out}}$. The same three steps as above give the same condition, with the other number:
#
# $$n_{\mathrm{out}}\,\mathrm{Var}(w) = 1$$
#
# Unless the two numbers are equal, one cannot have both. Xavier Glorot and Yoshua Bengio proposed the compromise in
# 2010: one over their mean.
#
# $$\mathrm{Var}(w) = \frac{2}{n_{\mathrm{in}} + n_{\mathrm{out}}}$$
#
# A word on names. Many notes, one of our sources among them, call $1/n_{\mathrm{in}}$ "Xavier". That rule is older,
# from LeCun and others in 1998. In this course, as in torch and Keras, `init.xavier_normal` is Glorot's rule, and
# $1/n_{\mathrm{in}}$ is `init.lecun_normal`.
#
# **What are $n_{\mathrm{in}}$ and $n_{\mathrm{out}}$?** In a fully connected layer with weights of shape (out, in),
# just these. In a convolution with weights $(K, C, h, w)$, an output adds up a whole window: $n_{\mathrm{in}} =
# C\,h\,w$. And an input value goes to $h\,w$ places in each of $K$ maps: $n_{\mathrm{out}} = K\,h\,w$.

# %%
for shape in ((10, 64), (8, 3, 5, 5), (512, 512, 3, 3)):
    print(shape, init.fans(shape))

# %% [markdown]
# ### Write it
#
# Draw from a normal distribution or from a uniform one, as you like: the check looks at the spread, not at the
# numbers. All chance comes from `rng`.
#
# <details><summary>Hint: both fans</summary>
#
# <code>np.prod(shape[2:])</code> is the size of the window, and 1 where there is none.
#
# </details>
#
# <details><summary>Hint: normal</summary>
#
# <code>rng.normal(0, std, shape)</code> takes the standard deviation. You have a variance.
#
# </details>
#
# <details><summary>Hint: uniform</summary>
#
# Uniform values from $-a$ to $a$ have the variance $a^2/3$.
#
# </details>


# %% exercise="xavier" points=3 minutes=7
def xavier(shape, rng):
    """Weights of mean 0 and of Glorot's variance, in an array of that shape: (out, in) or (K, C, h, w)."""
    ### BEGIN SOLUTION
    window = np.prod(shape[2:])
    n_out, n_in = shape[0] * window, shape[1] * window
    return rng.normal(0, np.sqrt(2 / (n_in + n_out)), shape)
    ### END SOLUTION


# %% check="xavier"
check("xavier", xavier)

# %% [markdown]
# ### He: half of it is gone
#
# ReLU is not straight at 0. What does it do to the mean square? Draw $z$ from a normal distribution around 0, and look
# at the three rows. Exact zeros are counted in the column "= 0" and left out of the shape.

# %% show
z = np.random.default_rng(5).normal(size=100_000)
relu_z, _ = cnnlib.relu_forward(z)
draw.histograms({"z": z, "ReLU(z)": relu_z, "ReLU(z)²": relu_z**2}, limits=(-4, 4))

# %%
z = np.random.default_rng(5).normal(size=1_000_000)
relu_z, _ = cnnlib.relu_forward(z)
print(f"{np.mean(z**2):.2f}  {np.mean(relu_z**2):.2f}  {np.var(relu_z):.2f}")

# %% [markdown]
# The mean square falls from 1 to exactly one half, and the reason is simple. $z$ and $-z$ are equally likely. Of each
# such pair ReLU keeps one and makes the other 0, so of each pair of squares one is left:
#
# $$\mathrm{E}[\mathrm{ReLU}(z)^2] = \tfrac12\,\mathrm{E}[z^2] = \tfrac12\,\mathrm{Var}(z)$$
#
# The third number is the *variance* of ReLU(z), 0.34. It is not what we need: the mean of ReLU(z) is not 0, and the
# next layer feels the mean square. Put both halves together, from one layer to the next:
#
# $$\mathrm{E}[x_{l+1}^2] = \tfrac12\,\mathrm{Var}(z_l)
#   = \tfrac12\; n_{\mathrm{in}}\,\mathrm{Var}(w)\;\mathrm{E}[x_l^2]$$
#
# The factor is 1 if the weights make up for the lost half. This is the rule of Kaiming He and others (2015):
#
# $$\mathrm{Var}(w) = \frac{2}{n_{\mathrm{in}}}$$
#
# **An error in the sources.** One of them explains He's rule as a multiplication by $\sqrt{n}$. With $n = 256$ that
# would be weights of a standard deviation of 16. The rule is $\sqrt{2/n}$, or 0.09: *divide* by $\sqrt n$, and let the
# factor 2 make up for the half that ReLU removes.

# %%
print(f"{np.sqrt(256):.0f}  {np.sqrt(2 / 256):.2f}")


# %% exercise="he" points=2 minutes=4
def he(shape, rng):
    """Weights of mean 0 and of He's variance, in an array of that shape: (out, in) or (K, C, h, w)."""
    ### BEGIN SOLUTION
    n_in = np.prod(shape[1:])
    return rng.normal(0, np.sqrt(2 / n_in), shape)
    ### END SOLUTION


# %% check="he"
check("he", he)

# %% [markdown]
# ### Any activation
#
# For ReLU there was a neat argument. For any other function one can measure. Let the preactivations $z$ be normal, of
# mean 0 and variance 1. What comes out has the mean square $\mathrm{E}[f(z)^2]$. Weights of variance $1/n$ would pass
# just this on. To get back to 1, multiply the weights by the **gain**
#
# $$g = \frac{1}{\sqrt{\mathrm{E}[f(z)^2]}}$$
#
# For ReLU this is $\sqrt 2$, and $\sqrt{2}\cdot\sqrt{1/n}$ is He's rule. Write a function that finds the gain of an
# activation it knows nothing of. Two per cent are precise enough.
#
# <details><summary>Hint: by chance</summary>
#
# Draw 300,000 normal values from a generator with a seed of your own, send them through, and take the mean of the
# squares.
#
# </details>
#
# <details><summary>Hint: without chance</summary>
#
# Take $z$ from −8 to 8 in small steps, and weight each with $e^{-z^2/2}$. Divide by the sum of the weights.
#
# </details>


# %% exercise="find_gain" points=2 minutes=7
def find_gain(activation):
    """What makes up for an activation: 1 / √E[f(z)²], for z normal with mean 0 and variance 1.

    `activation` takes an array and gives one of the same shape. The identity has the gain 1.
    """
    ### BEGIN SOLUTION
    draws = np.random.default_rng(0).normal(size=300_000)
    return 1 / np.sqrt(np.mean(activation(draws) ** 2))
    ### END SOLUTION


# %% check="find_gain"
check("find_gain", find_gain)

# %%
activations = {
    "identity": cnnlib.identity_forward,
    "ReLU": cnnlib.relu_forward,
    "tanh": cnnlib.tanh_forward,
    "sigmoid": cnnlib.sigmoid_forward,
    "SELU": cnnlib.selu_forward,
}
gains = {name: init.gain(lambda z, forward=forward: forward(z)[0]) for name, forward in activations.items()}
print("\n".join(f"{name:>9} {gain:.3f}" for name, gain in gains.items()))

# %% [markdown]
# Look at the last line. The two odd constants of SELU, in lesson 05, were chosen so that its gain is 1.

# %% [markdown]
# ## Twenty layers, measured
#
# ### Predict
#
# Five networks of twenty fully connected layers, each of 256 units. Their inputs have the mean square 1. σ is the
# standard deviation of the weights.
#
# 1. ReLU, $\sigma = 1/\sqrt{256}$
# 2. no activation, $\sigma = \sqrt{2/256}$
# 3. ReLU, $\sigma = 1$
# 4. ReLU, $\sigma = \sqrt{2/256}$
# 5. ReLU, $\sigma = 0.01$
#
# Say for each what becomes of the mean square after twenty layers: −1 if the network *dies* (less than a
# ten-thousandth is left), 1 if it *explodes* (more than ten thousand times as much), 0 if it *works*. You need one
# multiplication for a layer, and its twentieth power.

# %% predict="five_initialisations" points=1 minutes=5
# Five numbers, each -1 (dies), 0 (works) or 1 (explodes), such as [1, 0, 1, -1, 0].
five_initialisations = [-1, 1, 1, 0, -1]

# %% check="five_initialisations"
check("five_initialisations", five_initialisations)

# %% [markdown]
# ### The map
#
# Now all scales at once. Each row is a network of thirty layers whose weights have the standard deviation $\sigma$;
# the name of the row is $\sigma\sqrt n$. Each column is a layer. The shade is the power of ten of the values' root mean
# square: black has died, pale has exploded. A dot marks all that stays within a factor of 10. ReLU first:

# %%
scales = {str(scale): scale for scale in (0.25, 0.5, 0.75, 1.0, 1.25)}
scales |= {"√2": 2**0.5} | {str(scale): scale for scale in (1.75, 2.0, 3.0)}


def sizes_by_depth(forward, scale, depth=30, n=128):
    """The root mean square of the values after 0, 1, … layers, as a power of ten."""
    rng = np.random.default_rng(6)
    x = rng.normal(size=(100, n))
    powers = [0.0]
    for _ in range(depth):
        x, _ = forward(x @ init.normal((n, n), rng, std=scale / np.sqrt(n)).T)
        powers.append(np.log10(np.sqrt(np.mean(x**2))))
    return powers


def map_of(forward):
    table = np.array([sizes_by_depth(forward, scale) for scale in scales.values()])
    depths = [str(depth) for depth in range(table.shape[1])]
    marked = np.abs(table) < 1
    return draw.heatmap(
        table, rows=list(scales), columns=depths, across="layer", down="σ√n", scale="log₁₀", reach=6, marked=marked
    )


# %% show
map_of(cnnlib.relu_forward)

# %% [markdown]
# One row lives. A little less, and the signal dies; a little more, and it explodes. A quarter too much at each layer,
# and after thirty layers it is hundreds of times too large. Nobody finds $\sqrt 2$ by trying numbers: it takes the
# argument above. Here are the powers of ten after twenty layers:

# %%
powers = {name: sizes_by_depth(cnnlib.relu_forward, scale)[20] for name, scale in scales.items()}
print("\n".join(f"{name:>5} {power:6.1f}" for name, power in powers.items()))

# %% [markdown]
# And tanh?

# %% show
map_of(cnnlib.tanh_forward)

# %% [markdown]
# tanh cannot explode: nothing leaves it larger than 1. So everything from 1 upwards seems fine. It is not. Look at the
# values themselves, for $\sigma\sqrt n = 3$: the dashed lines stand at ±0.99.

# %% show
rng = np.random.default_rng(7)
x = rng.normal(size=(200, 128))
layers = {"0": x}
for layer in range(1, 21):
    x, _ = cnnlib.tanh_forward(x @ init.normal((128, 128), rng, std=3 / np.sqrt(128)).T)
    if layer % 5 == 0 or layer == 1:
        layers[str(layer)] = x
draw.histograms(layers, saturated=(-0.99, 0.99), limits=(-3, 3))

# %% [markdown]
# More than a quarter of the values lie at the very ends, where tanh is flat and lets hardly any gradient through; many
# more lie close by. Forward all seems well. But a signal has to survive in **both** directions.
#
# ### The way back
#
# Send a random gradient back through twenty layers, and measure it at each. What counts is what arrives at the first
# layer, the one that sees the image. Here is its size as a power of ten, for ReLU and for tanh:


# %%
def gradients_by_depth(forward, backward, scale, depth=20, n=128):
    """The standard deviation of the gradient at the input of each layer, the first one first."""
    rng = np.random.default_rng(8)
    weights = [init.normal((n, n), rng, std=scale / np.sqrt(n)) for _ in range(depth)]
    net = network(weights, forward, backward)
    net.forward(rng.normal(size=(100, n)), training=True)
    dy = rng.normal(size=(100, n))
    spreads = []
    for layer in reversed(net.layers):
        dy = layer.backward(dy)
        if isinstance(layer, Linear):
            spreads.append(dy.std())
    return spreads[::-1]


relu, tanh = (cnnlib.relu_forward, cnnlib.relu_backward), (cnnlib.tanh_forward, cnnlib.tanh_backward)
arrived = {
    name: [np.log10(gradients_by_depth(*pair, scales[name])[0]) for pair in (relu, tanh)]
    for name in ("1.0", "√2", "2.0", "3.0")
}
print("\n".join(f"{name:>5} {powers[0]:5.1f} {powers[1]:5.1f}" for name, powers in arrived.items()))

# %% [markdown]
# For tanh the map looked calm from 1 upwards. On the way back it is not: at 3, what the large weights multiply is more
# than what the flat ends take away, and gradients explode. Only near 1 do both directions live. For ReLU the same
# $\sqrt 2$ serves both, since these layers have as many inputs as outputs. Layer by layer:

# %% show
lines = {name: gradients_by_depth(*relu, scales[name]) for name in ("2.0", "√2", "1.0")}
draw.curves(lines, x=np.arange(1, 21), log=True, across="layer", up="standard deviation")

# %% [markdown]
# ### Does it matter?
#
# Twenty layers of 64 units with ReLU, trained on the digits with the same optimiser for the same time. Only the first
# weights differ.

# %% show
starts = {"√(2/n)": np.sqrt(2 / 64), "√(1/n)": np.sqrt(1 / 64), "0.01": 0.01}
courses, shares = {}, {}
for name, std in starts.items():
    rng = np.random.default_rng(1)
    weights = [init.normal((b, a), rng, std=std) for a, b in pairwise([64] * 21 + [10])]
    deep = network(weights, cnnlib.relu_forward, cnnlib.relu_backward)
    mean, spread = flat["train"].mean(), flat["train"].std()
    courses[name], shares[name] = train(deep, spread, mean, epochs=15, lr=0.002, momentum=0.9)
draw.curves(courses, x=np.arange(1, 16), across="epoch", up="loss")

# %% show
for name, share in shares.items():
    print(f"{name:>7}: {'> 80 %' if share > 0.8 else '< 25 %'}")

# %% [markdown]
# The loss of 2.3 is $\ln 10$: ten classes, all equally likely, nothing learnt. He's rule learns; half the variance
# is a network that stands still. With twice He's variance there is no line to draw: the first gradients overflow,
# and the optimiser refuses to step.
#
# Honesty demands a remark. An optimiser that divides each gradient by its own size, such as Adam, can revive the
# network of $\sqrt{1/n}$: its gradients are a thousand times too small, but all of them alike. And layers that
# normalise what passes (lesson 06) or add their input to their output (lesson 08) forgive a good deal. They do not
# make initialisation useless; they make it less of a tightrope.

# %% [markdown] question="why_input_scale" points=1
# **Why?** A colleague scales the *input* of a ReLU network by 1000 and He's rule keeps every layer at 1000 times the
# usual size. "So the initialisation was wrong", he says. Was it? What would you change?
#
# ### BEGIN SOLUTION
# The rule did what it promises: it keeps the size, whatever it is. ReLU has no scale of its own, so the layers pass on
# what they get. What is wrong is the input: standardise it, to mean 0 and variance 1, so that the size that is kept
# is a good one for the loss and for the learning rate.
# ### END SOLUTION

# %% [markdown]
# ## Layer by layer, and why it is history
#
# Before these rules were known, deep networks of this kind could hardly be trained at all. In 2006, Hinton and others
# found a way around: do not train all layers at once. Train the first one **alone**, without labels. Then let it
# stand, and train the second one on what the first gives; and so on, greedily, layer by layer. Only then put the
# classes on top and train everything together, from there.
#
# How can a layer learn without labels? By keeping what is in its input. Hinton used a kind of layer that is rare today;
# Bengio and others showed a year later that a simpler one does as well, the **autoencoder**. It squeezes an image of
# $n$ pixels into a code of fewer numbers, and must bring the image back from it:
#
# $$h = \tanh(x\,w^\mathsf{T} + b) \qquad\quad \hat x = h\,v^\mathsf{T} + c \qquad\quad
#   L = \frac1N \sum_i \lVert \hat x_i - x_i \rVert^2$$
#
# The first half is the layer we want. The second is thrown away when it has served.
#
# ### Train one
#
# You know all its parts: `cnnlib.linear_forward` and `cnnlib.tanh_forward` with their backward twins, and `Adam` from
# `cnnlib.optim`, whose `step` takes a dict of parameters and a dict of their gradients. The loop is yours, in numpy.
#
# The check trains your layer on digits, then shows it images it has never seen. Its yardstick is PCA, the best that
# straight lines can do: you must bring back four fifths of what PCA brings back with as many numbers.
#
# <details><summary>Hint: the gradient at the top</summary>
#
# $L$ is a mean over images of a sum over pixels, so the gradient of <code>back</code> is
# <code>2 * (back - batch) / len(batch)</code>.
#
# </details>
#
# <details><summary>Hint: the order</summary>
#
# Forward: linear, tanh, linear, each with its cache. Backward: the same three, from the last to the first. The first
# value that a backward gives is the gradient to hand on.
#
# </details>
#
# <details><summary>Hint: how long?</summary>
#
# With Adam at a rate of 0.01, a few hundred steps of 50 images are enough. Print the loss now and then.
#
# </details>


# %% exercise="train_autoencoder_layer" points=4 minutes=14
def train_autoencoder_layer(x, hidden, rng):
    """Train an autoencoder on x (N, n): give w (hidden, n), b (hidden,), v (n, hidden), c (n,).

    tanh(x wᵀ + b) is the code, and the code times vᵀ, plus c, brings x back. All chance comes from `rng`.
    """
    ### BEGIN SOLUTION
    n = x.shape[1]
    params = {"w": init.xavier_normal((hidden, n), rng), "b": np.zeros(hidden)}
    params |= {"v": init.xavier_normal((n, hidden), rng), "c": np.zeros(n)}
    adam = Adam(lr=0.01)
    for _ in range(600):
        batch = x[rng.integers(len(x), size=50)]
        z, encoding = cnnlib.linear_forward(batch, params["w"], params["b"])
        code, bending = cnnlib.tanh_forward(z)
        back, decoding = cnnlib.linear_forward(code, params["v"], params["c"])

        dback = 2 * (back - batch) / len(batch)
        dcode, dv, dc = cnnlib.linear_backward(dback, decoding)
        dz = cnnlib.tanh_backward(dcode, bending)
        _, dw, db = cnnlib.linear_backward(dz, encoding)
        adam.step(params, {"w": dw, "b": db, "v": dv, "c": dc})
    return params["w"], params["b"], params["v"], params["c"]
    ### END SOLUTION


# %% check="train_autoencoder_layer"
check("train_autoencoder_layer", train_autoencoder_layer)

# %% [markdown]
# This is what should come back, with the course's own autoencoder: eight test images, and below them what is left
# after they have gone through 16 numbers.

# %% show
coder = fit_autoencoder(flat["train"], 16, rng=np.random.default_rng(9))
some = flat["test"][:8]
pairs = [*some.reshape(-1, 8, 8), *coder.forward(some).reshape(-1, 8, 8)]
draw.images(pairs, columns=8, scale=(0, 1), titles=["x"] * 8 + ["x̂"] * 8)

# %% [markdown]
# ### The tower
#
# Now as in 2006: six layers of tanh, trained one after the other without labels, then all together with labels. Beside
# it, the same network from weights that are too small, as they were then, and from Xavier's rule.


# %%
def greedy(depth, hidden, rng):
    """The weights and biases of layers trained one by one, each on what the one below gives."""
    x, layers = flat["train"], []
    for _ in range(depth):
        coder = fit_autoencoder(x, hidden, steps=300, rng=rng)
        layer = coder.layers[0]
        x, _ = cnnlib.tanh_forward(layer.forward(x))
        layers.append(layer.params)
    return layers


def tower(draw_weights, pretrained=()):
    """Six layers of 32 units and ten classes on top; the first ones from an earlier training."""
    rng = np.random.default_rng(3)
    weights = [draw_weights((b, a), rng) for a, b in pairwise([64] + [32] * 6 + [10])]
    net = network(weights, cnnlib.tanh_forward, cnnlib.tanh_backward)
    for layer, params in zip(net.layers[::2], pretrained, strict=False):
        for name, array in params.items():
            layer.params[name][...] = array
    return net


def tiny(shape, rng):
    return init.normal(shape, rng, std=0.01)


# %% varies
towers = {"2006": tower(tiny, greedy(6, 32, np.random.default_rng(3))), "2010": tower(init.xavier_normal)}
towers["0.01"] = tower(tiny)
courses, shares = {}, {}
for name, net in towers.items():
    courses[name], shares[name] = train(net, epochs=20, lr=0.1, momentum=0.9)
draw.curves(courses, x=np.arange(1, 21), across="epoch", up="loss")

# %% show
for name, share in shares.items():
    print(f"{name}: {'> 85 %' if share > 0.85 else '< 20 %'}")

# %% [markdown]
# Tiny weights never leave 2.3. The tower built layer by layer learns at once: its layers were never dead. That was a
# sensation. But look at the line named 2010: the right *variance* does the same, for the price of a square root.
# What pre-training had given the network was, above all, a sensible scale.
#
# So the procedure went out of use within a few years. Three things replaced it: Xavier's and He's rules, ReLU, and
# later batch normalisation. One of our sources still says that pre-training on unlabelled data beats a random start.
# That was true of the random starts of its time.
#
# The *idea* has come back, though, in another form. Where labels are few and images plenty, one large network learns
# from the unlabelled images first, all layers together, by filling in what has been hidden from it. And a network
# trained on one task is an excellent start for another: that is lesson 11.

# %% [markdown]
# ## What the sources get wrong
#
# - He's rule is not "multiply by $\sqrt n$" but a standard deviation of $\sqrt{2/n}$.
# - $1/n$ is called Xavier's. Glorot and Bengio's own rule is $2/(n_{\mathrm{in}} + n_{\mathrm{out}})$; the two agree
#   where a layer has as many outputs as inputs.
# - $\mathrm{Var}(z) = n\,\mathrm{Var}(w)\,\mathrm{Var}(x)$ holds for inputs of mean 0. After a ReLU it is off by a
#   factor of 1.47: the mean square is 0.5 and the variance 0.34.
# - That unlabelled pre-training beats a random start was so until about 2010. You have just measured it.
#
# ## In short
#
# - Units that start alike stay alike. Random weights break the symmetry; biases may start at 0.
# - $\mathrm{Var}(z) = n\,\mathrm{Var}(w)\,\mathrm{E}[x^2]$, and depth raises the factor to a high power.
# - Forward wants $1/n_{\mathrm{in}}$, backward $1/n_{\mathrm{out}}$; Xavier takes one over their mean, He
#   $2/n_{\mathrm{in}}$ for ReLU. In a convolution, the window counts.
# - For any activation, multiply by the gain $1/\sqrt{\mathrm{E}[f(z)^2]}$.
# - Training layer by layer once made deep networks possible; the right variance does it more simply.
#
# **Where next.** With layers, pooling, backward passes, losses, normalisation and a good start you have all the parts.
# Lesson 08 puts them together: *Architectures*.
