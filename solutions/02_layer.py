# %% [markdown]
# # 02 · The convolution layer
#
# In lesson 01, one kernel slid over one grey image. A layer of a real network takes in a whole stack of images, slides
# many kernels over it, and has rules for the border. In this lesson you build that layer, all of it. At the end you
# will be able to
#
# - write a convolution layer with channels, kernels, biases, padding and stride;
# - say how large its output is before you run it, also when the sizes do not fit;
# - spread a kernel by dilation, and split it up into groups;
# - count what a layer costs, in numbers to learn and in multiplications;
# - work out how much of the image one value deep in a network has seen, and measure it.
#
# Allow about 90 minutes. You need lesson 01, nothing more.

# %%
import numpy as np

import cnnlib
import cnnlib.data
import cnnlib.draw as draw

# %% [markdown]
# ## Volumes and channels
#
# A colour image holds three numbers at each pixel: how much red, how much green, how much blue. So it is three grey
# images, one on top of the other. Each of them is a **channel**, and the stack of all three is a **volume**.

# %% show
cat = cnnlib.data.load_photo("cat", size=(96, 140)).astype(float)
draw.images([*cat], titles=["R", "G", "B"], scale=(0, 1), credit=cnnlib.data.PHOTOS["cat"].credit)

# %% [markdown]
# Compare the three. The fur is brightest in red, and darkest in blue. Nothing else meets the eye.
#
# What is a kernel for such an image? It needs weights for every channel: a 3x3 kernel has $3 \cdot 3 \cdot 3 = 27$
# numbers. It is laid over all three channels at the same place. All 27 products are added up, and out comes **one**
# number. So three channels and one kernel give one map, not three.
#
# The kernel below blurs, with the weight $+1$ for green and $-\frac12$ for red and for blue. The first three pictures
# are what each channel contributes, the last one is their sum. Where the image is grey, all three channels are equal,
# and they cancel. Guess first: where will the sum be brightest?

# %% show
blur = np.full((3, 3), 1 / 9)
greenish = np.stack([-0.5 * blur, blur, -0.5 * blur])
shares = [cnnlib.correlate2d(cat[c], greenish[c]) for c in range(3)]
draw.images([*shares, sum(shares)], titles=["R", "G", "B", "R + G + B"], columns=2, signed=True)

# %% [markdown]
# The eyes. In none of the three channels did they stand out; it takes all three at once to see that they are green.
#
# That is all there is to channels: one sum more. With the names that the code uses, for the map of kernel $k$,
#
# $$y_{k,r,s} = b_k + \sum_{c} \sum_{u} \sum_{v} x_{c,\,r+u,\,s+v}\; w_{k,c,u,v}$$
#
# Three things are new.
#
# - The sum over $c$ runs over all channels of the input.
# - The index $k$: a layer has many kernels, a **filter bank**. Each asks its own question and fills its own map. The
#   maps, stacked, are the next volume. So **the number of kernels of a layer is the number of channels of the next**.
# - The **bias** $b_k$, one number for each kernel, is added to its whole map.
#
# Most layers then replace every negative value by zero, with the function $\mathrm{relu}(y) = \max(0, y)$. What stands
# before it is called *preactivation*, what comes after it *activation*. Together, the bias and the ReLU make a
# threshold: a bias of $-0.01$ lets through only what exceeds $0.01$.

# %% show
before = sum(shares)
with_bias = before - 0.01
draw.images([before, with_bias, np.maximum(0, with_bias)], titles=["y", "y + b", "relu(y + b)"], signed=True)

# %% [markdown]
# ### How shapes are written
#
# The letters are the same in the whole course: $N$ images in a batch, $C$ channels, $H$ rows and $W$ columns; $K$
# kernels of $h$ rows and $w$ columns.
#
# | array | axes |
# |---|---|
# | input `x` | `(N, C, H, W)` |
# | kernels `w` | `(K, C, h, w)` |
# | biases `b` | `(K,)` |
# | output `y` | `(N, K, H-h+1, W-w+1)` |
#
# Slides and papers write 32x32x3: rows, columns, channels. Code, ours and torch's, puts the channels before the
# pixels: `(3, 32, 32)`. It is the same volume. When two programs disagree about an image, ask first in which order
# its axes are.
#
# Here is a chain of two layers: a small image, not square, then six kernels of 3x3, then ten of 5x5. Nothing is
# padded. Over each arrow you read the number of kernels and the shape of each.

# %% show
draw.volumes([(3, 20, 28), (6, 18, 26), (10, 14, 22)], between=["6 × (3, 3, 3)", "10 × (6, 5, 5)"])

# %% [markdown]
# Follow the numbers. Why is the kernel of the second layer `(6, 5, 5)`, although the image has three channels?

