"""Published weights, from a server on loopback instead of the one that has them."""

import hashlib
import importlib
import io
from functools import partial

import pytest
import torch

from cnnlib.data import DownloadError
from cnnlib.data.download import fetch
from cnnlib.models.lenet5 import lenet5

module = importlib.import_module("cnnlib.models.pretrained")  # not the function, to which the package gives this name


def saved(thing, *, as_zip=True):
    content = io.BytesIO()
    torch.save(thing, content, _use_new_zipfile_serialization=as_zip)
    return content.getvalue()


@pytest.fixture
def publish(server, monkeypatch, tmp_path):
    """Put a file on the server, and its network into the list."""
    monkeypatch.setenv("CNNLIB_CACHE", str(tmp_path))
    monkeypatch.setattr(module, "fetch", partial(fetch, attempts=2, timeout=1, pause=0.01))
    monkeypatch.setattr(module, "_MIRRORS", (server.url(""),))

    def publish(content, *, checksum=None):
        digest = checksum or hashlib.sha256(content).hexdigest()
        server.files["lenet5.pth"] = content
        download = module._Download(lenet5, "lenet5.pth", f"sha256:{digest}")
        monkeypatch.setitem(module._DOWNLOADS, "lenet5-digits", download)

    return publish


@pytest.mark.parametrize("as_zip", [True, False])  # torchvision has files from before 2020
def test_weights_are_downloaded_once_and_fill_the_network(publish, server, as_zip):
    source = lenet5()
    publish(saved(source.state_dict(), as_zip=as_zip))
    for _ in range(2):
        network = module.pretrained("lenet5-digits", progress=False)
        assert not network.training
        for name, tensor in network.state_dict().items():
            assert torch.equal(tensor, source.state_dict()[name])
    assert len(server.requests) == 1


def test_a_download_that_stopped_goes_on(publish, server):
    publish(saved(lenet5().state_dict()))
    server.answers.append("stops")
    module.pretrained("lenet5-digits", progress=False)
    assert server.ranges[0] is None
    assert server.ranges[1].startswith("bytes=")


def test_without_a_network_it_says_what_to_do(publish, server):
    publish(saved(lenet5().state_dict()))
    del server.files["lenet5.pth"]
    with pytest.raises(DownloadError, match=r"lenet5.pth could not be downloaded: .*\. Connect to the internet"):
        module.pretrained("lenet5-digits", progress=False)


def test_another_file_than_the_published_is_refused(publish):
    publish(saved(lenet5().state_dict()), checksum="0" * 64)
    with pytest.raises(DownloadError, match="checksum sha256:"):
        module.pretrained("lenet5-digits", progress=False)


class Dangerous:
    """Runs something when it is unpickled."""

    def __reduce__(self):
        return print, ("unpickled",)


def test_code_in_a_file_is_not_run(publish, capsys):
    publish(saved({"weight": Dangerous()}))
    with pytest.raises(ValueError, match=r"pretrained: lenet5\.pth holds more than tensors and was not opened"):
        module.pretrained("lenet5-digits", progress=False)
    assert "unpickled" not in capsys.readouterr().out


def test_weights_of_another_network_are_refused(publish):
    publish(saved({"features.0.weight": torch.zeros(3)}))
    with pytest.raises(RuntimeError, match="Missing key"):
        module.pretrained("lenet5-digits", progress=False)


def test_progress_is_shown_unless_not_wanted(publish, capsys):
    publish(saved(lenet5().state_dict()))
    module.pretrained("lenet5-digits")
    assert "lenet5.pth: 100%" in capsys.readouterr().out


@pytest.mark.parametrize("name", list(module._DOWNLOADS))
def test_published_files_carry_the_start_of_their_checksum_in_their_name(name):
    download = module._DOWNLOADS[name]
    assert download.file.removesuffix(".pth").rpartition("-")[2] == download.checksum.removeprefix("sha256:")[:8]
