"""What of a text is read to guess its language: letters without links, one script, in a few segments."""

from __future__ import annotations

import re
from collections.abc import Mapping

from monitor.text.scripts import script_of_language, script_weights
from monitor.types.annotations import LanguageGuess

UNDETERMINED = "und"

SCRIPT_LANGUAGES: Mapping[str, str] = {
    "Hangul": "ko", "Kana": "ja", "Hebrew": "he", "Greek": "el", "Armenian": "hy", "Georgian": "ka",
    "Bengali": "bn", "Gurmukhi": "pa", "Gujarati": "gu", "Tamil": "ta", "Telugu": "te", "Kannada": "kn",
    "Malayalam": "ml", "Sinhala": "si", "Thai": "th", "Lao": "lo", "Tibetan": "bo", "Myanmar": "my",
    "Khmer": "km", "Ethiopic": "am", "Mongolian": "mn", "Han": "zh", "Devanagari": "hi",
}  # fmt: skip
"""The one language that a script stands for, unless the source declares another of the same script."""

_NOISE = re.compile(
    r"https?://[^\s)]+|[@#]\w+|\S+@\S+\.\w+|(?<!\w)(?:[A-Za-z0-9-]+\.)+[a-z]{2,}(?!\w)(?:/\S*)?",
)
_HEAD, _LATER = 180, 120
"""Characters read at the start, and again from three fifths on: a bilingual post changes halfway."""
_LINKED = 4_000
"""Characters of a text with links that are looked at: addresses must go before anything is counted off."""
_SEGMENT, _DENSE_SEGMENT = 36, 14
"""Characters that a segment needs to have a language of its own; fewer where one sign is a syllable."""
_SEGMENTS = 3
_DENSE = ("Han", "Kana", "Hangul")
_MIXED_SHARE = 0.3
"""Share of the weight from which a second script makes a text mixed."""
_FOREIGN_SHARE = 0.2
"""Share of the characters from which segments in another language make a text mixed."""
_SAID = 15
"""Weight of Latin letters from which a segment of a text in another script says something, not only names it."""
_NAMES = 0.25
"""What a capitalised Latin word counts in a text of another script: mostly a name or a title."""

_LOOKALIKE = str.maketrans("aceijopsxyABCEHIJKMOPSTXY", "асеіјорѕхуАВСЕНІЈКМОРЅТХУ")
_BOTH = re.compile(r"[\u0400-\u04ff][A-Za-z]|[A-Za-z][\u0400-\u04ff]")
_CYRILLIC_WORD = re.compile(r"[\u0400-\u04ffaceijopsxyABCEHIJKMOPSTXY]+")
_WORD = re.compile(r"[^\W\d_]+")
_TIED = re.compile(r"[^\W\d_]+(?:['’-]\w+)*")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]+")
_SENTENCE = re.compile(r"(?<=[.!?…»\"])\s+|(?<=[。！？؟۔।])|\s*\n\s*")


def read(text: str) -> str:
    """The part of `text` that is read: start and later middle, no links, names of channels or addresses."""
    if "://" in text:
        text = _NOISE.sub(" ", text[:_LINKED])
    if len(text) > _HEAD + 2 * _LATER:
        middle = len(text) * 3 // 5
        text = f"{_cut(text[:_HEAD], 0)}\n{_cut(text[middle : middle + _LATER], -1)}"
    letters = _NOISE.sub(" ", text) if any(sign in text for sign in ".@#") else text
    return _WORD.sub(_unmask, letters) if _BOTH.search(letters) else letters


def _cut(text: str, side: int) -> str:
    """`text` without the word that was cut through at its end (0) or start (-1)."""
    parts = text.rsplit(None, 1) if side == 0 else text.split(None, 1)
    return parts[side] if parts else ""


def _unmask(found: re.Match[str]) -> str:
    """Latin letters that look Cyrillic, typed into Cyrillic words, as Cyrillic ones. Whole Latin words stay."""
    word = found.group()
    foldable = _CYRILLIC_WORD.fullmatch(word) and (not word.isascii() or (len(word) < 3 and word.islower()))
    return word.translate(_LOOKALIKE) if foldable else word


