"""A small database with a row in every corner that matters, and its state by natural keys."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from monitor.store import Store
from monitor.store.engine import connect, parse_url
from monitor.store.schema import metadata
from monitor.types.annotations import Citation, Claim, Mention
from monitor.types.raw import pack
from tests.store.making import DAY, NOW, annotation, entry, leased, place_all, plan

TEXTS = {
    "a": 'Shells were shipped \\ "quoted"\tand\nnext line',
    "b": "اعلنت الوزارة \u200f عن شحنة",
    "c": "炮弹已运出 𠀀",
    "d": "Снаряды отгружены — сказал министр",
}


def fill(store: Store, at: dt.datetime = NOW - 100 * DAY) -> None:
    """Entries of a feed with raw answers, analysed, one with a claim, one with a citation."""
    [lease] = leased(store, now=at)
    bodies = (pack(bytes(range(256)), url="https://gazette.example/feed", observed_at=at, status=200),)
    items = [entry(name, body) for name, body in TEXTS.items()]
    store.apply([plan(lease, *items, at=at, bodies=bodies)], now=at)
    span = Mention(topic="arms-transfers", term="x", field="body", start_char=0, end_char=5, rule="r")
    claim = Claim(
        supplier=("AA",), recipient=("BB",), items=("shells",), status="alleged", evidence="Shells were shipped",
        field="body", start_char=0, end_char=19, rule="r", confidence=0.25,
    )  # fmt: skip
    cited = Citation(outlet="Northlight Wire", kind="media", rule="r", field="body", start_char=0, end_char=4)
    made = []
    for text in store.pending_texts(limit=100):
        claims = (claim,) if text.body.startswith("Shells") else ()
        made.append(
            annotation(
                text, "arms-transfers", mentions=(span,), claims=claims, citations=() if claims else (cited,)
            )
        )
    store.save_annotations(made, now=at)
    place_all(store, at)
    run = store.start_run("poll", now=at)
    store.finish_run(run, now=at, counts={"seen": 4})


def everything(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table as typed values, sorted, but for which views are in place.

    Documents of search are left out: they are of another form in each kind of database, and are made anew from texts.
    """
    engine = connect(parse_url(url), read_only=True)
    with engine.connect() as connection:
        found = {
            table.name: sorted(
                (tuple(row) for row in connection.execute(sa.select(table)) if row[0] != "views_sha256"),
                key=repr,
            )
            for table in metadata.sorted_tables
            if table.name != "search_documents"
        }
    engine.dispose()
    return found


def by_natural_keys(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """What the database says, without row numbers, runs and leases."""
    views = {
        "report_entries": ["uid", "feed", "url", "title", "language", "published_at", "observed_at"],
        "report_coverage_daily": ["day", "outlet", "feed", "entries", "stories", "state"],
        "report_topics_daily": ["day", "topic", "language", "entries", "stories", "all_stories"],
        "report_claims": ["uid", "supplier", "recipient", "items", "status", "evidence"],
        "report_feed_health": ["feed", "state", "last_success_at", "failures"],
    }
    found = {}
    for view, names in views.items():
        frame = store.frame(view)[names]
        found[view] = sorted((tuple(row) for row in frame.astype(str).itertuples(index=False)), key=repr)
    texts = store.frame(
        "select e.uid, t.sha256, t.title, t.body from report_texts t join report_entries e on e.entry_id = t.entry_id"
    )
    found["texts"] = sorted(tuple(row) for row in texts.itertuples(index=False))
    return found


def config_of(folder: Path, url: str, more: str = "") -> Path:
    """A configuration on a database."""
    path = folder / "config.yaml"
    path.write_text(f"database: {{url: '{url}'}}\n{more}", encoding="utf-8")
    return path
