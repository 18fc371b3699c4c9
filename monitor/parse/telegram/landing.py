"""The landing card of a name and the widget of one post: what they say where the status says nothing."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from monitor.parse.telegram.media import inner
from monitor.parse.telegram.numbers import shown_count
from monitor.parse.telegram.page import MAX_TAGS, page
from monitor.types.telegram import Embed, EmbedKind, Landing, LandingKind

_NUMBER = re.compile(r"^\s*([0-9][0-9\s.,]*[KMB]?)\s*([^\W\d_][^,]*)?(?:,\s*([0-9]))?")


def landing(html: bytes | str) -> Landing:
    """Classify `t.me/NAME` by its structure. The words of its title changed over the years and are not read."""
    text = html.decode("utf-8", "replace") if isinstance(html, bytes) else html
    if text.count("<") > MAX_TAGS:
        return Landing(kind=LandingKind.UNKNOWN)
    tree = LexborHTMLParser(text)
    title = inner(tree.css_first(".tgme_page_title"))
    extra = inner(tree.css_first(".tgme_page_extra"))
    if not title:
        absent = tree.css_first(".tgme_page_icon") is not None
        return Landing(kind=LandingKind.ABSENT_OR_BLOCKED if absent else LandingKind.UNKNOWN)
    match = _NUMBER.match(extra)
    count = shown_count(match[1].rstrip(" .,")) if match else None
    link = tree.css_first("a.tgme_page_context_link[href]")
    href = (link.attributes.get("href") or "") if link is not None else ""
    if href.startswith("/s/") or "/s/" in href.partition("://")[2]:
        kind = LandingKind.PREVIEWABLE
    elif match is None or count is None:
        kind = LandingKind.EXISTS
    elif match[3] or (match[2] or "").lower().startswith("member"):
        # "1 234 members, 56 online": two numbers are a group's
        kind = LandingKind.GROUP
    else:
        kind = LandingKind.NO_PREVIEW
    channel = kind in {LandingKind.PREVIEWABLE, LandingKind.NO_PREVIEW}
    return Landing(kind=kind, title=title, subscribers=count.value if count and channel else None)


def embed(html: bytes | str) -> Embed:
    """Read `t.me/NAME/ID?embed=1`. Neither a post nor the mark of an error is never taken for gone."""
    found = page(html, expected=None)
    if found.posts:
        return Embed(kind=EmbedKind.POST, post=found.posts[0])
    if found.drift.blocks or found.service_ids:
        return Embed(kind=EmbedKind.UNKNOWN)
    text = html.decode("utf-8", "replace") if isinstance(html, bytes) else html
    if text.count("<") <= MAX_TAGS and LexborHTMLParser(text).css_first(".err_message") is not None:
        return Embed(kind=EmbedKind.GONE)
    return Embed(kind=EmbedKind.UNKNOWN)
