# %% [markdown]
# # 04 · Backpropagation through convolution
#
# A network learns by asking the same question of each of its numbers: *if you were a little larger, what would become
# of the loss?* Backpropagation answers for millions of numbers at once, at the price of about two forward passes. At
# the end of this lesson you will be able to
#
# - run any graph of sums and products backwards, by hand;
# - derive both gradients of a convolution, and say where the flip of lesson 01 comes back;
# - write the backward pass of a whole layer, with stride, padding, channels and batches;
# - turn a convolution into one matrix product, and run it the other way round to make images grow;
# - check a gradient in a way that finds errors, and know which checks lie.
#
# Allow about 120 minutes; the section on stride and padding is a good place for a break. You need lessons 01 and 02,
# and the derivatives of $x^2$ and of a product.

# %%
import numpy as np

import cnnlib
import cnnlib.draw as draw

# %% [markdown]
# ## Graphs and the chain rule
#
# Start with two numbers and one product, $f = x \cdot y$, at $x = 4$ and $y = -3$. A **computation graph** has a box
# for each value and a circle for each operation.

# %% show
draw.graph({"x": 4, "y": -3, "f": -12}, {"f": ("×", "x", "y")})

# %% [markdown]
# Now make $x$ a little larger, 0.01 say, and see what becomes of $f$. Then the same with $y$.

# %%
step = 0.01
print(round((4 + step) * -3 - 4 * -3, 4), round(4 * (-3 + step) - 4 * -3, 4))

# %% [markdown]
# Divide each change by the step of 0.01. The two slopes are the **gradient** of $f$. It is written
# $\frac{\partial f}{\partial x}$ and $\frac{\partial f}{\partial y}$, and in code, everywhere in this course, `dx` and
# `dy`: **`dx` is the slope of the last value of the graph along $x$.** The $f$ in the numerator is always the same, so
# it is left out.
#
# ### Predict

# %% predict="product_graph" points=1 minutes=2
# f = x · y at x = 4, y = -3: [f, dx, dy].
product_graph = [-12, -3, 4]

# %% check="product_graph"
check("product_graph", product_graph)

# %% [markdown]
# In a product each factor gets the value of *the other one*. That is the first rule, and it is worth a sentence: the
# larger the other factor, the more this one counts.
#
# ### Two operations in a row
#
# The next graph has two, $f = x + y \cdot z$. The value between them gets a name, $q = y \cdot z$. Read from left to
# right, this is the **forward pass**: each box is worked out from the boxes before it.
#
# The **backward pass** goes from right to left. It starts with $df = 1$, for $f$ grows exactly as much as itself. Then
# each circle takes the gradient that arrives from the right, the **upstream gradient**, and hands something on to each
# of its inputs. A sum hands it on as it is: if $q$ grows by a little, $f$ grows by as much, so $dq = 1$.

# %% show
draw.graph({"x": -2, "y": 5, "z": 4, "q": 20, "f": 18}, {"q": ("×", "y", "z"), "f": ("+", "x", "q")},
           gradients={"f": 1, "q": 1})  # fmt: skip

# %% [markdown]
# One more circle, and you have $dy$ and $dz$. If $y$ grows by a little, $q$ grows $z$ times as much, and $f$ grows
# $dq$ times as much as $q$. Slopes along a way are **multiplied**. This is the chain rule:
#
# $$\frac{\partial f}{\partial y} = \frac{\partial f}{\partial q} \cdot \frac{\partial q}{\partial y}
# \qquad\text{or}\qquad \texttt{dy = dq * z}$$
#
# Notice what the circle does *not* need to know: what comes after it. It gets one number from the right, it remembers
# its own inputs from the forward pass, and that is enough. So a graph of any size is done circle by circle, from the
# last to the first. Backpropagation is this recursion, and nothing else.

# %% predict="sum_graph" points=1 minutes=2
# f = x + y · z at x = -2, y = 5, z = 4: [f, dx, dy, dz].
sum_graph = [18, 1, 4, 5]

# %% check="sum_graph"
check("sum_graph", sum_graph)

# %% [markdown]
# ### When a value goes two ways
#
# In the last graph, each value was used once. In networks that is rare: a weight of a convolution is used at every
# place of the image. Here is the smallest graph in which a value goes two ways, $f = (x + y \cdot z) \cdot y$.

# %% show
draw.graph(
    {"y": 5, "z": 4, "x": -2, "q": 20, "s": 18, "f": 90},
    {"q": ("×", "y", "z"), "s": ("+", "x", "q"), "f": ("×", "s", "y")},
    gradients={"f": 1},
)

# %% [markdown]
# If $y$ grows by a little, $f$ changes along both ways, and the two changes **add up**. So the third rule: where ways
# part in the forward pass, gradients are added in the backward pass. In code this is a `+=`, and most errors in
# backward passes are a `=` in its place.
#
# | forward | backward |
# |---|---|
# | a sum | hands the upstream gradient on to each term |
# | a product | hands it on times the other factor |
# | a value used several times | adds up all that comes back |
#
# Write the backward pass of this graph, for any three numbers.
#
# <details><summary>Hint: go in steps</summary>
#
# First forward: <code>q</code> and <code>s</code>. Then backward, from the last circle to the first:
# <code>ds</code>, then <code>dx</code> and <code>dq</code>, then <code>dz</code>.
#
# </details>
#
# <details><summary>Hint: y</summary>
#
# The last product sends something to <code>y</code>, and so does the first. Add the two.
#
# </details>


