"""Pages of the preview as wholes: card, ids, cursors, and what happens when the layout drifts."""

from __future__ import annotations

import base64
import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.parse.telegram import embed, landing, page
from monitor.parse.telegram.numbers import chat_of_view, iso_time, seconds, shown_count
from monitor.types.telegram import EmbedKind, LandingKind, MediaKind, PageShape
from tests import telegram_pages as made

POSTS = [made.block(n, made.text(f"Ship {n} came in.")) for n in range(101, 113)]


class TestWhole:
    def test_the_card_is_read_with_its_counters_in_plural(self) -> None:
        read = page(made.page(*POSTS, verified=True), expected="quay_observer")
        assert read.channel == "Quay_Observer" and read.shape is PageShape.POSTS
        assert (
            read.card.title == "Quay Observer"
            and read.card.username == "quay_observer"
            and read.card.verified
        )
        assert read.card.description == "Ships and cargo.\nWrite to @quaybot"
        assert {key: count.value for key, count in read.card.counters.items()} == {
            "subscribers": 11100,
            "photos": 1,
        }
        assert read.drift.versions == {"widget-frame": 68, "telegram-web": 14}

    def test_no_counter_need_be_there(self) -> None:
        assert page(made.page(*POSTS, counters=()), expected=None).card.counters == {}

    def test_ids_are_counted_not_blocks(self) -> None:
        album = made.block(84, made.album(*(made.photo(n, single=True) for n in range(84, 88))))
        read = page(
            made.page(album, made.service(88, "pinned «Ship»"), made.block(89, made.text("x"))), expected=None
        )
        assert read.ids == (84, 85, 86, 87, 88, 89)
        assert [post.ids for post in read.posts] == [(84, 85, 86, 87), (89,)]

    def test_album_links_are_relative_absolute_and_of_any_case(self) -> None:
        links = "".join(
            f'<a class="grouped_media_wrap" href="{href}"></a>'
            for href in (
                "/quay_observer/85?single",
                "//t.me/QUAY_OBSERVER/86?single",
                "/Other/87?single",
                "/Quay_Observer/88",
            )
        )
        read = page(made.page(made.block(84, made.album(made.photo(84, single=True), links))), expected=None)
        assert read.posts[0].ids == (84, 85, 86)

    @pytest.mark.parametrize(
        ("words", "picture"),
        [
            ("Channel created", False),
            ("Channel name was changed to «Quays»", False),
            ("photo updated", True),
            ("pinned «x»", False),
        ],
    )
    def test_service_messages_are_counted_and_are_no_posts(self, words: str, picture: bool) -> None:
        read = page(made.page(made.service(1, words, picture=picture), *POSTS), expected=None)
        assert read.service_ids == (1,) and len(read.posts) == len(POSTS) and not read.broken
        assert read.drift.services == 1

    def test_bytes_text_and_the_json_of_an_ajax_answer_read_alike(self) -> None:
        html = made.page(*POSTS)
        assert page(html, expected=None) == page(html.encode(), expected=None)
        fragment = "".join(POSTS)
        assert page(json.dumps(fragment), expected=None).posts == page(html, expected=None).posts

    def test_posts_come_ascending_whatever_the_order_of_the_page(self) -> None:
        mixed = POSTS[:]
        random.Random(3).shuffle(mixed)
        assert [post.post_id for post in page(made.page(*mixed), expected=None).posts] == list(
            range(101, 113)
        )


class TestCursors:
    def test_prev_is_followed_and_canonical_is_not(self) -> None:
        assert page(made.page(*POSTS, before=101, more=False), expected=None).cursors.before == 101

    def test_the_button_serves_where_prev_is_missing(self) -> None:
        assert page(made.page(*POSTS, before=101, prev=False), expected=None).cursors.before == 101

    def test_neither_is_no_cursor_though_canonical_has_one(self) -> None:
        html = made.page(*POSTS)
        assert "before=999999" in html
        assert page(html, expected=None).cursors.before is None

    def test_newer_pages_are_linked_only_away_from_the_head(self) -> None:
        assert page(made.page(*POSTS, after=112), expected=None).cursors.after == 112
        assert page(made.page(*POSTS), expected=None).cursors.after is None


