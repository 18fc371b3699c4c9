"""Names of states and of their capitals in the ten languages, from CLDR (Unicode licence) as babel ships it."""

from __future__ import annotations

import re
from functools import lru_cache

from babel import Locale

LANGUAGES = ("en", "fr", "ru", "uk", "ar", "fa", "ko", "zh", "es", "de")
"""The languages that the gazetteer is written for."""

_COMPOSED = re.compile(r"[()（）&,]| [-–] |о-в|\bRAE\b")


@lru_cache(maxsize=16)
def _locale(language: str) -> Locale:
    return Locale.parse(language)


def state_names(code: str) -> dict[str, tuple[str, ...]]:
    """Names of the state with ISO 3166-1 `code` by language; CLDR's composed ones ("Congo - Kinshasa") are left out."""
    found = {}
    for language in LANGUAGES:
        name = _locale(language).territories.get(code, "")
        if name and not _COMPOSED.search(name):
            found[language] = _spellings(name)
    return found


def capital_names(zone: str) -> dict[str, tuple[str, ...]]:
    """Names of the city that the IANA time zone `zone` is called after, by language."""
    found = {}
    for language in LANGUAGES:
        city = _locale(language).time_zones.get(zone, {}).get("city")
        if city is None and language in ("en", "fr", "es", "de"):
            city = zone.rsplit("/", 1)[-1].replace("_", " ")
        if city and not _COMPOSED.search(city):
            found[language] = _spellings(str(city))
    return found


def _spellings(name: str) -> tuple[str, ...]:
    """Folding keeps the Ukrainian letter apostrophe, newspapers type the other one."""
    return tuple(dict.fromkeys((name, name.replace("ʼ", "'"))))
