"""What is new in a line of the ledger as one sentence in the reader's language, made from the record alone.

"North Korea → Russia, artillery ammunition: denied by Russia’s foreign ministry". Names of states come from CLDR,
items and statuses from the words of the report, offices and wording from `claim_words`.
"""

from __future__ import annotations

from collections.abc import Mapping

from monitor.render.claim_words import BEFORE, FRAME, HEADS, NUMBER, OFFICES, REPORTED, SAID, WHOSE
from monitor.render.escape import direction, isolate, one_line, shorten
from monitor.render.labels import Labels
from monitor.types.ledger import ClaimNews

NAME_LENGTH = 80
_NOBODYS = frozenset({"unnamed", "think tank", "UN experts"})
"""Speakers that are no office of a state."""
_WITH_ARTICLE = frozenset("AE BS CF DO EU GB GM KM MH MV NL PH SB SC UN US".split())


def claims_head(labels: Labels) -> str:
    """The heading above such sentences."""
    return HEADS.get(labels.language, HEADS["en"])


def claim_sentence(news: ClaimNews, labels: Labels, states: Mapping[str, str]) -> str:
    """One line of text. `states`: ISO code or group's name by its English adjective, as speakers are written."""
    language = labels.language if labels.language in FRAME else "en"
    number = _number(news, labels)
    items = labels.either("item", news.key.item)
    said = _said(news, labels, states, language)
    if news.kind == "quantity" and number:
        said = NUMBER[language].format(number=number)
    elif number:
        items = f"{items} ({number})"
    if news.kind in ("status", "denial") and news.old_status not in (None, news.status):
        old = labels.either("status", news.old_status)
        said = BEFORE[language].format(said=said, old=old)
    supplier, recipient = (
        labels.country_name(code) if code else labels.word("unstated")
        for code in (news.key.supplier, news.key.recipient)
    )
    return FRAME[language].format(
        supplier=_foreign(supplier, labels), recipient=_foreign(recipient, labels), items=items, said=said
    )


def _said(news: ClaimNews, labels: Labels, states: Mapping[str, str], language: str) -> str:
    who = speaker_name(news.speaker, labels, states)
    outlet = _foreign(news.outlet, labels)
    if news.status != "alleged" and not _official(news.speaker, states):
        if who and news.speaker not in OFFICES:
            outlet = who  # a medium carries it: only a party can deny or refuse
        return REPORTED[language].format(status=labels.either("status", news.status), outlet=outlet)
    return SAID[language][news.status].format(who=who or outlet)


def _official(speaker: str, states: Mapping[str, str]) -> bool:
    """Whether an office or a state speaks: nobody else announces, confirms, denies or refuses a transfer."""
    text = one_line(speaker)
    return text in states or any(text.endswith(office) for office in OFFICES if office not in _NOBODYS)


def speaker_name(speaker: str, labels: Labels, states: Mapping[str, str]) -> str:
    """Who says so, in the reader's language: an office with its state; a medium, or what is not known, as written."""
    language = labels.language if labels.language in WHOSE else "en"
    text = one_line(speaker)
    for office in sorted(OFFICES, key=len, reverse=True):
        if text == office:
            return OFFICES[office][language]
        if text.endswith(f" {office}"):
            owner = text[: -len(office)].strip()
            state = _foreign(_spoken_of(states.get(owner, owner), labels), labels)
            return _whose(state, office, language)
    if text in states:
        return _foreign(_spoken_of(states[text], labels), labels)
    return _foreign(text, labels)


def _spoken_of(code: str, labels: Labels) -> str:
    """A state's name within a sentence: some have an article in English, which CLDR leaves out."""
    name = labels.country_name(code)
    return f"the {name}" if labels.language == "en" and code in _WITH_ARTICLE else name


def _whose(state: str, office: str, language: str) -> str:
    word = OFFICES[office][language]
    if office in _NOBODYS:
        return f"{word}（{state}）" if language == "zh" else f"{word} ({state})"
    whose = WHOSE[language].format(state=state, office=word)
    return whose.replace("s’s ", "s’ ") if language == "en" else whose


def _foreign(name: str, labels: Labels) -> str:
    """Isolated where its direction is not the reader's, so that it cannot reorder the line."""
    text = shorten(name, NAME_LENGTH)
    return text if not text or direction(None, text) == labels.dir else isolate(text)


def _number(news: ClaimNews, labels: Labels) -> str:
    bounds = [value for value in (news.quantity_min, news.quantity_max) if value is not None]
    return "–".join(dict.fromkeys(labels.number(value) for value in bounds))
