"""Folding for matching: every spelling of a word becomes one, and every place stays known.

    text ──► fold ──► letters and digits in one form, everything else one space

`Folded.text` has the letters and digits of the text lower-cased and freed of spelling variants (full-width
forms, ё/е, ي/ی, ك/ک, أ/ا, ة/ه, digits of other scripts, traditional Chinese, Latin look-alikes in Cyrillic
words); what is no letter or digit is a space, so that hyphens, apostrophes, quotes and emoji all end a
word. Harakat, tatweel, zero-width joiners, half-spaces and stress marks vanish. `Folded.span` leads back to
the original code points.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from monitor.text.hanzi import TRADITIONAL

LIMIT = 0x30000
"""Code points from here on are unassigned, tags or private: a space each."""
_PLAIN = 0x20000
"""Code points from here to `LIMIT` are CJK extensions, kept as they are."""

_ONE_TO_ONE = {
    "ё": "е", "ґ": "г",
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ۀ": "ه", "ە": "ه",
    "ہ": "ه", "ھ": "ه", "ı": "i",
}  # fmt: skip
_DROPPED = re.compile(
    "[\u00ad\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2069\ufe00-\ufe0f\ufeff]"
)
_MARKED = re.compile("[^\\W\\d_][\u0300-\u036f]+")
_CYRILLIC = "асеорхутвнкміѕј"
_LATIN = "aceopxytbhkmisj"
_HAS_LATIN, _HAS_CYRILLIC, _HAS_MARKS = 1, 2, 4
_TO_CYRILLIC = dict(zip(_LATIN, _CYRILLIC, strict=True))
_TO_LATIN = dict(zip(_CYRILLIC, _LATIN, strict=True))
_MIXED_EDGE = re.compile("[a-z][\u0400-\u04ff]|[\u0400-\u04ff][a-z]")
_MIXED_WORD = re.compile("[a-z\u0400-\u04ff]+")
_ASCII = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}

Codes = NDArray[np.uint32]


@dataclass(frozen=True, slots=True, eq=False)
class Folded:
    """A folded text. `places` holds the original index of each folded character, or None if they agree."""

    text: str
    places: NDArray[np.int64] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open span of the original that the folded span [start, end) comes from; end > start."""
        if self.places is None:
            return start, end
        return int(self.places[start]), int(self.places[end - 1]) + 1


@lru_cache(maxsize=1)
def _tables() -> tuple[Codes, NDArray[np.uint8], NDArray[np.uint8], dict[int, str]]:
    """For each code point: its folded code, how many characters it becomes, flags, and those that become several."""
    codes = np.arange(LIMIT, dtype=np.uint32)
    lengths = np.ones(LIMIT, dtype=np.uint8)
    several: dict[int, str] = {}
    for code in range(LIMIT):
        if 0x3400 <= code <= 0x9FFF or 0xAC00 <= code <= 0xD7A3 or code >= _PLAIN:
            continue
        folded = _fold_char(chr(code))
        lengths[code] = len(folded)
        if len(folded) == 1:
            codes[code] = ord(folded)
        elif folded:
            codes[code] = ord(folded[0])
            several[code] = folded
    codes[list(_TRADITIONAL)] = list(_TRADITIONAL.values())
    flags = np.zeros(LIMIT, dtype=np.uint8)
    flags[ord("A") : ord("z") + 1] = _HAS_LATIN
    flags[0x400:0x500] = _HAS_CYRILLIC
    flags[0x300:0x370] = _HAS_MARKS
    return codes, lengths, flags, several


