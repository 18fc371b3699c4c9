"""Tools for those who write topics: what is questionable, which rule fires where, and how good it is."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.testing import CliRunner

from monitor.annotate.compiled import CompiledTaxonomy
from monitor.annotate.matcher import Matcher
from monitor.annotate.topics import OVER_WORK, annotate_topics
from monitor.catalogue.taxonomy import load_taxonomy
from monitor.cli import topics as commands
from monitor.cli.common import Options
from monitor.errors import UsageError
from monitor.pipeline import topics
from monitor.pipeline.topics import check_topics, explain, read_gold, score_items, silent_terms
from monitor.types.annotations import EntryText, TopicTag
from monitor.types.taxonomy import TermGroup

PIRACY: dict[str, Any] = {
    "slug": "piracy",
    "name": {"en": "Piracy"},
    "threshold": 0.5,
    "groups": {
        "pirates": {"en": "pirate*, hijack*"},
        "ships": {"en": "tanker, vessel"},
        "software": {"en": "software, torrent*"},
    },
    "rules": [
        {"id": "pirates", "any": "pirates", "weight": 0.3, "title_weight": 0.5},
        {"id": "pirates-ships", "near": ["pirates", "ships"], "weight": 0.5},
        {"id": "software", "any": "software", "weight": -0.8},
    ],
}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration that uses a topic of its own and nothing else."""
    (tmp_path / "topics").mkdir()
    write(tmp_path, PIRACY)
    path = tmp_path / "config.yaml"
    path.write_text(
        yaml.safe_dump({"languages": ["en"], "topics": {"use": ["piracy"], "path": "topics"}}),
        encoding="utf-8",
    )
    return path


def write(folder: Path, topic: dict[str, Any]) -> None:
    (folder / "topics" / "piracy.yaml").write_text(yaml.safe_dump(topic), encoding="utf-8")


def with_group(name: str, **terms: str) -> dict[str, Any]:
    return {**PIRACY, "groups": {**PIRACY["groups"], name: terms}}


# check


def own(questions: tuple[str, ...]) -> list[str]:
    return [question for question in questions if "piracy" in question]


def test_a_sound_topic_raises_no_question(config: Path) -> None:
    checked = check_topics(config)
    assert (checked.errors, own(checked.questions)) == ((), [])
    assert checked.topics == 7


def test_errors_have_file_and_line_and_end_the_command(config: Path) -> None:
    write(config.parent, {**PIRACY, "rules": [{"id": "x", "any": "nobody", "weight": 2}]})
    checked = check_topics(config)
    assert any("piracy.yaml:" in error and "no group is called 'nobody'" in error for error in checked.errors)
    assert any("2 is not between -1 and 1" in error for error in checked.errors)
    assert checked.lines[-1].endswith("this taxonomy is refused")


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ("pirate*, pirates", "shadowed"),
        ("pi*", "too short"),
        ("!!", "no letters"),
        ("a b c d e f g h i j", "more than"),
    ],
)
def test_questionable_terms_are_named(config: Path, terms: str, said: str) -> None:
    write(config.parent, with_group("pirates", en=terms))
    assert any(said in question for question in own(check_topics(config).questions))


def test_a_term_that_a_mask_always_hides_is_named(config: Path) -> None:
    topic = with_group("films", en="pirate film")
    write(
        config.parent,
        {**topic, "groups": {**topic["groups"], "pirates": {"en": "pirate film"}}, "masks": ["films"]},
    )
    assert any("always hidden by a mask" in question for question in own(check_topics(config).questions))


def test_every_packaged_term_is_asked_whether_it_finds_itself() -> None:
    group = TermGroup(name="g", terms={"en": ("F-16", "Su-*", "cease-fire", "pirate*", "*boat*", "NATO")})
    taxonomy = load_taxonomy(["nuclear"])
    alone = type(taxonomy)(topics=(), groups={"g": group}, version="x")
    assert list(silent_terms(alone)) == []


def test_a_folder_that_is_not_there_is_wrong_use(config: Path) -> None:
    with pytest.raises(UsageError, match="is no folder"):
        check_topics(config, config.parent / "gone")


# test


