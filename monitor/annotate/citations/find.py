"""Citations of a text: which names stand at a cue, within the signs of a sign-off, or behind a link or forward.

names ──► sign-off? ──► cue before or after, gap allowed? ──► joined to a cited name? ──► link, forward ──► Citation
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.annotate.citations.again import taken_up
from monitor.annotate.citations.gaps import Gaps, compiled
from monitor.annotate.citations.names import Name, outlet_names, unknown_names
from monitor.annotate.scan import Scan
from monitor.types.annotations import Citation, EntryText
from monitor.types.register import Register
from monitor.types.rules import CitationPattern, CitationRules, CitationWords

_UNKNOWN_WORDS = 2
_CLAUSE_ENDS = tuple(",\"”’»'")
_REACH, _SENTENCE_REACH, _ABOUT = 120, 400, 90
_OWN_TOO = ("/addressed", "/staff")
"""Rules by which a channel that does not name itself may mean itself."""
_HOME = {
    "ru": ("RU", "BY", "KZ"), "uk": ("UA",), "fa": ("IR", "AF"), "ko": ("KR", "KP"), "zh": ("CN", "TW", "HK"),
    "fr": ("FR", "BE", "CH"), "de": ("DE", "AT", "CH"), "en": ("GB", "US"), "es": ("ES",), "ar": (),
}  # fmt: skip
_NEEDS_CUE = ("broadcaster", "telegram-channel", "unknown")
_LINE_START = re.compile(r"(?:^|\n)[^\w\n]*$")
_LINE_END = re.compile(r"[\s*_.»\"”]*(?:\n|$)")
_ADJECTIVE_BEHIND = ("ar", "fa", "fr", "es")
"""Languages whose adjectives follow their noun: هآرتس الإسرائيلية."""
_OTHER_SCRIPTS = ("ru", "uk", "ar", "fa", "ko", "zh")
_LEAD = 12
"""Characters that may stand before a heading: signs, an emoji, marks of bold."""
_OF_MEDIA = re.compile(
    r"news|press|times|agenc|agentur|agence|journal|radio|broadcast|televis|rundfunk|zeitung|prensa|noticias|агентств"
    r"|телекан|новост|новин|газет|وكالة|أنباء|خبرگزاری|شبكة",
    re.IGNORECASE,
)
_FIRST_NAME = re.compile(r"(?:^|[\w,;] )([A-Z][a-zà-ÿ]+|[A-Z]\.) $")
_PICTURE = re.compile(
    r"(?:фото|photos?|fotos?|images?|©|\(c\)|credit|crédits?|bild|صورة|عکس|图源?|사진)"
    r"[\s:：/=_*]*(?:[\w ]{2,20}[/,] ?)*$",
    re.IGNORECASE,
)
"""Who took the picture says nothing of the text."""
_PLACE_BEFORE = re.compile(r"[(（][^\W\d_][^()（）\n=]{1,24}$")
_DATELINE_AFTER = re.compile(r"\S{0,8}?\d{1,2}(?:月\d{1,2})?日电|\s?\d{1,2}月\d{1,2}日电")


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue that a pattern holds at a place: where the words before and after the slot end and begin."""

    pattern: CitationPattern
    start: int
    end: int