# %% exercise="graph_gradients" points=2 minutes=6
def graph_gradients(x, y, z):
    """The gradients (dx, dy, dz) of f = (x + y·z)·y, three numbers.

    >>> graph_gradients(-2.0, 5.0, 4.0)
    (5.0, 38.0, 25.0)
    """
    ### BEGIN SOLUTION
    q = y * z
    s = x + q
    ds, dy = y, s
    dx, dq = ds, ds
    dy += dq * z
    dz = dq * y
    return dx, dy, dz
    ### END SOLUTION


# %% check="graph_gradients"
check("graph_gradients", graph_gradients)

# %% [markdown]
# ## A tiny network
#
# One neuron with two inputs, two weights and a bias, a ReLU, and a loss: the square of what is missing to the target
# $t$. Every circle but two is a sum or a product.
#
# - **ReLU** lets a positive number through as it is: slope 1. It stops a negative one: slope 0.
# - **The square** $(y - t)^2$ has the slope $2\,(y - t)$.
#
# Follow the gradients from right to left.

# %% show
draw.graph(
    {"w1": 2, "x1": 3, "w2": -1, "x2": 1, "b": -2, "t": 1, "p1": 6, "p2": -1, "s": 3, "y": 3, "L": 4},
    {"p1": ("×", "w1", "x1"), "p2": ("×", "w2", "x2"), "s": ("+", "p1", "p2", "b"), "y": ("ReLU", "s"),
     "L": ("(y−t)²", "y", "t")},
    gradients={"L": 1, "y": 4, "s": 4, "p1": 4, "p2": 4, "b": 4, "w1": 12, "x1": 8, "w2": 4, "x2": -4},
)  # fmt: skip

# %% [markdown]
# The same as code, and what it is good for. The loss falls fastest if each parameter moves *against* its gradient. Take
# a small step, and work the loss out again.

# %%
w, x, b, t = np.array([2.0, -1]), np.array([3.0, 1]), -2.0, 1.0
s = w @ x + b
y = max(s, 0)
ds = 2 * (y - t) * (s > 0)
dw, db = ds * x, ds
print(s, y, (y - t) ** 2, dw, db)

w, b = w - 0.05 * dw, b - 0.05 * db
print(round(float((max(w @ x + b, 0) - t) ** 2), 4))

# %% [markdown]
# From 4 to 0.04 in one step. The first weight moved three times as far as the second, since its input was three times
# as large: it had more to do with the error.
#
# ### A convolution is such a network
#
# Each output of a convolution is a neuron that looks at a few neighbours. And all neurons have the *same* weights.
# Below is a kernel of three that slides over six values; the lines of one output are thick.

# %% show
kernel = np.array([1.0, 2, -1])
matrix = np.stack([cnnlib.correlate1d(column, kernel) for column in np.eye(6)], axis=1)
draw.links([matrix], titles=["x", "y"], start=1)

# %% [markdown]
# Each line is a product, $x_{i+j} \cdot k_j$, and each output a sum of such products. So both rules are at hand. Say
# that the upstream gradients are known, one for each output: `dy`. Then along the line from $x_{i+j}$ to $y_i$
#
# - $x_{i+j}$ gets $dy_i \cdot k_j$, and
# - $k_j$ gets $dy_i \cdot x_{i+j}$,
#
# and everyone adds up what comes. See it happen: every output goes back over the window that it came from. It
# **spreads** its gradient into `dx`, and **gathers** what it saw into `dk`.

# %% show
x = np.array([1.0, 4, -1, 0, 2, -2])
dy = np.array([1.0, -1, 2, 3])
draw.sliding_window_back(x, kernel, dy)

# %% [markdown]
# Both gradients at once. Two loops are enough, and no formula beyond the two lines above.
#
# <details><summary>Hint: shapes first</summary>
#
# A gradient has the shape of what it is the gradient of. Make zeros of the shapes of <code>x</code> and of
# <code>k</code>.
#
# </details>
#
# <details><summary>Hint: one output</summary>
#
# The window of output <code>i</code> is <code>i : i + m</code>. Add <code>dy[i] * k</code> to that part of
# <code>dx</code>. What do you add to <code>dk</code>?
#
# </details>


# %% exercise="conv1d_backward" points=3 minutes=8
def conv1d_backward(dy, x, k):
    """The gradients (dx, dk) of the correlation of x (n) with k (m), given dy (n-m+1).

    >>> conv1d_backward(np.array([1.0, 10]), np.array([1.0, 2, 3]), np.array([4.0, 5]))
    (array([ 4., 45., 50.]), array([21., 32.]))
    """
    ### BEGIN SOLUTION
    m = len(k)
    dx, dk = np.zeros(len(x)), np.zeros(m)
    for i in range(len(dy)):
        dx[i : i + m] += dy[i] * k
        dk += dy[i] * x[i : i + m]
    return dx, dk
    ### END SOLUTION


# %% check="conv1d_backward"
check("conv1d_backward", conv1d_backward)

