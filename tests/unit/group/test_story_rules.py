"""What makes two entries one report, and what forbids it."""

from __future__ import annotations

import datetime as dt

import pytest

from monitor.group.fingerprint import fingerprints
from monitor.group.stories import VERSION, decide
from monitor.types.grouping import Candidate, StoryItem, StoryOptions
from tests.story_items import Archive, same, story_item, together

TITLE = "Norvia to send forty howitzers to Tarsk through the port of Velm"
REPORT = (
    "The government of Norvia has agreed to send 40 howitzers and 12,000 shells to Tarsk, its defence ministry "
    "said on Tuesday. The first ship is to leave the port of Velm within two weeks. The ministry of Tarsk confirmed "
    "the contract and put its value at 310 million crowns. Opposition members of the Norvian parliament asked why "
    "the sale had not been put to a vote, and the speaker promised a hearing. Neighbouring Ostrava Bay said that it "
    "would raise the matter with the customs union, which bans the transit of heavy weapons through its waters."
)
POST = "Norvia closes its airspace over the Velm range for a missile test, the civil aviation office says."


def decided(*items: StoryItem) -> dict[int, tuple[str, int | None]]:
    return {d.entry_id: (d.rule, d.joined) for d in decide(items, fingerprints(items))}


def test_a_verbatim_copy_joins_the_earlier_entry_and_says_by_which_rule() -> None:
    first, copy = story_item(2, REPORT, title=TITLE), story_item(1, REPORT, title=TITLE, hours=3)
    assert decided(copy, first) == {2: ("new", None), 1: ("text", 2)}
    assert {d.version for d in decide([first], fingerprints([first]))} == {VERSION}


@pytest.mark.parametrize(
    "copy",
    [
        f"(Wire Bureau) - {REPORT} This article was first published by Wire Bureau. Subscribe to our newsletter.",
        f"VELM, March 3 (Wire) — {REPORT}\nRead more on our website.",
        REPORT.replace("heavy weapons", "such weapons").replace("a hearing", "an early hearing"),
        REPORT.replace(" The first ship is to leave the port of Velm within two weeks.", ""),
        REPORT.replace("’", "'").replace("12,000", "12000").upper(),
    ],
    ids=["agency", "dateline", "light edit", "sentence dropped", "typography"],
)
def test_a_copy_with_boilerplate_or_light_edits_is_the_same_report(copy: str) -> None:
    assert same(story_item(1, REPORT, title=TITLE), story_item(2, copy, title=TITLE, hours=1))


def test_a_summary_joins_the_full_text_that_it_opens() -> None:
    summary = REPORT[: REPORT.index(" The ministry of Tarsk")]
    assert decided(story_item(1, REPORT, title=TITLE), story_item(2, summary, title=TITLE, hours=1))[2] == (
        "lead",
        1,
    )


def test_a_bare_headline_joins_the_report_under_it_within_hours_only() -> None:
    full = story_item(1, REPORT, title=TITLE)
    assert decided(full, story_item(2, "", title=f"UPDATE: {TITLE}", hours=2))[2] == ("title", 1)
    assert not same(full, story_item(2, "", title=TITLE, hours=20))


def test_a_headline_that_a_feed_gives_every_day_proves_nothing() -> None:
    daily = "Morning briefing from the defence desk"
    mondays = [story_item(1, "", title=daily), story_item(3, "", title=daily, feed_id=1, hours=24)]
    assert len(together([*mondays, story_item(2, REPORT, title=daily, hours=25)])) == 3


@pytest.mark.parametrize(
    ("old", "new", "veto"),
    [
        ("40 howitzers", "400 howitzers", "numbers"),
        ("on Tuesday", "on Friday", "numbers"),
        ("has agreed", "has not agreed", "negation"),
        ("confirmed", "denied", "negation"),
    ],
)
def test_facts_that_contradict_keep_long_texts_apart(old: str, new: str, veto: str) -> None:
    first, second = story_item(1, REPORT), story_item(2, REPORT.replace(old, new), hours=1)
    assert decided(first, second)[2] == (f"new:{veto}", None)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("closes", "reopens"),
        ("Velm", "Sarn"),
        ("Norvia", "Tarsk"),
        ("missile", "rocket"),
        ("closes", "denies closing"),
    ],
)
def test_in_a_short_post_no_word_may_be_exchanged(old: str, new: str) -> None:
    assert not same(story_item(1, POST), story_item(2, POST.replace(old, new), hours=1))
    assert same(story_item(1, POST), story_item(2, f"⚡️ {POST} Subscribe to our channel", hours=1))


