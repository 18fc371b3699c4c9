from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.text.html import html_to_text, inline_text, read_html


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("A&nbsp;B", "A B"),
        ("<p>One</p><p>Two<br>three</p>", "One\n\nTwo\nthree"),
        ("<ul><li>x<li>y</ul>z", "x\ny\n\nz"),
        ("<div>a</div>\n<div>b<br></div><div>c</div>", "a\nb\nc"),
        ("<ul> <li>x</li> <li>y</li> </ul>", "x\ny"),
        ("a<br> <br>b<br/>c", "a\n\nb\nc"),
        ("a<b>b</b>c", "abc"),
        ("5 < 6 & 7 > 3", "5 < 6 & 7 > 3"),
        ("x<script>if(a<b){}</script>y<STYLE>p{}</style >z<!-- no --> w", "xyz w"),
        ("<img alt='a > b' src=x>t", "t"),
        ('<a title="left open>bar</a> baz', "bar baz"),
        ("<iframe src=x />after", "after"),
        ("<video>no support</video>kept", "kept"),
        ("<svg>unclosed, text kept", "unclosed, text kept"),
        ("line one\nline two\n\n\n\nthree", "line one\nline two\n\nthree"),
        ("&lt;p&gt;Hi &amp;amp; you&lt;/p&gt;", "Hi & you"),
        ("if a &lt; b and c &gt; d", "if a < b and c > d"),
        ("caf&amp;eacute; &amp;#8217;", "café ’"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("<![CDATA[<p>wrapped twice</p>]]>", "wrapped twice"),
        ("&#55357;&#xD800;x\x00", "\ufffd\ufffdx"),
        ("", ""),
    ],
)
def test_text_is_what_a_reader_sees(source: str, text: str) -> None:
    assert html_to_text(source) == text


def test_links_come_with_the_text() -> None:
    source = "<p><a href=\"/a?x=1&amp;y=2\">one</a> <A HREF='b'>two</A> <a class=c href=c>three</a>"
    source += " <a name=d>four</a></p>"
    assert read_html(source) == ("one two three four", ["/a?x=1&y=2", "b", "c"])


def test_a_title_is_one_line() -> None:
    assert inline_text("Sanctions &amp; <b>arms</b>\n<br>today") == "Sanctions & arms today"


@pytest.mark.parametrize(
    "unit",
    [
        "<div>",
        "<b id=1><p>",
        "<!--",
        "<",
        "<a ",
        '<a ="',
        "<svg>",
        "<svg></svg",
        "<a ='",
        "&lt;img ",
        "&#",
        "<br> ",
        "<script>",
    ],
)
def test_hostile_markup_costs_no_more_than_its_length(unit: str) -> None:
    # a quadratic scanner would not come back from this
    assert len(html_to_text(unit * 100_000)) <= len(unit) * 100_000


@settings(deadline=None)
@given(st.text(alphabet="<>/!-&;= \"'apbr[]CDATscript\n#x0", max_size=300))
def test_whatever_the_markup_the_text_is_clean(source: str) -> None:
    text = html_to_text(source)
    assert text == text.strip()
    assert "\n\n\n" not in text
    assert not any(c in text for c in "\x1d\x1e\x00")
