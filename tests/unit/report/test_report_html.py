"""One page that loads nothing, runs only its own script, and shows whatever a feed wrote as text."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor.render.labels import READER_LANGUAGES
from monitor.report.build import build_page
from monitor.report.html import render
from monitor.report.reading import read
from monitor.types.report import VIEW_COLUMNS, ReportData, ReportOptions
from tests import report_rows
from tests.report_rows import NOW, WINDOW

PAYLOADS = (
    "<script>NRXSS()</script>",
    "</title><script>NRXSS()</script>",
    "<img src=x onerror=NRXSS()>",
    "<svg/onload=NRXSS()>",
    '"><svg onload=NRXSS()>',
    "' onmouseover='NRXSS()",
    '" autofocus onfocus="NRXSS()',
    "<iframe srcdoc='<script>NRXSS()</script>'></iframe>",
    "<a href=javascript:NRXSS()>x</a>",
    "<style>@import 'https://evil.example/NRXSS.css'</style>",
    "<base href=https://evil.example/NRXSS>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/NRXSS'>",
    "</script><script>NRXSS()</script>",
    "<!--<img src='--><img src=x onerror=NRXSS()>'",
    "{{ NRXSS }} {% raw %}",
    "<form action=https://evil.example><button>NRXSS</button></form>",
    "\u202eNRXSS\u2066<b>",
)
LINKS = ("javascript:NRXSS()", " JaVaScRiPt:NRXSS()", "data:text/html,NRXSS", "vbscript:NRXSS", "//evil.example/NRXSS",
         "https://good.example/\" onclick=\"NRXSS()", "java\nscript:NRXSS()", "https://user:pw@evil.example/NRXSS",
         "file:///etc/NRXSS")  # fmt: skip


def page(data: ReportData) -> str:
    return render(data, read(data), {"entries.csv": "every entry of the window"})


def nodes(html: str, selector: str) -> list[LexborNode]:
    return LexborHTMLParser(html).css(selector)


def assert_harmless(html: str) -> None:
    """What a browser would make of the page: no element, attribute or address that runs or loads anything."""
    tree = LexborHTMLParser(html)
    for node in tree.css("*"):
        assert node.tag not in {
            "iframe",
            "object",
            "embed",
            "img",
            "base",
            "form",
            "audio",
            "video",
            "link",
            "use",
        }
        for name, value in node.attributes.items():
            assert not name.startswith("on"), (node.tag, name)
            assert name not in {"src", "srcdoc", "style", "xlink:href", "formaction"}, (node.tag, name)
            if name == "href":
                assert re.match(r"https?://[^/@]+/|#|[a-z_]+\.(csv|xlsx|json)$", value or ""), value
    (script,) = tree.css("script")
    (policy,) = [node for node in tree.css("meta") if node.attributes.get("http-equiv")]
    digest = base64.b64encode(hashlib.sha256(script.text().encode()).digest()).decode()
    content = policy.attributes["content"] or ""
    assert content.startswith("default-src 'none'; ") and f"script-src 'sha256-{digest}'" in content
    assert "NRXSS" not in script.text()
    assert all("NRXSS" not in style.text() for style in tree.css("style"))


def test_the_page_is_harmless_and_whole() -> None:
    html = page(report_rows.data())
    assert_harmless(html)
    assert html.startswith("<!doctype html>")
    assert "http" not in re.sub(
        r'href="https?://[a-z]{2}\.example/a/\d+"|http-equiv|title="https://\w+\.example[^"]+"|http_503',
        "",
        html,
    )


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_a_feed_wrote_is_only_text(payload: str) -> None:
    content = report_rows.rows()
    texts = {
        "entries": ("title", "outlet", "country", "language", "ownership", "uid", "feed", "external_id"),
        "clusters": ("title", "first_outlet"),
        "cluster_sources": ("outlet", "folded_into", "reason"),
        "chains": ("outlet", "chain_state"),
        "claims": (
            "uid",
            "speaker",
            "evidence",
            "outlet",
            "root_outlet",
            "status",
            "items",
            "supplier",
            "language",
        ),
        "ledger": ("supplier", "recipient", "item", "status", "first_alleged_by", "root_outlet"),
        "citations": ("outlet", "cited_outlet", "root_outlet"),
        "coverage_daily": ("outlet", "feed", "panel_change"),
        "feed_health": ("feed", "outlet", "state", "last_error", "kind"),
        "topics": ("topic",),
    }
    for name, columns in texts.items():
        for row in content[name]:
            row.update(dict.fromkeys(columns, payload))
    data = report_rows.data(content, title=payload, topic_labels={payload: {"en": payload}})
    html = page(data)
    assert_harmless(html)
    assert "NRXSS" in (LexborHTMLParser(html).body or nodes(html, "html")[0]).text()


def test_a_cluster_shows_each_chain_to_its_root_and_how_it_ends() -> None:
    content = report_rows.rows()
    [chain] = content["chains"]
    content["chains"] += [dict(chain), {**chain, "outlet": "Quay Wire", "chain_state": "cycle"}]
    [listed] = nodes(page(report_rows.data(content)), "ul.chains")
    assert [" ".join(item.text().split()) for item in listed.css("li")] == [
        "Hafenkurier → Harbour Post → Quay Wire (not followed here)",
        "Quay Wire → Harbour Post → Quay Wire (they quote each other)",
    ]


@pytest.mark.parametrize("url", LINKS)
def test_only_http_and_https_become_links(url: str) -> None:
    content = report_rows.rows()
    for name in ("entries", "claims"):
        for row in content[name]:
            row["url"] = url
    assert_harmless(page(report_rows.data(content)))


def test_links_tell_nothing_of_the_reader() -> None:
    links = [
        node
        for node in nodes(page(report_rows.data()), "a")
        if (node.attributes["href"] or "").startswith("http")
    ]
    assert len(links) > 15
    assert {node.attributes["rel"] for node in links} == {"noopener noreferrer nofollow"}


def test_each_text_has_its_language_and_direction() -> None:
    html = page(report_rows.data())
    (arabic,) = list(nodes(html, "#story-4 h4 bdi"))
    assert (arabic.attributes["lang"], arabic.attributes["dir"]) == ("ar", "rtl")
    (chinese,) = list(nodes(html, "#story-8 h4 bdi"))
    assert (chinese.attributes["lang"], chinese.attributes["dir"]) == ("zh", "ltr")


def test_stories_of_a_cluster_stand_together_led_by_the_reader_s_language() -> None:
    for language, leader in (("en", "story-1"), ("ar", "story-4"), ("es", "story-4")):
        html = page(report_rows.data(language=language))
        together = [n for n in nodes(html, ".happening") if n.css_first("#story-1")]
        assert next(node.attributes["id"] for node in together[0].css(".story")) == leader
        assert len(together[0].css(".story")) == 4


def test_anchors_are_stable_and_unique() -> None:
    ids = [node.attributes["id"] for node in nodes(page(report_rows.data()), "[id]")]
    assert len(ids) == len(set(ids))
    assert {"story-1", "story-17", "cluster-1", "claim-c0ffee01", "topic-sanctions"} <= set(ids)


def test_every_link_within_the_page_has_its_target() -> None:
    html = page(report_rows.data())
    ids = {node.attributes["id"] for node in nodes(html, "[id]")}
    inner = {(node.attributes["href"] or "")[1:] for node in nodes(html, 'a[href^="#"]')}
    assert inner <= ids


def test_the_other_outlet_with_the_same_story_is_named_with_its_link() -> None:
    (also,) = nodes(page(report_rows.data()), "#story-1 .also")
    assert "La Brújula Austral" in also.text()
    assert also.css_first("a").attributes["href"] == "https://es.example/a/19"


def test_landmarks_heads_and_tables_are_there_for_readers_who_do_not_see_charts() -> None:
    html = page(report_rows.data())
    tree = LexborHTMLParser(html)
    assert [len(tree.css(tag)) for tag in ("main", "header", "nav", "footer", "h1")] == [1] * 5
    assert tree.css_first("a.skip").attributes["href"] == "#main"
    for section in tree.css("main section"):
        assert tree.css_first(f"#{section.attributes['aria-labelledby']}") is not None
    for chart in tree.css("svg"):
        assert chart.attributes["role"] == "img" and chart.attributes["aria-label"]
    assert tree.css("details table") and all(table.css_first("th[scope]") for table in tree.css("table"))


def test_claims_and_ledger_speak_the_reader_s_language() -> None:
    text = nodes(page(report_rows.data(language="fr")), "#transfers")[0].text()
    for words in (
        "Corée du Nord",
        "Soudan",
        "munitions d’artillerie",
        "démenti",
        "40\u202f000–45\u202f000",
        "Libye",
    ):
        assert words in text


def test_who_cites_whom_is_counted_by_entries() -> None:
    (panel,) = nodes(page(report_rows.data()), "#chains")
    assert [node.text() for node in panel.css("svg text")][:2] == ["Harbour Post", "2"]
    cells = [cell.text() for cell in panel.css("tbody tr:first-child > *")]
    assert cells == ["La Brújula Austral", "Harbour Post", "", "1"]


def test_claims_that_a_person_rejected_are_not_shown() -> None:
    content = report_rows.rows()
    content["claims"][0]["decision"] = "rejected"
    html = page(report_rows.data(content))
    assert not nodes(html, "#claim-c0ffee01") and nodes(html, "#claim-c0ffee02")


def test_sections_without_rows_do_not_appear() -> None:
    content = report_rows.rows() | {"claims": [], "ledger": [], "clusters": []}
    html = page(report_rows.data(content))
    assert not nodes(html, "#transfers") and not nodes(html, "#clusters") and nodes(html, "#story-1")


def test_long_lists_are_cut_and_say_so() -> None:
    group = nodes(page(report_rows.data(max_stories=1)), "#stories-arms-transfers")[0]
    assert len(group.css(".happening")) == 1
    assert "3 further stories were left out" in group.text() and "entries.csv" in group.text()


def test_an_entry_without_a_title_shows_its_lead_or_says_so() -> None:
    content = report_rows.rows()
    content["entries"][0] |= {"title": "", "lead": "First words of a post"}
    content["entries"][1] |= {"title": None}
    html = page(report_rows.data(content))
    assert nodes(html, "#story-1 h4")[0].text().strip() == "First words of a post"
    assert nodes(html, "#story-2 h4")[0].text().strip() == "Post without a title"


def test_feeds_in_trouble_come_first() -> None:
    states = [node.text().split() for node in nodes(page(report_rows.data()), ".feeds tbody td:nth-child(2)")]
    assert states[:3] == [["failing"], ["healthy", "silent"], ["healthy"]]


@pytest.mark.parametrize("language", READER_LANGUAGES)
def test_the_page_is_made_for_readers_of_every_language(language: str) -> None:
    root = nodes(page(report_rows.data(language=language)), "html")[0]
    assert root.attributes["lang"] == language
    assert root.attributes["dir"] == ("rtl" if language in {"ar", "fa"} else "ltr")


def test_it_works_on_an_empty_database() -> None:
    html = page(ReportData(generated_at=NOW, window=WINDOW))
    assert_harmless(html)
    assert "No news" in html and "Nothing in this window." in html


def test_it_works_on_an_empty_database_with_topics_configured() -> None:
    options = ReportOptions(topics=("sanctions",), topic_labels={"sanctions": {"en": "Sanctions"}})
    html = page(ReportData(generated_at=NOW, window=(WINDOW[1], WINDOW[1]), options=options))
    assert "Too few complete days to compare." in html


def test_columns_that_are_missing_are_named() -> None:
    entries = report_rows.data().entries.drop(columns="outlet")
    with pytest.raises(ValueError, match="entries lacks the columns outlet"):
        ReportData(generated_at=NOW, window=WINDOW, entries=entries)


def test_the_columns_are_those_of_the_contract(shared: Any) -> None:
    design = (shared / "design.md").read_text(encoding="utf-8")
    for name, columns in VIEW_COLUMNS.items():
        (cell,) = re.findall(rf"^\| `report_{name}` \| (.+) \|$", design, re.M)
        bare = re.sub(r"\([^()]*\)", "", cell)
        assert [column.strip() for column in bare.split(",")] == list(columns)


def test_the_same_rows_give_the_same_bytes() -> None:
    assert build_page(report_rows.data()) == build_page(report_rows.data())
    assert report_rows.files() == report_rows.files()
