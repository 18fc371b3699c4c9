"""What an outlet changed in a text since a list was told of it: sentences that are new, sentences that are gone.

text then, text now ─► sentences only one of them has ─► enough words, another number, a negation? ─► Change
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from monitor.group.facts import negations_in, numbers_in
from monitor.group.words import sentences, tokens
from monitor.render.escape import shorten
from monitor.types.digest import Change

LEAST_WORDS, LEAST_SHARE = 4, 0.05
"""Words that came or went, in number and of the longer text, from which on an edit is worth telling. Chosen by hand: a
corrected letter is none, a further sentence of a short report is one."""
QUOTED = 160
"""Characters of a sentence that are quoted."""


def text_changes(before: str, now: str, *, language: str, quotable: int) -> tuple[Change, ...]:
    """The difference of two texts of one entry: the first sentence that came, and the first that went.

    Empty where only punctuation, case or a few words differ; another number or negation always counts. `quotable`:
    characters of a text that may be shown; of one that may not, it is only said that it changed.
    """
    old, new = _sentences(before), _sentences(now)
    gone = [one for one in old if one[1] not in {words for _, words in new}]
    came = [one for one in new if one[1] not in {words for _, words in old}]
    if not _matters(_words(gone), _words(came), max(len(_words(old)), len(_words(new))), language):
        return ()
    limit = min(QUOTED, quotable)
    if limit < 1:
        return (Change(kind="text"),)
    found = []
    if came:
        found.append(Change(kind="added", text=shorten(came[0][0], limit)))
    if gone:
        found.append(Change(kind="taken", text=shorten(gone[0][0], limit)))
    return tuple(found)


def _sentences(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Each sentence as one line, with its words, in the order of the text."""
    cut = [
        (" ".join(one.split()), tuple(tokens(one))) for part in text.split("\n") for one in sentences(part)
    ]
    return [(line, words) for line, words in cut if words]


def _words(some: Sequence[tuple[str, tuple[str, ...]]]) -> list[str]:
    return [word for _, words in some for word in words]


def _matters(gone: Sequence[str], came: Sequence[str], length: int, language: str) -> bool:
    left, right = Counter(gone), Counter(came)
    changed = (left - right).total() + (right - left).total()
    if min(len(gone), len(came)) >= LEAST_WORDS and Counter(numbers_in(gone)) != Counter(numbers_in(came)):
        return True
    if negations_in(gone, language) != negations_in(came, language):
        return True
    return changed >= max(LEAST_WORDS, LEAST_SHARE * length)