# %% [markdown]
# ### Predict
#
# An image `(3, 32, 32)` goes through three layers, without padding: first 8 kernels of 5x5, then 32 kernels of 5x5,
# then 16 kernels of 3x3. What is the shape after each layer?

# %% predict="chain" points=1 minutes=4
# The three shapes (channels, rows, columns), such as [[3, 32, 32], [3, 32, 32], [3, 32, 32]].
chain = [[8, 28, 28], [32, 24, 24], [16, 22, 22]]

# %% check="chain"
check("chain", chain)

# %% [markdown]
# ## Padding and stride
#
# Each layer nibbles at the image: a kernel of 5 costs four rows and four columns. Let a 32x32 image go through layer
# after layer of 5x5 kernels. How many layers can there be?

# %%
n = 32
while n >= 5:
    print(n, end=" ")
    n = cnnlib.output_size(n, 5)
print(n)

# %% [markdown]
# Seven layers, and nothing is left for an eighth. The cure is simple: put a frame of zeros around the image. It is
# called **zero padding**. Below, an image of 7x7 has been padded by 1, hence 9x9; the hatched zeros are the frame. A
# 3x3 window has 7x7 places in it: the size is kept.

# %% show
small = np.random.default_rng(2).integers(1, 10, (7, 7)).astype(float)
padded = np.pad(small, 1)
draw.array(padded, marked=np.pad(np.zeros((7, 7)), 1, constant_values=1), windows=[(0, 0, 3, 3), (6, 6, 3, 3)])

# %% [markdown]
# How wide must the frame be? A kernel of $h$ rows costs $h-1$ rows, and a padding of $P$ gives back $2P$ of them. So
#
# $$2P = h-1 \qquad P = \frac{h-1}{2}$$
#
# One more reason for odd kernels: for them, $P$ is a whole number.

# %%
for kernel in (3, 5, 7, 9):
    print(kernel, cnnlib.same_padding(64, kernel))

# %% [markdown]
# Libraries have two words for it. `"valid"` means no padding: only valid windows count. `"same"` means as much padding
# as the size needs to stay the same. If that is an odd number of rows, for an even kernel, the extra one usually goes
# after the image. So the two ends may differ, and cnnlib gives a pair, *before* and *after*.
#
# ### The price of zeros
#
# The zeros are not in the picture. A window at the border sees them all the same, and takes them for darkness. Layer
# by layer this spreads inwards. Below, an image of ones is blurred by 5x5, once, three times, six times: what is not
# white has been touched by the frame.

# %% show
share, after = np.ones((1, 1, 40, 40)), []
for _ in range(6):
    share, _ = cnnlib.conv2d_forward(share, np.full((1, 1, 5, 5), 1 / 25), padding=2)
    after.append(share[0, 0])
draw.images([after[0], after[2], after[5]], titles=["1", "3", "6"], scale=(0, 1))

# %%
corner = cnnlib.conv2d_forward(np.ones((1, 1, 40, 40)), np.full((1, 1, 5, 5), 1 / 25), padding=2)[0][0, 0]
print(f"{corner[0, 0]:.2f} {corner[0, 20]:.2f} {corner[20, 20]:.2f}")

# %% [markdown]
# In a corner, only 9 of 25 values are real; in the middle of an edge, 15 of 25. In practice this does little harm,
# and everyone pads. But know it, when a network behaves oddly near the border.
#
# ### Write it
#
# Pad a whole batch. Each of the four sides has its own width.
#
# <details><summary>Hint: which axes?</summary>
#
# The batch is <code>(N, C, H, W)</code>. Only the last two axes grow. How large do they become?
#
# </details>
#
# <details><summary>Hint: two ways</summary>
#
# Either make an array of zeros in the new size, and write <code>x</code> into the right place. Or use
# <code>np.pad</code>, which wants a pair for each of the four axes.
#
# </details>


# %% exercise="zero_pad" points=2 minutes=5
def zero_pad(x, p):
    """The images x (N, C, H, W) in a frame of zeros; p is ((top, bottom), (left, right)).

    >>> zero_pad(np.array([[[[1.0, 2]]]]), ((1, 0), (0, 2)))
    array([[[[0., 0., 0., 0.],
             [1., 2., 0., 0.]]]])
    """
    ### BEGIN SOLUTION
    (top, bottom), (left, right) = p
    N, C, H, W = x.shape
    y = np.zeros((N, C, top + H + bottom, left + W + right))
    y[:, :, top : top + H, left : left + W] = x
    return y
    ### END SOLUTION


# %% check="zero_pad"
check("zero_pad", zero_pad)

# %% [markdown]
# ### Predict
#
# Three questions, five numbers.
#
# 1. An image `(3, 224, 224)` meets kernels of 5x5. How many channels does each kernel have?
# 2. There are 32 of them, and no padding. What is the shape of the output?
# 3. A volume `(10, 64, 64)` meets kernels of 9x9, and its 64 rows and columns are to be kept. How wide is the padding?

