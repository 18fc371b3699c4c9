"""Who makes a statement: media, offices ("Iran's foreign ministry"), experts, unnamed sources.

nouns of sources, names of states, media ──► phrases ──► cue of speech beside? ──► Source
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from monitor.annotate.citations.again import takes_up
from monitor.annotate.citations.find import CitationFinder, Cue
from monitor.annotate.citations.names import Name
from monitor.annotate.scan import TRANSFER, Found, Scan, longest, office_of_another
from monitor.types.annotations import Citation
from monitor.types.gazetteer import Gazetteer, GazetteerMatch
from monitor.types.rules import CitationRules, SourceKind

_GAP = 16
_UNNAMED = "unnamed"
_LINKS = ("", "의", "的", "驻")
_TRANSMITS = frozenset({"shapes/sign-off", "forward"})
"""Rules that say who carries the text, not who vouches for what it says."""
_HOME = {"ko": "KR", "fa": "IR", "uk": "UA"}
_SEAT = re.compile(r"[\s,]*(?:in|aus|à|en|в|у|في|در)\s+(?:der\s)?$", re.IGNORECASE)
_LINE_START = re.compile(r"(?:^|\n)[^\w\n]*$")
_HEADING = re.compile(r"(?:\s[^\s,.;:!?()«»\"“”\n—–،؛]+){0,2}\s?[*_]*[:：](?!//)")
_DASH = re.compile(r"[—–][\s*_]*$")
_LAST = re.compile(r"(?:\s[^\s,.;:!?()\n—–،؛]+){0,3}[.\s*_]*(?:\n|$)")
"""Signs of attribution without a verb: a name before a colon that opens a line, or behind the dash that ends one."""
_SPOKESPERSON = "government spokesperson"
"""The vaguest of offices: where another noun stands with it, that one says whose spokesperson it is."""
_PRIORITY: dict[str, int] = {"media": 0, "other": 1, "think-tank": 2, "unnamed": 3, "official": 4}


@dataclass(frozen=True, slots=True)
class Source:
    """Somebody named at a span who may be speaking; `rule` is the cue that says so, empty if none does.

    `codes` are the states or groups that an office belongs to; `office` is false for a bare name ("Kyiv said").
    `home` is the state that an office of none is likely of: that of its language, where only one state speaks it.
    """

    kind: SourceKind
    name: str
    codes: tuple[str, ...]
    start: int
    end: int
    rule: str
    office: bool = True
    vague: bool = False
    home: str = ""
    label: str = ""


class SourceFinder:
    """Finds sources in a scan, with cues as the finder of citations reads them."""

    def __init__(self, rules: CitationRules, citations: CitationFinder, gazetteer: Gazetteer) -> None:
        self._kinds: dict[str, SourceKind] = {source.label: source.kind for source in rules.sources}
        self._citations = citations
        self._english = {
            entry.code: _adjective(entry.forms, entry.name)
            for entry in gazetteer.entries
            if entry.kind == "actor"
        }

    def find(self, scan: Scan, media: Sequence[Citation]) -> list[Source]:
        """All phrases that name a possible source, in the order of the text, and the `media` cited."""
        cited = [self._medium(scan, citation) for citation in media if citation.end_char]
        given = [word for word in scan.words.get("claim", ()) if word.name in TRANSFER]
        before, after = (
            [
                cue
                for cue in self._citations.cues(scan, side)
                if cue.pattern.rule not in ("told", "staff", "covers")
                and not any(w.start < cue.end and cue.start < w.end for w in given)
            ]
            for side in ("before", "after")
        )
        found = [
            self._source(scan, phrase, before, after, cited)
            for phrase in _phrases(scan, cited)
            if not any(phrase[0].start < medium.end and medium.start < phrase[-1].end for medium in cited)
            and not any(_state_of(scan, phrase, medium) for medium in cited)
        ]
        return _known(_again(scan, sorted([*cited, *found], key=lambda source: source.start)))

    def citations(self, scan: Scan, sources: Iterable[Source]) -> tuple[Citation, ...]:
        """Sources that speak and are no media, each name once."""
        found: dict[str, Citation] = {}
        for source in sources:
            if source.kind != "media" and source.rule and (source.office or source.kind != "official"):
                place, start, end = scan.place(source.start, source.end)
                found.setdefault(
                    source.name,
                    Citation(
                        outlet=source.name, kind=source.kind, rule=source.rule, field=place,
                        start_char=start, end_char=end, resolved=bool(source.codes),
                    ),
                )  # fmt: skip
        return tuple(found.values())

    def _medium(self, scan: Scan, citation: Citation) -> Source:
        shift = scan.shift if citation.field == "body" else 0
        rule = "" if citation.rule in _TRANSMITS else citation.rule
        return Source(
            "media", citation.outlet, (), citation.start_char + shift, citation.end_char + shift, rule
        )

    def _source(
        self,
        scan: Scan,
        phrase: Sequence[Found],
        before: Sequence[Cue],
        after: Sequence[Cue],
        cited: Sequence[Source],
    ) -> Source:
        start, end = phrase[0].start, max(word.end for word in phrase)
        nouns = [word for word in phrase if word.kind != "actor"]
        codes = tuple(dict.fromkeys(word.name for word in phrase if word.kind == "actor"))
        kind, label = self._best(nouns)
        if not codes and kind == "official":
            codes = _seat(scan, start, end)
        name = Name(label, None, False, start, end)
        media = [] if nouns else [medium.start for medium in cited if medium.start >= end]
        said = [cue for cue in after if not media or cue.start < media[0]]  # "… Iran, Reuters reported"
        topic = scan.language == "ko" and scan.text.startswith(("은 ", "는 "), end)
        rule = self._citations.cue_of(
            scan, name, before, said, _unknown(scan.language, bool(nouns)), far=bool(nouns) or topic
        )
        rule = rule or _shape(scan, start, end, office=bool(nouns))
        english = self._english.get(codes[0], codes[0]) if codes else ""
        full = " ".join(part for part in (english, label) if part)
        vague = label == _SPOKESPERSON and not codes
        home = _HOME.get(scan.language, "") if nouns and not codes and kind == "official" else ""
        return Source(kind, full or _UNNAMED, codes, start, end, rule, bool(nouns), vague, home, label)

    def _best(self, nouns: Sequence[Found]) -> tuple[SourceKind, str]:
        if not nouns:
            return "official", "government"
        kinds: list[tuple[int, bool, int, SourceKind, str]] = [
            (_PRIORITY[kind], noun.name == _SPOKESPERSON, place, kind, noun.name)
            for place, noun in enumerate(nouns)
            if (kind := "media" if noun.kind == "medium" else self._kinds[noun.name])
        ]
        _, _, _, kind, label = min(kinds)
        return kind, label


def _state_of(scan: Scan, phrase: Sequence[Found], medium: Source) -> bool:
    """Whether a bare name of a state only says where the medium behind it is (以色列《国土报》, 러시아 타스)."""
    bare = all(word.kind == "actor" for word in phrase)
    if scan.language not in ("zh", "ko") or phrase[-1].end > medium.start:
        return False
    return bare and scan.text[phrase[-1].end : medium.start].strip() in ("", "《", "“", "的")


def _shape(scan: Scan, start: int, end: int, *, office: bool) -> str:
    """The rule of a heading or closing dash at which an office stands ("Dutch defence ministry: …", "… — МИД")."""
    left = scan.text[max(0, start - 12) : start]
    heading = _HEADING.match(scan.text, end)
    if heading and (office or not heading.group().split()[1:]) and _LINE_START.search(left):
        return "shapes/heading"
    return "shapes/dash" if office and _DASH.search(left) and _LAST.match(scan.text, end) else ""


def _again(scan: Scan, sources: Sequence[Source]) -> list[Source]:
    """`sources`, a noun of media ("the newspaper") with the name of the last medium cited before it."""
    found: list[Source] = []
    last = ""
    for source in sources:
        if source.kind == "media" and source.name != _UNNAMED:
            last = source.name
        elif source.kind == "media" and last and takes_up(scan, source.start, source.end):
            source = replace(source, name=last)  # noqa: PLW2901 (the same source, known better)
        found.append(source)
    return found


def _known(sources: Sequence[Source]) -> list[Source]:
    """`sources`, offices without a state with that of the same office elsewhere in the text, where it is but one."""
    states: dict[str, set[tuple[str, ...]]] = {}
    for source in sources:
        if source.kind == "official" and source.office and source.codes:
            states.setdefault(source.label, set()).add(source.codes)
    return [
        replace(source, codes=next(iter(named)))
        if source.kind == "official"
        and source.office
        and not source.codes
        and len(named := states.get(source.label, set())) == 1
        else source
        for source in sources
    ]


def _seat(scan: Scan, start: int, end: int) -> tuple[str, ...]:
    """The state whose capital stands behind the office ("the ministry in Stockholm") or opens its sentence."""
    low, _ = scan.sentence(start)
    for match in scan.matches:
        if match.form != "capital":
            continue
        behind = 0 <= match.start - end <= _GAP and _SEAT.fullmatch(scan.text, end, match.start)
        opening = low <= match.start < match.end <= start and _SEAT.fullmatch(scan.text, low, match.start)
        if behind or opening:
            return (match.code,)
    return ()


def _unknown(language: str, office: bool) -> int:
    """How many unlisted words may part a source from its verb."""
    return 0 if language in ("zh", "ko", "ar") and not office else 3


def _phrases(scan: Scan, cited: Sequence[Source]) -> Iterator[list[Found]]:
    """Nouns of sources and names of actors that stand together."""
    nouns = longest([*scan.words.get("source", ()), *scan.words.get("medium", ())])
    named = [match for match in scan.matches if match.kind == "actor"]
    actors = [_as_found(match) for match in named if not office_of_another(named, match)]
    words = sorted([*nouns, *actors], key=lambda word: (word.start, word.end))
    phrase: list[Found] = []
    for word in words:
        apart = any(phrase and phrase[-1].end <= medium.start < word.start for medium in cited)
        if phrase and not apart and _together(scan, phrase[-1], word):
            phrase.append(word)
            continue
        if phrase:
            yield phrase
        phrase = [word]
    if phrase:
        yield phrase


def _together(scan: Scan, left: Found, right: Found) -> bool:
    gap = scan.text[left.end : right.start]
    if left.kind == right.kind == "actor":
        return False
    if any(
        left.end <= word.start < right.start for word in scan.words.get("claim", ()) if word.name in TRANSFER
    ):
        return False
    if "medium" in (left.kind, right.kind) and "actor" in (left.kind, right.kind) and gap.strip():
        return False
    if scan.language in ("zh", "ko"):
        return gap.strip() in _LINKS
    if len(gap) > _GAP or any(char in ',.;:!?()«»"“”\n—–،؛' for char in gap):
        return False
    return len(gap.split()) <= 2 and not _verbal(gap)


def _verbal(gap: str) -> bool:
    """Whether a gap surely parts two phrases: conjunctions and the commonest verbs of speech."""
    words = {word.casefold() for word in gap.split()}
    return not words.isdisjoint(
        (
            "and",
            "et",
            "y",
            "und",
            "и",
            "та",
            "і",
            "و",
            "said",
            "that",
            "que",
            "что",
            "що",
            "dass",
            "أن",
            "إن",
            "که",
            "to",
            "from",
            "report",
            "reports",
            "claims",
            "bericht",
            "berichte",
            "сообщения",
            "сообщение",
            "повідомлення",
            "ادعای",
            "ادعاهای",
            "گزارش",
            "گزارش‌های",
            "خبر",
            "تقارير",
            "تقرير",
        )
    )


def _as_found(match: GazetteerMatch) -> Found:
    return Found("actor", match.code, match.start, match.end)


def _adjective(forms: object, name: str) -> str:
    """The English adjective of an actor, else its name."""
    demonyms = forms.get("demonym", {}) if hasattr(forms, "get") else {}
    english = demonyms.get("en", ())
    return english[0].strip("*") if english else name
