"""Claims that agree are one line with its history; what is new in a line is named once."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from monitor.group.ledger import change_of, claim_root, ledger_lines, state_of
from monitor.types.ledger import CitedMedium, LedgerClaim, LedgerLine, LineChange
from tests.cluster_stories import appearance

HOUR = dt.timedelta(hours=1)
SHELLS = "artillery-ammunition"


def claim(number: int, status: str = "alleged", **values: Any) -> LedgerClaim:
    made: dict[str, Any] = {
        "claim_id": number, "uid": f"c{number}", "entry_id": number, "supplier": ("KP",), "recipient": ("SD",),
        "items": (SHELLS,), "status": status,
    }  # fmt: skip
    return LedgerClaim(**(made | values))


def lines(*claims: LedgerClaim, outlets: str = "ABCDEFG") -> tuple[LedgerLine, ...]:
    """The claims told one an hour, each by an outlet of its own."""
    entries = [
        appearance(one, outlets[one], hours=float(one), story_id=one)
        for one in sorted({claim.entry_id for claim in claims})
    ]
    return ledger_lines(1, claims, entries)


def test_a_line_counts_stories_not_copies() -> None:
    entries = [appearance(1, "A", story_id=5), appearance(2, "B", hours=1.0, story_id=5)]
    [line] = ledger_lines(1, [claim(1), claim(2)], entries)
    assert (line.allegations, line.first_alleged_by, line.status) == (1, "A", "alleged")


def test_the_newest_word_of_a_party_is_the_status_and_an_allegation_is_none() -> None:
    [line] = lines(claim(1), claim(2, "announced"), claim(3, "denied"), claim(4))
    assert (line.status, line.allegations, line.denials, line.last_at - line.first_at) == (
        "denied",
        2,
        1,
        3 * HOUR,
    )
    assert line.word_at == line.history[2].at == line.changed_at


def test_arms_of_no_stated_class_belong_to_the_one_class_that_is_stated() -> None:
    [line] = lines(
        claim(1), claim(2, items=("unspecified-arms",)), claim(3, "denied", items=("unspecified-arms",))
    )
    assert (line.key.item, line.allegations, line.denials) == (SHELLS, 2, 1)


def test_with_two_classes_a_denial_of_any_arms_denies_both_and_an_allegation_stands_alone() -> None:
    found = lines(
        claim(1), claim(2, items=("drones",)),
        claim(3, items=("unspecified-arms",)), claim(4, "denied", items=("unspecified-arms",)),
    )  # fmt: skip
    assert [(line.key.item, line.status, line.allegations) for line in found] == [
        (SHELLS, "denied", 1),
        ("drones", "denied", 1),
        ("unspecified-arms", "alleged", 1),
    ]


def test_several_suppliers_and_items_are_a_line_each() -> None:
    found = lines(claim(1, supplier=("KP", "IR"), items=(SHELLS, "drones")))
    assert len(found) == 4


def test_a_party_that_is_not_stated_is_empty() -> None:
    [line] = lines(claim(1, supplier=()))
    assert (line.key.supplier, line.key.recipient) == ("", "SD")


def test_quantities_are_kept_by_root_and_unit_and_never_summed() -> None:
    [line] = lines(
        claim(1, quantity_min=40_000, quantity_max=40_000, root="Courier"),
        claim(2, quantity_min=35_000, quantity_max=None, root="Wire"),
        claim(3, quantity_min=40_000, quantity_max=45_000, root="Courier"),
        claim(4, quantity_min=900, quantity_max=900, unit="t", root="Wire"),
    )
    assert [(one.root, one.unit, one.quantity_min, one.quantity_max) for one in line.quantities] == [
        ("Courier", "", 40_000, 45_000),
        ("Wire", "", 35_000, 35_000),
        ("Wire", "t", 900, 900),
    ]
    assert (line.quantity_min, line.quantity_max) == (35_000, 45_000)


def test_sources_are_those_that_assert_it_folded_by_root() -> None:
    entries = [appearance(number, name, hours=float(number)) for number, name in enumerate("ABC")]
    said = [claim(0), claim(1), claim(2, "denied")]
    [apart] = ledger_lines(1, said, entries)
    [folded] = ledger_lines(1, said, entries, {entries[1].uid: "A"})
    assert (apart.independent_sources, folded.independent_sources) == (2, 1)


def medium(name: str, start: int, place: int = 0) -> CitedMedium:
    return CitedMedium(
        annotation_id=1, position=place, name=name, rule="en/verb", field="body", start_char=start
    )


@pytest.mark.parametrize(
    ("speaker", "start", "root"),
    [("", 100, "root of Wire"), ("", 900, "root of Courier"), ("Courier", 100, "root of Courier"),
     ("a ministry", 5_000, "own")],
)  # fmt: skip
def test_a_claim_goes_back_to_the_medium_that_speaks_or_stands_nearest(
    speaker: str, start: int, root: str
) -> None:
    cites = (medium("Wire", 90), medium("Courier", 880, 1))
    chains = {(1, 0): "root of Wire", (1, 1): "root of Courier"}
    said = claim(1, speaker=speaker, start_char=start, end_char=start + 60)
    assert claim_root(said, cites, chains, "own") == root


def news(*stages: tuple[LedgerClaim, ...]) -> list[LineChange | None]:
    """What each stage of a line's claims brings."""
    found, before = [], None
    for stage in stages:
        [line] = lines(*stage)
        found.append(change_of(before, line))
        before = state_of(line)
    return found


def test_each_change_is_named_once_the_weightiest_first() -> None:
    said = (claim(1, quantity_min=10, quantity_max=10), claim(2, "confirmed"), claim(3, "denied"))
    more = (*said, replace(claim(4), quantity_min=90, quantity_max=90))
    found = news(said[:1], said[:1], said[:2], said[:3], more, more)
    assert [change and (change.kind, change.old_status, change.new_status) for change in found] == [
        ("new", None, "alleged"),
        None,
        ("status", "alleged", "confirmed"),
        ("denial", "confirmed", "denied"),
        ("quantity", "denied", "denied"),
        None,
    ]
    assert [change.claim_uid for change in found if change] == ["c1", "c2", "c3", "c4"]
