"""The MTProto route behind its three questions, with a fake Telegram that answers in real TL objects."""

from __future__ import annotations

import datetime as dt
import logging
import stat
from pathlib import Path
from typing import Any, ClassVar

import pytest

from monitor.errors import UsageError
from monitor.fetch import mtproto_session
from monitor.fetch.mtproto import MtprotoSource, meaning_of
from monitor.fetch.mtproto_entities import RESOLVES_AN_HOUR, EntityFile, Peer
from monitor.fetch.mtproto_session import Credentials, telethon
from monitor.normalise.telegram import entries
from monitor.parse.telegram import page
from monitor.polling.telegram_paging import remembered
from monitor.types.secret import Secret
from monitor.types.telegram import (
    ChannelState,
    EmbedKind,
    Meaning,
    MediaKind,
    OriginKind,
    PageStep,
    Received,
    StepFailed,
)
from tests import telegram_pages as made

pytest.importorskip("telethon", reason="Telethon (the extra `mtproto`) is not installed")

from telethon import errors, types  # type: ignore[import-untyped]
from telethon.extensions import BinaryReader  # type: ignore[import-untyped]
from telethon.tl import functions  # type: ignore[import-untyped]

NAME = made.CHANNEL.lower()
NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
PEER = types.PeerChannel(made.CHAT)
OTHER = 1500200999


def sent(value: Any) -> Any:
    """An object as it comes over the wire: written as TL bytes and read again."""
    return BinaryReader(bytes(value)).tgread_object()


def message(number: int, text: str = "", **fields: Any) -> Any:
    date = made.START + dt.timedelta(minutes=number)
    return sent(
        types.Message(
            id=number,
            peer_id=PEER,
            date=date,
            message=text,
            post=True,
            views=fields.pop("views", 1200),
            forwards=3,
            **fields,
        )
    )


def service(number: int) -> Any:
    action = types.MessageActionPinMessage()
    return sent(types.MessageService(id=number, peer_id=PEER, date=made.START, action=action, post=True))


def channel(number: int = made.CHAT, username: str | None = made.CHANNEL, **fields: Any) -> Any:
    return types.Channel(
        id=number,
        title="Quay Observer",
        photo=types.ChatPhotoEmpty(),
        date=made.START,
        access_hash=77,
        username=username,
        broadcast=not fields.get("megagroup"),
        **fields,
    )


def photo() -> Any:
    return types.MessageMediaPhoto(photo=types.PhotoEmpty(id=1))


def file(*attributes: Any) -> Any:
    document = types.Document(
        id=1,
        access_hash=2,
        file_reference=b"",
        date=made.START,
        mime_type="x/y",
        size=3,
        dc_id=2,
        attributes=list(attributes),
    )
    return types.MessageMediaDocument(document=document)


class FakeTelegram:
    """Answers requests as Telegram does: history newest first, a hundred at most, absent messages empty."""

    def __init__(self, *messages: Any, chats: tuple[Any, ...] = ()) -> None:
        self.messages = {item.id: item for item in messages}
        self.chats = [channel(), *chats]
        self.asked: list[Any] = []
        self.errors: list[Exception] = []

    async def __call__(self, request: Any) -> Any:
        request = sent(request)
        self.asked.append(request)
        if self.errors:
            raise self.errors.pop(0)
        match type(request).__name__:
            case "ResolveUsernameRequest":
                found = [
                    chat for chat in self.chats if (chat.username or "").lower() == request.username.lower()
                ]
                if not found:
                    raise errors.UsernameNotOccupiedError(request)
                return sent(types.contacts.ResolvedPeer(types.PeerChannel(found[0].id), [found[0]], []))
            case "GetHistoryRequest":
                return self._answer(self._history(request))
            case "GetMessagesRequest":
                wanted = [
                    self.messages.get(item.id) or types.MessageEmpty(item.id, PEER) for item in request.id
                ]
                return self._answer(wanted)
        raise AssertionError(f"never to be asked: {request}")

    def _history(self, request: Any) -> list[Any]:
        ids = sorted(self.messages, reverse=True)
        older = [number for number in ids if not request.offset_id or number < request.offset_id]
        start = len(ids) - len(older) + request.add_offset
        window = ids[max(start, 0) : max(start + request.limit, 0)]
        return [self.messages[number] for number in window if number > request.min_id]

    def _answer(self, messages: list[Any]) -> Any:
        return sent(
            types.messages.ChannelMessages(
                pts=1, count=len(messages), messages=messages, topics=[], chats=self.chats, users=[]
            )
        )

    def names(self) -> list[str]:
        return [type(request).__name__ for request in self.asked]


