# %% [markdown]
# # 11 · Transfer learning
#
# Labels are dear: somebody has to look at every image. So it is good to know that a network which has learnt one task
# is half way to the next. At the end you will be able to
#
# - take a trained network apart into a body and a head, and give it a new head;
# - freeze the body so that nothing in it moves, batch normalisation included;
# - change images at random without changing what they show, and keep copies out of the test;
# - choose between a new head, early features and fine-tuning;
# - train a head on a few labels, and say what the transfer was worth.
#
# Allow about 75 minutes. You need batch normalisation from lesson 06 and the parts of a network from lesson 08.

# %%
import numpy as np
import torch
from torch import nn
from torch.nn import functional

import cnnlib.data
import cnnlib.draw as draw
from cnnlib import models

torch.set_num_threads(1)

# %% [markdown]
# ## Learnt once, used twice
#
# Somebody wants handwritten digits read, on dirty paper, and has labelled fifty of them: five of each kind. Fifty
# images are not much. A network that starts from nothing and learns from these alone gets about half of all others
# right.
#
# Letters, on the other hand, cost nothing: a computer can draw as many as you like, and it knows what it has drawn.
# In the picture, the upper row are letters drawn with the fonts of matplotlib, warped and pasted on clouds. The lower
# row are real handwritten digits, pasted in the same way.

# %% show
rng = np.random.default_rng(0)
drawn = cnnlib.data.draw_glyphs(420, rng=rng)
letters = cnnlib.data.paste_on_clutter(drawn.images, rng=rng)
digits = cnnlib.data.split_digits(rng=rng)
written = cnnlib.data.paste_on_clutter(digits.train.images[:6], rng=rng)
names = [cnnlib.data.LETTERS[label] for label in drawn.labels[:6]] + [str(label) for label in digits.train.labels[:6]]
draw.images([*letters[:6, 0], *written[:, 0]], titles=names, columns=6, scale=(0, 1))

# %% [markdown]
# The canvas is the same, the pens and the signs are not. The course comes with a small network that has seen 80,000
# such letters, and never a digit. It has three parts: `features`, a stack of convolutions; `pool`, which keeps the
# greatest value in each quarter of every map; and `classifier`, one linear layer that scores the letters.

# %% show
draw.architecture(models.blocks(models.summary(models.pretrained("letters"), (1, 16, 16))), columns=3)

# %%
reader = models.pretrained("letters")
for name, part in reader.named_children():
    print(f"{name:>10} {sum(p.numel() for p in part.parameters()):>7,}")


# %% show
def share_right(network, images, labels):
    """The share of the images (N, 1, H, W) that the network reads right, in eval mode."""
    network.eval()
    with torch.no_grad():
        said = network(torch.from_numpy(images)).argmax(dim=1).numpy()
    return (said == labels).mean()


print("> 65 %" if share_right(reader, letters, drawn.labels) > 0.65 else "< 65 %", f"(1/42 = {1 / 42:.1%})")

# %% [markdown]
# We shall call everything before the last layer the **body**, and the last layer the **head**. The head knows which
# letter is which; that is of no use for digits. But the body turns an image into 384 numbers, the **features**, and
# these tell strokes from clouds, and bends from corners. Digits have strokes, bends and corners too.
#
# So there are two ways to use it.
#
# - **Feature extraction.** The body stays exactly as it is: it is *frozen*. A new head learns on its features.
# - **Fine-tuning.** The new head learns, and the body learns along, in smaller steps.
#
# *Transfer learning* is the name for both. One of our sources keeps the word for the first alone; in most of the
# literature it covers both, and so it does here.

# %% [markdown]
# ## Freezing, truly
#
# To freeze weights is easy. Each parameter has a switch, `requires_grad`. When it is off, no gradient arrives, and the
# optimizer leaves the parameter alone. `part.requires_grad_(False)` turns it off for all parameters of a part at once.
#
# Is that enough? Try it. Take the reader, turn the switch off for *everything*, and send images through it in train
# mode: no loss, no gradient, no optimizer. Then let it read letters again. Guess first: what has changed?

# %% show
asleep = models.pretrained("letters").requires_grad_(False)
asleep.train()
clean = np.pad(digits.train.images, ((0, 0), (0, 0), (4, 4), (4, 4)))  # digits on plain paper
with torch.no_grad():
    for first in range(0, 960, 32):
        asleep(torch.from_numpy(clean[first : first + 32]))

