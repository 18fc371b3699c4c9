"""Boilerplate learnt per feed: which lines are a habit, what is left of a text, and what order does not change."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from monitor.group.files import with_habits
from monitor.group.fingerprint import fingerprints, text_of
from monitor.group.learning import AGE, CAPACITY, DAYS, LEAST, learn, learnt
from monitor.types.grouping import FeedLines, LineCount, StoryItem
from tests.story_items import same, story_item, together

FOOTER = "Harbour Desk: tides, ships and people, every day at six."
SYLLABLES = "ka lo mi ren tas vel dor win har bel ost ari nel fen gar ulm".split()


def said(seed: object, words: int = 14) -> str:
    draw = random.Random(str(seed))
    return " ".join("".join(draw.choices(SYLLABLES, k=3)) for _ in range(words)).capitalize() + "."


def posts(footer: str = FOOTER, *, count: int = 12, feed: int = 7, first: int = 100) -> list[StoryItem]:
    """Posts of one feed, two a day, each with its own sentences and the same last line."""
    return [
        story_item(first + n, f"{said((feed, n))} {said((feed, n, 2))}\n{footer}", feed_id=feed, hours=12 * n)
        for n in range(count)
    ]


def habits(items: Sequence[StoryItem]) -> list[str]:
    """The edges of the lines learnt from these items, in one batch."""
    return sorted(edge for lines in learn(items, fingerprints(items), {}) for edge, _ in learnt(lines))


def test_a_last_line_that_comes_back_on_several_days_is_learnt() -> None:
    assert habits(posts()) == ["tail"]
    items, _ = with_habits(posts())
    assert all(FOOTER.split(maxsplit=1)[0].casefold() not in text_of(item).words for item in items)


def test_few_texts_or_few_days_teach_nothing() -> None:
    assert habits(posts(count=LEAST - 1)) == []
    one_day = [replace(item, effective_at=posts()[0].effective_at) for item in posts()]
    assert habits(one_day) == []


def test_a_line_of_few_of_a_feeds_texts_is_no_habit() -> None:
    others = [
        story_item(n, f"{said(n)} {said((n, 2))} {said((n, 3))}", feed_id=7, hours=n) for n in range(1, 200)
    ]
    assert habits(posts(count=LEAST + 1) + others) == []


def test_another_feeds_habit_is_not_ours() -> None:
    mine, theirs = posts(), [story_item(1, f"{said(1)} {said(2)}\n{FOOTER}", feed_id=8)]
    items, _ = with_habits(mine + theirs)
    assert [bool(item.habits) for item in items] == [True] * len(mine) + [False]


def test_a_copy_without_the_footer_is_found_by_its_whole_text() -> None:
    mine = [
        story_item(100 + n, f"{said(n, 5)} {said((n, 2), 5)}\n{said('footer', 25)}", feed_id=7, hours=12 * n)
        for n in range(12)
    ]
    copy = story_item(1, mine[3].body.splitlines()[0], feed_id=9, hours=40)
    assert not same(mine[3], copy), "the footer is most of the post, and not known yet"
    items, _ = with_habits([*mine, copy])
    assert {mine[3].uid, copy.uid} in together(items)


def test_a_copy_with_the_footer_still_shares_a_key_with_what_came_before_it_was_learnt() -> None:
    first = posts()[5]
    later, _ = with_habits(posts())
    assert {key for key in fingerprints([first])[0].keys if key.startswith("text:")} <= set(
        fingerprints([later[5]])[0].keys
    )


def test_a_text_that_is_all_habit_keeps_its_words() -> None:
    siren = "Attention all of Velm.\nThe air alert is over, return to your homes."
    items = [story_item(n, siren, feed_id=7, hours=14 * n) for n in range(1, 12)]
    learned, _ = with_habits(items)
    assert learned[0].habits
    assert text_of(learned[0]).words == text_of(items[0]).words


def test_the_first_line_of_a_short_notice_is_never_taken_for_boilerplate() -> None:
    """It may say where: two places under one text would be one report."""
    notices = [
        story_item(n, f"Velm district.\n{said(n, 8)}\n{said((n, 2), 6)}", feed_id=7, hours=12 * n)
        for n in range(1, 20)
    ]
    learned, _ = with_habits(notices)
    assert any(edge == "head" for edge, _ in learned[0].habits)
    assert text_of(learned[0]).words[0] == "velm"


@given(st.integers(0, 1000))
def test_within_a_batch_order_does_not_count(seed: int) -> None:
    items = posts() + posts("Another line that ends the texts of this feed.", feed=8, first=300)
    shuffled = list(items)
    random.Random(seed).shuffle(shuffled)
    assert learn(shuffled, fingerprints(shuffled), {}) == learn(items, fingerprints(items), {})


@given(st.lists(st.integers(1, 12), min_size=1, max_size=6))
def test_however_texts_are_cut_into_batches_the_footer_is_learnt(sizes: list[int]) -> None:
    items, known = posts(count=30), FeedLines(feed_id=7)
    start = 0
    for size in (*sizes, len(items)):
        part = items[start : start + size]
        start += size
        if part:
            [known] = learn(part, fingerprints(part), {7: known})
    assert len(learnt(known)) == 1
    assert len(known.lines) <= CAPACITY
    assert all(count.count <= 30 and len(count.days) <= DAYS for count in known.lines.values())


def test_an_old_footer_gives_way() -> None:
    days = tuple(range(DAYS))
    old = FeedLines(feed_id=7, entries=AGE - 1, lines={("tail", 1): LineCount(AGE - 1, days)})
    [after] = learn(posts(count=2), fingerprints(posts(count=2)), {7: old})
    assert after.entries < AGE
    assert after.lines["tail", 1].count == (AGE - 1) // 2


def test_items_of_no_feed_teach_nothing() -> None:
    items = [replace(item, feed_id=0) for item in posts()]
    assert learn(items, fingerprints(items), {}) == []
    assert with_habits(items)[0] == items


def test_in_a_file_that_names_no_feeds_the_outlet_stands_for_one() -> None:
    items = [replace(item, feed_id=0, outlet="Harbour Desk") for item in posts()]
    assert all(item.habits for item in with_habits(items)[0])


def test_days_are_those_of_the_texts() -> None:
    [lines] = learn(posts(count=6), fingerprints(posts(count=6)), {})
    footer = max(lines.lines.values(), key=lambda seen: seen.count)
    assert [dt.date.fromordinal(day).day for day in footer.days] == [3, 4, 5]
