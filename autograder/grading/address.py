"""Where a gradebook is: the URL of a database, whose password is shown to nobody."""

from pathlib import Path

import sqlalchemy
from sqlalchemy.exc import ArgumentError

from autograder.errors import UserError

FILE = "sqlite:///"
SERVER = "postgresql+psycopg"
# In libpq's words: how long a server that fell silent is waited for, and that we speak UTF-8, whatever it keeps.
OPTIONS = {
    "client_encoding": "utf8",
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}


def full_url(given: str, folder: Path) -> str:
    """The URL as nbgrader takes it: a file is looked for in the class's folder, and the driver of a server is named."""
    if given.startswith(FILE):
        return f"{FILE}{folder / given.removeprefix(FILE)}"  # an absolute path stays as it is
    try:
        url = sqlalchemy.make_url(given)
    except (ArgumentError, ValueError):  # whose text may hold the password
        raise UserError(
            f"the gradebook's address is no URL of a database; write {SERVER}://USER@HOST/DATABASE or {FILE}FILE, "
            "and what is no letter or digit in a password as %XX"
        ) from None
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername=SERVER)
    return url.render_as_string(hide_password=False)


def without_password(url: str) -> str:
    """The URL as it can be shown, or written where others read it."""
    if url.startswith(FILE):
        return url
    whole = sqlalchemy.make_url(url)
    bare = sqlalchemy.URL.create(
        whole.drivername, whole.username, host=whole.host, port=whole.port, database=whole.database, query=whole.query
    )
    return bare.difference_update_query([name for name in bare.query if "pass" in name]).render_as_string()


def patient_url(url: str, lock_seconds: int) -> str:
    """The URL with limits on how long the database may keep us waiting, where it names none itself."""
    if url.startswith(FILE):
        return f"{url}{'&' if '?' in url else '?'}timeout={lock_seconds}"
    address = sqlalchemy.make_url(url)
    if address.get_backend_name() == "postgresql":
        address = address.update_query_dict({**OPTIONS, **address.query})
    return address.render_as_string(hide_password=False)
