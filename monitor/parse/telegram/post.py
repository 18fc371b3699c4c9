"""One message block to a `Post`, a service message, or a reason why it is neither.

    data-post -> reply read and taken out -> nodes by class -> date, body, media, origin -> Post

Fields and their rules: the project's Telegram specification, section 3.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from selectolax.lexbor import LexborNode

from monitor.parse.telegram.body import Body, read_body
from monitor.parse.telegram.classes import KNOWN, SAFE_CHILDREN, is_unknown
from monitor.parse.telegram.media import (
    MAX_PARTS,
    Marked,
    first,
    inner,
    is_media,
    read_media,
    read_poll,
    read_preview,
)
from monitor.parse.telegram.numbers import chat_of_peer, chat_of_view, iso_time, message_id, shown_count
from monitor.text.telegram_names import name_of, post_of
from monitor.types.telegram import Media, MediaKind, Origin, OriginKind, Post, ReplyTarget, ShownCount

MAX_NODES = 2_000
"""Elements with a class that are looked at in one message; a full album has about a hundred."""

_T = "tgme_widget_message_"
_SINGLE = re.compile(
    r"^(?:(?:https?:)?//[^/]+)?/?(?:s/)?([A-Za-z0-9_]+)/([0-9]{1,19})\?(?:[^#]*&)?single(?:[&=#]|$)"
)


@dataclass(frozen=True, slots=True)
class Service:
    """A service message (pinned, renamed, photo changed): counted, never an entry."""

    channel: str
    post_id: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A block that is no message to us, and why."""

    reason: str
    post_id: int | None = None


def read_post(message: LexborNode, unknown: set[str]) -> Post | Service | Refused:
    """Read one `.tgme_widget_message`. It changes the tree: the quoted reply is taken out.

    Classes of the preview that are new are added to `unknown`. Never raises for what a page holds.
    """
    channel, _, number = (message.attributes.get("data-post") or "").strip().rpartition("/")
    post_id = message_id(number)
    if post_id is None or not re.fullmatch(r"[A-Za-z0-9_]{1,64}", channel):
        return Refused("no_id")
    if "service_message" in _classes(message):
        return Service(channel, post_id)
    reply = _reply(message)
    marked, in_order = _by_class(message, unknown)
    time = _time(marked)
    if time is None:
        return Refused("no_date", post_id)
    body = _body(marked)
    media = read_media(in_order[:MAX_PARTS])
    poll = read_poll(marked)
    preview = read_preview(marked)
    odd = _strangers(message)
    if not (body.text or media or poll or preview):
        # what the preview cannot show is kept with its permalink, so that nothing goes missing
        media = (Media(kind=MediaKind.UNSUPPORTED),)
        if "message_media_not_supported_wrap" not in marked:
            odd = (*odd, "no_content")
    return Post(
        channel=channel,
        post_id=post_id,
        ids=_ids(marked, channel, post_id),
        published_at=iso_time(time),
        published_raw=time,
        text=body.text,
        links=tuple(body.links),
        hashtags=tuple(body.hashtags),
        mentions=tuple(body.mentions),
        spoiler=body.spoiler,
        edited=_edited(marked),
        chat_id=_chat(message),
        origin=_origin(marked),
        reply=reply,
        via_bot=inner(first(marked, f"{_T}via_bot")).removeprefix("@"),
        media=media,
        poll=poll,
        preview=preview,
        views=shown_count(inner(first(marked, f"{_T}views"))),
        reactions=_reactions(marked),
        odd=odd,
    )


def _classes(node: LexborNode) -> list[str]:
    return (node.attributes.get("class") or "").split()


def _reply(message: LexborNode) -> ReplyTarget | None:
    """The post that is answered. Its quote wears the class of a body, so the whole element goes."""
    target: ReplyTarget | None = None
    for node in message.css(f".{_T}reply"):
        post = post_of(node.attributes.get("href") or "")
        if post is not None and target is None:
            target = ReplyTarget(channel=post[0], post_id=post[1])
        node.decompose()
    # a quote outside its element is a change of layout, and still no body
    for node in message.css(".js-message_reply_text"):
        node.decompose()
    return target


def _by_class(message: LexborNode, unknown: set[str]) -> tuple[Marked, list[tuple[str, LexborNode]]]:
    marked: defaultdict[str, list[LexborNode]] = defaultdict(list)
    media: list[tuple[str, LexborNode]] = []
    for node in message.css("[class]")[:MAX_NODES]:
        tokens, kind, new = _sorted(node.attributes.get("class") or "")
        for token in tokens:
            marked[token].append(node)
        if kind is not None:
            media.append((kind, node))
        if new:
            unknown.update(new)
    return marked, media


