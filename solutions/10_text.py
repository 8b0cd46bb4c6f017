# %% [markdown]
# # 10 · Convolution over text
#
# A sentence is no image. But it has neighbours, as pixels have them, and what matters often lies in a few words that
# stand side by side: *not very good*. So filters can run along a sentence. At the end you will be able to
#
# - turn words into vectors, ready for a convolution;
# - run filters along sentences, and say why seven words give five answers;
# - take the maximum over time, so that neither the length of a sentence nor its padding counts;
# - train a small classifier, and compare it with one that does not know the order of words;
# - name each filter by the phrases that it found, and say what such a network cannot see.
#
# Plan about 60 minutes. You need the convolution of lesson 01 and the pooling of lesson 03.

# %%
import numpy as np
import torch
from torch import nn
from torch.nn import functional

import cnnlib
import cnnlib.data
import cnnlib.draw as draw
from cnnlib import explain, models

torch.set_num_threads(1)

# %% [markdown]
# ## Words as vectors
#
# Here are reviews of restaurants, with their verdicts: `+` for good, `-` for bad. Read a few, and watch yourself:
# which words do you look at?

# %%
reviews = cnnlib.data.write_reviews(1400, rng=np.random.default_rng(0), language=check.language)
for sentence, label in zip(reviews.sentences[:10], reviews.labels[:10], strict=True):
    print("-+"[label], *sentence)

# %% [markdown]
# A small grammar wrote them, so their verdicts are known for sure, and no two are alike. They all use the same few
# words, and that is what makes them hard. *The soup was good and not bad. The soup was bad and not good.* The words
# are the same, one by one; only their order tells what was meant.
#
# ### Numbers for words
#
# A network computes with numbers. So every word gets one: its place in a list, the **vocabulary**. Place 0 is kept
# for *padding*, which fills up short sentences, and place 1 for words that the list does not have.

# %%
vocabulary = cnnlib.data.vocabulary_of(reviews.sentences[:400])
words = cnnlib.data.SEVEN_WORDS[check.language]
print(len(vocabulary), vocabulary.words[:5])
print(*words)
print(vocabulary.encode([words]))

# %% [markdown]
# These numbers are names, not amounts. Word 40 is not twice word 20, and no word is more than another because it
# comes later in the alphabet. One cannot multiply with them.
#
# ### Vectors for numbers
#
# So each word gets a **vector**: a row of a table with one row a word. At first the table is drawn at random. It is
# then learnt like all other weights, and words that do the same work end up with vectors that are alike. Such a table
# is called an **embedding**.
#
# Below are our seven words, each with a vector of four numbers, not learnt yet. Read it like a strip of film, from
# top to bottom: time runs down, and each word is a row.

# %%
vectors = np.random.default_rng(5).normal(size=(len(vocabulary), 4))
vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)  # each vector has length 1
strip = vectors[vocabulary.encode([words])[0]]  # (7, 4)
print(strip.shape)

# %% show
draw.heatmap(strip, rows=words, columns=["1", "2", "3", "4"])

# %% [markdown]
# The four numbers of a word are its **channels**, like the three colours of a pixel. A picture has channels, rows and
# columns; a sentence has channels and places. And as with pictures, code wants the channels first: $(N, D, L)$ for
# $N$ sentences of $L$ words with vectors of $D$ numbers.
#
# ### Write it
#
# <details><summary>Hint: many rows at once</summary>
#
# An array can be asked for many rows at once: <code>table[indices]</code>. Which shape has the result?
#
# </details>
#
# <details><summary>Hint: the order of the axes</summary>
#
# <code>.transpose(0, 2, 1)</code> says which axis comes first, second and third. <code>.reshape</code> would only cut
# the same row of numbers in other places.
#
# </details>


# %% exercise="embed" points=2 minutes=5
def embed(indices, table):
    """The vectors of the words: indices (N, L), rows of table (V, D), give (N, D, L).

    >>> embed(np.array([[2, 0]]), np.array([[1.0, 2], [3, 4], [5, 6]]))
    array([[[5., 1.],
            [6., 2.]]])
    """
    ### BEGIN SOLUTION
    return table[indices].transpose(0, 2, 1)
    ### END SOLUTION