moved = {"parameters": 0, "buffers": 0}
for kind in moved:
    pairs = zip(getattr(reader, kind)(), getattr(asleep, kind)(), strict=True)
    moved[kind] = sum(not torch.equal(before, after) for before, after in pairs)
print(moved, "> 30 %" if share_right(asleep, letters, drawn.labels) > 0.3 else "< 30 %")

# %% [markdown]
# Not one parameter has moved, and yet the reader can hardly read. What moved are **buffers**: the running mean and
# variance of batch normalisation. They are not learnt but *counted*. In train mode every batch that passes shifts
# them, and in eval mode the layer divides by what has been counted. Thirty batches of plain paper were enough to make
# it forget what a canvas looks like.
#
# (The third buffer of each layer only counts the batches. Here it has no influence on anything.)
#
# So a frozen body needs both: no gradients, *and* eval mode. The head, meanwhile, is in training, and may contain
# layers such as dropout that have to know it.
#
# ### Write it
#
# A training loop says `network.train()`, and then `freeze(network)`. From there on, nothing in `network.features` may
# change, to the last bit, and the same image must always give the same features; everything else goes on learning.
# Change the network itself; nothing need be returned. The check makes two steps of training and compares.
#
# <details><summary>Hint: two lines</summary>
#
# One is about gradients, the other about the mode. Both are methods of <code>network.features</code>.
#
# </details>
#
# <details><summary>Hint: their names</summary>
#
# <code>requires_grad_</code>, with an underscore at its end, and <code>eval</code>.
#
# </details>


# %% exercise="freeze" points=3 minutes=8
def freeze(network):
    """Let nothing in network.features change any more, in a network that has just been put in train mode."""
    ### BEGIN SOLUTION
    network.features.requires_grad_(False)
    network.features.eval()
    ### END SOLUTION


# %% check="freeze"
check("freeze", freeze)

# %% [markdown] question="why_each_epoch" points=1
# **Why?** A colleague calls `freeze(network)` once, before the loop. The loop begins each epoch with
# `network.train()`. What goes wrong, and which half of the freezing survives?
#
# ### BEGIN SOLUTION
# `network.train()` puts every part in train mode, the body too: from the first epoch on, its running statistics follow
# the new images, and its features depend on the batch. `requires_grad` is not touched by it, so the weights do stay.
# Nothing fails and no error is shown; the network is only worse than it should be. Freeze after each `train()`.
# ### END SOLUTION

# %% [markdown]
# ## A new head
#
# The old head gives 42 scores, one for each letter. Ten are wanted, and none of the old ones fits: the first row of
# its weights looks for an A, and a 0 is no A. So a fresh linear layer takes its place, as wide as the features, with
# one output for each new class.
#
# How wide are the features? Do not type 384: another network will have another number. The old head knows.
#
# <details><summary>Hint: what a linear layer knows about itself</summary>
#
# <code>in_features</code> and <code>out_features</code>.
#
# </details>
#
# <details><summary>Hint: to replace a part</summary>
#
# Assign to it: <code>network.classifier = …</code>
#
# </details>


# %% exercise="replace_head" points=2 minutes=5
def replace_head(network, classes):
    """Give the network, whose head is the linear layer network.classifier, a fresh head for so many classes.

    Returns the network. Its body stays as it is; the new head gives scores, and can learn.
    """
    ### BEGIN SOLUTION
    network.classifier = nn.Linear(network.classifier.in_features, classes)
    return network
    ### END SOLUTION


# %% check="replace_head"
check("replace_head", replace_head)

# %% [markdown]
# ### The same with ImageNet
#
# What most people transfer from is ImageNet: 1.3 million photographs in 1,000 classes. With a connection, these
# weights load into the very classes whose ledgers you read in lesson 08; 45 megabytes are downloaded once, and kept.
# There the head is called `fc`:
#
# ```python
# network = models.pretrained("resnet18-imagenet")
# network.fc = nn.Linear(network.fc.in_features, 3)
#
# mean, deviation = torch.tensor(models.IMAGENET_MEAN), torch.tensor(models.IMAGENET_DEVIATION)
# x = (photographs - mean[:, None, None]) / deviation[:, None, None]    # (N, 3, 224, 224), from 0 to 1 before
# scores = network(x)
# ```
#
# Two things are easily forgotten. The images must be standardised as they were when the network learnt, by *its* mean
# and deviation, not by yours. And there is batch normalisation everywhere in it: what you have just learnt about
# freezing holds for each of its 20 layers.

