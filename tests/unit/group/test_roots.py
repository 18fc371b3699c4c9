"""Chains of citations: to the root, polled or not; what is missing and what goes round is said."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.group.roots import name_key, names_of, resolve_roots
from monitor.types.ledger import Chain, ChainEntry, CitedMedium

MORNING = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)
POLLED = names_of([("Anchor", ["anchor_channel"]), ("Buoy", []), ("Capstan", []), ("Drifter", [])])


def cited(number: int, *names: str, rule: str = "en/verb") -> tuple[CitedMedium, ...]:
    return tuple(
        CitedMedium(
            annotation_id=number, position=place, name=name, rule=rule, field="body", start_char=40 * place
        )
        for place, name in enumerate(names)
    )


def told(number: int, outlet: str, *names: str, hours: float = 0, **values: object) -> ChainEntry:
    made = {
        "uid": f"e{number}", "outlet": outlet, "story_id": number,
        "at": MORNING + dt.timedelta(hours=hours), "cites": cited(number, *names),
    }  # fmt: skip
    return ChainEntry(**(made | values))  # type: ignore[arg-type]


def chain(entries: list[ChainEntry], number: int, place: int = 0) -> Chain:
    return resolve_roots(entries, POLLED).chains[(number, place)]


def steps(found: Chain) -> list[str]:
    return [link.outlet for link in found.links]


def test_a_chain_goes_on_through_the_cited_outlets_own_entry() -> None:
    entries = [
        told(1, "Capstan"), told(2, "Buoy", "Capstan", hours=1), told(3, "Anchor", "The Buoy", hours=2),
    ]  # fmt: skip
    found = chain(entries, 3)
    assert (found.root, found.state, steps(found)) == ("Capstan", "root", ["Buoy", "Capstan"])
    assert resolve_roots(entries, POLLED).entries == {"e2": "Capstan", "e3": "Capstan"}


def test_a_root_that_is_not_polled_is_a_root_all_the_same() -> None:
    found = chain([told(1, "Buoy", "Folha"), told(2, "Anchor", "Buoy", hours=1)], 2)
    assert (found.root, found.state, steps(found)) == ("Folha", "not_polled", ["Buoy", "Folha"])


def test_a_polled_outlet_of_which_nothing_from_before_is_stored_is_a_missing_link() -> None:
    entries = [told(1, "Anchor", "Buoy"), told(2, "Buoy", "Capstan", hours=5)]
    assert (chain(entries, 1).root, chain(entries, 1).state) == ("Buoy", "missing")


def test_an_entry_without_a_sound_date_may_have_been_there_before() -> None:
    entries = [told(1, "Anchor", "Buoy"), told(2, "Buoy", "Folha", hours=5, doubt=True)]
    assert (chain(entries, 1).root, chain(entries, 1).state) == ("Folha", "not_polled")


def test_outlets_that_quote_each_other_are_a_cycle_back_to_the_first() -> None:
    entries = [told(1, "Buoy", "Anchor"), told(2, "Anchor", "Buoy", hours=1)]
    found = chain(entries, 2)
    assert (found.root, found.state, steps(found)) == ("Buoy", "cycle", ["Buoy", "Anchor"])


def test_an_outlet_that_had_it_before_those_it_quotes_is_the_root() -> None:
    entries = [told(1, "Anchor"), told(2, "Buoy", "Anchor", hours=1), told(3, "Anchor", "Buoy", hours=2)]
    found = chain(entries, 3)
    assert (found.root, found.state) == ("Anchor", "root")


def test_the_entry_that_is_linked_counts_before_the_outlets_first() -> None:
    entries = [
        told(1, "Buoy", "Folha"),
        told(2, "Buoy", hours=1, url="https://buoy.example/2"),
        told(3, "Anchor", "Buoy", hours=2, links=("https://buoy.example/2",)),
    ]
    assert (chain(entries, 3).root, chain(entries, 3).state) == ("Buoy", "root")


def test_a_forward_leads_to_the_post_of_the_channel_it_came_from() -> None:
    entries = [
        told(1, "Anchor", "Folha", posts=(("anchor_channel", 7),)),
        told(2, "Anchor", hours=1, posts=(("anchor_channel", 8),)),
        told(
            3,
            "Buoy",
            hours=2,
            forward=("Anchor_Channel", 8),
            cites=cited(3, "anchor_channel", rule="forward"),
        ),
    ]
    assert (chain(entries, 3).root, steps(chain(entries, 3))) == ("Anchor", ["Anchor"])


def test_a_link_leads_on_to_an_entry_of_another_cluster() -> None:
    source = told(9, "Buoy", "Folha", hours=-90, url="https://buoy.example/9")
    citing = told(1, "Anchor", "Buoy", links=("https://buoy.example/9",))
    found = resolve_roots([citing], POLLED, [source]).chains
    assert (found[(1, 0)].root, found[(1, 0)].state) == ("Folha", "not_polled")
    assert set(found) == {(1, 0)}
    # without the link it is nobody's source
    [alone] = resolve_roots([told(1, "Anchor", "Buoy")], POLLED, [source]).chains.values()
    assert (alone.root, alone.state) == ("Buoy", "missing")


def test_a_sign_off_says_whose_text_it_is_before_other_citations() -> None:
    wire = CitedMedium(
        annotation_id=1, position=1, name="Wire", rule="shapes/sign-off", field="body", start_char=900
    )
    entries = [told(1, "Buoy", cites=(*cited(1, "Folha"), wire)), told(2, "Anchor", "Buoy", hours=1)]
    assert chain(entries, 2).root == "Wire"
    assert resolve_roots(entries, POLLED).entries["e1"] == "Wire"


def test_a_copy_goes_back_to_who_told_the_story_first() -> None:
    entries = [told(1, "Buoy", "Folha", story_id=9), told(2, "Anchor", story_id=9, hours=1)]
    assert resolve_roots(entries, POLLED).entries == {"e1": "Folha", "e2": "Folha"}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("The Guardian", "guardian"),
        ("La Brújula", "la brujula"),
        ("El País", "El Pais"),
        ("BBC-News", "BBC News"),
    ],
)
def test_names_are_compared_without_article_accent_and_punctuation(one: str, two: str) -> None:
    assert name_key(one) == name_key(two)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Anchor", "Buoy", "Capstan", "Drifter"]),
            st.lists(st.sampled_from(["Anchor", "Buoy", "Capstan", "Drifter", "Folha"]), max_size=2),
            st.integers(0, 4), st.booleans(), st.integers(1, 3),
        ),
        max_size=9,
    )
)  # fmt: skip
def test_every_citation_gets_a_chain_that_ends_whatever_cites_whom(rows: list[tuple]) -> None:  # type: ignore[type-arg]
    entries = [
        told(
            number,
            outlet,
            *[name for name in names if name != outlet],
            hours=hours,
            doubt=doubt,
            story_id=story,
        )
        for number, (outlet, names, hours, doubt, story) in enumerate(rows)
    ]
    found = resolve_roots(entries, POLLED)
    assert len(found.chains) == sum(len(entry.cites) for entry in entries)
    for one in found.chains.values():
        assert one.links
        uids = [link.uid for link in one.links if link.uid]
        assert len(uids) == len(set(uids))
    again = resolve_roots(list(reversed(entries)), POLLED)
    assert again == found