# %% check="embed"
check("embed", embed)

# %% [markdown]
# ## Filters find phrases
#
# ### Seven words give five
#
# A filter of width 3 looks at three words at a time. It begins with the first three, moves on by one word, and so on,
# until it touches the end. In the picture are the seven words and the answers above them. The last answer, filled,
# depends on the last three words.

# %% show
looks = np.array([[place <= word < place + 3 for word in range(7)] for place in range(5)])
draw.links([looks], titles=["x", "y"], feet=words, start=4)

# %% [markdown]
# Seven words hold five windows of three: $L - k + 1 = 7 - 3 + 1 = 5$. It is the formula of lesson 01, and the
# animation from there, with one difference. The filter has as many columns as the strip: it sees all numbers of a
# word at once, and it moves in **one direction** only, along the words. To move sideways would make no sense: the
# second number of a vector is no neighbour of the third.

# %% show
phrase = strip[4:]  # the last three words
draw.sliding_window(np.round(strip, 2), np.round(phrase, 2))

# %% [markdown]
# As a formula, for filter $f$ with weights $w_f$ and bias $b_f$, at place $t$:
#
# $$y_{f,t} = b_f + \sum_{d=0}^{D-1} \sum_{j=0}^{k-1} w_{f,d,j}\; x_{d,\,t+j}$$
#
# One filter has $k \cdot D$ weights and one bias; that is all, however long the sentence is.
#
# ### What does a filter look for?
#
# The filter in the animation was not chosen at random. Its weights *are* the vectors of the last three words. All
# vectors have length 1, and then the product of two vectors is largest, 1, if they are the same. So the answer is 3
# where the filter finds its own phrase, and less than 3 everywhere else:

# %%
answers = cnnlib.conv1d_forward(strip.T[None], phrase.T[None])[0][0, 0]
print(answers.round(2))

# %% show
draw.boxes({"y": answers.round(2)}, marked={"y": answers == answers.max()})

# %% [markdown]
# A filter of width $k$ is a **detector of phrases of $k$ words**, also called *n-grams*. And it does not insist on
# every letter. If two words have almost the same vector, they fit the filter almost equally well. It is learning that
# brings *very* and *really* close together, if they do the same work.

# %% [markdown]
# ### Predict
#
# A sentence of 7 words, vectors of 4 numbers, and 6 filters of width 3. Which shapes, as (channels, places), have
#
# 1. the embedded sentence,
# 2. the answers of the filters,
# 3. the answers of the same filters to a sentence of 12 words,
# 4. what is left of these if only the largest answer of each filter is kept?

# %% predict="text_shapes" points=1 minutes=3
# Four pairs: [[channels, places], ...].
text_shapes = [[4, 7], [6, 5], [6, 10], [6, 1]]

# %% check="text_shapes"
check("text_shapes", text_shapes)

# %% [markdown]
# ### Write it
#
# Many sentences, many filters, a bias each. Give what the filters say, without a ReLU.
#
# One case is peculiar to text. An image is always larger than its filters; a sentence may be shorter. *Great!* is a
# whole review. If the sentences have fewer than $k$ words, fill them up with zeros **at the end**, so that one window
# fits.
#
# <details><summary>Hint: short sentences</summary>
#
# <code>np.pad</code> wants a pair of numbers for each axis, before and after. The last one is
# <code>(0, max(k - L, 0))</code>.
#
# </details>
#
# <details><summary>Hint: one place, all sentences, all filters</summary>
#
# <code>np.einsum("ndj,fdj->nf", window, w)</code> multiplies a window (N, D, k) with all filters (F, D, k), and sums
# over channels and words.
#
# </details>


