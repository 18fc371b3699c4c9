"""What the benches of clusters share: texts to stories, halves, intervals, B-cubed."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TypeVar

from monitor.annotate.entities import find_entities
from monitor.annotate.gazetteer import CompiledGazetteer
from monitor.annotate.quantities import find_quantities
from monitor.catalogue.gazetteer import load_gazetteer
from monitor.group.centre import centred
from monitor.group.evidence import embedded_lead, evidence_of, lead_of
from monitor.types.annotations import EntryText
from monitor.types.clusters import ClusterStory
from monitor.types.embedding import Embedder, LanguageMeans, Vectors

LANGUAGES = ("en", "fr", "ru", "uk", "ar", "fa", "ko", "zh", "es", "de")
MORNING = dt.datetime(2026, 3, 3, 6, 0, tzinfo=dt.UTC)
T = TypeVar("T")


def half_a(key: str) -> bool:
    """Half A are the items whose SHA-256, as a number, is even; a key that is a digest already is taken as it is."""
    digest = key if len(key) == 64 else hashlib.sha256(key.encode()).hexdigest()
    return int(digest, 16) % 2 == 0


def embedded(texts: Sequence[tuple[str, str, str, str]], embedder: Embedder) -> Vectors:
    """Vectors of (id, language, title, body), not centred."""
    return embedder.embed([embedded_lead(title, body) for _, _, title, body in texts])


def stories_of(
    texts: Sequence[tuple[str, str, str, str]],
    embedder: Embedder | None,
    means: LanguageMeans | None,
    raw: Vectors | None = None,
) -> list[ClusterStory]:
    """Stories with evidence, and vectors centred by `means`; all of one moment, since the data has no dates."""
    gazetteer = CompiledGazetteer(load_gazetteer(), LANGUAGES)
    rows = None
    if embedder is not None:
        rows = centred(embedded(texts, embedder) if raw is None else raw, [text[1] for text in texts], means)
    found = []
    for number, (key, language, title, body) in enumerate(texts, 1):
        text = EntryText(entry_id=number, revision_id=number, uid=key, kind="rss", title=title, body=body)
        evidence = evidence_of(
            title,
            body,
            entities=find_entities(text, language, gazetteer),
            quantities=find_quantities(lead_of(title, body), language),
        )
        found.append(
            ClusterStory(
                story_id=number, uid=key, language=language, first_seen_at=MORNING, last_seen_at=MORNING,
                evidence=evidence, vector=None if rows is None else rows[number - 1],
            )
        )  # fmt: skip
    return found


def interval(items: Sequence[T], measure: Callable[[Sequence[T]], float], draws: int = 1_000) -> list[float]:
    """The 95 % interval of a measure, from a seeded bootstrap over `items`."""
    draw = random.Random(0)
    values = sorted(measure(draw.choices(items, k=len(items))) for _ in range(draws))
    return [round(values[int(draws * 0.025)], 4), round(values[int(draws * 0.975) - 1], 4)]


def b_cubed(
    gold: Sequence[str], found: Sequence[int], same: dict[str, str] | None = None
) -> list[tuple[float, float]]:
    """Precision and recall of each item (Bagga and Baldwin 1998). Items of documents that `same` gives one name may
    stand together without harm to precision; recall is over the document alone.
    """
    same = same or {}
    clusters: dict[int, list[str]] = defaultdict(list)
    for document, cluster in zip(gold, found, strict=True):
        clusters[cluster].append(document)
    sizes = {document: gold.count(document) for document in set(gold)}
    result = []
    for document, cluster in zip(gold, found, strict=True):
        members = clusters[cluster]
        fitting = sum(same.get(other, other) == same.get(document, document) for other in members)
        result.append((fitting / len(members), members.count(document) / sizes[document]))
    return result


def f_of(scores: Sequence[tuple[float, float]]) -> float:
    """F1 of mean precision and mean recall."""
    precision = sum(p for p, _ in scores) / len(scores)
    recall = sum(r for _, r in scores) / len(scores)
    return 2 * precision * recall / (precision + recall)
