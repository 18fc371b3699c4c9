"""A real SMTP server on loopback that takes mails, or refuses, delays and cuts as a test asks."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "monitor", "s3cret-of-the-test"


@dataclass
class Box:
    """What arrived, and how the server behaves."""

    mails: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    on_sender: str = ""
    on_recipient: str = ""
    on_data: str = ""
    cut: bool = False

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str,  # noqa: N802
                          options: list[str]) -> str:  # fmt: skip
        if not self.on_sender:
            envelope.mail_from = address
        return self.on_sender or "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str,  # noqa: N802
                          options: list[str]) -> str:  # fmt: skip
        if not self.on_recipient:
            envelope.rcpt_tos.append(address)
        return self.on_recipient or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.on_data:
            return self.on_data
        assert isinstance(envelope.original_content, bytes)
        self.mails.append(envelope.original_content)
        self.envelopes.append((str(envelope.mail_from), envelope.rcpt_tos))
        if self.cut:
            assert server.transport is not None
            server.transport.abort()
        return "250 2.0.0 taken"


class _OnSocket(Controller):
    """A server on a socket that is bound already: no other test can take its port."""

    listener: socket.socket

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self.listener, ssl=self.ssl_context)


@dataclass(frozen=True)
class Server:
    """A running server: where it is, and its box."""

    host: str
    port: int
    box: Box


def _login(_server: Any, _session: Any, _envelope: Any, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=good, handled=good)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-made certificate for 127.0.0.1 with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    start = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(start).not_valid_after(start + dt.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def trusting(certificate: Path) -> ssl.SSLContext:
    """A client that trusts the server's certificate, and only that."""
    return ssl.create_default_context(cafile=str(certificate))


def _serve(box: Box | None = None, **options: Any) -> Iterator[Server]:
    box = box or Box()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        controller = _OnSocket(box, hostname="127.0.0.1", port=port, **options)
        controller.listener = listener
        controller.start()
        try:
            yield Server("127.0.0.1", port, box)
        finally:
            controller.stop()


serve = contextmanager(_serve)
"""The same for one `with`, with a box of one's own."""


@pytest.fixture
def smtp_server() -> Iterator[Server]:
    """Plain SMTP without login."""
    yield from _serve()


@pytest.fixture
def secure_server(certificate: Path) -> Iterator[Server]:
    """STARTTLS required, then login required."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    yield from _serve(tls_context=context, require_starttls=True, auth_required=True, authenticator=_login)


@pytest.fixture
def tls_server(certificate: Path) -> Iterator[Server]:
    """TLS from the first byte, login required."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    yield from _serve(ssl_context=context, auth_required=True, auth_require_tls=False, authenticator=_login)
