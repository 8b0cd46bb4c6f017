"""A PostgreSQL server of a test's own: made in a temporary folder, on the loopback, gone at the end."""

import glob
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import psycopg

SECONDS = 60
OWNER, PASSWORD = "owner", "the owner's p@ss/wörd"
DEBIAN = "/usr/lib/postgresql/*/bin"
SETTINGS = ("fsync=off", "listen_addresses=127.0.0.1", "max_connections=50", "logging_collector=off")


def programs():
    """Where initdb and postgres lie; None where there are none."""
    for folder in [*sorted(glob.glob(DEBIAN), reverse=True), *os.environ.get("PATH", "").split(os.pathsep)]:
        if shutil.which("initdb", path=folder) and shutil.which("postgres", path=folder):
            return Path(folder)
    return None


class Server:
    """The server; `kill` and `start` as a power cut and what follows it."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        self.data, self.log = self.folder / "data", self.folder / "log"
        self.programs = programs()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._process = None
        self._user = {}
        if hasattr(os, "geteuid") and os.geteuid() == 0:  # whom postgres refuses
            import pwd  # which Windows lacks

            names = {one.pw_name for one in pwd.getpwall()}
            user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
            self._user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        secret = self.folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)  # in a folder that only the server's user may open
        command = [self.programs / "initdb", "--pgdata", self.data, "--username", OWNER, "--pwfile", secret]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"]
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder, **self._user)

    def start(self):
        command = [self.programs / "postgres", "-D", self.data, "-p", str(self.port), "-k", self.folder]
        for setting in SETTINGS:
            command += ["-c", setting]
        ends_at = time.monotonic() + SECONDS
        while time.monotonic() < ends_at:
            if self._process is None or self._process.poll() is not None:  # what a killed one left may be in the way
                with self.log.open("a") as log:
                    self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, **self._user)
            try:
                with self.connect(connect_timeout=SECONDS):
                    return
            except psycopg.OperationalError:
                time.sleep(0.1)
        raise RuntimeError(f"the database server did not start:\n{self.log.read_text()}")

    def stop(self):
        """As an administrator does: whoever is connected is sent away."""
        self._end(signal.SIGINT)

    def kill(self):
        self._end(signal.SIGKILL)

    def _end(self, by):
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(by)
            self._process.wait(SECONDS)
        self._process = None

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def connect(self, database="postgres", **about):
        """A connection of the test's own; each statement is committed."""
        told = {"host": "127.0.0.1", "port": self.port, "user": OWNER, "password": PASSWORD} | about
        return psycopg.connect(dbname=database, autocommit=True, **told)

    def fresh(self, *, like="template0", encoding="UTF8"):
        """The name of a database of a test's own: empty, or a copy."""
        name = f"class_{uuid.uuid4().hex}"
        with self.connect() as connection:
            connection.execute(f"create database {name} template {like} encoding '{encoding}'")
        return name

    def url(self, database, *, user=OWNER, password=PASSWORD):
        """Its address, as it is given to --db."""
        quoted = "".join(f"%{byte:02X}" for byte in password.encode())
        return f"postgresql+psycopg://{user}:{quoted}@127.0.0.1:{self.port}/{database}"
