# %% [markdown]
# # 09 · Seeing inside
#
# A network says *this is a cross*. Why? It has thousands of weights, and none of them has a name. In this lesson you
# put questions to a network, and learn which answers to trust. At the end you will be able to
#
# - look at filters, at activations, and at what lies near what in the last layer;
# - cut out the patches that excite a unit most;
# - find the pixels that a decision hangs on: by hiding them, by gradients, by class activation maps;
# - draw the image that a class likes best, and send an activation back to the pixels;
# - tell a map that explains the network from one that only looks good.
#
# Allow about 105 minutes. You need gradients (lesson 04), pooling (03), and torch as in lesson 08: a model is called
# with images (N, C, H, W) and gives scores (N, classes).

# %%
from collections import OrderedDict

import numpy as np
import torch
from torch import nn
from torch.nn import functional

import cnnlib.data
import cnnlib.draw as draw
from cnnlib import explain
from cnnlib.models import pretrained

# %% [markdown]
# ## Filters and activations
#
# Begin with what can simply be looked at. `pretrained("letters")` is a small network that has learnt to read drawn
# letters on a cloudy canvas. Its first convolution has 24 filters of 3x3. Dark is negative, light is positive.

# %% show
reader = pretrained("letters")
first = explain.filters(reader)
print(tuple(first.shape))
draw.images(first[:, 0].numpy(), columns=8, scale="shared", signed=True)

# %% [markdown]
# Some compare left with right, some above with below, some find a spot: relatives of the filters that lesson 01 made
# by hand. Nobody has told the network.
#
# Only the *first* layer can be read so. A filter of the second layer is 24 small planes, one for each map of the
# first, and it speaks of edges, not of pixels. What deeper layers do is seen in their **activations**: the maps that
# they give for an image.

# %% show
rng = np.random.default_rng(0)
glyphs = cnnlib.data.draw_glyphs(600, rng=rng)
letters = cnnlib.data.paste_on_clutter(glyphs.images, rng=rng)
early = explain.activations(reader, letters[:1], "features.2")[0]
draw.images([letters[0, 0], *early[:11].numpy()], columns=6, scale="each")

# %% show
relu_names = [name for name, module in reader.named_modules() if isinstance(module, nn.ReLU)]
for name in relu_names:
    layer = explain.activations(reader, letters[:100], name)
    print(name, tuple(layer.shape[1:]), "≥ 40 % = 0:", bool((layer == 0).float().mean() >= 0.4))

# %% [markdown]
# The first picture is the letter, the others are eleven of its 24 maps. Each ReLU leaves many zeros: for one image,
# many units have nothing to say. That is good news for us, since few voices are easier to follow than many.
#
# ### Who is near whom
#
# What the last linear layer is given is a list of 384 numbers, the **embedding** of the image. Linear scores can only
# tell apart what lies apart there. So ask, for some letters: which images lie nearest, as pixels, and as embeddings?

# %% show
codes = {"pixels": torch.from_numpy(letters).flatten(1), "embedding": explain.embedding(reader, letters)}
nearest = {}
for name, code in codes.items():
    apart = torch.cdist(code, code)
    nearest[name] = apart.fill_diagonal_(float("inf")).topk(5, largest=False).indices
rows = [[letters[i, 0], *letters[nearest[name][i], 0]] for i in (1, 4) for name in codes]
draw.images([image for row in rows for image in row], columns=6)

# %% show
labels = torch.from_numpy(glyphs.labels)
alike = {name: (labels[near] == labels[:, None]).float().mean().item() for name, near in nearest.items()}
print("pixels: ≤ 15 %:", alike["pixels"] <= 0.15)
print("embedding: ≥ 25 %:", alike["embedding"] >= 0.25)

# %% [markdown]
# Rows one and three: an image and its five nearest by pixels. They share the brightness of the clouds. Rows two and
# four: the nearest by embedding. They share the letter, far more often. `explain.pca` and `explain.tsne` draw such
# embeddings in a plane; mind that t-SNE keeps neighbours together, and that distances between its groups mean little.

