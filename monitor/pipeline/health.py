"""How it goes (`status`), and what is wrong with the set-up and how to mend it (`doctor`)."""

from __future__ import annotations

import importlib.metadata
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from monitor.catalogue.taxonomy import load_taxonomy
from monitor.config import Config, check_config, feed_sources
from monitor.errors import MonitorError
from monitor.fetch.mtproto_session import Credentials
from monitor.mail.smtp import probe
from monitor.pipeline.analysers import topics_folder
from monitor.pipeline.mailing import smtp_options
from monitor.pipeline.setup import check_database
from monitor.pipeline.workspace import Workspace, database_url
from monitor.polling.telegram_rates import rate
from monitor.types.source import FeedKind

#: Free space below which doctor warns, in bytes.
LITTLE_SPACE = 2 * 10**9
#: SQLite versions with the WAL-reset race are those before these (reliability.md, part 2).
SQLITE_SAFE = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
#: Versions of Python with a known hole in mail headers (CVE-2026-1299) are those before these.
PYTHON_SAFE = {(3, 11): 15, (3, 12): 13, (3, 13): 12, (3, 14): 3}


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: `ok`, `warn` or `FAIL`, and what to do about it."""

    mark: Literal["ok", "warn", "FAIL"]
    check: str
    text: str


def status_of(workspace: Workspace) -> dict[str, Any]:
    """Figures of the last runs, the backlog, feeds by state and deliveries."""
    return workspace.store.status_summary(now=workspace.clock())


def feed_rows(workspace: Workspace) -> list[dict[str, Any]]:
    """The feeds with their health, as rows."""
    frame = workspace.store.frame(
        "select feed, kind, outlet, state, last_success_at, last_error, entries_7d, silent, feed_url"
        " from report_feed_health order by outlet, feed"
    )
    known = frame.astype(object).where(frame.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in known.to_dict("records")]


def diagnose(config_path: Path) -> list[Finding]:
    """Check the set-up from the configuration to the mail server; a fault in one check never hides the others."""
    config, problems = check_config(config_path)
    findings = [_python(), _sqlite(), *_versions()]
    if config is None:
        return [Finding("FAIL", "configuration", "; ".join(map(str, problems))), *findings]
    checks: tuple[Callable[[Config], Finding], ...] = (_topics, _space, _contact, _mail, _telegram)
    findings.append(_database(config_path))
    findings += [_safely(check, config) for check in checks]
    return [Finding("ok", "configuration", f"{config_path} is fine"), *findings]


def _safely(check: Callable[[Config], Finding], config: Config) -> Finding:
    try:
        return check(config)
    except (MonitorError, OSError) as error:
        return Finding("FAIL", check.__name__.strip("_"), str(error))


def _database(config_path: Path) -> Finding:
    fits, message = check_database(config_path)
    return Finding("ok" if fits else "FAIL", "database", message)


def _topics(config: Config) -> Finding:
    taxonomy = load_taxonomy(use=config.topics.use, path=topics_folder(config))
    return Finding("ok", "topics", f"{len(taxonomy.topics)} topics, version {taxonomy.version[:12]}")


def _space(config: Config) -> Finding:
    url = database_url(config)
    folder = Path(url.removeprefix("sqlite:///")).parent if url.startswith("sqlite:///") else config.base
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    text = f"{free / 10**9:.1f} GB free"
    if free < LITTLE_SPACE:
        return Finding("warn", "disk space", f"{text}: make room, a full disk stops polling")
    return Finding("ok", "disk space", text)


def _contact(config: Config) -> Finding:
    if config.polling.contact.endswith("example.org"):
        return Finding("warn", "contact", "polling.contact is the example: put your own, publishers see it")
    return Finding("ok", "contact", config.polling.contact)


def _mail(config: Config) -> Finding:
    if not config.digests:
        return Finding("ok", "mail", "no digest is configured")
    trouble = probe(smtp_options(config))
    server = f"{config.mail.host}:{config.mail.port}"
    if trouble:
        return Finding("warn", "mail", f"{server} cannot be used: {trouble}. Digests wait until it can")
    return Finding("ok", "mail", f"{server} answers")


def _telegram(config: Config) -> Finding:
    """Whether one connection can read all channels as often as `polling.min_interval` allows."""
    channels = sum(source.kind is FeedKind.TELEGRAM for source in feed_sources(config))
    if not channels:
        return Finding("ok", "telegram", "no channel is configured")
    if config.telegram.route == "mtproto":
        Credentials.from_environment()
        return Finding("ok", "telegram", f"{channels} channels through an account")
    found = rate(channels, interval=config.polling.min_interval)
    if found.warning:
        return Finding("warn", "telegram", found.warning)
    return Finding("ok", "telegram", f"{channels} channels, one connection can read them")


def _python() -> Finding:
    version = sys.version_info
    text = f"Python {version.major}.{version.minor}.{version.micro}"
    safe = PYTHON_SAFE.get((version.major, version.minor))
    if safe is not None and version.micro < safe:
        return Finding(
            "warn",
            "python",
            f"{text} has a known hole (CVE-2026-1299): take {version.major}.{version.minor}.{safe}",
        )
    return Finding("ok", "python", text)


def _sqlite() -> Finding:
    version = sqlite3.sqlite_version_info
    newest = max(SQLITE_SAFE)
    if version >= newest or any(version[:2] == safe[:2] and version >= safe for safe in SQLITE_SAFE):
        return Finding("ok", "sqlite", sqlite3.sqlite_version)
    return Finding(
        "warn",
        "sqlite",
        f"{sqlite3.sqlite_version} has the WAL-reset race (fixed in 3.51.3): with several workers use PostgreSQL",
    )


def _versions() -> Iterator[Finding]:
    """Libraries whose versions are known not to work together (docs/reference/versions.md)."""
    fastapi = importlib.metadata.version("fastapi")
    alchemy = importlib.metadata.version("sqlalchemy")
    if tuple(map(int, fastapi.split(".")[:2])) >= (0, 151):
        yield Finding("FAIL", "fastapi", f"{fastapi} breaks Prefect's server: run make install again")
    if not alchemy.startswith("2.0."):
        yield Finding(
            "FAIL", "sqlalchemy", f"{alchemy} keeps scheduled runs from starting: run make install again"
        )
