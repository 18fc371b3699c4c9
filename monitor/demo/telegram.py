"""The newsroom's channel as Telegram's public preview shows it: pages of posts, and the widget of a single one.

The markup is what the parser reads and no more (monitor/parse/telegram); the words are in newsroom/channel.yaml.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from importlib.resources import files
from typing import Any

import yaml

_FILE = files("monitor.demo") / "newsroom" / "channel.yaml"


@dataclass(frozen=True, slots=True)
class DemoPost:
    """One invented post. `row` is its entry in channel.yaml."""

    id: str
    number: int
    row: dict[str, Any]

    def text(self, version: int) -> str:
        """What it says in a version of the channel."""
        said: str = self.row["text"] if version < 2 else self.row.get("edited") or self.row["text"]
        return said

    def published(self, now: dt.datetime) -> dt.datetime:
        """When it was published, to the second."""
        return (now - dt.timedelta(hours=float(self.row["hours_ago"]))).replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class DemoChannel:
    """The channel: its name as it spells itself, its outlet, posts ascending, numbers of service messages."""

    name: str
    outlet: dict[str, Any]
    posts: tuple[DemoPost, ...]
    service: tuple[int, ...]

    def url(self, post: DemoPost) -> str:
        """The permalink of a post."""
        return f"https://t.me/{self.name}/{post.number}"

    def shown(self, version: int) -> tuple[DemoPost, ...]:
        """The posts of a version: the second has lost what is marked as deleted."""
        return tuple(post for post in self.posts if version < 2 or not post.row.get("deleted"))


@lru_cache(maxsize=1)
def channel() -> DemoChannel:
    """The newsroom's channel."""
    data: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    posts = tuple(DemoPost(id=row["id"], number=row["post"], row=row) for row in data["posts"])
    return DemoChannel(
        name=data["name"], outlet=data["outlet"], posts=posts, service=tuple(data.get("service", ()))
    )


def answer(path: str, now: dt.datetime, version: int, after: int = 0, base: str = "") -> str | None:
    """The page at `/s/NAME` (posts beyond `after`), or the widget at `/NAME/NUMBER`; None for other paths.

    `base` is where the newsroom's articles are, for the cards of those that posts show.
    """
    one = channel()
    parts = path.strip("/").split("/")
    if len(parts) != 2:
        return None
    if parts[0] == "s" and parts[1].lower() == one.name.lower():
        return _page(one, now, version, after, base)
    if parts[0].lower() == one.name.lower() and parts[1].isdecimal():
        found = [post for post in one.shown(version) if post.number == int(parts[1])]
        return _widget(_block(one, found[0], now, version, base) if found else "")
    return None


def _page(one: DemoChannel, now: dt.datetime, version: int, after: int, base: str) -> str:
    blocks = [_service(one, number, now) for number in one.service if number > after]
    blocks += [_block(one, post, now, version, base) for post in one.shown(version) if post.number > after]
    empty = "" if blocks else '<div class="tme_no_messages_found">No posts found</div>'
    title = escape(one.outlet["name"])
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head>'
        '<body class="tgme_webpreview"><header class="tgme_header"><section class="tgme_right_column">'
        '<div class="tgme_channel_info"><div class="tgme_channel_info_header">'
        f'<div class="tgme_channel_info_header_title"><span>{title}</span></div>'
        '<div class="tgme_channel_info_header_username">'
        f'<a href="https://t.me/{one.name}">@{one.name}</a></div></div></div></section></header>'
        f'<main class="tgme_main" data-url="/{one.name}"><div class="tgme_container">'
        f'<section class="tgme_channel_history js-message_history">{empty}{"".join(blocks)}</section>'
        "</div></main></body></html>"
    )


def _widget(block: str) -> str:
    error = '<div class="tgme_widget_message_error err_message">Post not found</div>'
    return f'<html><body class="widget_frame_base">{block or error}</body></html>'