# %% exercise="conv_text" points=3 minutes=10
def conv_text(x, w, b):
    """What filters answer along sentences: x (N, D, L), w (F, D, k), b (F) give (N, F, L-k+1), or (N, F, 1) if L < k.

    >>> conv_text(np.array([[[1.0, 2, 3, 4]]]), np.array([[[1.0, -1]]]), np.array([0.5]))
    array([[[-0.5, -0.5, -0.5]]])
    """
    ### BEGIN SOLUTION
    (N, _, L), (F, _, k) = x.shape, w.shape
    x = np.pad(x, ((0, 0), (0, 0), (0, max(k - L, 0))))
    y = np.zeros((N, F, x.shape[2] - k + 1))
    for t in range(y.shape[2]):
        y[:, :, t] = np.einsum("ndj,fdj->nf", x[:, :, t : t + k], w) + b
    return y
    ### END SOLUTION


# %% check="conv_text"
check("conv_text", conv_text)

# %% [markdown]
# ## The maximum over time
#
# Seven words give five answers, twelve give ten. Here is a problem: a classifier is a linear layer, and it wants the
# same number of inputs each time. But do we need to know *where* the phrase stood? A review that says *not good* is
# bad whether it says so at the beginning or at the end. So for each filter we keep the largest answer, and forget the
# place: **max pooling over time**. Lesson 03 showed it, and left it to you to write.

# %% show
draw.links([looks, np.ones((1, 5))], titles=["x", "y", "max"], feet=words)

# %% [markdown]
# Whatever the length of the sentence: six filters, six numbers. Each says how clearly its phrase was found, if at
# all.
#
# ### Whoever fills up must mask
#
# For speed, sentences are put into batches, and a batch is a rectangle. So the shorter ones are filled up with word
# 0, and the filters run over the padding as well. Look at the answers of one filter to a sentence of five words that
# was filled up to ten. It has three windows of three words; everything after them, hatched, touches the padding.

# %% show
filled = np.array([-2.0, -0.5, -1.5, 0.8, -0.2, 0, 0, 0])
draw.boxes({"y": filled}, marked={"y": np.arange(8) >= 3})

# %% [markdown]
# The right answer is −0.5. There are three ways to get it wrong.
#
# - Take the maximum of all: 0.8 comes from a window that holds two real words and padding. The sentence never said
#   that.
# - Set the answers to the padding to zero first. All real answers are negative here, so now 0 wins. It was the same
#   with the padding of an image in lesson 03.
# - Take the first *five* answers, because the sentence has five words. It has five words, but only three windows.
#
# Each of these makes the verdict on a sentence depend on the sentences that happen to be in the same batch.

# %%
for count in (5, 10):
    print(count, filled[:count].max(), filled[: count - 3 + 1].max())

# %% [markdown]
# (In the second line the sentence really has ten words, and 0.8 is right.)
#
# ### Write it
#
# `lengths` counts the real **words** of each sentence, and `k` is the width of the filters. A sentence of fewer than
# $k$ words, but at least one, has one window: the first, which was filled up. An empty sentence has none. Nothing was
# found there, so give 0.
#
# <details><summary>Hint: how many windows count</summary>
#
# <code>max(length - k + 1, 1)</code>, for a sentence that is not empty.
#
# </details>
#
# <details><summary>Hint: one sentence at a time</summary>
#
# Begin with zeros for everything. For a sentence that is not empty, <code>y[n, :, :windows].max(axis=1)</code> is the
# largest answer of each filter.
#
# </details>
#
# <details><summary>Hint: without a loop</summary>
#
# Compare <code>np.arange(places)</code> with the numbers of windows, as a column. Put <code>-np.inf</code> wherever a
# window does not count.
#
# </details>


# %% exercise="max_over_time" points=3 minutes=9
def max_over_time(y, lengths, k):
    """The largest answer of each filter: y (N, F, places) of filters of k words, lengths (N,) in words, give (N, F).

    >>> max_over_time(np.array([[[-2.0, -1, 5]]]), np.array([4]), 3)
    array([[-1.]])
    """
    ### BEGIN SOLUTION
    strongest = np.zeros(y.shape[:2])
    for n, length in enumerate(lengths):
        if length > 0:
            windows = max(length - k + 1, 1)
            strongest[n] = y[n, :, :windows].max(axis=1)
    return strongest
    ### END SOLUTION


# %% check="max_over_time"
check("max_over_time", max_over_time)