# %% predict="quiz" points=1 minutes=4
# Channels of a kernel; channels, rows and columns of the output; padding: such as [1, 1, 10, 10, 0].
quiz = [3, 32, 220, 220, 4]

# %% check="quiz"
check("quiz", quiz)

# %% [markdown]
# ### Larger steps
#
# Neighbouring windows overlap almost wholly, so they say nearly the same. Do we need them all? With a **stride** of 2,
# the window moves two places at a time, to the right and downwards. A quarter of the outputs remains, and of the work.
#
# Step through it. An image of 7x7 and a kernel of 3x3: how many places are there in a row?

# %% show
cross = np.array([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]])
draw.sliding_window(small, cross, stride=2)

# %% [markdown]
# The last window ends exactly at the border. Was that luck?

# %% [markdown]
# ## Sizes that do not fit
#
# Let us count, along one axis. There are $n$ values, with the padding $n + 2P$. The first window starts at place $0$,
# the next one at $S$, then $2S$, $3S$ and so on. The last possible start is at $n + 2P - h$, because a window needs
# $h$ values. From $0$ to there, in steps of $S$, there are
#
# $$\left\lfloor \frac{n + 2P - h}{S} \right\rfloor + 1$$
#
# places. The $+1$ is the first window, which needs no step. The brackets round down.
#
# Try it on 7 values and a kernel of 3. With stride 1, $4/1+1 = 5$. With stride 2, $4/2+1 = 3$, as in the animation.
# With stride 3, $4/3+1 = 2.33$: the last value finds no window.

# %% show
draw.array(np.arange(1.0, 8), marked=np.arange(7) == 6, windows=[(0, 0, 1, 3), (0, 3, 1, 3)])

# %% [markdown]
# What now? There are three ways.
#
# - **Pad**: add zeros at the end until it fits.
# - **Crop**: leave out what no window reaches.
# - **Refuse**: stop with an error, and let the user decide.
#
# Torch, and cnnlib after it, crop, *without a word*. The last row and the last column of your images may never be
# looked at. Here they are changed wildly, and the output does not move:

# %%
image = np.random.default_rng(0).normal(size=(1, 1, 7, 7))
changed = image.copy()
changed[..., 6, :] = changed[..., :, 6] = 1000
kernel = np.ones((1, 1, 3, 3))
one, other = (cnnlib.conv2d_forward(x, kernel, stride=3)[0] for x in (image, changed))
print(one.shape, np.abs(one - other).max())
print([cnnlib.fits_exactly(7, 3, stride=stride) for stride in (1, 2, 3)])

# %% [markdown] question="why_down"
# **Why?** The formula rounds down. What would rounding up mean for the last window, and what would the library have to
# invent?
#
# ### BEGIN SOLUTION
# Rounding up counts a last window that sticks out at the end. It needs values that do not exist, so the library would
# have to invent them, as zeros say: that is padding, on one side only, which nobody asked for. Rounding down uses
# nothing but what is there.
# ### END SOLUTION

# %% [markdown]
# ### Gaps in the kernel
#
# One number more, and the formula is complete. With a **dilation** of $d$, the values of a kernel do not lie side by
# side but $d$ places apart. Between them are $d-1$ gaps, drawn here as hatched zeros, for $d = 1$, $2$ and $3$:

# %% show
three = {"1": [1, 2, 3], "2": [1, 0, 2, 0, 3], "3": [1, 0, 0, 2, 0, 0, 3]}
draw.boxes(three, marked={d: np.array(row) == 0 for d, row in three.items()})

# %% [markdown]
# From its first value to its last, a kernel of $h$ values takes $h-1$ steps of $d$. So it covers $d(h-1)+1$ places.
# In the formula, this takes the place of $h$.
#
# <details><summary>Hint: how far can the window move?</summary>
#
# Work out first how many places the dilated kernel covers, then how many are left over: the padded length minus that.
# That is how far the first window can move.
#
# </details>
#
# <details><summary>Hint: rounding down</summary>
#
# <code>a // b</code> divides whole numbers and rounds down. The result is a whole number, as a size must be.
#
# </details>


# %% exercise="output_size" points=2 minutes=7
def output_size(n, kernel, stride=1, padding=0, dilation=1):
    """How many windows fit along an axis of n values; at least one does.

    >>> output_size(7, 3, stride=2), output_size(7, 3, padding=1), output_size(7, 3, dilation=2)
    (3, 7, 3)
    """
    ### BEGIN SOLUTION
    span = dilation * (kernel - 1) + 1
    return (n + 2 * padding - span) // stride + 1
    ### END SOLUTION


# %% check="output_size"
check("output_size", output_size)

