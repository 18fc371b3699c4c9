"""What claims promise beyond single frames: evidence, quantity, via, completion, merging, precision."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.annotate.rule_reader import LANGUAGES, entry, read, reader, short

ALLEGATION = "North Korea has shipped about 40,000 artillery shells to the Sudanese army through Libya, Bloomberg reported."


def test_evidence_is_verbatim_and_its_span_fits() -> None:
    _, (claim,) = read(ALLEGATION, "en", title="Shells for Sudan")
    assert claim.field == "body"
    assert ALLEGATION[claim.start_char : claim.end_char] == claim.evidence
    assert "artillery shells" in claim.evidence


def test_quantity_via_and_speaker() -> None:
    _, (claim,) = read(ALLEGATION, "en")
    assert (claim.quantity_min, claim.quantity_max, claim.unit) == (40_000, 40_000, "piece")
    assert claim.via == ("LY",)
    assert claim.speaker == "Bloomberg"


def test_bounds_of_a_quantity() -> None:
    _, (claim,) = read("Norway sent at least 30 tanks to Ukraine.", "en")
    assert (claim.quantity_min, claim.quantity_max) == (30, None)


def test_a_denial_completes_itself_from_the_allegation() -> None:
    text = f'{ALLEGATION} "No such consignment has ever left our territory," the North Korean foreign ministry said.'
    assert [short(claim) for claim in read(text, "en")[1]] == [
        "KP>SD artillery-ammunition alleged",
        "KP>SD artillery-ammunition denied",
    ]


def test_a_transfer_told_twice_is_one_claim_with_the_body_as_evidence() -> None:
    _, claims = read(ALLEGATION, "en", title="North Korea ships shells to Sudan")
    assert [(short(claim), claim.field) for claim in claims] == [
        ("KP>SD artillery-ammunition alleged", "body")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Russia fired Iranian drones at Ukraine.",
        "The United States imposed sanctions on Iran over ballistic missiles.",
        "Ukraine asked Germany for cruise missiles.",
        "Poland held an exercise with tanks and American soldiers.",
        "Britain allowed Ukraine to use the missiles against Russia.",
    ],
)
def test_what_is_no_transfer(text: str) -> None:
    assert read(text, "en")[1] == ()


def test_confidence_is_a_share() -> None:
    for text in (ALLEGATION, "Norway sent at least 30 tanks to Ukraine."):
        assert all(0 < claim.confidence < 1 for claim in read(text, "en")[1])


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=120), st.sampled_from(LANGUAGES))
def test_any_text_around_is_survived(noise: str, language: str) -> None:
    item = entry(f"{noise} {ALLEGATION} {noise}", title=noise)
    _, scan = reader().scan(item, language)
    for claim in reader().read(item, scan)[1]:
        field = item.title if claim.field == "title" else item.body
        assert field[claim.start_char : claim.end_char] == claim.evidence
