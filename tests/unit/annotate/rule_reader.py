"""One reader for all tests of citations and claims: building the automata takes a second a language."""

from __future__ import annotations

from functools import lru_cache

from monitor.annotate.annotator import Knowledge, Reader
from monitor.annotate.compiled import CompiledTaxonomy
from monitor.catalogue.citation_rules import load_citation_rules
from monitor.catalogue.claim_rules import load_claim_rules
from monitor.catalogue.gazetteer import load_gazetteer
from monitor.catalogue.register import load_register
from monitor.catalogue.taxonomy import load_taxonomy
from monitor.types.annotations import Citation, Claim, EntryText

LANGUAGES = ("en", "fr", "ru", "uk", "ar", "fa", "ko", "zh", "es", "de")


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    return Knowledge(
        gazetteer=load_gazetteer(),
        register=load_register(),
        citations=load_citation_rules(),
        claims=load_claim_rules(),
    )


@lru_cache(maxsize=1)
def reader() -> Reader:
    return Reader(CompiledTaxonomy(load_taxonomy(), LANGUAGES), knowledge())


def entry(body: str, **given: object) -> EntryText:
    fields: dict[str, object] = {
        "entry_id": 1,
        "revision_id": 1,
        "uid": "u",
        "kind": "rss",
        "title": "",
        "body": body,
    }
    return EntryText(**{**fields, **given})  # type: ignore[arg-type]


def read(body: str, language: str, **given: object) -> tuple[tuple[Citation, ...], tuple[Claim, ...]]:
    text = entry(body, **given)
    _, scan = reader().scan(text, language)
    return reader().read(text, scan)


def media(body: str, language: str, **given: object) -> list[str]:
    return sorted(c.outlet for c in read(body, language, **given)[0] if c.kind == "media")


def short(claim: Claim) -> str:
    """A claim as the examples of the rules write it."""
    return f"{'+'.join(claim.supplier)}>{'+'.join(claim.recipient)} {'+'.join(claim.items)} {claim.status}"
