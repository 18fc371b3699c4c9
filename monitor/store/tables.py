"""Whole tables of a database: streamed in batches, summed, written anew. For backups, copies and their checks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.schema import AddConstraint, DropConstraint

from monitor.errors import StoreError
from monitor.store.columns import dumps
from monitor.store.schema import metadata
from monitor.types.backup import Progress, TableSum, no_progress

BATCH = 500
SETTINGS_KEPT = "views_sha256"
"""The setting that belongs to a database and not to its data: which views are in place."""


MADE_ANEW = frozenset({"search_documents"})
"""Tables that differ between the databases, and are made from the others (`monitor.pipeline.search.build_index`)."""


def tables() -> list[sa.Table]:
    """All tables of data, each after those that it refers to; but entries and stories refer to each other."""
    return [table for table in metadata.sorted_tables if table.name not in MADE_ANEW]


def columns(table: sa.Table) -> list[sa.Column[Any]]:
    """The columns that are data: those that the database computes are not."""
    return [column for column in table.columns if column.computed is None]


def batches(connection: Connection, table: sa.Table, size: int = BATCH) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a table in the order of its key; never more than a batch in memory."""
    query = sa.select(*columns(table)).order_by(*table.primary_key.columns)
    if table.name == "settings":
        query = query.where(table.c.key != SETTINGS_KEPT)
    found = connection.execution_options(stream_results=True, yield_per=size).execute(query)
    try:
        for part in found.partitions(size):
            yield [tuple(row) for row in part]
    finally:
        found.close()


def summed(connection: Connection, table: sa.Table) -> TableSum:
    """Count and sum a table. The same rows give the same sum on either database."""
    tally = Sum()
    for rows in batches(connection, table):
        tally.add(rows)
    return tally.result()


class Sum:
    """Rows counted and their hashes added up."""

    def __init__(self) -> None:
        self._rows = 0
        self._total = 0

    def add(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Count these rows."""
        for row in rows:
            text = dumps([_plain(value) for value in row])
            digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]
            self._total = (self._total + int.from_bytes(digest, "big")) % 2**128
        self._rows += len(rows)

    def result(self) -> TableSum:
        """The sum so far."""
        return TableSum(rows=self._rows, digest=f"{self._total:032x}")


def _plain(value: Any) -> Any:
    return hashlib.sha256(value).hexdigest() if isinstance(value, (bytes, memoryview)) else value


def writer(connection: Connection, table: sa.Table) -> Writer:
    """What writes rows of a table in the way that is quickest for the database."""
    return (
        CopyWriter(connection, table)
        if connection.dialect.name == "postgresql"
        else Writer(connection, table)
    )


class Writer:
    """Writes rows by INSERT."""

    def __init__(self, connection: Connection, table: sa.Table) -> None:
        self._connection = connection
        self._table = table
        self._names = [column.name for column in columns(table)]

    def write(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Write a batch."""
        if rows:
            values = [dict(zip(self._names, row, strict=True)) for row in rows]
            self._connection.execute(sa.insert(self._table), values)


class CopyWriter(Writer):
    """Writes rows by PostgreSQL's COPY, which takes a fraction of the time of INSERT."""

    def __init__(self, connection: Connection, table: sa.Table) -> None:
        super().__init__(connection, table)
        dialect = connection.dialect
        self._bind = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns(table)]
        quote = dialect.identifier_preparer.quote
        self._statement = f"COPY {quote(table.name)} ({', '.join(map(quote, self._names))}) FROM STDIN"

    def write(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Write a batch."""
        if not rows:
            return
        cursor = self._connection.connection.cursor()
        with cursor.copy(self._statement) as copy:
            for row in rows:
                copy.write_row(
                    [bind(value) if bind else value for bind, value in zip(self._bind, row, strict=True)]
                )
        cursor.close()


def refuse_data(connection: Connection, where: str) -> None:
    """StoreError where the database holds anything already."""
    for table in tables():
        query = sa.select(sa.literal(1)).select_from(table).limit(1)
        if table.name == "settings":
            # what a new database says of itself gives way to what the copy says
            connection.execute(sa.delete(table).where(table.c.key != SETTINGS_KEPT))
        elif connection.execute(query).first() is not None:
            raise StoreError(f"{where} holds data already ({table.name})", hint="name an empty database")


@contextmanager
def without_references(connection: Connection) -> Iterator[None]:
    """Let rows come in any order, and no trigger act on them; at the end the database checks every reference.

    On SQLite the connection must have been opened without foreign keys. StoreError where a row refers to none.
    """
    if connection.dialect.name == "sqlite":
        with _without_triggers(connection):
            yield
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchone()
        if broken is not None:
            raise StoreError(f"a row of {broken[0]} refers to none of {broken[2]}: nothing was kept")
        return
    keys = [key for table in tables() for key in table.foreign_key_constraints]
    for key in keys:
        connection.execute(DropConstraint(key))
    _switch_triggers(connection, "DISABLE")
    yield
    _switch_triggers(connection, "ENABLE")
    for key in keys:
        connection.execute(AddConstraint(key))


@contextmanager
def _without_triggers(connection: Connection) -> Iterator[None]:
    """SQLite cannot switch triggers off: they go, and come back as they were. All in the caller's transaction."""
    query = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    made = [(row.name, row.sql) for row in connection.execute(query)]
    for name, _ in made:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for _, sql in made:
        connection.exec_driver_sql(sql)


def _switch_triggers(connection: Connection, how: str) -> None:
    for table in tables():
        connection.exec_driver_sql(f'ALTER TABLE "{table.name}" {how} TRIGGER USER')


def set_sequences(connection: Connection) -> None:
    """Let PostgreSQL's keys go on after the highest that was copied."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables():
        if "id" not in table.c or table.c.id.autoincrement is False:
            continue
        highest = connection.execute(sa.select(sa.func.max(table.c.id))).scalar_one_or_none()
        name = connection.execute(sa.select(sa.func.pg_get_serial_sequence(table.name, "id"))).scalar_one()
        if name is not None and highest is not None:
            connection.execute(sa.select(sa.func.setval(name, highest)))


def transfer(source: Connection, target: Connection, progress: Progress = no_progress) -> dict[str, TableSum]:
    """Copy every table of one database into another that is empty; the sums of what was read, by table."""
    sums: dict[str, TableSum] = {}
    with without_references(target):
        for table in tables():
            tally, into, done = Sum(), writer(target, table), 0
            for rows in batches(source, table):
                tally.add(rows)
                into.write(rows)
                done += len(rows)
                progress(f"copy {table.name}", done)
            sums[table.name] = tally.result()
    set_sequences(target)
    return sums


def refuse_difference(
    connection: Connection, sums: dict[str, TableSum], progress: Progress = no_progress
) -> None:
    """StoreError where a table of this database does not sum up to what was read from the other."""
    for table in tables():
        found = summed(connection, table)
        progress(f"compare {table.name}", found.rows)
        if found != sums[table.name]:
            raise StoreError(
                f"{table.name} differs after the copy: {found.rows} rows of {sums[table.name].rows}",
                hint="nothing was kept; report this with the program's version",
            )


@contextmanager
def snapshot(engine: sa.Engine) -> Iterator[Connection]:
    """One reading transaction that sees the database as it is now, however long it takes."""
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        unhurried(connection)
        yield connection


def unhurried(connection: Connection) -> None:
    """Let the statements of this transaction take as long as they need."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
