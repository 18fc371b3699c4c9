"""What a run leaves in Prefect: counts that add up, whatever they are."""

from __future__ import annotations

import datetime as dt
import re

from hypothesis import given
from hypothesis import strategies as st

from flows.artifacts import articles_markdown, digest_markdown, poll_markdown
from monitor.types.plans import Counts
from monitor.types.results import ArticleResult, DigestResult, PollResult

NUMBER = st.integers(0, 10**6)


def rows(text: str) -> list[list[int]]:
    """The numbers of each row of a table."""
    return [
        [int(n) for n in re.findall(r"\b\d+\b", line)]
        for line in text.splitlines()
        if re.search(r"\| \d+ \|", line)
    ]


@given(
    new=NUMBER,
    revised=NUMBER,
    known=NUMBER,
    rejected=st.dictionaries(st.sampled_from(["no_id", "dup"]), NUMBER),
)
def test_seen_is_new_revised_known_and_rejected(
    new: int, revised: int, known: int, rejected: dict[str, int]
) -> None:
    seen = new + revised + known + sum(rejected.values())
    counts = Counts(seen=seen, new=new, revised=revised, known=known, rejected=rejected)
    text = poll_markdown(PollResult(feeds=3, stored=2, unchanged=1, counts=counts))
    feeds, entries = rows(text)
    assert feeds[0] == sum(feeds[1:])
    assert entries[0] == sum(entries[1:])
    assert (
        sum(int(n) for n in re.findall(r"^- rejected, \w+: (\d+)$", text, flags=re.MULTILINE)) == entries[-1]
    )


@given(st.dictionaries(st.sampled_from(["stored", "fallback", "withheld", "failed"]), NUMBER, min_size=1))
def test_outcomes_of_pages_add_up_to_the_entries(outcomes: dict[str, int]) -> None:
    *parts, whole = [numbers[-1] for numbers in rows(articles_markdown(ArticleResult(outcomes=outcomes)))]
    assert sum(parts) == whole


@given(sent=st.integers(0, 99), waiting=st.integers(0, 99), failed=st.integers(0, 9))
def test_deliveries_are_sent_waiting_or_failed(sent: int, waiting: int, failed: int) -> None:
    names = tuple(f"{n}@example.org" for n in range(failed))
    one = DigestResult(
        name="daily", day=dt.date(2026, 3, 2), subject="", stories=4, sent=sent, waiting=waiting, failed=names
    )
    [[_, everything, *parts]] = rows(digest_markdown([one]))
    assert everything == sum(parts)
