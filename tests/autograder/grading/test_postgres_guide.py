"""The guide to a gradebook on PostgreSQL: its commands, run in its order on a server."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from graded_class import LESSON, RIGHT, ROOT, Class, make_course
from private_postgres import OWNER, PASSWORD

pytestmark = [pytest.mark.database, pytest.mark.sandbox]

GUIDE = ROOT / "docs/gradebook-on-postgresql.md"
GRADER = "le mot de passe: été"


def commands():
    """What the guide says to type."""
    lines = re.findall(r"(?m)^    (\S.*)$", GUIDE.read_text(encoding="utf-8"))
    return [line for line in lines if line.split()[0] in ("createuser", "createdb", "psql", "autograder")]


def test_every_command_does_what_is_said(postgres, tmp_path):
    course = make_course(tmp_path)
    passwords = tmp_path / ".pgpass"
    entry = GRADER.replace(":", "\\:")
    passwords.write_text(f"127.0.0.1:{postgres.port}:*:grader:{entry}\n", encoding="utf-8")
    passwords.chmod(0o600)
    path = os.pathsep.join([str(Path(sys.executable).parent), str(postgres.programs), os.environ["PATH"]])
    ours = {**os.environ, "PATH": path, "HOME": str(tmp_path), "PGPASSFILE": str(passwords)}
    administrator = {"PGHOST": "127.0.0.1", "PGPORT": str(postgres.port), "PGUSER": OWNER, "PGPASSWORD": PASSWORD}
    with postgres.connect() as connection:
        connection.execute("create role secretary login")
    typed = []
    for line in commands():
        command = shlex.split(line.replace("~", str(tmp_path)).replace("db.example.org", f"127.0.0.1:{postgres.port}"))
        typed.append(command[:2] if command[0] == "autograder" else command[:1])
        environment = ours if command[0] == "autograder" else ours | administrator
        done = subprocess.run(
            command,
            cwd=course,
            env=environment,
            input=f"{GRADER}\n{GRADER}\n",  # to who asks for a password
            capture_output=True,
            text=True,
            start_new_session=True,  # without a terminal to ask at
        )
        assert done.returncode == 0, (line, done.stderr)
        if typed[-1][-1] == "init":
            Class(tmp_path / "biology").hand_in("zoé", RIGHT)
    steps = [["createuser"], ["createdb"], ["autograder", "init"], ["autograder", "grade"], ["autograder", "export"]]
    exported = tmp_path / "biology/scores-csv.csv"
    assert typed == [*steps, ["psql"]]
    assert "zoé,,,,," + LESSON + ",graded" in exported.read_text(encoding="utf-8-sig")
    with postgres.connect("biology") as connection:
        may = "select has_table_privilege('secretary', 'grade', %s)"
        assert [connection.execute(may, [what]).fetchone()[0] for what in ("select", "update")] == [True, False]
