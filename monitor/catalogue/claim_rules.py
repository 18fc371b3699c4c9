"""Loads the rules of claims: frames, and for each language its marks of roles and words, each with examples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from importlib import resources
from pathlib import Path
from typing import Any

from monitor.catalogue.citation_rules import content_hash, split
from monitor.catalogue.yamlfile import Document, Problem, raise_problems, read_yaml
from monitor.types.rules import ClaimLanguage, ClaimRules, RuleExample

MARKS = (
    "to", "from", "at", "by", "via", "of", "poss", "and", "with", "in", "dative", "subject", "object",
    "origin", "none", "seat", "joined",
)  # fmt: skip
"""What may mark a party (docs/reference/claims.md)."""

CUES = (
    "negation", "filler", "silence", "refuse", "deny", "plan", "announce", "hypothesis", "hearsay", "accuse",
    "permission", "head", "others", "self", "pronoun", "generic", "contrast", "idiom", "matter", "aspect", "reject",
)  # fmt: skip
"""Rules that are no frames: words that change what a frame claims."""

_FRAMES = "frames.yaml"
_ROLES = ("supplier", "recipient")
_KEYS = ("language", "style", "before", "after", "skip", "skip_after", "rules")


def packaged_claim_rules() -> Path:
    """The directory of the rules that ship with the package."""
    return Path(str(resources.files("monitor") / "data" / "claims"))


def load_claim_rules(path: Path | None = None) -> ClaimRules:
    """The packaged rules; files of `path` replace those of the same name or add languages.

    Raises CatalogueError with every problem found, its file, line and a hint.
    """
    folders = (packaged_claim_rules(), path)
    files = {
        file.name: file for folder in folders if folder and folder.is_dir() for file in folder.glob("*.yaml")
    }
    documents = {name: read_yaml(file) for name, file in sorted(files.items())}
    frames = _frames(documents[_FRAMES])
    languages: dict[str, ClaimLanguage] = {}
    examples: list[RuleExample] = []
    problems: list[Problem] = []
    for name, document in documents.items():
        if name != _FRAMES and isinstance(document.data, dict):
            language = _language(document, set(frames))
            languages[language.language] = language
            examples.extend(_examples(document, language.language))
        problems.extend(document.problems)
    raise_problems(problems, "the rules of claims")
    said = [frames, {code: asdict(language) for code, language in languages.items()}]
    return ClaimRules(
        frames=frames, languages=languages, examples=tuple(examples), version=content_hash(said)
    )


def _frames(document: Document) -> dict[str, dict[str, dict[str, float]]]:
    frames: dict[str, dict[str, dict[str, float]]] = {}
    for name, roles in document.data.get("frames", {}).items():
        document.check_keys(("frames", name), roles, _ROLES)
        frames[name] = {
            role: {mark: float(weight) for mark, weight in marks.items()} for role, marks in roles.items()
        }
    return frames


def _language(document: Document, frames: set[str]) -> ClaimLanguage:
    data = document.data
    document.check_keys((), data, _KEYS)
    for side in ("before", "after"):
        document.check_keys((side,), data.get(side, {}), MARKS)
    document.check_keys(("rules",), data.get("rules", {}), (*frames, *CUES))
    rules: dict[str, Any] = data.get("rules", {})
    return ClaimLanguage(
        language=data.get("language", ""),
        style=data.get("style", "order"),
        before={mark: split(listed) for mark, listed in data.get("before", {}).items()},
        after={mark: split(listed) for mark, listed in data.get("after", {}).items()},
        skip=split(data.get("skip", "")),
        skip_after=split(data.get("skip_after", "")),
        words={rule: split(content.get("words", "")) for rule, content in rules.items()},
    )


def _examples(document: Document, language: str) -> Iterator[RuleExample]:
    for rule, content in document.data.get("rules", {}).items():
        for text, expected in content.get("examples", {}).items():
            yield RuleExample(rule=rule, language=language, text=text, expected=split(expected))
