"""Finds all terms of a taxonomy, a gazetteer and a lexicon in one pass over the folded text.

    text ──► fold ─┬─► words, each looked up among those met before ──┬─► what follows? ──► hits by group
                   └─► runs of ideographs, by one Aho-Corasick ───────┘

Where a script has words, what a word can begin is worked out once, by an automaton and the checks of endings, and
remembered: most words of a text are met every day. Where it has none (Chinese, and Latin letters among ideographs) the
automaton reads the text itself. No pattern can run away: time is linear in the text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from monitor.annotate.collecting import not_collecting
from monitor.annotate.following import (
    LONGEST,
    Candidate,
    Candidates,
    crosses_punctuation,
    end_of,
    word_end,
    word_start,
)
from monitor.annotate.inflect import is_unspaced
from monitor.annotate.terms import Left, Right, Term, Word, parse_term
from monitor.text.fold import fold
from monitor.types.taxonomy import ANY_LANGUAGE, TermGroup

REMEMBERED = 40_000
"""Words remembered at most, some 10 MB; beyond that all are forgotten and learnt again."""

_new = tuple.__new__  # half the time of calling a named tuple, which is most of what a hit costs

_Follows = dict[tuple[tuple[Word, ...], str], list[int]]
_Meaning = tuple[int, Candidates]
"""How long the first word of some terms is within a word of the text, and what may follow it."""


class Hit(NamedTuple):
    """A term found: number of its group, half-open span in the original text."""

    group: int
    start: int
    end: int


class Matcher:
    """Finds the terms of `groups` for texts of the given languages. It remembers words: one for each thread."""

    def __init__(self, groups: Sequence[TermGroup], languages: Iterable[str]) -> None:
        with not_collecting():
            self._words, self._runs = _compiled(groups, sorted(set(languages) - {ANY_LANGUAGE}))
        self._known: dict[str, tuple[_Meaning, ...]] = {}

    def find(self, text: str) -> list[Hit]:
        """All hits in `text`, in no order; a term within a longer one is found too."""
        search = _Search(text)
        if self._words:
            self._find_words(search)
        if self._runs:
            for begin, stop, candidates in self._runs.places(search.padded):
                if candidates.plain:
                    search.alone(begin, stop, candidates.plain)
                if candidates.closed or candidates.loose:
                    for candidate in candidates.at(search.padded, stop):
                        search.complete(begin, stop, candidate)
        return list(dict.fromkeys(search.hits))

    def _find_words(self, search: _Search) -> None:
        words = search.folded.text.split(" ")
        self._learn(words)
        known = self._known
        begin = 1
        for number, word in enumerate(words):
            for length, candidates in known[word]:
                if candidates.plain:
                    search.alone(begin, begin + length, candidates.plain)
                if candidates.closed or candidates.loose:
                    for candidate in candidates.before(_following(words, number)):
                        search.complete(begin, begin + length, candidate)
            begin += len(word) + 1

    def _learn(self, words: Collection[str]) -> None:
        """Remember what each of `words` can begin."""
        unknown = set(words).difference(self._known)
        if len(self._known) + len(unknown) > REMEMBERED:
            self._known.clear()
            unknown = set(words)
        if unknown:
            self._known.update(self._words.meanings(unknown))


class _Search:
    """A text being read: its folded forms, and the hits found so far."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.folded = fold(text)
        self.padded = f" {self.folded.text} "
        self.hits: list[Hit] = []

    def alone(self, begin: int, stop: int, groups: tuple[int, ...]) -> None:
        """Add a hit of each of `groups` at a span of the padded text."""
        places = self.folded.places
        if places is None:
            start, end = begin - 1, stop - 1
        else:
            start, end = int(places[begin - 1]), int(places[stop - 2]) + 1
        for group in groups:
            self.hits.append(_new(Hit, (group, start, end)))

    def complete(self, begin: int, stop: int, candidate: Candidate) -> None:
        """Add the hits of `candidate` if its other words follow the first one, which is at [begin, stop)."""
        last = end_of(self.padded, stop, candidate)
        if last < 0:
            return
        start, end = self.folded.span(begin - 1, last - 1)
        if candidate.capitals and not self.text.startswith(candidate.capitals, start):
            return
        if candidate.rest and crosses_punctuation(self.text[start:end]):
            return
        for group in candidate.groups:
            self.hits.append(Hit(group, start, end))


