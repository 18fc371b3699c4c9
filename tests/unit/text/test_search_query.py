"""What people write becomes what is asked for, what is searched becomes tokens, and hits are marked where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import UsageError
from monitor.text.query import parse
from monitor.text.searching import BLANK, MOST, OFTEN, document, phrase, tokens
from monitor.text.snippets import EXCERPT, excerpt, marks
from monitor.types.search import AllOf, AnyOf, Phrase


def word(*parts: str, prefix: bool = False) -> Phrase:
    return Phrase(parts, prefix)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The F-16s, F16 and f 16", "the f 16 s f 16 and f 16"),
        ("制裁名单", "制裁 裁名 名单 单"),
        ("對伊朗制裁", "对伊 伊朗 朗制 制裁 裁"),
        ("ＴＨＡＡＤ部署", "thaad 部署 署"),
        ("العقوبات وبالعقوبات للعقوبات عقوبات", "عقوبات عقوبات عقوبات عقوبات"),
        ("آتش‌بس تحریم‌ها", "اتشبس تحريمها"),
        ("북한의 미사일을 대만에서 은", "북한 미사일 대만 은"),
        ("Запасы ещё 9М729", "запасы еще 9 м 729"),
        ("об’єкт", "об єкт"),
        ("frégate Łódź Ödön", "fregate lodz odon"),
        ("Straße, café", "strasse cafe"),
        ("!!! —", ""),
    ],
)
def test_texts_become_tokens(text: str, wanted: str) -> None:
    found = " ".join(document(text))
    assert found == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("sanctions", word("sanctions")),
        ("F-16", word("f", "16")),
        ("missil*", word("missil", prefix=True)),
        ('"arms deal"', word("arms", "deal")),
        ("“arms deal”", word("arms", "deal")),
        ("«сделка века»", word("сделка", "века")),
        ("制裁", word("制裁")),
        ("制", word("制", prefix=True)),
        ("制裁名单", word("制裁", "裁名", "名单")),
        ("العقوبات", word("عقوبات")),
        ("제재를", word("제재", prefix=True)),
        ('"제재를 가했다"', word("제재", "가했다")),
        ("a b", AllOf((word("a"), word("b")))),
        ("a AND NOT b", AllOf((word("a"),), (word("b"),))),
        ("a -b", AllOf((word("a"),), (word("b"),))),
        ("+a b", AllOf((word("a"), word("b")))),
        ("a NOT (b c)", AllOf((word("a"),), (AllOf((word("b"), word("c"))),))),
        ("a OR b OR c", AnyOf((word("a"), word("b"), word("c")))),
        ("(a OR b) c", AllOf((AnyOf((word("a"), word("b"))), word("c")))),
        ("title:F-16", Phrase(("f", "16"), field="title")),
        ("a AND !!!", word("a")),
        ("AND1", word("and", "1")),
    ],
)
def test_queries_are_read_as_people_mean_them(text: str, wanted: object) -> None:
    assert parse(text) == wanted


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("NOT drill", "what must not be there"),
        ("-a -b", "what must not be there"),
        ("a OR NOT b", "OR NOT"),
        ('"arms deal', "cannot be read"),
        ("(a b", "ends too early"),
        ("a AND", "ends too early"),
        ("a~2", "fuzzy"),
        ("[a TO b]", "range"),
        ("a^2", "boost"),
        ("mis*le", "inside a word"),
        ("*", "alone"),
        ("…", "no letter or digit"),
        ("lang:fr a", "no field 'lang'"),
        ("a" * 1001, "1001 characters"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_reason(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse(text)


@given(st.text(max_size=60))
@settings(deadline=None)
def test_any_query_is_read_or_refused_in_words(text: str) -> None:
    try:
        parse(text)
    except UsageError as error:
        assert str(error)


@given(st.text(max_size=200))
@settings(deadline=None)
def test_tokens_stand_in_order_within_the_text(text: str) -> None:
    found = list(tokens(text))
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert [one.start for one in found] == sorted(one.start for one in found)
    assert all(one.text and " " not in one.text for one in found)


@given(st.text("制裁名单伊朗 aF16-제재를العقوبات", min_size=1, max_size=20))
@settings(deadline=None)
def test_a_part_of_a_text_that_begins_and_ends_with_it_is_found_in_it(text: str) -> None:
    wanted, prefix = phrase(text)
    if wanted:
        assert marks(Phrase(wanted, prefix), text, "")


def test_long_texts_are_cut_and_frequent_tokens_are_left_out_in_place() -> None:
    assert len(document("word " * (MOST + 50))) == MOST
    listed = document("again " * (OFTEN + 2) + "end")
    assert listed[OFTEN - 1 :] == ["again", BLANK, BLANK, "end"]


def test_hits_are_marked_where_they_stand() -> None:
    query = parse('制 OR "arms deal" OR العقوبات OR 제재 NOT drill')
    title, body = "The arms deal, an arms-deal drill", "对制裁 بالعقوبات 제재를"
    found = [
        (mark.field, (title if mark.field == "title" else body)[mark.start : mark.end])
        for mark in marks(query, title, body)
    ]
    assert found == [
        ("title", "arms deal"), ("title", "arms-deal"), ("body", "制"), ("body", "بالعقوبات"), ("body", "제재를"),
    ]  # fmt: skip


def test_an_excerpt_stands_around_the_first_hit_at_blanks() -> None:
    body = "word " * 300 + "target " + "word " * 300
    shown, start = excerpt(body, marks(parse("target"), "", body))
    assert "target" in shown and body[start : start + len(shown)] == shown
    assert len(shown) <= EXCERPT and shown.startswith("word") and shown.endswith("word")
    assert excerpt("short", ()) == ("short", 0)
