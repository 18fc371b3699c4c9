"""The views of the contract, one module a subject. Views are code: every upgrade makes them anew at the head.

Each module has `views(dialect)`, name to SELECT. What the databases spell differently is in `spell.py`.
"""

from __future__ import annotations

import datetime as dt
import hashlib

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.store.schema.operations import settings
from monitor.store.views import articles, claims, entries, operations, stories, trends

SETTING = "views_sha256"


def definitions(dialect: str) -> dict[str, str]:
    """View name to its SELECT, in an order in which each finds those it reads."""
    views: dict[str, str] = {}
    for module in (entries, articles, stories, trends, claims, operations):
        views |= module.views(dialect)
    return views


def views_fingerprint(dialect: str) -> str:
    """SHA-256 of all definitions: tells whether the database has those of this program."""
    joined = "\n".join(f"{name}\n{body}" for name, body in definitions(dialect).items())
    return hashlib.sha256(joined.encode()).hexdigest()


def views_in_place(connection: Connection) -> str | None:
    """The fingerprint of the views that the database has."""
    found: str | None = connection.execute(
        sa.select(settings.c.value).where(settings.c.key == SETTING)
    ).scalar_one_or_none()
    return found


def drop_views(connection: Connection) -> None:
    """Drop every `report_` view, those of other versions too."""
    names = [name for name in sa.inspect(connection).get_view_names() if name.startswith("report_")]
    cascade = " CASCADE" if connection.dialect.name == "postgresql" else ""
    for name in names:
        connection.execute(sa.text(f'DROP VIEW IF EXISTS "{name}"{cascade}'))


def create_views(connection: Connection, now: dt.datetime) -> None:
    """Make all views and note which they are."""
    dialect = connection.dialect.name
    for name, body in definitions(dialect).items():
        connection.exec_driver_sql(f"CREATE VIEW {name} AS\n{body}")
    connection.execute(sa.delete(settings).where(settings.c.key == SETTING))
    fingerprint = {"key": SETTING, "value": views_fingerprint(dialect), "updated_at": now}
    connection.execute(sa.insert(settings), fingerprint)
