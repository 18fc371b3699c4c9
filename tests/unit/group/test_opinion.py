"""The second opinion: what follows from the rules' score and the classifier's probability, and that it learns."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.embed.opinion_weights import read_weights, shipped_weights, write_weights
from monitor.group.opinion import accepted, probabilities, second, trained
from monitor.types.annotations import TopicTag


def tag(score: float, *, topic: str = "sanctions", threshold: float = 0.5) -> TopicTag:
    return TopicTag(topic=topic, score=score, accepted=score >= threshold)


@pytest.mark.parametrize(
    ("rules", "probability", "verdict", "holds"),
    [
        (0.9, 0.9, "agreed", True),
        (0.1, 0.1, "agreed", False),
        (0.4, 0.9, "confirmed", True),
        (0.4, 0.55, "apart", False),
        (0.2, 0.7, "apart", False),
        (0.1, 0.9, "suggested", False),
        (0.6, 0.01, "vetoed", False),
        (0.6, 0.3, "apart", True),
        (0.95, 0.01, "vetoed", False),
        (0.95, 0.2, "apart", True),
    ],
)
def test_what_follows_from_both(rules: float, probability: float, verdict: str, holds: bool) -> None:
    [opinion] = second([tag(rules)], {"sanctions": probability})
    assert (opinion.verdict, opinion.accepted) == (verdict, holds)
    assert (opinion.rules, opinion.classifier) == (rules, probability)


def test_without_evidence_a_topic_is_suggested_and_never_a_tag() -> None:
    opinions = second([], {"sanctions": 0.99, "nuclear": 0.2})
    assert [(one.topic, one.verdict) for one in opinions] == [("sanctions", "suggested")]
    assert accepted(opinions) == ()


def test_a_topic_that_the_classifier_does_not_know_is_left_to_the_rules() -> None:
    [opinion] = second([tag(0.6, topic="piracy")], {})
    assert (opinion.verdict, opinion.accepted) == ("apart", True)


def test_it_learns_what_separates_and_says_the_same_each_time() -> None:
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(60, 8)).astype(np.float32)
    labels = {"a": (rows[:, 0] > 0).astype(np.float32), "b": (rows[:, 1] > 0).astype(np.float32)}
    labels["a"][:3] = np.nan
    weights = trained(rows, labels, model="m")
    said = probabilities(rows, weights)
    right = [(row["a"] > 0.5) == (x > 0) for row, x in zip(said[3:], rows[3:, 0], strict=True)]
    assert sum(right) >= 0.9 * len(right)
    again = trained(rows, labels, model="m")
    assert np.array_equal(weights.matrix, again.matrix)
    with pytest.raises(ValueError, match="8 dimensions"):
        probabilities(np.ones((1, 3), dtype=np.float32), weights)


def test_weights_survive_their_file_at_half_precision() -> None:
    rows = np.eye(4, dtype=np.float32)
    weights = trained(rows, {"a": np.array([1, 0, 1, 0], dtype=np.float32)}, model="m", source="here")
    read = read_weights(write_weights(weights))
    assert (read.model, read.topics, read.source) == ("m", ("a",), "here")
    assert np.allclose(read.matrix, weights.matrix, atol=1e-3)
    assert np.allclose(read.bias, weights.bias, atol=1e-5)


def test_weights_ship_for_the_embedder_of_the_default_install() -> None:
    weights = shipped_weights("multilingual-e5-small-q4")
    assert weights is not None
    assert weights.matrix.shape == (6, 384)
    assert shipped_weights("another-model") is None