class CitationFinder:
    """Finds citations by `rules`, names by `register`."""

    def __init__(self, rules: CitationRules, register: Register) -> None:
        self.rules = rules
        self.register = register
        self._gaps = compiled(rules.words)
        self._plain_gaps = Gaps("any", CitationWords())

    def find(self, entry: EntryText, scan: Scan) -> tuple[Citation, ...]:
        """Media cited in the text, in its order; each medium once, at its first place."""
        names = outlet_names(scan, entry, self.register, self._attributed(scan))
        cited: dict[int, str] = {}
        if names or scan.words.get("medium") or scan.language in ("zh", "ko"):
            names = [*names, *unknown_names(scan, names, entry, self.register)]
            names = _named_apart(scan.text, sorted(names, key=lambda name: name.start))
            names = [name for name in names if not _expands(scan.text, name)]
            cited = self._cited(scan, names, entry.kind == "telegram" and not entry.outlet)
        found: dict[str, Citation] = {}
        for number, rule in cited.items():
            name = names[number]
            place, start, end = scan.place(name.start, name.end)
            found.setdefault(
                name.written,
                Citation(
                    outlet=name.written,
                    kind="media",
                    rule=rule,
                    field=place,
                    start_char=start,
                    end_char=end,
                    resolved=name.entry is not None,
                ),
            )
        for forward in self._forwarded(entry):
            found.setdefault(forward.outlet, forward)
        return tuple(found.values())

    def gaps(self, language: str) -> Gaps:
        """The judge of gaps for `language`."""
        return self._gaps.get(language, self._plain_gaps)

    def cues(self, scan: Scan, side: str) -> Iterator[Cue]:
        """Cues of patterns on one `side` of the slot ("before" or "after")."""
        for word in scan.words.get(side, ()):
            yield Cue(self.rules.patterns[int(word.name)], word.start, word.end)

    def _attributed(self, scan: Scan) -> list[int]:
        """Ends of cues of two words and more, which common words seldom follow as well."""
        return [
            cue.end
            for cue in (self.cues(scan, "before") if scan.language in ("ar", "fa") else ())
            if cue.pattern.rule in ("according-to", "told", "covers") and " " in cue.pattern.before
        ]

    def _cited(self, scan: Scan, names: Sequence[Name], unsigned: bool) -> dict[int, str]:
        before, after = list(self.cues(scan, "before")), list(self.cues(scan, "after"))
        cited: dict[int, str] = {}
        for number, name in enumerate(names):
            rule = self._shape(scan, name) or self._cue(scan, name, before, after)
            if rule and not (unsigned and rule.endswith(_OWN_TOO) and _at_home(name, scan.language)):
                cited[number] = rule
            elif not rule and not (unsigned and _at_home(name, scan.language)) and self._named(scan, name):
                cited[number] = "named"
        gaps = self.gaps(scan.language)
        for number in (*range(1, len(names)), *range(len(names) - 2, -1, -1)):
            for other in (number - 1, number + 1):
                if number not in cited and other in cited and _between(scan, names, number, other, gaps):
                    cited[number] = "list"
        for noun, number in taken_up(scan, names):
            name, place = names[number], Name("", None, True, noun.start, noun.end)
            if number in cited or name.weak or (unsigned and _at_home(name, scan.language)):
                continue
            rule = self.cue_of(scan, place, before, after, 0)
            if rule and not self._about(scan, name):
                cited[number] = rule
        return dict(sorted(cited.items()))

    def _shape(self, scan: Scan, name: Name) -> str:
        """The rule of a sign-off, dateline or heading, if the name stands in one."""
        if name.entry is None:
            return ""
        text = scan.text
        if name.entry.kind == "agency" and scan.language == "zh" and _DATELINE_AFTER.match(text, name.end):
            return "shapes/sign-off"
        for rule, left, right in self.rules.shapes:
            if _stands_right(text, name.end, right) and _stands_left(text, name.start, left):
                if name.weak and not _weak_shape(scan, name, rule):
                    continue
                return f"shapes/{rule}"
        if text[name.end : name.end + 1] in (")", "）") and name.entry.kind == "agency":
            inside = _PLACE_BEFORE.search(text, max(0, name.start - 28), name.start)
            if inside and ("," in inside.group() or inside.group().endswith("/")):
                return "shapes/sign-off"
        return ""

    def _cue(self, scan: Scan, name: Name, before: Sequence[Cue], after: Sequence[Cue]) -> str:
        return self.cue_of(scan, name, before, after, 0 if name.weak else _UNKNOWN_WORDS)

    def cue_of(
        self,
        scan: Scan,
        name: Name,
        before: Sequence[Cue],
        after: Sequence[Cue],
        unknown: int,
        *,
        far: bool = True,
    ) -> str:
        """The rule of the cue that `name` stands at, else empty; `unknown` words may stand between the two."""
        gaps = self.gaps(scan.language)
        for cue in reversed(before):
            if 0 <= name.start - cue.end <= _REACH and (
                gaps.before(scan.text[cue.end : name.start], unknown)
                or gaps.before(_gap(scan, cue.end, name.start), 0)
            ):
                pattern = cue.pattern
                if pattern.rule == "inverted" and scan.text[: cue.start].rstrip()[-1:] not in _CLAUSE_ENDS:
                    continue
                if pattern.after and not self._closes(scan, name, pattern, after):
                    continue
                if pattern.rule == "staff" and self._about(scan, name):
                    continue
                return _rule_id(pattern)
        if name.homonym:
            return ""
        start, end = scan.sentence(name.start)
        for cue in after:
            if cue.pattern.before or not 0 <= cue.start - name.end <= _SENTENCE_REACH or cue.start >= end:
                continue
            if cue.pattern.rule == "staff" and self._about(scan, name):
                continue
            gap = scan.text[name.end : cue.start]
            if cue.pattern.after.startswith("-") and gap not in ("", "-"):
                continue
            leads = far and scan.language == "fa" and self._opens(scan, name, start)
            if (
                leads
                or gaps.after(gap, unknown, far=far)
                or (
                    scan.language in _ADJECTIVE_BEHIND
                    and gaps.after(_gap(scan, name.end, cue.start), 0, far=far)
                )
            ):
                return _rule_id(cue.pattern)
        return ""

    def _closes(self, scan: Scan, name: Name, pattern: CitationPattern, after: Sequence[Cue]) -> bool:
        gaps = self.gaps(scan.language)
        return any(
            cue.pattern is pattern
            and cue.start >= name.end
            and gaps.after(scan.text[name.end : cue.start], 1)
            for cue in after
        )

    def _opens(self, scan: Scan, name: Name, start: int) -> bool:
        """Whether the name is the first thing in its sentence: in Persian its verb then ends the sentence."""
        words = scan.text[start : name.start].split()
        return len(words) <= 3 and (
            not name.weak or self.gaps("fa").only_filler(scan.text[start : name.start])
        )

    def _named(self, scan: Scan, name: Name) -> bool:
        """Whether a sure name stands in a sentence that is not about the outlet: who names one mostly quotes it.

        Broadcasters are named for what they air as well, so they need a cue.
        """
        if name.entry is None or name.weak or name.entry.kind in _NEEDS_CUE or _surname(scan, name):
            return False
        if _PICTURE.search(scan.text, max(0, name.start - 40), name.start):
            return False
        return not self._about(scan, name)

    def _about(self, scan: Scan, name: Name) -> bool:
        """Whether the sentence is about the outlet or its people: fined, sold, on air, wounded."""
        start, end = scan.sentence(name.start)
        start, end = max(start, name.start - _ABOUT), min(end, name.end + _ABOUT)
        covered = [(match.start, match.end) for match in scan.matches if match.kind in ("actor", "place")]
        covered += [(word.start, word.end) for word in scan.words.get("source", ())]
        return any(
            start <= word.start < end and not any(a <= word.start and word.end <= b for a, b in covered)
            for word in scan.words.get("against", ())
        )

    def _forwarded(self, entry: EntryText) -> Iterator[Citation]:
        if not entry.forward_channel:
            return
        known = self.register.by_telegram(entry.forward_channel)
        name = known.name if known else entry.forward_name or entry.forward_channel
        if name.casefold() != entry.outlet.casefold():
            yield Citation(
                outlet=name, kind="media", rule="forward", field="body", start_char=0, end_char=0,
                resolved=known is not None,
            )  # fmt: skip


