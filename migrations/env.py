"""Run by Alembic. Connection and transaction come from monitor/store/migrate.py; there is no alembic.ini."""

from __future__ import annotations

from alembic import context

from monitor.store.schema import metadata

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("migrations are run with: monitor db upgrade")

context.configure(
    connection=connection,
    target_metadata=metadata,
    # SQLite alters a table by building it anew
    render_as_batch=connection.dialect.name == "sqlite",
    # the caller's transaction holds: all revisions or none
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
