"""A model's claims: what the text does not bear out is rejected and counted, what the rules read is not said twice."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.annotate.claims.answered import MAX_CLAIMS, MAX_TEXT, question, read_answer, schema
from monitor.types.annotations import Annotation, Citation, Claim, Entity, LanguageGuess
from tests.model_answers import BODY, EVIDENCE, completion, said
from tests.unit.annotate.rule_reader import entry, short


def named(*codes: str) -> tuple[Entity, ...]:
    return tuple(Entity(kind="actor", code=c, field="body", start_char=0, end_char=1) for c in codes)


def annotated(**values: Any) -> Annotation:
    fields: dict[str, Any] = {
        "entry_id": 1, "revision_id": 1, "taxonomy_version": "t", "code_version": "c",
        "language": LanguageGuess(language="en", score=1.0, detector="test"),
        "entities": named("IR", "SD"), "claim_possible": True,
    }  # fmt: skip
    return Annotation(**(fields | values))


def read(*claims: Any, body: str = BODY, title: str = "", **values: Any):
    return read_answer(completion(*claims), entry(body, title=title), annotated(**values), "m1")


def test_a_claim_that_the_text_bears_out_is_marked_by_its_origin() -> None:
    reading = read(said())
    [claim] = reading.claims
    assert (short(claim), claim.origin, claim.rule) == ("IR>SD drones alleged", "model", "model/m1")
    assert BODY[claim.start_char : claim.end_char] == claim.evidence == EVIDENCE
    assert (claim.quantity_min, claim.quantity_max, claim.unit) == (20, 20, "piece")
    assert (reading.rejected, reading.known) == ({}, 0)


def test_evidence_of_the_title_has_its_place_there() -> None:
    reading = read(said(evidence="Drones for Sudan", quantity=None), title="Papers: Drones for Sudan")
    assert [(c.field, c.start_char, c.end_char) for c in reading.claims] == [("title", 8, 24)]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"evidence": "Twenty drones were on the list"}, "evidence"),
        ({"evidence": EVIDENCE.upper()}, "evidence"),
        ({"evidence": " " * 9}, "evidence"),
        ({"evidence": ""}, "shape"),
        ({"supplier": ["KP"]}, "actor"),
        ({"supplier": ["Iran"]}, "actor"),
        ({"recipient": ["IR"]}, "actor"),
        ({"via": ["LY"]}, "actor"),
        ({"recipient": []}, "shape"),
        ({"items": ["submarines"]}, "shape"),
        ({"items": []}, "shape"),
        ({"status": "certain"}, "shape"),
        ({"quantity": 40}, "quantity"),
        ({"quantity": "20"}, "shape"),
        ({"quantity": 10**30}, "shape"),
        ({"speaker": "the Ruritanian ministry"}, "speaker"),
        ({"comment": "sure"}, "shape"),
    ],
)
def test_what_the_text_does_not_bear_out_is_rejected_and_counted(values: dict[str, Any], reason: str) -> None:
    reading = read(said(**values), said())
    assert (len(reading.claims), reading.rejected) == (1, {reason: 1})


def test_a_source_that_the_rules_found_speaks_under_its_name() -> None:
    cited = Citation(outlet="The Courier", kind="media", rule="r", field="body", start_char=0, end_char=3)
    [claim] = read(said(speaker="the courier"), citations=(cited,)).claims
    assert claim.speaker == "The Courier"
    [claim] = read(said(speaker="the desk")).claims
    assert claim.speaker == "the desk"


@pytest.mark.parametrize("status", ["alleged", "denied"])
def test_a_line_that_the_rules_read_is_theirs(status: Any) -> None:
    ours = Claim(
        supplier=("IR",), recipient=("SD",), items=("drones", "other-arms"), status=status, evidence="Iran",
        field="body", start_char=32, end_char=36, rule="r", confidence=0.8,
    )  # fmt: skip
    reading = read(said(), said(items=["tanks"], quantity=None), claims=(ours,))
    assert ([short(c) for c in reading.claims], reading.known) == (["IR>SD tanks alleged"], 1)


def test_an_answer_that_says_one_thing_often_says_it_once() -> None:
    reading = read(*[said()] * (MAX_CLAIMS + 5))
    assert (len(reading.claims), reading.known, reading.rejected) == (1, MAX_CLAIMS - 1, {"too_many": 5})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, st.dictionaries(st.sampled_from(sorted(said())), JSON, min_size=1))
def test_no_answer_breaks_it_and_none_gets_past_the_text(noise: Any, values: dict[str, Any]) -> None:
    for answer in (noise, completion(noise), completion(content=noise), completion(said(**values))):
        for claim in read_answer(answer, entry(BODY), annotated(), "m1").claims:
            assert claim.evidence in BODY and {*claim.supplier, *claim.recipient, *claim.via} <= {"IR", "SD"}


@pytest.mark.parametrize(
    "content", ["", "{", "[" * 100_000, '{"claims": 3}', "I think Iran did", "9" * 9_000]
)
def test_what_is_no_list_of_claims_is_one_rejected_answer(content: str) -> None:
    reading = read_answer(completion(content=content), entry(BODY), annotated(), "m1")
    assert (reading.claims, reading.rejected) == ((), {"answer": 1})


def test_the_question_is_json_and_bounded_and_names_the_actors() -> None:
    asked = question(entry("Ship \ud800 " * 9_000), annotated(), "m1")
    text = asked["messages"][1]["content"]
    assert text.startswith("Codes: IR, SD") and len(text) == MAX_TEXT
    json.dumps(asked, allow_nan=False).encode()
    claim = schema()["properties"]["claims"]["items"]
    assert sorted(claim["required"]) == sorted(said()) and claim["additionalProperties"] is False