def _fold_char(char: str) -> str:
    if _DROPPED.match(char):
        return ""
    kind = unicodedata.category(char)
    if kind in ("Cn", "Co", "Cs") or (char.isascii() and not char.isalnum()):
        return " "
    plain = unicodedata.normalize("NFKC", char).casefold()
    plain = "".join(part for part in plain if not _DROPPED.match(part))
    plain = "".join(_ONE_TO_ONE.get(part, part) for part in plain)
    if "\u02b0" <= char <= "\u02ff":
        return " "  # modifier letters: the apostrophe of Ukrainian among them
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    if plain and (kind[0] in "LNM" or "\u3300" <= char <= "\u33ff"):  # the latter: ㎜, ㎏ and other units
        return "".join(part if unicodedata.category(part)[0] in "LNM" else " " for part in plain)
    return " "


def fold(text: str) -> Folded:
    """Fold `text`; see the module. Never raises, whatever the code points."""
    if text.isascii():
        return Folded(text.translate(_ASCII))
    table, widths, flag_table, several = _tables()
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    if int(codes.max()) >= LIMIT:
        codes = np.where(codes < LIMIT, codes, np.uint32(0x20))
    flags = int(np.bitwise_or.reduce(flag_table[codes]))
    if flags & _HAS_MARKS:
        codes = _composed(text, codes)
    out, lengths = table[codes], widths[codes]
    places: NDArray[np.int64] | None = None
    if not (lengths == 1).all():
        places = np.repeat(np.arange(len(codes)), lengths)
        out = _expanded(out[places], codes, places, several)
    folded = out.tobytes().decode("utf-32-le", "surrogatepass")
    if flags & _HAS_CYRILLIC and flags & _HAS_LATIN and _MIXED_EDGE.search(folded):
        folded = _MIXED_WORD.sub(_one_script, folded)
    return Folded(folded, places)


class _Table(dict[int, str]):
    """What each code point folds to, worked out when it is first asked for."""

    def __missing__(self, code: int) -> str:
        if code in _TRADITIONAL:
            folded = chr(_TRADITIONAL[code])
        elif code >= _PLAIN:
            folded = chr(code) if code < LIMIT else " "
        else:
            folded = _fold_char(chr(code))
        self[code] = folded
        return folded


_TRADITIONAL = {ord(traditional): ord(simplified) for traditional, simplified in TRADITIONAL.items()}
_TABLE = _Table(_ASCII)


def folded_word(text: str) -> str:
    """`fold(text).text` of a few words, without building the tables that pay for whole texts."""
    if not text.isascii():
        text = _MARKED.sub(lambda found: unicodedata.normalize("NFC", found.group())[0], text)
    folded = text.translate(_TABLE)
    return _MIXED_WORD.sub(_one_script, folded) if _MIXED_EDGE.search(folded) else folded


def _composed(text: str, codes: Codes) -> Codes:
    """Letters followed by combining marks as the letter that both make (и + breve is й), the marks dropped."""
    codes = codes.copy()
    for found in _MARKED.finditer(text):
        composed = unicodedata.normalize("NFC", found.group())
        codes[found.start()] = ord(composed[0])
    return codes


def _expanded(out: Codes, codes: Codes, places: NDArray[np.int64], several: dict[int, str]) -> Codes:
    """Write the second and later characters of those that become several (ß is ss)."""
    repeated = np.flatnonzero(places[1:] == places[:-1]) + 1
    for index, origin in zip(repeated.tolist(), places[repeated].tolist(), strict=True):
        first = int(np.searchsorted(places, origin))
        out[index] = ord(several[int(codes[origin])][index - first])
    return out


def _one_script(found: re.Match[str]) -> str:
    """A word of Latin and Cyrillic letters in the script that most of it has, if the others are look-alikes."""
    word = found.group()
    latin = sum(char <= "z" for char in word)
    if latin in (0, len(word)):
        return word
    swaps = (_TO_CYRILLIC, _TO_LATIN) if latin * 2 <= len(word) else (_TO_LATIN, _TO_CYRILLIC)
    for swap in swaps:
        foreign = [char for char in word if (char <= "z") == (swap is _TO_CYRILLIC)]
        if all(char in swap for char in foreign):
            return "".join(swap.get(char, char) for char in word)
    return word
