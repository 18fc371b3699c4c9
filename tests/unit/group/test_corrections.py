"""What a person may write to correct a claim."""

from __future__ import annotations

import pytest

from monitor.group.corrections import FIELDS, read_pairs


def test_values_are_read_as_a_claim_holds_them() -> None:
    said = read_pairs(
        ["supplier=KP, IR", "recipient=Houthis", "items=drones", "quantity=40 000", "status=denied", "via="]
    )
    assert said == {
        "supplier": ("IR", "KP"), "recipient": ("Houthis",), "items": ("drones",), "quantity_min": 40_000,
        "quantity_max": 40_000, "status": "denied", "via": (),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("pair", "word"),
    [
        ("supplier", "FIELD=VALUE"), ("colour=red", "FIELD=VALUE"), ("supplier=QX", "ISO 3166-1"), ("recipient=north korea", "KP"), ("items=bananas", "class"),
        ("items=", "items"), ("quantity=many", "whole number"), ("status=maybe", "status"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_what_may_be_written(pair: str, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        read_pairs([pair])


def test_a_range_is_in_order() -> None:
    with pytest.raises(ValueError, match="more than"):
        read_pairs(["quantity_min=9", "quantity_max=3"])
    assert "quantity_min" in FIELDS