def test_a_name_exchanged_in_a_middling_text_is_another_report() -> None:
    text = " ".join(REPORT.split(". ")[:2]) + "."
    assert not same(story_item(1, text), story_item(2, text.replace("to Tarsk", "to Ruvenia"), hours=1))


def test_a_place_exchanged_is_another_report_in_scripts_without_capitals_too() -> None:
    """The names rule sees capitals; these are told apart by what annotation found."""
    text = (
        "أعلنت وزارة الدفاع في نورفيا أن وحداتها أسقطت ثلاث طائرات مسيرة فوق ميناء {} صباح اليوم وأن فرق الإطفاء تعمل على "
        "إخماد حريق صغير في مستودع مهجور قرب الرصيف الشمالي دون وقوع إصابات بين العمال أو السكان"
    )
    velm = story_item(1, text.format("فيلم"), language="ar", places=frozenset({"XV", "XN"}))
    sarn = story_item(2, text.format("سارن"), language="ar", hours=1, places=frozenset({"XS", "XN"}))
    assert decided(velm, sarn)[2] == ("new:places", None)
    fewer = story_item(3, text.format("فيلم") + " أيضا", language="ar", hours=1, places=frozenset({"XN"}))
    assert same(velm, fewer), "a copy may leave one out, or annotation may not know it"


def test_daily_reports_from_a_template_are_not_copies() -> None:
    day = (
        "Velm exchange close: the index ended Monday at 4,120 points, a move of 0.41 percent, with 81,000 shares "
        "traded. The crown closed at 7.12. This report is produced every trading day from exchange data and is "
        "not investment advice. Questions about the data go to the statistics office of the exchange in Velm."
    )
    other = (
        day.replace("Monday", "Tuesday")
        .replace("4,120", "4,133")
        .replace("0.41", "0.32")
        .replace("7.12", "7.15")
    )
    assert not same(story_item(1, day), story_item(2, other, feed_id=1, hours=24))
    assert not same(story_item(1, day), story_item(2, other, hours=24))


SIREN = (
    "Attention: the air alert for the whole of the Velm district and for the islands in its bay is over, the civil "
    "defence office of the district says."
)


def test_a_short_notice_repeated_by_its_feed_another_day_is_another_event() -> None:
    siren = "Attention: the air alert for the Velm district is over, the civil defence office says."
    assert not same(story_item(1, siren), story_item(2, siren, feed_id=1, hours=24))
    assert same(story_item(1, siren), story_item(2, siren, hours=1))


NOTICE = (
    "The national library of Norvia opens its map room to readers from Monday, and prints a guide to the oldest "
    "charts of the Ilva delta."
)


def test_a_short_notice_copied_by_another_channel_within_the_window_is_the_same_report() -> None:
    assert decided(story_item(1, NOTICE), story_item(2, f"{NOTICE} Subscribe to our channel", hours=24 * 5))[
        2
    ] == (
        "text",
        1,
    )
    assert not same(story_item(1, NOTICE), story_item(2, NOTICE, hours=24 * 8))


@pytest.mark.parametrize("other", [SIREN, SIREN.replace("is over", "is over again")], ids=["same", "nearly"])
def test_a_notice_from_a_template_is_another_event_days_later_in_any_channel(other: str) -> None:
    """Channel 1 gives nearly these words on two days: a series, so channel 2 tells of an event of its own."""
    first, second = story_item(1, SIREN), story_item(3, other, feed_id=1, hours=24)
    stories = together([first, second, story_item(2, SIREN, hours=24 * 4)])
    assert frozenset({"e00002"}) in stories


