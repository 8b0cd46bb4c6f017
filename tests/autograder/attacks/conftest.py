"""A class in which some students are honest and many are not: graded with protection, without, and by stock."""

import contextlib
import importlib
import io
import json
import multiprocessing.util
import os
import shutil
import socket
import tempfile
import zlib
from pathlib import Path
from string import Template

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from autograder.checking.caller import local_answer
from autograder.checking.judge import judge
from autograder.cli import main
from autograder.grading.classroom import Classroom
from autograder.kernel import server
from autograder.kernel.protection import LAYERS
from autograder.kernel.sandbox.watchdog import descendants
from tests.autograder.attacks.corpus import ATTACKS, attack, rules
from tests.autograder.attacks.peers import NOTHING, Peers

ROOT = Path(__file__).parents[3]
START, CONVOLUTION = "00_start", "01_convolution"
GOOD = ("good-a", "good-m", "good-z")  # the first, one among, and the last

TIGHT = """
[limits]
cell_seconds = 4
memory_bytes = 536870912
processes = 64
file_bytes = 16777216
disk_bytes = 50331648
output_bytes = 4194304
open_files = 128
"""
WIDE = """
[limits]
cell_seconds = 60
output_bytes = 67108864
[kernel]
off = {off}
"""


class HostileClass:
    """A class folder, what attackers look for around it, and what grading it came to."""

    def __init__(self, folder, surroundings, settings):
        self.folder, self._surroundings = folder, surroundings
        with (folder / "autograder.toml").open("a") as file:
            file.write(settings)
        self.rows = {}
        self.alive = self.left = ()

    def hand_in(self, student, lesson, change):
        """A copy of a lesson, after `change` was made to it."""
        notebook = nbformat.read(self.folder / f".autograder/editions/{lesson}/en.ipynb", as_version=4)
        change(notebook)
        submission = self.folder / "submitted" / student / lesson
        submission.mkdir(parents=True)
        (submission / f"{lesson}.ipynb").write_text(json.dumps(notebook))
        return submission

    def attack(self, one):
        """The submission of an attacker."""
        submission = self.hand_in(one.name, START, lambda notebook: arm(notebook, one, self.fill_in))
        for name, content in one.files.items():
            path = submission / name
            path.parent.mkdir(exist_ok=True)
            content = self.fill_in(content)
            path.symlink_to(content[3:]) if content.startswith("-> ") else path.write_text(content)

    def fill_in(self, source):
        """A source with the places that it means."""
        return Template(source).safe_substitute(self._surroundings, CLASS=self.folder)

    def grade(self):
        """Grade the class, and keep what outlived it: processes, and files."""
        multiprocessing.util.get_temp_dir()  # keeps its place in the usual folder
        with tempfile.TemporaryDirectory(prefix="g-", dir="/tmp") as scratch, pytest.MonkeyPatch.context() as patch:
            patch.setattr(tempfile, "tempdir", scratch)
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                main(["grade", str(self.folder), "--json", "--jobs", "4"])
            self.alive = [pid for one in server._servers.values() for pid in descendants(one.pid)]
            self.left = [path.name for path in Path(scratch).iterdir()]
        self.rows = {(row["student"], row["assignment"]): row for row in json.loads(printed.getvalue())}

    def cells(self, student, lesson=START):
        """The graded cells of a student's result, by name."""
        result = Classroom(self.folder).results.latest(lesson, student)
        return {cell["name"]: cell for notebook in result["notebooks"] for cell in notebook["cells"]}

    def autograded(self, student):
        """The notebook as it was run."""
        return nbformat.read(self.folder / "autograded" / student / START / f"{START}.ipynb", as_version=4)


def arm(notebook, one, fill_in):
    """Write an attack into the lesson."""
    answer = next(cell for cell in notebook.cells if cell.id == "double")
    answer.source = fill_in(one.answer)
    if one.first:
        notebook.cells.insert(0, new_code_cell(fill_in(one.first).strip(), id="first"))
    if one.change is not None:
        one.change(notebook, new_code_cell)


