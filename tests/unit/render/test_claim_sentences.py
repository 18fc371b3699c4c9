"""Sentences about claims, from the record, in ten languages."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.render.claim_sentences import claim_sentence, claims_head, speaker_name
from monitor.render.claim_words import BEFORE, FRAME, HEADS, NUMBER, OFFICES, SAID, WHOSE
from monitor.render.labels import READER_LANGUAGES, Labels
from monitor.types.ledger import ClaimNews, LineKey

STATES = {"Russian": "RU", "Sudanese": "SD", "American": "US", "Houthi": "Houthis"}


def news(**values: Any) -> ClaimNews:
    made: dict[str, Any] = {
        "kind": "denial", "key": LineKey(supplier="KP", recipient="RU", item="artillery-ammunition"),
        "status": "denied", "speaker": "Russian foreign ministry", "outlet": "The Courier",
    }  # fmt: skip
    return ClaimNews(**(made | values))


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "North Korea → Russia, artillery ammunition: denied by Russia’s foreign ministry"),
        (
            "fr",
            "Corée du Nord → Russie, munitions d’artillerie\u00a0: démenti par le ministère des Affaires étrangères (Russie)",
        ),
        ("ru", "КНДР → Россия, артиллерийские боеприпасы: опровергает МИД (Россия)"),
        ("uk", "Північна Корея → Росія, артилерійські боєприпаси: спростовує МЗС (Росія)"),
        ("ar", "كوريا الشمالية ← روسيا، ذخائر مدفعية: نفي من وزارة الخارجية (روسيا)"),
        ("fa", "کرهٔ شمالی ← روسیه، مهمات توپخانه: تکذیب از سوی وزارت خارجه (روسیه)"),
        ("ko", "북한 → 러시아, 포탄: 러시아 외교부 부인"),
        ("zh", "朝鲜 → 俄罗斯，炮弹：俄罗斯外交部否认"),
        (
            "es",
            "Corea del Norte → Rusia, munición de artillería: desmentido por el Ministerio de Exteriores (Rusia)",
        ),
        ("de", "Nordkorea → Russland, Artilleriemunition: dementiert – Außenministerium (Russland)"),
    ],
)
def test_a_denial_in_the_readers_language(language: str, sentence: str) -> None:
    assert claim_sentence(news(), Labels(language=language), STATES) == sentence


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "en",
            "North Korea → Russia, artillery ammunition (35,000–40,000): confirmed (The Courier) (before: alleged)",
        ),
        (
            "fr",
            "Corée du Nord → Russie, munitions d’artillerie (35\u202f000–40\u202f000)\u00a0: confirmé (The Courier) (auparavant\u00a0: allégué)",
        ),
        (
            "ru",
            "КНДР → Россия, артиллерийские боеприпасы (35\u00a0000–40\u00a0000): подтверждено (The Courier) (ранее: утверждается)",
        ),
        ("ko", "북한 → 러시아, 포탄 (35,000–40,000): 확인 (The Courier)(이전: 주장)"),
        ("zh", "朝鲜 → 俄罗斯，炮弹 (35,000–40,000)：证实（The Courier）（此前：指称）"),
        (
            "de",
            "Nordkorea → Russland, Artilleriemunition (35.000–40.000): bestätigt (The Courier) (zuvor: behauptet)",
        ),
    ],
)
def test_a_change_of_status_says_what_it_was(language: str, sentence: str) -> None:
    change = news(
        kind="status",
        status="confirmed",
        old_status="alleged",
        speaker="",
        quantity_min=35_000,
        quantity_max=40_000,
    )
    assert claim_sentence(change, Labels(language=language), STATES) == sentence


@pytest.mark.parametrize("language", READER_LANGUAGES)
def test_every_language_has_all_words(language: str) -> None:
    assert language in {*FRAME} & {*BEFORE} & {*NUMBER} & {*HEADS} & {*WHOSE}
    assert set(SAID[language]) == {"alleged", "announced", "confirmed", "denied", "refused"}
    assert all(words[language] for words in OFFICES.values())
    assert claims_head(Labels(language=language))


@pytest.mark.parametrize(
    ("speaker", "wanted"),
    [
        ("Sudanese foreign ministry spokesperson", "Sudan’s foreign ministry spokesperson"),
        ("American intelligence", "the United States’ intelligence"),
        ("Houthi armed forces", "Houthis’ armed forces"),
        ("unnamed", "an unnamed source"),
        ("UN experts", "UN experts"),
        ("Sudanese unnamed", "an unnamed source (Sudan)"),
        ("Russian", "Russia"),
        ("Freedonian navy", "Freedonian navy"),
        ("Reuters", "Reuters"),
    ],
)
def test_who_says_so(speaker: str, wanted: str) -> None:
    assert speaker_name(speaker, Labels(), STATES) == wanted


@pytest.mark.parametrize(
    ("speaker", "wanted"),
    [
        ("El País", "refused (El País)"),
        ("unnamed", "refused (The Courier)"),
        ("", "refused (The Courier)"),
        ("Russian government", "refused by Russia’s government"),
        ("government spokesperson", "refused by government spokesperson"),
    ],
)
def test_only_an_office_refuses_a_medium_carries_it(speaker: str, wanted: str) -> None:
    change = news(kind="new", status="refused", speaker=speaker)
    assert claim_sentence(change, Labels(), STATES).endswith(f": {wanted}")


def test_a_number_that_changed_is_the_news() -> None:
    change = news(kind="quantity", status="alleged", quantity_min=10, quantity_max=10, speaker="unnamed")
    assert claim_sentence(change, Labels(), STATES) == "North Korea → Russia, artillery ammunition: now 10"


def test_a_party_that_is_not_stated_is_said_so() -> None:
    change = news(key=LineKey(supplier="", recipient="Houthis", item="drones"), kind="new", status="alleged")
    assert claim_sentence(change, Labels(language="de"), STATES).startswith(
        "nicht genannt → Houthis, Drohnen: laut "
    )


def test_a_latin_name_cannot_reorder_an_arabic_line() -> None:
    line = claim_sentence(news(speaker=""), Labels(language="ar"), STATES)
    assert "\u2068The Courier\u2069" in line


@given(
    st.text(max_size=60), st.text(max_size=60), st.sampled_from(READER_LANGUAGES),
    st.sampled_from(["new", "denial", "status", "quantity"]),
)  # fmt: skip
def test_whatever_names_say_it_is_one_line(speaker: str, outlet: str, language: str, kind: str) -> None:
    change = news(kind=kind, speaker=speaker, outlet=outlet, quantity_min=3, quantity_max=None)
    assert len(claim_sentence(change, Labels(language=language), STATES).splitlines()) == 1
