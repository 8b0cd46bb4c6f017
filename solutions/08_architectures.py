# %% [markdown]
# # 08 · Architectures
#
# You know every layer by now. This lesson is about how they are put together: which networks people built between
# 1998 and 2016, what each of them added, and what each of them costs. Nothing is trained here. At the end you will
# be able to
#
# - read a network as a ledger: shapes, parameters, multiplications;
# - build LeNet-5, the body of a VGG, and the blocks of Network in Network, GoogLeNet and ResNet;
# - say why two layers beside a shortcut are easier to train than two layers in a row;
# - write the ledger of any network yourself;
# - find the error in a printed table, and say how it came about.
#
# Allow about 120 minutes. You need lesson 02 for sizes and counts, lesson 06 for batch normalisation, and as much of
# torch as a `nn.Module` with its `forward`.

# %%
import torch
from torch import nn

import cnnlib
import cnnlib.data
import cnnlib.draw as draw
from cnnlib import models

# %% [markdown]
# ## A ledger for every network
#
# A shopkeeper writes down what comes in and what goes out. For a network we do the same, layer by layer:
#
# - **output**: the shape of what the layer gives, channels first;
# - **parameters**: how many numbers it learns. They decide how large the file is, and how many examples it takes;
# - **multiplications**: how much work one image is. They decide how long you wait, and what the electricity costs;
# - **receptive field**: how much of the image one value has seen.
#
# The two costs are not the same, and seldom lie in the same place. Keep that in mind; it explains most of what
# follows.
#
# The first network is the ancestor of all others. **LeNet-5** (LeCun, Bottou, Bengio and Haffner, 1998) read the
# amounts on cheques. Convolve, pool, convolve, pool, then fully connected layers: the plan has survived to this day.
#
# The networks in this lesson are large, and we only want their ledgers. So we build them on torch's device *meta*,
# where arrays have a shape but no numbers: nothing is stored, nothing is computed.

# %% show
with torch.device("meta"):
    ledger_of_lenet5 = models.summary(models.lenet5(), (1, 32, 32))
draw.architecture(models.blocks(ledger_of_lenet5), columns=3)

# %% [markdown]
# The paper numbers its layers as they come: C1, S2, C3, S4, C5, F6. C convolves, S makes maps smaller, F is fully
# connected. Look at C3. It has 16 kernels of 5x5, and each goes through all 6 maps of S2. They fit into 14x14 at
# 10x10 places. The last convolution, C5, is 5x5 on maps of 5x5: there is just one place, so it is a fully connected
# layer in disguise. Pooling and tanh learn nothing.

# %% [markdown]
# ### Predict
#
# How many parameters have C1, C3, C5, F6 and the output? Five numbers, biases included.

# %% predict="lenet5_rows" points=1 minutes=5
# C1: 6 of 5x5x1. C3: 16 of 5x5x6. C5: 120 of 5x5x16. F6: 120 -> 84. Output: 84 -> 10. As [156, ...].
lenet5_rows = [156, 2416, 48120, 10164, 850]

# %% check="lenet5_rows"
check("lenet5_rows", lenet5_rows)

# %% [markdown]
# Here is the whole ledger. Read it row by row, and work out one number of each column yourself.

# %% show
ledger_of_lenet5

# %% [markdown]
# Together 61,706. The paper says 60,000, and is right as well: in 1998 a kernel of C3 looked at some of the maps
# only, pooling had a coefficient and a bias to learn, and the output had none. Both networks are in `cnnlib.models`.

# %%
for built in (models.lenet5(), models.lenet5_1998()):
    print(f"{sum(learnt.numel() for learnt in built.parameters()):,}")

# %% [markdown]
# ### Build it
#
# Now build it yourself, from torch's layers. After C1, C3, C5 and F6 comes a **tanh**, before the pooling; S2 and S4
# take the **mean** of each 2x2. The network gives ten scores, not probabilities.
#
# How is a network judged? The check copies weights of its own into your layers, sends images through, and compares
# what comes out. So names do not matter, and it does not matter either in which order you make your layers. Where a
# message shows a `seed`, the weights were drawn from it.
#
# <details><summary>Hint: one row after the other</summary>
#
# <code>nn.Sequential</code> takes the layers in the order in which they run: <code>nn.Conv2d(1, 6, 5)</code>,
# <code>nn.Tanh()</code>, <code>nn.AvgPool2d(2)</code> and so on.
#
# </details>
#
# <details><summary>Hint: from maps to numbers</summary>
#
# After C5 the maps are 120x1x1. <code>nn.Flatten()</code> makes 120 numbers of them, which <code>nn.Linear</code>
# can take.
#
# </details>


# %% exercise="lenet5" points=2 minutes=8
def lenet5():
    """LeNet-5 as it is built today: images (N, 1, 32, 32) give scores (N, 10); 61,706 parameters."""
    ### BEGIN SOLUTION
    return nn.Sequential(
        nn.Conv2d(1, 6, 5),
        nn.Tanh(),
        nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.Tanh(),
        nn.AvgPool2d(2),
        nn.Conv2d(16, 120, 5),
        nn.Tanh(),
        nn.Flatten(),
        nn.Linear(120, 84),
        nn.Tanh(),
        nn.Linear(84, 10),
    )
    ### END SOLUTION


# %% check="lenet5"
check("lenet5", lenet5)

# %% [markdown]
# ## From LeNet-5 to VGG
#
# Fourteen years later the plan was the same, and everything else had grown: photographs of 227x227 in colour for
# digits of 32x32, a thousand classes for ten, 1,431,167 images for 60,000. One source sums it up (we only cite it):
# chips had gone from $10^6$ to $10^9$ transistors, the pixels trained on from $10^7$ to $10^{14}$. **AlexNet**
# (Krizhevsky, Sutskever and Hinton, 2012) won the ImageNet competition by a margin that ended a debate. It made
# the ReLU and dropout known; it also had a normalisation across maps, which nobody uses any more, and pooling windows
# that overlap.

