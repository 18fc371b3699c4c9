"""Alerts: what the rules ask for is stored once, then sent by mail, webhook and chat until each has it.

happenings ──► rules ──► stored (once a rule and happening) ──► leased ──► told to its channels (alert_delivery)
"""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass, field

from monitor.config.publishing import AlertOptions
from monitor.digest.alerts import choose, day_began, quiet_until
from monitor.errors import UsageError
from monitor.pipeline.alert_delivery import OPERATORS, deliver
from monitor.pipeline.analysers import configured_taxonomy
from monitor.pipeline.happenings import alert_sentence, happenings
from monitor.pipeline.workspace import Workspace
from monitor.render.labels import Labels
from monitor.types.alerts import Alert, AlertRule, LeasedAlert

LOOK_BACK = dt.timedelta(days=2)
"""How far a run looks back: what was analysed late is still alerted to, what is older is no alert any more."""
LEASE = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertResult:
    """One run: alerts that are new, sent, kept unsent over the limit of a day, waiting, and what went wrong."""

    new: int = 0
    sent: int = 0
    held: int = 0
    failed: tuple[str, ...] = field(default=())

    @property
    def lines(self) -> list[str]:
        """The run for a person."""
        return [f"{self.new} new alerts, {self.sent} sent, {self.held} kept unsent", *self.failed]


def alert_rules(workspace: Workspace) -> tuple[AlertRule, ...]:
    """The configured rules, and the one of the operators where there are any."""
    rules = tuple(_rule(options) for options in workspace.config.alerts)
    faults = AlertRule(name=OPERATORS, faults=True)
    return (*rules, faults) if workspace.config.operations.operators else rules


def fire(workspace: Workspace) -> AlertResult:
    """Store what the rules ask for since `LOOK_BACK`, each once; nothing is sent."""
    now, store = workspace.clock(), workspace.store
    rules = alert_rules(workspace)
    found = happenings(workspace, rules, now - LOOK_BACK, now)
    new = held = 0
    for rule in rules:
        fired = store.fired_alerts(rule.name, [one.key for one in found])
        alerts = choose(rule, found, _labels(workspace, rule), fired, alert_sentence)
        room = max(0, rule.at_most - store.count_alerts(rule.name, since=day_began(rule, now)))
        over = {alert.key for alert in alerts[room:]}
        new += store.save_alerts(alerts, now=now, hold=over)
        held += len(over)
    return AlertResult(new=new, held=held)


async def send_alerts(workspace: Workspace) -> AlertResult:
    """Fire, then send what waits and is not kept by quiet hours. What one channel refuses is tried there again."""
    fired = await asyncio.to_thread(fire, workspace)
    now = workspace.clock()
    awake = {rule.name for rule in alert_rules(workspace) if quiet_until(rule, now) is None}
    sent, failed = 0, []
    while held := await asyncio.to_thread(_lease, workspace, awake):
        trouble = await deliver(workspace, held)
        sent += not trouble
        failed += [f"{held.rule}: {trouble}"] if trouble else []
    return AlertResult(new=fired.new, held=fired.held, sent=sent, failed=tuple(failed))


def replay(workspace: Workspace, *, since: dt.datetime, name: str | None = None) -> list[Alert]:
    """What the rules would have fired since then, by the rules and the archive of today. Nothing is stored.

    Feeds that were silent and runs that failed in the past are not in it: only their present is kept.
    UsageError where no rule has that name.
    """
    rules = [_rule(options) for options in workspace.config.alerts if name in (None, options.name)]
    if not rules:
        known = ", ".join(options.name for options in workspace.config.alerts) or "none"
        raise UsageError(f"there is no alert {name!r}", hint=f"config.yaml has {known}")
    found = [one for one in happenings(workspace, rules, since, workspace.clock()) if one.kind != "silent"]
    return [
        alert for rule in rules for alert in choose(rule, found, _labels(workspace, rule), (), alert_sentence)
    ]


def _rule(options: AlertOptions) -> AlertRule:
    return AlertRule(
        name=options.name,
        topics=options.topics,
        thresholds=options.thresholds,
        bursts=options.bursts,
        claims=options.claims,
        actors=options.actors,
        watchlists=options.watchlists,
        silent_feeds=options.silent_feeds,
        quiet=options.quiet_minutes,
        timezone=options.timezone,
        at_most=options.at_most,
        reader_language=options.reader_language,
    )


def _labels(workspace: Workspace, rule: AlertRule) -> Labels:
    topics = {topic.slug: topic.names for topic in configured_taxonomy(workspace.config).topics}
    return Labels(language=rule.reader_language, timezone=rule.timezone, topics=topics)


def _lease(workspace: Workspace, rules: set[str]) -> LeasedAlert | None:
    return workspace.store.lease_alert(rules, owner=workspace.owner, now=workspace.clock(), lease_for=LEASE)
