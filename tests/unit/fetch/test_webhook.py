"""A webhook gets its JSON once, and nothing inside is reached by it, whatever its address says."""

from __future__ import annotations

import asyncio
import datetime as dt
import json

import pytest

from monitor.fetch import FetchOptions, ask_json, networks, post_json
from monitor.types.fetching import Answered, FailureKind, FetchFailed, Posted
from tests.loopback import FakeDns, answer

OPEN = FetchOptions(allow_networks=networks(["127.0.0.0/8"]), timeout=5.0, contact="desk@example.org")
SHUT = FetchOptions(timeout=5.0)
PAYLOAD = {"title": "Двое \ud800 \u2028 stories", "n": 2}


async def post(server, options=OPEN, **more):
    return await post_json(server.url("/hook/s3cret?token=s3cret"), PAYLOAD, options, **more)


async def test_the_payload_arrives_as_json(raw_server) -> None:
    got: list[bytes] = []

    async def take(reader, writer, head):
        size = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if b"length" in line)
        got.append(await reader.readexactly(size))
        writer.write(answer(202, b"ok"))

    server = await raw_server(take)
    outcome = await post(server, headers={"Authorization": "Bearer abc"})
    assert isinstance(outcome, Posted) and outcome.status == 202
    assert json.loads(got[0]) == PAYLOAD and got[0].isascii()
    sent = server.sent()
    assert server.heads[0].startswith(b"POST /hook/s3cret?token=s3cret HTTP/1.1")
    assert (sent["content-type"], sent["authorization"]) == ("application/json", "Bearer abc")
    assert sent["user-agent"].endswith("(+desk@example.org)") and not sent.keys() & {"cookie", "referer"}


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1:{port}/x", "address_refused"),
        ("http://[::1]:{port}/x", "address_refused"),
        ("http://[::ffff:127.0.0.1]/x", "address_refused"),
        ("http://[64:ff9b::7f00:1]/x", "address_refused"),
        ("http://2130706433:{port}/x", "address_refused"),
        ("http://0x7f.1/x", "address_refused"),
        ("http://10.1.2.3/x", "address_refused"),
        ("http://169.254.169.254/latest", "address_refused"),
        ("http://inside.example:{port}/x", "address_refused"),
        ("https://user:pw@hooks.example/x", "userinfo_refused"),
        ("gopher://127.0.0.1:{port}/x", "scheme_refused"),
        ("http://outside.example:8080/x", "port_refused"),
        ("http://[bad", "bad_url"),
        ("/only/a/path", "scheme_refused"),
    ],
)
async def test_what_is_inside_is_refused_before_a_connection(raw_server, connects, url, code) -> None:
    server = await raw_server(answer(200))
    names = FakeDns({"inside.example": ["127.0.0.1"], "outside.example": ["93.184.215.14"]})
    outcome = await post_json(url.format(port=server.port), PAYLOAD, SHUT, lookup=names)
    assert isinstance(outcome, FetchFailed) and outcome.code == code, outcome
    assert outcome.kind is FailureKind.PERMANENT
    assert connects == [] and server.heads == []


async def test_a_name_that_changes_its_mind_gains_nothing(raw_server, connects) -> None:
    server = await raw_server(answer(200), host="127.0.0.2")
    names = FakeDns({"hooks.example": ["127.0.0.2", "127.0.0.1"]})
    options = FetchOptions(allow_networks=networks(["127.0.0.2/32"]), timeout=5.0)
    url = f"http://hooks.example:{server.port}/x"
    assert isinstance(await post_json(url, PAYLOAD, options, lookup=names), Posted)
    again = await post_json(url, PAYLOAD, options, lookup=names)
    assert isinstance(again, FetchFailed) and again.code == "address_refused"
    assert connects == [("127.0.0.2", server.port)]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(raw_server, connects, status) -> None:
    inside = await raw_server(answer(200))
    server = await raw_server(answer(status, b"", {"Location": inside.url()}), host="127.0.0.2")
    outcome = await post(server)
    assert isinstance(outcome, FetchFailed) and (outcome.code, outcome.status) == ("redirected", status)
    assert connects == [("127.0.0.2", server.port)] and inside.heads == []


