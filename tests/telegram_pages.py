"""Preview pages about invented posts, in the markup that Telegram's server writes (specification, section 2)."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Iterable

CHANNEL = "Quay_Observer"
CHAT = 1500200300
START = dt.datetime(2026, 11, 20, 6, 0, tzinfo=dt.UTC)


def text(body: str) -> str:
    return f'<div class="tgme_widget_message_text js-message_text" dir="auto">{body}</div>'


def photo(post_id: int, *, single: bool = False, channel: str = CHANNEL) -> str:
    query = "?single" if single else ""
    grouped = (
        "grouped_media_wrap blured js-message_photo" if single else "5467914902124479304 1273098146_456246088"
    )
    return (
        f'<a class="tgme_widget_message_photo_wrap {grouped}" href="https://t.me/{channel}/{post_id}{query}" '
        "style=\"width:800px;background-image:url('https://cdn4.telesco.pe/file/a.jpg')\">"
        '<div class="tgme_widget_message_photo" style="padding-top:71%"></div></a>'
    )


def video(
    post_id: int, duration: str | None, *, single: bool = False, source: bool = True, blurred: bool = False
) -> str:
    query = "?single" if single else ""
    clip = '<video src="https://cdn4.telesco.pe/file/v.mp4?token=x" class="{}" width="100%"></video>'
    clips = clip.format("tgme_widget_message_video js-message_video") if source else ""
    if blurred:
        second = clip.format("tgme_widget_message_video_blured js-message_video_blured")
        clips = f'<div class="tgme_widget_message_video_blured_wrap">{second}</div>' + clips
    time = (
        f'<time class="message_video_duration js-message_video_duration">{duration}</time>'
        if duration
        else ""
    )
    label = "This media is not supported in your browser" if source else "Media is too big"
    return (
        f'<a class="tgme_widget_message_video_player {"grouped_media_wrap" if single else ""} '
        f'{"" if source else "not_supported"} js-message_video_player" href="https://t.me/{CHANNEL}/{post_id}{query}">'
        '<i class="tgme_widget_message_video_thumb" style="background-image:url(\'https://cdn4.telesco.pe/file/t.jpg\')">'
        f'</i><div class="tgme_widget_message_video_wrap" style="width:800px;padding-top:56%">{clips}</div>'
        f'<div class="message_video_play js-message_video_play"></div>{time}{unplayable(label)}</a>'
    )


def unplayable(label: str, extra: str = "") -> str:
    return (
        f'<div class="message_media_not_supported_wrap {extra}"><div class="message_media_not_supported">'
        f'<div class="message_media_not_supported_label">{label}</div>'
        '<span class="message_media_view_in_telegram">VIEW IN TELEGRAM</span></div></div>'
    )


def album(*parts: str) -> str:
    return (
        '<div class="tgme_widget_message_grouped_wrap js-message_grouped_wrap" style="width:453px;">'
        '<div class="tgme_widget_message_grouped js-message_grouped"><div class="tgme_widget_message_grouped_layer '
        f'js-message_grouped_layer">{"".join(parts)}</div></div></div>'
    )


def reply(post_id: int, quote: str, *, channel: str = CHANNEL, kind: str = "text") -> str:
    shown = (
        f'<div class="tgme_widget_message_{kind} js-message_reply_text" dir="auto">{quote}</div>'
        if kind == "text"
        else f'<div class="tgme_widget_message_metatext js-message_reply_text" dir="auto">{quote}</div>'
    )
    # the stray quote is Telegram's own
    return (
        f'<a class="tgme_widget_message_reply user-color-3" href="https://t.me/{channel}/{post_id}" ">'
        '<div class="tgme_widget_message_author accent_color"><span class="tgme_widget_message_author_name" dir="auto">'
        f'Quay Observer</span> via <span class="tgme_widget_message_via_bot">@quotebot</span></div>{shown}</a>'
    )


def forwarded(name: str, href: str | None, author: str = "") -> str:
    shown = f'<span dir="auto">{name}</span>'
    node = (
        f'<a class="tgme_widget_message_forwarded_from_name" href="{href}">{shown}</a>'
        if href
        else f'<span class="tgme_widget_message_forwarded_from_name">{shown}</span>'
    )
    signed = (
        f' (<span class="tgme_widget_message_forwarded_from_author" dir="auto">{author}</span>)'
        if author
        else ""
    )
    return f'<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from&nbsp;{node}{signed}</div>'


def poll(
    question: str,
    options: Iterable[tuple[str, str]],
    *,
    label: str = "Anonymous Poll",
    multiple: bool = False,
) -> str:
    rows = "".join(
        '<div class="tgme_widget_message_poll_option"><div class="tgme_widget_message_poll_option_percent">'
        f'{percent}</div><div class="tgme_widget_message_poll_option_value">'
        f'<div class="tgme_widget_message_poll_option_text">{option}</div>'
        '<div class="tgme_widget_message_poll_option_bar accent_bg" style="width:9%"></div></div></div>'
        for option, percent in options
    )
    return (
        f'<div class="tgme_widget_message_poll js-poll{" multiple" if multiple else ""}">'
        f'<div class="tgme_widget_message_poll_question">{question}</div>'
        f'<div class="tgme_widget_message_poll_type">{label}</div>'
        f'<a class="tgme_widget_message_poll_options" href="https://t.me/{CHANNEL}/1">{rows}</a></div>'
    )


def preview(
    href: str, *, site: str = "", title: str = "", description: str = "", picture: str = "image"
) -> str:
    image = (
        f'<i class="link_preview_{picture}" style="background-image:url(\'//cdn4.telesco.pe/p.jpg\')"></i>'
        if picture
        else ""
    )
    parts = [
        f'<div class="link_preview_{name} accent_color" dir="auto">{value}</div>'
        for name, value in (("site_name", site), ("title", title), ("description", description))
        if value
    ]
    return f'<a class="tgme_widget_message_link_preview" href="{href}">{image}{"".join(parts)}</a>'


def document(title: str, extra: str, *, music: bool = False) -> str:
    return (
        f'<a class="tgme_widget_message_document_wrap" href="https://t.me/{CHANNEL}/1">'
        f'<div class="tgme_widget_message_document_icon accent_bg{" audio" if music else ""}"></div>'
        '<div class="tgme_widget_message_document">'
        f'<div class="tgme_widget_message_document_title accent_color" dir="auto">{title}</div>'
        f'<div class="tgme_widget_message_document_extra" dir="auto">{extra}</div></div></a>'
    )


def please_open(inner: str) -> str:
    """Complete content with Telegram's notice that the post should be opened in the app."""
    notice = '<div class="message_media_not_supported_label">Please open Telegram to view this post</div>'
    return (
        f'<div class="media_supported_cont">{inner}</div><div class="media_not_supported_cont">'
        f'<div class="message_media_not_supported_wrap"><div class="message_media_not_supported">{notice}'
        '<a class="message_media_view_in_telegram" href="https://t.me/x">VIEW IN TELEGRAM</a></div></div></div>'
    )


