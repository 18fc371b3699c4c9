"""Rules of citations and claims as data: words and patterns by language, each with its examples (docs/reference)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

SourceKind = Literal["media", "official", "think-tank", "unnamed", "other"]
"""Who a text attributes information to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleExample:
    """A sentence and what the rule must make of it; `expected` is empty for a sentence that it must not match."""

    rule: str
    language: str
    text: str
    expected: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationPattern:
    """Words before and after the slot of a name; one of them may be empty, both must stand there if given."""

    rule: str
    language: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationWords:
    """Words of one language about names: nouns of media, what may and what may not stand between cue and name."""

    media: tuple[str, ...] = ()
    filler: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceNoun:
    """An office or kind of source ("foreign ministry") with its terms by language."""

    label: str
    kind: SourceKind
    terms: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationRules:
    """All patterns, signs around a name (`shapes`: rule, left, right) and nouns of sources. `version` hashes them."""

    patterns: tuple[CitationPattern, ...]
    shapes: tuple[tuple[str, str, str], ...]
    words: Mapping[str, CitationWords]
    sources: tuple[SourceNoun, ...]
    examples: tuple[RuleExample, ...]
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLanguage:
    """How one language marks who gives and who receives.

    `before` and `after` map a mark (`to`, `from`, `by`, `via`, `of`, `none`, …) to words beside a party;
    `skip` are words within a party's phrase; `style` says what else marks roles: `order`, `case` or `particle`.
    """

    language: str
    style: str
    before: Mapping[str, tuple[str, ...]]
    after: Mapping[str, tuple[str, ...]]
    skip: tuple[str, ...]
    skip_after: tuple[str, ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRules:
    """Frames (which mark is which role, by weight), the languages' words, and examples. `version` hashes them."""

    frames: Mapping[str, Mapping[str, Mapping[str, float]]]
    languages: Mapping[str, ClaimLanguage]
    examples: tuple[RuleExample, ...]
    version: str
