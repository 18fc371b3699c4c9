"""What a source says of when it published, as an aware UTC time, or why there is none.

    RFC 822 -> ISO 8601 -> written out in one of ten languages, also Jalali -> implausible ones marked

Every form is read by its own pattern: a general guesser would read `03/04/2024` in one way or the other.
Zone names are those of RFC 822 and of the desks of the ten languages; CST is the American one, IST
the Indian one, as most feeds mean them. No zone means UTC, marked.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from monitor.normalise.months import ascii_digits, gregorian_of_jalali, month_of
from monitor.types.entries import DateSource

EARLIEST_YEAR = 1995
"""Before it no feed was published (reliability.md, B9)."""
FUTURE_TOLERANCE = dt.timedelta(days=1)

_TIME = r"(?P<hour>\d{1,2})[:h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
_ZONE = r"(?P<zone>[+-]\d{1,2}:?\d{2}|[+-]\d{2}|[A-Za-z]{1,5}(?:[+-]\d{1,2}(?::?\d{2})?)?)"
_RFC822 = re.compile(
    rf"(?:[^\W\d]{{2,9}}\.?,?\s*)?(?P<day>\d{{1,2}})[\s-](?P<month>[A-Za-z]{{3,9}})\.?,?[\s-](?P<year>\d{{4}}|\d{{2}})"
    rf"(?:,?\s+{_TIME}(?:\s*{_ZONE})?)?(?:\s*\(.*\))?",
)
_ISO = re.compile(
    r"(?P<year>\d{4})-?(?P<month>\d{2})-?(?P<day>\d{2})"
    r"(?:[T\s_]+(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,]\d{1,12})?)?)?\s*"
    rf"{_ZONE}?",
)
_ASCTIME = re.compile(
    rf"[A-Za-z]{{3,9}},?\s+(?P<month>[A-Za-z]{{3,9}})\s+(?P<day>\d{{1,2}}),?\s+(?:{_TIME}\s+)?(?:{_ZONE}\s+)?(?P<year>\d{{4}})"
)
_NUMERIC = re.compile(r"(?P<a>\d{1,4})(?P<mark>[./-])(?P<b>\d{1,2})(?P=mark)(?P<c>\d{1,4})")
_CJK = re.compile(r"(?P<year>\d{4})\s*[年년]\s*(?P<month>\d{1,2})\s*[月월]\s*(?P<day>\d{1,2})\s*[日일]")
_CLOCK = re.compile(r"(?<![\d:+-])(\d{1,2})\s*[:h时時시]\s*(\d{2})?(?:\s*[:분分]\s*(\d{2})?)?")
_HALF = re.compile(r"\b([ap])\.?\s?m\b|(오전|上午|ق\.?\s?ظ|صباحا?)|(오후|下午|ب\.?\s?ظ|مساء)", re.IGNORECASE)
_OFFSET = re.compile(rf"(?:\s|\d){_ZONE}\s*$")
_WORDS = re.compile(r"[^\W\d_]+(?:[’'\u200c][^\W\d_]+)*")
_ZONES = {
    **dict.fromkeys(("UT", "UTC", "GMT", "Z", "WET"), 0),
    **dict.fromkeys(("EST", "CDT"), -300),
    **dict.fromkeys(("EDT", "AST"), -240),
    **dict.fromkeys(("CST", "MDT"), -360),
    **dict.fromkeys(("MST", "PDT"), -420),
    **dict.fromkeys(("CET", "MET", "BST", "WEST", "MEZ", "WAT"), 60),
    **dict.fromkeys(("CEST", "MEST", "EET", "MESZ", "SAST", "CAT", "IDT"), 120),
    **dict.fromkeys(("EEST", "MSK", "TRT", "EAT"), 180),
    **dict.fromkeys(("HKT", "SGT", "AWST", "PHT", "MSD"), 480),
    **dict.fromkeys(("JST", "KST"), 540),
    **dict.fromkeys(("ADT", "BRT", "ART"), -180),
    "PST": -480, "NST": -210, "IRST": 210, "IRDT": 270, "AFT": 270, "GST": 240, "SAMT": 240, "AZT": 240,
    "PKT": 300, "UZT": 300, "IST": 330, "NPT": 345, "ICT": 420, "WIB": 420, "AEST": 600, "AEDT": 660, "NZST": 720,
    "NZDT": 780, "HST": -600, "CLT": -240, "COT": -300, "PET": -300,
}  # fmt: skip
_ZONES["MSD"] = 240
_ZONES["IDT"] = 180


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A moment in UTC, and whether the source named its zone."""

    moment: dt.datetime
    zone_known: bool


