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
from functools import cached_property
from urllib.parse import urlsplit

from monitor.group.boilerplate import strip_agency, strip_sentences, strip_title
from monitor.group.facts import Sentence, facts_of, sentence
from monitor.group.minhash import U64, band_hashes, shingles, signatures
from monitor.group.words import fold, sentences, unspaced
from monitor.types.grouping import Fingerprint, StoryItem, StoryOptions

_MAX_WORDS = 6_000
_POST = re.compile(r"^https?://(?:t|telegram)\.me/(?:s/)?([A-Za-z0-9_]{3,64})/(\d+)$")
_SECTION = re.compile(r"^/?(?:[\w-]{1,12}/?){0,2}$")


@dataclass(frozen=True, eq=False)
class Text:
    """An entry's text as grouping sees it, boilerplate off."""

    title: Sentence
    body: tuple[Sentence, ...]
    language: str

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """Title and body; a body that opens with the title does not count it twice."""
        if self.body and self.title.words and self.body[0].words[: len(self.title.words)] == self.title.words:
            return self.body
        return (self.title, *self.body) if self.title.words else self.body

    @cached_property
    def words(self) -> list[str]:
        """All folded words, at most 6,000."""
        return [word for part in self.sentences for word in part.words][:_MAX_WORDS]

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


def text_of(item: StoryItem) -> Text:
    """Cut, fold and take off boilerplate."""
    title = sentence(strip_title(item.title, item.outlet))
    body = strip_sentences(sentences(strip_agency(item.body)), item.language, item.outlet)
    return Text(title, tuple(folded for part in body if (folded := sentence(part)).words), item.language)


def fingerprint(item: StoryItem, options: StoryOptions | None = None) -> Fingerprint:
    """Fingerprint one item; many at once are quicker through `fingerprints`."""
    return fingerprints([item], options)[0]


def fingerprints(items: Sequence[StoryItem], options: StoryOptions | None = None) -> list[Fingerprint]:
    """Fingerprint items, in their order. Equal texts give equal fingerprints on every machine and run."""
    options = options or StoryOptions()
    texts = [text_of(item) for item in items]
    rows = signatures([text.shingles for text in texts])
    bands = band_hashes(rows)
    return [
        Fingerprint(
            entry_id=item.entry_id,
            keys=keys_of(item, text, options),
            bands=tuple(bands[place].tolist()) if len(text.words) >= options.min_words else (),
            signature=rows[place].astype("<u4").tobytes() if text.words else b"",
            shingles=len(text.shingles),
            facts=facts_of(text.words, item.language),
        )
        for place, (item, text) in enumerate(zip(items, texts, strict=True))
    ]


def keys_of(item: StoryItem, text: Text, options: StoryOptions) -> tuple[str, ...]:
    """Give the exact keys under which an item is found, sorted.

    `url:` own and source address and a post's only link; `forward:` channel and post; `text:` the whole
    text where it has 60 characters; `title:` a headline of some length; `lead:` each of the first two
    sentences.
    """
    keys = {f"url:{url}" for url in article_urls(item)} | {f"forward:{origin}" for origin in origins(item)}
    whole = " ".join(text.words)
    if len(whole) >= options.min_text_chars // (3 if text.dense else 1):
        keys.add("text:" + _digest(whole))
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
