"""News sitemaps as feeds: sitemaps.org with Google's news extension (developers.google.com, "News sitemaps").

An address without news data has no title and no date of its own, so it is no entry; how many there were is
an issue. A sitemap index lists sitemaps, not stories: `sitemap_children` names them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from monitor.errors import ParseError
from monitor.parse.feed import MAX_ENTRIES
from monitor.parse.xmltree import child_text, children, local_name, read_xml
from monitor.text.urls import canonical_url, joined
from monitor.types.entries import Issue, ParsedFeed, RawEntry, Severity

MAX_CHILDREN = 1_000
_ROOT = re.compile(
    rb"(?:[\s\x00\xef\xbb\xbf\xfe\xff]|<\?[^>]{0,500}>|<!--(?:[^-]++|-(?!->))*+-->|<!DOCTYPE[^>\[]{0,500}>)*+"
    rb"<(?:[\w-]{1,20}:)?(urlset|sitemapindex)[\s>]",
    re.IGNORECASE,
)
_NEWS = re.compile(r"news|google|latest|recent|aktuell|noticias|actu", re.IGNORECASE)
_SPLIT = re.compile(r"\s*[,;،、]\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildSitemap:
    """A sitemap that an index lists; `is_news` when its name says that it holds the latest."""

    url: str
    modified: str | None = None
    is_news: bool = False


def is_sitemap(body: bytes) -> bool:
    """Return whether a body is a sitemap or a sitemap index, by its root element."""
    return _ROOT.match(body[:5_000].replace(b"\x00", b"")) is not None


def parse_sitemap(body: bytes, *, content_type: str | None = None, url: str | None = None) -> ParsedFeed:
    """Return the stories of a news sitemap, at most `MAX_ENTRIES`, the newest first counted.

    `url` is where it was found. Raises `ParseError`: `not_a_feed`, and those of `read_xml`.
    """
    document = read_xml(body, content_type=content_type)
    kind = local_name(document.root)
    feed = ParsedFeed(
        format="sitemap", encoding=document.encoding, issues=document.issues, damaged=document.damaged
    )
    if kind == "sitemapindex":
        return replace(feed, issues=(*feed.issues, _index_issue(document.root, url)))
    if kind != "urlset":
        raise ParseError("not_a_feed", f"the document is <{kind[:40]}>, not a sitemap")
    found = [(place, *_news_of(place)) for place in children(document.root, "url")]
    news = [(place, item) for place, item, _ in found if item is not None]
    entries, capped = _newest([_entry(place, item, url) for place, item in news])
    publication = next((p for _, item in news for p in children(item, "publication")), None)
    return replace(
        feed,
        title=child_text(publication, "name") if publication is not None else "",
        language=(child_text(publication, "language") or None) if publication is not None else None,
        entries=entries,
        issues=(*feed.issues, *_without_news(len(found) - len(news)), *capped),
    )


def sitemap_children(
    body: bytes, *, content_type: str | None = None, url: str | None = None
) -> tuple[ChildSitemap, ...]:
    """Return the sitemaps of an index, those of news first, then the last modified; nothing for other sitemaps.

    Raises the `ParseError`s of `read_xml`.
    """
    root = read_xml(body, content_type=content_type).root
    return _children(root, url) if local_name(root) == "sitemapindex" else ()


def _children(root: Any, url: str | None) -> tuple[ChildSitemap, ...]:
    found: dict[str, ChildSitemap] = {}
    for place in children(root, "sitemap"):
        address = canonical_url(joined(url, child_text(place, "loc")))
        if address is None or len(found) >= MAX_CHILDREN:
            continue
        modified = child_text(place, "lastmod") or None
        is_news = bool(_NEWS.search(address.partition("//")[2].partition("/")[2]))
        found.setdefault(address, ChildSitemap(url=address, modified=modified, is_news=is_news))
    newest_first = sorted(found.values(), key=lambda child: child.modified or "", reverse=True)
    return tuple(sorted(newest_first, key=lambda child: not child.is_news))


def _index_issue(root: Any, url: str | None) -> Issue:
    listed = _children(root, url)
    shown = ", ".join(child.url for child in listed[:3]) or "it lists none"
    return Issue(
        code="sitemap_index", detail=f"an index of {len(listed)} sitemaps, poll one of them instead: {shown}"
    )


def _news_of(place: Any) -> tuple[Any, str]:
    """The news element of an address (None where there is none), and its title."""
    item = next(children(place, "news"), None)
    title = child_text(item, "title") if item is not None else ""
    return (item, title) if title and child_text(place, "loc") else (None, "")


def _entry(place: Any, item: Any, url: str | None) -> RawEntry:
    publication = next(children(item, "publication"), None)
    modified = child_text(place, "lastmod") or None
    words = f"{child_text(item, 'keywords')},{child_text(item, 'genres')}"
    return RawEntry(
        link=joined(url, child_text(place, "loc")),
        title=child_text(item, "title"),
        title_is_html=False,
        published=child_text(item, "publication_date") or modified,
        updated=modified,
        categories=tuple(dict.fromkeys(word for word in _SPLIT.split(words) if word))[:50],
        language=(child_text(publication, "language") or None) if publication is not None else None,
    )


def _newest(entries: list[RawEntry]) -> tuple[tuple[RawEntry, ...], tuple[Issue, ...]]:
    """At most `MAX_ENTRIES`; W3C dates sort as text."""
    if len(entries) <= MAX_ENTRIES:
        return tuple(entries), ()
    kept = sorted(entries, key=lambda entry: entry.published or "", reverse=True)[:MAX_ENTRIES]
    detail = f"{len(entries)} entries in the sitemap, the newest {MAX_ENTRIES} were read"
    return tuple(kept), (Issue(code="entries_capped", detail=detail),)


def _without_news(count: int) -> tuple[Issue, ...]:
    if not count:
        return ()
    detail = f"{count} addresses have no news title and are no entries"
    return (Issue(code="no_news_data", detail=detail, severity=Severity.INFO),)
