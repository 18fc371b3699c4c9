"""Real captures, read by path where they are there: every one parses, and a second poll brings nothing new."""

from __future__ import annotations

import ast
import datetime as dt
import re
from collections import Counter
from pathlib import Path

from monitor.errors import ParseError
from monitor.normalise.entry import normalise_feed
from monitor.normalise.plan import plan_changes
from monitor.parse.feed import parse_feed
from monitor.types.plans import Disposition, EntryChange, KnownEntry
from monitor.types.source import FeedKind

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
URL = "https://feeds.example/feed"


def known(changes: tuple[EntryChange, ...]) -> list[KnownEntry]:
    return [
        KnownEntry(
            entry_id=number,
            external_id=change.entry.external_id,
            url=change.entry.url,
            sha256=change.entry.sha256,
            effective_at=change.entry.published_at or NOW,
        )
        for number, change in enumerate(changes, 1)
    ]


def test_every_capture_parses_and_a_second_poll_gives_no_new_entry(shared_data: Path) -> None:
    bodies = [path for path in sorted((shared_data / "feeds").iterdir()) if path.suffix != ".tsv"]
    assert len(bodies) >= 230
    for path in bodies:
        parsed = parse_feed(path.read_bytes(), url=URL)
        read = normalise_feed(parsed, kind=FeedKind.RSS, feed_url=URL, feed_language=None, now=NOW)
        first, refused = plan_changes(read, (), now=NOW, first_poll=True, recovering=False)
        again, _ = plan_changes(read, known(first), now=NOW, first_poll=False, recovering=False)
        assert len(first) + sum(refused.values()) == len(parsed.entries), path.name
        assert len({change.entry.external_id for change in first}) == len(first), path.name
        assert {change.disposition for change in again} <= {Disposition.KNOWN}, path.name
        assert len(again) == len(first), path.name


def test_captures_hold_as_many_entries_as_their_index_says(shared_data: Path) -> None:
    lines = (shared_data / "feeds" / "index.tsv").read_text(encoding="utf-8").splitlines()
    header = lines[0].split("\t")
    for line in lines[1:]:
        row = dict(zip(header, line.split("\t"), strict=False))
        found = [
            p
            for p in (shared_data / "feeds").glob(row["file"] + "*")
            if p.stem == row["file"] or p.name == row["file"]
        ]
        for path in found[:1]:
            if int(row["entries"] or 0):
                assert len(parse_feed(path.read_bytes(), url=URL).entries) == int(row["entries"]), row["file"]


# What of the conformance suite's statements can be asked of what we keep: title, guid, link, author, count
_ASKED = re.compile(
    r"^(?:not bozo and |bozo and )?"
    r"(?:entries\[0\]\['(title|id|guid|link|author|summary|description)'\]|feed\['(title|language)'\])\s*==\s*(.+)$"
)
_OURS = {
    "title": "title",
    "id": "guid",
    "guid": "guid",
    "link": "link",
    "author": "author",
    "summary": "summary",
    "description": "summary",
}
# 133 of 144 when measured; the rest ask for links inside markup to be joined, or for markup sanitised: we keep text
CONFORMANCE_FLOOR = 0.92


def statement(body: bytes) -> tuple[str, str, str] | None:
    match = re.search(rb"Expect:\s*(.+)", body[:2000])
    asked = _ASKED.match(match[1].decode("utf-8", "replace").strip()) if match else None
    return ("entry" if asked[1] else "feed", asked[1] or asked[2], asked[3]) if asked else None


def literal(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None


def test_the_conformance_suite_holds(shared_data: Path) -> None:
    held: Counter[bool] = Counter()
    failed = []
    for path in sorted((shared_data / "feeds_conformance").glob("*.xml")):
        if "sanitize" in path.name:
            continue  # we store text, markup is never shown
        asked = statement(path.read_bytes())
        if asked is None or not isinstance(literal(asked[2]), str):
            continue
        where, field, expected = asked
        try:
            feed = parse_feed(path.read_bytes())
        except ParseError:
            got = None
        else:
            got = (
                getattr(feed, field)
                if where == "feed"
                else getattr(feed.entries[0], _OURS[field])
                if feed.entries
                else None
            )
        held[got == literal(expected)] += 1
        if got != literal(expected):
            failed.append((path.name, got, expected))
    assert held.total() >= 140
    assert held[True] / held.total() >= CONFORMANCE_FLOOR, failed
