"""Triggers on PostgreSQL. A mark bears the transaction that wrote it, so that no two ever wait for one row, and a
refresh takes away only marks whose changes it has seen.

A story's days after a change are marked too: whether they are its first in a window may have changed.
"""

from __future__ import annotations

from collections.abc import Iterator

_MARK = """\
INSERT INTO rollup_marks (day, mark)
SELECT DISTINCT d.day, txid_current() FROM ({days}) d ON CONFLICT DO NOTHING"""

_LATER = "SELECT x.day FROM {rows} c JOIN entries x ON x.story_id = c.story_id AND x.day > c.day"
_ROWS = "SELECT day FROM {rows} UNION " + _LATER

# the entries of annotations, and later entries of their stories
_OF_ENTRIES = """\
SELECT e.day FROM entries e WHERE e.id IN ({ids})
UNION SELECT x.day FROM entries e JOIN entries x ON x.story_id = e.story_id AND x.day > e.day WHERE e.id IN ({ids})"""

_OF_PARTS = (
    "SELECT a.entry_id FROM annotations a JOIN changed c ON c.annotation_id = a.id WHERE a.valid_to IS NULL"
)

_CHANGED = (
    "OLD.day IS DISTINCT FROM NEW.day OR OLD.feed_id IS DISTINCT FROM NEW.feed_id"
    " OR OLD.language IS DISTINCT FROM NEW.language OR OLD.story_id IS DISTINCT FROM NEW.story_id"
)
_AFTER_INSERT = "AFTER INSERT ON {table} REFERENCING NEW TABLE AS changed FOR EACH STATEMENT"
_AFTER_DELETE = "AFTER DELETE ON {table} REFERENCING OLD TABLE AS changed FOR EACH STATEMENT"
_AFTER_UPDATE = "AFTER UPDATE ON {table} REFERENCING NEW TABLE AS changed FOR EACH STATEMENT"


def _mark(days: str) -> str:
    return _MARK.format(days=days)


def _all() -> Iterator[tuple[str, str, str]]:
    """Name, event, body of the function."""
    for verb, event in (("insert", _AFTER_INSERT), ("delete", _AFTER_DELETE)):
        yield f"rollup_entries_{verb}", event.format(table="entries"), _mark(_ROWS.format(rows="changed"))
    yield (
        "rollup_entries_update",
        f"AFTER UPDATE OF day, feed_id, language, story_id ON entries FOR EACH ROW WHEN ({_CHANGED})",
        _mark(
            "SELECT OLD.day AS day UNION SELECT NEW.day UNION SELECT x.day FROM entries x"
            " WHERE x.story_id IN (OLD.story_id, NEW.story_id) AND x.day > LEAST(OLD.day, NEW.day)"
        ),
    )
    yield (
        "rollup_annotations_update",
        "AFTER UPDATE OF valid_to ON annotations FOR EACH ROW WHEN (OLD.valid_to IS DISTINCT FROM NEW.valid_to)",
        _mark(_OF_ENTRIES.format(ids="NEW.entry_id")),
    )
    yield (
        "rollup_annotations_delete",
        _AFTER_DELETE.format(table="annotations"),
        _mark(_OF_ENTRIES.format(ids="SELECT entry_id FROM changed WHERE valid_to IS NULL")),
    )
    for table in ("entry_topics", "citations"):
        for verb, event in (("insert", _AFTER_INSERT), ("update", _AFTER_UPDATE), ("delete", _AFTER_DELETE)):
            yield (
                f"rollup_{table}_{verb}",
                event.format(table=table),
                _mark(_OF_ENTRIES.format(ids=_OF_PARTS)),
            )
    yield (
        "rollup_feeds_update",
        "AFTER UPDATE OF outlet_id ON feeds FOR EACH ROW WHEN (OLD.outlet_id IS DISTINCT FROM NEW.outlet_id)",
        _mark("SELECT day FROM entries WHERE feed_id = NEW.id"),
    )
    yield (
        "rollup_outlets_update",
        "AFTER UPDATE OF name, country, ownership ON outlets FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name"
        " OR OLD.country IS DISTINCT FROM NEW.country OR OLD.ownership IS DISTINCT FROM NEW.ownership)",
        _mark("SELECT e.day FROM feeds f JOIN entries e ON e.feed_id = f.id WHERE f.outlet_id = NEW.id"),
    )
    yield (
        "rollup_fetches_insert",
        "AFTER INSERT ON fetches FOR EACH ROW",
        "INSERT INTO rollup_fetches_daily AS r (day, feed_id, fetches, answered)"
        " VALUES (NEW.day, NEW.feed_id, 1, CASE WHEN NEW.outcome = 'failed' THEN 0 ELSE 1 END)"
        " ON CONFLICT (day, feed_id) DO UPDATE SET fetches = r.fetches + 1,"
        " answered = r.answered + excluded.answered",
    )


_TABLES = ("entry_topics", "citations", "annotations", "entries", "feeds", "outlets", "fetches")


def _table(name: str) -> str:
    return next(table for table in _TABLES if name.startswith(f"rollup_{table}_"))


def create() -> list[str]:
    """Statements that make functions and triggers."""
    made = []
    for name, event, body in _all():
        made.append(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; RETURN NULL; END $$"
        )
        made.append(f"CREATE TRIGGER {name} {event} EXECUTE FUNCTION {name}()")
    return made


def drop() -> list[str]:
    """Statements that drop them."""
    dropped = []
    for name, _, _ in _all():
        dropped += [f"DROP TRIGGER {name} ON {_table(name)}", f"DROP FUNCTION {name}()"]
    return dropped
