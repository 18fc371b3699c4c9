"""The newsroom's outlets and entries, read from the YAML beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import yaml

_FOLDER = files("monitor.demo") / "newsroom"


@dataclass(frozen=True, slots=True)
class DemoOutlet:
    """An invented outlet and how it writes its feed (outlets.yaml explains the quirks)."""

    slug: str
    name: str
    country: str
    ownership: str
    owner: str
    language: str
    format: str
    path: str
    charset: str
    quirks: frozenset[str]
    aliases: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class DemoEntry:
    """One invented item. `url` is a path on the newsroom, with its query; times are relative to `now`."""

    id: str
    outlet: str
    title: str
    body: str
    path: str
    query: str
    hours_ago: float
    summary_only: bool
    canonical: str | None
    links: tuple[str, ...]

    @property
    def url(self) -> str:
        """Path and query as the feed gives them."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def paragraphs(self) -> list[str]:
        """The body's paragraphs."""
        return [part.strip() for part in self.body.split("\n\n") if part.strip()]

    def published(self, now: dt.datetime) -> dt.datetime:
        """When it was published, to the second."""
        return (now - dt.timedelta(hours=self.hours_ago)).replace(microsecond=0)


def outlets() -> tuple[DemoOutlet, ...]:
    """All outlets, in the order of the file."""
    rows: list[dict[str, Any]] = yaml.safe_load((_FOLDER / "outlets.yaml").read_text(encoding="utf-8"))
    return tuple(
        DemoOutlet(
            slug=row["slug"],
            name=row["name"],
            country=row["country"],
            ownership=row["ownership"],
            owner=row.get("owner", ""),
            language=row["language"],
            format=row["format"],
            path=row["path"],
            charset=row["charset"],
            quirks=frozenset(row.get("quirks", ())),
            aliases=row.get("aliases", {}),
        )
        for row in rows
    )


def entries(outlet: str) -> tuple[DemoEntry, ...]:
    """The entries of one outlet, newest first."""
    rows: list[dict[str, Any]] = yaml.safe_load((_FOLDER / f"{outlet}.yaml").read_text(encoding="utf-8"))
    items = [
        DemoEntry(
            id=row["id"],
            outlet=outlet,
            title=row["title"],
            body=row["body"],
            path=row["url_path"],
            query=row.get("url_query") or "",
            hours_ago=float(row["hours_ago"]),
            summary_only=bool(row.get("summary_only")),
            canonical=row.get("canonical"),
            links=tuple(row.get("links") or ()),
        )
        for row in rows
    ]
    return tuple(sorted(items, key=lambda item: item.hours_ago))


def all_entries() -> Iterator[DemoEntry]:
    """Every entry of every outlet."""
    for outlet in outlets():
        yield from entries(outlet.slug)


def truth() -> dict[str, Any]:
    """The ground truth, written before any rule (truth.yaml explains its parts)."""
    data: dict[str, Any] = yaml.safe_load((_FOLDER / "truth.yaml").read_text(encoding="utf-8"))
    return data
