"""Charts that keep text as text, follow the page, and say in words what they draw."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.render import png
from monitor.render.charts import Bar, Column, Reference, bars_svg, columns_svg, nice_ceiling
from monitor.render.labels import Labels
from monitor.render.svg import fit, width_of

PNG = b"\x89PNG\r\n\x1a\n"


def columns(values: list[float | None], **options: object) -> ET.Element:
    drawn = columns_svg(
        [Column(value=value, note=f"day {number}") for number, value in enumerate(values)],
        name="Stories a day",
        ceiling=10,
        ceiling_label="10",
        ends=("1 Nov", "3 Nov"),
        **options,  # type: ignore[arg-type]
    )
    return ET.fromstring(str(drawn))


def test_a_column_stands_as_high_as_its_value() -> None:
    root = columns([10, 5, None, 0], height=100.0)
    heights = [float(rect.attrib["height"]) for rect in root.iter("rect") if "c-bar" in rect.attrib["class"]]
    assert heights == [60.0, 30.0]


def test_every_day_has_its_tooltip_and_the_picture_its_name() -> None:
    root = columns([1, None, 3])
    assert [group.findtext("title") for group in root.iter("g")] == ["day 0", "day 1", "day 2"]
    assert root.attrib["role"] == "img" and root.attrib["aria-label"] == "Stories a day"


def test_marked_partial_and_accented_days_can_be_told_apart() -> None:
    drawn = columns_svg(
        [Column(value=1, note="a", marked=True), Column(value=1, note="b"), Column(value=1, note="c", partial=True)],
        name="n", ceiling=1, ceiling_label="1", ends=("a", "c"), accent=1,
        reference=Reference(first=0, last=0, value=0.5),
    )  # fmt: skip
    root = ET.fromstring(str(drawn))
    assert [rect.attrib["class"] for rect in root.iter("rect") if "c-bar" in rect.attrib["class"]] == [
        "c-bar", "c-bar c-last", "c-bar c-part",
    ]  # fmt: skip
    assert len(list(root.iter("polygon"))) == 1
    assert [line.attrib["class"] for line in root.iter("line")].count("c-mean") == 1


@pytest.mark.parametrize("values", [[], [None], [5]])
def test_charts_of_nothing_and_of_one_day(values: list[float | None]) -> None:
    assert columns(values).tag == "svg"


def test_bars_have_labels_values_and_tooltips() -> None:
    bars = [
        Bar(label="Harbour Post", value=4, shown="4"),
        Bar(label="صوت الميناء", value=2, shown="2", language="ar"),
    ]
    root = ET.fromstring(str(bars_svg(bars, name="Outlets")))
    texts = {text.text: text.attrib for text in root.iter("text")}
    assert "direction" not in texts["Harbour Post"] and texts["Harbour Post"]["x"] == "0"
    arabic = texts["صوت الميناء"]
    assert (arabic["direction"], arabic["text-anchor"], arabic["lang"]) == ("rtl", "end", "ar")
    assert [title.text for title in root.iter("title")] == ["Outlets", "Harbour Post: 4", "صوت الميناء: 2"]


def test_bars_mirror_on_a_page_from_right_to_left() -> None:
    bars = [Bar(label="صوت الميناء", value=4, shown="4", language="ar")]
    root = ET.fromstring(str(bars_svg(bars, name="n", base="rtl")))
    label = next(root.iter("text")).attrib
    assert label["x"] == "340" and "text-anchor" not in label


def test_markup_in_labels_stays_text() -> None:
    hostile = '"><script>x</script>'
    root = ET.fromstring(
        str(bars_svg([Bar(label=hostile, value=1, shown=hostile, note=hostile)], name=hostile))
    )
    assert not list(root.iter("script"))


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_the_scale_holds_the_value_and_wastes_at_most_half(value: float) -> None:
    ceiling = nice_ceiling(value)
    assert ceiling > 0
    if 1e-9 < value < 1e15:
        assert value <= ceiling * (1 + 1e-9) and ceiling <= 1.51 * value


@given(st.text(max_size=60), st.floats(20, 300))
def test_a_fitted_label_fits(text: str, room: float) -> None:
    assert width_of(fit(text, room, 11.5), 11.5) <= room


def test_wide_letters_count_double() -> None:
    assert width_of("江城", 10) == 20 and width_of("ab", 10) == pytest.approx(10.8)


@pytest.mark.parametrize("language", ["en", "ar", "zh"])
def test_mail_charts_come_with_words(language: str) -> None:
    bars = [
        Bar(label="Arms transfers", value=3),
        Bar(label="نقل الأسلحة", value=1),
        Bar(label="$x^2$", value=0),
    ]
    chart = png.bar_png(bars, title="Stories", labels=Labels(language))
    assert chart.png.startswith(PNG)
    assert "Arms transfers: 3" in chart.alt and "نقل الأسلحة: 1" in chart.alt
    assert (chart.width, chart.height) == (600, 112)


def test_a_label_no_font_can_draw_becomes_a_number_with_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(png, "_coverage", lambda: frozenset(range(0x20, 0x7F)))
    chart = png.bar_png(
        [Bar(label="Post", value=1), Bar(label="江城观察", value=2)], title="n", labels=Labels()
    )
    assert chart.key == (("[2]", "江城观察"),) and "江城观察: 2" in chart.alt


def test_charts_of_nothing_say_so() -> None:
    assert png.bar_png([], title="Stories", labels=Labels()).alt == "Stories. Nothing in this window."


def test_the_same_rows_give_the_same_picture() -> None:
    bars = [Bar(label="a", value=3)]
    assert (
        png.bar_png(bars, title="t", labels=Labels()).png == png.bar_png(bars, title="t", labels=Labels()).png
    )
