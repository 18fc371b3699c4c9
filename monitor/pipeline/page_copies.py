"""The page itself, kept beside the text that was read from it, where both the page and the user let it be kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from monitor.types.article import ArticleFetched, PageOutcome, PageRecord
from monitor.types.raw import pack


def with_page(
    records: Sequence[PageRecord | None], fetched: ArticleFetched, now: dt.datetime, keep: bool
) -> list[PageRecord | None]:
    """The records of one page, those whose text is stored with the page as it came."""
    if not keep or not any(may_keep(record) for record in records):
        return list(records)
    page = fetched.page
    raw = pack(page.body, url=page.url, observed_at=now, status=page.status, headers=page.headers)
    return [replace(record, raw=raw) if record and may_keep(record) else record for record in records]


def may_keep(record: PageRecord | None) -> bool:
    """Whether the page may be kept: its text is stored, and it does not forbid archiving."""
    if record is None or record.outcome is not PageOutcome.STORED:
        return False
    return record.consent is None or record.consent.archive