# %% [markdown]
# ## The gradient of a kernel
#
# Now in two dimensions, and with an eye on the *form* of the result. Output $(r, s)$ was
#
# $$y_{r,s} = \sum_{u,v} x_{r+u,\,s+v}\; k_{u,v}$$
#
# How does it change with one weight, $k_{u,v}$? The weight stands in one term of the sum, so the slope is what it was
# multiplied with: $\partial y_{r,s} / \partial k_{u,v} = x_{r+u,\,s+v}$. The weight acts through all outputs, so
#
# $$dk_{u,v} = \sum_{r,s} dy_{r,s}\;\frac{\partial y_{r,s}}{\partial k_{u,v}} = \sum_{r,s} x_{r+u,\,s+v}\; dy_{r,s}$$
#
# Lay the two formulas side by side. The second is the first, with $dy$ in the place of the kernel. **The gradient of
# the kernel is the image, correlated with the upstream gradient.** No new operation is needed. The sizes agree, too:
# $dy$ has $H-h+1$ rows, so it finds $H - (H-h+1) + 1 = h$ places in the image.

# %% show
image = np.array([[1.0, 4, -1, 0, 2], [0, 2, 3, 1, -2], [2, -1, 0, 1, 3], [1, 0, 2, -2, 1]])
upstream = np.array([[1.0, 0, -1], [2, 1, 0]])
draw.equation(image, "⋆", upstream, "=", cnnlib.correlate2d(image, upstream), titles=["x", "dy", "dk"])

# %% [markdown]
# <details><summary>Hint: where to start</summary>
#
# How large is the result? Compare the shapes of <code>x</code> and <code>dy</code>. The rest is lesson 01.
#
# </details>


# %% exercise="kernel_gradient" points=2 minutes=6
def kernel_gradient(dy, x):
    """The gradient dk (h, w) of the kernel that slid over x (H, W), given dy (H-h+1, W-w+1).

    >>> kernel_gradient(np.array([[1.0, 10]]), np.array([[1.0, 2, 3], [4, 5, 6]]))
    array([[21., 32.],
           [54., 65.]])
    """
    ### BEGIN SOLUTION
    (H, W), (oh, ow) = x.shape, dy.shape
    h, w = H - oh + 1, W - ow + 1
    dk = np.zeros((h, w))
    for u in range(h):
        for v in range(w):
            dk[u, v] = np.sum(x[u : u + oh, v : v + ow] * dy)
    return dk
    ### END SOLUTION


# %% check="kernel_gradient"
check("kernel_gradient", kernel_gradient)

# %% [markdown]
# ### A filter that learns
#
# In lesson 01 people designed filters. Let one be *learnt*. We show a kernel of zeros an image of noise, and what a
# Sobel filter makes of it. The loss is half the mean square of what is missing; each step goes against the gradient.
# What will the kernel look like after 1, 3, 10 and 30 steps?

# %%
rng = np.random.default_rng(0)
noise = rng.normal(size=(20, 30))
sobel = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
target = cnnlib.correlate2d(noise, sobel)

k, path, losses = np.zeros((3, 3)), [], []
for _ in range(31):
    missing = cnnlib.correlate2d(noise, k) - target
    path.append(k.round(2) + 0.0)
    losses.append((missing**2).mean() / 2)
    k = k - 0.5 * cnnlib.correlate2d(noise, missing / missing.size)

# %% show
draw.kernels([path[i] for i in (0, 1, 3, 10, 30)], titles=["0", "1", "3", "10", "30"])

# %%
print([round(float(losses[i]), 2) for i in (0, 1, 3, 10, 30)])
print(path[30])

# %% [markdown]
# Nobody told it about edges. Two lines do the work, the correlation that goes forward and the one that goes back. Every
# filter in every network of this course is found in this way.

# %% [markdown]
# ## The gradient of the input
#
# A network has many layers. The layer below also wants its gradient, and its upstream gradient is our $dx$. Which
# outputs did pixel $(p, q)$ act on? Those whose window contained it: output $(r, s)$ met it with the weight
# $k_{p-r,\,q-s}$, if there is such a weight. So
#
# $$dx_{p,q} = \sum_{r,s} dy_{r,s}\; k_{p-r,\,q-s}$$
#
# Look at the signs. When $r$ goes up, the index of the kernel goes *down*. That is not a correlation. It is a true
# **convolution**: the kernel is turned around. Here is where the flip comes from, which we left out in lesson 01.
#
# It is no accident. The window comes from above and from the left. So the *first* output that sees a pixel sees it
# with its *last* weight, and the *last* output with its *first*. Watch a single pixel of `dx` while the window goes by:
# which weights are added to it, in which order?

# %% show
small = np.array([[1.0, 2, 0, 1], [0, 1, 3, 2], [2, 0, 1, 1]])
weights = np.array([[1.0, 2], [3, 4]])
draw.sliding_window_back(small, weights, np.array([[1.0, 1, 1], [1, 1, 1]]))

# %% [markdown]
# The inner pixels get 4 first, then 3, then 2, then 1: the kernel backwards.
#
# A pixel in the corner was in one window only, and gets one term. So outputs must be thought to go on as zeros outside:
# a frame of $h-1$ zeros above and below, and of $w-1$ on both sides. Then the kernel, turned around, slides over all of
# it. That is called a **full** convolution, and it gives $H-h+1 + 2(h-1) - h + 1 = H$ rows, as it must.

# %% show
turned = weights[::-1, ::-1]
framed = np.pad(upstream, 1)
draw.equation(framed, "⋆", turned, "=", cnnlib.correlate2d(framed, turned), titles=["dy", "k ↻", "dx"])

# %% [markdown]
# ### The same, seen as a matrix
#
# In lesson 01 you wrote the convolution as a matrix, $y = Ax$: each row holds the kernel, one place further to the
# right. Input $p$ acts on output $i$ with the number $A_{ip}$, so $dx_p = \sum_i A_{ip}\, dy_i$, or
#
# $$dx = A^{\mathsf T}\, dy$$
#
# **The backward pass is the transposed matrix.** Rows have become columns. Read a row in the middle of $A^{\mathsf T}$:
# there is the kernel, from the last weight to the first.

