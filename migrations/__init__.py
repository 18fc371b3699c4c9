"""Alembic revisions, one readable file a change. Run with `monitor db upgrade`; see docs/how-to/migrations.md."""
