# %% [markdown]
# # 13 · The practical network
#
# You have written every part of a convolutional network by hand. In this last lesson you put the parts to work: a real
# data set, a real network, a training that you write yourself down to the last step of Adam, and a test that you may
# believe. At the end you will be able to
#
# - split data so that the test stays honest, and standardise it without looking ahead;
# - write Adam, and know what each of its lines is good for;
# - find errors in an hour instead of a week: the first loss, one batch, the curves;
# - recognise five broken training loops by what they do, and mend them;
# - say how good a network is, on whom, and how sure you are.
#
# Allow about 120 minutes, with a break before the five loops. You need lessons 05 and 06, and have seen torch in
# lesson 08.

# %%
import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy, softmax
from tqdm import tqdm

import cnnlib
import cnnlib.data
import cnnlib.draw as draw
from cnnlib import models, network, optim

torch.set_num_threads(1)

# %% [markdown]
# ## Load, split and look
#
# The data are 1,797 digits that 13 people wrote by hand, 8 by 8 pixels each. Before anything else they are dealt out
# into three parts.
#
# - **Training**, 60 %: the network learns from these.
# - **Validation**, 20 %: *you* learn from these. Every choice, when to stop, which learning rate, is made on them.
# - **Test**, 20 %: nobody learns from these. They are used once, at the very end.
#
# Why three? Whoever tries twenty settings and keeps the best has also kept the luckiest. The validation images then
# flatter, a little. The test images have had no part in any choice, so they cannot.

# %%
digits = cnnlib.data.split_digits(rng=np.random.default_rng(13))
for name, part in digits._asdict().items():
    print(f"{name:>10}: {part.images.shape}, {np.bincount(part.labels).min()}–{np.bincount(part.labels).max()}")

# %% [markdown]
# The last two numbers: how many images the rarest digit has, and the commonest. The classes are even, so guessing is
# right in one case of ten. Where one class in a hundred matters, a network that never says its name is right 99 % of
# the time, and useless: look at the counts first.
#
# Then look at the images. Always. Half of all mysteries in training are upside down, shifted by one label, or black.

# %% show
sample = digits.train.images[:24, 0]
draw.images(sample, titles=[str(label) for label in digits.train.labels[:24]], columns=8, scale=(0, 1))

# %% [markdown]
# ### Standardise
#
# Networks learn best from numbers around 0, of size about 1 (lesson 07). So subtract the mean, and divide by the
# standard deviation: those of the **training** images, for all three parts. Taken over all images, they would carry a
# little of the test into the training. Here that would hardly matter. With few data, or with features chosen in this
# way, it has made whole studies worthless; it is called **leakage**.

# %%
mean, std = digits.train.images.mean(), digits.train.images.std()


def tensors(part):
    """Standardised images (N, 1, 8, 8) and labels (N,), for torch."""
    return torch.from_numpy((part.images - mean) / std), torch.from_numpy(part.labels)


train, validation = tensors(digits.train), tensors(digits.validation)
print(f"{train[0].mean():.3f} {train[0].std():.3f}")

# %% [markdown]
# ## The network of the figure
#
# Two blocks of two convolutions, each followed by batch normalisation and ReLU; a max pooling between the blocks; the
# mean of every map, and one linear layer. It is VGG's idea (lesson 08) with Network in Network's ending, small enough
# for images of 8 by 8.


# %%
def practical_network(width=24):
    """A network for images (N, 1, H, W) of ten classes."""

    def block(before, after):
        return [nn.Conv2d(before, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]

    features = [*block(1, width), *block(width, width), nn.MaxPool2d(2)]
    features += [*block(width, 2 * width), *block(2 * width, 2 * width)]
    return nn.Sequential(*features, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2 * width, 10))


ledger = models.summary(practical_network(), (1, 8, 8))
print(f"{ledger.parameters:,} {ledger.multiplications:,}")

# %% show
draw.architecture(models.blocks(ledger), columns=2)

# %% [markdown]
# The convolutions have no bias: batch normalisation would subtract it again, and brings one of its own (lesson 06).
# The last layer gives ten **scores**, not probabilities. The softmax is part of the loss.
#
# ### Predict: the first loss
#
# An untrained network knows nothing. If it gives each of the ten classes the same probability, what is its
# cross-entropy? This number is worth knowing by heart: a first loss far from it means that something is wrong before
# the training has begun.

# %% predict="first_loss" points=1 minutes=2
# Ten classes, equally likely: the cross-entropy, to two decimals.
first_loss = 2.303

# %% check="first_loss"
check("first_loss", first_loss)