# %% show
draw.equation(matrix, "→", matrix.T, titles=["A", "Aᵀ"])

# %% [markdown]
# Now write the gradient of the input. There are several ways, and all of them are good: spread, output by output, as in
# the animation; or pad, turn around, and slide.
#
# <details><summary>Hint: spreading</summary>
#
# Make zeros of the size of the image: <code>oh + h - 1</code> rows. Then add <code>dy[r, s] * k</code> to the window
# of each output.
#
# </details>
#
# <details><summary>Hint: sliding</summary>
#
# <code>np.pad(dy, ((h - 1, h - 1), (w - 1, w - 1)))</code> makes the frame, and
# <code>k[::-1, ::-1]</code> turns the kernel.
#
# </details>


# %% exercise="input_gradient" points=3 minutes=8
def input_gradient(dy, k):
    """The gradient dx (H, W) of the image that k (h, w) slid over, given dy (H-h+1, W-w+1).

    >>> input_gradient(np.array([[1.0, 10]]), np.array([[1.0, 2], [3, 4]]))
    array([[ 1., 12., 20.],
           [ 3., 34., 40.]])
    """
    ### BEGIN SOLUTION
    (oh, ow), (h, w) = dy.shape, k.shape
    dx = np.zeros((oh + h - 1, ow + w - 1))
    for r in range(oh):
        for s in range(ow):
            dx[r : r + h, s : s + w] += dy[r, s] * k
    return dx
    ### END SOLUTION


# %% check="input_gradient"
check("input_gradient", input_gradient)

# %% [markdown] question="why_one_flip" points=2
# **Why?** The gradient of the kernel needs no flip, the gradient of the input does. Where does the difference come
# from?
#
# ### BEGIN SOLUTION
# From the index of the other factor. Output $r$ multiplies $x_{r+u}$ with $k_u$. Hold the weight $u$ and let $r$ run:
# the index of $x$ is $r+u$, and goes up with $r$. That is a correlation. Hold the pixel $p = r+u$ and let $r$ run: the
# index of $k$ is $p-r$, and goes down. That is a convolution. Full points for either the indices or a picture of a
# pixel that is met by the last weight first.
# ### END SOLUTION

# %% [markdown]
# ## Stride, padding, channels
#
# A real layer has more to it. With N images, C channels, K kernels of $h$ by $w$, a stride $S$, a padding $P$ and a
# dilation $D$, it computes
#
# $$y_{n,k,r,s} = b_k + \sum_{c,u,v} w_{k,c,u,v}\; x_{n,\,c,\;rS+uD-P,\;sS+vD-P}$$
#
# where $x$ counts as zero outside the image. It looks fearsome. But it still is a sum of products, so all three
# gradients can be read off: **keep the product, and add up over everything that the gradient does not have as an
# index.**
#
# $$db_k = \sum_{n,r,s} dy_{n,k,r,s}$$
#
# $$dw_{k,c,u,v} = \sum_{n,r,s} dy_{n,k,r,s}\; x_{n,\,c,\;rS+uD-P,\;sS+vD-P}$$
#
# $$dx_{n,c,p,q} = \sum_{k}\;\sum_{\substack{r,u:\; rS+uD-P = p \\ s,v:\; sS+vD-P = q}} dy_{n,k,r,s}\; w_{k,c,u,v}$$
#
# One by one:
#
# - **Channels.** $dw$ does not sum over channels: each plane of each kernel has its own gradient. $dx$ sums over the
#   kernels $k$, since each of them looked at the pixel.
# - **Batches.** Weights and biases serve all images, so $dw$ and $db$ sum over $n$. Images do not mix: $dx$ does not.
# - **Padding.** Work on the padded image, and crop at the end. The zeros around it have a gradient, too, but nobody
#   asks for it.
# - **Stride.** Windows begin at every $S$-th place. Seen from $dx$, it is as if $S-1$ zeros stood between the values of
#   $dy$. Pixels that no window reaches have acted on nothing: their gradient is zero.
# - **Dilation.** The weights are $D$ places apart, here and there. In $dw$, stride and dilation have changed places:
#   $dy$ lies on the image with gaps of $S$, and moves by $D$.
#
# A stride of 2 over six values, with a kernel of three: look at the last value of `dx`.

# %% show
draw.sliding_window_back(np.array([1.0, 4, -1, 0, 2, -2]), kernel, np.array([2.0, 3]), stride=2)

# %% [markdown]
# ### Write it
#
# The dilation is 1 in this exercise. Each of the three gradients earns its share. Loop over the places `r, s` and let
# numpy do images, channels and kernels at once, or write all loops: both are right.
#
# <details><summary>Hint: a frame to work in</summary>
#
# <code>padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))</code>, and zeros of the same shape
# for its gradient. The window of output <code>r, s</code> is the same slice in both.
#
# </details>
#
# <details><summary>Hint: one place, all at once</summary>
#
# <code>dy[:, :, r, s]</code> is (N, K), <code>w</code> is (K, C, h, w), a window is (N, C, h, w).
# <code>np.einsum("nk,kcuv->ncuv", …)</code> says which axes meet. What are the letters for <code>dw</code>?
#
# </details>
#
# <details><summary>Hint: cropping</summary>
#
# <code>padded[:, :, padding : padding + H, padding : padding + W]</code> also works if the padding is 0;
# <code>padding : -padding</code> does not.
#
# </details>