async def test_no_proxy_of_the_environment_is_used(raw_server, monkeypatch) -> None:
    server, proxy = await raw_server(answer(200)), await raw_server(answer(200))
    monkeypatch.setenv("http_proxy", proxy.url(""))
    assert isinstance(await post(server), Posted)
    assert proxy.heads == []


@pytest.mark.parametrize(
    ("status", "headers", "kind", "wait"),
    [
        (429, {"Retry-After": "90"}, FailureKind.TRANSIENT, dt.timedelta(seconds=90)),
        (429, {}, FailureKind.TRANSIENT, dt.timedelta(minutes=10)),
        (503, {}, FailureKind.TRANSIENT, None),
        (404, {}, FailureKind.PERMANENT, None),
    ],
)
async def test_a_refusal_says_whether_and_when_to_come_back(raw_server, status, headers, kind, wait) -> None:
    outcome = await post(await raw_server(answer(status, b"no", headers)))
    assert isinstance(outcome, FetchFailed)
    assert (outcome.code, outcome.kind, outcome.retry_after) == (f"http_{status}", kind, wait)


async def test_a_silent_server_is_given_up_and_its_address_not_told(raw_server) -> None:
    async def hang(reader, writer, head):
        await asyncio.Event().wait()

    server = await raw_server(hang)
    outcome = await post(server, FetchOptions(allow_networks=OPEN.allow_networks, timeout=0.2))
    assert isinstance(outcome, FetchFailed) and outcome.code == "timeout"
    assert "s3cret" not in repr(outcome) and outcome.url == f"http://127.0.0.1:{server.port}"


async def test_what_json_cannot_say_is_an_error_before_anything_is_sent(raw_server) -> None:
    server = await raw_server(answer(200))
    with pytest.raises(ValueError, match="JSON"):
        await post_json(server.url(), {"n": float("nan")}, OPEN)
    assert server.heads == []


HASTY = FetchOptions(allow_networks=networks(["127.0.0.0/8"]), timeout=0.3)


async def silent(reader, writer, head):
    while await reader.read(65_536):
        pass


async def dripping(reader, writer, head):
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while not writer.is_closing():
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0)


async def test_an_answer_in_json_is_read(raw_server) -> None:
    server = await raw_server(answer(200, '{"said": "так"}'.encode()))
    got = await ask_json(server.url("/v1?token=s3cret"), PAYLOAD, OPEN)
    assert isinstance(got, Answered) and got.value == {"said": "так"} and "s3cret" not in got.url
    assert server.sent()["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("script", "code", "options"),
    [
        (answer(200, b" " * 100 + b"{}"), "too_big", OPEN),
        (answer(200, b"{", length=1_000_000_000), "timeout", HASTY),
        (silent, "timeout", HASTY),
        (dripping, "too_big", OPEN),
        (answer(200, b"\xff{"), "bad_response", OPEN),
        (answer(200, b"[" * 99), "bad_response", OPEN),
        (answer(204), "bad_response", OPEN),
        (answer(200, b"{}", {"Content-Encoding": "gzip"}), "encoding", OPEN),
        (answer(302, b"{}", {"Location": "/else"}), "redirected", OPEN),
        (answer(401, b"{}"), "http_401", OPEN),
    ],
    ids=["long", "lies", "silent", "endless", "no UTF-8", "cut", "empty", "packed", "moved", "refused"],
)
async def test_an_answer_that_is_no_json_in_time_and_size_is_a_failure(
    raw_server, script, code, options
) -> None:
    server = await raw_server(script)
    got = await ask_json(server.url("/v1"), PAYLOAD, options, most=100)
    assert isinstance(got, FetchFailed) and got.code == code and server.connections == 1


async def test_a_server_inside_is_not_asked_unless_it_is_allowed(raw_server) -> None:
    server = await raw_server(answer(200, b"{}"))
    got = await ask_json(server.url("/v1"), PAYLOAD, SHUT)
    assert isinstance(got, FetchFailed) and got.code == "address_refused" and server.connections == 0
