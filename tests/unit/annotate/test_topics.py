"""A topic's score comes from its rules, and each rule can be read: what is needed, where, and what forbids it."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.annotate.annotator import CODE_VERSION, Annotator
from monitor.annotate.compiled import CompiledTaxonomy
from monitor.annotate.findings import Finding
from monitor.annotate.language import make_detector
from monitor.annotate.topics import annotate_topics
from monitor.catalogue.taxonomy import load_taxonomy
from monitor.types.annotations import EntryText, TopicTag
from monitor.types.taxonomy import Rule, Taxonomy, TermGroup, Topic

TEN = ("en", "fr", "ru", "uk", "ar", "fa", "ko", "zh", "es", "de")
GROUPS = {
    name: TermGroup(name=name, terms={"en": terms}, context=name == "state")
    for name, terms in {
        "arms": ("howitzer", "attack drone"),
        "attack": ("attack",),
        "give": ("deliver*",),
        "state": ("norway", "chad"),
        "sport": ("goalkeeper",),
        "mask": ("howitzer museum",),
    }.items()
}


def entry(body: str, title: str = "") -> EntryText:
    return EntryText(entry_id=7, revision_id=9, uid="u", kind="rss", title=title, body=body)


def judge(rules: list[Rule], text: EntryText, *, threshold: float = 0.5) -> TopicTag | None:
    topic = Topic(
        slug="t", names={}, description="", threshold=threshold, rules=tuple(rules), masks=("mask",)
    )
    compiled = CompiledTaxonomy(Taxonomy(topics=(topic,), groups=GROUPS, version="v"), ("en",))
    tags, _ = annotate_topics(text, "en", compiled)
    return tags[0] if tags else None


def judge_found(
    rules: list[Rule], text: EntryText, found: list[Finding]
) -> tuple[TopicTag | None, list[str]]:
    """The tag where `t` counts claims of drones as well as attack drones, and the terms shown for it."""
    groups = {**GROUPS, "drones": TermGroup(name="drones", terms={}, found=("claim:drones", "flag"))}
    topic = Topic(slug="t", names={}, description="", threshold=0.5, rules=tuple(rules))
    compiled = CompiledTaxonomy(Taxonomy(topics=(topic,), groups=groups, version="v"), ("en",))
    tags, mentions = annotate_topics(text, "en", compiled, found=found)
    return (tags[0] if tags else None), [mention.term for mention in mentions]


ARMS = Rule(id="arms", weight=0.4, groups=(("arms",),), title_weight=0.6)
GIVEN = Rule(id="given", weight=0.5, groups=(("arms",), ("give",)), within="sentence")


LEAD = "The morning began with rain over the whole of the coast. "


def test_a_rule_that_holds_gives_its_weight() -> None:
    tag = judge([ARMS], entry(LEAD + "A howitzer."))
    assert tag is not None
    assert (tag.score, tag.accepted, tag.rules) == (0.4, False, ("arms",))


DRONES = Rule(id="drones", weight=0.6, groups=(("drones",),))


def test_a_group_holds_where_a_claim_of_its_class_was_found() -> None:
    text = entry("Minsk gave Chad ten of them.")
    tag, terms = judge_found([DRONES], text, [Finding("claim", "drones", 0, 27)])
    assert tag is not None
    assert (tag.accepted, terms) == (True, ["Minsk gave Chad ten of them"])
    assert judge_found([DRONES], text, [Finding("claim", "tanks", 0, 27)]) == (None, [])


def test_a_term_within_a_claim_is_shown_instead_of_the_whole_sentence() -> None:
    text = entry("Minsk gave Chad an attack drone.")
    _, terms = judge_found([DRONES, ARMS], text, [Finding("claim", "drones", 0, 31)])
    assert terms == ["attack drone"]


def test_other_findings_fill_groups_too() -> None:
    tag, _ = judge_found([DRONES], entry("\U0001f1f3\U0001f1f4 yes"), [Finding("flag", "", 0, 2)])
    assert tag is not None


def test_rules_add_up_as_independent_evidence() -> None:
    tag = judge([ARMS, GIVEN], entry(LEAD + "Norway delivered a howitzer."))
    assert tag is not None
    assert tag.score == pytest.approx(1 - 0.6 * 0.5)
    assert tag.accepted


def test_the_title_weighs_more() -> None:
    tag = judge([ARMS], entry("Nothing else.", title="A howitzer"))
    assert tag is not None
    assert tag.score == 0.6


def test_a_text_without_a_title_has_its_first_sentence_for_one() -> None:
    for text, score in (("A howitzer. " + LEAD, 0.6), (LEAD + "A howitzer.", 0.4)):
        tag = judge([ARMS], entry(text))
        assert tag is not None
        assert tag.score == score


def test_what_a_longer_text_says_once_in_passing_counts_less() -> None:
    topic = Topic(slug="t", names={}, description="", threshold=0.5, rules=(ARMS,), passing=0.5)
    compiled = CompiledTaxonomy(Taxonomy(topics=(topic,), groups=GROUPS, version="v"), ("en",))

    def score(body: str) -> tuple[float, tuple[str, ...]]:
        (tag,), _ = annotate_topics(entry(body), "en", compiled)
        return tag.score, tag.rules

    assert score(LEAD * 4 + "A howitzer. " + LEAD) == (0.2, ("arms", "in-passing"))
    assert score(LEAD * 4 + "A howitzer. A howitzer. " + LEAD) == (0.4, ("arms",))
    assert score(LEAD + "A howitzer. " + LEAD * 4) == (0.4, ("arms",))
    assert score(LEAD * 4 + "\n▪️ A howitzer.\n" + LEAD) == (0.4, ("arms",))
    assert score(LEAD * 4 + "\n— A howitzer.\n" + LEAD) == (0.4, ("arms",)), "a dash begins an item, too"
    assert score(LEAD * 10 + "A howitzer. A howitzer. ") == (0.2, ("arms", "in-passing")), (
        "two of twelve are few"
    )
    assert score("A howitzer. " + LEAD * 10 + "A howitzer. ")[1] == ("arms",)


def test_near_asks_for_one_sentence() -> None:
    assert judge([GIVEN], entry("They saw a howitzer. Milk was delivered.")) is None


def test_words_ask_for_closeness_within_it() -> None:
    rule = Rule(id="close", weight=0.5, groups=(("arms",), ("give",)), within="sentence", words=2)
    assert judge([rule], entry("Delivered: one howitzer")) is not None
    assert judge([rule], entry("Delivered late at night to the port was one howitzer")) is None


def test_a_word_that_is_part_of_another_items_term_does_not_count_twice() -> None:
    rule = Rule(id="attack", weight=0.5, groups=(("arms",), ("attack",)), within="sentence")
    assert judge([rule], entry("They sold an attack drone.")) is None
    assert judge([rule], entry("They attack with a howitzer.")) is not None


def test_unless_and_negative_weights_speak_against() -> None:
    guarded = Rule(id="arms", weight=0.8, groups=(("arms",),), unless=("sport",))
    against = Rule(id="not-sport", weight=-0.5, groups=(("sport",),))
    text = entry(LEAD + "The goalkeeper fired a howitzer.")
    assert judge([guarded], text) is None
    tag = judge([Rule(id="arms", weight=0.8, groups=(("arms",),)), against], text)
    assert tag is not None
    assert tag.score == pytest.approx(0.4)


def test_unless_near_looks_at_the_sentence_only() -> None:
    rule = Rule(id="arms", weight=0.8, groups=(("arms",),), unless_near=("sport",))
    assert judge([rule], entry("The goalkeeper, a howitzer.")) is None
    assert judge([rule], entry("A howitzer. The goalkeeper left.")) is not None


def test_a_mask_hides_what_it_covers() -> None:
    assert judge([ARMS], entry("The howitzer museum opens.")) is None
    assert judge([ARMS], entry("The howitzer museum got a howitzer.")) is not None


def test_minimum_counts_places() -> None:
    rule = Rule(id="twice", weight=0.5, groups=(("arms",),), minimum=2)
    assert judge([rule], entry("One howitzer.")) is None
    assert judge([rule], entry("One howitzer, another howitzer.")) is not None


def test_context_bears_evidence_but_is_no_mention() -> None:
    rule = Rule(id="state", weight=0.9, groups=(("arms",), ("state",)), within="sentence")
    topic = Topic(slug="t", names={}, description="", threshold=0.5, rules=(rule,))
    compiled = CompiledTaxonomy(Taxonomy(topics=(topic,), groups=GROUPS, version="v"), ("en",))
    _, mentions = annotate_topics(entry("Chad", title="A howitzer for Chad"), "en", compiled)
    assert [(m.term, m.field, m.start_char, m.end_char, m.rule) for m in mentions] == [
        ("howitzer", "title", 2, 10, "state")
    ]


@pytest.fixture(scope="module")
def annotator() -> Annotator:
    return Annotator(CompiledTaxonomy(load_taxonomy(), TEN), make_detector("auto", TEN))


def test_an_annotation_says_what_made_it(annotator: Annotator) -> None:
    annotation = annotator.annotate(
        entry("Norway delivered six howitzers to Ukraine.", title="Howitzers for Kyiv")
    )
    assert annotation.accepted == ("arms-transfers",)
    assert annotation.language.language == "en"
    assert (annotation.entry_id, annotation.revision_id) == (7, 9)
    assert annotation.taxonomy_version == annotator.taxonomy.version
    assert annotation.code_version == CODE_VERSION


def test_an_annotator_works_the_same_in_another_process(annotator: Annotator) -> None:
    text = entry("Une frégate italienne a été livrée à l'Égypte.")
    assert pickle.loads(pickle.dumps(annotator)).annotate(text) == annotator.annotate(text)


def test_an_undetermined_text_is_matched_with_all_languages_of_its_script(annotator: Annotator) -> None:
    tags, _ = annotate_topics(entry("Sanktionen gegen Russland"), "und", annotator.taxonomy)
    assert "sanctions" in {tag.topic for tag in tags if tag.accepted}


_TERMS = [
    "missile",
    "ракеты",
    "الصواريخ",
    "موشک‌های",
    "미사일을",
    "導彈",
    "delivered",
    "to Iran",
    "поставки оружия",
]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.one_of(st.sampled_from(_TERMS), st.text(max_size=5)), max_size=14).map(" ".join),
    st.lists(st.one_of(st.sampled_from(_TERMS), st.text(max_size=5)), max_size=5).map(" ".join),
)
def test_a_mention_is_the_text_at_its_place(annotator: Annotator, body: str, title: str) -> None:
    for mention in annotator.annotate(entry(body, title)).mentions:
        field = title if mention.field == "title" else body
        assert 0 <= mention.start_char < mention.end_char <= len(field)
        assert field[mention.start_char : mention.end_char] == mention.term


def test_the_taxonomy_reads_no_file_while_annotating(
    annotator: Annotator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "read_text", None)
    assert annotator.annotate(entry("Norway delivered six howitzers to Ukraine.")).topics
