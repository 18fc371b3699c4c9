"""What the two databases spell differently in a view."""

from __future__ import annotations


def json_list(expression: str, rows: str, dialect: str) -> str:
    """A sorted JSON list, as text, of the distinct values of `expression` over `rows` (FROM and WHERE).

    The values must need no escaping in JSON (codes and slugs do not).
    """
    return _listed(f"""'"' || {expression} || '"'""", rows, dialect)


def json_texts(expression: str, rows: str, dialect: str) -> str:
    """The same of any text: what JSON wants escaped is."""
    if dialect == "postgresql":
        return _listed(f"to_json(({expression})::text)::text", rows, dialect)
    return _listed(f"json_quote({expression})", rows, dialect)


def _listed(quoted: str, rows: str, dialect: str) -> str:
    if dialect == "postgresql":
        inner = f"SELECT string_agg(DISTINCT {quoted}, ',' ORDER BY {quoted}) {rows}"
    else:
        listed = f"SELECT DISTINCT {quoted} AS quoted {rows} ORDER BY 1"
        inner = f"SELECT group_concat(quoted, ',') FROM ({listed})"  # noqa: S608 - constants
    return f"('[' || COALESCE(({inner}), '') || ']')"


def days_before(time: str, days: int, dialect: str) -> str:
    """`time` less so many days, comparable with a stored time."""
    if dialect == "postgresql":
        return f"({time} - INTERVAL '{days} days')"
    return f"strftime('%Y-%m-%dT%H:%M:%fZ', {time}, '-{days} days')"


def maximum(first: str, second: str, dialect: str) -> str:
    """The larger of two, one of which may be null."""
    name = "GREATEST" if dialect == "postgresql" else "MAX"
    return f"{name}(COALESCE({first}, {second}), COALESCE({second}, {first}))"


def day_of(time: str, dialect: str) -> str:
    """The UTC date of a stored time."""
    if dialect == "postgresql":
        return f"(({time}) AT TIME ZONE 'UTC')::date"
    return f"substr({time}, 1, 10)"
