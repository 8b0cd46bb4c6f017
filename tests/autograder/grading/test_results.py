"""A result is there whole or not at all, and earlier attempts stay."""

import os
import stat

import pytest

from autograder.grading.results import Results, write_whole


def result(attempt, **more):
    return {"format": 1, "assignment": "work", "student": "one", "attempt": attempt, **more}


def test_attempts_are_kept_and_the_newest_is_read(tmp_path):
    results = Results(tmp_path)
    assert results.latest("work", "one") is None
    assert results.next_attempt("work", "one") == 1
    for attempt in (1, 2):
        results.write(result(attempt, score=attempt))
    assert results.latest("work", "one")["score"] == 2
    assert [path.name for path in results.attempts("work", "one")] == ["0001.json", "0002.json"]
    assert results.next_attempt("work", "one") == 3


@pytest.mark.parametrize("content", ["", "{", '{"format": 99}'])
def test_what_is_no_result_is_passed_over(tmp_path, content):
    results = Results(tmp_path)
    results.write(result(1))
    (tmp_path / "work/one/0002.json").write_text(content)
    assert results.latest("work", "one")["attempt"] == 1
    assert results.next_attempt("work", "one") == 3


def test_a_full_disk_leaves_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "one.json"
    write_whole(path, b"before")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, b"after")
    assert path.read_bytes() == b"before"
    assert [one.name for one in tmp_path.iterdir()] == ["one.json"]


def test_a_secret_is_written_for_its_owner_alone(tmp_path):
    write_whole(tmp_path / "secret", b"x", mode=0o600)
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