OFFER = (
    "The harbour school of Velm takes forty apprentices for its pilots' course. All that is asked is a test of an hour, "
    "which shows whether the sea is the right trade for you. Places are few, and the course costs nothing."
)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Tomorrow is the last day to apply.", "Tomorrow is the very last day to apply."),
        ("Apply until 20 March.", "Apply until the end of the day."),
    ],
)
def test_tomorrow_said_on_another_day_is_another_day(first: str, second: str) -> None:
    one, two = f"{OFFER} {first}", f"{OFFER} {second}"
    assert not same(story_item(1, one), story_item(2, two, hours=24))
    assert same(story_item(1, f"{OFFER} {first}"), story_item(2, f"{OFFER} {first}", hours=24))


def test_an_outlet_that_adds_a_denial_to_its_news_tells_other_news() -> None:
    added = f"{REPORT} The port authority of Velm denied that any ship had been booked."
    assert not same(story_item(1, REPORT), story_item(2, added, feed_id=1, hours=1))
    assert same(story_item(1, REPORT), story_item(2, added, hours=1)), (
        "another outlet's longer copy is a copy"
    )


def test_an_outlet_that_takes_its_text_up_again_next_day_with_more_to_say_tells_other_news() -> None:
    opening, rest = REPORT[: REPORT.index(" Opposition")], REPORT[REPORT.index(" Opposition") :]
    assert not same(story_item(1, opening), story_item(2, opening + rest, feed_id=1, hours=22))
    assert same(story_item(1, opening), story_item(2, opening + rest, feed_id=1, hours=2))


def test_near_copies_are_sought_within_the_window_only() -> None:
    edited = REPORT.replace("heavy weapons", "such weapons")
    assert not same(story_item(1, REPORT), story_item(2, edited, hours=24 * 8))
    options = StoryOptions(window=dt.timedelta(days=9))
    items = [story_item(1, REPORT), story_item(2, edited, hours=24 * 8)]
    assert decide(items, fingerprints(items), (), options)[1].joined == 1


def test_one_story_has_one_language_and_unknown_language_joins_by_exact_keys() -> None:
    first = story_item(1, REPORT)
    assert not same(first, story_item(2, REPORT, language="de", hours=1))
    assert same(first, story_item(2, REPORT, language="und", hours=1))
    assert not same(first, story_item(2, REPORT.replace("heavy", "such"), language="und", hours=1))


def test_an_entry_of_unknown_language_never_bridges_two_languages() -> None:
    items = [story_item(n, REPORT, language=code, hours=n) for n, code in ((1, "en"), (2, "und"), (3, "de"))]
    assert sorted(len(story) for story in together(items)) == [1, 2]


def test_one_address_is_one_report_whatever_the_feed_shows_of_it() -> None:
    url = "https://example.org/2026/03/norvia-howitzers"
    first = story_item(1, REPORT, title=TITLE, url=url)
    assert decided(first, story_item(2, "", title=TITLE, url=url, hours=100))[2] == ("url", 1)
    cited = story_item(2, REPORT[:200], url="https://other.example/a/17", source_url=url, hours=100)
    assert decided(first, cited)[2] == ("url", 1)
    assert not same(first, story_item(2, REPORT, url=url, hours=24 * 40))


@pytest.mark.parametrize(
    "url", ["https://example.org/", "https://example.org/news", "https://example.org/en/world/"]
)
def test_home_and_section_pages_are_no_key(url: str) -> None:
    assert not any(key.startswith("url:") for key in fingerprints([story_item(1, POST, url=url)])[0].keys)


def test_a_page_that_serves_many_texts_is_no_proof() -> None:
    url = "https://example.org/live/2026-03-03"
    other = (
        "Farmers along the Ilva river count their losses after a week of frost and ask for cheaper credit."
    )
    assert not same(story_item(1, POST, url=url), story_item(2, other, url=url, feed_id=1, hours=1))


def test_a_post_joins_the_article_it_links_to_only_where_it_repeats_the_headline() -> None:
    url = "https://example.org/2026/03/norvia-howitzers"
    article = story_item(1, REPORT, title=TITLE, url=url)
    about = "Norvia to send forty howitzers to Tarsk through the port of Velm, says our correspondent"
    other = "Read what the opposition thinks of the budget for schools and roads in the coming year"
    assert decided(article, story_item(2, about, kind="telegram", links=(url,), hours=1))[2] == ("link", 1)
    assert not same(article, story_item(2, other, kind="telegram", links=(url,), hours=1))


