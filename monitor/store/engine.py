"""Connections: how each database is opened, and a transaction that is repeated when the database asks for it.

SQLite: WAL, synchronous=FULL (a lost "sent" mark is a double mail), foreign keys, busy_timeout 10 s, writes
under `BEGIN IMMEDIATE` and one lock a process. PostgreSQL: statement_timeout 30 s, UTC, READ COMMITTED;
serialisation failures and deadlocks are tried again.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError

from monitor.errors import StoreError

T = TypeVar("T")

BUSY_TIMEOUT_S = 10.0
STATEMENT_TIMEOUT_S = 30
ATTEMPTS = 6
# serialization_failure, deadlock_detected, lock_not_available
RETRIED = frozenset({"40001", "40P01", "55P03"})


def parse_url(url: str) -> URL:
    """The URL of a database that this program can use; StoreError with a hint otherwise."""
    try:
        parsed = sa.make_url(url)
    except ArgumentError as error:
        raise StoreError("database.url cannot be read", hint=_URL_HINT) from error
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in {"sqlite", "sqlite+pysqlite", "postgresql+psycopg"}:
        raise StoreError(f"database.url names {parsed.drivername}, which is not supported", hint=_URL_HINT)
    if parsed.get_backend_name() == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise StoreError("an SQLite database needs a file", hint=_URL_HINT)
    return parsed


_URL_HINT = "use sqlite:///path/to/monitor.db or postgresql+psycopg://user@host/name"


def connect(
    url: URL, *, read_only: bool = False, foreign_keys: bool = True, sort_on_disk: bool = False
) -> Engine:
    """An engine with the settings above. Nothing is opened before its first use.

    `sort_on_disk`: for statements that sort a whole table, which SQLite would else do in memory.
    """
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, read_only=read_only, foreign_keys=foreign_keys, sort_on_disk=sort_on_disk)
    return _postgresql(url, read_only=read_only)


def _sqlite(url: URL, *, read_only: bool, foreign_keys: bool, sort_on_disk: bool) -> Engine:
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S})

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # the driver must not begin transactions by itself: BEGIN IMMEDIATE is ours to say
        connection.isolation_level = None
        run = connection.execute
        if read_only:
            run("PRAGMA query_only=ON")
        else:
            run("PRAGMA journal_mode=WAL")
        run("PRAGMA synchronous=FULL")
        run(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
        run(f"PRAGMA busy_timeout={int(BUSY_TIMEOUT_S * 1000)}")
        run(f"PRAGMA temp_store={'FILE' if sort_on_disk else 'MEMORY'}")
        run("PRAGMA cache_size=-32768")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("immediate", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def _postgresql(url: URL, *, read_only: bool) -> Engine:
    options = f"-c timezone=UTC -c statement_timeout={STATEMENT_TIMEOUT_S * 1000}"
    if read_only:
        options += " -c default_transaction_read_only=on"
    return sa.create_engine(
        url,
        pool_pre_ping=True,
        connect_args={"options": options, "connect_timeout": 10, "application_name": "monitor"},
        # psycopg sends many rows in one statement through insertmanyvalues, in pages of this size
        insertmanyvalues_page_size=500,
    )


class Database:
    """Reading and writing transactions on one database, each given to a function that takes a connection."""

    def __init__(self, url: URL, *, random_source: random.Random | None = None) -> None:
        self.url = url
        self.dialect = url.get_backend_name()
        self._engine = connect(url)
        self._writer = self._engine.execution_options(immediate=True)
        self._lock = threading.RLock() if self.dialect == "sqlite" else None
        self._random = random_source or random.Random()  # noqa: S311 - spreads retries, guards nothing

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one reading transaction: a consistent view, nothing written."""
        with _named_errors(self.url):
            return self._repeat(lambda: self._in_transaction(self._engine, work))

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one writing transaction: all of it or nothing. It may be run more than once."""
        with _named_errors(self.url):
            return self._repeat(lambda: self._exclusively(work))

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _exclusively(self, work: Callable[[Connection], T]) -> T:
        if self._lock is None:
            return self._in_transaction(self._writer, work)
        with self._lock:
            return self._in_transaction(self._writer, work)

    @staticmethod
    def _in_transaction(engine: Engine, work: Callable[[Connection], T]) -> T:
        with engine.begin() as connection:
            return work(connection)

    def _repeat(self, attempt: Callable[[], T]) -> T:
        for turn in range(1, ATTEMPTS):
            try:
                return attempt()
            except DBAPIError as error:
                if not transient(error):
                    raise
                time.sleep(self._random.uniform(0.5, 1.5) * 0.02 * 2**turn)
        return attempt()


def transient(error: DBAPIError) -> bool:
    """Whether the same transaction may well succeed when it is run again."""
    state = getattr(error.orig, "sqlstate", None)
    return bool(error.connection_invalidated) or state in RETRIED


@contextmanager
def _named_errors(url: URL) -> Iterator[None]:
    """Say what a person can do where the database itself is the trouble; other errors pass unchanged."""
    try:
        yield
    except DBAPIError as error:
        known = explain(error, url)
        if known is None:
            raise
        raise known from error


def explain(error: DBAPIError, url: URL) -> StoreError | None:
    """The error as one of ours, where the cause is the database's condition and not the data."""
    if isinstance(error, (IntegrityError, DataError)):
        return None
    message = next(iter(str(error.orig).strip().splitlines()), type(error.orig).__name__)
    where = display(url)
    for words, hint in _CONDITIONS:
        if words in message.lower():
            return StoreError(f"{where}: {message}", hint=hint)
    return None


_CONDITIONS = (
    ("no such table", "run: monitor db upgrade"),
    ("no such column", "run: monitor db upgrade"),
    ("undefinedtable", "run: monitor db upgrade"),
    ("readonly database", "the file or its folder is not writable for this user"),
    ("read-only", "the database only allows reading"),
    ("unable to open", "the folder does not exist or is not writable for this user"),
    ("disk is full", "free some disk space; nothing was half written"),
    ("disk i/o error", "the disk is full, or damaged; nothing was half written"),
    ("no space left", "free some disk space; nothing was half written"),
    ("database is locked", "another process held the database for over 10 s; let it finish"),
    ("file is not a database", "the path in database.url is another kind of file"),
    ("malformed", "the file is damaged: restore a backup"),
    ("connection failed", "is the PostgreSQL server running, and the address right?"),
    ("connection refused", "is the PostgreSQL server running, and the address right?"),
    ("could not translate host", "the host name in database.url is unknown"),
    ("password authentication", "check user and password in MONITOR_DATABASE_URL"),
    ("permission denied", "the database user lacks rights on these tables"),
    ("relation ", "run: monitor db upgrade"),
    ("does not exist", "create the database and its user first, then run: monitor db upgrade"),
)


def display(url: URL) -> str:
    """The database's address without its password, fit for logs."""
    return url.set(query={}).render_as_string(hide_password=True)


def path_of(url: URL) -> Path | None:
    """The SQLite file, or None for PostgreSQL."""
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    return Path(url.database.removeprefix("file:"))
