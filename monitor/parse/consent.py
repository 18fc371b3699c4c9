"""What a publisher permits to be done with a page, from its head and its HTTP headers.

    X-Robots-Tag, <meta name="robots">      noindex noarchive nosnippet max-snippet noai noml
    tdm-reservation, tdm-policy             TDM Reservation Protocol (W3C community group report, 2024)
                    ->  the strictest of all that is said to everybody or to us

Words said to another robot by name are not for us, but for those about machine learning: their intent is plain.
What each result means for storing, mails, exports and embeddings: docs/reference/consent.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from monitor.parse.page import read_page
from monitor.text.urls import canonical_url
from monitor.types.article import Consent

PRODUCT = "news-monitor"
"""The name by which publishers may address us (that of the User-Agent)."""

_NO_USE = frozenset({"noindex", "none"})
_NO_ARCHIVE = frozenset({"noarchive", "nocache"})
_NO_SNIPPET = frozenset({"nosnippet"})
_NO_LEARNING = frozenset({"noai", "noml", "notrain"})
_NOTED = frozenset({"noimageai"})
"""Words that are recorded without an effect: no pictures are fetched."""
_EFFECTIVE = _NO_USE | _NO_ARCHIVE | _NO_SNIPPET | _NO_LEARNING | _NOTED
_VALUED = frozenset(
    {"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after", "max_snippet"}
)
_TOKEN = re.compile(r"[a-z][a-z_-]*")
_NUMBER = re.compile(r"-?\d{1,9}")
MAX_WORDS = 100


def read_consent(
    html: bytes,
    headers: Mapping[str, str] | None = None,
    *,
    url: str | None = None,
    content_type: str | None = None,
) -> Consent:
    """Return what a page permits; `headers` have lower-case names. Silence permits. Never raises."""
    said = {name.lower(): value for name, value in (headers or {}).items()}
    reading = _Reading()
    reading.header_robots(said.get("x-robots-tag", ""))
    reading.reservation("header", said.get("tdm-reservation", ""))
    policies = [said.get("tdm-policy", "")]
    page = read_page(html, url=url, content_type=content_type)
    for name, content in _metas(page.tree):
        if name in {"robots", PRODUCT}:
            reading.words(f"meta {name}", content.lower().split(","))
        elif name == "tdm-reservation":
            reading.reservation("meta", content)
        elif name == "tdm-policy":
            policies.append(content)
        else:
            # said to another robot: only what it says of learning
            words = [word for word in content.lower().split(",") if word.strip() in _NO_LEARNING]
            reading.words(f"meta {name}", words)
    policy = next(
        (found for policy in policies if policy and (found := canonical_url(policy, page.base))), None
    )
    return reading.consent(policy)


class _Reading:
    """Collects words; each can only take a permission away."""

    def __init__(self) -> None:
        self._archive = self._learning = self._mining = True
        self._snippet: int | None = None
        self._signals: dict[str, None] = {}

    def header_robots(self, header: str) -> None:
        """X-Robots-Tag: `[robot:] word, word`; a robot's name holds until the next one."""
        ours, words = True, []
        for part in header.lower().split(",")[:MAX_WORDS]:
            name, colon, rest = part.partition(":")
            word = part.strip()
            if colon and name.strip() not in _VALUED:
                ours = name.strip() in {PRODUCT, "*"}
                word = rest.strip()
            if ours or word in _NO_LEARNING:
                words.append(word)
        self.words("header", words)

    def words(self, place: str, words: list[str]) -> None:
        """Take in directives of one place, in lower case."""
        for word in words[:MAX_WORDS]:
            match = _TOKEN.match(word.strip())
            name = match[0] if match else ""
            if name in {"max-snippet", "max_snippet"}:
                self._limit(place, word)
                continue
            if name not in _EFFECTIVE:
                continue
            self._mining &= name not in _NO_USE
            self._archive &= name not in _NO_ARCHIVE | _NO_USE
            self._learning &= name not in _NO_LEARNING | _NO_USE
            if name in _NO_SNIPPET:
                self._snippet = 0
            self._signals[f"{place}: {name}"] = None

    def reservation(self, place: str, value: str) -> None:
        """TDM Reservation Protocol: 1 reserves, 0 and everything else does not."""
        # a header that was sent twice comes joined: one 1 is enough
        if "1" in {part.strip() for part in value.split(",")}:
            self._mining = self._learning = False
            self._signals[f"{place}: tdm-reservation"] = None

    def consent(self, policy_url: str | None) -> Consent:
        """The result; a policy is where a licence can be asked for."""
        return Consent(
            archive=self._archive,
            snippet_length=self._snippet,
            machine_learning=self._learning,
            text_mining=self._mining,
            policy_url=policy_url,
            signals=tuple(self._signals),
        )

    def _limit(self, place: str, word: str) -> None:
        number = _NUMBER.search(word)
        if number is None or int(number[0]) < 0:
            return  # -1 is no limit
        length = int(number[0])
        self._snippet = length if self._snippet is None else min(self._snippet, length)
        self._signals[f"{place}: max-snippet {length}"] = None


def _metas(tree: Any) -> Iterator[tuple[str, str]]:
    """Names and contents of the meta elements that may be about robots or reservation."""
    for element in tree.iter("meta") if tree is not None else ():
        name, content = (element.get("name") or "").strip().lower(), element.get("content") or ""
        if name in {"robots", PRODUCT, "tdm-reservation", "tdm-policy"} or name.endswith("bot"):
            yield name[:60], content[:2000]
