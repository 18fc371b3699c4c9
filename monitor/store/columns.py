"""Column types that mean the same on SQLite and PostgreSQL, and short names for the usual columns."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = sa.MetaData(naming_convention=NAMING)

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""64-bit everywhere; SQLite wants INTEGER to make it the row id."""


NUL = "text with a NUL character cannot be stored: clean it first (monitor.text)"

# The types override `bind_processor` itself rather than `process_bind_param`: a batch of fifty feeds binds some
# fifty thousand values, and the extra call for each is a fifth of the time.


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An aware time as UTC: timestamptz, on SQLite `YYYY-MM-DDTHH:MM:SS.ffffffZ`, which sorts as time."""

    impl = sa.String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type that the database knows."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(sa.String(27))

    def bind_processor(self, dialect: Dialect) -> Callable[[dt.datetime | None], Any]:
        """Refuse a time without a zone: it would be stored as if it were UTC."""
        return _aware if dialect.name == "postgresql" else _aware_text

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        """Give back aware UTC."""
        if value is None:
            return None
        parsed: dt.datetime = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
        return parsed.astimezone(dt.UTC)


def _aware(value: dt.datetime | None) -> dt.datetime | None:
    if value is not None and value.tzinfo is None:
        raise ValueError(f"a time without a time zone cannot be stored: {value.isoformat()}")
    return value


def _aware_text(value: dt.datetime | None) -> str | None:
    return None if _aware(value) is None or value is None else utc_text(value)


@lru_cache(maxsize=8192)
def utc_text(value: dt.datetime) -> str:
    """`YYYY-MM-DDTHH:MM:SS.ffffffZ` of an aware time."""
    return value.astimezone(dt.UTC).isoformat(timespec="microseconds")[:-6] + "Z"


class UtcSeconds(TypeDecorator[dt.datetime]):
    """An aware time as whole seconds since 1970, rounded down: for index rows, which are small."""

    impl = sa.BigInteger
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[dt.datetime | None], int | None]:
        """Refuse a time without a zone."""
        del dialect
        return _seconds

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        """Give back aware UTC."""
        return None if value is None else dt.datetime.fromtimestamp(value, dt.UTC)


@lru_cache(maxsize=8192)
def _seconds(value: dt.datetime | None) -> int | None:
    return None if _aware(value) is None or value is None else math.floor(value.timestamp())


class CleanText(sa.Text):
    """Text that both databases can hold. PostgreSQL has no NUL, so neither has SQLite here."""

    cache_ok = True
    __visit_name__ = "text"

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:
        """Refuse NUL with a plain word, before a driver does with another."""
        del dialect
        return _without_nul


def _without_nul(value: str | None) -> str | None:
    if value is not None and "\x00" in value:
        raise ValueError(NUL)
    return value


class JsonText(TypeDecorator[Any]):
    """A value as compact JSON text with sorted keys, the same characters on both databases."""

    impl = sa.Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str | None]:
        """Write the value; tuples become lists."""
        del dialect
        return _json

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read it back."""
        return None if value is None else json.loads(value)


class SortedJson(JsonText):
    """A list of strings as JSON text, sorted and without repeats (lists of the contract's views)."""

    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Iterable[str] | None], str | None]:
        """Sort, then write."""
        del dialect
        return _sorted_json


def _json(value: Any) -> str | None:
    return None if value is None else dumps(value)


def _sorted_json(value: Iterable[str] | None) -> str | None:
    return None if value is None else dumps(sorted(set(value)))


def dumps(value: Any) -> str:
    """Compact JSON with sorted keys. A NUL is refused, for text columns cannot hold its escape in jsonb."""
    if not value and isinstance(value, (tuple, list, dict)):
        return "{}" if isinstance(value, dict) else "[]"
    text = _ENCODER.encode(value)
    if "\\u0000" in text:
        raise ValueError(NUL)
    return text


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return utc_text(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, tuple):
        return list(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def pk() -> sa.Column[int]:
    """The surrogate key."""
    return sa.Column("id", BigId, primary_key=True)


def ref(name: str, target: str, *, null: bool = False, on_delete: str | None = "CASCADE") -> sa.Column[int]:
    """A foreign key by id. Rows go with their owner unless `on_delete` says otherwise."""
    return sa.Column(name, BigId, sa.ForeignKey(f"{target}.id", ondelete=on_delete), nullable=null)


def text(
    name: str, *, null: bool = False, default: str | None = None, primary: bool = False
) -> sa.Column[str]:
    """A text column; `default` is the server's."""
    server = sa.text("'" + default.replace("'", "''") + "'") if default is not None else None
    return sa.Column(name, CleanText(), nullable=null, server_default=server, primary_key=primary)


def number(name: str, *, null: bool = False, default: int | None = None) -> sa.Column[int]:
    """A 32-bit count."""
    server = sa.text(str(default)) if default is not None else None
    return sa.Column(name, sa.Integer(), nullable=null, server_default=server)


def big(name: str, *, null: bool = False, default: int | None = None) -> sa.Column[int]:
    """A 64-bit number that is no key: hashes, fences, views."""
    server = sa.text(str(default)) if default is not None else None
    return sa.Column(name, sa.BigInteger(), nullable=null, server_default=server)


def real(name: str, *, null: bool = False, default: float | None = None) -> sa.Column[float]:
    """A double."""
    server = sa.text(str(default)) if default is not None else None
    return sa.Column(name, sa.Double(), nullable=null, server_default=server)


def flag(name: str, *, default: bool = False) -> sa.Column[bool]:
    """True or false, never unknown."""
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.true() if default else sa.false())


def when(name: str, *, null: bool = False) -> sa.Column[dt.datetime]:
    """An aware UTC time."""
    return sa.Column(name, UtcDateTime(), nullable=null)


def day(name: str = "day", *, null: bool = False) -> sa.Column[dt.date]:
    """A UTC date."""
    return sa.Column(name, sa.Date(), nullable=null)


def listing(name: str) -> sa.Column[Any]:
    """A sorted list as JSON text, empty by default."""
    return sa.Column(name, SortedJson(), nullable=False, server_default=sa.text("'[]'"))


def json_list(name: str) -> sa.Column[Any]:
    """A list as JSON text whose order means something."""
    return sa.Column(name, JsonText(), nullable=False, server_default=sa.text("'[]'"))


def json_object(name: str) -> sa.Column[Any]:
    """An object as JSON text, empty by default."""
    return sa.Column(name, JsonText(), nullable=False, server_default=sa.text("'{}'"))


def one_of(column: str, *values: str) -> sa.CheckConstraint:
    """Only these values, under a name that an error message can show."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


def where(condition: str) -> dict[str, Any]:
    """A partial index on both databases."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
