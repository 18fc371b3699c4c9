"""The part of `Store` that keeps translations, so that none is asked for twice."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.store.engine import Database
from monitor.store.known import CHUNK, chunks
from monitor.store.schema.publishing import translations
from monitor.store.upsert import insert
from monitor.types.translation import Asked


class TranslationStore:
    """Translations by text, languages and engine; `Store` is the whole."""

    _database: Database

    def known_translations(self, asked: Collection[Asked], target: str, engine: str) -> dict[Asked, str]:
        """Those of `asked` that this engine has translated before."""
        return self._database.read(lambda c: _known(c, asked, target, engine))

    def save_translations(
        self, made: Mapping[Asked, str], target: str, engine: str, *, now: dt.datetime
    ) -> None:
        """Keep translations; one that is there already stays as it is."""
        rows = [
            {"text_sha256": _mark(one), "source": one.source, "target": target, "engine": engine,
             "translation": text, "made_at": now}
            for one, text in made.items()
        ]  # fmt: skip
        if rows:
            self._database.write(lambda c: c.execute(insert(c, translations).on_conflict_do_nothing(), rows))


def _known(connection: Connection, asked: Collection[Asked], target: str, engine: str) -> dict[Asked, str]:
    marks = {_mark(one): one for one in asked}
    found: dict[Asked, str] = {}
    for chunk in chunks(sorted(marks), CHUNK):
        query = sa.select(translations).where(
            translations.c.text_sha256.in_(chunk),
            translations.c.target == target,
            translations.c.engine == engine,
        )
        for row in connection.execute(query):
            if marks[row.text_sha256].source == row.source:
                found[marks[row.text_sha256]] = row.translation
    return found


def _mark(one: Asked) -> str:
    return hashlib.sha256(one.text.encode()).hexdigest()
