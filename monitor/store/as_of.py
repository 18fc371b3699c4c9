"""The views as they were at a time T, from what history keeps.

Temporary tables and views of one connection stand before those of the database under the same names: `entries`,
`revisions`, `annotations`, `claims`, `stories` and others as of T, then every `report_` view from its one
definition (monitor/store/views). They end with the connection; nothing is written to the database.

What is exact and what is as it stands today: docs/explanation/versions.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection

from monitor.store import views
from monitor.store.columns import utc_text
from monitor.store.engine import connect
from monitor.store.frames import read, stream
from monitor.store.schema.analysis import annotated, watchlist_entries, watchlist_hits
from monitor.store.schema.articles import article_attempts, article_pages
from monitor.store.schema.claims import claims
from monitor.store.schema.entries import entries, revisions
from monitor.store.schema.grouping import stories
from monitor.store.schema.operations import decisions
from monitor.store.schema.sources import feeds, fetches
from monitor.store.views import counting
from monitor.store.views.spans import spans
from monitor.store.views.spell import day_of

if TYPE_CHECKING:
    import pandas as pd

# An entry's text at T: the article's if there was one, else the feed's newest. An annotation made later than that
# text came says better which one was current (a publisher may take an edit back, which makes no new revision).
_PLACED = """\
CREATE TEMPORARY TABLE as_of_entries AS
SELECT e.id, n.annotation_id, n.language,
       COALESCE(
         (SELECT a.revision_id FROM {db}annotations a
           WHERE a.id = n.annotation_id AND a.valid_from >= (
             SELECT MAX(r.observed_at) FROM {db}revisions r
              WHERE r.entry_id = e.id AND r.observed_at <= {at})),
         (SELECT r.id FROM {db}revisions r WHERE r.entry_id = e.id AND r.observed_at <= {at}
           ORDER BY CASE r.source WHEN 'article' THEN 0 ELSE 1 END, r.number DESC LIMIT 1)
       ) AS revision_id,
       COALESCE((SELECT m.story_id FROM {db}story_redirects m
                  WHERE m.old_id = d.story_id AND m.at <= {at}), d.story_id) AS story_id,
       e.effective_at
  FROM {db}entries e
  LEFT JOIN (SELECT a.id AS annotation_id, a.entry_id, a.language FROM {db}annotations a
              WHERE a.valid_from <= {at} AND (a.valid_to IS NULL OR a.valid_to > {at})) n ON n.entry_id = e.id
  LEFT JOIN (SELECT x.entry_id, x.story_id FROM {db}story_decisions x
               JOIN (SELECT entry_id, MAX(id) AS id FROM {db}story_decisions
                      WHERE decided_at <= {at} GROUP BY entry_id) y ON y.id = x.id) d ON d.entry_id = e.id
 WHERE e.observed_at <= {at}"""

_STORIES = """\
CREATE TEMPORARY TABLE as_of_stories AS
SELECT p.story_id AS id, f.id AS first_entry_id, p.first_seen_at, p.last_seen_at,
       COALESCE(s.language, (SELECT x.language FROM as_of_entries x
                  WHERE x.story_id = p.story_id AND x.language IS NOT NULL AND x.language <> 'und'
                  ORDER BY x.effective_at, x.id LIMIT 1), 'und') AS language,
       COALESCE(s.cluster_id, (SELECT t.cluster_id FROM {db}story_redirects m
                                 JOIN {db}stories t ON t.id = m.story_id
                                WHERE m.old_id = p.story_id)) AS cluster_id
  FROM (SELECT story_id, MIN(effective_at) AS first_seen_at, MAX(effective_at) AS last_seen_at
          FROM as_of_entries WHERE story_id IS NOT NULL GROUP BY story_id) p
  JOIN as_of_entries f ON f.id = (SELECT x.id FROM as_of_entries x WHERE x.story_id = p.story_id
                                   ORDER BY x.effective_at, x.id LIMIT 1)
  LEFT JOIN {db}stories s ON s.id = p.story_id"""

_NOT_YET = "CASE WHEN t.{column} <= {at} THEN t.{column} END"


class AsOf:
    """The views at one time; `versions` are (taxonomy, code) of the annotations in force then, most used first."""

    def __init__(self, connection: Connection, at: dt.datetime) -> None:
        self._connection = connection
        self.at = at
        said = connection.execute(
            sa.text(
                "SELECT taxonomy_version, code_version FROM annotations"
                " GROUP BY taxonomy_version, code_version ORDER BY COUNT(*) DESC, taxonomy_version, code_version"
            )
        )
        self.versions: tuple[tuple[str, str], ...] = tuple((row[0], row[1]) for row in said)

    def frame(self, query: str, params: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """As `Store.frame`."""
        return read(self._connection, query, params)

    def stream(
        self, query: str, params: Mapping[str, Any] | None = None, *, rows: int = 5_000
    ) -> Iterator[pd.DataFrame]:
        """As `Store.stream`."""
        return stream(self._connection, query, params, rows)


@contextmanager
def open_as_of(url: URL, at: dt.datetime) -> Iterator[AsOf]:
    """The views as of `at` for the length of the block, in one transaction that is taken back."""
    engine = connect(url)
    try:
        with engine.connect() as connection:
            for statement in _statements(connection, at):
                connection.exec_driver_sql(statement)
            yield AsOf(connection, at)
            connection.rollback()
    finally:
        engine.dispose()


def _statements(connection: Connection, at: dt.datetime) -> Iterator[str]:
    """What makes the temporary tables and views, in order."""
    dialect = connection.dialect.name
    if dialect == "postgresql":
        schema = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
        names = {"db": f'"{schema}".', "at": f"TIMESTAMPTZ '{utc_text(at)}'"}
    else:
        names = {"db": "main.", "at": f"'{utc_text(at)}'"}
    yield _PLACED.format(**names)
    yield "CREATE UNIQUE INDEX as_of_entries_id ON as_of_entries (id)"
    yield "CREATE INDEX as_of_entries_story ON as_of_entries (story_id)"
    yield _STORIES.format(**names)
    yield "CREATE UNIQUE INDEX as_of_stories_id ON as_of_stories (id)"
    yield "CREATE INDEX as_of_stories_cluster ON as_of_stories (cluster_id)"
    if dialect == "postgresql":
        yield "ANALYZE as_of_entries"
        yield "ANALYZE as_of_stories"
    for name, body in _tables(names):
        yield f"CREATE TEMPORARY VIEW {name} AS {body}"
    for name, body in views.definitions(dialect).items():
        yield f"CREATE TEMPORARY VIEW {name} AS {body}"


def _tables(names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Views that stand for tables: name and SELECT, columns as the schema has them."""
    db, at = names["db"], names["at"]
    told = {
        "language": "p.language",
        "story_id": "p.story_id",
        "gone_at": _NOT_YET.format(column="gone_at", at=at),
    }
    yield "entries", f"{_columns(entries, told)} FROM {db}entries t JOIN as_of_entries p ON p.id = t.id"
    current = {"is_current": "(t.id = p.revision_id)"}
    yield (
        "revisions",
        f"{_columns(revisions, current)} FROM {db}revisions t JOIN as_of_entries p ON p.id = t.entry_id"
        f" WHERE t.observed_at <= {at}",
    )
    yield (
        "annotations",
        f"{_columns(annotated, {'valid_to': _null(annotated.c.valid_to)})} FROM {db}annotations t"
        " JOIN as_of_entries p ON p.annotation_id = t.id",
    )
    yield (
        "claims",
        f"{_columns(claims, {'valid_to': _null(claims.c.valid_to), 'superseded_by': 'NULL'})} FROM {db}claims t"
        f" WHERE t.valid_from <= {at} AND (t.valid_to IS NULL OR t.valid_to > {at})",
    )
    made = {
        name: f"p.{name}"
        for name in ("cluster_id", "language", "first_entry_id", "first_seen_at", "last_seen_at")
    }
    # a story that was merged away since is no row any more
    made |= {"id": "p.id", "created_at": "COALESCE(t.created_at, p.first_seen_at)"}
    yield "stories", f"{_columns(stories, made)} FROM as_of_stories p LEFT JOIN {db}stories t ON t.id = p.id"
    tried = f"{_columns(article_attempts, {})} FROM {db}article_attempts t WHERE t.tried_at <= {at}"
    yield "article_attempts", tried
    yield "article_pages", f"{_columns(article_pages, {})} FROM {db}article_pages t WHERE t.read_at <= {at}"
    yield "fetches", f"{_columns(fetches, {})} FROM {db}fetches t WHERE t.started_at <= {at}"
    yield "decisions", f"{_columns(decisions, {})} FROM {db}decisions t WHERE t.at <= {at}"
    yield (
        "watchlist_hits",
        f"{_columns(watchlist_hits, {})} FROM {db}watchlist_hits t WHERE t.observed_at <= {at}",
    )
    removed = {"removed_at": _NOT_YET.format(column="removed_at", at=at)}
    yield "watchlist_entries", f"{_columns(watchlist_entries, removed)} FROM {db}watchlist_entries t"
    dated = {name: _NOT_YET.format(column=name, at=at) for name in ("first_success_at", "disabled_at")}
    yield "feeds", f"{_columns(feeds, dated)} FROM {db}feeds t"
    yield from _rollups(names)


