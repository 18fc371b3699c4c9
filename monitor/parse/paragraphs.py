"""The paragraphs of an article page: what trafilatura finds, checked against the page and its structured data.

    tree -> captions and lists of links out -> trafilatura (precise; its usual mode where that finds too little)
         -> boxes of the same kind that it left out -> what the newsroom's own `articleBody` says
         -> lead put before it -> bylines, credits and repeated lines out

Class names are those that templates of several publishers share; none is of one publisher only.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

import trafilatura
from lxml import etree

from monitor.parse.facts import Facts
from monitor.text.clean import clean_line
from monitor.text.html import html_to_text
from monitor.types.article import BodySource

# it warns of every page without a text, which our issues say with the page's name
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

MIN_LEAD = 40
"""Characters from which a description is a sentence and not a label."""
MIN_STRUCTURED = 400
"""Characters from which a JSON-LD `articleBody` can be the whole text."""
NEAR_HEADING = 400
"""Elements after the heading among which a lead is looked for."""

_WORD = re.compile(r"\w+")
_NOT_SHOWN = ("noscript", "template", "svg", "iframe", "figcaption", "button", "select")
_LEAD = re.compile(
    r"(?:^|[\s_-])(?:lead|lede|teaser|standfirst|excerpt|subtitle|sub-?title|sub-?headline|description|dek|intro|summary"
    r"|chapo|vorspann|entradilla|abstract|ingress|preamble|kicker-?text)(?:$|[\s_-])",
    re.IGNORECASE,
)
_BYLINE = re.compile(r"(?:by|von|par|por|от|автор|від|di|av|door)\s*:?\s+\S.{0,60}", re.IGNORECASE)
_CREDIT = re.compile(
    r"(?:image|photo|photograph|picture|foto|fotos|bild|fotografía|imagen|фото|ảnh|사진|写真|图片|عکس|صورة|file)"
    r"(?:\s+(?:credit|by|von|de|di|av))?\s*[:：/©].{0,100}|©.{0,100}",
    re.IGNORECASE,
)


def read_paragraphs(tree: Any, facts: Facts) -> tuple[list[str], BodySource]:
    """Return paragraphs, subheads and list items of a page in their order, cleaned; `tree` is used up."""
    _prune(tree)
    shown = _key(" ".join(tree.itertext()))
    near = list(_near_heading(tree))
    blocks = _blocks(tree)
    structured = _structured(facts)
    found = _completed(_found(tree), blocks)
    source = BodySource.PAGE
    if structured and _share(structured, found) < 0.6:
        # the page shows a part only: the rest is loaded by a script, or folded away
        found, source = structured, BodySource.STRUCTURED
    elif structured:
        found = _framed(found, structured)
    found = _tidy(found, facts.titles)
    found = _tidy(_with_lead(found, facts, near, shown), facts.titles)
    return found, source if found else BodySource.NONE


def _prune(tree: Any) -> None:
    """Take out what is no text of the article: captions, controls, lists of links."""
    etree.strip_elements(tree, *_NOT_SHOWN, with_tail=False)
    for items in list(tree.iter("ul")):
        if items.getparent() is not None and _mostly_links(items):
            items.drop_tree()


def _mostly_links(items: Any) -> bool:
    linked = sum(len("".join(a.itertext()).strip()) for a in items.iter("a"))
    return linked > 0.65 * len("".join(items.itertext()).strip())


def _found(tree: Any) -> list[str]:
    """The precise reading; the usual one where it is far longer."""
    backup = deepcopy(tree)
    precise, usual = _extracted(tree, precise=True), _extracted(backup, precise=False)
    return usual if sum(map(len, usual)) > 1.5 * sum(map(len, precise)) else precise


def _extracted(page: Any, *, precise: bool) -> list[str]:
    document = trafilatura.bare_extraction(page, include_comments=False, favor_precision=precise)
    text = getattr(document, "text", None) or ""
    lines = (
        clean_line(line.replace("\u00ad", "").strip("|").removeprefix("- ")) for line in text.split("\n")
    )
    return [line for line in lines if line]


def _blocks(tree: Any) -> list[tuple[str, tuple[str, ...]]]:
    """Each paragraph with what marks its kind (its class, its parent's tag and class); other blocks have no kind."""
    blocks: list[tuple[str, tuple[str, ...]]] = []
    for element in tree.iter("p", "h2", "h3", "h4", "li", "blockquote"):
        parent, text = element.getparent(), _text_of(element)
        if text and parent is not None:
            kind = (element.get("class") or "", str(parent.tag), parent.get("class") or "")
            blocks.append((text, kind if element.tag == "p" else ()))
    return blocks


def _completed(found: list[str], blocks: Sequence[tuple[str, tuple[str, ...]]]) -> list[str]:
    """The text with the parts that trafilatura left out, where a page splits it over boxes of one kind."""
    known = {_key(text) for text in found}
    sizes: Counter[tuple[str, ...]] = Counter()
    for text, kind in blocks:
        sizes[kind] += len(text) if kind and _key(text) in known else 0
    if not sizes:
        return found
    main, size = sizes.most_common(1)[0]
    whole = sum(len(text) for text, kind in blocks if kind == main)
    if size < 0.5 * sum(map(len, found)) or whole < 1.4 * size:
        return found
    return [text for text, kind in blocks if kind == main or _key(text) in known]


def _structured(facts: Facts) -> list[str]:
    """The paragraphs of a JSON-LD `articleBody` that is long enough to be the whole."""
    if facts.is_live or len(facts.structured_body) < MIN_STRUCTURED:
        return []
    lines = (clean_line(line) for line in html_to_text(facts.structured_body).split("\n"))
    return [line for line in lines if line]


def _framed(found: list[str], structured: list[str]) -> list[str]:
    """What stands between the first and the last paragraph that the structured text has, too."""
    whole = _key(" ".join(structured))
    known = [at for at, text in enumerate(found) if len(text) > MIN_LEAD and _key(text) in whole]
    if len(known) < 3 or _share(found, structured) < 0.5:
        return found
    return found[known[0] : known[-1] + 1]


def _near_heading(tree: Any) -> Iterator[tuple[bool, str]]:
    """Texts after the heading in their order, and whether each is a lead: the first so called, and its siblings."""
    seen_heading, looked, lead = False, 0, None
    for element in tree.iter("h1", "h2", "h3", "p", "div", "span", "section"):
        seen_heading = seen_heading or element.tag == "h1"
        if not seen_heading or element.tag == "h1":
            continue
        looked += 1
        if looked > NEAR_HEADING:
            return
        if lead is not None and lead in element.iterancestors():
            continue
        if _is_called_lead(element) and (lead is None or element.getparent() is lead.getparent()):
            text = _text_of(element)
            if MIN_LEAD <= len(text) <= 1000:
                lead = element
                yield True, text
        elif element.tag == "p":
            yield False, _text_of(element)


def _is_called_lead(element: Any) -> bool:
    named = " ".join(element.get(name) or "" for name in ("class", "type", "itemprop", "data-testid"))
    return bool(_LEAD.search(re.sub(r"([a-z])([A-Z])", r"\1-\2", named)))


def _text_of(element: Any) -> str:
    return clean_line("".join(element.itertext()).replace("\u00ad", ""))


def _with_lead(found: list[str], facts: Facts, near: Sequence[tuple[bool, str]], shown: str) -> list[str]:
    """The standfirst first, where the page shows it and the text lacks it."""
    whole = _key(" ".join(found))
    first = _key(next((text for text in found if len(text) > MIN_LEAD), ""))
    leads: list[str] = []
    for is_lead, text in near:
        key = _key(text)
        if first and first[:80] in key:
            break
        if is_lead and key not in whole and key not in _key(" ".join(leads)):
            leads.append(text)
    else:
        leads = []  # the text was not met: these belong to something else
    for text in () if leads else facts.descriptions:
        lead = clean_line(html_to_text(text).replace("\u00ad", ""))
        key = _key(lead.rstrip(" .…"))
        if len(lead) >= MIN_LEAD and key in shown and key not in whole:
            leads = [lead]
            break
    return [*leads, *found]


def _tidy(found: list[str], titles: Sequence[str]) -> list[str]:
    """Without the headline, bylines (personal data), credits and what was said before."""
    headings = {_key(title) for title in titles}
    seen: set[str] = set()
    kept = []
    for at, text in enumerate(found):
        key = _key(text)
        odd = (at < 4 and (key in headings or _BYLINE.fullmatch(text))) or _CREDIT.fullmatch(text)
        if odd or not key or (len(text) > MIN_LEAD and key in seen):
            continue
        seen.add(key)
        kept.append(text)
    return kept


def _share(part: list[str], whole: list[str]) -> float:
    """The share of the words of `part` that `whole` has."""
    words = set(_WORD.findall(" ".join(part).casefold()))
    return len(words & set(_WORD.findall(" ".join(whole).casefold()))) / max(len(words), 1)


def _key(text: str) -> str:
    return "".join(_WORD.findall(text.casefold()))
