"""Which feeds a page of a site names, the likeliest first; guesses are marked as such."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.parse.discovery import USUAL_PATHS, FeedCandidate, Seen, discover_feeds

URL = "https://daily.example/world/"


def found(html: str, url: str = URL) -> list[FeedCandidate]:
    return list(discover_feeds(html.encode(), url=url, guess=False))


def urls(html: str, url: str = URL) -> list[str]:
    return [feed.url for feed in found(html, url)]


def test_declared_feeds_stand_in_the_order_of_the_page_and_comments_last() -> None:
    html = """<head>
    <link rel="alternate" type="application/rss+xml" title="Example &raquo; Comments Feed" href="/comments/feed/">
    <link rel="alternate" type="application/rss+xml" title="Example &raquo; Feed" href="/feed/">
    <link rel="alternate" type="application/atom+xml" href="//daily.example/atom.xml">
    <link rel="ALTERNATE" type="application/feed+json; charset=utf-8" href="feed.json">
    </head>"""
    assert found(html) == [
        FeedCandidate(
            url="https://daily.example/feed/", seen=Seen.DECLARED, kind="rss", title="Example » Feed"
        ),
        FeedCandidate(url="https://daily.example/atom.xml", seen=Seen.DECLARED, kind="atom"),
        FeedCandidate(url="https://daily.example/world/feed.json", seen=Seen.DECLARED, kind="json"),
        FeedCandidate(
            url="https://daily.example/comments/feed/",
            seen=Seen.DECLARED,
            kind="rss",
            title="Example » Comments Feed",
            is_comments=True,
        ),
    ]


def test_links_are_joined_to_the_base_of_the_page() -> None:
    html = '<base href="https://cdn.example/site/"><link rel="alternate" type="application/rss+xml" href="rss.xml">'
    assert urls(html) == ["https://cdn.example/site/rss.xml"]


@pytest.mark.parametrize(
    "html",
    [
        '<link rel="alternate" hreflang="de" href="/de/">',
        '<link rel="alternate stylesheet" type="application/rss+xml" href="/x.css">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/1">',
        '<link rel="alternate" type="application/json+oembed" href="/oembed?format=json">',
        '<link rel="alternate" type="text/xml" href="/opensearch.xml">',
        '<link rel="alternate" type="application/rss+xml" href="">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:feed()">',
        '<a href="/feedback">Feedback</a>',
        '<a href="/about/rss.html">About RSS</a>',
        '<a href="https://www.facebook.com/feed/">RSS</a>',
        '<a href="/news/feed-prices-rise">Feed prices rise</a>',
        "<a>RSS</a>",
        "<!-- <link rel='alternate' type='application/rss+xml' href='/old.xml'> -->",
    ],
)
def test_what_is_no_feed(html: str) -> None:
    assert urls(html) == []


@pytest.mark.parametrize(
    ("href", "text"),
    [
        ("/rss.xml", ""),
        ("/feed/", "Subscribe"),
        ("/services/rss", "Our feeds"),
        ("/index.php?format=feed&type=rss", "RSS"),
        ("feed://daily.example/all", "All"),
        ("/ru/rss/all", "RSS-ленты"),
        ("/fa/rss/1", "خوراک"),
        ("https://feeds.daily.example/world", "RSS"),
    ],
)
def test_links_that_look_like_feeds(href: str, text: str) -> None:
    (feed,) = found(f'<a href="{href}">{text}</a>')
    assert feed.seen is Seen.LINKED


def test_linked_feeds_of_the_site_itself_come_before_those_of_others() -> None:
    html = '<a href="https://other.example/rss.xml">RSS</a><a href="/rss.xml">RSS</a>'
    assert urls(html) == ["https://daily.example/rss.xml", "https://other.example/rss.xml"]


def test_an_address_is_named_once_where_it_is_likeliest() -> None:
    html = (
        '<a href="/feed/">RSS</a><link rel="alternate" type="application/rss+xml" href="/feed/?utm_source=x">'
    )
    (feed,) = found(html)
    assert feed.seen is Seen.DECLARED


def test_guesses_are_last_marked_and_only_at_the_root() -> None:
    html = b'<link rel="alternate" type="application/rss+xml" href="/feed/">'
    feeds = discover_feeds(html, url=URL)
    assert feeds[0].seen is Seen.DECLARED
    assert {feed.seen for feed in feeds[1:]} == {Seen.GUESSED}
    assert len(feeds) == len(USUAL_PATHS)  # the declared one is not guessed again
    assert all(feed.url.startswith("https://daily.example/") for feed in feeds)


def test_a_page_that_says_nothing_gives_guesses_only() -> None:
    for html in (b"", b"<p>Welcome</p>", b"\xff\xfe\x00"):
        assert {feed.seen for feed in discover_feeds(html, url=URL)} == {Seen.GUESSED}


@settings(max_examples=60, deadline=None)
@given(
    st.text(alphabet=st.sampled_from("abfeds:/.?#[]@% \\é中\ud800"), max_size=40),
    st.sampled_from(["a", "link"]),
)
def test_no_address_is_an_exception_and_each_is_of_the_web(href: str, tag: str) -> None:
    html = f'<{tag} rel="alternate" type="application/rss+xml" href="{href}">'
    for feed in discover_feeds(html.encode("utf-8", "surrogatepass"), url=URL):
        assert feed.url.startswith(("http://", "https://"))


def test_real_pages_never_put_comments_first(shared_data) -> None:
    from benches.articles import samples

    for at, sample in enumerate(samples(shared_data / "articles")):
        if at % 8:
            continue
        feeds = discover_feeds(sample.page, url=URL, guess=False)
        assert [feed.is_comments for feed in feeds] == sorted(feed.is_comments for feed in feeds)
