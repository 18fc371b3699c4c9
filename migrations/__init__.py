"""Alembic revisions, one readable file a change. They are run with `monitor db upgrade`."""