def _named_apart(text: str, names: list[Name]) -> list[Name]:
    """`names` without descriptions right before a name that read like another one: Польское радио RMF FM."""
    return [
        name
        for name, following in zip(names, [*names[1:], None], strict=False)
        if following is None
        or name.weak
        or text[name.end : following.start] != " "
        or text[name.start : name.end].isascii()
    ]


def _gap(scan: Scan, start: int, end: int) -> str:
    """The text between a cue and a name, states left out: "according to the German daily X"."""
    gap = scan.text[start:end]
    for match in scan.matches if gap.strip() else ():
        if match.kind == "actor" and start <= match.start and match.end <= end:
            gap = gap[: match.start - start] + " " * (match.end - match.start) + gap[match.end - start :]
    return gap


def _surname(scan: Scan, name: Name) -> bool:
    """Whether one Latin word stands behind another capitalised one that is no state: Kelly Forbes."""
    text = scan.text
    if not re.fullmatch(r"[A-Z][a-z]+", text[name.start : name.end]):
        return False
    before = _FIRST_NAME.search(text, max(0, name.start - 24), name.start)
    if before is None or text[: name.start].endswith(("The ", "Agence ", "Agency ")):
        return False
    word = (before.start(1), before.end(1))
    return not any(match.start < word[1] and word[0] < match.end for match in scan.matches)


