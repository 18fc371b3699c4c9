"""Texts as the tokens that search finds them by, the same on every database, in every script.

    text ──► fold ──► runs of letters or digits ──► tokens, each with its place in the text

- Folding joins spellings (ё/е, ي/ی, ك/ک, أ/ا, full-width and traditional forms); see `monitor.text.fold`.
- Latin letters lose their accents: frégate, fregate.
- Letters and digits part: `F-16`, `F16` and `f 16` are the tokens `f`, `16`.
- Chinese and Japanese have no spaces: a run becomes its pairs of neighbours and then its last character, so that
  a word of two characters is one token, a longer one a phrase of pairs, and a single character a prefix.
- Arabic words lose the article with what is written to it (ال, وال, بال, لل), so that العقوبات and بالعقوبات are
  found by عقوبات. Persian words that begin so lose it alike, in texts and in queries.
- Korean words lose one particle (는, 을, 에서, …) where two syllables are left.

A token may be cut short at `LONGEST`; a text at `MOST` tokens, which is as far as PostgreSQL counts places; a token
that stands over `OFTEN` times is a blank from then on, for the same reason.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from monitor.text.fold import fold

VERSION: Final = "1"
"""Changed with every change of what becomes a token: documents of another version are indexed again."""

LONGEST: Final = 64
MOST: Final = 8_000
OFTEN: Final = 200
BLANK: Final = "\ue000"
"""Stands for a token left out, so that the places of the others hold; no query has it."""

_CJK: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff"
_HANGUL: Final = "\uac00-\ud7a3"
_ARABIC: Final = "\u0600-\u06ff\u0750-\u077f"
# one script's letters, or digits; a word of several scripts parts where they meet
_RUN: Final = re.compile(rf"[{_CJK}]+|[{_HANGUL}]+|[0-9]+|[^\W\d_{_CJK}{_HANGUL}]+")
_IS_CJK: Final = re.compile(f"[{_CJK}]")
_IS_HANGUL: Final = re.compile(f"[{_HANGUL}]")
_ARTICLE: Final = re.compile(rf"(?:[وف]?[بك]?ال|[وف]?لل)(?=[{_ARABIC}]{{3}})")
_PARTICLE: Final = re.compile(
    "(?<=..)(?:에서는|에서도|에게서|으로는|으로도|으로서|으로써|까지는|부터는|에서|에게|에는|에도|으로|까지|부터|께서|"
    "한테|처럼|보다|라고|이라|은|는|이|가|을|를|의|에|로|와|과|도|만)$"
)

_UNMARKED: Final = {
    code: unicodedata.normalize("NFD", chr(code))[0]
    for start, end in ((0xC0, 0x250), (0x1E00, 0x1F00))
    for code in range(start, end)
} | dict(zip(map(ord, "łøđħŧ"), "lodht", strict=True))


@dataclass(frozen=True, slots=True)
class Token:
    """A token and where it stands: code points, half-open, in the text given."""

    text: str
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a text, in order."""
    folded = fold(text)
    for run in _RUN.finditer(folded.text):
        for token, start, end in _of_run(run.group(), run.start()):
            yield Token(token[:LONGEST], *folded.span(start, end))


def _of_run(run: str, at: int) -> Iterator[tuple[str, int, int]]:
    if _IS_CJK.match(run):
        for place in range(len(run) - 1):
            yield run[place : place + 2], at + place, at + place + 2
        yield run[-1], at + len(run) - 1, at + len(run)
    elif _IS_HANGUL.match(run):
        yield _PARTICLE.sub("", run), at, at + len(run)
    else:
        article = _ARTICLE.match(run)
        word = run[article.end() :] if article else run
        yield word if word.isascii() else word.translate(_UNMARKED), at, at + len(run)


def document(text: str, most: int = MOST) -> list[str]:
    """The tokens to be indexed, in order; those past the bounds left out or blank."""
    seen: Counter[str] = Counter()
    listed: list[str] = []
    for token in tokens(text):
        if len(listed) == most:
            break
        seen[token.text] += 1
        listed.append(token.text if seen[token.text] <= OFTEN else BLANK)
    return listed


def phrase(text: str) -> tuple[tuple[str, ...], bool]:
    """The tokens of a word or phrase of a query, and whether the last is a prefix of what is looked for.

    A run of Chinese at the end goes on in the text: its last character is dropped, or where it is alone, a prefix. A
    single Korean word of two syllables or more is a prefix too: compounds are written without spaces.
    """
    found = list(tokens(text))
    if not found:
        return (), False
    last = found[-1].text
    if _IS_CJK.match(last):
        if len(found) > 1 and _IS_CJK.match(found[-2].text) and found[-2].end == found[-1].end:
            return tuple(token.text for token in found[:-1]), False
        return tuple(token.text for token in found), True
    listed = tuple(token.text for token in found)
    return listed, len(found) == 1 and bool(_IS_HANGUL.match(last)) and len(last) > 1
