"""The base of all sections of config.yaml, and the kinds of values that several of them hold."""

from __future__ import annotations

import datetime as dt
import ipaddress
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, BaseModel, ConfigDict

_ENGLISH = Locale("en")


class Section(BaseModel):
    """Base of every section: unknown keys are errors, values do not change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def language_code(code: str) -> str:
    """The code as it is; ValueError where it is no ISO 639-1 code."""
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


def _network(value: str) -> str:
    try:
        ipaddress.ip_network(value)
    except ValueError as error:
        raise ValueError(f"{value!r} is no network: write 10.1.0.0/16 or 127.0.0.2/32") from error
    return value


Language = Annotated[str, AfterValidator(language_code)]
Country = Annotated[str, AfterValidator(_country)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
Cron = Annotated[str, AfterValidator(_cron)]
MailAddress = Annotated[str, AfterValidator(_address)]
Networks = tuple[Annotated[str, AfterValidator(_network)], ...]
