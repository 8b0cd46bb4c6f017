"""`autograder archive`: one file for each lesson and language, with all that a student needs to start."""

import argparse
from collections.abc import Callable
from pathlib import Path

from autograder.checking.words import spaced
from autograder.errors import UserError
from autograder.grading.results import write_whole
from autograder.lessons.course import Course, Lesson, load_course
from autograder.lessons.pipeline import released, to_text
from autograder.lessons.wheel import ROOT, build_wheel, pack

Say = Callable[[str], object]
CONSTRAINTS = "constraints.txt"
REQUIREMENTS = """\
# The course's own package, which lies beside this file, and a JupyterLab to open the notebook in.
./{wheel}[lab]
"""
README = {
    "en": """\
# {title}

{summary} About {minutes} minutes.

This folder holds everything the lesson needs but Python itself and packages from PyPI.

| file | what it is |
| --- | --- |
| `{notebook}` | the lesson: open it, read, write, run |
| `{wheel}` | the package it imports: `cnnlib`, and the checks (`autograder`) |
| `requirements.txt`, `constraints.txt` | what to install, and in which versions it was tested |

## On your own computer

You need Python 3.11 or later. In a terminal, in this folder:

    python -m venv .venv
    .venv/bin/pip install -r requirements.txt -c constraints.txt
    .venv/bin/jupyter lab {notebook}

On Windows it is `py -3.11 -m venv .venv`, then `.venv\\Scripts\\pip` and `.venv\\Scripts\\jupyter`. One such `.venv` is
enough for all lessons.

**VS Code**: install as above, open this folder and the notebook, and choose `.venv` where it says *Select Kernel*.

## In a notebook elsewhere

Upload the notebook, the `.whl` and `constraints.txt` into one folder. Then, in a cell of its own above the first:

- **JupyterHub**, unless the course is installed there:
  `%pip install -r requirements.txt -c constraints.txt` (upload `requirements.txt` too), then restart the kernel.
- **Colab**, which has most of it: `%pip install --no-deps {wheel}` and
  `%pip install hypothesis -c constraints.txt`.

## Handing in

Save the notebook and hand in that one file, under its own name. Its checks show what is right so far; grading tries
your functions on other inputs, in an empty kernel, from the first cell to the last.
""",
    "fr": """\
# {title}

{summary} Environ {minutes} minutes.

Ce dossier contient tout ce qu’il faut pour la leçon, sauf Python lui-même et des paquets de PyPI.

| fichier | ce que c’est |
| --- | --- |
| `{notebook}` | la leçon : à ouvrir, à lire, à compléter, à exécuter |
| `{wheel}` | le paquet qu’elle importe : `cnnlib`, et les vérifications (`autograder`) |
| `requirements.txt`, `constraints.txt` | ce qu’il faut installer, et dans quelles versions cela a été testé |

## Sur votre ordinateur

Il vous faut Python 3.11 ou plus récent. Dans un terminal, dans ce dossier :

    python -m venv .venv
    .venv/bin/pip install -r requirements.txt -c constraints.txt
    .venv/bin/jupyter lab {notebook}

Sous Windows, c’est `py -3.11 -m venv .venv`, puis `.venv\\Scripts\\pip` et `.venv\\Scripts\\jupyter`. Un seul `.venv`
suffit pour toutes les leçons.

**VS Code** : installez comme ci-dessus, ouvrez ce dossier et le carnet, et choisissez `.venv` sous *Select Kernel*.

## Dans un carnet ailleurs

Téléversez le carnet, le fichier `.whl` et `constraints.txt` dans un même dossier. Puis, dans une cellule à part,
au-dessus de la première :

- **JupyterHub**, si le cours n’y est pas installé :
  `%pip install -r requirements.txt -c constraints.txt` (téléversez aussi `requirements.txt`), puis redémarrez le noyau.
- **Colab**, qui a presque tout : `%pip install --no-deps {wheel}` et
  `%pip install hypothesis -c constraints.txt`.

## Remettre

Enregistrez le carnet et remettez ce seul fichier, sous son nom. Ses vérifications montrent ce qui est déjà juste ; la
notation essaie vos fonctions sur d’autres entrées, dans un noyau vide, de la première cellule à la dernière.
""",
}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="ids or numbers, such as 01; all if none")
    parser.add_argument("--language", help="this one only; all of the course's, if not said")
    parser.add_argument("--output", type=Path, default=Path("build/archives"), metavar="FOLDER",
                        help="where to; build/archives if not said")  # fmt: skip
    parser.add_argument("--course", type=Path, default=Path(), metavar="DIR", help="where solutions/ lies")


def run(options: argparse.Namespace, say: Say) -> int:
    course = load_course(options.course)
    if options.language not in (None, *course.languages):
        raise UserError(f"the course has no language {options.language!r}; it has {', '.join(course.languages)}")
    languages = course.languages if options.language is None else (options.language,)
    lessons = course.select(options.lessons)
    wheel = build_wheel()
    for lesson in lessons:
        for language in languages:
            path = options.output / f"{lesson.id}-{language}.zip"
            content = archive(course, lesson, language, wheel)
            try:
                write_whole(path, content)
            except OSError as error:
                raise UserError(f"{path} cannot be written: {error.strerror}") from None
            say(f"{path}: {len(content) / 2**20:.1f} MiB")
    return 0


def archive(course: Course, lesson: Lesson, language: str, wheel: tuple[str, bytes]) -> bytes:
    """The zip file of a lesson: one folder, the same bytes each time."""
    name, content = wheel
    notebook = f"{lesson.id}.ipynb"
    readme = README[language].format(
        title=f"{lesson.id.partition('_')[0]} · {lesson.title[language]}",
        summary=lesson.summary[language],
        minutes=lesson.minutes,
        notebook=notebook,
        wheel=name,
    )
    if language == "fr":
        readme = spaced(readme)
    files = {
        notebook: to_text(released(course, lesson, language)).encode(),
        "README.md": readme.encode(),
        "requirements.txt": REQUIREMENTS.format(wheel=name).encode(),
        CONSTRAINTS: (ROOT / CONSTRAINTS).read_bytes(),
        name: content,
    }
    return pack({f"{lesson.id}-{language}/{file}": text for file, text in files.items()})
