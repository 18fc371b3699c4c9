"""Which happenings a rule asks for, when it may say so, and in which words.

happenings ──► asked for by the rule? ──► not fired before ──► words ──► alerts; over the day's limit they wait unsent
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from zoneinfo import ZoneInfo

from monitor.render.escape import one_line
from monitor.render.labels import Labels
from monitor.types.alerts import Alert, AlertRule, Happening

Sentence = Callable[[Happening, Labels], str]
"""What a claim says, in the reader's language."""


def asked_for(rule: AlertRule, happening: Happening) -> bool:
    """Whether `rule` asks for `happening`."""
    if happening.kind == "threshold":
        limit = rule.thresholds.get(happening.topic)
        return limit is not None and happening.count >= limit
    if happening.kind == "burst":
        return rule.bursts and (not rule.topics or happening.topic in rule.topics)
    if happening.kind == "claim":
        return rule.claims and (not rule.actors or bool(set(rule.actors) & set(happening.actors)))
    if happening.kind == "watchlist":
        return rule.watchlists
    return rule.faults if happening.kind == "fault" else rule.silent_feeds


def choose(
    rule: AlertRule, happenings: Iterable[Happening], labels: Labels, fired: Collection[str], claim: Sentence
) -> list[Alert]:
    """The alerts of `rule` that have not fired yet, the oldest first; the same happening once."""
    found: dict[str, Alert] = {}
    for happening in sorted(happenings, key=lambda one: (one.at, one.key)):
        if happening.key not in fired and happening.key not in found and asked_for(rule, happening):
            found[happening.key] = written(rule, happening, labels, claim)
    return list(found.values())


def written(rule: AlertRule, happening: Happening, labels: Labels, claim: Sentence) -> Alert:
    """The alert in the words of `labels`."""
    subject = one_line(_sentence(rule, happening, labels, claim))
    lines = [subject, ""]
    lines += [one_line(happening.link)] if happening.link else []
    lines += [one_line(happening.url)] if happening.url else []
    lines += [labels.datetime(happening.at), labels.word("alert_rule", rule=rule.name)]
    return Alert(
        rule=rule.name,
        key=happening.key,
        subject=subject,
        body="\n".join(lines) + "\n",
        at=happening.at,
        reason={
            "kind": happening.kind,
            "topic": happening.topic,
            "actors": list(happening.actors),
            "status": happening.status,
            "count": happening.count,
        },
    )


def _sentence(rule: AlertRule, happening: Happening, labels: Labels, claim: Sentence) -> str:
    values = happening.values
    if happening.kind == "claim":
        return claim(happening, labels)
    if happening.kind == "watchlist":
        return labels.word(
            "alert_hit", name=values["name"], list=happening.watchlist, outlet=values["outlet"]
        )
    if happening.kind == "fault":
        return str(values["fault"])
    if happening.kind == "silent":
        return labels.word("alert_silent", feed=values["feed"])
    day = values["day"]
    if not isinstance(day, dt.date):
        raise TypeError("a count belongs to a day")
    said = {
        "topic": labels.topic(happening.topic),
        "stories": labels.count("n_stories", happening.count),
        "day": labels.date(day, year=False),
    }
    if happening.kind == "threshold":
        return labels.word("alert_threshold", limit=labels.number(rule.thresholds[happening.topic]), **said)
    return labels.word("alert_burst", ratio=labels.number(float(str(values["ratio"])), 1), **said)


def quiet_until(rule: AlertRule, now: dt.datetime) -> dt.datetime | None:
    """When the quiet hours that `now` falls into are over; None outside them.

    Hours are those of the wall clock in the rule's time zone, so that a change of the clock moves none.
    """
    if rule.quiet is None or rule.quiet[0] == rule.quiet[1]:
        return None
    zone = ZoneInfo(rule.timezone)
    local = now.astimezone(zone)
    begin, end = rule.quiet
    minute = local.hour * 60 + local.minute
    inside = begin <= minute < end if begin < end else minute >= begin or minute < end
    if not inside:
        return None
    day = local.date() + dt.timedelta(days=1 if begin > end and minute >= begin else 0)
    return dt.datetime.combine(day, dt.time(end // 60, end % 60), tzinfo=zone).astimezone(dt.UTC)


def day_began(rule: AlertRule, now: dt.datetime) -> dt.datetime:
    """Midnight of the rule's day that `now` is in: the limit of a day counts from here."""
    zone = ZoneInfo(rule.timezone)
    return dt.datetime.combine(now.astimezone(zone).date(), dt.time(), tzinfo=zone).astimezone(dt.UTC)
