"""Words of the report and the digest in ten languages, one module each, the same keys in all.

A value is a phrase with `{places}`, or the forms of a phrase by CLDR plural category (`one`, `few`,
`many`, `other`, …) where it counts something as `{n}`. `other` is always there. A test compares the
keys and places of every language with English.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from monitor.render.words import ar, de, en, es, fa, fr, ko, ru, uk, zh

WORDS: Final[Mapping[str, Mapping[str, str | Mapping[str, str]]]] = {
    "en": en.WORDS,
    "fr": fr.WORDS,
    "ru": ru.WORDS,
    "uk": uk.WORDS,
    "ar": ar.WORDS,
    "fa": fa.WORDS,
    "ko": ko.WORDS,
    "zh": zh.WORDS,
    "es": es.WORDS,
    "de": de.WORDS,
}
