"""Everything a reader sees that no outlet wrote, in the reader's language.

Words come from `monitor.render.words`; names of languages and countries, plural rules, dates and
numbers from CLDR through babel; topic labels from the taxonomy, handed in by the caller.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_interval, format_skeleton
from babel.numbers import format_decimal, format_percent

from monitor.render.escape import Direction, direction
from monitor.render.words import WORDS

READER_LANGUAGES: Final = tuple(WORDS)
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
# babel writes Latin digits everywhere; Persian prose uses its own, Arabic news both
_DIGITS: Final[Mapping[str, dict[int, str]]] = {"fa": {ord("0") + n: chr(0x6F0 + n) for n in range(10)}}


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _unslug(slug: str) -> str:
    words = slug.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


@dataclass(frozen=True)
class Labels:
    """Words, names, dates and numbers for one reader.

    `language` is the reader's (one of `READER_LANGUAGES`; another falls back to English words with its
    own names and dates), `timezone` an IANA name, `topics` the taxonomy's labels by slug and language.
    """

    language: str = "en"
    timezone: str = "UTC"
    topics: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def dir(self) -> Direction:
        """Direction of the reader's language."""
        return direction(self.language)

    @property
    def locale(self) -> Locale:
        """CLDR data of the reader's language."""
        return _locale(self.language)

    def word(self, key: str, /, **values: object) -> str:
        """The phrase `key` with its `{places}` filled. KeyError if no language has the key."""
        text = self._table().get(key) or WORDS["en"][key]
        if not isinstance(text, str):
            raise KeyError(f"{key} needs a number: use count()")
        return text.format(**values) if values else text

    def count(self, key: str, number: int, /, **values: object) -> str:
        """The phrase `key` in the plural form of `number`: `count("n_stories", 3)` -> "3 stories"."""
        forms = self._table().get(key) or WORDS["en"][key]
        if isinstance(forms, str):
            return forms.format(n=self.number(number), **values)
        form = forms.get(self.locale.plural_form(abs(number))) or forms["other"]
        return form.format(n=self.number(number), **values)

    def either(self, prefix: str, value: object) -> str:
        """The word of a code (`either("state", "gone")` reads `state_gone`), or the code itself, readable."""
        code = str(value)
        text = self._table().get(f"{prefix}_{code.replace('-', '_')}")
        return text if isinstance(text, str) else _unslug(code)

    def topic(self, slug: str) -> str:
        """Name of a topic: the reader's language, else English, else the slug made readable."""
        names = self.topics.get(slug, {})
        return names.get(self.language) or names.get("en") or _unslug(slug)

    def language_name(self, code: object) -> str:
        """Name of a language as a list item; `und` and nothing give the word for "not determined"."""
        text = str(code or "und")
        if text in {"und", "nan", "None"}:
            return self.word("language_und")
        base = text.replace("-", "_").split("_")[0].lower()
        name = self.locale.languages.get(base)
        return _first_upper(str(name)) if name else text

    def country_name(self, code: object) -> str:
        """Name of a state by its ISO 3166-1 code; another name (a group, `EU`) is returned as it is."""
        text = str(code or "")
        if text in {"", "nan", "None"}:
            return self.word("country_unknown")
        name = self.locale.territories.get(text) if _COUNTRY.fullmatch(text) else None
        return str(name) if name else text

    def ownership(self, value: object) -> str:
        """Word for a kind of ownership."""
        return self.either("ownership", value if isinstance(value, str) and value else "unknown")

    def number(self, value: float, digits: int = 0) -> str:
        """A number with the language's separators and digits, and at most `digits` decimals."""
        pattern = "#,##0" + ("." + "#" * digits if digits else "")
        return self._digits(format_decimal(round(value, digits), format=pattern, locale=self.locale))

    def percent(self, share: float, digits: int = 1) -> str:
        """A share in [0, 1] as a percentage."""
        pattern = self.locale.percent_formats[None].pattern.replace("#,##0", "#,##0" + ("." + "0" * digits))
        return self._digits(format_percent(share, format=pattern if digits else None, locale=self.locale))

    def change(self, ratio: float) -> str:
        """A relative change with its sign: 0.45 -> "+45%", with a true minus below zero."""
        text = self._digits(format_percent(abs(ratio), locale=self.locale))
        mark = "" if round(abs(ratio), 2) == 0 else ("+" if ratio > 0 else "\u2212")
        return f"\u2066{mark}{text}\u2069" if self.dir == "rtl" else f"{mark}{text}"

    def local(self, when: dt.datetime) -> dt.datetime:
        """The moment in the reader's time zone. ValueError for a naive time."""
        if when.tzinfo is None:
            raise ValueError("a time without a time zone cannot be shown")
        return when.astimezone(ZoneInfo(self.timezone))

    def time(self, when: dt.datetime) -> str:
        """Hours and minutes of 24, such as 14:05: short, and the same for readers of every language."""
        return self._digits(f"{self.local(when):%H:%M}")

    def datetime(self, when: dt.datetime, *, zone: bool = True) -> str:
        """Day and time, with the offset of the time zone unless `zone` is False: 22 Nov 2026, 14:05 (UTC)."""
        local = self.local(when)
        comma = self.join(["", ""]) if self.language != "zh" else " "
        text = f"{self.date(local.date())}{comma}{self.time(when)}"
        if not zone:
            return text
        offset = _offset(local)
        return f"{text} (\u2066{offset}\u2069)" if self.dir == "rtl" else f"{text} ({offset})"

    def date(self, day: dt.date, *, year: bool = True, weekday: bool = False) -> str:
        """A day, such as 22 Nov 2026, without its year, or with its weekday in full."""
        if weekday:
            return self._digits(format_date(day, format="full", locale=self._clock_locale()))
        skeleton = "yMMMd" if year else "MMMd"
        return self._digits(format_skeleton(skeleton, day, locale=self._clock_locale()))

    def period(self, first: dt.date, last: dt.date) -> str:
        """Two days and what lies between, such as 16-22 Nov 2026."""
        if first == last:
            return self.date(last)
        return self._digits(format_interval(first, last, skeleton="yMMMd", locale=self._clock_locale()))

    def join(self, items: list[str]) -> str:
        """A list in the language's manner of separating, without "and"."""
        comma = {"ar": "، ", "fa": "، ", "zh": "、"}.get(self.language, ", ")
        return comma.join(items)

    def _table(self) -> Mapping[str, str | Mapping[str, str]]:
        return WORDS.get(self.language, WORDS["en"])

    def _clock_locale(self) -> Locale:
        # international readers of English: day before month, 24 hours
        return _locale("en-GB") if self.language == "en" else self.locale

    def _digits(self, text: object) -> str:
        return str(text).translate(_DIGITS.get(self.language, {}))


def _offset(local: dt.datetime) -> str:
    minutes = int((local.utcoffset() or dt.timedelta()).total_seconds() // 60)
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    sign = "+" if minutes > 0 else "\u2212"
    return f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")
