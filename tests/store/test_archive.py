"""Old texts go to Parquet files and come back; what something rests on stays; a kill anywhere loses nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from monitor.config import load_config
from monitor.errors import MonitorError
from monitor.pipeline.archive import MANIFEST, archive, restore_archive
from monitor.pipeline.workspace import Workspace
from monitor.store import Store
from tests.populated import TEXTS, by_natural_keys, config_of, fill
from tests.store.making import DAY, NOW
from tests.store.test_apply import rows


@pytest.fixture
def workspace(store: Store, tmp_path: Path) -> Workspace:
    fill(store)
    config = load_config(config_of(tmp_path, "sqlite:///unused.db"))
    return Workspace(config, store, lambda: NOW, "w1")


BEFORE: dt.datetime = NOW - 30 * DAY


def held_bodies(workspace: Workspace) -> list[str]:
    return sorted(str(row["body"]) for row in rows(workspace.store, "revisions") if row["body"])


def mentions(workspace: Workspace) -> list[tuple[object, ...]]:
    return sorted(
        (row["annotation_id"], row["topic"], row["start_char"]) for row in rows(workspace.store, "mentions")
    )


def test_texts_go_out_and_come_back_as_they_were(workspace: Workspace, tmp_path: Path) -> None:
    before, spans = by_natural_keys(workspace.store), mentions(workspace)
    done = archive(workspace, before=BEFORE, folder=tmp_path / "a")
    assert (done.texts, done.mentions, done.moved) == (3, 3, 3)
    assert held_bodies(workspace) == [TEXTS["a"]], "a claim rests on it"
    after = by_natural_keys(workspace.store)
    assert {view for view in before if before[view] != after[view]} == {"texts"}, "no count changes"
    again = archive(workspace, before=BEFORE, folder=tmp_path / "b")
    assert again.texts == 0
    frame = pd.read_parquet(tmp_path / "a" / "texts.parquet")
    assert sorted(frame["body"]) == sorted(TEXTS[name] for name in "bcd")
    assert restore_archive(workspace, tmp_path / "a").moved == 3
    assert by_natural_keys(workspace.store) == before
    assert mentions(workspace) == spans
    again = restore_archive(workspace, tmp_path / "a")
    assert (again.moved, again.mentions) == (0, 0)


def test_young_texts_stay(workspace: Workspace, tmp_path: Path) -> None:
    assert archive(workspace, before=NOW - 200 * DAY, folder=tmp_path / "a").texts == 0
    assert len(held_bodies(workspace)) == len(TEXTS)


def test_a_kill_before_the_manifest_takes_nothing_out_and_after_it_the_archive_is_whole(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = by_natural_keys(workspace.store)

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), monkeypatch.context() as patch:
        patch.setattr("monitor.pipeline.archive._write_manifest", die)
        archive(workspace, before=BEFORE, folder=tmp_path / "a")
    assert by_natural_keys(workspace.store) == before
    with pytest.raises(KeyboardInterrupt), monkeypatch.context() as patch:
        patch.setattr(Store, "remove_archived", die)
        archive(workspace, before=BEFORE, folder=tmp_path / "a")
    assert (tmp_path / "a" / MANIFEST).is_file()
    archive(workspace, before=BEFORE, folder=tmp_path / "b")
    restore_archive(workspace, tmp_path / "a")
    assert by_natural_keys(workspace.store) == before


def test_a_folder_that_is_none_or_was_changed_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(MonitorError, match="holds no archive"):
        restore_archive(workspace, tmp_path)
    archive(workspace, before=BEFORE, folder=tmp_path / "a")
    with pytest.raises(MonitorError, match="holds an archive already"):
        archive(workspace, before=BEFORE, folder=tmp_path / "a")
    with (tmp_path / "a" / "texts.parquet").open("ab") as file:
        file.write(b"x")
    with pytest.raises(MonitorError, match="not as it was written"):
        restore_archive(workspace, tmp_path / "a")
