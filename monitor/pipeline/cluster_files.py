"""Evidence and vectors for items of a file, as the database's stories get them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor.annotate.entities import find_entities
from monitor.annotate.gazetteer import CompiledGazetteer
from monitor.annotate.quantities import find_quantities
from monitor.catalogue.gazetteer import load_gazetteer
from monitor.group.centre import centred
from monitor.group.evidence import embedded_lead, evidence_of, lead_of
from monitor.group.files import EvidenceOf, VectorsOf
from monitor.pipeline.clustering import Clustering
from monitor.types.annotations import EntryText
from monitor.types.clusters import Evidence
from monitor.types.embedding import Vectors
from monitor.types.grouping import StoryItem


def evidence_maker(languages: Sequence[str]) -> EvidenceOf:
    """Evidence of an item by the packaged gazetteer; `languages` are tried where an item's is unknown."""
    gazetteer = CompiledGazetteer(load_gazetteer(), languages)

    def made(item: StoryItem) -> Evidence:
        text = EntryText(
            entry_id=item.entry_id,
            revision_id=item.entry_id,
            uid=item.uid,
            kind=item.kind,
            title=item.title,
            body=item.body,
        )
        return evidence_of(
            item.title,
            item.body,
            entities=find_entities(text, item.language, gazetteer),
            quantities=find_quantities(lead_of(item.title, item.body), item.language),
            links=(*item.links, *((item.url,) if item.url else ())),
        )

    return made


def vector_maker(clustering: Clustering) -> VectorsOf | None:
    """Centred vectors of items, none of Telegram unless that is allowed; None without an embedder."""
    embedder = clustering.embedder
    if embedder is None:
        return None

    def made(items: Sequence[StoryItem]) -> Mapping[int, Vectors]:
        allowed = [item for item in items if item.kind != "telegram" or clustering.telegram]
        if not allowed:
            return {}
        rows = embedder.embed([embedded_lead(item.title, item.body) for item in allowed])
        moved = centred(rows, [item.language for item in allowed], clustering.means)
        return {item.entry_id: row for item, row in zip(allowed, moved, strict=True)}

    return made
