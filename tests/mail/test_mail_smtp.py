"""What became of a mail, by the step at which the dialogue ended."""

from __future__ import annotations

import pickle
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from monitor.mail.smtp import Deferred, Outcome, Rejected, Sent, SmtpOptions, Unknown, send
from monitor.types.secret import Secret
from tests.mail_server import PASSWORD, USER, Server

# the TLS server asks for a login without STARTTLS, which is what implicit TLS is
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
MAIL = b"From: monitor@example.org\r\nTo: desk@example.org\r\nSubject: x\r\n\r\n.dot\r\nbody\r\n"


def options(server: Server, **values: object) -> SmtpOptions:
    return SmtpOptions(host=server.host, port=server.port, timeout=5, **values)  # type: ignore[arg-type]


def deliver(server: Server, **values: object) -> Outcome:
    return send(
        MAIL, sender="monitor@example.org", recipient="desk@example.org", options=options(server, **values)
    )


def login(**values: object) -> dict[str, object]:
    return {"username": USER, "password": Secret(PASSWORD), **values}


def test_a_mail_arrives_as_it_was_made(server: Server) -> None:
    assert deliver(server) == Sent(code=250, detail="2.0.0 taken")
    assert server.box.mails == [MAIL]
    assert server.box.envelopes == [("monitor@example.org", ["desk@example.org"])]


def test_line_ends_become_crlf_on_the_wire(server: Server) -> None:
    send(b"Subject: x\n\n.a\nb", sender="m@example.org", recipient="d@example.org", options=options(server))
    assert server.box.mails == [b"Subject: x\r\n\r\n.a\r\nb\r\n"]


def test_an_international_domain_is_written_in_ascii(server: Server) -> None:
    send(MAIL, sender="m@example.org", recipient="d@bücher.example", options=options(server))
    assert server.box.envelopes[0][1] == ["d@xn--bcher-kva.example"]


def test_starttls_and_login(secure_server: Server, trusting: ssl.SSLContext) -> None:
    outcome = deliver(secure_server, security="starttls", context=trusting, **login())
    assert isinstance(outcome, Sent)


def test_tls_from_the_first_byte(tls_server: Server, trusting: ssl.SSLContext) -> None:
    assert isinstance(deliver(tls_server, security="tls", context=trusting, **login()), Sent)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_an_untrusted_certificate_is_refused_and_is_a_matter_of_set_up(
    security: str, secure_server: Server, tls_server: Server
) -> None:
    server = secure_server if security == "starttls" else tls_server
    outcome = deliver(server, security=security, **login())
    assert isinstance(outcome, Deferred)
    assert (outcome.stage, outcome.setup) == ("tls", True)
    assert "CERTIFICATE_VERIFY_FAILED" in outcome.detail
    assert server.box.mails == []


def test_a_server_without_starttls_gets_nothing(server: Server) -> None:
    outcome = deliver(server, security="starttls")
    assert isinstance(outcome, Deferred)
    assert (outcome.stage, outcome.setup) == ("tls", True)


def test_a_wrong_password_is_a_matter_of_set_up_and_is_never_shown(
    secure_server: Server, trusting: ssl.SSLContext
) -> None:
    wrong = {"username": USER, "password": Secret("wr0ng-and-secret")}
    outcome = deliver(secure_server, security="starttls", context=trusting, **wrong)
    assert isinstance(outcome, Deferred)
    assert (outcome.stage, outcome.code, outcome.setup) == ("login", 535, True)
    assert "wr0ng" not in repr(outcome)
    assert "wr0ng" not in repr(options(secure_server, **wrong))


def test_a_password_that_smtp_cannot_carry_is_named_without_being_shown(
    secure_server: Server, trusting: ssl.SSLContext
) -> None:
    odd = {"username": USER, "password": Secret("pässwort")}
    outcome = deliver(secure_server, security="starttls", context=trusting, **odd)
    assert isinstance(outcome, Deferred)
    assert outcome.setup
    assert "pässwort" not in repr(outcome)