# %% exercise="conv_layer_backward" points=5 minutes=17
def conv_layer_backward(dy, x, w, stride, padding):
    """The gradients (dx, dw, db) of a layer: dy (N, K, oh, ow), x (N, C, H, W), w (K, C, h, w), padding on all sides.

    >>> dy, x, w = np.array([[[[1.0, 10]]]]), np.ones((1, 1, 1, 4)), np.array([[[[2.0, 3]]]])
    >>> conv_layer_backward(dy, x, w, 2, 0)
    (array([[[[ 2.,  3., 20., 30.]]]]), array([[[[11., 11.]]]]), array([11.]))
    """
    ### BEGIN SOLUTION
    H, W = x.shape[2:]
    h, t = w.shape[2:]
    frame = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    padded = np.pad(x, frame)
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for r in range(dy.shape[2]):
        for s in range(dy.shape[3]):
            window = np.s_[:, :, r * stride : r * stride + h, s * stride : s * stride + t]
            dpadded[window] += np.einsum("nk,kcuv->ncuv", dy[:, :, r, s], w)
            dw += np.einsum("nk,ncuv->kcuv", dy[:, :, r, s], padded[window])
    dx = dpadded[:, :, padding : padding + H, padding : padding + W]
    return dx, dw, dy.sum(axis=(0, 2, 3))
    ### END SOLUTION


# %% check="conv_layer_backward"
check("conv_layer_backward", conv_layer_backward)

# %% [markdown]
# ### One equation that tests it all
#
# Here is the best test of a backward pass that we know, and it needs no derivative. For any matrix $A$, and any vectors
# $x$ and $y$,
#
# $$\langle A x,\; y \rangle = \langle x,\; A^{\mathsf T} y \rangle$$
#
# where $\langle a, b \rangle$ is the sum of all products $a_i b_i$. Both sides are $\sum_{i,p} A_{ip}\, x_p\, y_i$,
# only in another order. A layer without a bias is a matrix, if you read all its images as one long vector. So take a
# random image and a random upstream gradient. Go forward with the one, backward with the other, and multiply: the two
# numbers must agree to the last digits, with any stride, any padding, any number of channels. If a single pixel of
# $dx$ were wrong, they would not.
#
# The weights can be tested in the same way, for the layer is linear in them as well. The cell takes *your* backward
# pass if it is written, and else the one of `cnnlib`.

# %% show
images, filters = rng.normal(size=(2, 3, 7, 9)), rng.normal(size=(4, 3, 3, 2))
y, cache = cnnlib.conv2d_forward(images, filters, stride=2, padding=1)
upstreams = rng.normal(size=y.shape)
try:
    dx, dw, _ = conv_layer_backward(upstreams, images, filters, 2, 1)
except Exception:  # not written yet, or not right yet
    dx, dw, _ = cnnlib.conv2d_backward(upstreams, cache)
print(f"{np.sum(y * upstreams):.6f} {np.sum(images * dx):.6f} {np.sum(filters * dw):.6f}")

# %% [markdown]
# Three times the same number. Change anything in your function, an index or a sign, and watch them part.
#
# ## Images as columns
#
# Loops over places are slow, in any language. The oldest trick to be rid of them is to write every window as a
# **column** of a matrix: `im2col`. Below is an image of 3x4 with windows of 2x2. There are six of them, in reading
# order.

# %% show
plane = np.arange(12.0).reshape(3, 4)
columns = np.stack([plane[r : r + 2, s : s + 2].ravel() for r in range(2) for s in range(3)], axis=1)
draw.equation(plane, "→", columns, titles=["x", "im2col"])

# %% [markdown]
# The kernels become the *rows* of another matrix, and the whole layer is one product of matrices:
#
# $$\underbrace{Y}_{K \times (oh \cdot ow)} = \underbrace{W}_{K \times (C \cdot h \cdot w)}\;
# \underbrace{X}_{(C \cdot h \cdot w) \times (oh \cdot ow)}$$
#
# Nothing on a computer has been tuned as long as the product of matrices, and so this pays, although every pixel is
# written up to $h \cdot w$ times. For a batch, there is one such matrix for each image.
#
# The order must fit the kernels, which are stored as (C, h, w): within a column, first all of channel 0, row by row,
# then channel 1. The columns go in reading order, too.
#
# <details><summary>Hint: by windows</summary>
#
# <code>x[:, :, top : top + h, left : left + w].reshape(N, -1)</code> is one column for each image.
# <code>np.stack(…, axis=2)</code> puts columns beside each other.
#
# </details>
#
# <details><summary>Hint: without a loop</summary>
#
# <code>sliding_window_view</code> with <code>axis=(2, 3)</code>, every <code>stride</code>-th of its windows. Its axes
# are (N, C, oh, ow, h, w): bring them into the order (N, C, h, w, oh, ow) before you reshape.
#
# </details>


# %% exercise="im2col" points=3 minutes=8
def im2col(x, size, stride):
    """Every window of x (N, C, H, W) as a column: (N, C·h·w, oh·ow), where size is (h, w). No padding.

    >>> im2col(np.array([[[[1.0, 2, 3], [4, 5, 6]]]]), (2, 2), 1)
    array([[[1., 2.],
            [2., 3.],
            [4., 5.],
            [5., 6.]]])
    """
    ### BEGIN SOLUTION
    N, _, H, W = x.shape
    h, w = size
    columns = []
    for top in range(0, H - h + 1, stride):
        for left in range(0, W - w + 1, stride):
            columns.append(x[:, :, top : top + h, left : left + w].reshape(N, -1))
    return np.stack(columns, axis=2)
    ### END SOLUTION


