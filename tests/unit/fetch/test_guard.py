"""Which addresses are asked: the table, and that nothing is connected to when the answer is no."""

from __future__ import annotations

import pytest
from yarl import URL

from monitor.fetch import FetchRequest, networks
from monitor.fetch.guard import connect_refusal, refusal, url_refusal
from monitor.types.fetching import Fetched, FetchFailed
from tests.loopback import FakeDns, answer

GOOD = [
    "1.1.1.1", "8.8.8.8", "93.184.216.34", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1",
    "192.0.1.1", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:2800:220:1::1", "2a00:1450::1",
    "2002:808:808::1", "2001:4860:4860::8888",
]  # fmt: skip
BAD = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1",
    "127.255.255.254", "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1",
    "192.0.0.170", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7",
    "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:10.0.0.1", "::127.0.0.1", "::8.8.8.8",
    "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::a00:1", "100::1", "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1",
    "2002:7f00:1::1", "2002:a9fe:a9fe::1", "2002:c0a8:101::1", "3fff::1", "5f00::1", "fc00::1",
    "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "2606:2800:220:1::1%eth0", "fec0::1", "ff02::1", "ff0e::1",
    "4000::1", "e000::1", "not an address", "",
]  # fmt: skip


@pytest.mark.parametrize("address", GOOD)
def test_global_unicast_is_asked(address: str) -> None:
    assert refusal(address) is None
    assert connect_refusal(address, 443, ()) is None


@pytest.mark.parametrize("address", BAD)
def test_everything_else_is_refused_with_a_reason(address: str) -> None:
    assert refusal(address)
    refused = connect_refusal(address, 80, ())
    assert refused is not None and refused.code == "address_refused"


def test_allow_networks_opens_what_it_names_on_any_port_and_nothing_else() -> None:
    allow = networks(["127.0.0.2/31", "10.1.0.0/16", "::1/128"])
    assert refusal("127.0.0.2", allow) is None
    assert connect_refusal("127.0.0.3", 8099, allow) is None
    assert connect_refusal("::1", 1234, allow) is None
    assert refusal("127.0.0.1", allow)
    assert refusal("127.0.0.4", allow)
    assert refusal("10.2.0.1", allow)
    # other doors to an address that is named stay shut
    assert refusal("::ffff:127.0.0.2", allow)
    assert refusal("64:ff9b::7f00:2", allow)


def test_a_transition_form_must_pass_as_itself_and_as_the_address_in_it() -> None:
    assert refusal("64:ff9b::808:808", networks(["64:ff9b::/96"])) is None
    assert refusal("64:ff9b::7f00:1", networks(["64:ff9b::/96"])) == "leads to 127.0.0.1: loopback"
    assert refusal("64:ff9b::7f00:1", networks(["64:ff9b::/96", "127.0.0.1/32"])) is None


def test_only_ports_80_and_443_unless_the_address_is_allowed() -> None:
    assert connect_refusal("8.8.8.8", 22, ()).code == "port_refused"  # type: ignore[union-attr]
    assert connect_refusal("8.8.8.8", 22, networks(["8.8.8.8/32"])) is None


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://example.org/feed", "scheme_refused"),
        ("file:///etc/passwd", "scheme_refused"),
        ("gopher://example.org/", "scheme_refused"),
        ("javascript:alert(1)", "scheme_refused"),
        ("feed.xml", "scheme_refused"),
        ("http://user:secret@example.org/", "userinfo_refused"),
        ("http://evil.test@127.0.0.1/", "address_refused"),
        ("http://127.0.0.1/", "address_refused"),
        ("http://127.0.0.1./", "address_refused"),
        ("http://127.1/", "address_refused"),
        ("http://0177.0.0.1/", "address_refused"),
        ("http://0x7f.1/", "address_refused"),
        ("http://0x7f000001/", "address_refused"),
        ("http://2130706433/", "address_refused"),
        ("http://017700000001/", "address_refused"),
        ("http://0.0.0.0/", "address_refused"),
        ("http://[::1]/", "address_refused"),
        ("http://[::]/", "address_refused"),
        ("http://[::ffff:127.0.0.1]/", "address_refused"),
        ("http://[0:0:0:0:0:ffff:7f00:1]/", "address_refused"),
        ("http://[64:ff9b::127.0.0.1]/", "address_refused"),
        ("http://[fe80::1%25eth0]/", "address_refused"),
        ("http://①②⑦.⓪.⓪.①/", "address_refused"),
        ("http://127。0。0。1/", "address_refused"),
        ("http://8.8.8.8:22/", "port_refused"),
    ],
)
def test_urls_are_judged_before_any_lookup(url: str, code: str) -> None:
    refused = url_refusal(URL(url), ())
    assert refused is not None and refused.code == code
    assert "secret" not in refused.detail


def test_ordinary_urls_pass() -> None:
    for url in (
        "https://example.org/feed?x=1",
        "http://example.org:80/",
        "http://example.org:8080/",
        "http://1.1.1.1/",
    ):
        assert url_refusal(URL(url), ()) is None
    # by a proxy the address is never seen, so the port is judged by the URL
    assert url_refusal(URL("http://example.org:8080/"), (), proxied=True).code == "port_refused"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://2130706433/", "http://0x7f.1/", "http://127.1/",
     "http://[::ffff:127.0.0.1]/", "http://169.254.169.254/latest/meta-data/", "http://inside.test/"],
)  # fmt: skip
async def test_a_refused_address_is_never_connected_to(make_fetcher, connects, url) -> None:
    dns = FakeDns({"inside.test": ["10.0.0.7"], "localhost": ["127.0.0.1"]})
    fetcher = await make_fetcher(allow_networks=(), lookup=dns)
    outcome = await fetcher.fetch(FetchRequest(url=url))
    assert isinstance(outcome, FetchFailed) and outcome.code == "address_refused"
    assert connects == []


