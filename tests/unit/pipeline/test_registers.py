"""Configured outlets join the register by their names, and are then cited like any other."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from monitor.catalogue.register import load_register
from monitor.config import Config
from monitor.pipeline.registers import configured_register

FEEDS = [{"rss": "https://lantern.example.org/rss"}]


def configured(**outlet: object) -> Config:
    return Config.model_validate({"outlets": [{"feeds": FEEDS, **outlet}]})


def test_an_unknown_outlet_is_added_with_its_names_by_language() -> None:
    register = configured_register(
        configured(name="Balkan Lantern", country="RS", aliases={"ru": ["Балканский фонарь"]})
    )
    entry = register.entry("Balkan Lantern")
    assert entry is not None
    assert entry.country == "RS"
    assert register.by_alias("Балканский фонарь", language="ru") == (entry,)
    assert register.by_alias("Balkan Lantern", language="de") == (entry,)


def test_a_plain_list_of_names_holds_in_every_language() -> None:
    register = configured_register(configured(name="Balkan Lantern", aliases=["The Lantern of Nis"]))
    assert [entry.name for entry in register.by_alias("the lantern of nis", language="ko")] == [
        "Balkan Lantern"
    ]


def test_a_known_outlet_keeps_what_the_register_says_and_gains_names() -> None:
    register = configured_register(configured(name="Reuters", aliases={"en": ["the old agency"]}))
    entry = register.entry("Reuters")
    assert entry is not None
    assert entry.domains
    assert [one.name for one in register.by_alias("the old agency", language="en")] == ["Reuters"]


def test_nothing_to_add_leaves_the_register_as_it_is() -> None:
    assert configured_register(Config()).version == load_register().version
    assert configured_register(configured(name="Reuters")).version == load_register().version


@pytest.mark.parametrize("aliases", [{"xx": ["Name"]}, {"en": ["x"]}])
def test_bad_names_are_refused(aliases: dict[str, list[str]]) -> None:
    with pytest.raises(ValidationError):
        configured(name="Balkan Lantern", aliases=aliases)
