"""The tables, split by subject. The truth of a deployed database is `migrations`; a test keeps both equal."""

from monitor.store.columns import metadata
from monitor.store.schema import (
    analysis,
    articles,
    claims,
    entries,
    grouping,
    operations,
    publishing,
    rollups,
    sources,
)

__all__ = [
    "analysis",
    "articles",
    "claims",
    "entries",
    "grouping",
    "metadata",
    "operations",
    "publishing",
    "rollups",
    "sources",
]
