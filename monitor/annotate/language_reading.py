"""What of a text is read to guess its language: letters without links, one script, in a few segments."""

from __future__ import annotations

import re

from monitor.text.scripts import script_weights

_NOISE = re.compile(
    r"https?://\S+|[@#]\w+|\S+@\S+\.\w+|\b(?:[a-z0-9-]+\.)+[a-z]{2,}\b(?:/\S*)?",
    re.ASCII,
)
_HEAD, _LATER = 240, 160
"""Characters read at the start, and again from three fifths on: a bilingual post changes halfway."""
_SEGMENT, _SHORT_SEGMENT = 36, 14
"""Letters that a segment needs for a language of its own."""
_SEGMENTS = 4
_MIXED_SHARE = 0.3
"""Share of the weight from which a second script makes a text mixed."""
_NAMES = 0.25
"""What a capitalised Latin word counts in a text of another script: mostly a name or a title, not a language."""

_LOOKALIKE = str.maketrans("aceijopsxyABCEHIJKMOPSTXY", "асеіјорѕхуАВСЕНІЈКМОРЅТХУ")
_BOTH = re.compile(r"[\u0400-\u04ff][A-Za-z]|[A-Za-z][\u0400-\u04ff]")
_FOLDED = re.compile(r"[\u0400-\u04ffaceijopsxyABCEHIJKMOPSTXY]+(?![A-Za-z])")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]+")
_SENTENCE = re.compile(r"(?<=[.!?…»\"])\s+|(?<=[。！？؟۔।])|\s*\n\s*")


def read(text: str) -> str:
    """The part of `text` that is read: start and later middle, no links, names of channels or addresses."""
    if len(text) > _HEAD + 2 * _LATER:
        middle = len(text) * 3 // 5
        text = f"{text[:_HEAD].rsplit(None, 1)[0]}\n{text[middle : middle + _LATER].split(None, 1)[-1]}"
    letters = _NOISE.sub(" ", text)
    return _fold(letters) if _BOTH.search(letters) else letters


def _fold(letters: str) -> str:
    """Latin letters that look Cyrillic, typed into Cyrillic words, as Cyrillic ones. Whole Latin words stay."""

    def fold(found: re.Match[str]) -> str:
        word = found.group()
        short = len(word) < 3 and word.islower()
        return word.translate(_LOOKALIKE) if short or not word.isascii() else word

    return re.sub(r"[^\W\d_]+", lambda word: _FOLDED.sub(fold, word.group()), letters)


def main_script(letters: str) -> str | None:
    """The script that `letters` are in; None for none, or for two that both hold running text."""
    weights = dict(script_weights(letters))
    if "Kana" in weights and "Han" in weights:
        japanese = weights["Kana"] >= 0.1 * weights["Han"]
        weights["Kana" if japanese else "Han"] += weights.pop("Han" if japanese else "Kana")
    if "Hangul" in weights and weights.get("Han", 0.0) < weights["Hangul"]:
        weights["Hangul"] += weights.pop("Han", 0.0)
    total = sum(weights.values())
    if total < 2:
        return None
    if len(weights) > 1 and 0.3 * total < total - weights.get("Latin", total):
        weights["Latin"] = _running(letters)
        total = sum(weights.values())
    ranked = sorted(weights.items(), key=lambda pair: -pair[1])
    if len(ranked) > 1 and ranked[1][1] > _MIXED_SHARE * total:
        return None
    return ranked[0][0]


def _running(letters: str) -> float:
    """Weight of the Latin letters of a text in another script: those of names count little."""
    return sum(len(word) * (1.0 if word.islower() else _NAMES) for word in _LATIN.findall(letters))


def without_latin(letters: str, script: str) -> str:
    """`letters` of another script without the Latin names in it."""
    return letters if script == "Latin" else _LATIN.sub(" ", letters)


def segments(letters: str, script: str) -> list[str]:
    """Parts of `letters`, cut between sentences or lines, each long enough to have a language."""
    least = _SHORT_SEGMENT if script in ("Han", "Kana", "Hangul") else _SEGMENT
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
