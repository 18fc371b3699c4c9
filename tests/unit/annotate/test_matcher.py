"""Terms match whole words as each script has them, and the span is where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.annotate.matcher import Matcher
from monitor.text.fold import fold
from monitor.types.taxonomy import TermGroup


def found(language: str, term: str, text: str) -> list[str]:
    matcher = Matcher([TermGroup(name="g", terms={language: (term,)})], (language,))
    return [text[hit.start : hit.end] for hit in sorted(matcher.find(text), key=lambda hit: hit.start)]


MATCHES = [
    ("en", "weapon", "Weapons, not a weaponsmith.", ["Weapons"]),
    ("en", "arms deal", "an arms-deal and arms deals", ["arms-deal", "arms deals"]),
    ("en", "cease-fire", "ceasefire, cease fire, cease-fire", ["ceasefire", "cease fire", "cease-fire"]),
    ("en", "war", "wars warn; war", ["war"]),
    ("any", "NATO", "NATO and Nato and nato", ["NATO"]),
    ("any", "F-16", "F-16s, F16, f 16, F-161", ["F-16s", "F16", "f 16"]),
    ("any", "HIMARS", "🇺🇸HIMARS🚀", ["HIMARS"]),
    ("fr", "missile balistique", "des missiles balistiques", ["missiles balistiques"]),
    ("fr", "arme", "l'arme, l’arme, armement", ["arme", "arme"]),
    ("es", "misil", "misiles y un misil", ["misiles", "misil"]),
    ("de", "*lieferung*", "Waffenlieferungen", ["Waffenlieferungen"]),
    ("de", "Panzer*", "Schützenpanzer und Panzerhaubitzen", ["Panzerhaubitzen"]),
    ("de", "Strasse", "Straße", ["Straße"]),
    ("ru", "санкци*", "Санкций, санкциями; десанкция", ["Санкций", "санкциями"]),
    ("ru", "баллистическ* ракет*", "баллистических «ракет»", ["баллистических «ракет"]),
    ("ru", "баллистическ* ракет*", "баллистическая. Ракета", []),
    ("ru", "С-400", "С-400, C-400, С400", ["С-400", "C-400", "С400"]),
    ("ru", "С-400", "С 400, с 400-сильным, приехал с 400 тоннами", ["С 400"]),
    ("ru", "Т-72", "Т-72 и т-72", ["Т-72", "т-72"]),
    ("ru", "Су-*", "Су-57 и Су-30СМ, суть", ["Су-57", "Су-30СМ"]),
    ("ru", "ёлк*", "елка", ["елка"]),
    ("ru", "санкци*", "cанкции", ["cанкции"]),
    ("uk", "об'єкт*", "обʼєкти, об’єктів", ["обʼєкти", "об’єктів"]),
    ("ar", "صاروخ", "الصاروخ وصاروخ بالصاروخ للصاروخ", ["الصاروخ", "وصاروخ", "بالصاروخ", "للصاروخ"]),
    ("ar", "صفقة", "صفقتها", []),
    ("ar", "أسلحة", "اسلحة وأسلحةٌ", ["اسلحة", "وأسلحة"]),
    ("ar", "صواريخ باليستية", "الصواريخ الباليستية", ["الصواريخ الباليستية"]),
    ("ar", "حرب", "محراب", []),
    ("fa", "موشک", "موشک‌های موشكها موشکی موشک", ["موشک‌های", "موشكها", "موشکی", "موشک"]),
    ("fa", "آتش‌بس", "آتش‌بس، آتش بس، آتشبس", ["آتش‌بس", "آتش بس", "آتشبس"]),
    ("ko", "제재", "제재를 제재는 제재에서도 경제제재 제재소", ["제재", "제재", "제재"]),
    ("ko", "*제재", "경제제재를", ["경제제재"]),
    ("ko", "공급*", "공급했다", ["공급했다"]),
    ("ko", "F-16", "F-16을", ["F-16"]),
    ("ko", "북 포탄", "북 포탄과 북한에서 포탄을", ["북 포탄"]),
    ("zh", "导弹", "发射了导弹。", ["导弹"]),
    ("zh", "导弹", "發射了導彈。", ["導彈"]),
    ("zh", "F-16", "美国F-16战机", ["F-16"]),
]


@pytest.mark.parametrize(("language", "term", "text", "expected"), MATCHES)
def test_a_term_is_found_as_its_language_writes_it(
    language: str, term: str, text: str, expected: list[str]
) -> None:
    assert found(language, term, text) == expected


def test_a_phrase_does_not_reach_over_a_comma_or_a_full_stop() -> None:
    assert found("en", "arms deal", "They raised their arms. Deal done: arms, deal") == []


def test_a_latin_designation_stands_beside_an_ideograph_without_a_space() -> None:
    matcher = Matcher([TermGroup(name="g", terms={"any": ("HIMARS",)})], ("zh",))
    assert len(matcher.find("提供HIMARS火箭炮")) == 1
    assert matcher.find("提供XHIMARS火箭炮") == []


def test_nothing_is_found_without_terms() -> None:
    assert Matcher([], ("en",)).find("arms") == []


_WORDS = [
    "санкции",
    "cанкции",
    "ракета",
    "С-400",
    "HIMARS",
    "موشک‌های",
    "الصواريخ",
    "제재를",
    "導彈",
    "Straße",
    "arms",
]
_NOISE = st.text(st.characters(codec="utf-8"), max_size=6)
_GROUPS = [
    TermGroup(name="a", terms={"ru": ("санкци*", "ракет*", "С-400"), "any": ("HIMARS",)}),
    TermGroup(
        name="b",
        terms={"fa": ("موشک",), "ar": ("صواريخ",), "ko": ("제재",), "zh": ("导弹",), "en": ("arms",)},
    ),
    TermGroup(name="c", terms={"de": ("strasse", "*itz*"), "en": ("arms deal",)}),
]
_MATCHER = Matcher(_GROUPS, ("ru", "fa", "ar", "ko", "zh", "en", "de"))
_STEMS = (
    "санкци", "ракет", "с 400", "c 400", "с400", "himars", "موشك", "صواريخ", "제재", "导弹", "arms", "strasse", "itz",
)  # fmt: skip


@given(
    st.lists(st.one_of(st.sampled_from(_WORDS), _NOISE), max_size=12),
    st.sampled_from(["", " ", "\u200c", "🚀"]),
)
def test_what_stands_at_a_span_always_folds_to_what_matched(pieces: list[str], glue: str) -> None:
    text = glue.join(pieces)
    for hit in _MATCHER.find(text):
        assert 0 <= hit.start < hit.end <= len(text)
        assert any(stem in fold(text[hit.start : hit.end]).text for stem in _STEMS)


@pytest.mark.parametrize(
    ("language", "term", "text"),
    [
        ("en", "fighter jet", "six fighter jets"),
        ("en", "missile battery", "two missile batteries"),
        ("en", "gunman", "the gunmen"),
        ("es", "avión", "los aviones"),
        ("fr", "naval", "exercices navals, navales"),
    ],
)
def test_plurals_of_phrases_and_of_changing_ends(language: str, term: str, text: str) -> None:
    matcher = Matcher([TermGroup(name="g", terms={language: (term,)})], [language])
    assert matcher.find(text)
