"""What is kept, where and how long."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from pydantic import Field, field_validator

from monitor.config.units import Duration
from monitor.config.values import Section


class Database(Section):
    """Where everything is stored: SQLite by default, PostgreSQL by URL."""

    url: str = Field("sqlite:///var/monitor.db", repr=False)

    @field_validator("url")
    @classmethod
    def _known(cls, url: str) -> str:
        if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("write sqlite:///var/monitor.db or postgresql+psycopg://user@host/name")
        return url


class Replay(Section):
    """How long the raw answers of feeds and channels are kept, for `monitor replay` and for evidence; `0s`: not."""

    keep: Duration = dt.timedelta(days=3)


class Retention(Section):
    """How long is kept what grows with the years; null is for ever. Nothing under a claim or a decision goes."""

    full_text: Duration | None = None
    raw_pages: Duration | None = dt.timedelta(days=30)
    mentions: Duration | None = None
    logs: Duration = dt.timedelta(days=90)

    @field_validator("full_text", "mentions", "logs")
    @classmethod
    def _long_enough(cls, value: dt.timedelta | None) -> dt.timedelta | None:
        if value is not None and value < dt.timedelta(days=8):
            raise ValueError("stories, clusters and figures of the last week need it: at least 8d, or null")
        return value

    @property
    def keeps_pages(self) -> bool:
        """Whether pages of articles are kept as they came."""
        return self.raw_pages is None or bool(self.raw_pages)


class Evidence(Section):
    """Where captures are kept, and whether a public archive is asked to keep their pages too (off: nobody is told)."""

    dir: Path = Path("var/evidence")
    archive_submit: bool = False
    archive_url: str = "https://web.archive.org/save/"

    @field_validator("archive_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("write the address that a page's address is put behind, https://…/save/")
        return value