def data_view(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def block(
    post_id: int,
    *inner: str,
    channel: str = CHANNEL,
    classes: str = "",
    views: str | None = "1.2K",
    meta: str = "",
    date: str | None = None,
    view: str | None = None,
    after: str = "",
    voters: str = "",
) -> str:
    """One message block. `meta` goes before the date link (`edited &nbsp;`, a signature)."""
    shown = date if date is not None else (START + dt.timedelta(minutes=post_id)).isoformat()
    counted = (
        f'<span class="tgme_widget_message_views">{views}</span><span class="copyonly"> views</span>'
        if views
        else ""
    )
    view = view if view is not None else data_view({"c": -CHAT, "p": post_id, "t": 1795000000, "h": "ab"})
    return f"""
<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message text_not_supported_wrap \
{classes} js-widget_message" data-post="{channel}/{post_id}" data-view="{view}">
  <div class="tgme_widget_message_user"><a href="https://t.me/{channel}">\
<i class="tgme_widget_message_user_photo bgcolor5" \
data-content="Q"><img src="https://cdn4.telesco.pe/file/u.jpg"></i></a></div>
  <div class="tgme_widget_message_bubble">
    <i class="tgme_widget_message_bubble_tail"><svg class="bubble_icon" width="9px" height="20px"><g fill="none">\
<path class="background" d="M8,1"></path></g></svg></i>
    <div class="tgme_widget_message_author accent_color"><a class="tgme_widget_message_owner_name" \
href="https://t.me/{channel}"><span dir="auto">Quay Observer</span></a></div>
    {"".join(inner)}
    <div class="tgme_widget_message_footer compact js-message_footer"><div class="tgme_widget_message_info short \
js-message_info">{voters}{counted}<span class="tgme_widget_message_meta">{meta}<a class="tgme_widget_message_date" \
href="https://t.me/{channel}/{post_id}"><time datetime="{shown}" class="time">07:00</time></a></span></div></div>
    {after}
  </div>
</div></div>"""


def service(post_id: int, words: str, *, picture: bool = False, channel: str = CHANNEL) -> str:
    image = (
        '<div class="tgme_widget_message_service_photo"><img src="https://cdn4.telesco.pe/s.jpg"></div>'
        if picture
        else ""
    )
    kind = "service_message service_message_photo" if picture else "service_message"
    return block(post_id, text(words), image, classes=kind, views=None, channel=channel)


def page(
    *blocks: str,
    channel: str = CHANNEL,
    before: int | None = None,
    after: int | None = None,
    prev: bool = True,
    more: bool = True,
    no_results: bool = False,
    title: str = "Quay Observer",
    counters: Iterable[tuple[str, str]] = (("11.1K", "subscribers"), ("1", "photo")),
    verified: bool = False,
) -> str:
    """A whole page. `before` and `after` are the cursors it links; `prev` and `more` say by which links."""
    link = f'<link rel="prev" href="/s/{channel}?before={before}">' if before and prev else ""
    older = _more(channel, "before", before) if before and more else ""
    newer = _more(channel, "after", after) if after else ""
    empty = '<div class="tme_no_messages_found">No posts found</div>' if no_results else ""
    counted = "".join(
        f'<div class="tgme_channel_info_counter"><span class="counter_value">{value}</span> '
        f'<span class="counter_type">{kind}</span></div>'
        for value, kind in counters
    )
    mark = '<i class="verified-icon"> ✔</i>' if verified else ""
    return f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{title} – Telegram</title>
<meta property="og:title" content="{title}"><meta property="og:description" content="News from an invented quay">
{link}<link rel="canonical" href="/s/{channel}?before=999999">
<link href="//telegram.org/css/widget-frame.css?64" rel="stylesheet" media="screen"></head>
<body class="widget_frame_base tgme_webpreview emoji_image"><header class="tgme_header search_collapsed">
<section class="tgme_right_column"><div class="tgme_channel_info"><div class="tgme_channel_info_header">
<div class="tgme_channel_info_header_title_wrap"><div class="tgme_channel_info_header_title">
<span dir="auto">{title}</span></div><div class="tgme_channel_info_header_labels">{mark}</div></div>
<div class="tgme_channel_info_header_username"><a href="https://t.me/{channel.lower()}">@{channel.lower()}</a></div></div>
<div class="tgme_channel_info_counters">{counted}</div>
<div class="tgme_channel_info_description">Ships and cargo.<br/>Write to <a href="https://t.me/quaybot">@quaybot</a></div>
</div></section></header>
<main class="tgme_main" data-url="/{channel}"><div class="tgme_container">
<section class="tgme_channel_history js-message_history">{older}{empty}{"".join(blocks)}{newer}</section></div></main>
<script src="//telegram.org/js/widget-frame.js?68"></script><script src="//telegram.org/js/telegram-web.js?14"></script>
</body></html>"""


def _more(channel: str, way: str, post_id: int) -> str:
    return (
        '<div class="tgme_widget_message_centered js-messages_more_wrap">'
        f'<a href="/s/{channel}?{way}={post_id}" class="tme_messages_more js-messages_more" '
        f'data-{way}="{post_id}"></a></div>'
    )


def landing(kind: str, name: str = CHANNEL) -> str:
    """The landing page of a name: previewable, closed, group, exists or absent."""
    contents = {
        "previewable": _landed("Quay Observer", "11 110 268 subscribers")
        + f'<a class="tgme_page_context_link" href="/s/{name}">Preview channel</a>',
        "closed": _landed("Quay Observer", "11\u00a0110\u00a0268 subscribers"),
        "group": _landed("Quay Talk", "1 204 members, 56 online"),
        "exists": _landed("Somebody", f"@{name}"),
        "absent": '<div class="tgme_page_icon"><i class="tgme_icon_user"></i></div><div class="tgme_page_description">'
        "If you have <strong>Telegram</strong>, you can contact "
        f'<a class="tgme_username_link">@{name}</a> right away.</div>',
    }
    return (
        '<!DOCTYPE html><html><head><title>Telegram: View @x</title></head><body class="no_transitions">'
        '<div class="tgme_page_wrap"><div class="tgme_body_wrap">'
        f'<div class="tgme_page">{contents[kind]}</div></div></div>'
        + "<!-- padding of a real page -->" * 20
        + "</body></html>"
    )


def _landed(title: str, extra: str) -> str:
    return (
        f'<div class="tgme_page_title" dir="auto"><span dir="auto">{title}</span></div>'
        f'<div class="tgme_page_extra">{extra}</div><div class="tgme_page_description">News</div>'
    )


def embed(message: str) -> str:
    """The widget of one post: a block, or the words of an error."""
    if message:
        return f'<html><body class="widget_frame_base body_widget_post">{message}</body></html>'
    return (
        '<html><body class="widget_frame_base"><div class="tgme_widget_message_error err_message">Post not found</div>'
        "</body></html>"
    )
