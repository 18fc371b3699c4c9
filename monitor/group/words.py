"""Folded words of a text, for comparison only: nothing here is stored as text.

Han, kana and Hangul characters are a word each: the first two write no spaces, and in Korean a particle or a space
more changes one character but a whole word. Both ways found 132 of 137 pairs of Korean copies in the newsroom.
Every other run of letters or digits is one word. Case, width,
diacritics of Arabic and thousands separators do not count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_DIGITS = {ord(c): str(i % 10) for i, c in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}
_LETTERS = {
    "ё": "е", "ي": "ی", "ى": "ی", "ئ": "ی", "ك": "ک", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ة": "ه",
    "ـ": "", "\u200c": "", "\u200d": "", "\u00ad": "", "\ufeff": "", "\u200b": "", "\u2060": "",
    "\u0301": "", "’": "'", "ʼ": "'", "‘": "'", "`": "'", "ʹ": "'", "٫": ".", "٬": "",
}  # fmt: skip
_HARAKAT = dict.fromkeys((*range(1611, 1632), 1648), "")
_FOLD = _DIGITS | {ord(a): b for a, b in _LETTERS.items()} | _HARAKAT

CJK = "\uac00-\ud7a3\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_THOUSANDS = re.compile(r"(?<=\d)[.,'’\u00a0\u202f](?=\d{3}(?:\D|$))")
_TOKEN = re.compile(rf"\d+(?:[.,]\d+)*|[{CJK}]|[^\W_{CJK}]+(?:'[^\W_{CJK}]+)*")
_CJK_ONLY = re.compile(rf"[{CJK}]")
_SENTENCE = re.compile(r"(?<=[.!?…؟۔])[\"'”»)\]]*\s+|(?<=[。！？])[”」』]?|\n+\s*")


def fold(text: str) -> str:
    """Bring `text` to the form in which copies are compared."""
    if text.isascii():
        return _THOUSANDS.sub("", text).lower()
    text = unicodedata.normalize("NFKC", _THOUSANDS.sub("", text)).casefold()
    return text.translate(_FOLD)


def tokens(text: str) -> list[str]:
    """Give the words, numbers and single Han or kana characters of `text`, folded."""
    return words_of(fold(text))


def words_of(folded: str) -> list[str]:
    """The words of a text that is folded."""
    return _TOKEN.findall(folded)


def fold_all(lines: Sequence[str]) -> list[str]:
    """Fold texts of one line each, in one go."""
    folded = fold("\n".join(lines)).split("\n")
    # no character folds to a line end; where one of the lines had one itself, each is folded alone
    return folded if len(folded) == len(lines) else [fold(line) for line in lines]


def sentences(text: str) -> list[str]:
    """Split at full stops and line breaks, roughly: a wrong cut costs a little recall, nothing else."""
    return [piece for piece in _SENTENCE.split(text) if piece and not piece.isspace()]


def unspaced(words: Sequence[str]) -> bool:
    """Say whether most of a text is in a script that is compared by characters."""
    if list(map(len, words)).count(1) * 2 <= len(words):
        return False
    return sum(1 for word in words if len(word) == 1 and _CJK_ONLY.match(word)) * 2 > len(words)


def number(word: str) -> str | None:
    """Give a number in one spelling (`3,5` and `3.50` are 3.5), None where `word` is none."""
    if not word[:1].isdigit():
        return None
    if word.isdecimal():
        return word.lstrip("0") or "0"
    whole, _, part = word.replace(",", ".").rpartition(".")
    part = part.rstrip("0")
    return f"{whole}.{part}" if part else whole