class TestShape:
    def test_no_results_is_a_class_not_a_word(self) -> None:
        assert page(made.page(no_results=True), expected=None).shape is PageShape.NO_RESULTS
        quoting = made.block(
            5, made.text("The page said tme_no_messages_found and “Post not found” (err_message).")
        )
        read = page(made.page(quoting), expected=None)
        assert read.shape is PageShape.POSTS and len(read.posts) == 1

    def test_a_channel_without_posts_is_empty(self) -> None:
        read = page(made.page(), expected="quay_observer")
        assert read.shape is PageShape.EMPTY and not read.broken and read.channel == "Quay_Observer"

    @pytest.mark.parametrize(
        "html", ["", "<html><body>Checking your browser</body></html>", "\x00\xff", made.landing("absent")]
    )
    def test_what_is_no_preview_says_so(self, html: str) -> None:
        read = page(html, expected="quay_observer")
        assert read.shape is PageShape.NOT_PREVIEW and not read.posts

    def test_another_channel_is_not_believed(self) -> None:
        assert page(made.page(*POSTS), expected="strait_watch").broken == "other_channel"
        html = made.page(*POSTS).replace('data-url="/Quay_Observer"', 'data-url="/Strait_Watch"')
        assert page(html, expected="quay_observer").broken == "other_channel"


class TestDrift:
    @pytest.mark.parametrize(
        "renamed",
        [
            "data-post",
            "tgme_widget_message_date",
            "tgme_widget_message_wrap",
            "datetime=",
            'class="tgme_widget_message ',
            "js-message_text",
        ],
    )
    def test_a_renamed_mark_fails_loudly(self, renamed: str) -> None:
        html = made.page(*POSTS).replace(renamed, renamed[:-1] + "_2" + renamed[-1])
        read = page(html, expected="quay_observer")
        complete = [post for post in read.posts if post.text and post.published_at]
        assert read.broken == "layout_changed" or len(complete) == len(POSTS)
        assert read.broken or renamed in {"tgme_widget_message_wrap", 'class="tgme_widget_message '}

    def test_a_body_under_a_new_name_is_noticed_even_beside_a_photo(self) -> None:
        blocks = [made.block(n, made.photo(n), made.text("Words.")) for n in range(1, 9)]
        html = made.page(*blocks).replace(
            "tgme_widget_message_text js-message_text", "tgme_widget_message_words js-words"
        )
        read = page(html, expected=None)
        assert read.broken == "layout_changed" and "unread" in read.detail
        assert "tgme_widget_message_words" in read.drift.unknown_classes

    def test_one_block_without_a_date_keeps_the_page_from_being_believed(self) -> None:
        read = page(made.page(*POSTS, made.block(200, made.text("x"), date="soon")), expected=None)
        assert read.broken == "layout_changed" and read.drift.unparsed[0].reason == "no_date"
        assert 200 in read.ids

    def test_one_strange_post_is_kept_and_named(self) -> None:
        strange = made.block(200, '<div class="tgme_widget_message_giveaway">Win a ship</div>')
        read = page(made.page(*POSTS, strange), expected=None)
        assert not read.broken and read.drift.odd == 1
        assert read.posts[-1].media[0].kind is MediaKind.UNSUPPORTED
        assert "unread_text:tgme_widget_message_giveaway" in read.posts[-1].odd
        assert read.drift.unknown_classes == ("tgme_widget_message_giveaway",)

    def test_a_reply_under_a_new_name_never_becomes_the_body(self) -> None:
        block = made.block(7, made.reply(5, "The quoted words"), made.text("My words"))
        read = page(
            made.page(block.replace("tgme_widget_message_reply ", "tgme_widget_message_answer ")),
            expected=None,
        )
        assert read.posts[0].text == "My words"

    def test_hostile_nesting_is_refused_before_a_tree_is_built(self) -> None:
        for hostile in ("<div>" * 200_000, '<div class="tgme_widget_message_wrap">' * 2_000):
            read = page(hostile, expected="quay_observer")
            assert read.broken == "layout_changed" and not read.posts

    @settings(max_examples=60, deadline=None)
    @given(st.integers(0, 2**32))
    def test_no_damage_to_a_page_makes_it_raise(self, seed: int) -> None:
        rng = random.Random(seed)
        album = made.block(
            84, made.album(made.photo(84, single=True)), made.poll("Q", [("a", "1%")]), made.reply(1, "q")
        )
        data = bytearray(made.page(*POSTS[:3], album).encode())
        for _ in range(rng.randint(1, 60)):
            place = rng.randrange(len(data))
            data[place : place + rng.randint(0, 9)] = bytes(
                rng.choices(b"<>\"'/=&;\x00\xff ", k=rng.randint(0, 4))
            )
        read = page(bytes(data), expected="quay_observer")
        assert read.ids == tuple(sorted(set(read.ids)))


