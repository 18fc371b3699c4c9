"""Charts as PNG for mail, drawn by matplotlib's Agg canvas, each with its alternative text.

matplotlib shapes Arabic and Persian itself. Chinese and Korean need a font that many servers lack
(Debian: `fonts-noto-cjk`): a label that no installed font can draw is replaced by its number, and
`PngChart.key` says what the number stands for, so that the mail can print it as text.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font

from monitor.render.charts import Bar
from monitor.render.escape import one_line, shorten
from monitor.render.labels import Labels

DPI: Final = 144
INK: Final = "#1d2433"
QUIET: Final = "#626a7a"
RULE: Final = "#d9dce3"
ACCENT: Final = "#1f5f8b"
_FAMILIES: Final = (
    "Noto Sans",
    "DejaVu Sans",
    "Noto Sans Arabic",
    "Noto Sans CJK SC",
    "Noto Sans CJK KR",
    "Noto Sans CJK JP",
    "WenQuanYi Zen Hei",
    "NanumGothic",
    "Malgun Gothic",
    "Microsoft YaHei",
    "PingFang SC",
    "Apple SD Gothic Neo",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PngChart:
    """A picture with its size in CSS pixels, its alternative text and the key of undrawable labels."""

    png: bytes
    alt: str
    width: int
    height: int
    key: tuple[tuple[str, str], ...] = ()


def bar_png(bars: Sequence[Bar], *, title: str, labels: Labels, width: int = 600) -> PngChart:
    """Horizontal bars, the first on top. `width` in CSS pixels. Empty input gives an empty frame."""
    shown, key = _drawable([bar.label for bar in bars])
    height = 34 + 26 * max(1, len(bars))
    rtl = labels.dir == "rtl"
    figure, axes = _frame(title, width, height, start=0.36, rtl=rtl)
    rows = range(len(bars), 0, -1)
    axes.barh(list(rows), [bar.value for bar in bars], height=0.56, color=ACCENT)
    axes.set_yticks(list(rows), shown, fontfamily=_fonts(), fontsize=9, color=INK)
    axes.set_xlim(0, max([bar.value for bar in bars], default=1) * 1.14 or 1)
    axes.set_ylim(0.4, len(bars) + 0.6 if bars else 1.6)
    for row, bar in zip(rows, bars, strict=True):
        written = bar.shown or labels.number(bar.value, 1)
        text = f"{written} " if rtl else f" {written}"
        place = {"va": "center", "ha": "right" if rtl else "left"}
        axes.text(bar.value, row, text, **place, fontsize=9, color=QUIET, fontfamily=_fonts())
    axes.set_xticks([])
    if rtl:
        axes.invert_xaxis()
        axes.yaxis.tick_right()
    told = [f"{one_line(bar.label)}: {bar.note or bar.shown or labels.number(bar.value, 1)}" for bar in bars]
    return PngChart(png=_save(figure), alt=_alt(title, told, labels), width=width, height=height, key=key)


def _alt(title: str, told: Sequence[str], labels: Labels) -> str:
    return one_line(f"{title}. {'; '.join(told) or labels.word('no_rows')}")


def _frame(title: str, width: int, height: int, *, start: float, rtl: bool) -> tuple[Figure, Any]:
    """Figure and axes; `start` is the part of the width before the bars, at the right for right to left."""
    top, bottom = 28, 8
    figure = Figure(figsize=(width / 96, height / 96), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes(
        (0.02 if rtl else start, bottom / height, 0.98 - start, 1 - (top + bottom) / height)
    )
    figure.text(
        0.99 if rtl else 0.01,
        1 - 14 / height,
        shorten(title, 90).replace("$", r"\$"),
        fontsize=10,
        color=INK,
        fontfamily=_fonts(),
        va="center",
        ha="right" if rtl else "left",
        fontweight="bold",
    )
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(RULE)
    axes.tick_params(length=0)
    return figure, axes


def _save(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    # no Software and no date, so that the same rows give the same bytes
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


@lru_cache(maxsize=1)
def _fonts() -> list[str]:
    present = {font.name for font in font_manager.fontManager.ttflist}
    return [family for family in _FAMILIES if family in present] or ["sans-serif"]


@lru_cache(maxsize=1)
def _coverage() -> frozenset[int]:
    covered: set[int] = set()
    for family in _fonts():
        path = font_manager.findfont(font_manager.FontProperties(family=family))
        covered.update(FT2Font(path).get_charmap())
    return frozenset(covered)


def _drawable(texts: Sequence[str]) -> tuple[list[str], tuple[tuple[str, str], ...]]:
    """Labels that the installed fonts can draw, and the key to those replaced by a number."""
    shown: list[str] = []
    key: list[tuple[str, str]] = []
    for number, text in enumerate(map(one_line, texts), start=1):
        if all(char.isspace() or ord(char) in _coverage() or ord(char) in {0x200C, 0x200D} for char in text):
            # a dollar sign would start matplotlib's mathematics
            shown.append(shorten(text, 34).replace("$", r"\$"))
        else:
            shown.append(f"[{number}]")
            key.append((f"[{number}]", text))
    return shown, tuple(key)
