# %% [markdown]
# # 03 · Pooling
#
# A feature map says, pixel by pixel, how much of a pattern is there. Often that is more than we want to know: there
# is an eye, somewhere up here. **Pooling** makes a map smaller by putting one number in the place of many. At the end
# you will be able to
#
# - pool by the maximum, by the mean, by chance, over a whole image and along a sentence;
# - treat borders so that nothing false comes in;
# - send the gradient back through a pooling, also where windows overlap;
# - measure how much a shift of the image changes, and say what pooling does about it, and what it does not;
# - choose between pooling and a stride.
#
# Plan about 75 minutes. You need lesson 02: channels, padding, stride, and the size of an output.

# %%
import numpy as np

import cnnlib
import cnnlib.data
import cnnlib.draw as draw

# %% [markdown]
# ## Maximum and average
#
# Below is a map of four by four. Cut it into windows of two by two that lie side by side: four windows, drawn with
# four kinds of line.

# %%
plane = np.array([[5.0, 3, 0, 3], [4, 0, 9, 4], [2, 4, 1, 2], [1, 3, 2, 3]])

# %% show
draw.array(plane, windows=[(0, 0, 2, 2), (0, 2, 2, 2), (2, 0, 2, 2), (2, 2, 2, 2)])

# %% [markdown]
# **Max pooling** keeps the largest value of each window. It answers the question: *is the pattern anywhere in here,
# and how clearly?*
#
# Before you go on, work it out.

# %% predict="pooled_by_maximum" points=1 minutes=1
# The largest value of each window: two rows of two.
pooled_by_maximum = [[5, 9], [4, 3]]

# %% check="pooled_by_maximum"
check("pooled_by_maximum", pooled_by_maximum)

# %% [markdown]
# Sixteen numbers have become four, and nothing had to be learnt for it: pooling has **no parameters**. Channels stay
# apart. Each map is pooled by itself, so C maps come in and C maps go out.
#
# As a formula, with a window of $h$ by $w$, a stride $S$ and a padding $P$:
#
# $$y_{n,c,r,s} = \max_{0 \le u < h,\; 0 \le v < w} x_{n,c,\; rS+u-P,\; sS+v-P}$$
#
# It is the formula of a convolution layer, with the largest value in place of the sum of products. So the sizes are
# those of lesson 02: $\lfloor (H + 2P - h)/S \rfloor + 1$ rows, and likewise columns. Pixels at the right and at the
# foot that fill no whole window are left out.
#
# One thing is new, and it is where most programs go wrong: **what is in the padding?** A convolution puts zeros
# there, which add nothing to a sum. In a maximum, a zero does harm. Around a map of negative numbers it would win
# every window at the border: an answer that nobody gave.

# %% [markdown]
# ### Write it
#
# The window is given as a pair `size`, the stride and the padding as one number each. The padding is on all four
# sides, and never wins.
#
# <details><summary>Hint: what never wins</summary>
#
# There is a number that is smaller than all others: <code>-np.inf</code>. And <code>np.pad</code> has the argument
# <code>constant_values</code>.
#
# </details>
#
# <details><summary>Hint: all windows of one output</summary>
#
# Loop over <code>r</code> and <code>s</code> only. Images and channels can go together:
# <code>padded[:, :, top : top + h, left : left + w]</code> holds one window of every map. Where does it begin?
#
# </details>
#
# <details><summary>Hint: the maximum over two axes</summary>
#
# <code>windows.max(axis=(2, 3))</code> leaves images and channels as they are.
#
# </details>


# %% exercise="max_pool" points=3 minutes=9
def max_pool(x, size, stride, padding):
    """The largest value of each window: x (N, C, H, W), size (h, w) give (N, C, oh, ow). Padding never wins.

    >>> max_pool(np.array([[[[-5.0, -3, -1], [-4, -8, -2]]]]), (2, 2), 1, 0)
    array([[[[-3., -1.]]]])
    """
    ### BEGIN SOLUTION
    N, C, H, W = x.shape
    h, w = size
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)), constant_values=-np.inf)
    oh, ow = (H + 2 * padding - h) // stride + 1, (W + 2 * padding - w) // stride + 1
    y = np.zeros((N, C, oh, ow))
    for r in range(oh):
        for s in range(ow):
            top, left = r * stride, s * stride
            y[:, :, r, s] = padded[:, :, top : top + h, left : left + w].max(axis=(2, 3))
    return y
    ### END SOLUTION


