"""Outlets and their feeds, as config.yaml and the files it includes name them."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from monitor.config.units import Duration, feed_address, slugify
from monitor.config.values import Country, Language, Section, language_code
from monitor.text.telegram_names import channel_name
from monitor.types.source import Ownership


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
                language_code(code)
            if any(len(name.strip()) < 2 for name in names):
                raise ValueError("a name of one letter would be found everywhere: write a longer one")
        return value

    @property
    def key(self) -> str:
        """The slug given, or one made from the name."""
        return self.slug or slugify(self.name)
