"""Two words of one transfer: "export of sensors that Turkey ordered" names who gives at one, who takes at the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor.annotate.claims.frames import Reading
from monitor.annotate.claims.marks import Span
from monitor.annotate.claims.sentences import Sentence
from monitor.annotate.claims.things import near

_GIVES = frozenset({"give", "give-noun", "given"})
_TAKES = frozenset({"receive", "receive-noun"})
_NEAR = 120


def paired(
    readings: Sequence[tuple[Span, Reading]], sentence: Sentence, text: str
) -> list[tuple[Span, Reading]]:
    """`readings`, a giver without taker completed by the taker of the same item beside it."""
    givers = [one for one in readings if one[0].name in _GIVES and one[1].supplier and not one[1].recipient]
    takers = [one for one in readings if one[0].name in _TAKES and one[1].recipient and not one[1].supplier]
    completed: dict[Span, Reading] = {}
    for trigger, reading in givers:
        items = near(trigger, sentence.items, sentence.breaks, text)
        for other, taken in takers:
            left, right = sorted((trigger, other), key=lambda span: span.start)
            same = set(items) & set(near(other, sentence.items, sentence.breaks, text))
            apart = right.start - left.end > _NEAR or sentence.breaks.parted(left.end, right.start, 1)
            if same and not apart and taken.recipient and taken.recipient.code != reading.supplier.code:  # type: ignore[union-attr]  # givers have one
                completed[trigger] = replace(
                    reading, recipient=taken.recipient, weight_recipient=taken.weight_recipient
                )
    return [(trigger, completed.get(trigger, reading)) for trigger, reading in readings]
