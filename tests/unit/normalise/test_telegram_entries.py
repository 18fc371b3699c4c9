"""Posts to entries: keys, addresses, bodies, and what counts as an edit."""

from __future__ import annotations

import datetime as dt

from monitor.normalise.plan import plan_changes
from monitor.normalise.telegram import content_hash, entries, read_page, story_key
from monitor.parse.telegram import page
from monitor.types.entries import DateSource, Entry, Forward, KeySource, Severity
from monitor.types.plans import Disposition, KnownEntry
from monitor.types.source import FeedKind
from tests import telegram_pages as made

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
OPEN = '<a href="{}" target="_blank" rel="noopener">{}</a>'


def read(*blocks: str) -> tuple[Entry, ...]:
    return entries(page(made.page(*blocks), expected="quay_observer"), now=NOW, language="en")


def one(*inner: str, post_id: int = 7, **facts: str) -> Entry:
    (entry,) = read(made.block(post_id, *inner, **facts))
    return entry


def link(url: str, words: str = "there") -> str:
    return OPEN.format(url, words)


def known(entry: Entry, number: int) -> KnownEntry:
    return KnownEntry(
        entry_id=number,
        external_id=entry.external_id,
        url=entry.url,
        sha256=entry.sha256,
        effective_at=entry.published_at or NOW,
    )


class TestEntry:
    def test_the_key_is_the_post_and_the_address_its_permalink(self) -> None:
        entry = one(made.text("A ship came in."))
        assert (entry.external_id, entry.key_source, entry.kind) == ("7", KeySource.GUID, FeedKind.TELEGRAM)
        assert entry.url == "https://t.me/Quay_Observer/7"
        assert (entry.title, entry.body, entry.language) == ("", "A ship came in.", "en")
        assert entry.published_at == made.START + dt.timedelta(minutes=7)
        assert entry.date_source is DateSource.PUBLISHED and entry.views == 1200 and entry.author == ""

    def test_an_album_is_one_entry_with_all_ids_and_its_caption_once(self) -> None:
        parts = made.album(*(made.photo(n, single=True) for n in range(84, 88)))
        nested = made.text(made.text("Four views."))
        entry = one(parts, nested, post_id=84)
        assert entry.external_id == "84" and entry.album_ids == (84, 85, 86, 87)
        assert entry.body == "Four views." and entry.media == ("photo",) * 4

    def test_a_poll_is_text(self) -> None:
        entry = one(made.text("Tell us."), made.poll("Will it open?", [("Yes", "62%"), ("No", "38%")]))
        assert entry.body == "Tell us.\n\nWill it open?\nYes\nNo" and entry.media == ("poll",)

    def test_a_forward_names_its_origin_and_shares_its_key_with_it(self) -> None:
        entry = one(made.forwarded("Strait Watch", "https://t.me/Strait_Watch/4410"), made.text("x"))
        assert entry.forward == Forward(channel="strait_watch", post_id=4410, name="Strait Watch")
        assert story_key(entry.forward) == "strait_watch/4410"

    def test_forwards_from_persons_and_hidden_places_name_nobody(self) -> None:
        for href in ("https://t.me/a_reader", None):
            entry = one(made.forwarded("A Reader", href), made.text("x"))
            assert entry.forward is None and story_key(entry.forward) is None

    def test_a_reply_says_what_it_answers(self) -> None:
        assert one(made.reply(5, "q"), made.text("x")).reply_to == "quay_observer/5"
        assert one(made.reply(9, "q", channel="Strait_Watch"), made.text("x")).reply_to == "strait_watch/9"

    def test_links_are_canonical_and_tags_are_categories(self) -> None:
        body = (
            link("http://Quay.example:80/a?utm_source=tg&amp;id=3#top")
            + link("https://telegram.me/s/Strait_Watch/9?single")
            + link("https://t.me/Quay_Observer", "@Quay_Observer")
            + '<a href="?q=%23quay">#quay</a>'
        )
        entry = one(made.text(body))
        assert entry.links == ("http://quay.example/a?id=3", "https://t.me/Strait_Watch/9")
        assert entry.categories == ("quay",)

    def test_a_preview_makes_the_article_the_source_unless_the_post_leads_to_several(self) -> None:
        card = made.preview("https://www.quay.example/a/1?fbclid=x", title="A")
        assert (
            one(made.text(link("https://quay.example/a/1")), card).source_url
            == "https://www.quay.example/a/1"
        )
        round_up = made.text(link("https://quay.example/a/1") + link("https://other.example/b/2"))
        assert one(round_up, card).source_url is None
        assert one(made.text("x"), made.preview("https://t.me/Strait_Watch/9")).source_url is None

    def test_what_cannot_be_shown_is_kept_with_its_permalink(self) -> None:
        entry = one(made.unplayable("Please open Telegram to view this post"))
        assert (
            entry.media == ("unsupported",)
            and entry.body == ""
            and entry.url == "https://t.me/Quay_Observer/7"
        )


