"""A cluster that speaks TLS: who has a certificate of its authority may grade on it."""

import json
import shutil
import subprocess

import pytest
from dask_cluster import Cluster

from autograder.cli import main

pytestmark = pytest.mark.sandbox

KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def make_certificates(folder):
    """An authority, and a certificate with its key that it signed."""
    folder.mkdir()
    openssl(folder, "req", "-x509", *KEY, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=authority")
    openssl(folder, "req", *KEY, "-keyout", "key.pem", "-out", "request.pem", "-subj", "/CN=cluster")
    signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "cert.pem", "-days", "2"]
    openssl(folder, "x509", "-req", "-in", "request.pem", *signed)
    return options(folder)


def options(folder):
    files = {"ca-file": "ca.pem", "cert": "cert.pem", "key": "key.pem"}
    return [word for name, file in files.items() for word in (f"--tls-{name}", str(folder / file))]


@pytest.fixture
def certificates(tmp_path):
    if shutil.which("openssl") is None:
        pytest.skip("certificates are made by openssl, which is not installed here")
    return make_certificates(tmp_path / "ours"), make_certificates(tmp_path / "theirs")


def test_a_class_is_graded_over_tls(certificates, small_class, hand_in, tmp_path, capsys, monkeypatch):
    ours, theirs = certificates
    hand_in(small_class, "one", "x / 2")
    (tmp_path / "cluster").mkdir()
    cluster = Cluster(tmp_path / "cluster", tls=ours)
    try:
        cluster.start_scheduler()
        cluster.start_worker("worker")
        assert cluster.address.startswith("tls://")
        command = ["grade", str(small_class), "--json", "--scheduler", cluster.address]
        for wrong in (theirs, []):
            assert main([*command, *wrong]) == 2
            said = capsys.readouterr().err
            assert f"the scheduler at {cluster.address} cannot be reached: " in said
            assert said.count("\n") == 1
        assert main([*command, *ours]) == 0
        (row,) = json.loads(capsys.readouterr().out)
        assert row["score"] == 2
        for name, path in zip(("CA_FILE", "CLIENT__CERT", "CLIENT__KEY"), ours[1::2], strict=True):
            monkeypatch.setenv(f"DASK_DISTRIBUTED__COMM__TLS__{name}", path)
        import dask

        dask.config.refresh()
        assert main([*command, "--force"]) == 0  # by Dask's own configuration
    finally:
        monkeypatch.undo()
        cluster.end()
