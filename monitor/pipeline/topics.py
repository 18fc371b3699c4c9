"""For those who write topics: what is questionable in them, which rule fires where, and how well they do."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.annotate.compiled import CompiledTaxonomy
from monitor.annotate.evidence import Evidence
from monitor.annotate.matcher import Hit, Matcher
from monitor.annotate.topics import IN_PASSING, annotate_topics, whole_text
from monitor.catalogue.lint import lint_topics
from monitor.catalogue.taxonomy import load_taxonomy
from monitor.config import Config, load_config
from monitor.errors import CatalogueError, UsageError
from monitor.pipeline.analysers import AnnotatorPool, annotator_pool, build_annotator, topics_folder
from monitor.pipeline.scoring import Counted, Score, compare, score, scores_by
from monitor.types.annotations import EntryText, TopicTag
from monitor.types.taxonomy import ANY_LANGUAGE, Taxonomy, TermGroup

#: Milliseconds that one entry of ordinary length may take with the user's topics.
BUDGET_MS = 100.0
#: Characters of the texts that the costs are tried on: an entry of ordinary length.
TRIAL_CHARS = 2_100


@dataclass(frozen=True, slots=True)
class Checked:
    """What `monitor topics check` says: errors keep the taxonomy from loading, questions do not."""

    errors: tuple[str, ...]
    questions: tuple[str, ...]
    topics: int = 0
    terms: int = 0
    version: str = ""
    slowest_ms: float = 0.0

    @property
    def lines(self) -> list[str]:
        """The findings for a person."""
        lines = [*self.errors, *self.questions]
        if self.errors:
            return [*lines, f"{len(self.errors)} error(s): this taxonomy is refused"]
        return [
            *lines,
            f"{self.topics} topics, {self.terms} terms, version {self.version}: {len(self.questions)} question(s);"
            f" {TRIAL_CHARS} characters of nothing but its own terms take {self.slowest_ms:.0f} ms at most",
        ]


def check_topics(config_path: Path, folder: Path | None = None) -> Checked:
    """Read all topics with those of `folder` (default: `topics.path`), and everything that is doubtful in them."""
    config = _config(config_path)
    if folder is not None and not folder.is_dir():
        raise UsageError(f"{folder} is no folder", hint="--path names the folder of your *.yaml files")
    folder = folder or topics_folder(config)
    try:
        taxonomy = load_taxonomy(path=folder)
    except CatalogueError as error:
        return Checked(tuple(line.strip() for line in str(error).splitlines()[1:]) or (str(error),), ())
    questions = [str(problem) for problem in lint_topics(folder)]
    questions += list(silent_terms(taxonomy))
    compiled = CompiledTaxonomy(taxonomy, config.languages)
    slowest, slow = costs(compiled)
    questions += slow
    if folder is not None:
        questions += rule_costs(compiled, {file.stem for file in folder.glob("*.yaml")})
    terms = sum(len(terms) for group in taxonomy.groups.values() for terms in group.terms.values())
    return Checked((), tuple(questions), len(taxonomy.topics), terms, taxonomy.version[:12], slowest)


def silent_terms(taxonomy: Taxonomy) -> Iterator[str]:
    """Terms that do not find themselves, and terms that a mask of every topic that uses them hides."""
    for language in sorted({code for group in taxonomy.groups.values() for code in group.terms}):
        groups = [g for g in taxonomy.groups.values() if g.terms.get(language)]
        matcher = Matcher(groups, (language,))
        for number, group in enumerate(groups):
            for term in group.terms[language]:
                hits = matcher.find(_spelled(term))
                if not any(hit.group == number for hit in hits):
                    yield f"{group.name} ({language}): {term!r} matches nothing, not even itself"
                else:
                    yield from _hidden(taxonomy, groups, (number, language, term), hits)


def _hidden(
    taxonomy: Taxonomy, groups: Sequence[TermGroup], of: tuple[int, str, str], hits: Sequence[Hit]
) -> Iterator[str]:
    number, language, term = of
    name = groups[number].name
    own = [hit for hit in hits if hit.group == number]
    users = [
        topic
        for topic in taxonomy.topics
        if any(name in item for rule in topic.rules for item in rule.groups)
    ]
    if not users or any(name in topic.masks for topic in users):
        return
    for topic in users:
        covers = [hit for hit in hits if groups[hit.group].name in topic.masks]
        if not all(any(c.start <= hit.start and hit.end <= c.end for c in covers) for hit in own):
            return
    yield f"{name} ({language}): {term!r} is always hidden by a mask of {', '.join(t.slug for t in users)}"


def _spelled(term: str) -> str:
    """A text in which the term must be found: its stars filled, a series (Су-*) with a number."""
    filled = f"{term}27" if term.endswith("-") else term.replace("-*", "-27")
    return filled.replace("*", "")


def costs(compiled: CompiledTaxonomy) -> tuple[float, list[str]]:
    """Milliseconds of the slowest text made of nothing but the taxonomy's terms, and a question a language over budget.

    No entry of that length can hold more hits. Groups follow each other, so terms of one rule stand together.
    """
    slowest, questions = 0.0, []
    for language in compiled.languages:
        terms = [
            _spelled(term)
            for group in compiled.taxonomy.groups.values()
            for code in (language, ANY_LANGUAGE)
            for term in group.terms.get(code, ())
        ]
        text = " ".join(terms)
        annotate_topics(_text("", "warm"), language, compiled)
        pieces = [text[start : start + TRIAL_CHARS] for start in range(0, len(text), TRIAL_CHARS)]
        taken = max((_milliseconds(piece, language, compiled) for piece in pieces), default=0.0)
        slowest = max(slowest, taken)
        if taken > BUDGET_MS:
            questions.append(
                f"texts in {language} can take {taken:.0f} ms: too many rules meet the same terms"
            )
    return slowest, questions


def rule_costs(compiled: CompiledTaxonomy, slugs: Set[str]) -> Iterator[str]:
    """Rules of the topics `slugs` that an entry of nothing but their own terms, without a full stop, makes too slow."""
    groups = compiled.taxonomy.groups
    for topic in compiled.taxonomy.topics:
        for rule in topic.rules if topic.slug in slugs else ():
            if len(rule.groups) < 2:
                continue
            for language in compiled.languages:
                names = [name for item in rule.groups for name in item]
                terms = [
                    _spelled(term)
                    for name in names
                    for term in [
                        t for code in (language, ANY_LANGUAGE) for t in groups[name].terms.get(code, ())
                    ][:2]
                ]
                text = " ".join(terms)
                body = (f"{text} " * (TRIAL_CHARS // max(len(text), 1) + 1))[:TRIAL_CHARS]
                taken = _milliseconds(body, language, compiled) if terms else 0.0
                if taken > BUDGET_MS:
                    hint = "ask for fewer groups at once, or for groups that share no terms"
                    yield f"{topic.slug}: rule {rule.id!r} can take {taken:.0f} ms in {language} ({hint})"
                    break


def _milliseconds(body: str, language: str, compiled: CompiledTaxonomy) -> float:
    started = time.process_time()
    annotate_topics(_text("", body), language, compiled)
    return (time.process_time() - started) * 1_000


@dataclass(frozen=True, slots=True)
class Place:
    """A term where it was found; the span indexes `field`."""

    term: str
    field: str
    start_char: int
    end_char: int
    group: str


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that holds, with its weight here and the terms that bear it."""

    rule: str
    weight: float
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One topic's score on a text, and why."""

    topic: str
    score: float
    threshold: float
    accepted: bool
    rules: tuple[Fired, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """What `monitor topics test` says of a text."""

    language: str
    verdicts: tuple[Verdict, ...]

    @property
    def lines(self) -> list[str]:
        """The verdicts for a person."""
        lines = [f"language {self.language}"]
        if not self.verdicts:
            lines.append("no rule of any topic holds")
        for verdict in self.verdicts:
            word = "accepted" if verdict.accepted else "not accepted"
            lines.append(f"{verdict.topic}: {verdict.score:.2f} of {verdict.threshold:.2f}, {word}")
            for fired in verdict.rules:
                lines.append(f"  {fired.rule} ({fired.weight:+.2f})")
                lines += [
                    f"    {place.field} {place.start_char}-{place.end_char} {place.term!r} ({place.group})"
                    for place in fired.places
                ]
        return lines


def explain(config_path: Path, body: str, *, title: str = "", language: str | None = None) -> Explained:
    """Which rules of which topics hold in a text, and where; topics below their threshold as well."""
    annotator = build_annotator(_config(config_path))
    text = _text(title, body)
    found = language or annotator.detector.detect(f"{title}\n{body}", None).language
    hits, findings = annotator.evidence(text, found)
    hits += annotator.taxonomy.hits(findings)
    tags, _ = annotate_topics(text, found, annotator.taxonomy, hits)
    judged = {tag.topic: tag for tag in tags}
    topics = {topic.slug: topic for topic in annotator.taxonomy.taxonomy.topics}
    verdicts = []
    for slug, rules in _fired(text, hits, annotator.taxonomy):
        tag, topic = judged.get(slug, TopicTag(topic=slug, score=0.0, accepted=False)), topics[slug]
        if IN_PASSING in tag.rules:
            rules = (*rules, Fired(IN_PASSING, -topic.passing, ()))  # noqa: PLW2901 -- what follows from them
        verdicts.append(Verdict(slug, tag.score, topic.threshold, tag.accepted, rules))
    return Explained(found, tuple(sorted(verdicts, key=lambda v: (-v.score, v.topic))))


def _fired(
    text: EntryText, hits: Sequence[Hit], taxonomy: CompiledTaxonomy
) -> Iterator[tuple[str, tuple[Fired, ...]]]:
    """The rules that hold, by topic, from the same hits and evidence as the annotation's."""
    whole, title_end = whole_text(text)
    names = list(taxonomy.taxonomy.groups)
    evidence = Evidence(whole, title_end, hits)
    for topic in taxonomy.topics:
        seen = evidence.without(topic.masks)
        fired = []
        for compiled in topic.rules:
            bearing = seen.bearing(compiled)
            if bearing:
                rule = compiled.rule
                titled = rule.title_weight is not None and bearing[0].start < seen.headline_end()
                weight = rule.title_weight if titled and rule.title_weight is not None else rule.weight
                places = tuple(_place(hit, whole, title_end, names) for hit in bearing)
                fired.append(Fired(rule.id, weight, places))
        if fired:
            yield topic.topic.slug, tuple(fired)


def _place(hit: Hit, whole: str, title_end: int, names: Sequence[str]) -> Place:
    in_title = hit.start < title_end
    shift = 0 if in_title else title_end
    field = "title" if in_title else "body"
    return Place(whole[hit.start : hit.end], field, hit.start - shift, hit.end - shift, names[hit.group])


@dataclass(frozen=True, slots=True)
class Scored:
    """What `monitor topics score` says: overall, by language, by topic, and where it went wrong."""

    overall: Score
    by_language: tuple[Score, ...]
    by_topic: tuple[Score, ...]
    errors: tuple[str, ...]

    @property
    def lines(self) -> list[str]:
        """The scores for a person."""
        return [s.line for s in (self.overall, *self.by_language, *self.by_topic)]


def score_topics(config_path: Path, gold: Path) -> Scored:
    """Score the configured topics against a labelled file of JSON lines (benches/gold/README.md has the keys)."""
    items = read_gold(gold)
    with annotator_pool(_config(config_path)) as pool:
        given = tag_items(pool, items)
    return score_items(items, given, pool.annotator.taxonomy.taxonomy.slugs)


def read_gold(path: Path) -> list[dict[str, Any]]:
    """The items of a labelled file. UsageError names the line that cannot be read."""
    items: list[dict[str, Any]] = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except ValueError as error:
            raise UsageError(f"{path}:{number} is not JSON: {error}") from error
        if not isinstance(item, dict) or "id" not in item or not isinstance(item.get("topics"), list):
            raise UsageError(f"{path}:{number} needs `id`, `body` and a list `topics`")
        items.append(item)
    if not items:
        raise UsageError(f"{path} has no items")
    return items


def tag_items(pool: AnnotatorPool, items: Sequence[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """The accepted topics of each item. The labelled language is not handed over: detection counts too."""
    texts = [
        _text(str(item.get("title") or ""), str(item.get("body") or ""), number)
        for number, item in enumerate(items)
    ]
    return [annotation.accepted for annotation in pool.annotate(texts)]


def score_items(
    items: Sequence[Mapping[str, Any]], given: Sequence[Iterable[str]], topics: Iterable[str]
) -> Scored:
    """Scores of tags given to labelled items; `topics` are those in use, others are not expected."""
    used = set(topics)
    counted: list[Counted] = []
    languages: dict[str, list[Counted]] = {}
    single: dict[str, list[Counted]] = {}
    errors = []
    for item, tags in zip(items, given, strict=True):
        want, got, left_open = set(item["topics"]) & used, set(tags), set(item.get("topics_optional", ()))
        one = compare(want, got, left_open)
        counted.append(one)
        languages.setdefault(str(item.get("lang", "?")), []).append(one)
        for topic in used:
            if topic not in left_open:
                single.setdefault(topic, []).append(compare(want & {topic}, got & {topic}))
        missed, extra = sorted(want - got - left_open), sorted(got - want - left_open)
        if missed or extra:
            errors.append(
                f"{item['id']}: missed {', '.join(missed) or '-'}; too many {', '.join(extra) or '-'}"
            )
    return Scored(score("all", counted), tuple(scores_by(languages)), tuple(scores_by(single)), tuple(errors))


def _config(path: Path) -> Config:
    """The configuration, or the defaults where there is none: these commands need no set-up."""
    return load_config(path) if path.exists() else Config()


def _text(title: str, body: str, number: int = 1) -> EntryText:
    return EntryText(entry_id=number, revision_id=number, uid=str(number), kind="rss", title=title, body=body)