# %% [markdown]
# ## Augmentation and leakage
#
# ### More images from few
#
# A digit that has moved by two pixels is the same digit, and to a network it is a new image. So is its negative, on a
# canvas where ink may be dark or bright. Changes of this kind cost nothing and multiply the labels: this is
# **augmentation**. Each time an image is used, it is changed anew.
#
# Which changes are allowed depends on the task. A cat in a mirror is a cat. A 2 in a mirror is nothing at all, and a 6
# turned upside down is a 9. *A change is allowed if it leaves the label true.*

# %% show
image = written[1, 0]
draw.images([image, np.roll(image, (2, -1), axis=(0, 1)), 1 - image, image[:, ::-1]], titles=["x", "⇄", "1 − x", "↔ ?"])

# %% [markdown]
# Look closely at the second picture: it was made by `np.roll`, and what left at the bottom came in again at the top.
# No real image has such a seam. Better to repeat the pixels of the edge.
#
# ### Write it
#
# Take images `x` (N, C, H, W), from 0 to 1. For each image draw how far it moves down and how far to the right: two
# whole numbers, from −2 to 2, all equally likely. Where nothing moves in, repeat the edge. Then, with a chance of one
# half, give the negative, $1 - x$. All chance comes from `rng`, a numpy generator; each image has its own draws.
#
# <details><summary>Hint: to move and repeat the edge</summary>
#
# <code>np.pad(x, ((0, 0), (0, 0), (2, 2), (2, 2)), mode="edge")</code> makes every image four pixels higher and wider.
# Cut a window of the old size out of it, at a random place.
#
# </details>
#
# <details><summary>Hint: the places</summary>
#
# A window may begin at row 0, 1, 2, 3 or 4: <code>rng.integers(0, 5)</code>, since the upper bound is left out.
#
# </details>


# %% exercise="augment" points=3 minutes=12
def augment(x, rng):
    """Each image of x (N, C, H, W) moved by up to two pixels, its edge repeated; or, as often, the negative of that.

    A new array of the same shape and dtype.
    """
    ### BEGIN SOLUTION
    H, W = x.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (2, 2), (2, 2)), mode="edge")
    y = np.empty_like(x)
    for i, image in enumerate(padded):
        top, left = rng.integers(0, 5, size=2)
        y[i] = image[:, top : top + H, left : left + W]
        if rng.random() < 0.5:
            y[i] = 1 - y[i]
    return y
    ### END SOLUTION


# %% check="augment"
check("augment", augment)

# %% [markdown]
# ### Leakage
#
# Augmentation has a trap. Suppose someone makes eight copies of each digit first, each moved a little, and *then* draws
# a quarter of all images for the test. What is in the test?
#
# We do it both ways. 150 digits, eight copies of each. In the first line the 1,200 *copies* are dealt out to training
# and test. In the second the 150 *digits* are, and all copies of a digit go with it. Everything else is the same: a
# head, trained on the frozen features.


# %% show
def features_of(images):
    """The 384 features of each image."""
    with torch.no_grad():
        return reader.pool(reader.features(torch.from_numpy(images)))


def head_on(features, labels, classes=10):
    """A linear layer, trained on features (N, n)."""
    torch.manual_seed(0)
    head = nn.Linear(features.shape[1], classes)
    optimizer = torch.optim.Adam(head.parameters(), lr=0.01)
    for _ in range(200):
        loss = functional.cross_entropy(head(features), torch.from_numpy(labels))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return head


def right(head, features, labels):
    with torch.no_grad():
        return (head(features).argmax(dim=1).numpy() == labels).mean()


def copies_of(images, rng):
    """Images (N, 1, H, W), each moved by up to two pixels."""
    size = images.shape[-1]
    padded = np.pad(images, ((0, 0), (0, 0), (2, 2), (2, 2)), mode="edge")
    places = rng.integers(0, 5, size=(len(images), 2))
    return np.stack([image[:, r : r + size, s : s + size] for image, (r, s) in zip(padded, places, strict=True)])


rng = np.random.default_rng(4)
few = cnnlib.data.paste_on_clutter(digits.train.images[:150], rng=rng)
which = np.repeat(np.arange(150), 8)  # the digit that each copy shows
features, answers = features_of(copies_of(few[which], rng)), digits.train.labels[which]

