"""The second opinion composed: embed, centre, classify, and lay it beside what the rules said.

Nothing here is needed: without an embedder or without weights for its model the rules stand alone. Telegram's terms bar
machine learning on what is scraped from it, so posts get no opinion unless `telegram.machine_learning` says so.
"""

from __future__ import annotations

from collections.abc import Sequence

from monitor.group.centre import centred
from monitor.group.evidence import EMBEDDED, lead_of
from monitor.group.opinion import probabilities, second
from monitor.pipeline.clustering import Clustering
from monitor.types.annotations import Annotation, EntryText
from monitor.types.opinions import Opinion, OpinionWeights

#: Texts embedded at once.
BATCH = 500


def second_opinions(
    texts: Sequence[EntryText],
    annotations: Sequence[Annotation],
    clustering: Clustering,
    weights: OpinionWeights,
    *,
    everything: bool = False,
) -> list[tuple[Opinion, ...] | None]:
    """The opinions on each text beside its annotation, None for those that must not be embedded.

    `everything` gives those on topics that neither speaks for, too.
    """
    found: list[tuple[Opinion, ...] | None] = [None] * len(texts)
    allowed = [n for n, text in enumerate(texts) if text.kind != "telegram" or clustering.telegram]
    for start in range(0, len(allowed), BATCH):
        places = allowed[start : start + BATCH]
        said = _said([texts[n] for n in places], [annotations[n] for n in places], clustering, weights)
        for place, row in zip(places, said, strict=True):
            found[place] = second(annotations[place].topics, row, everything=everything)
    return found


def _said(
    texts: Sequence[EntryText],
    annotations: Sequence[Annotation],
    clustering: Clustering,
    weights: OpinionWeights,
) -> list[dict[str, float]]:
    if clustering.embedder is None:
        return [{} for _ in texts]
    rows = clustering.embedder.embed([lead_of(text.title, text.body, EMBEDDED) for text in texts])
    moved = centred(rows, [one.language.language for one in annotations], clustering.means)
    return [dict(row) for row in probabilities(moved, weights)]
