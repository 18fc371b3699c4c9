"""Pairs of files: a body, and what must be read of it. The news in them is invented."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from monitor.normalise.entry import normalise_feed
from monitor.parse.feed import parse_feed
from monitor.types.entries import Entry
from monitor.types.source import FeedKind

DATA = Path(__file__).resolve().parents[2] / "data" / "parse"
BODIES = sorted(DATA.glob("*.xml"))
URL = "https://desk.example/feed"
NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


def shown(entry: Entry, key: str) -> Any:
    value = getattr(entry, key)
    return value.isoformat() if isinstance(value, dt.datetime) else value


def test_there_are_pairs_for_every_language_and_charset() -> None:
    names = {path.stem for path in BODIES}
    assert {
        f"{kind}_{code}"
        for kind in ("rss", "atom")
        for code in ("en", "fr", "ru", "uk", "ar", "fa", "ko", "zh", "es", "de")
    } <= names
    legacy = ("windows1251", "windows1256", "euckr", "gb18030", "shiftjis", "iso88591", "utf16")
    assert {f"charset_{name}" for name in legacy} <= names
    assert all(path.with_suffix(".json").exists() for path in BODIES)


@pytest.mark.parametrize("body", BODIES, ids=lambda path: path.stem)
def test_a_body_is_read_as_expected(body: Path) -> None:
    expected = json.loads(body.with_suffix(".json").read_text(encoding="utf-8"))
    parsed = parse_feed(body.read_bytes(), content_type=expected.get("content_type"), url=URL)
    read = normalise_feed(parsed, kind=FeedKind.RSS, feed_url=URL, feed_language=None, now=NOW)
    assert (parsed.format, parsed.encoding, read.language) == (
        expected["format"],
        expected["encoding"],
        expected["language"],
    )
    assert [issue.code for issue in read.issues] == expected.get("issues", [])
    assert [
        {key: shown(entry, key) for key in wanted}
        for entry, wanted in zip(read.entries, expected["entries"], strict=True)
    ] == expected["entries"]
