"""Which pairs are compared, and whether two items are the same report.

shared key or band -> exact keys -> estimated likeness -> likeness of the texts -> vetoes -> Verdict
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from monitor.group.facts import conflict, numbers_in, other_days
from monitor.group.fingerprint import Text, headline, is_article, text_of
from monitor.group.minhash import PERMUTATIONS, jaccard, shared_count, shingles
from monitor.types.grouping import UNCASED, Fingerprint, StoryItem, StoryOptions

UNKNOWN = "und"
_NEIGHBOURS = 24
_FIRST = 6
_HOPELESS = 0.3
_SAME_ADDRESS = 0.3
_LINKED = 0.6
_SAME_FEED_NEAR = 0.85
_SHORT_NOTICE = 40
_SHORT_TEXT = 60
_BODYLESS = 3
_LEAST_LEAD = 14
# bands of 16 that a feed's text must share with one of another day: about .7 of its words
_SERIAL = 4
# An outlet's daily reports come a day apart, give or take; its corrected copies within hours
ANOTHER_DAY = dt.timedelta(hours=14)

RULES = ("url", "forward", "text", "near", "lead", "title", "link", "preview")


@dataclass(frozen=True, eq=False)
class Node:
    """An item with its fingerprint; the folded text is made when it is first compared."""

    item: StoryItem
    fingerprint: Fingerprint
    stored: bool

    @cached_property
    def text(self) -> Text:
        """The text without boilerplate."""
        return text_of(self.item)

    @cached_property
    def keys(self) -> frozenset[str]:
        """The exact keys."""
        return frozenset(self.fingerprint.keys)

    @cached_property
    def signature(self) -> npt.NDArray[np.uint32]:
        """The MinHash row, empty where there is none."""
        return np.frombuffer(self.fingerprint.signature, dtype="<u4")

    @cached_property
    def order(self) -> tuple[dt.datetime, str, int]:
        """Ties are broken by time and uid; the entry id only tells equal uids apart."""
        return (self.item.effective_at, self.item.uid, self.item.entry_id)

    @property
    def feed(self) -> object:
        """What tells feeds apart; None where nothing does."""
        return self.item.feed_id or self.item.outlet or None


@dataclass(frozen=True, slots=True)
class Recurring:
    """What feeds give again on another day: `keys` of headlines and whole texts, `serial` the entries (by id)
    whose feed has nearly the same words on another day, as an automated notice has."""

    keys: frozenset[str] = frozenset()
    serial: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """`rule` names the proof that two items are one report; else `veto` names what forbade a likely merge."""

    rule: str | None
    score: float
    veto: str = ""


def pairs(nodes: Sequence[Node]) -> Iterator[tuple[int, int]]:
    """Give the pairs worth comparing, each once: they share a key or a band, and one of them is new.

    In a crowded bucket each is compared with its neighbours in time and with the earliest, which is enough
    to link copies; so the work grows with the number of items, not with its square.
    """
    buckets: dict[object, list[int]] = defaultdict(list)
    for place in sorted(range(len(nodes)), key=lambda index: nodes[index].order):
        mark = nodes[place].fingerprint
        for key in (*mark.keys, *mark.bands):
            buckets[key].append(place)
    seen: set[tuple[int, int]] = set()
    for members in buckets.values():
        for position, right in enumerate(members[1:], 1):
            near = members[max(0, position - _NEIGHBOURS) : position]
            for left in (*members[: min(_FIRST, max(0, position - _NEIGHBOURS))], *near):
                pair = (left, right) if left < right else (right, left)
                if pair not in seen and not (nodes[left].stored and nodes[right].stored):
                    seen.add(pair)
                    yield pair


def estimate(one: Node, two: Node) -> float:
    """Estimate the Jaccard likeness from the signatures, 0 to 1, standard error at most .0625."""
    if not (len(one.signature) and len(two.signature)):
        return 0.0
    return int(np.count_nonzero(one.signature == two.signature)) / PERMUTATIONS


def recurring_of(nodes: Sequence[Node]) -> Recurring:
    """What one feed gives again another day ("Morning briefing", "the air alert is over"): no proof of anything."""
    seen: dict[tuple[object, object], Node] = {}
    keys: set[str] = set()
    shared: Counter[tuple[int, int]] = Counter()
    for node in nodes:
        feed = node.feed
        if feed is None:
            continue
        titles = (key for key in node.keys if key.startswith(("title:", "text:")))
        for key in (*titles, *node.fingerprint.bands):
            first = seen.setdefault((key, feed), node)
            if first is node or node.item.effective_at - first.item.effective_at < ANOTHER_DAY:
                continue
            if isinstance(key, str):
                keys.add(key)
            else:
                shared[first.item.entry_id, node.item.entry_id] += 1
    serial = (entry for pair, count in shared.items() if count >= _SERIAL for entry in pair)
    return Recurring(frozenset(keys), frozenset(serial))


def verdict(one: Node, two: Node, options: StoryOptions, recurring: Recurring) -> Verdict:
    """Decide whether two items are the same report. Symmetric: the order of the two does not matter."""
    one, two = sorted((one, two), key=lambda node: node.order)
    apart = two.item.effective_at - one.item.effective_at
    shared = one.keys & two.keys
    languages = {one.item.language, two.item.language}
    if apart > options.url_window or (len(languages) > 1 and UNKNOWN not in languages):
        return Verdict(None, 0.0)
    exact = _exact(one, two, shared, apart, options, recurring)
    if exact or UNKNOWN in languages or apart > options.window:
        return exact or Verdict(None, 0.0)
    guess = estimate(one, two)
    known = {kind for key in shared if (kind := key.partition(":")[0]) in {"title", "lead"}}
    if guess < _HOPELESS and not known:
        return Verdict(None, guess)
    found = _alike(one, two, apart, options, titled=not shared.isdisjoint(recurring.keys))
    if found.rule and apart > options.notice_window and _serial(one, two, shared, recurring):
        short = min(one.text.weight(), two.text.weight()) < _SHORT_NOTICE
        return Verdict(None, found.score, "series") if short else found
    return found


def _exact(
    one: Node,
    two: Node,
    shared: frozenset[str],
    apart: dt.timedelta,
    options: StoryOptions,
    recurring: Recurring,
) -> Verdict | None:
    if any(key.startswith("forward:") for key in shared):
        return Verdict("forward", 1.0)
    addresses = {key[4:] for key in shared if key.startswith("url:")}
    if addresses:
        found = _same_address(one, two, addresses, options)
        if found.rule or found.veto:
            return found
    if not any(key.startswith("text:") for key in shared):
        return None
    short = one.text.weight() < _SHORT_NOTICE
    if short and one.feed == two.feed is not None and apart >= ANOTHER_DAY:
        return Verdict(None, 1.0, "series")
    if short and apart > options.notice_window and _serial(one, two, shared, recurring):
        return Verdict(None, 1.0, "series")
    return Verdict("text", 1.0) if apart <= options.window else Verdict(None, 1.0, "window")


def _serial(one: Node, two: Node, shared: frozenset[str], recurring: Recurring) -> bool:
    """Whether a notice is one of many from a template, so that the same words days later are another event."""
    ids = {one.item.entry_id, two.item.entry_id}
    return not (recurring.serial.isdisjoint(ids) and recurring.keys.isdisjoint(shared))


def _own(node: Node) -> set[str]:
    return {url for url in (node.item.url, node.item.source_url) if url and is_article(url)}


def _same_address(one: Node, two: Node, addresses: set[str], options: StoryOptions) -> Verdict:
    """Judge a shared address: live blogs and pages of headlines serve many texts under one."""
    own = addresses & _own(one) & _own(two)
    score = _overlap(one, two)
    posts = [node for node in (one, two) if node.item.kind == "telegram"]
    if own and len(posts) == 1 and posts[0].item.source_url in own:
        return _card(one, two, score)
    if own:
        if score >= _SAME_ADDRESS or not one.text.words or not two.text.words:
            return Verdict("url", 1.0)
        # two comments on one article are each held against the article itself
        return Verdict(None, score, "" if len(posts) == 2 else "address")
    # a post that links to an article may be about it or only mention it: the headline must be there
    for post, page in ((one, two), (two, one)):
        if addresses & _own(page) and headline(page.text, options):
            words = set(page.text.title.words)
            if len(words & set(post.text.words)) >= _LINKED * len(words):
                return Verdict("link", score)
    return Verdict(None, score)


def _card(one: Node, two: Node, score: float) -> Verdict:
    """A post shows the article's card: it may only comment on it, and is of that report unless it contradicts."""
    size = min(one.text.weight(), two.text.weight())
    language = next((node.item.language for node in (one, two) if node.item.language != UNKNOWN), UNKNOWN)
    veto = conflict(one.text.sentences, two.text.sentences, language, size=size, loose=True)
    return Verdict(None, score, veto) if veto else Verdict("preview", score)