async def test_a_name_with_inner_and_outer_addresses_is_asked_at_the_outer_one(
    make_fetcher, connects, raw_server
) -> None:
    server = await raw_server(answer(200, b"<rss/>"), host="127.0.0.2")
    dns = FakeDns({"both.test": [["127.0.0.1", "10.0.0.1", "127.0.0.2", "::1"]]})
    fetcher = await make_fetcher(allow_networks=networks(["127.0.0.2/32"]), lookup=dns)
    outcome = await fetcher.fetch(FetchRequest(url=f"http://both.test:{server.port}/feed"))
    assert isinstance(outcome, Fetched)
    assert connects == [("127.0.0.2", server.port)]


async def test_a_name_that_rebinds_reaches_only_checked_addresses(make_fetcher, connects, raw_server) -> None:
    canary = await raw_server(answer(200, b"secret"), host="127.0.0.1")
    allow = networks(["127.0.0.2/32"])
    dns = FakeDns({"rebind.test": [["127.0.0.2"], ["127.0.0.1"]]})
    fetcher = await make_fetcher(allow_networks=allow, lookup=dns)
    for _ in range(3):
        outcome = await fetcher.fetch(FetchRequest(url=f"http://rebind.test:{canary.port}/"))
        assert isinstance(outcome, FetchFailed)
    # the address that was checked is the one connected to: the second answer never counts unchecked
    assert {host for host, _ in connects} == {"127.0.0.2"}
    assert canary.heads == []
    second = await make_fetcher(allow_networks=allow, lookup=dns)
    outcome = await second.fetch(FetchRequest(url=f"http://rebind.test:{canary.port}/"))
    assert outcome.code == "address_refused"
    assert canary.heads == []


async def test_a_name_on_another_port_needs_an_allowed_address(make_fetcher, connects) -> None:
    fetcher = await make_fetcher(allow_networks=(), lookup=FakeDns({"outer.test": ["93.184.216.34"]}))
    outcome = await fetcher.fetch(FetchRequest(url="http://outer.test:8080/feed"))
    assert outcome.code == "port_refused"
    assert connects == []


async def test_the_socket_itself_is_checked_when_the_resolver_is_not_asked(make_fetcher, connects) -> None:
    """aiohttp skips the resolver for literal addresses: the socket factory is the last gate."""
    fetcher = await make_fetcher(allow_networks=())
    session = fetcher._direct
    with pytest.raises(OSError, match="loopback"):
        await session.get("http://127.0.0.1:80/")
    assert connects == []


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{port}/",
        "//127.0.0.1:{port}/x",
        "http://[::1]/",
        "http://2130706433:{port}/",
        "http://0:{port}/",
        "http://inner.test:{port}/",
    ],
)
async def test_every_redirect_hop_is_judged(make_fetcher, raw_server, connects, target) -> None:
    canary = await raw_server(answer(200, b"secret"))
    location = target.format(port=canary.port)
    outer = await raw_server(answer(302, headers={"Location": location}), host="127.0.0.3")
    dns = FakeDns({"inner.test": ["127.0.0.1"]})
    fetcher = await make_fetcher(allow_networks=networks(["127.0.0.3/32"]), lookup=dns)
    outcome = await fetcher.fetch(FetchRequest(url=outer.url()))
    assert isinstance(outcome, FetchFailed) and outcome.code == "address_refused"
    assert [hop.status for hop in outcome.redirects] == [302]
    assert {host for host, _ in connects} == {"127.0.0.3"}
    assert canary.heads == []


@pytest.mark.parametrize("target", ["file:///etc/passwd", "gopher://127.0.0.1/", "ftp://example.org/"])
async def test_a_redirect_to_another_scheme_is_refused(fetcher, raw_server, target) -> None:
    server = await raw_server(answer(301, headers={"Location": target}))
    outcome = await fetcher.fetch(FetchRequest(url=server.url()))
    assert outcome.code == "scheme_refused"


async def test_proxies_of_the_environment_are_ignored(fetcher, raw_server, monkeypatch) -> None:
    proxy = await raw_server(answer(200, b"by proxy"))
    server = await raw_server(answer(200, b"direct"))
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url(""))
    outcome = await fetcher.fetch(FetchRequest(url=server.url()))
    assert outcome.body == b"direct" and proxy.heads == []


async def test_a_proxy_named_for_a_feed_is_used_and_still_asks_no_inner_address(
    make_fetcher, raw_server
) -> None:
    proxy = await raw_server(answer(200, b"<rss/>"))
    fetcher = await make_fetcher(allow_networks=(), lookup=FakeDns({}))
    through = await fetcher.fetch(FetchRequest(url="http://far.test/feed", proxy=proxy.url("")))
    assert isinstance(through, Fetched)
    assert proxy.heads[0].startswith(b"GET http://far.test/feed HTTP/1.1\r\n")
    inner = await fetcher.fetch(FetchRequest(url="http://192.168.0.1/", proxy=proxy.url("")))
    assert inner.code == "address_refused"
    odd = await fetcher.fetch(FetchRequest(url="http://far.test:8080/", proxy=proxy.url("")))
    assert odd.code == "port_refused"
    assert len(proxy.heads) == 1
