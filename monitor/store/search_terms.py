"""A query in the words of each database's full-text index, and the tokens that filters are found by."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterator
from typing import Final

from monitor.types.search import AnyOf, Phrase, Query

META: Final = "\ue001"
"""Begins every token of `meta`: no text and no query has it."""
MONTHS: Final = 60
"""A window of more months than these is left to the comparison of times."""


def label(kind: str, value: object) -> str:
    """A token for a filter's value, whatever characters it has."""
    return META + kind + hashlib.blake2s(str(value).encode(), digest_size=6).hexdigest()


def month(day: dt.date) -> str:
    """The token of a day's month."""
    return f"{META}m{day.year:04d}{day.month:02d}"


def months(since: dt.datetime | None, until: dt.datetime | None, last: dt.datetime) -> list[str]:
    """Tokens of the months that a window touches, and one beside it; empty where there is no lower bound, or too many.

    One more on either side, for an edit may have moved a date by a little without a new text.
    """
    if since is None:
        return []
    end = (until or last).date()
    first, final = since.year * 12 + since.month - 2, end.year * 12 + end.month
    if final - first > MONTHS:
        return []
    return [f"{META}m{number // 12:04d}{number % 12 + 1:02d}" for number in range(first, final + 1)]


def fts5(query: Query, groups: Collection[Collection[str]]) -> str:
    """The MATCH of SQLite's FTS5: the query, and one token of each group."""
    parts = [f"{{title body}} : ({_fts5(query)})"]
    parts += [f"meta : ({' OR '.join(_quoted(token) for token in group)})" for group in groups]
    return " AND ".join(f"({part})" for part in parts)


def _fts5(query: Query) -> str:
    if isinstance(query, Phrase):
        text = _quoted(" ".join(query.tokens)) + (" *" if query.prefix else "")
        return f"{query.field} : {text}" if query.field else text
    if isinstance(query, AnyOf):
        return " OR ".join(f"({_fts5(one)})" for one in query.choices)
    wanted = " AND ".join(f"({_fts5(one)})" for one in query.wanted)
    return " NOT ".join([f"({wanted})", *(f"({_fts5(one)})" for one in query.unwanted)])


def _quoted(token: str) -> str:
    return '"' + token.replace('"', '""') + '"'


WEIGHTS: Final = {"title": "A", "body": "B"}


def tsquery(query: Query, groups: Collection[Collection[str]]) -> str:
    """The tsquery of PostgreSQL: the same."""
    parts = [_tsquery(query)]
    parts += [" | ".join(_lexeme(token) for token in group) for group in groups]
    return " & ".join(f"({part})" for part in parts)


def _tsquery(query: Query) -> str:
    if isinstance(query, Phrase):
        weight = WEIGHTS.get(query.field or "", "")
        last = len(query.tokens) - 1
        words = []
        for place, token in enumerate(query.tokens):
            flags = ("*" if query.prefix and place == last else "") + weight
            words.append(_lexeme(token) + (f":{flags}" if flags else ""))
        return " <-> ".join(words)
    if isinstance(query, AnyOf):
        return " | ".join(f"({_tsquery(one)})" for one in query.choices)
    parts = [f"({_tsquery(one)})" for one in query.wanted]
    return " & ".join([*parts, *(f"!({_tsquery(one)})" for one in query.unwanted)])


def _lexeme(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"


def tsvector(title: Collection[str], body: Collection[str], meta: Collection[str]) -> str:
    """A tsvector as text: places of the title's tokens, then after a gap those of the body's; `meta` without."""
    return " ".join(_vector(title, body, meta))


GAP: Final = 16
"""Places between title and body, so that no phrase runs from one into the other."""


def _vector(title: Collection[str], body: Collection[str], meta: Collection[str]) -> Iterator[str]:
    places: dict[str, list[str]] = {}
    for start, tokens, weight in ((1, title, "A"), (len(title) + GAP, body, "B")):
        for place, token in enumerate(tokens, start):
            places.setdefault(token, []).append(f"{place}{weight}")
    for token, listed in places.items():
        yield f"{_lexeme(token)}:{','.join(listed)}"
    yield from (_lexeme(token) for token in meta)