def test_a_post_joins_the_article_whose_preview_card_it_shows() -> None:
    url = "https://example.org/2026/03/norvia-howitzers"
    article = story_item(1, REPORT, title=TITLE, url=url)
    comment = "So much for the customs union. Who is going to explain this to the voters in autumn?"
    post = story_item(2, comment, kind="telegram", source_url=url, hours=1)
    assert decided(article, post)[2] == ("preview", 1)
    again = story_item(
        3, "Our readers asked for the map of the route; here it is.", kind="telegram", source_url=url
    )
    assert same(article, post, again)
    assert not same(post, again), "two comments are no copies of each other"


@pytest.mark.parametrize(
    ("old", "new"), [("has agreed", "has not agreed"), ("40 howitzers", "400 howitzers")]
)
def test_a_post_that_contradicts_the_article_of_its_card_stands_apart(old: str, new: str) -> None:
    url = "https://example.org/2026/03/norvia-howitzers"
    article = story_item(1, f"{REPORT} {REPORT.replace('Norvia', 'Ruvenia')}", title=TITLE, url=url)
    first = REPORT[: REPORT.index(" The first ship")]
    words = " ".join(f"remark{n}" for n in range(80))
    post = story_item(2, f"{first.replace(old, new)} {words}", kind="telegram", source_url=url, hours=1)
    assert not same(article, post)


def test_a_card_of_a_live_page_never_brings_its_texts_together() -> None:
    url = "https://example.org/live/2026-03-03"
    other = (
        "Farmers along the Ilva river count their losses after a week of frost and ask for cheaper credit."
    )
    items = [story_item(1, POST, url=url), story_item(2, other, url=url, feed_id=1, hours=1)]
    post = story_item(3, "What a day, and it is only noon.", kind="telegram", source_url=url, hours=2)
    assert sorted(len(story) for story in together([*items, post])) == [1, 2]


def test_forwards_of_one_post_are_one_report_with_the_post_itself() -> None:
    post = story_item(1, "Lights out in Velm.", kind="telegram", url="https://t.me/VelmDesk/77")
    forwards = [
        story_item(n, "Lights out in Velm.", kind="telegram", forward="velmdesk/77", hours=n) for n in (2, 3)
    ]
    assert decided(post, *forwards) == {1: ("new", None), 2: ("forward", 1), 3: ("forward", 1)}
    assert not same(post, story_item(2, "Lights out in Velm.", kind="telegram", forward="velmdesk", hours=1))


def test_an_entry_that_proves_two_stories_equal_names_the_merge() -> None:
    stored = [
        story_item(1, REPORT.replace("heavy weapons", "such weapons"), story_id=9, hours=1),
        story_item(
            2, f"{REPORT} The hearing is open to the press and to everyone else.", story_id=4, hours=2
        ),
    ]
    items = [story_item(3, REPORT, hours=3)]
    candidates = [Candidate(item=i, fingerprint=f) for i, f in zip(stored, fingerprints(stored), strict=True)]
    (decision,) = decide(items, fingerprints(items), candidates)
    assert (decision.joined, decision.merges) == (2, (9,))


@pytest.mark.parametrize("batch", [1, 3])
def test_a_short_text_that_fits_two_contradicting_reports_joins_one_of_them(batch: int) -> None:
    opening = (
        "The government of Norvia is in talks with Tarsk about the sale of artillery, two ministries said. "
    )
    ten, hundred = (f"{opening}{REPORT.replace('40', number)}" for number in ("10", "100"))
    items = [story_item(1, ten), story_item(2, hundred, hours=1), story_item(3, opening, hours=2)]
    archive = Archive()
    for start in range(0, 3, batch):
        archive.place(items[start : start + batch])
    assert sorted(len(story) for story in archive.stories()) == [1, 2]
    assert frozenset({"e00001", "e00002"}) not in archive.stories()


def test_items_and_fingerprints_of_different_entries_are_refused() -> None:
    with pytest.raises(ValueError, match="same entries"):
        decide([story_item(1, POST)], fingerprints([story_item(2, POST)]))


def test_nothing_to_place_is_no_decision() -> None:
    assert decide([], []) == []
    assert decided(story_item(1, "", title="")) == {1: ("new", None)}
