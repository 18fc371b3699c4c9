"""How it goes (`status`), and what is wrong with the set-up and how to mend it (`doctor`)."""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from monitor.catalogue.taxonomy import load_taxonomy
from monitor.config import Config, check_config, feed_sources
from monitor.errors import MonitorError
from monitor.fetch.mtproto_session import Credentials
from monitor.mail.smtp import probe
from monitor.pipeline import versions
from monitor.pipeline.analysers import topics_folder
from monitor.pipeline.mailing import smtp_options
from monitor.pipeline.retag import upgrade_notice
from monitor.pipeline.setup import check_database
from monitor.pipeline.state_checks import clocks, file_system, hanging, models, permissions
from monitor.pipeline.workspace import Workspace, database_url, utc_now
from monitor.polling.telegram_rates import rate
from monitor.store import Store
from monitor.types.source import FeedKind

#: Free space below which doctor warns, in bytes.
LITTLE_SPACE = 2 * 10**9
#: Entries read anew to say what a re-tag would change.
LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: `ok`, `warn` or `FAIL`, and what to do about it."""

    mark: Literal["ok", "warn", "FAIL"]
    check: str
    text: str


def status_of(workspace: Workspace) -> dict[str, Any]:
    """Figures of the last runs, the backlog, feeds by state and deliveries."""
    now = workspace.clock()
    summary = workspace.store.status_summary(now=now)
    return {"unwell": unwell(summary, workspace.config, now)} | summary


def unwell(summary: Mapping[str, Any], config: Config, now: dt.datetime) -> list[str]:
    """What a probe should be told: no poll for long, analysis that falls behind, deliveries that failed."""
    found = []
    last = summary["last_success_at"]
    # three turns of the schedule and the longest a run may take
    late = 3 * config.polling.every + dt.timedelta(minutes=30)
    if sum(summary["feeds"].values()) and (last is None or now - last > late):
        found.append(
            f"no feed was polled with success since {last:%Y-%m-%d %H:%M} UTC"
            if last
            else "no feed was polled yet"
        )
    waiting = summary["oldest_pending_at"]
    if waiting is not None and now - waiting > late:
        found.append(f"analysis is behind: entries wait since {waiting:%Y-%m-%d %H:%M} UTC")
    if failed := summary["deliveries"].get("failed"):
        found.append(f"{failed} deliveries failed")
    return found


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
    findings = list(_versions())
    if config is None:
        return [Finding("FAIL", "configuration", "; ".join(map(str, problems))), *findings]
    checks: tuple[Callable[[Config], Finding], ...] = (_topics, _space, _contact, _mail, _telegram)
    database = _database(config_path)
    findings += [database, *(_archive(config_path) if database.mark == "ok" else ())]
    findings += [_safely(check, config) for check in checks]
    findings += _state(config, config_path)
    return [Finding("ok", "configuration", f"{config_path} is fine"), *findings]


def _safely(check: Callable[[Config], Finding], config: Config) -> Finding:
    try:
        return check(config)
    except (MonitorError, OSError) as error:
        return Finding("FAIL", check.__name__.strip("_"), str(error))


def _database(config_path: Path) -> Finding:
    fits, message = check_database(config_path)
    return Finding("ok" if fits else "FAIL", "database", message)


def _archive(config_path: Path) -> Iterator[Finding]:
    """Whether the archive was read with the taxonomy in use; said only where it was not."""
    notice = upgrade_notice(config_path, sample=LOOKED_AT)
    if notice:
        yield Finding("warn", "archive", notice)


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
    if not (config.digests or config.alerts or config.operations.operators):
        return Finding("ok", "mail", "no digest, alert or operator is configured")
    trouble = probe(smtp_options(config))
    server = f"{config.mail.host}:{config.mail.port}"
    if trouble:
        return Finding("warn", "mail", f"{server} cannot be used: {trouble}. Mails wait until it can")
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


def _state(config: Config, config_path: Path) -> Iterator[Finding]:
    """What is kept: permissions, file system, clocks, hanging runs, models."""
    found = [*permissions(config, config_path), models(config)]
    url = database_url(config)
    mounts = Path("/proc/mounts")
    if url.startswith("sqlite:///") and mounts.is_file():
        found.append(
            (
                "file system",
                file_system(Path(url.removeprefix("sqlite:///")), mounts.read_text(encoding="utf-8")),
            )
        )
    if check_database(config_path)[0]:
        with Store.open(url) as store:
            found += [clocks(store, utc_now), hanging(store, utc_now)]
    for name, trouble in found:
        yield Finding("warn", name, trouble) if trouble else Finding("ok", name, "fine")


def _versions() -> Iterator[Finding]:
    """Versions that do not fit together, or have known holes."""
    found = [versions.python(), versions.sqlite(sqlite3.sqlite_version_info), versions.expat()]
    misfits = [one for one in [*found, *versions.packages()] if one is not None]
    for one in misfits:
        yield Finding("FAIL" if one.breaks else "warn", one.name, one.text)
    if not misfits:
        yield Finding(
            "ok", "versions", f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}: fine"
        )