# %% [markdown]
# ## The whole layer
#
# Now put it together: channels, kernels, biases, padding and stride. Loops are welcome. When you are done, you have
# written the layer that most of deep learning on images is made of.
#
# <details><summary>Hint: in which order</summary>
#
# First pad. Then take the shapes apart: <code>N, C, H, W</code> from what is padded, and those of <code>w</code>.
# Then the size of the output, then an array of zeros for it, then the loops.
#
# </details>
#
# <details><summary>Hint: where a window starts</summary>
#
# The window of output <code>r, s</code> starts at row <code>r * stride</code> and column <code>s * stride</code> of
# the padded image. It takes all channels: <code>padded[n, :, top : top + h, ...]</code>.
#
# </details>
#
# <details><summary>Hint: fewer loops</summary>
#
# A window of one image has the shape <code>(C, h, w)</code>, like <code>w[k]</code>: multiply and sum, then add
# <code>b[k]</code>. All images of the batch can go at once, if the sum leaves axis 0 alone.
#
# </details>


# %% exercise="conv_layer" points=4 minutes=12
def conv_layer(x, w, b, stride=1, padding=0):
    """Slide w (K, C, h, w) over x (N, C, H, W), zero-padded on all four sides, and add b (K,).

    >>> x = np.array([[[[1.0, 2, 3]], [[10, 20, 30]]]])
    >>> conv_layer(x, np.ones((1, 2, 1, 1)), np.array([0.5]), stride=2)
    array([[[[11.5, 33.5]]]])
    """
    ### BEGIN SOLUTION
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    N, _, H, W = padded.shape
    K, _, height, width = w.shape
    rows, columns = (H - height) // stride + 1, (W - width) // stride + 1
    y = np.zeros((N, K, rows, columns))
    for k in range(K):
        for r in range(rows):
            for s in range(columns):
                top, left = r * stride, s * stride
                window = padded[:, :, top : top + height, left : left + width]
                y[:, k, r, s] = np.sum(window * w[k], axis=(1, 2, 3)) + b[k]
    return y
    ### END SOLUTION


# %% check="conv_layer"
check("conv_layer", conv_layer)

# %% [markdown]
# From here on, `cnnlib.conv2d_forward` does the same, only faster. It gives two things back: the output, and what the
# backward pass will need to remember, which is a matter for lesson 04.
#
# Here is a layer of four kernels at work, with stride 2 and a ReLU: two look for edges, two for colours. Training
# would find its own four. The last one you know; what does the third one find?

# %% show
edge = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 3
reddish = np.stack([blur, -0.5 * blur, -0.5 * blur])
bank = np.stack([np.stack([edge] * 3), np.stack([edge.T] * 3), reddish, greenish])
maps, _ = cnnlib.conv2d_forward(cat[None], bank, np.array([0, 0, -0.22, -0.01]), stride=2, padding=1)
draw.images(np.maximum(0, maps[0]), titles=["0", "1", "2", "3"], columns=4)

# %% show
print(cat[None].shape, bank.shape, maps.shape)

# %% [markdown]
# ### Typical values
#
# Few of all possible layers are ever used. These choices cover most networks:
#
# | kernel | stride | padding | what for |
# |---|---|---|---|
# | 3x3 | 1 | 1 | the workhorse: keeps the size |
# | 5x5 | 1 | 2 | keeps the size, sees more |
# | 3x3 or 5x5 | 2 | 1 or 2 | halves the size |
# | 1x1 | 1 | 0 | mixes channels: see below |
#
# The number of kernels is often a power of two, and doubles where the size is halved.

# %% [markdown]
# ## Dilation and groups
#
# A dilated kernel has as many weights as before, and sees further. Step through this one: 3x3 with dilation 2. It has
# nine weights, still, but covers 5x5 pixels. It is also called *à trous*, French for "with holes".

# %% show
draw.sliding_window(small, cross, dilation=2)

# %% [markdown]
# There are two ways to compute it. One skips pixels. The other writes the zeros into the kernel, and then uses what
# you already have. The second is slower, since it multiplies by zeros, but it shows that nothing new is needed.
#
# <details><summary>Hint</summary>
#
# Make an array of zeros in the size that the dilated kernel covers. A slice may have a step:
# <code>a[::2, ::2]</code> is every second row and every second column.
#
# </details>


# %% exercise="dilate" points=2 minutes=4
def dilate(k, rate):
    """The kernel k (h, w) with its values `rate` places apart, and zeros in the gaps between them.

    >>> dilate(np.array([[1.0, 2], [3, 4]]), 2)
    array([[1., 0., 2.],
           [0., 0., 0.],
           [3., 0., 4.]])
    """
    ### BEGIN SOLUTION
    h, w = k.shape
    dilated = np.zeros((rate * (h - 1) + 1, rate * (w - 1) + 1))
    dilated[::rate, ::rate] = k
    return dilated
    ### END SOLUTION


