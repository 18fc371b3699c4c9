"""The taxonomy: topics, groups of words and the rules that weigh them (docs/reference/taxonomy.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ANY_LANGUAGE = "any"
"""The list of a group that holds for texts of every language: designations, acronyms."""

FINDINGS = ("claim", "actor", "place", "flag", "weapon", "item")
"""What a group may be filled with besides terms; `claim`, `weapon` and `item` also of one class: `weapon:drones`."""

CLASSED = frozenset({"claim", "weapon", "item"})
"""Findings that have a class of items."""

Within = Literal["sentence", "entry"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermGroup:
    """Words with one role, by language. `name` is `group` if shared, else `topic/group`.

    The terms of a `context` group count as evidence but are not mentions: a state is not a term of a topic.
    `found` names what else fills the group: a claim, an actor, a weapon of a class (`FINDINGS`).
    """

    name: str
    terms: Mapping[str, tuple[str, ...]]
    context: bool = False
    found: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Evidence for (weight > 0) or against (weight < 0) a topic.

    Each item of `groups` is a set of alternatives, all items must be found: anywhere in the entry, in one
    sentence, or at most `words` words apart. `unless` names groups that may not stand anywhere in the entry,
    `unless_near` ones that may not stand in the same sentence. `title_weight` holds for the title, or for the
    first sentence of an entry that has none.
    """

    id: str
    weight: float
    groups: tuple[tuple[str, ...], ...]
    within: Within = "entry"
    words: int | None = None
    field: Literal["title", "body", "any"] = "any"
    title_weight: float | None = None
    minimum: int = 1
    unless: tuple[str, ...] = ()
    unless_near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A subject of the taxonomy. `threshold` is the score in (0, 1] from which it is accepted.

    `masks` names groups whose terms hide what they cover: a term inside them is not seen by this topic. `passing` in
    [0, 1) is the part of the score lost by what a longer text says in one later sentence only.
    """

    slug: str
    names: Mapping[str, str]
    description: str
    threshold: float
    rules: tuple[Rule, ...]
    masks: tuple[str, ...] = ()
    passing: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxonomy:
    """All topics in use and the groups they name. `version` is a hash of the content, formatting aside."""

    topics: tuple[Topic, ...]
    groups: Mapping[str, TermGroup]
    version: str
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def slugs(self) -> tuple[str, ...]:
        """Slugs of the topics, sorted."""
        return tuple(sorted(topic.slug for topic in self.topics))
