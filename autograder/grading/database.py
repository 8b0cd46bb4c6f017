"""The database under a gradebook, SQLite or PostgreSQL: tables are made whole, writers wait for each other."""

import contextlib
import functools
import time
from collections.abc import Callable, Iterator
from typing import Concatenate, ParamSpec, Protocol, TypeVar

import sqlalchemy
from alembic.script import ScriptDirectory
from nbgrader import api
from nbgrader.dbutil import ALEMBIC_DIR
from sqlalchemy.exc import SQLAlchemyError

from autograder.errors import UserError
from autograder.grading.address import patient_url, without_password
from autograder.grading.refusals import may_pass, sentence

LOCK_SECONDS = 30
PAUSES = (0.0, 1.0, 3.0)  # before a transaction is tried again: a server that is restarted is soon back
WRITER = int.from_bytes(b"autograd")  # the number under which PostgreSQL knows who writes

# Beside nbgrader's tables: which result a student's scores come from. In the same transaction as the scores, so
# that a run that was stopped anywhere knows what is left to record.
MARKS = sqlalchemy.Table(
    "autograder_recorded",
    sqlalchemy.MetaData(),
    sqlalchemy.Column("assignment", sqlalchemy.String(128), primary_key=True),
    sqlalchemy.Column("student", sqlalchemy.String(128), primary_key=True),
    sqlalchemy.Column("mark", sqlalchemy.String(128), nullable=False),
)

Values = ParamSpec("Values")
Found = TypeVar("Found")


class Database:
    """A gradebook's database, open; `book` is nbgrader's view of it."""

    def __init__(self, url: str, course: str, lock_seconds: int = LOCK_SECONDS) -> None:
        self._url, self._seconds = url, lock_seconds
        patient = patient_url(url, lock_seconds)
        try:
            self._make(patient, course)
            self.book = api.Gradebook(patient, course)
        except (SQLAlchemyError, ModuleNotFoundError) as error:
            raise UserError(sentence(error, url, lock_seconds)) from None
        self.is_server = self.book.engine.dialect.name == "postgresql"
        sqlalchemy.event.listen(self.book.db, "after_begin", lambda _, __, used: self._limit(used))

    def close(self) -> None:
        self.book.close()

    def run(self, work: Callable[[], Found], *, writes: bool) -> Found:
        """Do something in a transaction of its own: all of it, or nothing."""
        pauses = iter(PAUSES)
        while True:
            try:
                if writes:
                    _lock(self.book.db.connection())
                found = work()
                if writes:
                    self.book.db.commit()
                return found
            except SQLAlchemyError as error:
                pause = next(pauses, None) if may_pass(error) else None
                if pause is None:
                    raise UserError(sentence(error, self._url, self._seconds)) from None
            finally:
                self.book.db.remove()  # no transaction stays open while a notebook runs
            time.sleep(pause)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other writers out while nbgrader writes on connections of its own; SQLite has no such lock."""
        try:
            with self.book.engine.begin() if self.is_server else contextlib.nullcontext() as connection:
                if connection is not None:
                    self._limit(connection)
                    _lock(connection)
                yield
        except SQLAlchemyError as error:
            raise UserError(sentence(error, self._url, self._seconds)) from None

    def _make(self, url: str, course: str) -> None:
        """Make what is missing: all of it in one transaction, so that no program ever finds a part."""
        engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
        with engine.connect() as connection:
            self._limit(connection)
            _require_unicode(connection, without_password(self._url))
            is_made = _is_made(connection, course)
            connection.rollback()
        if is_made:
            return
        with engine.begin() as connection:
            self._limit(connection)
            _lock(connection)
            is_new = not sqlalchemy.inspect(connection).get_table_names()
            api.Base.metadata.create_all(connection)
            if is_new:
                connection.exec_driver_sql("create table alembic_version (version_num varchar(32) not null)")
                version = sqlalchemy.table("alembic_version", sqlalchemy.column("version_num"))
                connection.execute(version.insert().values(version_num=_newest()))
            MARKS.create(connection, checkfirst=True)
            if not _knows(connection, course):
                connection.execute(sqlalchemy.insert(api.Course).values(id=course))

    def _limit(self, connection: sqlalchemy.Connection) -> None:
        """For this transaction: no longer wait for a lock. SQLite's limit is in its URL."""
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"set local lock_timeout = '{self._seconds}s'")


class _OnDatabase(Protocol):
    @property
    def database(self) -> Database: ...


Self = TypeVar("Self", bound=_OnDatabase)
Method = Callable[Concatenate[Self, Values], Found]


def reading(method: Method[Self, Values, Found]) -> Method[Self, Values, Found]:
    """A method that reads, in one transaction; it may be run more than once."""
    return _in_transaction(method, writes=False)


def writing(method: Method[Self, Values, Found]) -> Method[Self, Values, Found]:
    """A method that writes all or nothing, while no other does; it may be run more than once."""
    return _in_transaction(method, writes=True)


def _in_transaction(method: Method[Self, Values, Found], *, writes: bool) -> Method[Self, Values, Found]:
    @functools.wraps(method)
    def run(self: Self, *values: Values.args, **named: Values.kwargs) -> Found:
        return self.database.run(lambda: method(self, *values, **named), writes=writes)

    return run


def _lock(connection: sqlalchemy.Connection) -> None:
    """Begin to write: other writers wait here, before they have read what is about to change."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"select pg_advisory_xact_lock({WRITER})")
    elif connection.dialect.name == "sqlite":
        connection.exec_driver_sql("begin immediate")


def _newest() -> str | None:
    """The version of the tables that this nbgrader makes; it asks alembic too, in a process of its own."""
    return ScriptDirectory(ALEMBIC_DIR).get_current_head()


def _is_made(connection: sqlalchemy.Connection, course: str) -> bool:
    return sqlalchemy.inspect(connection).has_table(MARKS.name) and _knows(connection, course)


def _knows(connection: sqlalchemy.Connection, course: str) -> bool:
    return connection.scalar(sqlalchemy.select(api.Course.id).filter_by(id=course)) is not None


def _require_unicode(connection: sqlalchemy.Connection, where: str) -> None:
    """A database in another encoding refuses the first name that is not in it, in the middle of a class."""
    if connection.dialect.name == "postgresql":
        encoding = connection.exec_driver_sql("show server_encoding").scalar()
        if encoding != "UTF8":
            raise UserError(
                f"the gradebook {where} is in the encoding {encoding}, which lacks names; "
                "make its database with createdb --encoding=UTF8 --template=template0"
            )