@dataclass(frozen=True, slots=True)
class Published:
    """What is kept of the dates of an item: the moment or None, the raw text, and the reason."""

    at: dt.datetime | None
    raw: str | None
    source: DateSource
    zone_known: bool = True


def published_of(published: str | None, updated: str | None, *, now: dt.datetime) -> Published:
    """Return when an item was published: its own date, else the date of its update.

    A date more than a day after `now`, or before 1995, is none (its text is kept): what an item
    that cannot be dated is told by is when it was first seen. Never raises.
    """
    verdicts = []
    for raw, source in ((published, DateSource.PUBLISHED), (updated, DateSource.UPDATED)):
        if not raw or not raw.strip():
            continue
        verdict = _verdict(raw.strip()[:200], source, now)
        if verdict.at is not None:
            return verdict
        verdicts.append(verdict)
    return verdicts[0] if verdicts else Published(None, None, DateSource.MISSING)


def _verdict(raw: str, source: DateSource, now: dt.datetime) -> Published:
    read = read_date(raw)
    if read is None:
        return Published(None, raw, DateSource.UNREADABLE)
    if read.moment > now + FUTURE_TOLERANCE:
        return Published(None, raw, DateSource.FUTURE)
    if read.moment.year < EARLIEST_YEAR:
        return Published(None, raw, DateSource.IMPLAUSIBLE)
    return Published(read.moment, raw, source, read.zone_known)


@lru_cache(maxsize=4096)
def read_date(raw: str) -> ReadDate | None:
    """Return the moment that a date of a feed means, or None where it cannot be read for sure. Never raises."""
    text = raw.strip()[:200]
    try:
        match = _RFC822.fullmatch(text) or _ISO.fullmatch(text) or _ASCTIME.fullmatch(text)
        if match is not None:
            read = _of_match(match)
            if read is not None:
                return read
        return _written_out(ascii_digits(text))
    except (ValueError, OverflowError):
        return None


def _of_match(match: re.Match[str]) -> ReadDate | None:
    parts = match.groupdict()
    month = int(parts["month"]) if parts["month"].isdecimal() else month_of(parts["month"])
    if month is None:
        return None
    year = int(parts["year"])
    if len(parts["year"]) == 2:
        year += 2000 if year < 90 else 1900
    clock = (int(parts["hour"] or 0), int(parts["minute"] or 0), int(parts["second"] or 0))
    return _moment(year, month, int(parts["day"]), clock, parts["zone"])


def _moment(year: int, month: int, day: int, clock: tuple[int, int, int], zone: str | None) -> ReadDate:
    """Raises ValueError where the numbers are no date. Second 60 and hour 24 are the next ones."""
    hour, minute, second = clock
    if hour > 24 or minute > 59 or second > 60:
        raise ValueError(clock)
    minutes = _offset(zone)
    start = dt.datetime(year, month, day, tzinfo=dt.UTC)
    moment = start + dt.timedelta(hours=hour, minutes=minute - (minutes or 0), seconds=second)
    return ReadDate(moment, minutes is not None)