def test_each_rule_that_holds_is_shown_with_its_places(config: Path) -> None:
    body = "The pirates boarded the tanker at night and left before the patrol boat came."
    explained = explain(config, body, title="Pirates again", language="en")
    [verdict] = explained.verdicts
    assert (verdict.topic, verdict.accepted) == ("piracy", True)
    assert [(rule.rule, rule.weight) for rule in verdict.rules] == [("pirates", 0.5), ("pirates-ships", 0.5)]
    places = verdict.rules[1].places
    assert [(place.field, place.term, place.group) for place in places] == [
        ("body", "pirates", "piracy/pirates"),
        ("body", "tanker", "piracy/ships"),
    ]
    assert all(body[place.start_char : place.end_char] == place.term for place in places)
    assert verdict.score == pytest.approx(0.75)


def test_a_topic_below_its_threshold_is_shown_with_what_speaks_against_it(config: Path) -> None:
    [verdict] = explain(config, "A pirate site for software was shut.", language="en").verdicts
    assert (verdict.accepted, [rule.rule for rule in verdict.rules]) == (False, ["pirates", "software"])
    assert verdict.score < verdict.threshold


def test_the_weights_shown_make_up_the_score(config: Path) -> None:
    for body in (
        "The pirates boarded the tanker.",
        "Late at night. The pirates came. The tanker left. A pirate fled.",
    ):
        for title in ("", "Harbour news", "Pirates"):
            [verdict] = explain(config, body, title=title, language="en").verdicts
            doubt = 1.0
            for rule in verdict.rules:
                doubt *= 1 - rule.weight
            assert verdict.score == pytest.approx(1 - doubt, abs=1e-4)


def test_the_language_is_detected_where_none_is_given(config: Path) -> None:
    body = "The pirates boarded the tanker at night, and the crew was taken ashore before the morning."
    assert explain(config, body).language == "en"


def test_a_text_about_nothing_says_so(config: Path) -> None:
    assert explain(config, "The council met.", language="en").lines[-1] == "no rule of any topic holds"


# score


def item(key: str, *topics: str, optional: tuple[str, ...] = (), lang: str = "en") -> dict[str, Any]:
    return {"id": key, "lang": lang, "topics": list(topics), "topics_optional": list(optional)}


def test_scores_are_micro_over_items_and_topics() -> None:
    items = [item("1", "piracy"), item("2", "piracy", lang="fr"), item("3")]
    scored = score_items(items, [("piracy",), (), ("piracy",)], ["piracy"])
    overall = scored.overall.counted
    assert (overall.precision, overall.recall, overall.f1) == (0.5, 0.5, 0.5)
    assert {one.name: one.counted.f1 for one in scored.by_language} == {"en": pytest.approx(2 / 3), "fr": 0.0}
    assert scored.errors == ("2: missed piracy; too many -", "3: missed -; too many piracy")


def test_what_is_optional_or_not_in_use_counts_neither_way() -> None:
    items = [item("1", "piracy", optional=("nuclear",)), item("2", "chess")]
    scored = score_items(items, [("nuclear", "piracy"), ()], ["piracy", "nuclear"])
    assert (scored.overall.counted.f1, scored.errors) == (1.0, ())


def test_nothing_expected_and_nothing_given_is_right() -> None:
    assert score_items([item("1")], [()], ["piracy"]).overall.counted.f1 == 1.0


def test_the_interval_holds_the_score_and_is_the_same_each_time() -> None:
    items = [item(str(number), "piracy") for number in range(20)]
    given = [("piracy",) if number % 4 else () for number in range(20)]
    first, again = (score_items(items, given, ["piracy"]).overall for _ in range(2))
    assert first == again
    assert first.low < first.counted.f1 < first.high


@pytest.mark.parametrize(
    ("content", "said"), [("{", ":1 is not JSON"), ('{"id": 1}', "a list `topics`"), ("", "no items")]
)
def test_a_gold_file_that_cannot_be_read_names_its_line(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        read_gold(path)


def test_the_projects_own_set_is_whole() -> None:
    items = read_gold(Path(__file__).resolve().parents[3] / "benches" / "gold" / "topics.jsonl")
    languages = [one["lang"] for one in items]
    assert len({one["id"] for one in items}) == len(items)
    assert min(languages.count(language) for language in set(languages)) >= 12
    assert len(set(languages)) == 10
    for one in items:
        assert all(claim["evidence"] in f"{one['title']}\n{one['body']}" for claim in one["claims"])
        assert not set(one["topics"]) & set(one.get("topics_optional", ()))


# commands


@pytest.fixture
def run(config: Path) -> Callable[..., Any]:
    app = typer.Typer()

    @app.callback()
    def options(context: typer.Context) -> None:
        context.obj = Options(config=config)

    commands.register(app)
    return lambda *arguments, **keys: CliRunner().invoke(app, ["topics", *map(str, arguments)], **keys)


def test_the_commands_answer_people_and_programs(run: Callable[..., Any], tmp_path: Path) -> None:
    text = "The pirates boarded the tanker."
    assert "piracy: 0.75 of 0.50, accepted" in run("test", text, "--lang", "en").output
    said = json.loads(run("test", "-", "--lang", "en", "--json", input=text).output)
    assert said["verdicts"][0]["topic"] == "piracy"
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps({"id": 1, "lang": "en", "body": text, "topics": ["piracy"]}), encoding="utf-8")
    assert "F1 1.000" in run("score", gold).output
    assert json.loads(run("score", gold, "--json").output)["overall"]["items"] == 1
    assert run("check").exit_code == 0
    write(tmp_path, {**PIRACY, "rules": []})
    assert run("check").exit_code == 2


