"""What two stories share that does not depend on language, and how much it says.

    headline + lead ─► codes of the gazetteer, figures, names, words, links, citations ─► Evidence
    two of them, with or without vectors ─► score, its parts, what is shared

A kind of evidence that one of the two lacks says nothing either way. Weights were set on half A of the shared
data (docs/explanation/clusters.md).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from monitor.group.evidence_names import names_in
from monitor.group.words import number, sentences, tokens, unspaced
from monitor.types.annotations import Entity
from monitor.types.clusters import ClusterStory, Evidence, Transfer
from monitor.types.gazetteer import Quantity

LEAD = 700
"""Characters of headline and body that count: what a happening is, its first paragraphs say."""
EMBEDDED = 360
"""Characters that are embedded; half as many where a word is one or two. More cost time and brought nothing."""

_EVERYWHERE = frozenset({"US", "RU", "UA", "CN", "GB", "EU", "UN", "FR", "DE"})
_WEIGHTS = {"weapon": 1.0, "place": 1.0, "item": 0.5, "actor": 0.8}
_STEM = 5
_LEAST_FIGURE = 10
_SENTENCE, _SENTENCE_UNSPACED, _SENTENCES = 8, 16, 5
_BETWEEN, _NUMBER = " | ", " × "
_UNCOUNTED = frozenset({"year", "time"})


@dataclass(frozen=True, slots=True)
class Weights:
    """How much full agreement in a kind of evidence adds, around the agreement that says nothing."""

    codes: float
    figures: float
    names: float
    words: float
    codes_at: float
    sentences: float = 0.0
    base: float = 0.0


ACROSS = Weights(codes=0.30, figures=0.20, names=0.20, words=0.0, codes_at=0.40)
"""With vectors, two languages."""
WITHIN = Weights(codes=0.10, figures=0.05, names=0.15, words=0.05, codes_at=0.50, sentences=0.25, base=-0.23)
"""With vectors, one language: cosines of one language lie higher."""
ALONE = Weights(codes=0.60, figures=0.30, names=0.25, words=0.35, codes_at=0.30, sentences=0.60)
"""Without vectors."""
_NAMES_AT, _FIGURES_AT, _WORDS_AT, _LINK, _CITED = 0.30, 0.30, 0.25, 0.25, 0.05
_PER_DAY = 0.03
_TOLD = 0.15
_TRANSFER, _NAMED, _NUMBERED = 0.15, 0.10, 0.10
_SERIES, _ALIKE = 0.5, 0.5
ANOTHER_DAY = dt.timedelta(hours=14)
"""As for stories: an outlet's daily reports come a day apart, give or take."""


@dataclass(frozen=True)
class Comparison:
    """`score` adds up `parts`; `sides` are the evidence of both."""

    score: float
    parts: Mapping[str, float]
    sides: tuple[Mapping[str, frozenset[str]], Mapping[str, frozenset[str]]]

    @cached_property
    def shared(self) -> Mapping[str, tuple[str, ...]]:
        """What both have, for a person to read. Most pairs are never asked."""
        a, b = self.sides
        return {name: tuple(sorted(both))[:8] for name in a if (both := a[name] & b[name])}


def evidence_of(
    title: str,
    body: str,
    *,
    entities: Iterable[Entity] = (),
    quantities: Iterable[Quantity] = (),
    links: Iterable[str] = (),
    cites: Iterable[str] = (),
    transfers: Iterable[Transfer] = (),
) -> Evidence:
    """Gather a story's evidence. `quantities` index `lead_of(title, body)`, entities their own fields."""
    shift = len(title) + 1 if title else 0
    near = {
        f"{entity.kind}:{entity.code}"
        for entity in entities
        if entity.kind in _WEIGHTS and (entity.start_char + (shift if entity.field == "body" else 0)) < LEAD
    }
    figures = {
        str(value)
        for found in quantities
        if found.unit not in _UNCOUNTED
        for value in {found.minimum, found.maximum}
        if value >= _LEAST_FIGURE or found.unit
    }
    return Evidence(
        codes=tuple(sorted(near)),
        figures=tuple(sorted(figures)),
        names=names_in(lead_of(title, body)),
        words=stems(title),
        links=tuple(sorted(set(links))),
        cites=tuple(sorted(set(cites))),
        sentences=sentence_marks(body[:LEAD]),
        transfers=transfer_marks(transfers),
    )


