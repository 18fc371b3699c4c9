"""Names in a spelling that Latin and Cyrillic share: the first consonants of capitalised words.

«Назарбаева», "Nazarbayev" and "Nasarbajew" are all `nsrp`. Scripts without capitals give none.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LENGTH = 4
_INNER = re.compile(r"(?<=[\w,»\"”)\-:] )[«\"“„]?([^\W\d_][\w\-]{2,})")
_CYRILLIC = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщыэюяіїєґё",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "zh",
            "z",
            "i",
            "y",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "h",
            "ts",
            "ch",
            "sh",
            "sh",
            "y",
            "e",
            "yu",
            "ya",
            "i",
            "yi",
            "ye",
            "g",
            "e",
        ],
        strict=True,
    )
)
# sounds that the alphabets and spellings of Europe write in several ways
_SOUNDS = (
    ("sch", "S"), ("sh", "S"), ("ch", "S"), ("zh", "S"), ("kh", "h"), ("ph", "f"), ("th", "t"), ("ck", "k"),
    ("ts", "s"), ("tz", "s"), ("dj", "S"), ("j", "S"), ("x", "ks"), ("qu", "k"), ("q", "k"), ("w", "f"),
    ("v", "f"), ("z", "s"), ("gh", "g"), ("b", "p"), ("d", "t"), ("g", "k"), ("c", "k"),
)  # fmt: skip


def names_in(text: str) -> tuple[str, ...]:
    """Skeletons of the capitalised words inside sentences, sorted, each once."""
    found = {skeleton(match[1]) for match in _INNER.finditer(text) if match[1][0].isupper()}
    return tuple(sorted(found - {""}))


@lru_cache(maxsize=65_536)
def skeleton(word: str) -> str:
    """The first sound of a name (`A` for any vowel) and the consonants after it, four in all; empty where too few."""
    latin = "".join(_CYRILLIC.get(char, char) for char in word.casefold())
    spelt = "".join(c for c in unicodedata.normalize("NFKD", latin) if "a" <= c <= "z" or c.isdigit())
    if len(spelt) < 3:
        return ""
    for written, sound in _SOUNDS:
        spelt = spelt.replace(written, sound)
    found = "A" if spelt[0] in "aeiouy" else spelt[0]
    for char in spelt[1:]:
        if char not in "aeiouyh" and char != found[-1]:
            found += char
    return found[:LENGTH] if len(found) > 1 else ""
