"""A class that was given two lessons, and zips as learning management systems make them."""

import io
import json
import zipfile
from pathlib import Path

from autograder.cli import main
from autograder.grading.classroom import Classroom

ROOT = Path(__file__).parents[1]
LESSONS = ("00_start", "01_convolution")
LANGUAGES = ("en", "fr")


def zipped(entries):
    """A zip of (name, content) pairs; a name may be a ZipInfo."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return file.getvalue()


def notebook(lesson=LESSONS[1], language="en", answer=None):
    """A lesson as a student hands it in; `answer` is added to its first cell that is to be filled in."""
    text = (ROOT / "notebooks" / language / f"{lesson}.ipynb").read_text()
    if answer is None:
        return text
    data = json.loads(text)
    solution = next(cell for cell in data["cells"] if cell["metadata"].get("nbgrader", {}).get("solution"))
    solution["source"] = [*solution["source"], f"\n# {answer}"]
    return json.dumps(data)


class Course:
    """A class's folder, and what comes of collecting into it."""

    def __init__(self, folder, capsys):
        self.folder, self._capsys = folder, capsys
        self.classroom = Classroom(folder)

    def zip(self, entries, name="submissions.zip"):
        """A zip beside the class."""
        path = self.folder.parent / name
        path.write_bytes(zipped(entries))
        return path

    def collect(self, source, system, *options, rc=None):
        """What the command says of it, as data."""
        status = main(["collect", str(self.folder), str(source), "--from", system, "--json", *options])
        said = self._capsys.readouterr()
        assert rc is None or status == rc, said
        return json.loads(said.out)

    def refuses(self, source, system, *options):
        """The one sentence of a request that does not fit."""
        assert main(["collect", str(self.folder), str(source), "--from", system, *options]) == 2
        (sentence,) = self._capsys.readouterr().err.splitlines()
        return sentence

    def roster(self, text, encoding="utf-8"):
        path = self.folder.parent / "roster.csv"
        path.write_bytes(text.encode(encoding))
        return path

    def handed_in(self):
        """The files below submitted/, with their content."""
        folder = self.folder / "submitted"
        return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}

    def kept(self):
        folder = self.folder / "collected"
        return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())

    def record(self, student, lesson=LESSONS[1]):
        return json.loads((self.folder / f".autograder/collected/{lesson}/{student}.json").read_text())
