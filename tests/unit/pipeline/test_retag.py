"""A changed taxonomy is applied to the archive: in batches, again after a kill, with the difference told."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml

from monitor.cli.app import app
from monitor.errors import UsageError
from monitor.pipeline import retag as module
from monitor.pipeline.analyse import analyse
from monitor.pipeline.health import diagnose
from monitor.pipeline.publish import write_report
from monitor.pipeline.retag import current_versions, ranges, retag, retag_notice, retag_range, share
from monitor.pipeline.workspace import Workspace, open_workspace
from monitor.store.engine import connect
from tests.store.making import HOUR, MINUTE, NOW, entry, ingest

HARBOURS = {
    "slug": "harbours",
    "name": {"en": "Harbours"},
    "groups": {"ships": {"en": "tanker, freighter"}, "cranes": {"en": "crane"}},
    "rules": [{"id": "ships", "any": "ships", "weight": 0.7}],
}
TEXTS = (
    "A tanker lay off the harbour wall all night, the port authority said.",
    "The new crane was delivered to the harbour and will be tested in spring.",
    "The harbour council met on Monday and postponed the vote on the budget.",
    "A freighter and a second crane blocked the quay of the old harbour.",
)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def workspace(sqlite_url: str, tmp_path: Path, clock: Clock) -> Iterator[Workspace]:
    """Four entries, analysed under a topic of harbours that knows ships only."""
    write_topic(tmp_path)
    config = {"database": {"url": sqlite_url}, "topics": {"use": ["harbours"], "path": "topics"}}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    with open_workspace(tmp_path / "config.yaml", clock=clock) as opened:
        ingest(opened.store, *(entry(str(n), body, title=f"Harbour {n}") for n, body in enumerate(TEXTS)))
        clock.now += MINUTE
        analyse(opened)
        clock.now += HOUR
        yield opened


def write_topic(folder: Path, *rules: dict[str, Any]) -> None:
    (folder / "topics").mkdir(exist_ok=True)
    changed = {**HARBOURS, "rules": [*HARBOURS["rules"], *rules]}
    (folder / "topics" / "harbours.yaml").write_text(yaml.safe_dump(changed), encoding="utf-8")


@pytest.fixture
def change(workspace: Workspace) -> Callable[[], None]:
    """Cranes become a sign of the topic, freighters beside them speak against it."""

    def work() -> None:
        write_topic(
            workspace.config.base,
            {"id": "cranes", "any": "cranes", "weight": 0.8},
            {"id": "both", "all": ["ships", "cranes"], "weight": -0.9},
        )

    return work


def stored(workspace: Workspace, table: str = "annotations") -> list[tuple[Any, ...]]:
    engine = connect(workspace.store._database.url, read_only=True)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(sa.text(f"SELECT * FROM {table} ORDER BY 1, 2"))]
    engine.dispose()
    return found


def tagged(workspace: Workspace) -> list[int]:
    return sorted(workspace.store.frame("select entry_id from report_topics where accepted")["entry_id"])


def test_an_unchanged_taxonomy_leaves_nothing_to_do(workspace: Workspace) -> None:
    before = stored(workspace)
    result = retag(workspace)
    assert (result.read, result.written) == (0, 0)
    assert result.lines == ["nothing to re-tag: every entry has been read with the current taxonomy and code"]
    assert stored(workspace) == before


def test_reading_everything_again_under_the_same_taxonomy_adds_no_row(workspace: Workspace) -> None:
    before = stored(workspace)
    result = retag(workspace, everything=True)
    assert (result.read, result.changed, result.written) == (4, 0, 0)
    assert stored(workspace) == before


def test_a_changed_taxonomy_is_applied_and_the_difference_told(
    workspace: Workspace, change: Callable[[], None]
) -> None:
    assert tagged(workspace) == [1, 4]
    change()
    result = retag(workspace)
    assert tagged(workspace) == [1, 2]
    assert (result.read, result.changed, result.written) == (4, 2, 4)
    assert dict(result.gained) == {("harbours", "en", "Gazette"): 1}
    assert dict(result.lost) == {("harbours", "en", "Gazette"): 1}
    assert result.by(0) == [("harbours", 1, 1)]
    [gained] = result.examples[("gained", "harbours")]
    assert (gained.text, gained.rules) == ("Harbour 1", ("cranes",))
    [lost] = result.examples[("lost", "harbours")]
    assert lost.text == "Harbour 3"
    assert "  harbours: +1 -1" in result.lines


def test_a_dry_run_says_the_same_and_writes_nothing(workspace: Workspace, change: Callable[[], None]) -> None:
    change()
    before = stored(workspace)
    tried = retag(workspace, dry_run=True)
    assert stored(workspace) == before
    done = retag(workspace)
    assert (tried.gained, tried.lost, tried.examples) == (done.gained, done.lost, done.examples)


def test_the_earlier_annotations_stay_with_the_time_they_held(
    workspace: Workspace, change: Callable[[], None], clock: Clock
) -> None:
    before = stored(workspace)
    change()
    retag(workspace)
    after = stored(workspace)
    assert len(after) == 2 * len(before)
    closed = [row for row in after if row[-1] is not None]
    assert [row[:-1] for row in closed] == [row[:-1] for row in before]
    assert {row[-1] for row in closed} == {"2026-03-02T09:01:00.000000Z"}


def test_repeating_it_changes_no_byte(workspace: Workspace, change: Callable[[], None], clock: Clock) -> None:
    change()
    retag(workspace)
    once = [stored(workspace, table) for table in ("annotations", "entry_topics", "mentions", "entries")]
    clock.now += HOUR
    retag(workspace)
    retag(workspace, everything=True)
    assert [
        stored(workspace, table) for table in ("annotations", "entry_topics", "mentions", "entries")
    ] == once


def test_a_run_that_was_killed_goes_on_where_it_stopped(
    workspace: Workspace, change: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETAG_BATCH", 1)
    change()

    def killed(read: int, of: int) -> None:
        if read == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        retag(workspace, progress=killed)
    left = workspace.store.count_archived(versions=current_versions(workspace))
    assert 0 < left < 4
    assert retag(workspace).read == left
    assert tagged(workspace) == [1, 2]
    assert len(stored(workspace)) == 8, "each entry was annotated once more, whatever was cut off"


def test_ranges_together_do_what_one_run_does(workspace: Workspace, change: Callable[[], None]) -> None:
    change()
    parts = ranges(workspace.store, None, 2, current_versions(workspace))
    assert [retag(workspace, within=part).read for part in parts] == [2, 2]
    assert tagged(workspace) == [1, 2]
    assert retag(workspace).read == 0


def test_a_sample_writes_nothing_and_spreads_over_the_archive(
    workspace: Workspace, change: Callable[[], None]
) -> None:
    change()
    result = retag(workspace, sample=2)
    assert (result.dry_run, result.read, result.waiting, result.written) == (True, 2, 4, 0)
    assert tagged(workspace) == [1, 4]
    with pytest.raises(UsageError):
        retag(workspace, sample=0)


def test_an_upgrade_says_what_it_would_change_and_offers_the_retag(
    workspace: Workspace, change: Callable[[], None]
) -> None:
    assert retag_notice(workspace) == ""
    change()
    notice = retag_notice(workspace)
    assert notice.startswith("4 entries were read with an earlier taxonomy: of 4 looked at, 2 would change")
    assert "monitor retag --since all --dry-run" in notice


def test_doctor_and_the_upgrade_say_so(
    workspace: Workspace, change: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    path = workspace.config.base / "config.yaml"
    assert not [finding for finding in diagnose(path) if finding.check == "archive"]
    change()
    [finding] = [finding for finding in diagnose(path) if finding.check == "archive"]
    assert finding.mark == "warn"
    assert "2 would change" in finding.text
    app(["-c", str(path), "db", "upgrade"], standalone_mode=False)
    assert "2 would change" in capsys.readouterr().out


def test_shares_of_several_workers_together_are_the_archive_and_do_not_overlap(
    workspace: Workspace, change: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SHARE_BLOCK", 1)
    assert [one.after for one in share(workspace.store, 2, 3)] == [1]
    change()
    results = [retag(workspace, part=(number, 3)) for number in (1, 2, 3)]
    assert [result.written for result in results] == [2, 1, 1]
    assert retag(workspace).read == 0
    assert tagged(workspace) == [1, 2]
    with pytest.raises(UsageError, match="range 4/3"):
        retag(workspace, part=(4, 3))


def test_a_range_is_a_run_of_its_own(workspace: Workspace, change: Callable[[], None]) -> None:
    parts = ranges(workspace.store, None, 2)
    change()
    assert [retag_range(workspace, part).written for part in parts] == [2, 2]
    assert [retag_range(workspace, part).read for part in parts] == [0, 0]


def tables(folder: Path) -> dict[str, str]:
    """SHA-256 by file of what a report says, without the page and the manifest, which name T."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.suffix in (".csv", ".parquet")
    }


def test_the_report_as_of_a_time_before_the_retag_has_the_tables_of_then(
    workspace: Workspace, change: Callable[[], None], clock: Clock, tmp_path: Path
) -> None:
    write_report(workspace, out=tmp_path / "then")
    then = clock.now
    clock.now += HOUR
    change()
    retag(workspace)
    write_report(workspace, out=tmp_path / "now", last=then.date())
    write_report(workspace, out=tmp_path / "as-of", as_of=then)
    assert tables(tmp_path / "as-of") == tables(tmp_path / "then")
    assert tables(tmp_path / "now") != tables(tmp_path / "then")


def test_history_ends_now(workspace: Workspace, clock: Clock) -> None:
    with pytest.raises(UsageError, match="has not come yet"):
        write_report(workspace, as_of=clock.now + HOUR)
