"""The text of a post's body and the links in it, from the markup that lexbor writes.

A scanner of tags, as in `monitor.text.html`, with Telegram's rules: `<br>` is a line end, `blockquote` and
`pre` stand on lines of their own, inline tags join nothing and part nothing, an emoji is its character.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from monitor.text.clean import clean_text
from monitor.text.telegram_names import name_of

_PIECE = re.compile(r"<(/?+)([a-zA-Z][\w:-]*+)((?:[^>\"]|\"[^\"]*+\")*+)>|<!--.*?-->|([^<]++)|<", re.DOTALL)
_ATTRIBUTE = re.compile(r"\s([a-z-]+)=\"([^\"]*)\"")
_BLOCKS = frozenset(
    {"blockquote", "pre", "div", "p", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "details"}
)
_SPACE = re.compile("[ \t\r\n\f]+")
_EDGE = re.compile(" *([\n\x1d]) *")
_START = re.compile("\n?\x1d+")
_MAX_DECODINGS = 5


@dataclass(slots=True)
class Body:
    """What a body says: text (cleaned), addresses as written in their order, tags and names without repeats."""

    text: str = ""
    links: dict[str, None] = field(default_factory=dict)
    hashtags: dict[str, None] = field(default_factory=dict)
    mentions: dict[str, None] = field(default_factory=dict)
    spoiler: bool = False

    def join(self, other: Body) -> None:
        """Add another body of the same post (the caption of a further document) on a line of its own."""
        if other.text and other.text not in self.text.split("\n"):
            self.text = f"{self.text}\n{other.text}".strip("\n")
        self.links |= other.links
        self.hashtags |= other.hashtags
        self.mentions |= other.mentions
        self.spoiler |= other.spoiler


def read_body(markup: str) -> Body:
    """Return the text and links of an element written out by lexbor. Linear; never raises."""
    body = Body()
    out: list[str] = []
    pre = 0
    for match in _PIECE.finditer(markup):
        closing, name, attributes, text = match.groups()
        if text is not None:
            text = html.unescape(text) if "&" in text else text
            out.append(text if pre else _SPACE.sub(" ", text))
        elif name is None:
            out.append("<" if match[0] == "<" else "")
        elif name == "br":
            out.append("\n")
        elif name in _BLOCKS:
            out.append("\x1d")
            if name == "pre":
                pre = max(pre + (-1 if closing else 1), 0)
        elif name == "a" and not closing:
            _note_link(body, attributes)
        elif name == "tg-spoiler":
            body.spoiler = True
    body.text = tidy("".join(out))
    return body


def tidy(text: str) -> str:
    """Return the text cleaned, without blanks at the ends of lines and of the whole; no-break spaces stay.

    The mark U+001D asks for a line of its own. Both routes end here, so that their texts compare equal.
    """
    text = _EDGE.sub(r"\1", re.sub("[ \t]+", " ", text))
    text = _START.sub("\n", text)
    return clean_text(text).strip(" \n")


def plain(markup: str) -> str:
    """Return a short element (a title, a name) as one line of text."""
    return " ".join(read_body(markup).text.split())


def _note_link(body: Body, attributes: str) -> None:
    found = dict(_ATTRIBUTE.findall(attributes))
    href = html.unescape(found.get("href", "")).strip()
    if "onclick" in found:
        # since 2024-04 hyperlinks with a question are escaped twice (specification, section 8)
        for _ in range(_MAX_DECODINGS):
            if "&amp;" not in href:
                break
            href = href.replace("&amp;", "&")
    if href.startswith("?q="):
        tag = clean_text(unquote(href[3:]))
        if tag.startswith("#") and len(tag) > 1:
            body.hashtags[tag] = None
        return
    if href.startswith("//"):
        href = f"https:{href}"
    if not href.lower().startswith(("http://", "https://")):
        return
    body.links[href] = None
    name = name_of(href)
    if name is not None and not urlsplit(href).query:
        body.mentions[name] = None