# no term can hang the matcher


def calls(work: Callable[[], object]) -> int:
    """Function calls that `work` makes: the same on every machine, unlike its time."""
    count = 0

    def step(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(step)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


HOSTILE = ("a* a* a* a*", "*a*", "*a* *a* *a*", "aa aa aa aa aa b", "a-a-a-a", "a*b", "Su-*", "aaaa*")


@pytest.mark.parametrize("term", HOSTILE)
@pytest.mark.parametrize("piece", ["a", "a ", "aa ", "a-", "aaaa aaaa ", "Su-2 "])
def test_no_term_makes_the_matcher_slower_than_the_text_is_long(term: str, piece: str) -> None:
    """Four times the text takes at most some four times the steps, whatever the term: nothing backtracks."""

    def steps(letters: int) -> int:
        matcher = Matcher([TermGroup(name="g", terms={"en": (term,)})], ["en"])
        matcher.find("warm")
        return calls(lambda: matcher.find(piece * (letters // len(piece))))

    assert steps(8_000) <= 5 * steps(2_000) + 500


def crowded(groups: int) -> dict[str, Any]:
    """A topic whose one rule asks for so many groups of the same terms in one sentence."""
    names = [f"g{number}" for number in range(groups)]
    rule = {"id": "crowd", "near": names, "weight": 0.6}
    return {**PIRACY, "groups": {name: {"en": "gun, boat, crew"} for name in names}, "rules": [rule]}


def test_a_rule_of_three_groups_stays_within_its_steps(config: Path) -> None:
    """An entry of 2,100 characters of nothing but the rule's terms: a million steps are some 50 ms."""
    write(config.parent, crowded(3))
    compiled = CompiledTaxonomy(load_taxonomy(["piracy"], config.parent / "topics"), ["en"])
    body = ("gun boat crew " * 150)[:2_100]
    text = EntryText(entry_id=1, revision_id=1, uid="u", kind="rss", title="", body=body)
    annotate_topics(text, "en", compiled)
    assert calls(lambda: annotate_topics(text, "en", compiled)) < 2_000_000


def test_a_rule_that_can_take_too_long_is_named(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(config.parent, crowded(3))
    monkeypatch.setattr(topics, "BUDGET_MS", 0.0)
    assert any("rule 'crowd' can take" in question for question in own(check_topics(config).questions))


def test_a_topic_whose_terms_are_everywhere_is_off_in_that_text_and_says_so(config: Path) -> None:
    """Thirty rules over five groups that match every word: judged, that would take seconds."""
    names = [f"g{number}" for number in range(5)]
    rules = [{"id": f"c{n}", "near": names, "within": {"words": 8}, "weight": 0.3} for n in range(30)]
    groups = {name: {"en": "gun, boat, crew"} for name in names}
    write(config.parent, {**PIRACY, "groups": groups, "rules": rules})
    compiled = CompiledTaxonomy(load_taxonomy(["piracy", "sanctions"], config.parent / "topics"), ["en"])
    body = "The EU imposed sanctions on two shipping firms. " + "gun boat crew " * 1_500
    text = EntryText(entry_id=1, revision_id=1, uid="u", kind="rss", title="", body=body)
    annotate_topics(text, "en", compiled)
    found: list[tuple[TopicTag, ...]] = []
    assert calls(lambda: found.append(annotate_topics(text, "en", compiled)[0])) < 1_000_000
    tags = {tag.topic: tag for tag in found[0]}
    assert (tags["piracy"].accepted, tags["piracy"].rules) == (False, (OVER_WORK,))
    assert tags["sanctions"].accepted