# %% show
with torch.device("meta"):
    ledger_of_alexnet = models.summary(models.alexnet_2012(groups=1), (3, 227, 227))
ledger_of_alexnet

# %% [markdown]
# Where are the parameters? Where is the work? Look at the two columns before you go on.
#
# The five convolutions hold less than 4 million parameters, the three fully connected layers 59 million. With the
# work it is the other way round. A weight of a convolution is used at every place of the image, one of a fully
# connected layer once. So **convolutions cost time, and large classifiers cost memory**, and they need dropout so as
# not to learn the training set by heart.
#
# Sixty million, say the sources, and one prints 62,378,344. Both are right. AlexNet ran on two graphics cards of 3 GB
# each: half of the filters lived on each card, and conv2, conv4 and conv5 saw only the maps of their own. Those are
# groups, as in lesson 02.

# %% show
with torch.device("meta"):
    for groups in (1, 2):
        ledger_of_groups = models.summary(models.alexnet_2012(groups=groups), (3, 227, 227))
        print(f"{groups} {ledger_of_groups.parameters:>11,} {ledger_of_groups.multiplications:>14,}")

# %% [markdown]
# **ZFNet** (Zeiler and Fergus, 2013) led the year after with small changes: 7x7 every 2 in place of 11x11 every 4 at
# the beginning, and, for the competition, more filters at the end. What made it famous is how the changes were
# found: by *looking* at what AlexNet had learnt. That is lesson 09. The error fell from 16.4 to 11.7 per cent, they
# report; we cannot recompute that here.

# %% show
with torch.device("meta"):
    ledger_of_zfnet = models.summary(models.zfnet(), (3, 224, 224))
for which in ("conv1", "conv2", "conv3", "conv4", "conv5"):
    for table in (ledger_of_alexnet, ledger_of_zfnet):
        line = table[which]
        print(
            f"{which} {line.kernel} {line.stride} {line.output!s:14} {line.parameters:>9,} {line.multiplications:>11,}"
        )

# %% [markdown]
# ### Nothing but 3x3
#
# **VGG** (Simonyan and Zisserman, 2014) asked how deep one can go, and for that made everything else as plain as
# possible: 3x3 kernels, padded by 1; pooling of 2x2; twice as many maps after each pooling, up to 512.
#
# Why 3x3? Three of them, one after the other, see 7x7 pixels: each adds one on every side. With $C$ maps in and out
# they have $3 \cdot 9\,C^2 = 27\,C^2$ weights; one kernel of 7x7 has $49\,C^2$. That is 45 per cent fewer, with
# three ReLUs in place of one.

# %%
C = 64
three, one = 3 * 3 * 3 * C * C, 7 * 7 * C * C
print(f"{three:,} / {one:,} = {three / one:.2f}")
print(cnnlib.receptive_field([(3, 1, 1)] * 3), cnnlib.receptive_field([(7, 1, 1)]))

# %% [markdown]
# A network so regular can be written down in one line: a list of how many filters, with an "M" for each pooling.
# VGG16 and VGG19 differ in three numbers.
#
# <details><summary>Hint: what to carry along</summary>
#
# Go through the list and collect layers. A convolution must know how many maps come in: 3 at first, later what the
# convolution before gave.
#
# </details>
#
# <details><summary>Hint: from a list of layers to a network</summary>
#
# <code>nn.Sequential(*layers)</code>.
#
# </details>


# %% exercise="vgg" points=3 minutes=9
def vgg(config):
    """The convolutions of a VGG for images (N, 3, H, W), such as vgg([64, 64, "M", 128, "M"]).

    Each number is a 3x3 convolution with so many filters, padded by 1, and a ReLU; each "M" is a 2x2 max pooling.
    """
    ### BEGIN SOLUTION
    layers, channels = [], 3
    for entry in config:
        if entry == "M":
            layers.append(nn.MaxPool2d(2))
        else:
            layers.append(nn.Conv2d(channels, entry, 3, padding=1))
            layers.append(nn.ReLU())
            channels = entry
    return nn.Sequential(*layers)
    ### END SOLUTION


# %% check="vgg"
check("vgg", vgg)

# %% [markdown]
# Here is all of VGG16. Its volumes first: the maps shrink, their number grows, and then everything goes through fully
# connected layers.

# %% show
with torch.device("meta"):
    ledger_of_vgg16 = models.summary(models.vgg16(), (3, 224, 224))
halved = [line.output for line in ledger_of_vgg16.rows if line.kind == "MaxPool2d"]
draw.volumes([(3, 224, 224), *halved, (4096, 1, 1)])

# %% show
ledger_of_vgg16

# %% [markdown]
# 138 million parameters, 15 billion multiplications. One single row, the first fully connected layer, holds
# 102,764,544 of the parameters: three quarters of the network. Multiply $512 \cdot 7 \cdot 7 \cdot 4096$ and you see
# why.
#
# The number in a VGG's name counts the layers that learn. Its convolutions, its fully connected layers, and what all
# of them cost:

# %% show
with torch.device("meta"):
    for label in ("vgg11", "vgg13", "vgg16", "vgg19"):
        table = models.summary(getattr(models, label)(), (3, 224, 224))
        kinds = [line.kind for line in table.rows]
        convolutions, dense = kinds.count("Conv2d"), kinds.count("Linear")
        print(f"{label} {convolutions:2} + {dense} {table.parameters:>11,} {table.multiplications:>14,}")

# %% [markdown]
# VGG was hard to train. Its authors first trained a short network, then put new layers in the middle. After they had
# submitted the paper, they found that the right initialisation would have done: lesson 07.

