"""A writer for small inline SVG: escaped, rounded, and without anything a page would load or run."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from markupsafe import Markup, escape

from monitor.render.escape import direction, language_tag, one_line


def num(value: float) -> str:
    """A coordinate with at most one decimal."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def element(tag: str, content: Iterable[object] = (), /, **attributes: object) -> Markup:
    """An element; attribute `class_` is written `class`, and `_` as `-`. None leaves an attribute out."""
    parts = [Markup("<") + tag]
    for name, value in attributes.items():
        if value is None:
            continue
        written = num(value) if isinstance(value, float) else str(value)
        parts.append(Markup(' {}="{}"').format(name.rstrip("_").replace("_", "-"), written))
    inner = Markup("").join(escape(item) for item in content)
    parts.append(Markup(">") + inner + Markup("</") + tag + Markup(">") if inner else Markup("/>"))
    return Markup("").join(parts)


def title(text: object) -> Markup:
    """The tooltip and accessible name of the element it stands in."""
    return element("title", [one_line(text)])


def text(
    content: object,
    x: float,
    y: float,
    *,
    class_: str,
    at: str = "left",
    language: str = "",
) -> Markup:
    """Text whose `at` edge (left, middle, right) is at x; the browser shapes it in its own direction.

    In right-to-left text SVG's `start` is the right edge, so the anchor depends on both.
    """
    line = one_line(content)
    way = direction(language, line)
    anchors = {"left": "start", "middle": "middle", "right": "end"}
    if way == "rtl":
        anchors = {"left": "end", "middle": "middle", "right": "start"}
    return element(
        "text",
        [line],
        x=x,
        y=y,
        class_=class_,
        text_anchor=anchors[at] if anchors[at] != "start" else None,
        direction="rtl" if way == "rtl" else None,
        lang=language_tag(language) or None,
    )


def width_of(content: str, size: float) -> float:
    """A rough width in pixels at a font size: wide characters count one em, others about half."""
    wide = sum(1 for char in content if unicodedata.east_asian_width(char) in {"W", "F"})
    marks = sum(1 for char in content if unicodedata.combining(char))
    return size * (wide + 0.54 * (len(content) - wide - marks))


def fit(content: object, room: float, size: float) -> str:
    """The text, cut with an ellipsis where it would not fit into `room` pixels."""
    line = one_line(content)
    if width_of(line, size) <= room:
        return line
    while line and width_of(line + "…", size) > room:
        line = line[:-1]
    return line.rstrip() + "…"
