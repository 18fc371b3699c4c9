"""Topics of a text, each with a score that its rules explain and the terms that bear it.

hits, findings ──► rules that hold ──► score = (1 - Π(1 - weight)) · Π(1 - |negative weight|) ──► tag, mentions

What a longer text says in a single later sentence is mentioned in passing: the topic's `passing` lowers the score.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.annotate.compiled import CompiledTaxonomy, CompiledTopic
from monitor.annotate.evidence import MOST_WORK, Evidence
from monitor.annotate.findings import Finding
from monitor.annotate.matcher import Hit
from monitor.types.annotations import EntryText, Mention, TopicTag

IN_PASSING = "in-passing"
"""Stands among a tag's rules where the topic's `passing` lowered its score."""
OVER_WORK = "over-work"
"""Stands as the only rule of a tag with the score 0: the topic was not judged, its terms occur too often."""
_DECIMALS = 4
_GAP = "\n \n"
"""Between title and body: wider than any phrase may bridge."""
_SHOWN = 0.05
"""Scores below this are not worth a tag, accepted or not."""


def annotate_topics(
    text: EntryText,
    language: str,
    taxonomy: CompiledTaxonomy,
    hits: Iterable[Hit] | None = None,
    found: Iterable[Finding] = (),
) -> tuple[tuple[TopicTag, ...], tuple[Mention, ...]]:
    """Tags of all topics with evidence, and the mentions of those accepted, sorted by place.

    `language` is the detected one (ISO 639-1, or `und`: every configured language of the text's scripts). `hits`
    are those of the taxonomy's groups in `whole_text` where they were found before, `found` what else was.
    """
    whole, title_end = whole_text(text)
    hits = taxonomy.matcher(language, whole).find(whole) if hits is None else list(hits)
    hits += taxonomy.hits(found)
    if not hits:
        return (), ()
    evidence = Evidence(whole, title_end, hits)
    tags, mentions = [], []
    for topic in taxonomy.topics:
        tag, places = _judge(topic, evidence.without(topic.masks), taxonomy)
        if tag is not None:
            tags.append(tag)
        mentions.extend(places)
    tags.sort(key=lambda tag: tag.topic)
    mentions.sort(key=lambda m: (m.field != "title", m.start_char, m.end_char, m.topic))
    return tuple(tags), tuple(mentions)


def whole_text(text: EntryText) -> tuple[str, int]:
    """Title and body as they are matched, with a gap between them, and where the body begins (0 without a title)."""
    if not text.title:
        return text.body, 0
    return f"{text.title}{_GAP}{text.body}", len(text.title) + len(_GAP)


def _judge(
    topic: CompiledTopic, evidence: Evidence, taxonomy: CompiledTaxonomy
) -> tuple[TopicTag | None, list[Mention]]:
    if not any(rule.rule.weight > 0 and rule.possible(evidence.present) for rule in topic.rules):
        return None, []
    evidence.work = 0
    doubt, factor = 1.0, 1.0
    held: list[tuple[str, list[Hit]]] = []
    for compiled in topic.rules:
        bearing = evidence.bearing(compiled)
        if evidence.work > MOST_WORK:
            return TopicTag(topic=topic.topic.slug, score=0.0, accepted=False, rules=(OVER_WORK,)), []
        if not bearing:
            continue
        rule = compiled.rule
        weight = rule.weight
        if rule.title_weight is not None and bearing[0].start < evidence.headline_end():
            weight = rule.title_weight
        if weight < 0:
            factor *= 1 + weight
            held.append((rule.id, []))
        else:
            doubt *= 1 - weight
            held.append((rule.id, [hit for hit in bearing if hit.group not in taxonomy.context]))
    if topic.topic.passing and evidence.in_passing(hit for _, hits in held for hit in hits):
        factor *= 1 - topic.topic.passing
        held.append((IN_PASSING, []))
    score = round((1 - doubt) * factor, _DECIMALS)
    if score < _SHOWN:
        return None, []
    accepted = score >= topic.topic.threshold
    tag = TopicTag(
        topic=topic.topic.slug, score=score, accepted=accepted, rules=tuple(rule for rule, _ in held)
    )
    return tag, _mentions(topic.topic.slug, _shown(held, taxonomy), evidence) if accepted else []


def _shown(held: list[tuple[str, list[Hit]]], taxonomy: CompiledTaxonomy) -> list[tuple[str, list[Hit]]]:
    """Without the sentence of a claim where a term within it is shown as well."""
    sentences = [hit for _, hits in held for hit in hits if hit.group in taxonomy.claimed]
    if not sentences:
        return held
    terms = [hit for _, hits in held for hit in hits if hit.group not in taxonomy.claimed]
    covering = {s for s in sentences if any(s.start <= term.start and term.end <= s.end for term in terms)}
    return [(rule, [hit for hit in hits if hit not in covering]) for rule, hits in held]


def _mentions(slug: str, held: Iterable[tuple[str, list[Hit]]], evidence: Evidence) -> list[Mention]:
    """Each place once, under the first rule that it bears; a place within a longer one is left out."""
    places: dict[tuple[int, int], str] = {}
    for rule, hits in held:
        for hit in hits:
            places.setdefault((hit.start, hit.end), rule)
    mentions, last_end = [], -1
    for (start, end), rule in sorted(places.items(), key=lambda place: (place[0][0], -place[0][1])):
        if end <= last_end:
            continue
        last_end = end
        mentions.append(_mention(slug, rule, start, end, evidence))
    return mentions


def _mention(slug: str, rule: str, start: int, end: int, evidence: Evidence) -> Mention:
    in_title = start < evidence.title_end
    offset = 0 if in_title else evidence.title_end
    return Mention(
        topic=slug,
        term=evidence.text[start:end],
        field="title" if in_title else "body",
        start_char=start - offset,
        end_char=end - offset,
        rule=rule,
    )