def _block(one: DemoChannel, post: DemoPost, now: dt.datetime, version: int, base: str) -> str:
    row, words = post.row, post.text(version)
    inner = [_forward(row.get("forward")), _reply(one, row.get("reply_to")), _album(one, row.get("album"))]
    if words:
        said = escape(words, quote=False).replace("\n", " ")
        inner.append(f'<div class="tgme_widget_message_text js-message_text" dir="auto">{said}</div>')
    inner.append(_poll(row.get("poll")))
    inner.append(_preview(row.get("preview"), base))
    edited = "edited &nbsp;" if version > 1 and row.get("edited") else ""
    views = f'<span class="tgme_widget_message_views">{row["views"]}</span>'
    return _wrap(one, post.number, post.published(now), "".join(inner), edited, views)


def _service(one: DemoChannel, number: int, now: dt.datetime) -> str:
    said = '<div class="tgme_widget_message_text js-message_text">Channel created</div>'
    return _wrap(one, number, now - dt.timedelta(days=3), said, "", "", classes="service_message ")


def _wrap(
    one: DemoChannel, number: int, at: dt.datetime, inner: str, meta: str, views: str, classes: str = ""
) -> str:
    return (
        '<div class="tgme_widget_message_wrap js-widget_message_wrap">'
        f'<div class="tgme_widget_message text_not_supported_wrap {classes}js-widget_message" '
        f'data-post="{one.name}/{number}"><div class="tgme_widget_message_bubble">{inner}'
        '<div class="tgme_widget_message_footer"><div class="tgme_widget_message_info">'
        f'{views}<span class="tgme_widget_message_meta">{meta}<a class="tgme_widget_message_date" '
        f'href="https://t.me/{one.name}/{number}"><time datetime="{at.replace(microsecond=0).isoformat()}" '
        'class="time">00:00</time></a></span></div></div></div></div></div>'
    )


def _forward(origin: dict[str, Any] | None) -> str:
    if origin is None:
        return ""
    href = f"https://t.me/{origin['channel']}/{origin['post']}"
    return (
        '<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from&nbsp;'
        f'<a class="tgme_widget_message_forwarded_from_name" href="{href}">'
        f"<span>{escape(origin['name'])}</span></a></div>"
    )


def _reply(one: DemoChannel, number: int | None) -> str:
    if number is None:
        return ""
    # the stray quote is Telegram's own
    return (
        f'<a class="tgme_widget_message_reply" href="https://t.me/{one.name}/{number}" ">'
        '<div class="tgme_widget_message_text js-message_reply_text" dir="auto">…</div></a>'
    )


def _album(one: DemoChannel, numbers: list[int] | None) -> str:
    if not numbers:
        return ""
    parts = "".join(
        '<a class="tgme_widget_message_photo_wrap grouped_media_wrap js-message_photo" '
        f'href="https://t.me/{one.name}/{number}?single"></a>'
        for number in numbers
    )
    return f'<div class="tgme_widget_message_grouped_wrap js-message_grouped_wrap">{parts}</div>'


def _preview(card: dict[str, Any] | None, base: str) -> str:
    if card is None:
        return ""
    parts = "".join(
        f'<div class="link_preview_{name}" dir="auto">{escape(card[key])}</div>'
        for name, key in (("site_name", "site"), ("title", "title"), ("description", "description"))
    )
    href = escape(base + card["path"])
    return f'<a class="tgme_widget_message_link_preview" href="{href}">{parts}</a>'


def _poll(poll: dict[str, Any] | None) -> str:
    if poll is None:
        return ""
    options = "".join(
        f'<div class="tgme_widget_message_poll_option"><div class="tgme_widget_message_poll_option_text">'
        f"{escape(option)}</div></div>"
        for option in poll["options"]
    )
    return (
        '<div class="tgme_widget_message_poll js-poll"><div class="tgme_widget_message_poll_question">'
        f'{escape(poll["question"])}</div><div class="tgme_widget_message_poll_type">Anonymous Poll</div>'
        f"{options}</div>"
    )
