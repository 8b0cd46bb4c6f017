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
from torch.nn import functional

import cnnlib.data
import cnnlib.draw as draw
from cnnlib import models

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
from cnnlib import metrics

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
scenes = cnnlib.data.draw_shapes(500, rng=rng, noise=0.1)
unseen_scenes = cnnlib.data.draw_shapes(200, rng=rng, noise=0.1)
detector = models.detector(channels=1, classes=5)
images = torch.from_numpy(scenes.images)
wanted = models.assign(scenes.boxes, scenes.labels, 32, 32)
batches = [rows for _ in range(6) for rows in torch.randperm(len(images)).split(16)]
optimizer = torch.optim.Adam(detector.parameters())
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.01, total_steps=len(batches))
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

# %%
from cnnlib import metrics


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
print("AP ≥ 80 %:", ap >= 0.8)

crowds = models.detect(detector, pictures, threshold=1.0)
found = [[each[i] for each in crowds] for i in range(3)]
worse = metrics.mean_average_precision(*found, unseen_scenes.boxes, unseen_scenes.labels, classes=5)
print("AP − 5 %:", worse < ap - 0.05)

# %% [markdown]
# On unseen images, the mean over the five kinds is at least 80 %, at an IoU of one half. Without suppression it is more
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

    >>> heatmap_peak(np.array([[0, 1, 1, 0]]), 2)  # between the places 1 and 2, so between the pixels 3 and 4
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
from cnnlib import metrics

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
