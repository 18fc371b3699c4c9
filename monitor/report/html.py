"""The HTML report: one file that opens from disk, loads nothing, and runs one script that is named by hash.

Everything a feed wrote passes through jinja2's autoescape or `monitor.render.escape`; the page's policy
(`Content-Security-Policy`) would stop what slipped through.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from monitor.render.escape import bdi, one_line, safe_url
from monitor.render.labels import Labels
from monitor.report import figures, standouts, stories, transfers, who_arms_whom
from monitor.report.figures import Table
from monitor.report.reading import Reading, typed
from monitor.report.stories import present
from monitor.types.report import ReportData

WELL: Final = frozenset({"healthy", "new", "disabled"})
FEEDS: Final = 20  # feeds shown before the rest is folded away; those in trouble always show
_ORDER: Final = {"gone": 0, "dead": 1, "blocked": 2, "failing": 3, "new": 5, "healthy": 6, "disabled": 7}


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """One feed and how it does."""

    feed: Markup
    outlet: Markup
    state: str
    state_word: str
    silent: bool
    last_success: str
    last_error: str
    week: str


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("monitor.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _source(name: str) -> str:
    environment = _environment()
    if environment.loader is None:
        raise RuntimeError("the environment has no loader")
    return environment.loader.get_source(environment, name)[0]


def policy(script: str) -> str:
    """The page's Content-Security-Policy: nothing from anywhere, but its styles, data images and this script."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def feed_rows(data: ReportData, labels: Labels) -> tuple[tuple[FeedRow, ...], int]:
    """Feeds, those in trouble first, and how many are well (neither failing nor silent)."""
    rows = typed(data.feed_health).to_dict("records")
    written = []
    for row in rows:
        state = str(row["state"] or "new")
        silent = present(row["silent"]) and bool(row["silent"])
        address = safe_url(row["feed_url"])
        rank = 4 if silent and state in WELL else _ORDER.get(state, 4)
        success = row["last_success_at"]
        line = FeedRow(
            feed=Markup('<span title="{}">{}</span>').format(address or "", one_line(row["feed"])),
            outlet=bdi(row["outlet"]),
            state=state if state in _ORDER else "other",
            state_word=labels.either("state", state),
            silent=silent,
            last_success=labels.datetime(success.to_pydatetime(), zone=False)
            if present(success)
            else labels.word("never"),
            last_error=one_line(row["last_error"]) if state not in {"healthy"} or silent else "",
            week=labels.number(int(row["entries_7d"])) if present(row["entries_7d"]) else "–",
        )
        written.append(((rank, one_line(row["feed"])), line))
    written.sort(key=lambda item: item[0])
    return tuple(line for _, line in written), sum(1 for (rank, _), _ in written if rank >= 5)


def topic_order(data: ReportData, reading: Reading) -> tuple[str, ...]:
    """Topics as configured, then others that occur, the most frequent first."""
    configured = data.options.topics or tuple(data.options.topic_labels)
    return tuple(dict.fromkeys((*configured, *reading.topics)))


def _numbers(reading: Reading, entries: int, feeds: int, well: int, labels: Labels) -> list[tuple[str, str]]:
    languages = {value for value in reading.of("language")["value"] if value != "und"}
    return [
        (labels.number(reading.stories("*")), labels.word("on_topic_stories")),
        (labels.number(reading.stories()), labels.word("all_stories")),
        (labels.number(entries), labels.word("entries")),
        (labels.number(reading.of("outlet")["value"].nunique()), labels.word("outlets")),
        (labels.number(len(languages)), labels.word("languages")),
        (f"{labels.number(well)} / {labels.number(feeds)}", labels.word("feeds_well_short")),
    ]


def render(data: ReportData, reading: Reading, files: Mapping[str, str]) -> str:
    """The page. `files` maps the names of the files beside it to what they hold."""
    options = data.options
    labels = Labels(options.language, options.timezone, options.topic_labels)
    topics = topic_order(data, reading)
    coverage = figures.coverage(data, reading, labels)
    cards, by_day = figures.topic_cards(reading, topics, labels, coverage)
    groups = stories.story_groups(data, reading, topics, labels)
    clusters, clusters_left = stories.cluster_cards(data, reading, labels)
    claims, claims_left = transfers.claims(data, labels)
    ledger, ledger_left = transfers.ledger(data, labels)
    flows, flows_left = transfers.flows(data, labels)
    feeds, well = feed_rows(data, labels)
    script = _source("filter.js")
    listed = [card for group in groups for item in group.happenings for card in item.stories]
    there = {card.anchor for card in listed} | {card.anchor for card in clusters}
    languages = sorted({card.language for card in listed}, key=labels.language_name)
    context: dict[str, object] = {
        "labels": labels,
        "w": labels.word,
        "title": options.title or labels.word("report_title"),
        "period": labels.period(*data.window),
        "made": labels.word("made_at", time=labels.datetime(data.generated_at)),
        "as_of": labels.datetime(options.as_of) if options.as_of else "",
        "policy": policy(script),
        "style": Markup(_source("report.css")),  # noqa: S704 - the project's own file
        "script": Markup(script),  # noqa: S704 - the project's own file
        "numbers": _numbers(reading, coverage.entries, len(feeds), well, labels),
        "coverage": coverage,
        "cards": cards,
        "standouts": standouts.section(data.trends, labels, there) if data.trends else None,
        "topic_bars": figures.topic_bars(reading, topics, labels),
        "any_unsafe": any(card.unsafe for card in cards),
        "by_day": by_day,
        "heat": figures.heat(reading, topics, labels),
        "running": reading.complete < len(reading.days),
        "groups": groups,
        "shown": len(listed),
        "filter_topics": [
            (topic, labels.topic(topic)) for topic in topics if any(topic in c.topics for c in listed)
        ],
        "filter_languages": [(code, labels.language_name(code)) for code in languages],
        "clusters": clusters,
        "clusters_left": clusters_left,
        "claims": claims,
        "claims_left": claims_left,
        "ledger": ledger,
        "ledger_left": ledger_left,
        "flows": flows,
        "flows_left": flows_left,
        "matrix": who_arms_whom.matrix(data, labels),
        "timeline": who_arms_whom.timeline(data, labels),
        "panels": _panels(data, reading, labels),
        "feeds": feeds,
        "feeds_open": max(FEEDS, len(feeds) - well) if len(feeds) > FEEDS + 10 else len(feeds),
        "feeds_sentence": labels.word("feeds_well", well=labels.number(well), all=labels.number(len(feeds))),
        "versions": sorted(data.versions.items()),
        "files": sorted(files.items()),
        "empty": Table(caption="", heads=(), rows=()),
    }
    return _environment().get_template("report.html").render(context)


def _panels(data: ReportData, reading: Reading, labels: Labels) -> tuple[tuple[str, figures.Panel], ...]:
    word = labels.word
    chains = figures.cited(data, labels)
    panels = (
        ("outlets", figures.panel(reading, "outlet", labels, word("outlets"), one_line)),
        ("languages", figures.panel(reading, "language", labels, word("languages"), labels.language_name)),
        ("countries", figures.panel(reading, "country", labels, word("countries"), labels.country_name)),
        ("ownership", figures.panel(reading, "ownership", labels, word("ownership"), labels.ownership)),
    )
    return panels if chains is None else (*panels, ("chains", chains))
