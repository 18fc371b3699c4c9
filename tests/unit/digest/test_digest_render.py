"""A digest in words: equal in HTML and text, safe whatever a feed says, right in every script."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from monitor.digest.page import subject_line
from monitor.digest.render import RenderOptions, preview_html, render_digest, render_safely
from monitor.digest.select import choose
from monitor.render.labels import READER_LANGUAGES
from monitor.types.digest import ClaimLine, DigestContent, DigestPeriod, DigestStory, RenderedDigest
from tests.digest_stories import LABELS, NOTES, PERIOD, SINCE, TOPICS, UNTIL, changed, labels, spec, stories

OPTIONS = RenderOptions(
    made_at=UNTIL, report_url="https://reports.example/report.html", sender="monitor@example.org"
)
PLAIN = RenderOptions(made_at=UNTIL, charts=False)
PAYLOADS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "{{ 7*7 }}",
    "</style><b>x", "<a href='javascript:alert(1)'>x</a>", "<!--", "&lt;b&gt;", "${7*7}", "<iframe srcdoc=x>",
)  # fmt: skip


def content(rows: list[DigestStory] | None = None, **values: Any) -> DigestContent:
    most = values.pop("max_stories", 10)
    return choose(
        spec(max_stories=most, **values), PERIOD, stories() if rows is None else rows,
        topics=TOPICS, feeds=NOTES, backlog={"sanctions": 12, "nuclear": 3}, backlog_entries=14,
    )  # fmt: skip


def rendered(language: str = "en", **values: Any) -> RenderedDigest:
    return render_digest(content(reader_language=language, **values), labels(language), OPTIONS)


def flat(text: str) -> str:
    return " ".join(text.split())


def words(html: str) -> str:
    body = LexborHTMLParser(html).body
    assert body is not None
    return flat(body.text(separator=" "))


@pytest.mark.parametrize("language", READER_LANGUAGES)
def test_html_and_text_say_the_same_in_every_reader_language(language: str) -> None:
    made = rendered(language)
    html, text = words(made.html), flat(made.text)
    for story in content(reader_language=language).stories:
        for told in (story.title, story.outlet, story.lead, *(other.outlet for other in story.carried_by)):
            assert flat(told) in html
            assert flat(told) in text
    body = LexborHTMLParser(made.html).body
    assert body is not None
    for node in body.traverse(include_text=True):
        if node.tag == "-text":
            for piece in flat(node.text(deep=False)).split(" · "):
                assert piece.strip(" ·:()") in text
    for node in LexborHTMLParser(made.html).css("a"):
        assert str(node.attributes["href"]) in made.text


@pytest.mark.parametrize("language", READER_LANGUAGES)
def test_the_subject_names_counts_topics_and_a_headline(language: str) -> None:
    made = rendered(language)
    assert LABELS["arms-transfers"][language].casefold() in made.subject.casefold()
    assert any(story.title[:40] in made.subject for story in content().stories)
    assert len(made.subject) <= 200


def test_what_is_new_of_claims_leads_and_links_to_its_place_in_the_report() -> None:
    lines = (ClaimLine(text="Norland → Estavia: <denied>", claim_uid="ab12"), ClaimLine(text="3 more"))
    made = render_digest(replace(content(), claims_title="Who arms whom", claims=lines), labels(), OPTIONS)
    place = "https://reports.example/report.html#claim-ab12"
    (link,) = LexborHTMLParser(made.html).css("p.claim a")
    assert (link.text(), link.attributes["href"]) == ("Norland → Estavia: <denied>", place)
    assert "3 more" in words(made.html)
    assert f"Norland → Estavia: <denied> In the report: {place} 3 more" in flat(made.text)
    assert made.text.index("Who arms whom") < made.text.index("Arms transfers ·")


def test_the_subject_of_a_day_in_english() -> None:
    assert subject_line(content(), labels()) == (
        "2 new on arms transfers, 3 on sanctions, 2 on armed conflict: "
        "Norland denies shipping rocket engines to Estavia through a third port"
    )


def test_the_subject_prefers_a_headline_that_the_reader_can_read() -> None:
    assert "وزارة الدفاع في نورلاند" in subject_line(content(), labels("ar"))


def test_a_day_without_news_says_so() -> None:
    made = render_digest(content([]), labels(), OPTIONS)
    assert made.subject == "No news: daily, 20 Nov 2026"
    assert "Nothing new on: arms transfers, sanctions" in flat(made.text)
    assert made.images == ()


def test_the_digest_states_its_period_backlog_feeds_updates_and_what_was_left_out() -> None:
    text = flat(rendered().text)
    for line in (
        "Period: 19 Nov 2026, 07:00 – 20 Nov 2026, 07:00 (UTC+1)",
        "Backlog: 14 older entries were added and are not shown as news. (Sanctions 12, Nuclear 3)",
        "2 feeds are silent: Hexagone Infos, \u2068صوت الجسر\u2069",
        "1 feed is failing: Северный телеграф",
        "Nothing new on: nuclear",
        "1 further story was left out for length.",
        "Denied by Norland defence ministry",
        "[Updated]",
        "at most 2 independent sources",
    ):
        assert line in text


def test_several_missed_days_are_named() -> None:
    period = DigestPeriod(day=UNTIL.date(), since=SINCE - dt.timedelta(days=2), until=UNTIL, occurrences=3)
    missed = choose(spec(), period, stories(), topics=TOPICS)
    assert "Covers 3 days" in render_digest(missed, labels(), PLAIN).text


@pytest.mark.parametrize(
    ("language", "direction"), [("en", "ltr"), ("ar", "rtl"), ("fa", "rtl"), ("ko", "ltr")]
)
def test_each_text_has_its_own_language_and_direction(language: str, direction: str) -> None:
    tree = LexborHTMLParser(rendered(language).html)
    root = tree.css_first("html")
    assert root is not None
    assert (root.attributes["lang"], root.attributes["dir"]) == (language, direction)
    heads = {node.attributes["lang"]: node.attributes["dir"] for node in tree.css("h3")}
    assert (heads["ar"], heads["fa"], heads["en"], heads["zh"]) == ("rtl", "rtl", "ltr", "ltr")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_from_a_feed_is_live(payload: str) -> None:
    story = changed(
        stories()[0], title=payload, lead=payload, outlet=payload, country=payload, language=payload
    )
    made = render_digest(content([story]), labels(), OPTIONS)
    tree = LexborHTMLParser(made.html)
    allowed = {"html", "head", "meta", "title", "style", "body", "table", "tbody", "tr", "td", "p", "h1", "h2", "h3",
               "a", "span", "bdi", "img"}  # fmt: skip
    assert {node.tag for node in tree.css("*")} <= allowed
    for node in tree.css("*"):
        assert not [name for name in node.attributes if name.startswith("on")]
    assert flat(payload) in words(made.html)
    assert "49" not in words(made.html).replace("UTC", "")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//x.example/", "ftp://x.example/", "", None]
)
def test_links_are_http_only(url: str | None) -> None:
    made = render_digest(content([changed(stories()[1], url=url)]), labels(), PLAIN)
    assert LexborHTMLParser(made.html).css("a") == []
    assert stories()[1].title in flat(made.text)


def test_nothing_is_loaded_from_outside_and_the_picture_is_in_the_mail() -> None:
    made = rendered()
    (image,) = made.images
    assert [node.attributes["src"] for node in LexborHTMLParser(made.html).css("img")] == [f"cid:{image.cid}"]
    assert "Arms transfers: 3" in str(image.alt)
    assert image.png.startswith(b"\x89PNG")
    assert not re.search(r"url\(|@import|<link", made.html)


def test_the_preview_stands_alone() -> None:
    html = preview_html(rendered())
    assert "cid:" not in html
    assert "default-src 'none'" in html
    assert "data:image/png;base64," in html


def test_stories_link_to_their_place_in_the_report() -> None:
    assert "https://reports.example/report.html#story-6" in rendered().text
    assert "#story" not in render_digest(content(), labels(), PLAIN).html


def test_the_same_content_gives_the_same_bytes() -> None:
    assert rendered() == rendered()


def test_a_poisonous_story_costs_itself_only_and_the_digest_says_so() -> None:
    rows = stories()
    naive = dt.datetime(2026, 11, 20)  # noqa: DTZ001 - what poisons
    rows[3] = changed(rows[3], effective_at=naive)
    safe = render_safely(content(rows, max_stories=40), labels(), PLAIN)
    assert [dropped.story_id for dropped in safe.content.dropped] == [4]
    assert "ValueError" in safe.content.dropped[0].reason
    assert len(safe.content.stories) == 11
    assert "1 entry could not be shown and was left out." in safe.rendered.text
    assert rows[3].title not in safe.rendered.html
    assert (
        safe.content.counts["offered"] == sum(safe.content.counts.values()) - safe.content.counts["offered"]
    )


def test_a_story_that_the_mail_cannot_carry_is_dropped_too() -> None:
    def measure(made: RenderedDigest) -> int:
        if "Estavia" in made.text:
            raise UnicodeError("cannot be encoded")
        return len(made.text)

    safe = render_safely(content(max_stories=40), labels(), PLAIN, measure=measure)
    assert {dropped.story_id for dropped in safe.content.dropped} == {1, 3}


def test_a_fault_that_no_story_explains_is_not_hidden() -> None:
    def measure(_: RenderedDigest) -> int:
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"):
        render_safely(content([]), labels(), PLAIN, measure=measure)


def test_a_mail_that_is_too_large_is_shortened_and_says_so() -> None:
    whole = render_digest(content(max_stories=40), labels(), PLAIN)
    limit = len(whole.html) * 2 // 3
    safe = render_safely(
        content(max_stories=40), labels(), PLAIN, measure=lambda made: len(made.html), limit=limit
    )
    assert len(safe.rendered.html) <= limit
    assert 0 < len(safe.content.stories) < 12
    assert len(safe.content.left_out_ids) == 12 - len(safe.content.stories)
    assert "left out for length" in flat(safe.rendered.text)


def test_a_title_of_a_megabyte_is_cut() -> None:
    made = render_digest(content([changed(stories()[0], title="word " * 200_000)]), labels(), PLAIN)
    assert len(made.html) < 20_000
    assert len(made.subject) <= 200


def test_controls_and_surrogates_of_a_feed_do_not_reach_the_mail() -> None:
    odd = changed(
        stories()[0], title="A\x00B\r\nC\u2028D\ud800E\u202eF", lead="x\x1b[31my", outlet="Ou\x85tlet"
    )
    made = render_digest(content([odd]), labels(), PLAIN)
    for part in (made.subject, made.html, made.text):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ud800-\udfff]", part)
    assert "\n" not in made.subject
