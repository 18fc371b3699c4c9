"""A feed's body to `ParsedFeed`.

    bytes -> characters (charset) -> mended XML (bytes) -> feedparser -> raw entries (entries)
                                  -> JSON Feed (json_feed)

Stated refusals are `ParseError`s with a code: `empty_body`, `html_instead`, `not_a_feed`, `json_broken`,
`too_deep`, `too_complex`, `too_large`, `unreadable`. Damage that leaves something to read is an issue, never a refusal.
"""

from __future__ import annotations

import io
import re
import zlib
from dataclasses import replace
from typing import Any
from xml.sax import SAXException

import feedparser

from monitor.errors import ParseError
from monitor.parse import sax
from monitor.parse.bytes import cut_off, mend_xml
from monitor.parse.charset import decode_body
from monitor.parse.entries import next_page, poll_hints, raw_entry, string
from monitor.parse.json_feed import parse_json_feed
from monitor.parse.quick import quick_items
from monitor.text.clean import clean_line
from monitor.text.urls import is_absolute
from monitor.types.entries import Issue, ParsedFeed

MAX_ENTRIES = 20_000
"""Entries that are read of one body, newest first. A whole archive in one window is read (10,000 were seen); the
limit of bytes comes first for real feeds. Media Cloud stops at 2,000 and loses the rest."""

MAX_BODY = 15_000_000
"""Bytes that a body which is itself a gzip file may unpack to (the limit that fetching has, too)."""

_HTML_START = re.compile(
    r"(?:\s++|<\?xml[^>]{0,300}+>|<!--(?:[^-]++|-(?!->))*+-->)*+<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE,
)
_FEED_ROOT = re.compile(r"<(?:\w{1,20}:)?(?:rss|feed|RDF|channel|item|entry)\b", re.IGNORECASE)
_FIRST_ITEM = re.compile(rb"<(?:item|entry)[\s>]")
sax.install()
_GZIP = b"\x1f\x8b"
_XML_SPACE = " \t\r\n\0\ufeff"


def parse_feed(body: bytes, *, content_type: str | None = None, url: str | None = None) -> ParsedFeed:
    """Return what can be read of a feed: RSS 0.9x to 2.0, Atom, RDF, CDF or JSON Feed.

    `content_type` is the HTTP header, `url` the address that relative links are joined to where the
    feed names no base of its own. Raises `ParseError`, and nothing else, whatever the bytes.
    """
    try:
        return _parse(body, content_type, url)
    except ParseError:
        raise
    except Exception as error:  # a parser's own fault on hostile bytes stays with this feed
        detail = clean_line(f"{type(error).__name__}: {error}")[:200]
        raise ParseError("unreadable", f"the feed cannot be read: {detail}") from error


def _parse(body: bytes, content_type: str | None, url: str | None) -> ParsedFeed:
    body = unpacked(body)
    if not body.strip(b" \t\r\n\0"):
        raise ParseError("empty_body", "the body is empty")
    decoded = decode_body(body, content_type)
    text = decoded.text.strip(_XML_SPACE)
    if not text:
        raise ParseError("empty_body", "the body is empty")
    if text[0] in "{[":
        return _capped_json(parse_json_feed(text, encoding=decoded.encoding, url=url, issues=decoded.issues))
    if _HTML_START.match(text):
        raise ParseError("html_instead", "the body is an HTML page, not a feed")
    xml, issues = mend_xml(text)
    result = read_items(xml)
    _refuse_other(result, text)
    return _feed(result, xml, (*decoded.issues, *issues), decoded.encoding, url)


def read_items(xml: bytes, *, quick: bool = True) -> dict[str, Any]:
    """Return feedparser's result for a mended document; `quick=False` leaves the items to feedparser, too."""
    found = quick_items(xml) if quick else None
    if found is not None and len(found.items) > MAX_ENTRIES:
        found = None  # which are the newest, feedparser's dates tell
    source = xml if found is None else found.rest
    result: dict[str, Any] = feedparser.parse(
        io.BytesIO(source), sanitize_html=False, resolve_relative_uris=False
    )
    if found is not None:
        if result["bozo"]:
            return read_items(xml, quick=False)
        result["entries"] = found.items
    return result