def recorded():
    """What the check of `double` tries in a notebook, with the right answers."""
    exercise = importlib.import_module(f"autograder.exercises.{START}").double
    table = {}

    def double(x):
        table[x.dtype.str, x.tobytes()] = (2 * x).tolist()
        return 2 * x

    assert judge(exercise, local_answer(double), seed=zlib.crc32(f"{START} double".encode())).passed
    return repr(table)


def processes_named(token):
    """The processes with a word in their command."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if token.encode() in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
    return found


@pytest.fixture(scope="session")
def surroundings():
    """What attackers look for on the grading machine: servers, and a folder that is open to all."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="open-", dir="/tmp")))
        folder.chmod(0o777)
        port = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=16)).getsockname()[1]
        path = str(folder / "server")
        for name in (path, "\0" + path):
            listener = stack.enter_context(socket.socket(socket.AF_UNIX))
            listener.bind(name)
            listener.listen(16)
        Path(path).chmod(0o777)
        yield {"TABLE": recorded(), "TMP": folder, "PORT": port, "SOCKET": path, "SHM": os.stat("/dev/shm").st_dev}


@pytest.fixture(scope="session")
def made_by_init(tmp_path_factory):
    """A class of the first two lessons, as init makes it."""
    course = tmp_path_factory.mktemp("course") / "solutions"
    (course / "locale/fr").mkdir(parents=True)
    shutil.copy(ROOT / "solutions/course.toml", course)
    for lesson in (START, CONVOLUTION):
        shutil.copy(ROOT / "solutions" / f"{lesson}.py", course)
        shutil.copy(ROOT / "solutions/locale/fr" / f"{lesson}.po", course / "locale/fr")
    folder = tmp_path_factory.mktemp("class") / "made"
    assert main(["init", str(folder), "--course", str(course.parent)]) == 0
    return folder


@pytest.fixture(scope="session")
def hostile_class(made_by_init, surroundings, tmp_path_factory):
    """Make a class of these attackers with honest students among them, and grade it."""

    def hostile_class(attacks, settings):
        folder = tmp_path_factory.mktemp("class") / "graded"
        shutil.copytree(made_by_init, folder)
        made = HostileClass(folder, surroundings, settings)
        honest = attack.Attack("", "", "", answer=attack.RIGHT)
        for student in GOOD:
            made.hand_in(student, START, lambda notebook: arm(notebook, honest, str))
        for one in attacks:
            made.attack(one)
        return made

    return hostile_class


def disguised(notebook, answers):
    """Write answers in disguise into lesson 01."""
    for cell in notebook.cells:
        if cell.id in answers:
            cell.source = answers[cell.id][1]


def blinded(notebook):
    """Write answers behind the back of the watch into lesson 01."""
    for cell in notebook.cells:
        cell.source = rules.BLINDED.get(cell.id, cell.source)
    notebook.cells[:0] = [new_code_cell(source.strip()) for source in rules.BLINDED["first"]]


@pytest.fixture(scope="session")
def guarded(hostile_class):
    """All attacks, graded as any class is."""
    made = hostile_class(ATTACKS.values(), TIGHT)
    made.grade()
    return made


@pytest.fixture(scope="session")
def bending(hostile_class):
    """Students who go round the rules of lesson 01, graded as any class is."""
    made = hostile_class([], "")
    for number, answers in enumerate(rules.DISGUISES):
        made.hand_in(f"disguised-{number}", CONVOLUTION, lambda notebook, own=answers: disguised(notebook, own))
    made.hand_in("blinded", CONVOLUTION, blinded)
    made.grade()
    return made


@pytest.fixture(scope="session")
def unguarded(hostile_class):
    """The attacks that layers of protection stop, graded without any."""
    chosen = [one for one in ATTACKS.values() if one.without == attack.LAYERS]
    made = hostile_class([NOTHING, *chosen], WIDE.format(off=json.dumps(list(LAYERS))))
    made.grade()
    return made


@pytest.fixture(scope="session")
def peers(made_by_init, surroundings, tmp_path_factory):
    """Other graders, for the same lesson."""
    released = nbformat.read(made_by_init / f".autograder/editions/{START}/en.ipynb", as_version=4)
    gradebook = made_by_init / "gradebook.db"
    places = {**surroundings, "CLASS": gradebook.parent}
    return Peers(tmp_path_factory.mktemp("peers"), released, arm, lambda text: Template(text).safe_substitute(places))
