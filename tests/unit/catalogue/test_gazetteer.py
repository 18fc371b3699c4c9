"""The packaged gazetteer is whole, and a mistake in a user's file is named with its line and a hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.catalogue.gazetteer import load_gazetteer, shared_names
from monitor.errors import CatalogueError
from monitor.types.gazetteer import ITEM_CLASSES, Gazetteer, GazetteerEntry

LANGUAGES = ("en", "fr", "ru", "uk", "ar", "fa", "ko", "zh", "es", "de")
# UN members, observers, and the states and territories that news of this field names beside them
_STATES = """
AD AE AF AG AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BN BO BR BS BT BW BY BZ CA CD CF CG CH CI CL CM CN
CO CR CU CV CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FM FR GA GB GD GE GH GL GM GN GQ GR GT GW GY HK
HN HR HT HU ID IE IL IN IQ IR IS IT JM JO JP KE KG KH KI KM KN KP KR KW KZ LA LB LC LI LK LR LS LT LU LV LY MA
MC MD ME MG MH MK ML MM MN MR MT MU MV MW MX MY MZ NA NE NG NI NL NO NP NR NZ OM PA PE PG PH PK PL PS PT PW PY
QA RO RS RU RW SA SB SC SD SE SG SI SK SL SM SN SO SR SS ST SV SY SZ TD TG TH TJ TL TM TN TO TR TT TV TW TZ UA
UG US UY UZ VA VC VE VN VU WS XK YE ZA ZM ZW
"""
STATES = frozenset(_STATES.split())


@pytest.fixture(scope="module")
def packaged() -> Gazetteer:
    return load_gazetteer()


def by_code(gazetteer: Gazetteer, kind: str) -> dict[str, GazetteerEntry]:
    return {entry.code: entry for entry in gazetteer.entries if entry.kind == kind}


def test_every_state_is_there(packaged: Gazetteer) -> None:
    assert not STATES - set(by_code(packaged, "actor"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_has_a_name_in_each_language(packaged: Gazetteer, language: str) -> None:
    states = by_code(packaged, "actor")
    composed = {
        "AG",
        "KN",
        "ST",
        "TT",
        "VC",
    }  # rarely in the news: their short names are ambiguous in some languages
    lacking = {
        code
        for code in STATES - composed
        if not any(
            entry.get(language) for form, entry in states[code].forms.items() if form in ("name", "weak")
        )
    }
    assert lacking == set()


def test_every_class_of_items_has_nouns_in_each_language(packaged: Gazetteer) -> None:
    items = by_code(packaged, "item")
    assert set(items) == set(ITEM_CLASSES)
    assert all(set(LANGUAGES) <= set(item.forms["name"]) for item in items.values())


def test_every_weapon_has_a_class(packaged: Gazetteer) -> None:
    assert {entry.item_class for entry in by_code(packaged, "weapon").values()} <= set(ITEM_CLASSES)


def test_every_place_is_in_a_known_state(packaged: Gazetteer) -> None:
    states = set(by_code(packaged, "actor"))
    assert {entry.country for entry in by_code(packaged, "place").values()} - states == {""}


def test_no_name_stands_for_two_entries(packaged: Gazetteer) -> None:
    assert shared_names(packaged) == {}


def test_groups_have_the_names_of_the_guidelines(packaged: Gazetteer) -> None:
    groups = [
        "Houthis",
        "Hezbollah",
        "Hamas",
        "M23",
        "EU",
        "NATO",
        "Rapid Support Forces",
        "Polisario Front",
    ]
    assert set(groups) <= set(by_code(packaged, "actor"))


def test_the_version_follows_the_content(packaged: Gazetteer, tmp_path: Path) -> None:
    assert load_gazetteer().version == packaged.version
    write(tmp_path, "kind: place\nentries:\n  testburg: {country: DE, de: Testburg}\n")
    assert load_gazetteer(tmp_path).version != packaged.version


def test_a_user_adds_and_replaces_entries(tmp_path: Path) -> None:
    write(tmp_path, "kind: weapon\nentries:\n  himars: {class: rocket-artillery, any: Himarski}\n")
    entry = by_code(load_gazetteer(tmp_path), "weapon")["himars"]
    assert entry.forms == {"name": {"any": ("Himarski",)}}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("kind: wepon\nentries:\n  x: {en: Xyz}\n", "own.yaml:1: kind 'wepon' is unknown"),
        ("kind: weapon\nentries:\n  x: {class: laser, en: Xyz}\n", "own.yaml:3: class 'laser' is unknown"),
        ("kind: place\nentries:\n  x: {contry: DE, en: Xyz}\n", "own.yaml:3: unknown key 'contry'"),
        ("kind: place\nentries:\n  x: {country: DE}\n", "own.yaml:3: 'x' has no names"),
        ("kind: place\nentries:\n  x: {en: X}\n", "own.yaml:3: 'X' is too short"),
        ("kind: place\nentries:\n  x: Xyz\n", "own.yaml:3: 'x' is not a mapping"),
        ("compounds:\n  ko:\n    한미: KR\n", "own.yaml:3: '한미' has not as many codes as signs"),
        ("- x\n", "own.yaml:1: is not a mapping"),
        ("kind: [\n", "own.yaml:2: no valid YAML"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_hint(tmp_path: Path, content: str, said: str) -> None:
    write(tmp_path, content)
    with pytest.raises(CatalogueError) as caught:
        load_gazetteer(tmp_path)
    assert said in str(caught.value)
    assert "(" in str(caught.value)


def write(folder: Path, content: str) -> None:
    (folder / "own.yaml").write_text(content, encoding="utf-8")
