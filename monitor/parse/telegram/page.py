"""A page of the public preview (`t.me/s/NAME`) to a `Page`: the card, posts, cursors, and how well it was read.

    bytes -> tree -> shape -> each block: post | service | unparsed -> what is odd -> Page

Pure. Never raises for what the bytes hold: a page that is not understood says so in `shape` and `broken`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor.parse.telegram.body import read_body
from monitor.parse.telegram.media import inner
from monitor.parse.telegram.numbers import message_id, shown_count
from monitor.parse.telegram.post import Refused, Service, read_post
from monitor.types.telegram import ChannelCard, Cursors, Drift, Page, PageShape, Post, ShownCount, Unparsed

MAX_TAGS = 30_000
"""Tags of a page; a full one has 1,000 to 10,000. A tree builder is quadratic on hostile nesting."""

MAX_BLOCKS = 100
"""Blocks of a page; Telegram shows 20 ids."""

MAX_SHOWN = 20

_T = "tgme_widget_message"
_BEFORE = re.compile(r"[?&]before=([0-9]{1,19})(?:[&#]|$)")
_VERSION = re.compile(r"/(widget-frame|telegram-web|telegram-widget)\.js\?([0-9]{1,6})")
_LEAST_JUDGED = 3


@dataclass(slots=True)
class _Blocks:
    """The blocks of a page as they are read."""

    posts: list[Post] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    unparsed: list[Unparsed] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    count: int = 0

    def read(self, node: LexborNode) -> None:
        """Read one block: a wrap, or a bare message of an embed."""
        message = node if "data-post" in node.attributes else node.css_first(f".{_T}[data-post], [data-post]")
        result = Refused("no_id") if message is None else read_post(message, self.unknown)
        match result:
            case Post():
                self.posts.append(result)
            case Service():
                self.services.append(result)
            case Refused(reason, post_id):
                self.unparsed.append(Unparsed(position=self.count, reason=reason, post_id=post_id))
        self.count += 1


def page(html: bytes | str, *, expected: str | None) -> Page:
    """Read one page. `expected` is the channel's name (any case) that was asked for, None where any will do.

    A JSON string with a fragment, which `X-Requested-With` brings, is read, too.
    """
    text = _markup(html)
    if text.count("<") > MAX_TAGS:
        return _unread(expected, PageShape.NOT_PREVIEW, "layout_changed", "more tags than a preview has")
    tree = LexborHTMLParser(text)
    blocks = _Blocks()
    wraps = _wraps(tree)
    if len(wraps) > MAX_BLOCKS:
        return _unread(expected, PageShape.BROKEN, "layout_changed", f"{len(wraps)} blocks on one page")
    for node in wraps:
        blocks.read(node)
    shape = _shape(tree, blocks)
    shown = _channel(tree, blocks)
    broken, detail = _judge(tree, shape, blocks, expected, shown)
    return Page(
        channel=shown or expected or "",
        shape=PageShape.BROKEN if broken == "layout_changed" else shape,
        posts=tuple(sorted(blocks.posts, key=lambda post: post.post_id)),
        service_ids=tuple(sorted(service.post_id for service in blocks.services)),
        card=_card(tree),
        cursors=_cursors(tree),
        drift=_drift(text, blocks),
        broken=broken,
        detail=detail,
    )


def _markup(html: bytes | str) -> str:
    text = html.decode("utf-8", "replace") if isinstance(html, bytes) else html
    if text.lstrip()[:1] == '"':
        try:
            value = json.loads(text)
        except ValueError:
            return text
        return value if isinstance(value, str) else text
    return text


def _unread(expected: str | None, shape: PageShape, broken: str, detail: str) -> Page:
    return Page(channel=expected or "", shape=shape, broken=broken, detail=detail)


def _wraps(tree: LexborHTMLParser) -> list[LexborNode]:
    """The blocks; messages without a wrap where there is none (an embed, or a renamed wrap)."""
    return tree.css(f".{_T}_wrap") or tree.css("[data-post]")


def _shape(tree: LexborHTMLParser, blocks: _Blocks) -> PageShape:
    if blocks.posts or blocks.services:
        return PageShape.POSTS
    # as the class of an element: a post may quote the words
    if tree.css_first(".tme_no_messages_found") is not None:
        return PageShape.NO_RESULTS
    if tree.css_first("section.tgme_channel_history") is not None and not blocks.count:
        return PageShape.EMPTY
    return PageShape.BROKEN if blocks.count else PageShape.NOT_PREVIEW


def _channel(tree: LexborHTMLParser, blocks: _Blocks) -> str:
    """The channel's own spelling; what most blocks say, for one page shows one channel."""
    names = [post.channel for post in blocks.posts] or [service.channel for service in blocks.services]
    return max(dict.fromkeys(names), key=names.count) if names else _of_main(tree)


