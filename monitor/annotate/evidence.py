"""Whether a rule holds in a text, and which terms bear it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from monitor.annotate.compiled import CompiledRule
from monitor.annotate.matcher import Hit
from monitor.annotate.spans import Covers, Distances
from monitor.text.tokens import sentence_of, sentence_starts

LEAD = 2
"""Sentences, a title counted as one, in which a report says what it is about. A post without a title takes one more:
its first line is often two."""
LONG = 5
"""From so many sentences on, a subject that the lead does not name and that fills one sentence is mentioned in passing,
unless that is an item of a list."""
_MOST = 6
"""In a text of twice as many sentences or more, one sentence in so many is still in passing."""
_HEADLINE = 40
"""Characters that a first sentence has at least to be a headline: "Defence ministry:" goes on in the next."""
_ITEM = re.compile(r"[\W_]*[▪•●◾◽◼◻▫🔹🔸🔻🔺📑📍✔✅➡👉][\W_]*|[*·–—-]\s|\d{1,2}[.)]\s")
"""How an item of a list begins: it is a subject of its own."""
_MANY = 12
"""Hits of one item tried per sentence: a sentence with more says nothing new, and trying all would be slow."""


MOST_WORK = 40_000
"""Hits that the rules of one topic look at in one text, each as often as a rule does: below 100 ms. The densest of
the project's own texts of 2,100 characters takes 4,500. A term that stands for every word goes beyond; the topic is
then not judged in that text."""


class Evidence:
    """The hits of one text, by group, with its sentences where a rule asks for them.

    `title_end` is where the title ends in `text`; hits before it belong to the title.
    """

    def __init__(self, text: str, title_end: int, hits: Iterable[Hit]) -> None:
        self.text = text
        self.title_end = title_end
        self.by_group: dict[int, list[Hit]] = defaultdict(list)
        self.present = 0
        for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
            self.by_group[hit.group].append(hit)
            self.present |= 1 << hit.group
        self.work = 0
        self._starts: list[int] | None = None
        self._distances = Distances(text)

    def without(self, masks: Sequence[int]) -> Evidence:
        """The same without hits that lie within a hit of one of the groups `masks`."""
        covers = Covers(hit for number in masks for hit in self.by_group.get(number, ()))
        if not covers:
            return self
        hidden = set(masks)
        kept = [
            hit
            for hits in self.by_group.values()
            for hit in hits
            if hit.group in hidden or not covers.hide(hit)
        ]
        other = Evidence(self.text, self.title_end, kept)
        other._starts, other._distances = self._starts, self._distances
        return other

    def bearing(self, rule: CompiledRule) -> list[Hit]:
        """The hits that make `rule` hold, empty if it does not, or if looking would be more work than is allowed."""
        if not rule.possible(self.present):
            return []
        groups = (*(number for item in rule.items for number in item), *rule.unless_near)
        self.work += sum(len(self.by_group.get(number, ())) for number in groups)
        if self.work > MOST_WORK:
            return []
        items = [self._of(item, rule) for item in rule.items]
        if not all(items):
            return []
        if rule.rule.within == "sentence" or rule.rule.words is not None:
            return self._near(rule, items)
        found = sorted({hit for item in items for hit in item}, key=lambda hit: hit.start)
        enough = len({hit.start for hit in found}) >= max(rule.rule.minimum, 1)
        return found if enough and (len(items) == 1 or _apart(items, self._distances, None)) else []

    def _of(self, item: tuple[int, ...], rule: CompiledRule) -> list[Hit]:
        hits = [hit for number in item for hit in self.by_group.get(number, ())]
        if rule.rule.field == "title":
            hits = [hit for hit in hits if hit.start < self.title_end]
        elif rule.rule.field == "body":
            hits = [hit for hit in hits if hit.start >= self.title_end]
        if rule.unless_near and hits:
            against = {self.sentence(hit) for n in rule.unless_near for hit in self.by_group.get(n, ())}
            hits = [hit for hit in hits if self.sentence(hit) not in against] if against else hits
        return hits

    def _near(self, rule: CompiledRule, items: list[list[Hit]]) -> list[Hit]:
        sentences: list[dict[int, list[Hit]]] = []
        for item in items:
            by_sentence: dict[int, list[Hit]] = defaultdict(list)
            for hit in item:
                by_sentence[self.sentence(hit)].append(hit)
            sentences.append(by_sentence)
        found: list[Hit] = []
        count = 0
        for number in sorted(set.intersection(*(set(by_sentence) for by_sentence in sentences))):
            here = _own_places([by_sentence[number] for by_sentence in sentences])
            if _apart(here, self._distances, rule.rule.words):
                count += 1
                found.extend(hit for item in here for hit in item)
        if count < max(rule.rule.minimum, 1):
            return []
        return sorted(set(found), key=lambda hit: hit.start)

    def sentence(self, hit: Hit) -> int:
        """The number of the sentence that `hit` begins in."""
        return sentence_of(self._sentences(), hit.start)

    def headline_end(self) -> int:
        """Where the title ends or, in a text without one, its first sentence."""
        if self.title_end:
            return self.title_end
        return next((start for start in self._sentences() if start >= _HEADLINE), len(self.text))

    def in_passing(self, hits: Iterable[Hit]) -> bool:
        """Whether `hits` are all after the lead, in one sentence (in a long text a few), and no item of a list."""
        starts = self._sentences()
        if len(starts) < LONG:
            return False
        found = {self.sentence(hit) for hit in hits}
        most = max(1, len(starts) // _MOST)
        lead = LEAD if self.title_end else LEAD + 1
        if not found or len(found) > most or min(found) < lead:
            return False
        return not any(_ITEM.match(self.text, starts[number]) for number in found)

    def _sentences(self) -> list[int]:
        if self._starts is None:
            self._starts = sentence_starts(self.text)
        return self._starts


def _own_places(items: list[list[Hit]]) -> list[list[Hit]]:
    """The items without hits that are only part of another item's: the attack in "attack drone" is no attack."""
    others = [Covers(hit for other in items if other is not item for hit in other) for item in items]
    return [
        [hit for hit in item if not covers.exceed(hit)] for item, covers in zip(items, others, strict=True)
    ]


def _apart(
    items: Sequence[list[Hit]], distances: Distances, words: int | None, chosen: tuple[Hit, ...] = ()
) -> bool:
    """Whether one hit of each item can be chosen so that none overlap and, if asked, all stand within `words`."""
    if len(chosen) == len(items):
        return True
    for hit in items[len(chosen)][:_MANY]:
        if all(hit.end <= other.start or other.end <= hit.start for other in chosen):
            close = words is None or all(distances.words(hit, other) <= words for other in chosen)
            if close and _apart(items, distances, words, (*chosen, hit)):
                return True
    return False
