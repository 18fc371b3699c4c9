"""What citations promise beyond single patterns: own outlet, links, forwards, other kinds of source, spans."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.annotate.rule_reader import LANGUAGES, entry, media, read, reader


def test_the_outlet_never_cites_itself() -> None:
    told = "Three officials told The Guardian that the convoy had turned back, Reuters reported."
    assert media(told, "en", outlet="The Guardian") == ["Reuters"]
    assert media(told, "en") == ["Reuters", "The Guardian"]


def test_a_channel_that_links_to_itself_is_the_publisher() -> None:
    text = "По данным SHOT, в городе отключили свет.\n\n[Подписывайся на SHOT](https://t.me/shot_shot)"
    assert media(text, "ru", kind="telegram") == []


def test_a_sanctioned_outlet_is_only_mentioned() -> None:
    assert media("The EU imposed sanctions on RIA Novosti and Izvestia.", "en") == []
    assert media("ЕС ввёл санкции против «Известий» и РИА Новости.", "ru") == []


def test_a_bare_link_is_no_citation_but_makes_an_ambiguous_name_sure() -> None:
    link = ("https://www.thetimes.co.uk/article/convoy",)
    assert media("The convoy turned back.", "en", links=link) == []
    assert media("The convoy turned back, The Times said.", "en", links=link) == ["The Times"]


def test_a_forward_cites_its_channel() -> None:
    citations, _ = read("Текст.", "ru", kind="telegram", forward_channel="rian_ru")
    assert [(c.outlet, c.rule, c.resolved) for c in citations] == [("RIA Novosti", "forward", True)]
    unknown, _ = read("Текст.", "ru", kind="telegram", forward_channel="nobody_knows_it")
    assert [(c.outlet, c.resolved) for c in unknown] == [("nobody_knows_it", False)]


def test_unknown_names_stay_as_written() -> None:
    citations, _ = read("The news site Balkan Lantern reported that the bridge was closed.", "en")
    assert [(c.outlet, c.resolved) for c in citations if c.kind == "media"] == [("Balkan Lantern", False)]


def test_names_joined_to_a_cited_one_are_cited_too() -> None:
    assert media("According to Reuters, AFP and Bloomberg, talks go on.", "en") == [
        "AFP",
        "Bloomberg",
        "Reuters",
    ]


def test_offices_and_the_unnamed_are_sources_of_other_kinds() -> None:
    citations, _ = read(
        "According to Iran's foreign ministry, talks go on. According to sources, they do not.", "en"
    )
    assert {(c.kind, c.outlet) for c in citations} == {
        ("official", "Iranian foreign ministry"),
        ("unnamed", "unnamed"),
    }


def test_generic_media_are_unnamed() -> None:
    citations, _ = read("СМИ сообщают о переговорах.", "ru")
    assert {c.kind for c in citations} == {"unnamed"}


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.sampled_from(LANGUAGES))
def test_any_text_is_read_and_spans_index_it(text: str, language: str) -> None:
    body = f"{text} Reuters reported {text}"
    item = entry(body, title=text)
    _, scan = reader().scan(item, language)
    for citation in reader().read(item, scan)[0]:
        field = item.title if citation.field == "title" else item.body
        assert 0 <= citation.start_char <= citation.end_char <= len(field)
