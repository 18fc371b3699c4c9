"""What browsing a database file takes: its path, the tables to leave in the background, the words of a search."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from monitor.errors import StoreError, UsageError
from monitor.store import migrate
from monitor.store.engine import connect, parse_url, path_of
from monitor.store.search_terms import fts5
from monitor.types.search import Query


def sqlite_path(url: str) -> Path:
    """The file of a database at the head; UsageError for PostgreSQL."""
    path = path_of(parse_url(url))
    if path is None:
        raise UsageError(
            "`monitor browse` opens SQLite files only",
            hint="point Metabase or psql at PostgreSQL, or make a file of it: monitor db copy sqlite:///browse.db",
        )
    migrate.check(url)
    return path.resolve()


def hidden(path: Path) -> list[str]:
    """Names of all tables: the views are what is browsed."""
    engine = connect(parse_url(f"sqlite:///{path}"), read_only=True)
    try:
        return sorted(sa.inspect(engine).get_table_names())
    except sa.exc.DBAPIError as error:
        raise StoreError(f"{path}: {error.orig}") from error
    finally:
        engine.dispose()


def expression(query: Query) -> str:
    """A query in the words of SQLite's full-text index."""
    return fts5(query, ())
