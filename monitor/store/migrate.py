"""Bring a database to the revision that this program needs, or say what it lacks. Configuration is code."""

from __future__ import annotations

import datetime as dt
import importlib.util
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import URL, Connection

from monitor.errors import StoreError
from monitor.store.columns import UtcDateTime
from monitor.store.engine import connect, display, explain, parse_url, path_of
from monitor.store.rollups import mark_outdated
from monitor.store.views import create_views, drop_views, views_fingerprint, views_in_place

UPGRADE = "run: monitor db upgrade"
ADVISORY_KEY = 728_301


def scripts() -> ScriptDirectory:
    """Where the revisions are: the package `migrations` beside `monitor`, installed or in a checkout."""
    return ScriptDirectory.from_config(_config(None))


def head() -> str:
    """The revision that this program needs."""
    revision = scripts().get_current_head()
    if revision is None:
        raise StoreError("no migration was found", hint="install the project again: it lacks its migrations")
    return revision


def upgrade(
    url: str, *, now: dt.datetime, revision: str = "head", on_step: Callable[[str], None] | None = None
) -> tuple[str | None, str | None]:
    """Migrate to `revision` in one transaction, and make the views; (revision before, after).

    `on_step` is told each revision that is done.

    Creates an SQLite file and its folder. Refuses while work is leased: it would meet other tables.
    """
    parsed = parse_url(url)
    path = path_of(parsed)
    if revision == "head" and (path is None or path.is_file()) and _is_ready(url):
        return head(), head()

    def step(config: Config) -> None:
        config.attributes["on_step"] = on_step
        command.upgrade(config, revision)

    return _run(parsed, now, step)


def _is_ready(url: str) -> bool:
    try:
        check(url)
    except StoreError:
        return False
    return True


def downgrade(url: str, *, now: dt.datetime, revision: str) -> tuple[str | None, str | None]:
    """Go back to `revision` (`base` for an empty database); (revision before, after)."""
    return _run(parse_url(url), now, lambda config: command.downgrade(config, revision))


def check(url: str) -> str:
    """The revision of a database that is ready for use; StoreError with a hint otherwise."""
    parsed = parse_url(url)
    path = path_of(parsed)
    if path is not None and not path.is_file():
        raise StoreError(f"there is no database at {path}", hint=UPGRADE)
    engine = connect(parsed, read_only=path is not None)
    try:
        with engine.connect() as connection:
            return _checked(connection, parsed)
    except sa.exc.DBAPIError as error:
        raise _explained(error, parsed) from error
    finally:
        engine.dispose()


def _checked(connection: Connection, url: URL) -> str:
    current = current_revision(connection)
    wanted = head()
    if current is None:
        raise StoreError(f"{display(url)} has no tables yet", hint=UPGRADE)
    if current not in {script.revision for script in scripts().walk_revisions()}:
        hint = "use the version of the program that made it, or a newer one"
        raise StoreError(
            f"{display(url)} is at revision {current}, which this program does not know", hint=hint
        )
    if current != wanted:
        raise StoreError(
            f"{display(url)} is at revision {current}, this program needs {wanted}", hint=UPGRADE
        )
    if views_in_place(connection) != views_fingerprint(connection.dialect.name):
        raise StoreError(f"{display(url)} has views of another version of the program", hint=UPGRADE)
    return current


def current_revision(connection: Connection) -> str | None:
    """The revision that the database says it has."""
    return MigrationContext.configure(connection).get_current_revision()


def _config(connection: Connection | None) -> Config:
    spec = importlib.util.find_spec("migrations")
    if spec is None or spec.origin is None:
        raise StoreError("the package `migrations` is missing", hint="install the project again")
    config = Config()
    config.set_main_option("script_location", str(Path(spec.origin).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _run(url: URL, now: dt.datetime, step: Callable[[Config], None]) -> tuple[str | None, str | None]:
    path = path_of(url)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    # SQLite rebuilds a table to alter it, which foreign keys would take for a deletion; checked at the end. A revision
    # may sort a whole table, which must not take the memory of a small machine
    engine = connect(url, foreign_keys=False, sort_on_disk=True)
    try:
        with engine.execution_options(immediate=True).begin() as connection:
            return _migrate(connection, now, step)
    except sa.exc.DBAPIError as error:
        raise _explained(error, url) from error
    finally:
        engine.dispose()


def _migrate(
    connection: Connection, now: dt.datetime, step: Callable[[Config], None]
) -> tuple[str | None, str | None]:
    if connection.dialect.name == "postgresql":
        # one migration at a time, and a long one may take longer than a query may
        connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_KEY})
    before = current_revision(connection)
    if before is not None:
        _refuse_while_leased(connection, now)
    # views are code, not data: they go before tables change under them, and come back at the head
    drop_views(connection)
    step(_config(connection))
    after = current_revision(connection)
    if after == head():
        create_views(connection, now)
        mark_outdated(connection, now)
    _check_foreign_keys(connection)
    return before, after


def refuse_while_leased(url: str, now: dt.datetime) -> None:
    """StoreError where a worker is at this database: it is to be moved or replaced."""
    engine = connect(parse_url(url), read_only=True)
    try:
        with engine.connect() as connection:
            _refuse_while_leased(connection, now)
    finally:
        engine.dispose()


def _refuse_while_leased(connection: Connection, now: dt.datetime) -> None:
    for table, owner, until in (
        ("feeds", "lease_owner", "lease_until"),
        ("deliveries", "lease_owner", "lease_until"),
        ("leases", "owner", "until"),
    ):
        leased = sa.table(table, sa.column(owner, sa.Text), sa.column(until, UtcDateTime))
        query = sa.select(leased.c[owner], leased.c[until]).where(leased.c[until] > now).limit(1)
        held = connection.execute(query).one_or_none()
        if held is not None:
            raise StoreError(
                f"{held[0]} is at work on this database until {held[1]:%H:%M:%S} UTC",
                hint="stop the workers, or wait until their leases end, then upgrade",
            )


def _check_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchone()
    if broken is not None:
        raise StoreError(f"after the migration a row of {broken[0]} refers to none of {broken[2]}; undone")


def _explained(error: sa.exc.DBAPIError, url: URL) -> StoreError:
    return explain(error, url) or StoreError(f"{display(url)}: {error.orig}")
