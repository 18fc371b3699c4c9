"""What a stage reports of itself: counts that add up, failures by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from monitor.types.plans import Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedFeed:
    """A feed that gave nothing this time. `code` is stable, `detail` one line for a person."""

    slug: str
    url: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PollResult:
    """One poll: feeds = stored + unchanged + failed; `outage` says that the fault was ours."""

    feeds: int = 0
    stored: int = 0
    unchanged: int = 0
    failed: tuple[FailedFeed, ...] = ()
    counts: Counts = Counts()
    outage: bool = False

    def __add__(self, other: PollResult) -> PollResult:
        return PollResult(
            feeds=self.feeds + other.feeds,
            stored=self.stored + other.stored,
            unchanged=self.unchanged + other.unchanged,
            failed=self.failed + other.failed,
            counts=self.counts + other.counts,
            outage=self.outage or other.outage,
        )

    @property
    def lines(self) -> list[str]:
        """The poll for a person: counts that add up, reasons of rejection, one line a failed feed."""
        counts = self.counts
        lines = [
            f"{self.feeds} feeds: {self.stored} stored, {self.unchanged} unchanged, {len(self.failed)} failed",
            f"{counts.seen} entries seen = {counts.new} new + {counts.revised} revised + {counts.known} known"
            f" + {counts.rejected_total} rejected",
        ]
        lines += [f"  rejected, {reason}: {count}" for reason, count in sorted(counts.rejected.items())]
        if not self.feeds:
            lines.append("no feed was due: `monitor poll --all` polls anyway")
        if self.outage:
            lines.append("hardly anything could be reached: the fault is taken to be ours, no feed is blamed")
        return lines + [f"failed {feed.slug} {feed.url}: {feed.code} ({feed.detail})" for feed in self.failed]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleResult:
    """Pages of entries: entries tried by outcome (`PageOutcome`), those to be tried again (`retries`), those left.

    `left` waits for the next run (time was up, or a host asked for rest); `purged` texts were kept long enough.
    """

    outcomes: Mapping[str, int] = field(default_factory=dict)
    retries: int = 0
    left: int = 0
    purged: int = 0
    outage: bool = False

    def __add__(self, other: ArticleResult) -> ArticleResult:
        outcomes = dict(self.outcomes)
        for outcome, count in other.outcomes.items():
            outcomes[outcome] = outcomes.get(outcome, 0) + count
        return ArticleResult(
            outcomes=outcomes,
            retries=self.retries + other.retries,
            left=self.left + other.left,
            purged=self.purged + other.purged,
            outage=self.outage or other.outage,
        )

    @property
    def entries(self) -> int:
        """How many entries were tried."""
        return sum(self.outcomes.values())

    @property
    def lines(self) -> list[str]:
        """The pages for a person; nothing where there were none."""
        lines = []
        if self.entries or self.left:
            parts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(self.outcomes.items()))
            waiting = f"; {self.retries} to be tried again, {self.left} left for the next run"
            lines.append(f"{self.entries} article pages: {parts or 'none tried'}{waiting}")
        if self.purged:
            lines.append(
                f"{self.purged} texts of pages were kept as long as their outlets allow, and are gone"
            )
        if self.outage:
            lines.append("no article page could be reached: the fault is taken to be ours")
        return lines


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyseResult:
    """One analysis: entries annotated, how many got a topic, stories made or joined, stories that joined a cluster."""

    annotated: int = 0
    tagged: int = 0
    stories_new: int = 0
    stories_joined: int = 0
    clusters_joined: int = 0
    by_topic: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: AnalyseResult) -> AnalyseResult:
        topics = dict(self.by_topic)
        for topic, count in other.by_topic.items():
            topics[topic] = topics.get(topic, 0) + count
        return AnalyseResult(
            annotated=self.annotated + other.annotated,
            tagged=self.tagged + other.tagged,
            stories_new=self.stories_new + other.stories_new,
            stories_joined=self.stories_joined + other.stories_joined,
            clusters_joined=self.clusters_joined + other.clusters_joined,
            by_topic=topics,
        )

    @property
    def lines(self) -> list[str]:
        """The analysis for a person."""
        tags = ", ".join(f"{topic} {count}" for topic, count in sorted(self.by_topic.items())) or "none"
        return [
            f"{self.annotated} entries annotated, {self.tagged} with a topic ({tags})",
            f"{self.stories_new} new stories, {self.stories_joined} entries joined a story",
            f"{self.clusters_joined} stories joined others of the same happening",
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportResult:
    """Where a report was written, and the days it covers (both included)."""

    path: Path
    first_day: dt.date
    last_day: dt.date
    files: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestResult:
    """One digest: where its files are, how many stories it tells, how its deliveries stand."""

    name: str
    day: dt.date
    subject: str
    stories: int
    files: tuple[Path, ...] = ()
    sent: int = 0
    waiting: int = 0
    failed: tuple[str, ...] = ()
    skipped: str = ""

    @property
    def line(self) -> str:
        """The digest as one line for a person."""
        if self.skipped:
            return f"digest {self.name}: {self.skipped}"
        where = ", ".join(str(path) for path in self.files)
        states = f"{self.sent} sent, {self.waiting} waiting, {len(self.failed)} failed"
        lines = [f"digest {self.name} of {self.day}: {self.stories} stories; {states}; {where}"]
        return "\n".join(lines + [f"  failed {recipient}" for recipient in self.failed])
