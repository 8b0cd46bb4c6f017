# %% [markdown]
# # 01 · Convolution, the formula
#
# A convolutional network asks one question at every place of an image: *does this place look like my pattern?* In
# this lesson you write that question as a formula, and the formula as code. At the end you will be able to
#
# - work out a convolution by hand, in one dimension and in two;
# - write it with loops, then without any;
# - tell convolution from cross-correlation, and say which one networks use;
# - make a filter that finds what you want, and find out what an unknown filter does;
# - read convolution as a large matrix with few numbers in it.
#
# Allow about 75 minutes. You need numpy arrays and the dot product, nothing more.

# %%
import numpy as np

import cnnlib
import cnnlib.data
import cnnlib.draw as draw

# %% [markdown]
# ## Why not connect everything?
#
# Take a colour image of 256 by 256 pixels. Make of it another image of the same size, with a fully connected layer:
# every output looks at every input. How many weights is that?
#
# Guess first: a million? A billion? Then run the cell.

# %%
values = 256 * 256 * 3
weights = values * values
print(f"{values:,} -> {values:,}: {weights:,} = {weights:.2e}")
print(f"float32: {4 * weights / 1e9:.1f} GB = {4 * weights / 2**30:.0f} GiB")

# %% [markdown]
# Almost 39 billion weights, 155 gigabytes, for one layer and one small picture. They would have to be learnt, too.
# Even a modest layer explodes: 1,000 neurons that look at a photograph of 1,000 by 1,000 pixels have 3 billion
# weights.
#
# And most of them would say the same thing. A network that has learnt what a whisker looks like in the upper left
# corner knows nothing yet about a whisker in the lower right one: different pixels, different weights. It would have
# to see whiskers everywhere before it knew them everywhere.
#
# Two observations save us.
#
# - **What belongs together lies together.** A whisker, an edge, a corner spans a few pixels. An output need not look
#   at the whole image: a small window is enough.
# - **A pattern is the same pattern wherever it is.** So the same few weights can serve for every window.
#
# A small window, the same weights everywhere: that is convolution. All else in this lesson follows.

# %% [markdown]
# ## Sliding a template
#
# Start with one dimension. Below are the first seven numbers of a signal `x`, and a small template `k` of four. Lay
# the template over the first four numbers, multiply each pair, and add up the products. Write the sum down, move the
# template one place to the right, and do it again.
#
# Press **Play**, or go step by step. Watch three things: which numbers meet, what is added, and when it ends.

# %% show
x = np.array([1, 4, -1, 0, 2, -2, 1, 3, 3, 1])
k = np.array([1, 2, 0, -1])
draw.sliding_window(x[:7], k)

# %% [markdown]
# The sum is a *dot product*: it is large where the window looks like the template, near zero where the two have
# nothing in common, and negative where the window looks like the template's opposite. So the row of sums tells, place
# by place, how much of the pattern is there. Networks call it a **feature map**.
#
# The template has several names too: **kernel**, **filter**, or simply *weights*. We say kernel.

# %% [markdown]
# ## The formula in one dimension
#
# Let the signal have $n$ values and the kernel $m$. In books, counting often starts at 1:
#
# $$y_i = \sum_{j=1}^{m} x_{i+j-1}\, k_j \qquad i = 1, \dots, n-m+1$$
#
# Python counts from 0, and the formula becomes simpler: the awkward $-1$ disappears.
#
# $$y_i = \sum_{j=0}^{m-1} x_{i+j}\, k_j \qquad i = 0, \dots, n-m$$
#
# Read it aloud: *the output at place $i$ starts its window at place $i$, and goes on for $m$ values.* The last window
# starts at $n-m$, because it needs $m$ values from there. Starts from $0$ to $n-m$: these are $n-m+1$ outputs.

# %% [markdown]
# ### Predict
#
# The animation showed seven values of `x`, which hold four windows. All ten values hold seven. Work out the seven
# outputs by hand, on paper. It takes a few minutes, and it is worth it: whoever has done it once never mixes up the
# indices again.

# %% predict="seven_values" points=1 minutes=4
# x = 1 4 -1 0 2 -2 1 3 3 1, k = 1 2 0 -1: the seven outputs, such as [5, 0, 2, ...].
seven_values = [9, 0, 1, 3, -5, -3, 6]

# %% check="seven_values"
check("seven_values", seven_values)