def _of_main(tree: LexborHTMLParser) -> str:
    main = tree.css_first("main[data-url]")
    url = (main.attributes.get("data-url") or "") if main is not None else ""
    return url.strip("/").removeprefix("s/").split("/")[0].split("?")[0]


def _judge(
    tree: LexborHTMLParser, shape: PageShape, blocks: _Blocks, expected: str | None, shown: str
) -> tuple[str, str]:
    """Why the page must not be trusted: (code, words), both empty for a good one."""
    for name in (shown, _of_main(tree)):
        if name and expected and name.lower() != expected.lower():
            return "other_channel", f"the page of {expected} shows {name}"
    if shape is PageShape.NOT_PREVIEW:
        return ("layout_changed", "a preview page without a history") if _is_preview(tree) else ("", "")
    if blocks.unparsed:
        reasons = sorted({block.reason for block in blocks.unparsed})
        return (
            "layout_changed",
            f"{len(blocks.unparsed)} of {blocks.count} blocks cannot be read: {', '.join(reasons)}",
        )
    odd = [post for post in blocks.posts if post.odd]
    if len(odd) >= _LEAST_JUDGED and 2 * len(odd) > len(blocks.posts):
        return (
            "layout_changed",
            f"{len(odd)} of {len(blocks.posts)} posts hold something unread: {odd[0].odd[0]}",
        )
    return "", ""


def _is_preview(tree: LexborHTMLParser) -> bool:
    marks = "body.tgme_webpreview, main.tgme_main, .tgme_channel_info, .tgme_widget_message_wrap"
    return tree.css_first(marks) is not None


def _card(tree: LexborHTMLParser) -> ChannelCard:
    title = inner(tree.css_first(".tgme_channel_info_header_title"))
    if not title:
        meta = tree.css_first('meta[property="og:title"]')
        title = " ".join((meta.attributes.get("content") or "").split()) if meta is not None else ""
    described = tree.css_first(".tgme_channel_info_description")
    return ChannelCard(
        title=title,
        username=inner(tree.css_first(".tgme_channel_info_header_username")).removeprefix("@"),
        description=read_body(described.html or "").text if described is not None else "",
        verified=tree.css_first(".tgme_channel_info_header_labels .verified-icon") is not None,
        counters=_counters(tree),
    )


def _counters(tree: LexborHTMLParser) -> Mapping[str, ShownCount]:
    """Subscribers, photos, … where shown; the word is singular when there is one."""
    found = {}
    for node in tree.css(".tgme_channel_info_counter")[:MAX_SHOWN]:
        count = shown_count(inner(node.css_first(".counter_value")))
        word = inner(node.css_first(".counter_type")).lower()
        if count is not None and word:
            found[word if word.endswith("s") else f"{word}s"] = count
    return found


def _cursors(tree: LexborHTMLParser) -> Cursors:
    """`rel=prev`, else the link to older posts. `rel=canonical` holds a `before`, too, and leads nowhere."""
    previous = tree.css_first('link[rel="prev"]')
    match = _BEFORE.search(previous.attributes.get("href") or "") if previous is not None else None
    before = message_id(match[1]) if match else None
    return Cursors(
        before=before or _more(tree, "data-before"),
        after=_more(tree, "data-after"),
    )


def _more(tree: LexborHTMLParser, attribute: str) -> int | None:
    node = tree.css_first(f"a.tme_messages_more[{attribute}]")
    return message_id((node.attributes.get(attribute) or "").strip()) if node is not None else None


def _drift(text: str, blocks: _Blocks) -> Drift:
    posts = blocks.posts
    return Drift(
        blocks=blocks.count,
        posts=len(posts),
        services=len(blocks.services),
        with_text=sum(bool(post.text or post.poll) for post in posts),
        with_media=sum(bool(post.media) for post in posts),
        with_views=sum(post.views is not None for post in posts),
        odd=sum(bool(post.odd) for post in posts),
        unparsed=tuple(blocks.unparsed[:MAX_SHOWN]),
        unknown_classes=tuple(sorted(blocks.unknown)[:MAX_SHOWN]),
        versions={name: int(number) for name, number in _VERSION.findall(text)},
    )
