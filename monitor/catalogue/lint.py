"""What is questionable in a taxonomy though it loads: terms that cannot match, match too much, or stand twice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from monitor.annotate.inflect import is_unspaced
from monitor.annotate.terms import parse_term
from monitor.catalogue.taxonomy import SHARED, read_topic_files
from monitor.catalogue.topicfile import RawGroup, TopicFile
from monitor.catalogue.yamlfile import Problem
from monitor.text.fold import folded_word
from monitor.types.taxonomy import ANY_LANGUAGE

SHORT_STEM = 3
"""Letters below which a stem with `*` finds more words than anybody meant."""
MOST_WORDS = 8
_SYLLABIC = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


def lint_topics(path: Path | None = None, languages: Iterable[str] = ()) -> list[Problem]:
    """All problems of the packaged topics and those in `path`: errors of loading first, then questionable terms.

    With `languages`, groups that have terms but none in one of them are named too.
    """
    files = read_topic_files(path)
    shared = files.get(SHARED, TopicFile(slug=SHARED, file="_shared.yaml"))
    problems = [problem for file in files.values() for problem in file.problems]
    for file in files.values():
        for name, group in file.groups.items():
            problems.extend(_group_problems(file, name, group, shared, tuple(languages)))
        if file.slug != SHARED:
            problems.extend(_unused(file, shared))
            problems.extend(_unreachable(file))
    problems.extend(_unused_shared(shared, files.values()))
    return sorted(set(problems), key=lambda problem: (problem.file, problem.line, problem.message))


def _group_problems(
    file: TopicFile, name: str, group: RawGroup, shared: TopicFile, languages: tuple[str, ...]
) -> Iterator[Problem]:
    if not group.include and not group.found and not any(group.terms.values()):
        yield Problem(file.file, group.line, f"group {name!r} has no terms", "add terms or remove it")
    for included in group.include:
        if included not in file.groups and included not in shared.groups:
            yield Problem(file.file, group.line, f"{name!r} includes {included!r}, which is no group")
    for language, terms in group.terms.items():
        for message, hint in _term_problems(language, terms):
            yield Problem(file.file, group.line, f"{name} ({language}): {message}", hint)
    missing = [language for language in languages if not group.terms.get(language)]
    filled = group.include or group.found or group.terms.get(ANY_LANGUAGE)
    if languages and not filled and missing:
        yield Problem(
            file.file, group.line, f"group {name!r} has no terms in {', '.join(missing)}", "add some"
        )


def _term_problems(language: str, terms: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    seen: dict[str, str] = {}
    stems = {folded_word(term[:-1]): term for term in terms if _stem(term)}
    for term in terms:
        folded = f"{term.startswith('*')}{folded_word(term)}{term.endswith('*')}"
        if folded in seen:
            yield f"{term!r} stands twice (as {seen[folded]!r})", "remove one"
        seen.setdefault(folded, term)
        if any("*" in word.strip("*") for word in term.split()):
            yield f"{term!r} has a star within a word", "stars stand at the beginning or end of a word"
        elif not parse_term(term, language):
            yield f"{term!r} has no letters left to match", "write letters or digits"
        elif _weight(term) < _least(term) and term.endswith("*") and not _series(term):
            yield f"{term!r} is too short for a stem", "write the endings out"
        elif _weight(term) < 2 and not is_unspaced(language):
            yield f"{term!r} is a single letter", "it would match abbreviations everywhere"
        elif len(term.split()) > MOST_WORDS:
            yield f"{term!r} has more than {MOST_WORDS} words", "use a rule with `near`"
        else:
            cover = _cover(stems, term)
            if cover:
                yield f"{term!r} is shadowed by {cover!r}", "remove the longer one"


def _stem(term: str) -> bool:
    return term.endswith("*") and " " not in term and not term.startswith("*") and not _series(term)


def _series(term: str) -> bool:
    return re.search(r"[-\d]\*?$", term) is not None


def _cover(stems: Mapping[str, str], term: str) -> str | None:
    """The stem that already matches whatever the single word `term` does."""
    if " " in term or term.startswith("*"):
        return None
    word = folded_word(term).rstrip()
    beginnings = (word[:length] for length in range(1, len(word) + 1))
    return next((stems[part] for part in beginnings if stems.get(part, term) != term), None)


def _least(term: str) -> int:
    """A syllable of Hangul may be a verb's whole stem: one is enough there, as particles bound it."""
    return 2 if _SYLLABIC.search(term) else SHORT_STEM


def _weight(term: str) -> int:
    letters = folded_word(term).replace(" ", "")
    return len(letters) + len(_SYLLABIC.findall(letters))


def _named(file: TopicFile) -> set[str]:
    """Names of groups that rules, masks and other groups of `file` use."""
    names = {name for name, _ in file.masks}
    for rule, _ in file.rules:
        names.update(name for item in rule.groups for name in item)
        names.update(rule.unless, rule.unless_near)
    for group in file.groups.values():
        names.update(group.include)
    return names


def _unused(file: TopicFile, shared: TopicFile) -> Iterator[Problem]:
    named = _named(file)
    for name, group in file.groups.items():
        if name not in named:
            yield Problem(file.file, group.line, f"group {name!r} is used by no rule", "use it or remove it")
    for rule, line in file.rules:
        for name in sorted({n for item in rule.groups for n in item} | {*rule.unless, *rule.unless_near}):
            if name not in file.groups and name not in shared.groups:
                yield Problem(
                    file.file, line, f"rule {rule.id!r} names no group {name!r}", "check the spelling"
                )


def _unused_shared(shared: TopicFile, files: Iterable[TopicFile]) -> Iterator[Problem]:
    named = set().union(*(_named(file) for file in files))
    for name, group in shared.groups.items():
        if name not in named:
            yield Problem(
                shared.file, group.line, f"group {name!r} is used by no topic", "use it or remove it"
            )


def _unreachable(file: TopicFile) -> Iterator[Problem]:
    """Whether all positive rules together reach the threshold at all."""
    doubt = 1.0
    for rule, _ in file.rules:
        doubt *= 1 - max(rule.weight, rule.title_weight or 0.0, 0.0)
    if file.rules and 1 - doubt < file.threshold:
        hint = f"all rules together give {1 - doubt:.2f}, the threshold is {file.threshold:g}"
        yield Problem(file.file, 1, f"topic {file.slug!r} can never be accepted", hint)