# %% [markdown]
# **An error in the sources.** One of the documents behind this course draws exactly this computation, and its caption
# speaks of a *stride of 2* and of an output *vector of 5 elements*. Its picture lists seven values, and they are
# right: a window that moves one place at a time has $(10-4)/1+1 = 7$ places. A caption is easily copied from another
# figure. Counting the places yourself takes ten seconds.

# %% [markdown]
# ### Write it
#
# Now as code. Loops are welcome here: this first version should look like the formula.
#
# <details><summary>Hint: where to start</summary>
#
# How many outputs are there? Make an array of that many zeros, then fill it, place by place.
#
# </details>
#
# <details><summary>Hint: one output</summary>
#
# The window of output <code>i</code> is <code>x[i : i + m]</code>. Multiply it by <code>k</code> and sum.
#
# </details>


# %% exercise="conv1d" points=3 minutes=8
def conv1d(x, k):
    """Slide k (m) over x (n) without turning it around, and give the n-m+1 sums of products.

    >>> conv1d(np.array([1.0, 2, 3, 4]), np.array([3.0, 2]))
    array([ 7., 12., 17.])
    """
    ### BEGIN SOLUTION
    n, m = len(x), len(k)
    y = np.zeros(n - m + 1)
    for i in range(n - m + 1):
        y[i] = np.sum(x[i : i + m] * k)
    return y
    ### END SOLUTION


# %% check="conv1d"
check("conv1d", conv1d)

# %% [markdown]
# ### Edges of a signal
#
# What is such a thing good for? The kernel $(-1, 1)$ subtracts each value from the next one. Where the signal is flat
# it answers zero; where the signal jumps, it answers with the height of the jump.

# %% show
steps = np.array([2.0, 2, 2, 7, 7, 7, 7, 3, 3, 3])
draw.stems({"x": steps, "y": cnnlib.correlate1d(steps, np.array([-1.0, 1]))})

# %% [markdown]
# ## The flip: convolution and cross-correlation
#
# What you have written is called **cross-correlation**. What mathematicians call **convolution** turns the kernel
# around first:
#
# $$(x * k)_i = \sum_{j=0}^{m-1} x_{i+m-1-j}\, k_j$$
#
# The first value of the kernel now meets the *last* value of the window.

# %% show
a, b = np.array([1.0, 2, 3, 4]), np.array([3.0, 2])
draw.equation(a, "⋆", b, "=", cnnlib.correlate1d(a, b))

# %% show
draw.equation(a, "*", b, "=", cnnlib.convolve1d(a, b))

# %% [markdown]
# The first line is cross-correlation, written $\star$: $1\cdot3 + 2\cdot2 = 7$. The second is convolution, written
# $*$: $1\cdot2 + 2\cdot3 = 8$. Same numbers, another order.
#
# Why would anyone want the flip? Because it makes the operation **commutative**, once zeros stand around both: $x * k
# = k * x$. Signal and kernel play the same role, and theorems become simple. You meet it when two dice are thrown,
# for instance: the chances of each sum are the convolution of the chances of each die.

# %%
die = np.full(6, 1 / 6)
two_dice = cnnlib.convolve1d(np.pad(die, 5), die)
print(np.round(36 * two_dice).astype(int))

# %% [markdown]
# Padding the first die with five zeros on both sides lets the other stick out, so every sum from 2 to 12 appears: one
# way to throw 2, six ways to throw 7.
#
# A network *learns* its kernels. If it needs one turned around, it learns it turned around. So libraries leave the
# flip out, and compute the cross-correlation; everyone still says "convolution", and so do we. One of our sources
# mentions the missing flip once, in passing, and then never again. Keep it in mind: in lesson 04 the flip comes back,
# when gradients run backwards.


# %% exercise="convolve1d" points=2 minutes=3
def convolve1d(x, k):
    """Convolve x (n) with k (m), the kernel turned around, and give the n-m+1 sums of products.

    >>> convolve1d(np.array([1.0, 2, 3, 4]), np.array([3.0, 2]))
    array([ 8., 13., 18.])
    """
    ### BEGIN SOLUTION
    m = len(k)
    flipped = k[::-1]
    return np.array([np.sum(x[i : i + m] * flipped) for i in range(len(x) - m + 1)])
    ### END SOLUTION


# %% check="convolve1d"
check("convolve1d", convolve1d)

