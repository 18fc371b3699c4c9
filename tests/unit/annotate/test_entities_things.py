"""Weapons, classes of items and places; spans; the longest name wins."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.annotate.entities import find_entities, find_matches, joined, matches_of
from monitor.annotate.matcher import Matcher
from monitor.types.annotations import EntryText
from monitor.types.taxonomy import TermGroup
from tests.unit.annotate.gazetteer_cases import LANGUAGES, codes, gazetteer

WEAPONS = [
    ("en", "HIMARS, F-16s, F16 and Shahed-136; the IRIS-T", {"himars", "f-16", "shahed", "iris-t"}),
    ("fr", "des canons Caesar et des missiles ATACMS", {"caesar", "atacms"}),
    (
        "ru",
        "Шахедами и «Геранью», комплекс C-400, «Искандера», Х-101, химарсами",
        {"shahed", "s-400", "iskander", "kh-101", "himars"},
    ),
    ("uk", "Шахеди, Петріоти, ракета Х-101 та F-16", {"shahed", "patriot", "kh-101", "f-16"}),
    ("ar", "منظومة إس-400 وباتريوت ومقاتلات إف-16", {"s-400", "patriot", "f-16"}),
    ("fa", "پهپاد شاهد ۱۳۶، اس-۳۰۰ و موشک فاتح ۱۱۰", {"shahed", "s-300", "fateh-110"}),
    ("ko", "K9 자주포와 천궁-II, 이스칸데르, F-16을", {"k9", "cheongung", "iskander", "f-16"}),
    ("zh", "沙赫德无人机、爱国者导弹、苏-35战机和F-16", {"shahed", "patriot", "su-35", "f-16"}),
    ("es", "misiles Patriot y drones Bayraktar TB2", {"patriot", "bayraktar"}),
    ("de", "Leopard-2-Panzer, Iris-T und Taurus", {"leopard", "iris-t", "taurus"}),
]


@pytest.mark.parametrize(("language", "text", "expected"), WEAPONS)
def test_designations_are_found_in_every_script(language: str, text: str, expected: set[str]) -> None:
    assert expected <= codes(text, language, "weapon")


ITEMS = [
    ("en", "artillery shells, fighter jets", "artillery-ammunition combat-aircraft"),
    ("en", "rifle cartridges and microchips", "small-arms-ammunition dual-use-components"),
    (
        "fr",
        "des obus, des chars d'assaut et des biens à double usage",
        "artillery-ammunition tanks dual-use-components",
    ),
    (
        "ru",
        "снарядов, крылатыми ракетами, истребителей",
        "artillery-ammunition cruise-missiles combat-aircraft",
    ),
    ("ru", "бронетехнику и вертолётов", "armoured-vehicles helicopters"),
    (
        "uk",
        "балістичними ракетами, зенітних ракет і зброї",
        "ballistic-missiles air-defence unspecified-arms",
    ),
    (
        "ar",
        "قذائف المدفعية والصواريخ الباليستية وطائرات مسيّرة",
        "artillery-ammunition ballistic-missiles drones",
    ),
    ("fa", "پهپادهای انتحاری و موشک‌های بالستیک و مهمات", "drones ballistic-missiles other-arms"),
    ("ko", "포탄과 탄도미사일, 대전차 미사일을", "artillery-ammunition ballistic-missiles anti-tank"),
    (
        "zh",
        "炮弹、弹道导弹、护卫舰和芯片",
        "artillery-ammunition ballistic-missiles naval-vessels dual-use-components",
    ),
    ("es", "proyectiles de artillería, cazas y fusiles", "artillery-ammunition combat-aircraft small-arms"),
    ("de", "Artilleriegranaten, Kampfpanzer und Haubitzen", "artillery-ammunition tanks artillery"),
]


@pytest.mark.parametrize(("language", "text", "expected"), ITEMS)
def test_generic_nouns_give_their_class(language: str, text: str, expected: str) -> None:
    assert set(expected.split()) <= codes(text, language, "item")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The think tank met a shell company."),
        ("de", "Die Denkfabrik sprach mit dem Schutzpatron."),
        ("ru", "Ракета-носитель стартовала, калибр не важен, прошел град"),
        ("ko", "무기한 연기됐다"),
        ("ar", "مسيرات احتجاجية"),
    ],
)
def test_everyday_words_are_no_arms(language: str, text: str) -> None:
    assert codes(text, language, "item", "weapon") == set()


PLACES = [
    ("en", "Kharkiv, the Strait of Hormuz and Darfur", {"kharkiv", "strait-of-hormuz", "darfur"}),
    ("ru", "под Харьковом, в Одессе и Красном море", {"kharkiv", "odesa", "red-sea"}),
    ("uk", "у Харкові та на Донеччині", {"kharkiv", "donetsk"}),
    ("ar", "في غزة ومضيق هرمز والفاشر", {"gaza", "strait-of-hormuz", "el-fasher"}),
    ("fa", "در غزه و تنگه هرمز", {"gaza", "strait-of-hormuz"}),
    ("ko", "하르키우와 호르무즈 해협, 가자지구", {"kharkiv", "strait-of-hormuz", "gaza"}),
    ("zh", "哈尔科夫、霍尔木兹海峡和红海", {"kharkiv", "strait-of-hormuz", "red-sea"}),
    ("de", "im Gazastreifen und im Roten Meer", {"gaza", "red-sea"}),
]


@pytest.mark.parametrize(("language", "text", "expected"), PLACES)
def test_places_are_found(language: str, text: str, expected: set[str]) -> None:
    assert expected <= codes(text, language, "place")


def test_the_longest_name_wins() -> None:
    assert codes("The South China Sea", "en") == {"south-china-sea"}
    assert codes("anti-tank missiles", "en") == {"anti-tank"}
    assert codes("155-mm-Artilleriemunition", "de") == {"155mm", "artillery-ammunition"}


def test_spans_index_the_field_that_they_name() -> None:
    text = EntryText(
        entry_id=1, revision_id=1, uid="x", kind="rss", title="L’Iran nie", body="«Шахеды» à Moscou"
    )
    found = [
        (entity.field, getattr(text, entity.field)[entity.start_char : entity.end_char], entity.code)
        for entity in find_entities(text, "fr", gazetteer())
    ]
    assert ("title", "Iran", "IR") in found
    assert ("body", "Moscou", "RU") in found


def test_a_post_without_title_counts_from_its_body() -> None:
    text = EntryText(entry_id=1, revision_id=1, uid="x", kind="telegram", title="", body="🚀 Иран и США")
    spans = [text.body[e.start_char : e.end_char] for e in find_entities(text, "ru", gazetteer())]
    assert spans == ["Иран", "США"]


def test_a_compound_names_each_sign() -> None:
    text = "한미일 회담"
    found = [(m.code, text[m.start : m.end]) for m in find_matches(text, "ko", gazetteer())]
    assert found == [("KR", "한"), ("US", "미"), ("JP", "일")]


NAMES = ("Iran", "Иран", "北韩", "이란", "إيران", "U.S. ")


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(LANGUAGES),
    st.text(max_size=60),
    st.sampled_from(["Iran", "Иран", "北韩", "이란", "إيران", "U.S. "]),
)
def test_matches_never_overlap_and_stay_within_the_text(language: str, noise: str, name: str) -> None:
    text = f"{noise} {name} {noise}"
    matches = find_matches(text, language, gazetteer())
    assert len(joined(text)) == len(text)
    last = 0
    for match in matches:
        assert last <= match.start < match.end <= len(text)
        last = match.end


def test_it_is_rebuilt_in_a_worker() -> None:
    again = pickle.loads(pickle.dumps(gazetteer()))
    assert again.version == gazetteer().version
    assert find_matches("Iran", "en", again) == find_matches("Iran", "en", gazetteer())


def test_one_automaton_may_hold_other_groups_before_the_gazetteer() -> None:
    other = TermGroup(name="other", terms={"en": ("denies",)})
    text = "Iran denies it sent Shahed-136 drones; the U.S. does not."
    hits = Matcher((other, *gazetteer().groups), ("en", "any")).find(joined(text))
    assert matches_of(text, hits, gazetteer(), first=1) == find_matches(text, "en", gazetteer())