# %% [markdown] question="why_two_costs"
# **Why?** You must run VGG16 on a telephone. One engineer wants to halve the file, another to halve the time. To
# which layers does each of them go, and why not to the same?
#
# ### BEGIN SOLUTION
# The file is parameters, and nine tenths of them lie in the three fully connected layers, most in the first. The time
# is multiplications, and 99 per cent of them lie in the convolutions, above all in the first stages, where maps are
# large: a weight there is used at up to 50,176 places. A weight of a fully connected layer is used once. So the first
# engineer goes to the classifier, the second to the early convolutions.
# ### END SOLUTION

# %% [markdown]
# ## Networks in a network
#
# A convolution asks of every window the same simple question: a weighted sum. **Network in Network** (Lin, Chen and
# Yan, 2013) asks a cleverer one. After the convolution, each pixel goes through a small network of its own. All
# pixels share it, so it is nothing but two convolutions of 1x1. That is an **mlpconv**.
#
# <details><summary>Hint: the size</summary>
#
# The first convolution keeps height and width. For an odd kernel that takes <code>padding=kernel_size // 2</code>.
#
# </details>


# %% exercise="mlpconv" points=2 minutes=6
def mlpconv(channels, filters, kernel_size):
    """A padded convolution, then two of 1x1, with a ReLU after each of the three: (N, channels, H, W) keeps H and W.

    `filters` are three numbers, such as (192, 160, 96); `kernel_size` is odd.
    """
    ### BEGIN SOLUTION
    first, second, third = filters
    return nn.Sequential(
        nn.Conv2d(channels, first, kernel_size, padding=kernel_size // 2),
        nn.ReLU(),
        nn.Conv2d(first, second, 1),
        nn.ReLU(),
        nn.Conv2d(second, third, 1),
        nn.ReLU(),
    )
    ### END SOLUTION


# %% check="mlpconv"
check("mlpconv", mlpconv)

# %% [markdown]
# ### A classifier that learns nothing
#
# With such layers the maps become so good that no large classifier is needed. The last mlpconv gives one map for each
# class, and the score of a class is the **mean of its map**. Nothing is left to learn, so nothing is left to overfit;
# and the map itself shows *where* the class was seen. Lesson 09 makes use of that.


# %% exercise="global_average_head" points=1 minutes=4
def global_average_head():
    """A head without parameters: a map for each class (N, classes, H, W) gives its mean as score (N, classes)."""
    ### BEGIN SOLUTION
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    ### END SOLUTION


# %% check="global_average_head"
check("global_average_head", global_average_head)

# %% [markdown]
# The whole network, for images of 32x32, has fewer than a million parameters. On CIFAR-10 its authors report 11.59 per
# cent of errors with a fully connected layer at the end, 10.88 with dropout before it, and 10.41 with the mean of each
# map. These figures we can only cite.

# %% show
with torch.device("meta"):
    ledger_of_nin = models.summary(models.network_in_network(), (3, 32, 32), depth=1)
ledger_of_nin

# %% [markdown]
# ## Inception
#
# How large should a kernel be: 1x1, 3x3, 5x5? **GoogLeNet** (Szegedy and others, 2014) takes them all, side by side,
# pooling too, and lays their maps one after the other. The next layer may choose. At first thought the module looks
# like this:

# %% show
draw.architecture(
    [
        draw.Block("x", (256, 28, 28), "data"),
        draw.Branches(
            [
                [draw.Block("1×1, 128")],
                [draw.Block("3×3, 192")],
                [draw.Block("5×5, 96")],
                [draw.Block("max 3×3", kind="pool")],
            ],
            shape=(672, 28, 28),
        ),
    ]
)

# %% [markdown]
# What does it cost? Each value of a convolution's output takes as many multiplications as a kernel has weights.

# %%
places = 28 * 28
naive = {
    "1x1": places * 128 * 1 * 1 * 256,
    "3x3": places * 192 * 3 * 3 * 256,
    "5x5": places * 96 * 5 * 5 * 256,
}
for label, work in naive.items():
    print(f"{label} {work:>11,}")
print(f"    {sum(naive.values()):>11,}", 128 + 192 + 96 + 256)

# %% [markdown]
# 854 million, for one module of nine. And it can only grow: pooling keeps all 256 maps, so 672 come out where 256
# went in.
#
# The remedy comes from Network in Network. A **1x1 convolution** mixes channels without looking around; with fewer
# filters than channels it is a *bottleneck*. Put one before each large kernel, and one after the pooling:

# %% show
draw.architecture(
    [
        draw.Block("x", (256, 28, 28), "data"),
        draw.Branches(
            [
                [draw.Block("1×1, 128")],
                [draw.Block("1×1, 64"), draw.Block("3×3, 192")],
                [draw.Block("1×1, 64"), draw.Block("5×5, 96")],
                [draw.Block("max 3×3", kind="pool"), draw.Block("1×1, 64")],
            ],
            shape=(480, 28, 28),
        ),
    ]
)

# %% show
with torch.device("meta"):
    ledger_of_module = models.summary(models.Inception(256, 128, 64, 192, 64, 96, 64), (256, 28, 28), depth=2)
ledger_of_module

# %% [markdown]
# Less than a third, and 480 maps for 672. One of our sources says *358 million*. Keep that number; you will find out
# where it comes from.
#
# Now build the module. After **every** convolution comes a ReLU, also after the 1x1 that reduce. The order of the
# maps is that of the arguments: 1x1, 3x3, 5x5, pooling.
#
# <details><summary>Hint: a module with branches</summary>
#
# Write a class that inherits from <code>nn.Module</code>, make each branch an <code>nn.Sequential</code> in
# <code>&#95;&#95;init&#95;&#95;</code>, and lay their outputs one after the other in <code>forward</code>:
# <code>torch.cat([…], dim=1)</code>.
#
# </details>
#
# <details><summary>Hint: pooling that keeps the size</summary>
#
# <code>nn.MaxPool2d(3)</code> moves by 3. Which stride and which padding keep height and width?
#
# </details>


# %% exercise="inception" points=3 minutes=10
class Inception(nn.Module):
    """Four branches side by side: (N, channels, H, W) -> (N, ones + threes + fives + pool_projection, H, W).

    1x1 · 1x1 to `threes_reduce`, then 3x3 · 1x1 to `fives_reduce`, then 5x5 · max pooling 3x3, then 1x1.
    """

    def __init__(self, channels, ones, threes_reduce, threes, fives_reduce, fives, pool_projection):
        super().__init__()
        ### BEGIN SOLUTION
        self.ones = nn.Sequential(nn.Conv2d(channels, ones, 1), nn.ReLU())
        self.threes = nn.Sequential(
            nn.Conv2d(channels, threes_reduce, 1),
            nn.ReLU(),
            nn.Conv2d(threes_reduce, threes, 3, padding=1),
            nn.ReLU(),
        )
        self.fives = nn.Sequential(
            nn.Conv2d(channels, fives_reduce, 1),
            nn.ReLU(),
            nn.Conv2d(fives_reduce, fives, 5, padding=2),
            nn.ReLU(),
        )
        self.pooled = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1),
            nn.Conv2d(channels, pool_projection, 1),
            nn.ReLU(),
        )
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        return torch.cat([self.ones(x), self.threes(x), self.fives(x), self.pooled(x)], dim=1)
        ### END SOLUTION