# %% [markdown] question="why_flip"
# **Why?** On which kernels do convolution and cross-correlation agree? Name two that are more than a single number,
# and say what they have in common.
#
# ### BEGIN SOLUTION
# On kernels that read the same in both directions, such as $(1, 2, 1)$ or a blur $(1, 1, 1)$: turning them around
# changes nothing. A program that confuses the two operations passes every test made of symmetric kernels. That is why
# the checks of this course never use only those.
# ### END SOLUTION

# %% [markdown]
# ## Two dimensions
#
# An image is a plane of numbers, and the kernel a small plane. Lay it over the upper left corner, multiply the pairs,
# add. Then move one place to the right; at the end of the row, start the next.
#
# The image in the cell below has four rows of seven pixels, bright on the left and dark on the right; the animation
# slides over the first three. The kernel is the *vertical Sobel filter*. Before you press Play: where do you expect
# large answers, and with which sign?

# %% show
image = np.array([
    [207, 210, 195, 63, 57, 56, 59],
    [204, 212, 197, 82, 76, 74, 75],
    [202, 198, 202, 72, 65, 67, 63],
    [209, 201, 187, 78, 69, 71, 64],
])  # fmt: skip
sobel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
draw.sliding_window(image[:3], sobel)

# %% [markdown]
# The kernel subtracts what lies on the left from what lies on the right. Along the edge the image falls from about
# 200 to about 70, so the answers there are strongly negative; on both sides, where little changes, they stay small.
#
# As a formula, with an image of $H$ by $W$ and a kernel of $h$ by $w$, the row counted by $r$ and $u$, the column by
# $s$ and $v$:
#
# $$y_{r,s} = \sum_{u=0}^{h-1} \sum_{v=0}^{w-1} x_{r+u,\,s+v}\; k_{u,v}$$
#
# Each direction behaves like the one-dimensional case, so the result has $H-h+1$ rows and $W-w+1$ columns. The first
# index always runs **down**, the second to the **right**. Half of all errors in this lesson come from swapping them.

# %% [markdown]
# ### Predict
#
# The animation showed the first row of answers. The whole image gives two rows of five. Work out the second row by
# hand; you only need columns 0 and 2 of each window, since the kernel is zero in between. Then give both rows.

# %% predict="sobel_rows" points=1 minutes=6
# Both rows of answers, [[-26, -533, ...], [...]].
sobel_rows = [[-26, -533, -517, -28, -2], [-29, -505, -513, -25, -10]]

# %% check="sobel_rows"
check("sobel_rows", sobel_rows)

# %% [markdown]
# ### Write it
#
# Use loops again. Do not assume that anything is square.
#
# <details><summary>Hint: sizes first</summary>
#
# Take them apart once, at the top: <code>H, W = x.shape</code> and <code>h, w = k.shape</code>. Then make the array
# of zeros with $H-h+1$ rows and $W-w+1$ columns.
#
# </details>
#
# <details><summary>Hint: one output</summary>
#
# The window of output <code>r, s</code> is <code>x[r : r + h, s : s + w]</code>.
#
# </details>


# %% exercise="conv2d" points=3 minutes=8
def conv2d(x, k):
    """Slide k (h, w) over x (H, W) as it stands, and give the (H-h+1, W-w+1) sums of products.

    >>> conv2d(np.array([[1.0, 2, 3], [4, 5, 6]]), np.array([[1.0, 10]]))
    array([[21., 32.],
           [54., 65.]])
    """
    ### BEGIN SOLUTION
    H, W = x.shape
    h, w = k.shape
    y = np.zeros((H - h + 1, W - w + 1))
    for r in range(H - h + 1):
        for s in range(W - w + 1):
            y[r, s] = np.sum(x[r : r + h, s : s + w] * k)
    return y
    ### END SOLUTION


# %% check="conv2d"
check("conv2d", conv2d)

# %% [markdown]
# ## Without a loop over pixels
#
# A photograph has a million windows, and Python needs about a microsecond for the least of steps. The same sums can
# be had from a handful of numpy calls, which do the looping in compiled code.
#
# There are two ways to see it.
#
# - **Turn the loops inside out.** Instead of asking, for each window, what all kernel values contribute, ask for each
#   *kernel value* what it contributes to all windows. The value $k_{u,v}$ meets $x_{r+u,\,s+v}$ for every $r$ and
#   $s$: that is one shifted rectangle of the image, multiplied as a whole. A 3x3 kernel needs nine such steps,
#   whatever the size of the image.
# - **Lay out all windows.** <code>np.lib.stride_tricks.sliding_window_view(x, k.shape)</code> gives an array with
#   four axes, rows, columns, and the two of the window, without copying a single pixel. Then it is one product and
#   one sum.
#
# The check counts the Python lines that run on a small image and on one four times as large. They must not grow.
#
# <details><summary>Hint: the shifted rectangle</summary>
#
# For the kernel value <code>k[u, v]</code> it starts at row <code>u</code> and column <code>v</code>, and it is as
# large as the result.
#
# </details>


