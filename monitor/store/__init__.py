"""The database: schema, plans applied, leases, outbox, queries, views. The only room with SQL, beside migrations."""

from monitor.store.migrate import check, head, upgrade
from monitor.store.store import Store

__all__ = ["Store", "check", "head", "upgrade"]