# %% check="dilate"
check("dilate", dilate)

# %% [markdown]
# ### Groups
#
# So far every kernel looks at every channel. Below, the four channels of `x` are at the foot and four maps `y` on top,
# and a line says: this map looks at this channel. A layer without groups is fully connected, from channel to channel.

# %% show
draw.links([np.ones((4, 4))], titles=["x", "y"])

# %% [markdown]
# With two **groups**, the channels are split into two halves, and so are the kernels. The first half of the kernels
# sees only the first half of the channels:

# %% show
draw.links([np.kron(np.eye(2), np.ones((2, 2)))], titles=["x", "y"])

# %% [markdown]
# With as many groups as channels, each kernel sees a single one. This is a **depthwise** convolution:

# %% show
draw.links([np.eye(4)], titles=["x", "y"])

# %% [markdown]
# Count the lines: 16, 8, 4. Each line is a plane of $h \cdot w$ weights, so $G$ groups divide weights and work by $G$.
# A kernel now has only $C/G$ channels: `w` has the shape `(K, C/G, h, w)`.
#
# AlexNet, in 2012, was cut into two groups for a humble reason: it did not fit into the memory of one graphics card.
# Networks for telephones use depthwise convolutions to save work.
#
# Now write it. For a single channel and a single plane of weights you may use `cnnlib.correlate2d`.
#
# <details><summary>Hint: whose channels?</summary>
#
# There are <code>K // groups</code> kernels in each group, one after the other. So kernel <code>k</code> belongs to
# group <code>k // (K // groups)</code>. Which channel is the first of that group?
#
# </details>
#
# <details><summary>Hint: how to put it together</summary>
#
# The map of kernel <code>k</code> is a sum over the channels <code>c</code> of the kernel: the plane
# <code>w[k, c]</code> slides over the channel of <code>x</code> that it meets.
#
# </details>


# %% exercise="grouped_conv" points=3 minutes=8
def grouped_conv(x, w, groups):
    """Slide w (K, C/groups, h, w) over x (N, C, H, W), each group over its own channels.

    >>> x = np.array([[[[1.0, 2]], [[10, 20]]]])
    >>> grouped_conv(x, np.array([3.0, 5]).reshape(2, 1, 1, 1), 2)
    array([[[[  3.,   6.]],
    <BLANKLINE>
            [[ 50., 100.]]]])
    """
    ### BEGIN SOLUTION
    N, _, H, W = x.shape
    K, channels, height, width = w.shape
    y = np.zeros((N, K, H - height + 1, W - width + 1))
    for n in range(N):
        for k in range(K):
            first = k // (K // groups) * channels
            for c in range(channels):
                y[n, k] += cnnlib.correlate2d(x[n, first + c], w[k, c])
    return y
    ### END SOLUTION


# %% check="grouped_conv"
check("grouped_conv", grouped_conv)

# %% [markdown]
# ## What a layer costs
#
# Two costs count, and they are not the same. The **parameters** are the numbers that a layer learns and stores. The
# **multiplications** are the work for one image.
#
# ### Predict
#
# An image `(3, 32, 32)` goes through 8 kernels of 5x5, without padding. How many parameters does this layer have, with
# its biases? And how many would a fully connected layer have, from all values of the image to all values of that
# output, with a bias for each neuron?

# %% predict="shared_or_dense" points=1 minutes=4
# The parameters of the convolution, then those of the fully connected layer: [1_000, 1_000_000].
shared_or_dense = [608, 19_273_856]

# %% check="shared_or_dense"
check("shared_or_dense", shared_or_dense)

# %% [markdown]
# The second number is about thirty thousand times the first. What has been lost? The convolution cannot relate two
# pixels that lie far apart: its window ends after five. And it cannot treat one corner differently from another. The
# first will be mended by depth, as you will see below; the second is the point.
#
# ### Count
#
# <details><summary>Hint: parameters</summary>
#
# How many weights has one kernel? It sees <code>C // groups</code> channels. One bias more, and all of it $K$ times.
#
# </details>


