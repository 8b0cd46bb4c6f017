"""What a database refuses, in one sentence: what, where, and what to do."""

import re

import sqlalchemy
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError

from autograder.grading.address import SERVER, without_password
from autograder.printing import shown

AGAIN = "40001", "40P01"  # two transactions stood in each other's way
LOCKED, FORBIDDEN, READ_ONLY = "55P03", "42501", "25006"
DRIVERS = {"psycopg": "pip install 'cnn-course[postgres]' -c constraints.txt"}
KEPT = "what was graded is kept"
GUIDE = "docs/gradebook-on-postgresql.md"
# What a server says to who may not enter; there is no code for it. Then, what to do.
AT_THE_DOOR = {
    r"password authentication failed|no password supplied": "put the right one into ~/.pgpass, or into the URL",
    r'database ".*" does not exist': f"make it with createdb, as {GUIDE} shows",
    r'role ".*" does not exist': f"make the role with createuser, as {GUIDE} shows",
    r"no pg_hba\.conf entry": "its administrator lets people in by pg_hba.conf",
}
SILENT = re.compile(
    r"refused|No such file|resolve host|timeout|timed out|unreachable|starting up|shutting down|recovery"
)


def sentence(error: Exception, url: str, seconds: int) -> str:
    """Why the gradebook at this URL does not do what was asked."""
    where, text = f"the gradebook {without_password(url)}", _text(error)
    code = _code(error)
    if code == LOCKED or "locked" in text:
        return f"{where} was locked by another program for {seconds} s; run this again to go on"
    if code == READ_ONLY or "readonly" in text:
        return f"{where} cannot be written; results are kept, and recorded once it can be"
    if code == FORBIDDEN:
        return f"{where} may not be used like this by {_user(url)}: {text}; its owner can allow it, as {GUIDE} shows"
    if isinstance(error, ModuleNotFoundError):
        how = DRIVERS.get(str(error.name), f"write {SERVER}:// for PostgreSQL")
        return f"{where} needs the package {error.name}, which is not installed; {how}"
    if isinstance(error, (NoSuchModuleError, ArgumentError)):
        return f"{where} is of no known kind; it can be sqlite:/// and a file, or {SERVER}:// and a server"
    for pattern, remedy in AT_THE_DOOR.items():
        if re.search(pattern, text):
            return f"{where} cannot be opened: {text}; {remedy}"
    if is_lost(error):
        return f"{where} cannot be reached: {text}; {KEPT}, run this again once the server is there"
    return f"{where} refuses: {text}"


def is_lost(error: Exception) -> bool:
    """Whether the server is gone, or was, since a connection was last used."""
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or bool(_code(error) is None and SILENT.search(_text(error)))


def may_pass(error: Exception) -> bool:
    """Whether the same transaction may well succeed when it is begun anew."""
    return isinstance(error, IntegrityError) or _code(error) in AGAIN or is_lost(error)


def _code(error: Exception) -> str | None:
    """SQL's own code of an error; SQLite has none."""
    return getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None


def _text(error: Exception) -> str:
    """The line that tells: what the server said last, without what the driver says around it."""
    lines = str(error.orig if isinstance(error, DBAPIError) else error).strip().splitlines() or [type(error).__name__]
    told = next((line for line in lines if "FATAL:" in line), lines[0])
    return shown(told.rpartition("FATAL:")[2].rpartition(" failed: ")[2].strip())


def _user(url: str) -> str:
    return sqlalchemy.make_url(url).username or "this user"
