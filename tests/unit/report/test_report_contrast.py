"""The page's colours can be told apart in light and dark (WCAG 2.2: text 4.5, graphics 3)."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

CSS = files("monitor.report").joinpath("templates/report.css").read_text(encoding="utf-8")
PALETTES = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6}|\d+, \d+, \d+);", block)) for block in
            re.findall(r":root \{(.*?)\}", CSS, re.S)]  # fmt: skip
PILLS = re.findall(
    r"\.f-healthy \{ color: (#\w{6}).*?\.f-blocked \{ color: (#\w{6}).*?\.f-failing \{ color: (#\w{6})",
    CSS,
    re.S,
)
Colour = tuple[float, ...]


def rgb(text: str) -> Colour:
    if text.startswith("#"):
        return tuple(int(text[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return tuple(int(part) / 255 for part in text.split(","))


def luminance(colour: Colour) -> float:
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: Colour, other: Colour) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def over(colour: Colour, below: Colour, opacity: float) -> Colour:
    return tuple(opacity * top + (1 - opacity) * under for top, under in zip(colour, below, strict=True))


@pytest.mark.parametrize("palette", PALETTES, ids=["light", "dark"])
def test_text_stands_out(palette: dict[str, str]) -> None:
    paper = rgb(palette["paper"])
    for name in ("ink", "quiet", "accent", "mark"):
        assert contrast(rgb(palette[name]), paper) >= 4.5, name
        assert contrast(rgb(palette[name]), rgb(palette["soft"])) >= 4.5, name


@pytest.mark.parametrize("palette", PALETTES, ids=["light", "dark"])
def test_text_on_the_darkest_shade_of_the_heat_table_stands_out(palette: dict[str, str]) -> None:
    (opacity,) = re.findall(r"\.q5 \{ background: rgba\(var\(--heat\), (\.\d+)\)", CSS)
    shade = over(rgb(palette["heat"]), rgb(palette["paper"]), float(opacity))
    assert contrast(rgb(palette["ink"]), shade) >= 4.5


@pytest.mark.parametrize("palette", PALETTES, ids=["light", "dark"])
def test_bars_stand_out(palette: dict[str, str]) -> None:
    for name in ("bar", "bar-last", "mark"):
        assert contrast(rgb(palette[name]), rgb(palette["paper"])) >= 3, name


@pytest.mark.parametrize(("palette", "pills"), list(zip(PALETTES, PILLS, strict=True)), ids=["light", "dark"])
def test_states_stand_out(palette: dict[str, str], pills: tuple[str, ...]) -> None:
    assert min(contrast(rgb(colour), rgb(palette["paper"])) for colour in pills) >= 4.5
