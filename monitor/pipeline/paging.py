"""Older pages of a feed (`rel=next`, RFC 5005 `prev-archive`) fill a gap: pure decisions, and one page added.

When a window shows nothing that is stored, entries between may be lost. Its older pages are asked until one shows an
entry that is stored, MAX_PAGES at most, all on the feed's own host. They are stored with the window in one plan, so a
kill between two pages loses nothing: validators are only kept with all that they stand for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from monitor.text.urls import host_of
from monitor.types.entries import Issue, ReadFeed

MAX_PAGES = 10
"""Older pages that are asked at one poll."""


def next_page(page: ReadFeed, feed_url: str, asked: Iterable[str]) -> str | None:
    """The address of the next older page: http(s), on the feed's own host, and not asked before."""
    url = page.next_url
    if url is None or url in set(asked) or not url.startswith(("http://", "https://")):
        return None
    return url if host_of(url) == host_of(feed_url) else None


def joined(window: ReadFeed, page: ReadFeed) -> ReadFeed:
    """The window with the entries of an older page that it does not show itself, and that page's successor."""
    shown = {entry.external_id for entry in window.entries}
    older = tuple(entry for entry in page.entries if entry.external_id not in shown)
    codes = {issue.code for issue in window.issues}
    issues = tuple(issue for issue in page.issues if issue.code not in codes)
    return replace(
        window,
        entries=(*window.entries, *older),
        issues=(*window.issues, *issues),
        rejected=tuple((Counter(dict(window.rejected)) + Counter(dict(page.rejected))).items()),
        next_url=page.next_url,
    )


def gap_issue(seen: int, pages: int, why: str) -> Issue:
    """Say that entries may be lost, and what was done against it."""
    tried = f" and {pages} older pages" if pages else ""
    detail = (
        f"none of the {seen} items shown{tried} was known: entries between two polls may be lost"
        f"{f' ({why})' if why else ''}; poll it more often"
    )
    return Issue(code="window_gap", detail=detail)