of_copies = rng.random(len(which)) < 0.25
of_digits = np.isin(which, rng.permutation(150)[:38])
for dealt_out, test in ((1200, of_copies), (150, of_digits)):
    head = head_on(features[~test], answers[~test])
    found = right(head, features[test], answers[test])
    print(f"{dealt_out:>4}", "> 80 %" if found > 0.8 else "< 80 %")

# %% [markdown]
# The first test is worth nothing. Nearly each of its images has a sister in the training set, and recognising sisters
# is not reading. This is **leakage**: something about the test has found its way into training. It makes results
# look better than they are, and it never raises an error.
#
# *Split first, then augment, and only what is trained on.* The same holds for whatever belongs together: two
# photographs of one patient, two frames of one film, two digits by one writer. Even our own figures below are
# flattered a little by this: the people who wrote the training digits wrote those of the test as well.

# %% [markdown] question="why_no_error" points=1
# **Why?** Another way to leak: somebody standardises all images by the mean and deviation of the whole data set, and
# then splits. Is that as bad as the copies? Why is it avoided all the same?
#
# ### BEGIN SOLUTION
# It is far less bad: two numbers, averaged over thousands of images, say next to nothing about a single one. It is
# avoided because the test should stand for images that do not exist yet, and of those nobody knows the mean; and
# because it costs nothing to do it right: measure on the training set, and use those numbers everywhere. With few
# images, or where features are selected by their labels, the same habit flatters a great deal.
# ### END SOLUTION

# %% [markdown]
# ## Four cases
#
# Two questions decide what to do with a trained body: how many labels are there, and how alike are the two tasks?
#
# Take the second first. The layers of a body go from general to particular. The first ones see edges and bright or
# dark spots, which every task can use. The last ones have learnt what matters for the *old* task, and to ignore what
# does not. For letters it does not matter whether the ink is darker than the paper. So: what if exactly that is the
# new task?
#
# Below a head learns on frozen features, 20 labels a class, for two tasks: which **digit**, and whether the **ink** is
# bright or dark (◐). *Late* features are the 384 from before, which the fourth and last convolution makes; *early*
# ones come from the first. Guess before you run: which features win where?


# %% show
def early_features_of(images):
    """What the first convolution sees, the greatest value in each sixteenth of its maps."""
    with torch.no_grad():
        maps = reader.features[:3](torch.from_numpy(images))
    return functional.adaptive_max_pool2d(maps, 4).flatten(1)


def bright_ink(images, seed):
    """Digits on clutter, and whether their ink is brighter than the same canvas without them."""
    pasted, empty = (cnnlib.data.paste_on_clutter(x, rng=np.random.default_rng(seed)) for x in (images, 0 * images))
    return pasted, (pasted > empty).sum(axis=(1, 2, 3)) > (pasted < empty).sum(axis=(1, 2, 3))


def some_of_each(labels, count):
    """The places of the first so many of each class."""
    return np.concatenate([np.flatnonzero(labels == label)[:count] for label in np.unique(labels)])


train, train_ink = bright_ink(digits.train.images, 1)
test, test_ink = bright_ink(digits.test.images, 2)
tasks = {
    "0-9": (digits.train.labels, digits.test.labels),
    "◐": (train_ink.astype(int), test_ink.astype(int)),
}
for name, (labels, hidden) in tasks.items():
    rows = some_of_each(labels, 20)
    found = []
    for see in (early_features_of, features_of):
        head = head_on(see(train[rows]), labels[rows])
        found.append(right(head, see(test), hidden))
    print(name, "conv 1 > conv 4" if found[0] > found[1] else "conv 1 < conv 4")

# %% [markdown]
# For the digits the late features win: edges alone say little, strokes and bends say much. For the ink the early ones
# do. The body has learnt to *forget* the colour of the ink, and the first layer still knows it. Similar task, late
# features; different task, early features.
#
# The first question is about the number of labels. The body has 73,440 parameters. Let them follow fifty images, and
# they learn these fifty by heart; leave them alone, and only the head can. With many labels the body has more to gain
# than to lose.
#
# | | similar task | different task |
# |---|---|---|
# | **few labels** | a new head on the last features | a new head on early features |
# | **many labels** | fine-tune | fine-tune |
#
# In the last case, many labels and a different task, one could as well begin from scratch. But old weights are at
# worst another random start, and mostly a better one: their scales are right, and edges are edges. So fine-tune there
# too, and compare.
#
# What is *few*? It depends on the body, on the task and on the augmentation, so any number is a rule of thumb. For
# this network and these images, you will see fine-tuning draw level between five and ten labels a class, and stay ahead
# from there on. Let us write 20, to be on the safe side.
#
# ### Write it
#
# Put the table into code. `n` is the number of labels a class: **few** means fewer than 20. `similarity` is
# `"similar"` or `"different"`. The answers are `"new head"`, `"early features"` and `"fine-tune"`.


