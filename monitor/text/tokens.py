"""Where sentences and words of a text begin, in ten languages, without a model."""

from __future__ import annotations

import re
from bisect import bisect_right

# A full stop ends a sentence where the next letter is no small one and what precedes it is more than an initial;
# Chinese, Arabic and Urdu marks and line breaks always do.
_END = re.compile(
    r"(?<![\s.(][^\W\d_])[.!?…]+[\"'»”’)\]]*\s+(?=[^\sa-zß-öø-ÿа-яёіїєґ])"
    r"|[。！？；۔؟]+[”’」』）\"]*\s*"
    r"|\s*\n+\s*"
)
_WORD = re.compile(r"[^\W_]+")


def sentence_starts(text: str) -> list[int]:
    """Code-point offsets at which sentences of `text` begin, ascending; the first is 0."""
    starts = [0]
    for found in _END.finditer(text):
        if starts[-1] < found.end() < len(text):
            starts.append(found.end())
    return starts


def sentence_of(starts: list[int], offset: int) -> int:
    """The number of the sentence that holds `offset`, given what `sentence_starts` returned."""
    return bisect_right(starts, offset) - 1


def words(text: str) -> list[str]:
    """Runs of letters and digits, lower case. Chinese comes as whole runs: it has no spaces."""
    return [found.group().lower() for found in _WORD.finditer(text)]
