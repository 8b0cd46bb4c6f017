"""An archive of a lesson is the same bytes each time, holds no solution, and works in a plain kernel."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.cli import main
from autograder.lessons import archive, wheel
from autograder.lessons.course import load_course

ROOT = Path(__file__).parents[3]
FILES = {"00_start.ipynb", "README.md", "constraints.txt", "requirements.txt"}


@pytest.fixture(scope="module")
def made():
    return wheel.build_wheel()


@pytest.fixture(scope="module")
def unpacked(made, tmp_path_factory):
    """An archive of the first lesson, in French, as a student has it."""
    folder = tmp_path_factory.mktemp("student")
    course = load_course(ROOT)
    (folder / "it.zip").write_bytes(archive.archive(course, course.select(["00"])[0], "fr", made))
    with zipfile.ZipFile(folder / "it.zip") as packed:
        packed.extractall(folder)
    return folder / "00_start-fr"


def test_the_command_writes_a_file_for_each_language(tmp_path, capsys, made, monkeypatch):
    monkeypatch.setattr(archive, "build_wheel", lambda: made)
    assert main(["archive", "00", "--course", str(ROOT), "--output", str(tmp_path / "out")]) == 0
    written = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert sorted(written) == ["00_start-en.zip", "00_start-fr.zip"]
    assert main(["archive", "00", "--language", "fr", "--course", str(ROOT), "--output", str(tmp_path / "again")]) == 0
    assert {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()} == {
        "00_start-fr.zip": written["00_start-fr.zip"]
    }
    assert "00_start-fr.zip: " in capsys.readouterr().out


def test_the_wheel_is_the_same_each_time(made):
    assert wheel.build_wheel() == made


def test_what_it_is_packed_from_alone_decides_its_bytes():
    assert wheel.pack({"b": b"2", "a": b"1"}) == wheel.pack({"a": b"1", "b": b"2"})
    assert wheel.pack({"a": b"1"}) != wheel.pack({"a": b"2"})


def test_an_archive_holds_a_lesson_and_its_package_and_nothing_else(unpacked, made):
    name, _ = made
    assert {path.name for path in unpacked.iterdir()} == FILES | {name}
    with zipfile.ZipFile(unpacked / name) as packed:
        tops = {entry.partition("/")[0] for entry in packed.namelist()}
        assert packed.testzip() is None
    assert tops == {"cnnlib", "autograder", name.rpartition("-py3")[0] + ".dist-info"}
    notebook = nbformat.read(unpacked / "00_start.ipynb", as_version=4)
    assert notebook.metadata.lesson.language == "fr"
    assert "raise NotImplementedError" in next(one.source for one in notebook.cells if one.id == "double")
    readme = (unpacked / "README.md").read_text(encoding="utf-8")
    assert readme.startswith("# 00 · Pour commencer\n")
    assert "pip install -r requirements.txt -c constraints.txt" in readme
    assert name in readme


def test_its_notebook_runs_in_a_plain_kernel_with_what_it_carries(unpacked, made, tmp_path):
    site = tmp_path / "site"
    command = [sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "--no-compile", "--target", str(site)]
    done = subprocess.run([*command, str(unpacked / made[0])], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    notebook = nbformat.read(unpacked / "00_start.ipynb", as_version=4)
    code = [number for number, one in enumerate(notebook.cells) if one.cell_type == "code"]
    del notebook.cells[code[2] :]
    notebook.cells.append(nbformat.v4.new_code_cell("import autograder, cnnlib\nautograder.__file__, cnnlib.__file__"))
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(unpacked)}})
    client.execute(env={**os.environ, "PYTHONPATH": str(site)})
    files = notebook.cells[-1].outputs[0].data["text/plain"]
    assert files.count(str(site)) == 2


def test_what_cannot_be_done_is_said(tmp_path, capsys, monkeypatch):
    assert main(["archive", "--language", "de", "--course", str(ROOT)]) == 2
    assert "no language 'de'; it has en, fr" in capsys.readouterr().err
    assert main(["archive", "99", "--course", str(ROOT)]) == 2
    assert "there is no lesson '99'" in capsys.readouterr().err
    monkeypatch.setattr(wheel, "ROOT", tmp_path)
    assert main(["archive", "00", "--course", str(ROOT)]) == 2
    assert "is no checkout of the course (pyproject.toml is missing)" in capsys.readouterr().err
