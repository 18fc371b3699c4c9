"""Spans in a text: which lie within others, and how many words part two. Each answer takes logarithmic time."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate

from monitor.annotate.matcher import Hit

_WORD = re.compile(r"\S+")
_IDEOGRAPH = re.compile("[\u3400-\u9fff]")


class Covers:
    """Spans that may hide others."""

    def __init__(self, spans: Iterable[Hit]) -> None:
        ordered = sorted({(span.start, span.end) for span in spans})
        self._starts = [start for start, _ in ordered]
        self._furthest = list(accumulate((end for _, end in ordered), max))

    def __bool__(self) -> bool:
        return bool(self._starts)

    def hide(self, hit: Hit) -> bool:
        """Whether `hit` lies within one of the spans."""
        before = bisect_right(self._starts, hit.start)
        return before > 0 and self._furthest[before - 1] >= hit.end

    def exceed(self, hit: Hit) -> bool:
        """Whether `hit` lies within one of the spans that is longer."""
        earlier = bisect_left(self._starts, hit.start)
        if earlier > 0 and self._furthest[earlier - 1] >= hit.end:
            return True
        # of those that begin with it the last is the longest, and none before them reaches its end
        before = bisect_right(self._starts, hit.start)
        return before > earlier and self._furthest[before - 1] > hit.end


class Distances:
    """Counts the words between two hits of one text; two ideographs count as a word."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _words(self) -> list[int]:
        return [found.start() for found in _WORD.finditer(self._text)]

    @cached_property
    def _ideographs(self) -> list[int]:
        return [found.start() for found in _IDEOGRAPH.finditer(self._text)]

    def words(self, one: Hit, other: Hit) -> int:
        """Words between two hits that do not overlap."""
        first, second = (one, other) if one.start <= other.start else (other, one)
        start, end = first.end, second.start
        if start >= end:
            return 0
        ideographs = bisect_left(self._ideographs, end) - bisect_left(self._ideographs, start)
        if ideographs * 2 > end - start:
            return ideographs // 2
        begun = bisect_left(self._words, end) - bisect_left(self._words, start)
        return begun + self._within_word(start)

    def _within_word(self, place: int) -> bool:
        text = self._text
        return 0 < place < len(text) and not text[place].isspace() and not text[place - 1].isspace()
