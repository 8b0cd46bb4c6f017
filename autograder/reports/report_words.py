"""What a class report says, in both languages, each sentence once."""

import math

from autograder.checking.words import Text

WORDS: dict[str, Text] = {
    "title": Text("Class report: {name}", "Rapport de classe : {name}"),
    "skip": Text("Skip to the report", "Aller au rapport"),
    "contents": Text("On this page", "Sur cette page"),
    "about": Text(
        "{students} students, {assignments}. Results up to {when}.",
        "{students} étudiants, {assignments}. Résultats jusqu’au {when}.",
    ),
    "private": Text(
        "For the people who teach this class: it names students.",
        "Pour les personnes qui enseignent à cette classe : des étudiants y sont nommés.",
    ),
    "re-teach": Text("What to re-teach on Monday", "Ce qu’il faut réexpliquer lundi"),
    "re-teach how": Text(
        "Wrong answers that behaved like a mistake the exercise knows, on every input tried. A student who made the "
        "same mistake in two exercises counts in both.",
        "Réponses fausses qui se sont comportées comme une erreur connue de l’exercice, sur toutes les entrées "
        "essayées. Qui a fait la même erreur dans deux exercices compte dans les deux.",
    ),
    "no mistakes": Text("No known mistake was found.", "Aucune erreur connue n’a été trouvée."),
    "out of": Text("{count} of {of} students ({share})", "{count} étudiants sur {of} ({share})"),
    "mistake": Text("Mistake", "Erreur"),
    "exercise": Text("Exercise", "Exercice"),
    "lesson": Text("Lesson", "Leçon"),
    "students": Text("Students", "Étudiants"),
    "student": Text("Student", "Étudiant"),
    "share": Text("Share", "Part"),
    "who": Text("Who", "Qui"),
    "mistakes caption": Text("Known mistakes, the most frequent first", "Erreurs connues, les plus fréquentes d’abord"),
    "less often": Text("Less frequent ones ({count})", "Moins fréquentes ({count})"),
    "less often caption": Text(
        "Known mistakes that fewer students made", "Erreurs connues que moins d’étudiants ont faites"
    ),
    "once": Text("Made by one student each ({count})", "Faites par un seul étudiant ({count})"),
    "once caption": Text("Known mistakes that one student made", "Erreurs connues qu’un seul étudiant a faites"),
    "rule": Text("Uses what this exercise asks to do without.", "Utilise ce dont cet exercice demande de se passer."),
    "unnamed": Text("Wrong in a way that has no name yet", "Faux d’une façon qui n’a pas encore de nom"),
    "unnamed how": Text(
        "These answers fail like none of the known mistakes. Where there are many, read a few: they may share a "
        "misconception.",
        "Ces réponses n’échouent comme aucune des erreurs connues. Là où il y en a beaucoup, lisez-en quelques-unes : "
        "elles partagent peut-être une idée fausse.",
    ),
    "unnamed caption": Text("Wrong answers without a known mistake", "Réponses fausses sans erreur connue"),
    "human eye": Text("What needs a human eye", "Ce qui demande un regard humain"),
    "nothing to see": Text("Nothing waits for a person.", "Rien n’attend une personne."),
    "waiting": Text("Answers to be marked by a person", "Réponses qu’une personne doit noter"),
    "waiting caption": Text("Answers that wait to be marked", "Réponses qui attendent d’être notées"),
    "waiting how": Text(
        "They are marked in nbgrader’s formgrader; until then they count as no points.",
        "Elles se notent dans le formgrader de nbgrader ; d’ici là, elles comptent pour zéro point.",
    ),
    "answers": Text("Answers", "Réponses"),
    "concerns": Text("Submissions to look at", "Travaux à regarder"),
    "concerns caption": Text("Submissions that a person should look at", "Travaux qu’une personne devrait regarder"),
    "kind": Text("What", "Quoi"),
    "told": Text("What the grader says", "Ce que dit le correcteur"),
    "suspicion": Text("looks like tampering", "ressemble à une manipulation"),
    "unreadable": Text("file could not be read", "fichier illisible"),
    "missing": Text("notebook missing", "carnet manquant"),
    "late check": Text("check ran out of time", "vérification à court de temps"),
    "check": Text("check to look at", "vérification à regarder"),
    "not graded": Text("not graded: run autograder grade", "pas noté : lancez autograder grade"),
    "changed": Text("changed since it was graded: run autograder grade", "modifié depuis : lancez autograder grade"),
    "not recorded": Text(
        "not in the gradebook: run autograder grade", "absent du carnet de notes : lancez autograder grade"
    ),
    "suspicion note": Text(
        "What looks like tampering may have an honest reason. Nothing was taken away for it; the points wait for your "
        "decision.",
        "Ce qui ressemble à une manipulation peut avoir une raison honnête. Rien n’a été retiré pour cela ; les "
        "points attendent votre décision.",
    ),
    "scores": Text("Scores by lesson", "Notes par leçon"),
    "scores how": Text(
        "Shares of all points, before anything is taken off for lateness.",
        "Parts de tous les points, avant tout retrait pour retard.",
    ),
    "scores so far": Text(
        "Answers that wait for a person count as no points so far.",
        "Les réponses qui attendent une personne comptent pour zéro point pour l’instant.",
    ),
    "scores caption": Text("Scores by lesson, as shares of all points", "Notes par leçon, en parts de tous les points"),
    "scored": Text("Scored", "Notés"),
    "absent": Text("Not handed in", "Pas remis"),
    "mean": Text("Mean", "Moyenne"),
    "median": Text("Median", "Médiane"),
    "middle half": Text("Middle half", "Moitié centrale"),
    "range": Text("{low} to {high}", "{low} à {high}"),
    "distribution": Text("Distribution: {name}", "Répartition : {name}"),
    "distribution is": Text(
        "Students by share of points in {name}. {bins}.", "Étudiants par part des points dans {name}. {bins}."
    ),
    "bin": Text("{low} to {high} %: {count}", "{low} à {high} % : {count}"),
    "axis": Text("share of points, in %", "part des points, en %"),
    "exercises": Text("Exercises, the hardest first", "Exercices, les plus difficiles d’abord"),
    "exercises caption": Text(
        "How each exercise went, and how well it separates", "Comment chaque exercice s’est passé, et comment il sépare"
    ),
    "right": Text("Right", "Juste"),
    "partly": Text("Partly", "En partie"),
    "wrong": Text("Wrong", "Faux"),
    "not written": Text("Not written", "Pas écrit"),
    "not judged": Text("Not judged", "Pas jugé"),
    "waits": Text("Waiting", "En attente"),
    "known": Text("Known mistake", "Erreur connue"),
    "outcomes": Text("Outcomes", "Résultats"),
    "separates": Text("Separates", "Sépare"),
    "separates how": Text(
        "“Separates” is the correlation (r, from −1 to 1) of an exercise’s points with those of the rest of its "
        "lesson, and in brackets where it lies with 95% confidence. Near 1, those who are strong in the rest solve "
        "it and the others do not; near 0, it says nothing about them; below 0, strong students fail it more often, "
        "and the exercise deserves a look. It is given for {least} students or more.",
        "« Sépare » est la corrélation (r, de −1 à 1) entre les points d’un exercice et ceux du reste de sa leçon, "
        "avec entre parenthèses l’intervalle de confiance à 95 %. Près de 1, les étudiants forts dans le reste le "
        "réussissent et les autres non ; près de 0, il n’apprend rien sur eux ; au-dessous de 0, les étudiants forts y "
        "échouent plus souvent, et l’exercice mérite un regard. Elle est donnée à partir de {least} étudiants.",
    ),
    "well": Text("well", "bien"),
    "a little": Text("a little", "un peu"),
    "unclear": Text("cannot be told", "indéterminé"),
    "backwards": Text("backwards: look at it", "à l’envers : à regarder"),
    "few": Text("too few students", "trop peu d’étudiants"),
    "same": Text("all alike", "tous pareils"),
    "alone": Text("nothing to compare with", "rien à quoi le comparer"),
    "confidence": Text("{r} ({low} to {high})", "{r} ({low} à {high})"),
    "alike": Text("Alike: worth a look", "Ressemblances : à regarder"),
    "alike how": Text(
        "Answers whose code is alike once names, comments and layout are set aside. What was handed out does not "
        "count, nor what more than a tenth of the answers (and more than {common}) have in common, nor anything "
        "shorter than some five lines. From {least} alike on it is listed. It is no verdict: students learn together, "
        "and there are only so many ways to write some functions.",
        "Réponses dont le code se ressemble, noms, commentaires et mise en page mis de côté. Ce qui a été distribué ne "
        "compte pas, ni ce que plus d’un dixième des réponses (et plus de {common}) ont en commun, ni rien de plus "
        "court que cinq lignes environ. À partir de {least} de ressemblance, c’est listé. Ce n’est pas un verdict : "
        "les étudiants apprennent ensemble, et certaines fonctions ne s’écrivent que de peu de façons.",
    ),
    "alike caption": Text("Answers that are like each other", "Réponses qui se ressemblent"),
    "source caption": Text(
        "Answers that are like the library’s own source", "Réponses qui ressemblent à la source de la bibliothèque"
    ),
    "function": Text("Function", "Fonction"),
    "none alike": Text("No answers are that much alike.", "Aucune réponse ne se ressemble à ce point."),
    "not compared": Text("Answers were not compared.", "Les réponses n’ont pas été comparées."),
    "likeness": Text("Alike", "Ressemblance"),
    "at least": Text("at least {share}", "au moins {share}"),
    "time": Text("Time and failures", "Temps et échecs"),
    "time caption": Text("Seconds to run a notebook, by lesson", "Secondes pour exécuter un carnet, par leçon"),
    "slow caption": Text("The slowest notebooks", "Les carnets les plus lents"),
    "failures caption": Text("Kernels that ended and checks that were lost", "Noyaux arrêtés et vérifications perdues"),
    "no failures": Text(
        "No kernel ended early, and no check was lost.",
        "Aucun noyau ne s’est arrêté avant la fin, et aucune vérification n’a été perdue.",
    ),
    "seconds": Text("Seconds", "Secondes"),
    "slowest": Text("Slowest", "Le plus lent"),
    "notebooks": Text("Notebooks", "Carnets"),
    "died": Text("kernel ended", "noyau arrêté"),
    "lost": Text("check broken off", "vérification interrompue"),
    "failed": Text("the check itself failed", "la vérification elle-même a échoué"),
    "not reached": Text("check not reached", "vérification non atteinte"),
    "every student": Text("Every student", "Chaque étudiant"),
    "not final how": Text(
        "An asterisk (*) means that the score is not final: answers wait for a person.",
        "Un astérisque (*) signale une note provisoire : des réponses attendent une personne.",
    ),
    "students caption": Text("Points by student and lesson", "Points par étudiant et par leçon"),
    "total": Text("Total", "Total"),
    "mistakes": Text("Known mistakes", "Erreurs connues"),
    "entry missing": Text("not handed in", "pas remis"),
    "entry not graded": Text("not graded", "pas noté"),
    "entry excused": Text("excused", "dispensé"),
    "entry waiting": Text("not final", "provisoire"),
    "entry graded": Text("no score", "sans note"),
    "scroll": Text("{caption} (scrolls sideways)", "{caption} (défile latéralement)"),
    "sort": Text("sort", "trier"),
    "footer": Text(
        "Made by the autograder from the class’s latest results. This page loads nothing from the network.",
        "Fait par l’autograder à partir des derniers résultats de la classe. Cette page ne charge rien du réseau.",
    ),
}


def say(key: str, language: str, **values: object) -> str:
    """The sentence in `language`, with its values filled in."""
    return WORDS[key].in_language(language).format(**values)


def number(value: float, language: str, digits: int = 2) -> str:
    """A number as it is written: 2.5, or 2,5; with a real minus sign."""
    shown = f"{round(value, digits):.{digits}f}"
    shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    shown = "0" if shown == "-0" else shown.replace("-", "−")
    return shown.replace(".", ",") if language == "fr" else shown


def percent(share: float, language: str) -> str:
    """A share of 1 in whole percent."""
    space = "\N{NARROW NO-BREAK SPACE}" if language == "fr" else ""
    return f"{math.floor(100 * share + 0.5)}{space}%"
