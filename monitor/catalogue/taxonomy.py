"""Loads the taxonomy: packaged topics, the user's own over them, checked as a whole.

monitor/data/topics/*.yaml ─┐
                            ├─► one file a topic, by slug ──► groups resolved ──► Taxonomy, or all problems
topics.path/*.yaml ─────────┘
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from importlib import resources
from pathlib import Path

from monitor.catalogue.topicfile import TopicFile, read_topic_file
from monitor.catalogue.yamlfile import Problem, raise_problems
from monitor.types.taxonomy import Rule, Taxonomy, TermGroup, Topic

SHARED = "_shared"
VERSION_LENGTH = 16
"""Hexadecimal digits of the content hash that are kept: 64 bits, no collision among any number of edits."""


def packaged_topics() -> Path:
    """The directory of the topics that ship with the package."""
    return Path(str(resources.files("monitor") / "data" / "topics"))


def load_taxonomy(use: Sequence[str] | None = None, path: Path | None = None) -> Taxonomy:
    """The topics named in `use` (all, if None), those in `path` adding to and overriding the packaged ones by slug.

    A `_shared.yaml` in `path` adds groups and overrides those of the same name. Raises CatalogueError with every
    problem found, its file, line and a hint.
    """
    files = read_topic_files(path)
    problems = [problem for file in files.values() for problem in file.problems]
    topics = {slug: file for slug, file in files.items() if slug != SHARED}
    chosen = sorted(topics) if use is None else sorted(set(use))
    for slug in chosen:
        if slug not in topics:
            known = ", ".join(sorted(topics))
            problems.append(Problem("topics.use", 1, f"no topic is called {slug!r}", f"known: {known}"))
    shared = files.get(SHARED, TopicFile(slug=SHARED, file=""))
    groups: dict[str, TermGroup] = {}
    built: list[Topic] = []
    for slug in chosen:
        if slug in topics:
            built.append(_build_topic(topics[slug], shared, groups, problems))
    raise_problems(problems, "the taxonomy")
    ordered = {name: groups[name] for name in sorted(groups)}
    return Taxonomy(
        topics=tuple(built),
        groups=ordered,
        version=content_hash(built, ordered),
        sources={slug: topics[slug].file for slug in chosen},
    )


def read_topic_files(path: Path | None = None) -> dict[str, TopicFile]:
    """All topic files by slug, and the shared groups under `_shared`; problems stay in them."""
    files: dict[str, TopicFile] = {}
    for folder in (packaged_topics(), path):
        if folder is None or not folder.is_dir():
            continue
        for file in sorted(folder.glob("*.yaml")):
            read = read_topic_file(file)
            if read.slug == SHARED and SHARED in files:
                read = read.over(files[SHARED])
            files[read.slug] = read
    return files


def content_hash(topics: Iterable[Topic], groups: Mapping[str, TermGroup]) -> str:
    """The version of a taxonomy: SHA-256 of what rules and groups say; names, comments and layout do not count."""
    said = {
        "topics": [
            {
                "slug": t.slug,
                "threshold": t.threshold,
                "masks": t.masks,
                "passing": t.passing,
                "rules": [asdict(rule) for rule in t.rules],
            }
            for t in sorted(topics, key=lambda topic: topic.slug)
        ],
        "groups": {
            name: {k: sorted(set(v)) for k, v in group.terms.items()} for name, group in groups.items()
        },
        "context": sorted(name for name, group in groups.items() if group.context),
        "found": {name: sorted(group.found) for name, group in groups.items() if group.found},
    }
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:VERSION_LENGTH]


def _build_topic(
    file: TopicFile, shared: TopicFile, groups: dict[str, TermGroup], problems: list[Problem]
) -> Topic:
    """The topic with full group names; the groups that it uses are added to `groups`."""

    def full(name: str, line: int) -> str:
        owner = file if name in file.groups else shared
        key = f"{file.slug}/{name}" if owner is file else name
        if name not in owner.groups:
            known = ", ".join(sorted({*file.groups, *shared.groups}))
            problems.append(Problem(file.file, line, f"no group is called {name!r}", f"known: {known}"))
        elif key not in groups:
            terms, found = _resolve(name, owner, shared, problems, ())
            groups[key] = TermGroup(name=key, terms=terms, context=owner.groups[name].context, found=found)
        return key

    def rule(parsed: Rule, line: int) -> Rule:
        named = tuple(tuple(full(name, line) for name in item) for item in parsed.groups)
        unless = tuple(full(name, line) for name in parsed.unless)
        near = tuple(full(name, line) for name in parsed.unless_near)
        values = {name: getattr(parsed, name) for name in Rule.__dataclass_fields__}
        return Rule(**{**values, "groups": named, "unless": unless, "unless_near": near})

    rules = tuple(rule(parsed, line) for parsed, line in file.rules)
    masks = [full(name, line) for name, line in file.masks]
    masks += [full(name, line) for name, line in shared.masks]
    return Topic(
        slug=file.slug,
        names=file.names,
        description=file.description,
        threshold=file.threshold,
        rules=rules,
        masks=tuple(dict.fromkeys(masks)),
        passing=file.passing,
    )


def _resolve(
    name: str,
    owner: TopicFile,
    shared: TopicFile,
    problems: list[Problem],
    above: tuple[tuple[str, str], ...],
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """The terms of a group of `owner` with those of the groups that it includes, by language, and what else fills it.

    A group includes those of its own file first, then shared ones; its own name means the shared group.
    """
    group = owner.groups[name]
    terms: dict[str, list[str]] = {language: list(words) for language, words in group.terms.items()}
    found = list(group.found)
    here = (*above, (owner.slug, name))
    for included in group.include:
        target = owner if included in owner.groups and included != name else shared
        if included not in target.groups:
            problems.append(
                Problem(owner.file, group.line, f"{name!r} includes {included!r}, which is no group")
            )
        elif (target.slug, included) in here:
            problems.append(
                Problem(owner.file, group.line, f"group {name!r} includes itself", "break the circle")
            )
        else:
            others, also = _resolve(included, target, shared, problems, here)
            found += also
            for language, words in others.items():
                terms.setdefault(language, []).extend(words)
    unique = {language: tuple(dict.fromkeys(words)) for language, words in terms.items()}
    return unique, tuple(dict.fromkeys(found))
