"""The column types as revision 0001 knew them, apart from those of `monitor.store`, which may change."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa


def Id() -> sa.types.TypeEngine[Any]:  # noqa: N802 - reads as a type
    """64-bit key; INTEGER on SQLite makes it the row id."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def Utc() -> sa.types.TypeEngine[Any]:  # noqa: N802 - reads as a type
    """timestamptz; on SQLite text that sorts as time."""
    return sa.TIMESTAMP(timezone=True).with_variant(sa.String(27), "sqlite")


def where(condition: str) -> dict[str, Any]:
    """A partial index on both databases."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
