"""An article page becomes title, text and date: what it shows, checked against what it says of itself."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import ParseError
from monitor.parse.article import MAX_BODY, extract
from monitor.parse.facts import MAX_TITLE, has_zone, moment
from monitor.parse.page import MAX_TAGS, read_page
from monitor.types.article import BodySource

URL = "https://daily.example/world/2026/vessel"
LEAD = "Customs officers stopped a freighter with crates of drone engines in the harbour on Friday."
PARAGRAPHS = (
    "The freighter had left the free port eleven days earlier, according to the harbour authority, and declared "
    "agricultural machinery.",
    "Inspectors opened forty containers and counted two hundred engines of a type that the sanctions list names, the "
    "customs office said in a statement.",
    "The defence minister told parliament that the shipment had been followed since it was loaded, and that the "
    "consignee was known to the services.",
    "The embassy of the country of origin rejected the report and called it an invention. It asked for the crates "
    "to be handed back.",
)
UTC = dt.UTC


def page(
    *,
    head: str = "",
    before: str = "",
    paragraphs: tuple[str, ...] = PARAGRAPHS,
    after: str = "",
    lang: str = "en",
) -> bytes:
    """A page of an invented paper: navigation, heading, text, footer."""
    text = "\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"""<!doctype html><html lang="{lang}"><head><meta charset="utf-8">
    <title>Drone engines found on freighter | The Daily Example</title>{head}</head>
    <body><nav><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li></ul></nav>
    <main><article><h1>Drone engines found on freighter</h1>{before}
    <div class="text">{text}</div>{after}</article></main>
    <footer><p>All rights reserved. Imprint. Terms of use.</p></footer></body></html>""".encode()


def json_ld(**fields: object) -> str:
    data = {"@context": "https://schema.org", "@type": "NewsArticle", **fields}
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def test_a_page_without_any_markup_for_machines_is_read_by_what_it_shows() -> None:
    article = extract(page(), url=URL)
    assert article.title == "Drone engines found on freighter"
    assert article.body == "\n\n".join(PARAGRAPHS)
    assert article.language == "en"
    assert article.body_source is BodySource.PAGE
    assert (article.published_at, article.published_raw) == (None, None)


def test_the_newsrooms_own_data_comes_before_what_sharing_buttons_are_told() -> None:
    head = json_ld(
        headline="Engines seized", datePublished="2026-11-20T18:05:00+01:00", inLanguage="en-GB"
    ) + (
        '<meta property="og:title" content="You will not believe this freighter">'
        '<meta property="article:published_time" content="2026-11-21T09:00:00Z">'
        '<meta property="og:site_name" content="The Daily Example">'
        '<link rel="canonical" href="/world/2026/vessel?utm_source=x">'
    )
    article = extract(page(head=head), url=URL)
    assert article.title == "Engines seized"
    assert article.published_at == dt.datetime(2026, 11, 20, 17, 5, tzinfo=UTC)
    assert article.published_raw == "2026-11-20T18:05:00+01:00"
    assert article.site_name == "The Daily Example"
    assert article.canonical_url == URL


@pytest.mark.parametrize(
    "head",
    [
        '<script type="application/ld+json">{"@graph": [{"@type": "WebSite", "name": "x"}, '
        '{"@type": ["ReportageNewsArticle"], "headline": "Engines &quot;seized&quot;"}]}</script>',
        '<script type="application/ld+json">[{"@type": "NewsArticle", "headline": "Engines \\"seized\\""}]</script>',
        '<script type="application/ld+json">//<![CDATA[\n'
        '{"@type": "Article", "headline": "Engines \\"seized\\""}\n//]]></script>',
        '<script type="application/ld+json">{broken</script>'
        '<script type="application/ld+json">{"@type": "BlogPosting", "headline": "Engines \\"seized\\""};</script>',
    ],
)
def test_json_ld_is_found_however_it_is_wrapped(head: str) -> None:
    assert extract(page(head=head), url=URL).title == 'Engines "seized"'


def test_a_headline_that_was_cut_for_search_engines_gives_way_to_the_whole() -> None:
    whole = "Customs officers in the northern harbour stop a freighter with two hundred drone engines in forty crates"
    head = json_ld(headline=whole[:80] + "…") + f'<meta property="og:title" content="{whole}">'
    assert extract(page(head=head), url=URL).title == whole


@pytest.mark.parametrize("mark", [" | ", " - ", " – "])
def test_the_name_of_the_outlet_is_no_part_of_a_title(mark: str) -> None:
    head = f'<meta property="og:title" content="Engines - and crates{mark}Example News">' + (
        '<meta property="og:site_name" content="Example News">'
    )
    assert extract(page(head=head), url=URL).title == "Engines - and crates"


def test_a_person_who_publishes_is_not_taken_for_an_outlet() -> None:
    head = json_ld(
        headline="x", publisher={"@type": "Person", "name": "Somebody"}, author={"name": "Somebody"}
    )
    article = extract(page(head=head), url=URL)
    assert article.site_name == ""
    assert "Somebody" not in repr(article)


def test_a_lead_outside_the_text_is_put_before_it() -> None:
    article = extract(page(before=f'<div class="article__lead">{LEAD}</div>'), url=URL)
    assert article.body == "\n\n".join((LEAD, *PARAGRAPHS))


def test_a_description_is_a_lead_only_where_the_page_shows_it() -> None:
    head = f'<meta name="description" content="{LEAD}">'
    assert extract(page(head=head), url=URL).body == "\n\n".join(PARAGRAPHS)
    shown = extract(page(head=head, before=f"<div><span>{LEAD}</span></div>"), url=URL)
    assert shown.body == "\n\n".join((LEAD, *PARAGRAPHS))


def test_bylines_captions_credits_and_lists_of_links_are_not_text() -> None:
    noise = (
        "<figure><img src='a.jpg'><figcaption>The freighter in the harbour, seen from the pier</figcaption></figure>"
        "<p>Photo: Agency Example</p>"
        "<ul><li><a href='/a'>More crates found in the southern harbour this week</a></li>"
        "<li><a href='/b'>Who makes the engines of the drones that were found</a></li></ul>"
    )
    article = extract(page(before="<p>By Our Correspondent</p>", after=noise), url=URL)
    assert article.body == "\n\n".join(PARAGRAPHS)


def test_text_that_only_the_structured_data_holds_is_taken_from_there() -> None:
    head = json_ld(headline="Engines", articleBody="\n\n".join(PARAGRAPHS))
    article = extract(page(head=head, paragraphs=(PARAGRAPHS[0],)), url=URL)
    assert article.body == "\n\n".join(PARAGRAPHS)
    assert article.body_source is BodySource.STRUCTURED


def test_the_text_of_a_page_that_is_split_over_boxes_is_whole() -> None:
    longer = tuple(
        f"{text} It was report number {n} of the harbour." for n in range(4) for text in PARAGRAPHS
    )
    boxes = "".join(
        f'<div class="box"><p class="t">{"</p><p class=t>".join(longer[at : at + 4])}</p></div><aside>Advert</aside>'
        for at in range(0, 16, 4)
    )
    article = extract(page(paragraphs=(), before=boxes), url=URL)
    assert all(text in article.body for text in longer)


@pytest.mark.parametrize(
    ("content_type", "charset", "encoded"),
    [
        ("text/html; charset=windows-1251", "", "cp1251"),
        ("text/html", '<meta charset="windows-1251">', "cp1251"),
        (None, '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">', "koi8_r"),
        ("text/html; charset=iso-8859-1", "", "utf-8"),
    ],
)
def test_the_character_set_is_found_in_header_or_page_and_utf8_is_believed(
    content_type: str | None, charset: str, encoded: str
) -> None:
    russian = (
        "Таможня остановила судно с двигателями для беспилотников в порту, сообщило министерство обороны."
    )
    html = f"<html><head>{charset}<title>Судно остановлено</title></head><body><p>{russian}</p></body></html>"
    article = extract(html.encode(encoded), url=URL, content_type=content_type)
    assert article.title == "Судно остановлено"
    assert russian in article.body


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("2026-11-20T18:05:00+01:00", dt.datetime(2026, 11, 20, 17, 5, tzinfo=UTC)),
        ("2026-11-20T18:05:00.123456789Z", dt.datetime(2026, 11, 20, 18, 5, 0, 123456, tzinfo=UTC)),
        ("2026-11-20T18:05:00+0100", dt.datetime(2026, 11, 20, 17, 5, tzinfo=UTC)),
        ("2026-11-20 18:05", dt.datetime(2026, 11, 20, 18, 5, tzinfo=UTC)),
        ("2026-11-20", dt.datetime(2026, 11, 20, tzinfo=UTC)),
        ("Fri, 20 Nov 2026 18:05:00 GMT", dt.datetime(2026, 11, 20, 18, 5, tzinfo=UTC)),
        ("1795197900", dt.datetime(2026, 11, 20, 18, 5, tzinfo=UTC)),
        ("1795197900000", dt.datetime(2026, 11, 20, 18, 5, tzinfo=UTC)),
        ("yesterday", None),
        ("20261-13-45", None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_moments(said: str, expected: dt.datetime | None) -> None:
    assert moment(said) == expected


def test_a_date_that_cannot_be_read_is_kept_as_it_was_said() -> None:
    head = '<meta name="date" content="20 ноября, вечером">'
    article = extract(page(head=head), url=URL)
    assert (article.published_at, article.published_raw) == (None, "20 ноября, вечером")
    told = extract(page(head=head), url=URL, read_date=lambda _: dt.datetime(2026, 11, 20, tzinfo=UTC))
    assert told.published_at == dt.datetime(2026, 11, 20, tzinfo=UTC)


def test_a_clock_without_a_zone_gives_way_to_a_moment() -> None:
    head = json_ld(headline="x", datePublished="2026-11-20T18:05:00") + (
        '<meta property="article:published_time" content="2026-11-20T18:05:00+03:00">'
    )
    assert extract(page(head=head), url=URL).published_at == dt.datetime(2026, 11, 20, 15, 5, tzinfo=UTC)
    assert has_zone("2026-11-20T18:05:00Z")
    assert has_zone("2026-11-20 18:05 +0300")
    assert not has_zone("2026-11-20T18:05:00")
    assert not has_zone("2026-11-20")


def test_a_canonical_address_of_the_home_page_is_a_mistake_of_the_template() -> None:
    head = '<link rel="canonical" href="https://daily.example/"><meta property="og:url" content="/world/2026/vessel">'
    assert extract(page(head=head), url=URL).canonical_url == URL


@pytest.mark.parametrize(
    "html", [b"", b" \n ", b"<!-- -->", b"\x00\x00", b"<html></html>", b"<script>app()</script>"]
)
def test_a_page_with_nothing_in_it_is_said_to_be_so(html: bytes) -> None:
    article = extract(html, url=URL)
    assert (article.title, article.body, article.body_source) == ("", "", BodySource.NONE)
    assert {issue.code for issue in article.issues} & {"no_text", "empty_body"}


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000,
        "<div " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x",
        "<div " + " ".join(f'a{n}=">"' for n in range(50_000)) + ">x",
        "<!--" * 200_000,
        "<script>" * 100_000,
        '<a ="' * 200_000,
        "<title>" + "a | " * 200_000,
        '<script type="application/ld+json">' + '{"@graph":[' * 50_000 + "</script>",
        "&lt;&amp;" * 100_000,
    ],
    ids=["deep", "attributes", "quoted", "comments", "scripts", "quotes", "title", "json", "entities"],
)
def test_hostile_pages_come_to_an_end(html: str) -> None:
    # each takes a fraction of a second; without the bounds of `read_page` they take minutes
    article = extract(html.encode(), url=URL)
    assert len(article.title) <= MAX_TITLE
    assert len(article.body) <= MAX_BODY


def test_a_library_that_fails_on_a_page_costs_only_that_page(monkeypatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RecursionError("too deep\x1b[31m")

    monkeypatch.setattr("trafilatura.bare_extraction", fail)
    with pytest.raises(ParseError) as caught:
        extract(page(), url=URL)
    assert caught.value.code == "unreadable"
    assert "\x1b" not in str(caught.value)


def test_more_tags_than_a_page_has_are_cut_off_and_it_is_said() -> None:
    read = read_page(b"<p>x</p>" * MAX_TAGS)
    assert [issue.code for issue in read.issues] == ["page_cut"]
    assert sum(1 for _ in read.tree.iter("p")) == MAX_TAGS // 2


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("<>/!-=\"' &;apdivscrt[]\x00\u202e\ud800а中"), max_size=200))
def test_no_markup_is_an_exception(text: str) -> None:
    article = extract(text.encode("utf-8", "surrogatepass"), url=URL)
    assert "\x00" not in article.title + article.body
    article.body.encode("utf-8")


def test_real_pages_are_read_as_well_as_promised(shared_data) -> None:
    """A sample: the whole, with intervals, is benches/articles.py."""
    from benches.articles import f1, samples

    folder = shared_data / "articles"
    chosen = [sample for at, sample in enumerate(samples(folder)) if at % 8 == 0]
    scores = [f1(extract(sample.page, url=None).body, sample.body) for sample in chosen]
    assert len(scores) >= 8
    assert sum(scores) / len(scores) > 0.9
