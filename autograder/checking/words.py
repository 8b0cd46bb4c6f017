"""What a check says, in both languages, each sentence once."""

from dataclasses import dataclass

WORDS: dict[str, tuple[str, str]] = {
    "headline": ("{name}: {state}", "{name} : {state}"),
    "item": ("{heading}: {text}", "{heading} : {text}"),
    "passed": ("passed", "réussi"),
    "partly": ("partly right", "en partie juste"),
    "failed": ("not right yet", "pas encore juste"),
    "not written": ("not written yet", "pas encore écrit"),
    "points": ("{earned} of {points} points", "note : {earned} sur {points}"),
    "point": ("{earned} of {points} point", "note : {earned} sur {points}"),
    "tried": (
        "Tried on {count} inputs. Grading uses other ones.",
        "Essayé sur {count} entrées. La notation en utilisera d’autres.",
    ),
    "as asked": ("It does what was asked.", "Elle fait ce qui était demandé."),
    "compared": ("Compared with the right values.", "Comparé aux bonnes valeurs."),
    "write it": (
        "Write your answer in the cell above, run it, then run this check again.",
        "Écrivez votre réponse dans la cellule ci-dessus, exécutez-la, puis relancez cette vérification.",
    ),
    "predict it": (
        "Put your values in place of `None` in the cell above, run it, then run this check again.",
        "Mettez vos valeurs à la place de `None` dans la cellule ci-dessus, exécutez-la, "
        "puis relancez cette vérification.",
    ),
    "smallest": ("Smallest input found that fails", "Plus petite entrée trouvée qui échoue"),
    "got": ("Your answer", "Votre réponse"),
    "expected": ("Expected", "Réponse attendue"),
    "why": ("What is wrong", "Ce qui ne va pas"),
    "likely": ("Likely mistake", "Erreur probable"),
    "printed": ("Your code printed", "Votre code a affiché"),
    "in your code": ("In your code", "Dans votre code"),
    "line": ("line {line} of {function}", "ligne {line} de {function}"),
    "part passed": ("right", "juste"),
    "part failed": ("not yet", "pas encore"),
    "none": (
        "it returned None: is a `return` missing?",
        "elle renvoie None : manque-t-il un `return` ?",
    ),
    "type": ("it is {got}; {expected} is expected", "c’est {got} ; on attend {expected}"),
    "length": (
        "the number of items in it is {got}; {expected} is expected",
        "elle compte {got} élément(s) ; on en attend {expected}",
    ),
    "keys": ("it has the keys {got}; expected: {expected}", "elle a les clés {got} ; on attend : {expected}"),
    "shape": ("its shape is {got}; {expected} is expected", "sa forme est {got} ; on attend {expected}"),
    "dtype": ("its dtype is {got}; {expected} is expected", "son dtype est {got} ; on attend {expected}"),
    "nan": ("it is nan{where}; {expected} is expected", "elle vaut nan{where} ; on attend {expected}"),
    "value": ("it is {got}{where}; {expected} is expected", "elle vaut {got}{where} ; on attend {expected}"),
    "hidden": ("it is {got}{where}, which is not right", "elle vaut {got}{where}, ce qui n’est pas juste"),
    "one of values": (" (1 of {size} values differs)", " (1 valeur sur {size} diffère)"),
    "of values": (" ({count} of {size} values differ)", " ({count} valeurs sur {size} diffèrent)"),
    "at index": (" at {index}", " à l’indice {index}"),
    "in item": ("in {path}: ", "dans {path} : "),
    "changed": (
        "it changes its argument {names}; work on a copy",
        "elle modifie son argument {names} ; travaillez sur une copie",
    ),
    "shares": (
        "it gives a view of its argument {names}; give a new array",
        "elle renvoie une vue de son argument {names} ; renvoyez un nouveau tableau",
    ),
    "raised": ("it raises {type}: {message}", "elle lève {type} : {message}"),
    "took too long": (
        "it had not finished after {seconds:g} seconds: is there a loop that never ends?",
        "elle n’avait pas fini après {seconds:g} secondes : y a-t-il une boucle sans fin ?",
    ),
    "too slow": (
        "it needed more than {seconds:g} seconds for the inputs tried",
        "il lui a fallu plus de {seconds:g} secondes pour les entrées essayées",
    ),
    "too deep": (
        "it calls itself without end",
        "elle s’appelle elle-même sans fin",
    ),
    "input": (
        "it calls `input`; all that it needs is in its arguments",
        "elle appelle `input` ; tout ce qu’il lui faut est dans ses arguments",
    ),
    "not callable": ("it is {message}, not a function", "c’est {message}, pas une fonction"),
    "parameters": (
        "it is written as `{message}`, but {count} values are given to it",
        "elle est écrite `{message}`, mais on lui donne {count} valeurs",
    ),
    "missing": ("there is no {message}", "il n’y a pas de {message}"),
    "not a model": (
        "it gives {message}; a torch.nn.Module is expected",
        "elle donne {message} ; on attend un torch.nn.Module",
    ),
    "unusable": (
        "what it gives cannot be used here ({type}: {message})",
        "ce qu’elle donne est inutilisable ici ({type} : {message})",
    ),
    "broke": (
        "it uses {names}, which this exercise asks you to do without",
        "elle utilise {names}, dont cet exercice demande de se passer",
    ),
    "objects": (
        "check {name} takes {expected} objects, not {got}",
        "la vérification {name} prend {expected} objets, et non {got}",
    ),
    "unknown": (
        "lesson {lesson} has no exercise {name}; it has: {names}",
        "la leçon {lesson} n’a pas d’exercice {name} ; elle contient : {names}",
    ),
    "outdated": (
        "this notebook has version {wanted} of lesson {lesson}, the installed course has version {known}: "
        "update the course, as its README says",
        "ce carnet contient la version {wanted} de la leçon {lesson}, le cours installé la version {known} : "
        "mettez le cours à jour, comme l’indique son README",
    ),
    "no lesson": (
        "the installed course has no lesson {lesson}; it has: {names}",
        "le cours installé n’a pas de leçon {lesson} ; il contient : {names}",
    ),
    "broken link": (
        "the check was broken off: {message}",
        "la vérification a été interrompue : {message}",
    ),
}