# %% [markdown] question="why_maximum" points=1
# **Why?** Over a whole image we also took the *mean* (lesson 03). Why is the maximum the better choice over a long
# review? And what does it not notice that the mean would?
#
# ### BEGIN SOLUTION
# One clear phrase decides, and it is a few words among many: in the mean it is diluted, the more the longer the
# review is. The maximum stays what it was when neutral words are added. What it does not notice is how *often*
# something was said: once or five times gives the same number.
# ### END SOLUTION

# %% [markdown]
# ## A small classifier
#
# Put together, this is the network of Kim (2014). Filters of several widths stand side by side, since phrases have
# several lengths. Here: vectors of 16 numbers, six filters of width 2 and six of width 3, a ReLU, the maximum over
# time, and a linear layer that makes two scores of the twelve numbers.

# %% show
paths = [[draw.Block(f"conv {k}", (6, 7 - k + 1), "conv"), draw.Block("max", (6,), "pool")] for k in (2, 3)]
draw.architecture(
    [
        draw.Block(" ".join(words[:2]) + " …", (7,), "data"),
        draw.Block("embedding", (16, 7)),
        draw.Branches(paths, "concat"),
        draw.Block("linear", (2,), "linear"),
    ]
)

# %%
network = models.text_network(len(vocabulary), size=16, filters=6, widths=(2, 3))
for name, part in network.named_children():
    print(f"{name:>12} {sum(p.numel() for p in part.parameters()):>5}")

# %% [markdown]
# With a ReLU before the maximum there is an elegant way to mask: after a ReLU nothing is smaller than 0, so answers
# that do not count may simply be multiplied by 0. Read it in `cnnlib/models/text.py`; it is a short file.
#
# The network learns from 400 reviews. 1,000 others are held back; none of them occurs among the 400. They say what
# they say in four ways, which we shall call *turns*:
#
# - **plain**, about half of them: *the soup was very good*;
# - **negated**: *the soup was not very good*, *not good at all*;
# - **contrast**: *not good but bad*, *bad and not good*;
# - **expected**: *we thought the soup would be good but it was bad*.
#
# ### Something to compare with
#
# A number says little by itself. So two others learn the same task.
#
# - The **bag of words** gives each word one score for good and one for bad, and adds them up over the sentence. It
#   knows which words there are, and how often. Their order is lost.
# - **Filters of 1 word** are our network with twelve filters of width 1: all is as before, but no filter sees two
#   words at once.
#
# Guess before you run: how many of the held-back reviews will each of the three get right?


