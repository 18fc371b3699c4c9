"""Who had it first, whose wire it is, and to which office it goes back.

dates of an entry ─► the time that can be believed ─► timeline, the first
headline and first paragraph ─► agency's tag or sign-off; the office that is said to say it
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache

from ahocorasick_rs import AhoCorasick

from monitor.group.origin_offices import AGENCIES, OFFICES, SAYING, UNNAMED
from monitor.group.words import fold, sentences
from monitor.types.clusters import Appearance, Timed

_DAY = dt.timedelta(days=1)
# the hour of a date; neither the minutes of 10:00:00 nor the zone of +00:00
_MIDNIGHT = re.compile(r"(?:^|[T ])00:00(?::00)?(?![\d:])")
_NEAR = 60
_WORDS = 40
_SENTENCES = 2
_WEAK = frozenset({"army", "general-staff", "navy", "government", "presidency"})
_COLON = re.compile(r"\s?[:：]")
_STOP = re.compile(r"[.!?,;。！？，،؛]\s?")
_TAG = 90
# a state before a colon in so many characters is the scene of a headline
_SCENE = 24
_UNSPACED = re.compile(r"[\u0600-\u06ff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")


def believed(appearance: Appearance) -> Timed:
    """The latest time by which the entry was there, from its dates.

    Its own date counts where it is a moment that came before we saw it. `doubt` says why not: `undated`, `future`,
    `edited` (only the date of an update is known), `midnight` (a day without an hour: believed as that day's end).
    A doubtful date never makes an outlet the first of those whose dates are sound.
    """
    own, seen = appearance.published_at, appearance.observed_at
    if own is None:
        doubt = "future" if appearance.date_source == "future" else "undated"
        return Timed(appearance=appearance, at=seen, doubt=doubt)
    if own > seen:
        return Timed(appearance=appearance, at=seen, doubt="future")
    if appearance.date_source == "updated":
        return Timed(appearance=appearance, at=own, doubt="edited")
    if _is_midnight(own, appearance.published_raw):
        return Timed(appearance=appearance, at=min(seen, own + _DAY), doubt="midnight")
    return Timed(appearance=appearance, at=own)


def _is_midnight(moment: dt.datetime, raw: str) -> bool:
    """A date without an hour reads as midnight, in UTC or where the outlet is."""
    if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return True
    return moment.second == 0 and bool(_MIDNIGHT.search(raw))


def timeline(appearances: Iterable[Appearance]) -> list[Timed]:
    """All appearances, the first first; sound dates before doubtful ones of the same moment, then by uid."""
    return sorted(
        (believed(one) for one in appearances),
        key=lambda timed: (timed.at, bool(timed.doubt), timed.appearance.uid),
    )


def agency_of(title: str, lead: str) -> str | None:
    """The agency whose dispatch a text says it is: by a tag in its dateline, or a sign-off in brackets at the end."""
    head = fold(lead[:_TAG])
    tail = fold(lead[-60:]) if len(lead) > _TAG else ""
    finder, owners = _agency_pieces()
    hits = finder.find_matches_as_indexes(f"{head}\n{tail}", overlapping=True)
    likely = {owners[hit[0]] for hit in hits}
    for name, pattern in _agencies().items():
        if name not in likely:
            continue
        match = pattern.search(head)
        if match and _dateline(head, match.start(), match.end()):
            return name
        match = pattern.search(tail)
        if (
            match
            and re.search(r"[(/\[]\s*$", tail[: match.start()])
            and re.match(r"\s*[)/\]]", tail[match.end() :])
        ):
            return name
    del title
    return None


def _dateline(head: str, start: int, end: int) -> bool:
    """Whether the name stands in a tag: (AFP) -, /ТАСС/, [서울=연합뉴스], 新华社东京电, Reuters -."""
    before, after = head[:start], head[end:]
    if re.search(r"[(/\[=]\s*$", before) and re.match(r"\s*[)/\]]", after):
        return True
    return (not before.strip() and bool(re.match(r"\s*(?:[-–—:]|[^\s，。]{0,8}电)", after))) or bool(
        re.match(r"\s*[)】]?\s*[-–—]\s", after) and re.search(r"[,.(]\s*$", before)
    )


def office_of(appearance: Appearance) -> str | None:
    """The office that headline or first paragraph gives as the source, as `role of actor`; None where none is named.

    Of several that counts which opens the headline before a colon, then the one beside a word of saying, then the
    first; an army counts last, for it is mostly what the news is about. Two sentences of the paragraph are read.
    """
    first = " ".join(sentences(appearance.lead.split("\n\n", 1)[0])[:_SENTENCES])
    found = []
    for place, (where, text) in enumerate((("body", first), ("title", appearance.title))):
        for role, spot, said in _offices(text):
            opens = where == "title" and bool(_COLON.match(text[spot[1] : spot[1] + 3]))
            found.append((not opens, role in _WEAK, not said, place, spot, where, role, text))
    if not found:
        return None
    *_, spot, where, role, text = min(found)
    role, _, fixed = role.partition("=")
    actor = fixed or _actor(appearance, where, spot, text) or _subject(appearance) or appearance.country
    return f"{role} of {actor or '?'}"


def unnamed_source(title: str, lead: str) -> bool:
    """Whether a text goes back to media or persons that it does not name."""
    return bool(_phrases(UNNAMED).search(fold(f"{title}\n{lead.split(chr(10) * 2, 1)[0]}")))


def _offices(text: str) -> list[tuple[str, tuple[int, int], bool]]:
    """Role, span and whether it is said to say so, of each office in `text`; of two that overlap the longer."""
    folded, places = _folded(text)
    finder, owners = _pieces()
    likely = {owners[hit[0]] for hit in finder.find_matches_as_indexes(folded, overlapping=True)}
    spans = [(role, match.span()) for role in likely for match in _roles()[role].finditer(folded)]
    if not spans:
        return []
    speech = [match.span() for match in _phrases(SAYING).finditer(folded)]
    hits: list[tuple[str, tuple[int, int], bool]] = []
    for role, (start, end) in sorted(spans, key=lambda one: (one[1][0] - one[1][1], one[1], one[0])):
        span = (places[start], places[end])
        if not any(span[0] < other[1][1] and span[1] > other[1][0] for other in hits):
            said = any(s < end + _NEAR and e > start - _NEAR for s, e in speech)
            hits.append((role, span, said))
    return hits


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """`text` folded, and for each character of that its place in `text`, one more for the end."""
    folded = fold(text)
    if len(folded) == len(text):
        return folded, range(len(text) + 1)
    parts, places = [], []
    for place, char in enumerate(text):
        piece = _letter(char)
        parts.append(piece)
        places += [place] * len(piece)
    return "".join(parts), [*places, len(text)]


@lru_cache(maxsize=4096)
def _letter(char: str) -> str:
    return fold(char)


def _actor(appearance: Appearance, where: str, spot: tuple[int, int], text: str) -> str | None:
    """The state or group named nearest to the office, in the same clause and within a few words.

    `text` is what `spot` indexes. A name before the office is measured from its end, which is not known: eight
    letters are taken for it.
    """
    near = []
    for kind, code, field, start in appearance.codes:
        if kind != "actor" or field != where:
            continue
        inside = spot[0] <= start < spot[1]
        gap = 0 if inside else start - spot[1] if start >= spot[1] else max(1, spot[0] - start - 8)
        between = text[min(start, spot[1]) : max(start, spot[0])]
        if gap <= _WORDS and (inside or not _STOP.search(between)):
            near.append((gap, start, code))
    return min(near)[2] if near else None


def _subject(appearance: Appearance) -> str | None:
    """The state or group with which the headline begins, unless a colon makes it but the scene: who acts in it."""
    at_start = [
        code for kind, code, field, start in appearance.codes if (kind, field, start) == ("actor", "title", 0)
    ]
    return at_start[0] if at_start and not _COLON.search(appearance.title[:_SCENE]) else None


@cache
def _roles() -> Mapping[str, re.Pattern[str]]:
    return {role: _phrases(listed) for role, listed in OFFICES.items()}


@cache
def _pieces() -> tuple[AhoCorasick, Sequence[str]]:
    return _automaton(OFFICES)


@cache
def _agency_pieces() -> tuple[AhoCorasick, Sequence[str]]:
    return _automaton(AGENCIES)


def _automaton(phrases: Mapping[str, str]) -> tuple[AhoCorasick, Sequence[str]]:
    """An automaton of the longest literal piece of each phrase, and whose each is: most texts name few."""
    pairs = [
        (max(fold(phrase).replace(" ", "*").split("*"), key=len), name)
        for name, listed in phrases.items()
        for phrase in listed.split("/")
    ]
    return AhoCorasick([piece for piece, _ in pairs]), [name for _, name in pairs]


@cache
def _agencies() -> Mapping[str, re.Pattern[str]]:
    return {name: _phrases(listed) for name, listed in AGENCIES.items()}


@cache
def _phrases(listed: str) -> re.Pattern[str]:
    """One expression for phrases between slashes. Scripts that glue words together have no boundary to ask for."""
    parts = []
    for phrase in sorted({fold(one.strip()) for one in listed.split("/")} - {""}, key=len, reverse=True):
        body = re.escape(phrase).replace(r"\ ", r"\s+").replace(r"\*", r"\w*")
        parts.append(body if _UNSPACED.search(phrase) else rf"(?<!\w){body}(?!\w)")
    return re.compile("|".join(parts))
