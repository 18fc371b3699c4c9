"""The mail as it arrives: a fixed list of headers, nothing injected, parts of equal content."""

from __future__ import annotations

import datetime as dt
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.digest.render import RenderOptions, render_digest, render_safely
from monitor.digest.select import choose
from monitor.errors import MailError
from monitor.mail.message import (
    MAX_BYTES,
    MessageOptions,
    address_to,
    clean_header,
    compose_bytes,
    message_id,
    plain_message,
)
from monitor.mail.smtp import Sent, SmtpOptions, send
from monitor.types.digest import DigestStory, RenderedDigest
from tests.digest_stories import DAY, PERIOD, TOPICS, UNTIL, changed, labels, spec, stories
from tests.mail_server import Server

OPTIONS = MessageOptions(sender="monitor@example.org", sent_at=UNTIL)
HEADERS = [
    "From", "Subject", "Date", "List-Id", "List-Unsubscribe", "Auto-Submitted", "MIME-Version", "Content-Type",
    "Content-Language", "To", "Message-ID",
]  # fmt: skip


def rendered(
    rows: list[DigestStory] | None = None, language: str = "en", *, charts: bool = True
) -> RenderedDigest:
    content = choose(
        spec(reader_language=language), PERIOD, stories() if rows is None else rows, topics=TOPICS
    )
    options = RenderOptions(made_at=UNTIL, sender="monitor@example.org", charts=charts)
    return render_digest(content, labels(language), options)


def mail(made: RenderedDigest, to: str = "desk@example.org") -> bytes:
    identifier = message_id(made.name, made.day, to, OPTIONS.sender)
    return address_to(compose_bytes(made, OPTIONS), to, identifier)


def parsed(data: bytes) -> Any:
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert [part.defects for part in message.walk() if part.defects] == []
    return message


@pytest.fixture
def arrived(server: Server) -> Any:
    """A whole digest, sent to a real server and read again."""
    outcome = send(
        mail(rendered()), sender="monitor@example.org", recipient="desk@example.org",
        options=SmtpOptions(host=server.host, port=server.port),
    )  # fmt: skip
    assert isinstance(outcome, Sent)
    return parsed(server.box.mails[0])


def test_the_headers_are_those_that_mail_systems_expect_and_no_others(arrived: Any) -> None:
    assert arrived.keys() == HEADERS
    assert str(arrived["To"]) == "desk@example.org"
    assert str(arrived["From"]) == "News monitor <monitor@example.org>"
    assert arrived["Date"].datetime == UNTIL
    assert arrived["List-Id"] == "<daily.digest.example.org>"
    assert arrived["List-Unsubscribe"] == "<mailto:monitor@example.org?subject=unsubscribe%20daily>"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived["Message-ID"].startswith("<digest.daily.2026-11-20.")
    assert "arms transfers" in arrived["Subject"]


def test_the_parts_are_text_html_and_the_picture_that_the_html_names(arrived: Any) -> None:
    kinds = [part.get_content_type() for part in arrived.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]
    made = rendered()
    image = next(part for part in arrived.walk() if part.get_content_type() == "image/png")
    assert image["Content-ID"] == f"<{made.images[0].cid}>"
    assert image.get_content_disposition() == "inline"
    assert image.get_content() == made.images[0].png
    assert arrived.get_body(("html",)).get_content().replace("\r\n", "\n").rstrip() == made.html
    assert arrived.get_body(("plain",)).get_content().replace("\r\n", "\n") == made.text


@pytest.mark.parametrize("language", ["ar", "fa"])
def test_a_mail_for_a_reader_from_right_to_left(language: str) -> None:
    html = parsed(mail(rendered(language=language))).get_body(("html",)).get_content()
    assert f'<html lang="{language}" dir="rtl">' in html


