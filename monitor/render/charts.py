"""Inline SVG charts for the report: columns over days, and horizontal bars.

Why an own writer: a chart here is some rectangles and labels. matplotlib's SVG is ten times as large,
fixes the places of letters without the browser's shaping and cannot follow the page's colours; pygal
brings scripts, styles and a link of its own per chart, which the page's policy forbids. These follow
the page in light and dark (classes, no colours), keep text as text, and carry tooltips as `<title>`.

Charts are drawn 340 units wide (small multiples 270) and laid out in columns of about that width, so
that their text keeps about the size of the page on a phone and on a desk.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from monitor.render import svg
from monitor.render.escape import Direction, one_line

WIDTH: Final = 340.0
STEPS: Final = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
LABEL: Final = 11.5  # font size of chart text, as in report.css


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One labelled value. `shown` is the value as written, `note` what a tooltip says."""

    label: str
    value: float
    language: str = ""
    shown: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One day: its value (None: nothing was measured) and its tooltip.

    `marked`: comparing across this day is unsafe. `partial`: the day is not wholly
    known (not over yet, or not polled).
    """

    value: float | None
    note: str
    marked: bool = False
    partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plot:
    top: float
    bottom: float
    step: float
    ceiling: float

    def level(self, value: float) -> float:
        part = min(1.0, max(0.0, value / self.ceiling)) if self.ceiling > 0 else 0.0
        return self.bottom - part * (self.bottom - self.top)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A level drawn across the columns from index `first` to `last`, such as a mean of days before."""

    first: int
    last: int
    value: float


def nice_ceiling(value: float) -> float:
    """The smallest of `STEPS` times a power of ten that is not below the value (1 for 0)."""
    if not 1e-300 < value < math.inf:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in STEPS if step * power >= value * (1 - 1e-9))


def columns_svg(
    columns: Sequence[Column],
    *,
    name: str,
    ceiling: float,
    ceiling_label: str,
    ends: tuple[str, str],
    reference: Reference | None = None,
    accent: int | None = None,
    width: float = WIDTH,
    height: float = 112.0,
) -> Markup:
    """Columns over days, the one of index `accent` accented. `name` is what a screen reader says.

    `ceiling` is the value at the upper line, `ceiling_label` how it is written; `ends` name the first
    and the last day. Time runs from left to right in every language.
    """
    plot = _Plot(top=16.0, bottom=height - 24.0, step=width / max(1, len(columns)), ceiling=ceiling)
    parts = [
        svg.title(name),
        svg.element("line", x1=0, x2=width, y1=plot.top, y2=plot.top, class_="c-grid"),
        svg.text(ceiling_label, 0, plot.top - 5, class_="c-text"),
    ]
    parts += [_column(column, index, plot, accent) for index, column in enumerate(columns)]
    parts.append(svg.element("line", x1=0, x2=width, y1=plot.bottom, y2=plot.bottom, class_="c-axis"))
    if reference is not None and columns:
        level = plot.level(reference.value)
        first, last = reference.first * plot.step, (reference.last + 1) * plot.step
        parts.append(svg.element("line", x1=first, x2=last, y1=level, y2=level, class_="c-mean"))
    parts.append(svg.text(ends[0], 0, height - 4, class_="c-text"))
    if len(columns) > 1:
        parts.append(svg.text(ends[1], width, height - 4, class_="c-text", at="right"))
    return _picture(parts, name, width, height)


def _column(column: Column, index: int, plot: _Plot, accent: int | None) -> Markup:
    left, wide = index * plot.step, min(26.0, plot.step * 0.74)
    parts = [
        svg.title(column.note),
        svg.element("rect", x=left, y=0, width=plot.step, height=plot.bottom, class_="c-hit"),
    ]
    if column.value:
        level = plot.level(column.value)
        kind = " c-part" if column.partial else " c-last" if index == accent else ""
        parts.append(
            svg.element(
                "rect",
                x=left + (plot.step - wide) / 2,
                y=level,
                width=wide,
                height=max(0.8, plot.bottom - level),
                class_="c-bar" + kind,
            )
        )
    if column.marked:
        middle, foot = left + plot.step / 2, plot.bottom
        points = [(middle, foot + 2), (middle - 3.5, foot + 8), (middle + 3.5, foot + 8)]
        written = " ".join(f"{svg.num(x)},{svg.num(y)}" for x, y in points)
        parts.append(svg.element("polygon", points=written, class_="c-mark"))
    return svg.element("g", parts, class_="c-col")


def bars_svg(bars: Sequence[Bar], *, name: str, base: Direction = "ltr", room: float = 132.0) -> Markup:
    """Horizontal bars with their labels before and their values behind them.

    `base` is the page's direction: right to left mirrors the chart. `room` is the width kept for labels,
    which are cut where longer (the tooltip has the whole).
    """
    row = 25.0
    height = row * max(1, len(bars))
    longest = max((bar.value for bar in bars), default=0.0) or 1.0
    most = max((svg.width_of(bar.shown, LABEL) for bar in bars), default=0.0) + 8
    reach = max(40.0, WIDTH - room - 8 - most)
    parts = [svg.title(name)]
    for index, bar in enumerate(bars):
        length = max(1.0, reach * max(0.0, bar.value) / longest)
        parts.append(_bar(bar, (index * row, row, room, length), mirrored=base == "rtl"))
    return _picture(parts, name, WIDTH, height)


def _bar(bar: Bar, place: tuple[float, float, float, float], *, mirrored: bool) -> Markup:
    y, row, room, length = place

    def at(distance: float) -> float:
        return WIDTH - distance if mirrored else distance

    edge, middle = "right" if mirrored else "left", y + row / 2 + LABEL * 0.36
    bar_x = at(room + 8 + length) if mirrored else at(room + 8)
    parts = [
        svg.title(bar.note or f"{one_line(bar.label)}: {bar.shown}"),
        svg.element("rect", x=0, y=y, width=WIDTH, height=row, class_="c-hit"),
        svg.text(
            svg.fit(bar.label, room, LABEL), at(0), middle, class_="c-name", at=edge, language=bar.language
        ),
        svg.element("rect", x=bar_x, y=y + 6, width=length, height=row - 12, class_="c-bar"),
        svg.text(bar.shown, at(room + length + 14), middle, class_="c-text", at=edge),
    ]
    return svg.element("g", parts, class_="c-col")


def _picture(parts: Sequence[Markup], name: str, width: float, height: float) -> Markup:
    return svg.element(
        "svg",
        parts,
        class_="chart",
        viewBox=f"0 0 {svg.num(width)} {svg.num(height)}",
        width=width,
        height=height,
        role="img",
        aria_label=one_line(name),
        focusable="false",
    )
