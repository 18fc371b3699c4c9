"""A query as people write it, read by luqum (Lucene's syntax) into what the databases are asked.

    sanctions AND ("arms deal" OR missil*) NOT drill        words side by side must all be there
    title:F-16    +must -mustnot    制裁    عقوبات

Case of AND, OR, NOT matters. What Lucene has and this has not (ranges, fuzzy words, boosts, patterns inside words) is
refused with a word on what to write.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from luqum import tree
from luqum.exceptions import IllegalCharacterError, ParseError
from luqum.parser import parser

from monitor.errors import UsageError
from monitor.text.searching import phrase
from monitor.types.search import AllOf, AnyOf, Field, Phrase, Query

LONGEST: Final = 1_000
"""Characters of a query."""
FIELDS: Final[dict[str, Field]] = {"title": "title", "body": "body"}


class _Not:
    """A query that must not be met; only beside one that must."""

    def __init__(self, query: Query) -> None:
        self.query = query


def parse(text: str) -> Query:
    """What a query asks for. UsageError says what is wrong with it, and what to write instead."""
    if not text.strip():
        raise UsageError("the query is empty", hint='write words, "phrases", AND, OR, NOT, ( ) or prefix*')
    if len(text) > LONGEST:
        raise UsageError(f"the query has {len(text)} characters, at most {LONGEST} are read")
    try:
        parsed = parser.parse(_plain(text))
    except (ParseError, IllegalCharacterError) as error:
        raise UsageError(f"the query cannot be read: {_reason(error)}", hint=_HINT) from error
    made = _read(parsed, None)
    if isinstance(made, _Not):
        raise UsageError(
            "the query only says what must not be there", hint="name a word that must: ships NOT drill"
        )
    if made is None:
        raise UsageError("the query has no letter or digit to look for", hint='write words or "phrases"')
    return made


_HINT = 'quote phrases "like this", close every bracket, and put a word on both sides of AND and OR'


def _plain(text: str) -> str:
    """Typographic quotes as plain ones; the marks that Lucene gives a meaning and people do not, as blanks."""
    quotes = str.maketrans(
        {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "「": '"', "」": '"', "（": "(", "）": ")"}
    )
    return (
        text.translate(quotes)
        .replace("\u3000", " ")
        .replace("/", " ")
        .replace("&&", " AND ")
        .replace("||", " OR ")
    )


def _reason(error: Exception) -> str:
    message = str(error)
    if "unexpected" in message.lower() and "end" in message.lower():
        return "it ends too early"
    return message.splitlines()[0].rstrip(".")


Part = Query | _Not | None


def _read(node: Any, field: Field | None) -> Part:
    for kind, reader in _READERS:
        if isinstance(node, kind):
            return reader(node, field)
    name = type(node).__name__.lower()
    raise UsageError(f"{str(node).strip()!r} is a {name}, which this search has not", hint=_HINT)


def _word(node: Any, field: Field | None) -> Part:
    text = str(node.value)
    prefix = text.endswith("*")
    bare = text.rstrip("*")
    if "*" in bare or "?" in bare:
        raise UsageError(
            f"{text!r} has a * or ? inside a word",
            hint="only a prefix can be looked for: the * stands at the end",
        )
    if not bare:
        raise UsageError("a * alone is no word", hint="put it after the beginning of one: missil*")
    return _phrase(bare.replace("\\", ""), field, prefix=prefix)


def _quoted(node: Any, field: Field | None) -> Part:
    text = str(node.value)[1:-1]
    return _phrase(text.rstrip("*"), field, prefix=text.endswith("*"), exact=True)


def _phrase(text: str, field: Field | None, *, prefix: bool, exact: bool = False) -> Part:
    found, open_end = phrase(text)
    if not found:
        return None
    # a quoted Korean word is meant as it stands; a lone Chinese character has no token of its own
    alone = open_end and not (exact and "\uac00" <= found[-1][0] <= "\ud7a3")
    return Phrase(found, prefix or alone, field)


def _all(node: Any, field: Field | None) -> Part:
    return _joined([_read(child, field) for child in node.children])


def _joined(parts: list[Part]) -> Part:
    wanted: list[Query] = []
    unwanted: list[Query] = []
    for part in parts:
        if isinstance(part, _Not):
            unwanted.append(part.query)
        elif isinstance(part, AllOf):
            wanted += part.wanted
            unwanted += part.unwanted
        elif part is not None:
            wanted.append(part)
    if not wanted:
        if not unwanted:
            return None
        return _Not(unwanted[0] if len(unwanted) == 1 else AnyOf(tuple(unwanted)))
    if len(wanted) == 1 and not unwanted:
        return wanted[0]
    return AllOf(tuple(wanted), tuple(unwanted))


def _any(node: Any, field: Field | None) -> Part:
    parts = [_read(child, field) for child in node.children]
    if any(isinstance(part, _Not) for part in parts):
        raise UsageError("OR NOT would find nearly everything", hint="write a AND NOT b, or a OR b")
    choices: list[Query] = []
    for part in parts:
        if isinstance(part, AnyOf):
            choices += part.choices
        elif part is not None and not isinstance(part, _Not):
            choices.append(part)
    if not choices:
        return None
    return choices[0] if len(choices) == 1 else AnyOf(tuple(choices))


def _not(node: Any, field: Field | None) -> Part:
    part = _read(node.a, field)
    if isinstance(part, _Not):
        return part.query
    return None if part is None else _Not(part)


def _inner(node: Any, field: Field | None) -> Part:
    return _read(node.children[0], field)


def _field(node: Any, field: Field | None) -> Part:
    if node.name not in FIELDS:
        raise UsageError(
            f"there is no field {node.name!r}",
            hint="title: and body: can be named; language, outlet and topic are options (--lang, --outlet, --topic)",
        )
    del field
    return _read(node.expr, FIELDS[node.name])


_READERS: Final[tuple[tuple[Any, Callable[[Any, Field | None], Part]], ...]] = (
    (tree.Word, _word),
    (tree.Phrase, _quoted),
    (tree.OrOperation, _any),
    ((tree.AndOperation, tree.UnknownOperation), _all),
    ((tree.Not, tree.Prohibit), _not),
    ((tree.Plus, tree.Group, tree.FieldGroup), _inner),
    (tree.SearchField, _field),
)