def main_script(letters: str) -> str | None:
    """The script that `letters` are in; None for none, or for two that both hold running text."""
    return scripts(letters)[0]


def scripts(letters: str) -> tuple[str | None, bool]:
    """What `main_script` says, and whether `letters` hold another script at all."""
    # Most texts are in one script, and their few distinct signs show it faster than a count of all.
    present = script_weights("".join(set(letters)))
    if len(present) == 1 and sum(present.values()) >= 2:
        return next(iter(present)), False
    return _main(letters, dict(script_weights(letters))), len(present) > 1


def _main(letters: str, weights: dict[str, float]) -> str | None:
    _join_east_asian(weights)
    total = sum(weights.values())
    if 0.3 * total < total - weights.get("Latin", total):
        weights["Latin"] = _running(letters)
        total = sum(weights.values())
    ranked = sorted(weights.items(), key=lambda pair: -pair[1])
    if total < 2 or (len(ranked) > 1 and ranked[1][1] > _MIXED_SHARE * total):
        return None
    return ranked[0][0]


def _join_east_asian(weights: dict[str, float]) -> None:
    """Han counts for Japanese beside kana and for Korean beside far more Hangul."""
    if "Kana" in weights and "Han" in weights:
        japanese = weights["Kana"] >= 0.1 * weights["Han"]
        weights["Kana" if japanese else "Han"] += weights.pop("Han" if japanese else "Kana")
    if "Hangul" in weights and weights.get("Han", 0.0) < 0.3 * weights["Hangul"]:
        weights["Hangul"] += weights.pop("Han", 0.0)


def _running(letters: str) -> float:
    """Weight of the Latin letters of a text in another script: those of names count little."""
    return sum(len(word) * (1.0 if word.islower() else _NAMES) for word in _LATIN.findall(letters))


def of_script(letters: str, script: str) -> str:
    """`letters` without the Latin names that stand in a text of another script."""
    return letters if script == "Latin" else _LATIN.sub(" ", letters)


def without_names(letters: str) -> str:
    """`letters` without the words that begin with a capital, and what is tied to them."""
    return _TIED.sub(lambda found: " " if found.group()[0].isupper() else found.group(), letters)


def segments(letters: str, script: str) -> list[str]:
    """Parts of `letters`, cut between sentences or lines, each long enough to have a language."""
    least = _DENSE_SEGMENT if script in _DENSE else _SEGMENT
    size = max(least, len(letters) // _SEGMENTS)
    parts: list[str] = []
    held = ""
    for sentence in _SENTENCE.split(letters):
        held = f"{held} {sentence}" if held else sentence
        if len(held) >= size:
            parts.append(held)
            held = ""
    if held and parts and len(held) < least:
        parts[-1] = f"{parts[-1]} {held}"
    elif held:
        parts.append(held)
    return parts


def in_two_scripts(parts: list[str], script: str) -> bool:
    """Whether a good part of the segments of a text in `script` is clearly in another one."""
    if len(parts) < 2:
        return False
    others = [part for part in parts if _speaks(part, script)]
    return too_foreign(sum(map(len, others)), sum(map(len, parts)))


def _speaks(part: str, script: str) -> bool:
    """Whether `part` is running text in another script: Latin beside others must be more than names."""
    other = main_script(part)
    return other not in (script, None) and (other != "Latin" or _running(part) >= _SAID)


def too_foreign(foreign: int, letters: int) -> bool:
    """Whether segments of `foreign` characters in another language make a text of `letters` mixed."""
    return foreign > _FOREIGN_SHARE * letters


def script_guess(script: str | None, hint: str | None) -> LanguageGuess:
    """The guess that a script alone allows: its language, or the declared one that is printed in it too."""
    if script is None:
        return LanguageGuess(language=UNDETERMINED, score=0.0, detector="script")
    language = SCRIPT_LANGUAGES.get(script, UNDETERMINED)
    if hint and script_of_language(hint) == script:
        language = hint
    return LanguageGuess(language=language, score=0.99, detector="script")


def base_code(hint: str | None) -> str | None:
    """`zh` of `zh-CN`; None of nothing."""
    return hint.strip().lower().replace("_", "-").split("-")[0] or None if hint else None
