"""One fetch against real servers: what is sent, what comes of each answer, and that nothing goes on for ever."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import hashlib
import ssl
import zlib

import brotli
import pytest

from monitor.fetch import FetchRequest
from monitor.types.fetching import FailureKind, Fetched, FetchFailed, NotModified
from monitor.types.source import Validators
from tests.loopback import FakeDns, answer, gzipped

FEED = b"<rss><channel>" + b"<item><title>A port opens</title></item>" * 40 + b"</channel></rss>"


def sha(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


async def ask(fetcher, server, **changes):
    return await fetcher.fetch(FetchRequest(url=server.url(), **changes))


class TestWhatIsSent:
    async def test_an_honest_name_and_no_needless_headers(self, make_fetcher, raw_server) -> None:
        server = await raw_server(answer(200, FEED))
        fetcher = await make_fetcher(contact="desk@example.org\r\nX-Evil: 1")
        await ask(fetcher, server)
        sent = server.sent()
        assert sent["user-agent"].startswith("news-monitor/")
        assert sent["user-agent"].endswith("(+desk@example.orgX-Evil:1)")
        assert "application/rss+xml" in sent["accept"]
        assert sent["accept-encoding"] == "gzip, br"
        assert not sent.keys() & {"cookie", "referer", "x-evil", "if-none-match", "if-modified-since"}

    async def test_cookies_never_come_back(self, fetcher, raw_server) -> None:
        server = await raw_server(answer(200, FEED, {"Set-Cookie": "id=1; Path=/"}))
        await ask(fetcher, server)
        await ask(fetcher, server)
        assert "cookie" not in server.sent()

    async def test_a_connection_is_kept_only_for_feeds_that_wait_for_it(
        self, make_fetcher, raw_server
    ) -> None:
        server = await raw_server(answer(200, FEED))
        fetcher = await make_fetcher(per_host=1)
        await asyncio.gather(*(fetcher.fetch(FetchRequest(url=server.url(f"/{n}"))) for n in range(4)))
        assert server.connections == 1
        # the first starts before the others have queued, the last has nobody behind it
        assert [server.sent(n).get("connection") for n in range(4)] == ["close", None, None, "close"]

    @pytest.mark.parametrize(
        ("etag", "modified"),
        [
            ('"a-1"', "Sun, 22 Nov 2026 10:00:00 GMT"),
            ('W/"weak"', "Sunday, 22-Nov-26 10:00:00 GMT"),
            ("unquoted-1", "Sun Nov 22 10:00:00 2026"),
            ('"abc-gzip"', "yesterday, about noon"),
            ('"ключ"', "2026-11-22"),
        ],
    )
    async def test_validators_go_back_byte_for_byte(self, fetcher, raw_server, etag, modified) -> None:
        server = await raw_server(answer(200, FEED, {"ETag": etag, "Last-Modified": modified}), answer(304))
        first = await ask(fetcher, server)
        assert first.validators == Validators(etag=etag, last_modified=modified, body_sha256=sha(FEED))
        second = await ask(fetcher, server, validators=first.validators)
        assert isinstance(second, NotModified) and not second.by_hash
        assert second.validators == first.validators
        assert f"If-None-Match: {etag}\r\n".encode() in server.heads[1]
        assert f"If-Modified-Since: {modified}\r\n".encode() in server.heads[1]

    @pytest.mark.parametrize("etag", ["x\r\nX-Evil: 1", "x\nX-Evil: 1", "x\x00", "\ud800", "e" * 1025, ""])
    async def test_a_stored_validator_cannot_inject_a_header(self, fetcher, raw_server, etag) -> None:
        server = await raw_server(answer(200, FEED))
        await ask(fetcher, server, validators=Validators(etag=etag, last_modified=etag))
        assert not server.sent().keys() & {"if-none-match", "if-modified-since", "x-evil"}

    @pytest.mark.parametrize("etag", [b"bad\xffbyte", b"tab\tinside", b"e" * 1025])
    async def test_a_validator_that_cannot_be_echoed_is_not_kept(self, fetcher, raw_server, etag) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nETag: " + etag + b"\r\n\r\n<rss/>"
        outcome = await ask(fetcher, await raw_server(head))
        assert isinstance(outcome, Fetched) and outcome.validators.etag is None

    async def test_unconditional_sends_no_validators_and_the_hash_still_counts(
        self, fetcher, raw_server
    ) -> None:
        server = await raw_server(answer(200, FEED, {"ETag": '"2"'}))
        known = Validators(etag='"1"', body_sha256=sha(FEED))
        outcome = await ask(fetcher, server, validators=known, unconditional=True)
        assert "if-none-match" not in server.sent()
        assert isinstance(outcome, NotModified) and outcome.by_hash and outcome.status == 200
        assert outcome.validators == Validators(etag='"2"', body_sha256=sha(FEED))


class TestBodies:
    @pytest.mark.parametrize(
        ("encoding", "packed"),
        [
            ("", FEED),
            ("identity", FEED),
            ("gzip", gzip.compress(FEED, mtime=0)),
            ("GZIP", gzip.compress(FEED, mtime=0)),
            ("x-gzip", gzip.compress(FEED[:50], mtime=0) + gzip.compress(FEED[50:])),
            ("gzip", gzip.compress(FEED, mtime=0) + b"\0" * 20),
            ("deflate", zlib.compress(FEED)),
            ("deflate", zlib.compress(FEED)[2:-4]),
            ("br", brotli.compress(FEED)),
        ],
    )
    async def test_one_layer_is_unpacked(self, fetcher, raw_server, encoding, packed) -> None:
        server = await raw_server(answer(200, packed, {"Content-Encoding": encoding}))
        outcome = await ask(fetcher, server)
        assert isinstance(outcome, Fetched) and outcome.body == FEED
        assert outcome.wire_bytes == len(packed)
        assert outcome.validators.body_sha256 == sha(FEED)

    @pytest.mark.parametrize("piece", [1, 7, 1000])
    async def test_a_body_may_come_in_pieces(self, fetcher, raw_server, piece) -> None:
        packed = gzip.compress(FEED, mtime=0)

        async def drip(reader, writer, head):
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n")
            for i in range(0, len(packed), piece):
                part = packed[i : i + piece]
                writer.write(b"%x\r\n%s\r\n" % (len(part), part))
                await writer.drain()
            writer.write(b"0\r\n\r\n")

        outcome = await ask(fetcher, await raw_server(drip))
        assert isinstance(outcome, Fetched) and outcome.body == FEED

    async def test_an_unchanged_body_is_known_by_its_hash(self, fetcher, raw_server) -> None:
        server = await raw_server(gzipped(FEED, {"ETag": '"1"'}), gzipped(FEED, {"ETag": '"2"'}))
        first = await ask(fetcher, server)
        second = await ask(fetcher, server, validators=first.validators)
        assert isinstance(second, NotModified) and second.by_hash
        assert second.validators.etag == '"2"'

    @pytest.mark.parametrize(
        ("make", "code"),
        [
            (lambda: answer(200, FEED, {"Content-Encoding": "gzip"}), "encoding"),
            (lambda: answer(200, b"", {"Content-Encoding": "zstd"}), "encoding"),
            (
                lambda: answer(
                    200, gzip.compress(gzip.compress(FEED, mtime=0)), {"Content-Encoding": "gzip, gzip"}
                ),
                "encoding",
            ),
            (
                lambda: answer(
                    200, gzip.compress(gzip.compress(FEED, mtime=0)), {"Content-Encoding": "gzip"}
                ),
                "encoding",
            ),
            (lambda: answer(200, gzip.compress(FEED, mtime=0)), "encoding"),
            (lambda: answer(200, brotli.compress(FEED)[:-9], {"Content-Encoding": "br"}), "truncated"),
            (
                lambda: answer(200, gzip.compress(FEED, mtime=0)[:-9], {"Content-Encoding": "gzip"}),
                "truncated",
            ),
            (lambda: answer(200, zlib.compress(FEED)[:1], {"Content-Encoding": "deflate"}), "truncated"),
            (lambda: answer(200, gzip.compress(bytes(30_000_000)), {"Content-Encoding": "gzip"}), "bomb"),
            (
                lambda: answer(
                    200, brotli.compress(bytes(30_000_000), quality=4), {"Content-Encoding": "br"}
                ),
                "bomb",
            ),
            (lambda: answer(200, zlib.compress(bytes(30_000_000)), {"Content-Encoding": "deflate"}), "bomb"),
        ],
    )
    async def test_bodies_that_lie_are_refused(self, fetcher, raw_server, make, code) -> None:
        outcome = await ask(fetcher, await raw_server(make()))
        assert isinstance(outcome, FetchFailed) and outcome.code == code

    async def test_sizes_are_capped_packed_and_unpacked(self, make_fetcher, raw_server) -> None:
        fetcher = await make_fetcher(max_body=1000, max_wire=500)
        assert (await ask(fetcher, await raw_server(gzipped(b"a" * 1000)))).body == b"a" * 1000
        assert (await ask(fetcher, await raw_server(gzipped(b"a" * 1001)))).code == "too_big"
        assert (await ask(fetcher, await raw_server(answer(200, bytes(501))))).code == "too_big"

    async def test_an_endless_body_is_cut_off(self, make_fetcher, raw_server) -> None:
        async def endless(reader, writer, head):
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while True:
                writer.write(b"10000\r\n" + bytes(0x10000) + b"\r\n")
                await writer.drain()

        fetcher = await make_fetcher(max_body=500_000, max_wire=500_000)
        outcome = await ask(fetcher, await raw_server(endless))
        assert outcome.code == "too_big"
        assert outcome.wire_bytes <= 1_000_000

    async def test_a_body_can_be_cut_on_request(self, fetcher, raw_server) -> None:
        server = await raw_server(gzipped(FEED))
        outcome = await ask(fetcher, server, max_body=100, cut=True)
        assert isinstance(outcome, Fetched) and outcome.body == FEED[:100]

    async def test_a_length_that_is_not_kept_is_truncation(self, fetcher, raw_server) -> None:
        async def short(reader, writer, head):
            writer.write(answer(200, FEED, {"ETag": '"1"'}, length=len(FEED) + 10))

        outcome = await ask(fetcher, await raw_server(short))
        assert isinstance(outcome, FetchFailed) and outcome.code == "truncated"
        assert outcome.kind is FailureKind.TRANSIENT

    async def test_chunks_that_stop_are_truncation(self, fetcher, raw_server) -> None:
        async def short(reader, writer, head):
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")

        assert (await ask(fetcher, await raw_server(short))).code == "truncated"


class TestBrokenServers:
    async def test_silence_ends_at_the_deadline(self, make_fetcher, raw_server) -> None:
        async def hang(reader, writer, head):
            await asyncio.sleep(60)

        outcome = await ask(await make_fetcher(timeout=0.05), await raw_server(hang))
        assert outcome.code == "timeout" and outcome.kind is FailureKind.TRANSIENT

    @pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\n\r\n"])
    async def test_a_drip_does_not_push_the_deadline_back(self, make_fetcher, raw_server, start) -> None:
        async def drip(reader, writer, head):
            writer.write(start)
            while True:
                writer.write(b"a")
                await writer.drain()
                await asyncio.sleep(0.01)

        outcome = await ask(await make_fetcher(timeout=0.1), await raw_server(drip))
        assert outcome.code == "timeout"

    async def test_the_deadline_covers_all_hops_together(self, make_fetcher, raw_server) -> None:
        async def later(reader, writer, head):
            await asyncio.sleep(0.02)
            writer.write(answer(302, headers={"Location": f"/{len(server.heads)}"}))

        server = await raw_server(later)
        outcome = await ask(await make_fetcher(timeout=0.3, max_redirects=1000), server)
        assert outcome.code == "timeout" and outcome.redirects

    async def test_the_deadline_covers_the_dns(self, make_fetcher) -> None:
        class SlowDns(FakeDns):
            async def resolve(self, *args, **kwargs):
                await asyncio.sleep(60)

        outcome = await (await make_fetcher(timeout=0.2, lookup=SlowDns({}))).fetch(
            FetchRequest(url="http://slow.test/")
        )
        assert outcome.code in {"dns", "connect"}

    @pytest.mark.parametrize(
        ("said", "codes"),
        [
            (b"", {"reset"}),
            (b"\x16\x03\x01 this is not HTTP\r\n\r\n", {"bad_response"}),
            (b"HTTP/1.1 abc\r\n\r\n", {"bad_response"}),
            (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", {"bad_response"}),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello", {"bad_response"}),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", {"bad_response", "truncated"}),
            (b"HTTP/1.1 200 OK\r\n" + b"X-Big: " + b"a" * 20_000 + b"\r\n\r\n", {"bad_response"}),
            (b"HTTP/1.1 200 OK\r\n" + b"X-Many: a\r\n" * 200_000 + b"\r\n", {"bad_response"}),
        ],
    )  # fmt: skip
    async def test_what_is_not_http_is_a_value(self, fetcher, raw_server, said, codes) -> None:
        async def speak(reader, writer, head):
            writer.write(said)
            await writer.drain()

        outcome = await ask(fetcher, await raw_server(speak))
        assert isinstance(outcome, FetchFailed) and outcome.code in codes
        assert outcome.detail.isprintable()

    async def test_a_reset_is_a_value(self, fetcher, raw_server) -> None:
        async def reset(reader, writer, head):
            writer.transport.abort()

        assert (await ask(fetcher, await raw_server(reset))).code == "reset"

    async def test_nobody_listening_is_a_value(self, fetcher, raw_server, unused_tcp_port) -> None:
        outcome = await fetcher.fetch(FetchRequest(url=f"http://127.0.0.1:{unused_tcp_port}/"))
        assert outcome.code == "connect" and outcome.kind is FailureKind.TRANSIENT

    async def test_a_name_that_does_not_resolve_is_a_value(self, make_fetcher) -> None:
        fetcher = await make_fetcher(lookup=FakeDns({}))
        assert (await fetcher.fetch(FetchRequest(url="http://nowhere.test/"))).code == "dns"

    async def test_plain_text_where_tls_is_expected(self, fetcher) -> None:
        async def speak(reader, writer):
            writer.write(answer(400, b"plain HTTP was sent to an HTTPS port"))
            writer.close()

        async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            outcome = await fetcher.fetch(FetchRequest(url=f"https://127.0.0.1:{port}/"))
        assert outcome.code == "tls"

    @pytest.mark.parametrize(
        "url", ["http://[::1", "http://x:99999/", "http://", "http://exa mple.org:bad/", "\x00"]
    )
    async def test_an_address_that_is_none(self, fetcher, url) -> None:
        outcome = await fetcher.fetch(FetchRequest(url=url))
        assert outcome.code in {"bad_url", "scheme_refused"} and outcome.kind is FailureKind.PERMANENT
        assert outcome.url.isprintable()


class TestStatuses:
    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            (400, FailureKind.PERMANENT), (401, FailureKind.PERMANENT), (403, FailureKind.PERMANENT),
            (404, FailureKind.PERMANENT), (410, FailureKind.PERMANENT), (451, FailureKind.PERMANENT),
            (408, FailureKind.TRANSIENT), (429, FailureKind.TRANSIENT), (500, FailureKind.TRANSIENT),
            (503, FailureKind.TRANSIENT), (304, FailureKind.SOFT), (206, FailureKind.SOFT), (300, FailureKind.SOFT),
        ],
    )  # fmt: skip
    async def test_a_status_is_a_code_with_a_weight(self, fetcher, raw_server, status, kind) -> None:
        outcome = await ask(fetcher, await raw_server(answer(status, b"" if status == 304 else b"no")))
        assert isinstance(outcome, FetchFailed)
        assert (outcome.code, outcome.kind, outcome.status) == (f"http_{status}", kind, status)

    @pytest.mark.parametrize("status", [403, 503, 200])
    @pytest.mark.parametrize(
        ("headers", "body"),
        [
            ({"cf-mitigated": "challenge"}, b"<html>"),
            ({"x-amzn-waf-action": "challenge"}, b""),
            ({}, b"<html><body>This service is not available in your country.</body></html>"),
            ({}, b"<html>The distribution is configured to block access from your country.</html>"),
            ({}, b"<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>"),
            (
                {"Content-Encoding": "gzip"},
                gzip.compress(b"<html><title>Just a moment...</title></html>", mtime=0),
            ),
        ],
    )
    async def test_a_bot_check_is_blocked_not_dead(self, fetcher, raw_server, status, headers, body) -> None:
        outcome = await ask(fetcher, await raw_server(answer(status, body, headers)))
        assert isinstance(outcome, FetchFailed) and outcome.code == "blocked"
        assert outcome.kind is FailureKind.SOFT

    async def test_a_feed_may_write_about_bot_checks(self, fetcher, raw_server) -> None:
        body = (
            b"<rss><channel><title>Just a moment...</title><description>not available in your country"
            b"</description></channel></rss>"
        )
        assert isinstance(await ask(fetcher, await raw_server(answer(200, body))), Fetched)


NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


class TestRetryAfter:
    @pytest.mark.parametrize(
        ("status", "headers", "seconds"),
        [
            (429, {"Retry-After": "120"}, 120),
            (503, {"Retry-After": "120"}, 120),
            (429, {"Retry-After": "1.5"}, 2),
            (429, {}, 600),
            (429, {"Retry-After": "soon"}, 600),
            (429, {"Retry-After": "-5"}, 600),
            (429, {"Retry-After": "99999999999"}, 86400),
            (503, {}, None),
            (503, {"Retry-After": "0"}, None),
            (500, {"Retry-After": "120"}, None),
            # a date counts from the server's own clock, right or wrong
            (503, {"Retry-After": "Sun, 22 Nov 2026 12:05:00 GMT"}, 300),
            (
                503,
                {"Retry-After": "Sat, 01 Jan 2000 00:10:00 GMT", "Date": "Sat, 01 Jan 2000 00:00:00 GMT"},
                600,
            ),
            (
                429,
                {"Retry-After": "Saturday, 01-Jan-00 00:10:00 GMT", "Date": "Sat Jan  1 00:00:00 2000"},
                600,
            ),
            (503, {"Retry-After": "Fri, 01 Jan 2100 00:00:00 GMT"}, 86400),
            (503, {"Retry-After": "Sat, 01 Jan 2000 00:00:00 GMT"}, None),
        ],
    )
    async def test_seconds_and_dates(self, make_fetcher, raw_server, status, headers, seconds) -> None:
        fetcher = await make_fetcher(now=lambda: NOW)
        outcome = await ask(fetcher, await raw_server(answer(status, b"later", headers)))
        assert outcome.retry_after == (None if seconds is None else dt.timedelta(seconds=seconds))

    async def test_a_host_that_says_stop_is_not_asked_again_by_any_feed(
        self, make_fetcher, raw_server
    ) -> None:
        now = [NOW]
        server = await raw_server(answer(429, b"", {"Retry-After": "60"}), answer(200, FEED))
        fetcher = await make_fetcher(now=lambda: now[0], per_host=1)
        outcomes = await asyncio.gather(
            *(fetcher.fetch(FetchRequest(url=server.url(f"/{n}.xml"))) for n in range(5))
        )
        assert [o.code for o in outcomes] == ["http_429", *["host_stopped"] * 4]
        assert {o.kind for o in outcomes[1:]} == {FailureKind.OURS}
        assert len(server.heads) == 1
        now[0] += dt.timedelta(seconds=59)
        assert (await ask(fetcher, server)).retry_after == dt.timedelta(seconds=1)
        now[0] += dt.timedelta(seconds=1)
        assert isinstance(await ask(fetcher, server), Fetched)

    async def test_stops_known_from_earlier_hold(self, make_fetcher, raw_server) -> None:
        server = await raw_server(answer(200, FEED))
        fetcher = await make_fetcher(now=lambda: NOW, stops={"127.0.0.1": NOW + dt.timedelta(hours=1)})
        assert (await ask(fetcher, server)).code == "host_stopped"
        assert server.heads == []


class TestRedirects:
    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    async def test_each_hop_is_recorded(self, fetcher, raw_server, status) -> None:
        server = await raw_server(answer(status, b"moved", {"Location": "new.xml#top"}), answer(200, FEED))
        outcome = await ask(fetcher, server)
        assert isinstance(outcome, Fetched) and outcome.url == server.url("/new.xml")
        assert [(hop.status, hop.url) for hop in outcome.redirects] == [(status, server.url("/new.xml"))]
        assert server.paths() == ["/feed.xml", "/new.xml"]
        assert "referer" not in server.sent()

    async def test_validators_and_304_work_behind_a_redirect(self, fetcher, raw_server) -> None:
        server = await raw_server(answer(302, headers={"Location": "/b"}), answer(304))
        outcome = await ask(fetcher, server, validators=Validators(etag='"1"'))
        assert isinstance(outcome, NotModified) and outcome.redirects[0].status == 302

    async def test_a_loop_ends(self, fetcher, raw_server) -> None:
        server = await raw_server(
            answer(302, headers={"Location": "/b"}), answer(302, headers={"Location": "/feed.xml"})
        )
        assert (await ask(fetcher, server)).code == "redirect_loop"
        assert len(server.heads) == 2

    async def test_a_chain_ends_after_five(self, fetcher, raw_server) -> None:
        server = await raw_server(*(answer(302, headers={"Location": f"/{n}"}) for n in range(12)))
        outcome = await ask(fetcher, server)
        assert outcome.code == "too_many_redirects" and outcome.kind is FailureKind.SOFT
        assert len(server.heads) == 6

    @pytest.mark.parametrize(
        "location", [None, "", "http://[::1", "http://x:99999/", "http://a\xff\xfe:x/"], ids=repr
    )
    async def test_a_location_that_is_none(self, fetcher, raw_server, location) -> None:
        headers = {} if location is None else {"Location": location}
        outcome = await ask(fetcher, await raw_server(answer(301, headers=headers)))
        assert outcome.code == "bad_response" and outcome.status == 301

    async def test_the_body_of_a_redirect_is_not_read(self, make_fetcher, raw_server) -> None:
        bomb = gzip.compress(bytes(10_000_000))
        server = await raw_server(
            answer(302, bomb, {"Location": "/b", "Content-Encoding": "gzip"}), answer(200, FEED)
        )
        outcome = await ask(await make_fetcher(max_body=100_000, max_wire=5_000), server)
        assert isinstance(outcome, Fetched) and outcome.wire_bytes == len(FEED)


async def test_outcomes_carry_headers_that_matter_and_no_cookies(fetcher, raw_server) -> None:
    headers = [("Cache-Control", "max-age=60"), ("Set-Cookie", "a=b"), ("TDM-Reservation", "1"), ("X-Other", "1"),
               ("X-Robots-Tag", "noai"), ("X-Robots-Tag", "noindex"), ("ETag", '"1"'), ("ETag", '"2"')]  # fmt: skip
    outcome = await ask(fetcher, await raw_server(answer(200, FEED, headers)))
    assert outcome.headers["cache-control"] == "max-age=60"
    assert outcome.headers["x-robots-tag"] == "noai, noindex"
    assert outcome.headers["tdm-reservation"] == "1"
    assert not outcome.headers.keys() & {"set-cookie", "x-other"}
    assert outcome.validators.etag == '"1"'


async def test_a_reason_phrase_cannot_forge_a_log_line(fetcher, raw_server) -> None:
    said = b"HTTP/1.1 404 No\x1b[31m \xe2\x80\xaeERROR root login ok\r\nContent-Length: 0\r\n\r\n"
    outcome = await ask(fetcher, await raw_server(said))
    assert outcome.code in {"http_404", "bad_response"}
    assert outcome.detail.isprintable() and "\u202e" not in outcome.detail


async def test_a_certificate_nobody_signed_is_a_tls_failure(make_fetcher, tls_context) -> None:
    server = await asyncio.start_server(lambda r, w: w.close(), "127.0.0.1", 0, ssl=tls_context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        outcome = await (await make_fetcher()).fetch(FetchRequest(url=f"https://127.0.0.1:{port}/"))
    assert outcome.code == "tls" and outcome.kind is FailureKind.SOFT


@pytest.fixture(scope="session")
def tls_context(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A server context with a certificate signed by itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
