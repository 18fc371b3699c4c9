"""Where in a text the words of a query stand, and an excerpt around the first of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from monitor.text.searching import Token, tokens
from monitor.types.search import AnyOf, Field, Mark, Phrase, Query

EXCERPT: Final = 240
"""Code points of an excerpt."""
BEFORE: Final = 60
"""Of them before the first mark."""


def marks(query: Query, title: str, body: str) -> tuple[Mark, ...]:
    """Every place where a wanted phrase of the query stands, in order, title first; overlaps are one."""
    wanted = tuple(_phrases(query))
    found: list[Mark] = []
    fields: tuple[tuple[Field, str], ...] = (("title", title), ("body", body))
    for field, text in fields:
        listed = list(tokens(text))
        own = [phrase for phrase in wanted if phrase.field in {None, field}]
        spans = sorted({span for phrase in own for span in _spans(phrase, listed)})
        found += [Mark(field=field, start=start, end=end) for start, end in _merged(spans)]
    return tuple(found)


def _phrases(query: Query) -> Iterator[Phrase]:
    if isinstance(query, Phrase):
        yield query
        return
    for one in query.choices if isinstance(query, AnyOf) else query.wanted:
        yield from _phrases(one)


def _spans(phrase: Phrase, listed: Sequence[Token]) -> Iterator[tuple[int, int]]:
    size = len(phrase.tokens)
    for place in range(len(listed) - size + 1):
        part = listed[place : place + size]
        if all(_meets(phrase, number, token.text) for number, token in enumerate(part)):
            last = part[-1]
            # of a pair of characters that only begins with what was looked for, the first alone
            cut = (
                phrase.prefix
                and len(phrase.tokens[-1]) == 1
                and "\u3040" <= phrase.tokens[-1] <= "\U0002ffff"
            )
            hangul = "\uac00" <= phrase.tokens[-1][0] <= "\ud7a3"
            yield part[0].start, last.start + 1 if cut and not hangul else last.end


def _meets(phrase: Phrase, number: int, token: str) -> bool:
    wanted = phrase.tokens[number]
    if phrase.prefix and number == len(phrase.tokens) - 1:
        return token.startswith(wanted)
    return token == wanted


def _merged(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    open_span: tuple[int, int] | None = None
    for start, end in spans:
        if open_span is not None and start <= open_span[1]:
            open_span = open_span[0], max(open_span[1], end)
            continue
        if open_span is not None:
            yield open_span
        open_span = start, end
    if open_span is not None:
        yield open_span


def excerpt(body: str, found: Sequence[Mark]) -> tuple[str, int]:
    """About `EXCERPT` code points of the body around its first mark (else its beginning), and where they start."""
    first = next((mark.start for mark in found if mark.field == "body"), 0)
    start = max(0, first - BEFORE)
    if start:
        blank = body.find(" ", start, first)
        start = blank + 1 if blank >= 0 else start
    end = min(len(body), start + EXCERPT)
    if end < len(body):
        blank = body.rfind(" ", start + EXCERPT // 2, end)
        end = blank if blank > 0 else end
    return body[start:end], start
