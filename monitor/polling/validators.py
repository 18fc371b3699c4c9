"""Validators that lie, and windows that may have lost entries."""

from __future__ import annotations

from monitor.types.entries import Issue, Severity
from monitor.types.fetching import Fetched, FetchOutcome, NotModified
from monitor.types.source import Validators


def lie(sent: Validators, outcome: FetchOutcome, *, unconditional: bool) -> Issue | None:
    """Name what is wrong with a server's validators, None if nothing shows. The body hash decides anyway.

    `sent` are those the feed had before the poll.
    """
    if isinstance(outcome, NotModified) and outcome.by_hash and not unconditional:
        if sent.etag is None and sent.last_modified is None:
            return None
        return Issue(
            code="validator_ignored",
            detail="the same body was sent again in spite of its validators",
            severity=Severity.INFO,
        )
    if not isinstance(outcome, Fetched) or not unconditional or sent.body_sha256 is None:
        return None
    got = outcome.validators
    # If-None-Match wins over If-Modified-Since (RFC 9110), so an ETag alone is judged where there is one
    old, new = (sent.etag, got.etag) if sent.etag else (sent.last_modified, got.last_modified)
    if old is None or old != new or got.body_sha256 == sent.body_sha256:
        return None
    return Issue(code="validator_stuck", detail="the body changed and its validators did not")


def may_have_missed(seen: int, new: int, entries_known: int) -> bool:
    """Whether a window shares nothing with what is stored, so entries between may be lost.

    The feed's older pages (RFC 5005) may hold them; else the gap is reported.
    """
    return entries_known > 0 and seen > 0 and new >= seen
