"""INSERT … ON CONFLICT, which both databases have under two names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection


def insert(connection: Connection, table: sa.Table) -> Any:
    """An INSERT of the connection's dialect, with `on_conflict_do_nothing` and `on_conflict_do_update`."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def add_rows(connection: Connection, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, values in the order of the table's columns; a row that is there already stays.

    For the many small rows of an index: on SQLite they go to the driver at once, past the work that SQLAlchemy does
    for each value.
    """
    if not rows:
        return
    columns = list(table.columns)
    if connection.dialect.name == "postgresql":
        named = [dict(zip((column.name for column in columns), row, strict=True)) for row in rows]
        connection.execute(insert(connection, table).on_conflict_do_nothing(), named)
        return
    names = ", ".join(column.name for column in columns)
    marks = ", ".join("?" * len(columns))
    values = list(zip(*rows, strict=True))
    for place, column in enumerate(columns):
        bind = column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        if bind is not None:
            values[place] = tuple(map(bind, values[place]))
    connection.exec_driver_sql(
        f"INSERT OR IGNORE INTO {table.name} ({names}) VALUES ({marks})",  # noqa: S608 - names of the schema
        list(zip(*values, strict=True)),
    )