def transfer_marks(transfers: Iterable[Transfer]) -> tuple[str, ...]:
    """Parties and item of claims in one spelling, and once more with the number where one is stated."""
    found = set()
    for one in transfers:
        mark = _BETWEEN.join((one.item, *sorted(set(one.parties))))
        found |= {mark} if one.quantity is None else {mark, f"{mark}{_NUMBER}{one.quantity}"}
    return tuple(sorted(found))


def lead_of(title: str, body: str, limit: int = LEAD) -> str:
    """Headline and body as one text, its first `limit` characters."""
    return f"{title}\n{body}"[:limit] if title else body[:limit]


def embedded_lead(title: str, body: str) -> str:
    """What of a text is embedded: time goes with tokens, of which a character of Chinese or Korean is most of one."""
    lead = lead_of(title, body, EMBEDDED)
    return lead[: EMBEDDED // 2] if unspaced(tokens(lead)) else lead


def stems(title: str) -> tuple[str, ...]:
    """Beginnings of the longer words of a headline; pairs of characters where a script writes no spaces."""
    words = tokens(title)
    if unspaced(words):
        return tuple(sorted({one + two for one, two in pairwise(words)}))
    return tuple(sorted({word[:_STEM] for word in words if len(word) > 3 and number(word) is None}))


def sentence_marks(text: str) -> tuple[str, ...]:
    """Digests of the longest sentences of a text, of eight words or more (sixteen characters without spaces).

    Who rewrites a text leaves some of its sentences as they were: quotes, above all.
    """
    long = []
    for sentence in sentences(text):
        words = tokens(sentence)
        if len(words) >= (_SENTENCE_UNSPACED if unspaced(words) else _SENTENCE):
            long.append((-len(words), " ".join(words)))
    chosen = [words for _, words in sorted(set(long))[:_SENTENCES]]
    return tuple(sorted(hashlib.blake2b(words.encode(), digest_size=6).hexdigest() for words in chosen))


def compare(one: ClusterStory, two: ClusterStory) -> Comparison:
    """Score two stories: 0 says nothing, the thresholds of ClusterOptions say from where on it is one happening.

    Symmetric. Without two vectors the score stands on the evidence alone, and needs two kinds of it, or a link.
    """
    vectors = one.vector is not None and two.vector is not None
    same = one.language == two.language
    weights = ALONE if not vectors else WITHIN if same else ACROSS
    a, b = one.evidence.sets, two.evidence.sets
    parts: dict[str, float] = {}
    if vectors:
        parts["vectors"] = float(one.vector @ two.vector) + weights.base  # type: ignore[operator]
    if a["codes"] and b["codes"]:
        parts["codes"] = weights.codes * (_weighted(a["codes"], b["codes"]) - weights.codes_at)
    if _told(a["codes"] & b["codes"]):
        parts["told"] = _TOLD
    for name, weight, at in (
        ("figures", weights.figures, _FIGURES_AT),
        ("names", weights.names, _NAMES_AT),
        ("words", weights.words if same else 0.0, _WORDS_AT),
    ):
        if weight and a[name] and b[name]:
            parts[name] = weight * (_overlap(a[name], b[name], least=2) - at)
    if a["transfers"] or b["transfers"]:
        parts |= _transfers(a, b)
    if not a["links"].isdisjoint(b["links"]):
        parts["links"] = _LINK
    # what a feed's own reports share is its boilerplate
    if same and one.feed_id != two.feed_id and not a["sentences"].isdisjoint(b["sentences"]):
        parts["sentences"] = weights.sentences
    if not a["cites"].isdisjoint(b["cites"]):
        parts["cites"] = _CITED
    gap = _gap(one, two)
    if _series(one, two, gap):
        parts["series"] = -_SERIES
    if gap:
        parts["time"] = -_PER_DAY * gap / dt.timedelta(days=1)
    score = sum(parts.values())
    if not vectors and not _proved(parts):
        score = min(score, 0.0)
    return Comparison(score, parts, (a, b))


def _proved(parts: Mapping[str, float]) -> bool:
    """Without vectors one kind of evidence is no proof, save a link or a sentence: two wars have the same actors."""
    return (
        "links" in parts
        or "sentences" in parts
        or sum(1 for name in ("codes", "figures", "names", "words") if parts.get(name, 0.0) > 0) > 1
    )


def _told(both: frozenset[str]) -> bool:
    """Whether who and what are the same: two actors that are not in all news, and a thing or place beside them."""
    actors = sum(
        1 for code in both if code.startswith("actor:") and code.partition(":")[2] not in _EVERYWHERE
    )
    return actors > 1 and any(not code.startswith("actor:") for code in both)


def _transfers(a: Mapping[str, frozenset[str]], b: Mapping[str, frozenset[str]]) -> dict[str, float]:
    """Whether both claim one transfer, with one number, or the one names what the other claims."""
    if both := a["transfers"] & b["transfers"]:
        return {"transfers": _TRANSFER + (_NUMBERED if any(_NUMBER in mark for mark in both) else 0.0)}
    named = any(_claimed(mark) <= two["codes"] for one, two in ((a, b), (b, a)) for mark in one["transfers"])
    return {"transfers": _NAMED} if named else {}


def _claimed(mark: str) -> set[str]:
    """The codes of parties and item of a transfer."""
    item, *parties = mark.partition(_NUMBER)[0].split(_BETWEEN)
    return {f"item:{item}", *(f"actor:{party}" for party in parties)}


def _weight(code: str) -> float:
    kind, _, name = code.partition(":")
    return 0.4 if name in _EVERYWHERE and kind == "actor" else _WEIGHTS[kind]


def _weighted(one: frozenset[str], two: frozenset[str]) -> float:
    """Dice likeness, rare kinds of codes counting for more."""
    total = sum(map(_weight, one)) + sum(map(_weight, two))
    return 2 * sum(map(_weight, one & two)) / total


def _overlap(one: frozenset[str], two: frozenset[str], *, least: int) -> float:
    """Share of the smaller set, which counts as `least` where it is smaller still."""
    return len(one & two) / max(least, min(len(one), len(two)))


def _series(one: ClusterStory, two: ClusterStory, gap: dt.timedelta) -> bool:
    """Whether two stories are a feed's regular column on two days: the weather, the exchange rate."""
    if gap < ANOTHER_DAY or one.feed_id != two.feed_id or not one.feed_id:
        return False
    words = one.evidence.sets["words"], two.evidence.sets["words"]
    return all(words) and _overlap(*words, least=3) >= _ALIKE


def _gap(one: ClusterStory, two: ClusterStory) -> dt.timedelta:
    """Time between the end of the one and the beginning of the other, zero where they overlap."""
    return max(dt.timedelta(0), one.first_seen_at - two.last_seen_at, two.first_seen_at - one.last_seen_at)


def keys_of(evidence: Evidence, *, most: int = 12) -> tuple[str, ...]:
    """Keys under which stories of the same happening are found by indexed rows, the rarest kinds first.

    At most `most`, and one for each sentence.
    """
    actors = [code for code in evidence.codes if code.startswith("actor:")]
    things = [code for code in evidence.codes if code.startswith(("weapon:", "place:"))]
    items = [code for code in evidence.codes if code.startswith("item:")]
    rare = [code for code in actors if code.partition(":")[2] not in _EVERYWHERE]
    keys = [f"link {link}" for link in evidence.links[:3]]
    keys += _joined(things, things)
    keys += _joined(evidence.figures[:4], actors or things)
    keys += _joined(things, actors)
    keys += _joined(rare, rare) + _joined(rare, items) + _joined(rare, actors)
    keys += _joined(evidence.names[:4], evidence.names[:4])[:3] if len(keys) < most else []
    return (*tuple(dict.fromkeys(keys))[:most], *(f"sentence {mark}" for mark in evidence.sentences))


def _joined(some: Sequence[str], others: Sequence[str]) -> list[str]:
    return [f"{min(a, b)} {max(a, b)}" for a in some[:4] for b in others[:4] if a != b]


__all__ = ["LEAD", "Comparison", "compare", "embedded_lead", "evidence_of", "keys_of", "lead_of", "stems"]