def test_a_password_is_not_sent_unencrypted_to_another_machine() -> None:
    # refused before anything is looked up or connected
    far = SmtpOptions(host="mail.example.org", port=25, username=USER, password=Secret(PASSWORD))
    outcome = send(MAIL, sender="m@example.org", recipient="d@example.org", options=far)
    assert outcome == Deferred(
        stage="login", code=None, setup=True,
        detail="the password would be sent unencrypted: set mail.security to starttls or tls",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "hold"),
    [
        ("550 5.1.1 no such user", True),
        ("550 no such user", True),
        ("550 5.7.1 relaying denied", False),
        ("554 no", False),
        ("552 5.2.2 mailbox full", False),
    ],
)
def test_a_refused_recipient_is_held_only_if_the_address_is_at_fault(
    server: Server, answer: str, hold: bool
) -> None:
    server.box.on_recipient = answer
    code, _, detail = answer.partition(" ")
    assert deliver(server) == Rejected(stage="recipient", code=int(code), detail=detail, hold=hold)


def test_a_refused_text_is_permanent_for_this_mail(server: Server) -> None:
    server.box.on_data = "554 5.6.0 looks like spam"
    assert deliver(server) == Rejected(stage="data", code=554, detail="5.6.0 looks like spam")


@pytest.mark.parametrize("where", ["on_recipient", "on_data", "on_sender"])
def test_a_temporary_failure_is_tried_again(server: Server, where: str) -> None:
    setattr(server.box, where, "451 4.3.0 try later")
    outcome = deliver(server)
    assert isinstance(outcome, Deferred)
    assert (outcome.code, outcome.setup) == (451, False)


def test_a_refused_sender_is_a_matter_of_set_up(server: Server) -> None:
    server.box.on_sender = "550 5.7.1 not your domain"
    outcome = deliver(server)
    assert isinstance(outcome, Deferred)
    assert (outcome.stage, outcome.setup) == ("sender", True)


def test_a_line_cut_between_the_final_dot_and_the_answer_leaves_the_outcome_unknown(server: Server) -> None:
    server.box.cut = True
    assert isinstance(deliver(server), Unknown)
    assert len(server.box.mails) == 1


def test_a_mail_does_not_go_where_it_may_not_be_handed_over(server: Server) -> None:
    def taken_over() -> None:
        raise LookupError("another worker has it")

    options = SmtpOptions(host=server.host, port=server.port)
    with pytest.raises(LookupError):
        send(MAIL, sender="m@example.org", recipient="d@example.org", options=options, handing=taken_over)
    assert server.box.mails == []


@contextmanager
def scripted(*replies: bytes, hang: bool = False) -> Iterator[Server]:
    """A server that answers each line with the next reply, then cuts the line, or keeps it open."""
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def talk() -> None:
        peer, _ = listener.accept()
        with peer, peer.makefile("rb") as lines:
            peer.sendall(b"220 scripted\r\n")
            for reply in replies:
                lines.readline()
                peer.sendall(reply)
            if hang:
                done.wait(30)

    thread = threading.Thread(target=talk, daemon=True)
    thread.start()
    try:
        yield Server("127.0.0.1", listener.getsockname()[1], box=None)  # type: ignore[arg-type]
    finally:
        done.set()
        listener.close()
        thread.join(10)


def test_a_line_cut_before_the_text_was_asked_for_is_surely_not_taken() -> None:
    with scripted(b"250 hello\r\n", b"250 ok\r\n", b"250 ok\r\n") as server:
        outcome = deliver(server)
    assert isinstance(outcome, Deferred)
    assert (outcome.stage, outcome.setup) == ("data", False)


def test_no_answer_in_time_after_the_text_leaves_the_outcome_unknown() -> None:
    replies = (b"250 hello\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n")
    with scripted(*replies, hang=True) as server:
        short = SmtpOptions(host=server.host, port=server.port, timeout=0.2)
        outcome = send(MAIL, sender="m@example.org", recipient="d@example.org", options=short)
    assert isinstance(outcome, Unknown)


def test_a_server_that_is_not_there_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    outcome = send(
        MAIL, sender="m@example.org", recipient="d@example.org",
        options=SmtpOptions(host="127.0.0.1", port=port, timeout=2),
    )  # fmt: skip
    assert isinstance(outcome, Deferred)
    assert (outcome.stage, outcome.setup) == ("connect", False)


def test_a_secret_is_used_and_never_shown() -> None:
    secret = Secret("hidden")
    assert (secret.reveal(), bool(secret), bool(Secret(""))) == ("hidden", True, False)
    assert f"{secret} {secret!r} {[secret]}" == "*** *** [***]"
    assert secret.hide_in("got hidden back") == "got *** back"
    with pytest.raises(TypeError, match="not written"):
        pickle.dumps(secret)
