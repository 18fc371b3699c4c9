"""Which script a text is written in, and in what shares."""

from __future__ import annotations

import re
from collections.abc import Mapping

_RANGES = {
    "Latin": "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff\uff21-\uff3a\uff41-\uff5a",
    "Cyrillic": "\u0400-\u052f\u1c80-\u1c8f\u2de0-\u2dff\ua640-\ua69f",
    "Arabic": "\u0620-\u064a\u066e-\u06d3\u06d5\u06ee-\u06ef\u06fa-\u06ff\u0750-\u077f\u08a0-\u08ff"
    "\ufb50-\ufdff\ufe70-\ufefc",
    "Han": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\u3005",
    "Kana": "\u3041-\u3096\u30a1-\u30fa\u30fc\uff66-\uff9d",
    "Hangul": "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3",
    "Hebrew": "\u05d0-\u05f2\ufb1d-\ufb4f",
    "Greek": "\u0370-\u03ff\u1f00-\u1fff",
    "Armenian": "\u0531-\u0587",
    "Georgian": "\u10a0-\u10ff\u1c90-\u1cbf\u2d00-\u2d2f",
    "Devanagari": "\u0900-\u097f",
    "Bengali": "\u0980-\u09ff",
    "Gurmukhi": "\u0a00-\u0a7f",
    "Gujarati": "\u0a80-\u0aff",
    "Tamil": "\u0b80-\u0bff",
    "Telugu": "\u0c00-\u0c7f",
    "Kannada": "\u0c80-\u0cff",
    "Malayalam": "\u0d00-\u0d7f",
    "Sinhala": "\u0d80-\u0dff",
    "Thai": "\u0e00-\u0e7f",
    "Lao": "\u0e80-\u0eff",
    "Tibetan": "\u0f00-\u0fff",
    "Myanmar": "\u1000-\u109f",
    "Khmer": "\u1780-\u17ff",
    "Ethiopic": "\u1200-\u137f",
    "Mongolian": "\u1820-\u18aa",
}
_RUNS = {name: re.compile(f"[{ranges}]+") for name, ranges in _RANGES.items()}
# A syllable or ideograph says as much as about two or three letters of an alphabet.
_WEIGHTS = {"Han": 2.5, "Kana": 2.0, "Hangul": 2.0}
_NON_LATIN = re.compile(r"[^\x00-\u024f\u1e00-\u1eff\u2000-\u2bff\ufe00-\ufe0f\U00010000-\U0001ffff]")


def script_weights(text: str) -> Mapping[str, float]:
    """Letters of `text` by script, weighted so that one ideograph or syllable counts for several letters."""
    weights: dict[str, float] = {}
    names = list(_RANGES) if _NON_LATIN.search(text) else ["Latin"]
    for name in names:
        count = sum(map(len, _RUNS[name].findall(text)))
        if count:
            weights[name] = count * _WEIGHTS.get(name, 1.0)
    return weights


LANGUAGE_SCRIPTS: Mapping[str, str] = {
    "ru": "Cyrillic", "uk": "Cyrillic", "bg": "Cyrillic", "sr": "Cyrillic", "mk": "Cyrillic", "be": "Cyrillic",
    "kk": "Cyrillic", "ky": "Cyrillic", "tg": "Cyrillic", "mn": "Cyrillic",
    "ar": "Arabic", "fa": "Arabic", "ur": "Arabic", "ps": "Arabic", "ckb": "Arabic", "ug": "Arabic", "sd": "Arabic",
    "ko": "Hangul", "zh": "Han", "ja": "Kana", "he": "Hebrew", "yi": "Hebrew", "el": "Greek", "hy": "Armenian",
    "ka": "Georgian", "hi": "Devanagari", "mr": "Devanagari", "ne": "Devanagari", "bn": "Bengali",
    "pa": "Gurmukhi", "gu": "Gujarati", "ta": "Tamil", "te": "Telugu", "kn": "Kannada", "ml": "Malayalam",
    "si": "Sinhala", "th": "Thai", "lo": "Lao", "bo": "Tibetan", "my": "Myanmar", "km": "Khmer", "am": "Ethiopic",
    "ti": "Ethiopic",
}  # fmt: skip
"""Script of a language as it is usually printed; a language not named here is Latin."""


def script_of_language(language: str) -> str:
    """The script that `language` (ISO 639-1) is printed in; Latin where nothing else is known."""
    return LANGUAGE_SCRIPTS.get(language, "Latin")
