"""A plugin of Datasette: its connections only read, and know the words of a search. Imported only where that is."""

from __future__ import annotations

from typing import Any

from datasette import hookimpl

from monitor.store.browsing import expression
from monitor.text.query import parse


@hookimpl  # type: ignore[untyped-decorator]
def prepare_connection(conn: Any, database: str) -> None:
    """Called for each connection that Datasette opens; it writes to its own database, `_internal`."""
    if not database.startswith("_"):
        conn.execute("PRAGMA query_only=ON")
    conn.create_function("monitor_query", 1, lambda words: expression(parse(words)), deterministic=True)
