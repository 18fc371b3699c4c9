"""What a post carries besides text: media in the order of the page, a poll, a link preview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from selectolax.lexbor import LexborNode

from monitor.parse.telegram.body import plain
from monitor.parse.telegram.numbers import seconds, shown_count, shown_percent
from monitor.text.clean import clean_text
from monitor.types.telegram import LinkPreview, Media, MediaKind, Poll, PollOption

Marked = Mapping[str, Sequence[LexborNode]]
"""The nodes of a message by each class they have, in the order of the page."""

MAX_PARTS = 50
"""Parts of one kind that are read of a post; an album has ten at most, a poll twelve options."""

_T = "tgme_widget_message_"
_PLAYERS = {
    f"{_T}photo_wrap": MediaKind.PHOTO,
    f"{_T}service_photo": MediaKind.PHOTO,
    f"{_T}video_player": MediaKind.VIDEO,
    f"{_T}roundvideo_player": MediaKind.ROUND_VIDEO,
    f"{_T}voice_player": MediaKind.VOICE,
    f"{_T}document_wrap": MediaKind.DOCUMENT,
    f"{_T}location_wrap": MediaKind.LOCATION,
    f"{_T}contact_wrap": MediaKind.CONTACT,
    f"{_T}contact": MediaKind.CONTACT,
    f"{_T}poll": MediaKind.POLL,
}
_STICKERS = (f"{_T}sticker", f"{_T}tgsticker", f"{_T}videosticker", "js-videosticker_video")


def inner(node: LexborNode | None) -> str:
    """The one line of text in a node, empty for none."""
    if node is None:
        return ""
    child = node.child
    if child is not None and child.next is None and child.tag == "-text":
        # most of what is asked for is one run of text
        return " ".join(clean_text(child.text_content or "").split())
    return plain(node.html or "")


def first(marked: Marked, name: str) -> LexborNode | None:
    """The first node of a class."""
    nodes = marked.get(name)
    return nodes[0] if nodes else None


def read_media(nodes: Sequence[tuple[str, LexborNode]]) -> tuple[Media, ...]:
    """Return the media of (class, node) pairs in their order. A contact counts once, as does a sticker.

    Coordinates, venues, phone numbers and contact names are not read.
    """
    found: list[Media] = []
    single: set[MediaKind] = set()
    for name, node in nodes:
        kind = MediaKind.STICKER if name in _STICKERS else _PLAYERS.get(name)
        if kind is None:
            continue
        if kind in {MediaKind.STICKER, MediaKind.CONTACT, MediaKind.LOCATION, MediaKind.POLL}:
            if kind in single:
                continue
            single.add(kind)
        found.append(_one(kind, node))
    return tuple(found)


def is_media(name: str) -> bool:
    """Whether a class marks an item of media."""
    return name in _PLAYERS or name in _STICKERS


def _one(kind: MediaKind, node: LexborNode) -> Media:
    if kind is MediaKind.VIDEO:
        return _video(node)
    if kind is MediaKind.ROUND_VIDEO:
        return Media(kind=kind, duration_s=seconds(inner(node.css_first(f".{_T}roundvideo_duration"))))
    if kind is MediaKind.VOICE:
        return Media(kind=kind, duration_s=seconds(inner(node.css_first(f".{_T}voice_duration"))))
    if kind is MediaKind.DOCUMENT:
        icon = node.css_first(f".{_T}document_icon")
        music = icon is not None and "audio" in (icon.attributes.get("class") or "").split()
        title = inner(node.css_first(f".{_T}document_title"))
        return Media(kind=MediaKind.MUSIC if music else kind, title=title)
    return Media(kind=kind)


def _video(node: LexborNode) -> Media:
    """No duration means a GIF, unless there is no video at all: then it is too big for the preview."""
    duration = node.css_first("time.message_video_duration")
    if duration is not None:
        return Media(kind=MediaKind.VIDEO, duration_s=seconds(inner(duration)))
    too_big = (
        "not_supported" in (node.attributes.get("class") or "").split() or node.css_first("video") is None
    )
    return Media(kind=MediaKind.VIDEO if too_big else MediaKind.GIF)


def read_poll(marked: Marked) -> Poll | None:
    """Return the poll; its percentages are rounded and may add up to more than 100."""
    node = first(marked, f"{_T}poll")
    if node is None:
        return None
    options = tuple(
        PollOption(
            text=inner(option.css_first(f".{_T}poll_option_text")),
            percent=shown_percent(inner(option.css_first(f".{_T}poll_option_percent"))),
        )
        for option in marked.get(f"{_T}poll_option", ())[:MAX_PARTS]
    )
    return Poll(
        question=inner(first(marked, f"{_T}poll_question")),
        label=inner(first(marked, f"{_T}poll_type")),
        multiple="multiple" in (node.attributes.get("class") or "").split(),
        options=options,
        voters=shown_count(inner(first(marked, f"{_T}voters"))),
    )


def read_preview(marked: Marked) -> LinkPreview | None:
    """Return the link preview, which may be empty but for its address. Its picture is nobody's media."""
    node = first(marked, f"{_T}link_preview")
    href = (node.attributes.get("href") or "").strip() if node is not None else ""
    if node is None or not href:
        return None
    return LinkPreview(
        url=f"https:{href}" if href.startswith("//") else href,
        site=inner(node.css_first(".link_preview_site_name")),
        title=inner(node.css_first(".link_preview_title")),
        description=inner(node.css_first(".link_preview_description")),
    )
