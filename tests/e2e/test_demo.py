"""The demo against its ground truth, and the truth against a comparison that cannot be fooled."""

from __future__ import annotations

import copy
from email import message_from_bytes, policy
from typing import Any

import pytest

from monitor.demo.news import all_entries, outlets, truth
from monitor.types.results import AnalyseResult
from tests.e2e.conftest import Demo
from tests.e2e.demo_truth import Observed, differences, observe, topic_f1


@pytest.fixture(scope="session")
def observed(run: Demo) -> dict[str, Observed]:
    return observe(run.workspace.store, run.base)


def test_the_newsroom_has_what_the_demo_promises() -> None:
    assert len(outlets()) >= 10
    assert {outlet.language for outlet in outlets()} == {
        "en",
        "fr",
        "ru",
        "uk",
        "ar",
        "fa",
        "ko",
        "zh",
        "es",
        "de",
    }
    assert {outlet.format for outlet in outlets()} >= {"rss2", "atom", "rdf"}
    assert len(list(all_entries())) >= 150


def test_every_entry_is_stored_once_and_the_counts_add_up(run: Demo) -> None:
    counts = run.first.counts
    assert not run.first.failed
    assert counts.new == len(list(all_entries()))
    assert counts.seen == counts.new + counts.revised + counts.known + counts.rejected_total


def test_a_second_poll_finds_nothing_new(run: Demo) -> None:
    assert (run.second.feeds, run.second.unchanged) == (run.first.feeds, run.first.feeds)
    assert run.second.counts.new == 0


def test_analysis_takes_every_entry_once(run: Demo) -> None:
    assert run.analysed.annotated == run.first.counts.new
    assert run.again == AnalyseResult()


def test_the_demo_agrees_with_its_truth(observed: dict[str, Observed]) -> None:
    found = differences(truth(), observed)
    assert found["missing"] == []
    assert found["language"] == []
    assert found["stories"] == []


def test_topics_agree_with_the_truth(observed: dict[str, Observed]) -> None:
    score, pairs = topic_f1(truth(), observed)
    found = differences(truth(), observed)["topics"]
    assert score >= 0.9, f"micro F1 {score:.3f} over {pairs} pairs:\n" + "\n".join(found)


@pytest.mark.parametrize("kind", ["missing", "language", "topics", "stories"])
def test_a_truth_that_is_changed_is_found_out(kind: str, observed: dict[str, Observed]) -> None:
    """The comparison would notice: each kind of truth, changed, makes a difference of that kind."""
    changed: dict[str, Any] = copy.deepcopy(truth())
    before = differences(truth(), observed)
    entry = changed["entries"]["en-thornmoor-01"]
    if kind == "missing":
        changed["entries"]["en-thornmoor-99"] = entry
    elif kind == "language":
        entry["language"] = "de"
    elif kind == "topics":
        entry["topics"] = ["nuclear"]
    else:
        entry["story"] = changed["entries"]["fr-hexagone-01"]["story"]
    after = differences(changed, observed)
    assert len(after[kind]) > len(before[kind])


def test_the_report_opens_from_disk(run: Demo) -> None:
    page = run.report.path.read_text(encoding="utf-8")
    assert page.lstrip().lower().startswith("<!doctype html>")
    assert "Content-Security-Policy" in page


def test_the_digest_is_a_mail_with_two_parts(run: Demo) -> None:
    (digest,) = run.digests
    mail = next(path for path in digest.files if path.suffix == ".eml")
    message = message_from_bytes(mail.read_bytes(), policy=policy.default)
    assert digest.stories > 0
    assert message["Subject"]
    assert message.get_body(("plain",)) is not None
    assert message.get_body(("html",)) is not None