def test_the_wire_is_ascii_with_short_lines_ended_by_crlf() -> None:
    data = mail(rendered(language="zh"))
    assert data.isascii()
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert max(map(len, data.split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    "title",
    [
        "Ships\r\nBcc: other@example.net\r\n\r\n<b>body</b>",
        "Ships\nBcc: other@example.net",
        "Ships\x85Bcc: x\u2028Bcc: y\u2029\x00\x0b\x0c\x1b[31m",
        "Ships \ud800 surrogate \ufffe",
        "=?utf-8?q?Ships=0D=0ABcc:_other@example.net?=",
        "word " * 200_000,
        "\u202eShips\u202c",
    ],
)
def test_a_headline_cannot_inject_a_header(title: str) -> None:
    # in the subject's language and alone, so that it stands in the subject
    message = parsed(mail(rendered([changed(stories()[0], title=title, updated=())])))
    assert message.keys() == HEADERS
    assert len(message["Subject"]) <= 200
    assert "\n" not in message["Subject"]
    assert [address.addr_spec for address in message["To"].addresses] == ["desk@example.org"]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.text(max_size=60), st.text(max_size=300))
def test_whatever_a_feed_says_the_mail_has_its_headers_and_parts(title: str, outlet: str, lead: str) -> None:
    story = changed(stories()[0], title=title, outlet=outlet, lead=lead, updated=())
    message = parsed(mail(rendered([story], charts=False)))
    assert message.keys() == HEADERS
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


@given(st.text(st.characters(), max_size=400))
def test_a_clean_header_is_one_short_line(text: str) -> None:
    clean = clean_header(text)
    assert len(clean) <= 200
    assert clean.splitlines() in ([], [clean])
    clean.encode()


def test_the_message_id_is_the_same_at_every_attempt_and_differs_by_list_day_and_recipient() -> None:
    one = message_id("daily", DAY, "desk@example.org", "monitor@example.org")
    assert one == message_id("daily", DAY, " Desk@Example.org ", "monitor@example.org")
    assert one.endswith("@example.org>")
    others = {
        message_id("weekly", DAY, "desk@example.org", "monitor@example.org"),
        message_id("daily", DAY + dt.timedelta(days=1), "desk@example.org", "monitor@example.org"),
        message_id("daily", DAY, "other@example.org", "monitor@example.org"),
    }
    assert len(others | {one}) == 4


def test_the_stored_mail_has_no_recipient_and_is_addressed_to_one_at_a_time() -> None:
    stored = compose_bytes(rendered(), OPTIONS)
    assert parsed(stored)["To"] is None
    first = address_to(stored, "a@example.org", "<1@example.org>")
    second = address_to(first, "b@bücher.example", "<2@example.org>")
    assert str(parsed(first)["To"]) == "a@example.org"
    assert str(parsed(second)["To"]) == "b@xn--bcher-kva.example"
    assert parsed(second)["Message-ID"] == "<2@example.org>"
    assert (
        parsed(second).get_body(("html",)).get_content() == parsed(stored).get_body(("html",)).get_content()
    )


def test_the_same_digest_gives_the_same_bytes() -> None:
    assert mail(rendered()) == mail(rendered())


@pytest.mark.parametrize(
    "address", ["", "desk", "a b@example.org", "a@example.org\r\nBcc: x@example.org", "dësk@example.org"]
)
def test_what_is_no_address_is_named(address: str) -> None:
    with pytest.raises(MailError, match=r"mail address|written to"):
        address_to(compose_bytes(rendered(), OPTIONS), address, "<1@example.org>")


def test_a_digest_of_500_long_stories_fits_into_a_mail() -> None:
    rows = [
        changed(
            stories()[n % 12], story_id=n, story_ids=(n,), title=f"{n} " + "заголовок " * 60,
            lead="текст " * 200, carried_by=(stories()[0].carried_by * 40), updated=(),
        )
        for n in range(1, 501)
    ]  # fmt: skip
    content = choose(spec(max_stories=500), PERIOD, rows, topics=TOPICS)
    safe = render_safely(
        content, labels(), RenderOptions(made_at=UNTIL, charts=False),
        measure=lambda made: len(compose_bytes(made, OPTIONS)), limit=MAX_BYTES,
    )  # fmt: skip
    assert len(compose_bytes(safe.rendered, OPTIONS)) <= MAX_BYTES
    assert len(safe.content.stories) + len(safe.content.left_out_ids) == 500
    assert len(safe.content.stories) >= 150


def test_a_trial_mail() -> None:
    data = plain_message(
        "desk@example.org",
        OPTIONS,
        subject="It\r\nworks",
        text="It works.\n",
        identifier="<trial@example.org>",
    )
    message = parsed(data)
    assert (message["Subject"], str(message["To"])) == ("It works", "desk@example.org")
