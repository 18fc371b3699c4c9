"""The roles of docs/how-to/database-roles.md, by the very statements that stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import ProgrammingError

from monitor.store import Store
from monitor.store.engine import parse_url
from monitor.store.schema import metadata
from tests.databases import PostgresServer
from tests.populated import fill
from tests.store.making import NOW

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "database-roles.md"


@pytest.fixture
def engine(postgresql: PostgresServer) -> Iterator[Engine]:
    url = postgresql.create("monitor_roles")
    Store.upgrade(url, now=NOW)
    with Store.open(url) as store:
        fill(store)
    engine = sa.create_engine(parse_url(url), poolclass=sa.pool.NullPool)
    statements = re.findall(r"```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    with engine.execution_options(no_parameters=True).begin() as connection:
        for block in statements:
            connection.exec_driver_sql(block)
    yield engine
    postgresql.drop("monitor_roles")
    for role in ("monitor_worker", "monitor_reader"):
        postgresql.run(f"DROP ROLE {role}")


def tried(engine: Engine, role: str, statement: str) -> bool:
    """Whether the role may do it."""
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"SET LOCAL ROLE {role}")
            connection.exec_driver_sql(statement)
    except ProgrammingError as error:
        assert getattr(error.orig, "sqlstate", None) == "42501", error
        return False
    return True


def test_a_reader_reads_the_views_and_nothing_else(engine: Engine) -> None:
    views = [name for name in sa.inspect(engine).get_view_names() if name.startswith("report_")]
    assert len(views) > 15
    for view in views:
        assert tried(engine, "monitor_reader", f"SELECT COUNT(*) FROM {view}"), view
    for table in metadata.sorted_tables:
        assert not tried(engine, "monitor_reader", f"SELECT COUNT(*) FROM {table.name}"), table.name
    assert not tried(engine, "monitor_reader", "UPDATE report_texts SET title = 'x'")
    assert not tried(engine, "monitor_reader", "CREATE TABLE mine (a int)")


def test_a_worker_works_but_changes_no_tables(engine: Engine) -> None:
    assert tried(engine, "monitor_worker", "UPDATE feeds SET priority = 1")
    assert tried(engine, "monitor_worker", "INSERT INTO runs (kind, started_at) VALUES ('poll', now())")
    for statement in ("DROP TABLE mentions", "ALTER TABLE feeds ADD x int", "CREATE TABLE mine (a int)"):
        assert not tried(engine, "monitor_worker", statement), statement
