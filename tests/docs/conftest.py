"""What the readers of the documents have at hand: a checkout with three lessons, and what students handed in."""

import shutil
import zipfile
from random import Random

import pytest
from documents import LESSON, ROOT, Reader

from autograder.demo.students import damages, sheet
from autograder.lessons.course import load_course

ROSTER = """\
First name,Last name,ID number,Email address,Groups
Ada,Acacia,student01,ada@example.org,Monday
Bo,Bouleau,student02,bo@example.org,Monday
Chloé,Chêne,student03,chloe@example.org,Tuesday
Dan,Dahlia,student04,dan@example.org,Tuesday
"""


@pytest.fixture(scope="session")
def checkout(tmp_path_factory):
    """A checkout whose course has lessons 00, 01 and 02."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "solutions", folder / "solutions", ignore=_other_lessons)
    return folder


def _other_lessons(folder, names):
    return [name for name in names if name[0].isdigit() and not name.startswith(("00", "01", "02"))]


@pytest.fixture(scope="session")
def download(checkout, tmp_path_factory):
    """A roster, and what Moodle hands out for lesson 01: all right, a known mistake, a damaged file, a stranger's."""
    course = load_course(checkout)
    (lesson,) = course.select([LESSON])
    english, french = (sheet(course, lesson, language) for language in ("en", "fr"))
    files = {
        "Ada Acacia_70001_assignsubmission_file_/01_convolution.ipynb": french.filled_in(french.solutions),
        "Bo Bouleau_70002_assignsubmission_file_/homework (1).ipynb": english.filled_in(
            {"conv1d": english.mistakes["conv1d"][0], "convolve1d": english.solutions["convolve1d"]}
        ),
        "Chloé Chêne_70003_assignsubmission_file_/01_convolution.ipynb": damages(french, Random(0)),
        "Eve Érable_70005_assignsubmission_file_/01_convolution.ipynb": english.filled_in({}),
    }
    folder = tmp_path_factory.mktemp("downloads")
    (folder / "class.csv").write_text(ROSTER, encoding="utf-8")
    with zipfile.ZipFile(folder / "lesson01.zip", "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return folder


@pytest.fixture
def reader(tmp_path, monkeypatch):
    """Somebody with an empty home."""
    home = tmp_path / "home"
    home.mkdir()
    return Reader(home, monkeypatch)