class _FirstWords:
    """The first words of terms, found by one automaton over their literals."""

    def __init__(self, terms: Mapping[Word, _Follows]) -> None:
        by_anchor: dict[str, list[tuple[Word, list[Candidate]]]] = {}
        for word, follows in terms.items():
            anchor = f" {word.literal}" if word.left is Left.BOUNDARY else word.literal
            candidates = [
                Candidate(rest, capitals, tuple(groups), rest[0].literal if rest else "")
                for (rest, capitals), groups in follows.items()
            ]
            by_anchor.setdefault(anchor, []).append((word, candidates))
        self._entries = [
            tuple((word, candidates, Candidates(candidates)) for word, candidates in listed)
            for listed in by_anchor.values()
        ]
        self._automaton = AhoCorasick(list(by_anchor), matchkind=MatchKind.Standard) if by_anchor else None

    def __bool__(self) -> bool:
        return self._automaton is not None

    def places(self, padded: str) -> Iterator[tuple[int, int, Candidates]]:
        """Where first words stand in a padded text: half-open spans with the terms that they begin."""
        for begin, stop, _, candidates in self._places(padded):
            yield begin, stop, candidates

    def _places(self, padded: str) -> Iterator[tuple[int, int, list[Candidate], Candidates]]:
        if self._automaton is None:
            return
        for number, start, end in self._automaton.find_matches_as_indexes(padded, overlapping=True):
            for word, listed, candidates in self._entries[number]:
                if word.left is Left.FREE and word.right is Right.FREE:
                    yield start, end, listed, candidates
                    continue
                begin = word_start(padded, start + (word.left is Left.BOUNDARY), word)
                stop = word_end(padded, end, word) if begin >= 0 else -1
                if stop >= 0:
                    yield begin, stop, listed, candidates

    def meanings(self, words: Iterable[str]) -> dict[str, tuple[_Meaning, ...]]:
        """What each of `words` can begin, if it begins anything: one of each length."""
        found: dict[str, dict[int, list[Candidate]]] = {word: {} for word in words}
        padded = f" {' '.join(word for word in found if len(word) <= LONGEST)} "
        for begin, stop, listed, _ in self._places(padded):
            found[padded[begin : padded.find(" ", begin)]].setdefault(stop - begin, []).extend(listed)
        return {
            word: tuple((length, Candidates(listed)) for length, listed in by_length.items())
            for word, by_length in found.items()
        }


def _following(words: Sequence[str], number: int) -> str:
    """The next word; a quote or a hyphen may stand before it, which leaves nothing between two spaces."""
    for word in words[number + 1 : number + 3]:
        if word:
            return word
    return ""


def _compiled(groups: Sequence[TermGroup], languages: Sequence[str]) -> tuple[_FirstWords, _FirstWords]:
    """First words to be looked up among the words of a text, and those to be looked for in the text itself."""
    latin_free = any(is_unspaced(language) or language == "ko" for language in languages)
    words: dict[Word, _Follows] = {}
    runs: dict[Word, _Follows] = {}
    for number, group in enumerate(groups):
        for language in (*languages, ANY_LANGUAGE):
            for text in group.terms.get(language, ()):
                for term in _parsed(text, language, latin_free):
                    _add(runs if _in_runs(term.first, language) else words, term, number)
    return _FirstWords(words), _FirstWords(runs)


def _in_runs(word: Word, language: str) -> bool:
    """Whether a first word is looked for in the text itself: it need not begin or end where a word does."""
    return (
        is_unspaced(language)
        or word.left is Left.LATIN
        or (word.left is Left.FREE and word.right in (Right.FREE, Right.LATIN))
    )


def _add(part: dict[Word, _Follows], term: Term, number: int) -> None:
    groups = part.setdefault(term.first, {}).setdefault((term.rest, term.capitals), [])
    if number not in groups:
        groups.append(number)


@lru_cache(maxsize=100_000)
def _parsed(text: str, language: str, latin_free: bool) -> tuple[Term, ...]:
    return tuple(parse_term(text, language, latin_free=latin_free))
