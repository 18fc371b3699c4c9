"""The taxonomy is loaded whole or refused with every problem, its line and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.catalogue.lint import lint_topics
from monitor.catalogue.taxonomy import load_taxonomy
from monitor.errors import CatalogueError

SIX = ("armed-conflict", "arms-transfers", "military-cooperation", "missiles-drones", "nuclear", "sanctions")
TEN = ("en", "fr", "ru", "uk", "ar", "fa", "ko", "zh", "es", "de")
PIRACY = """\
slug: piracy
name: {en: Piracy}
groups:
  pirates:
    en: pirate*, hijack*
rules:
  - {id: pirates, any: [pirates], weight: 0.6, unless: [leisure]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "piracy.yaml").write_text(PIRACY, encoding="utf-8")
    return tmp_path


def refused(folder: Path, content: str) -> str:
    (folder / "piracy.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_taxonomy(path=folder)
    return str(caught.value)


def test_the_six_topics_ship_with_names_in_ten_languages() -> None:
    taxonomy = load_taxonomy()
    assert taxonomy.slugs == SIX
    assert all(set(topic.names) == set(TEN) for topic in taxonomy.topics)


def test_only_the_topics_in_use_are_loaded() -> None:
    assert load_taxonomy(["nuclear", "sanctions"]).slugs == ("nuclear", "sanctions")


def test_a_topic_of_ones_own_joins_the_packaged_ones(folder: Path) -> None:
    taxonomy = load_taxonomy(path=folder)
    assert set(taxonomy.slugs) == {*SIX, "piracy"}
    assert taxonomy.groups["piracy/pirates"].terms["en"] == ("pirate*", "hijack*")
    assert taxonomy.version != load_taxonomy().version


def test_a_topic_of_ones_own_overrides_the_packaged_one_of_that_slug(tmp_path: Path) -> None:
    (tmp_path / "nuclear.yaml").write_text(PIRACY.replace("piracy", "nuclear"), encoding="utf-8")
    nuclear = next(topic for topic in load_taxonomy(path=tmp_path).topics if topic.slug == "nuclear")
    assert [rule.id for rule in nuclear.rules] == ["pirates"]


def test_the_version_follows_the_content_not_the_layout(folder: Path) -> None:
    before = load_taxonomy(["piracy"], folder).version
    (folder / "piracy.yaml").write_text(
        "# a comment\n" + PIRACY.replace("pirate*, hijack*", "[hijack*, pirate*]")
    )
    assert load_taxonomy(["piracy"], folder).version == before
    (folder / "piracy.yaml").write_text(PIRACY.replace("0.6", "0.7"))
    assert load_taxonomy(["piracy"], folder).version != before


def test_shared_groups_can_be_added(folder: Path) -> None:
    (folder / "_shared.yaml").write_text("groups: {ships: {en: [tanker]}}\n")
    (folder / "piracy.yaml").write_text(PIRACY.replace("any: [pirates]", "near: [pirates, ships]"))
    rule = load_taxonomy(["piracy"], folder).topics[0].rules[0]
    assert (rule.groups, rule.within) == ((("piracy/pirates",), ("ships",)), "sentence")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("weight", "wieght", "piracy.yaml:7: unknown key 'wieght' (did you mean 'weight'?)"),
        ("any: [pirates]", "any: [pirate]", "no group is called 'pirate'"),
        ("0.6", "6", "6 is not between -1 and 1"),
        ("0.6", "much", "'much' is no number"),
        ("slug: piracy", "slug: pirates", "is not the file's name"),
        ("any: [pirates]", "near: [pirates]", "`near` needs at least two groups"),
        ("    en: pirate*", "    en: pirate*\n    en: again", "key 'en' stands twice"),
        ("unless: [leisure]", "within: {miles: 3}", "cannot read {'miles': '3'}"),
        ("rules:", "rules: [", "no valid YAML"),
        ("name: {en: Piracy}\n", "", "'name' is missing"),
        ("    en: pirate", "    include: [pirates]\n    en: pirate", "which is no group"),
        (
            "    en: p",
            "    include: [b]\n    en: x\n  b:\n    include: [pirates]\n    en: p",
            "includes itself",
        ),
        ("    en: pirate", "    english: pirate", "'english' is no language code"),
    ],
)
def test_a_mistake_is_named_with_its_place(folder: Path, old: str, new: str, expected: str) -> None:
    assert expected in refused(folder, PIRACY.replace(old, new, 1))


def test_all_problems_are_named_at_once(folder: Path) -> None:
    message = refused(folder, PIRACY.replace("0.6", "6").replace("any:", "ani:"))
    assert "3 problem(s)" in message


def test_an_unknown_topic_in_use_is_refused_with_the_known_ones() -> None:
    with pytest.raises(CatalogueError, match="no topic is called 'piracy'"):
        load_taxonomy(["piracy"])


def test_norwegian_is_no_boolean(folder: Path) -> None:
    (folder / "piracy.yaml").write_text(
        PIRACY.replace("    en: p", "    no: sjørøver*\n    en: p"), encoding="utf-8"
    )
    assert load_taxonomy(path=folder).groups["piracy/pirates"].terms["no"] == ("sjørøver*",)


def test_the_packaged_taxonomy_has_nothing_questionable() -> None:
    assert [str(problem) for problem in lint_topics(languages=TEN)] == []


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ("pi*", "'pi*' is too short for a stem"),
        ("pirate*, pirates", "'pirates' is shadowed by 'pirate*'"),
        ("pirate, Pirate", "'Pirate' stands twice"),
        ("pir*ate", "has a star within a word"),
        ('["!"]', "has no letters left to match"),
        ("x", "is a single letter"),
    ],
)
def test_lint_names_questionable_terms(folder: Path, terms: str, expected: str) -> None:
    (folder / "piracy.yaml").write_text(PIRACY.replace("pirate*, hijack*", terms))
    assert any(expected in str(problem) for problem in lint_topics(folder))


def test_lint_names_groups_without_use_and_topics_out_of_reach(folder: Path) -> None:
    spare = "  spare:\n    en: spare\nrules:"
    (folder / "piracy.yaml").write_text(PIRACY.replace("0.6", "0.1").replace("rules:", spare))
    found = " ".join(str(problem) for problem in lint_topics(folder))
    assert "group 'spare' is used by no rule" in found
    assert "can never be accepted" in found