# %% check="inception"
check("inception", Inception)

# %% [markdown]
# Nine such modules, on a conventional beginning, make GoogLeNet. Its end is the mean of each map and *one* fully
# connected layer.

# %% show
with torch.device("meta"):
    ledger_of_googlenet = models.summary(models.googlenet_2014(), (3, 224, 224), depth=1)
ledger_of_googlenet

# %% [markdown]
# Under the ledger stands what did not run: two **auxiliary heads**. The network is 22 layers deep, and in 2014
# there was neither batch normalisation nor a shortcut; gradients faded on their way down. So two small classifiers
# look at the maps halfway, and while the network trains their losses count 0.3 each. Their gradients reach the first
# layers by a short way. For answering they are thrown away, and with them nearly half of all parameters: 6,998,552
# remain, a ninth of AlexNet's.

# %% [markdown]
# ## Residual networks
#
# Deeper is better, until it is not. In 2015 a plain network of 56 layers was worse than one of 20, and **on the
# training images** too. So it was not overfitting: the deeper network could have copied the shallower one and let the
# other 36 layers do nothing. It did not find out how to do nothing.
#
# He, Zhang, Ren and Sun made doing nothing easy. Let the layers compute only the *difference*: what is to be added
# to what is already there.
#
# $$y = \mathrm{relu}\bigl(x + F(x)\bigr)$$
#
# $F$ is two convolutions with batch normalisation. The path on which $x$ goes straight on is the **shortcut**. If
# all weights of $F$ are zero, the block does nothing: that is the easiest thing it can learn. And on the way back,
# the derivative of $x + F(x)$ is $1 + F'(x)$. The 1 is the point: however small $F'$ becomes, the gradient comes
# through.

# %% show
draw.architecture(
    [
        draw.Block("x", (64, 56, 56), "data"),
        draw.Branches(
            [
                [],
                [
                    draw.Block("3×3, 64"),
                    draw.Block("BatchNorm2d\nReLU", kind="other"),
                    draw.Block("3×3, 64"),
                    draw.Block("BatchNorm2d", kind="other"),
                ],
            ],
            "add",
        ),
        draw.Block("ReLU", (64, 56, 56), "other"),
    ]
)

# %% [markdown]
# Where a block halves the size or changes the number of maps, $x$ and $F(x)$ cannot be added. There, and only there,
# the shortcut is a 1x1 convolution with the block's stride, followed by batch normalisation: a **projection**.
#
# Convolutions before a batch normalisation need no bias (lesson 06), so give them none: `bias=False`. The stride
# belongs to the first 3x3.
#
# <details><summary>Hint: a shortcut that does nothing</summary>
#
# <code>nn.Identity()</code> gives back what it gets, and learns nothing.
#
# </details>
#
# <details><summary>Hint: when to project</summary>
#
# When <code>stride != 1</code> or <code>channels != width</code>.
#
# </details>


# %% exercise="residual_block" points=3 minutes=11
class ResidualBlock(nn.Module):
    """relu(x + F(x)), F twice a 3x3 convolution: (N, channels, H, W) -> (N, width, H / stride, W / stride).

    Each convolution is padded by its half, has no bias, and is followed by batch normalisation.
    """

    def __init__(self, channels, width, stride=1):
        super().__init__()
        ### BEGIN SOLUTION
        self.layers = nn.Sequential(
            nn.Conv2d(channels, width, 3, stride=stride, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
        )
        self.shortcut = nn.Identity()
        if stride != 1 or channels != width:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels, width, 1, stride=stride, bias=False),
                nn.BatchNorm2d(width),
            )
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        return torch.relu(self.shortcut(x) + self.layers(x))
        ### END SOLUTION


# %% check="residual_block"
check("residual_block", ResidualBlock)

# %% [markdown]
# ResNet-18 is made of eight such blocks. From 50 layers on the block is a **bottleneck**: 1x1 to a quarter of the
# maps, 3x3 there, 1x1 back. The same idea as in Inception, for the same reason.

# %% show
with torch.device("meta"):
    ledger_of_resnet18 = models.summary(models.resnet18(), (3, 224, 224), depth=2)
ledger_of_resnet18

# %% show
with torch.device("meta"):
    for label, block in (("2 x 3x3", models.BasicBlock(256, 256)), ("1x1 3x3 1x1", models.Bottleneck(256, 64))):
        ledger_of_block = models.summary(block, (256, 56, 56))
        print(f"{label:12} {ledger_of_block.parameters:>10,} {ledger_of_block.multiplications:>14,}")

