"""Databases: brought to this version's schema, or checked against it."""

from __future__ import annotations

from pathlib import Path

from monitor.config import load_config
from monitor.errors import StoreError
from monitor.logs import redact
from monitor.pipeline.rollups import Progress, refresh_rollups
from monitor.pipeline.search import build_index
from monitor.pipeline.workspace import Clock, database_url, utc_now
from monitor.store import Store, check, upgrade


def upgrade_database(config_path: Path, revision: str = "head", clock: Clock = utc_now) -> str:
    """Create or migrate the configured database; returns a line for a person."""
    url = database_url(load_config(config_path))
    before, after = upgrade(url, now=clock(), revision=revision)
    if revision == "head":
        count_days(url)
        index_texts(url)
    if before == after:
        return f"{redact(url)} is at revision {after} already"
    return f"{redact(url)}: migrated from {before or 'nothing'} to revision {after}"


def count_days(url: str, *, rebuild: bool = False, progress: Progress | None = None) -> int:
    """Count the days anew whose daily counts may be out of date (with `rebuild` all); how many."""
    with Store.open(url) as store:
        return refresh_rollups(store, rebuild=rebuild, progress=progress)


def index_texts(url: str) -> int:
    """Index the texts that search does not find yet; how many. Only an upgrade leaves any."""
    with Store.open(url) as store:
        return build_index(store)


def count_database(config_path: Path, *, rebuild: bool, progress: Progress | None = None) -> str:
    """The same for the configured database; returns a line for a person."""
    days = count_days(database_url(load_config(config_path)), rebuild=rebuild, progress=progress)
    return f"{days} days counted" if days else "every day's counts are up to date"


def check_database(config_path: Path) -> tuple[bool, str]:
    """Whether the schema is this version's, and a line that says so or what to do."""
    url = database_url(load_config(config_path))
    try:
        return True, f"{redact(url)} is at revision {check(url)}, as this version needs it"
    except StoreError as error:
        return False, str(error)