# %% exercise="conv2d_fast" points=3 minutes=8
def conv2d_fast(x, k):
    """The same as conv2d, without a Python loop over pixels: x (H, W), k (h, w) give (H-h+1, W-w+1).

    >>> conv2d_fast(np.array([[1.0, 2, 3], [4, 5, 6]]), np.array([[1.0, 10]]))
    array([[21., 32.],
           [54., 65.]])
    """
    ### BEGIN SOLUTION
    H, W = x.shape
    h, w = k.shape
    rows, columns = H - h + 1, W - w + 1
    y = np.zeros((rows, columns))
    for u in range(h):
        for v in range(w):
            y += k[u, v] * x[u : u + rows, v : v + columns]
    return y
    ### END SOLUTION


# %% check="conv2d_fast"
check("conv2d_fast", conv2d_fast)

# %% [markdown]
# ## A cat seen by twelve filters
#
# From here on we use the course's own `cnnlib.correlate2d`, which does what your function does. Long before networks
# learnt their kernels, people designed them by hand:
#
# - **Prewitt** and **Sobel** subtract one side from the other: they find edges, vertical (`|`) or horizontal (`—`) or
#   slanted. Sobel counts the middle more.
# - The **Laplacian** compares a pixel with its four neighbours: it answers to spots and to both sides of an edge.
# - A **blur** is the mean of a window, here of 5x5 and of 15x15 pixels.
# - A **Gabor** filter is a wave under a bell curve: it answers to stripes of one width in one direction. Cells that
#   behave so have been found in the visual cortex of cats.

# %% show
cat = cnnlib.data.load_photo("cat", size=(150, 220), grey=True)[0].astype(float)


def gabor(degrees, size=15, wavelength=6.0, width=3.0):
    down, right = np.mgrid[:size, :size] - size // 2
    angle = np.deg2rad(degrees)
    along = right * np.cos(angle) + down * np.sin(angle)
    wave = np.cos(2 * np.pi * along / wavelength) * np.exp(-(right**2 + down**2) / (2 * width**2))
    return wave - wave.mean()


prewitt = np.array([[-1.0, 0, 1]] * 3)
filters = {
    "Prewitt |": prewitt,
    "Prewitt —": prewitt.T,
    "Sobel |": sobel.astype(float),
    "Sobel —": sobel.T.astype(float),
    "Sobel ╲": np.array([[0.0, 1, 2], [-1, 0, 1], [-2, -1, 0]]),
    "Laplace": np.array([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]]),
    "1/25 · 5x5": np.full((5, 5), 1 / 25),
    "1/225 · 15x15": np.full((15, 15), 1 / 225),
    "Gabor 0°": gabor(0),
    "Gabor 45°": gabor(45),
    "Gabor 90°": gabor(90),
    "Gabor 135°": gabor(135),
}
seen = [cnnlib.correlate2d(cat, kernel) for kernel in filters.values()]
credit = cnnlib.data.PHOTOS["cat"].credit
draw.filtered(cat, list(filters.values()), seen, titles=list(filters), credit=credit)

# %% [markdown]
# Look for the whiskers. Which filters keep them, which lose them? And compare the two blurs: why does the larger one
# also make a smaller image? (Count the windows.)
#
# A convolutional network does the same, with two differences: it has many such filters, and nobody designs them. They
# are parameters, and training moves each of their numbers to where it helps most.

# %% [markdown]
# ### Your turn: four edges
#
# Design four kernels of 3x3, one for each kind of edge. The names say how the **edge runs**: along a *vertical* edge
# you can walk up and down. The *diagonal* runs from the upper left to the lower right, like the diagonal of a matrix;
# the *antidiagonal* the other way.
#
# The check draws edges and listens to your kernels: each must answer most to its own edge, and none may answer on a
# plain surface.
#
# <details><summary>Hint: a plain surface</summary>
#
# If all pixels have the same value $c$, the answer is $c$ times the sum of the kernel. What must that sum be?
#
# </details>
#
# <details><summary>Hint: the diagonal</summary>
#
# Write $-1$ on one side of the diagonal, $+1$ on the other, and $0$ on it.
#
# </details>