# %% exercise="count_parameters" points=1 minutes=4
def count_parameters(C, K, h, w, groups=1):
    """The numbers that a layer learns: K kernels of h by w over C channels in groups, each with a bias.

    >>> count_parameters(3, 4, 2, 2), count_parameters(6, 4, 2, 2, groups=2)
    (52, 52)
    """
    ### BEGIN SOLUTION
    return K * (C // groups * h * w + 1)
    ### END SOLUTION


# %% check="count_parameters"
check("count_parameters", count_parameters)

# %% [markdown]
# Now the work. Every weight multiplies once at every place of the *output*. Additions are not counted: there are about
# as many of them, and for comparing layers it makes no difference. `cnnlib.output_size` may help.
#
# <details><summary>Hint: multiplications</summary>
#
# Places times weights. The places: rows of the output times its columns. The weights: as above, but biases only add.
#
# </details>


# %% exercise="count_multiplications" points=2 minutes=5
def count_multiplications(C, K, h, w, H, W, stride=1, padding=0, groups=1):
    """The multiplications for one image (C, H, W) by K kernels of h by w in groups.

    >>> count_multiplications(1, 1, 3, 3, 7, 7, stride=2)
    81
    """
    ### BEGIN SOLUTION
    rows = cnnlib.output_size(H, h, stride=stride, padding=padding)
    columns = cnnlib.output_size(W, w, stride=stride, padding=padding)
    return rows * columns * K * (C // groups) * h * w
    ### END SOLUTION


# %% check="count_multiplications"
check("count_multiplications", count_multiplications)

# %% [markdown]
# Which layers of a network hold the parameters, and which ones do the work? Compare a layer near the input of a large
# network with one near its end. The columns: channels, kernels, size, parameters, multiplications.

# %%
for channels, filters, side in ((3, 64, 224), (64, 64, 224), (512, 512, 14)):
    parameters = cnnlib.conv2d_parameters(channels, filters, 3)
    work = cnnlib.conv2d_multiplications(channels, filters, 3, side)
    print(f"{channels:4} {filters:4} {side:4} {parameters:10,} {work:14,}")

# %% [markdown]
# The second layer has sixty times fewer parameters than the third, and four times its work: few weights, but used
# everywhere. Memory and time are spent in different places.

# %% [markdown] question="why_one_bias" points=2
# **Why?** A convolution has one bias for each kernel, and not one for each value of the output. What would be lost if
# every value had its own? Give a reason other than the number of parameters.
#
# ### BEGIN SOLUTION
# The layer would no longer treat all places alike. The same pattern would have to be stronger at one place than at
# another to get past the threshold, so that a moved input would not give the moved output: translation equivariance
# would be lost. And what one place learns about the threshold would not help the others. Full points for one of these.
# ### END SOLUTION

# %% [markdown]
# ## How far a pixel sees
#
# One window of 3x3 sees little. But the next layer looks at windows *of windows*. Take one value in the last map: which
# pixels of the image does it depend on? They are its **receptive field**.
#
# Here is one pixel's path through five layers with kernels of 3, drawn along one axis. Layers 2 and 4 have stride 2.
# Black dots are what the value at the top has seen, layer by layer. Count them, row by row, from the top.


# %% show
def windows_as_matrix(n, kernel, stride):
    return np.stack([cnnlib.correlate1d(unit, np.ones(kernel)) for unit in np.eye(n)], axis=1)[::stride]


path = [windows_as_matrix(33, 3, 1)]
for stride in (2, 1, 2, 1):
    path.append(windows_as_matrix(len(path[-1]), 3, stride))
draw.links(path, titles=["x", "1", "2", "3", "4", "5"], start=2)

# %% [markdown]
# The value at the top sees 1, 3, 7, 9, 19, and at last 21 values. Each row is a matrix from the end of lesson 01, by
# the way: a line for every place that is not zero, and every second row left out where the stride is 2.
#
# Now the other way, from the image upwards. Two numbers are enough.
#
# - The **step** $j$ is how far apart, in the image, two neighbours of the current layer lie. It starts at 1, and each
#   stride multiplies it.
# - The **field** $F$ is how many pixels one value sees. It starts at 1: a pixel sees itself. A kernel of $h$ adds $h-1$
#   neighbours, and each neighbour moves the field on by one *step*. With dilation, it is $d(h-1)$ steps.
#
# $$F \leftarrow F + d\,(h-1)\,j \qquad j \leftarrow j\,S$$
#
# | layer | kernel | stride | field | step after it |
# |---|---|---|---|---|
# | | | | 1 | 1 |
# | 1 | 3 | 1 | 1 + 2·1 = 3 | 1 |
# | 2 | 3 | 2 | 3 + 2·1 = 5 | 2 |
# | 3 | 3 | 1 | 5 + 2·2 = 9 | 2 |
# | 4 | 3 | 2 | 9 + 2·2 = 13 | 4 |
# | 5 | 3 | 1 | 13 + 2·4 = 21 | 4 |
#
# Mind the order: a layer's own stride counts for the layers after it, not for itself.


# %% exercise="receptive_field" points=3 minutes=8
def receptive_field(layers):
    """How many values of the input, along one axis, one value after the last layer sees.

    Each layer is (kernel, stride, dilation); the first of them is next to the input.

    >>> receptive_field([(3, 2, 1), (3, 1, 1)]), receptive_field([(3, 1, 2)])
    (7, 5)
    """
    ### BEGIN SOLUTION
    field, step = 1, 1
    for kernel, stride, dilation in layers:
        field += dilation * (kernel - 1) * step
        step *= stride
    return field
    ### END SOLUTION


# %% check="receptive_field"
check("receptive_field", receptive_field)

# %% [markdown]
# ### Measure it
#
# A formula can be wrong, so let us measure. Build a network of random kernels, pick one value of its last map, and ask
# for each pixel of the image: if this pixel changed a little, how much would the value change? That number is the
# *gradient*. Where it is zero, the value does not see the pixel. How gradients are computed is the subject of lesson
# 04; here `cnnlib` does it.
#
# Three networks: five layers of 3x3; the same five with strides 1, 2, 1, 2, 1; and four layers of 3x3 with dilations
# 1, 2, 4, 8. For each, the width that is not zero, and what the formula says:


# %%
def seen_by_one(layers, n=41, seed=0):
    """How much each pixel (n, n) matters to the value in the middle of the last map."""
    rng = np.random.default_rng(seed)
    y, caches = np.ones((1, 1, n, n)), []
    for kernel, stride, dilation in layers:
        w = rng.random((1, 1, kernel, kernel))
        y, cache = cnnlib.conv2d_forward(y, w, stride=stride, dilation=dilation)
        caches.append(cache)
    gradient = np.zeros_like(y)
    gradient[0, 0, y.shape[2] // 2, y.shape[3] // 2] = 1
    for cache in reversed(caches):
        gradient, _, _ = cnnlib.conv2d_backward(gradient, cache)
    return gradient[0, 0]


networks = {
    "S = 1 1 1 1 1": [(3, 1, 1)] * 5,
    "S = 1 2 1 2 1": [(3, 1, 1), (3, 2, 1), (3, 1, 1), (3, 2, 1), (3, 1, 1)],
    "d = 1 2 4 8": [(3, 1, 1), (3, 1, 2), (3, 1, 4), (3, 1, 8)],
}
fields = [seen_by_one(layers) for layers in networks.values()]
for field, layers in zip(fields, networks.values(), strict=True):
    print(np.count_nonzero(field.any(axis=0)), cnnlib.receptive_field(layers))

# %% show
draw.images([*(field != 0 for field in fields), *fields], titles=[*networks, "", "", ""], columns=3)

# %% [markdown]
# Above, white is all that is seen. Below, the brighter, the more it matters. Two things are worth remembering.
#
# **Strides and dilation buy sight.** Five plain layers see 11 pixels; with two strides, 21; four layers with growing
# dilation, 31. Each plain layer adds two pixels, each doubling of the dilation doubles what is added.
#
# **Not all that is seen counts alike.** The middle is bright, the border almost black. Count the paths to see why:
# from the border, only one path of lines leads up to the value; from the middle, many do. For five layers of ones,
# along one axis:

# %%
paths = np.ones(1)
for _ in range(5):
    paths = cnnlib.convolve1d(np.pad(paths, 2), np.ones(3))
print(paths.astype(int))

# %% [markdown]
# These are the sums of five dice with three sides: the convolution of lesson 01 again. With more layers the row comes
# ever closer to a bell curve, much narrower than the field. So a network sees less than its receptive field promises.
#
# ### Small kernels, many layers
#
# Three layers of 3x3 see 7x7, like one layer of 7x7. Which costs less? Let all have $C$ channels in and out. Three
# layers have $3 \cdot 9\,C^2 = 27\,C^2$ weights, one large layer has $49\,C^2$.

# %%
channels = 64
three_small = 3 * cnnlib.conv2d_parameters(channels, channels, 3, bias=False)
one_large = cnnlib.conv2d_parameters(channels, channels, 7, bias=False)
print(cnnlib.receptive_field([(3, 1)] * 3), cnnlib.receptive_field([(7, 1)]))
print(f"{three_small:,} {one_large:,} {100 * (1 - three_small / one_large):.0f} %")

# %% [markdown]
# The same sight for 45 % fewer weights, and two ReLUs more in between. Since VGG, in 2014, almost every network is
# built of 3x3.

# %% [markdown]
# ## One by one
#
# The smallest kernel is 1x1. Over a grey image it does nothing but multiply. Over a volume it is a different matter: at
# each pixel it takes the $C$ numbers of that pixel and makes a new number of them. With $K$ kernels, $C$ numbers become
# $K$: a fully connected layer at each pixel, the same for all pixels.
#
# Below, three kernels of 1x1 work on the cat: how bright is it, redder than green, yellower than blue? No neighbour
# is looked at.

# %% show
mixing = np.array([[0.21, 0.72, 0.07], [1, -1, 0], [0.5, 0.5, -1]])
bright, red_green, yellow_blue = cnnlib.conv2d_forward(cat[None], mixing[:, :, None, None])[0][0]
draw.images([bright, red_green, yellow_blue], titles=["0.21 R + 0.72 G + 0.07 B", "R − G", "(R + G)/2 − B"], columns=3)

# %% [markdown]
# Such a layer changes the number of channels cheaply. After a depthwise convolution, which mixes pixels but no
# channels, it mixes channels but no pixels. Together they do nearly the work of a full layer. At what price? A layer
# of 3x3 from 128 to 128 channels, on 28x28 places, in full and in two steps:

# %%
full = cnnlib.conv2d_multiplications(128, 128, 3, 28)
depthwise = cnnlib.conv2d_multiplications(128, 128, 3, 28, groups=128)
mixed = cnnlib.conv2d_multiplications(128, 128, 1, 28)
print(f"{full:,} {depthwise + mixed:,} {full / (depthwise + mixed):.1f}")

# %% [markdown]
# Eight times less. The formula, for 1x1, loses its sums over $u$ and $v$:
#
# $$y_{n,k,r,s} = \sum_c w_{k,c}\; x_{n,c,r,s}$$
#
# That is a matrix `w` of $(K, C)$ times the column of $C$ numbers at each pixel. Write all pixels side by side, as the
# columns of one matrix, and a **single matrix product** does the whole layer. There need be no loop at all; the check
# counts the lines that run.
#
# <details><summary>Hint: the columns</summary>
#
# For one image, <code>x[n].reshape(C, H * W)</code> has one row for each channel and one column for each pixel. And
# <code>@</code> multiplies whole stacks of matrices, if the matrices are the last two axes.
#
# </details>
#
# <details><summary>Hint: careful with reshape</summary>
#
# <code>reshape</code> moves nothing: it reads the numbers in their order and cuts them anew. To bring an axis to
# another place use <code>np.moveaxis</code> or <code>transpose</code>.
#
# </details>


# %% exercise="pointwise" points=2 minutes=6
def pointwise(x, w):
    """The 1x1 convolution of x (N, C, H, W) with w (K, C), by one matrix product and without a loop.

    >>> pointwise(np.array([[[[1.0, 2]], [[10, 20]]]]), np.array([[1.0, 1], [2, 0]]))
    array([[[[11., 22.]],
    <BLANKLINE>
            [[ 2.,  4.]]]])
    """
    ### BEGIN SOLUTION
    N, C, H, W = x.shape
    K, _ = w.shape
    columns = x.reshape(N, C, H * W)
    return (w @ columns).reshape(N, K, H, W)
    ### END SOLUTION


# %% check="pointwise"
check("pointwise", pointwise)

# %% [markdown]
# ## What the sources get wrong
#
# **Two meanings of one word.** A French source calls *saut* the number of pixels that are *jumped over*: its $s$ is our
# stride minus one. Its size of the output, for a kernel of $2h+1$, is
#
# $$\frac{n - 2h}{s + 1}$$
#
# and that is right whenever the division comes out even. Otherwise it must be rounded *up*. Ours must be rounded
# *down*. Then the two always agree, because $\lceil a/b \rceil = \lfloor (a-1)/b \rfloor + 1$ for whole numbers. Here
# are both, before any rounding, then the true size: for 7, 8 and 9 values, a kernel of 3 and a stride of 2.

# %%
for n in (7, 8, 9):
    print(n, (n - 2) / 2, (n - 3) / 2 + 1, cnnlib.output_size(n, 3, stride=2))

# %% [markdown]
# Neither formula is wrong; each is a whole number where the other is not. What is missing is the word *rounded*.
#
# **Always?** One deck says in capital letters that the depth of a kernel is *always* that of its input. Without groups
# it is. But the same deck shows AlexNet on its two graphics cards: there, the kernels of the second layer see 48 of 96
# channels. With $G$ groups the depth is $C/G$.
#
# **A question that lacks a word.** "How wide is the padding for 64x64x10 with a 9x9 kernel?" Any width is allowed. The
# answer 4 is right if the size is to be *kept*, which the question does not say. We have added it.

# %% [markdown]
# ## In short
#
# - A kernel looks at all channels at once, and gives one map. $K$ kernels give $K$ maps, the channels of the next
#   layer.
# - Along each axis there are $\lfloor (n + 2P - d(h-1) - 1)/S \rfloor + 1$ windows. What does not fit is left out
#   without a word.
# - A padding of $(h-1)/2$ keeps the size. Its zeros are not in the picture.
# - Dilation sees further with the same weights. $G$ groups divide weights and work by $G$.
# - A layer learns $K\,(h\,w\,C/G + 1)$ numbers; each weight multiplies once at each place of the output.
# - The receptive field grows by $d(h-1)$ steps in each layer; strides lengthen the steps. The middle counts most.
# - A 1x1 convolution is a matrix product at each pixel.
#
# **Where next.** A stride makes maps smaller and forgets three windows of four. There are gentler ways, which look at
# all values before they choose. That is lesson 03, *Pooling*.
