"""Covers and distances answer as their definitions say, whatever the spans."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.annotate.matcher import Hit
from monitor.annotate.spans import Covers, Distances

PLACES = st.tuples(st.integers(0, 12), st.integers(1, 6)).map(lambda p: Hit(0, p[0], p[0] + p[1]))
TEXTS = st.text(alphabet="ab 中国\n\u3000,", max_size=30)


@given(st.lists(PLACES, max_size=8), PLACES)
def test_a_span_is_hidden_by_any_that_holds_it(spans: list[Hit], hit: Hit) -> None:
    holds = [span for span in spans if span.start <= hit.start and hit.end <= span.end]
    assert Covers(spans).hide(hit) == bool(holds)


@given(st.lists(PLACES, max_size=8), PLACES)
def test_a_span_is_exceeded_by_a_longer_one_that_holds_it(spans: list[Hit], hit: Hit) -> None:
    longer = [
        span
        for span in spans
        if span.start <= hit.start and hit.end <= span.end and span.end - span.start > hit.end - hit.start
    ]
    assert Covers(spans).exceed(hit) == bool(longer)


@given(TEXTS, st.data())
def test_the_distance_is_the_count_of_words_between(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=4, max_size=4)))
    one, other = Hit(0, cuts[0], cuts[1]), Hit(0, cuts[2], cuts[3])
    gap = text[cuts[1] : cuts[2]]
    ideographs = sum("\u3400" <= char <= "\u9fff" for char in gap)
    expected = ideographs // 2 if ideographs * 2 > len(gap) else len(gap.split())
    assert Distances(text).words(one, other) == Distances(text).words(other, one) == expected