# %% check="max_pool"
check("max_pool", max_pool)

# %% [markdown]
# ### The average
#
# **Average pooling** takes the mean of each window. It answers another question: *how much of the pattern is there,
# all in all?* Pool the map of four by four again, with the mean this time.

# %% predict="pooled_by_average" points=1 minutes=1
# The mean of each window: two rows of two.
pooled_by_average = [[3, 4], [2.5, 2]]

# %% check="pooled_by_average"
check("pooled_by_average", pooled_by_average)

# %% [markdown]
# Look at the window at the upper right: $0, 3, 9, 4$. The maximum reports the 9. In the mean, the same 9 is almost
# drowned by its neighbours. But a 4 can also come from four fours: the mean cannot tell one clear sign from many
# faint ones.
#
# See both on the cat. On the left is what a vertical Sobel filter answers, without its sign. In the middle and on the
# right are its windows of 8x8 pixels: first the maxima, then the means.

# %% show
cat = cnnlib.data.load_photo("cat", size=(152, 224), grey=True)[0].astype(float)
sobel = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
edges = np.abs(cnnlib.correlate2d(np.pad(cat, 1, mode="edge"), sobel))[None, None]
largest = cnnlib.max_pool2d_forward(edges, 8)[0]
mean = cnnlib.avg_pool2d_forward(edges, 8)[0]
maps = [edges[0, 0], largest[0, 0], mean[0, 0]]
draw.images(maps, titles=["x", "max 8×8", "1/64 · 8×8"], scale="shared")

# %% [markdown]
# All three have one scale. Compare the rims of the eyes: a rim is thin, and fills few pixels of its windows. In the
# maxima it is as bright as ever, only coarser. In the means it fades.
#
# ### Write it
#
# Once more the border needs care. A window that sticks out into the padding holds fewer real pixels. If you divide by
# $h \cdot w$ all the same, the zeros of the padding count, and the border becomes darker. Here the mean is over the
# **real pixels** of each window.
#
# Libraries leave the choice to you, and not all choose alike: in torch the argument is `count_include_pad`, and the
# padding counts unless you say otherwise.
#
# <details><summary>Hint: how many are real?</summary>
#
# Pool twice. The sum over a window of the padded image tells the total. The sum over the same window of a padded
# array of <em>ones</em> tells how many pixels were real.
#
# </details>
#
# <details><summary>Hint: another way</summary>
#
# Pad with <code>np.nan</code>. There is a function that takes the mean of all that is not nan.
#
# </details>


# %% exercise="avg_pool" points=2 minutes=6
def avg_pool(x, size, stride, padding):
    """The mean of the real pixels of each window: x (N, C, H, W), size (h, w) give (N, C, oh, ow).

    >>> avg_pool(np.array([[[[2.0, 4], [6, 8]]]]), (2, 2), 1, 1)[0, 0, 0]
    array([2., 3., 4.])
    """
    ### BEGIN SOLUTION
    N, C, H, W = x.shape
    h, w = size
    frame = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    padded, real = np.pad(x, frame), np.pad(np.ones((1, 1, H, W)), frame)
    oh, ow = (H + 2 * padding - h) // stride + 1, (W + 2 * padding - w) // stride + 1
    y = np.zeros((N, C, oh, ow))
    for r in range(oh):
        for s in range(ow):
            window = np.s_[:, :, r * stride : r * stride + h, s * stride : s * stride + w]
            y[:, :, r, s] = padded[window].sum(axis=(2, 3)) / real[window].sum()
    return y
    ### END SOLUTION


# %% check="avg_pool"
check("avg_pool", avg_pool)

# %% [markdown]
# ### An average is a convolution
#
# A mean is a sum of products: each pixel times $1/(h w)$. So average pooling without padding is a convolution layer,
# with a bank of kernels that you can write down. Which one, so that each map stays by itself?
#
# <details><summary>Hint</summary>
#
# Kernel <code>k</code> makes map <code>k</code> of the output, and has one plane for each channel of the input. What
# must stand in the planes of the channels that it should not see?
#
# </details>


# %% exercise="avg_pool_as_conv" points=2 minutes=4
def avg_pool_as_conv(C, size):
    """The kernels (C, C, h, w) with which a convolution layer takes the means of windows of size (h, w).

    >>> avg_pool_as_conv(1, (1, 2))
    array([[[[0.5, 0.5]]]])
    """
    ### BEGIN SOLUTION
    h, w = size
    kernels = np.zeros((C, C, h, w))
    for c in range(C):
        kernels[c, c] = 1 / (h * w)
    return kernels
    ### END SOLUTION