# %% [markdown]
# ## What excites a unit
#
# From here on we want to *check* what a method says. So we need a network whose right answer is known. Here is one:
# images of noise, and in each, at a random place, one of four signs of 5x5 pixels. The class is the sign. Whatever
# explains the decision must point at the sign, and we know where that is.

# %%
SIDE, PATCH = 24, 5
SIGNS = torch.zeros(4, PATCH, PATCH)
SIGNS[0, 2, :] = SIGNS[0, :, 2] = 1  # a plus
SIGNS[1] = torch.maximum(torch.eye(PATCH), torch.eye(PATCH).flip(0))  # a cross
SIGNS[2, [0, -1], :] = SIGNS[2, :, [0, -1]] = 1  # a square
SIGNS[3, ::2] = 1  # bars


def plant(n, rng):
    """n images (n, 1, 24, 24) of noise with a sign in each, the signs' numbers (n,), and their corners (n, 2)."""
    images = torch.from_numpy(rng.normal(0, 0.35, (n, 1, SIDE, SIDE)).astype(np.float32))
    signs, corners = rng.integers(0, 4, n), rng.integers(0, SIDE - PATCH + 1, (n, 2))
    for image, sign, (top, left) in zip(images, signs, corners, strict=True):
        image[0, top : top + PATCH, left : left + PATCH] += SIGNS[sign]
    return images, torch.from_numpy(signs), torch.from_numpy(corners)


