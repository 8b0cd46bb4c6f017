"""What a feedback page says, in both languages, each sentence once."""

from autograder.checking.words import Text

WORDS: dict[str, Text] = {
    "title": Text("Feedback: {title}", "Retour : {title}"),
    "student": Text("Handed in by", "Remis par"),
    "score": Text("Score: {points} of {most}", "Note : {points} sur {most}"),
    "so far": Text(
        "So far: a person has yet to look at a part of it.",
        "Pour l’instant : une personne doit encore en regarder une partie.",
    ),
    "penalty": Text("Taken off for handing in late: {points}.", "Retiré pour le retard : {points}."),
    "handed in": Text("Handed in {when} UTC.", "Remis le {when} UTC."),
    "late": Text("That was {late} after the due date.", "C’était {late} après la date limite."),
    "day": Text("{count} day", "{count} jour"),
    "days": Text("{count} days", "{count} jours"),
    "hours": Text("{count} h", "{count} h"),
    "minutes": Text("{count} min", "{count} min"),
    "on this page": Text("On this page", "Sur cette page"),
    "to the notebook": Text("Skip to your notebook", "Aller à votre carnet"),
    "scores": Text("Score by exercise", "Note par exercice"),
    "exercise": Text("Exercise", "Exercice"),
    "result": Text("Result", "Résultat"),
    "points": Text("Points", "Points"),
    "sum": Text("In all", "Total"),
    "taken off": Text("Handed in late", "Remis en retard"),
    "passed": Text("right", "juste"),
    "partly": Text("partly right", "en partie juste"),
    "failed": Text("not right yet", "pas encore juste"),
    "not written": Text("not written yet", "pas encore écrit"),
    "not judged": Text("could not be checked", "n’a pas pu être vérifié"),
    "waits": Text("to be looked at", "à relire"),
    "by hand": Text("marked by a person", "noté par une personne"),
    "details": Text("What to look at", "Ce qu’il faut regarder"),
    "in the notebook": Text("In your notebook", "Dans votre carnet"),
    "why": Text("What was found", "Ce qui a été trouvé"),
    "comment": Text("A person's comment", "Commentaire d’une personne"),
    "other comments": Text("More comments", "Autres commentaires"),
    "answer is read": Text(
        "A person reads this answer; its points come later.",
        "Une personne lit cette réponse ; ses points viendront plus tard.",
    ),
    "is looked at": Text(
        "A person takes a look at this before its points are final.",
        "Une personne y jette un œil avant que ses points ne soient définitifs.",
    ),
    "left out": Text("Not written yet", "Pas encore écrits"),
    "no answers": Text("Their cells hold no answer.", "Leurs cellules ne contiennent pas de réponse."),
    "never asked": Text(
        "When your notebook was run from top to bottom, this check was not reached, or failed before it began.",
        "Quand votre carnet a été exécuté de haut en bas, cette vérification n’a pas été atteinte, "
        "ou a échoué avant de commencer.",
    ),
    "broken off": Text(
        "Your code stopped answering while it was checked: it ended its kernel, or its time was up.",
        "Votre code a cessé de répondre pendant la vérification : il a arrêté son noyau, ou son temps était écoulé.",
    ),
    "another": Text(
        "The check's cell asked for another exercise than its own.",
        "La cellule de la vérification a demandé un autre exercice que le sien.",
    ),
    "raised": Text("It raised an error: {error}", "Elle a levé une erreur : {error}"),
    "test failed": Text("A test of this cell did not pass.", "Un test de cette cellule n’a pas réussi."),
    "hidden": Text(
        "Some tests of this cell are not shown, and nothing that they or later cells printed is told.",
        "Certains tests de cette cellule ne sont pas montrés, et rien n’est dit de ce qu’ils ont affiché, "
        "ni de ce qu’ont affiché les cellules suivantes.",
    ),
    "about the file": Text("About your file", "À propos de votre fichier"),
    "missing": Text(
        "{notebook}.ipynb was not handed in, so nothing in it could earn points.",
        "{notebook}.ipynb n’a pas été remis : rien n’a donc pu y rapporter de points.",
    ),
    "unreadable": Text(
        "Your file could not be read, so nothing in it could be run. A person decides what happens now. Open your own "
        "copy in Jupyter: if it opens, save it and hand it in again; if it does not, it is damaged there too.",
        "Votre fichier n’a pas pu être lu : rien n’a donc pu y être exécuté. Une personne décide de la suite. Ouvrez "
        "votre propre copie dans Jupyter : si elle s’ouvre, enregistrez-la et remettez-la ; sinon, elle est "
        "endommagée là aussi.",
    ),
    "the grader says": Text("What the grader says", "Ce que dit le correcteur"),
    "renamed": Text("{file} was taken for {notebook}.ipynb.", "{file} a été pris pour {notebook}.ipynb."),
    "mended": Text(
        "Cells that belong to the lesson had been changed or removed. They were put back before your notebook ran, "
        "and cost you nothing: {cells}.",
        "Des cellules de la leçon avaient été modifiées ou supprimées. Elles ont été remises en place avant "
        "l’exécution de votre carnet, et ne vous coûtent rien : {cells}.",
    ),
    "died": Text(
        "A cell ended its kernel when your notebook was run. The cells after it ran in a fresh one, without it.",
        "Une cellule a arrêté son noyau quand votre carnet a été exécuté. Les cellules suivantes ont été exécutées "
        "dans un nouveau, sans elle.",
    ),
    "looked at": Text(
        "A person takes a look at this notebook before its points are final.",
        "Une personne jette un œil à ce carnet avant que ses points ne soient définitifs.",
    ),
    "cells that failed": Text("Cells that raised errors", "Cellules qui ont levé des erreurs"),
    "failed cells": Text(
        "When your notebook was run from top to bottom in a fresh kernel, these cells raised errors:",
        "Quand votre carnet a été exécuté de haut en bas dans un nouveau noyau, ces cellules ont levé des erreurs :",
    ),
    "more failed": Text("and {count} more", "et {count} de plus"),
    "cell": Text("cell {number}", "cellule {number}"),
    "notebook": Text("Your notebook", "Votre carnet"),
    "as handed in": Text(
        "This is what you handed in, with the outputs that it had then. At each check stands what grading found, on "
        "other inputs than yours. The lesson's own text is folded away. Animations and remote pictures do not work "
        "here; your own copy has them.",
        "Voici ce que vous avez remis, avec les sorties d’alors. À chaque vérification figure ce que la notation a "
        "trouvé, sur d’autres entrées que les vôtres. Le texte de la leçon est replié. Les animations et les images "
        "distantes ne marchent pas ici ; votre propre copie les a.",
    ),
    "text of the lesson": Text("Text of the lesson", "Texte de la leçon"),
    "code": Text("Code, cell {number}", "Code, cellule {number}"),
    "output": Text("Output, as handed in", "Sortie, telle que remise"),
    "errors": Text("Printed as errors, as handed in", "Affiché comme erreurs, tel que remis"),
    "picture": Text("A picture that your code made", "Une image produite par votre code"),
    "not shown": Text("(an output that is not shown here: {kind})", "(une sortie qui n’est pas montrée ici : {kind})"),
    "too much": Text("(more outputs are not shown)", "(d’autres sorties ne sont pas montrées)"),
    "empty": Text("(empty)", "(vide)"),
    "made by": Text(
        "Made by the autograder. This page loads nothing and runs nothing.",
        "Fait par l’autograder. Cette page ne charge rien et n’exécute rien.",
    ),
}


def say(key: str, language: str, **values: object) -> str:
    """The sentence in `language`, with its values filled in."""
    return WORDS[key].in_language(language).format(**values)


def number(value: float, language: str) -> str:
    """A number of points as it is written: 2.5, or 2,5."""
    shown = f"{round(value, 2):g}"
    return shown.replace(".", ",") if language == "fr" else shown


def duration(seconds: float, language: str) -> str:
    """Days and hours, or hours and minutes."""
    minutes = max(1, round(seconds / 60))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [("day" if days == 1 else "days", days), ("hours", hours), ("minutes", 0 if days else minutes)]
    return " ".join(say(name, language, count=count) for name, count in parts if count)
