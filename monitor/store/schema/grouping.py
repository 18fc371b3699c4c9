"""Stories and clusters, the rows that find copies, and every decision with rule, score and version."""

from __future__ import annotations

import sqlalchemy as sa

from monitor.store.columns import (
    BigId,
    UtcDateTime,
    UtcSeconds,
    json_list,
    json_object,
    listing,
    metadata,
    number,
    pk,
    real,
    ref,
    text,
    when,
    where,
)

clusters = sa.Table(
    "clusters",
    metadata,
    pk(),
    when("created_at"),
    when("changed_at"),
    # both null until sources have been folded (then counts of independent roots)
    number("independent_sources", null=True),
    number("unresolved_sources", null=True),
    sa.Index("ix_clusters_unfolded", "id", **where("independent_sources IS NULL")),
    sqlite_autoincrement=True,
)

stories = sa.Table(
    "stories",
    metadata,
    pk(),
    ref("cluster_id", "clusters", on_delete="RESTRICT"),
    text("language"),
    # earliest effective_at, then smallest entry id; kept with every change
    sa.Column("first_entry_id", BigId, sa.ForeignKey("entries.id", use_alter=True), nullable=True),
    when("first_seen_at"),
    when("last_seen_at"),
    when("created_at"),
    sa.Index("ix_stories_cluster", "cluster_id"),
    sa.Index("ix_stories_first_seen_at", "first_seen_at"),
    sa.Index("ix_stories_first_entry", "first_entry_id"),
    sqlite_autoincrement=True,
)

story_redirects = sa.Table(
    "story_redirects",
    metadata,
    sa.Column("old_id", BigId, primary_key=True, autoincrement=False),
    ref("story_id", "stories"),
    when("at"),
    sa.Index("ix_story_redirects_story", "story_id"),
)

cluster_redirects = sa.Table(
    "cluster_redirects",
    metadata,
    sa.Column("old_id", BigId, primary_key=True, autoincrement=False),
    ref("cluster_id", "clusters"),
    when("at"),
    sa.Index("ix_cluster_redirects_cluster", "cluster_id"),
)


def _entry() -> sa.Column[int]:
    return sa.Column("entry_id", BigId, sa.ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True)


fingerprints = sa.Table(
    "fingerprints",
    metadata,
    _entry(),
    json_list("keys"),
    json_list("bands"),
    sa.Column("signature", sa.LargeBinary(), nullable=False),
    number("shingles"),
)

# 64 bits of a key, or a band of a MinHash, first: one range of the primary key finds the look-alikes
story_keys = sa.Table(
    "story_keys",
    metadata,
    sa.Column("key", sa.BigInteger(), primary_key=True, autoincrement=False),
    sa.Column("effective_at", UtcDateTime(), primary_key=True),
    _entry(),
    sa.Index("ix_story_keys_entry", "entry_id"),
    sqlite_with_rowid=False,
)

# sixteen rows an entry, so nothing is in them but what is looked for: no second index (`fingerprints.bands` says which
# rows an entry has), no foreign key (they go with the fingerprint), and a time of eight bytes
story_bands = sa.Table(
    "story_bands",
    metadata,
    sa.Column("band", sa.BigInteger(), primary_key=True, autoincrement=False),
    sa.Column("effective_at", UtcSeconds(), primary_key=True, autoincrement=False),
    sa.Column("entry_id", BigId, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

# how often a feed's texts begin or end with which line: [edge, 64 bits of the line, texts, first days as ordinals]
feed_lines = sa.Table(
    "feed_lines",
    metadata,
    sa.Column("feed_id", BigId, sa.ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True),
    number("entries"),
    json_list("lines"),
)

story_decisions = sa.Table(
    "story_decisions",
    metadata,
    pk(),
    ref("entry_id", "entries"),
    # no foreign key: the story may have been merged away since (story_redirects)
    sa.Column("story_id", BigId, nullable=False),
    sa.Column("joined_entry_id", BigId, nullable=True),
    text("rule"),
    real("score"),
    text("version"),
    json_list("merges"),
    when("decided_at"),
    sa.Index("ix_story_decisions_entry", "entry_id"),
    sa.Index("ix_story_decisions_story", "story_id"),
)

story_embeddings = sa.Table(
    "story_embeddings",
    metadata,
    sa.Column("story_id", BigId, sa.ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True),
    text("model", primary=True),
    # little-endian float16
    sa.Column("vector", sa.LargeBinary(), nullable=False),
    when("effective_at"),
    sa.Index("ix_story_embeddings_window", "model", "effective_at"),
)

story_opinions = sa.Table(
    "story_opinions",
    metadata,
    sa.Column("story_id", BigId, sa.ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True),
    text("topic", primary=True),
    # of the embedder whose vectors the classifier read
    text("model"),
    real("score"),
)

cluster_evidence = sa.Table(
    "cluster_evidence",
    metadata,
    pk(),
    ref("cluster_id", "clusters"),
    ref("story_id", "stories"),
    sa.Column("other_story_id", BigId, nullable=True),
    text("rule"),
    real("score"),
    text("version"),
    json_object("evidence"),
    when("decided_at"),
    sa.Index("ix_cluster_evidence_cluster", "cluster_id"),
    sa.Index("ix_cluster_evidence_story", "story_id"),
)

cluster_sources = sa.Table(
    "cluster_sources",
    metadata,
    sa.Column("cluster_id", BigId, sa.ForeignKey("clusters.id", ondelete="CASCADE"), primary_key=True),
    text("outlet", primary=True),
    # the source that stands for it; itself where it is independent
    text("folded_into"),
    text("reason"),
    listing("entry_uids"),
)

# clusters of several stories or outlets, as they were when last folded: what lists of the widest are read from.
# Views count the unfolded themselves (`monitor.store.views.spans`)
cluster_spans = sa.Table(
    "cluster_spans",
    metadata,
    sa.Column("cluster_id", BigId, sa.ForeignKey("clusters.id", ondelete="CASCADE"), primary_key=True),
    number("stories"),
    number("outlets"),
    when("first_seen_at"),
    when("last_seen_at"),
    sa.Index("ix_cluster_spans_last_seen_at", "last_seen_at"),
)