def _offset(zone: str | None) -> int | None:
    """Minutes east of Greenwich; None where no zone is named, or one that nobody knows."""
    if not zone:
        return None
    name = zone.rstrip("+-:0123456789").upper()
    digits = zone[len(name) :].replace(":", "")
    if name and name not in {"UTC", "GMT", "UT", "Z"}:
        return _ZONES.get(name) if not digits else None
    if not digits:
        return 0
    hours, minutes = (digits[1:3], digits[3:]) if len(digits) > 3 else (digits[1:], "0")
    if len(digits) == 4:  # +530
        hours, minutes = digits[1:2], digits[2:]
    total = int(hours) * 60 + int(minutes or 0)
    if total > 15 * 60:
        return None
    return -total if digits[0] == "-" else total


def _written_out(text: str) -> ReadDate | None:
    """A date in words or numbers with its parts in the order that the language has."""
    day = _day_of(text)
    if day is None:
        return None
    (year, month, date), rest = day
    if 1300 <= year <= 1500:
        year, month, date = gregorian_of_jalali(year, month, date)
    clock = _clock_of(rest)
    zone = _OFFSET.search(rest)
    name = zone["zone"] if zone is not None else None
    if name is not None and name[0] not in "+-" and name.upper().rstrip("+-:0123456789") not in _ZONES:
        name = None
    return _moment(year, month, date, clock, name)


def _day_of(text: str) -> tuple[tuple[int, int, int], str] | None:
    """Year, month and day, and what is left of the text for the clock."""
    match = _CJK.search(text)
    if match is not None:
        return (int(match["year"]), int(match["month"]), int(match["day"])), text[match.end() :]
    match = _NUMERIC.search(text)
    if match is not None:
        numbers = _numeric(match["a"], match["mark"], match["b"], match["c"])
        rest = text[match.end() :] if match.start() < 12 else f"{text[: match.start()]} {text[match.end() :]}"
        return (numbers, rest) if numbers is not None else None
    return _named(text)


def _numeric(a: str, mark: str, b: str, c: str) -> tuple[int, int, int] | None:
    """2024/5/3 is plain; 3.5.2024 is day first; 03/04/2024 could be either, and is not guessed."""
    first, second, third = int(a), int(b), int(c)
    if len(a) == 4:
        return first, second, third
    if len(c) != 4:
        return None
    if mark == "." or first > 12:
        return third, second, first
    if second > 12:
        return third, first, second
    return (third, second, first) if first == second else None


def _named(text: str) -> tuple[tuple[int, int, int], str] | None:
    """A day, the name of a month, and a year near to it (`3 mai 2024`, `May 3, 2024`)."""
    for word in _WORDS.finditer(text):
        month = month_of(text[word.start() : word.end() + 16])
        if month is None:
            continue
        before = re.search(r"(\d{1,2})(?:er|st|nd|rd|th|º|\.)?\s*(?:de\s+)?$", text[: word.start()])
        after = text[word.end() :]
        year = re.search(r"(?<![\d:])(\d{4})(?![\d:])", after) or re.search(r"(?<!\d)(\d{4})(?!\d)", text)
        if year is None:
            return None
        day = before or re.match(r"[^\d]{0,12}?(\d{1,2})(?!\d|\s*:)", after)
        if day is None:
            return None
        rest = after.replace(year[1], " ", 1)
        if day is not before:
            rest = rest.replace(day[1], " ", 1)
        clock_first = _CLOCK.search(text[: word.start()])
        return (int(year[1]), month, int(day[1])), f"{clock_first[0]} {rest}" if clock_first else rest
    return None


def _clock_of(text: str) -> tuple[int, int, int]:
    match = _CLOCK.search(text)
    if match is None:
        return 0, 0, 0
    hour, minute, second = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    half = _HALF.search(text)
    if half is not None and hour <= 12:
        morning = (half[1] or "").lower() == "a" or half[2] is not None
        hour = hour % 12 + (0 if morning else 12)
    return hour, minute, second