# %% check="avg_pool_as_conv"
check("avg_pool_as_conv", avg_pool_as_conv)

# %% [markdown]
# Compare the two on random numbers, with three channels, windows of 2x3 and a stride of 2. The shape comes first, then
# whether all values agree.

# %%
rng = np.random.default_rng(0)
x = rng.normal(size=(2, 3, 7, 9))
kernels = np.eye(3)[:, :, None, None] * np.full((2, 3), 1 / 6)
by_convolution, _ = cnnlib.conv2d_forward(x, kernels, stride=2)
by_pooling, _ = cnnlib.avg_pool2d_forward(x, (2, 3), stride=2)
print(by_pooling.shape, np.abs(by_convolution - by_pooling).max() < 1e-12)

# %% [markdown]
# They do. The maximum cannot be had in this way: no sum of products is a maximum. It is *not linear*.

# %% [markdown]
# ## Windows that overlap
#
# So far windows lay side by side: the stride was as large as the window. It may be smaller. In one dimension, with
# windows of three and a stride of one, each output is the largest of three neighbours, a *running maximum*. On the
# numbers from 1 to 7 you can say the answer before you run the cell.

# %%
count = np.arange(1.0, 8).reshape(1, 1, 1, 7)
running, _ = cnnlib.max_pool2d_forward(count, (1, 3), stride=1)
print(running.ravel())

# %% [markdown]
# With a stride of one the map hardly shrinks: $H-h+1$ by $W-w+1$. Two settings are usual in networks:
#
# - windows of 2x2, stride 2: side by side, and each side is halved;
# - windows of 3x3, stride 2: neighbours share a row or a column. AlexNet pools in this way, three times.

# %%
side = 55
for _ in range(2):
    side = cnnlib.output_size(side, 3, stride=2)
    print(side)
print(cnnlib.output_size(13, 3, stride=2))

# %% [markdown]
# That is AlexNet's way from 55 to 27 and from 27 to 13; the third pooling, after some more convolutions, goes from 13
# to 6. There is no half row left over anywhere.
#
# **When do windows overlap?** One of our sources lets a window of $2p$ by $2p$ move by $q$ pixels, and says that the
# windows overlap *if $q < p$*. Test it on $p = 2$ and $q = 3$: windows of four, three pixels apart. By the rule they
# should not overlap.

# %% show
shared = np.tile(np.arange(7) == 3, (4, 1))
draw.array(np.arange(28.0).reshape(4, 7), windows=[(0, 0, 4, 4), (0, 3, 4, 4)], marked=shared)

# %% [markdown]
# They share the hatched column. A window that is $2p$ wide reaches $2p$ pixels, so windows overlap if $q < 2p$: if
# the stride is smaller than the *window*, not than half of it.

# %% [markdown]
# ## The gradient's way back
#
# A network learns by asking, of each number in it: *if this were a little larger, how would the loss change?* The
# answer is the number's **gradient**. It is worked out backwards. Say that we know the gradient $dy$ of each output
# of a pooling. What is the gradient $dx$ of each input? Lesson 04 does this for convolutions; pooling is the gentle
# beginning.
#
# Take one window with the values $5, 3, 4, 0$. Its maximum is 5.
#
# - Raise the 5 by a little bit: the maximum rises by the same little bit. The factor is 1.
# - Raise the 3 by a little bit: the maximum stays 5. The factor is 0.
#
# So the whole gradient goes **to the winner**, and the others get nothing. With the mean, all four had a share of
# $1/4$, and each gets a quarter.
#
# Below, the winners are hatched. Then a gradient comes in from above, and finds its way back: first through the
# maxima, then through the means.

# %% show
draw.array(
    plane,
    windows=[(0, 0, 2, 2), (0, 2, 2, 2), (2, 0, 2, 2), (2, 2, 2, 2)],
    marked=np.isin(np.arange(16).reshape(4, 4), [0, 6, 9, 15]),
)

# %% show
dy = np.array([[[[10.0, 20], [30, 40]]]])
_, cache = cnnlib.max_pool2d_forward(plane[None, None], 2)
draw.equation(dy[0, 0], "→", cnnlib.max_pool2d_backward(dy, cache)[0, 0], titles=["dy", "dx · max"])

