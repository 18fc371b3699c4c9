"""The gazetteer: states, groups, places, weapons, classes of items and their names (docs/reference/gazetteer.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

GazetteerKind = Literal["actor", "place", "weapon", "item", "mask"]
"""What an entry is. A mask names nothing: it hides names inside a longer phrase ("Michael Jordan")."""

Form = Literal["name", "demonym", "capital", "government", "weak"]
"""How a text names the entry. A weak name counts only beside other evidence of the same entry."""

KINDS: tuple[str, ...] = get_args(GazetteerKind)
FORMS: tuple[str, ...] = get_args(Form)

Terms = Mapping[str, tuple[str, ...]]
"""Terms by language (ISO 639-1, or `any`)."""

ITEM_CLASSES: tuple[str, ...] = (
    "artillery-ammunition", "rocket-artillery", "ballistic-missiles", "cruise-missiles", "air-defence", "anti-tank",
    "drones", "combat-aircraft", "helicopters", "tanks", "armoured-vehicles", "artillery", "naval-vessels",
    "small-arms", "small-arms-ammunition", "dual-use-components", "unspecified-arms", "other-arms",
)  # fmt: skip
"""Classes of items that a claim may name; the codes of kind `item`, and the class of each weapon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GazetteerEntry:
    """One thing with a code.

    An actor's is ISO 3166-1 alpha-2 or a group's English name, a place's and a weapon's a slug, an item's its class.

    `country` holds a place's state, `item_class` a weapon's class. `context` are terms that make weak names count;
    `unless` are terms in whose company the plain name does not count, unless a demonym, capital or government does.
    """

    kind: GazetteerKind
    code: str
    name: str
    forms: Mapping[str, Terms]
    country: str = ""
    item_class: str = ""
    context: Terms = field(default_factory=dict)
    unless: Terms = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gazetteer:
    """All entries, and abbreviations of one sign an actor (한미일, 俄乌) by language. `version` hashes the content."""

    entries: tuple[GazetteerEntry, ...]
    compounds: Mapping[str, Mapping[str, tuple[str, ...]]]
    version: str
    sources: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class GazetteerMatch:
    """An entry named in a text at the half-open code-point span [start, end)."""

    kind: GazetteerKind
    code: str
    form: str
    start: int
    end: int


Unit = Literal[
    "", "piece", "money", "percent", "length", "mass", "time", "year", "person", "transport", "volume"
]
"""What a number counts: pieces of the thing named next, or something that is not the thing itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number or range in a text. `unit` is empty where no known unit follows: then the next noun is counted.

    `bound` is `at-least` for "more than", `at-most` for "up to", `about` for "some"; else `exact`.
    """

    minimum: int
    maximum: int
    unit: Unit
    bound: Literal["exact", "about", "at-least", "at-most"]
    start: int
    end: int