@lru_cache(maxsize=4096)
def _sorted(classes: str) -> tuple[tuple[str, ...], str | None, tuple[str, ...]]:
    """The tokens of a class attribute, the one that marks media, and those that are new to us."""
    tokens = tuple(dict.fromkeys(classes.split()))
    media = next((token for token in tokens if is_media(token)), None)
    return tokens, media, tuple(token for token in tokens if is_unknown(token))


def _chat(message: LexborNode) -> int | None:
    attributes = message.attributes
    return chat_of_view(attributes.get("data-view")) or chat_of_peer(attributes.get("data-peer"))


def _time(marked: Marked) -> str | None:
    """The value of the date link's `time`; those of voice and video are durations."""
    for link in marked.get(f"{_T}date", ()):
        node = link.css_first("time[datetime]")
        value = (node.attributes.get("datetime") or "").strip() if node is not None else ""
        if iso_time(value) is not None:
            return value
    return None


def _body(marked: Marked) -> Body:
    """The outermost body, its inner copy once where it has one, and the captions of further documents."""
    body = Body()
    inside: set[int] = set()
    for node in marked.get("js-message_text", ())[:MAX_PARTS]:
        if node.mem_id in inside:
            continue
        nested = [child for child in node.css(".js-message_text") if child.mem_id != node.mem_id]
        inside.update(child.mem_id for child in nested)
        body.join(read_body(((nested[0] if nested else node).html) or ""))
    for wrap in marked.get(f"{_T}document_wrap", ())[:MAX_PARTS]:
        caption = wrap.next
        while caption is not None and caption.tag in {"-text", "-comment"}:
            caption = caption.next
        if (
            caption is not None
            and f"{_T}text" in _classes(caption)
            and "js-message_text" not in _classes(caption)
        ):
            body.join(read_body(caption.html or ""))
    return body


def _ids(marked: Marked, channel: str, post_id: int) -> tuple[int, ...]:
    """The post's id and those of the other parts of its album."""
    ids = {post_id}
    for wrap in marked.get("js-message_grouped_wrap", ())[:MAX_PARTS]:
        for link in wrap.css("a[href]"):
            match = _SINGLE.match(link.attributes.get("href") or "")
            number = message_id(match[2]) if match and match[1].lower() == channel.lower() else None
            if number is not None:
                ids.add(number)
    return tuple(sorted(ids))


def _edited(marked: Marked) -> bool:
    """Whether the line of date and views holds a word of its own; the signature is an element beside it."""
    meta = first(marked, f"{_T}meta")
    if meta is None:
        return False
    own = "".join(node.text_content or "" for node in meta.iter(include_text=True) if node.tag == "-text")
    return bool(own.replace(",", "").strip())


def _origin(marked: Marked) -> Origin | None:
    """Where a forward comes from. Only channels are named: a person, or a hidden origin, is not."""
    if f"{_T}forwarded_from" not in marked and f"{_T}forwarded_from_name" not in marked:
        return None
    node = first(marked, f"{_T}forwarded_from_name")
    href = (node.attributes.get("href") or "") if node is not None else ""
    post = post_of(href) if href else None
    if post is not None:
        return Origin(kind=OriginKind.CHANNEL, channel=post[0], post_id=post[1], name=inner(node))
    return Origin(kind=OriginKind.PERSON if name_of(href) else OriginKind.HIDDEN)


def _reactions(marked: Marked) -> tuple[tuple[str, ShownCount | None], ...]:
    found = []
    for node in marked.get("tgme_reaction", ())[:MAX_PARTS]:
        custom = node.css_first("tg-emoji")
        shown = node.css_first(".emoji b")
        key = inner(shown)
        if custom is not None and not key:
            key = f"custom:{custom.attributes.get('emoji-id') or ''}"
        if "tgme_reaction_paid" in _classes(node):
            key = "paid"
        if shown is not None:
            shown.decompose()
        found.append((key, shown_count(inner(node))))
    return tuple(found)


def _strangers(message: LexborNode) -> tuple[str, ...]:
    """Text where none is expected: in an element we do not know, or a body that is marked as none."""
    bubble = message.css_first(f".{_T}bubble") or message
    found: dict[str, None] = {}
    boxes = [bubble, *(node for node in bubble.css(".media_supported_cont")[:MAX_PARTS])]
    for box in boxes:
        previous: list[str] = []
        for node in box.iter():
            names = _classes(node)
            stray = (
                f"{_T}text" in names
                and "js-message_text" not in names
                and f"{_T}document_wrap" not in previous
            )
            strange = not (KNOWN.intersection(names) or SAFE_CHILDREN.intersection(names))
            if (stray or strange) and node.tag not in {"svg", "i", "script", "style"} and inner(node):
                found[f"unread_text:{names[0] if names else node.tag}"] = None
            previous = names
    return tuple(found)