class TestText:
    @pytest.mark.parametrize(
        "words",
        [
            "نقلت السفينة ١٢ حاوية إلى الميناء",
            "کشتی‌ها رسیدند",
            "👩‍✈️ said 👁‍🗨",
            "no\u00a0break",
            "РџСЂРёРІРµС‚",
            "e\u0301te\u0301 → été",
            "a < b & c > d “quoted”",
        ],
    )
    def test_any_script_comes_through_in_nfc(self, words: str) -> None:
        import html
        import unicodedata

        read = page(made.page(made.block(1, made.text(html.escape(words)))), expected=None)
        assert read.posts[0].text == unicodedata.normalize("NFC", words)

    def test_piled_marks_are_capped(self) -> None:
        read = page(made.page(made.block(1, made.text("z" + "\u0335" * 500 + "algo"))), expected=None)
        assert read.posts[0].text == "z" + "\u0335" * 4 + "algo"

    def test_blanks_of_the_markup_are_none_of_the_text(self) -> None:
        read = page(made.page(made.block(1, made.text("  one\n      two <br/>\n   three  "))), expected=None)
        assert read.posts[0].text == "one two\nthree"


class TestPersons:
    def test_nothing_personal_is_in_the_post(self) -> None:
        signed = made.block(
            1,
            made.forwarded("Reader One", "https://t.me/reader_one"),
            made.reply(3, "quote"),
            '<a class="tgme_widget_message_location_wrap" href="https://maps.google.com/maps?q=59.1234,30.5678"></a>',
            '<div class="tgme_widget_message_contact_wrap">'
            '<div class="tgme_widget_message_contact_name">Reader Two</div>'
            '<div class="tgme_widget_message_contact_phone">+1 555 010 9999</div></div>',
            made.text("Words."),
            meta='<span class="tgme_widget_message_from_author" dir="auto">Reader Three</span>,&nbsp;',
        )
        shown = repr(page(made.page(signed), expected=None).posts)
        assert "Words." in shown
        for secret in ("Reader", "reader_one", "555", "59.12", "30.56"):
            assert secret not in shown


class TestNumbers:
    @pytest.mark.parametrize(
        ("raw", "value", "approx"),
        [
            ("656", 656, False), ("1.11K", 1110, True), ("436.6K", 436600, True), ("12.5M", 12_500_000, True),
            ("11 110 268", 11110268, False), ("11\u00a0110\u202f268", 11110268, False), ("12,5M", 12_500_000, True),
            ("1,234", 1234, False), ("1,234,567", 1234567, False), ("2.3B", 2_300_000_000, True), (" 7 ", 7, False),
        ],
    )  # fmt: skip
    def test_counts(self, raw: str, value: int, approx: bool) -> None:
        count = shown_count(raw)
        assert count is not None and (count.value, count.is_approx, count.raw) == (value, approx, raw.strip())

    @pytest.mark.parametrize(
        "raw", ["", "many", "1.2.3", "K", "-5", "1.2k", "１２", "1,2,3", "9" * 40, "12.M"]
    )
    def test_garbage_is_no_count(self, raw: str) -> None:
        assert shown_count(raw) is None

    @pytest.mark.parametrize(
        ("raw", "value"), [("0:52", 52), ("27:40", 1660), ("1:02:03", 3723), ("", None), ("soon", None)]
    )
    def test_durations(self, raw: str, value: int | None) -> None:
        assert seconds(raw) == value

    @pytest.mark.parametrize(
        ("value", "chat"),
        [
            ({"c": -1591537674, "p": 14, "t": 1}, 1591537674),
            ({"c": -1591537674, "p": "84g"}, 1591537674),
            (17, None), ("84g", None), ([1], None), ({"c": True}, None), ({"c": "x"}, None), ({}, None),
            ({"c": 0}, None),
        ],
    )  # fmt: skip
    def test_data_view_may_hold_anything(self, value: object, chat: int | None) -> None:
        assert chat_of_view(made.data_view(value)) == chat

    @pytest.mark.parametrize(
        "raw", [None, "", "84g", "!!!!", "é", base64.urlsafe_b64encode(b"not json").decode(), "A"]
    )
    def test_data_view_that_is_none(self, raw: str | None) -> None:
        assert chat_of_view(raw) is None

    def test_a_time_without_zone_is_no_time(self) -> None:
        assert iso_time("2026-11-20T06:00:00+00:00") is not None
        assert iso_time("2026-11-20T06:00:00") is iso_time("0:52") is iso_time(None) is None


