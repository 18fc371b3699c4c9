"""What analysis says of a revision: language, topics, mentions, entities, citations, watchlist hits."""

from __future__ import annotations

import sqlalchemy as sa

from monitor.store.columns import (
    BigId,
    flag,
    json_list,
    json_object,
    listing,
    metadata,
    number,
    one_of,
    pk,
    real,
    ref,
    text,
    when,
    where,
)

taxonomies = sa.Table(
    "taxonomies",
    metadata,
    # the content hash
    text("version", primary=True),
    json_object("content"),
    when("first_used_at"),
)

annotated = sa.Table(
    "annotations",
    metadata,
    pk(),
    ref("entry_id", "entries"),
    ref("revision_id", "revisions"),
    sa.Column("taxonomy_version", sa.Text(), sa.ForeignKey("taxonomies.version"), nullable=False),
    text("code_version"),
    text("language"),
    real("language_score"),
    text("detector"),
    # of everything that it says, so that the same said again changes nothing
    text("content_sha256"),
    when("valid_from"),
    when("valid_to", null=True),
    sa.Index("ix_annotations_entry", "entry_id"),
    sa.Index("ix_annotations_revision", "revision_id"),
    sa.Index("uq_annotations_current", "entry_id", unique=True, **where("valid_to IS NULL")),
)


def _owner() -> sa.Column[int]:
    return sa.Column(
        "annotation_id", BigId, sa.ForeignKey("annotations.id", ondelete="CASCADE"), primary_key=True
    )


def _position() -> sa.Column[int]:
    return sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False)


entry_topics = sa.Table(
    "entry_topics",
    metadata,
    _owner(),
    text("topic", primary=True),
    real("score"),
    flag("accepted"),
    listing("rules"),
    # what the rules said, where a person decided otherwise or the same; null where nobody did
    sa.Column("rules_accepted", sa.Boolean(), nullable=True),
    # the second opinion, where there is one
    real("classifier_score", null=True),
    sa.Index("ix_entry_topics_topic", "topic", "annotation_id", **where("accepted")),
    sqlite_with_rowid=False,
)

mentions = sa.Table(
    "mentions",
    metadata,
    _owner(),
    _position(),
    text("topic"),
    text("term"),
    text("field"),
    number("start_char"),
    number("end_char"),
    text("rule"),
    one_of("field", "title", "body"),
    sa.CheckConstraint("0 <= start_char AND start_char < end_char", name="span"),
    sqlite_with_rowid=False,
)

entities = sa.Table(
    "entities",
    metadata,
    _owner(),
    _position(),
    text("kind"),
    text("code"),
    text("field"),
    number("start_char"),
    number("end_char"),
    one_of("field", "title", "body"),
    sa.CheckConstraint("0 <= start_char AND start_char < end_char", name="span"),
    sa.Index("ix_entities_code", "kind", "code"),
    sqlite_with_rowid=False,
)

citations = sa.Table(
    "citations",
    metadata,
    _owner(),
    _position(),
    # the English name, or the name as written
    text("cited"),
    text("kind"),
    text("rule"),
    text("field"),
    number("start_char"),
    number("end_char"),
    flag("resolved", default=True),
    # where the chain ends, once it has been followed
    text("root", null=True),
    json_list("chain"),
    # how the chain ends: root, not_polled, missing, cycle
    text("chain_state", null=True),
    one_of("kind", "media", "official", "think-tank", "unnamed", "other"),
    one_of("field", "title", "body"),
    sa.CheckConstraint("0 <= start_char AND start_char <= end_char", name="span"),
    sa.Index("ix_citations_cited", "cited"),
    sqlite_with_rowid=False,
)

watchlist_entries = sa.Table(
    "watchlist_entries",
    metadata,
    pk(),
    text("watchlist"),
    text("external_id"),
    text("name"),
    text("schema_name", default=""),
    listing("aliases"),
    json_object("identifiers"),
    when("added_at"),
    when("removed_at", null=True),
    sa.UniqueConstraint("watchlist", "external_id"),
)

watchlist_hits = sa.Table(
    "watchlist_hits",
    metadata,
    pk(),
    ref("watchlist_entry_id", "watchlist_entries"),
    ref("entry_id", "entries"),
    ref("revision_id", "revisions"),
    text("term"),
    text("field"),
    number("start_char"),
    number("end_char"),
    when("observed_at"),
    one_of("field", "title", "body"),
    sa.UniqueConstraint(
        "watchlist_entry_id", "revision_id", "field", "start_char", name="uq_watchlist_hits_span"
    ),
    sa.Index("ix_watchlist_hits_entry", "entry_id"),
)
