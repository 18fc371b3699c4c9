"""Run by Alembic. Connection and transaction come from monitor/store/migrate.py; there is no alembic.ini."""

from __future__ import annotations

from alembic import context
from alembic.runtime.migration import MigrationInfo

from monitor.store.schema import metadata

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("migrations are run with: monitor db upgrade")

on_step = context.config.attributes.get("on_step")


def tell(*, step: MigrationInfo, **_: object) -> None:
    """Say which revision is done."""
    if on_step is not None:
        on_step(str(step.up_revision_id))


context.configure(
    on_version_apply=tell,
    connection=connection,
    target_metadata=metadata,
    # SQLite alters a table by building it anew
    render_as_batch=connection.dialect.name == "sqlite",
    # the caller's transaction holds: all revisions or none
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
