"""What comes in is read whole, bounded, and never outside its folder; what cannot be is said in a sentence."""

import json
import os

import nbformat
import pytest

from autograder.grading import submission
from autograder.grading.submission import Handed, Unreadable, digest_of, files_in, read_notebook, submission_files

CELLS = [{"cell_type": "code", "source": "x = 1", "metadata": {}, "id": "a", "outputs": [], "execution_count": None}]
PLAIN = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": CELLS}


def hand(tmp_path, content):
    path = tmp_path / "one.ipynb"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return Handed(path.name, path)


def test_a_notebook_is_read_without_its_outputs(tmp_path):
    noisy = {**CELLS[0], "outputs": [{"output_type": "nonsense"}]}
    read = read_notebook(hand(tmp_path, json.dumps({**PLAIN, "cells": [noisy]})))
    assert [(cell.source, cell.outputs) for cell in read.cells] == [("x = 1", [])]
    nbformat.validate(read)


@pytest.mark.parametrize(
    ("kind", "damage"),
    [
        ("code", {"metadata": {"tags": "raises-exception"}}),
        ("code", {"metadata": {"tags": [["a"]]}}),
        ("code", {"metadata": {"tags": ["a", "a"]}}),
        ("code", {"metadata": {"tags": ["a,b"]}}),
        ("code", {"metadata": {"collapsed": 1, "scrolled": [], "name": "", "jupyter": 0, "execution": {"a": 1}}}),
        ("raw", {"metadata": {"format": None}}),
        ("markdown", {"attachments": {"a.png": "bytes"}}),
    ],
)
def test_a_cell_keeps_nothing_that_no_notebook_may_hold(tmp_path, kind, damage):
    cell = {"cell_type": kind, "source": "x = 1", "id": "a", "metadata": {}} | damage
    cell["metadata"] |= {"own": [1]}
    read = read_notebook(hand(tmp_path, json.dumps({**PLAIN, "cells": [cell]})))
    assert (read.cells[0].source, read.cells[0].metadata) == ("x = 1", {"own": [1]})
    nbformat.validate(read)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_any_unicode_encoding_is_read(tmp_path, encoding):
    cells = [{**CELLS[0], "source": "été = 1"}]
    content = json.dumps({**PLAIN, "cells": cells}, ensure_ascii=False).encode(encoding)
    assert read_notebook(hand(tmp_path, content)).cells[0].source == "été = 1"


def test_an_older_format_is_converted(tmp_path):
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": "old"},
        "worksheets": [{"metadata": {}, "cells": [{**CELLS[0], "input": "x = 1", "language": "python"}]}],
    }
    assert read_notebook(hand(tmp_path, json.dumps(old))).cells[0].source == "x = 1"


def test_cells_with_one_id_are_read(tmp_path):
    assert len(read_notebook(hand(tmp_path, json.dumps({**PLAIN, "cells": CELLS * 2}))).cells) == 2


def test_half_characters_do_not_stop_a_file(tmp_path):
    cells = [{**CELLS[0], "source": "x = '\ud800'"}]
    read = read_notebook(hand(tmp_path, json.dumps({**PLAIN, "cells": cells})))
    assert read.cells[0].source.encode() == b"x = '?'"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is empty"),
        ('{"nbformat": 4, "cells": [', "is not JSON .* cut off"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "is no notebook"),
        ("{}", "does not say its format"),
        ('{"nbformat": 4}', "has no list of cells"),
        ('{"nbformat": 5, "cells": []}', "has format 5, which is newer"),
        ('{"nbformat": 3, "worksheets": 7}', "cannot be converted"),
        ('{"nbformat": 4, "cells": [7]}', "its cell 1 is none"),
        ('{"nbformat": 4, "cells": [{"cell_type": "code", "source": 7}]}', "its cell 1 holds no text"),
        (b"\xff\xfe\x00\xd8\x00", "is not text"),
        (b'{"nbformat": 4, "cells": "\xe9"}', "is not text"),
    ],
)
def test_what_is_no_notebook_is_refused_in_a_sentence(tmp_path, content, says):
    with pytest.raises(Unreadable, match=says):
        read_notebook(hand(tmp_path, content))


def test_too_large_a_notebook_is_not_read(tmp_path):
    path = tmp_path / "one.ipynb"
    with path.open("wb") as file:
        file.truncate(100 * 2**20)
    with pytest.raises(Unreadable, match="has 100 MiB, at most 32 are read"):
        read_notebook(Handed(path.name, path))


def test_a_pipe_stops_nobody(tmp_path):
    os.mkfifo(tmp_path / "one.ipynb")
    (found,) = files_in(tmp_path)
    assert found.fault == "is not a plain file"
    with pytest.raises(Unreadable, match="is not a plain file"):
        read_notebook(Handed("one.ipynb", tmp_path / "one.ipynb"))


def test_links_are_followed_within_the_submission_only(tmp_path):
    folder = tmp_path / "submitted/one/task"
    folder.mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "data.csv").write_text("1")
    (folder / "inside.csv").symlink_to("data.csv")
    (folder / "outside.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "nowhere.txt").symlink_to("gone")
    (folder / "up").symlink_to(tmp_path)
    faults = {one.name: one.fault is not None for one in submission_files(folder)}
    assert faults == {"data.csv": False, "inside.csv": False, "nowhere.txt": True, "outside.txt": True, "up": True}


def test_a_submission_that_is_itself_a_link_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "submitted/one").mkdir(parents=True)
    (tmp_path / "submitted/one/task").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Unreadable, match="leads elsewhere"):
        submission_files(tmp_path / "submitted/one/task")


def test_names_that_are_not_text_are_left_alone(tmp_path):
    with open(os.fsencode(tmp_path) + b"/caf\xe9.csv", "w"):
        pass
    assert [one.fault for one in files_in(tmp_path)] == ["has a name that is not UTF-8"]
    assert digest_of(files_in(tmp_path))


def test_the_number_of_files_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(submission, "MOST_FILES", 3)
    for number in range(4):
        (tmp_path / str(number)).touch()
    with pytest.raises(Unreadable, match="more than 3 files"):
        files_in(tmp_path)


def test_the_digest_follows_content_and_names(tmp_path):
    (tmp_path / "one").write_text("1")
    first = digest_of(files_in(tmp_path))
    (tmp_path / "one").write_text("2")
    second = digest_of(files_in(tmp_path))
    (tmp_path / "one").rename(tmp_path / "two")
    assert len({first, second, digest_of(files_in(tmp_path))}) == 3
