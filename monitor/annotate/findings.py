"""What other parts of analysis found, as groups of a topic may ask for it: claims, actors, weapons, flags.

A group with `found: [claim, weapon:drones]` holds wherever one of these was found, besides its own terms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from monitor.annotate.gazetteer import CompiledGazetteer
from monitor.types.annotations import Claim
from monitor.types.gazetteer import GazetteerMatch

_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")


class Finding(NamedTuple):
    """Something found at a half-open span of the whole text; `name` is its class: of items, else empty."""

    kind: str
    name: str
    start: int
    end: int


def findings(
    text: str,
    shift: int,
    matches: Iterable[GazetteerMatch],
    claims: Iterable[Claim],
    gazetteer: CompiledGazetteer,
) -> list[Finding]:
    """All findings of a text; `shift` is where its body begins. The order means nothing."""
    found = [Finding("flag", "", one.start(), one.end()) for one in _FLAG.finditer(text)]
    found += _named(matches, gazetteer)
    for claim in claims:
        start = claim.start_char + (0 if claim.field == "title" else shift)
        end = claim.end_char + (0 if claim.field == "title" else shift)
        found += [Finding("claim", item, start, end) for item in claim.items or ("",)]
    return found


def _named(matches: Iterable[GazetteerMatch], gazetteer: CompiledGazetteer) -> Iterator[Finding]:
    for match in matches:
        if match.kind == "item":
            yield Finding("item", match.code, match.start, match.end)
        elif match.kind == "weapon":
            entry = gazetteer.entry("weapon", match.code)
            yield Finding("weapon", entry.item_class if entry else "", match.start, match.end)
        elif match.form != "weak":
            yield Finding(match.kind, "", match.start, match.end)
