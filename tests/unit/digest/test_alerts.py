"""A rule says what it asks for, and when; a happening fires once."""

from __future__ import annotations

import datetime as dt

import pytest

from monitor.digest.alerts import asked_for, choose, day_began, quiet_until
from monitor.render.labels import READER_LANGUAGES, Labels
from monitor.types.alerts import AlertRule, Happening

NOW = dt.datetime(2026, 3, 28, 12, tzinfo=dt.UTC)
BURST = Happening(
    kind="burst", key="burst/sanctions/2026-03-27", at=NOW, topic="sanctions", count=31,
    values={"day": NOW.date(), "ratio": 2.4},
)  # fmt: skip
MANY = Happening(
    kind="threshold", key="threshold/sanctions/2026-03-27", at=NOW, topic="sanctions", count=31,
    values={"day": NOW.date()},
)  # fmt: skip
CLAIM = Happening(
    kind="claim", key="claim/7", at=NOW, actors=("KP", "RU"), status="denied",
    values={"supplier": "KP", "recipient": "RU", "item": "artillery-ammunition"},
)  # fmt: skip
HIT = Happening(
    kind="watchlist", key="watchlist/ships/x", at=NOW, watchlist="ships", url="https://example.org/a",
    values={"name": "MV Testship", "outlet": "Example Post"},
)  # fmt: skip
SILENT = Happening(kind="silent", key="silent/f/2026-03-20", at=NOW, values={"feed": "example-rss-1"})
FAULT = Happening(kind="fault", key="run/3", at=NOW, values={"fault": "run poll failed: disk full"})
ALL = (BURST, MANY, CLAIM, HIT, SILENT, FAULT)


def sentence(happening: Happening, labels: Labels) -> str:
    return f"claim, {labels.either('status', happening.status)}"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (AlertRule(name="r"), ()),
        (AlertRule(name="r", bursts=True), (BURST,)),
        (AlertRule(name="r", bursts=True, topics=("nuclear",)), ()),
        (AlertRule(name="r", thresholds={"sanctions": 31}), (MANY,)),
        (AlertRule(name="r", thresholds={"sanctions": 32, "nuclear": 1}), ()),
        (AlertRule(name="r", claims=True), (CLAIM,)),
        (AlertRule(name="r", claims=True, actors=("RU",)), (CLAIM,)),
        (AlertRule(name="r", claims=True, actors=("IR",)), ()),
        (AlertRule(name="r", watchlists=True, silent_feeds=True), (HIT, SILENT)),
        (AlertRule(name="operators", faults=True), (FAULT,)),
    ],
)
def test_a_rule_asks_for_what_it_names(rule: AlertRule, expected: tuple[Happening, ...]) -> None:
    assert tuple(one for one in ALL if asked_for(rule, one)) == expected


def test_a_happening_fires_once() -> None:
    rule = AlertRule(name="r", bursts=True, claims=True)
    first = choose(rule, [*ALL, *ALL], Labels("en"), (), sentence)
    assert [alert.key for alert in first] == ["burst/sanctions/2026-03-27", "claim/7"]
    assert choose(rule, ALL, Labels("en"), {alert.key for alert in first}, sentence) == []


def test_an_alert_says_what_where_and_why() -> None:
    (alert,) = choose(AlertRule(name="ships", watchlists=True), ALL, Labels("en"), (), sentence)
    assert alert.subject == "MV Testship (ships) named for the first time, by Example Post"
    assert "https://example.org/a" in alert.body
    assert "Rule: ships" in alert.body


@pytest.mark.parametrize("language", READER_LANGUAGES)
def test_every_language_has_words_for_every_kind(language: str) -> None:
    rule = AlertRule(
        name="r", bursts=True, claims=True, watchlists=True, silent_feeds=True, faults=True,
        thresholds={"sanctions": 1},
    )  # fmt: skip
    labels = Labels(language, topics={"sanctions": {language: "SANCTIONS"}})
    alerts = choose(rule, ALL, labels, (), sentence)
    assert len(alerts) == len(ALL)
    assert all("{" not in alert.body and alert.subject for alert in alerts)


def test_what_a_feed_wrote_stays_on_one_line() -> None:
    evil = Happening(
        kind="watchlist", key="k", at=NOW, watchlist="l",
        values={"name": "A\r\nBcc: x@example.org", "outlet": "B\u2028C"},
    )  # fmt: skip
    (alert,) = choose(AlertRule(name="r", watchlists=True), [evil], Labels("en"), (), sentence)
    assert not set("\r\n\u2028") & set(alert.subject)


BERLIN = AlertRule(name="r", quiet=(22 * 60, 7 * 60), timezone="Europe/Berlin")


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-01-10T20:59:00+00:00", None),
        ("2026-01-10T21:00:00+00:00", "2026-01-11T06:00:00+00:00"),
        ("2026-01-11T05:59:00+00:00", "2026-01-11T06:00:00+00:00"),
        ("2026-01-11T06:00:00+00:00", None),
        # the clock goes forward at two that night, back in October
        ("2026-03-28T22:30:00+00:00", "2026-03-29T05:00:00+00:00"),
        ("2026-10-24T21:30:00+00:00", "2026-10-25T06:00:00+00:00"),
    ],
)
def test_quiet_hours_are_those_of_the_wall_clock(now: str, until: str | None) -> None:
    expected = dt.datetime.fromisoformat(until) if until else None
    assert quiet_until(BERLIN, dt.datetime.fromisoformat(now)) == expected


def test_quiet_hours_within_a_day_and_none_at_all() -> None:
    noon = AlertRule(name="r", quiet=(12 * 60, 14 * 60))
    assert quiet_until(noon, NOW) == NOW.replace(hour=14)
    assert quiet_until(AlertRule(name="r"), NOW) is None


def test_a_day_begins_at_midnight_of_the_rule() -> None:
    kathmandu = AlertRule(name="r", timezone="Asia/Kathmandu")
    assert day_began(kathmandu, NOW) == dt.datetime(2026, 3, 27, 18, 15, tzinfo=dt.UTC)