# %% show
_, cache = cnnlib.avg_pool2d_forward(plane[None, None], 2)
draw.equation(dy[0, 0], "→", cnnlib.avg_pool2d_backward(dy, cache)[0, 0], titles=["dy", "dx · 1/4"])

# %% [markdown]
# ### Two questions
#
# **What if windows overlap?** Then one pixel can win several of them, or have a share in several means. It acts on
# the loss through each of them, so what comes back along each way is **added up**. In symbols, with $w$ running over
# the windows:
#
# $$dx_p = \sum_{w} dy_w \, \frac{\partial y_w}{\partial x_p}$$
#
# **What if two pixels share the maximum?** Then the maximum has a kink: it follows either of them upwards, and
# neither downwards. There is no derivative there, and one has to choose. Like most libraries, we give everything to
# one of them: the **first in reading order**, row by row. Above all, do not give it to both: then more would come out
# than went in. Ties are not rare, by the way. After a ReLU, many windows hold nothing but zeros.
#
# <details><summary>Hint: the place of the winner</summary>
#
# <code>window.argmax()</code> counts along the rows and gives the first of equal ones.
# <code>np.unravel_index(place, window.shape)</code> makes a row and a column of it, counted from the corner of the
# window.
#
# </details>
#
# <details><summary>Hint: adding up</summary>
#
# Start from zeros, and use <code>+=</code>. With <code>=</code> the last window would erase what the others left.
#
# </details>


# %% exercise="max_pool_backward" points=3 minutes=9
def max_pool_backward(dy, x, size, stride):
    """The gradient of x (N, C, H, W), given that of the pooled map, dy (N, C, oh, ow). No padding; first tie wins.

    >>> max_pool_backward(np.array([[[[10.0, 1]]]]), np.array([[[[2.0, 7, 5]]]]), (1, 2), 1)
    array([[[[ 0., 11.,  0.]]]])
    """
    ### BEGIN SOLUTION
    N, C, oh, ow = dy.shape
    h, w = size
    dx = np.zeros(x.shape)
    for n, c, r, s in np.ndindex(N, C, oh, ow):
        top, left = r * stride, s * stride
        window = x[n, c, top : top + h, left : left + w]
        u, v = np.unravel_index(window.argmax(), window.shape)
        dx[n, c, top + u, left + v] += dy[n, c, r, s]
    return dx
    ### END SOLUTION


# %% check="max_pool_backward"
check("max_pool_backward", max_pool_backward)

# %% [markdown]
# Now the mean. Mind what the function is given: `dy` and the *shape* of the input. It does not need the values: each
# pixel had the same share, whatever it was. That is why a layer of means remembers nothing, while a layer of maxima
# must remember who won.


# %% exercise="avg_pool_backward" points=2 minutes=5
def avg_pool_backward(dy, shape, size, stride):
    """The gradient of an input of `shape` (N, C, H, W), given that of the means, dy (N, C, oh, ow). No padding.

    >>> avg_pool_backward(np.array([[[[10.0, 2]]]]), (1, 1, 1, 3), (1, 2), 1)
    array([[[[5., 6., 1.]]]])
    """
    ### BEGIN SOLUTION
    oh, ow = dy.shape[2:]
    h, w = size
    dx = np.zeros(shape)
    for r in range(oh):
        for s in range(ow):
            top, left = r * stride, s * stride
            dx[:, :, top : top + h, left : left + w] += dy[:, :, r : r + 1, s : s + 1] / (h * w)
    return dx
    ### END SOLUTION


# %% check="avg_pool_backward"
check("avg_pool_backward", avg_pool_backward)

# %% [markdown]
# A test that costs one line: each window hands down exactly what it was given, be it to one pixel or to all. So the
# sum of $dx$ is the sum of $dy$, also with windows that overlap.

# %%
upstream = rng.normal(size=(2, 3, 3, 4))
_, cache = cnnlib.max_pool2d_forward(x, 3, stride=2)
print(np.isclose(cnnlib.max_pool2d_backward(upstream, cache).sum(), upstream.sum()))
_, cache = cnnlib.avg_pool2d_forward(x, 3, stride=2)
print(np.isclose(cnnlib.avg_pool2d_backward(upstream, cache).sum(), upstream.sum()))

