"""Alerts: what the rules ask for is stored once, then sent by mail, webhook and chat until each has it.

happenings ──► rules ──► stored (once a rule and happening) ──► leased ──► mail | webhook | chat ──► recorded
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from monitor import logs
from monitor.config.publishing import AlertOptions
from monitor.digest.alerts import choose, day_began, quiet_until
from monitor.errors import UsageError
from monitor.fetch.webhook import post_json
from monitor.mail.message import MessageOptions, plain_message
from monitor.mail.smtp import Sent, send
from monitor.pipeline.analysers import configured_taxonomy
from monitor.pipeline.chat import tell
from monitor.pipeline.happenings import alert_sentence, happenings
from monitor.pipeline.ingest import fetch_options
from monitor.pipeline.mailing import smtp_options
from monitor.pipeline.workspace import Workspace
from monitor.render.labels import Labels
from monitor.types.alerts import Alert, AlertRule, LeasedAlert
from monitor.types.fetching import Posted

OPERATORS = "operators"
"""The rule that is always there: faults of the system go to `operations.operators`."""
LOOK_BACK = dt.timedelta(days=2)
"""How far a run looks back: what was analysed late is still alerted to, what is older is no alert any more."""
LEASE = dt.timedelta(minutes=5)
FIRST_WAIT, LONGEST_WAIT = dt.timedelta(minutes=2), dt.timedelta(hours=2)
ATTEMPTS = 12


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
    """The configured rules, and the one of the operators."""
    rules = tuple(_rule(options) for options in workspace.config.alerts)
    return (*rules, AlertRule(name=OPERATORS, faults=True))


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
        trouble = await _deliver(workspace, held)
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


def _channels(workspace: Workspace, rule: str) -> Iterator[tuple[str, str, str]]:
    """(name, kind, address) of each channel of a rule; the name says nothing that is secret."""
    if rule == OPERATORS:
        yield from ((f"mail {to}", "mail", to) for to in workspace.config.operations.operators)
        return
    for options in workspace.config.alerts:
        if options.name == rule:
            yield from ((f"mail {to}", "mail", to) for to in options.to)
            for kind, addresses in (("webhook", options.webhooks), ("chat", options.notify)):
                yield from ((f"{kind} {_mark(address)}", kind, address) for address in addresses)


def _mark(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:8]


async def _deliver(workspace: Workspace, held: LeasedAlert) -> str:
    """Tell every channel that has not been told; what went wrong in words, empty for nothing."""
    done, troubles = list(held.done), []
    for name, kind, address in _channels(workspace, held.rule):
        if name in done:
            continue
        trouble = await _tell(workspace, held, kind, address)
        if trouble:
            troubles.append(f"{name}: {trouble}")
        else:
            done.append(name)
    now, said = workspace.clock(), "; ".join(troubles)
    again = bool(troubles) and held.attempts < ATTEMPTS
    wait = min(FIRST_WAIT * 2 ** (held.attempts - 1), LONGEST_WAIT)
    await asyncio.to_thread(
        workspace.store.record_alert,
        held, now=now, done=done, error=said, retry_at=now + wait if again else None,
    )  # fmt: skip
    return said


async def _tell(workspace: Workspace, held: LeasedAlert, kind: str, address: str) -> str:
    if kind == "mail":
        return await asyncio.to_thread(_mail, workspace, held, address)
    if kind == "chat":
        return await asyncio.to_thread(tell, address, held.subject, held.body)
    payload = {
        "rule": held.rule, "subject": held.subject, "text": held.body,
        "fired_at": held.fired_at.isoformat(), "reason": {k: v for k, v in held.reason.items() if k != "delivered"},
    }  # fmt: skip
    answer = await post_json(address, payload, fetch_options(workspace))
    return "" if isinstance(answer, Posted) else logs.one_line(f"{answer.code} ({answer.detail})")


def _mail(workspace: Workspace, held: LeasedAlert, recipient: str) -> str:
    sender = workspace.config.mail.from_
    mark = hashlib.sha256(f"{held.alert_id}\0{recipient.casefold()}".encode()).hexdigest()[:24]
    message = plain_message(
        recipient,
        MessageOptions(sender=sender, sent_at=held.fired_at),
        subject=held.subject,
        text=held.body,
        identifier=f"<alert.{held.rule}.{mark}@{sender.rpartition('@')[2]}>",
    )
    outcome = send(message, sender=sender, recipient=recipient, options=smtp_options(workspace.config))
    return "" if isinstance(outcome, Sent) else logs.one_line(outcome.detail)
