"""What a person writes to correct a claim, read and checked: `supplier=KP`, `items=drones, tanks`, `quantity=40000`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from babel import Locale

ITEMS = (
    "artillery-ammunition", "rocket-artillery", "ballistic-missiles", "cruise-missiles", "air-defence", "anti-tank",
    "drones", "combat-aircraft", "helicopters", "tanks", "armoured-vehicles", "artillery", "naval-vessels",
    "small-arms", "small-arms-ammunition", "dual-use-components", "unspecified-arms", "other-arms",
)  # fmt: skip
STATUSES = ("alleged", "announced", "confirmed", "denied", "refused")
_LISTS = ("supplier", "recipient", "via", "items")
_NUMBERS = ("quantity_min", "quantity_max")
_TEXTS = ("unit", "period", "speaker")
FIELDS = (*_LISTS, "quantity", *_NUMBERS, *_TEXTS, "status")


def read_pairs(pairs: Iterable[str]) -> dict[str, object]:
    """`field=value` each. ValueError says what is wrong and what may be written."""
    said: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or name.strip() not in FIELDS:
            raise ValueError(f"{pair!r} is no correction: write FIELD=VALUE with one of {', '.join(FIELDS)}")
        said[name.strip()] = value.strip()
    return read_values(said)


def read_values(said: Mapping[str, str]) -> dict[str, object]:
    """Fields as a claim holds them; an empty text takes a value away. ValueError where one cannot be meant."""
    values: dict[str, object] = {}
    for name, text in said.items():
        if name in _LISTS:
            values[name] = _listed(name, text)
        elif name == "quantity":
            values |= dict.fromkeys(_NUMBERS, _number(name, text))
        elif name in _NUMBERS:
            values[name] = _number(name, text)
        elif name == "status":
            if text not in STATUSES:
                raise ValueError(f"{text!r} is no status: write one of {', '.join(STATUSES)}")
            values[name] = text
        else:
            values[name] = text
    low, high = values.get("quantity_min"), values.get("quantity_max")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        raise ValueError(f"quantity_min {low} is more than quantity_max {high}")
    if values.get("items") == ():
        raise ValueError("a claim has items: write unspecified-arms where the text says only arms")
    return values


def _listed(name: str, text: str) -> tuple[str, ...]:
    found = tuple(sorted({part.strip() for part in text.split(",") if part.strip()}))
    for one in found:
        if name == "items" and one not in ITEMS:
            raise ValueError(f"{one!r} is no class of items: write some of {', '.join(ITEMS)}")
        if name != "items" and len(one) == 2 and one not in _territories():
            raise ValueError(f"{one!r} is no ISO 3166-1 code: write KP, SD, …, or a group's English name")
        if name != "items" and (code := _codes().get(one.casefold())):
            raise ValueError(f"{one!r} is a state: write its code, {code}")
    return found


def _territories() -> Mapping[str, str]:
    return Locale("en").territories


@lru_cache(maxsize=1)
def _codes() -> Mapping[str, str]:
    """States' codes by their English names: a name in their place would be a party of its own."""
    return {
        name.casefold(): code for code, name in _territories().items() if len(code) == 2 and code.isalpha()
    }


def _number(name: str, text: str) -> int | None:
    plain = text.replace(" ", "").replace(",", "").replace("_", "")
    if not plain:
        return None
    if not plain.isdecimal() or len(plain) > 18:
        raise ValueError(f"{name}: {text!r} is no whole number")
    return int(plain)
