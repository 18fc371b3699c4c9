"""Telling our own fault from the feeds': no network here must not count against anybody."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from monitor.types.fetching import FetchFailed, FetchOutcome
from monitor.types.source import FeedState

UNRESOLVED = frozenset({"dns"})
UNREACHED = UNRESOLVED | {"connect", "reset", "timeout", "proxy"}
NOT_ASKED = frozenset(
    {"host_stopped", "address_refused", "port_refused", "scheme_refused", "userinfo_refused", "bad_url"}
)

MIN_UNRESOLVED = 3
MIN_UNREACHED = 5
"""Fewer hosts than these prove nothing."""

SHARE = 0.8


def is_ours(polled: Iterable[tuple[FeedState, FetchOutcome]]) -> bool:
    """Whether a batch failed by our own fault: nothing resolves, or over 80 % of the hosts gave no answer.

    Hosts count, not feeds, and only feeds without failures so far bear witness: dead hosts that happen to
    be due together are no outage. `polled` are the states before the poll with what came of it.
    """
    answers: dict[str, set[str]] = {}
    for state, outcome in polled:
        code = outcome.code if isinstance(outcome, FetchFailed) else ""
        if state.failures == 0 and code not in NOT_ASKED:
            answers.setdefault(urlsplit(outcome.url).hostname or "", set()).add(code)
    hosts = len(answers)
    if hosts >= MIN_UNRESOLVED and all(codes <= UNRESOLVED for codes in answers.values()):
        return True
    unreached = sum(codes <= UNREACHED for codes in answers.values())
    return hosts >= MIN_UNREACHED and unreached > SHARE * hosts
