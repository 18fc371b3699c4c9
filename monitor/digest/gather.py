"""Store rows of entries and carriers -> one `DigestStory` a story, backlog counted apart.

DigestCandidate rows ─► backlog? counted ─► by story ─► the entry that tells it best ─► DigestStory
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from monitor.render.escape import one_line, shorten
from monitor.types.digest import CarriedBy, DigestStory
from monitor.types.storage import Carrier, DigestCandidate

LEAD_LENGTH = 280
"""Characters of a lead: two or three lines of a mail. Quoting more than that is the outlet's, not ours."""
_SHORTEST_LEAD = 40
_NAMELESS = 120
# ends before a blank, so that no abbreviation or number in the middle does; scripts without blanks end anywhere
_SENTENCE = re.compile(r".{20,}?(?:[.!?؟…](?=\s|$)|[。！？])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Stories of the candidates, and the entries that are backlog: by topic, and each once."""

    stories: tuple[DigestStory, ...] = ()
    backlog: Mapping[str, int] = field(default_factory=dict)
    backlog_entries: int = 0


def gather_stories(
    candidates: Sequence[DigestCandidate],
    carriers: Iterable[Carrier] = (),
    independent: Mapping[int, int] | None = None,
) -> Gathered:
    """Return one story for the entries that share a story id; an entry before grouping is its own.

    A story is backlog only if all its entries are. `carriers` are all entries of these stories, also
    those outside the period; `independent` maps a cluster to its number of independent sources at most.
    """
    fresh: dict[int, list[DigestCandidate]] = {}
    told = {_key(row) for row in candidates if not row.backlog}
    for row in candidates:
        if _key(row) in told:
            fresh.setdefault(_key(row), []).append(row)
    by_story: dict[int, list[Carrier]] = {}
    for carrier in carriers:
        by_story.setdefault(carrier.story_id, []).append(carrier)
    old = [row for row in candidates if row.backlog and _key(row) not in told]
    backlog: dict[str, int] = {}
    for row in old:
        for topic in row.topics:
            backlog[topic] = backlog.get(topic, 0) + 1
    return Gathered(
        stories=tuple(_story(rows, by_story.get(key, []), independent or {}) for key, rows in fresh.items()),
        backlog=dict(sorted(backlog.items())),
        backlog_entries=len(old),
    )


def lead_of(body: str, title: str, limit: int = LEAD_LENGTH) -> str:
    """First lines of a body as one, without the headline that many feeds repeat there; may be empty.

    At most `limit` characters, the ellipsis included.
    """
    if limit < 1:
        return ""
    for paragraph in body.split("\n"):
        text = " ".join(paragraph.split())
        if text and text.casefold() != " ".join(title.split()).casefold():
            break
    else:
        return ""
    rest = " ".join(body[body.find(paragraph) :].split()) if len(text) < _SHORTEST_LEAD else text
    return shorten(rest, limit)


def quotable(row: DigestCandidate) -> int:
    """How many characters of its body may be shown."""
    return LEAD_LENGTH if row.excerpt_length is None else min(LEAD_LENGTH, row.excerpt_length)


def _key(row: DigestCandidate) -> int:
    # ids of stories are positive: a negative key cannot meet one
    return row.story_id if row.story_id is not None else -row.entry_id


def _story(
    rows: Sequence[DigestCandidate], carriers: Sequence[Carrier], independent: Mapping[int, int]
) -> DigestStory:
    ranked = sorted(rows, key=lambda row: (-_tells(row), row.observed_at, row.entry_id))
    best = ranked[0]
    topics: dict[str, float] = {}
    for row in rows:
        for topic, score in row.topics.items():
            topics[topic] = max(score, topics.get(topic, 0.0))
    limit = quotable(best)
    title, rest = (best.title, best.body) if best.title else _parted(best, limit)
    return DigestStory(
        story_id=_key(best),
        cluster_id=best.cluster_id,
        topics=dict(sorted(topics.items())),
        title=title,
        url=best.url,
        outlet=best.outlet,
        country=best.country,
        ownership=best.ownership,
        language=best.language,
        effective_at=best.effective_at,
        first_seen_at=min(row.observed_at for row in rows),
        lead=lead_of(rest, title, limit),
        carried_by=_others(best, rows, carriers),
        independent_sources=independent.get(best.cluster_id) if best.cluster_id is not None else None,
        entry_ids=tuple(row.entry_id for row in ranked),
        story_ids=(_key(best),),
        quotable=quotable(best),
        kind=best.kind,
        machine_learning=best.machine_learning,
    )


def _parted(row: DigestCandidate, limit: int) -> tuple[str, str]:
    """What stands for a missing title, and what is left for the lead: a first sentence, else first words.

    Where nothing may be quoted, the outlet's name.
    """
    if limit <= 0:
        return row.outlet, ""
    text, most = one_line(row.body), min(limit, _NAMELESS)
    sentence = _SENTENCE.match(text)
    if sentence and len(sentence[0]) <= most:
        return sentence[0], text[len(sentence[0]) :].strip()
    title = shorten(text, most)
    if title == text:
        return title, ""
    cut = title.removesuffix("…")
    return title, "…" + text[len(cut) :].lstrip(" ,;:-")


def _tells(row: DigestCandidate) -> int:
    """How much of a story an entry tells: a title counts most, then a link, then text enough for a lead."""
    return 4 * bool(row.title.strip()) + 2 * bool(row.url) + (len(row.body) >= _SHORTEST_LEAD)


def _others(
    best: DigestCandidate, rows: Sequence[DigestCandidate], carriers: Sequence[Carrier]
) -> tuple[CarriedBy, ...]:
    seen: list[tuple[dt.datetime, str, str, str | None]] = [
        *((c.effective_at, c.outlet, c.language, c.url) for c in carriers if c.entry_id != best.entry_id),
        *((r.effective_at, r.outlet, r.language, r.url) for r in rows if r is not best),
    ]
    first: dict[str, CarriedBy] = {}
    for _, outlet, language, url in sorted(seen, key=lambda item: (item[0], item[1], item[3] or "")):
        if outlet != best.outlet:
            first.setdefault(outlet, CarriedBy(outlet=outlet, language=language, url=url))
    return tuple(first.values())
