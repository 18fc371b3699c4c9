"""Addresses of feeds' proxies lose user name and password: each poll takes them from the configuration."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Cut what stands between `://` and the last `@`."""
    connection = op.get_bind()
    feeds = sa.table("feeds", sa.column("id", sa.BigInteger()), sa.column("proxy", sa.Text()))
    rows = connection.execute(sa.select(feeds.c.id, feeds.c.proxy).where(feeds.c.proxy.like("%@%"))).all()
    for feed_id, proxy in rows:
        scheme, _, rest = str(proxy).partition("://")
        bare = f"{scheme}://{rest.rpartition('@')[2]}"
        connection.execute(feeds.update().where(feeds.c.id == feed_id).values(proxy=bare))


def downgrade() -> None:
    """Nothing: the next poll of an older program writes what its configuration says."""
