from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.normalise.entry import MAX_CATEGORIES, MAX_LINKS, MAX_TITLE, normalise_feed
from monitor.types.entries import DateSource, KeySource, ParsedFeed, RawEntry, ReadFeed
from monitor.types.source import FeedKind

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


def read(*entries: RawEntry, language: str | None = None) -> ReadFeed:
    parsed = ParsedFeed(format="rss20", encoding="utf-8", language="fr-FR", entries=entries)
    return normalise_feed(
        parsed, kind=FeedKind.RSS, feed_url="https://desk.example/feed", feed_language=language, now=NOW
    )


def test_an_entry_is_plain_text_with_canonical_addresses() -> None:
    raw = RawEntry(
        guid=" g1\n", link="/n/1?utm_source=rss",
        title="A &amp; <i>B</i>", content="<p>One</p><p>Two <a href='x'>x</a></p>", summary="One",
        published="Sat, 21 Nov 2026 08:30:00 +0200", author="<b>Desk</b>", categories=("World", "World", " "),
        source_url="https://AGENCY.example/1#top",
    )  # fmt: skip
    entry = read(raw).entries[0]
    assert (entry.external_id, entry.key_source) == ("g1", KeySource.GUID)
    assert (entry.url, entry.url_raw) == ("https://desk.example/n/1", "/n/1?utm_source=rss")
    assert (entry.title, entry.body) == ("A & B", "One\n\nTwo x")
    assert entry.links == ("https://desk.example/n/x",)
    assert (entry.author, entry.categories) == ("Desk", ("World",))
    assert entry.source_url == "https://agency.example/1"
    assert (entry.published_at, entry.date_source) == (
        dt.datetime(2026, 11, 21, 6, 30, tzinfo=dt.UTC),
        DateSource.PUBLISHED,
    )
    assert entry.language == "fr"


def test_the_configured_language_wins() -> None:
    assert read(RawEntry(title="x"), language="ar").entries[0].language == "ar"


def test_a_plain_title_keeps_its_brackets_and_an_empty_one_stays_empty() -> None:
    plain, empty = read(RawEntry(title="a <b> c", title_is_html=False), RawEntry(summary="Only text")).entries
    assert (plain.title, empty.title, empty.body) == ("a <b> c", "", "Only text")


def test_the_longer_of_content_and_summary_is_the_body() -> None:
    assert (
        read(RawEntry(title="x", content="<p>[…]</p>", summary="The whole lead.")).entries[0].body
        == "The whole lead."
    )


def test_sizes_are_bounded_and_long_texts_stay_apart() -> None:
    long = "A" * 5000
    links = "".join(f"<a href='https://x.example/{n}'>l</a>" for n in range(200))
    one, two = read(
        RawEntry(title=long + "1", content=links, categories=tuple(f"c{n}" * 90 for n in range(80))),
        RawEntry(title=long + "2"),
    ).entries
    assert len(one.title) == len(two.title) == MAX_TITLE
    assert one.title != two.title
    assert len(one.links) == MAX_LINKS
    assert len(one.categories) == MAX_CATEGORIES
    assert max(map(len, one.categories)) <= 100


def test_every_item_is_kept_or_counted() -> None:
    same = RawEntry(guid="g", link="https://desk.example/1", title="One")
    result = read(same, same, RawEntry(guid="empty", title=" <br> "), RawEntry(title="Two"))
    assert [entry.title for entry in result.entries] == ["One", "Two"]
    assert dict(result.rejected) == {"repeated_in_body": 1, "empty_item": 1}


def test_counters_below_a_text_are_no_part_of_it() -> None:
    for last in ("Views: 1,204", "1 204 просмотра", "5 minutes ago", "조회 120", "阅读 300"):
        assert read(RawEntry(title="x", content=f"<p>Text.</p><p>{last}</p>")).entries[0].body == "Text."
    assert (
        read(RawEntry(title="x", content="<p>Text.</p><p>Views differ: 3 say no</p>"))
        .entries[0]
        .body.endswith("say no")
    )


def test_a_guid_on_two_items_names_neither() -> None:
    result = read(
        RawEntry(guid="g", link="https://desk.example/1", title="One"),
        RawEntry(guid="g", link="https://desk.example/2", title="Two"),
        RawEntry(guid="h", link="https://desk.example/3", title="Three"),
    )
    assert [entry.external_id for entry in result.entries] == [
        "g @ https://desk.example/1",
        "g @ https://desk.example/2",
        "h",
    ]
    assert [issue.code for issue in result.issues] == ["guid_shared"]


@pytest.mark.parametrize("guid", [None, "", " ", "0", "null", "None"])
def test_without_a_guid_the_link_is_the_key_then_the_title(guid: str | None) -> None:
    linked, bare = read(
        RawEntry(guid=guid, link="https://desk.example/1?utm_source=x", title="One"),
        RawEntry(guid=guid, title="Two"),
    ).entries
    assert (linked.external_id, linked.key_source) == ("https://desk.example/1", KeySource.LINK)
    assert (bare.external_id[:7], bare.key_source) == ("sha256:", KeySource.HASH)


def test_a_link_that_all_items_share_is_no_key() -> None:
    result = read(*(RawEntry(link="https://desk.example/", title=f"Report {n}") for n in range(3)))
    assert len({entry.external_id for entry in result.entries}) == 3


def test_odd_links_and_dates_are_issues() -> None:
    result = read(
        RawEntry(title="x", link="javascript:alert(1)", published="yesterday"),
        RawEntry(title="y", published="2026-11-21 10:00"),
    )
    assert result.entries[0].url is None
    assert result.entries[0].url_raw == "javascript:alert(1)"
    assert [issue.code for issue in result.issues] == ["date_unreadable", "date_without_zone", "link_refused"]


_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=60)


@settings(deadline=None)
@given(
    st.lists(
        st.builds(
            RawEntry,
            guid=_TEXT | st.none(),
            link=_TEXT | st.none(),
            title=_TEXT,
            content=_TEXT,
            published=_TEXT | st.none(),
        ),
        max_size=6,
    )
)
def test_whatever_the_raw_entries_counts_add_up(entries: list[RawEntry]) -> None:
    result = read(*entries)
    assert len(result.entries) + sum(count for _, count in result.rejected) == len(entries)
    assert len({entry.external_id for entry in result.entries}) == len(result.entries)
    for entry in result.entries:
        f"{entry.external_id}{entry.title}{entry.body}{entry.url_raw}{entry.published_raw}".encode()
        assert "\x00" not in entry.external_id + entry.title + entry.body + (entry.url_raw or "") + (
            entry.published_raw or ""
        )


def test_an_item_with_an_address_and_no_text_is_kept() -> None:
    assert read(RawEntry(guid="g", link="https://desk.example/1")).entries[0].url == "https://desk.example/1"
