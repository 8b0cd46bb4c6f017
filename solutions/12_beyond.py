# %% [markdown]
# # 12 · Beyond classification
#
# Allow about 105 minutes.

# %%
import numpy as np
import torch
from torch.nn import functional

import cnnlib.data
import cnnlib.draw as draw
from cnnlib import models

torch.set_num_threads(1)

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
line_network.eval()


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
# 6x6 pixels from above, new in each episode. It may go up, right, down or left. The goal pays 1; lava costs 1; both end
# the episode, and so do 30 steps. Nobody ever tells it which move was the right one.
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
# - An action is in the order of the frames; a kernel that covers several of them sees it.
# - Without a linear layer a network reads lines of any length; merge repeats first, then drop the blanks.
# - An agent learns what its moves are worth from what came of them; two networks keep it from flattering itself.