# %% check="im2col"
check("im2col", im2col)

# %% [markdown]
# ### And back
#
# The backward pass of a product of matrices is known, and it is the pattern of this whole lesson once more:
#
# $$dW = dY\, X^{\mathsf T} \qquad\qquad dX = W^{\mathsf T}\, dY$$
#
# So the gradient of the kernels is done. $dX$ holds a gradient for each entry of the *columns*, and a pixel stands in
# several of them. Its copies went several ways, so what comes back is added up: `col2im`. It looks like the inverse of
# `im2col`, and it is not. It is its transpose.

# %% show
ones = np.ones((4, 6))
counts = np.zeros((3, 4))
for column, (r, s) in zip(ones.T, np.ndindex(2, 3), strict=True):
    counts[r : r + 2, s : s + 2] += column.reshape(2, 2)
draw.equation(ones, "→", counts, titles=["1", "col2im"])

# %% [markdown]
# Columns of ones come back as counts: how many windows each pixel was in.
#
# <details><summary>Hint: the axes</summary>
#
# <code>columns.reshape(N, C, h, w, oh, ow)</code> undoes the reshaping. The block <code>[..., r, s]</code> belongs
# to the window that begins at <code>r * stride</code>, <code>s * stride</code>.
#
# </details>


# %% exercise="col2im" points=3 minutes=7
def col2im(columns, shape, size, stride):
    """The columns (N, C·h·w, oh·ow) added up where they came from, in zeros of `shape` (N, C, H, W).

    >>> col2im(np.array([[[1.0, 2], [10, 20]]]), (1, 1, 1, 3), (1, 2), 1)
    array([[[[ 1., 12., 20.]]]])
    """
    ### BEGIN SOLUTION
    N, C, H, W = shape
    h, w = size
    oh, ow = (H - h) // stride + 1, (W - w) // stride + 1
    blocks = columns.reshape(N, C, h, w, oh, ow)
    x = np.zeros(shape)
    for r in range(oh):
        for s in range(ow):
            x[:, :, r * stride : r * stride + h, s * stride : s * stride + w] += blocks[..., r, s]
    return x
    ### END SOLUTION


# %% check="col2im"
check("col2im", col2im)

# %% [markdown]
# With these two, forward and backward are four lines. This is how `cnnlib` computes, and how many libraries do. The
# cell compares them with `cnnlib`, once your two functions are written.

# %% show
y, cache = cnnlib.conv2d_forward(images, filters, stride=2)
upstreams = rng.normal(size=y.shape)
dx, dw, _ = cnnlib.conv2d_backward(upstreams, cache)
rows, maps = filters.reshape(4, -1), upstreams.reshape(2, 4, -1)
try:
    X = im2col(images, (3, 2), 2)
    print(np.allclose(rows @ X, y.reshape(2, 4, -1)))
    print(np.allclose(np.einsum("nkp,nip->ki", maps, X), dw.reshape(4, -1)))
    print(np.allclose(col2im(rows.T @ maps, images.shape, (3, 2), 2), dx))
except Exception:  # not written yet, or not right yet
    print(None)

# %% [markdown]
# ## Transposed convolution
#
# A convolution with a stride makes maps smaller; its backward pass takes small maps and makes larger ones. Some
# networks want just that, in the *forward* direction: to draw a picture from a few numbers, or to say of each pixel
# what it belongs to. So they use the backward pass of a convolution as a layer of its own, the **transposed
# convolution**.
#
# Each pixel takes the kernel as a brush and paints it, as strongly as its own value. The next pixel paints $S$ places
# further on. Where strokes overlap, they add up.

# %% show
dots = np.array([[1.0, 0, 2], [0, -1, 0]])
brush = np.array([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]])
painted, _ = cnnlib.conv_transpose2d_forward(dots[None, None], brush[None, None], stride=2)
draw.equation(dots, "·", brush, "→", painted[0, 0], titles=["x", "w", "y"])

# %% [markdown]
# From H pixels, the last brush begins at $(H-1)\,S$ and is $h$ long: $(H-1)\,S + h$ rows.
#
# Mind the shape of the weights: (C, K, h, w), where C are the channels that come *in*. That is the shape of the
# convolution that it is the transpose of, read backwards.
#
# <details><summary>Hint</summary>
#
# It is the loop of <code>dx</code> in your layer, with <code>x</code> in the place of <code>dy</code>.
#
# </details>


# %% exercise="conv_transpose" points=3 minutes=8
def conv_transpose(x, w, stride):
    """Each pixel of x (N, C, H, W) paints w (C, K, h, w): (N, K, (H-1)·stride + h, (W-1)·stride + w). No padding.

    >>> conv_transpose(np.array([[[[1.0, 10]]]]), np.array([[[[1.0, 2, 3]]]]), 2)
    array([[[[ 1.,  2., 13., 20., 30.]]]])
    """
    ### BEGIN SOLUTION
    N, _, H, W = x.shape
    _, K, h, t = w.shape
    y = np.zeros((N, K, (H - 1) * stride + h, (W - 1) * stride + t))
    for r in range(H):
        for s in range(W):
            top, left = r * stride, s * stride
            y[:, :, top : top + h, left : left + t] += np.einsum("nc,ckuv->nkuv", x[:, :, r, s], w)
    return y
    ### END SOLUTION


