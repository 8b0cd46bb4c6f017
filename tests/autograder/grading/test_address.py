"""The address of a gradebook is understood as nbgrader understands it, and shows nobody its password."""

import sys
from pathlib import Path

import pytest

from autograder.errors import UserError
from autograder.grading.address import full_url, patient_url, without_password
from autograder.grading.classroom import Classroom
from autograder.grading.gradebook import Book

SERVER = "postgresql+psycopg://ada:s3cret@db.example.org:5433/biology"


def test_a_file_is_looked_for_in_the_class_folder():
    assert full_url("sqlite:///marks.db", Path("/class")) == "sqlite:////class/marks.db"
    assert full_url("sqlite:////srv/marks.db", Path("/class")) == "sqlite:////srv/marks.db"


@pytest.mark.parametrize("kind", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_server_is_reached_by_the_driver_that_comes_with_us(kind):
    assert full_url(SERVER.replace("postgresql+psycopg", kind), Path("/class")) == SERVER


def test_what_the_address_asks_of_the_driver_goes_before_our_own_limits():
    url = patient_url(f"{SERVER}?connect_timeout=3&sslmode=verify-full", 30)
    assert "connect_timeout=3" in url
    assert "sslmode=verify-full" in url
    assert "tcp_user_timeout=60000" in url
    assert "s3cret" in url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (SERVER, "postgresql+psycopg://ada@db.example.org:5433/biology"),
        ("postgresql+psycopg:///biology?host=/run&user=a&password=s3cret&sslpassword=s3cret",
         "postgresql+psycopg:///biology?host=%2Frun&user=a"),
        ("sqlite:////srv/marks.db", "sqlite:////srv/marks.db"),
    ],
)  # fmt: skip
def test_the_password_is_not_shown(url, shown):
    assert without_password(url) == shown


@pytest.mark.parametrize("url", ["s3cret", "postgresql://ada:s3cret@host:s3cret/biology", ""])
def test_what_is_no_address_is_refused_without_being_repeated(url):
    with pytest.raises(UserError, match="no URL of a database; write postgresql") as told:
        full_url(url, Path("/class"))
    assert "s3cret" not in str(told.value)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mongodb://ada:s3cret@host/biology", "mongodb://ada@host/biology is of no known kind; it can be sqlite"),
        (SERVER.replace("+psycopg", "+gone"), "is of no known kind"),
        (SERVER, r"needs the package psycopg, which is not installed; pip install 'cnn-course\[postgres\]'"),
        ("mysql://ada:s3cret@host/biology", r"which is not installed; write postgresql\+psycopg://"),
    ],
)
def test_a_database_that_cannot_be_spoken_to_is_named(tmp_path, monkeypatch, url, told):
    for driver in ("psycopg", "MySQLdb"):
        monkeypatch.setitem(sys.modules, driver, None)
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    with pytest.raises(UserError, match=told) as refused:
        Book(Classroom(tmp_path, url))
    assert "s3cret" not in str(refused.value)
