"""Posts of a Telegram page to entries, under the same keys by whichever route they came (design.md, entry key).

Post -> body with the poll's text -> canonical links -> hash of what an edit changes -> Entry
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from monitor.normalise.dates import published_of
from monitor.normalise.entry import MAX_BODY, MAX_CATEGORIES, MAX_CATEGORY, MAX_LINKS, MAX_TITLE
from monitor.text.clean import clean_line, cut_text, text_hash
from monitor.text.telegram_names import is_telegram, stable_link
from monitor.text.urls import canonical_url
from monitor.types.entries import Entry, Forward, Issue, KeySource, ReadFeed, Severity
from monitor.types.source import FeedKind
from monitor.types.telegram import Media, OriginKind, Page, Poll, Post

SERVICE = "service_message"
"""Why a service message is no entry; the counts of a poll name it."""

_UNSEEN = {0xFE0F: None, 0x200D: None}


def entries(page: Page, *, now: dt.datetime, language: str | None = None) -> tuple[Entry, ...]:
    """Return an entry for each post of the page, ids ascending. `language` is what the configuration says."""
    return tuple(_entry(post, now, language) for post in page.posts)


def read_page(page: Page, *, now: dt.datetime, language: str | None = None) -> ReadFeed:
    """Return the page as the pipeline takes any feed: entries, issues, and service messages as rejected."""
    services = len(page.service_ids)
    return ReadFeed(
        format="telegram",
        title=cut_text(clean_line(page.card.title), MAX_TITLE),
        language=None,
        entries=entries(page, now=now, language=language),
        issues=issues(page),
        rejected=((SERVICE, services),) if services else (),
        damaged=bool(page.broken),
    )


def issues(page: Page) -> tuple[Issue, ...]:
    """Return what a person should look at: a changed layout, posts with something unread, new classes."""
    found = []
    if page.broken:
        found.append(Issue(code=f"telegram_{page.broken}", detail=page.detail, severity=Severity.ERROR))
    for post in page.posts:
        if post.odd:
            detail = f"{post.url}: {', '.join(post.odd)}"
            found.append(Issue(code="telegram_post_unread", detail=detail, external_id=str(post.post_id)))
    if page.drift.unknown_classes:
        detail = f"classes of the preview that are new to us: {' '.join(page.drift.unknown_classes)}"
        found.append(Issue(code="telegram_unknown_class", detail=clean_line(detail), severity=Severity.INFO))
    return tuple(found)


def story_key(forward: Forward | None) -> str | None:
    """Return `channel/post` of a forward, folded: what the post and all forwards of it share. None for the rest."""
    if forward is None or forward.post_id is None:
        return None
    return f"{forward.channel.lower()}/{forward.post_id}"


def content_hash(post: Post, body: str, links: Iterable[str]) -> str:
    """Return the SHA-256 of what an edit changes: text, links, kinds and durations of media, the poll.

    Views, reactions and the addresses of media are of no account, nor are blanks, U+FE0F and U+200D, which
    differ between the routes (specification, sections 3 and 4). A post without text is known by its id.
    """
    text = " ".join(body.translate(_UNSEEN).split())
    media = " ".join(_media(item) for item in post.media)
    return text_hash(text or str(post.post_id), "\n".join(sorted(set(links))), media)


def _entry(post: Post, now: dt.datetime, language: str | None) -> Entry:
    body = _body(post)
    links = _links(post)
    published = published_of(post.published_raw, None, now=now)
    return Entry(
        external_id=str(post.post_id),
        key_source=KeySource.GUID,
        kind=FeedKind.TELEGRAM,
        url=post.url,
        url_raw=post.url,
        title="",
        body=cut_text(body, MAX_BODY),
        published_at=published.at,
        published_raw=published.raw,
        date_source=published.source,
        sha256=content_hash(post, body, links),
        categories=_categories(post),
        language=language,
        links=links,
        source_url=_source(post, links),
        forward=_forward(post),
        album_ids=post.ids if len(post.ids) > 1 else (),
        reply_to=f"{post.reply.channel.lower()}/{post.reply.post_id}" if post.reply else None,
        media=tuple(item.kind.value for item in post.media),
        views=post.views.value if post.views else None,
    )


def _body(post: Post) -> str:
    """The text, then a poll's question and answers, a line each: they are often all that a post says."""
    return "\n\n".join(part for part in (post.text, _poll(post.poll)) if part)


def _poll(poll: Poll | None) -> str:
    if poll is None:
        return ""
    return "\n".join(line for line in (poll.question, *(option.text for option in poll.options)) if line)


def _links(post: Post) -> tuple[str, ...]:
    """Canonical addresses, Telegram's own on t.me; the post itself and its own channel are not among them."""
    own = {post.url.lower(), f"https://t.me/{post.channel}".lower()}
    found: dict[str, None] = {}
    for link in post.links:
        url = canonical_url(link)
        if url is None:
            continue
        url = stable_link(url)
        if url.lower() not in own:
            found[url] = None
        if len(found) == MAX_LINKS:
            break
    return tuple(found)


def _source(post: Post, links: tuple[str, ...]) -> str | None:
    """The article that a post is about: its link preview, unless the body leads to several places."""
    url = canonical_url(post.preview.url) if post.preview else None
    outside = [link for link in links if not is_telegram(link)]
    return url if url is not None and not is_telegram(url) and len(outside) <= 1 else None


def _forward(post: Post) -> Forward | None:
    origin = post.origin
    if origin is None or origin.kind is not OriginKind.CHANNEL or not origin.channel:
        return None
    name = cut_text(clean_line(origin.name), MAX_TITLE)
    return Forward(channel=origin.channel.lower(), post_id=origin.post_id, name=name)


def _categories(post: Post) -> tuple[str, ...]:
    tags = (cut_text(clean_line(tag.removeprefix("#")), MAX_CATEGORY) for tag in post.hashtags)
    return tuple(dict.fromkeys(tag for tag in tags if tag))[:MAX_CATEGORIES]


def _media(item: Media) -> str:
    return item.kind.value if item.duration_s is None else f"{item.kind.value}:{item.duration_s}"