def block(channels, width):
    return [nn.Conv2d(channels, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU()]


def sign_finder():
    """Three convolutions, halved once, and a linear layer on the mean of each map."""
    features = nn.Sequential(*block(1, 8), *block(8, 16), nn.MaxPool2d(2), *block(16, 32))
    pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    return nn.Sequential(OrderedDict(features=features, pool=pool, classifier=nn.Linear(32, 4)))


# %% show
torch.manual_seed(0)
finder = sign_finder()
images, signs, _ = plant(3000, np.random.default_rng(0))
batches = [rows for _ in range(5) for rows in torch.randperm(len(images)).split(64)]
optimizer = torch.optim.Adam(finder.parameters())
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 5e-3, total_steps=len(batches))
for rows in batches:
    loss = functional.cross_entropy(finder(images[rows]), signs[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    schedule.step()
finder.eval()

planted, wanted, corners = plant(40, np.random.default_rng(1))
unseen, answers, _ = plant(500, np.random.default_rng(2))
print("≥ 98 %:", bool((finder(unseen).argmax(dim=1) == answers).float().mean() >= 0.98))
draw.images(planted[:6, 0].numpy(), columns=6)

# %% [markdown]
# The simplest question to a unit: *what do you like best?* Show it many images, keep those that it answers to most,
# and of each only the patch that it sees. Lesson 02 told how large that is: the receptive field.
#
# In a network without padding, place $(r, s)$ of a map sees the pixels from $(r \cdot j,\ s \cdot j)$ on, `size` by
# `size` of them, where $j$, the *jump*, is the product of all strides so far.
#
# One trap: neighbouring places see almost the same pixels. If one image excites the unit strongly, its nine best
# places are one patch nine times. So take the best place of *each image*, and then the best images.
#
# <details><summary>Hint: the best place</summary>
#
# <code>maps[:, unit].flatten(1).max(dim=1)</code> gives the greatest value of each image and its place, counted row
# by row. In a map of width w, <code>place // w</code> is its row, <code>place % w</code> its column.
#
# </details>
#
# <details><summary>Hint: the best images</summary>
#
# <code>best.argsort(descending=True)[:count]</code> lists their numbers, the strongest first.
#
# </details>


# %% exercise="top_patches" points=3 minutes=10
def top_patches(features, x, unit, count, size, jump):
    """The patches (count, C, size, size) of x (N, C, H, W) that map `unit` of features(x) is highest for.

    The best place of each image, the strongest image first. `features` pads nowhere.
    """
    ### BEGIN SOLUTION
    with torch.no_grad():
        maps = features(x)[:, unit]
    w = maps.shape[2]
    best, places = maps.flatten(1).max(dim=1)
    patches = []
    for n in best.argsort(descending=True)[:count]:
        top, left = places[n] // w * jump, places[n] % w * jump
        patches.append(x[n, :, top : top + size, left : left + size])
    return torch.stack(patches)
    ### END SOLUTION


# %% check="top_patches"
check("top_patches", top_patches)

# %% [markdown]
# The same for the units of our network that count most for each sign. It pads, so `explain.top_patches` also handles
# patches that stick out of the image. One row a sign, ten by ten pixels each.

# %% show
favourites = finder.classifier.weight.argmax(dim=1).tolist()
best = [explain.top_patches(finder, unseen, "features.9", unit, count=6) for unit in favourites]
draw.images([patch[0].numpy() for found in best for patch in found.patches], columns=6)

# %% show
shown = [answers[found.images].tolist() for found in best]
print("≥ 5/6:", [row.count(sign) >= 5 for sign, row in enumerate(shown)])

# %% [markdown]
# ## Hiding a patch
#
# The most honest question is an experiment: cover a part of the image, and see what becomes of the score. If it
# falls, the network needed what was there. This is **occlusion** (Zeiler and Fergus, 2014).
#
# $$m_{r,s} = \text{score}(x) - \text{score}(x \text{ with the window at } r, s \text{ covered})$$
#
# Positive: what lies there speaks *for* the class. Negative: it speaks against it. Zero: nobody looks.

# %% [markdown]
# ### Predict
#
# The smallest network there is has one weight a pixel: its score is the sum of their products. Cover two neighbours
# at a time, one row by two columns, with zeros. How far does the score fall, for each of the four covers?

# %% predict="covered_by_hand" points=1 minutes=4
# x = [[1, 2, 0], [3, 1, 2]], weights [[2, 0, 1], [-1, 1, 3]]: the drops, [[..., ...], [..., ...]].
covered_by_hand = [[2, 0], [-2, 7]]

# %% check="covered_by_hand"
check("covered_by_hand", covered_by_hand)

# %% [markdown]
# ### Write it
#
# On a linear network the map adds up $w_i (x_i - \text{fill})$ over the window: the check begins with such networks,
# since there the right answer is known for sure. What to cover with matters. Black is not *nothing* where black means
# something; the mean of the training images is often better.
#
# <details><summary>Hint: a fresh copy</summary>
#
# <code>x.clone()</code> gives a copy that you may write into. Make a new one for each window.
#
# </details>


# %% exercise="occlusion_map" points=3 minutes=10
def occlusion_map(model, x, target, size, fill):
    """How far the score of class `target` falls (H-h+1, W-w+1) when a window of `size` (h, w) of x is covered.

    x (1, C, H, W) is one image; all channels of the window are filled with the number `fill`.
    """
    ### BEGIN SOLUTION
    (h, w), (H, W) = size, x.shape[2:]
    drops = torch.zeros(H - h + 1, W - w + 1)
    with torch.no_grad():
        whole = model(x)[0, target]
        for r in range(H - h + 1):
            for s in range(W - w + 1):
                covered = x.clone()
                covered[:, :, r : r + h, s : s + w] = fill
                drops[r, s] = whole - model(covered)[0, target]
    return drops
    ### END SOLUTION


# %% check="occlusion_map"
check("occlusion_map", occlusion_map)

# %% [markdown]
# `explain.occlusion` takes many images at once. Above, the images; below, where covering 3x3 pixels hurts.


# %% show
def peaks(maps):
    """Whether the highest place of each map (N, H, W) lies in the planted sign."""
    places = maps.flatten(1).argmax(dim=1)
    found = torch.stack([places // maps.shape[2], places % maps.shape[2]], dim=1)
    return ((found >= corners) & (found < corners + PATCH)).all(dim=1).float().mean().item()


hidden = explain.occlusion(finder, planted, wanted, size=3)
draw.images([*planted[:6, 0].numpy(), *hidden[:6].numpy()], columns=6)

# %% show
print("≥ 90 %:", peaks(hidden) >= 0.9)
print(f"{PATCH**2 / SIDE**2:.0%}")

# %% [markdown]
# In at least nine of ten images the peak lies in the sign, which covers 4 % of the pixels. The price: one run of the
# network for each window.

# %% [markdown]
# ## Saliency and guided backpropagation
#
# Instead of hiding a pixel, change it a little. How much does the score change? That is a derivative, and one
# backward pass gives it for *all* pixels. Near the image $x_0$ the network is almost linear:
#
# $$s(x) \approx s(x_0) + \sum_i g_i\,(x_i - x_{0,i}) \qquad g = \frac{\partial s}{\partial x}\bigg|_{x_0}$$
#
# On a linear network, $g$ is the weights themselves, whatever the image. **Saliency** (Simonyan and others, 2014) asks
# how much a pixel matters, not in which direction: take magnitudes, and of the channels of a pixel the greatest.
#
# Two choices to get right. Take the gradient of the *score*, not of the loss or of a probability: those go flat where
# the network is sure. And the images of a batch do not touch each other, so the gradient of the *sum* of their scores
# holds the gradient of each.
#
# <details><summary>Hint: a gradient in an image</summary>
#
# <code>x = x.clone().requires_grad_()</code>, then compute a single number from <code>model(x)</code>, then
# <code>torch.autograd.grad(number, x)[0]</code>.
#
# </details>
#
# <details><summary>Hint: each image's own class</summary>
#
# <code>scores[torch.arange(N), target]</code> pairs the first image with the first class, and so on.
#
# </details>


# %% exercise="saliency" points=2 minutes=8
def saliency(model, x, target):
    """The magnitude of the gradient (N, H, W) of each image's score, the greatest over the channels.

    x (N, C, H, W) are images, target (N,) the class to explain in each.
    """
    ### BEGIN SOLUTION
    x = x.clone().requires_grad_()
    scores = model(x)[torch.arange(len(x)), target]
    gradient = torch.autograd.grad(scores.sum(), x)[0]
    return gradient.abs().amax(dim=1)
    ### END SOLUTION


# %% check="saliency"
check("saliency", saliency)

# %% [markdown]
# **Guided backpropagation** (Springenberg and others, 2015) makes such pictures sharper by changing the way back
# through each ReLU. Three rules, for what comes from above, $dy$, and what went in on the way forward, $x$:
#
# | | passes where | passes |
# |---|---|---|
# | plain gradient | $x > 0$ | $dy$ |
# | deconvnet | anywhere | $\max(dy, 0)$ |
# | guided | $x > 0$ | $\max(dy, 0)$ |
#
# So at each ReLU, what asks for *less* is dropped. The result is no gradient of anything: keep that in mind.
#
# In torch, a module's `register_full_backward_hook(hook)` lets you step in. When the gradient comes by, it calls
# `hook(module, dx, dy)` with two tuples: what would go on, and what came. What the hook returns, as a tuple, goes on
# instead. It gives back a handle; `handle.remove()` ends it. A hook that is forgotten spoils every later gradient, so
# the check looks for those.
#
# <details><summary>Hint: which modules</summary>
#
# <code>[m for m in model.modules() if isinstance(m, nn.ReLU)]</code>
#
# </details>
#
# <details><summary>Hint: the hook</summary>
#
# <code>dx[0]</code> is already zero where the ReLU was closed. What is left to do is <code>clamp(min=0)</code>.
#
# </details>


# %% exercise="guided_backprop" points=3 minutes=12
def guided_backprop(model, x, target):
    """The guided gradient (N, C, H, W) of each image's score, and the model left without a hook.

    x (N, C, H, W) are images, target (N,) the class to explain in each. Every ReLU is an nn.ReLU.
    """

    ### BEGIN SOLUTION
    def guide(module, dx, dy):
        return (dx[0].clamp(min=0),)

    relus = [module for module in model.modules() if isinstance(module, nn.ReLU)]
    handles = [relu.register_full_backward_hook(guide) for relu in relus]
    x = x.clone().requires_grad_()
    scores = model(x)[torch.arange(len(x)), target]
    gradient = torch.autograd.grad(scores.sum(), x)[0]
    for handle in handles:
        handle.remove()
    return gradient
    ### END SOLUTION


# %% check="guided_backprop"
check("guided_backprop", guided_backprop)

# %% [markdown]
# Images, saliency, and the magnitude of the guided gradient:

# %% show
salient = explain.saliency(finder, planted, wanted)
guided = explain.guided_backprop(finder, planted, wanted).abs().amax(dim=1)
draw.images([*planted[:6, 0].numpy(), *salient[:6].numpy(), *guided[:6].numpy()], columns=6)

# %% show
print("≥ 85 %:", peaks(salient) >= 0.85, peaks(guided) >= 0.85)

# %% [markdown] question="why_score" points=1
# **Why?** A network gives a photograph of a dog the probability 0.9999. The gradient of that probability is almost
# zero everywhere. Does it follow that no pixel matters?
#
# ### BEGIN SOLUTION
# No. The softmax is flat there: its derivative is p (1 − p), here 0.0001, and it multiplies every pixel's slope alike.
# The score underneath may depend strongly on the pixels. The map of the probability fades just where the network is
# surest, so explanations start from the score.
# ### END SOLUTION

# %% [markdown]
# ## Class activation maps
#
# The last maps know both: *what* is there, since they are deep, and *where*, since they are still maps. In a network
# that ends with a global average and one linear layer, the two can be read off without any gradient. Let $A_c$ be the
# maps, of $h \cdot w$ places, $w_{k,c}$ the classifier's weights and $b_k$ its bias:
#
# $$s_k = b_k + \sum_c w_{k,c}\, \frac{1}{hw} \sum_{r,s} A_{c,r,s}
# = b_k + \frac{1}{hw} \sum_{r,s} \underbrace{\sum_c w_{k,c}\, A_{c,r,s}}_{M_{r,s}}$$
#
# We have only swapped two sums, and there it stands: the score is the bias plus the *mean* of a map $M$. Each place
# says how much it adds. This is **CAM** (Zhou and others, 2016). It is exact.
#
# The networks of the check are made of `model.features`, which gives the maps, `model.pool` and `model.classifier`.


# %% exercise="cam" points=2 minutes=6
def cam(model, x, target):
    """The class activation map (N, h, w) of each image's class: its mean, with the bias, is the score.

    x (N, C, H, W) are images, target (N,) the class to explain in each.
    """
    ### BEGIN SOLUTION
    with torch.no_grad():
        maps = model.features(x)
        weights = model.classifier.weight[target]
        return (weights[:, :, None, None] * maps).sum(dim=1)
    ### END SOLUTION


# %% check="cam"
check("cam", cam)

# %% [markdown]
# Most networks do not end so. **Grad-CAM** (Selvaraju and others, 2017) asks the gradient for the weights instead: how
# much does the score grow when map $c$ grows everywhere?
#
# $$\alpha_c = \frac{1}{hw} \sum_{r,s} \frac{\partial s_k}{\partial A_{c,r,s}} \qquad
# L = \max\Big(0,\ \sum_c \alpha_c A_c\Big)$$
#
# The maximum keeps what speaks for the class. Check it where we know the answer: with a global average, each
# derivative is $w_{k,c} / hw$, so $\alpha_c = w_{k,c} / hw$, and Grad-CAM is CAM, rectified and divided by $hw$.
#
# <details><summary>Hint: a gradient in the maps</summary>
#
# Cut the network in two: <code>maps = model.features(x).detach().requires_grad_()</code>, then the pool and the
# classifier on <code>maps</code>.
#
# </details>


# %% exercise="grad_cam" points=3 minutes=10
def grad_cam(model, x, target):
    """The Grad-CAM map (N, h, w) of each image's class, at what model.features gives.

    x (N, C, H, W) are images, target (N,) the class to explain in each.
    """
    ### BEGIN SOLUTION
    maps = model.features(x).detach().requires_grad_()
    scores = model.classifier(model.pool(maps))[torch.arange(len(x)), target]
    slopes = torch.autograd.grad(scores.sum(), maps)[0]
    weights = slopes.mean(dim=(2, 3), keepdim=True)
    return (weights * maps.detach()).sum(dim=1).clamp(min=0)
    ### END SOLUTION


# %% check="grad_cam"
check("grad_cam", grad_cam)

# %% show
class_map = explain.cam(finder, planted, wanted)
graded = explain.grad_cam(finder, planted, wanted)
print(tuple(class_map.shape))
print("mean + b = score:", torch.allclose(
    class_map.mean(dim=(1, 2)) + finder.classifier.bias[wanted],
    finder(planted)[torch.arange(len(planted)), wanted],
    atol=1e-3,
))  # fmt: skip
print("max(0, cam) / hw = grad_cam:", torch.allclose(class_map.clamp(min=0) / 144, graded, atol=1e-4))

# %% show
enlarged = explain.enlarge(graded, planted)
draw.images([*planted[:6, 0].numpy(), *graded[:6].numpy(), *enlarged[:6].numpy()], columns=6)

# %% show
print("≥ 90 %:", peaks(enlarged) >= 0.9)

# %% [markdown]
# The maps are coarse, 12 by 12, since the network has halved its images; enlarged they lie over the image. They hit
# the sign nearly always. And they know which class was asked for, which the sharp pictures of guided backpropagation
# hardly do. `explain.guided_grad_cam` multiplies the two.

# %% [markdown]
# ## Climbing the gradient
#
# So far there was an image. Now let the network draw one: start anywhere, and change the image, step by step, so that
# the score of a class grows. It is training turned around. The weights stay, the image learns, and we go *up*:
#
# $$x \leftarrow (1 - \lambda)\, x + \eta\, \frac{g}{\lVert g \rVert} \qquad g = \frac{\partial s_k}{\partial x}$$
#
# Dividing by the length $\lVert g \rVert = \sqrt{\sum_i g_i^2}$ makes each step $\eta$ long, whether the slope is
# steep or gentle. The decay $\lambda$ shrinks the image a little before each step; what no gradient renews fades away.
# On a linear network, the way up is $w / \lVert w \rVert$ all the time: the image becomes the weights.


# %% exercise="ascend" points=3 minutes=10
def ascend(model, x, target, steps, step, decay):
    """The image (1, C, H, W) that x becomes in `steps` steps up the score of class `target`, a number.

    Each is x ← (1 - decay) x + step · g / |g|, with g the gradient of the score at the x before.
    """
    ### BEGIN SOLUTION
    for _ in range(steps):
        x = x.detach().clone().requires_grad_()
        g = torch.autograd.grad(model(x)[0, target], x)[0]
        x = (1 - decay) * x + step * g / g.norm()
    return x.detach()
    ### END SOLUTION


# %% check="ascend"
check("ascend", ascend)


# %% show
def climb(k, steps=100, step=0.5, decay=0.03):
    """The image that noise becomes on its way up the score of sign k, and the score before and after."""
    image = torch.from_numpy(np.random.default_rng(k).normal(0, 0.35, (1, 1, SIDE, SIDE)).astype(np.float32))
    before = finder(image)[0, k].item()
    for _ in range(steps):
        g = explain.image_gradient(finder, image, k)
        image = (1 - decay) * image + step * g / g.norm()
    return image[0, 0].numpy(), before, finder(image)[0, k].item()


climbs = [climb(k) for k in range(4)]
draw.images([*SIGNS.numpy(), *(image for image, _, _ in climbs)], columns=4)

# %% show
print([after > before + 20 for _, before, after in climbs])
print(finder(unseen).max().item() < min(after for _, _, after in climbs))

# %% [markdown]
# Above, the signs; below, what the network likes best for each. It repeats the sign's *parts* all over: nothing in
# its global average asks for exactly one. The scores are far beyond those of any real image. This is what the class
# means *to the network*, not what it looks like to us, and an image may please a network without resembling anything.
#
# Where one starts matters, too. These climbs begin in noise as strong as that of the images. From noise thirty times
# fainter, some of them never get off the ground.

# %% [markdown]
# ## Deconvolution with switches
#
# The oldest way to send an activation back to the pixels is the **deconvnet** (Zeiler and Fergus, 2014). It runs the
# network backwards, layer by layer: a convolution becomes a transposed convolution with the same filters, a ReLU is a
# ReLU again. (Nothing is *de*convolved, that is, no convolution is undone: the name is a misnomer.)
#
# Max-pooling is the problem: four values went in, one came out. Which pixel did it come from? So on the way forward,
# each window notes the place of its maximum, a **switch**: the place in the plane, counted row by row. On the way back
# the value returns to that place, and the others are zero.

# %% show
plane = torch.tensor([[[[5.0, 3, 0, 3], [4, 0, 9, 4], [2, 4, 1, 2], [1, 3, 2, 3]]]])
pooled = explain.pool_with_switches(plane, 2)
back = explain.unpool(pooled.maps, pooled.switches, 4, 4)
print(pooled.switches[0, 0].tolist())
draw.equation(plane[0, 0].numpy(), "→", pooled.maps[0, 0].numpy(), "→", back[0, 0].numpy())

# %% [markdown]
# Where windows overlap, two may have the same switch: their values are added, as the gradient of lesson 03 was.
#
# <details><summary>Hint: flat is easier</summary>
#
# Make zeros of shape (N, C, height · width). <code>flat.scatter_add_(2, places, values)</code> adds each value at its
# place along the last axis; places and values are <code>flatten(2)</code> of what you have. Or use loops.
#
# </details>


# %% exercise="unpool" points=2 minutes=8
def unpool(y, switches, height, width):
    """Each value of y (N, C, h, w) at its switch in (N, C, height, width), zeros elsewhere.

    switches (N, C, h, w) are places counted row by row; values with the same place are added.
    """
    ### BEGIN SOLUTION
    N, C, _, _ = y.shape
    flat = torch.zeros(N, C, height * width)
    flat.scatter_add_(2, switches.flatten(2), y.flatten(2))
    return flat.reshape(N, C, height, width)
    ### END SOLUTION


# %% check="unpool"
check("unpool", unpool)

# %% [markdown]
# With your `unpool`, transposed convolutions and ReLUs you have a deconvnet. Here it sends back, for six images, the
# score of their class; shown are magnitudes.

# %% show
sent_back = explain.deconvnet(finder, planted, wanted)
draw.images([*planted[:6, 0].numpy(), *sent_back[:6, 0].abs().numpy()], columns=6)

# %% [markdown]
# Most signs can be made out, under a lattice that the filters draw all over the image: a deconvnet does not ask where
# its ReLUs were open. Guided backpropagation does, and so its pictures are cleaner.

# %% [markdown]
# ## When a map explains nothing
#
# A picture that shows the sign convinces us at once. Does it come from the network, or from the image? The sign is the
# brightest thing there: a map of the pixels' own magnitude would show it as well, and that map knows nothing of any
# network.
#
# So here is a test (Adebayo and others, 2018). **Randomise the weights.** The network knows nothing any more. A map
# that still looks the same never spoke of what the network had learnt. *A map that does not change is not an
# explanation.*
#
# Guess before you run: which of these maps change, and which stay as they are? What is compared is the order of the
# pixels, from the darkest to the brightest: their rank correlation before and after lies near 0 where the two have
# nothing in common, and is 1 where they are the same picture.

# %% show
torch.manual_seed(1)
ignorant = sign_finder().eval()


def ranks(maps):
    return maps.flatten(1).argsort(dim=1).argsort(dim=1).double()


def alike_by_rank(maps, others):
    a, b = (ranks(each) - ranks(each).mean() for each in (maps, others))
    return ((a * b).sum(dim=1) / (a.norm(dim=1) * b.norm(dim=1))).mean().item()


methods = {
    "|x|": lambda model: planted.abs().amax(dim=1),
    "occlusion": lambda model: explain.occlusion(model, planted, wanted, size=3),
    "saliency": lambda model: explain.saliency(model, planted, wanted),
    "guided_backprop": lambda model: explain.guided_backprop(model, planted, wanted).abs().amax(dim=1),
    "cam": lambda model: explain.cam(model, planted, wanted),
}
pairs = {name: (method(finder), method(ignorant)) for name, method in methods.items()}
draw.images([maps[0].numpy() for both in zip(*pairs.values(), strict=True) for maps in both], columns=5)

# %% show
for name, (learnt, random) in pairs.items():
    print(f"{name:16} ≥ 0.9: {alike_by_rank(learnt, random) >= 0.9!s:6} ≤ 0.4: {alike_by_rank(learnt, random) <= 0.4}")
print("≥ 25 %:", peaks(pairs["guided_backprop"][1]) >= 0.25)

# %% [markdown]
# Above what the trained network gives, below the ignorant one; from the left, the pixels' magnitude, occlusion,
# saliency, guided backpropagation, and CAM. The first does not move at all: a perfect picture, and no explanation.
#
# The others change, as they should. But look at guided backpropagation, and at the last line: even in a network that
# has learnt nothing, its peak lies in the sign in a quarter of the images or more, where chance would give 4 %. It is
# drawn to what is bright, whatever the weights. In large networks, on photographs, its pictures hardly change when the
# upper layers are randomised.
#
# Two more tests cost as little. Ask for *another class*: a map that stays the same does not speak of the class. And
# *hide what the map points at*: if the score does not fall, the map was wrong. Occlusion is that test itself, and so
# it is slow, and hard to fool.

# %% [markdown] question="why_randomise" points=2
# **Why?** Someone shows you sharp maps of a medical network: they follow the outline of every organ, and they look the
# same for *ill* and for *healthy*. Name one test you would ask for, and say which result would make you doubt them.
#
# ### BEGIN SOLUTION
# Randomise the weights and make the maps again: if the outlines are still there, they come from the image, as an edge
# filter's would. Or compare the two classes: maps that hardly differ do not tell why the network chose one of them. Or
# cover what the map marks: if the score stays, the network did not need it. Full points for one test with the result
# that speaks against the maps.
# ### END SOLUTION

# %% [markdown]
# ## What the sources get wrong
#
# The notes behind this lesson name most of these methods in two pages. Three things are easily misread there.
#
# - Guided backpropagation is described as *the gradient of a neuron in the pixels*. That is the plain gradient. What
#   makes it guided is that every ReLU drops what is negative, and after that it is the gradient of nothing.
# - Large values of a saliency map are said to show where a pixel *increases* the score. A magnitude has no sign:
#   the same value stands where it lowers it.
# - Filters of deep layers are said to *capture faces and objects*, beside a picture of first-layer filters. Only first
#   filters can be looked at; faces were found by the patches that excite deep units, and by gradient ascent.
#
# The notes call the name *deconvolution* improper for a transposed convolution. They are right.

# %% [markdown]
# ## In short
#
# - First filters and activations can be looked at; embeddings tell what the network finds alike.
# - The patches that excite a unit most: the best place of each image, then the best images.
# - Occlusion is an experiment: slow, and honest. Saliency is a derivative: all pixels at once, one small step.
# - CAM is exact where a global average and one linear layer end the network; Grad-CAM takes its weights from the
#   gradient, and fits any.
# - Gradient ascent shows what a class means to the network. Switches lead a maximum back to its pixel.
# - Test explanations: random weights, another class, hiding what they point at.
#
# **Where next.** The same convolutions read text: lesson 10, *Convolution over text*.
