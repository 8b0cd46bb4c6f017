"""What `autograder check` says, in both languages."""

from autograder.checking.words import spaced

WORDS: dict[str, tuple[str, str]] = {
    "title": ("{lesson}: {file}, run from top to bottom", "{lesson} : {file}, exécuté de haut en bas"),
    "full": ("right", "juste"),
    "partly": ("partly right", "en partie juste"),
    "nothing": ("not right yet", "pas encore juste"),
    "not written": ("not written yet", "pas encore écrit"),
    "raised": ("the check could not run: {said}", "la vérification n’a pas pu tourner : {said}"),
    "not run": ("not run", "non exécuté"),
    "missing": ("its check is missing, so it counts nothing", "sa vérification manque, elle ne compte donc rien"),
    "points": ("{earned:g} of {of:g}", "{earned:g} sur {of:g}"),
    "filled in": ("filled in; a person will read it", "remplie ; une personne la lira"),
    "empty": ("empty; a person would read it", "vide ; une personne la lirait"),
    "read": ("up to {of:g}", "jusqu’à {of:g}"),
    "total": (
        "Total: {earned:g} of {of:g} points. Grading uses other inputs than these checks.",
        "Total : {earned:g} points sur {of:g}. La notation utilise d’autres entrées que ces vérifications.",
    ),
    "open": (
        "A person can give up to {of:g} points more for the answers in words.",
        "Une personne peut donner jusqu’à {of:g} points de plus pour les réponses en mots.",
    ),
    "cell raised": (
        "cell {number} ({line}) raises {error}",
        "la cellule {number} ({line}) lève {error}",
    ),
    "took too long": (
        "cell {number} ({line}) had not finished after {seconds} seconds",
        "la cellule {number} ({line}) n’avait pas fini après {seconds} secondes",
    ),
    "kernel died": (
        "cell {number} ({line}) ended the kernel; the other cells were run without it",
        "la cellule {number} ({line}) a arrêté le noyau ; les autres cellules ont été exécutées sans elle",
    ),
    "edited": (
        "the locked cell {name} was edited; grading puts the original back",
        "la cellule verrouillée {name} a été modifiée ; la notation remet l’originale",
    ),
    "deleted": (
        "the cell {name} is missing; copy it back from the notebook you were given",
        "la cellule {name} manque ; recopiez-la depuis le carnet reçu",
    ),
    "duplicated": (
        "the cell {name} stands there {count} times; keep one",
        "la cellule {name} s’y trouve {count} fois ; gardez-en une",
    ),
    "older": (
        "this notebook has version {mine} of the lesson, the installed course has version {known}: "
        "some checks may ask for something else",
        "ce carnet contient la version {mine} de la leçon, le cours installé la version {known} : "
        "certaines vérifications peuvent demander autre chose",
    ),
    "newer": (
        "this notebook has version {mine} of the lesson, the installed course has version {known}: "
        "update the course, as its README says",
        "ce carnet contient la version {mine} de la leçon, le cours installé la version {known} : "
        "mettez le cours à jour, comme l’indique son README",
    ),
    "hidden": (
        "{name} passed when you last ran its check, but not from top to bottom: a cell was run out of order, "
        "or has been changed since; restart the kernel and run all cells",
        "{name} avait réussi à sa dernière vérification, mais échoue de haut en bas : une cellule a été exécutée dans "
        "le désordre, ou modifiée depuis ; redémarrez le noyau et exécutez toutes les cellules",
    ),
}


def say(key: str, language: str, **values: object) -> str:
    english, french = WORDS[key]
    return (spaced(french) if language == "fr" else english).format(**values)
