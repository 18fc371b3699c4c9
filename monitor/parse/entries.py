"""feedparser's dictionaries to `RawEntry` and `PollHints`. Every value is checked: a hostile feed chooses them."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from monitor.text.urls import joined
from monitor.types.entries import PollHints, RawEntry

_HTML = frozenset({"text/html", "application/xhtml+xml"})
_READABLE = frozenset({*_HTML, "text/plain", ""})
_ELSEWHERE = frozenset({"related", "via", "canonical"})
_PERIODS = {
    "hourly": 3600.0,
    "daily": 86400.0,
    "weekly": 604800.0,
    "monthly": 2592000.0,
    "yearly": 31536000.0,
}
_SKIP = re.compile(r"<skip(Hours|Days)>(.{0,2000}?)</skip\1>", re.DOTALL)
_SKIPPED = re.compile(r"<(?:hour|day)>\s*(\w{1,10})\s*</(?:hour|day)>")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MAX_LINKS = 50
MAX_CATEGORIES = 50


def string(data: Mapping[str, Any], key: str) -> str:
    """Return the value where it is a string. Looks past feedparser's aliases, which are slow and guess."""
    value = dict.get(data, key) if isinstance(data, dict) else None
    return value if isinstance(value, str) else ""


def raw_entry(item: dict[str, Any], base: str | None) -> RawEntry:
    """Return one item as the source wrote it, its links joined to `base`."""
    rels = _rels(item, base)
    link = string(item, "feedburner_origlink") or string(item, "link") or rels.get("alternate", "")
    link = joined(base, link) if link else ""
    content, language = _content(item)
    title_type = string(_detail(item, "title"), "type")
    return RawEntry(
        guid=string(item, "id") or None,
        guid_is_permalink=dict.get(item, "guidislink") is True,
        link=link or None,
        title=string(item, "title"),
        title_is_html=title_type in _HTML,
        summary=_marked_up(string(item, "summary"), string(_detail(item, "summary"), "type")),
        content=content,
        published=string(item, "published") or string(item, "created") or None,
        updated=string(item, "updated") or None,
        author=_author(item),
        categories=_categories(item),
        language=string(item, "language") or language,
        links=tuple(url for rel, url in rels.items() if rel in _ELSEWHERE and url != link),
        source_url=_source_url(item, rels, link, base),
    )


def poll_hints(feed: dict[str, Any], head: str) -> PollHints:
    """Return what the feed says of polling; `head` is the text before its first item."""
    hours: tuple[int, ...] = ()
    days: tuple[str, ...] = ()
    if "<skip" in head:
        for match in _SKIP.finditer(head):
            values = _SKIPPED.findall(match[2])
            if match[1] == "Hours":
                # 24 stands for midnight in older feeds
                hours = tuple(sorted({int(v) % 24 for v in values if v.isdecimal() and int(v) <= 24}))
            else:
                days = tuple(day for day in _DAYS if day in {v.capitalize() for v in values})
    ttl = string(feed, "ttl").strip()
    period = _PERIODS.get(string(feed, "sy_updateperiod").strip().lower())
    frequency = string(feed, "sy_updatefrequency").strip()
    if period is None and frequency:
        period = _PERIODS["daily"]  # the module's default
    count = int(frequency) if frequency.isascii() and frequency.isdecimal() and len(frequency) < 6 else 1
    return PollHints(
        ttl_minutes=int(ttl) if ttl.isascii() and ttl.isdecimal() and 0 < len(ttl) < 9 and int(ttl) else None,
        update_period_s=period / max(count, 1) if period is not None else None,
        skip_hours=hours,
        skip_days=days,
    )


def next_page(feed: dict[str, Any], url: str | None) -> str | None:
    """Return the address of older entries (RFC 5005: `next`, or `prev-archive`)."""
    rels = _rels(feed, url)
    return rels.get("next") or rels.get("prev-archive")


def _rels(data: dict[str, Any], base: str | None) -> dict[str, str]:
    """The first target of each relation."""
    links = dict.get(data, "links")
    found: dict[str, str] = {}
    for link in links if isinstance(links, list) else ():
        href, rel = string(link, "href"), string(link, "rel").lower()
        if href and rel and rel not in found:
            found[rel] = joined(base, href)
    return found


def _detail(item: dict[str, Any], key: str) -> dict[str, Any]:
    detail = dict.get(item, f"{key}_detail")
    return detail if isinstance(detail, dict) else {}


def _content(item: dict[str, Any]) -> tuple[str, str | None]:
    """The longest readable content as markup, and the language it declares."""
    best, kind = "", ""
    language = string(_detail(item, "title"), "language") or string(_detail(item, "summary"), "language")
    contents = dict.get(item, "content")
    for part in contents if isinstance(contents, list) else ():
        value, part_kind = string(part, "value"), string(part, "type")
        if part_kind in _READABLE and len(value) > len(best):
            best, kind = value, part_kind
            language = string(part, "language") or language
    return _marked_up(best, kind), language or None


def _marked_up(text: str, kind: str) -> str:
    """Plain text as markup, so that a literal `<` is not read as a tag."""
    if kind == "text/plain" and ("<" in text or "&" in text):
        return html.escape(text, quote=False)
    return text


def _author(item: dict[str, Any]) -> str:
    return string(_detail(item, "author"), "name") or string(item, "author")


def _categories(item: dict[str, Any]) -> tuple[str, ...]:
    tags = dict.get(item, "tags")
    names = (string(tag, "label") or string(tag, "term") for tag in (tags if isinstance(tags, list) else ()))
    return tuple(dict.fromkeys(name for name in names if name))[:MAX_CATEGORIES]


def _source_url(item: dict[str, Any], rels: dict[str, str], link: str, base: str | None) -> str | None:
    """Where the item says it comes from: its canonical page elsewhere, what it was found by, its source's address."""
    for rel in ("canonical", "via"):
        if rels.get(rel) not in (None, link):
            return rels[rel]
    source = dict.get(item, "source")
    href = (string(source, "href") or string(source, "link")) if isinstance(source, dict) else ""
    return joined(base, href) if href else None
