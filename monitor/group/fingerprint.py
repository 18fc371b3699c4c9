"""Fingerprints: what is kept of an entry so that its copies are found by indexed rows.

    title, body -> boilerplate off -> folded words -> runs of words -> MinHash -> 16 bands
                                   \\-> exact keys: url, text, title, lead, forward

Words are taken in runs of three; in Chinese, Japanese and Korean each character is a word, in runs of five.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from urllib.parse import urlsplit

from monitor.group.boilerplate import LONGEST, kept_sentences, strip_agency, strip_title
from monitor.group.facts import Sentence, folded_sentence, sentence
from monitor.group.minhash import U64, band_hashes, shingle_sets, shingles, signatures, text_hash64
from monitor.group.words import fold, fold_all, sentences, unspaced
from monitor.types.grouping import Fingerprint, Line, StoryItem, StoryOptions

_MAX_WORDS = 6_000
# sentences at either end of a text from which boilerplate is learnt, and the words that must be left without it
EDGE_HEAD, EDGE_TAIL = 2, 3
_LEAST_WITHOUT_HEAD, _LEAST_WITHOUT_TAIL = 20, 8
_POST = re.compile(r"^https?://(?:t|telegram)\.me/(?:s/)?([A-Za-z0-9_]{3,64})/(\d+)$")
_SECTION = re.compile(r"^/?(?:[\w-]{1,12}/?){0,2}$")


@dataclass(frozen=True, eq=False)
class Text:
    """An entry's text as grouping sees it, boilerplate off."""

    title: Sentence
    body: tuple[Sentence, ...]
    language: str
    # as `body`, with the lines that are the feed's habit
    full: tuple[Sentence, ...] = ()
    edges: tuple[Line, ...] = ()

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """Title and body; a body that opens with the title does not count it twice."""
        return self._titled(self.body)

    def _titled(self, body: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
        if body and self.title.words and body[0].words[: len(self.title.words)] == self.title.words:
            return body
        return (self.title, *body) if self.title.words else body

    @cached_property
    def words(self) -> list[str]:
        """The folded words, at most 6,000."""
        return [word for part in self.sentences for word in part.words][:_MAX_WORDS]

    @property
    def all_words(self) -> list[str]:
        """The same with the lines that are the feed's habit."""
        return [word for part in self._titled(self.full) for word in part.words][:_MAX_WORDS]

    @cached_property
    def dense(self) -> bool:
        """Whether the text is mostly in a script compared by characters."""
        return unspaced(self.words)

    @property
    def run(self) -> int:
        """How many words make a shingle."""
        return 5 if self.dense else 3

    @cached_property
    def shingles(self) -> U64:
        """Hashes of all runs of words, sorted and distinct."""
        return shingles(self.words, self.run)

    def weight(self) -> float:
        """Length in words; Han, kana and Hangul characters count half."""
        return len(self.words) / (2 if self.dense else 1)


@lru_cache(maxsize=1_024)
def text_of(item: StoryItem) -> Text:
    """Cut, fold and take off boilerplate. Remembered for a batch, whose items are fingerprinted and then compared."""
    title = sentence(strip_title(item.title, item.outlet))
    pieces = sentences(strip_agency(item.body))
    folded = fold_all(pieces)
    kept = kept_sentences(folded, item.language, item.outlet)
    parts = (folded_sentence(pieces[place], folded[place]) for place in kept)
    full = tuple(part for part in parts if part.words)
    edges = _edges(full)
    body = without_habits(full, edges, item.habits) if item.habits else full
    return Text(title, body, item.language, full, tuple(line for _, line in edges))


def _edges(body: Sequence[Sentence]) -> list[tuple[int, Line]]:
    """The lines at head and tail that may be the feed's own, with their places; a text of one line has none."""
    tail = range(max(1, len(body) - EDGE_TAIL), len(body))
    head = range(min(EDGE_HEAD, len(body) - 1))
    places = [*((place, "head") for place in head), *((place, "tail") for place in tail)]
    return [
        (place, (edge, text_hash64(" ".join(body[place].words))))
        for place, edge in places
        if len(body[place].text) <= LONGEST
    ]


def without_habits(
    body: tuple[Sentence, ...], edges: Sequence[tuple[int, Line]], habits: frozenset[Line]
) -> tuple[Sentence, ...]:
    """Take the feed's own lines off a text. Nothing goes where too little would be left to tell reports apart.

    A line at the head may name the place of a short notice, so it stays there.
    """
    for wanted, least in ((("head", "tail"), _LEAST_WITHOUT_HEAD), (("tail",), _LEAST_WITHOUT_TAIL)):
        off = {place for place, line in edges if line in habits and line[0] in wanted}
        left = tuple(part for place, part in enumerate(body) if place not in off)
        if sum(len(part.words) for part in left) >= least:
            return left
    return body


def fingerprint(item: StoryItem, options: StoryOptions | None = None) -> Fingerprint:
    """Fingerprint one item; many at once are quicker through `fingerprints`."""
    return fingerprints([item], options)[0]


def fingerprints(items: Sequence[StoryItem], options: StoryOptions | None = None) -> list[Fingerprint]:
    """Fingerprint items, in their order. Equal texts give equal fingerprints on every machine and run."""
    options = options or StoryOptions()
    texts = [text_of(item) for item in items]
    _shingle(texts)
    rows = signatures([text.shingles for text in texts])
    bands = band_hashes(rows)
    return [
        Fingerprint(
            entry_id=item.entry_id,
            keys=keys_of(item, text, options),
            bands=tuple(bands[place].tolist()) if len(text.words) >= options.min_words else (),
            signature=rows[place].astype("<u4").tobytes() if text.words else b"",
            shingles=len(text.shingles),
            edges=text.edges,
        )
        for place, (item, text) in enumerate(zip(items, texts, strict=True))
    ]


def _shingle(texts: Sequence[Text]) -> None:
    """Work out the shingles of all texts, those of one run together; short ones are left to themselves."""
    for run in (3, 5):
        some = [text for text in texts if text.run == run and len(text.words) >= run]
        for text, found in zip(some, shingle_sets([text.words for text in some], run), strict=True):
            text.__dict__["shingles"] = found  # where a cached_property keeps its value


def keys_of(item: StoryItem, text: Text, options: StoryOptions) -> tuple[str, ...]:
    """Give the exact keys under which an item is found, sorted.

    `url:` own and source address and a post's only link; `forward:` channel and post; `text:` the whole
    text where it has 60 characters; `title:` a headline of some length; `lead:` each of the first two
    sentences.
    """
    keys = {f"url:{url}" for url in article_urls(item)} | {f"forward:{origin}" for origin in origins(item)}
    least = options.min_text_chars // (3 if text.dense else 1)
    # with and without what is learnt: another feed, or this one earlier, may not have learnt it
    wholes = {" ".join(text.words)} | ({" ".join(text.all_words)} if text.full != text.body else set())
    keys |= {"text:" + _digest(whole) for whole in wholes if len(whole) >= least}
    if headline(text, options):
        keys.add("title:" + _digest(" ".join(text.title.words)))
    for part in text.body[:2]:
        if len(part.words) >= (14 if text.dense else 7):
            keys.add("lead:" + _digest(" ".join(part.words)))
    return tuple(sorted(keys))


def headline(text: Text, options: StoryOptions) -> bool:
    """Whether the title is long enough to stand for the report."""
    words = text.title.words
    return (
        len(words) >= (10 if unspaced(list(words)) else options.min_title_words) and len("".join(words)) >= 10
    )


def article_urls(item: StoryItem) -> tuple[str, ...]:
    """Give the addresses that stand for the report: own, source, and a post's only outside link."""
    own = tuple(
        url for url in (item.url, item.source_url) if url and is_article(url) and not _POST.match(url)
    )
    outside = {url for url in item.links if is_article(url) and not _telegram(url)}
    return own + tuple(outside) if item.kind == "telegram" and len(outside) == 1 else own


def is_article(url: str) -> bool:
    """Whether an address looks like one article: no home page and no short section path."""
    parts = urlsplit(url)
    return bool(parts.query) or not _SECTION.match(parts.path) or any(c.isdigit() for c in parts.path)


def origins(item: StoryItem) -> tuple[str, ...]:
    """Give the channel post that the item is, or forwards, as `channel/post`."""
    found = []
    if item.forward and re.search(r"/\d+$", item.forward):
        found.append(fold(item.forward))
    match = _POST.match(item.url or "")
    if match:
        found.append(f"{match[1].casefold()}/{match[2]}")
    return tuple(found)


def _telegram(url: str) -> bool:
    return urlsplit(url).hostname in {"t.me", "telegram.me"}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
