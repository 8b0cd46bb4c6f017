# %% [markdown]
# # Tripling
#
# In 5 minutes.
#
# <!-- map of the course -->

# %% exercise="thrice" points=1.5
def thrice(x):
    """Three times `x`."""
    ### BEGIN SOLUTION
    return 3 * x
    ### END SOLUTION


# %% check="thrice"
check("thrice", thrice)
