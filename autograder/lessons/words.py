"""The few words the build itself puts before a reader, in each language."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    code_stub: str  # takes the place of a solution
    answer_stub: str  # waits in the cell of a free answer
    model_answer: str  # heads the model answer in the instructor's copy
    map_head: tuple[str, str, str, str]  # over the columns of the map: number, title, summary, time
    not_written: str  # marks a lesson on the map that is still to come
    in_all: str  # before the time of all lessons together


WORDS = {
    "en": Words(
        code_stub="# YOUR CODE HERE\nraise NotImplementedError()",
        answer_stub="*Your answer, in a few sentences (double-click here to write it):*",
        model_answer="**Model answer**",
        map_head=("", "Lesson", "What it is about", "Minutes"),
        not_written="Not written yet.",
        in_all="In all",
    ),
    "fr": Words(
        code_stub="# VOTRE CODE ICI\nraise NotImplementedError()",
        answer_stub="*Votre réponse, en quelques phrases (double-cliquez ici pour l’écrire)\u00a0:*",
        model_answer="**Réponse modèle**",
        map_head=("", "Leçon", "De quoi il s’agit", "Minutes"),
        not_written="Pas encore écrite.",
        in_all="Au total",
    ),
}
