"""Claims that surer ones of their cluster contradict do not count."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.group.doubt import DOUBTFUL, set_aside
from monitor.group.ledger import change_of, ledger_lines, state_of
from monitor.types.ledger import LedgerClaim
from tests.cluster_stories import appearance


def claim(number: int, parties: str = "KP>SD", status: str = "alleged", **values: Any) -> LedgerClaim:
    supplier, recipient = parties.split(">")
    made: dict[str, Any] = {
        "claim_id": number, "uid": f"c{number}", "entry_id": number, "supplier": (supplier,),
        "recipient": (recipient,), "items": ("drones",), "status": status, "confidence": 0.8,
    }  # fmt: skip
    return LedgerClaim(**(made | values))


CASES = {
    "of one entry the surer direction counts": (
        [claim(1, confidence=0.7), claim(2, "SD>KP", "refused", entry_id=1, confidence=0.6)],
        {2: "direction"},
    ),
    "two directions that are as sure both count": (
        [claim(1), claim(2, "SD>KP", entry_id=1)],
        {},
    ),
    "another item may go the other way": (
        [claim(1), claim(2, "SD>KP", entry_id=1, confidence=0.6, items=("tanks",))],
        {},
    ),
    "a misread denial beside a sure allegation does not count": (
        [claim(1), claim(2, status="denied", entry_id=1, confidence=0.3)],
        {2: "status"},
    ),
    "a denial that is nearly as sure as the allegation beside it counts": (
        [claim(1), claim(2, status="denied", entry_id=1, confidence=0.45)],
        {},
    ),
    "a denial in another entry counts, however unsure": (
        [claim(1), claim(2, status="denied", confidence=0.3)],
        {},
    ),
    "three entries outweigh one that has it the other way round": (
        [claim(1), claim(2), claim(3), claim(4, "SD>KP")],
        {4: "direction"},
    ),
    "one entry does not outweigh another": (
        [claim(1, confidence=0.9), claim(2, "SD>KP", confidence=0.5)],
        {},
    ),
    "repetition within an entry outweighs nothing": (
        [claim(1), *(claim(n, entry_id=1, start_char=n) for n in range(2, 9)), claim(9, "SD>KP")],
        {},
    ),
    "a guessed party is given up where the entry and the cluster name another": (
        [claim(1), claim(2), claim(3), claim(4, "KP>IR", entry_id=3, confidence=0.44)],
        {4: "party"},
    ),
    "not where it was read": (
        [claim(1), claim(2), claim(3), claim(4, "KP>IR", entry_id=3, confidence=0.6)],
        {},
    ),
    "nor where another entry has it too": (
        [
            claim(1),
            claim(2),
            claim(3),
            claim(4, "KP>IR", entry_id=3, confidence=0.44),
            claim(5, "KP>IR", confidence=0.44),
        ],
        {},
    ),
    "nor where the cluster does not know better": (
        [claim(1), claim(4, "KP>IR", entry_id=1, confidence=0.44)],
        {},
    ),
    "what a person confirmed counts against all": (
        [claim(1), claim(2), claim(3), claim(4, "SD>KP", reviewed=True)],
        {},
    ),
    "and in its entry sets the others aside": (
        [claim(1, confidence=0.9), claim(2, "SD>KP", entry_id=1, confidence=0.4, reviewed=True)],
        {1: "direction"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_set_aside(name: str) -> None:
    claims, wanted = CASES[name]
    assert set_aside(claims) == wanted
    assert set_aside(claims[::-1]) == wanted


@given(
    st.lists(
        st.tuples(st.sampled_from(["KP>SD", "SD>KP"]), st.sampled_from([0.3, 0.6, 0.9]), st.integers(1, 4)),
        min_size=1,
        max_size=8,
    ),
    st.randoms(use_true_random=False),
)
def test_something_of_a_transfer_is_left_whatever_the_order(
    rows: list[tuple[str, float, int]], chance: random.Random
) -> None:
    claims = [
        claim(n, parties, confidence=sure, entry_id=entry) for n, (parties, sure, entry) in enumerate(rows)
    ]
    aside = set_aside(claims)
    assert len(aside) < len(claims)
    shuffled = chance.sample(claims, len(claims))
    assert set_aside(shuffled) == aside


def lines(*claims: LedgerClaim) -> Any:
    entries = [
        appearance(one, f"Outlet {one}", hours=float(one)) for one in sorted({c.entry_id for c in claims})
    ]
    return ledger_lines(1, claims, entries)


def test_a_doubtful_denial_counts_but_is_not_the_status_beside_surer_claims() -> None:
    [line] = lines(claim(1), claim(2, status="denied", confidence=DOUBTFUL - 0.1))
    assert (line.status, line.denials, line.confidence) == ("alleged", 1, 0.8)
    [alone] = lines(claim(2, status="denied", confidence=DOUBTFUL - 0.1))
    assert alone.status == "denied"


def test_a_line_of_doubtful_claims_alone_is_news_when_a_surer_one_comes() -> None:
    weak, sure = claim(1, confidence=0.3), claim(2, confidence=0.6)
    [line] = lines(weak)
    assert change_of(None, line) is None
    [line] = lines(weak, sure)
    change = change_of(None, line)
    assert change is not None
    assert change.kind == "new"
    assert change_of(state_of(line), line) is None
    [confirmed] = lines(claim(1, confidence=0.3, reviewed=True))
    assert confirmed.confidence == 1.0
    assert change_of(None, confirmed) is not None
