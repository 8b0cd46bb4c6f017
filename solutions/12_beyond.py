# %% [markdown]
# # 12 · Beyond classification
#
# Allow about 105 minutes.

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

# %%
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
draw.images([photo[0] for photo in (*known, *held_back)], columns=4, scale=(0, 1))


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
