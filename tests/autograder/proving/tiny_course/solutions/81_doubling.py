# %%
import numpy as np

FACTOR = 2

# %% predict="seven" points=1
seven = 3 + 4

# %% check="seven"
check("seven", seven)


# %% exercise="twice" points=3
def twice(x):
    """Twice each value."""
    ### BEGIN SOLUTION
    return FACTOR * x
    ### END SOLUTION


# %% check="twice"
check("twice", twice)

# %%
print(np.arange(3) * 2)

# %% [markdown] question="why" points=2
# Why?
#
# ### BEGIN SOLUTION
# Because.
# ### END SOLUTION