def _overlap(one: Node, two: Node) -> float:
    """Share of the shorter text's different words that the longer has too."""
    words = set(one.text.words), set(two.text.words)
    least = min(len(words[0]), len(words[1]))
    return len(words[0] & words[1]) / least if least else 0.0


def _alike(one: Node, two: Node, apart: dt.timedelta, options: StoryOptions, *, titled: bool) -> Verdict:
    """Compare the texts; `titled` says that their common headline returns with other reports."""
    short, long = sorted((one.text, two.text), key=lambda text: (text.weight(), text.words))
    score = likeness = jaccard(short.shingles, long.shingles)
    same_feed = one.feed == two.feed is not None
    rule = None
    same_title = short.title.words == long.title.words and headline(short, options) and not titled
    same_title = same_title and not same_feed and apart <= options.title_window
    if short.weight() >= options.min_words and score >= _threshold(short.weight(), options):
        rule = "near"
    else:
        share = _opening(short, long)
        if _is_lead(short, share, same_title, options):
            rule, score = "lead", share
        elif same_title and _no_body(short):
            rule, score = "title", 1.0
    if rule is None:
        return Verdict(None, score)
    veto = conflict(
        one.text.sentences,
        two.text.sentences,
        one.item.language,
        size=short.weight(),
        loose=same_title,
        strict=same_feed,
    )
    if not veto and short.weight() < _SHORT_TEXT and _elsewhere(one.item, two.item):
        veto = "places"
    if not veto and apart >= ANOTHER_DAY:
        if short.weight() < _SHORT_TEXT and other_days(one.text.sentences, two.text.sentences):
            veto = "days"
        elif same_feed:
            veto = _series(one.text, two.text, likeness)
    return Verdict(None, score, veto) if veto else Verdict(rule, score)


