"""The Fetcher against the simulator of broken outlets: the right code for each fault, and nothing beyond."""

from __future__ import annotations

import asyncio
import json
import resource
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.fetch import Fetcher, FetchOptions, FetchRequest, networks
from monitor.types.fetching import Fetched, NotModified

OUTLETS = networks([f"127.0.0.{n}/32" for n in range(2, 22)])

CODES = {
    "http_404": "http_404", "http_410": "http_410", "http_401": "http_401", "http_451": "http_451",
    "http_403": "blocked", "http_500_recover": "http_500", "http_429_retry": "http_429",
    "http_429_date": "http_429", "http_503_retry": "http_503", "http_503_date": "http_503",
    "http_429_bare": "http_429", "redirect_no_location": "bad_response", "redirect_loop": "redirect_loop",
    "redirect_chain_12": "too_many_redirects", "redirect_file": "scheme_refused",
    "redirect_schemes": "scheme_refused", "redirect_metadata": "address_refused", "hang": "timeout",
    "slow_drip": "timeout", "truncated": "truncated", "reset": "reset", "garbage_http": "bad_response",
    "huge_headers": "bad_response", "gzip_bomb": "bomb", "gzip_lie": "encoding", "big_50mb": "too_big",
}  # fmt: skip
WHOLE = [
    "http_301", "http_302", "http_307", "http_308", "set_cookie", "etag_always_new", "lm_weak_formats",
    "etag_unquoted", "cache_absurd", "cache_negative", "title_1mb", "redos_text", "items_10000", "enc_utf16",
    "nul_chars", "html_instead", "empty_feed",
]  # fmt: skip


@dataclass
class Newsroom:
    port: int

    def fault(self, mode: str) -> FetchRequest:
        return FetchRequest(url=f"http://127.0.0.2:{self.port}/fault/{mode}.xml")

    def read(self, path: str) -> dict[str, object]:
        with urllib.request.urlopen(f"http://127.0.0.2:{self.port}{path}") as answer:
            found: dict[str, object] = json.load(answer)
            return found


def two_free_ports() -> int:
    """A port whose successor is free too: the canary listens there."""
    for _ in range(50):
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
    raise RuntimeError("no two free ports in a row")


@pytest.fixture(scope="module")
def newsroom(shared: Path) -> Iterator[Newsroom]:
    port = two_free_ports()
    script = str(shared / "newsroom" / "newsroom.py")
    options = ["--port", str(port), "--feeds", "20", "--seed", "7", "--faults", "none"]
    process = subprocess.Popen([sys.executable, "-u", script, *options], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for _ in range(3):  # it says where it listens once it does
        process.stdout.readline()
    yield Newsroom(port)
    process.kill()
    process.communicate()


async def one(request: FetchRequest, **changes: object):
    settings = {
        "contact": "desk@example.org",
        "host_gap": 0.0,
        "allow_networks": OUTLETS,
        "timeout": 10.0,
        **changes,
    }
    async with Fetcher(FetchOptions(**settings)) as fetcher:  # type: ignore[arg-type]
        return await fetcher.fetch(request)


@pytest.mark.parametrize("mode", CODES)
async def test_each_fault_has_its_code(newsroom: Newsroom, mode: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    timeout = 0.3 if mode in {"hang", "slow_drip"} else 10.0
    outcome = await one(newsroom.fault(mode), timeout=timeout)
    assert outcome.code == CODES[mode]
    assert outcome.detail.isprintable()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB


@pytest.mark.parametrize("mode", WHOLE)
async def test_odd_feeds_arrive_whole_and_unchanged_ones_are_recognised(
    newsroom: Newsroom, mode: str
) -> None:
    first = await one(newsroom.fault(mode))
    assert isinstance(first, Fetched)
    request = FetchRequest(url=newsroom.fault(mode).url, validators=first.validators)
    assert isinstance(await one(request), NotModified)


async def test_loopback_is_not_reached_in_any_of_its_spellings(newsroom: Newsroom) -> None:
    for mode in ["redirect_loopback"] * 10:
        outcome = await one(newsroom.fault(mode))
        assert outcome.code == "address_refused", outcome.url
    assert newsroom.read("/_stats.json")["canary_hits"] == 0


async def test_many_feeds_at_once_see_one_request_a_host(newsroom: Newsroom) -> None:
    newsroom.read("/_control/reset_stats")
    urls = [f"http://127.0.0.{2 + n % 20}:{newsroom.port}/feed/{n}.xml" for n in range(20)] * 5
    options = FetchOptions(contact="desk@example.org", host_gap=0.0, per_host=1, allow_networks=OUTLETS)
    async with Fetcher(options) as fetcher:
        outcomes = await asyncio.gather(*(fetcher.fetch(FetchRequest(url=url)) for url in urls))
    assert all(isinstance(outcome, Fetched) for outcome in outcomes)
    checks = {check["check"]: check["verdict"] for check in newsroom.read("/_score.json")["checks"]}  # type: ignore[attr-defined]
    for rule in ("no cookies sent back", "no Referer", "accepts gzip", "Accept names feed types",
                 "User-Agent says who and where to complain", "at most 2 connections per host",
                 "at most 2 requests in flight per host"):  # fmt: skip
        assert checks[rule] == "pass", rule
