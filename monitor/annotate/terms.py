"""Terms of the taxonomy as the matcher reads them.

слово*     a stem: any ending             *lieferung*   a part of a word (compounds)
two words  next to each other, each with its own stars and endings
NATO       Latin capitals match only as capitals
С-400      so does a letter that is also a Russian word, before its number
F-16       also F16, F 16; a hyphen is a space or nothing
Su-*       the letters before a number: Su-27, Su 57, Su30SM
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from monitor.annotate.inflect import alternation, endings, is_unspaced, takes_clitics
from monitor.text.fold import folded_word

_HYPHENS = re.compile(r"(?<=\w)[-\u2010-\u2015](?=\w)")
_SERIES = re.compile(r"(.*\w)-\*?")
_HALF_SPACE = "\u200c"
_CAPITALS = re.compile(r"[A-Z]{2,}")
_LOOK_ALIKE = str.maketrans("асеоркмтнвх", "aceopkmthbx")
_PREPOSITIONS = frozenset("авиксуояз")
"""Letters that are words in Russian and Ukrainian: С-500 is a weapon, "с 500" is "with 500"."""
_LETTER_NUMBER = re.compile(r"^[асеоркмтнвх](?= ?\d)")


class Left(IntEnum):
    """What may stand before a word: nothing, clitics, anything, or (Latin among ideographs) no Latin letter."""

    BOUNDARY = 0
    CLITICS = 1
    FREE = 2
    LATIN = 3


_CLOSED = (Left.BOUNDARY, Left.LATIN)


class Right(IntEnum):
    """How far a word goes: to its end whatever that is, if its ending is allowed, no further, or as Latin."""

    STEM = 0
    ENDING = 1
    PARTICLE = 2
    FREE = 3
    LATIN = 4


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """One word of a term, folded. Compared by identity, which is fast: equal words are mostly one and the same."""

    literal: str
    left: Left
    right: Right
    allowed: Container[str]


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """A spelling of a term: the word that is looked for, and what has to follow. `text` is as it was written."""

    text: str
    first: Word
    rest: tuple[Word, ...]
    capitals: str = ""


def parse_term(text: str, language: str, *, latin_free: bool = False) -> list[Term]:
    """The spellings of a term of `language` (or `any`). Empty if nothing is left of it after folding.

    `latin_free`: the texts are Chinese, Korean or the like, so a Latin word may follow an ideograph directly.
    """
    found: dict[str, Term] = {}
    for spelling in _spellings(text):
        parts = spelling.split()
        words = [
            word
            for number, part in enumerate(parts)
            for word in _words(part, language, latin_free, number > 0 or "-" in part)
        ]
        if not words:
            continue
        for variant in (words, _latin_look_alike(words)):
            term = _term(text, variant)
            found.setdefault("\n".join(word.literal for word in variant), term)
    return list(found.values())


def _spellings(text: str) -> Iterator[str]:
    series = _SERIES.fullmatch(text)
    if series:
        for digit in "0123456789":
            yield from _spellings(f"{series.group(1)}-{digit}*")
        return
    yield text
    if _HYPHENS.search(text):
        yield _HYPHENS.sub("", text)
    if _HALF_SPACE in text:
        yield text.replace(_HALF_SPACE, " ")


@lru_cache(maxsize=20_000)
def _words(part: str, language: str, latin_free: bool, phrase: bool) -> list[Word]:
    """A part without spaces may hold several words: hyphens and apostrophes divide as well.

    `phrase`: words of the term stand before its last one.
    """
    literals = folded_word(part.strip("*")).split()
    words = []
    for number, literal in enumerate(literals):
        last, first = number == len(literals) - 1, number == 0
        latin = literal.isascii() and (latin_free or language == "any")
        open_left = first and part.startswith("*")
        open_right = last and part.endswith("*")
        allowed = endings(language, literal, phrase=phrase) if last else frozenset({""})
        changed = alternation(language, literal) if last and not open_right and not open_left else None
        stem, allowed = changed or (literal, allowed)
        left = _left(language, latin and latin_free, open_left)
        words.append(Word(stem, left, _right(language, latin, open_right), allowed))
    return words


def _left(language: str, latin: bool, is_open: bool) -> Left:
    if is_open:
        return Left.FREE
    if latin:
        return Left.LATIN
    if is_unspaced(language):
        return Left.FREE
    return Left.CLITICS if takes_clitics(language) else Left.BOUNDARY


def _right(language: str, latin: bool, is_open: bool) -> Right:
    if is_open:
        return Right.STEM
    if latin:
        return Right.LATIN
    if is_unspaced(language):
        return Right.FREE
    return Right.PARTICLE if language == "ko" else Right.ENDING


def _latin_look_alike(words: list[Word]) -> list[Word]:
    """С-400 is often typed with a Latin C."""
    if len(words) > 1 and len(words[0].literal) == 1 and words[1].literal[0].isdigit():
        head = words[0].literal.translate(_LOOK_ALIKE)
    elif _LETTER_NUMBER.match(words[0].literal):
        head = words[0].literal[0].translate(_LOOK_ALIKE) + words[0].literal[1:]
    else:
        return words
    return [Word(head, words[0].left, words[0].right, words[0].allowed), *words[1:]]


def _term(text: str, words: list[Word]) -> Term:
    first, rest = words[0], words[1:]
    literal = first.literal
    while rest and first.left is Left.LATIN and _is_bare(first) and rest[0].left in _CLOSED:
        literal = f"{literal} {rest[0].literal}"
        first = Word(literal, first.left, rest[0].right, rest[0].allowed)
        rest = rest[1:]
    return Term(text, first, tuple(rest), _capitals(text, words))


def _capitals(text: str, words: list[Word]) -> str:
    """What the term begins with in capitals wherever it stands, "" if case does not matter."""
    bare = text.strip("*")
    if _CAPITALS.fullmatch(bare):
        return bare
    letter = words[0].literal
    designation = len(words) > 1 and words[1].literal[:1].isdigit()
    return letter.upper() if designation and letter in _PREPOSITIONS else ""


def _is_bare(word: Word) -> bool:
    """Whether `word` stands in the text just as its literal, so that the next one can join it."""
    return word.right is not Right.STEM and word.allowed == frozenset({""})