def _elsewhere(one: StoryItem, two: StoryItem) -> bool:
    """Whether each names a state, group or place that the other does not, in a script without capitals.

    Where names are written with capitals they are compared word by word (`facts.conflict`), which tells a source that
    is named in passing from a place that is exchanged.
    """
    uncased = one.language in UNCASED and two.language in UNCASED
    return uncased and bool(one.places - two.places and two.places - one.places)


def _threshold(words: float, options: StoryOptions) -> float:
    if words >= options.long_words:
        return options.near_long
    return options.near_medium if words >= options.medium_words else options.near_short


def _opening(short: Text, long: Text) -> float:
    """Share of the short text's runs of words that the opening of the long one has."""
    if not len(short.shingles) or short.run != long.run:
        return 0.0
    opening = long.words[: len(short.words) * 3 // 2 + 20]
    return shared_count(short.shingles, shingles(opening, long.run)) / len(short.shingles)


def _is_lead(short: Text, share: float, same_title: bool, options: StoryOptions) -> bool:
    if _no_body(short):
        return False
    if same_title:
        return share >= options.lead_same_title
    return short.weight() >= _LEAST_LEAD and share >= options.lead


def _no_body(text: Text) -> bool:
    return sum(len(part.words) for part in text.body) <= _BODYLESS or text.sentences == (text.title,)


def _series(one: Text, two: Text, likeness: float) -> str:
    """Name the veto where an outlet repeats its template, or takes its news up again with more to say.

    On another day it needs the same figures and words, of the whole texts.
    """
    figures = [sorted(set(numbers_in(text.words))) for text in (one, two)]
    return "series" if likeness < _SAME_FEED_NEAR or figures[0] != figures[1] else ""
