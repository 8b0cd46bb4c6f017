"""Every command of a document is run as it stands, in order, on a small class; or it is excepted, for a reason."""

import re
import shutil

import pytest
from documents import LESSON, ROOT, Command, Reader, blocks, is_excepted, page_commands

from autograder.cli import COMMANDS
from autograder.lessons.course import load_course
from autograder.lessons.pipeline import released, to_text

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
# What is not typed here, and why.
EXCEPTIONS = {
    r"(python|py -\S+) -m venv ": "makes an environment, which packages from the network would fill",
    r"\S*pip install ": "fetches packages from the network; test_packaging.py holds it to the constraints",
    r"conda ": "fetches packages from the network; test_packaging.py compares the two lists",
    r"\S*jupyter lab\b": "serves until it is stopped; tests/course/browser and test_formgrader.py do so",
    r"cd ": "is for the command below it",
    r"make (demo|lab|test)\b": "fills an environment of its own; CI does so",
    r"\S*python -m cnnlib$": "is tried in tests/cnnlib/data/test_download.py",
    r"(\S*\\)?pytest$": "is what runs this",
    r"autograder (translate|build|prove) 01\b": "is typed for another lesson, in test_adding_a_lesson.py",
    r"autograder doctor\b": "ends as this machine is; tests/autograder/kernel/test_doctor.py",
}
WORKSHEET = "Identifier,Full name,Email address,Grade,Maximum Grade\nParticipant 1,Ada Acacia,ada@example.org,,22.00\n"
CANVAS = f"Student,ID,SIS Login ID,Section,{LESSON} (9)\nx,1,ada@example.org,A,\n"
WANTING = 1
COLLECT = "autograder collect {} {} --from moodle --roster class.csv"

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def taught(checkout, download, tmp_path_factory):
    """The home of who followed the guide for instructors."""
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(download, checkout, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        odd = (COLLECT.format("~/biology", "lesson01.zip"), "autograder grade ~/biology")
        Reader(home, patch).read(
            ROOT / "docs/guide-for-instructors.md", checkout, EXCEPTIONS, dict.fromkeys(odd, WANTING)
        )
    return home


@pytest.fixture
def typist(taught, download, tmp_path, monkeypatch):
    """Somebody with a copy of that class, which they also call `DIR`, and with files of all kinds at hand."""
    home = shutil.copytree(taught, tmp_path / "home")
    (home / "DIR").symlink_to("biology")
    shutil.copytree(download, home, dirs_exist_ok=True)
    shutil.copy(home / "lesson01.zip", home / "submissions.zip")
    (home / "Grades-course.csv").write_text(WORKSHEET, encoding="utf-8")
    (home / "gradebook.csv").write_text(CANVAS, encoding="utf-8")
    return Reader(home, monkeypatch)


def test_the_guide_for_instructors_ends_with_marks(taught):
    rows = (taught / "biology/scores-moodle.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 5
    assert rows[1] == "Ada,Acacia,student01,ada@example.org,student01,20"
    pages = sorted(path.name for path in (taught / "biology/feedback").rglob("*.html"))
    assert pages == [f"{LESSON}.html"] * 3


def test_its_settings_are_understood(typist):
    (rules,) = (block.text for block in blocks(ROOT / "docs/guide-for-instructors.md") if block.kind == "toml")
    with (typist.home / "biology/autograder.toml").open("a", encoding="utf-8") as file:
        file.write(rules)
    typist.type(Command(0, "autograder export ~/biology --to csv"), typist.home)


@pytest.mark.parametrize(
    ("name", "odd"),
    [
        ("class-report.md", ()),
        ("collecting.md", (COLLECT.format("DIR", "submissions.zip"),)),
        ("exporting-and-regrading.md", ()),
        ("feedback.md", ()),
    ],
)
def test_a_page_about_a_class(typist, name, odd):
    typist.read(ROOT / "docs" / name, typist.home, EXCEPTIONS, dict.fromkeys(odd, WANTING))


def test_the_readme(reader, checkout, download):
    shutil.copy(download / "lesson01.zip", checkout)
    reader.read(ROOT / "README.md", checkout, EXCEPTIONS, {"autograder grade ~/biology": WANTING})
    assert (reader.home / "biology/scores-moodle.csv").exists()


def test_handing_out(reader, checkout):
    reader.read(ROOT / "docs/handing-out.md", checkout, EXCEPTIONS)
    assert len([*(checkout / "build/archives").iterdir()]) == 6
    assert len([*(checkout / "handouts").iterdir()]) >= 2


@pytest.mark.parametrize(("name", "language"), [("guide-for-students.md", "en"), ("guide-des-etudiants.md", "fr")])
def test_the_guides_for_students(reader, checkout, name, language):
    course = load_course(checkout)
    text = to_text(released(course, course.select(["00"])[0], language))
    (reader.home / "00_start.ipynb").write_text(text, encoding="utf-8")
    reader.read(ROOT / "docs" / name, reader.home, EXCEPTIONS)


def test_every_page_with_commands_is_read_by_some_test():
    tests = [path.read_text(encoding="utf-8") for path in ROOT.glob("tests/**/*.py")]
    for page in PAGES:
        if any(not is_excepted(command, EXCEPTIONS) for command in page_commands(page)):
            assert any(page.stem in text for text in tests), f"no test types the commands of {page.name}"


def test_no_exception_is_left_over():
    typed = [command for page in PAGES for command in page_commands(page)]
    for pattern in EXCEPTIONS:
        assert any(re.match(pattern, command.typed) for command in typed), pattern


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_named_in_a_sentence_exist(page):
    named = re.findall(r"`autograder ([a-z]+)", page.read_text(encoding="utf-8"))
    assert set(named) <= set(COMMANDS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
