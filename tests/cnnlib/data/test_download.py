import errno
import hashlib
import io
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cnnlib.data._lock import try_lock
from cnnlib.data.download import DownloadError, cache_folder, fetch

NAME = "letters.bin"
CONTENT = np.random.default_rng(0).bytes(300_001)
CHECKSUM = "sha256:" + hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def get(server, tmp_path):
    """`fetch` of one file from the server, with little patience."""
    server.files[NAME] = CONTENT

    def get(urls=None, **options):
        settings = {"checksum": CHECKSUM, "folder": tmp_path, "timeout": 0.3, "attempts": 3, "pause": 0.01}
        return fetch(urls or server.url(NAME), name=NAME, **settings | options)

    return get


def unused_address():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}/{NAME}"


def visible(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_a_file_is_downloaded_once_and_leaves_nothing_else(get, server, tmp_path):
    assert get().read_bytes() == CONTENT
    assert get() == tmp_path / NAME
    assert len(server.requests) == 1
    assert visible(tmp_path) == [NAME]


def test_md5_is_checked_too(get):
    assert get(checksum="md5:" + hashlib.md5(CONTENT).hexdigest()).read_bytes() == CONTENT


@pytest.mark.parametrize("answer", ["500", "503", "429", "silent", "stalls", "stops", "corrupt"])
def test_one_bad_answer_is_got_over(get, server, tmp_path, answer):
    server.answers.append(answer)
    assert get().read_bytes() == CONTENT
    assert len(server.requests) == 2
    assert visible(tmp_path) == [NAME]


def test_a_download_goes_on_where_it_stopped(get, server):
    server.answers.extend(["stops", "stops"])
    assert get().read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=150000-", "bytes=225000-"]


def test_a_download_goes_on_where_an_earlier_call_stopped(get, server, tmp_path):
    server.answers.append("stops")
    with pytest.raises(DownloadError, match="stopped after 150000 of 300001 bytes"):
        get(attempts=1)
    assert not (tmp_path / NAME).exists()
    assert get().read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=150000-"]


def test_a_server_without_ranges_sends_it_all_again(get, server):
    server.answers.extend(["stops", "whole"])
    assert get().read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=150000-"]


def test_parts_of_two_versions_are_not_joined(get, server):
    server.files[NAME] = bytes(len(CONTENT))
    server.answers.append("stops")
    with pytest.raises(DownloadError, match="stopped after"):
        get(attempts=1)
    server.files[NAME], server.tag = CONTENT, '"second"'
    assert get(attempts=1).read_bytes() == CONTENT
    assert server.requests[-1][1]["If-Range"] == '"first"'


def test_a_weak_tag_is_not_trusted_with_ranges(get, server):
    server.tag = 'W/"first"'
    server.answers.append("stops")
    assert get().read_bytes() == CONTENT
    assert "If-Range" not in server.requests[-1][1]


def test_another_mirror_goes_on_with_what_has_come(get, server):
    server.files["mirror"] = CONTENT
    server.answers.append("stops")
    assert get([server.url(NAME), server.url("mirror")]).read_bytes() == CONTENT
    assert [path for path, _ in server.requests] == ["/letters.bin", "/mirror"]
    assert server.ranges == [None, "bytes=150000-"]


def test_a_part_that_is_whole_needs_no_more_bytes(get, server, tmp_path):
    (tmp_path / f"{NAME}.part").write_bytes(CONTENT)
    assert get(attempts=1).read_bytes() == CONTENT
    assert visible(tmp_path) == [NAME]


def test_a_part_that_is_too_long_is_thrown_away(get, server, tmp_path):
    (tmp_path / f"{NAME}.part").write_bytes(CONTENT + b"and more")
    assert get().read_bytes() == CONTENT
    assert server.ranges == [f"bytes={len(CONTENT) + 8}-", None]


def test_a_server_that_sends_another_part_is_not_asked_again(get, server):
    server.answers.extend(["stops", "another part"])
    with pytest.raises(DownloadError, match="sent another part than was asked for"):
        get()
    assert len(server.requests) == 2


def test_a_length_may_be_unknown(get, server):
    server.answers.append("of unknown length")
    assert get(attempts=1).read_bytes() == CONTENT


def test_a_missing_file_is_not_asked_for_again(get, server):
    with pytest.raises(DownloadError, match=r"letters.bin could not be downloaded: .* answered 404 Not Found"):
        get(server.url("elsewhere"))
    assert len(server.requests) == 1


def test_the_next_mirror_is_tried(get, server):
    mirrors = [unused_address(), server.url("elsewhere"), server.url(NAME)]
    assert get(mirrors, attempts=1).read_bytes() == CONTENT


def test_corruption_names_the_file_and_leaves_nothing(get, server, tmp_path):
    server.answers.extend(["corrupt"] * 3)
    with pytest.raises(DownloadError, match=r"letters.bin could not .* checksum sha256:\w+ instead of sha256:\w+"):
        get()
    assert visible(tmp_path) == []


def test_a_cached_file_that_went_bad_is_downloaded_again(get, server, tmp_path):
    (tmp_path / NAME).write_bytes(CONTENT[:-1] + b"?")
    assert get().read_bytes() == CONTENT
    assert len(server.requests) == 1


def test_without_a_network_one_sentence_says_what_to_do(get, tmp_path):
    with pytest.raises(DownloadError, match=r"could not be reached \(Connection refused\)\. Connect to the") as error:
        get(unused_address())
    assert str(tmp_path / NAME) in str(error.value)
    assert "\n" not in str(error.value)


def test_silence_ends(get, server):
    server.answers.extend(["silent", "silent"])
    with pytest.raises(DownloadError, match=r"was silent for 0\.1 seconds"):
        get(timeout=0.1, attempts=2)
    assert len(server.requests) == 2


def test_a_folder_that_cannot_be_made_is_told_in_one_sentence(get, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DownloadError, match=r"letters.bin cannot be kept in .*: make room there, or set CNNLIB_CACHE"):
        get(folder=tmp_path / "file" / "cache")


def test_a_full_disk_is_told_in_one_sentence(get, monkeypatch):
    class FullDisk(io.BytesIO):
        def write(self, block):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def open_on_full_disk(path, mode="r", *args, **options):
        return FullDisk() if path.suffix == ".part" and mode == "wb" else real(path, mode, *args, **options)

    real = Path.open
    monkeypatch.setattr(Path, "open", open_on_full_disk)
    with pytest.raises(DownloadError, match=r"cannot be kept in .* \(No space left on device\): make room"):
        get()


def test_a_good_file_is_read_from_a_cache_that_cannot_be_written(get, server, tmp_path, monkeypatch):
    (tmp_path / NAME).write_bytes(CONTENT)
    monkeypatch.setattr(os, "open", None)
    assert get() == tmp_path / NAME
    assert server.requests == []


def test_two_processes_at_once_download_once(server, tmp_path):
    server.files[NAME] = CONTENT
    server.answers.extend(["slow", "slow"])
    script = (
        "import sys; from pathlib import Path; from cnnlib.data import fetch; "
        "print(fetch(sys.argv[1], name=sys.argv[2], checksum=sys.argv[3], folder=Path(sys.argv[4]), progress=False))"
    )
    command = [sys.executable, "-c", script, server.url(NAME), NAME, CHECKSUM, tmp_path]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = [process.communicate(timeout=60)[0].strip() for process in both]
    assert outputs == [str(tmp_path / NAME)] * 2
    assert (tmp_path / NAME).read_bytes() == CONTENT
    assert len(server.requests) == 1


def test_waiting_for_a_process_that_stands_still_ends(get, tmp_path):
    with try_lock(tmp_path / f".{NAME}.lock") as ours:
        assert ours
        with pytest.raises(DownloadError, match="by another process, which has not moved for"):
            get(timeout=0.1, attempts=1)


def test_progress_is_shown_on_standard_output(get, capsys):
    get()
    captured = capsys.readouterr()
    assert f"{NAME}: 100%" in captured.out
    assert captured.err == ""


def test_progress_can_be_left_out(get, capsys):
    get(progress=False)
    assert capsys.readouterr().out == ""


def test_the_environment_chooses_the_folder(get, monkeypatch, tmp_path):
    monkeypatch.setenv("CNNLIB_CACHE", str(tmp_path / "chosen"))
    assert cache_folder() == tmp_path / "chosen"
    assert get(folder=None) == tmp_path / "chosen" / NAME


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"urls": []}, "urls is"),
        ({"urls": "file:///etc/hosts"}, "http and https addresses fit"),
        ({"name": "../letters"}, "a plain file name fits"),
        ({"name": ".."}, "a plain file name fits"),
        ({"checksum": "sha1:00"}, '"sha256:" or "md5:"'),
        ({"checksum": "md5:" + "0" * 31}, '"sha256:" or "md5:"'),
        ({"attempts": 0}, "attempts is 0; 1 or more fits"),
    ],
)
def test_wrong_arguments_are_refused(wrong, message):
    right = {"urls": "https://example.org/", "name": NAME, "checksum": CHECKSUM}
    with pytest.raises(ValueError, match=message):
        fetch(**right | wrong)
