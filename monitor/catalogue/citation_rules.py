"""Loads the rules of citations: patterns by language, signs around names, nouns of sources; each rule with examples."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from importlib import resources
from pathlib import Path
from typing import Any, cast, get_args

from monitor.catalogue.yamlfile import Document, Problem, raise_problems, read_yaml
from monitor.types.rules import (
    CitationPattern,
    CitationRules,
    CitationWords,
    RuleExample,
    SourceKind,
    SourceNoun,
)

VERSION_LENGTH = 16
"""Hexadecimal digits of the content hash that are kept, as for the taxonomy."""

_SLOT = "X"
_WORD_KEYS = ("media", "filler", "stop", "against")
_RULE_KEYS = ("patterns", "examples")
_SOURCES, _SHAPES = "sources.yaml", "shapes.yaml"


def packaged_citation_rules() -> Path:
    """The directory of the rules that ship with the package."""
    return Path(str(resources.files("monitor") / "data" / "citations"))


def load_citation_rules(path: Path | None = None) -> CitationRules:
    """The packaged rules; files of `path` replace those of the same name or add languages.

    Raises CatalogueError with every problem found, its file, line and a hint.
    """
    files = {file.name: file for folder in (packaged_citation_rules(), path) for file in _files(folder)}
    problems: list[Problem] = []
    patterns: list[CitationPattern] = []
    shapes: list[tuple[str, str, str]] = []
    words: dict[str, CitationWords] = {}
    sources: list[SourceNoun] = []
    examples: list[RuleExample] = []
    for name, file in sorted(files.items()):
        document = read_yaml(file)
        if not isinstance(document.data, dict):
            document.complain((), "is not a mapping", "see docs/reference/citations.md")
        elif name == _SOURCES:
            sources.extend(_sources(document))
        elif name == _SHAPES:
            shapes.extend(_shapes(document))
            examples.extend(_examples(document, "any", "shapes"))
        else:
            language = document.data.get("language", "")
            document.check_keys((), document.data, ("language", "rules", *_WORD_KEYS))
            words[language] = CitationWords(**{key: split(document.data.get(key, "")) for key in _WORD_KEYS})
            patterns.extend(_patterns(document, language))
            examples.extend(_examples(document, language, "rules"))
        problems.extend(document.problems)
    raise_problems(problems, "the rules of citations")
    said = [
        [asdict(p) for p in patterns],
        shapes,
        {k: asdict(w) for k, w in words.items()},
        list(map(asdict, sources)),
    ]
    return CitationRules(
        patterns=tuple(patterns),
        shapes=tuple(shapes),
        words=words,
        sources=tuple(sources),
        examples=tuple(examples),
        version=content_hash(said),
    )


def split(value: Any) -> tuple[str, ...]:
    """Terms of a list, or of one text with ` / ` between them."""
    parts = value.split(" / ") if isinstance(value, str) else list(value)
    return tuple(dict.fromkeys(term for part in parts if (term := " ".join(str(part).split()))))


def content_hash(said: Any) -> str:
    """The version of rules: SHA-256 of their content, examples aside."""
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:VERSION_LENGTH]


def _files(folder: Path | None) -> Iterator[Path]:
    if folder is not None and folder.is_dir():
        yield from sorted(folder.glob("*.yaml"))


def _patterns(document: Document, language: str) -> Iterator[CitationPattern]:
    for rule, content in document.data.get("rules", {}).items():
        document.check_keys(("rules", rule), content, _RULE_KEYS)
        for pattern in split(content.get("patterns", "")):
            before, slot, after = pattern.partition(_SLOT)
            if not slot or not (before + after).strip():
                message = f"{pattern!r} has no slot or no words"
                document.complain(
                    ("rules", rule, "patterns"), message, "write `according to X` or `X reported`"
                )
                continue
            yield CitationPattern(rule=rule, language=language, before=before.strip(), after=after.strip())


def _shapes(document: Document) -> Iterator[tuple[str, str, str]]:
    for rule, content in document.data.get("shapes", {}).items():
        for form in content.get("forms", ()):
            left, slot, right = form.partition(_SLOT)
            if not slot:
                document.complain(("shapes", rule, "forms"), f"{form!r} has no slot", "write `(X)`")
            yield rule, left, right


def _sources(document: Document) -> Iterator[SourceNoun]:
    for label, content in document.data.get("sources", {}).items():
        kind = content.get("kind", "")
        if kind not in get_args(SourceKind):
            kinds = ", ".join(get_args(SourceKind))
            document.complain(("sources", label), f"kind {kind!r} is unknown", f"one of {kinds}")
        terms = {language: split(listed) for language, listed in content.items() if language != "kind"}
        yield SourceNoun(label=label, kind=cast(SourceKind, kind), terms=terms)


def _examples(document: Document, language: str, key: str) -> Iterator[RuleExample]:
    for rule, content in document.data.get(key, {}).items():
        listed = content.get("examples", {})
        for text, expected in listed.items() if isinstance(listed, dict) else ():
            yield RuleExample(rule=rule, language=language, text=text, expected=split(expected))
