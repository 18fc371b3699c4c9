"""Raw entries of one body to entries: texts, addresses, dates, keys; each item is kept or counted.

each item: title, body -> address -> date          the body: keys -> repeats out -> issues by kind
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.normalise.dates import Published, published_of
from monitor.normalise.identity import Identified, Key, choose_keys, guid_of
from monitor.text.clean import clean_line, clean_text, cut_text, text_hash
from monitor.text.html import inline_text, read_html
from monitor.text.urls import MAX_URL, canonical_url
from monitor.types.entries import (
    DateSource,
    Entry,
    Issue,
    KeySource,
    ParsedFeed,
    RawEntry,
    ReadFeed,
    Severity,
)
from monitor.types.source import FeedKind

MAX_TITLE = 1000
MAX_BODY = 300_000
MAX_AUTHOR = 200
MAX_CATEGORIES = 50
MAX_CATEGORY = 100
MAX_LINKS = 50
EMPTY = "empty_item"
REPEATED = "repeated_in_body"

_LANGUAGE = re.compile(r"([a-z]{2,3})(?![a-z])")
_COUNTER = re.compile(
    r"(?:views?|reads?|hits|shares|comments?|vues?|lectures|commentaires?|aufrufe|kommentare|visitas|lecturas|comentarios"
    r"|просмотр\w*|прочтени\w*|комментари\w*|перегляд\w*|коментар\w*|مشاهدات|المشاهدات|بازدید|조회수?|阅读(?:量|数)?|浏览(?:量|次数)?)"
    r"\s*[:：]?\s*\d[\d\s.,٬٫]*|\d[\d\s.,]*\s*(?:views?|reads?|comments?|просмотр\w*|перегляд\w*|vues|visitas|aufrufe|조회|次(?:阅读|浏览))"
    r"|(?:\d+\s+(?:seconds?|minutes?|mins?|hours?)\s+ago|il y a \d+ (?:minutes?|heures?)|vor \d+ (?:minuten|stunden)"
    r"|hace \d+ (?:minutos|horas)|\d+\s+(?:минут\w*|час\w*)\s+назад|\d+\s*(?:분|시간)\s*전|\d+\s*(?:分钟|小时)前)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Item:
    """An item with everything but its key."""

    raw: RawEntry
    identified: Identified
    body: str
    links: tuple[str, ...]
    published: Published


def normalise_feed(
    parsed: ParsedFeed, *, kind: FeedKind, feed_url: str | None, feed_language: str | None, now: dt.datetime
) -> ReadFeed:
    """Return the entries of a parsed body, with what was refused and why.

    `feed_language` is what the configuration says and wins over what the feed declares; `now` (aware)
    judges dates. Every item is an entry or is counted in `rejected`. Never raises on odd data.
    """
    language = _language(feed_language) or _language(parsed.language)
    items = [_item(raw, feed_url, now) for raw in parsed.entries]
    # an item with an address and no text is kept: its page may be read later
    kept = [item for item in items if item.identified.title or item.body or item.identified.url]
    keys = choose_keys([item.identified for item in kept])
    entries: dict[str, Entry] = {}
    for item, key in zip(kept, keys, strict=True):
        if key.external_id not in entries:
            entries[key.external_id] = _entry(item, key, kind, language)
    rejected = ((EMPTY, len(items) - len(kept)), (REPEATED, len(kept) - len(entries)))
    return ReadFeed(
        format=parsed.format,
        title=cut_text(inline_text(parsed.title), MAX_TITLE),
        language=_language(parsed.language),
        entries=tuple(entries.values()),
        issues=(*parsed.issues, *_issues(kept, keys)),
        rejected=tuple((reason, count) for reason, count in rejected if count),
        hints=parsed.hints,
        next_url=canonical_next(parsed.next_url, feed_url),
        damaged=parsed.damaged,
    )


def canonical_next(url: str | None, base: str | None) -> str | None:
    """Return the address of the next page, or None where it is no http(s) address."""
    return canonical_url(url, base) if url else None


def body_hash(title: str, body: str) -> str:
    """Return the SHA-256 that tells whether a text changed: of the title and the plain text that are stored."""
    return text_hash(title, body)


def _item(raw: RawEntry, feed_url: str | None, now: dt.datetime) -> _Item:
    title = cut_text(inline_text(raw.title) if raw.title_is_html else clean_line(raw.title), MAX_TITLE)
    body, targets = _body(raw)
    url = canonical_url(raw.link, feed_url) if raw.link else None
    guid = guid_of(raw.guid)
    if url is None and guid is not None and raw.guid_is_permalink:
        url = canonical_url(guid, feed_url)
    return _Item(
        raw=raw,
        identified=Identified(guid=guid, url=url, title=title, sha256=body_hash(title, body)),
        body=body,
        links=_links((*raw.links, *targets), url, url or feed_url),
        published=published_of(raw.published, raw.updated, now=now),
    )


def _body(raw: RawEntry) -> tuple[str, list[str]]:
    """The longer one of content and summary as plain text, and the links in it."""
    text, links = read_html(raw.content or raw.summary)
    if raw.content and raw.summary and len(raw.summary) > len(text) and raw.summary != raw.content:
        other, other_links = read_html(raw.summary)
        if len(other) > len(text):
            text, links = other, other_links
    return cut_text(_without_counters(text), MAX_BODY), links


def _without_counters(text: str) -> str:
    """Leave out a last line that only counts readers or says how long ago: it changes at every poll."""
    while text:
        head, _, last = text.rpartition("\n")
        if len(last) > 60 or not _COUNTER.fullmatch(last.strip()):
            return text
        text = head.rstrip()
    return text


def _links(targets: Iterable[str], own: str | None, base: str | None) -> tuple[str, ...]:
    """Canonical addresses that an item points to, without itself, at most `MAX_LINKS`."""
    found: dict[str, None] = {}
    for target in targets:
        url = canonical_url(target, base)
        if url is not None and url != own:
            found[url] = None
            if len(found) == MAX_LINKS:
                break
    return tuple(found)


def _entry(item: _Item, key: Key, kind: FeedKind, language: str | None) -> Entry:
    raw, known = item.raw, item.identified
    source_url = canonical_url(raw.source_url) if raw.source_url else None
    return Entry(
        external_id=key.external_id,
        key_source=key.source,
        kind=kind,
        url=known.url,
        url_raw=cut_text(clean_line(raw.link), MAX_URL) if raw.link else None,
        title=known.title,
        body=item.body,
        published_at=item.published.at,
        published_raw=clean_line(item.published.raw) if item.published.raw else None,
        date_source=item.published.source,
        sha256=known.sha256,
        author=cut_text(inline_text(raw.author), MAX_AUTHOR) if raw.author else "",
        categories=_categories(raw.categories) if raw.categories else (),
        language=language or _language(raw.language),
        links=item.links,
        source_url=source_url if source_url != known.url else None,
    )


def _categories(names: Sequence[str]) -> tuple[str, ...]:
    clean = (cut_text(inline_text(name), MAX_CATEGORY) for name in names[: 2 * MAX_CATEGORIES])
    return tuple(dict.fromkeys(name for name in clean if name))[:MAX_CATEGORIES]


def _language(declared: str | None) -> str | None:
    """The primary subtag of a language tag (RFC 5646), lower case."""
    match = _LANGUAGE.match(clean_text(declared or "").strip().lower())
    return match[1] if match else None


_DATE_ISSUES = {
    DateSource.UNREADABLE: "dates that cannot be read",
    DateSource.FUTURE: "dates more than a day ahead",
    DateSource.IMPLAUSIBLE: "dates before 1995",
}


def _issues(items: Sequence[_Item], keys: Sequence[Key]) -> list[Issue]:
    """One issue a kind and body, with how many items it touches and the first example."""
    sources = Counter(item.published.source for item in items)
    issues = []
    for source, words in _DATE_ISSUES.items():
        if sources[source]:
            first = next(item.published.raw for item in items if item.published.source is source)
            issues.append(_counted(f"date_{source.value}", sources[source], words, first))
    zoneless = [item for item in items if item.published.at is not None and not item.published.zone_known]
    if zoneless:
        raw = zoneless[0].published.raw
        issues.append(
            _counted(
                "date_without_zone", len(zoneless), "dates without a zone, read as UTC", raw, Severity.INFO
            )
        )
    refused = [item.raw.link for item in items if item.raw.link and item.identified.url is None]
    if refused:
        issues.append(_counted("link_refused", len(refused), "links that are no http(s) address", refused[0]))
    shared = [
        k.external_id
        for k, i in zip(keys, items, strict=True)
        if i.identified.guid and k.source is not KeySource.GUID
    ]
    if shared:
        issues.append(
            _counted("guid_shared", len(shared), "items whose guid stands on other items, too", shared[0])
        )
    return issues


def _counted(
    code: str, count: int, words: str, example: str | None, severity: Severity = Severity.WARNING
) -> Issue:
    return Issue(code=code, detail=f"{count} {words}: {clean_line(example or '')[:120]}", severity=severity)
