"""What a story says in no particular language."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.group.centre import centred, completed, means_of
from monitor.group.evidence import compare, evidence_of, keys_of, lead_of, stems
from monitor.group.evidence_names import names_in, skeleton
from monitor.types.annotations import Entity
from monitor.types.clusters import ClusterOptions, Evidence, Transfer
from monitor.types.embedding import LanguageMeans
from monitor.types.gazetteer import Quantity
from tests.cluster_stories import cluster_story, direction


@pytest.mark.parametrize(
    "spellings",
    [
        ("Nazarbayev", "Назарбаев", "Nasarbajew"),
        ("Zelensky", "Зеленский", "Зеленський", "Selenskyj"),
        ("Tobruk", "Тобрук", "Tobrouk"),
        ("Kharkiv", "Харків"),
    ],
)
def test_names_have_one_skeleton_in_latin_and_cyrillic(spellings: tuple[str, ...]) -> None:
    assert len({skeleton(word) for word in spellings}) == 1


def test_only_capitalised_words_inside_sentences_are_names() -> None:
    assert names_in("Ships left Tobruk at night. Trucks waited.") == (skeleton("Tobruk"),)
    assert names_in("塔布鲁克港 في ميناء طبرق") == ()


def test_evidence_is_taken_from_the_headline_and_the_lead_only() -> None:
    body = "x" * 800
    near = Entity(kind="actor", code="KP", field="title", start_char=0, end_char=2)
    far = Entity(kind="actor", code="SD", field="body", start_char=790, end_char=792)
    assert evidence_of("Title", body, entities=[near, far]).codes == ("actor:KP",)


def test_small_numbers_and_years_are_no_figures() -> None:
    def quantity(value: int, unit: str = "") -> Quantity:
        return Quantity(minimum=value, maximum=value, unit=unit, bound="exact", start=0, end=1)  # type: ignore[arg-type]

    found = evidence_of(
        "T", "b", quantities=[quantity(3), quantity(2025, "year"), quantity(340), quantity(2, "piece")]
    )
    assert found.figures == ("2", "340")


def test_headlines_without_spaces_give_pairs_of_characters() -> None:
    assert stems("朝鲜发射导弹") == tuple(sorted(["朝鲜", "鲜发", "发射", "射导", "导弹"]))
    assert stems("Kim visits the port") == ("port", "visit")


SHELLS = Transfer(parties=("PH", "US"), item="artillery", quantity=24)


@pytest.mark.parametrize(
    ("other", "part"),
    [
        ({"transfers": [SHELLS]}, 0.25),
        ({"transfers": [Transfer(parties=("US", "PH"), item="artillery", quantity=12)]}, 0.15),
        ({"transfers": [Transfer(parties=("US", "PH"), item="artillery")]}, 0.15),
        ({"entities": ["actor:PH", "actor:US", "item:artillery"]}, 0.10),
        ({"entities": ["actor:PH", "item:artillery"]}, None),
        ({"transfers": [Transfer(parties=("PH", "US"), item="drones")]}, None),
        ({}, None),
    ],
)
def test_stories_that_claim_one_transfer_are_nearer(other: dict[str, list[str]], part: float | None) -> None:
    """Whatever the direction, which extraction errs in; a number in common counts more, a mere mention less."""
    named = other.pop("entities", [])
    entities = [
        Entity(kind=kind, code=code, field="title", start_char=0, end_char=1)  # type: ignore[arg-type]
        for kind, code in (one.split(":") for one in named)
    ]
    one = cluster_story(1, evidence=evidence_of("", "", transfers=[SHELLS]))
    two = cluster_story(2, evidence=evidence_of("", "", entities=entities, **other))  # type: ignore[arg-type]
    assert compare(one, two).parts.get("transfers") == part == compare(two, one).parts.get("transfers")


def test_comparison_is_symmetric_and_says_what_is_shared() -> None:
    both = Evidence(codes=("actor:KP", "actor:SD", "place:tobruk"), figures=("40000",))
    one = cluster_story(1, evidence=both, vector=direction(0.5))
    two = cluster_story(2, language="ar", hours=30, evidence=both, vector=direction(0.6))
    there, back = compare(one, two), compare(two, one)
    assert there.score == pytest.approx(back.score)
    assert there.shared == {"codes": both.codes, "figures": ("40000",)}
    assert there.parts["time"] < 0 < there.parts["told"]


QUOTE = "The cargo was loaded at night and nobody on the quay asked where it was going."


def test_a_sentence_left_as_it_was_is_proof_without_vectors() -> None:
    one, two = (
        evidence_of(title, f"{body} {QUOTE}") for title, body in (("A", "So it began."), ("B", "Later."))
    )
    assert set(one.sentences) & set(two.sentences)
    stories = [cluster_story(number, evidence=said, feed_id=number) for number, said in ((1, one), (2, two))]
    found = compare(*stories)
    assert found.parts["sentences"] == found.score >= ClusterOptions().alone
    assert {*keys_of(one)} & {*keys_of(two)}


def test_a_feeds_own_sentences_and_short_ones_prove_nothing() -> None:
    said = evidence_of("A", QUOTE)
    same_feed = [cluster_story(number, evidence=said, feed_id=7) for number in (1, 2)]
    assert "sentences" not in compare(*same_feed).parts
    assert evidence_of("A", "Read more on our site.").sentences == ()
    assert len(evidence_of("A", "\n".join(f"{QUOTE} {n}." for n in range(9))).sentences) <= 5


def test_evidence_that_one_side_lacks_says_nothing() -> None:
    silent = compare(
        cluster_story(1, evidence=Evidence(figures=("5000",)), vector=direction(0.5)),
        cluster_story(2, language="fr", vector=direction(0.5)),
    )
    assert set(silent.parts) == {"vectors"}


def test_keys_are_few_and_shared_by_what_belongs_together() -> None:
    one = Evidence(
        codes=("actor:KP", "actor:LY", "actor:SD", "actor:US", "item:artillery-ammunition", "place:tobruk")
    )
    two = Evidence(codes=("actor:KP", "actor:SD", "item:artillery-ammunition"))
    assert set(keys_of(one)) & set(keys_of(two))
    assert len(keys_of(one)) <= 12
    assert not keys_of(Evidence(codes=("actor:RU", "actor:UA")))


def test_lead_without_a_headline() -> None:
    assert lead_of("", "body") == "body"


# centring


def test_centring_takes_out_what_a_language_has_in_common() -> None:
    rows = np.array([[1.0, 0.2, 0.0], [1.0, -0.2, 0.0], [0.0, 0.2, 1.0], [0.0, -0.2, 1.0]], dtype=np.float32)
    means = LanguageMeans(
        model="m", means={"en": np.array([1, 0, 0], np.float32), "fr": np.array([0, 0, 1], np.float32)}
    )
    moved = centred(rows, ["en", "en", "fr", "fr"], means)
    assert moved[0] @ moved[2] == pytest.approx(1.0, abs=1e-6)
    assert moved[0] @ moved[3] == pytest.approx(-1.0, abs=1e-6)


def test_a_language_without_a_mean_takes_that_of_all() -> None:
    means = LanguageMeans(
        model="m", means={"en": np.array([1, 0], np.float32), "fr": np.array([0, 0], np.float32)}
    )
    [row] = centred(np.array([[0.5, 1.0]], dtype=np.float32), ["sw"], means)
    assert row == pytest.approx([0.0, 1.0])


def test_means_of_another_length_are_refused() -> None:
    means = LanguageMeans(model="m", means={"en": np.zeros(3, np.float32)})
    with pytest.raises(ValueError, match="dimensions"):
        centred(np.zeros((1, 2), dtype=np.float32), ["en"], means)
    with pytest.raises(ValueError, match="languages"):
        centred(np.zeros((1, 2), dtype=np.float32), [], None)


def test_the_archive_fills_in_languages_that_ship_without_a_mean() -> None:
    rows = np.ones((3, 2), dtype=np.float32)
    archive = means_of("m", rows, ["sw", "sw", "tr"])
    shipped = LanguageMeans(model="m", means={"en": np.zeros(2, np.float32)})
    both = completed(shipped, archive, enough=2)
    assert both is not None
    assert set(both.means) == {"en", "sw"}
    alone = completed(None, archive, enough=2)
    assert alone is not None
    assert set(alone.means) == {"sw"}
    assert completed(None, None) is None