# %% show
draw.architecture(
    [
        draw.Block("x", (256, 56, 56), "data"),
        draw.Branches([[], [draw.Block("1×1, 64"), draw.Block("3×3, 64"), draw.Block("1×1, 256")]], "add"),
        draw.Block("ReLU", (256, 56, 56), "other"),
    ]
)

# %% show
with torch.device("meta"):
    ledger_of_resnet50 = models.summary(models.resnet50(), (3, 224, 224), depth=1)
ledger_of_resnet50

# %% [markdown]
# ### Leave the shortcut alone
#
# In the block above, a ReLU stands on the way of $x$, after the sum. A year later the same authors moved everything
# into the branch: normalise and ReLU come **before** each convolution, and after the sum comes nothing. This is
# **pre-activation**:
#
# $$y = x + F(x) \qquad F:\ \text{normalise, ReLU, } 3\times3,\ \text{normalise, ReLU, } 3\times3$$
#
# %% show
normalised = draw.Block("BatchNorm2d\nReLU", kind="other")
draw.architecture(
    [
        draw.Block("x", (64, 56, 56), "data"),
        draw.Branches(
            [[], [normalised, draw.Block("3×3, 64"), normalised, draw.Block("3×3, 64")]], "add", shape=(64, 56, 56)
        ),
    ]
)

# %% [markdown]
# Now $x$ goes from the first block to the last untouched, and the network is a sum:
# $x + F_1 + F_2 + F_3 + \dots$
#
# Where the shapes change, the shortcut is a 1x1 convolution, without normalisation, of what the **first ReLU** gives;
# it sees what the first 3x3 sees.
#
# <details><summary>Hint: what is used twice</summary>
#
# Work out the activated input once, and give it to the first 3x3, and to the 1x1 where there is one.
#
# </details>


# %% exercise="preactivation_block" points=3 minutes=9
class PreactivationBlock(nn.Module):
    """x + F(x), with batch normalisation and ReLU before each 3x3 convolution; shapes as in ResidualBlock."""

    def __init__(self, channels, width, stride=1):
        super().__init__()
        ### BEGIN SOLUTION
        self.activate = nn.Sequential(nn.BatchNorm2d(channels), nn.ReLU())
        self.layers = nn.Sequential(
            nn.Conv2d(channels, width, 3, stride=stride, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, width, 3, padding=1, bias=False),
        )
        self.project = None
        if stride != 1 or channels != width:
            self.project = nn.Conv2d(channels, width, 1, stride=stride, bias=False)
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        activated = self.activate(x)
        shortcut = x if self.project is None else self.project(activated)
        return shortcut + self.layers(activated)
        ### END SOLUTION


# %% check="preactivation_block"
check("preactivation_block", PreactivationBlock)

# %% [markdown]
# It costs nothing: the layers are the same, in another order.

# %% show
with torch.device("meta"):
    for label in ("resnet18", "preactivation_resnet18"):
        table = models.summary(getattr(models, label)(), (3, 224, 224))
        print(f"{label:22} {table.parameters:>11,} {table.multiplications:>14,}")

# %% [markdown]
# ### Doing nothing, ten times over
#
# Take a photograph, and send it through ten pre-activation blocks with random weights. Then turn the branches down:
# multiply each last convolution by 0.3, by 0.1, by 0. What is left? And what if there are no shortcuts? Decide before
# you look.

# %%
torch.manual_seed(0)
torch.set_num_threads(1)
cat = torch.as_tensor(cnnlib.data.load_photo("cat", size=(100, 140))).float()[None]
stack = nn.Sequential(*[models.PreactivationBlock(3, 3) for _ in range(10)]).eval()
for block in stack:
    nn.init.kaiming_normal_(block.conv1.weight)
    nn.init.kaiming_normal_(block.conv2.weight)
last_weights = [block.conv2.weight.detach().clone() for block in stack]
seen = []
for volume in (1.0, 0.3, 0.1, 0.0):
    with torch.no_grad():
        for block, weight in zip(stack, last_weights, strict=True):
            block.conv2.weight.copy_(volume * weight)
        seen.append(stack(cat))
print((seen[-1] - cat).abs().max().item())

# %% [markdown]
# Zero: with the branches off, ten blocks with 1,740 parameters are the **identity**, exactly. From there, training
# turns up what helps.

# %% show
plain = nn.Sequential(*[part for block in stack for part in (block.conv1, nn.ReLU())])
with torch.no_grad():
    faded = plain(cat)
brightness = [image[0].mean(0).numpy() for image in (cat, *seen, faded)]
draw.images(brightness, titles=["x", "1", "0.3", "0.1", "0", "10 × relu(w ⋆ x)"], columns=3)

# %% [markdown]
# The titles say how loud the branches are. With 1, random patterns lie over the cat; at 0.3 and 0.1 they fade; at 0 it
# is as it was. In the last picture the same ten convolutions stand in a row, without shortcuts: ten random filters,
# and the cat is gone.
#
# **Wide** residual networks (Zagoruyko and Komodakis, 2016) turned the other knob: 28 layers instead of a thousand,
# and ten times as many maps in each. On small images they did better, and faster: a graphics card prefers one wide
# layer to many thin ones.

# %% show
with torch.device("meta"):
    for depth, widen in ((16, 1), (40, 1), (16, 8), (28, 10)):
        ledger_of_wide = models.summary(models.wide_resnet(depth, widen), (3, 32, 32))
        print(f"{depth}-{widen:<3} {ledger_of_wide.parameters:>11,} {ledger_of_wide.multiplications:>14,}")

# %% [markdown] question="why_residual"
# **Why?** Put the ReLU of the branch *before* the sum, $x + \mathrm{relu}(F(x))$, and stack fifty such blocks. What
# happens to the values from block to block? Which changes can such a network no longer make?
#
# ### BEGIN SOLUTION
# What a block adds is never negative, so every value can only stay or grow: after fifty blocks they are large, and no
# block can take back what an earlier one has added. A branch must be able to say less as well as more. That is why the
# ReLU stands after the sum, or, with pre-activation, before the convolutions of the branch.
# ### END SOLUTION

