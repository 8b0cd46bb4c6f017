# %% [markdown]
# # 00 · Start here
#
# Fifteen minutes, to make sure that everything works before it matters. At the end you will
#
# - know that your computer has what the course needs;
# - know the way through the fourteen lessons;
# - have got a check wrong on purpose, and read what it says;
# - have the course's words in both languages at hand.

# %% [markdown]
# ## How a lesson works
#
# A lesson is read from top to bottom. Cells with a grey background hold code: click into one and press **Shift +
# Enter** to run it. A number in brackets beside it says that it has run.
#
# Four kinds of cells will come back in every lesson.
#
# - **Demonstrations** are for looking at. Run them, change a number, run them again. You can break nothing.
# - **Predictions** ask you for values *before* the computer shows them. Paper and pencil are allowed.
# - **Exercises** are functions for you to write, in place of the line `raise NotImplementedError()`.
# - **Checks** follow each exercise and each prediction. You cannot edit a check, only run it, as often as you like.
#   It costs nothing to be wrong.
#
# Some questions ask **why?** in words. A person reads those.

# %% [markdown]
# ## Is everything there?
#
# Run the cell. Each line should end with a tick. If one does not, or if the cell stops with an error, the course's
# README says how to install what is missing.

# %% show
import sys

import matplotlib
import numpy as np
import torch

needed = {
    "Python": (sys.version.split()[0], (3, 11)),
    "numpy": (np.__version__, (2, 0)),
    "matplotlib": (matplotlib.__version__, (3, 9)),
    "torch": (torch.__version__, (2, 4)),
}
for name, (version, least) in needed.items():
    found = tuple(int(part) for part in version.split(".")[:2])
    print(f"{name:12} >= {least[0]}.{least[1]:<4} {'✓' if found >= least else '✗ ' + version}")

# %% [markdown]
# Pictures should appear too. This one shows real handwritten digits, of 8 by 8 pixels each. In the last lesson, a
# network of your own making will read them.

# %% show
import cnnlib.data
import cnnlib.draw as draw

digits = cnnlib.data.load_digits()
draw.images(digits.images[:10, 0], titles=[str(label) for label in digits.labels[:10]], columns=5)

# %% [markdown]
# ## Your first check
#
# Below is a first exercise, and it is not hard: write a function that doubles each value of an array.
#
# But first **get it wrong on purpose**. Replace the line `raise NotImplementedError()` with `return x + 2`, run the
# cell, and then the check. On the input 2 your function is right: $2 + 2 = 2 \cdot 2$. What will the check find?
#
# <details><summary>And then, how to get it right</summary>
#
# Arrays multiply value by value: <code>return 2 * x</code>.
#
# </details>


# %% exercise="double" points=1 minutes=3
def double(x):
    """Twice each value of the array x (n).

    >>> double(np.array([1.0, 2, 5]))
    array([ 2.,  4., 10.])
    """
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION


# %% check="double"
check("double", double)

# %% [markdown]
# ## What a check tells you
#
# A check does not compare one example. It invents inputs, small ones first, then larger and stranger ones: decimals,
# values that lie apart in memory, unusual shapes. When your function fails on one of them, the check looks for the
# **smallest input** that still fails, because a small one is easy to think about.
#
# Then it says five things:
#
# 1. the smallest input on which your function fails;
# 2. what your function gave;
# 3. what was expected;
# 4. in which way the two differ, in one sentence, and often in a picture;
# 5. if your function behaves like a mistake that many people make, the **likely mistake**.
#
# It never shows the solution. When everything is right, it says on how many inputs it tried. Your instructor's
# computer will use other ones: a function that knows its examples by heart gains nothing.
#
# A few things to try on `double`, for fun: return a list; return nothing; change `x` itself with `x *= 2`; write an
# endless loop. The last is stopped after five seconds. (One thing cannot be stopped from inside a notebook: a single
# huge call into compiled code. Then **Kernel → Interrupt** helps, or **Restart**.)

# %% [markdown]
# ## The way through the course
#
# <!-- map of the course -->
#
# Each exercise stands alone: later cells use the course's own library `cnnlib`, not your earlier answer. If one
# exercise resists, go on, and come back to it.

# %% [markdown]
# ## The words, in both languages
#
# Much of what is written about networks is in English, and part of the course's sources are in French. These are the
# same words.
#
# | English | français |
# |---|---|
# | activation function | fonction d'activation |
# | average pooling, max pooling | agrégation par moyenne, par maximum |
# | backpropagation | rétropropagation |
# | batch | lot |
# | batch normalisation | normalisation par lots |
# | bias | biais |
# | channel | canal |
# | convolution | convolution |
# | convolutional network | réseau convolutif |
# | cross-correlation | corrélation croisée |
# | cross-entropy | entropie croisée |
# | dropout | abandon (*dropout*) |
# | feature map | carte de caractéristiques |
# | filter, kernel | filtre, noyau |
# | fine-tuning | ajustement fin |
# | fully connected layer | couche complètement connectée |
# | gradient descent | descente de gradient |
# | learning rate | taux d'apprentissage |
# | loss | coût, perte |
# | overfitting | surapprentissage |
# | padding | remplissage |
# | receptive field | champ réceptif |
# | stride | pas |
# | transfer learning | apprentissage par transfert |
# | vanishing gradient | gradient évanescent |
# | weight | poids |
#
# One word needs care: a French source says *saut* for the pixels that are jumped over, which is the stride minus one.
# Lesson 02 comes back to it.

# %% [markdown]
# ## In short
#
# - Run cells with **Shift + Enter**, from top to bottom.
# - A check shows the smallest input that fails, and never the solution.
# - Being wrong is free. Predicting before running is where the learning happens.
#
# **Where next.** Lesson 01, *Convolution, the formula*: what it is that a convolutional network does at every place
# of an image.
