"""Numbers with units and ranges in ten languages: "12 million", «40 тыс.», 4만 발, 三万枚, "zwei Dutzend".

    text ──► digits of all scripts as ASCII, length kept ──► numerals, scales ──► ranges ──► bound before, unit after

Vague amounts ("several hundred", "dozens") are no quantities, nor are numbers within a designation (F-16).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from monitor.annotate.quantity_words import (
    ABOUT,
    AND,
    AT_LEAST,
    AT_MOST,
    BETWEEN,
    NUMBER_WORDS,
    RANGE,
    SCALES,
    UNITS,
)
from monitor.types.gazetteer import Quantity, Unit

LANGUAGES = ("en", "fr", "ru", "uk", "ar", "fa", "ko", "zh", "es", "de")

_PLAIN = {
    **{0x660 + digit: str(digit) for digit in range(10)},
    **{0x6F0 + digit: str(digit) for digit in range(10)},
    **{0xFF10 + digit: str(digit) for digit in range(10)},
    0xA0: " ", 0x202F: " ", 0x2009: " ", 0x200C: " ", 0x66C: ",", 0x66B: ".", 0x2011: "-", 0x2212: "-", 0x223C: "~",
}  # fmt: skip
_LATIN_OR_CYRILLIC = "A-Za-zÀ-ÿĀ-žА-яЀ-ӿ"
_LETTER = f"{_LATIN_OR_CYRILLIC}ء-ي"
_DIGITS = re.compile(
    rf"(?<![{_LATIN_OR_CYRILLIC}\d])(?<![{_LETTER}][-./:])(?<!\d[,./:])(?<!\d-\d\d-)"
    r"(?:\d{1,3}(?:(?P<mark>[., '’])\d{3})(?:(?P=mark)\d{3})*(?!\d)(?:[.,]\d{1,2}(?!\d))?|\d+(?:[.,]\d+)?)(?![\d:])"
)
_ORDINAL = re.compile(r"(?:st|nd|rd|th|er|ère|ème|º|ª)(?!\w)|-(?:го|му|й|я|е|х|м|ю|ой|ти|та|те|ї|і|ій)(?!\w)")
_DESIGNATION = re.compile(r"-?[A-Za-zА-Яа-я]|[/.]\d|-\d+-")
_DECIMAL_POINT = frozenset({"en", "zh", "ko", "ar", "fa"})
_CJK_DIGITS = {**dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))}
_CJK_DIGITS |= dict(zip("일이삼사오육칠팔구", range(1, 10), strict=True))
_SMALL = {"十": 10, "百": 100, "千": 1000, "십": 10, "백": 100, "천": 1000}
_BIG = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8, "만": 10**4, "억": 10**8, "조": 10**12}
_KO = re.compile(
    r"(?<![\dA-Za-z])(?<![A-Za-z]-)(?:\d[\d,.]*\d|\d)(?:\s?[십백천]?[만억조천백](?![가-힣]*[년월])(?:\s?\d[\d,]*[천백만]?)*)?"
    r"|(?<![가-힣])[일이삼사오육칠팔구십백천만억]{2,}(?=\s?여?\s?(?:발|기|대|정|척|문|개|명|톤|달러)(?![가-힣]{2}))"
)
_ZH = re.compile(
    r"(?<![\dA-Za-z])(?<![A-Za-z]-)(?:\d[\d,.]*\d|\d)(?:[百千]?[万萬亿億千百]+(?:\d+[千百]?)?)?"
    r"|[一二两三四五六七八九十百千][零〇一二两三四五六七八九十百千万萬亿億]*(?=[余多]?(?:枚|发|架|辆|艘|门|支|套|台|件|颗|挺|名|吨|美元))"
    r"|[一二两三四五六七八九十][零〇一二两三四五六七八九十百千]*[万萬亿億]"
)
_METRIC = re.compile(r"(?:mm|km|kg|cm|t|m)(?![a-z])", re.IGNORECASE)
_UNIT_ORDER: tuple[Unit, ...] = (
    "percent", "time", "length", "mass", "money", "volume", "transport", "person", "piece",
)  # fmt: skip
_Bound = Literal["exact", "about", "at-least", "at-most"]
_BOUNDS: tuple[tuple[_Bound, Mapping[str, str]], ...] = (
    ("at-least", AT_LEAST),
    ("at-most", AT_MOST),
    ("about", ABOUT),
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2099


@dataclass(frozen=True, slots=True)
class _Number:
    value: float
    start: int
    end: int
    scaled: bool = False
    plain: bool = False


@dataclass(frozen=True, slots=True)
class _Words:
    """The compiled expressions of one language."""

    scales: tuple[tuple[re.Pattern[str], int], ...]
    units: tuple[tuple[Unit, re.Pattern[str]], ...]
    bounds: tuple[tuple[_Bound, re.Pattern[str]], ...]
    join: re.Pattern[str]
    between: tuple[re.Pattern[str], re.Pattern[str]] | None
    spelled: re.Pattern[str] | None
    values: Mapping[str, float]


def find_quantities(text: str, language: str) -> tuple[Quantity, ...]:
    """Quantities of `text` in the order of the text; spans index it exactly and hold the number with its scale.

    For a language outside the ten, numbers written in digits are found with the words of English. Halves of a
    unit are rounded down.
    """
    known = language if language in LANGUAGES else "en"
    words = _words(known)
    plain = text.translate(_PLAIN).lower() if len(text.lower()) == len(text) else text.translate(_PLAIN)
    numbers = _drop_overlaps(_numbers(plain, known, words))
    return tuple(_quantity(plain, low, high, words) for low, high in _ranges(plain, numbers, words))


@lru_cache(maxsize=len(LANGUAGES))
def _words(language: str) -> _Words:
    def whole(expression: str) -> re.Pattern[str]:
        return re.compile(rf"[ -]?(?:{expression})(?![^\W\d_])")

    scales = sorted(SCALES.get(language, {}).items(), key=lambda item: -item[0].count(" "))
    spaced = language not in ("zh", "ko")
    units: list[tuple[Unit, re.Pattern[str]]] = []
    for unit in _UNIT_ORDER:
        for listed in (UNITS[language], UNITS["any"]):
            if expression := listed.get(unit):
                end = r"(?![^\W\d_])" if spaced else ""
                before = r"[ -]?(?:de |d['’]|of |von )?" if spaced else r"\s?[余多여]?\s?"
                units.append((unit, re.compile(rf"{before}(?:{expression}){end}")))
    between = BETWEEN.get(language)
    values = NUMBER_WORDS.get(language, {})
    one = f"(?:{'|'.join(sorted(map(re.escape, values), key=len, reverse=True))})"
    left = r"(?:^|[\W_])" if spaced else ""
    joiner = AND.get(language, "")
    gap = r"(?:[ -]| و ?)" if language in ("ar", "fa") else rf"(?: {joiner} |[ -])" if joiner else "[ -]"
    return _Words(
        scales=tuple((whole(expression), factor) for expression, factor in scales),
        units=tuple(units),
        bounds=tuple((bound, re.compile(rf"{left}(?:{listed[language]})\s*$")) for bound, listed in _BOUNDS),
        join=re.compile(rf"\s*(?:{RANGE['any']}|(?<=\s)(?:{RANGE[language]})(?=\s)|(?:{RANGE['zh']}))\s*"),
        between=(re.compile(rf"(?:{between[0]})\s*$"), re.compile(rf"\s*(?:{between[1]})\s*"))
        if between
        else None,
        spelled=re.compile(rf"(?<![^\W_])و?{one}(?:{gap}{one})*(?![^\W_])") if values else None,
        values=values,
    )


def _numbers(plain: str, language: str, words: _Words) -> Iterator[_Number]:
    if language in ("ko", "zh"):
        yield from _ideographic(plain, _KO if language == "ko" else _ZH)
        return
    for found in _DIGITS.finditer(plain):
        number = _Number(
            _value(found.group(), language), found.start(), found.end(), plain=found.group().isdigit()
        )
        number = _scaled(plain, number, words)
        if number.scaled or not _is_label(plain, number, words):
            yield number
    if words.spelled is not None:
        for found in words.spelled.finditer(plain):
            yield _scaled(plain, _Number(_spelled(found.group(), words), found.start(), found.end()), words)


def _is_label(plain: str, number: _Number, words: _Words) -> bool:
    """Whether the digits are an ordinal or part of a designation, not a count."""
    if _ORDINAL.match(plain, number.end):
        return True
    if not _DESIGNATION.match(plain, number.end):
        return False
    return not any(unit.match(plain, number.end) for _, unit in words.units)


def _value(digits: str, language: str) -> float:
    """Separators as `language` uses them: three digits after one are thousands, unless a point is the decimal mark."""
    marks = [char for char in digits if not char.isdigit()]
    if not marks:
        return float(digits)
    last = marks[-1]
    tail = digits.rsplit(last, 1)[1]
    grouped = len(tail) == 3 and not (last == "." and language in _DECIMAL_POINT and len(marks) == 1)
    if grouped or last in " '’":
        return float(re.sub(r"\D", "", digits))
    whole = re.sub(r"\D", "", digits[: -len(tail) - 1])
    return float(f"{whole}.{tail}")


def _scaled(plain: str, number: _Number, words: _Words) -> _Number:
    """The number with the scale words that follow it."""
    for pattern, factor in words.scales:
        found = pattern.match(plain, number.end)
        if found:
            return _scaled(
                plain, replace(number, value=number.value * factor, end=found.end(), scaled=True), words
            )
    return number


def _spelled(found: str, words: _Words) -> float:
    """Parts of a number in words are added, unless a hundred multiplies what stands before it."""
    total = 0.0
    for part in re.findall(r"quatre-vingts?|[^\s-]+", found):
        value = words.values.get(part, words.values.get(part.removeprefix("و"), 0.0))
        total = total * value if value == 100 and 1 < total < 100 else total + value
    return total


def _ideographic(plain: str, pattern: re.Pattern[str]) -> Iterator[_Number]:
    for found in pattern.finditer(plain):
        run = found.group().rstrip(".,")
        end = found.start() + len(run)
        after = plain[end : end + 1]
        if after.isascii() and after.isalpha() and not _METRIC.match(plain, end):
            continue
        yield _Number(_cjk_value(run), found.start(), end, scaled=not run.isdigit(), plain=run.isdigit())


def _cjk_value(run: str) -> float:
    """Chinese and Sino-Korean numerals, digits mixed in: 3万5千, 4만 5000, 三万二千."""
    total = section = 0.0
    number: float | None = None
    for part in re.findall(r"\d[\d,]*(?:\.\d+)?|\S", run):
        if part[0].isdigit() and part.isascii():
            number = float(part.replace(",", ""))
        elif part in _CJK_DIGITS:
            number = (
                (number or 0.0) * 10 + _CJK_DIGITS[part] if number is not None else float(_CJK_DIGITS[part])
            )
        elif part in _SMALL:
            section += (1.0 if number is None else number) * _SMALL[part]
            number = None
        elif part in _BIG:
            total += ((section + (number or 0.0)) or 1.0) * _BIG[part]
            section, number = 0.0, None
    return total + section + (number or 0.0)


def _drop_overlaps(numbers: Iterator[_Number]) -> list[_Number]:
    kept: list[_Number] = []
    for number in sorted(numbers, key=lambda number: (number.start, -number.end)):
        if not kept or number.start >= kept[-1].end:
            kept.append(number)
    return kept


def _ranges(plain: str, numbers: list[_Number], words: _Words) -> Iterator[tuple[_Number, _Number]]:
    """Numbers in pairs, the same twice where one stands alone. "3 to 4 million" scales both."""
    index = 0
    while index < len(numbers):
        low = numbers[index]
        high = numbers[index + 1] if index + 1 < len(numbers) else low
        if high is not low and _joins(plain, low, high, words):
            if not low.scaled and high.scaled and low.value < 1000:
                factor = _factor(plain, high, words)
                low = replace(low, value=low.value * factor)
            if low.value < high.value:
                yield low, high
                index += 2
                continue
            low = numbers[index]
        yield low, low
        index += 1


def _factor(plain: str, number: _Number, words: _Words) -> float:
    """What the scale words of `number` multiply by."""
    run = plain[number.start : number.end]
    bare = re.match(r"[\d., ]*\d", run)
    if bare is None:
        return 1.0
    if any(char in _BIG or char in _SMALL for char in run):
        return _cjk_value(f"1{run[bare.end() :]}")
    return _scaled(plain, _Number(1.0, number.start, number.start + bare.end()), words).value


def _joins(plain: str, low: _Number, high: _Number, words: _Words) -> bool:
    gap = plain[low.end : high.start]
    if words.between and words.between[0].search(plain[: low.start]) and words.between[1].fullmatch(gap):
        return True
    return words.join.fullmatch(gap) is not None


def _quantity(plain: str, low: _Number, high: _Number, words: _Words) -> Quantity:
    before = plain[max(0, low.start - 24) : low.start]
    bound: _Bound = "exact"
    for name, pattern in words.bounds:
        if pattern.search(before):
            bound = name
            break
    unit: Unit = next((unit for unit, pattern in words.units if pattern.match(plain, high.end)), "")
    if before.rstrip()[-1:] in tuple("$€£¥₴₽₩"):
        unit = "money"
    elif (
        not unit
        and low is high
        and low.plain
        and _FIRST_YEAR <= low.value <= _LAST_YEAR
        and low.end - low.start == 4
    ):
        unit = "year"
    return Quantity(
        minimum=int(low.value), maximum=int(high.value), unit=unit, bound=bound, start=low.start, end=high.end
    )