# %%
torch.manual_seed(0)
with torch.no_grad():
    untrained = cross_entropy(practical_network().eval()(train[0]), train[1]).item()
print("2.1 < … < 2.5" if 2.1 < untrained < 2.5 else None)

# %% [markdown]
# ## Adam, written by you
#
# Gradient descent gives every weight the same learning rate. But gradients differ in size by factors of thousands,
# from layer to layer and from weight to weight. **Adam** (Kingma and Ba, 2015) lets each weight have its own. It keeps
# two running means for each:
#
# $$m \leftarrow \beta_1 m + (1-\beta_1)\, g \qquad\qquad v \leftarrow \beta_2 v + (1-\beta_2)\, g^2$$
#
# - $m$, the mean of the gradients, is a direction with a memory: what points back and forth cancels.
# - $v$, the mean of their squares, is a size: its root says how large the gradients of this weight usually are.
#
# The step is their quotient. Both means start at 0, and that is a lie which has to be corrected: after the first step,
# $m$ is only a tenth of the gradient. In general the weights in the mean sum to $1-\beta^t$ after $t$ steps, so
#
# $$\hat m = \frac{m}{1-\beta_1^{\,t}} \qquad \hat v = \frac{v}{1-\beta_2^{\,t}} \qquad
# \theta \leftarrow \theta - \alpha\, \frac{\hat m}{\sqrt{\hat v} + \varepsilon}$$
#
# with $t = 1$ at the first step. Look at that step: $\hat m = g$ and $\hat v = g^2$, so every weight moves by
# $\alpha$, whatever its gradient. **In Adam, the learning rate is a length**: about how far a weight moves in a step.
# Gradients may be multiplied by a thousand without changing anything. The $\varepsilon$ keeps weights with almost no
# gradient from dividing by nothing.

# %% [markdown]
# Write one step, for any arrays. It will be used on numpy arrays and on torch tensors alike, so take the root with
# <code>** 0.5</code>, and change nothing in place.
#
# <details><summary>Hint: in which order</summary>
#
# The two means first; they are what you return. Then the corrected ones, under names of their own. Then the step.
#
# </details>
#
# <details><summary>Hint: the first step by hand</summary>
#
# <code>p = 1, g = 4, m = v = 0, t = 1, lr = 0.1</code>: the mean <code>m</code> becomes 0.4, and <code>v</code>
# becomes 0.016. Corrected they are 4 and 16, the quotient is 1, and <code>p</code> becomes 0.9.
#
# </details>