def _weak_shape(scan: Scan, name: Name, rule: str) -> bool:
    """Whether a name that is a common word too is one where it stands: behind a dash if its script is not the
    text's, before a colon where title or body begin ("Time: 9.30" is no heading)."""
    found = scan.text[name.start : name.end]
    if rule == "dash":
        return scan.language in _OTHER_SCRIPTS and found[0].isupper() and found.isascii() and len(found) > 3
    if rule == "heading":
        first = name.start <= _LEAD or scan.shift <= name.start <= scan.shift + _LEAD
        return first and not scan.text[name.end : name.end + 4].strip(" :：—–*")[:1].isdigit()
    return True


def _expands(text: str, name: Name) -> bool:
    """Whether an acronym in brackets stands for the words before it: Emergency Response Team (ERT)."""
    letters = text[name.start : name.end]
    if not (
        2 <= len(letters) <= 6 and letters.isupper() and text[name.start - 1 : name.start] in ("(", "（")
    ):
        return False
    words = re.split(r"[\s-]+", text[max(0, name.start - 90) : name.start - 1].strip())[-len(letters) - 2 :]
    if any(_OF_MEDIA.match(word) for word in words):
        return False
    initials = "".join(word[0] for word in words if word and (word[0].isupper() or not word[0].isalpha()))
    loose = "".join(word[0].upper() for word in words if word)
    return initials.endswith(letters) or loose.endswith(letters)


def _at_home(name: Name, language: str) -> bool:
    """Whether the outlet is of a state whose language the post is in, so that it may have written it."""
    home = _HOME.get(language, ())
    return name.entry is None or not home or name.entry.country in home


def _between(scan: Scan, names: Sequence[Name], number: int, other: int, gaps: Gaps) -> bool:
    first, second = names[min(number, other)], names[max(number, other)]
    return gaps.joins(scan.text[first.end : second.start])


def _rule_id(pattern: CitationPattern) -> str:
    return f"{pattern.language}/{pattern.rule}"


def _stands_left(text: str, start: int, sign: str) -> bool:
    if sign.startswith("^"):
        return _LINE_START.search(text, max(0, start - 12), start) is not None
    trimmed = (
        text[max(0, start - 12) : start].rstrip(' *_"«“„\n') if sign.strip() in "—–---" else text[:start]
    )
    return trimmed.endswith(sign.strip() if sign.strip() in "—–---" else sign)


def _stands_right(text: str, end: int, sign: str) -> bool:
    if sign == "$":
        return _LINE_END.match(text, end) is not None
    while end < len(text) and text[end] in "*_»\"”'":
        end += 1
    return text.startswith(sign, end)
