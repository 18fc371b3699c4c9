"""Watched names are found as they are written in ten languages; identifiers exactly; ships by a number that checks."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.annotate.transliterate import proposals
from monitor.annotate.watchlist import CompiledWatchlists, imo_is_valid
from monitor.types.annotations import EntryText
from monitor.types.watchlist import WatchedName, Watchlist


def watched(*entries: WatchedName) -> CompiledWatchlists:
    return CompiledWatchlists([Watchlist(name="ours", entries=entries, version="1")])


def named(name: str, *aliases: str, **identifiers: tuple[str, ...]) -> CompiledWatchlists:
    return watched(WatchedName(external_id="w1", name=name, aliases=aliases, identifiers=identifiers))


def found(lists: CompiledWatchlists, body: str, title: str = "") -> list[str]:
    text = EntryText(entry_id=1, revision_id=1, uid="u", kind="rss", title=title, body=body)
    hits = lists.find(text)
    for hit in hits:
        content = title if hit.field == "title" else body
        assert content[hit.start_char : hit.end_char] == hit.term
    return [hit.term for hit in hits]


def test_a_name_is_found_in_title_and_body() -> None:
    assert found(named("Tirvane Shipping"), "The Tirvane Shipping office.", "Tirvane Shipping fined") == [
        "Tirvane Shipping",
        "Tirvane Shipping",
    ]


def test_a_name_written_all_in_capitals_is_found_in_ordinary_letters_too() -> None:
    assert found(named("TIRVANE SHIPPING"), "Tirvane Shipping and TIRVANE SHIPPING") == [
        "Tirvane Shipping",
        "TIRVANE SHIPPING",
    ]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("Orion", "the orion of the myth"),
        ("Orion", "Orionid meteors"),
        ("Ost", "Ost und West"),
        ("NKX", "the nkx gene"),
    ],
)
def test_ordinary_words_are_no_names(name: str, body: str) -> None:
    assert found(named(name), body) == []


@pytest.mark.parametrize(
    ("name", "body", "term"),
    [
        ("Тирвана", "Судно компании «Тирваны» задержано.", "Тирваны"),
        ("Tirvane", "компания Tirvane сообщила", "Tirvane"),
        ("تيرفان", "قالت شركة تيرفان للشحن", "تيرفان"),
        ("티르반", "티르반은 부인했다", "티르반"),
        ("提尔万航运", "据称提尔万航运公司运送了货物", "提尔万航运"),
        ("Tirvane", "据称Tirvane公司运送了货物", "Tirvane"),
    ],
)
def test_names_stand_in_texts_of_every_script(name: str, body: str, term: str) -> None:
    assert found(named(name), body) == [term]


def test_an_alias_counts_and_the_longest_spelling_wins() -> None:
    assert found(named("Tirvane", "Tirvane Shipping"), "Tirvane Shipping sailed.") == ["Tirvane Shipping"]


def test_a_star_in_a_name_is_no_wildcard() -> None:
    assert found(named("Star* Line"), "Starlight Line") == []


def test_an_identifier_is_found_as_written() -> None:
    assert found(named("Nobody Ltd", id=("LV4015-77",)), "registered as LV4015-77 in the port") == [
        "LV4015-77"
    ]


# ships


@pytest.mark.parametrize("number", ["9074729", "1234567"])
def test_the_check_digit_of_an_imo_number_fits(number: str) -> None:
    assert imo_is_valid(number)


@pytest.mark.parametrize("number", ["9074728", "907472", "90747290", "907472a", "", "٩٠٧٤٧٢٩"])
def test_any_other_number_is_none(number: str) -> None:
    assert not imo_is_valid(number)


@given(st.integers(min_value=100_000, max_value=999_999))
def test_exactly_one_check_digit_fits(six: int) -> None:
    assert sum(imo_is_valid(f"{six}{digit}") for digit in range(10)) == 1


@pytest.mark.parametrize(
    "spelled", ["IMO 9074729", "IMO9074729", "IMO number 9074729", "ИМО 9074729", "IMO: 9074729"]
)
def test_a_ship_is_found_by_its_number(spelled: str) -> None:
    assert found(named("MV Tirvane Star", imo=("9074729",)), f"the tanker ({spelled}) left") == [spelled]


def test_a_bare_number_is_no_ship() -> None:
    assert found(named("MV Tirvane Star", imo=("9074729",)), "call 9074729 for tickets, IMO 90747291") == []


# properties


@given(st.text(max_size=200))
def test_no_text_breaks_it_and_spans_fit(body: str) -> None:
    found(named("Tirvane Shipping", "Тирвана", imo=("9074729",)), body)


def test_lists_survive_pickling() -> None:
    again = pickle.loads(pickle.dumps(named("Tirvane")))
    assert found(again, "Tirvane left.") == ["Tirvane"]


def test_without_names_it_is_empty() -> None:
    assert watched().empty


# other scripts


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Тирвана", {"Tirvana", "Tyrvana"}),
        ("Щукино", {"Shchukino", "Shchukyno"}),
        ("Київ", {"Kyiv"}),
        ("Згорани", {"Zgorani", "Zghorany"}),
        ("부산", {"Busan"}),
        ("Tirvana", {"Тирвана", "Тірвана"}),
        ("تيرفان", set()),
    ],
)
def test_spellings_are_proposed(name: str, expected: set[str]) -> None:
    assert {proposal.proposed for proposal in proposals("w1", name)} == expected