# %% exercise="adam_step" points=3 minutes=12
def adam_step(p, g, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Step t (1, 2, ...) of Adam on parameters p with gradient g, all of one shape: the new (p, m, v).

    >>> adam_step(np.array([1.0]), np.array([4.0]), np.array([0.0]), np.array([0.0]), 1, lr=0.1)
    (array([0.9]), array([0.4]), array([0.016]))
    """
    ### BEGIN SOLUTION
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return p - lr * m_hat / (v_hat**0.5 + eps), m, v
    ### END SOLUTION


# %% check="adam_step"
check("adam_step", adam_step)

# %% [markdown]
# An **optimiser** is this step with a memory: it keeps $m$, $v$ and $t$ for every parameter of a network. That is all
# there is to the class below, and it fits wherever torch's own would.


# %%
class Adam:
    """Your step for each parameter of a network, with what it has to remember."""

    def __init__(self, parameters, lr=1e-3):
        self.parameters, self.lr, self.t = list(parameters), lr, 0
        self.means = [(torch.zeros_like(p), torch.zeros_like(p)) for p in self.parameters]

    def zero_grad(self):
        for p in self.parameters:
            p.grad = None

    @torch.no_grad()
    def step(self):
        self.t += 1
        for i, (p, (m, v)) in enumerate(zip(self.parameters, self.means, strict=True)):
            moved, *self.means[i] = adam_step(p, p.grad, m, v, self.t, self.lr)
            p.copy_(moved)


class TorchAdam(torch.optim.Adam):
    """torch's own, with a learning rate that is set in the same way."""

    def step(self):
        self.param_groups[0]["lr"] = getattr(self, "lr", self.param_groups[0]["lr"])
        super().step()


# %% [markdown]
# Let both walk down the same valley for fifty steps, one weight in a flat part and one on a slope ten thousand times
# as steep. From here on the lesson trains with *your* Adam if the two end at the same place, and with torch's if not.

# %%
valley = torch.tensor([0.01, 100.0])


def walk(make):
    """Where fifty steps lead from (1, -1)."""
    p = nn.Parameter(torch.tensor([1.0, -1.0]))
    optimizer = make([p], lr=0.01)
    for _ in range(50):
        optimizer.zero_grad()
        (valley * p**2).sum().backward()
        optimizer.step()
    return p.detach()


try:
    agree = torch.allclose(walk(Adam), walk(TorchAdam), atol=1e-4)
except Exception:  # not written yet, or not right yet
    agree = False
BestAdam = Adam if agree else TorchAdam
print(agree, [round(value, 2) for value in walk(TorchAdam).tolist()])

# %% [markdown]
# The slopes differ by a factor of ten thousand, and the two weights have moved about equally far. Plain descent with
# this rate would jump to and fro on the steep side for ever, and would still be near the start on the flat one.

# %% [markdown] question="why_corrected" points=2
# **Why?** Leave the two corrections out, with the usual $\beta_1 = 0.9$ and $\beta_2 = 0.999$. How long is the very
# first step, in units of $\alpha$? Is Adam without corrections too timid at the start, or too bold?
#
# ### BEGIN SOLUTION
# $m = 0.1\,g$ and $v = 0.001\,g^2$, so the step is $0.1 / \sqrt{0.001} = 3.16$ times $\alpha$: too bold, although $m$
# alone is too small. The root of $v$ is smaller still. The excess lasts for hundreds of steps, since $v$ needs about a
# thousand to fill up; a large first step on a network that knows nothing can spoil it.
# ### END SOLUTION

# %% [markdown]
# ## One batch first
#
# Before training for real, train on **one batch**, and demand everything: a network with thousands of parameters must
# learn 32 images by heart. If the loss does not go to zero, there is an error, in the labels, the loss, the
# gradients or the step, and no longer training will help. The test takes a second.
#
# These are the four lines at the heart of every training:

# %% show
torch.manual_seed(0)
pupil, by_heart = practical_network(), []
adam = BestAdam(pupil.parameters(), lr=1e-2)
few, their_labels = train[0][:32], train[1][:32]
for _ in tqdm(range(60)):
    batch_loss = cross_entropy(pupil(few), their_labels)
    adam.zero_grad()
    batch_loss.backward()
    adam.step()
    by_heart.append(batch_loss.item())
draw.curves({"loss": by_heart}, across="step", up="loss", log=True)

# %% show
print("< 0.01" if by_heart[-1] < 0.01 else "> 0.01")

# %% [markdown]
# ## Training
#
# One **epoch** is one pass over all training images: in a new random order, cut into batches, the four lines for each.
# Write it. Four things are easily forgotten.
#
# - The network must be in **training mode** (`network.train()`), or batch normalisation uses its running statistics.
# - Images and labels take the *same* order. The last batch may be smaller, and counts.
# - torch *adds* gradients to `.grad`. Clear them before every backward.
# - The loss to report is the mean over **images**. A mean of batch means gives a small last batch too much weight.
#
# <details><summary>Hint: the batches</summary>
#
# <code>torch.from_numpy(rng.permutation(len(images))).split(batch_size)</code> is a list of index tensors.
#
# </details>
#
# <details><summary>Hint: the mean</summary>
#
# <code>loss.item()</code> is the mean of a batch: add it up times the number of images in the batch.
#
# </details>


# %% exercise="train_epoch" points=3 minutes=12
def train_epoch(network, optimizer, images, labels, rng, batch_size=64):
    """One epoch by cross-entropy, in an order drawn from rng: a step a batch. The mean loss over all images, a float.

    images (N, ...) and labels (N) are tensors; optimizer has zero_grad() and step().
    """
    ### BEGIN SOLUTION
    network.train()
    total = 0.0
    for rows in torch.from_numpy(rng.permutation(len(images))).split(batch_size):
        loss = cross_entropy(network(images[rows]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(rows)
    return total / len(images)
    ### END SOLUTION


# %% check="train_epoch"
check("train_epoch", train_epoch)

# %% [markdown]
# And the measure: the share of images whose largest score is that of their own label. Measuring must not teach, so it
# happens in **evaluation mode**, and without keeping track of gradients.


# %% exercise="accuracy" points=2 minutes=6
def accuracy(network, images, labels):
    """The share of images (N, ...) that the network reads as their labels (N) say, in evaluation mode: a float."""
    ### BEGIN SOLUTION
    network.eval()
    with torch.no_grad():
        said = network(images).argmax(dim=1)
    return (said == labels).float().mean().item()
    ### END SOLUTION


# %% check="accuracy"
check("accuracy", accuracy)

# %% [markdown]
# Your two functions, and your Adam, three epochs long. Does the loss fall, and is the accuracy above 85 %?

# %% show
torch.manual_seed(0)
pupil, chance = practical_network(), np.random.default_rng(0)
adam = BestAdam(pupil.parameters(), lr=3e-3)
try:
    first, *_, last = [train_epoch(pupil, adam, *train, chance) for _ in range(3)]
    print(first > last, "> 85 %" if accuracy(pupil, *validation) > 0.85 else "< 85 %")
except NotImplementedError:
    print(None)

# %% [markdown]
# ### Three things that help
#
# A thousand images are few. **Augmentation** makes more of them: each time an image comes up, it is turned by up to
# 10°, scaled by up to a tenth and shifted by less than a pixel. It stays the same digit, and never comes twice. What
# may be changed depends on the task: a 6 that is turned too far is a 9, and a mirrored 2 is nothing at all.


# %%
def augment(images, rng):
    """Images (N, C, H, W), each turned, scaled and shifted a little, at random."""
    N = len(images)
    angle, scale = np.deg2rad(rng.uniform(-10, 10, N)), rng.uniform(0.9, 1.1, N)
    maps = np.zeros((N, 2, 3), dtype=np.float32)
    maps[:, 0, 0] = maps[:, 1, 1] = scale * np.cos(angle)
    maps[:, 1, 0] = scale * np.sin(angle)
    maps[:, 0, 1] = -maps[:, 1, 0]
    maps[:, :, 2] = rng.uniform(-0.16, 0.16, (N, 2))
    grid = nn.functional.affine_grid(torch.from_numpy(maps), list(images.shape), align_corners=False)
    return nn.functional.grid_sample(images, grid, padding_mode="border", align_corners=False)


# %% show
changed = augment(train[0][3:4].expand(12, 1, 8, 8), np.random.default_rng(3))[:, 0]
draw.images(changed.numpy(), columns=6, scale="shared")

# %% [markdown]
# And a **schedule**: the learning rate climbs from almost nothing to a peak, then falls to almost nothing. At first,
# when the gradients still point anywhere, small steps do no harm; in the middle, large ones get far; at the end, tiny
# ones settle at the bottom of the valley. It is called *one cycle* (Smith and Topin, 2018).

# %%
EPOCHS, PEAK = 15, 5e-3
rate = optim.one_cycle(PEAK)

# %% show
shares = np.linspace(0, 1, 60)
draw.curves({"α": [rate(share) for share in shares]}, x=EPOCHS * shares, across="epoch")

# %% [markdown]
# Last, **label smoothing** (Szegedy and others, 2016). The loss asks for 91 % of the right class and 1 % of every
# other, instead of 100 % and 0 %. A network that has to be entirely sure of every image pushes its scores apart for
# ever, for a smudge as for a clear 3. In torch it is one argument of the loss, `label_smoothing=0.1`. The curves below
# show the plain cross-entropy, without it: they end near $-\ln 0.91 = 0.09$, and not at 0.
#
# Now train. After every epoch the network is asked about the validation images. Read the curves as they come.


# %%
def score(net, images):
    """Scores (N, 10) in evaluation mode."""
    net.eval()
    with torch.no_grad():
        return net(images)


def train_with_curves(net, optimizer, images, labels, rng, watched, epochs=EPOCHS):
    """Epochs with all three; after each, the loss and the accuracy on every pair (images, labels) in `watched`."""
    losses, accuracies = {name: [] for name in watched}, {name: [] for name in watched}
    for epoch in tqdm(range(epochs)):
        batches = torch.from_numpy(rng.permutation(len(images))).split(64)
        net.train()
        for i, rows in enumerate(batches):
            optimizer.lr = rate((epoch + i / len(batches)) / epochs)
            loss = cross_entropy(net(augment(images[rows], rng)), labels[rows], label_smoothing=0.1)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        for name, (these, theirs) in watched.items():
            scores = score(net, these)
            losses[name].append(cross_entropy(scores, theirs).item())
            accuracies[name].append((scores.argmax(dim=1) == theirs).float().mean().item())
    return losses, accuracies


# %% show
torch.manual_seed(1)
reader = practical_network()
adam = BestAdam(reader.parameters())
watched = {"training": train, "validation": validation}
losses, accuracies = train_with_curves(reader, adam, *train, np.random.default_rng(1), watched)
draw.curves(losses, x=np.arange(1, EPOCHS + 1), across="epoch", up="loss", log=True)

# %% show
print("> 98.5 %" if accuracies["validation"][-1] >= 0.985 else "< 98.5 %")

# %% [markdown]
# Three shapes to know.
#
# - **Both curves still fall** at the end: train longer, or faster.
# - **Training falls, validation turns up**: the network learns its images by heart. More data, more augmentation, a
#   smaller network, or stop where validation was best.
# - **Neither falls**: an error. Go back to one batch.
#
# ## Five broken loops
#
# The errors that cost most are those that do not crash. Each of the five loops below runs, and each is broken in one
# place. Somebody has trained with them; the curves follow. Four of them go through one epoch, loop c through several,
# and it measures after each.


# %%
def shuffled(images, rng):
    """The batches of an epoch, as tensors of row numbers."""
    return torch.from_numpy(rng.permutation(len(images))).split(32)


def broken_a(network, optimizer, images, labels, rng):
    network.train()
    for rows in shuffled(images, rng):
        loss = cross_entropy(network(images[rows]), labels[rows])
        loss.backward()
        optimizer.step()


def broken_b(network, optimizer, images, labels, rng):
    network.train()
    for rows in shuffled(images, rng):
        loss = cross_entropy(softmax(network(images[rows]), dim=1), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def broken_c(network, optimizer, images, labels, rng, epochs):
    history = []
    network.train()
    for _ in range(epochs):
        for rows in shuffled(images, rng):
            loss = cross_entropy(network(images[rows]), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        network.eval()
        with torch.no_grad():
            history.append((network(images).argmax(dim=1) == labels).float().mean().item())
    return history


def broken_d(network, optimizer, images, labels, rng):
    network.train()
    for rows, theirs in zip(shuffled(images, rng), shuffled(labels, rng), strict=True):
        loss = cross_entropy(network(images[rows]), labels[theirs])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def broken_e(network, images, labels, rng):
    optimizer = torch.optim.SGD(network.parameters(), lr=100.0)
    network.train()
    for rows in shuffled(images, rng):
        loss = cross_entropy(network(images[rows]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


# %% show
def symptoms(loop, epochs=8):
    """The validation loss of a linear network, 64 pixels and ten scores, after each epoch."""
    torch.manual_seed(0)
    net, rng, course = nn.Sequential(nn.Flatten(), nn.Linear(64, 10)), np.random.default_rng(0), []
    tools = [net] if loop is broken_e else [net, torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)]
    for _ in range(epochs):
        loop(*tools, *train, rng)
        course.append(cross_entropy(score(net, validation[0]), validation[1]).item())
    return course


courses = {loop.__name__[-1]: symptoms(loop) for loop in tqdm([broken_a, broken_b, broken_d, broken_e])}
draw.curves(courses, x=np.arange(1, 9), across="epoch", up="loss", log=True)

# %% [markdown]
# The same as numbers, against two landmarks: guessing costs $\ln 10 = 2.30$, and this small network can get below
# 0.3. For loop b, beside it, the loss that it reports for a network that is never wrong and entirely sure. For loop c,
# how many batches batch normalisation has seen in one epoch, and in five.

# %% show
for letter, course in courses.items():
    print(letter, "> ln 10" if course[-1] > np.log(10) else "< 0.3" if course[-1] < 0.3 else "< ln 10")
sure = 100 * torch.eye(10)
print(f"b: {cross_entropy(softmax(sure, dim=1), torch.arange(10)):.4f}")
for passes in (1, 5):
    pupil = nn.Sequential(nn.Flatten(), nn.BatchNorm1d(64), nn.Linear(64, 10))
    broken_c(pupil, torch.optim.SGD(pupil.parameters(), lr=0.1), *train, np.random.default_rng(0), passes)
    print("c:", passes, pupil[1].num_batches_tracked.item())

# %% [markdown]
# Find the error in each, and write the loop anew. Each earns its share. The check gives every image a pixel of its
# own, so that it sees in the weights what each image has done to them.
#
# <details><summary>Hint: a</summary>
#
# Which of the four lines is missing?
#
# </details>
#
# <details><summary>Hint: b</summary>
#
# Look up what <code>cross_entropy</code> wants: probabilities, or scores?
#
# </details>
#
# <details><summary>Hint: c</summary>
#
# In which mode does the second epoch begin?
#
# </details>
#
# <details><summary>Hint: d</summary>
#
# <code>shuffled</code> draws. What does it give when it is called twice?
#
# </details>
#
# <details><summary>Hint: e</summary>
#
# Divide by ten, and again, until the loss falls from the first epoch on.
#
# </details>


# %% exercise="repair_loops" points=5 minutes=20
def loop_a(network, optimizer, images, labels, rng):
    """One epoch in batches of 32."""
    ### BEGIN SOLUTION
    network.train()
    for rows in shuffled(images, rng):
        loss = cross_entropy(network(images[rows]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    ### END SOLUTION


def loop_b(network, optimizer, images, labels, rng):
    """One epoch in batches of 32."""
    ### BEGIN SOLUTION
    loop_a(network, optimizer, images, labels, rng)
    ### END SOLUTION


def loop_c(network, optimizer, images, labels, rng, epochs):
    """Several epochs in batches of 32; a list of the accuracies on the same images, measured after each epoch."""
    ### BEGIN SOLUTION
    history = []
    for _ in range(epochs):
        loop_a(network, optimizer, images, labels, rng)
        network.eval()
        with torch.no_grad():
            history.append((network(images).argmax(dim=1) == labels).float().mean().item())
    return history
    ### END SOLUTION


def loop_d(network, optimizer, images, labels, rng):
    """One epoch in batches of 32."""
    ### BEGIN SOLUTION
    loop_a(network, optimizer, images, labels, rng)
    ### END SOLUTION


def loop_e(network, images, labels, rng):
    """One epoch in batches of 32, by plain gradient descent with a learning rate of its own."""
    ### BEGIN SOLUTION
    loop_a(network, torch.optim.SGD(network.parameters(), lr=0.1), images, labels, rng)
    ### END SOLUTION


# %% check="repair_loops"
check("repair_loops", loop_a, loop_b, loop_c, loop_d, loop_e)

# %% [markdown]
# Mended, three of the five are the same loop, letter for letter. There are few ways to do it right.

# %% [markdown] question="why_146" points=2
# **Why?** Loop b reports a loss of at least 1.46, however good the network. Work the number out. And why does the
# network learn more slowly, although its answers are the same?
#
# ### BEGIN SOLUTION
# The second softmax gets probabilities, at best 1 for the right class and 0 for nine others. It makes of them
# $e / (e + 9) = 0.232$, and $-\ln 0.232 = 1.461$. The gradient has to come back through two softmaxes. The first
# hardly moves once the network is sure, whether right or wrong: where it is sure and wrong, and should learn most,
# almost nothing comes back. Cross-entropy after *one* softmax cancels that, and leaves the plain difference $p - y$
# (lesson 05).
# ### END SOLUTION

# %% [markdown]
# ## The worst mistakes
#
# One number does not say *what* a network gets wrong. The **confusion matrix** does: a row for every true digit, from
# 0 to 9, a column for every answer. The right ones stand on the diagonal, the mistakes beside it, hatched. These are
# the validation images; the test set is still in its drawer.

# %% show
torch.manual_seed(2)
novice = practical_network()
train_with_curves(novice, BestAdam(novice.parameters()), *train, np.random.default_rng(2), {}, epochs=2)
answers = score(novice, validation[0]).argmax(dim=1).numpy()
confusion = np.zeros((10, 10), dtype=int)
np.add.at(confusion, (validation[1].numpy(), answers), 1)
draw.array(confusion, marked=(confusion > 0) & ~np.eye(10, dtype=bool))

# %% [markdown]
# This is a network after two epochs, or there would be little to see. Which pairs are confused, and in both
# directions? Then look at the mistakes themselves, sorted by their loss: first come those in which the network was
# surest, and wrong. Above each stand the label and the answer.

# %% show
costs = cross_entropy(score(novice, validation[0]), validation[1], reduction="none").numpy()
worst = [i for i in np.argsort(-costs) if answers[i] != validation[1][i]][:12]
titles = [f"{validation[1][i]} → {answers[i]}" for i in tqdm(worst)]
draw.images(digits.validation.images[worst, 0], titles=titles, columns=6, scale=(0, 1))

# %% [markdown]
# Ask of each: would *you* have known? Three kinds turn up in every data set.
#
# - **Wrong labels.** Correct them, in all three parts alike.
# - **Hopeless images.** They say how good anyone can be. Leave them in.
# - **Images that you read at once.** These are the ones that teach: what do they have in common, and would more of
#   them, or another augmentation, help?
#
# ## Tested once
#
# Now the whole thing as one function of your own: labelled images in, a trained network out. Use the pieces of this
# lesson, your own Adam, or whatever you like better; change the width, the epochs, the augmentation. The check hands
# you four fifths of the digits, dealt out anew and standardised, and tests the network that comes back on the other
# fifth, whose labels only the check has. It wants **98.5 %**. In twenty trainings, with the digits dealt out anew each
# time, the network of this lesson got 99.6 % on average, and never less than 99.1 %. One training takes some seconds,
# and so does the check.
#
# The random numbers of torch, for the first weights, come from `torch.manual_seed`; take the seed from `rng`.
#
# <details><summary>Hint: what it takes</summary>
#
# The network of the figure, the epochs of this lesson, and all three things that help.
#
# </details>
#
# <details><summary>Hint: how to get there</summary>
#
# Everything is in <code>train_with_curves</code>: call it, or write a loop of your own after it. You have no validation
# images: watch nothing, <code>{}</code>, or hold a few images back yourself.
#
# </details>


# %% exercise="trained_network" points=5 minutes=20
def train_network(images, labels, rng):
    """A network trained on images (N, 1, 8, 8), standardised, with labels (N): it gives scores (N, 10)."""
    ### BEGIN SOLUTION
    torch.manual_seed(int(rng.integers(1_000_000)))
    net = practical_network()
    train_with_curves(net, BestAdam(net.parameters()), images, labels, rng, watched={})
    return net
    ### END SOLUTION


# %% check="trained_network"
check("trained_network", train_network)

# %% [markdown]
# ### The drawer opens
#
# All choices are made. So now, once, the test images. If the figure disappoints, you may not go back and turn a knob:
# with the second look the test set becomes a validation set, and you need new data for an honest test.


# %%
def tested(splits):
    """For each split, the accuracy on the test part of your network, trained on the rest; none if it is not written."""
    shares = []
    for seed, split in enumerate(splits):
        learnt, labels = (np.concatenate(both) for both in zip(split.train, split.validation, strict=True))
        center, size = learnt.mean(), learnt.std()
        images, unseen = (torch.from_numpy((part - center) / size) for part in (learnt, split.test.images))
        try:
            net = train_network(images, torch.from_numpy(labels), np.random.default_rng(seed))
        except NotImplementedError:
            return []
        shares.append((score(net, unseen).argmax(dim=1).numpy() == split.test.labels).mean())
    return shares


# %% show
shares = tested([digits])

# %% show
print(["> 98 %" if share > 0.98 else "< 98 %" for share in shares])

# %% [markdown]
# ### How sure?
#
# There are about 360 test images, so one image is 0.28 points. Had you drawn others, the figure would be another one.
# An accuracy of $a$ on $n$ images has a standard deviation of $\sqrt{a(1-a)/n}$: at 99 % about half a point. Two
# networks that differ by three images in 360 do not differ.

# %%
for right in (0.9, 0.97, 0.99):
    print(f"{right:.0%} ± {np.sqrt(right * (1 - right) / 360):.1%}")

# %% [markdown]
# ### Honest about whom?
#
# The split was drawn at random, image by image. So every person who wrote test digits has also written training
# digits: the test asks whether the network can read *people that it knows*. The file goes from writer to writer.
# Contiguous fifths of it are, nearly, people that it has never seen. One fifth after the other, to be quick the first
# three, is held back, and the network trained on the rest. Predict before you run: how many of the 359 or 360 digits
# does it get wrong? The picture counts them, fifth by fifth.

# %% show
strangers = [cnnlib.data.split_digits_by_block(block) for block in range(3)]
blocks = tested(strangers)
mistakes = [round((1 - share) * len(split.test.labels)) for share, split in zip(blocks, strangers, strict=False)]
draw.stems({"n": mistakes}) if mistakes else None

# %% show
if blocks:
    print("< 99.5 %" if np.mean(blocks) < 0.995 else "> 99.5 %", "< 99 %" if min(blocks) < 0.99 else "> 99 %")

# %% [markdown]
# First the mean of the three, then the worst of them. With the course's network, strangers cost two to six times as
# many mistakes as people it knows, depending on the seed. And the mistakes come in heaps: one fifth passes with hardly
# any, in another two to four digits in a hundred are misread, whatever the seed. The network is the same, and so is
# the training; only the question has changed. Which figure is the right one? The one that asks what you will ask of
# the network. If it is to read the post of strangers, split by *writer*, and tell the worst beside the mean; patients,
# cameras, years and hospitals are split in the same way.

# %% [markdown] question="why_blocks" points=2
# **Why?** A study trains a network on lung images from 200 patients, several from each, split at random into training
# and test images. It reports 99 %. What does the figure mean, and what would you ask the authors to do?
#
# ### BEGIN SOLUTION
# Images of one patient are alike: ribs, implants, the machine, the marks on the film. With patients in both parts the
# network can recognise the *patient* and repeat the diagnosis it has seen. So the figure says how well it does on new
# images of known patients, which nobody needs. They should split by patient, and better still test on another
# hospital; standardisation and every choice must happen without the test patients.
# ### END SOLUTION

# %% [markdown]
# ## The same in numpy
#
# Was torch magic? Here is the network of the figure once more, of the layers that you have written in lessons 02 to
# 07, in `cnnlib`'s numpy: your convolution, your pooling, your batch normalisation, their backward passes, and Adam.
# To be quick: 16 maps instead of 24, eight epochs, no augmentation.


# %%
def numpy_network(width, rng, dtype):
    """The network of the figure, layer by layer."""

    def block(before, after):
        convolution = network.Conv2d(before, after, 3, padding=1, bias=False, rng=rng, dtype=dtype)
        return [convolution, network.BatchNorm2d(after, dtype=dtype), network.ReLU()]

    layers = [*block(1, width), *block(width, width), network.MaxPool2d(2)]
    layers += [*block(width, 2 * width), *block(2 * width, 2 * width), network.GlobalAvgPool2d()]
    return network.Network([*layers, network.Linear(2 * width, 10, rng=rng, dtype=dtype)])


# %% show
chance = np.random.default_rng(5)
by_hand = numpy_network(16, chance, np.float32)
data, adam, losses = (train[0].numpy(), train[1].numpy()), optim.Adam(), []
for epoch in tqdm(range(8)):
    adam.lr = rate((epoch + 0.5) / 8)
    losses += network.fit(by_hand, *data, optimizer=adam, epochs=1, batch_size=64, rng=chance, progress=False).loss
share = network.accuracy(by_hand, validation[0].numpy(), validation[1].numpy())
draw.curves({"training": losses}, x=np.arange(1, 9), across="epoch", up="loss", log=True)

# %% show
print("> 97 %" if share > 0.97 else "< 97 %")

# %% [markdown]
# And to be quite sure, give both networks the same weights, and the same images.

# %% show
twin, exact = practical_network(16).double().train(), numpy_network(16, chance, np.float64)
with torch.no_grad():
    for mine, theirs in zip(exact.params.values(), twin.parameters(), strict=True):
        mine[...] = theirs.numpy()
some, of_some = validation[0][:64].double(), validation[1][:64]
scores, torch_scores = exact.forward(some.numpy(), training=True), twin(some)
_, cache = cnnlib.cross_entropy_forward(scores, of_some.numpy())
exact.backward(cnnlib.cross_entropy_backward(cache))
cross_entropy(torch_scores, of_some).backward()
print(np.allclose(scores, torch_scores.detach().numpy()))
gradients = zip(exact.grads.values(), twin.parameters(), strict=True)
print(all(np.allclose(mine, theirs.grad.numpy()) for mine, theirs in gradients))

# %% [markdown]
# The same scores, and the same gradients for every one of the parameters.
#
# What does numpy cost? An epoch of the 1,078 images, forward, backward and Adam, in processor time of one thread
# (`python -m benchmarks.training`):
#
# | case | cnnlib ms | torch ms | cnnlib / torch |
# | --- | ---: | ---: | ---: |
# | width 16, batches of 64 | 226.3 | 106.6 | 2.08 |
# | width 24, batches of 64 | 332.5 | 162.6 | 2.02 |
# | width 24, batches of 16 | 465.5 | 355.4 | 1.31 |
# | width 48, batches of 64 | 817.4 | 347.5 | 2.38 |
#
# What torch adds is speed, graphics cards and convenience. There is nothing in it that you have not written yourself.
#
# ## In short
#
# - Three parts: the network learns from training, you from validation, nobody from test. Everything that is measured,
#   means and deviations too, comes from training.
# - The first loss is $\ln$ of the number of classes. One batch must be learnt by heart. Then train, and read both
#   curves.
# - Adam divides a mean of gradients by the root of a mean of their squares, both corrected for their start at 0. Its
#   learning rate is the length of a step.
# - An epoch: training mode, one permutation, and for each batch clear, backward, step. Measure in evaluation mode.
# - Loops that run may be broken: by gradients that pile up, a second softmax, the wrong mode, labels out of step, a
#   rate too large. Each has its symptom.
# - Look at the confusion matrix and at the worst mistakes before turning knobs.
# - Test once, say how sure you are, and on whom.
#
# **Where next.** You have reached the end of the course: from seven numbers and a template to a network of your own,
# honestly tested, with nothing hidden. Take a problem that you care about, look at the data first, and train on one
# batch.
