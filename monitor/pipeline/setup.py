"""Databases: brought to this version's schema, or checked against it."""

from __future__ import annotations

from pathlib import Path

from monitor.config import load_config
from monitor.errors import StoreError
from monitor.logs import redact
from monitor.pipeline.workspace import Clock, database_url, utc_now
from monitor.store import check, upgrade


def upgrade_database(config_path: Path, revision: str = "head", clock: Clock = utc_now) -> str:
    """Create or migrate the configured database; returns a line for a person."""
    url = database_url(load_config(config_path))
    before, after = upgrade(url, now=clock(), revision=revision)
    if before == after:
        return f"{redact(url)} is at revision {after} already"
    return f"{redact(url)}: migrated from {before or 'nothing'} to revision {after}"


def check_database(config_path: Path) -> tuple[bool, str]:
    """Whether the schema is this version's, and a line that says so or what to do."""
    url = database_url(load_config(config_path))
    try:
        return True, f"{redact(url)} is at revision {check(url)}, as this version needs it"
    except StoreError as error:
        return False, str(error)
