"""find_the_error: a printed table recomputed, row by row and as a whole."""

from itertools import accumulate

from hypothesis import strategies as st

from autograder.checking.cases import fixed
from autograder.checking.compare import Close
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text

PARAMETERS, MULTIPLICATIONS = "parameters", "multiplications"


def _layer(name, kind, C, K, kernel, side):
    return {"layer": name, "kind": kind, "in": C, "out": K, "kernel": kernel, "places": side * side}


def _figure(counts, row):
    """What a row costs, told twice in this file: the answers below must not share an error with the cases."""
    if row["kind"] == "pool":
        return 0
    weights = row["kernel"] ** 2 * row["in"] * row["out"]
    return weights + row["out"] if counts == PARAMETERS else weights * row["places"]


def _printed(counts, layers, *, wrong=None, twice=None):
    """The table as a source would print it: with figures, a total, and perhaps an error."""
    rows = [layer | {"figure": _figure(counts, layer)} for layer in layers]
    for name, figure in (wrong or {}).items():
        rows = [row | {"figure": figure} if row["layer"] == name else row for row in rows]
    total = sum(row["figure"] * (2 if row["layer"] == twice else 1) for row in rows)
    return {"counts": counts, "rows": rows, "total": total}


def _vgg16():
    stages = ((224, (64, 64)), (112, (128, 128)), (56, (256,) * 3), (28, (512,) * 3), (14, (512,) * 3))
    layers, C = [], 3
    for number, (side, filters) in enumerate(stages, 1):
        for place, K in enumerate(filters, 1):
            layers.append(_layer(f"conv{number}_{place}", "conv", C, K, 3, side))
            C = K
        layers.append(_layer(f"pool{number}", "pool", C, C, 2, side // 2))
    for name, inputs, outputs in (("fc6", 25088, 4096), ("fc7", 4096, 4096), ("fc8", 4096, 1000)):
        layers.append(_layer(name, "conv", inputs, outputs, 1, 1))
    return _printed(PARAMETERS, layers, wrong={"pool2": 65_664})


def _bottleneck():
    rows = (
        ("1x1 before 3x3", 256, 64, 1),
        ("1x1 before 5x5", 256, 64, 1),
        ("1x1", 256, 128, 1),
        ("3x3", 64, 192, 3),
        ("5x5", 64, 96, 5),
        ("1x1 after pool", 256, 64, 1),
    )
    layers = [_layer(name, "conv", C, K, kernel, 28) for name, C, K, kernel in rows]
    return _printed(MULTIPLICATIONS, layers, twice="3x3")


def _kinds():
    """Kind and kernel, filters, and the side of the map, for each layer of a small network."""
    kernels = st.sampled_from([("conv", 1), ("conv", 3), ("conv", 5), ("pool", 2)])
    return st.lists(st.tuples(kernels, st.integers(1, 9), st.integers(1, 9)), min_size=2, max_size=6)


@st.composite
def _tables(draw):
    """Small tables with no error, a wrong row, several, or a row added twice."""
    counts = draw(st.sampled_from([PARAMETERS, MULTIPLICATIONS]))
    layers, C = [], draw(st.integers(1, 9))
    for number, ((kind, kernel), filters, side) in enumerate(draw(_kinds()), 1):
        K = C if kind == "pool" else filters
        layers.append(_layer(f"layer{number}", kind, C, K, kernel, side))
        C = K
    error = draw(st.sampled_from(["none", "wrong", "twice"]))
    names = [layer["layer"] for layer in layers]
    if error == "twice":
        return _printed(counts, layers, twice=draw(st.sampled_from(names)))
    if error == "wrong":
        chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))
        return _printed(counts, layers, wrong={name: draw(st.integers(1, 999)) for name in chosen})
    return _printed(counts, layers)


def _found(counts, rows, total, figure):
    """Wrong rows, the right total, and what the printed total holds twice, by a way to work out a row's figure."""
    right = {row["layer"]: figure(counts, row) for row in rows}
    surplus = total - sum(row["figure"] for row in rows)
    return {
        "wrong": [row["layer"] for row in rows if row["figure"] != right[row["layer"]]],
        "total": sum(right.values()),
        "twice": [row["layer"] for row in rows if surplus and row["figure"] == surplus],
    }


def _reference(counts, rows, total):
    return _found(counts, rows, total, _figure)


def _by_adding(counts, rows, total):
    wrong, twice, right, stated = [], [], 0, 0
    for row in rows:
        cost = 0
        if row["kind"] != "pool":
            one_filter = row["in"] * row["kernel"] * row["kernel"]
            cost = row["out"] * (one_filter + 1 if counts == PARAMETERS else one_filter * row["places"])
        if cost != row["figure"]:
            wrong.append(row["layer"])
        right, stated = right + cost, stated + row["figure"]
    for row in rows:
        if total != stated and total - stated == row["figure"]:
            twice.append(row["layer"])
    return {"wrong": wrong, "total": right, "twice": twice}


