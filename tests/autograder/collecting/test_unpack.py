"""Hostile and broken zips: what is wrong is one sentence, and the rest comes out."""

import os
import stat
import struct
import zipfile
from datetime import UTC, datetime

import pytest
from collected_class import zipped

from autograder.collecting import unpack
from autograder.collecting.unpack import Unpacker
from autograder.errors import UserError


@pytest.fixture
def room(tmp_path):
    folder = tmp_path / "room"
    folder.mkdir()
    return folder


@pytest.fixture
def opened(tmp_path, room):
    """What comes out of a zip: the content by name, and the faults by name."""

    def opened(content):
        source = tmp_path / "source.zip"
        source.write_bytes(content)
        found = list(Unpacker(room).files(source))
        fine = {one.name: one.path.read_bytes() for one in found if one.fault is None}
        return fine, {one.name: one.fault for one in found if one.fault is not None}

    return opened


def link(name):
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.parametrize("name", ["../evil", "a/../../evil", "/etc/evil", "..\\evil", "C:/evil", "C:\\evil"])
def test_a_path_that_leads_out_leads_nowhere(opened, tmp_path, room, name):
    fine, faults = opened(zipped([(name, "x"), ("good", "y")]))
    assert fine == {"good": b"y"}
    assert faults == {name.replace("\\", "/"): "has a path that leads out of the zip"}
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["000001", "000002", "source.zip"]


def test_links_are_not_followed(opened):
    fine, faults = opened(zipped([(link("passwd"), "/etc/passwd"), ("good", "y")]))
    assert fine == {"good": b"y"}
    assert "is a link" in faults["passwd"]


def test_a_link_in_a_folder_is_not_followed(tmp_path, room):
    source = tmp_path / "source"
    source.mkdir()
    (source / "good").write_text("y")
    (source / "passwd").symlink_to("/etc/passwd")
    (source / "all").symlink_to("/etc")
    faults = {one.name: one.fault for one in Unpacker(room).files(source)}
    assert faults.pop("good") is None
    assert faults.keys() == {"passwd", "all"}
    assert all("is a link" in fault for fault in faults.values())


def test_what_may_not_be_read_is_said(tmp_path, room, monkeypatch):
    source = tmp_path / "source"
    (source / "locked").mkdir(parents=True)
    (source / "good").write_text("y")
    monkeypatch.setattr(os, "access", lambda path, mode: path.name != "locked")
    faults = {one.name: one.fault for one in Unpacker(room).files(source)}
    assert faults == {"good": None, "locked": "may not be read by you; change its permissions"}
    with pytest.raises(UserError, match="locked may not be read by you"):
        list(Unpacker(room).files(source / "locked"))


def test_an_encrypted_entry(opened):
    content = bytearray(zipped([("secret", "x"), ("good", "y")]))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + place] |= 1
    fine, faults = opened(bytes(content))
    assert fine == {"good": b"y"}
    assert "without a password" in faults["secret"]


def test_a_damaged_entry(opened):
    content = bytearray(zipped([("broken", "x" * 1000 + "y"), ("good", "y")]))
    content[30 + len("broken") + 3] ^= 0xFF
    fine, faults = opened(bytes(content))
    assert fine == {"good": b"y"}
    assert faults == {"broken": "is damaged in the zip"}


def test_an_unknown_compression(opened):
    content = bytearray(zipped([("odd", "x"), ("good", "y")]))
    for signature, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        content[content.index(signature) + place] = 97
    fine, faults = opened(bytes(content))
    assert fine == {"good": b"y"}
    assert "not known here" in faults["odd"]


def test_an_entry_that_says_it_is_smaller_than_it_is(opened):
    content = bytearray(zipped([("liar", "x" * 100_000), ("good", "y")]))
    place = content.index(b"PK\x01\x02") + 24
    content[place : place + 4] = struct.pack("<I", 10)
    fine, faults = opened(bytes(content))
    assert fine == {"good": b"y"}
    assert faults == {"liar": "is damaged in the zip"}


def test_bombs(opened, monkeypatch):
    monkeypatch.setattr(unpack, "FREE", 1000)
    monkeypatch.setattr(unpack, "MOST_IN_ONE", 10**6)
    fine, faults = opened(zipped([("bomb", b"0" * 900_000), ("huge", b"0" * 2_000_000), ("good", "y")]))
    assert fine == {"good": b"y"}
    assert "zip bomb" in faults["bomb"]
    assert "at most" in faults["huge"]


