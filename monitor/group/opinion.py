"""The second opinion on a story's topics: a linear classifier over its centred vector beside the rules.

    rules' scores ─┐
                   ├─► confirm weak evidence, veto homonyms, suggest what has no evidence
    probabilities ─┘

It never tags by itself: without a rule that held there is no evidence to show, and the topic stays a suggestion.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from monitor.types.annotations import TopicTag
from monitor.types.embedding import Vectors
from monitor.types.opinions import Opinion, OpinionWeights, Probabilities, Verdict

CONFIRM = 0.6
"""Probability from which weak evidence is confirmed. This and the next two were chosen on half A of the development
set and on benches/gold/topics.jsonl (python -m benches.second_opinion)."""
WEAK = 0.3
"""Least score of the rules that can be confirmed."""
VETO = 0.1
"""Probability up to which a tag is taken away: a word of the taxonomy in another sense."""
SUGGEST = 0.85
"""Probability from which a topic without evidence is suggested for review."""


def probabilities(vectors: Vectors, weights: OpinionWeights) -> list[Probabilities]:
    """What the classifier says of each centred vector, by topic. Raises ValueError for vectors of another length."""
    if not len(vectors):
        return []
    if vectors.shape[1] != weights.matrix.shape[1]:
        raise ValueError(f"weights have {weights.matrix.shape[1]} dimensions, vectors {vectors.shape[1]}")
    scores = 1 / (1 + np.exp(-(vectors @ weights.matrix.T + weights.bias)))
    return [{topic: float(p) for topic, p in zip(weights.topics, row, strict=True)} for row in scores]


def second(tags: Iterable[TopicTag], said: Probabilities, *, everything: bool = False) -> tuple[Opinion, ...]:
    """What follows from both, by topic; topics that neither speaks for are left out unless `everything` is asked."""
    rules = {tag.topic: tag for tag in tags}
    found = []
    for topic in sorted({*rules, *said}):
        tag = rules.get(topic)
        opinion = _judge(topic, tag, said.get(topic))
        if everything or tag is not None or opinion.verdict == "suggested":
            found.append(opinion)
    return tuple(found)


def accepted(opinions: Iterable[Opinion]) -> tuple[str, ...]:
    """The topics that hold after both have spoken."""
    return tuple(one.topic for one in opinions if one.accepted)


def _judge(topic: str, tag: TopicTag | None, probability: float | None) -> Opinion:
    score, holds = (tag.score, tag.accepted) if tag is not None else (0.0, False)
    if probability is None:  # a topic of the user's own, which the classifier has not learnt
        return Opinion(topic, score, 0.0, "apart", holds)
    verdict: Verdict = "agreed" if holds == (probability >= 0.5) else "apart"
    if holds and probability <= VETO:
        verdict, holds = "vetoed", False
    elif not holds and score >= WEAK and probability >= CONFIRM:
        verdict, holds = "confirmed", True
    elif not holds and probability >= SUGGEST:
        verdict = "suggested"
    return Opinion(topic, score, round(probability, 4), verdict, holds)


def trained(
    vectors: Vectors, labels: Mapping[str, Vectors], *, model: str, penalty: float = 0.3, source: str = ""
) -> OpinionWeights:
    """Weights fitted to centred vectors by Newton's method on the penalised log loss, the same each time.

    `labels` holds by topic 1 for each text that has it, 0 for one that has not, NaN where readers differ.
    """
    topics = tuple(sorted(labels))
    fitted = [_fit(vectors, np.asarray(labels[topic], dtype=np.float64), penalty) for topic in topics]
    return OpinionWeights(
        model=model,
        topics=topics,
        matrix=np.stack([row[:-1] for row in fitted]).astype(np.float32),
        bias=np.array([row[-1] for row in fitted], dtype=np.float32),
        source=source,
    )


def _fit(vectors: Vectors, labels: np.ndarray, penalty: float, steps: int = 30) -> np.ndarray:
    """Coefficients and, last, the intercept, which is not penalised."""
    known = ~np.isnan(labels)
    rows = np.hstack([vectors[known].astype(np.float64), np.ones((int(known.sum()), 1))])
    wanted = labels[known]
    ridge = np.full(rows.shape[1], penalty)
    ridge[-1] = 1e-6
    found = np.zeros(rows.shape[1])
    for _ in range(steps):
        p = 1 / (1 + np.exp(-rows @ found))
        gradient = rows.T @ (p - wanted) + ridge * found
        curvature = (rows * (p * (1 - p) + 1e-9)[:, None]).T @ rows + np.diag(ridge)
        step = np.linalg.solve(curvature, gradient)
        found -= step
        if float(np.abs(step).max()) < 1e-8:
            break
    return found