TYPES: dict[str, tuple[str, str]] = {
    "NoneType": ("None", "None"),
    "bool": ("a boolean", "un booléen"),
    "dict": ("a dict", "un dictionnaire"),
    "float": ("a number", "un nombre"),
    "int": ("a whole number", "un entier"),
    "list": ("a list", "une liste"),
    "number": ("a number", "un nombre"),
    "numpy.ndarray": ("a numpy array", "un tableau numpy"),
    "set": ("a set", "un ensemble"),
    "str": ("a string", "une chaîne"),
    "torch.Tensor": ("a torch tensor", "un tenseur torch"),
    "tuple": ("a tuple", "un tuple"),
}


def type_words(name: str, language: str) -> str:
    """A type as one says it: "a list"; its name where there is no word for it."""
    english, french = TYPES.get(name, (name, name))
    return french if language == "fr" else english


@dataclass(frozen=True)
class Text:
    """One sentence in both languages."""

    en: str
    fr: str

    def in_language(self, language: str) -> str:
        return spaced(self.fr) if language == "fr" else self.en


def say(key: str, language: str, **values: object) -> str:
    """The sentence in `language`, "en" or "fr", with its values filled in."""
    english, french = WORDS[key]
    return (spaced(french) if language == "fr" else english).format(**values)


def spaced(french: str) -> str:
    """French text with its no-break spaces: narrow before ; ? and !, full before : and inside guillemets."""
    for mark, space in ((";", "\u202f"), ("?", "\u202f"), ("!", "\u202f"), (":", "\xa0"), ("»", "\xa0")):
        french = french.replace(f" {mark}", space + mark)
    return french.replace("« ", "«\xa0")