def test_a_bomb_of_one_student_is_theirs_alone(opened, monkeypatch):
    monkeypatch.setattr(unpack, "MOST_INSIDE", 1000)
    monkeypatch.setattr(unpack, "MOST_FILES_INSIDE", 3)
    large, many = zipped([("a", "x" * 2000)]), zipped([(str(number), "x") for number in range(4)])
    fine, faults = opened(zipped([("one.zip", large), ("two.zip", many), ("three.zip", zipped([("a", "y")]))]))
    assert fine == {"three.zip/a": b"y"}
    assert "unpacks to" in faults["one.zip"]
    assert "holds 4 files" in faults["two.zip"]


def test_all_that_is_unpacked_is_bounded(opened, monkeypatch):
    monkeypatch.setattr(unpack, "MOST_BYTES", 10)
    fine, faults = opened(zipped([("a", "x" * 8), ("b", "x" * 8)]))
    assert fine.keys() == {"a"}
    assert "collect it by itself" in faults["b"]


def test_so_is_the_count(opened, monkeypatch):
    monkeypatch.setattr(unpack, "MOST_ENTRIES", 2)
    with pytest.raises(UserError, match="more than 2 files"):
        opened(zipped([(str(number), "x") for number in range(3)]))


def test_a_zip_in_a_zip_in_a_zip(opened):
    deepest = zipped([("a", "x")])
    fine, faults = opened(zipped([("1.zip", zipped([("2.zip", zipped([("3.zip", deepest)])), ("b", "y")]))]))
    assert fine == {"1.zip/b": b"y"}
    assert "is not opened" in faults["1.zip/2.zip/3.zip"]


def test_what_is_called_a_zip_and_is_none(opened, room):
    fine, faults = opened(zipped([("fake.zip", "no zip"), ("good", "y")]))
    assert fine == {"good": b"y"}
    assert faults == {"fake.zip": "is no zip, or a damaged one"}


@pytest.mark.parametrize("content", [b"", b"no zip", zipped([("a", "x")])[:40]], ids=["empty", "text", "cut off"])
def test_no_zip_at_all(opened, content):
    with pytest.raises(UserError, match="is no zip, or a damaged one; give the zip as it was downloaded"):
        opened(content)


def test_nothing_there(tmp_path, room):
    with pytest.raises(UserError, match="neither a zip nor a folder"):
        list(Unpacker(room).files(tmp_path / "nowhere"))


def test_duplicate_entries_both_come_out(tmp_path, room):
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = zipped([("a", "1"), ("a", "2")])
    (tmp_path / "source.zip").write_bytes(content)
    found = list(Unpacker(room).files(tmp_path / "source.zip"))
    assert [(one.name, one.path.read_text()) for one in found] == [("a", "1"), ("a", "2")]


@pytest.mark.parametrize("encoding", ["utf-8", "cp437"])
def test_names_in_other_characters(opened, encoding):
    placeholder = "x" * len("é_1.txt".encode(encoding))
    content = zipped([(placeholder, "y")]).replace(placeholder.encode(), "é_1.txt".encode(encoding))
    assert opened(content)[0] == {"é_1.txt": b"y"}


def test_debris_is_left_out(opened):
    assert opened(zipped([("__MACOSX/._a", "x"), (".DS_Store", "x"), ("a/", ""), ("a/b", "y")])) == ({"a/b": b"y"}, {})


def test_times(tmp_path, room):
    exact, naive, none = (zipfile.ZipInfo(name, (2026, 3, 1, 12, 0, 0)) for name in ("exact", "naive", "none"))
    moment = datetime(2026, 3, 1, 10, 59, 59, tzinfo=UTC)
    exact.extra = struct.pack("<HHBI", unpack.TIMES, 5, 1, int(moment.timestamp()))
    none.date_time = (1980, 1, 1, 0, 0, 0)
    inner = zipfile.ZipInfo("inner.zip", (2026, 3, 2, 12, 0, 0))
    lie = zipped([(zipfile.ZipInfo("lie", (1999, 1, 1, 0, 0, 0)), "")])
    (tmp_path / "source.zip").write_bytes(zipped([(exact, ""), (naive, ""), (none, ""), (inner, lie)]))
    times = {one.name: one.time for one in Unpacker(room).files(tmp_path / "source.zip")}
    assert times["exact"] == moment
    assert times["naive"] == datetime(2026, 3, 1, 12).astimezone(UTC)
    assert times["none"] is None
    assert times["inner.zip/lie"] == datetime(2026, 3, 2, 12).astimezone(UTC)
