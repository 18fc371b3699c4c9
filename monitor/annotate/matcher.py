"""One automaton over the folded text finds all terms of a taxonomy at once; each hit is then checked in place.

    text ──► fold ──► Aho-Corasick over anchors ──► check word by word ──► hits by group

A term's anchor is its first word with the boundary before it. What the automaton finds is checked for
boundaries, endings and the words that follow, so no pattern can run away: time is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from monitor.annotate.inflect import ARABIC_PREFIXES, is_unspaced
from monitor.annotate.terms import Left, Right, Term, Word, parse_term
from monitor.text.fold import Folded, fold
from monitor.types.taxonomy import ANY_LANGUAGE, TermGroup

_LATIN_RUN = re.compile("[a-z0-9]*")
_BREAKS = frozenset(",.;:!?،؛؟")


class Hit(NamedTuple):
    """A term found: number of its group, half-open span in the original text."""

    group: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    """What may follow a first word to make a term, and the groups that the term belongs to."""

    rest: tuple[Word, ...]
    capitals: str
    groups: tuple[int, ...]
    next_literal: str
    """What the next word begins with, "" if it may begin otherwise: most candidates fail here, at little cost."""


_Entry = tuple[Word, tuple[_Candidate, ...]]


class Matcher:
    """Finds the terms of `groups` for texts of the given languages."""

    def __init__(self, groups: Sequence[TermGroup], languages: Iterable[str]) -> None:
        chosen = sorted(set(languages) - {ANY_LANGUAGE})
        latin_free = any(is_unspaced(language) or language == "ko" for language in chosen)
        numbers: dict[Term, list[int]] = {}
        for number, group in enumerate(groups):
            for language in (*chosen, ANY_LANGUAGE):
                for text in group.terms.get(language, ()):
                    for term in _parsed(text, language, latin_free):
                        numbers.setdefault(term, []).append(number)
        anchors, self._entries = _by_anchor(numbers)
        self._automaton = AhoCorasick(anchors, matchkind=MatchKind.Standard) if anchors else None

    def find(self, text: str) -> list[Hit]:
        """All hits in `text`, in no order; a term within a longer one is found too."""
        if self._automaton is None:
            return []
        folded = fold(text)
        padded = f" {folded.text} "
        hits: list[Hit] = []
        for number, start, end in self._automaton.find_matches_as_indexes(padded, overlapping=True):
            for word, candidates in self._entries[number]:
                begin = _word_start(padded, start, word)
                stop = _word_end(padded, end, word) if begin >= 0 else -1
                if stop >= 0:
                    for candidate in candidates:
                        ahead = candidate.next_literal
                        if ahead and not (
                            padded.startswith(ahead, stop + 1) or padded.startswith(ahead, stop + 2)
                        ):
                            continue
                        _follow(hits, text, (folded, padded), (begin, stop), candidate)
        return list(dict.fromkeys(hits))


def _by_anchor(numbers: Mapping[Term, list[int]]) -> tuple[list[str], list[tuple[_Entry, ...]]]:
    """Anchors for the automaton and, for each, the first words that it stands for with what may follow them."""
    by_anchor: dict[str, dict[Word, dict[tuple[tuple[Word, ...], str], set[int]]]] = {}
    for term, groups in numbers.items():
        for anchor in _anchors(term):
            follows = by_anchor.setdefault(anchor, {}).setdefault(term.first, {})
            follows.setdefault((term.rest, term.capitals), set()).update(groups)
    entries = [
        tuple(
            (
                word,
                tuple(
                    _Candidate(rest, capitals, tuple(sorted(found)), _ahead(rest))
                    for (rest, capitals), found in follows.items()
                ),
            )
            for word, follows in words.items()
        )
        for words in by_anchor.values()
    ]
    return list(by_anchor), entries


def _anchors(term: Term) -> list[str]:
    """What the automaton looks for: with clitics, each that may stand before the word, at the word's beginning."""
    if term.first.left is Left.CLITICS:
        return [f" {prefix}{term.anchor}" for prefix in sorted(ARABIC_PREFIXES)]
    return [term.anchor]


def _ahead(rest: tuple[Word, ...]) -> str:
    return rest[0].literal if rest and rest[0].left in (Left.BOUNDARY, Left.LATIN) else ""


@lru_cache(maxsize=100_000)
def _parsed(text: str, language: str, latin_free: bool) -> tuple[Term, ...]:
    return tuple(parse_term(text, language, latin_free=latin_free))


def _follow(
    hits: list[Hit], text: str, forms: tuple[Folded, str], first: tuple[int, int], candidate: _Candidate
) -> None:
    """Add the hits of `candidate` if its other words follow the `first` one, a span of the padded text."""
    folded, padded = forms
    begin, stop = first
    for word in candidate.rest:
        stop = _next_word(padded, stop, word)
        if stop < 0:
            return
    start, end = folded.span(begin - 1, stop - 1)
    if candidate.capitals and not text.startswith(candidate.capitals, start):
        return
    if candidate.rest and _crosses_punctuation(text[start:end]):
        return
    hits.extend(Hit(group, start, end) for group in candidate.groups)


def _crosses_punctuation(found: str) -> bool:
    """Whether punctuation parts the words of a phrase; a dot or comma within a number does not."""
    if _BREAKS.isdisjoint(found):
        return False
    return re.search(r"[,.;:!?،؛؟](?!\w)", found) is not None


def _word_start(padded: str, start: int, word: Word) -> int:
    """Where the first word begins whose anchor was found at `start`, or -1 if what precedes is not allowed."""
    left = word.left
    if left is Left.BOUNDARY or left is Left.CLITICS:
        return start + 1
    if left is Left.LATIN:
        before = padded[start - 1]
        return start if before == " " or not before.isascii() else -1
    if word.right in (Right.STEM, Right.ENDING, Right.PARTICLE):
        return padded.rfind(" ", 0, start + 1) + 1
    return start


def _word_end(padded: str, end: int, word: Word) -> int:
    """Where the word ends whose literal ends at `end`, or -1 if its ending is not allowed."""
    right = word.right
    if right is Right.FREE or padded[end] == " ":
        return end
    if right is Right.LATIN:
        found = _LATIN_RUN.match(padded, end)
        tail = found.group() if found else ""
        return end + len(tail) if tail in word.allowed else -1
    word_end = padded.find(" ", end)
    if right is Right.STEM:
        return word_end
    if padded[end:word_end] not in word.allowed:
        return -1
    return end if right is Right.PARTICLE else word_end


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
    return _word_end(padded, at + len(literal), word)


def _inside(padded: str, at: int, word: Word) -> int:
    """Where the literal begins within the word at `at`, if clitics or an open left side allow it, else -1."""
    if word.left not in (Left.CLITICS, Left.FREE):
        return -1
    word_end = padded.find(" ", at)
    inner = padded.find(word.literal, at, word_end)
    if inner < 0 or (word.left is Left.CLITICS and padded[at:inner] not in ARABIC_PREFIXES):
        return -1
    return inner