# %% [markdown]
# ## U-Net and DenseNet
#
# Shortcuts need not add. They can also **concatenate**, as Inception does with its branches: nothing is lost, and the
# next layer chooses.
#
# **U-Net** (Ronneberger, Fischer and Brox, 2015) marks cells in microscope images: it gives a class not to the image
# but to every pixel. Down it goes four times, as in a VGG, until it knows *what* is there. Then up again, by
# transposed convolutions (lesson 04), to say *where*. Pooling has thrown the exact place away; so at each level the
# maps from the way down are laid beside those on the way up. Drawn for two levels:

# %% show
down, up = draw.Block("max 2×2", kind="pool"), draw.Block("ConvTranspose2d\n2×2")
twice = draw.Block("2 × Conv2d 3×3")
inner = draw.Branches([[], [down, twice, up]], "concat")
draw.architecture(
    [
        draw.Block("2 × Conv2d 3×3", (64, 568, 568)),
        draw.Branches([[], [down, draw.Block("2 × Conv2d 3×3", (128, 280, 280)), inner, twice, up]], "concat"),
        twice,
        draw.Block("Conv2d 1×1"),
    ]
)

# %% show
with torch.device("meta"):
    ledger_of_unet = models.summary(models.unet(), (1, 572, 572), depth=2)
ledger_of_unet

# %% [markdown]
# Without padding, so that no made-up border comes in: 572 pixels go in, and 388 get an answer. 150 billion
# multiplications, nearly ten times VGG16: large maps at the end are expensive. You will train a small one in lesson 12.
#
# **DenseNet** (Huang and others, 2016) takes it to the end: in a block, each layer reads the maps of *all* layers
# before it, and adds a few of its own. No layer has to pass on what others found, so 32 new maps each are enough.
# Between blocks a **transition** halves maps and size.

# %% show
dense_layer = [draw.Block("1×1, 128"), draw.Block("3×3, 32")]
draw.architecture(
    [
        draw.Block("x", (64, 56, 56), "data"),
        draw.Branches([[], dense_layer], "concat", shape=(96, 56, 56)),
        draw.Branches([[], dense_layer], "concat", shape=(128, 56, 56)),
    ]
)

# %% show
with torch.device("meta"):
    ledger_of_densenet = models.summary(models.densenet121(), (3, 224, 224), depth=2)
ledger_of_densenet

# %% [markdown]
# ### The fading classifier
#
# One trend runs through all of these years. What share of a network's parameters lies in its fully connected layers?

# %% show
sizes = {"alexnet": 224, "vgg16": 224, "vgg19": 224, "googlenet_2014": 224, "resnet50": 224, "densenet121": 224}
shares = {}
with torch.device("meta"):
    for label, side in {"lenet5": 32, **sizes, "network_in_network": 32}.items():
        table = models.summary(getattr(models, label)(), (1 if label == "lenet5" else 3, side, side)).rows
        dense = sum(line.parameters for line in table if line.kind == "Linear")
        shares[label] = dense / sum(line.parameters for line in table)
for label, share in shares.items():
    print(f"{label:20} {share:6.1%} {'█' * round(40 * share)}")

# %% [markdown]
# From nineteen twentieths to next to nothing. The better the maps, the less there is left for a classifier to do:
# AlexNet's had to be powerful, ResNet's only translates maps into classes.

# %% [markdown]
# ## Find the error
#
# You have seen many ledgers. Now write the tool yourself, and then turn it on the sources.
#
# ### Your own ledger
#
# Torch lets you listen in. A function given to `layer.register_forward_hook(…)` is called each time the layer has
# run, with three things: the layer, its inputs (a tuple), and its output. It may write down what it likes.
# `register_forward_hook` returns a handle; `handle.remove()` ends the listening. **Leave no hook behind**: the next
# one who uses the network would pay for it.
#
# List every `nn.Conv2d` and `nn.Linear`, in the order in which they **run**; that is not always the order in which
# they were made.
#
# How many multiplications? Each value of the output costs as many as one filter has weights. The first filter is
# `layer.weight[0]`, and that holds for groups and for linear layers, too.
#
# <details><summary>Hint: names and layers</summary>
#
# <code>model.named_modules()</code> gives pairs of a name and a module, the inner ones too. Ask each with
# <code>isinstance(layer, (nn.Conv2d, nn.Linear))</code>.
#
# </details>
#
# <details><summary>Hint: a hook that knows its name</summary>
#
# A function made inside a function remembers: <code>def note(name): def hook(layer, inputs, output): …; return
# hook</code>. Register <code>note(name)</code>.
#
# </details>
#
# <details><summary>Hint: counting</summary>
#
# <code>tensor.numel()</code> is how many numbers a tensor has. <code>output[0]</code> is that of the first image.
#
# </details>


# %% exercise="ledger" points=4 minutes=14
def ledger(model, x):
    """Rows (name, output shape without N, parameters, multiplications for one image) of a network run on x (N, …).

    One row for each nn.Conv2d and nn.Linear, in the order in which they run.
    """
    ### BEGIN SOLUTION
    rows = []

    def note(name):
        def hook(layer, inputs, output):
            parameters = sum(p.numel() for p in layer.parameters())
            multiplications = output[0].numel() * layer.weight[0].numel()
            rows.append((name, tuple(output.shape[1:]), parameters, multiplications))

        return hook

    handles = [
        layer.register_forward_hook(note(name))
        for name, layer in model.named_modules()
        if isinstance(layer, (nn.Conv2d, nn.Linear))
    ]
    model(x)
    for handle in handles:
        handle.remove()
    return rows
    ### END SOLUTION


# %% check="ledger"
check("ledger", ledger)

