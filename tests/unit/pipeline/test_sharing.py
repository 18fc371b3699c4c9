"""Two runs of `analyse` at once: each text is annotated by one of them, and a worker that lost its share stores nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.config import Config
from monitor.errors import StaleLeaseError
from monitor.pipeline.sharing import SHARE_LEASE, SHARES, leased_texts
from monitor.pipeline.workspace import Workspace
from monitor.store import Store, annotating
from tests.store.making import NOW, annotation, entry, ingest

TEXTS = 40


@pytest.fixture
def one(store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Workspace]:
    monkeypatch.setattr(annotating, "SHARE_BLOCK", 2)
    ingest(store, *(entry(str(n)) for n in range(TEXTS)))
    yield Workspace(Config(base=tmp_path), store, lambda: NOW, "one")


def save(workspace: Workspace, batch: tuple, now: dt.datetime = NOW) -> list[int]:  # type: ignore[type-arg]
    lease, texts = batch
    workspace.store.save_annotations([annotation(text, "sanctions") for text in texts], now=now, lease=lease)
    return [text.entry_id for text in texts]


def test_one_worker_alone_reads_everything_once(one: Workspace) -> None:
    read = [key for batch in leased_texts(one, since=None, limit=1) for key in save(one, batch)]
    assert len(read) == len(set(read)) == TEXTS
    assert one.store.count_pending() == 0
    assert one.store.lease_named("annotate:0", owner="x", now=NOW, lease_for=SHARE_LEASE), (
        "all are given back"
    )


def test_two_workers_at_once_share_the_texts(one: Workspace) -> None:
    two = replace(one, owner="two")
    running = {w.owner: leased_texts(w, since=None, limit=1) for w in (one, two)}
    read: dict[str, list[int]] = {owner: [] for owner in running}
    # each holds a batch while the other asks for one: the worst order
    held = {owner: next(batches) for owner, batches in running.items()}
    while held:
        for worker in (one, two):
            if worker.owner in held:
                read[worker.owner] += save(worker, held.pop(worker.owner))
                batch = next(running[worker.owner], None)
                if batch is not None:
                    held[worker.owner] = batch
    assert sorted(read["one"] + read["two"]) == sorted({*read["one"], *read["two"]})
    assert len(read["one"]) + len(read["two"]) == TEXTS
    assert min(map(len, read.values())) >= TEXTS // 4


def test_a_worker_that_wakes_up_late_is_refused_and_its_share_is_done(one: Workspace) -> None:
    asleep = leased_texts(one, since=None, limit=5)
    late = next(asleep)
    later = NOW + SHARE_LEASE + dt.timedelta(seconds=1)
    two = replace(one, owner="two", clock=lambda: later)
    read = [key for batch in leased_texts(two, since=None, limit=5) for key in save(two, batch, later)]
    assert len(read) == len(set(read)) == TEXTS
    with pytest.raises(StaleLeaseError):
        save(one, late)
    assert next(asleep, None) is None


def test_what_another_holds_is_left_to_it(one: Workspace) -> None:
    for share in range(SHARES):
        if share != 3:
            one.store.lease_named(f"annotate:{share}", owner="other", now=NOW, lease_for=SHARE_LEASE)
    batches = [save(one, b) for b in leased_texts(one, since=None, limit=99)]
    assert [((key - 1) // 2) % SHARES for batch in batches for key in batch] == [3] * len(batches[0])
    assert one.store.count_pending() == TEXTS - len(batches[0])
