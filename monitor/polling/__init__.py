"""When to poll, and what follows from a poll: pure decisions (rules: docs/explanation/fetching.md)."""

from monitor.polling.decide import how_to_ask, next_poll
from monitor.polling.limits import Decision, PollLimits, Reading, Unreadable
from monitor.polling.moves import portals
from monitor.polling.outage import is_ours
from monitor.polling.rhythm import silence
from monitor.polling.validators import lie, may_have_missed

__all__ = [
    "Decision",
    "PollLimits",
    "Reading",
    "Unreadable",
    "how_to_ask",
    "is_ours",
    "lie",
    "may_have_missed",
    "next_poll",
    "portals",
    "silence",
]