# %% [markdown] question="why_losers_learn" points=2
# **Why?** With windows of 2x2, three pixels out of four get no gradient from max pooling. Why does the filter below
# still learn?
#
# ### BEGIN SOLUTION
# Because a filter is not a pixel. Its few weights are used at every place, so they get a gradient from every window,
# through the winner: a quarter of all places, and those where it answered most. Moreover, winners change from image to
# image. The losers get nothing for good reason: changing them a little would not have changed the loss.
# ### END SOLUTION

# %% [markdown]
# ## Pooling by chance
#
# The maximum always trusts the same pixel. That can be too sure of itself: if training has a few images only, the
# network learns to rely on exactly these winners. **Stochastic pooling** (Zeiler and Fergus, 2013) draws the winner.
# The chance of a value is its share of the sum of its window:
#
# $$p_i = \frac{a_i}{\sum_j a_j} \qquad (a_j \ge 0)$$
#
# In the first window, with $5, 3, 4, 0$, the chances are $5/12$, $3/12$, $4/12$ and $0$. The values must not be
# negative: it is used after a ReLU. Here are all sixteen chances:

# %% show
values = plane.reshape(2, 2, 2, 2).swapaxes(1, 2)  # (row of windows, column of windows, 2, 2)
chances = values / values.sum(axis=(2, 3), keepdims=True)
draw.equation(plane, "→", chances.swapaxes(1, 2).reshape(4, 4), titles=["a", "p"])

# %% [markdown]
# At test time nothing should depend on luck. There one takes the mean that the draws would have in the long run, each
# value weighted by its chance:
#
# $$y = \sum_i p_i\, a_i = \frac{\sum_i a_i^2}{\sum_i a_i}$$
#
# Work it out for the four windows. You may give fractions, such as `50 / 12`, or two decimals.

# %% predict="pooled_by_chance" points=1 minutes=4
# What stochastic pooling gives at test time: two rows of two.
pooled_by_chance = [[50 / 12, 106 / 16], [30 / 10, 18 / 8]]

# %% check="pooled_by_chance"
check("pooled_by_chance", pooled_by_chance)

# %% [markdown]
# Compare with the maxima $5, 9, 4, 3$ and with the means $3, 4, 2.5, 2$: chance lies between the two.
#
# ### Write it
#
# The windows lie side by side; what fills no whole window is left out. In training draw one value of each window, at
# test give the weighted mean. A window of zeros gives 0. All chance must come from the generator `rng`, so that a run
# can be repeated.
#
# <details><summary>Hint: one window</summary>
#
# <code>rng.choice(values, p=chances)</code> draws one of the values of a 1-D array.
#
# </details>
#
# <details><summary>Hint: a window of zeros</summary>
#
# Its sum is zero, and one cannot divide by it. Look at the sum first.
#
# </details>


