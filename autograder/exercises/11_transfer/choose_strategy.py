"""choose_strategy: the four cases, by how many labels there are and how alike the two tasks."""

from hypothesis import strategies as st

from autograder.checking import cases
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text

FEW = 20
CASES = cases.case(
    n=st.integers(1, 200) | st.integers(FEW - 2, FEW + 2), similarity=st.sampled_from(("similar", "different"))
)


def _chosen(few, *, similar="new head", different="early features", many="fine-tune", many_different="fine-tune"):
    def choose(n, similarity):
        if few(n):
            return similar if similarity == "similar" else different
        return many if similarity == "similar" else many_different

    return choose


def _reference(n, similarity):
    if n >= FEW:
        return "fine-tune"
    return "new head" if similarity == "similar" else "early features"


def _by_table(n, similarity):
    few = {"similar": "new head", "different": "early features"}
    return (few | dict.fromkeys(few, "fine-tune") if n >= FEW else few)[similarity]


def _by_match(n, similarity):
    match similarity:
        case "similar" if n < 20:
            return "new head"
        case "different" if n < 20:
            return "early features"
    return "fine-tune"


_in_turn = _chosen(lambda n: n < FEW)


choose_strategy = Exercise(
    name="choose_strategy",
    reference=(_reference,),
    parts=(Part(Text("the four cases", "les quatre cas"), (Stage(CASES, 40, 25),)),),
    mistakes=(
        Mistake(
            "the border",
            (_chosen(lambda n: n <= FEW),),
            Text(
                "At exactly 20 labels a class it still says few. Few are fewer than 20.",
                "À exactement 20 étiquettes par classe, elle dit encore qu’il y en a peu. Peu, c’est moins de 20.",
            ),
        ),
        Mistake(
            "few and many exchanged",
            (_chosen(lambda n: n >= FEW),),
            Text(
                "It fine-tunes where labels are few. More than 70,000 weights that follow a handful of images learn "
                "those by heart.",
                "Elle affine là où les étiquettes sont rares. Plus de 70 000 poids qui suivent une poignée "
                "d’images les apprennent par cœur.",
            ),
        ),
        Mistake(
            "similar and different exchanged",
            (_chosen(lambda n: n < FEW, similar="early features", different="new head"),),
            Text(
                "The late features are those of the old task: they serve a similar one. Where the task differs, one "
                "takes the early ones.",
                "Les caractéristiques tardives sont celles de l’ancienne tâche : elles servent à une tâche semblable. "
                "Quand la tâche diffère, on prend les premières.",
            ),
        ),
        Mistake(
            "a new head for all few",
            (_chosen(lambda n: n < FEW, different="new head"),),
            Text(
                "Where labels are few, it does not ask how alike the tasks are. Late features of another task say "
                "little about this one.",
                "Quand les étiquettes sont rares, elle ne demande pas si les tâches se ressemblent. Les "
                "caractéristiques tardives d’une autre tâche disent peu de celle-ci.",
            ),
        ),
        Mistake(
            "fine-tune what differs",
            (_chosen(lambda n: n < FEW, different="fine-tune"),),
            Text(
                "A different task with few labels is fine-tuned. It has too few images to move a whole body: take the "
                "early features as they are.",
                "Une tâche différente à peu d’étiquettes est ajustée. Elle a trop peu d’images pour déplacer tout un "
                "corps : prenez les premières caractéristiques telles quelles.",
            ),
        ),
        Mistake(
            "from scratch",
            (_chosen(lambda n: n < FEW, many_different="from scratch"),),
            Text(
                "Many labels and a different task: from scratch works, but old weights are at worst another random "
                "start. The text says what to do with many labels, whatever the task.",
                "Beaucoup d’étiquettes et une tâche différente : partir de zéro fonctionne, mais d’anciens poids ne "
                "sont au pire qu’un autre départ au hasard. Le texte dit quoi faire quand les étiquettes abondent, "
                "quelle que soit la tâche.",
            ),
        ),
        Mistake(
            "always a new head if similar",
            (_chosen(lambda n: n < FEW, many="new head"),),
            Text(
                "With many labels of a similar task it stays with a new head, and leaves unused what the labels could "
                "teach the body.",
                "Quand les étiquettes d’une tâche semblable abondent, elle s’en tient à une nouvelle tête : ce "
                "qu’elles pourraient apprendre au corps est perdu.",
            ),
        ),
    ),
    right=((_by_table,), (_by_match,), (_in_turn,)),
)