def _by_running_sums(counts, rows, total):
    figures = [_figure(counts, row) for row in rows]
    surplus = total - list(accumulate(row["figure"] for row in rows))[-1]
    suspects = {row["layer"]: row["figure"] for row in rows if row["figure"] == surplus > 0}
    wrong = [row["layer"] for row, figure in zip(rows, figures, strict=True) if row["figure"] - figure]
    return {"twice": list(suspects), "wrong": wrong, "total": list(accumulate(figures))[-1]}


def _with(figure):
    return lambda counts, rows, total: _found(counts, rows, total, figure)


def _pools_learn(counts, row):
    return _figure(counts, row | {"kind": "conv"})


def _no_bias(counts, row):
    return _figure(counts, row) - (row["out"] if counts == PARAMETERS and row["kind"] == "conv" else 0)


def _bias_multiplies(counts, row):
    extra = row["out"] * row["places"] if counts == MULTIPLICATIONS and row["kind"] == "conv" else 0
    return _figure(counts, row) + extra


def _always_parameters(counts, row):
    return _figure(PARAMETERS, row)


def _trusting(counts, rows, total):
    return _reference(counts, rows, total) | {"total": sum(row["figure"] for row in rows)}


def _printed_total(counts, rows, total):
    return _reference(counts, rows, total) | {"total": total}


def _surplus_of_the_right(counts, rows, total):
    """Compares the printed total with the right sum, so that a wrong row passes for one added twice."""
    found = _reference(counts, rows, total)
    surplus = total - found["total"]
    return found | {"twice": [row["layer"] for row in rows if surplus and row["figure"] == surplus]}


def _zeros_twice(counts, rows, total):
    surplus = total - sum(row["figure"] for row in rows)
    return _reference(counts, rows, total) | {"twice": [row["layer"] for row in rows if row["figure"] == surplus]}


def _item(name):
    def observe(answer, case):
        return answer(*case.values())[name]

    return observe


STAGES = (Stage(_tables(), 25, 20), Stage(fixed(_vgg16(), _bottleneck()), 2, 2))

find_the_error = Exercise(
    name="find_the_error",
    reference=(_reference,),
    parts=(
        Part(Text("the wrong rows", "les lignes fausses"), STAGES, observe=_item("wrong")),
        Part(Text("the right total", "le bon total"), STAGES, observe=_item("total")),
        Part(Text("what was added twice", "ce qui a été compté deux fois"), STAGES, observe=_item("twice")),
    ),
    compare=Close(1e-12),
    budget=1.0,
    mistakes=(
        Mistake(
            "pooling learns",
            (_with(_pools_learn),),
            Text(
                "Pooling is counted like a convolution. It has no weights: its row is zero. "
                "This is how the phantom may have come about.",
                "L’agrégation est comptée comme une convolution. Elle n’a pas de poids : sa ligne vaut zéro. "
                "C’est peut-être ainsi que le fantôme est né.",
            ),
        ),
        Mistake(
            "no bias",
            (_with(_no_bias),),
            Text(
                "The biases are missing from the parameters: one for each filter.",
                "Il manque les biais dans les paramètres : un par filtre.",
            ),
        ),
        Mistake(
            "bias multiplies",
            (_with(_bias_multiplies),),
            Text(
                "Biases are counted as multiplications. They are added.",
                "Les biais sont comptés comme des multiplications. Ils s’ajoutent.",
            ),
        ),
        Mistake(
            "always parameters",
            (_with(_always_parameters),),
            Text(
                'Parameters are counted in every table. Where `counts` is "multiplications", '
                "each weight works at every place.",
                'Ce sont toujours les paramètres qui sont comptés. Quand `counts` vaut "multiplications", '
                "chaque poids travaille à chaque place.",
            ),
        ),
        Mistake(
            "trusts the rows",
            (_trusting,),
            Text(
                "The total adds up the printed figures, the wrong ones too. Add up your own.",
                "Le total additionne les nombres imprimés, y compris les faux. Additionnez les vôtres.",
            ),
        ),
        Mistake(
            "trusts the total",
            (_printed_total,),
            Text(
                "The total is the printed one. Work out each row, and add up.",
                "Le total est celui qui est imprimé. Calculez chaque ligne et additionnez.",
            ),
        ),
        Mistake(
            "wrong row taken for a double",
            (_surplus_of_the_right,),
            Text(
                "A wrong row passes for one added twice. Compare the printed total with the sum of the printed "
                "figures: only what is left over was added twice.",
                "Une ligne fausse passe pour une ligne comptée deux fois. Comparez le total imprimé à la somme des "
                "nombres imprimés : seul ce qui dépasse a été compté deux fois.",
            ),
        ),
        Mistake(
            "zeros taken for doubles",
            (_zeros_twice,),
            Text(
                "Where the total is right, rows of zero are said to be added twice. Nothing is left over: nothing was.",
                "Quand le total est juste, les lignes nulles passent pour comptées deux fois. "
                "Rien ne dépasse : rien ne l’a été.",
            ),
        ),
    ),
    right=((_reference,), (_by_adding,), (_by_running_sums,)),
)
