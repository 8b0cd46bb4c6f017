# %% [markdown]
# # Doubling
#
# In 5 minutes you will know what `twice` does: it doubles $x$,
# whatever [number](https://example.org/number) comes.

# %% [markdown]
# ## The formula
#
# $$
# y = 2x
# $$
#
# - one item
# - another item,
#   over two lines
#
# | input | output |
# |---|---|
# | one | two |
#
# <details><summary>A hint</summary>
#
# > Add it
# > to itself.
#
# ```python
# twice(3)  # no message
# ```
#
# </details>
#
# <img src="twice.png" alt="Two apples">

# %% predict="seven" points=1
# What is three and four?
seven = 3 + 4

# %% check="seven"
check("seven", seven)


# %% exercise="twice" points=3 minutes=2
def twice(x):
    """Twice the number `x`, whatever
    it is.

    >>> twice(3)
    6
    """
    # It is shorter than you think,
    # much shorter.
    ### BEGIN SOLUTION
    return x + x  # a secret
    ### END SOLUTION


# %% check="twice"
check("twice", twice)

# %% show
import matplotlib.pyplot as plt

plt.plot([1, 2, 4])  # grows fast
plt.show()
print(f"twice three is {3 + 3}")

# %% [markdown] question="why_double" points=2
# **Why?** Say why one doubles.
#
# ### BEGIN SOLUTION
# Because two is more than one.
# ### END SOLUTION

# %% [markdown] question="what_next"
# What comes after doubling?
