"""The mail tests call their server `server`."""

from __future__ import annotations

import pytest

from tests.mail_server import Server


@pytest.fixture
def server(smtp_server: Server) -> Server:
    """Plain SMTP without login."""
    return smtp_server
