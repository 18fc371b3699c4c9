"""Reading for reports and people: data frames over the views of the contract, read-only."""

from __future__ import annotations

import datetime as dt
import decimal
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from monitor.errors import StoreError
from monitor.store.columns import utc_text

if TYPE_CHECKING:
    import pandas as pd

VIEW = re.compile(r"report_[a-z_]+\Z")
_READS = re.compile(r"\b(?:from|join)\s+([A-Za-z_][\w.\"]*)", re.IGNORECASE)
_COMMON = re.compile(
    r"(?:\bwith\b(?:\s+recursive\b)?|,)\s*([A-Za-z_]\w*)\s+as\s*(?:materialized\s*)?\(", re.IGNORECASE
)


def frame(engine: Engine, query: str, params: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """A view by name, or a SELECT over views with `:name` parameters, as a data frame.

    Times (`…_at`, `at`) are aware UTC timestamps and days (`day`) dates without time on both databases.
    StoreError where the query reads anything but views.
    """
    with engine.connect() as connection:
        return read(connection, query, params)


def read(connection: Connection, query: str, params: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """The same on a connection that is open already."""
    result = _run(connection, query, params)
    return _framed(result.fetchall(), list(result.keys()))


def stream(
    connection: Connection, query: str, params: Mapping[str, Any] | None, rows: int
) -> Iterator[pd.DataFrame]:
    """The same in parts of at most so many rows; at least one part, if only with columns."""
    result = _run(connection.execution_options(stream_results=True), query, params)
    columns, part = list(result.keys()), result.fetchmany(rows)
    yield _framed(part, columns)
    while len(part) == rows:
        part = result.fetchmany(rows)
        if part:
            yield _framed(part, columns)


def stream_views(
    engine: Engine, query: str, params: Mapping[str, Any] | None, rows: int
) -> Iterator[pd.DataFrame]:
    """The same on a connection of its own."""
    with engine.connect() as connection:
        yield from stream(connection, query, params, rows)


def _run(connection: Connection, query: str, params: Mapping[str, Any] | None) -> sa.CursorResult[Any]:
    text = f"SELECT * FROM {query}" if VIEW.match(query) else query  # noqa: S608 - a checked name
    refuse_tables(text)
    values = {name: bind(value, connection.dialect.name) for name, value in (params or {}).items()}
    return connection.execute(sa.text(text), values)


def _framed(rows: Sequence[Any], columns: list[str]) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - slow to load, and only reports need it

    # plain tuples: of other rows pandas asks each for the attributes of a dataclass
    data = pd.DataFrame(list(map(tuple, rows)), columns=columns)
    for column in data.columns:
        if column == "day":
            data[column] = pd.to_datetime(data[column])
        elif column.endswith("_at") or column == "at":
            data[column] = pd.to_datetime(data[column], utc=True, format="ISO8601")
        elif column in FLAGS:
            data[column] = data[column].astype(bool)
        elif data[column].dtype == object and _exact(data[column]):
            data[column] = pd.to_numeric(data[column])
    return data


def _exact(column: pd.Series[Any]) -> bool:
    """Whether a column holds PostgreSQL's numeric, which sums of whole numbers are."""
    first = column.first_valid_index()
    return first is not None and isinstance(column.loc[first], decimal.Decimal)


FLAGS = frozenset({"accepted", "backlog", "is_current", "is_first", "resolved", "silent", "trusted"})
"""Columns that are true or false; SQLite has only 1 and 0."""


def bind(value: Any, dialect: str) -> Any:
    """A parameter as the database compares it with what it holds."""
    if isinstance(value, dt.datetime):
        if value.tzinfo is None:
            raise StoreError(f"the time {value.isoformat()} has no time zone", hint="give aware times")
        return value if dialect == "postgresql" else utc_text(value)
    if isinstance(value, dt.date):
        return value if dialect == "postgresql" else value.isoformat()
    return value


def refuse_tables(query: str) -> None:
    """StoreError where a query names a table: reports rely on the contract, tables may change."""
    own = {name.lower() for name in _COMMON.findall(query)}
    for name in _READS.findall(query):
        plain = name.strip('"').lower()
        if plain not in own and not VIEW.match(plain):
            raise StoreError(
                f"{name} is no view of the contract", hint="read the report_ views (docs/reference/sql.md)"
            )
