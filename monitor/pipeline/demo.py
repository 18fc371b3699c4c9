"""The demo's set-up: a configuration for the bundled newsroom, and the table of what was found."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from monitor.demo.news import outlets
from monitor.demo.telegram import channel
from monitor.pipeline.workspace import open_workspace

DATABASE = "monitor.db"


def prepare(folder: Path, base: str) -> Path:
    """Write the demo's config.yaml for the newsroom at `base` into a folder, without what an earlier demo left."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", "config.yaml"):
        (folder / name).unlink(missing_ok=True)
    for name in ("reports", "digests", "evidence"):
        shutil.rmtree(folder / name, ignore_errors=True)
    path = folder / "config.yaml"
    path.write_text(
        "# Written by `make demo` for the bundled newsroom on loopback.\n"
        + yaml.safe_dump(configuration(base), allow_unicode=True, sort_keys=False),
        encoding="utf-8",
    )
    return path.resolve()


def configuration(base: str) -> dict[str, Any]:
    """The demo's configuration: all invented outlets, no gap between requests to the one loopback host."""
    return {
        "database": {"url": f"sqlite:///{DATABASE}"},
        "polling": {
            "contact": "demo@example.org",
            "host_gap": "0s",
            "per_host": 8,
            "allow_networks": ["127.0.0.1/32"],
        },
        # the channel is served by the newsroom as well: nothing is asked of Telegram
        "telegram": {"enabled": True, "base_urls": [base]},
        "outlets": [
            {
                "slug": outlet.slug,
                "name": outlet.name,
                "country": outlet.country,
                "ownership": outlet.ownership,
                "owner": outlet.owner or None,
                "language": outlet.language,
                "aliases": outlet.aliases,
                "feeds": [{"rss": base + outlet.path}],
            }
            for outlet in outlets()
        ]
        + [_channel()],
        "topics": {"path": None},
        "digests": [{"name": "daily", "to": ["desk@example.org"], "timezone": "Europe/Paris"}],
        "report": {"dir": "reports"},
        "evidence": {"dir": "evidence"},
    }


def _channel() -> dict[str, Any]:
    one = channel()
    return {name: value or None for name, value in one.outlet.items()} | {
        "feeds": [{"telegram": one.name, "slug": one.outlet["slug"]}]
    }


def found(config_path: Path) -> list[tuple[str, str]]:
    """What the demo found, as rows of a short table, from the views that anyone can query."""
    with open_workspace(config_path) as workspace:
        frame = workspace.store.frame

        def number(sql: str) -> int:
            return int(str(frame(sql).iloc[0, 0]))

        topics = frame(
            "select topic, sum(entries) as entries, sum(stories) as stories from report_topics_daily"
            " group by topic order by topic"
        )
        rows = [
            ("entries", str(number("select count(*) from report_entries"))),
            ("languages", str(number("select count(distinct language) from report_entries"))),
            ("outlets", str(number("select count(distinct outlet) from report_entries"))),
            ("stories", str(number("select count(*) from report_stories"))),
            (
                "stories carried by several outlets",
                str(number("select count(*) from report_stories where outlets > 1")),
            ),
        ]
        rows += [
            (f"topic {row.topic}", f"{row.entries} entries in {row.stories} stories")
            for row in topics.itertuples()
        ]
    return rows
