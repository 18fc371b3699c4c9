"""Under which names polled outlets are known when chains are followed."""

from __future__ import annotations

from typing import Any

from monitor.config import Config
from monitor.group.roots import name_key
from monitor.pipeline.ledger import polled_names
from monitor.pipeline.workspace import Workspace
from tests.store.making import NOW


class Polled:
    """A store that polls one outlet, known to no register but the configuration's."""

    def outlet_names(self) -> list[tuple[str, list[str]]]:
        return [("Thornmoor Gazette", ["thornmoor_tg"])]


def names(**outlet: Any) -> dict[str, str]:
    config = Config.model_validate({"outlets": [{"name": "Thornmoor Gazette", "feeds": [], **outlet}]})
    store: Any = Polled()
    return polled_names(Workspace(config, store, lambda: NOW, "test"))


def test_an_outlet_is_known_by_its_channels_and_by_the_aliases_of_the_configuration() -> None:
    found = names(aliases={"ru": ["Торнмурская газета"]})
    wanted = ("Thornmoor Gazette", "thornmoor_tg", "Торнмурская газета")
    assert {found.get(name_key(name)) for name in wanted} == {"Thornmoor Gazette"}
    assert name_key("Торнмурская газета") not in names()