# %% check="conv_transpose"
check("conv_transpose", conv_transpose)

# %% [markdown]
# Two warnings. Some call it *deconvolution*. It undoes nothing: it brings back the size, not the values. And if the
# stride does not divide the kernel, some pixels are painted more often than others. With a kernel of 3 and a stride
# of 2 that gives a chequerboard, which shows in many generated pictures:

# %% show
flat, _ = cnnlib.conv_transpose2d_forward(np.ones((1, 1, 3, 4)), np.ones((1, 1, 3, 3)), stride=2)
draw.array(flat[0, 0])

# %% [markdown] question="why_not_inverse" points=2
# **Why?** A convolution with a stride of 2 makes 4x4 of an image of 9x9. Could *any* layer bring the image back
# exactly? And why is the transposed convolution useful all the same?
#
# ### BEGIN SOLUTION
# No: 16 numbers cannot tell 81 apart, so many images give the same 4x4, and nothing can say which one it was. The
# transposed convolution brings back the size and the place, every value where it came from; its weights are learnt, so
# it paints what is likely there. Full points for the lost numbers and one sound use.
# ### END SOLUTION

# %% [markdown]
# ## Checking a gradient, and where checks lie
#
# A wrong gradient is a quiet error. The program runs, the loss falls, only less far. So every backward pass is to be
# checked against the forward pass. The idea is the 0.01 from the beginning: move, look, divide.
#
# $$\text{slope} = \frac{f(x + h\,v) - f(x - h\,v)}{2h} \qquad\text{should be}\qquad \langle \nabla f,\; v \rangle$$
#
# Three decisions are hidden in this line.
#
# **Both sides.** Why go back as well as forward? Look at $f = x^3$ at $x = 2$, where the slope is 12. For steps from
# 0.1 down to $10^{-13}$: the error of the one-sided slope, then of the two-sided one.

# %%
for exponent in (1, 2, 3, 5, 7, 9, 11, 13):
    h = 10.0**-exponent
    above, below = (2 + h) * (2 + h) * (2 + h), (2 - h) * (2 - h) * (2 - h)
    print(f"{h:.0e}  {abs((above - 8) / h - 12):.0e}  {abs((above - below) / (2 * h) - 12):.0e}")

# %% [markdown]
# Two-sided, the error falls with $h^2$, not only with $h$. But below $10^{-5}$ it rises again: the two values of $f$
# then share almost all of their digits, and what remains after the subtraction is rounding. In float64, take $h$ about
# $10^{-5}$. In float32 no step is really good: check in float64.
#
# **A random direction.** One could move one entry of $x$ after the other, two evaluations of $f$ for each. A random
# direction $v$ moves all of them at once. If the gradient is wrong anywhere, $\langle \nabla f, v \rangle$ is wrong
# too, unless $v$ happens to be at right angles to the error. For safety, try a few.
#
# **A relative measure.** Is a difference of $10^{-6}$ small? Not if the slopes are $10^{-6}$. Compare it with the
# slopes themselves: $|a - b| \le 10^{-5}\,(|a| + |b|)$. Written in this way, it also holds where both are zero.
#
# ### Where checks lie
#
# - **Ones.** With $v = (1, 1, \dots)$, or an upstream gradient of ones, only *sums* are compared. Two entries
#   swapped, a kernel turned around: not seen.
# - **Symmetric data.** On square images and symmetric kernels, swapped axes and missing flips are not seen.
# - **Kinks.** At $x = 0$, ReLU has the slope 0 on the left and 1 on the right. A two-sided check finds one half, and
#   rejects every answer. That is the check's fault, not the gradient's: move away from the kink.

# %%
h = 1e-5
print((max(0 + h, 0) - max(0 - h, 0)) / (2 * h))

# %% [markdown]
# ### Write it
#
# `f` takes an array and gives a number, `grad` takes an array and gives the gradient that somebody claims for it. Is
# the claim true? Your check will itself be checked: on right gradients, which it must accept, and on wrong ones,
# which it must not. None of the points is near a kink.
#
# <details><summary>Hint: the direction</summary>
#
# <code>v = rng.normal(size=x.shape)</code>, and <code>np.sum(grad(x) * v)</code> is what is claimed.
#
# </details>
#
# <details><summary>Hint: a sum, not a difference</summary>
#
# Do not change <code>x</code>: it belongs to the caller. <code>x + h * v</code> makes a new array.
#
# </details>


# %% exercise="gradient_check" points=4 minutes=11
def gradient_check(f, grad, x, rng):
    """Whether grad(x) is the gradient of f at x, by two-sided slopes in random directions: True or False.

    >>> x, rng = np.array([1.0, 2, 3]), np.random.default_rng(0)
    >>> gradient_check(lambda x: np.sum(x**2), lambda x: 2 * x, x, rng)
    True
    """
    ### BEGIN SOLUTION
    step = 1e-5
    for v in rng.normal(size=(3, *x.shape)):
        slope = (f(x + step * v) - f(x - step * v)) / (2 * step)
        claimed = np.sum(grad(x) * v)
        if abs(slope - claimed) > 1e-5 * (abs(slope) + abs(claimed)):
            return False
    return True
    ### END SOLUTION


# %% check="gradient_check"
check("gradient_check", gradient_check)

