"""The feeds of a site, from one of its pages: declared ones, linked ones, then guesses.

    <link rel=alternate>  ->  <a href> that looks like a feed  ->  usual paths of the site

Likelier ones first; feeds of comments behind the others. A guess was not seen anywhere: it is for a person to try
(`feeds add`), never to be polled by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urljoin, urlsplit

from monitor.parse.opml import plain_feed_url
from monitor.parse.page import Page, read_page
from monitor.text.clean import clean_line, cut_text
from monitor.text.urls import canonical_url, host_of

MAX_FOUND = 50
"""Candidates that are handed back of each kind."""

USUAL_PATHS = (
    "/feed/", "/rss.xml", "/rss", "/feed.xml", "/atom.xml", "/index.xml", "/feeds/posts/default", "/rss/feed.xml",
    "/feed.json", "/news-sitemap.xml", "/sitemap-news.xml",
)  # fmt: skip
"""Where publishing systems put their feed: WordPress, Jekyll, Hugo, Ghost, Blogger and others."""

_TYPES = {
    "application/rss+xml": "rss",
    "application/rss": "rss",
    "application/x.rss+xml": "rss",
    "application/x-rss+xml": "rss",
    "application/rdf+xml": "rss",
    "text/rss+xml": "rss",
    "text/rss": "rss",
    "application/atom+xml": "atom",
    "text/atom+xml": "atom",
    "application/feed+json": "json",
}
_MAYBE_TYPES = frozenset({"application/json", "application/xml", "text/xml"})
_FEED_PATH = re.compile(r"(?:^|[/_.-])(?:rss2?|feeds?|atom|rdf)(?:$|[/.])", re.IGNORECASE)
_FEED_FILE = re.compile(r"\.(?:rss|atom|rdf|xml)$|/feed\.json$|/feed/?$|/rss/?$", re.IGNORECASE)
_FEED_QUERY = re.compile(
    r"(?:^|&)(?:feed|format|type|output|alt)=(?:rss2?|atom|rdf|feed|xml)(?:&|$)", re.IGNORECASE
)
_NO_FEED = re.compile(
    r"\.(?:html?|pdf|jpe?g|png|gif|svg|css|js|zip|mp3|mp4)$|wp-json|oembed|/feedback", re.IGNORECASE
)
_FEED_WORD = re.compile(
    r"\b(?:rss|atom|xml|feed|flux|rdf|json feed)\b|лент|خوراک|خلاصات|订阅|訂閱|구독", re.IGNORECASE
)
_COMMENTS = re.compile(
    r"comment|commentaire|kommentar|comentario|комментар|коментар|تعليق|نظرات|دیدگاه|评论|評論|댓글|replies|/talk/",
    re.IGNORECASE,
)
_SERVICES = re.compile(
    r"(?:^|\.)(?:facebook|twitter|x|linkedin|feedly|inoreader|netvibes|google|apple|spotify|youtube|t)\.(?:com|me)$"
)


class Seen(StrEnum):
    """Where a candidate was seen; guessed ones were seen nowhere."""

    DECLARED = "declared"
    LINKED = "linked"
    GUESSED = "guessed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedCandidate:
    """What may be a feed: its canonical address, its title, `rss`, `atom`, `json`, `sitemap` or `unknown`."""

    url: str
    seen: Seen
    kind: str = "unknown"
    title: str = ""
    is_comments: bool = False


def discover_feeds(
    html: bytes, *, url: str, content_type: str | None = None, guess: bool = True
) -> tuple[FeedCandidate, ...]:
    """Return the feeds that a page of a site names, likeliest first, and with `guess` the usual paths.

    `url` is where the page was found. An address is named once, where it is likeliest. Never raises.
    """
    page = read_page(html, url=url, content_type=content_type)
    seen: list[FeedCandidate] = []
    if page.tree is not None:
        home = host_of(url)
        declared = sorted(_declared(page), key=_order)
        linked = sorted(_linked(page), key=lambda feed: (host_of(feed.url) != home, *_order(feed)))
        seen = [*declared[:MAX_FOUND], *linked[:MAX_FOUND]]
    # no comments feed stands before a feed of the site
    seen.sort(key=lambda feed: feed.is_comments)
    guesses = _guessed(url) if guess else ()
    return tuple({feed.url: feed for feed in reversed([*seen, *guesses])}.values())[::-1]


def _order(feed: FeedCandidate) -> tuple[bool, bool]:
    """What makes a feed the one that is meant: not of comments, of a kind that is known.

    Sorting is stable: among equals the page's own order counts, and sites declare the main feed first.
    """
    return feed.is_comments, feed.kind == "unknown"


def _declared(page: Page) -> Iterator[FeedCandidate]:
    for link in page.tree.iter("link"):
        rels = set((link.get("rel") or "").lower().split())
        kind = _TYPES.get(_media_type(link))
        maybe = _media_type(link) in _MAYBE_TYPES
        if "stylesheet" in rels or not (rels & {"alternate", "feed"}):
            continue
        found = _candidate(page, link, link.get("title") or "", Seen.DECLARED, kind or "unknown")
        if found is None:
            continue
        if (
            kind
            or "feed" in rels
            or (maybe and not _NO_FEED.search(found.url) and _looks_like_feed(found.url))
        ):
            yield found


def _linked(page: Page) -> Iterator[FeedCandidate]:
    for anchor in page.tree.iter("a"):
        href = anchor.get("href") or ""
        if not href or len(href) > 2048:
            continue
        kind = _TYPES.get(_media_type(anchor))
        text = " ".join((anchor.get("title") or "", "".join(anchor.itertext())[:200]))
        found = _candidate(page, anchor, text, Seen.LINKED, kind or "unknown")
        if found is None or _NO_FEED.search(urlsplit(found.url).path) or _SERVICES.search(host_of(found.url)):
            continue
        is_file = bool(_FEED_FILE.search(urlsplit(found.url).path))
        if (
            kind
            or href[:5].lower() == "feed:"
            or (
                _looks_like_feed(found.url)
                and (is_file or _FEED_WORD.search(text) or _FEED_QUERY.search(found.url))
            )
        ):
            yield found


def _candidate(page: Page, element: Any, title: str, seen: Seen, kind: str) -> FeedCandidate | None:
    """What an element with a `href` points to; None where that is no address of the web, or the page itself."""
    url = canonical_url(plain_feed_url((element.get("href") or "").strip()), page.base)
    if url is None:
        return None
    title = cut_text(clean_line(title), 200)
    path = urlsplit(url)
    is_comments = bool(_COMMENTS.search(f"{path.path}?{path.query} {title}"))
    return FeedCandidate(url=url, seen=seen, kind=_kind(url, kind), title=title, is_comments=is_comments)


def _kind(url: str, kind: str) -> str:
    if kind != "unknown":
        return kind
    path = urlsplit(url).path.lower()
    if path.endswith("feed.json"):
        return "json"
    return next((name for name in ("sitemap", "atom", "rss") if name in path), "unknown")


def _looks_like_feed(url: str) -> bool:
    parts = urlsplit(url)
    return bool(_FEED_PATH.search(parts.path) or _FEED_QUERY.search(parts.query)) or (
        "feed" in parts.hostname.split(".")[0] if parts.hostname else False
    )


def _media_type(element: Any) -> str:
    return (element.get("type") or "").partition(";")[0].strip().lower()


def _guessed(url: str) -> tuple[FeedCandidate, ...]:
    """The usual paths at the root of the site."""
    root = canonical_url(urljoin(url, "/")) if url else None
    if root is None:
        return ()
    found = (canonical_url(path, root) for path in USUAL_PATHS)
    return tuple(
        FeedCandidate(url=url, seen=Seen.GUESSED, kind=_kind(url, "unknown")) for url in found if url
    )
