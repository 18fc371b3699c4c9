"""What stands out: bursts and drops with the stories behind them, changes of level, and what was not tested."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from markupsafe import Markup

from monitor.render.escape import anchor, bdi
from monitor.render.labels import Labels
from monitor.types.trends import BehindStory, Finding, Standout, Trends


@dataclass(frozen=True, slots=True, kw_only=True)
class BehindLine:
    """A story behind a burst: where it stands on the page (empty if it does not), its title, who had it."""

    href: str
    title: Markup
    outlet: Markup
    language: str
    outlets: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StandoutLine:
    """One day of one topic, in words."""

    anchor: str
    topic_anchor: str
    sentence: str
    direction: str
    stories: tuple[BehindLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What the page says. `note` tells what could not be tested, empty if everything was.

    `tested`: whether any day was, so that finding nothing means something.
    """

    lines: tuple[StandoutLine, ...]
    changes: tuple[str, ...]
    note: str
    tested: bool


def section(trends: Trends, labels: Labels, there: Collection[str] = ()) -> Section:
    """The section in the words of `labels`, the newest day first. `there`: anchors of the page, to link to."""
    newest = sorted(trends.standouts, key=lambda one: (one.finding.day, one.finding.ratio), reverse=True)
    changes = tuple(
        labels.word(
            "trend_change",
            topic=name_of(change.series, labels),
            day=labels.date(change.day, year=False),
            before=labels.percent(change.before),
            after=labels.percent(change.after),
        )
        for change in sorted(trends.changes, key=lambda one: one.day, reverse=True)
    )
    untested, days = labels.number(trends.untested), labels.number(trends.days)
    note = labels.word("trend_untested", n=untested, all=days) if trends.untested else ""
    return Section(
        lines=tuple(_line(one, labels, there) for one in newest),
        changes=changes,
        note=note,
        tested=trends.untested < trends.days,
    )


def name_of(series: str, labels: Labels) -> str:
    """Name of a series: the topic's, with the language where it is of one."""
    topic, _, language = series.partition("/")
    name = labels.topic(topic)
    return f"{name} ({labels.language_name(language)})" if language else name


def sentence(finding: Finding, labels: Labels) -> str:
    """What stood out, in the reader's language."""
    said = {
        "topic": name_of(finding.series, labels),
        "stories": labels.count("n_stories", finding.stories),
        "day": labels.date(finding.day, year=False),
    }
    if finding.direction == "burst":
        return labels.word("alert_burst", ratio=labels.number(finding.ratio, 1), **said)
    return labels.word("trend_drop", usual=labels.number(round(finding.expected)), **said)


def _line(one: Standout, labels: Labels, there: Collection[str]) -> StandoutLine:
    finding = one.finding
    topic = finding.series.partition("/")[0]
    return StandoutLine(
        anchor=anchor("burst", f"{finding.series}-{finding.day}"),
        topic_anchor=anchor("topic", topic),
        sentence=sentence(finding, labels),
        direction=finding.direction,
        stories=tuple(_behind(story, labels, there) for story in one.stories),
    )


def _behind(story: BehindStory, labels: Labels, there: Collection[str]) -> BehindLine:
    places = [
        anchor("story", story.story_id) if story.story_id is not None else "",
        anchor("cluster", story.cluster_id) if story.cluster_id is not None else "",
    ]
    href = next((f"#{place}" for place in places if place in there), "")
    return BehindLine(
        href=href,
        title=bdi(story.title),
        outlet=bdi(story.outlet),
        language=story.language,
        outlets=labels.count("n_outlets", story.outlets),
    )
