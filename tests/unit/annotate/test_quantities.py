"""Numbers with units and ranges, as ten languages write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.annotate.quantities import LANGUAGES, find_quantities

COUNTED = [
    # language, text, span, minimum, maximum, unit
    ("en", "some 12 million shells", "12 million", 12_000_000, 12_000_000, ""),
    ("en", "40,000 rounds", "40,000", 40_000, 40_000, "piece"),
    ("en", "worth $1.5 billion", "1.5 billion", 1_500_000_000, 1_500_000_000, "money"),
    ("en", "between 300 and 400 drones", "300 and 400", 300, 400, ""),
    ("en", "3-4 million", "3-4 million", 3_000_000, 4_000_000, ""),
    ("en", "two dozen tanks", "two dozen", 24, 24, ""),
    ("en", "two hundred thousand shells", "two hundred thousand", 200_000, 200_000, ""),
    ("en", "twenty-five missiles", "twenty-five", 25, 25, ""),
    ("en", "3 to 5 containers", "3 to 5", 3, 5, "transport"),
    ("en", "155 mm shells", "155", 155, 155, "length"),
    ("en", "in 2024", "2024", 2024, 2024, "year"),
    ("fr", "40 000 obus", "40 000", 40_000, 40_000, ""),
    ("fr", "1,5 million d'euros", "1,5 million", 1_500_000, 1_500_000, "money"),
    ("fr", "quatre-vingt drones", "quatre-vingt", 80, 80, ""),
    ("fr", "entre 10 et 20 chars", "10 et 20", 10, 20, ""),
    ("fr", "le 12 mars", "12", 12, 12, "time"),
    ("es", "40.000 proyectiles", "40.000", 40_000, 40_000, ""),
    ("es", "3.000 millones de dólares", "3.000 millones", 3_000_000_000, 3_000_000_000, "money"),
    ("de", "zwei Dutzend Panzer", "zwei Dutzend", 24, 24, ""),
    ("de", "1,5 Mio. Euro", "1,5 Mio.", 1_500_000, 1_500_000, "money"),
    ("de", "zwischen 5 und 10 Haubitzen", "5 und 10", 5, 10, ""),
    ("ru", "40 тыс. снарядов", "40 тыс.", 40_000, 40_000, ""),
    ("ru", "от 3 до 4 млн снарядов", "3 до 4 млн", 3_000_000, 4_000_000, ""),
    ("ru", "пять тысяч патронов", "пять тысяч", 5_000, 5_000, ""),
    ("ru", "двадцать пять ракет", "двадцать пять", 25, 25, ""),
    ("ru", "12 000 дронов", "12 000", 12_000, 12_000, ""),
    ("uk", "40 тис. снарядів", "40 тис.", 40_000, 40_000, ""),
    ("uk", "п'ять ракет", "п'ять", 5, 5, ""),
    ("ar", "ثلاثون ألف قذيفة", "ثلاثون ألف", 30_000, 30_000, ""),
    ("ar", "٤٠ ألف قذيفة", "٤٠ ألف", 40_000, 40_000, ""),
    ("ar", "خمسة وعشرون صاروخا", "خمسة وعشرون", 25, 25, ""),
    ("ar", "بين 300 و400 مسيرة", "300 و400", 300, 400, ""),
    ("fa", "۴۰ هزار گلوله", "۴۰ هزار", 40_000, 40_000, ""),
    ("fa", "بیست و پنج موشک", "بیست و پنج", 25, 25, ""),
    ("fa", "۳ تا ۴ میلیون", "۳ تا ۴ میلیون", 3_000_000, 4_000_000, ""),
    ("ko", "포탄 4만 발", "4만", 40_000, 40_000, "piece"),
    ("ko", "4만5000발", "4만5000", 45_000, 45_000, "piece"),
    ("ko", "삼만 발", "삼만", 30_000, 30_000, "piece"),
    ("ko", "3∼4만 발", "3∼4만", 30_000, 40_000, "piece"),
    ("ko", "12억 달러", "12억", 1_200_000_000, 1_200_000_000, "money"),
    ("zh", "三万枚炮弹", "三万", 30_000, 30_000, "piece"),
    ("zh", "1.5亿美元", "1.5亿", 150_000_000, 150_000_000, "money"),
    ("zh", "3万5千枚", "3万5千", 35_000, 35_000, "piece"),
    ("zh", "300至400枚", "300至400", 300, 400, "piece"),
]


@pytest.mark.parametrize(("language", "text", "span", "minimum", "maximum", "unit"), COUNTED)
def test_a_quantity_is_read(
    language: str, text: str, span: str, minimum: int, maximum: int, unit: str
) -> None:
    (found,) = find_quantities(text, language)
    assert (text[found.start : found.end], found.minimum, found.maximum, found.unit) == (
        span,
        minimum,
        maximum,
        unit,
    )


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "F-16, S-400 and Shahed-136"),
        ("en", "several hundred, dozens of tanks"),
        ("en", "the 1st Brigade"),
        ("ru", "С-400, Х-101, 4-й корпус, десятки ракет"),
        ("fr", "la 1ère brigade, des dizaines d'obus"),
        ("ar", "إس-400"),
        ("zh", "十分重要，万一"),
        ("ko", "F-16 전투기"),
    ],
)
def test_designations_ordinals_and_vague_amounts_are_no_quantities(language: str, text: str) -> None:
    assert find_quantities(text, language) == ()


@pytest.mark.parametrize(
    ("language", "text", "bound"),
    [
        ("en", "more than 1,000 drones", "at-least"),
        ("en", "up to 50 drones", "at-most"),
        ("fr", "plus de 300 drones", "at-least"),
        ("es", "unos 100 misiles", "about"),
        ("de", "rund 30 Raketen", "about"),
        ("ru", "более 100 танков", "at-least"),
        ("uk", "близько 100 танків", "about"),
        ("ar", "أكثر من ١٠٠ صاروخ", "at-least"),
        ("fa", "حدود ۳۰۰ فروند", "about"),
        ("ko", "약 100기", "about"),
        ("zh", "超过100枚", "at-least"),
        ("zh", "100枚", "exact"),
    ],
)
def test_words_before_a_number_bound_it(language: str, text: str, bound: str) -> None:
    assert [found.bound for found in find_quantities(text, language)] == [bound]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(LANGUAGES), st.text(max_size=80))
def test_any_text_can_be_read(language: str, text: str) -> None:
    for found in find_quantities(f"{text} 40", language):
        assert 0 <= found.start < found.end
        assert found.minimum <= found.maximum