# %% exercise="stochastic_pool" points=3 minutes=9
def stochastic_pool(x, size, rng, training):
    """A value of each window, drawn by its share (training), or their mean by share: (N, C, H // h, W // w).

    >>> stochastic_pool(np.array([[[[1.0, 3, 0, 0]]]]), (1, 2), np.random.default_rng(0), False)
    array([[[[2.5, 0. ]]]])
    """
    ### BEGIN SOLUTION
    N, C, H, W = x.shape
    h, w = size
    y = np.zeros((N, C, H // h, W // w))
    for n, c, r, s in np.ndindex(y.shape):
        values = x[n, c, r * h : (r + 1) * h, s * w : (s + 1) * w].ravel().astype(float)
        if values.sum() > 0:
            chances = values / values.sum()
            y[n, c, r, s] = rng.choice(values, p=chances) if training else chances @ values
    return y
    ### END SOLUTION


# %% check="stochastic_pool"
check("stochastic_pool", stochastic_pool)

# %% [markdown]
# Four draws of the same map. No two are alike, and over twenty thousand of them, the mean is what you predicted.

# %% show
batch = plane[None, None]
draws = [cnnlib.stochastic_pool2d_forward(batch, 2, rng=rng, training=True)[0][0, 0] for _ in range(4)]
draw.kernels(draws, titles=["1", "2", "3", "4"])

# %%
many = np.repeat(plane[None, None], 20_000, axis=0)
drawn, _ = cnnlib.stochastic_pool2d_forward(many, 2, rng=np.random.default_rng(0), training=True)
print(np.round(drawn.mean(axis=0)[0], 2))
print(np.round([[50 / 12, 106 / 16], [30 / 10, 18 / 8]], 2))

# %% [markdown]
# ### Regions of two sizes
#
# Halving each side leaves a quarter of the pixels. Do it five times, and of 32x32 pixels one is left. That is
# abrupt. Could a side shrink by less, by $\sqrt 2$ say?
#
# **Fractional max pooling** (Graham, 2014) does it with a trick: regions of *two* neighbouring sizes, one pixel and
# two pixels for instance, in a random order. To bring 7 rows to 4, the sizes could be 2, 1, 2, 2, or 1, 2, 2, 2, and
# so on: $7/4$ rounded down or up, so that the sum is 7. Columns are drawn in the same way.

# %% show
rows = cnnlib.fractional_regions(7, 4, np.random.default_rng(1))
columns = cnnlib.fractional_regions(9, 6, np.random.default_rng(2))
heights, widths = np.diff(rows), np.diff(columns)
regions = [(rows[r], columns[s], heights[r], widths[s]) for r in range(4) for s in range(6)]
draw.array(rng.integers(0, 10, size=(7, 9)), windows=regions)

# %% [markdown]
# Write the drawing of the regions along one side. The result is their `n_out + 1` boundaries, whole numbers from 0 to
# `n_in`: region `i` goes from boundary `i` up to boundary `i + 1`.
#
# <details><summary>Hint: how many large ones?</summary>
#
# If all regions were small, <code>n_in // n_out</code> each, how many pixels would be left over? Each of them makes
# one region larger.
#
# </details>
#
# <details><summary>Hint: from sizes to boundaries</summary>
#
# <code>rng.shuffle</code> brings an array into random order, <code>np.cumsum</code> adds up as it goes along.
#
# </details>


# %% exercise="fractional_regions" points=2 minutes=6
def fractional_regions(n_in, n_out, rng):
    """Boundaries (n_out + 1) from 0 to n_in, of regions whose two neighbouring sizes come in random order.

    >>> fractional_regions(6, 3, np.random.default_rng(0))
    array([0, 2, 4, 6])
    """
    ### BEGIN SOLUTION
    sizes = np.full(n_out, n_in // n_out)
    sizes[: n_in % n_out] += 1
    rng.shuffle(sizes)
    return np.concatenate([[0], np.cumsum(sizes)])
    ### END SOLUTION


# %% check="fractional_regions"
check("fractional_regions", fractional_regions)

# %% [markdown]
# ## Over the whole image, over time
#
# The window can be as large as the map. **Global average pooling** leaves one number of each channel: how much of the
# pattern there is in the whole image. Two things follow.
#
# First, the size of the image no longer matters: whatever comes in, C numbers come out, and a classifier can follow.

# %%
for shape in ((1, 8, 7, 7), (1, 8, 12, 20)):
    pooled, _ = cnnlib.global_avg_pool2d_forward(np.ones(shape))
    print(shape, pooled.shape)

# %% [markdown]
# Second, the classifier becomes small. AlexNet ends with 256 maps of 6x6. It lays them out as one long vector, and the
# first fully connected layer after it makes 4,096 numbers of it. Compare its parameters with those of a layer that
# gets 256 means, and gives 1,000 classes at once:

# %%
print(f"{cnnlib.linear_parameters(6 * 6 * 256, 4096):,}")
print(f"{cnnlib.linear_parameters(256, 1000):,}")

# %% [markdown]
# The other way round, the maximum over everything is used for sequences. A filter runs along a sentence, and answers
# at every place: *is my phrase here?* **Max pooling over time** keeps the strongest answer, wherever it was. A
# sentence of any length gives one number for each filter.

# %% show
responses = np.array([0.1, -0.4, 0.3, 2.6, 0.2, -1.0, 0.9])
strongest, _ = cnnlib.max_over_time_forward(responses[None, None])
draw.boxes({"x": responses, "max": strongest[0]}, marked={"x": responses == responses.max()})

# %% [markdown]
# You will write it in lesson 10, where sentences come in batches and the shorter ones are filled up: the filling must
# not win, as the padding must not win here.

# %% [markdown]
# ## What a shift changes
#
# Lesson 01 made a promise: convolution is *equivariant*, the answer moves along with the image; *invariance*,
# an answer that stays, would be a matter for pooling. Is it?
#
# Let us measure. Move the image by one pixel, and compare the answer with what it was:
#
# $$\text{change} = \frac{\lVert f(\text{moved image}) - f(\text{image}) \rVert}{\lVert f(\text{image}) \rVert}$$
#
# 0 means that $f$ has noticed nothing. The norm $\lVert a \rVert$ is the square root of the sum of all squares. Take
# the mean over the four directions: down, up, right, left. Zeros come in on the side that the image leaves.
#
# <details><summary>Hint: moving</summary>
#
# Down by one: the first row is zeros, and rows <code>1:</code> are rows <code>:-1</code> of the image. Work on new
# arrays, never on the image itself.
#
# </details>
#
# <details><summary>Hint: the norm</summary>
#
# <code>np.linalg.norm</code> works on arrays of one or two axes.
#
# </details>


# %% exercise="shift_sensitivity" points=3 minutes=8
def shift_sensitivity(f, image):
    """The relative change of f(image) when the image (H, W) moves by one pixel: the mean over four directions.

    >>> shift_sensitivity(np.copy, np.ones((2, 2)))
    0.7071067811865476
    """
    ### BEGIN SOLUTION
    H, W = image.shape
    padded = np.pad(image, 1)
    still = f(image)
    changes = []
    for down, right in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        moved = padded[1 - down : 1 - down + H, 1 - right : 1 - right + W]
        changes.append(np.linalg.norm(f(moved) - still) / np.linalg.norm(still))
    return float(np.mean(changes))
    ### END SOLUTION


# %% check="shift_sensitivity"
check("shift_sensitivity", shift_sensitivity)

# %% [markdown]
# ### A digit on its way
#
# Here is a real handwritten digit, moved to the right by 0, 1, 2, 3 and 4 pixels. In the first row is the image. Then
# what is left of it: by the maximum of 2x2, by the mean of 2x2, by the maximum of 4x4, by the mean of 4x4, and, in
# the last row, by simply taking every fourth pixel. The figure above each picture is its change against the first of
# its row.
#
# Look at one row at a time. Which one changes least after one pixel? And after four?

# %% show
digits = np.pad(cnnlib.data.load_digits().images[:200], ((0, 0), (0, 0), (4, 4), (4, 4))).astype(float)
pooled_by = {
    "x": lambda image: image,
    "max 2×2": lambda image: cnnlib.max_pool2d_forward(image, 2)[0],
    "1/4 · 2×2": lambda image: cnnlib.avg_pool2d_forward(image, 2)[0],
    "max 4×4": lambda image: cnnlib.max_pool2d_forward(image, 4)[0],
    "1/16 · 4×4": lambda image: cnnlib.avg_pool2d_forward(image, 4)[0],
    "x[::4, ::4]": lambda image: image[:, :, ::4, ::4],
}


def changes_of(f, images):
    """The relative change of f for each shift to the right."""
    answers = [f(np.roll(images, shift, axis=3)) for shift in range(5)]
    return answers, [np.linalg.norm(answer - answers[0]) / np.linalg.norm(answers[0]) for answer in answers]


pictures, titles = [], []
for name, f in pooled_by.items():
    answers, changes = changes_of(f, digits[2:3])
    pictures += [answer[0, 0] for answer in answers]
    titles += [f"{name}: {change:.0%}" for change in changes]
draw.images(pictures, titles=titles, columns=5, scale=(0, 1))

# %% [markdown]
# One digit proves nothing. The same over two hundred digits, one row for each way of pooling, the shifts from 0 to 4
# from left to right:

# %% show
for name, f in pooled_by.items():
    print(f"{name:12}", " ".join(f"{change:6.0%}" for change in changes_of(f, digits)[1]))

# %% [markdown]
# Three things to take along.
#
# - **Pooling dampens small shifts.** One pixel changes the image by 81 %, its maxima of 4x4 by 19 % only. Most strong
#   pixels are still in the same window, and the maximum does not ask where.
# - **It does not remove them.** After two pixels the maxima of 4x4 have changed by 65 %. It is often said that
#   pooling makes networks invariant to shifts. It makes them *less sensitive*, and to small shifts.
# - **Every fourth pixel** changes almost three times as much as the maximum of the same windows. It looks at one pixel
#   in sixteen, and a stroke that was between them suddenly stands on them.
#
# After four pixels, by the way, the maxima of 4x4 look as they did, one place further on. A shift by the stride moves
# the answer by exactly one, as with a convolution:

# %%
image = np.pad(cnnlib.data.load_digits().images[2:3], ((0, 0), (0, 0), (4, 4), (4, 4)))
first, _ = cnnlib.max_pool2d_forward(image, 4)
second, _ = cnnlib.max_pool2d_forward(np.roll(image, 4, axis=3), 4)
print(np.abs(second[..., 1:] - first[..., :-1]).max())

# %% [markdown]
# Only a global pooling is truly invariant, as long as nothing leaves the image. The mean over everything does not
# care where a pixel is.

# %%
means = [cnnlib.global_avg_pool2d_forward(np.roll(image, shift, axis=3))[0] for shift in range(5)]
print(np.allclose(means, means[0]))

# %% [markdown] question="where_not" points=2
# **Why?** Name a task for which a network should *not* pool away the position, and one for which it may. Give the
# reason for each.
#
# ### BEGIN SOLUTION
# Not where the answer is a place or a map: which pixels belong to the road, where the corner of an eye is, on which
# square a chess piece stands. What pooling forgets must then be brought back by other means, as U-Net does in lesson
# 12. It may where the answer is about the whole: is there a cat, which digit is it. The cat is a cat two pixels further
# on. Full points for one sound task and reason on each side.
# ### END SOLUTION

# %% [markdown]
# ## A stride instead
#
# Pooling is not the only way to make maps smaller. A convolution with a stride of 2 does it, too. Many newer networks
# have no max pooling at all, or just one at the beginning. What speaks for which?
#
# **Cost.** A layer of 64 kernels of 3x3 over 64 maps of 56x56, then pooling to 28x28, computes four outputs and throws
# three away. With a stride, they are never computed:

# %%
for stride in (1, 2):
    side = cnnlib.output_size(56, 3, stride=stride, padding=1)
    print(side, f"{cnnlib.conv2d_multiplications(64, 64, 3, (side, side)):,}")

# %% [markdown]
# The parameters stay the same. If the strided convolution is not the layer itself but *replaces the pooling* after
# it, it brings its own weights: 36,928 where there were none.
#
# **Learning.** A strided convolution learns how to make things smaller; a maximum need not learn anything, and is
# right for the question *is it there?* from the beginning.
#
# **Shifts.** A stride is *taking every second pixel*, and you have seen what that does. Max pooling does it as well:
# first a running maximum with a stride of one, then every second value. Only this second step hurts. A small blur
# before it helps (Zhang, 2019). The changes after one pixel, over the two hundred digits: every second pixel; the
# maximum of 2x2; the same with a blur of three before every second value is taken.

# %%
ink = np.pad(cnnlib.data.load_digits().images[:200], ((0, 0), (0, 0), (4, 4), (4, 4))).astype(float)
blur = np.outer([1, 2, 1], [1, 2, 1])[None, None] / 16


def every_second(images):
    return images[:, :, ::2, ::2]


def maximum(images):
    return cnnlib.max_pool2d_forward(images, 2)[0]


def maximum_and_blur(images):
    running, _ = cnnlib.max_pool2d_forward(images, 2, stride=1)
    return cnnlib.conv2d_forward(running, blur, stride=2)[0]


for f in (every_second, maximum, maximum_and_blur):
    before, after = f(ink), f(np.roll(ink, 1, axis=3))
    print(f"{np.linalg.norm(after - before) / np.linalg.norm(before):.0%}")

# %% [markdown]
# ## What the sources get wrong
#
# - Windows of $2p$ by $2p$ that move by $q$ are said to overlap if $q < p$. They do if $q < 2p$: the window is $2p$
#   wide.
# - The size after pooling is given as $(H-h+1) \times (W-w+1)$, without a word on the stride. That holds for a stride
#   of 1, which networks hardly use for pooling. With a stride $S$ it is $\lfloor (H-h)/S \rfloor + 1$.
# - A table of VGG16 gives 65,664 parameters to a row of max pooling. Pooling has none. In lesson 08 you will find
#   out what that does to the total.
# - Convolutions are called *invariant* to translation. They are equivariant. Invariance, as far as there is any, comes
#   from pooling, and you know now how far.
#
# ## In short
#
# - Pooling puts one number in the place of a window: no parameters, each channel by itself.
# - The maximum asks *is it there?*, the mean *how much of it?*; drawing lies between the two.
# - Padding must not win a maximum, nor count in a mean.
# - Backwards, the winner gets all, or all get a share; where windows overlap, it adds up.
# - Global pooling frees the network from the size of the image. Fractional pooling shrinks gently.
# - Pooling dampens small shifts. Only over the whole image is it invariant.
#
# **Where next.** You have sent a gradient back through a pooling. Lesson 04, *Backpropagation through convolution*,
# sends it through everything else, and there the flip comes back.
