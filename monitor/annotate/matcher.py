"""One automaton over the folded text finds all terms of a taxonomy at once; each hit is then checked in place.

    text ──► fold ──► Aho-Corasick over anchors ──► check word by word ──► hits by group

A term's anchor is its first word with the boundary before it. What the automaton finds is checked for
boundaries, endings and the words that follow, so no pattern can run away: time is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
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
    term: Term
    groups: tuple[int, ...]


class Matcher:
    """Finds the terms of `groups` for texts of the given languages."""

    def __init__(self, groups: Sequence[TermGroup], languages: Iterable[str]) -> None:
        chosen = sorted(set(languages) - {ANY_LANGUAGE})
        latin_free = any(is_unspaced(language) or language == "ko" for language in chosen)
        by_anchor: dict[str, dict[Term, list[int]]] = {}
        for number, group in enumerate(groups):
            for language in (*chosen, ANY_LANGUAGE):
                for text in group.terms.get(language, ()):
                    for term in _parsed(text, language, latin_free):
                        by_anchor.setdefault(term.anchor, {}).setdefault(term, []).append(number)
        self._candidates = [
            tuple(_Candidate(term, tuple(sorted(set(numbers)))) for term, numbers in terms.items())
            for terms in by_anchor.values()
        ]
        self._automaton = AhoCorasick(list(by_anchor), matchkind=MatchKind.Standard) if by_anchor else None

    def find(self, text: str) -> list[Hit]:
        """All hits in `text`, in no order; a term within a longer one is found too."""
        if self._automaton is None:
            return []
        folded = fold(text)
        padded = f" {folded.text} "
        hits: set[Hit] = set()
        for number, start, end in self._automaton.find_matches_as_indexes(padded, overlapping=True):
            for candidate in self._candidates[number]:
                span = _check(padded, start, end, candidate.term)
                if span is not None:
                    _add(hits, text, folded, span, candidate)
        return list(hits)


@lru_cache(maxsize=100_000)
def _parsed(text: str, language: str, latin_free: bool) -> tuple[Term, ...]:
    return tuple(parse_term(text, language, latin_free=latin_free))


def _add(hits: set[Hit], text: str, folded: Folded, span: tuple[int, int], candidate: _Candidate) -> None:
    start, end = folded.span(span[0] - 1, span[1] - 1)
    term = candidate.term
    if term.capitals and not text.startswith(term.capitals, start):
        return
    if term.rest and _crosses_punctuation(text[start:end]):
        return
    for group in candidate.groups:
        hits.add(Hit(group, start, end))


def _crosses_punctuation(found: str) -> bool:
    """Whether punctuation parts the words of a phrase; a dot or comma within a number does not."""
    if _BREAKS.isdisjoint(found):
        return False
    return re.search(r"[,.;:!?،؛؟](?!\w)", found) is not None


def _check(padded: str, start: int, end: int, term: Term) -> tuple[int, int] | None:
    """The span in `padded` that `term` takes if the hit of its anchor at [start, end) is really the term."""
    first = term.first
    left = first.left
    if left is Left.BOUNDARY:
        start += 1
    elif left is Left.LATIN:
        before = padded[start - 1]
        if before.isascii() and before != " ":
            return None
    elif left is Left.CLITICS:
        word_start = padded.rfind(" ", 0, start + 1) + 1
        if padded[word_start:start] not in ARABIC_PREFIXES:
            return None
        start = word_start
    elif first.right in (Right.STEM, Right.ENDING):
        start = padded.rfind(" ", 0, start + 1) + 1
    stop = _word_end(padded, end, first)
    for word in term.rest:
        if stop < 0:
            return None
        stop = _next_word(padded, stop, word)
    return (start, stop) if stop >= 0 else None


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