def unpacked(body: bytes) -> bytes:
    """Return what a file that was compressed before it was put on the server holds: one layer of gzip, bounded.

    Any other body is returned as it is. Raises `ParseError` (`unreadable`, `too_large`).
    """
    if not body.startswith(_GZIP):
        return body
    reader = zlib.decompressobj(wbits=31)
    try:
        text = reader.decompress(body, MAX_BODY)
    except zlib.error as error:
        raise ParseError("unreadable", f"the body is gzip, but broken: {error}") from None
    if reader.unconsumed_tail:
        raise ParseError("too_large", f"the body unpacks to more than {MAX_BODY} bytes")
    return text


def _refuse_other(result: dict[str, Any], text: str) -> None:
    """XML that is no feed, and pages that are not even that."""
    if result["entries"] or (dict.get(result, "version") and _FEED_ROOT.search(text)):
        return
    if re.search(r"<(?:html|body|head|div|p|script)\b", text[:20_000], re.IGNORECASE):
        raise ParseError("html_instead", "the body is an HTML page, not a feed")
    raise ParseError("not_a_feed", "the body is neither RSS, Atom, RDF nor JSON Feed")


def _feed(
    result: dict[str, Any], xml: bytes, issues: tuple[Issue, ...], encoding: str, url: str | None
) -> ParsedFeed:
    feed, items = result["feed"], list(result["entries"])
    fault = dict.get(result, "bozo_exception")
    damaged = bool(result["bozo"]) and isinstance(fault, SAXException)
    if damaged:
        issues = (*issues, Issue(code="xml_damaged", detail=clean_line(str(fault))[:200]))
        if items and cut_off(xml):
            items.pop()
            issues = (
                *issues,
                Issue(
                    code="entry_cut_off", detail="the last item is not complete and waits for the next poll"
                ),
            )
    items, capped = _newest(items)
    version = string(result, "version")
    first = _FIRST_ITEM.search(xml)
    head = xml[: first.start() if first else 20_000][:20_000].decode("utf-8", "replace")
    base = _base(feed, version, url)
    return ParsedFeed(
        format=version or "rss",
        encoding=encoding,
        title=string(feed, "title"),
        language=string(feed, "language") or None,
        entries=tuple(raw_entry(item, base) for item in items),
        issues=(*issues, *capped),
        hints=poll_hints(feed, head),
        next_url=next_page(feed, url or base),
        damaged=damaged,
    )


def _base(feed: dict[str, Any], version: str, url: str | None) -> str | None:
    """What relative links are joined to: RSS means the channel's own link, Atom the feed's address."""
    link = string(feed, "link")
    if not version.startswith("atom") and is_absolute(link) and link[:4].lower() == "http":
        return link
    return url or link or None


def _newest(items: list[Any]) -> tuple[list[Any], tuple[Issue, ...]]:
    """At most `MAX_ENTRIES`, the newest by the dates that feedparser could read, in their order."""
    if len(items) <= MAX_ENTRIES:
        return items, ()
    order = sorted(range(len(items)), key=lambda i: (_when(items[i]), -i), reverse=True)
    kept = set(order[:MAX_ENTRIES])
    detail = f"{len(items)} entries in the feed, the newest {MAX_ENTRIES} were read"
    return [item for i, item in enumerate(items) if i in kept], (Issue(code="entries_capped", detail=detail),)


def _capped_json(feed: ParsedFeed) -> ParsedFeed:
    """The same for JSON Feed, whose dates are ISO 8601 and sort as text."""
    if len(feed.entries) <= MAX_ENTRIES:
        return feed
    kept = sorted(feed.entries, key=lambda entry: entry.published or "", reverse=True)[:MAX_ENTRIES]
    detail = f"{len(feed.entries)} entries in the feed, the newest {MAX_ENTRIES} were read"
    return replace(
        feed, entries=tuple(kept), issues=(*feed.issues, Issue(code="entries_capped", detail=detail))
    )


def _when(item: dict[str, Any]) -> tuple[int, ...]:
    moment = dict.get(item, "published_parsed") or dict.get(item, "updated_parsed")
    return tuple(moment[:6]) if isinstance(moment, tuple) else ()
