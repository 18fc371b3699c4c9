"""Channels through Telegram's API (MTProto): a `TelegramSource` over Telethon, which is an optional extra.

    name ─► known channel, or resolve (rarely) ─► GetHistory | GetMessages ─► the same Page as the preview

A flood wait is respected and reported; one session is used by one connection at a time, for a second one
from elsewhere would end the session. How a session comes about: `monitor.fetch.mtproto_session`.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from monitor.fetch.mtproto_entities import Entities, Peer
from monitor.fetch.mtproto_session import telethon
from monitor.fetch.options import utc_now
from monitor.fetch.telegram_source import read_forward
from monitor.parse.telegram.messages import kind_of, messages_page, username_of
from monitor.polling.telegram_paging import MAX_PAGES
from monitor.types.telegram import (
    Action,
    Answer,
    ChannelState,
    Embed,
    EmbedKind,
    Looked,
    Meaning,
    Page,
    Received,
    Step,
    StepFailed,
)

Invoke = Callable[[Any], Awaitable[Any]]
"""Sends one TL request and returns its answer: a connected `TelegramClient` is one, so is a test's fake."""

LIMIT = 100
"""Messages of one request, the most that Telegram gives."""

NEWEST_LIMIT = 20
ALBUM = 10
"""Messages of one album at most."""

DEAD_SESSION = dt.timedelta(hours=24)


class MtprotoSource:
    """A `TelegramSource` over `invoke`. `now` is the time of day; requests are sent one at a time."""

    def __init__(
        self, invoke: Invoke, entities: Entities, *, now: Callable[[], dt.datetime] = utc_now
    ) -> None:
        self._invoke = invoke
        self._entities = entities
        self._now = now
        self._turn = asyncio.Lock()
        self._stopped: tuple[dt.datetime, Answer] | None = None

    def poll(self, channel: str, state: ChannelState, *, max_pages: int = MAX_PAGES) -> AsyncIterator[Step]:
        """Yield the pages of one poll, ascending, to be stored one by one (`read_forward`)."""
        return read_forward(self, channel, state, max_pages=max_pages)

    async def newest(self, channel: str, *, had_posts: bool = False) -> Received | StepFailed:
        """The newest messages; an album cut by the limit is left out."""
        got = await self._history(channel, offset_id=0, add_offset=0, limit=NEWEST_LIMIT + ALBUM)
        if isinstance(got, Received) and had_posts and not got.page.ids:
            answer = Answer(
                meaning=Meaning.SUSPICIOUS, action=Action.NEXT_RUN, detail="no posts where there were some"
            )
            return StepFailed(answer=answer, url=_address(channel))
        return got

    async def after(self, channel: str, last_id: int) -> Received | StepFailed:
        """The oldest messages beyond an id, ascending. An album that may go on beyond the limit is left for later."""
        return await self._history(
            channel, offset_id=last_id + 1, add_offset=-LIMIT, limit=LIMIT, min_id=last_id
        )

    async def before(self, channel: str, post_id: int) -> Received | StepFailed:
        """The newest messages older than an id, for a backfill."""
        return await self._history(channel, offset_id=post_id, add_offset=0, limit=LIMIT)

    async def by_ids(self, channel: str, ids: Sequence[int]) -> Looked:
        """Posts by their first ids; albums are completed from their neighbours. Absent ones are gone."""
        found: dict[int, Embed] = {}
        for start in range(0, len(ids), LIMIT):
            wanted = list(ids[start : start + LIMIT])
            got = await self._by_ids(channel, wanted)
            if isinstance(got, StepFailed):
                return Looked(found=found, failed=got)
            posts = {number: post for post in got.posts for number in post.ids}
            for number in wanted:
                post = posts.get(number)
                service = number in got.service_ids
                kind = EmbedKind.POST if post else EmbedKind.UNKNOWN if service else EmbedKind.GONE
                found[number] = Embed(kind=kind, post=post)
        return Looked(found=found)

    async def _by_ids(self, channel: str, wanted: Sequence[int]) -> Page | StepFailed:
        answer = await self._messages(channel, wanted)
        if isinstance(answer, StepFailed):
            return answer
        peer, result = answer
        messages = list(result.messages)
        near = {
            n
            for m in messages
            if getattr(m, "grouped_id", None)
            for n in range(m.id - ALBUM + 1, m.id + ALBUM)
        }
        missing = sorted(number for number in near - set(wanted) if number > 0)
        chats = list(result.chats)
        for start in range(0, len(missing), LIMIT):
            more = await self._messages(channel, missing[start : start + LIMIT])
            if isinstance(more, StepFailed):
                return more
            groups = {getattr(message, "grouped_id", None) for message in messages} - {None}
            messages += [m for m in more[1].messages if getattr(m, "grouped_id", None) in groups]
            chats += more[1].chats
        return messages_page(messages, chats, channel=peer.name, chat_id=peer.channel_id)

    async def _messages(self, channel: str, ids: Sequence[int]) -> tuple[Peer, Any] | StepFailed:
        types, functions = telethon("telethon.tl.types"), telethon("telethon.tl.functions")

        def request(peer: Peer) -> Any:
            asked = [types.InputMessageID(number) for number in ids]
            where = types.InputChannel(peer.channel_id, peer.access_hash)
            return functions.channels.GetMessagesRequest(where, asked)

        return await self._ask(channel, request)

    async def _history(
        self, channel: str, *, offset_id: int, add_offset: int, limit: int, min_id: int = 0
    ) -> Received | StepFailed:
        types, functions = telethon("telethon.tl.types"), telethon("telethon.tl.functions")

        def request(peer: Peer) -> Any:
            return functions.messages.GetHistoryRequest(
                peer=types.InputPeerChannel(peer.channel_id, peer.access_hash),
                offset_id=offset_id,
                offset_date=None,
                add_offset=add_offset,
                limit=limit,
                max_id=0,
                min_id=min_id,
                hash=0,
            )

        answer = await self._ask(channel, request)
        if isinstance(answer, StepFailed):
            return answer
        peer, result = answer
        messages = sorted((m for m in result.messages if m.id > min_id), key=lambda message: int(message.id))
        if len(result.messages) >= limit:
            messages = _without_cut_album(messages, at_end=add_offset < 0)
        page = messages_page(messages, result.chats, channel=peer.name, chat_id=peer.channel_id)
        return Received(page=page, url=_address(channel))

    async def _ask(self, channel: str, request: Callable[[Peer], Any]) -> tuple[Peer, Any] | StepFailed:
        """One request about a channel; a channel that Telegram does not accept any more is resolved once again."""
        async with self._turn:
            if self._stopped is not None and self._stopped[0] > self._now():
                return StepFailed(answer=self._stopped[1], url=_address(channel), host="mtproto")
            try:
                for again in (False, True):
                    peer = self._entities.get(channel)
                    if peer is None:
                        resolved = await self._resolve(channel)
                        if isinstance(resolved, StepFailed):
                            return resolved
                        peer = resolved
                    try:
                        return peer, await self._invoke(request(peer))
                    except Exception as error:
                        if again or not _is(error, "ChannelInvalidError", "ChannelPrivateError"):
                            raise
                        self._entities.forget(channel)
            except Exception as error:
                return self._failed(channel, error)
            raise AssertionError("the second round returns or raises")

    async def _resolve(self, channel: str) -> Peer | StepFailed:
        if not self._entities.may_resolve(self._now().timestamp()):
            detail = "enough names were resolved this hour: this channel's turn comes in a later run"
            answer = Answer(meaning=Meaning.TRANSIENT, action=Action.NEXT_RUN, detail=detail)
            return StepFailed(answer=answer, url=_address(channel))
        functions = telethon("telethon.tl.functions")
        result = await self._invoke(functions.contacts.ResolveUsernameRequest(channel))
        for chat in result.chats:
            if kind_of(chat) != "Channel" or chat.id != getattr(result.peer, "channel_id", None):
                continue
            if chat.megagroup:
                break
            peer = Peer(
                name=username_of(chat) or channel, channel_id=chat.id, access_hash=chat.access_hash or 0
            )
            self._entities.put(channel, peer)
            return peer
        detail = "a person, a bot or a group, not a channel"
        answer = Answer(meaning=Meaning.GROUP, action=Action.CONFIG_ERROR, detail=detail)
        return StepFailed(answer=answer, url=_address(channel))

    def _failed(self, channel: str, error: Exception) -> StepFailed:
        answer = meaning_of(error)
        if answer is None:
            raise error
        if answer.stop_for is not None:
            self._stopped = (self._now() + answer.stop_for, answer)
        host = "mtproto" if answer.stop_for is not None else ""
        return StepFailed(answer=answer, url=_address(channel), host=host)


