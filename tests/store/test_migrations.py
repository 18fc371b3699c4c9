"""The schema that the migrations build is the one that the code means, on both databases."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from monitor.errors import StoreError
from monitor.store import Store, migrate
from monitor.store.engine import connect, parse_url
from monitor.store.feed_rows import STATE_FIELDS, VALIDATOR_FIELDS
from monitor.store.schema import metadata
from monitor.store.schema.sources import feeds
from tests.store.making import LEASE, MINUTE, NOW, leased, source


def own(name: str | None, kind: str, _: object) -> bool:
    """Leave out the full-text indexes: SQLite's with the tables that it keeps beside it, PostgreSQL's."""
    return (
        not (kind == "table" and str(name).startswith("search_index"))
        and name != "ix_search_documents_document"
    )


def differences(url: str) -> list[object]:
    engine = connect(parse_url(url))
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        options["include_name"] = own
        found = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    engine.dispose()
    return list(found)


def tables(url: str) -> set[str]:
    engine = connect(parse_url(url))
    names = set(sa.inspect(engine).get_table_names())
    engine.dispose()
    return names


def test_migrations_build_exactly_the_tables_of_the_code(database_url: str) -> None:
    assert differences(database_url) == []


def test_checks_and_foreign_keys_are_named_alike(database_url: str) -> None:
    engine = connect(parse_url(database_url))
    inspector = sa.inspect(engine)
    for table in metadata.sorted_tables:
        named = {check["name"] for check in inspector.get_check_constraints(table.name)}
        named |= {key["name"] for key in inspector.get_foreign_keys(table.name)}
        wanted = {
            str(constraint.name)
            for constraint in table.constraints
            if isinstance(constraint, (sa.CheckConstraint, sa.ForeignKeyConstraint))
        }
        assert wanted <= named, table.name
    engine.dispose()


def test_upgrade_downgrade_upgrade_ends_where_one_upgrade_does(blank_url: str) -> None:
    assert migrate.upgrade(blank_url, now=NOW) == (None, migrate.head())
    assert migrate.upgrade(blank_url, now=NOW) == (migrate.head(), migrate.head())
    assert migrate.downgrade(blank_url, now=NOW, revision="base") == (migrate.head(), None)
    assert tables(blank_url) == {"alembic_version"}
    migrate.upgrade(blank_url, now=NOW)
    assert differences(blank_url) == []
    assert migrate.check(blank_url) == migrate.head()


def test_a_database_that_was_never_migrated_is_named_with_the_command_that_helps(blank_url: str) -> None:
    with pytest.raises(StoreError, match="monitor db upgrade"):
        Store.open(blank_url)


def test_a_database_of_a_newer_program_is_not_touched(database_url: str) -> None:
    engine = connect(parse_url(database_url))
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreError, match="9999, which this program does not know"):
        Store.open(database_url)


def test_upgrade_puts_back_views_that_are_not_of_this_program(database_url: str) -> None:
    engine = connect(parse_url(database_url))
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE settings SET value = 'older' WHERE key = 'views_sha256'"))
        connection.execute(sa.text("DROP VIEW report_flows"))
    engine.dispose()
    with pytest.raises(StoreError, match="views of another version"):
        Store.open(database_url)
    migrate.upgrade(database_url, now=NOW)
    with Store.open(database_url) as store:
        assert store.frame("report_flows").empty


def test_migrating_is_refused_while_a_worker_holds_a_lease(database_url: str) -> None:
    with Store.open(database_url) as store:
        leased(store, source())
    with pytest.raises(StoreError, match="w1 is at work on this database until 08:05:00 UTC"):
        migrate.downgrade(database_url, now=NOW + MINUTE, revision="base")
    migrate.downgrade(database_url, now=NOW + LEASE + MINUTE, revision="base")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://localhost/x", "mysql, which is not supported"),
        ("sqlite://", "an SQLite database needs a file"),
        ("no url at all", "cannot be read"),
    ],
)
def test_other_databases_are_refused_in_plain_words(url: str, message: str) -> None:
    with pytest.raises(StoreError, match=message):
        Store.open(url)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database at all, but longer than a header of one hundred bytes " * 3)
    with pytest.raises(StoreError, match="another kind of file"):
        Store.open(f"sqlite:///{path}")


def test_a_password_never_reaches_a_message() -> None:
    url = "postgresql+psycopg://desk:hunter2@127.0.0.1:1/news"
    with pytest.raises(StoreError) as caught:
        Store.open(url)
    assert "hunter2" not in str(caught.value)


def test_migrations_are_found_from_any_folder(tmp_path: Path) -> None:
    code = (
        "import datetime as dt; from monitor.store import Store; "
        f"print(Store.upgrade('sqlite:///{tmp_path}/x.db', now=dt.datetime.now(dt.UTC)))"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(root)!r}); {code}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == f"(None, '{migrate.head()}')", done.stderr


def test_every_field_of_a_feeds_state_has_its_column() -> None:
    assert set(STATE_FIELDS) | set(VALIDATOR_FIELDS) <= set(feeds.c.keys())
