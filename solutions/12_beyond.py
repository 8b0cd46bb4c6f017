# %% [markdown]
# # 12 · Beyond classification
#
# So far an image went in, and one label came out. The same convolutions answer other questions: *where* is it, *which
# pixels* are it, how does it *move*, what should I *do*? Here are eight of them, each small enough to work within a
# minute, each complete in itself. At the end you will be able to
#
# - give every pixel a class, every thing a box, and every joint a place;
# - repaint a photograph in the style of another, and take the noise out of one;
# - tell an action from a clip, read a line of signs, and let an agent act from pixels;
# - say of each system, with one honest number, how well it works.
#
# Allow about 105 minutes. You need the parts of a network from lesson 08, and a training loop as in lesson 11. The
# sections do not build on each other: begin with whichever you like.

# %%
import numpy as np
import torch
from torch import nn
from torch.nn import functional

import cnnlib.data
import cnnlib.draw as draw
from cnnlib import metrics, models

torch.set_num_threads(1)

# %% [markdown]
# ## Segmentation
#
# A doctor does not ask *is there a tumour?* but *where does it end?* The answer is a mask: a class for **each pixel**.
# Here are shapes with their masks. The dashes tell the kinds apart.

# %% show
kinds = ("circle", "triangle", "ring")
rng = np.random.default_rng(0)
seen = cnnlib.data.draw_shapes(400, rng=rng, kinds=kinds, noise=0.1)
unseen = cnnlib.data.draw_shapes(200, rng=rng, kinds=kinds, noise=0.1)
draw.with_masks(seen.images[:4, 0], seen.masks[:4], kinds, columns=4)

# %% [markdown]
# A network for this gives a score for each class *at each pixel*. The U-Net of lesson 08 does: it halves its maps to
# see far, doubles them again to see sharply, and lays what it knew on the way down beside what it learns on the way up.
#
# ### How good is a mask?
#
# Count the pixels that are right? Look at how many pixels show no shape at all.

# %% show
print("≥ 85 %:", bool((unseen.masks == 0).mean() >= 0.85))

# %% [markdown]
# So a network that has learnt nothing, and says *ground* everywhere, gets more than 85 % of the pixels right. What
# counts is how well two sets of pixels cover each other, the true ones $T$ and the found ones $F$:
#
# $$\text{IoU} = \frac{|T \cap F|}{|T \cup F|} \qquad \text{Dice} = \frac{2\,|T \cap F|}{|T| + |F|}$$
#
# **Intersection over union** is what one reports; it is 0 for the lazy network, and 1 only if every pixel is right.
# **Dice** says the same on another scale: it is $2\,\text{IoU} / (1 + \text{IoU})$.
#
# ### Write it
#
# Can one *train* with it? A count of pixels has no slope. But let $F$ be soft: each pixel belongs to it with its
# probability $p$, and the counts become sums. With $t = 1$ in the mask and 0 outside, the **Dice loss** of an image is
#
# $$L = 1 - \frac{2 \sum p\,t + s}{\sum p + \sum t + s}$$
#
# The small number $s$ is for images without any shape. They would otherwise give 0/0, or punish the faintest trace as
# hard as a page full of paint.
#
# Your function gets scores, not probabilities: one class, one score a pixel. Return the mean of the images' losses.
#
# <details><summary>Hint: scores to probabilities</summary>
#
# One class against the rest: <code>scores.sigmoid()</code>.
#
# </details>
#
# <details><summary>Hint: each image by itself</summary>
#
# <code>.sum(dim=(1, 2))</code> leaves one number for each image.
#
# </details>


# %% exercise="dice_loss" points=3 minutes=8
def dice_loss(scores, masks, smooth=1.0):
    """The soft Dice loss of scores (N, H, W), before the sigmoid, for masks (N, H, W) of 0 and 1; its mean over N.

    Where the scores are huge and right it is almost 0; where they are huge and wrong, almost 1.
    """
    ### BEGIN SOLUTION
    p = scores.sigmoid()
    both = (p * masks).sum(dim=(1, 2))
    sizes = p.sum(dim=(1, 2)) + masks.sum(dim=(1, 2))
    return (1 - (2 * both + smooth) / (sizes + smooth)).mean()
    ### END SOLUTION


# %% check="dice_loss"
check("dice_loss", dice_loss)

# %% [markdown]
# ### Train it
#
# Three kinds and the ground make four classes. We add the Dice loss of each class (`models.dice_loss`) to the
# cross-entropy of each pixel: the one looks at shapes, the other at pixels, and together they learn faster than either.