# %% exercise="edge_kernels" points=2 minutes=6
def edge_kernels():
    """A dict of four kernels (3, 3), by the way their edge runs.

    Its keys are "vertical", "horizontal", "diagonal" and "antidiagonal".
    """
    ### BEGIN SOLUTION
    vertical = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    diagonal = np.array([[0.0, 1, 2], [-1, 0, 1], [-2, -1, 0]])
    return {
        "vertical": vertical,
        "horizontal": vertical.T,
        "diagonal": diagonal,
        "antidiagonal": diagonal[::-1],
    }
    ### END SOLUTION


# %% check="edge_kernels"
check("edge_kernels", edge_kernels)

# %% [markdown]
# ### What came before
#
# Around 2005, the best descriptions of images were built on such filters. **HOG**, histograms of oriented gradients
# (Dalal and Triggs), cuts the image into cells and counts in each how strong the edges are in each direction. Below,
# every cell draws its strongest directions as strokes: the cat is still there.
#
# **DPM**, deformable part models (Felzenszwalb and others, 2008–2010), slides a coarse template for the whole object
# and finer ones for its parts over such a map, and lets the parts move a little at a price. Seen from today, that is
# a network of two convolutional layers with hand-made filters. What was still missing was to learn them.

# %% show
from skimage.feature import hog

_, strokes = hog(cat, orientations=8, pixels_per_cell=(8, 8), cells_per_block=(1, 1), visualize=True)
draw.images([cat, np.minimum(strokes, np.quantile(strokes, 0.995))], titles=["x", "HOG 8x8"])

# %% [markdown]
# ## Odd sizes
#
# Almost all kernels have odd sides: 3x3, 5x5, 7x7. The reason is humble. An odd window has a middle pixel, so its
# answer belongs to that pixel. The middle of an even window falls between pixels, and its answer belongs half to one
# and half to the next: everything is shifted by half a pixel.
#
# See it on a single bright pixel. Blurred with three values, it stays where it was. Blurred with four, where is its
# middle?

# %% show
spot = np.zeros(11)
spot[5] = 12
odd = cnnlib.correlate1d(np.pad(spot, 1), np.full(3, 1 / 3))
even = cnnlib.correlate1d(np.pad(spot, (1, 2)), np.full(4, 1 / 4))
draw.boxes({"x": spot, "3": odd, "4": even})

# %% [markdown]
# ## Shift the cat, and the answer shifts
#
# The same kernel works at every place. So if the image moves, the answer moves with it, and nothing else changes.
# This is **translation equivariance**, and it is why a network need not learn a whisker anew for every corner.
#
# Predict before you run: the image is moved three pixels down and five to the right. By how much do the two answers
# differ, once the second is moved back?

# %% show
moved = np.roll(cat, (3, 5), axis=(0, 1))
before = cnnlib.correlate2d(cat, filters["Gabor 45°"])
after = cnnlib.correlate2d(moved, filters["Gabor 45°"])
print(np.abs(after[3:, 5:] - before[:-3, :-5]).max())

# %% [markdown]
# Exactly zero. Mind the word: *equi*variant means that the answer moves along. *In*variant would mean that it stays
# the same; that is a matter for pooling, in lesson 03.

# %% [markdown]
# ## Opening a black box
#
# You are given a function. It takes an image and gives back another one; inside, it correlates with a kernel that you
# cannot see. You may send it any image you like. Which kernel is it?
#
# One image is enough. An **impulse** is black everywhere but for one pixel of value 1. Each window that contains it
# picks out a single value of the kernel, each window another one.
#
# <details><summary>Hint: what comes out</summary>
#
# Try it on paper in one dimension: $x = (0, 0, 1, 0, 0)$ and $k = (a, b, c)$. The answer is $(c, b, a)$. What has
# happened to the kernel?
#
# </details>
#
# <details><summary>Hint: how large an image</summary>
#
# Every value of the kernel must meet the bright pixel once, so it needs $h-1$ dark rows above and below, and $w-1$
# dark columns on both sides.
#
# </details>


# %% exercise="recover_kernel" points=2 minutes=7
def recover_kernel(black_box, size):
    """The kernel inside `black_box`, a function from an image to its cross-correlation; `size` is (h, w)."""
    ### BEGIN SOLUTION
    h, w = size
    impulse = np.zeros((2 * h - 1, 2 * w - 1))
    impulse[h - 1, w - 1] = 1
    return black_box(impulse)[::-1, ::-1].copy()
    ### END SOLUTION