class TestLandingAndEmbed:
    @pytest.mark.parametrize(
        ("kind", "expected"),
        [
            ("previewable", LandingKind.PREVIEWABLE),
            ("closed", LandingKind.NO_PREVIEW),
            ("group", LandingKind.GROUP),
            ("exists", LandingKind.EXISTS),
            ("absent", LandingKind.ABSENT_OR_BLOCKED),
        ],
    )
    def test_landing_pages_by_structure(self, kind: str, expected: LandingKind) -> None:
        assert landing(made.landing(kind)).kind is expected

    def test_subscribers_are_exact_there(self) -> None:
        assert landing(made.landing("closed")).subscribers == 11110268
        assert landing(made.landing("group")).subscribers is None

    @pytest.mark.parametrize("html", ["", "<html><body><h1>403</h1></body></html>", "<div>" * 50_000])
    def test_what_is_no_landing_page(self, html: str) -> None:
        assert landing(html).kind is LandingKind.UNKNOWN

    def test_an_embed_shows_the_post_or_its_error(self) -> None:
        found = embed(made.embed(made.block(7, made.text("Here."))))
        assert found.kind is EmbedKind.POST and found.post is not None and found.post.text == "Here."
        assert embed(made.embed("")).kind is EmbedKind.GONE

    @pytest.mark.parametrize("html", ["", "<html><body>Post not found err_message</body></html>"])
    def test_what_is_neither_is_never_gone(self, html: str) -> None:
        assert embed(html).kind is EmbedKind.UNKNOWN

    def test_the_chat_of_an_embed_is_in_its_peer(self) -> None:
        block = made.block(7, made.text("Here.")).replace(
            "data-view=", 'data-peer="c1500200300_-42" data-was='
        )
        found = embed(made.embed(block))
        assert found.post is not None and found.post.chat_id == made.CHAT


class TestCaptures:
    """Real pages beside the checkout (../shared); copied from nowhere."""

    def test_every_block_yields_id_date_and_content(self, shared_data: Path) -> None:
        files = sorted((shared_data / "telegram").glob("message_*.html"))
        assert len(files) >= 12
        for file in files:
            read = page(file.read_bytes(), expected=None)
            assert read.posts and not read.broken, file.name
            for post in read.posts:
                assert post.published_at is not None and (post.text or post.media or post.poll), file.name
                assert not post.odd, file.name

    def test_the_full_page_has_twelve_blocks_and_with_its_thirteenth_twenty_ids(
        self, shared_data: Path
    ) -> None:
        folder = shared_data / "telegram"
        read = page((folder / "full.html").read_bytes(), expected="topwar_official")
        cut = page((folder / "message_text.html").read_bytes(), expected="topwar_official")
        assert read.drift.blocks == len(read.posts) == 12 and not read.drift.unknown_classes
        # the block of 70991 was cut out of the page into a file of its own
        assert set(read.ids) | set(cut.ids) == set(range(70989, 71009))
        assert read.cursors.before == 70989 and read.chat_id == 1084368520
        assert all(post.published_at and post.text and post.views for post in read.posts)

    @pytest.mark.parametrize(
        ("name", "kind"),
        [
            ("media_photo", MediaKind.PHOTO), ("media_video", MediaKind.VIDEO), ("media_video_gif", MediaKind.GIF),
            ("media_video_too_big", MediaKind.VIDEO), ("media_cicrle_video", MediaKind.ROUND_VIDEO),
            ("poll", MediaKind.POLL),
        ],
    )  # fmt: skip
    def test_single_media(self, shared_data: Path, name: str, kind: MediaKind) -> None:
        part = (shared_data / "telegram" / f"{name}.html").read_text("utf-8")
        post = page(made.page(made.block(1, part)), expected=None).posts[0]
        assert [item.kind for item in post.media] == [kind] and not post.odd

    @pytest.mark.parametrize("name", ["link_preview", "link_preview_video"])
    def test_previews_are_no_media(self, shared_data: Path, name: str) -> None:
        part = (shared_data / "telegram" / f"{name}.html").read_text("utf-8")
        post = page(made.page(made.block(1, part)), expected=None).posts[0]
        assert post.preview is not None and post.preview.url.startswith("https://") and not post.media