# %% show
torch.manual_seed(0)
segmenter = models.small_unet(channels=1, classes=4, width=8, batch_norm=True)
images, masks = torch.from_numpy(seen.images), torch.from_numpy(seen.masks)
batches = [rows for _ in range(6) for rows in torch.randperm(len(images)).split(12)]
optimizer = torch.optim.Adam(segmenter.parameters())
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.01, total_steps=len(batches))
for rows in batches:
    scores = segmenter(images[rows])
    loss = functional.cross_entropy(scores, masks[rows]) + models.dice_loss(scores, masks[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    schedule.step()

# %% show
segmenter.eval()
with torch.no_grad():
    found = segmenter(torch.from_numpy(unseen.images)).argmax(dim=1).numpy()
print("IoU ≥ 85 %:", bool(metrics.mask_iou(found, unseen.masks, classes=4)[1:].mean() >= 0.85))
draw.with_masks(unseen.images[:8, 0], found[:8], kinds, columns=4)

# %% [markdown]
# On images that it has never seen, the mean IoU of the three kinds is at least 85 %. Where it fails, look at the
# smallest shapes: at a width of six pixels, a border that is one pixel too far in costs more than half of the area.
#
# *Do you need a network for this?* Always ask. The shapes are brighter than the ground, so a threshold might do.
# Give it every advantage: the best threshold, chosen on the very images that it is tested on, and only the question
# *shape or ground?*

# %% show
anything = unseen.masks > 0
cuts = np.linspace(0.2, 0.7, 26)
by_cut = max(metrics.mask_iou(unseen.images[:, 0] > cut, anything, classes=2)[1] for cut in cuts)
by_network = metrics.mask_iou(found > 0, anything, classes=2)[1]
print("IoU > threshold:", bool(by_network > by_cut))

# %% [markdown]
# The network is ahead, though here not by much, and it knows the kinds, which no threshold does. With more noise, the
# threshold falls fast.

# %% [markdown]
# ## Detection
#
# Often nobody needs the outline. *How many, which, and where* is enough: a **box** around each thing, with a label. Now
# the answer has no fixed length any more. One image holds a single shape, the next one three.
#
# A box is four numbers: left, top, right, bottom, in pixels from the corner of the image. Right and bottom are where
# the box ends, so its width is right − left.
#
# ### When is a box right?
#
# Never to the last pixel. It is called right if it covers the true box well enough, and *well enough* is intersection
# over union again, now of areas: usually at least one half.

# %%
paper = np.zeros((10, 14))
paper[1:6, 2:8], paper[3:9, 5:12] = 1, 2
paper[3:6, 5:8] = 3
draw.array(paper, title="1: a,  2: b,  3: a ∩ b")

# %% [markdown]
# Here $a$ is (2, 1, 8, 6), of area 30, and $b$ is (5, 3, 12, 9), of area 42. They share 3 by 3. The union is
# 30 + 42 − 9 = 63, and the IoU 9/63 = 1/7.
#
# <details><summary>Hint: what they share</summary>
#
# It is a box too. It begins at the greater of the two left sides, and ends at the smaller of the two right sides.
#
# </details>
#
# <details><summary>Hint: boxes apart</summary>
#
# Then it would end before it begins. Take 0 for a width below 0, and for a height as well, each by itself.
#
# </details>


# %% exercise="iou" points=2 minutes=6
def iou(a, b):
    """Intersection over union of two boxes, arrays (4,) of left, top, right, bottom: a number from 0 to 1.

    >>> iou(np.array([2, 1, 8, 6]), np.array([5, 3, 12, 9]))  # 9/63
    0.142...
    """
    ### BEGIN SOLUTION
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(width, 0) * max(height, 0)
    areas = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return shared / (areas - shared)
    ### END SOLUTION


# %% check="iou"
check("iou", iou)

# %% [markdown]
# ### A detector that slides
#
# Take a classifier, and slide it over the image like one large filter. At each place it says which kind is there, if
# any. That sounds dear, but it costs next to nothing: a network of convolutions slides by itself. It needs no flatten
# and no linear layer. A 1x1 convolution at its end gives, for each place of its maps, a score for each kind, and four
# distances: from the middle of this place to the four sides of the box.

# %%
detector = models.detector(channels=1, classes=5)
scores, boxes = detector(torch.zeros(1, 1, 32, 32))
print(tuple(scores.shape), tuple(boxes.shape))

# %% [markdown]
# 64 places, four pixels apart. To train them, each must know its answer. A place answers for a box if it lies in the
# core of it, the inner half (`models.assign`); all others should say that nothing is there. The loss
# (`models.detection_loss`) is a binary cross-entropy for each kind, and $1 - \text{IoU}$ for the boxes.

# %% show
torch.manual_seed(0)
rng = np.random.default_rng(0)
scenes = cnnlib.data.draw_shapes(800, rng=rng, noise=0.1)
unseen_scenes = cnnlib.data.draw_shapes(200, rng=rng, noise=0.1)
detector = models.detector(channels=1, classes=5)
images = torch.from_numpy(scenes.images)
wanted = models.assign(scenes.boxes, scenes.labels, 32, 32)
batches = [rows for _ in range(6) for rows in torch.randperm(len(images)).split(16)]
optimizer = torch.optim.Adam(detector.parameters())
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.015, total_steps=len(batches))
for rows in batches:
    places = models.Places(wanted.labels[rows], wanted.boxes[rows])
    loss = models.detection_loss(*detector(images[rows]), places)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    schedule.step()

# %% show
pictures = torch.from_numpy(unseen_scenes.images)
crowd = models.detect(detector, pictures[:3], least=0.3, threshold=1.0)
draw.with_boxes(unseen_scenes.images[:3, 0], [each.boxes for each in crowd], columns=3)

# %% [markdown]
# It works, but it says everything several times: each shape is seen from several places, and each gives its own box.
#
# ### Write it
#
# **Non-maximum suppression** cleans up. Take the box with the highest score: it stays. Whatever overlaps with it by
# more than a threshold goes. Of what is left, take the best again, and so on. The answer is the list of the places of
# those that stay, the highest score first.
#
# `metrics.box_iou(a, b)` gives the intersection over union of each box of `a` (M, 4) with each of `b` (P, 4), as an
# array (M, P).
#
# <details><summary>Hint: from the best down</summary>
#
# <code>np.argsort(-scores)</code> lists the places by falling score.
#
# </details>
#
# <details><summary>Hint: who may drive out whom</summary>
#
# Keep a list of the places that stay. A box joins it unless one <em>of that list</em> overlaps with it too much.
#
# </details>


# %% exercise="non_max_suppression" points=3 minutes=10
def non_max_suppression(boxes, scores, threshold):
    """The places of the boxes (M, 4) that stay, the highest of the scores (M,) first; scores all differ.

    A box goes if its IoU with a better one that stays is above the threshold.
    """
    ### BEGIN SOLUTION
    overlaps = metrics.box_iou(boxes, boxes)
    kept = []
    for place in np.argsort(-scores):
        if not (overlaps[place, kept] > threshold).any():
            kept.append(int(place))
    return kept
    ### END SOLUTION


# %% check="non_max_suppression"
check("non_max_suppression", non_max_suppression)

# %% show
sure = models.detect(detector, pictures[:6], least=0.3)
names = [[cnnlib.data.KINDS[label] for label in each.labels] for each in sure]
draw.with_boxes(
    unseen_scenes.images[:6, 0],
    [each.boxes for each in sure],
    labels=names,
    true=unseen_scenes.boxes[:6],
    columns=3,
)

# %% [markdown]
# The dashed boxes are the true ones. Here we showed what scores 0.3 or more. Cut higher, and fewer boxes are wrong, but
# more shapes are missed. So which cut should one judge by? By all of them.
#
# ### Average precision
#
# Go through all boxes of all images, from the highest score down. At each, note two shares: of the boxes so far, how
# many are right (**precision**), and of all shapes, how many are found (**recall**). A second box on the same shape is
# wrong. Recall grows from left to right; the area under the precision is the **average precision**, AP. It is 1 if
# every shape is found before the first wrong box.

# %% show
results = models.detect(detector, pictures)
found = [[each[i] for each in results] for i in range(3)]  # boxes, scores, labels
ap = metrics.mean_average_precision(*found, unseen_scenes.boxes, unseen_scenes.labels, classes=5)
print("AP ≥ 90 %:", ap >= 0.9)

crowds = models.detect(detector, pictures, threshold=1.0)
found = [[each[i] for each in crowds] for i in range(3)]
worse = metrics.mean_average_precision(*found, unseen_scenes.boxes, unseen_scenes.labels, classes=5)
print("AP − 5 %:", worse < ap - 0.05)

# %% [markdown]
# On unseen images, the mean over the five kinds is at least 90 %, at an IoU of one half. Without suppression it is more
# than five points less: the repeated boxes all count as wrong.
#
# And because it slides, the detector never asked how large the image is. It has seen 32x32 in training. Here is one of
# 64x64:

# %% show
large = cnnlib.data.draw_shapes(1, rng=np.random.default_rng(6), size=64, count=(9, 9), noise=0.1)
(each,) = models.detect(detector, torch.from_numpy(large.images), least=0.3)
draw.with_boxes(large.images[:, 0], [each.boxes], labels=[[cnnlib.data.KINDS[label] for label in each.labels]])

# %% [markdown] question="why_suppression" points=1
# **Why?** Two people embrace, and their true boxes have an IoU of 0.6. What does non-maximum suppression with a
# threshold of 0.5 make of them, and what does it cost to raise the threshold?
#
# ### BEGIN SOLUTION
# Only the better of the two boxes stays: one person is lost, however sure the detector was of both. With a threshold of
# 0.7 both stay. But then two boxes on the same person that share less than 0.7 stay as well, and one of them is wrong.
# Suppression cannot know whether two boxes are two things or one thing seen twice; it only has their overlap.
# ### END SOLUTION

# %% [markdown]
# ## Pose
#
# Where are the hands? For each of eleven joints of a stick figure, the answer is a **point**: how far right, how far
# down. Left and right are as we see them.

# %% show
rng = np.random.default_rng(0)
figures = cnnlib.data.draw_figures(800, rng=rng)
unseen_figures = cnnlib.data.draw_figures(200, rng=rng)
bones = cnnlib.data.BONES
draw.with_points(figures.images[:4, 0], figures.points[:4], bones=bones, columns=4)

# %% [markdown]
# Let a linear layer give 22 numbers? It can be done, and it is hard to learn: to move the answer by one pixel, the
# layer has to know where everything is. A convolution cannot say *where*; it can only say *here*. So ask it that. The
# network gives one map for each joint, and the map is to be bright where the joint is: a **heat map**. A softmax over
# its places makes it a probability of *here*. Finding a joint is classification after all, with places for classes.

# %%
network = models.key_point_network(points=11)
print(tuple(network(torch.zeros(1, 1, 48, 48)).shape))

# %% [markdown]
# The maps have a quarter of the sides: 12 places across for 48 pixels. Each place stands for four by four pixels. If
# the answer were the highest place, it would be off by a pixel or two most of the time.
#
# ### Write it
#
# But the neighbours know more. If the joint lies left of the middle of its place, the place on the left is warm, too.
# So take the highest place and its direct neighbours, 3x3 of them, or fewer at the border, and compute their centroid,
# weighted by heat $m_{r,s}$:
#
# $$\bar{s} = \frac{\sum m_{r,s}\, s}{\sum m_{r,s}} \qquad \bar{r} = \frac{\sum m_{r,s}\, r}{\sum m_{r,s}}$$
#
# Then go from places to pixels. Place 0 stands for the pixels 0, 1, 2, 3, whose middle is 1.5; place 1 for
# 4, 5, 6, 7, whose middle is 5.5. In general, with stride $j$, place $p$ is pixel
# $(p + \tfrac{1}{2})\, j - \tfrac{1}{2}$.
#
# <details><summary>Hint: the highest place</summary>
#
# <code>r, s = np.unravel_index(heat.argmax(), heat.shape)</code>
#
# </details>
#
# <details><summary>Hint: the border</summary>
#
# <code>np.indices(heat.shape)</code> gives the row and the column of every place. Set the heat to 0 wherever row or
# column is more than 1 away from the highest place: then nothing need be cut out.
#
# </details>


# %% exercise="heatmap_peak" points=3 minutes=10
def heatmap_peak(heat, stride):
    """Where heat (h, w), nowhere below 0, is highest: an array of two numbers, right and down, in pixels.

    >>> heatmap_peak(np.array([[0, 1, 1, 0]]), 2)
    array([3.5, 0.5])
    """
    ### BEGIN SOLUTION
    rows, columns = np.indices(heat.shape)
    r, s = np.unravel_index(heat.argmax(), heat.shape)
    weights = heat * ((abs(rows - r) <= 1) & (abs(columns - s) <= 1))
    middle = np.array([(weights * columns).sum(), (weights * rows).sum()]) / weights.sum()
    return (middle + 0.5) * stride - 0.5
    ### END SOLUTION


# %% check="heatmap_peak"
check("heatmap_peak", heatmap_peak)

# %% [markdown]
# ### Train it
#
# `models.heatmaps` draws what the maps should look like, a bump around each joint. The loss is the cross-entropy.

# %% show
torch.manual_seed(0)
network = models.key_point_network(points=11)
images = torch.from_numpy(figures.images)
wanted = models.heatmaps(torch.from_numpy(figures.points), 48, 48)
batches = [rows for _ in range(5) for rows in torch.randperm(len(images)).split(16)]
optimizer = torch.optim.Adam(network.parameters())
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.01, total_steps=len(batches))
for rows in batches:
    loss = models.heat_loss(network(images[rows]), wanted[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    schedule.step()

# %% [markdown]
# The heat of one figure's head, hands and feet:

# %% show
network.eval()
with torch.no_grad():
    maps = models.heat(network(torch.from_numpy(unseen_figures.images)))
draw.images([unseen_figures.images[0, 0], *maps[0, [0, 4, 6, 8, 10]].numpy().round(2)], columns=6)

# %% show
found = models.peaks(maps).numpy()
print("≤ 1 px:", metrics.point_error(found, unseen_figures.points) <= 1)
highest = models.peaks(maps, reach=0).numpy()
print("≥ 1.3 px:", metrics.point_error(highest, unseen_figures.points) >= 1.3)
draw.with_points(unseen_figures.images[:8, 0], found[:8], bones=bones, true=unseen_figures.points[:8], columns=4)

# %% [markdown]
# The discs are what was found, the crosses what is true. On average a joint is less than one pixel off, although the
# places of the maps are four pixels apart; with the highest place alone it would be more than 1.3.
#
# And the 22 numbers? A linear layer on the same body, trained for just as long on the same figures, is more than twice
# as far off. It has a weight for each place and each number, and has to learn each of them by itself; a map learns
# *hand* once, for all places.

# %% [markdown]
# ## Style
#
# A photograph shows *something*, and it shows it *somehow*: in strokes, grains, or discs. Can the two be told apart,
# so that one picture lends the other its manner? Gatys, Ecker and Bethge (2016) found a simple way, and it needs no
# network that knows about style. Ours has only ever read letters.
#
# Here are a wall, the same wall further down, and coins.

# %% show
grey = {name: cnnlib.data.load_photo(name, size=224, grey=True) for name in ("brick", "coins", "cat")}
wall, further_down, coins = grey["brick"][:, :112], grey["brick"][:, 112:], grey["coins"][:, :112]
owners = ", ".join(cnnlib.data.PHOTOS[name].credit for name in ("brick", "coins"))
draw.images([wall[0], further_down[0], coins[0]], titles=["1", "2", "3"], scale=(0, 1), credit=owners)

# %% [markdown]
# The two pieces of wall differ in nearly every pixel, and yet we see one wall. What stays? Not *where* something is,
# but *what goes together*. Where the map for upright edges is strong, that for joints is strong as well.
#
# So take the maps behind a ReLU of the reader of letters, multiply them two by two, and average over all places. What
# comes out is one number for each pair of maps, and no place is left in it. Below are these tables for the three
# pictures, bright where two maps go together. Which two are alike?

# %% show
letters = models.pretrained("letters").features
with torch.no_grad():
    maps = [models.rectified_maps(letters, torch.from_numpy(x)[None])[0] for x in (wall, further_down, coins)]
    tables = [models.gram(x)[0].numpy() for x in maps]
draw.images(np.sqrt(tables), titles=["1", "2", "3"], scale="shared")

# %% show
distance = [float(np.square(tables[0] - table).mean()) for table in tables]
print("1, 2 : 1, 3", "< 1/10" if distance[1] < distance[2] / 10 else "> 1/10")

# %% [markdown]
# Such a table is a **Gram matrix**. For maps $A$ of $H \cdot W$ places, of one image:
#
# $$G_{c,d} = \frac{1}{HW} \sum_{r,s} A_{c,r,s}\, A_{d,r,s}$$
#
# The diagonal tells how strong each map is; the rest, which maps are strong together. The matrices of the two walls
# are at least ten times closer than those of wall and coins.
#
# ### Write it
#
# Without a loop: lay out each map as one row of $H \cdot W$ numbers, then the matrix is a product of two matrices.
# Each image of the batch has a matrix of its own. Stay within torch, since a gradient has to find its way back.
#
# <details><summary>Hint: the rows</summary>
#
# <code>maps.reshape(N, C, H * W)</code>
#
# </details>
#
# <details><summary>Hint: many products at once</summary>
#
# <code>@</code> multiplies the last two axes, and <code>.transpose(1, 2)</code> swaps them.
#
# </details>


# %% exercise="gram" points=3 minutes=8
def gram(maps):
    """The mean product (N, C, C) of each two of the maps (N, C, H, W), over all places of an image.

    One image with the maps [[1, 2]] and [[0, 4]]: [[[2.5, 4], [4, 8]]].
    """
    ### BEGIN SOLUTION
    N, C, H, W = maps.shape
    rows = maps.reshape(N, C, H * W)
    return rows @ rows.transpose(1, 2) / (H * W)
    ### END SOLUTION


# %% check="gram"
check("gram", gram)

# %% [markdown]
# ### Let the image learn
#
# As in lesson 09, the weights stay and the *image* learns. It begins as the photograph of a cat, and goes down a loss
# with two parts:
#
# $$L = \underbrace{\sum_l \lVert G_l(x) - G_l(\text{style}) \rVert^2}_{\text{have its manner}}
# + \lambda \underbrace{\lVert A(x) - A(\text{cat}) \rVert^2}_{\text{stay what you are}}$$
#
# The first part compares Gram matrices behind each ReLU $l$. The second compares the last maps themselves, places
# included. Both are taken from the image, its half and its quarter, so that small kernels see large patterns, too.
# `models.transfer_style` makes forty steps of Adam.

# %% show
cat, *styles = [
    torch.from_numpy(cnnlib.data.load_photo(name, size=112, grey=True))[None] for name in ("cat", "brick", "coins")
]
paintings = [models.transfer_style(letters, cat, style) for style in styles]
shown = [image for style, painting in zip(styles, paintings, strict=True) for image in (cat, style, painting.image)]
owners = ", ".join(cnnlib.data.PHOTOS[name].credit for name in ("cat", "brick", "coins"))
titles = ["content", "style", "painted"] * 2
draw.images([image[0, 0].numpy() for image in shown], titles=titles, columns=3, scale=(0, 1), credit=owners)

# %% show
for painting in paintings:
    print("style", "< 30 %" if painting.style[-1] < 0.3 else "> 30 %", end=", ")
    print("content", "< 40 %" if painting.content[-1] < 0.4 else "> 40 %")

# %% [markdown]
# The cat is laid in bricks, and then in coins. In numbers: of the distance between the styles of the two photographs,
# less than 30 % is left. The price is that the last maps are no longer those of the cat. Their change is less than
# 40 % of their variance. Anything that a loss says about itself flatters, so trust your eyes as well.
#
# Our reader sees one channel, so colour takes another way: paint the brightness alone, and put the colours of the
# photograph back on top.

# %% show
cat_in_colour = cnnlib.data.load_photo("cat", size=112)[None]
above_grey = cnnlib.data.split_colours(cat_in_colour).clean
coloured = [cnnlib.data.join_colours(painting.image.numpy(), above_grey)[0] for painting in paintings]
pictures = [image.transpose(1, 2, 0) for image in (cat_in_colour[0], *coloured)]
draw.images(pictures, titles=["content", "painted", "painted"], credit=cnnlib.data.PHOTOS["cat"].credit)

# %% [markdown] question="why_gram" points=1
# **Why?** Cut a photograph into squares, each as large as the network's field of view, and put them together in
# another order. What happens to its Gram matrices, and why do they describe a style and not a content?
#
# ### BEGIN SOLUTION
# They stay almost the same. A Gram matrix is a sum over places, and a sum does not care about the order of its terms;
# only at the seams do new patterns arise. So it says which patterns there are, how strong they are, and which of them
# occur together, but not where. That is what the picture's material looks like, and not what the picture shows.
# ### END SOLUTION

# %% [markdown]
# ## Restoring images
#
# Spoil a photograph on purpose, and you have both the question and the answer: no one needs to label anything. All
# three networks here learn in seconds, from small squares cut out of photographs.
#
# How good is a restored image? The **peak signal-to-noise ratio** compares it with the original, pixel by pixel. For
# values from 0 to 1:
#
# $$\text{PSNR} = 10 \log_{10} \frac{1}{\text{mean of } (x - y)^2}$$
#
# Its unit is the decibel. An error ten times smaller in the square is 10 dB more; 3 dB more is half the squared error.
#
# Six photographs are there to learn from. The man with the camera and the cup of coffee are held back: no network in
# the next two parts has seen a pixel of them.

# %% show
names = ("astronaut", "brick", "cat", "coins", "galaxies", "rocket")
known = [cnnlib.data.load_photo(name, size=256, grey=True) for name in names]
held_back = np.stack([cnnlib.data.load_photo(name, size=256, grey=True) for name in ("camera", "coffee")])
owners = ", ".join(dict.fromkeys(cnnlib.data.PHOTOS[name].credit for name in (*names, "camera", "coffee")))
draw.images([photo[0] for photo in (*known, *held_back)], columns=4, scale=(0, 1), credit=owners)


# %% show
def learn(network, draw_pairs, steps, rate):
    """Train a network on fresh pairs at each step: Adam on the squared error, the rate up to its most and down."""
    optimizer = torch.optim.Adam(network.parameters(), lr=rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    for _ in range(steps):
        spoilt, clean = map(torch.from_numpy, draw_pairs())
        loss = functional.mse_loss(network(spoilt), clean)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return network.eval()


def restored(network, images):
    with torch.no_grad():
        return network(torch.from_numpy(images)).numpy()


# %% [markdown]
# ### Noise
#
# Each pixel gets a random number on top, with a standard deviation of 25 of the 255 steps from black to white. The
# network has six layers, and one trick: it does not paint the clean image, it finds the *noise*, which is then taken
# away (Zhang and others, 2017). Nothing to do means answering zero, which is easy.
#
# It competes with two that never learnt. The *Gaussian* filter blurs; we look at the original and give it the best
# width there is. *Non-local means* averages pixels whose surroundings look alike, and is strong.

# %% show
from scipy import ndimage
from skimage.restoration import denoise_nl_means

sigma = 25 / 255
rng = np.random.default_rng(0)
torch.manual_seed(0)


def draw_noisy():
    return cnnlib.data.add_noise(cnnlib.data.photo_patches(known, 8, size=40, rng=rng), sigma, rng=rng)


denoiser = learn(models.Denoiser(), draw_noisy, steps=120, rate=0.01)
noisy = cnnlib.data.add_noise(held_back, sigma, rng=rng).spoilt
cleaned = restored(denoiser, noisy)
widths = np.arange(0.6, 1.6, 0.1)
for x, y, clean in zip(noisy[:, 0], cleaned[:, 0], held_back[:, 0], strict=True):
    gauss = max(cnnlib.data.psnr(ndimage.gaussian_filter(x, width), clean) for width in widths)
    means = cnnlib.data.psnr(denoise_nl_means(x, h=0.7 * sigma, sigma=sigma, patch_size=5, patch_distance=6), clean)
    ours = cnnlib.data.psnr(y, clean)
    print("> Gauss + 1 dB" if ours > gauss + 1 else "< Gauss + 1 dB", end=", ")
    print("< non-local means" if ours < means else "> non-local means")

# %% show
blurred = ndimage.gaussian_filter(noisy[0, 0], 0.9)
pieces = [image[60:156, 70:166] for image in (noisy[0, 0], blurred, cleaned[0, 0], held_back[0, 0])]
credit = cnnlib.data.PHOTOS["camera"].credit
draw.images(pieces, titles=["noisy", "Gaussian", "network", "original"], scale=(0, 1), credit=credit)

# %% [markdown]
# The network beats the best blur by more than 1 dB on both photographs. It does not beat non-local means: six layers
# that have learnt for some seconds are not enough for that. Larger ones that have learnt for hours are.
#
# ### Twice the size
#
# The opposite of halving an image is not unique, so every method guesses. *Bicubic* enlargement takes a smooth surface
# through the pixels. A network can do better where it has learnt how edges go on.
#
# But how does a convolution get *larger* maps? Lesson 04 had one answer, the transposed convolution. The other one is
# to work on the small image and to make $r^2$ channels for each one that is wanted. Then each place deals out its
# $r^2$ values to a square of $r$ by $r$ pixels: a **pixel shuffle** (Shi and others, 2016).
#
# $$y_{n,\,c,\,rh+i,\,rw+j} = x_{n,\,cr^2+ir+j,\,h,\,w} \qquad 0 \le i, j < r$$
#
# Four channels become one, twice as large:

# %% show
four = np.arange(16).reshape(1, 4, 2, 2)
one = nn.functional.pixel_shuffle(torch.from_numpy(four), 2).numpy()
maps = [part for number in range(4) for part in (four[0, number], "," if number < 3 else "→")]
draw.equation(*maps, one[0, 0], titles=["0", "1", "2", "3", ""])

# %% [markdown]
# ### Write it
#
# No multiplication, no loop: split an axis, change the order of axes, merge. `torch` has it ready-made as
# `pixel_shuffle`; here you write it.
#
# <details><summary>Hint: split</summary>
#
# <code>maps.reshape(N, C, r, r, H, W)</code> gives the two axes i and j.
#
# </details>
#
# <details><summary>Hint: the order</summary>
#
# In the result, h and i together count the rows, w and j the columns. So <code>permute</code> to (N, C, H, r, W, r).
#
# </details>


# %% exercise="pixel_shuffle" points=2 minutes=8
def pixel_shuffle(maps, r):
    """Maps (N, C·r², H, W) as larger ones (N, C, r·H, r·W): the values of a place become a square.

    Four maps of one place, [[1]], [[2]], [[3]] and [[4]], with r = 2: one map [[1, 2], [3, 4]].
    """
    ### BEGIN SOLUTION
    N, K, H, W = maps.shape
    C = K // r**2
    squares = maps.reshape(N, C, r, r, H, W).permute(0, 1, 4, 2, 5, 3)
    return squares.reshape(N, C, r * H, r * W)
    ### END SOLUTION


# %% check="pixel_shuffle"
check("pixel_shuffle", pixel_shuffle)

# %% [markdown]
# The network adds what the shuffle gives to the bicubic enlargement. Again it need only learn the difference.

# %% show
rng = np.random.default_rng(0)
torch.manual_seed(0)


def draw_small():
    return cnnlib.data.halve(cnnlib.data.photo_patches(known, 8, size=48, rng=rng))


enlarger = learn(models.Enlarger(depth=4), draw_small, steps=150, rate=0.005)
small = cnnlib.data.halve(held_back).spoilt
bicubic = models.enlarge_bicubic(torch.from_numpy(small)).numpy()
enlarged = restored(enlarger, small)
for smooth, sharp, original in zip(bicubic, enlarged, held_back, strict=True):
    gain = cnnlib.data.psnr(sharp, original) - cnnlib.data.psnr(smooth, original)
    print("> 1.3 dB" if gain > 1.3 else "< 1.3 dB")

# %% show
pieces = [image[60:156, 70:166] for image in (bicubic[0, 0], enlarged[0, 0], held_back[0, 0])]
draw.images(pieces, titles=["bicubic", "network", "original"], scale=(0, 1), credit=credit)

# %% [markdown]
# The gain over bicubic is more than 1.3 dB on both photographs that were held back: a good quarter of the squared
# error is gone. What the small image does not hold, no network brings back; it puts in what is *usual* there. For a
# holiday picture that is welcome. For a number plate or an X-ray it is not evidence.
#
# ### Colour
#
# Grey to colour is the boldest guess. The network sees the brightness, and says how far red and blue lie above it;
# green follows. Few photographs teach few colours, so this time we ask for less: it learns from the *left halves* of
# three photographs, and colours their right halves. And then a fourth photograph, of which it has seen nothing.

# %% show
rng = np.random.default_rng(0)
torch.manual_seed(0)
in_colour = np.stack([cnnlib.data.load_photo(name, size=128) for name in ("astronaut", "cat", "coffee", "rocket")])
left_halves = in_colour[:3, :, :, :64]


def draw_grey():
    return cnnlib.data.split_colours(cnnlib.data.photo_patches(left_halves, 8, size=48, rng=rng))


colouriser = learn(models.Colouriser(), draw_grey, steps=100, rate=0.01)
light, _ = cnnlib.data.split_colours(in_colour)
guessed = cnnlib.data.join_colours(light, restored(colouriser, light))
without = np.repeat(light, 3, axis=1)
for number, (plain, coloured, original) in enumerate(zip(without, guessed, in_colour, strict=True), 1):
    right = np.s_[:, :, 64:]
    gain = cnnlib.data.psnr(coloured[right], original[right]) - cnnlib.data.psnr(plain[right], original[right])
    print(number, "> grey + 3 dB" if gain > 3 else "< grey - 3 dB" if gain < -3 else "= grey ± 3 dB")

# %% show
rows = np.concatenate([without, guessed, in_colour]).transpose(0, 2, 3, 1)
owners = ", ".join(cnnlib.data.PHOTOS[name].credit for name in ("astronaut", "cat", "coffee", "rocket"))
draw.images(rows, titles=["grey"] * 4 + ["network"] * 4 + ["original"] * 4, columns=4, credit=owners)

# %% [markdown]
# The right halves of the cat and of the cup gain at least 3 dB over staying grey. That is no great art: their left
# halves are much like them. The astronaut gains little or nothing, for her right half is mostly black and white, and
# there grey is right already. And the rocket stands before a sky of a colour that the network has never seen, at least
# 3 dB *worse* than grey.
#
# So ask, whenever you read such a figure, what was held back: other pixels, other halves, or other photographs.

# %% [markdown] question="why_psnr" points=1
# **Why?** A pixel is either black or white, and nobody can tell which: both are equally likely. Which answer has the
# smallest squared error on average? What does that mean for images restored by networks that learn from it?
#
# ### BEGIN SOLUTION
# Grey, the mean of what is possible: its squared error is 1/4 each time, where guessing black or white costs 1 half
# of the time. So a network that learns from the squared error answers with averages wherever it is unsure: soft edges,
# flat textures, brownish colours. The PSNR rewards that, though no real image looks so.
# ### END SOLUTION

# %% [markdown]
# ## Actions
#
# A photograph of a door does not say whether it opens or closes. For that you need a second one, and you need to know
# which came first. An **action** is in the order of the frames.
#
# Here are four short clips of handwritten digits, a row each. The first moves left, the second moves right, the third
# grows, the fourth turns. There are eight actions in all, two by two: played backwards, a clip of one shows the other.
# And the frame in the middle says nothing, since place, size and angle are drawn there first.

# %% show
rng = np.random.default_rng(0)
digits = cnnlib.data.split_digits(rng=rng)
filmed = cnnlib.data.draw_clips(np.repeat(digits.train.images, 3, axis=0), rng=rng)
fresh = cnnlib.data.draw_clips(digits.test.images, rng=rng)
shown = [
    np.flatnonzero(fresh.actions == cnnlib.data.ACTIONS.index(name))[0]
    for name in ("left", "right", "grow", "clockwise")
]
draw.images([frame for row in shown for frame in fresh.clips[row, 0, ::2]], columns=5, scale=(0, 1))

# %% [markdown]
# A network sees what moves if its kernels cover several frames. A clip has shape (C, T, H, W): one axis more than an
# image, the time. A kernel has shape (C, t, h, w), and it slides along three axes instead of two:
#
# $$ y[k, i, r, s] = \sum_{c, a, u, v} w[k, c, a, u, v]\; x[c, i + a, r + u, s + v] $$
#
# That is all there is to a 3-D convolution. A kernel of 2x1x1 with the values −1 and 1 subtracts each frame from the
# next: what stands still vanishes.
#
# ### Write it
#
# No padding, no stride, no bias. As in lesson 02, the kernel is used as it stands.
#
# <details><summary>Hint: one window</summary>
#
# <code>x[:, i : i + t, r : r + h, s : s + v]</code> has the shape of each kernel.
#
# </details>
#
# <details><summary>Hint: without loops</summary>
#
# <code>np.lib.stride_tricks.sliding_window_view</code> takes several axes, and <code>np.einsum</code> adds up.
#
# </details>


# %% exercise="conv3d" points=3 minutes=10
def conv3d(x, w):
    """The maps (K, T-t+1, H-h+1, W-v+1) of a clip x (C, T, H, W), for kernels w (K, C, t, h, v)."""
    ### BEGIN SOLUTION
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(1, 2, 3))
    return np.einsum("ctrsabd,kcabd->ktrs", windows, w)
    ### END SOLUTION


# %% check="conv3d"
check("conv3d", conv3d)

# %% [markdown]
# Now train one. `models.clip_network` has three such layers. We train it twice: on whole clips, and on the middle
# frame alone. It is tested on clips of digits that it has not seen. There are eight actions, so guessing is right
# once in eight, 12.5 %.


# %% show
def learn_actions(clips, actions, epochs):
    """A network that has learnt what happens in clips (N, 1, T, H, W)."""
    torch.manual_seed(0)
    network = models.clip_network(classes=len(cnnlib.data.ACTIONS))
    clips, actions = torch.from_numpy(clips), torch.from_numpy(actions)
    batches = [rows for _ in range(epochs) for rows in torch.randperm(len(clips)).split(32)]
    optimizer = torch.optim.Adam(network.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-2, total_steps=len(batches))
    for rows in batches:
        loss = functional.cross_entropy(network(clips[rows]), actions[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return network.eval()


def seen_in(network, clips):
    """What the network says happens in each clip."""
    with torch.no_grad():
        return network(torch.from_numpy(clips)).argmax(dim=1).numpy()


watcher = learn_actions(filmed.clips, filmed.actions, epochs=2)
glimpser = learn_actions(filmed.clips[:, :, 4:5], filmed.actions, epochs=2)
watched = (seen_in(watcher, fresh.clips) == fresh.actions).mean()
glimpsed = (seen_in(glimpser, fresh.clips[:, :, 4:5]) == fresh.actions).mean()
print("T = 9:", "> 85 %" if watched > 0.85 else "< 85 %")
print("T = 1:", "< 20 %" if glimpsed < 0.2 else "> 20 %")

# %% [markdown]
# The same network, the same digits: with one frame it guesses, with nine it knows. Last proof: play the clips
# backwards. If it has learnt the order, it must now name the opposite action.

# %% show
backwards = seen_in(watcher, fresh.clips[:, :, ::-1].copy())
print("> 80 %" if (backwards == (fresh.actions ^ 1)).mean() > 0.8 else "< 80 %")

# %% [markdown]
# ## Documents
#
# Reading a form means reading lines, and lines have no fixed length. Nor does anyone say where one sign ends and the
# next begins. Here are three lines of drawn digits, with uneven gaps.

# %% show
lines = cnnlib.data.draw_lines(1500, rng=np.random.default_rng(0), length=5)
longer = cnnlib.data.draw_lines(200, rng=np.random.default_rng(1), length=10)
draw.images([*lines.images[:2, 0], longer.images[0, 0]], columns=1, scale=(0, 1))

# %% [markdown]
# A network without a linear layer takes an image of any width. `models.line_reader` ends in scores for each *column*
# of its last map, for eleven labels: the ten digits, and a **blank**, label 0, for "nothing new here". A wide sign
# fills several columns, so labels repeat: the columns `0 4 4 4 0 0 4 7 7` stand for the labels 4, 4, 7.
#
# To get from columns to signs takes two steps, in this order: merge neighbours that are equal, then drop the blanks.
# A blank between two equal labels keeps them apart; that is what it is for.
#
# ### Write it


# %% exercise="greedy_decode" points=2 minutes=6
def greedy_decode(best):
    """The list of labels that a line reads, from the best label of each column; 0 is the blank.

    [0, 4, 4, 4, 0, 0, 4, 7, 7] reads [4, 4, 7].
    """
    ### BEGIN SOLUTION
    found, last = [], 0
    for label in best:
        if label not in (0, last):
            found.append(int(label))
        last = label
    return found
    ### END SOLUTION


# %% check="greedy_decode"
check("greedy_decode", greedy_decode)

# %% [markdown]
# And training? We know what each line says, but not in which columns. The **CTC** loss (*connectionist temporal
# classification*) adds up the probabilities of *all* columns that decode to the right digits, and asks for more of
# that sum. Torch has it as `ctc_loss`. We train on lines of 5 digits, and test on lines of 10.

# %% show
torch.manual_seed(0)
line_network = models.line_reader()
images, wanted = torch.from_numpy(lines.images), torch.from_numpy(lines.digits) + 1
batches = [rows for _ in range(3) for rows in torch.randperm(len(images)).split(25)]
optimizer = torch.optim.Adam(line_network.parameters())
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-2, total_steps=len(batches))
for rows in batches:
    scores = line_network(images[rows]).permute(2, 0, 1).log_softmax(dim=2)  # (columns, N, 11)
    lengths = torch.full((len(rows),), len(scores)), torch.full((len(rows),), 5)
    loss = functional.ctc_loss(scores, wanted[rows], *lengths)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    schedule.step()
line_network = line_network.eval()


# %% [markdown]
# The honest number is the **character error rate**: how many digits must be put in, taken out or changed to mend the
# readings, divided by how many there are.


# %% show
def read(best):
    """The digits of a line, from the best label of each column."""
    return [int(now) - 1 for now, before in zip(best, [0, *best[:-1]], strict=True) if now not in (0, before)]


def edits(found, written):
    """How many signs must be put in, taken out or changed to make one list the other."""
    row = list(range(len(written) + 1))
    for i, sign in enumerate(found, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(written, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (sign != other))
    return row[-1]


with torch.no_grad():
    best = line_network(torch.from_numpy(longer.images)).argmax(dim=1).numpy()
errors = sum(edits(read(columns), digits) for columns, digits in zip(best, longer.digits.tolist(), strict=True))
print("< 8 %" if errors / longer.digits.size < 0.08 else "> 8 %")

# %% varies
draw.images(
    longer.images[:3, 0], titles=["".join(map(str, read(columns))) for columns in best[:3]], columns=1, scale=(0, 1)
)

# %% [markdown]
# Above each line stands what the network reads. It has never seen a line this long. It does not count signs; it looks
# at a few columns at a time, and the same kernels serve all of them.

# %% [markdown]
# ## An agent that acts from pixels
#
# So far a network has looked, and said something. An **agent** looks, acts, and has to live with it. Ours sees a map of
# 6x6 pixels from above, new in each episode: itself, the goal, three pixels of wall and three of lava, each kind in a
# colour of its own. It may go up, right, down or left; a wall or the border stops it. The goal pays 1; lava costs 1;
# both end the episode, and so do 30 steps. Nobody ever tells it which move was the right one.
#
# First, an agent that moves at random, on three maps.


# %% show
def play(choose, episodes, seed):
    """Fresh episodes: whether each reached the goal, the maps at the start, the ways gone, the shortest possible."""
    worlds = cnnlib.data.PixelWorlds(episodes, rng=np.random.default_rng(seed))
    maps, shortest = worlds.images(), worlds.shortest()
    ways = [[tuple(place)] for place in worlds.places.tolist()]
    playing, reached = np.ones(episodes, bool), np.zeros(episodes, bool)
    for _ in range(worlds.limit):
        reward, done, _ = worlds.step(choose(worlds.images()))
        for i in np.flatnonzero(playing):
            ways[i].append(tuple(worlds.places[i].tolist()))
        reached |= playing & (reward > 0)
        playing &= ~done
    return reached, maps, ways, shortest


def at_random(images):
    return dice.integers(0, 4, len(images))


dice = np.random.default_rng(0)


reached, maps, ways, _ = play(at_random, 100, seed=1)
print("< 40 %" if reached.mean() < 0.4 else "> 40 %")
draw.journeys(maps[:3], ways[:3])

# %% [markdown]
# What is a move worth? What it earns at once, and what can be earned from there on, a little less for each step of
# waiting. That is the **value** $Q(s, a)$ of a move $a$ in an image $s$. A network shall give the four values of an
# image; to act is then to take the greatest.
#
# It learns from its own steps. One step is an image, a move, a reward $r$, the image after it, and whether the episode
# was over then. The value of the move should have been
#
# $$ y = r + \gamma \; Q(s', a') $$
#
# with the discount $\gamma = 0.9$, the next image $s'$ and its best move $a'$; and $y = r$ if the episode is over,
# since then nothing follows.
#
# There is a trap. The values are wrong at first, some too high and some too low. Who takes the greatest of several
# wrong numbers takes one that is too high, and learns from it. So **double Q-learning** asks two networks: the one that
# learns, *online*, picks the move $a'$; an older copy of it, *target*, says what that move is worth.
#
# ### Write it
#
# For a batch of N steps: `reward` (N,), `done` (N,) as booleans, and what both networks say of the images after the
# steps, `online` and `target` (N, 4).
#
# <details><summary>Hint: one value from each row</summary>
#
# <code>target[np.arange(N), best]</code> takes, from row n, the value at <code>best[n]</code>.
#
# </details>


# %% exercise="td_target" points=3 minutes=10
def td_target(reward, done, online, target, discount):
    """What each step's move was worth (N,), by double Q-learning.

    A reward of 0, not done, online [1, 5], target [3, 2] and a discount of 0.5 give 1.
    """
    ### BEGIN SOLUTION
    best = online.argmax(axis=1)
    return reward + discount * np.where(done, 0, target[np.arange(len(best)), best])
    ### END SOLUTION


# %% check="td_target"
check("td_target", td_target)

# %% [markdown]
# Training an agent takes longer than a lesson should: it has to find out by trying. So the course comes with one that
# has made 1,800 updates, from 115,200 steps, by exactly this target. At first it moved at random; later in three cases
# of ten. Its network is one convolution after another: each round carries what is known of a cell to its neighbours.
#
# Here it is on the same maps, and its success in 100 fresh episodes. In 2,000 others it reaches the goal in 93.7 %.


# %% show
agent = models.pretrained("agent")


def by_value(images):
    with torch.no_grad():
        return agent(torch.from_numpy(images)).argmax(dim=1).numpy()


reached, maps, ways, shortest = play(by_value, 100, seed=1)
print("> 80 %" if reached.mean() > 0.8 else "< 80 %")
lengths = np.array([len(way) - 1 for way in ways])
print("+", (lengths[reached] - shortest[reached]).mean() < 1)
draw.journeys(maps[:3], ways[:3])

# %% [markdown]
# A planner that is given the map as numbers, and its rules, reaches the goal in 100 of 100: each map has a way, and the
# shortest can be worked out. The network was given neither, only pixels and rewards, and it stays below. Where it
# fails, it mostly walks to and fro until time is up, and hardly ever into lava: far from the goal the four values are
# nearly equal, and a small error decides.

# %% [markdown]
# ## In short
#
# - **Segmentation**: a class for each pixel. Judge masks by intersection over union, not by the pixels that are right.
# - **Detection**: a network of convolutions slides by itself; suppression keeps the best of many boxes; average
#   precision judges all cuts at once.
# - **Pose**: ask for *here*, not for *where*. A heat map and a centroid find a joint between its places.
# - **Style**: what a picture shows and how it is painted live in the same maps: the one in their places, the other in
#   which of them go together.
# - **Restoring images**: learn what is to be taken away, or added; and compare with what one could do without learning.
# - **Actions**: a third axis for the filter, and edges become movements.
# - **Documents**: a line is read by sliding along it.
# - **An agent that acts from pixels**: no labels at all, only rewards, and a network that foresees them.
#
# One sentence holds for all eight: a convolution finds patterns wherever they are, and what you ask of its maps is up
# to you.
#
# **Where next.** Lesson 13, *The practical network*, puts the whole course together: one network, from the data to an
# honest test, with nothing hidden.