def source(
    telegram: FakeTelegram, entities: EntityFile | None = None, now: Any = lambda: NOW
) -> MtprotoSource:
    known = entities or EntityFile()
    if entities is None:
        known.put(NAME, Peer(name=made.CHANNEL, channel_id=made.CHAT, access_hash=77))
    return MtprotoSource(telegram, known, now=now)


async def newest(*messages: Any, chats: tuple[Any, ...] = ()) -> Received:
    got = await source(FakeTelegram(*messages, chats=chats)).newest(NAME)
    assert isinstance(got, Received)
    return got


def shown(*blocks: str) -> Any:
    return entries(page(made.page(*blocks), expected=NAME), now=NOW)


class TestSameEntriesByBothRoutes:
    """A feed may change its route: keys, addresses and hashes agree, so nothing comes twice."""

    async def agree(self, block: str, *messages: Any, chats: tuple[Any, ...] = ()) -> None:
        (web,) = shown(block)
        (api,) = entries((await newest(*messages, chats=chats)).page, now=NOW)
        for name in (
            "external_id", "key_source", "kind", "url", "title", "body", "published_at", "links", "categories",
            "sha256", "album_ids", "reply_to", "media", "source_url",
        ):  # fmt: skip
            assert getattr(web, name) == getattr(api, name), name
        assert (web.forward is None) == (api.forward is None)
        if web.forward and api.forward:
            assert (web.forward.channel, web.forward.post_id) == (api.forward.channel, api.forward.post_id)

    async def test_text_with_links_behind_emoji(self) -> None:
        body = "🚢🚢 See https://quay.example/a?utm_source=x and there, @Strait_Watch #quay"
        at = body.encode("utf-16-le").find("there".encode("utf-16-le")) // 2

        def span(kind: Any, words: str, *rest: Any) -> Any:
            return kind(body.encode("utf-16-le").find(words.encode("utf-16-le")) // 2, len(words), *rest)

        block = made.text(
            '🚢🚢 See <a href="https://quay.example/a?utm_source=x" target="_blank">'
            "https://quay.example/a?utm_source=x</a> and "
            '<a href="https://quay.example/b" target="_blank" onclick="return confirm()">there</a>, '
            '<a href="https://t.me/Strait_Watch" target="_blank">@Strait_Watch</a> <a href="?q=%23quay">#quay</a>'
        )
        marks = [
            span(types.MessageEntityUrl, "https://quay.example/a?utm_source=x"),
            types.MessageEntityTextUrl(at, 5, "https://quay.example/b"),
            span(types.MessageEntityMention, "@Strait_Watch"),
            span(types.MessageEntityHashtag, "#quay"),
        ]
        await self.agree(made.block(7, block), message(7, body, entities=marks))

    async def test_an_album_under_its_lowest_id_with_the_caption_of_any_part(self) -> None:
        parts = [
            made.video(84, "0:05", single=True),
            made.photo(85, single=True),
            made.photo(86, single=True),
        ]
        video = file(types.DocumentAttributeVideo(5.4, 10, 10))
        await self.agree(
            made.block(84, made.album(*parts), made.text(made.text("Three views."))),
            message(86, media=photo(), grouped_id=9),
            message(84, media=video, grouped_id=9),
            message(85, "Three views.", media=photo(), grouped_id=9),
        )

    async def test_a_forward(self) -> None:
        header = types.MessageFwdHeader(
            date=NOW, from_id=types.PeerChannel(OTHER), channel_post=4410, post_author="Desk"
        )
        await self.agree(
            made.block(
                7, made.forwarded("Strait Watch", "https://t.me/Strait_Watch/4410", "Desk"), made.text("x")
            ),
            message(7, "x", fwd_from=header),
            chats=(channel(OTHER, "Strait_Watch"),),
        )

    async def test_a_reply_here_and_elsewhere(self) -> None:
        here = types.MessageReplyHeader(reply_to_msg_id=5, quote_text="quoted")
        await self.agree(
            made.block(7, made.reply(5, "quoted"), made.text("x")), message(7, "x", reply_to=here)
        )
        there = types.MessageReplyHeader(reply_to_msg_id=9, reply_to_peer_id=types.PeerChannel(OTHER))
        await self.agree(
            made.block(7, made.reply(9, "quoted", channel="Strait_Watch"), made.text("x")),
            message(7, "x", reply_to=there),
            chats=(channel(OTHER, "Strait_Watch"),),
        )

    async def test_a_poll(self) -> None:
        answers = [
            types.PollAnswer(types.TextWithEntities(words, []), option)
            for words, option in (("Yes", b"0"), ("No & never", b"1"))
        ]
        question = types.TextWithEntities("Will it open?", [])
        votes = [types.PollAnswerVoters(b"0", voters=62, recent_voters=[])]
        results = types.PollResults(results=votes, total_voters=100)
        media = types.MessageMediaPoll(types.Poll(1, question, answers, 0), results)
        options = [("Yes", "62%"), ("No &amp; never", "38%")]
        await self.agree(made.block(7, made.poll("Will it open?", options)), message(7, media=media))

    async def test_a_link_preview(self) -> None:
        link = '<a href="https://quay.example/a" target="_blank">https://quay.example/a</a>'
        card = types.MessageMediaWebPage(
            types.WebPage(1, "https://www.quay.example/a", "quay.example/a", 0, title="A")
        )
        await self.agree(
            made.block(7, made.text(link), made.preview("https://www.quay.example/a", title="A")),
            message(7, "https://quay.example/a", entities=[types.MessageEntityUrl(0, 22)], media=card),
        )

    @pytest.mark.parametrize(
        ("name", "media"),
        [
            ("gif", lambda: file(types.DocumentAttributeVideo(3.0, 1, 1), types.DocumentAttributeAnimated())),
            ("round_video", lambda: file(types.DocumentAttributeVideo(44.2, 1, 1, round_message=True))),
            ("voice", lambda: file(types.DocumentAttributeAudio(1660, voice=True))),
            ("music", lambda: file(types.DocumentAttributeAudio(200, title="Harbour song"))),
            (
                "sticker_static",
                lambda: file(types.DocumentAttributeSticker("🚢", types.InputStickerSetEmpty())),
            ),
            ("location", lambda: types.MessageMediaGeo(types.GeoPoint(30.1, 59.2, 0))),
            ("contact", lambda: types.MessageMediaContact("+1555", "Reader", "One", "", 0)),
            ("unsupported", types.MessageMediaUnsupported),
        ],
    )
    async def test_media(self, name: str, media: Any) -> None:
        block = (Path(__file__).parents[2] / "data" / "telegram" / f"{name}.html").read_text("utf-8")
        number = page(made.page(block), expected=None).posts[0].post_id
        await self.agree(block, message(number, media=media()))


class TestMessages:
    async def test_service_messages_are_counted(self) -> None:
        got = await newest(message(1, "x"), service(2))
        assert got.page.service_ids == (2,) and got.page.ids == (1, 2) and got.page.complete

    async def test_persons_and_hidden_origins_are_not_named(self) -> None:
        person = types.MessageFwdHeader(date=NOW, from_id=types.PeerUser(5))
        hidden = types.MessageFwdHeader(date=NOW, from_name="A Reader")
        private = types.MessageFwdHeader(date=NOW, from_id=types.PeerChannel(OTHER), channel_post=4)
        got = await newest(
            *(
                message(n, "x", fwd_from=header, post_author="A Desk")
                for n, header in enumerate((person, hidden, private), 1)
            )
        )
        kinds = [post.origin.kind for post in got.page.posts if post.origin]
        assert kinds == [OriginKind.PERSON, OriginKind.HIDDEN, OriginKind.HIDDEN]
        assert "A Reader" not in repr(got) and "A Desk" not in repr(got)

    async def test_edits_have_a_time_and_hidden_ones_are_none(self) -> None:
        got = await newest(message(1, "x", edit_date=NOW), message(2, "y", edit_date=NOW, edit_hide=True))
        assert [post.edited_at for post in got.page.posts] == [NOW, None]

    async def test_views_are_exact(self) -> None:
        (post,) = (await newest(message(1, "x", views=123_456))).page.posts
        assert post.views is not None and (post.views.value, post.views.is_approx) == (123_456, False)

    async def test_what_has_no_content_is_kept_as_unsupported(self) -> None:
        (post,) = (await newest(message(1))).page.posts
        assert [item.kind for item in post.media] == [MediaKind.UNSUPPORTED]


class TestPolling:
    async def test_it_goes_on_from_the_last_id_without_hole_or_repeat(self) -> None:
        telegram = FakeTelegram(
            *(message(number, f"Ship {number}") for number in range(1, 401) if number % 3)
        )
        state, kept = ChannelState(last_id=50), []
        async for step in source(telegram).poll(NAME, state):
            assert isinstance(step, PageStep)
            kept += [number for number in step.fresh if number not in kept]
            state = remembered(state, step.page, step.last_id, newest=step.newest)
        assert sorted(kept) == [number for number in telegram.messages if number > 50]
        assert state.last_id == max(telegram.messages)

    async def test_an_album_at_the_edge_of_an_answer_is_never_cut(self) -> None:
        lone = [message(number, "x") for number in range(1, 300) if not 96 <= number <= 105]
        album = [message(number, media=photo(), grouped_id=5) for number in range(96, 106)]
        posts = {}
        async for step in source(FakeTelegram(*lone, *album)).poll(NAME, ChannelState(last_id=1)):
            assert isinstance(step, PageStep)
            for post in step.page.posts:
                assert posts.setdefault(post.post_id, post.ids) == post.ids
        assert posts[96] == tuple(range(96, 106)) and set(range(2, 300)) == {
            n for ids in posts.values() for n in ids
        }

    async def test_a_range_that_was_deleted_is_no_gap(self) -> None:
        telegram = FakeTelegram(*(message(number, "x") for number in (1, 500, 501)))
        steps = [step async for step in source(telegram).poll(NAME, ChannelState(last_id=1))]
        assert [step.last_id for step in steps if isinstance(step, PageStep)] == [501]

    async def test_silence_where_posts_were_is_suspicious(self) -> None:
        (step,) = [step async for step in source(FakeTelegram()).poll(NAME, ChannelState(last_id=9))]
        assert isinstance(step, StepFailed) and step.answer.meaning is Meaning.SUSPICIOUS

    async def test_single_posts_are_looked_at_and_albums_completed(self) -> None:
        album = [message(number, media=photo(), grouped_id=5) for number in (10, 11, 12)]
        looked = await source(FakeTelegram(message(3, "x"), service(4), *album)).by_ids(NAME, [3, 4, 10, 77])
        kinds = {number: found.kind for number, found in looked.found.items()}
        assert kinds == {3: EmbedKind.POST, 4: EmbedKind.UNKNOWN, 10: EmbedKind.POST, 77: EmbedKind.GONE}
        assert looked.found[10].post is not None and looked.found[10].post.ids == (10, 11, 12)


class TestEntities:
    async def test_a_name_is_resolved_once_and_kept_in_a_private_file(self, tmp_path: Path) -> None:
        path = tmp_path / "var" / "entities.json"
        telegram = FakeTelegram(message(1, "x"))
        for _ in range(2):
            assert isinstance(await source(telegram, EntityFile(path)).newest(NAME), Received)
        assert telegram.names() == ["ResolveUsernameRequest", "GetHistoryRequest", "GetHistoryRequest"]
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    async def test_a_damaged_file_costs_resolving_again(self, tmp_path: Path) -> None:
        path = tmp_path / "entities.json"
        path.write_text('{"peers": 3')
        assert isinstance(
            await source(FakeTelegram(message(1, "x")), EntityFile(path)).newest(NAME), Received
        )

    async def test_few_names_an_hour_are_resolved_and_the_rest_wait(self) -> None:
        names = [f"channel_{number}" for number in range(RESOLVES_AN_HOUR + 1)]
        telegram = FakeTelegram(
            chats=tuple(channel(OTHER + number, name) for number, name in enumerate(names))
        )
        clock = [NOW]
        asked = source(telegram, EntityFile(), now=lambda: clock[0])
        got = [await asked.newest(name) for name in names]
        assert all(isinstance(one, Received) for one in got[:-1])
        assert isinstance(got[-1], StepFailed) and got[-1].answer.meaning is Meaning.TRANSIENT
        clock[0] += dt.timedelta(hours=1)
        assert isinstance(await asked.newest(names[-1]), Received)

    async def test_a_channel_no_longer_accepted_is_resolved_once_again(self) -> None:
        telegram = FakeTelegram(message(1, "x"))
        telegram.errors = [errors.ChannelInvalidError(None)]
        assert isinstance(await source(telegram).newest(NAME), Received)
        assert telegram.names() == ["GetHistoryRequest", "ResolveUsernameRequest", "GetHistoryRequest"]

    async def test_a_private_channel_stays_private(self) -> None:
        telegram = FakeTelegram(message(1, "x"))
        asked = source(telegram)

        async def private(request: Any) -> Any:
            if isinstance(request, functions.contacts.ResolveUsernameRequest):
                return await telegram(request)
            raise errors.ChannelPrivateError(request)

        asked._invoke = private
        failed = await asked.newest(NAME)
        assert isinstance(failed, StepFailed) and failed.answer.meaning is Meaning.NO_PREVIEW

    async def test_groups_and_absent_names(self) -> None:
        telegram = FakeTelegram(chats=(channel(OTHER, "Quay_Talk", megagroup=True),))
        asked = source(telegram, EntityFile())
        group, absent = await asked.newest("quay_talk"), await asked.newest("nobody_here")
        assert isinstance(group, StepFailed) and group.answer.meaning is Meaning.GROUP
        assert isinstance(absent, StepFailed) and absent.answer.meaning is Meaning.NOT_FOUND

    async def test_a_renamed_channel_tells_its_new_name(self) -> None:
        telegram = FakeTelegram(message(1, "x"))
        telegram.chats = [channel(username="Quay_News")]
        got = await source(telegram).newest(NAME)
        assert isinstance(got, Received) and got.page.channel == "Quay_News" and got.page.chat_id == made.CHAT


class TestFloods:
    async def test_a_flood_wait_stops_everything_until_it_is_over(self) -> None:
        telegram = FakeTelegram(message(1, "x"))
        telegram.errors = [errors.FloodWaitError(None, capture=2787)]
        clock = [NOW]
        asked = source(telegram, now=lambda: clock[0])
        failed = await asked.newest(NAME)
        assert isinstance(failed, StepFailed) and failed.answer.meaning is Meaning.THROTTLED
        assert failed.answer.stop_for == dt.timedelta(seconds=2787) and failed.host == "mtproto"
        assert isinstance(await asked.newest(NAME), StepFailed) and len(telegram.asked) == 1
        clock[0] += dt.timedelta(seconds=2788)
        assert isinstance(await asked.newest(NAME), Received)

    @pytest.mark.parametrize(
        ("error", "expected"),
        [
            (errors.AuthKeyDuplicatedError(None), Meaning.BLOCKED),
            (errors.SessionRevokedError(None), Meaning.BLOCKED),
            (errors.UserDeactivatedBanError(None), Meaning.BLOCKED),
            (errors.UsernameInvalidError(None), Meaning.BAD_NAME),
            (errors.ChannelPrivateError(None), Meaning.NO_PREVIEW),
            (errors.ServerError(None, "oops"), Meaning.TRANSIENT),
            (errors.RPCError(None, "ODD_THING"), Meaning.UNEXPECTED),
            (ConnectionError("no"), Meaning.TRANSIENT),
            (TimeoutError(), Meaning.TRANSIENT),
        ],
    )
    def test_errors_have_a_meaning(self, error: Exception, expected: Meaning) -> None:
        answer = meaning_of(error)
        assert answer is not None and answer.meaning is expected

    async def test_a_fault_of_ours_crashes(self) -> None:
        telegram = FakeTelegram()
        telegram.errors = [KeyError("bug")]
        with pytest.raises(KeyError):
            await source(telegram).newest(NAME)


class TestSession:
    VALUES: ClassVar[dict[str, str]] = {
        "MONITOR_TELEGRAM_API_ID": " 12345 ",
        "MONITOR_TELEGRAM_API_HASH": "hash-very-secret",
        "MONITOR_TELEGRAM_SESSION": "session-very-secret",
    }

    def test_it_comes_from_the_environment_and_is_never_shown(self, caplog: pytest.LogCaptureFixture) -> None:
        credentials = Credentials.from_environment(self.VALUES)
        assert credentials.api_id == 12345 and credentials.session.reveal() == "session-very-secret"
        logging.getLogger("x").warning("%s %r", credentials, credentials)
        assert "very-secret" not in caplog.text + f"{credentials}{credentials!r}"

    def test_what_is_missing_is_named(self) -> None:
        with pytest.raises(
            UsageError, match=r"MONITOR_TELEGRAM_API_HASH, MONITOR_TELEGRAM_SESSION not set.*telegram login"
        ):
            Credentials.from_environment({"MONITOR_TELEGRAM_API_ID": "1"})
        with pytest.raises(UsageError, match="no number"):
            Credentials.from_environment({**self.VALUES, "MONITOR_TELEGRAM_API_ID": "abc"})

    def test_without_telethon_the_extra_is_named(self) -> None:
        with pytest.raises(UsageError, match=r"\.\[mtproto\]"):
            telethon("telethon_that_is_not_there")

    def test_a_client_takes_no_updates_and_reports_long_waits(self) -> None:
        client = mtproto_session._client(1, Secret("h" * 32), Secret(""))
        assert client.flood_sleep_threshold == 30 and client._no_updates

    async def test_signing_in_asks_and_gives_the_session(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[tuple[str, bool]] = []

        class Session:
            def save(self) -> str:
                return "fresh-session"

        class Client:
            session = Session()

            async def start(self, *, phone: Any, code_callback: Any, password: Any) -> None:
                assert [phone(), code_callback(), password()] == ["answer"] * 3

            async def disconnect(self) -> None:
                asked.append(("disconnected", False))

        monkeypatch.setattr(mtproto_session, "_client", lambda *_: Client())

        def ask(question: str, hidden: bool) -> str:
            asked.append((question, hidden))
            return "answer"

        session = await mtproto_session.login(1, Secret("h"), ask=ask)
        assert session.reveal() == "fresh-session" and f"{session}" == "***"
        assert [hidden for _, hidden in asked] == [False, False, True, False]

    async def test_a_session_that_is_not_authorised_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Client:
            disconnected = False

            async def connect(self) -> None: ...

            async def is_user_authorized(self) -> bool:
                return False

            async def disconnect(self) -> None:
                self.disconnected = True

        client = Client()
        monkeypatch.setattr(mtproto_session, "_client", lambda *_: client)
        with pytest.raises(UsageError, match="telegram login"):
            async with mtproto_session.connected(Credentials.from_environment(self.VALUES)):
                pass
        assert client.disconnected