# %% check="recover_kernel"
check("recover_kernel", recover_kernel)

# %% [markdown]
# Engineers call the answer to an impulse the *impulse response*. For any system that treats all places alike, and
# answers a weighted sum with the same weighted sum of its answers, it tells everything.

# %% [markdown]
# ## Convolution is a matrix
#
# Every output is a sum of inputs times weights. So the whole operation is a matrix product $y = Ax$, as in a fully
# connected layer. What does $A$ look like?

# %% show
kernel = np.array([1.0, 2, -1])
matrix = np.stack([cnnlib.correlate1d(column, kernel) for column in np.eye(7)], axis=1)
draw.array(matrix, marked=matrix == 0)

# %% [markdown]
# Two things meet the eye.
#
# - It is **sparse**. Hatched places are zero, and stay zero: those weights do not exist. Each output costs $m$
#   multiplications instead of $n$.
# - It is **shared**. Each row is the row above, moved one place to the right. Five rows of seven places, and only
#   three different numbers.
#
# A fully connected layer from $n$ inputs to $p$ outputs has $n \cdot p$ weights and needs as many multiplications. A
# convolution has $m$ weights and needs $m \cdot p$ multiplications. For our colour picture, and a kernel of 5x5x3 for
# each of 3 output channels:

# %%
print(f"{weights:,} -> {5 * 5 * 3 * 3:,}")
print(f"{weights:,} -> {5 * 5 * 3 * values:,}")

# %% [markdown]
# First the weights, then the multiplications. Nothing has been approximated: we have only written down what we
# believe about images, *near things matter and places are alike*, and 39 billion weights have become 225.
#
# Build the matrix. It will be of use in lesson 04, where the backward pass turns out to be its transpose.
#
# <details><summary>Hint</summary>
#
# Row <code>i</code> is zero but for the kernel, which begins at column <code>i</code>.
#
# </details>


# %% exercise="conv_matrix" points=3 minutes=6
def conv_matrix(k, n):
    """The matrix (n-m+1, n) that correlates a signal of n values with k (m): conv_matrix(k, n) @ x.

    >>> conv_matrix(np.array([1.0, 2]), 3)
    array([[1., 2., 0.],
           [0., 1., 2.]])
    """
    ### BEGIN SOLUTION
    m = len(k)
    matrix = np.zeros((n - m + 1, n))
    for i in range(n - m + 1):
        matrix[i, i : i + m] = k
    return matrix
    ### END SOLUTION


# %% check="conv_matrix"
check("conv_matrix", conv_matrix)

# %% [markdown] question="why_shared" points=2
# **Why?** A camera is fixed above a motorway: sky at the top, lanes at the bottom, always. Give one reason for using
# a convolution here all the same, and one for weights that differ from place to place.
#
# ### BEGIN SOLUTION
# For: a car is a car in every lane, so shared weights learn it from all lanes at once and need far fewer examples;
# edges and corners look alike everywhere. Against: places are *not* alike here. A pattern at the top can only be sky
# or a bridge, one at the bottom is large because it is near; weights of their own could use that. Full points for one
# sound reason on each side.
# ### END SOLUTION

# %% [markdown]
# ## What the sources get wrong
#
# The documents behind this course are good, and they contain mistakes, like all documents. In this lesson:
#
# - the figure of the one-dimensional example is described with *stride 2* and *5 elements*; it shows stride 1 and 7
#   values;
# - the word *convolution* stands for cross-correlation throughout. One source says so once. The example $(1,2,3,4) *
#   (3,2) = (7, 12, 17)$ is a cross-correlation; the true convolution is $(8, 13, 18)$.
#
# You have computed both yourself, so you need not believe us either.

# %% [markdown]
# ## In short
#
# - Convolution slides one small kernel over everything and sums products: near things matter, all places are alike.
# - $y_i = \sum_j x_{i+j}\,k_j$ gives $n-m+1$ values; in two dimensions, $(H-h+1) \times (W-w+1)$.
# - Networks compute cross-correlation. Convolution proper turns the kernel around, and then commutes.
# - A kernel whose values sum to zero answers to changes, one whose values sum to one keeps the brightness.
# - Move the input, and the output moves along. An impulse shows the kernel, turned around.
# - It is a matrix product, with a sparse matrix that repeats one row.
#
# **Where next.** A real layer looks at several channels at once, with many kernels, a bias, and rules for the border.
# That is lesson 02, *The convolution layer*.