def _rollups(names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """No kept row is of that time: every day is marked, so that the views count it; fetches of the day itself too.

    How wide clusters are is counted from the stories of then.
    """
    yield "cluster_spans", spans()
    for table in counting.COUNTS:
        yield table, f"SELECT * FROM {names['db']}{table} WHERE 1 = 0"  # noqa: S608 - constants
    yield "rollup_marks", "SELECT DISTINCT day, 0 AS mark FROM entries"
    day = day_of(names["at"], "postgresql" if names["at"].startswith("TIMESTAMPTZ") else "sqlite")
    kept = f"FROM {names['db']}rollup_fetches_daily WHERE day < {day}"
    asked = f"FROM fetches WHERE day >= {day} GROUP BY day, feed_id"
    answered = "SUM(CASE WHEN outcome = 'failed' THEN 0 ELSE 1 END)"
    yield (
        "rollup_fetches_daily",
        f"SELECT day, feed_id, fetches, answered {kept}"
        f" UNION ALL SELECT day, feed_id, COUNT(*), {answered} {asked}",
    )


def _columns(table: sa.Table, instead: Mapping[str, str]) -> str:
    listed: Iterable[str] = (
        f"{instead.get(c.name, f't.{_quoted(c.name)}')} AS {_quoted(c.name)}" for c in table.c
    )
    return f"SELECT {', '.join(listed)}"


def _quoted(name: str) -> str:
    return f'"{name}"'


def _null(column: sa.Column[Any]) -> str:
    """A null that keeps the column's own type, for the views compare it."""
    return f"CASE WHEN 1 = 0 THEN t.{_quoted(column.name)} END"
