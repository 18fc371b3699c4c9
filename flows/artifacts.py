"""The markdown that a run leaves in Prefect: its counts, which add up, and what failed."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.pipeline.maintenance import MaintenanceResult
from monitor.types.results import AnalyseResult, ArticleResult, DigestResult, PollResult, ReportResult


def poll_markdown(result: PollResult) -> str:
    """Counts of one poll: seen = new + revised + known + rejected, and one line a failed feed."""
    counts = result.counts
    lines = [
        "| feeds | stored | unchanged | failed |",
        "|---:|---:|---:|---:|",
        f"| {result.feeds} | {result.stored} | {result.unchanged} | {len(result.failed)} |",
        "",
        "| entries seen | new | revised | known | rejected |",
        "|---:|---:|---:|---:|---:|",
        f"| {counts.seen} | {counts.new} | {counts.revised} | {counts.known} | {counts.rejected_total} |",
    ]
    lines += [f"- rejected, {reason}: {count}" for reason, count in sorted(counts.rejected.items())]
    if result.failed:
        lines += ["", "Failed feeds:", *(f"- `{feed.slug}`: {feed.code}" for feed in result.failed)]
    return "\n".join(lines)


def maintenance_markdown(result: MaintenanceResult) -> str:
    """Rows taken away by kind, and entries kept because something rests on them."""
    if result.skipped:
        return "Another worker was at it."
    rows = [f"| {kind.replace('_', ' ')} | {count} |" for kind, count in result.retained.removed.items()]
    lines = ["| kind | rows removed |", "|---|---:|", *rows, ""]
    return "\n".join([*lines, f"{result.retained.held} old entries kept: something rests on them."])


def articles_markdown(result: ArticleResult) -> str:
    """Entries whose page was asked for, by outcome: the outcomes add up to the entries."""
    rows = [f"| {outcome} | {count} |" for outcome, count in sorted(result.outcomes.items())]
    lines = ["| outcome | entries |", "|---|---:|", *rows, f"| all | {result.entries} |", ""]
    return "\n".join(
        [*lines, f"{result.retries} are to be tried again, {result.left} wait for the next run."]
    )


def report_markdown(result: ReportResult) -> str:
    """The days of a report, and its files."""
    files = "\n".join(f"- `{path.name}`" for path in result.files)
    return f"{result.first_day} to {result.last_day}: `{result.path}`\n\n{files}"


def digest_markdown(results: Sequence[DigestResult]) -> str:
    """Each digest with its deliveries: sent, waiting and failed are all of them."""
    lines = ["| digest | stories | deliveries | sent | waiting | failed |", "|---|---:|---:|---:|---:|---:|"]
    for one in results:
        failed = len(one.failed)
        everything = one.sent + one.waiting + failed
        name = f"{one.name} ({one.skipped})" if one.skipped else one.name
        lines.append(f"| {name} | {one.stories} | {everything} | {one.sent} | {one.waiting} | {failed} |")
    return "\n".join(lines)


def analyse_markdown(result: AnalyseResult) -> str:
    """Counts of one analysis: entries annotated, tags by topic, stories."""
    lines = [
        "| entries annotated | with a topic | new stories | joined a story |",
        "|---:|---:|---:|---:|",
        f"| {result.annotated} | {result.tagged} | {result.stories_new} | {result.stories_joined} |",
        "",
        *(f"- {topic}: {count}" for topic, count in sorted(result.by_topic.items())),
    ]
    return "\n".join(lines)