_MEANINGS: tuple[tuple[tuple[str, ...], Answer], ...] = (
    # from the narrow to the wide, as the classes of Telethon are
    (
        ("UsernameInvalidError",),
        Answer(meaning=Meaning.BAD_NAME, action=Action.CONFIG_ERROR, detail="no name of a channel"),
    ),
    (
        ("UsernameNotOccupiedError",),
        Answer(meaning=Meaning.NOT_FOUND, action=Action.NEXT_RUN, detail="no such channel"),
    ),
    (
        ("ChannelInvalidError", "ChannelPrivateError"),
        Answer(
            meaning=Meaning.NO_PREVIEW,
            action=Action.RECHECK_DAILY,
            detail="the channel is private, or this account may not read it",
        ),
    ),
    (
        ("AuthKeyError", "UnauthorizedError"),
        Answer(
            meaning=Meaning.BLOCKED,
            action=Action.STOP_HOST,
            detail="the session is not accepted any more: run `monitor telegram login`",
            stop_for=DEAD_SESSION,
        ),
    ),
    (
        ("OSError", "TimeoutError", "ServerError", "TimedOutError"),
        Answer(meaning=Meaning.TRANSIENT, action=Action.NEXT_RUN),
    ),
    (("RPCError",), Answer(meaning=Meaning.UNEXPECTED, action=Action.NEXT_RUN)),
)


def meaning_of(error: Exception) -> Answer | None:
    """Say what an error of the API means; None for what is no failure to be expected."""
    if _is(error, "FloodWaitError", "FloodPremiumWaitError", "SlowModeWaitError"):
        seconds = int(getattr(error, "seconds", 0) or 0)
        return Answer(
            meaning=Meaning.THROTTLED,
            action=Action.STOP_HOST,
            detail=f"Telegram asks to wait {seconds} s",
            stop_for=dt.timedelta(seconds=max(seconds, 1)),
        )
    for names, answer in _MEANINGS:
        if _is(error, *names):
            detail = f"{answer.detail} ({kind_of(error)})" if answer.detail else kind_of(error)
            return replace(answer, detail=detail)
    return None


def _is(error: Exception, *names: str) -> bool:
    """Whether an error is of a class of Telethon, by name: the library may not be installed."""
    return any(cls.__name__ in names for cls in type(error).__mro__)


def _without_cut_album(messages: Sequence[Any], *, at_end: bool) -> list[Any]:
    """Leave out the album at the edge of a full answer, for it may go on beyond it."""
    edge = messages[-1 if at_end else 0] if messages else None
    group = getattr(edge, "grouped_id", None)
    rest = [m for m in messages if group is None or getattr(m, "grouped_id", None) != group]
    return rest or list(messages)


def _address(channel: str) -> str:
    return f"https://t.me/{channel}"