# %% exercise="choose_strategy" points=2 minutes=4
def choose_strategy(n, similarity):
    """What to do with a trained body, for n labels a class of a task that is "similar" or "different".

    >>> choose_strategy(5, "similar")
    'new head'
    """
    ### BEGIN SOLUTION
    if n >= 20:
        return "fine-tune"
    return "new head" if similarity == "similar" else "early features"
    ### END SOLUTION


# %% check="choose_strategy"
check("choose_strategy", choose_strategy)

# %% [markdown]
# ## Accuracy against the number of labels
#
# ### Train a head
#
# Now the real thing: letters to digits. You get the reader with a fresh head for ten classes, and 200 labelled digits
# on clutter. Train the head. Leave the body alone, statistics included.
#
# A frozen body has a great advantage: it gives the same features for the same image, today and tomorrow. So send all
# images through it **once**, without gradients, and train on the features. What would take a minute takes a second.
#
# The check looks at digits that your function never saw, with labels that it never gets: at least 64 % of them must
# be right, where guessing gives 10 %. It also requires the body to be the same to the last bit.
#
# <details><summary>Hint: the features</summary>
#
# <code>network.pool(network.features(images))</code>, inside <code>with torch.no_grad():</code>. The network arrives
# in eval mode: leave it there.
#
# </details>
#
# <details><summary>Hint: what the optimizer may touch</summary>
#
# <code>torch.optim.Adam(network.classifier.parameters(), lr=rate)</code>
#
# </details>
#
# <details><summary>Hint: one step</summary>
#
# Scores, <code>functional.cross_entropy(scores, labels)</code>, clear the gradients, go backward, step.
#
# </details>


