"""What is sent and written: digests, alerts, mail, the report."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from monitor.config.units import Duration
from monitor.config.values import Country, Cron, Language, MailAddress, Networks, Section, TimeZone
from monitor.types.source import Ownership


class Digest(Section):
    """One recipient list: what it is sent, when, in which language."""

    name: str = Field("daily", pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    schedule: Cron = "0 7 * * *"
    timezone: TimeZone = "Europe/Paris"
    reader_language: Language = "en"
    to: tuple[MailAddress, ...] = ()
    topics: tuple[str, ...] = ()
    languages: tuple[Language, ...] = ()
    countries: tuple[Country, ...] = ()
    ownership: tuple[Ownership, ...] = ()
    max_stories: int = Field(40, ge=1, le=500)


class TranslatorOptions(Section):
    """What translates headlines; off unless named (docs/how-to/translate.md)."""

    kind: Literal["none", "libretranslate", "argos"] = "none"
    url: str = Field("", repr=False, pattern=r"^(https?://\S+)?$")
    version: str = Field("", max_length=40)
    languages: tuple[Language, ...] = ()
    at_most: int = Field(60, ge=1, le=500)
    timeout: Duration = dt.timedelta(seconds=20)
    time: Duration = dt.timedelta(minutes=2)
    allow_networks: Networks = ()

    @model_validator(mode="after")
    def _addressed(self) -> TranslatorOptions:
        if self.kind == "libretranslate" and not self.url:
            raise ValueError("a LibreTranslate server has an address: put it under `url`")
        return self


class AlertOptions(Section):
    """What one list of recipients is alerted to at once: mail, webhooks, chat (docs/how-to/alerts.md)."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    to: tuple[MailAddress, ...] = ()
    webhooks: tuple[str, ...] = Field((), repr=False)
    notify: tuple[str, ...] = Field((), repr=False)
    topics: tuple[str, ...] = ()
    thresholds: dict[str, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    bursts: bool = False
    claims: bool = False
    actors: tuple[str, ...] = ()
    watchlists: bool = False
    silent_feeds: bool = False
    quiet: str | None = Field(None, pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")
    timezone: TimeZone = "UTC"
    at_most: int = Field(20, ge=1, le=1000)
    reader_language: Language = "en"

    @field_validator("webhooks")
    @classmethod
    def _http(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        if any(not value.startswith(("https://", "http://")) for value in values):
            raise ValueError("a webhook is an address that begins with https:// or http://")
        return values

    @property
    def quiet_minutes(self) -> tuple[int, int] | None:
        """From and until when nothing is sent, in minutes after midnight."""
        if self.quiet is None:
            return None
        begin, end = (int(part[:2]) * 60 + int(part[3:]) for part in self.quiet.split("-"))
        return begin, end


class Mail(Section):
    """The SMTP server. The password comes from MONITOR_MAIL_PASSWORD only."""

    host: str = "localhost"
    port: int = Field(25, ge=1, le=65535)
    security: Literal["none", "starttls", "tls"] = "none"
    username: str = ""
    from_: MailAddress = Field("monitor@example.org", alias="from")
    timeout: Duration = dt.timedelta(seconds=30)


class Report(Section):
    """Where reports are written, when, and the address they are served from (for links in mails)."""

    dir: Path = Path("var/reports")
    schedule: Cron = "0 6 * * *"
    timezone: TimeZone = "UTC"
    base_url: str = ""
