"""Messages of the API (MTProto) to the same `Page` that the preview gives, so that a feed may change its route.

    messages + chats -> services aside -> albums by grouped_id -> one Post each, ids ascending

Pure: the objects are read by the names of their types and fields (TL schema, layer 229), no client is
imported. What is personal is not read: signatures, phones, places, the names of forwarded persons.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from monitor.parse.telegram.body import tidy
from monitor.text.clean import clean_text
from monitor.types.telegram import (
    ChannelCard,
    Drift,
    LinkPreview,
    Media,
    MediaKind,
    Origin,
    OriginKind,
    Page,
    PageShape,
    Poll,
    PollOption,
    Post,
    ReplyTarget,
    ShownCount,
)

_MEDIA = {
    "MessageMediaPhoto": MediaKind.PHOTO,
    "MessageMediaGeo": MediaKind.LOCATION,
    "MessageMediaGeoLive": MediaKind.LOCATION,
    "MessageMediaVenue": MediaKind.LOCATION,
    "MessageMediaContact": MediaKind.CONTACT,
    "MessageMediaPoll": MediaKind.POLL,
}
_NO_MEDIA = frozenset({"NoneType", "MessageMediaEmpty", "MessageMediaWebPage"})


def kind_of(value: object) -> str:
    """The name of an object's type in the TL schema."""
    return type(value).__name__


def names_of(chats: Iterable[Any]) -> dict[int, str]:
    """Return the public names of chats by their numbers; private ones have none."""
    found = {}
    for chat in chats:
        name = username_of(chat)
        if name:
            found[int(chat.id)] = name
    return found


def username_of(chat: Any) -> str:
    """Return a chat's public name as it is spelled: its own, or the first active one of several."""
    name = getattr(chat, "username", None)
    others = getattr(chat, "usernames", None) or ()
    return name or next((other.username for other in others if getattr(other, "active", False)), "")


def messages_page(messages: Sequence[Any], chats: Sequence[Any], *, channel: str, chat_id: int) -> Page:
    """Return the page of messages of one channel (`channel` as spelled, `chat_id` its number), in any order.

    An album must be whole. Messages that are gone (`MessageEmpty`, None) are left out.
    """
    names = names_of(chats)
    spelled = names.get(chat_id, channel)
    kept = sorted((m for m in messages if kind_of(m) == "Message"), key=lambda message: int(message.id))
    services = tuple(sorted(int(m.id) for m in messages if kind_of(m) == "MessageService"))
    albums: dict[int, list[Any]] = {}
    for message in kept:
        # an album's number never equals a lone message's, which is negated
        albums.setdefault(message.grouped_id or -int(message.id), []).append(message)
    posts = tuple(_post(parts, names, spelled, chat_id) for parts in albums.values())
    own = next((chat for chat in chats if getattr(chat, "id", None) == chat_id), None)
    return Page(
        channel=spelled,
        shape=PageShape.POSTS if posts or services else PageShape.NO_RESULTS,
        posts=posts,
        service_ids=services,
        card=_card(own, spelled),
        drift=_drift(posts, services),
        complete=True,
    )


def _card(chat: Any, spelled: str) -> ChannelCard:
    title, verified = getattr(chat, "title", None), getattr(chat, "verified", None)
    return ChannelCard(title=clean_text(title or ""), username=spelled, verified=bool(verified))


def _drift(posts: Sequence[Post], services: Sequence[int]) -> Drift:
    return Drift(
        blocks=len(posts) + len(services),
        posts=len(posts),
        services=len(services),
        with_text=sum(bool(post.text or post.poll) for post in posts),
        with_media=sum(bool(post.media) for post in posts),
        with_views=sum(post.views is not None for post in posts),
    )


def _post(parts: Sequence[Any], names: Mapping[int, str], channel: str, chat_id: int) -> Post:
    """One message, or the messages of one album under the lowest id, with the caption of the part that has it."""
    first = parts[0]
    spoken = next((part for part in parts if part.message), first)
    said = _Said(spoken)
    media = tuple(item for part in parts if (item := _media(part.media)) is not None)
    poll = next((_poll(part.media) for part in parts if kind_of(part.media) == "MessageMediaPoll"), None)
    preview = _preview(spoken.media)
    if not (said.text or media or poll or preview):
        media = (Media(kind=MediaKind.UNSUPPORTED),)
    edited = max((part.edit_date for part in parts if _is_edited(part)), default=None)
    date = _utc(first.date)
    return Post(
        channel=channel,
        post_id=int(first.id),
        ids=tuple(int(part.id) for part in parts),
        published_at=date,
        published_raw=date.isoformat() if date else None,
        text=said.text,
        links=tuple(said.links),
        hashtags=tuple(said.hashtags),
        mentions=tuple(said.mentions),
        spoiler=said.spoiler,
        edited=edited is not None,
        edited_at=_utc(edited),
        chat_id=chat_id,
        origin=_origin(first.fwd_from, names),
        reply=_reply(first.reply_to, names, channel),
        media=media,
        poll=poll,
        preview=preview,
        views=_count(max((part.views or 0 for part in parts), default=0))
        if first.views is not None
        else None,
        reactions=_reactions(first.reactions),
    )


def _is_edited(message: Any) -> bool:
    # edit_hide marks changes that are no edits (a reaction, a preview that came late)
    return message.edit_date is not None and not message.edit_hide