# %% exercise="train_head" points=4 minutes=15
def train_head(network, images, labels, *, steps=200, rate=0.01):
    """Train network.classifier, and nothing else, on images (N, 1, 16, 16) with labels (N,), both tensors.

    The network arrives in eval mode. Nothing is returned: the network itself has learnt.
    """
    ### BEGIN SOLUTION
    with torch.no_grad():
        features = network.pool(network.features(images))
    optimizer = torch.optim.Adam(network.classifier.parameters(), lr=rate)
    for _ in range(steps):
        loss = functional.cross_entropy(network.classifier(features), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    ### END SOLUTION


# %% check="train_head"
check("train_head", train_head)

# %% [markdown]
# ### Five labels a class
#
# Back to the fifty digits of the beginning. Here is one column of the comparison, live and in short: no augmentation,
# and few steps.
#
# 1. *From scratch*: all weights are new, and all learn.
# 2. *Frozen*: the body of the letters, and a new head, as you have just trained it.
# 3. *Fine-tuned*: the body of the letters learns too, at a third of the head's rate.


# %% show
def learn(network, images, labels, body_rate, steps):
    """Train all of a network, the body at a rate of its own."""
    rates = ((network.classifier, 3e-3), (network.features, body_rate))
    optimizer = torch.optim.AdamW([{"params": part.parameters(), "lr": rate} for part, rate in rates])
    network.train()
    for _ in range(steps):
        rows = torch.randint(len(images), (25,))
        loss = functional.cross_entropy(network(images[rows]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return network


rows = some_of_each(digits.train.labels, 5)
fifty, its_labels = torch.from_numpy(train[rows]), torch.from_numpy(digits.train.labels[rows])
torch.manual_seed(0)
scratch = learn(models.glyph_reader(classes=10), fifty, its_labels, body_rate=3e-3, steps=150)
tuned = models.pretrained("letters")
tuned.classifier = nn.Linear(tuned.classifier.in_features, 10)
tuned = learn(tuned, fifty, its_labels, body_rate=1e-3, steps=60)
frozen = models.pretrained("letters")
frozen.classifier = head_on(features_of(train[rows]), digits.train.labels[rows])
for number, network in enumerate((scratch, frozen, tuned), 1):
    found = share_right(network, test, digits.test.labels)
    print(f"{number}.", "> 50 %" if found > 0.5 else "< 50 %")

# %% [markdown]
# ### The whole table
#
# For the figures to mean something, all three must be given their best chance. So the table below was made with more
# care, by `python -m benchmarks.transfer`, in the sources of this course; it takes several minutes. Each network sees
# the same labelled images, turned, scaled, moved, inverted, made brighter, darker and noisy, anew at each step. From
# scratch has 700 steps, the others 300. They are tested on 719 digits that were held back. All of it was done five
# times, with other labelled digits each time. The figures are per cent right: mean ± standard deviation.
#
# | labels a class | 1 | 2 | 5 | 10 | 20 | 50 |
# |---|---:|---:|---:|---:|---:|---:|
# | from scratch | 18.6 ± 4.0 | 27.0 ± 5.2 | 47.5 ± 2.6 | 59.0 ± 3.0 | 71.5 ± 1.5 | 77.6 ± 2.6 |
# | frozen | 40.1 ± 3.3 | 54.8 ± 6.1 | 68.4 ± 3.1 | 73.7 ± 2.8 | 79.4 ± 2.0 | 81.8 ± 1.9 |
# | fine-tuned | 37.9 ± 3.2 | 52.8 ± 6.1 | 68.1 ± 2.6 | 74.5 ± 3.2 | 80.6 ± 1.3 | 82.6 ± 1.6 |

# %%
labels_a_class = [1, 2, 5, 10, 20, 50]
table = {
    "from scratch": [18.6, 27.0, 47.5, 59.0, 71.5, 77.6],
    "frozen": [40.1, 54.8, 68.4, 73.7, 79.4, 81.8],
    "fine-tuned": [37.9, 52.8, 68.1, 74.5, 80.6, 82.6],
}
gains = np.subtract(table["frozen"], table["from scratch"])
print(labels_a_class, gains.round(1).tolist(), sep="\n")

# %% show
draw.curves(table, x=labels_a_class, across="labels a class", up="accuracy")

# %% [markdown]
# Read it from left to right. The printed numbers say by how many points frozen is ahead.
#
# - **At five labels a class**, transfer is worth more than 20 points. The letters do for the fifty digits what a
#   hundred more labels would have done: from scratch reaches the same height only between ten and twenty labels a
#   class.
# - **Frozen wins on the left, fine-tuned on the right**, though not by much. The lines cross between five and ten.
#   There the body begins to gain from the labels more than it loses by learning them by heart.
# - **All three draw together.** With enough labels the start matters less and less. Transfer saves labels; it does not
#   lift the ceiling.
#
# ### How far to trust it
#
# A comparison is only as fair as its weakest side. How good is "from scratch"? It depends above all on augmentation.
# Here every labelled digit lies on *one* canvas, and the canvas is changed with it. If instead the clean digit is
# pasted on a new canvas at each step (`--new-canvases`), from scratch climbs to 75 % at five labels a class, frozen to
# 76 % and fine-tuned to 78 %: little is left of the gain. That is no trick: whoever has the clean digit knows more, and
# may use it. Mostly one has photographs, not clean digits. But a gain of 20 points is a statement about *this*
# baseline, like every such figure you will read.
#
# And five draws are few. Their deviations are larger than the one or two points between frozen and fine-tuned. What
# helps is that both get the same digits in each draw, lucky or not: at two labels a class frozen was ahead in all five
# draws, at fifty fine-tuned was. At five it was now the one, now the other. Read the shape of the curves, not their
# decimals.

# %% [markdown]
# ## In short
#
# - A network is a body that makes features and a head that scores them. A new task needs a new head, as wide as the
#   features, and drawn afresh.
# - Frozen means: no gradients, *and* eval mode. Batch normalisation counts without any gradient.
# - Augment by changes that leave the label true, anew for each image. Split first, or copies leak into the test.
# - Few labels: a new head, on late features if the tasks are alike, on early ones if not. Many labels: fine-tune.
# - A frozen body gives the same features each time: compute them once.
# - Transfer saves labels. How many, depends on how well one would have done without it.
#
# **Where next.** So far, one image had one label. In lesson 12, *Beyond classification*, networks answer with masks,
# boxes, styles, and actions.
