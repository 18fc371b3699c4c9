"""The first schema: room for feeds, entries, analysis, grouping, claims, publishing and operations.

The tables are in `migrations/v0001`, a module a subject. Views are not part of revisions: every upgrade makes
them anew at the head (monitor/store/views).
"""

from __future__ import annotations

from alembic import op

from migrations.v0001 import analysis, claims, entries, grouping, operations, publishing, sources, stories

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table, the one circular key, and the triggers that keep `decisions` append-only."""
    for subject in (sources, stories, entries, analysis, grouping, claims, publishing, operations):
        subject.create()
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:  # SQLite has it from CREATE TABLE, where it may name a table still to come
        op.create_foreign_key(
            "fk_stories_first_entry_id", "stories", "entries", ["first_entry_id"], ["id"], use_alter=True
        )
    for statement in POSTGRESQL_TRIGGERS if postgresql else SQLITE_TRIGGERS:
        op.execute(statement)


def downgrade() -> None:
    """Drop everything."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE stories DROP CONSTRAINT fk_stories_first_entry_id")
    for table in DROP_ORDER.split():
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION monitor_append_only()")


SQLITE_TRIGGERS = [
    f"""CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
        BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
    for table in ("decisions", "capture_manifest")
    for verb in ("UPDATE", "DELETE")
]

POSTGRESQL_TRIGGERS = [
    """CREATE FUNCTION monitor_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$""",
    *(
        f"""CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION monitor_append_only()"""
        for table in ("decisions", "capture_manifest")
    ),
]

DROP_ORDER = """
rollup_coverage_daily rollup_topics_daily settings leases decisions issues runs
alerts recipient_holds deliveries digest_items digests
flows ledger claim_items claim_parties claims
cluster_sources cluster_evidence story_embeddings story_decisions story_bands story_keys fingerprints
watchlist_hits watchlist_entries citations entities mentions entry_topics annotations taxonomies
search_documents holds capture_manifest captures revisions entries
cluster_redirects story_redirects stories clusters
raw_bodies fetches hosts feeds outlets
"""