def _utc(when: dt.datetime | None) -> dt.datetime | None:
    if when is None:
        return None
    return when.replace(tzinfo=dt.UTC) if when.tzinfo is None else when.astimezone(dt.UTC)


def _count(value: int) -> ShownCount:
    return ShownCount(raw=str(value), value=value, is_approx=False)


class _Said:
    """The text of a message and what its entities mark. Their offsets count UTF-16 units."""

    def __init__(self, message: Any) -> None:
        raw = message.message or ""
        units = raw.encode("utf-16-le", "surrogatepass")
        self.text = tidy(raw)
        self.links: dict[str, None] = {}
        self.hashtags: dict[str, None] = {}
        self.mentions: dict[str, None] = {}
        self.spoiler = False
        for entity in message.entities or ():
            start, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
            self._note(kind_of(entity), entity, units[start:end].decode("utf-16-le", "replace").strip())

    def _note(self, kind: str, entity: Any, text: str) -> None:
        if kind == "MessageEntityTextUrl":
            self.links[entity.url] = None
        elif kind == "MessageEntityUrl":
            self.links[text if "://" in text else f"http://{text}"] = None
        elif kind == "MessageEntityMention":
            self.links[f"https://t.me/{text.removeprefix('@')}"] = None
            self.mentions[text.removeprefix("@")] = None
        elif kind == "MessageEntityHashtag":
            self.hashtags[clean_text(text)] = None
        elif kind == "MessageEntitySpoiler":
            self.spoiler = True


def _origin(header: Any, names: Mapping[int, str]) -> Origin | None:
    if header is None:
        return None
    source = header.from_id
    if kind_of(source) == "PeerUser":
        return Origin(kind=OriginKind.PERSON)
    name = names.get(int(source.channel_id)) if kind_of(source) == "PeerChannel" else None
    if name is None or header.channel_post is None:
        return Origin(kind=OriginKind.HIDDEN)
    return Origin(kind=OriginKind.CHANNEL, channel=name, post_id=int(header.channel_post))


def _reply(header: Any, names: Mapping[int, str], channel: str) -> ReplyTarget | None:
    number = getattr(header, "reply_to_msg_id", None)
    if number is None:
        return None
    peer = header.reply_to_peer_id
    name = channel if peer is None else names.get(int(getattr(peer, "channel_id", 0)))
    return ReplyTarget(channel=name, post_id=int(number)) if name else None


def _media(media: Any) -> Media | None:
    kind = kind_of(media)
    if kind in _NO_MEDIA:
        return None
    if kind == "MessageMediaDocument":
        return _document(media.document)
    return Media(kind=_MEDIA.get(kind, MediaKind.UNSUPPORTED))


def _document(document: Any) -> Media:
    """What a file is, by its attributes; durations in whole seconds, as the preview shows them."""
    by_kind = {kind_of(attribute): attribute for attribute in getattr(document, "attributes", None) or ()}
    if document is None or kind_of(document) == "DocumentEmpty":
        return Media(kind=MediaKind.UNSUPPORTED)
    if "DocumentAttributeSticker" in by_kind:
        return Media(kind=MediaKind.STICKER)
    if "DocumentAttributeAnimated" in by_kind:
        return Media(kind=MediaKind.GIF)
    video = by_kind.get("DocumentAttributeVideo")
    if video is not None:
        kind = MediaKind.ROUND_VIDEO if video.round_message else MediaKind.VIDEO
        return Media(kind=kind, duration_s=int(video.duration))
    audio = by_kind.get("DocumentAttributeAudio")
    if audio is not None and audio.voice:
        return Media(kind=MediaKind.VOICE, duration_s=int(audio.duration))
    named = by_kind.get("DocumentAttributeFilename")
    title = clean_text(named.file_name) if named is not None else ""
    return Media(kind=MediaKind.MUSIC if audio is not None else MediaKind.DOCUMENT, title=title)


def _poll(media: Any) -> Poll:
    poll, results = media.poll, media.results
    votes = {bytes(result.option): result.voters for result in results.results or ()}
    total = results.total_voters
    options = []
    for answer in poll.answers:
        voters = votes.get(bytes(answer.option))
        percent = round(100 * voters / total) if voters is not None and total else None
        options.append(PollOption(text=_plain(answer.text), percent=percent))
    return Poll(
        question=_plain(poll.question),
        label="Quiz" if poll.quiz else "Poll",
        multiple=bool(poll.multiple_choice),
        options=tuple(options),
        voters=_count(total) if total is not None else None,
    )


def _plain(text: Any) -> str:
    """A poll's text: plain in old layers, with entities in new ones."""
    return " ".join(tidy(getattr(text, "text", text) or "").split())


def _preview(media: Any) -> LinkPreview | None:
    page = media.webpage if kind_of(media) == "MessageMediaWebPage" else None
    if kind_of(page) != "WebPage" or page is None:
        return None
    return LinkPreview(
        url=page.url,
        site=_plain(page.site_name),
        title=_plain(page.title),
        description=_plain(page.description),
    )


def _reactions(reactions: Any) -> tuple[tuple[str, ShownCount | None], ...]:
    found: list[tuple[str, ShownCount | None]] = []
    for result in getattr(reactions, "results", None) or ():
        match kind_of(result.reaction):
            case "ReactionEmoji":
                key = str(result.reaction.emoticon)
            case "ReactionCustomEmoji":
                key = f"custom:{result.reaction.document_id}"
            case "ReactionPaid":
                key = "paid"
            case _:
                continue
        found.append((key, _count(int(result.count))))
    return tuple(found)