# %% [markdown]
# For operations with several inputs and arrays as outputs, `cnnlib.check_gradient` does the same. It draws a random
# upstream gradient, so that no output can hide behind another. Here it looks at the convolution layer with stride,
# padding and dilation together; then at one whose kernels are not turned around.

# %%
inputs = {"x": rng.normal(size=(2, 3, 6, 8)), "w": rng.normal(size=(4, 3, 3, 2))}


def forward(x, w):
    return cnnlib.conv2d_forward(x, w, stride=2, padding=1, dilation=(1, 2))


def turned_backward(dy, cache):
    turned_cache = cache._replace(w=cache.w[:, :, ::-1, ::-1])
    return cnnlib.conv2d_backward(dy, turned_cache)


cnnlib.check_gradient("conv2d", forward, cnnlib.conv2d_backward, inputs, rng=rng)
try:
    cnnlib.check_gradient("conv2d", forward, turned_backward, inputs, rng=rng)
except cnnlib.GradientMismatch as error:
    print(type(error).__name__)

# %% [markdown]
# ### Three broken backward passes
#
# Somebody has written the following three. All run, all give arrays of the right shapes, and the author had checked
# them: the first two with an upstream gradient of ones, the third with places that were all different.
#
# - The **kernel** of a correlation in one dimension: $y_i = \sum_j x_{i+j}\, k_j$.
# - A **gain** for each channel: $y_{n,c,r,s} = g_c\; x_{n,c,r,s}$. Batch normalisation ends with such a thing, in
#   lesson 06.
# - **Picking**: $y_i = x_{p_i}$, with a list of places $p$. Words become vectors in this way, in lesson 10.


# %%
def broken_kernel(dy, x):
    m = len(x) - len(dy) + 1
    return np.array([np.sum(dy[::-1] * x[j : j + len(dy)]) for j in range(m)])


def broken_gain(dy, x, gain):
    dx = dy * gain[:, None, None]
    dgain = dy.sum(axis=(0, 2, 3)) * x.mean(axis=(0, 2, 3))
    return dx, dgain


def broken_pick(dy, places, n):
    dx = np.zeros(n)
    dx[places] += dy
    return dx


# %% [markdown]
# Repair them. Find out first what each of them does wrong: choose the smallest input on which you can work out the
# right answer in your head. Then write the three anew; each earns its share.
#
# <details><summary>Hint: the kernel</summary>
#
# Take <code>x = [1, 0, 0]</code> and <code>dy = [1, 0]</code>.
#
# </details>
#
# <details><summary>Hint: the gain</summary>
#
# One channel of two pixels: <code>x = [1, 2]</code>, <code>dy = [1, 0]</code>. How much does the gain matter?
#
# </details>
#
# <details><summary>Hint: picking</summary>
#
# <code>places = [0, 0]</code>, <code>dy = [1, 1]</code>. How often does numpy add? Look up <code>np.add.at</code>.
#
# </details>


# %% exercise="repair" points=3 minutes=10
def kernel_backward(dy, x):
    """The gradient dk (m) of a kernel that was correlated with x (n), given dy (n-m+1)."""
    ### BEGIN SOLUTION
    m = len(x) - len(dy) + 1
    return np.array([np.sum(dy * x[j : j + len(dy)]) for j in range(m)])
    ### END SOLUTION


def gain_backward(dy, x, gain):
    """The gradients dx (N, C, H, W) and dgain (C) of gain · x, one gain for each channel, given dy (N, C, H, W)."""
    ### BEGIN SOLUTION
    return dy * gain[:, None, None], np.sum(dy * x, axis=(0, 2, 3))
    ### END SOLUTION


def pick_backward(dy, places, n):
    """The gradient dx (n) of x[places], given dy, which has one value for each place."""
    ### BEGIN SOLUTION
    dx = np.zeros(n)
    np.add.at(dx, places, dy)
    return dx
    ### END SOLUTION


# %% check="repair"
check("repair", kernel_backward, gain_backward, pick_backward)

# %% [markdown]
# ## What the sources get wrong
#
# - One of the sources opens its chapter with $f(x, y) = -1$ at $x = 4$, $y = -3$, and never says what $f$ is. For
#   $x \cdot y$ it would be $-12$, for $x + y$ it would be $1$. An example that cannot be checked teaches one thing at
#   least: check.
# - *Convolution* stands for everything in the sources, forward and backward. Forward it is a cross-correlation, and
#   so is the gradient of the kernel. Only the gradient of the input is a convolution. Whoever takes the word at its
#   word puts a flip in the wrong place, and symmetric test kernels will not tell.
#
# ## In short
#
# - Forward, each box is worked out from those before it. Backward, each circle multiplies what arrives by its own
#   slope.
# - Along a way, slopes are multiplied. Different ways are added: `+=`.
# - The gradient of the kernel is the image correlated with $dy$. The gradient of the input is a full convolution of
#   $dy$ with the kernel: there is the flip.
# - As matrices: $y = Ax$ forward, $dx = A^{\mathsf T} dy$ backward. $\langle Ax, y\rangle = \langle x, A^{\mathsf
#   T}y\rangle$ tests any linear layer.
# - With stride, padding and channels, keep the product and sum over the indices that the gradient does not have.
# - `im2col` makes a product of matrices of it, `col2im` adds up. Run backwards as a layer, it is a transposed
#   convolution.
# - Check gradients on both sides, in random directions, by relative size, away from kinks, and never with ones.
#
# **Where next.** Between the convolutions stand activations, and at the end a loss. Lesson 05, *Activations and
# losses*, runs them backwards, too.
