"""A headline in the reader's language: an outlet's where one has it, else a machine's, labelled, the original beside."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from monitor.digest.headlines import to_translate, unread_clusters, usable, with_headlines, with_translations
from monitor.digest.record import digest_items
from monitor.digest.render import RenderOptions, render_digest
from monitor.digest.select import choose
from monitor.render.labels import READER_LANGUAGES
from monitor.types.digest import Change, DigestContent, DigestStory
from monitor.types.storage import DigestCandidate
from monitor.types.translation import Asked
from tests.digest_stories import PERIOD, TOPICS, UNTIL, changed, labels, spec, stories

RUSSIAN = next(story for story in stories() if story.language == "ru")
PLAIN = RenderOptions(made_at=UNTIL, charts=False)


def told(*rows: DigestStory, **values: Any) -> DigestContent:
    return choose(spec(**values), PERIOD, rows, topics=TOPICS)


def version(**values: Any) -> DigestCandidate:
    """The same news as an English outlet told it."""
    defaults: dict[str, Any] = {
        "uid": "e900", "kind": "rss", "story_id": 90, "cluster_id": 5, "title": "Council extends sanctions",
        "body": "Fourteen ships and two insurers stay listed for another year.", "url": "https://w.example/9",
        "language": "en", "outlet": "Northlight Wire", "country": "NO", "ownership": "private",
        "published_at": None, "observed_at": UNTIL, "effective_at": UNTIL - dt.timedelta(days=2), "backlog": False,
    }  # fmt: skip
    return DigestCandidate(entry_id=900, **{**defaults, **values})


def ask(content: DigestContent, **values: Any) -> tuple[Asked, ...]:
    return to_translate(content, **{"telegram": False, "languages": (), "at_most": 50} | values)


# of an outlet


def test_a_version_in_the_readers_language_stands_for_the_story() -> None:
    content = with_headlines(told(changed(RUSSIAN, cluster_id=5)), {5: version()})
    (story,) = content.stories
    assert (story.title, story.outlet, story.language) == (
        "Council extends sanctions",
        "Northlight Wire",
        "en",
    )
    assert story.lead.startswith("Fourteen ships")
    assert [other.outlet for other in story.carried_by] == [RUSSIAN.outlet]
    assert ask(content) == ()


def test_both_versions_are_remembered_so_that_what_becomes_of_either_is_told() -> None:
    content = with_headlines(told(changed(RUSSIAN, cluster_id=5)), {5: version()})
    assert [(item.entry_id, item.story_id) for item in digest_items(content)] == [
        (900, RUSSIAN.story_id), (RUSSIAN.entry_ids[0], RUSSIAN.story_id),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "filters", [{"countries": ("LV",)}, {"ownership": ("public",)}, {"languages": ("ru",)}], ids=str
)
def test_an_outlet_that_the_list_leaves_out_only_lends_its_headline(filters: dict[str, Any]) -> None:
    content = with_headlines(told(changed(RUSSIAN, cluster_id=5), **filters), {5: version()})
    (story,) = content.stories
    assert (story.title, story.outlet) == (RUSSIAN.title, RUSSIAN.outlet)
    made = render_digest(content, labels(), PLAIN)
    assert f"[Headline: Northlight Wire] Original: \u2068{RUSSIAN.title}"[:60] in " ".join(made.text.split())
    assert "Council extends sanctions" in made.subject


def test_what_is_in_the_readers_language_or_was_edited_stays_as_it_is() -> None:
    edited = changed(RUSSIAN, cluster_id=5, updated=(Change(kind="edited", text="Раньше"),))
    content = told(changed(stories()[0], cluster_id=4, updated=()), edited)
    assert unread_clusters(content) == set()
    assert with_headlines(content, {4: version(cluster_id=4), 5: version()}) == content


# of a machine


def test_only_what_a_machine_may_see_and_a_reader_cannot_read_is_asked_once_each() -> None:
    rows = stories()
    rows += [changed(RUSSIAN, story_id=70, entry_ids=(70,), story_ids=(70,))]
    rows += [
        changed(RUSSIAN, story_id=80 + n, entry_ids=(80 + n,), story_ids=(80 + n,), title=f"Не спрашивать {n}", **kept)
        for n, kept in enumerate(({"kind": "telegram"}, {"machine_learning": False}, {"language": "und"}))
    ]  # fmt: skip
    content = told(*rows, max_stories=40)
    asked = ask(content)
    assert sorted(one.source for one in asked) == ["ar", "de", "es", "fa", "fr", "ko", "ru", "uk", "zh"]
    assert not [one for one in asked if "Не спрашивать" in one.text]
    assert [one.text for one in ask(content, telegram=True) if "Не спрашивать" in one.text] == [
        "Не спрашивать 0"
    ]
    assert {one.source for one in ask(content, languages=("ru", "fa"))} == {"ru", "fa"}
    assert ask(content, at_most=2) == asked[:2]


@pytest.mark.parametrize("language", READER_LANGUAGES)
def test_a_translation_is_labelled_in_the_readers_language_with_the_original_beside(language: str) -> None:
    content = replace(told(*stories()), spec=spec(reader_language=language))
    asked = ask(content)
    machine = {one: f"<i>M{n}</i>" for n, one in enumerate(asked)}
    made = render_digest(with_translations(content, machine), labels(language), PLAIN)
    label = labels(language).word("machine_translation")
    html = LexborHTMLParser(made.html)
    heads = [node for node in html.css("h3") if node.text().startswith("<i>M")]
    assert len(heads) == len(asked) == sum(story.language != language for story in stories())
    assert {(node.attributes["lang"], node.attributes["dir"]) for node in heads} == {
        (language, labels(language).dir)
    }
    originals = {node.text(): node.attributes["lang"] for node in html.css("p bdi[lang]")}
    for one in asked:
        assert originals[one.text] == one.source
    assert made.html.count(label) == " ".join(made.text.split()).count(label) == len(asked)
    assert label not in made.subject
    assert "<i>M" not in made.subject, "a header has no place for the label"


def test_labels_differ_by_language() -> None:
    assert len({labels(code).word("machine_translation") for code in READER_LANGUAGES}) == 10


def test_a_translation_that_says_the_same_is_none() -> None:
    content = told(RUSSIAN)
    assert with_translations(content, {ask(content)[0]: RUSSIAN.title.upper()}) == content


@pytest.mark.parametrize(
    ("answer", "taken"),
    [
        ("Council extends", "Council extends"), ("two\r\nlines\u2028", "two lines"), ("", ""), ("  ", ""),
        (None, ""), (7, ""), (["x"], ""), ("x" * 5000, ""),
    ],
    ids=repr,
)  # fmt: skip
def test_only_a_line_of_text_of_fit_length_is_taken(answer: object, taken: str) -> None:
    assert usable(Asked(text="Совет продлил", source="ru"), answer) == taken
