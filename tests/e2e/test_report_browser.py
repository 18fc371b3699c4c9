"""The report in a real browser: nothing blocked, nothing loaded, the filter works, right to left is right."""

from __future__ import annotations

import http.server
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from monitor.report.build import build_page
from tests import report_rows

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dns-prefetch",
    "--disable-extensions", "--disable-default-apps", "--disable-crash-reporter", "--mute-audio",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--v=0", "--virtual-time-budget=3000",
)  # fmt: skip
# what a page of ours must never cause; other log lines are the browser's own
COMPLAINTS = ("CONSOLE", "Content Security Policy", "Refused to", "Uncaught", "ERR_")

Browse = Callable[..., tuple[str, str]]


@pytest.fixture(scope="module")
def chromium() -> str:
    found = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("Chromium is not installed")
    return found


@pytest.fixture
def browse(chromium: str, tmp_path: Path) -> Browse:
    """Open a page made from HTML; gives the document after its scripts ran, and what the browser logged."""

    def run(html: str, *flags: str, fragment: str = "") -> tuple[str, str]:
        page = tmp_path / "report.html"
        page.write_text(html, encoding="utf-8")
        profile = tmp_path / "profile"
        address = page.as_uri() + fragment
        command = [chromium, *FLAGS, f"--user-data-dir={profile}", *(flags or ("--dump-dom",)), address]
        environment = {**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
        done = subprocess.run(command, capture_output=True, timeout=120, env=environment, check=False)
        assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]
        return done.stdout.decode(), done.stderr.decode(errors="replace")

    return run


@pytest.fixture
def canary() -> Iterator[tuple[int, list[str]]]:
    """A server on loopback that records whoever asks it for anything."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1], asked
    server.shutdown()
    thread.join()
    server.server_close()


def page(**options: object) -> str:
    return build_page(report_rows.data(**options)).decode()


def complaints(log: str) -> list[str]:
    return [line for line in log.splitlines() if any(word in line for word in COMPLAINTS)]


def steps(html: str, script: str) -> str:
    """The page with a test's script after its own, allowed by a policy that names no other change."""
    html = html.replace("script-src &#39;", "script-src &#39;nonce-test&#39; &#39;")
    assert "nonce-test" in html
    return html.replace("</body>", f'<script nonce="test">{script}</script></body>')


def visible(dom: str) -> list[str]:
    tree = LexborHTMLParser(dom)
    return [n.attributes["id"] or "" for n in tree.css(".story") if "hidden" not in n.attributes]


def clusters_shown(dom: str) -> set[str | None]:
    shown = LexborHTMLParser(dom).css("#clusters:not([hidden]) .cluster")
    return {n.attributes["id"] for n in shown if "hidden" not in n.attributes}


def test_the_page_opens_without_a_complaint_and_shows_its_filter(browse: Browse) -> None:
    dom, log = browse(page())
    assert complaints(log) == []
    box = LexborHTMLParser(dom).css_first("#filter")
    assert "hidden" not in box.attributes
    assert LexborHTMLParser(dom).css_first("#filter-count").text() == "14 of 14 stories shown"


def test_a_script_that_is_not_ours_is_refused(browse: Browse) -> None:
    dom, log = browse(page().replace("</body>", "<script>document.title = 'broken in'</script></body>"))
    assert "broken in" not in (LexborHTMLParser(dom).css_first("title").text())
    assert complaints(log)


def test_the_filter_narrows_by_topic_and_language_and_counts(browse: Browse) -> None:
    press = "document.querySelector('[data-topic=sanctions]').click();"
    dom, log = browse(steps(page(), press))
    assert complaints(log) == []
    assert sorted(visible(dom)) == ["story-10", "story-15", "story-6", "story-8", "story-9"]
    assert clusters_shown(dom) == {"cluster-2", "cluster-3"}
    pick = "var s = document.getElementById('filter-language'); s.value = 'fa'; s.dispatchEvent(new Event('change'));"
    dom, _ = browse(steps(page(), press + pick))
    tree = LexborHTMLParser(dom)
    assert visible(dom) == ["story-6"]
    assert tree.css_first("#filter-count").text() == "1 of 14 stories shown"
    assert tree.css_first("[data-topic=sanctions]").attributes["aria-pressed"] == "true"
    shown = [n.attributes["id"] for n in tree.css(".group") if "hidden" not in n.attributes]
    assert shown == ["stories-arms-transfers"]
    assert clusters_shown(dom) == {"cluster-2"}


def test_a_filter_that_nothing_matches_says_so(browse: Browse) -> None:
    script = (
        "document.querySelector('[data-topic=nuclear]').click();"
        "var s = document.getElementById('filter-language'); s.value = 'ko'; s.dispatchEvent(new Event('change'));"
    )
    dom, _ = browse(steps(page(), script))
    assert clusters_shown(dom) == set()
    assert visible(dom) == [] and "hidden" not in LexborHTMLParser(dom).css_first("#filter-none").attributes


def test_a_link_from_a_mail_opens_its_cluster(browse: Browse) -> None:
    dom, log = browse(page(), fragment="#cluster-1")
    assert "open" in LexborHTMLParser(dom).css_first("#cluster-1").attributes and complaints(log) == []


def test_hostile_feeds_make_the_browser_ask_nobody(browse: Browse, canary: tuple[int, list[str]]) -> None:
    port, asked = canary
    url = f"http://127.0.0.1:{port}/NRXSS"
    payload = (
        f"<img src='{url}'><script src='{url}'></script><link rel=stylesheet href='{url}'>"
        f'"><iframe src="{url}"></iframe><svg><image href="{url}"/></svg>'
    )
    content = report_rows.rows()
    for row in content["entries"]:
        row |= {"title": payload, "outlet": payload, "url": url}
    html = build_page(report_rows.data(content)).decode()
    _, log = browse(html)
    assert asked == [] and complaints(log) == []
    # the policy holds even where escaping were to fail
    browse(html.replace("</main>", payload + "</main>"))
    assert asked == []


@pytest.mark.parametrize(("language", "wide"), [("en", 1280), ("ar", 390), ("zh", 390)])
def test_the_page_fits_its_window(browse: Browse, language: str, wide: int) -> None:
    measure = "document.title = document.documentElement.scrollWidth + ' of ' + document.documentElement.clientWidth;"
    dom, _ = browse(steps(page(language=language), measure), f"--window-size={wide},900", "--dump-dom")
    title = LexborHTMLParser(dom).css_first("title").text()
    content, _, window = title.partition(" of ")
    assert int(content) <= int(window), title


def test_a_picture_can_be_taken(browse: Browse, tmp_path: Path) -> None:
    shot = tmp_path / "report.png"
    browse(page(), f"--screenshot={shot}", "--window-size=1280,1600")
    assert shot.read_bytes().startswith(b"\x89PNG") and shot.stat().st_size > 20_000
