"""HTML to plain text with sensible paragraphs, in linear time whatever the markup.

    hidden elements out -> each tag to a mark, a space or nothing -> entities -> white space -> clean_text

It is a scanner of tags, not a tree builder, on purpose: an HTML5 tree builder is quadratic on
hostile nesting (lexbor, measured: 1 MB of `<div>` takes 93 s, 5,000 nested `<b id=…><p>` 15 s),
and a feed's item needs no tree. Every pattern below consumes what it has looked at.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from monitor.text.clean import clean_text

MAX_HTML = 2_000_000
"""Characters of markup that are read of one text; the rest is not looked at."""

_PARAGRAPH, _LINE, _BLOCK = "\x1d", "\x1e", "\x1f"
_PARAGRAPH_TAGS = (
    "p h1 h2 h3 h4 h5 h6 blockquote ul ol dl table figure section article hr pre header footer aside address"
)
_BLOCK_TAGS = "div li tr dt dd figcaption caption option center main nav form summary details"
_MARKS = {
    **dict.fromkeys(_PARAGRAPH_TAGS.split(), _PARAGRAPH),
    **dict.fromkeys(_BLOCK_TAGS.split(), _BLOCK),
    "br": _LINE,
    "td": " ",
    "th": " ",
}
#: Tags without attributes as they are mostly written.
_USUAL = {
    form.format(name): _MARKS.get(name, "")
    for name in [
        *_MARKS,
        *"a b i em strong span u s small sup sub cite code font q time mark abbr tbody thead".split(),
    ]
    for form in ("<{}>", "</{}>", "<{}/>", "<{} />")
}
# an attribute's quotes count only after "=", as HTML's tokenizer has it; possessive: no backtracking
_ATTRIBUTES = r"(?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')?+)*+"
_TAG = re.compile(rf"<(?:/?([a-zA-Z][a-zA-Z0-9]*+)({_ATTRIBUTES})(?:>|\Z)|[!?/][^>]*+(?:>|\Z))")
_HIDDEN_TAG = re.compile(
    r"<(!--|(?i:script|style|noscript|template|iframe|head|title|svg|object|video|audio|canvas|select|button"
    rf"|textarea)(?![\w-])(?:{_ATTRIBUTES})(?:>|\Z))"
)
_RAW = frozenset({"!--", "script", "style"})
_HREF = re.compile(r"\s(?i:href)\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_ESCAPED_TAG = re.compile(
    r"&lt;(?:/(?:p|div|a|b|i|em|strong|span|ul|li|h[1-6])|br\s{0,9}/?|p|img\s[^&]{1,300})\s{0,9}&gt;",
    re.IGNORECASE,
)
_LEFT_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8}[1-4]?);")
_WITHOUT_MARKS = {ord(mark): None for mark in (_PARAGRAPH, _LINE, _BLOCK)}
# where one block ends and another begins is one line end, also after a last <br>; possessive: linear
_BLOCK_EDGE = re.compile(f"(?:{_LINE}[ \t\n]*+)?{_BLOCK}[ \t\n{_BLOCK}]*+")
_EDGES = f" \t\n{_LINE}"
_EMPTY_LINES = re.compile("\n{3,}")
_NAME = re.compile(r"!--|[a-z]+")
_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def html_to_text(source: str) -> str:
    """Return the readable text of an HTML fragment: cleaned, paragraphs apart by an empty line.

    Lines are kept for `<br>`, `<div>` and list items. Text without a tag keeps its own line ends.
    Scripts, styles, comments and the fallback of embedded media are left out. Markup that was
    escaped twice is read as markup where it can be nothing else. Linear in the length; never raises.
    """
    return read_html(source)[0]


def read_html(source: str) -> tuple[str, list[str]]:
    """Return the text of an HTML fragment (see `html_to_text`) and the targets of its links, as written.

    Targets come in their order, without repeats.
    """
    source = source[:MAX_HTML]
    if "<" not in source:
        if "&" not in source:
            return _plain(source), []
        if "&lt;" not in source or not _ESCAPED_TAG.search(source):
            return _plain(_decode(source)), []
        source = html.unescape(source)
    return _tagged(source)


def inline_text(source: str) -> str:
    """Return the text of a short HTML fragment (a title) on one line, cleaned."""
    if "<" in source or "&" in source:
        source = html_to_text(source)
    return _line(clean_text(source))


def _tagged(source: str) -> tuple[str, list[str]]:
    """Text and links of markup. The marks are controls, which no cleaned text holds."""
    if _PARAGRAPH in source or _LINE in source or _BLOCK in source:
        source = source.translate(_WITHOUT_MARKS)
    if "<!" in source and "<![CDATA[" in source:
        source = source.replace("<![CDATA[", "").replace("]]>", "")
    links: dict[str, None] = {}
    source = _TAG.sub(_marker(links), _without_hidden(source))
    if "&" in source:
        source = _decode(source)
    return _join(source), list(links)


def _marker(links: dict[str, None]) -> Callable[[re.Match[str]], str]:
    """What stands for a tag in the text; the targets of links are noted on the way."""
    marks, usual = _MARKS, _USUAL

    def mark(match: re.Match[str]) -> str:
        known = usual.get(match[0])
        if known is not None:
            return known
        name, attributes = match.groups()
        if name is None:
            return ""
        if attributes and name in {"a", "A"}:
            href = _HREF.search(attributes)
            if href is not None:
                target = href[href.lastindex or 1]
                links[html.unescape(target) if "&" in target else target] = None
            return ""
        return marks.get(name) or marks.get(name.lower(), "")

    return mark


def _join(marked: str) -> str:
    """White space as HTML shows it: runs are one space, marks are line ends."""
    paragraphs = []
    if _BLOCK in marked:
        marked = _BLOCK_EDGE.sub(_LINE, marked)
    for part in marked.split(_PARAGRAPH):
        if _LINE in part:
            lines = [_line(line) for line in part.strip(_EDGES).split(_LINE)]
            text = _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip("\n")
        else:
            text = _line(part)
        if text:
            paragraphs.append(text)
    return "\n\n".join(paragraphs)


def _line(text: str) -> str:
    """One line, cleaned. A line that shows nothing but what is printable and ASCII is clean already."""
    text = " ".join(text.split())
    if text.isascii() and text.isprintable():
        return text
    clean = clean_text(text)
    return clean if clean == text else " ".join(clean.split())


def _plain(text: str) -> str:
    """Text without markup: its own line ends are meant, spaces are collapsed."""
    text = clean_text(text)
    if "\n" not in text:
        return _line(text)
    return _EMPTY_LINES.sub("\n\n", "\n".join(_line(line) for line in text.split("\n"))).strip("\n")


def _decode(text: str) -> str:
    """Entities decoded, a second time where the first left whole ones (a feed that escapes twice)."""
    text = html.unescape(text)
    if "&" in text and _LEFT_ENTITY.search(text):
        text = _LEFT_ENTITY.sub(lambda match: html.unescape(match[0]), text)
    return text


def _without_hidden(source: str) -> str:
    """Leave out comments and elements whose content is not read.

    An element that is never closed loses its tag only (scripts, styles and comments: the rest),
    and each name is searched for at most once in vain, which keeps the scan linear.
    """
    match = _HIDDEN_TAG.search(source)
    if match is None:
        return source
    lower = source.lower() if source.isascii() else source.translate(_ASCII_LOWER)
    kept, position = [], 0
    unclosed: set[str] = set()
    while match is not None:
        name = _NAME.match(lower, match.start(1))[0]  # type: ignore[index]  # the pattern above starts with it
        kept.append(source[position : match.start()])
        position = match.end()
        if name not in unclosed and (name in _RAW or not match[0].endswith("/>")):
            position = _end_of(lower, name, match.start(), position)
            if position == match.end():
                unclosed.add(name)
        match = _HIDDEN_TAG.search(source, position)
    kept.append(source[position:])
    return "".join(kept)


def _end_of(lower: str, name: str, start: int, inside: int) -> int:
    """Where the hidden element ends; `inside` itself where it is not closed and need not be."""
    end = lower.find("-->", start + 2) if name == "!--" else lower.find(f"</{name}", inside)
    if end >= 0:
        return lower.find(">", end) + 1 or len(lower)
    return len(lower) if name in _RAW else inside