class TestEdits:
    def test_words_links_media_and_polls_make_an_edit(self) -> None:
        base = one(made.text("A ship."))
        edits = [
            one(made.text("Two ships.")),
            one(made.text(f"A ship{link('https://quay.example/a', '.')}")),
            one(made.photo(7), made.text("A ship.")),
            one(made.video(7, "0:05"), made.text("A ship.")),
            one(made.video(7, "0:06"), made.text("A ship.")),
            one(made.text("A ship."), made.poll("Q", [("a", "1%")])),
            one(made.text("A ship."), made.poll("Q", [("b", "1%")])),
        ]
        assert len({entry.sha256 for entry in (base, *edits)}) == len(edits) + 1

    def test_views_reactions_percentages_previews_and_file_addresses_make_none(self) -> None:
        shown = '<span class="tgme_reaction"><i class="emoji"><b>❤</b></i>9</span>'
        reaction = f'<div class="tgme_widget_message_reactions">{shown}</div>'
        first = one(made.photo(7), made.text("A ship."), made.poll("Q", [("a", "1%")]))
        later = one(
            made.photo(7).replace("a.jpg", "b.jpg"),
            made.text("A ship."),
            made.poll("Q", [("a", "99%")]),
            made.preview("https://quay.example/a"),
            reaction,
            views="2M",
            meta="edited &nbsp;",
        )
        assert first.sha256 == later.sha256

    def test_joiners_and_variation_marks_make_none(self) -> None:
        assert one(made.text("👁️\u200d🗨️ seen ❤️")).sha256 == one(made.text("👁🗨 seen  ❤")).sha256

    def test_posts_without_text_are_told_apart(self) -> None:
        first, second = read(made.block(1, made.photo(1)), made.block(2, made.photo(2)))
        assert first.sha256 != second.sha256

    def test_the_hash_is_of_canonical_links_in_any_order(self) -> None:
        post = page(made.page(made.block(1, made.text("x"))), expected=None).posts[0]
        assert content_hash(post, "x", ("a", "b")) == content_hash(post, "x", ("b", "a", "a"))


class TestPlan:
    """The plan that every feed goes through does the right thing with posts."""

    def test_twice_the_same_page_brings_nothing_new(self) -> None:
        blocks = [made.block(n, made.photo(n)) for n in range(1, 9)] + [made.block(9, made.text("Same."))]
        shown = page(made.page(*blocks, made.block(10, made.text("Same."))), expected=None)
        got = read_page(shown, now=NOW)
        rows = [known(entry, number) for number, entry in enumerate(got.entries)]
        first, _ = plan_changes(got, [], now=NOW, first_poll=True, recovering=False)
        again, rejected = plan_changes(got, rows, now=NOW, first_poll=False, recovering=False)
        assert {change.disposition for change in first} == {Disposition.NEW} and len(first) == 10
        assert {change.disposition for change in again} == {Disposition.KNOWN} and not rejected

    def test_an_edit_is_a_revision_and_a_rename_keeps_the_rows(self) -> None:
        old = read(made.block(1, made.text("One ship.")), made.block(2, made.text("Calm.")))
        rows = [known(entry, number) for number, entry in enumerate(old)]
        renamed = page(
            made.page(
                made.block(1, made.text("Two ships."), channel="Quay_News"),
                made.block(2, made.text("Calm."), channel="Quay_News"),
                channel="Quay_News",
            ),
            expected="quay_news",
        )
        changes, _ = plan_changes(
            read_page(renamed, now=NOW), rows, now=NOW, first_poll=False, recovering=False
        )
        assert [change.disposition for change in changes] == [Disposition.REVISED, Disposition.KNOWN]
        assert [change.entry_id for change in changes] == [0, 1]


class TestIssues:
    def test_service_messages_are_counted(self) -> None:
        shown = page(made.page(made.service(1, "pinned"), made.block(2, made.text("x"))), expected=None)
        assert read_page(shown, now=NOW).rejected == (("service_message", 1),)

    def test_drift_is_told(self) -> None:
        strange = made.block(3, '<div class="tgme_widget_message_giveaway">Win</div>')
        found = read_page(
            page(made.page(made.block(1, made.text("x")), strange), expected=None), now=NOW
        ).issues
        assert [(issue.code, issue.external_id) for issue in found] == [
            ("telegram_post_unread", "3"),
            ("telegram_unknown_class", None),
        ]

    def test_a_broken_page_is_an_error(self) -> None:
        html = made.page(made.block(1, made.text("x"))).replace("data-post", "data-mail")
        got = read_page(page(html, expected=None), now=NOW)
        assert got.damaged and got.issues[0].code == "telegram_layout_changed"
        assert got.issues[0].severity is Severity.ERROR