# %% show
def learn(network, *, epochs=25, rate=5e-3, decay=0.3):
    """Train on the first 400 reviews; in float64, so that every processor comes to the same."""
    network.double()
    optimizer = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=decay)
    for _ in range(epochs):
        for rows in torch.randperm(400).split(25):
            loss = functional.cross_entropy(network(indices[rows]), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return network


def share_right(network, indices, labels):
    """How many of a hundred verdicts are right."""
    with torch.no_grad():
        said = network(indices).argmax(dim=1)
    return 100 * (said == labels).double().mean().item()


indices, labels = torch.from_numpy(vocabulary.encode(reviews.sentences)), torch.from_numpy(reviews.labels)
torch.manual_seed(0)
rivals = {
    "bag of words": nn.EmbeddingBag(len(vocabulary), 2, mode="sum", padding_idx=0),
    "filters of 1 word": models.text_network(len(vocabulary), size=16, filters=12, widths=(1,)),
    "filters of 2 and 3 words": models.text_network(len(vocabulary), size=16, filters=6, widths=(2, 3)),
}
for name, rival in rivals.items():
    found = share_right(learn(rival), indices[400:], labels[400:])
    print(f"{name:>24}", "≥ 95 %" if found >= 95 else "< 85 %" if found < 85 else "")

# %% [markdown]
# The same, turn by turn, in per cent:

# %% show
held_back = reviews.turns[400:]
by_turn = {
    rival: {
        turn: round(share_right(network, indices[400:][held_back == number], labels[400:][held_back == number]))
        for number, turn in enumerate(cnnlib.data.TURNS)
    }
    for rival, network in rivals.items()
}
draw.bars(by_turn, columns=3, reach=100, digits=3)

# %% [markdown]
# The bag of words hardly beats a coin. *Good* occurs in good reviews, but in bad ones too: *not good*, *should have
# been good*. So *good* alone says little, and *not* says nothing at all. Filters of one word, with a ReLU behind
# them, read the plain ones. But where the same words stand in another order, they can only guess. Two and three words
# side by side are enough for all four turns.
#
# **The number to remember:** of 1,000 reviews that it never saw, the network with filters of 2 and 3 words gets at
# least 95 in 100 right; the bag of words, at most 65.
#
# ### Of any length
#
# The reviews have from 4 to about 30 words. Does the length matter? Here are the held-back ones of at most 8 words,
# and those of more than 16:

# %% show
reader = rivals["filters of 2 and 3 words"]
lengths = (indices[400:] > 0).sum(dim=1)
for some in (lengths <= 8, lengths > 16):
    print("≥ 95 %:", share_right(reader, indices[400:][some], labels[400:][some]) >= 95)

# %% [markdown]
# And the padding? Take one review alone, and the same with twenty places of padding. Are the scores the same?

# %% show
alone = torch.from_numpy(vocabulary.encode([words]))
with torch.no_grad():
    print((reader(alone) - reader(functional.pad(alone, (0, 20)))).abs().max().item() < 1e-12)

# %% [markdown]
# ### How far to trust it
#
# Very nearly all right: that sounds like a solved problem. It is not. The reviews that were held back come from the
# same grammar. They hold new sentences, but no new words, no slips of the pen, and no new ways of saying something.
# On short reviews of films, written by people, Kim (2014) reports 76 per cent for such a network, and 81 with vectors
# that had been learnt from far more text. (We cite these figures; they cannot be recomputed here.)
#
# So let us ask for something new. Here is a fifth turn, which was not among the 400: *I would not say that the soup
# was good.* Nearly all of its words are known. What will the network make of it?

# %% show
distant = cnnlib.data.write_reviews(400, rng=np.random.default_rng(1), language=check.language, turns={"distant": 1})
for sentence, label in zip(distant.sentences[:4], distant.labels[:4], strict=True):
    print("-+"[label], *sentence)
asked, right = torch.from_numpy(vocabulary.encode(distant.sentences)), torch.from_numpy(distant.labels)
with torch.no_grad():
    sure_of_wrong = reader(asked).softmax(dim=1)[torch.arange(400), 1 - right].mean().item()
print("< 10 %:", share_right(reader, asked, right) < 10)
print("> 90 %:", sure_of_wrong > 0.9)

# %% [markdown]
# Fewer than one in ten is right, where a coin would get every other. It is not that the network does not know: it is
# sure. The second line is the probability that it gives to the *wrong* verdict, on average: more than 90 %. Two words
# suffice to see why: *was good*. The filter that looks for them finds them, and what was said five words before, no
# filter sees together with them. A filter of width 3 has a receptive field of three words.

# %% [markdown] question="why_far" points=2
# **Why?** Name two changes to the network or to its training that could help with *I would not say that the soup was
# good*, and say what each costs.
#
# ### BEGIN SOLUTION
# Wider filters, of seven words or more: one then sees *not* and *good* together. But it has more weights, and the
# words between the two may be any, so many more examples are needed. A second convolution over the answers of the
# first, or a dilated one: the receptive field grows with depth (lesson 02), at the cost of more layers. Examples of
# this turn among the training reviews: someone has to label them. Full points for two sound ideas with their price.
# ### END SOLUTION

# %% [markdown]
# ## What each filter found
#
# In lesson 09 we asked the units of a network for the patches that they like best. Here it is even easier, for a
# patch is a phrase, and a phrase can be read. `explain.top_ngrams` runs the filters over all reviews and lists, for
# each filter, the phrases that it answers to most.
#
# First, does it tell the truth? For one filter we know the answer, because we have made it by hand: the one of the
# last three words of our sentence.

# %%
by_hand = models.text_network(len(vocabulary), size=4, filters=1, widths=(3,)).double()
with torch.no_grad():
    by_hand.embedding.weight[:] = torch.from_numpy(vectors)
    by_hand.convolutions[0].weight[0] = torch.from_numpy(phrase.T)
    by_hand.convolutions[0].bias[:] = 0

sentence = vocabulary.encode([words])
(phrases,) = explain.top_ngrams(by_hand, sentence, "convolutions.0", words=vocabulary.words, count=5)
for phrase, answer in phrases:
    print(f"{answer:5.2f}", *phrase)

# %% [markdown]
# The five answers of the boxes above, sorted, each with its phrase; at the top stands the phrase that the filter was
# made of.
#
# Now the twelve filters that learnt, each with its three favourite phrases among the training reviews. A filter's
# **vote**, beside its number, is its weight for *good* less that for *bad*. So a phrase found by a filter with a
# negative vote, above, speaks for *bad*, and one with a positive vote, below, for *good*.

# %% show
votes = (reader.classifier.weight[1] - reader.classifier.weight[0]).tolist()
favourites = []
for layer in ("convolutions.0", "convolutions.1"):
    favourites += explain.top_ngrams(reader, indices[:400], layer, words=vocabulary.words, count=3)
panels = {
    f"{k + 1} → {votes[k]:+.1f}": {" ".join(phrase): answer for phrase, answer in favourites[k]}
    for k in np.argsort(votes)
}
draw.bars(panels)

# %% [markdown]
# Read them as you would read a list of keywords. Some filters have found single judgements, others a negation, and
# the words of praise and blame stand in groups: their vectors have become alike. Nobody told the network which words
# are adjectives.
#
# Does each filter vote as the reviews do that contain its favourite phrase?


# %% show
def mostly_good(phrase):
    """Whether most of the reviews that hold this phrase are good."""
    wanted = f" {' '.join(phrase)} "
    pairs = zip(reviews.sentences, reviews.labels, strict=True)
    return np.mean([label for sentence, label in pairs if wanted in f" {' '.join(sentence)} "]) > 0.5


agree = [mostly_good(phrases[0].words) == (vote > 0) for phrases, vote in zip(favourites, votes, strict=True)]
print("≥ 10/12:", sum(agree) >= 10)

# %% [markdown]
# ### What is odd about them
#
# Look for a phrase that seems to be on the wrong side: *lovely but*, for instance, among those that speak for *bad*.
# Such a filter has not gone mad. In these reviews a *but* always turns round what stands before it: *not lovely but
# dull*, *should have been lovely but it was dull*. So two words are enough to know. The network takes what the data
# offers, here a habit of our grammar. On other texts, *lovely but small*, that habit would lead it astray. To list
# what the filters found is the cheapest way to notice.
#
# And what the list does *not* show: the sentence as a whole. After the maximum over time the network knows which
# phrases there were, not in which order, nor how often. It is a **bag of phrases**. That is much more than a bag of
# words, and it is still a bag.

# %% [markdown] question="why_same_scores" points=1
# **Why?** Two reviews consist of the same two clauses, joined by *and*, once in this order and once in the other.
# Which numbers of the network are the same for both, and which can differ?
#
# ### BEGIN SOLUTION
# The windows inside each clause are the same, so are their answers, only at other places. Different are the few
# windows across the joint, which hold the end of one clause, *and*, and the beginning of the other. If none of these
# wins the maximum of its filter, all twelve features are the same, and so are the scores.
# ### END SOLUTION

# %% [markdown]
# ## In short
#
# - A word becomes a vector: a row of a table that is learnt. A sentence is channels by places, $(N, D, L)$.
# - A filter of width $k$ sees all channels of $k$ words, moves along the words only, and gives $L - k + 1$ answers:
#   seven words give five. It detects phrases.
# - The maximum over time makes one number a filter, whatever the length. Padding must never win, and windows that
#   touch it do not count.
# - Filters of two and three words read what a bag of words cannot: at least 95 % against at most 65 %.
# - What stands farther apart than a filter is wide, such a network does not see together; and it may be sure all the
#   same.
# - Name filters by their strongest phrases. That shows what was learnt, habits of the data included.
#
# **Where next.** The table of vectors was learnt from 400 reviews. Could it bring something along from elsewhere?
# Lesson 11, *Transfer learning*, carries weights from one task to the next.
