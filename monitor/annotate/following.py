"""Whether the words of a term follow one another in a folded text. Positions are in the text padded with spaces."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from monitor.annotate.inflect import ARABIC_PREFIXES
from monitor.annotate.terms import Left, Right, Word

LONGEST = 200
"""Letters from which on a run of them is no word: it begins no term, and looking for its ends would be slow."""

_LATIN_RUN = re.compile("[a-z0-9]*")
_BREAKS = frozenset(",.;:!?،؛؟")
_BREAK = re.compile(r"[,.;:!?،؛؟](?!\w)")


class Candidate(NamedTuple):
    """What may follow a first word to make a term, and the groups that the term belongs to.

    `ahead` is a literal of the next word, "" if there is none: most candidates fail by it, at little cost.
    """

    rest: tuple[Word, ...]
    capitals: str
    groups: tuple[int, ...]
    ahead: str


class Candidates:
    """The terms that begin with one first word, sorted by what the next word begins with."""

    __slots__ = ("closed", "loose", "plain")

    def __init__(self, follows: Iterable[Candidate]) -> None:
        plain: list[int] = []
        self.closed: dict[str, list[Candidate]] = {}
        """Those whose next word is found by its first two letters."""
        self.loose: list[Candidate] = []
        """Those of capitals alone, and those whose next word may have something before its literal."""
        for candidate in follows:
            if not candidate.rest and not candidate.capitals:
                plain += candidate.groups
            elif len(candidate.ahead) > 1 and candidate.rest[0].left in (Left.BOUNDARY, Left.LATIN):
                self.closed.setdefault(candidate.ahead[:2], []).append(candidate)
            else:
                self.loose.append(candidate)
        self.plain = tuple(dict.fromkeys(plain))
        """Groups of the word alone, however it is written."""

    def before(self, following: str) -> list[Candidate]:
        """Those that may hold where `following` is the next word."""
        closed = self.closed.get(following[:2], ())
        found = [candidate for candidate in closed if following.startswith(candidate.ahead)]
        if self.loose:
            found += [candidate for candidate in self.loose if candidate.ahead in following]
        return found

    def at(self, padded: str, stop: int) -> list[Candidate]:
        """Those that may hold where the first word ends at `stop` of a text without spaces between words."""
        found = [
            candidate
            for at in (stop + 1, stop + 2)
            for candidate in self.closed.get(padded[at : at + 2], ())
            if padded.startswith(candidate.ahead, at)
        ]
        for candidate in self.loose:
            free = candidate.rest and candidate.rest[0].right is Right.FREE
            if not free or padded.startswith(candidate.ahead, stop):
                found.append(candidate)
        return found


def end_of(padded: str, stop: int, candidate: Candidate) -> int:
    """Where the last word of `candidate` ends if its words follow the first one, which ends at `stop`; else -1."""
    for word in candidate.rest:
        stop = _next_word(padded, stop, word)
        if stop < 0:
            return -1
    return stop


def crosses_punctuation(found: str) -> bool:
    """Whether punctuation parts the words of a phrase; a dot or comma within a number does not."""
    return not _BREAKS.isdisjoint(found) and _BREAK.search(found) is not None


def word_start(padded: str, start: int, word: Word) -> int:
    """Where the first word begins whose literal was found at `start`, or -1 if what precedes is not allowed."""
    left = word.left
    if left is Left.LATIN:
        before = padded[start - 1]
        return start if before == " " or not before.isascii() else -1
    if left is Left.FREE and word.right not in (Right.STEM, Right.ENDING, Right.PARTICLE):
        return start
    begin = padded.rfind(" ", max(0, start - LONGEST), start) + 1
    if begin == 0:
        return -1
    if left is Left.FREE or begin == start:
        return begin
    return begin if left is Left.CLITICS and padded[begin:start] in ARABIC_PREFIXES else -1


def word_end(padded: str, end: int, word: Word) -> int:
    """Where the word ends whose literal ends at `end`, or -1 if its ending is not allowed."""
    right = word.right
    if right is Right.FREE or padded[end] == " ":
        return end
    if right is Right.LATIN:
        found = _LATIN_RUN.match(padded, end)
        tail = found.group() if found else ""
        return end + len(tail) if tail in word.allowed else -1
    stop = padded.find(" ", end, end + LONGEST)
    if right is Right.STEM or stop < 0:
        return stop
    if padded[end:stop] not in word.allowed:
        return -1
    return end if right is Right.PARTICLE else stop


def _next_word(padded: str, stop: int, word: Word) -> int:
    """Where `word` ends if it follows `stop` after one or two non-letters (a quote, a hyphen), else -1."""
    if word.left is Left.FREE and word.right is Right.FREE:
        return stop + len(word.literal) if padded.startswith(word.literal, stop) else -1
    at = padded.find(" ", stop) + 1
    if at <= 0:
        return -1
    if padded.startswith(" ", at):
        at += 1
    literal = word.literal
    if not padded.startswith(literal, at):
        at = _inside(padded, at, word)
        if at < 0:
            return -1
    return word_end(padded, at + len(literal), word)


def _inside(padded: str, at: int, word: Word) -> int:
    """Where the literal begins within the word at `at`, if clitics or an open left side allow it, else -1."""
    if word.left not in (Left.CLITICS, Left.FREE):
        return -1
    stop = padded.find(" ", at)
    inner = padded.find(word.literal, at, stop)
    if inner < 0 or (word.left is Left.CLITICS and padded[at:inner] not in ARABIC_PREFIXES):
        return -1
    return inner
