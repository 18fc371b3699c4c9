"""When an edited text is worth telling again, and what of it is shown."""

from __future__ import annotations

import pytest

from monitor.digest.edits import text_changes
from monitor.types.digest import Change

LEDE = "Officials say that 40 shells reached the port by sea."
REST = "A second ship is on its way. Nobody answered questions on Friday."


def shown(before: str, now: str, quotable: int = 280, language: str = "en") -> dict[str, str]:
    return {
        change.kind: change.text for change in text_changes(before, now, language=language, quotable=quotable)
    }


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        (f"{LEDE} {REST}", {}),
        (f"officials say that 40 shells reached the port, by sea! {REST}", {}),
        (f"{LEDE.replace('port', 'harbour')} {REST}", {}),
        (f"{LEDE.replace('40', '60')} {REST}",
         {"added": "Officials say that 60 shells reached the port by sea.", "taken": LEDE}),
        (f"{LEDE.replace('reached', 'never reached')} {REST}",
         {"added": "Officials say that 40 shells never reached the port by sea.", "taken": LEDE}),
        (f"{LEDE} {REST} The ministry denies all of it.", {"added": "The ministry denies all of it."}),
        (REST, {"taken": LEDE}),
    ],
)  # fmt: skip
def test_a_difference_that_matters_is_quoted(now: str, wanted: dict[str, str]) -> None:
    assert shown(f"{LEDE} {REST}", now) == wanted


def test_one_more_sentence_of_a_long_text_is_no_news() -> None:
    long = " ".join(
        f"The clerk of quay {name} counted crates until noon." for name in map(chr, range(65, 91))
    )
    assert shown(long, f"{long} He went home later.") == {}


def test_sentences_of_scripts_without_spaces_are_compared_by_characters() -> None:
    before = "官员说40枚炮弹运抵港口。第二艘船正在途中。"
    assert shown(before, before.replace("40", "60"), language="zh")["taken"] == "官员说40枚炮弹运抵港口。"


def test_only_as_much_is_quoted_as_may_be() -> None:
    now = f"{LEDE.replace('40', '60')} {REST}"
    assert all(len(text) <= 20 for text in shown(LEDE, now, quotable=20).values())
    assert text_changes(LEDE, now, language="en", quotable=0) == (Change(kind="text"),)
