"""Triggers on SQLite. One writer at a time: a day needs one mark.

A story's days after a change are marked too: whether they are its first in a window may have changed.
"""

from __future__ import annotations

from collections.abc import Iterator

_MARK = "INSERT OR IGNORE INTO rollup_marks (day, mark) SELECT day, 0 FROM"

# the entry of an annotation, and later entries of its story
_OF_ENTRY = """\
(SELECT e.day FROM entries e WHERE e.id = {entry}
 UNION SELECT x.day FROM entries e JOIN entries x ON x.story_id = e.story_id AND x.day > e.day WHERE e.id = {entry})"""

_OF_ANNOTATION = _OF_ENTRY.format(
    entry="(SELECT a.entry_id FROM annotations a WHERE a.id = {annotation} AND a.valid_to IS NULL)"
)

_CHANGED = "OLD.day IS NOT NEW.day OR OLD.feed_id IS NOT NEW.feed_id OR OLD.language IS NOT NEW.language" \
    " OR OLD.story_id IS NOT NEW.story_id"  # fmt: skip

_TRIGGERS: dict[str, tuple[str, str]] = {
    "rollup_entries_insert": (
        "AFTER INSERT ON entries",
        f"{_MARK} (SELECT NEW.day AS day"
        " UNION SELECT x.day FROM entries x WHERE x.story_id = NEW.story_id AND x.day > NEW.day)",
    ),
    "rollup_entries_update": (
        f"AFTER UPDATE OF day, feed_id, language, story_id ON entries WHEN {_CHANGED}",
        f"{_MARK} (SELECT OLD.day AS day UNION SELECT NEW.day"
        " UNION SELECT x.day FROM entries x WHERE x.story_id IN (OLD.story_id, NEW.story_id)"
        " AND x.day > MIN(OLD.day, NEW.day))",
    ),
    "rollup_entries_delete": (
        "BEFORE DELETE ON entries",
        f"{_MARK} (SELECT OLD.day AS day"
        " UNION SELECT x.day FROM entries x WHERE x.story_id = OLD.story_id AND x.day > OLD.day)",
    ),
    "rollup_annotations_update": (
        "AFTER UPDATE OF valid_to ON annotations WHEN OLD.valid_to IS NOT NEW.valid_to",
        f"{_MARK} {_OF_ENTRY.format(entry='NEW.entry_id')}",
    ),
    "rollup_annotations_delete": (
        "BEFORE DELETE ON annotations WHEN OLD.valid_to IS NULL",
        f"{_MARK} {_OF_ENTRY.format(entry='OLD.entry_id')}",
    ),
    "rollup_feeds_update": (
        "AFTER UPDATE OF outlet_id ON feeds WHEN OLD.outlet_id IS NOT NEW.outlet_id",
        f"{_MARK} (SELECT DISTINCT day FROM entries WHERE feed_id = NEW.id)",
    ),
    "rollup_outlets_update": (
        "AFTER UPDATE OF name, country, ownership ON outlets WHEN OLD.name IS NOT NEW.name"
        " OR OLD.country IS NOT NEW.country OR OLD.ownership IS NOT NEW.ownership",
        f"{_MARK} (SELECT DISTINCT e.day FROM feeds f JOIN entries e ON e.feed_id = f.id"
        " WHERE f.outlet_id = NEW.id)",
    ),
    "rollup_fetches_insert": (
        "AFTER INSERT ON fetches",
        "INSERT INTO rollup_fetches_daily (day, feed_id, fetches, answered)"
        " VALUES (NEW.day, NEW.feed_id, 1, NEW.outcome <> 'failed')"
        " ON CONFLICT (day, feed_id) DO UPDATE SET fetches = fetches + 1,"
        " answered = answered + excluded.answered",
    ),
}


def _parts() -> Iterator[tuple[str, str, str]]:
    """Triggers on what an annotation says."""
    new, old = (_OF_ANNOTATION.format(annotation=f"{row}.annotation_id") for row in ("NEW", "OLD"))
    for table, condition in (("entry_topics", " WHEN {row}.accepted"), ("citations", "")):
        yield (
            f"rollup_{table}_insert",
            f"AFTER INSERT ON {table}{condition.format(row='NEW')}",
            f"{_MARK} {new}",
        )
        yield f"rollup_{table}_update", f"AFTER UPDATE ON {table}", f"{_MARK} {new}"
        yield (
            f"rollup_{table}_delete",
            f"BEFORE DELETE ON {table}{condition.format(row='OLD')}",
            f"{_MARK} {old}",
        )


def _all() -> Iterator[tuple[str, str, str]]:
    for name, (when, body) in _TRIGGERS.items():
        yield name, when, body
    yield from _parts()


def create() -> list[str]:
    """Statements that make them."""
    return [f"CREATE TRIGGER {name} {when} BEGIN {body}; END" for name, when, body in _all()]


def drop() -> list[str]:
    """Statements that drop them."""
    return [f"DROP TRIGGER {name}" for name, _, _ in _all()]
