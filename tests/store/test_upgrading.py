"""Upgrades from every revision on populated databases of both kinds, back again, and undone where something fails."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.errors import StoreError
from monitor.pipeline.health import Finding
from monitor.pipeline.upgrade import upgrade_installation
from monitor.store import Store, migrate, upgrading
from monitor.store.engine import connect, parse_url
from tests.populated import by_natural_keys, config_of, everything, fill
from tests.store.making import NOW
from tests.store.test_backup import with_tools  # noqa: F401 -- a fixture

REVISIONS = [script.revision for script in reversed(list(migrate.scripts().walk_revisions()))]
OLDER = REVISIONS[:-1]


def healthy(_: Path) -> list[Finding]:
    return [Finding("ok", "database", "fine")]


@pytest.fixture
def old(database_url: str) -> Iterator[str]:
    """A filled database at the first revision."""
    with Store.open(database_url) as store:
        fill(store)
    migrate.downgrade(database_url, now=NOW, revision=REVISIONS[0])
    yield database_url
    if not database_url.startswith("sqlite"):
        migrate.upgrade(database_url, now=NOW)


def raw_rows(url: str) -> dict[str, list[str]]:
    """Every row of every table that is there, as text: for revisions that the code does not know any more."""
    engine = connect(parse_url(url), read_only=True)
    with engine.connect() as connection:
        names = sorted(set(sa.inspect(connection).get_table_names()) - {"alembic_version", "settings"})
        found = {
            name: sorted(repr(tuple(row)) for row in connection.execute(sa.text(f'SELECT * FROM "{name}"')))
            for name in names
        }
    engine.dispose()
    return found


def test_every_revision_goes_forward_and_back_with_data_in_it(old: str) -> None:
    first = raw_rows(old)
    for revision in REVISIONS[1:]:
        migrate.upgrade(old, now=NOW, revision=revision)
        assert upgrading.revision(old) == revision
    at_head = raw_rows(old)
    for name, rows in first.items():
        assert len(at_head[name]) == len(rows), name
    with Store.open(old) as store:
        said = by_natural_keys(store)
    for revision in reversed(OLDER):
        migrate.downgrade(old, now=NOW, revision=revision)
    assert raw_rows(old) == first
    for revision in OLDER:
        migrate.upgrade(old, now=NOW, revision=revision)
    migrate.upgrade(old, now=NOW)
    with Store.open(old) as store:
        assert by_natural_keys(store) == said


@pytest.mark.usefixtures("with_tools")
def test_an_upgrade_backs_up_migrates_and_tells_its_steps(old: str, tmp_path: Path) -> None:
    steps: list[str] = []
    config = config_of(tmp_path, old)
    done = upgrade_installation(
        config, clock=lambda: NOW, doctor=healthy, progress=lambda what, _: steps.append(what)
    )
    assert (done.before, done.after) == (REVISIONS[0], REVISIONS[-1])
    assert done.backup is not None and done.backup.parent == tmp_path / "var" / "backups"
    revisions = [f"revision {revision}" for revision in REVISIONS[1:]]
    assert [step for step in steps if step != "days counted"] == ["backup written", *revisions]
    again = upgrade_installation(config, clock=lambda: NOW, doctor=healthy)
    assert (again.before, again.backup) == (REVISIONS[-1], None)


@pytest.mark.usefixtures("with_tools")
@pytest.mark.parametrize("fault", ["migration", "doctor"])
def test_a_failed_upgrade_is_undone(
    old: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = raw_rows(old)
    answers = [[Finding("FAIL", "mail", "known before")], [Finding("FAIL", "topics", "a new fault")]]

    def broken(*_: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patch:
        if fault == "migration":
            patch.setattr(migrate, "create_views", broken)
        with pytest.raises(StoreError, match=r"undone.*(disk is full|a new fault)") as caught:
            upgrade_installation(
                config_of(tmp_path, old),
                clock=lambda: NOW,
                doctor=lambda _: answers.pop(0) if answers else [],
            )
    assert "backup is" in str(caught.value)
    assert upgrading.revision(old) == REVISIONS[0]
    assert raw_rows(old) == before


def test_without_a_database_the_upgrade_makes_one(tmp_path: Path) -> None:
    config = config_of(tmp_path, f"sqlite:///{tmp_path / 'monitor.db'}")
    done = upgrade_installation(config, clock=lambda: NOW, doctor=healthy)
    assert (done.before, done.after, done.backup) == (None, REVISIONS[-1], None)
    assert json.dumps(sorted(everything(f"sqlite:///{tmp_path / 'monitor.db'}")))


def test_nothing_is_touched_while_a_worker_is_at_it(old: str, tmp_path: Path) -> None:
    engine = connect(parse_url(old))
    with engine.begin() as connection:
        until = "2099-01-01T00:00:00.000000Z"
        connection.execute(
            sa.text(f"INSERT INTO leases (name, owner, until, fence) VALUES ('x', 'w7', '{until}', 1)")
        )
    engine.dispose()
    with pytest.raises(StoreError, match="w7 is at work"):
        upgrade_installation(config_of(tmp_path, old), clock=lambda: NOW, doctor=healthy)
    engine = connect(parse_url(old))
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM leases"))
    engine.dispose()
