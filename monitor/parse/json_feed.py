"""JSON Feed 1.0 and 1.1 (jsonfeed.org), which feedparser does not read."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from monitor.errors import ParseError
from monitor.text.urls import is_absolute, joined
from monitor.types.entries import Issue, ParsedFeed, RawEntry

_VERSION = re.compile(r"https?://(?:www\.)?jsonfeed\.org/version/(\d)(?:\.(\d))?", re.IGNORECASE)


def parse_json_feed(
    text: str, *, encoding: str, url: str | None = None, issues: tuple[Issue, ...] = ()
) -> ParsedFeed:
    """Return the feed that `text` holds. Relative links are joined to its home page, else to `url`.

    Raises `ParseError` (`not_a_feed`) for JSON that is no feed, (`json_broken`) for what is no JSON.
    """
    try:
        feed = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise ParseError("json_broken", f"the body is not JSON: {type(error).__name__}") from None
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise ParseError("not_a_feed", "the body is JSON, but no JSON Feed: it has no list of items")
    version = _VERSION.match(_string(feed.get("version")))
    if not (version or any(_is_item(item) for item in feed["items"])):
        raise ParseError("not_a_feed", "the body is JSON, but no JSON Feed: no version, and no item of one")
    items = [item for item in feed["items"] if isinstance(item, dict)]
    if len(items) < len(feed["items"]):
        odd = len(feed["items"]) - len(items)
        issues = (
            *issues,
            Issue(code="item_unreadable", detail=f"{odd} items of the JSON Feed are no objects"),
        )
    home = _string(feed.get("home_page_url"))
    base = home if is_absolute(home) else url
    next_url = _string(feed.get("next_url"))
    return ParsedFeed(
        format=f"json{version[1]}{version[2] or 0}" if version else "json",
        encoding=encoding,
        title=html.escape(_string(feed.get("title")), quote=False),
        language=_string(feed.get("language")) or None,
        entries=tuple(_entry(item, base) for item in items),
        issues=issues,
        next_url=joined(url or base, next_url) if next_url else None,
    )


def _is_item(item: Any) -> bool:
    return isinstance(item, dict) and any(
        key in item for key in ("content_html", "content_text", "date_published")
    )


def _entry(item: dict[str, Any], base: str | None) -> RawEntry:
    summary = _string(item.get("summary"))
    external = _string(item.get("external_url"))
    own = _string(item.get("url"))
    link = own or external
    return RawEntry(
        guid=_string(item.get("id")) or None,
        link=joined(base, link) if link else None,
        title=_string(item.get("title")),
        title_is_html=False,
        summary=_as_html(summary),
        content=_string(item.get("content_html")) or _as_html(_string(item.get("content_text"))),
        published=_string(item.get("date_published")) or None,
        updated=_string(item.get("date_modified")) or None,
        author=", ".join(_authors(item)),
        categories=tuple(text for text in map(_string, _list(item.get("tags"))) if text),
        language=_string(item.get("language")) or None,
        links=(external,) if external and own else (),
        source_url=external if external and own else None,
    )


def _authors(item: dict[str, Any]) -> list[str]:
    """Names: version 1.1 has a list, 1.0 one object."""
    people = _list(item.get("authors")) or [item.get("author")]
    names = (_string(person.get("name")) for person in people if isinstance(person, dict))
    return [name for name in names if name]


def _as_html(text: str) -> str:
    """Plain text as markup, so that a literal `<` is not read as a tag."""
    return html.escape(text, quote=False)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _string(value: Any) -> str:
    """A string, or the number that stands where a string belongs (ids are often numbers)."""
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value) if abs(value) < 1e18 else repr(float(value))
    return ""