# %% [markdown]
# ### Two printed tables
#
# One source prints VGG16 row by row, and at the foot a total of **138,423,208** parameters. Another works out the
# Inception module with bottlenecks: six lines of multiplications, and below them **358M**. Here they are, as lists of
# rows. `figure` is what the source prints; where it prints a product, we have worked it out.

# %%
stages = [(224, [64, 64]), (112, [128, 128]), (56, [256] * 3), (28, [512] * 3), (14, [512] * 3)]
vgg16_rows, maps = [], 3


def printed_row(layer, kind, C, K, kernel, side, figure):
    return {"layer": layer, "kind": kind, "in": C, "out": K, "kernel": kernel, "places": side * side, "figure": figure}


figures = [1792, 36928, 0, 73856, 147584, 65664, 295168, 590080, 590080, 0]
figures += [1180160, 2359808, 2359808, 0, 2359808, 2359808, 2359808, 0, 102764544, 16781312, 4097000]
printed = iter(figures)
for stage, (side, widths) in enumerate(stages, start=1):
    for place, K in enumerate(widths, start=1):
        vgg16_rows.append(printed_row(f"conv{stage}_{place}", "conv", maps, K, 3, side, next(printed)))
        maps = K
    vgg16_rows.append(printed_row(f"pool{stage}", "pool", maps, maps, 2, side // 2, next(printed)))
for label, before, after in (("fc6", 25088, 4096), ("fc7", 4096, 4096), ("fc8", 4096, 1000)):
    vgg16_rows.append(printed_row(label, "conv", before, after, 1, 1, next(printed)))
vgg16_total = 138_423_208

inception_rows = [
    printed_row("1x1 before 3x3", "conv", 256, 64, 1, 28, 28 * 28 * 64 * 256),
    printed_row("1x1 before 5x5", "conv", 256, 64, 1, 28, 28 * 28 * 64 * 256),
    printed_row("1x1", "conv", 256, 128, 1, 28, 28 * 28 * 128 * 256),
    printed_row("3x3", "conv", 64, 192, 3, 28, 28 * 28 * 192 * 9 * 64),
    printed_row("5x5", "conv", 64, 96, 5, 28, 28 * 28 * 96 * 25 * 64),
    printed_row("1x1 after pool", "conv", 256, 64, 1, 28, 28 * 28 * 64 * 256),
]
inception_total = 358_055_936  # printed as 358M
for line in vgg16_rows[:6] + inception_rows:
    print(f"{line['layer']:15} {line['kind']} {line['in']:4} {line['out']:4} {line['kernel']} {line['figure']:>12,}")

# %% [markdown]
# Write a function that audits such a table. A table can be wrong in two ways: a *row* may not be what the layer
# costs, and a right row may have been *added twice*.
#
# - Work out what each row should be. A pooling costs nothing (comparing is not multiplying). A convolution has
#   `kernel` · `kernel` · `in` weights for each of its `out` filters: plus one bias each, where `counts` is
#   `"parameters"`; times `places`, where `counts` is `"multiplications"`. A fully connected layer is written as a
#   convolution of 1x1 at one place.
# - The right total is the sum of your own figures.
# - Add up the *printed* figures. What the printed total has above that sum was added twice, if it is exactly the
#   printed figure of a row. Where nothing is left over, nothing was.
#
# <details><summary>Hint: three separate answers</summary>
#
# Each of the three earns its points by itself. Begin with "wrong"; let the others be <code>0</code> and
# <code>[]</code>.
#
# </details>


# %% exercise="find_the_error" points=4 minutes=14
def find_the_error(counts, rows, total):
    """{"wrong": names of rows with a wrong figure, "total": the right total, "twice": names of rows added twice}.

    `counts` is "parameters" or "multiplications", `rows` are dicts, `total` is the printed one; names in row order.
    """
    ### BEGIN SOLUTION
    wrong, right = [], 0
    for row in rows:
        cost = 0
        if row["kind"] == "conv":
            weights = row["kernel"] ** 2 * row["in"] * row["out"]
            cost = weights + row["out"] if counts == "parameters" else weights * row["places"]
        if row["figure"] != cost:
            wrong.append(row["layer"])
        right += cost
    surplus = total - sum(row["figure"] for row in rows)
    twice = [row["layer"] for row in rows if surplus and row["figure"] == surplus]
    return {"wrong": wrong, "total": right, "twice": twice}
    ### END SOLUTION


# %% check="find_the_error"
check("find_the_error", find_the_error)

# %% [markdown]
# Now turn it on the two tables, in a cell of your own (press **b**): `find_the_error("parameters", vgg16_rows,
# vgg16_total)`, and `find_the_error("multiplications", inception_rows, inception_total)`. Then compare with what
# follows: the printed total, the right one, the difference, and where the difference comes from.

# %% show
right_totals = ledger_of_vgg16.parameters, ledger_of_module.multiplications
print(f"{vgg16_total:,} - {right_totals[0]:,} = {vgg16_total - right_totals[0]:,} = {2 * 2 * 128 * 128 + 128:,}")
twofold = 28 * 28 * 192 * 9 * 64
print(f"{inception_total:,} - {right_totals[1]:,} = {inception_total - right_totals[1]:,} = {twofold:,}")

# %% [markdown]
# **The phantom.** In VGG16 a max pooling is said to have 65,664 parameters. Pooling has none, and the total is too
# large by exactly that row. Where does the number come from? It is $2 \cdot 2 \cdot 128 \cdot 128 + 128$: what a
# *convolution* of 2x2 with 128 maps would have. The other four poolings of the table are right.
#
# **The 358 million.** Every line is right, but the sum of the lines is 271,351,808. What is left over is 86,704,128:
# the 3x3 branch, added twice. The module saves more than its source claims.
#
# ### What else the sources get wrong
#
# Nearly all of the sources' figures hold, and this lesson has recomputed them: the rows of AlexNet and of VGG16, the
# 854 million of the naive module, the operations of seven of GoogLeNet's nine modules. A few do not. Each slip is
# easily made, and easily found by recomputing.
#
# - AlexNet *has two max-pooling layers*: three, and the table on the next page lists them.
# - VGG *has 16 to 19 convolutional layers*: 13 to 16. With the three fully connected ones they make 16 to 19.
# - AlexNet's *60 million* parameters are 60,965,224 with the two cards, 62,378,344 without. Both are right.
# - GoogLeNet has *only 5 million parameters*: nearly 7 million, without its auxiliary heads.
# - GoogLeNet's first layer is listed with *2.7K* weights and *34M* operations. A 7x7 convolution from 3 to 64 maps
#   has 9,408 and takes 118 million. The printed numbers fit a factorised layer: 8 kernels of 7x7 for each of the 3
#   channels apart, then 1x1 from those 24 maps to 64, which makes 1,176 + 1,536 = 2,712.
#   The line below it, 1x1 and then 3x3 to 192 maps, is right: 112K and 360M.
# - Some parameters of its modules are off, recomputed from the table's own columns (without biases, K = 1024):
#   4c 497.5K for the printed 463K, 5a 1018K for 1072K; 5a takes 51M operations for the printed 54M. The other
#   modules differ little or not at all.
#
# Below: weights without biases in K, and multiplications in M.

# %% show
with torch.device("meta"):
    parts_of_googlenet = dict(models.googlenet_2014().named_children())
for label, part in parts_of_googlenet.items():
    if isinstance(part, models.Inception):
        kernels = sum(learnt.numel() for learnt in part.parameters() if learnt.dim() > 1)
        print(f"{label[9:]} {kernels / 1024:7.1f} K {ledger_of_googlenet[label].multiplications / 1e6:6.1f} M")
print(f"conv1 {7 * 7 * 3 * 64:,} {7 * 7 * 3 * 64 * 112 * 112:,}")
print(f"conv1 {7 * 7 * 3 * 8 + 24 * 64:,} {(7 * 7 * 3 * 8 + 24 * 64) * 112 * 112:,}")
second = 64 * 64 + 3 * 3 * 64 * 192
print(f"conv2 {second / 1024:.0f} K {second * 56 * 56 / 1e6:.0f} M")

# %% [markdown] question="why_twice"
# **Why?** You need not build VGG16 to doubt its printed total. Which row of the table would you have looked at first,
# and what does that say about reading tables?
#
# ### BEGIN SOLUTION
# The pooling that has parameters: four poolings have none and one has 65,664, so either four rows are wrong or one.
# A table is checked first for what must be the same everywhere, for what must be zero, and for a total that is the sum
# of its rows. None of that takes a computer. Full points for any such check that finds this row.
# ### END SOLUTION

# %% [markdown]
# ## Accuracy against cost
#
# At last, all in one picture. Across: multiplications for one image, each tick several times the one before. Upwards:
# the share of ImageNet's validation images whose first guess was right, in per cent. The area of a disc: parameters.
#
# The accuracies are **cited**, not measured here: they belong to weights that torchvision has published, most of them
# trained by one recipe, years after the papers. The costs are recomputed.

# %% show
discs = {}
with torch.device("meta"):
    for label, published in models.PUBLISHED.items():
        table = models.summary(getattr(models, label)(), (3, 224, 224))
        short = label.replace("wide_resnet", "wrn")
        discs[short] = (table.multiplications, published.top1, table.parameters - sum(table.idle.values()))
draw.bubbles(discs, across="multiplications", up="accuracy", area="parameters")

# %% show
for label, (work, top1, learnt) in discs.items():
    print(f"{label:12} {top1:5.1f} {work:>14,} {learnt:>11,}")

# %% [markdown]
# Look for three things.
#
# - **The large discs lie low.** The VGGs have the most parameters and the most work for what they reach.
# - **GoogLeNet and ResNet-18** reach about what VGG13 does, for a sixth of its work or less, with a tenth of its
#   parameters or fewer.
# - **The curve flattens.** From ResNet-50 to ResNet-152 the work nearly triples, for two points.
#
# And the other way to look at it: nearly twenty years from the first network of this lesson to the last, with the
# year upwards. The work grew by more than four orders of magnitude; parameters rose, and then fell.

# %% show
years = {"lenet5": (1998, 1, 32), "alexnet_2012": (2012, 3, 227), "zfnet": (2013, 3, 224), "vgg16": (2014, 3, 224)}
years |= {"googlenet_2014": (2014.4, 3, 224), "resnet50": (2015, 3, 224), "unet": (2015.4, 1, 572)}
years["densenet121"] = (2016, 3, 224)
growth = {}
with torch.device("meta"):
    for label, (year, colours, side) in years.items():
        table = models.summary(getattr(models, label)(), (colours, side, side))
        growth[label] = (table.multiplications, year, table.parameters - sum(table.idle.values()))
draw.bubbles(growth, across="multiplications", up="year", area="parameters")

# %% show
for label, (work, year, learnt) in growth.items():
    print(f"{int(year)} {label:16} {work:>15,} {learnt:>11,}")

# %% [markdown]
# ## In short
#
# - A ledger tells two costs apart: parameters lie in fully connected layers, multiplications in convolutions.
# - Small kernels in a row see as far as a large one, for less, and with more ReLUs.
# - A 1x1 convolution is a small network on each pixel; with few filters it is a bottleneck, and bottlenecks make
#   Inception and deep ResNets affordable.
# - The mean of a map can take the place of a large classifier.
# - $x + F(x)$: with the branch at zero a block is the identity, and the gradient always gets through. Keep the shortcut
#   clean; project only where shapes change.
# - Concatenating keeps everything: Inception, U-Net, DenseNet.
# - Recompute a printed table before you believe it. Pooling has no parameters, and a total is the sum of its rows.
#
# **Where next.** You can build them all. What do they look at? Lesson 09, *Seeing inside*.
