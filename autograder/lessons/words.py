"""The few words the build itself puts into a notebook, in each language."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    code_stub: str  # takes the place of a solution
    answer_stub: str  # waits in the cell of a free answer
    model_answer: str  # heads the model answer in the instructor's copy


WORDS = {
    "en": Words(
        code_stub="# YOUR CODE HERE\nraise NotImplementedError()",
        answer_stub="*Your answer, in a few sentences (double-click here to write it):*",
        model_answer="**Model answer**",
    ),
    "fr": Words(
        code_stub="# VOTRE CODE ICI\nraise NotImplementedError()",
        answer_stub="*Votre réponse, en quelques phrases (double-cliquez ici pour l’écrire)\u00a0:*",
        model_answer="**Réponse modèle**",
    ),
}
