"""The stories do not depend on the order or the batches in which entries arrive."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.group.files import group_items
from monitor.group.fingerprint import fingerprints
from monitor.group.stories import decide
from monitor.types.grouping import StoryItem
from tests.story_items import Archive, story_item, together

_SYLLABLES = [
    "ka",
    "lo",
    "mi",
    "ren",
    "tas",
    "vel",
    "dor",
    "win",
    "har",
    "bel",
    "ost",
    "ari",
    "nel",
    "fen",
    "gar",
    "ulm",
    "sid",
    "rook",
]
LEVELS = ("verbatim", "boiler", "light", "summary", "headline", "number")


def words(draw: random.Random, count: int) -> list[str]:
    return ["".join(draw.choices(_SYLLABLES, k=3)) for _ in range(count)]


def report(seed: int) -> tuple[str, list[str]]:
    """A headline and eight sentences of invented words, each with a number."""
    draw = random.Random(seed)
    sentences = [
        " ".join([*words(draw, 6), str(draw.randint(100, 9999)), *words(draw, 6)]).capitalize() + "."
        for _ in range(8)
    ]
    return " ".join(words(draw, 7)).capitalize(), sentences


def tell(number: int, seed: int, level: str) -> StoryItem:
    """The report as one feed tells it; `number` differs in every figure, and so is another report."""
    title, sentences = report(seed)
    draw = random.Random(f"{seed} {number}")
    if level == "number":
        title += " 7"
        sentences = [" ".join(w if not w.isdigit() else w + "1" for w in s.split()) for s in sentences]
    if level == "light":
        place = draw.randrange(len(sentences))
        sentences[place] = sentences[place].replace(sentences[place].split()[2], "otherwise")
        del sentences[draw.randrange(3, len(sentences))]
    if level == "boiler":
        sentences = ["(Wire) - " + sentences[0], *sentences[1:], "All rights reserved by the agency."]
    body = {"summary": " ".join(sentences[:2]), "headline": ""}.get(level, " ".join(sentences))
    return story_item(number, body, title=title, hours=draw.randrange(0, 9))


worlds = st.lists(st.tuples(st.integers(1, 4), st.sampled_from(LEVELS)), min_size=1, max_size=14).map(
    lambda told: [tell(number, seed, level) for number, (seed, level) in enumerate(told, 1)]
)


@settings(max_examples=60, deadline=None)
@given(worlds, st.randoms(use_true_random=False))
def test_the_order_within_a_batch_does_not_matter(items: list[StoryItem], draw: random.Random) -> None:
    other = draw.sample(items, len(items))
    assert together(items) == together(other)


@settings(max_examples=60, deadline=None)
@given(worlds, st.randoms(use_true_random=False), st.integers(1, 5))
def test_the_batches_do_not_matter(items: list[StoryItem], draw: random.Random, size: int) -> None:
    archive, shuffled = Archive(), draw.sample(items, len(items))
    for start in range(0, len(shuffled), size):
        archive.place(shuffled[start : start + size])
    assert archive.stories() == together(items)


@settings(max_examples=30, deadline=None)
@given(worlds)
def test_entry_ids_decide_nothing(items: list[StoryItem]) -> None:
    renumbered = [replace(item, entry_id=1000 - item.entry_id) for item in items]
    assert together(items) == together(renumbered)


@settings(max_examples=60, deadline=None)
@given(worlds)
def test_reports_that_differ_are_never_together(items: list[StoryItem]) -> None:
    names = {
        item.uid: (report_name, "7" in item.title) for item in items for report_name in [item.title[:20]]
    }
    for story in together(items):
        assert len({names[uid] for uid in story}) == 1


@settings(max_examples=30, deadline=None)
@given(worlds)
def test_every_item_gets_one_decision_and_joins_what_stands_before_it(items: list[StoryItem]) -> None:
    decisions = decide(items, fingerprints(items))
    assert sorted(d.entry_id for d in decisions) == sorted(item.entry_id for item in items)
    seen: set[int] = set()
    for decision in decisions:
        assert decision.joined is None or decision.joined in seen
        assert 0.0 <= decision.score <= 1.0
        seen.add(decision.entry_id)


@settings(max_examples=30, deadline=None)
@given(worlds)
def test_a_file_is_grouped_as_the_database_groups(items: list[StoryItem]) -> None:
    groups: dict[str, set[str]] = {}
    for uid, (story, cluster) in group_items(items).items():
        assert cluster[2:] == story[2:]
        groups.setdefault(story, set()).add(uid)
    assert {frozenset(group) for group in groups.values()} == together(items)
