"""Serve a file of advisories on loopback, as osv.dev would: for `make audit` on machines without the Internet.

    python tools/advisories.py FILE PORT_FILE

FILE is a zip of OSV records (OSV publishes `all.zip` for PyPI), or one JSON record or a list of them. The port is
written to PORT_FILE. Answers POST /v1/query for the ecosystem PyPI.
Source: https://google.github.io/osv.dev/post-v1-query/ and the OSV schema's evaluation of versions.
"""

from __future__ import annotations

import http.server
import json
import sys
import zipfile
from pathlib import Path
from typing import Any, ClassVar

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

Records = dict[str, list[dict[str, Any]]]


def load(path: Path) -> Records:
    """Records by canonical name of the package; ValueError where the file holds none."""
    found: Records = {}
    for record in _records(path):
        for name in {canonicalize_name(one["package"]["name"]) for one in _affected(record)}:
            found.setdefault(name, []).append(record)
    if not found:
        raise ValueError(f"{path} holds no advisory about a package of PyPI: give an OSV zip or JSON file")
    return found


def _records(path: Path) -> list[dict[str, Any]]:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as file:
            return [json.loads(file.read(name)) for name in file.namelist() if name.endswith(".json")]
    said = json.loads(path.read_text(encoding="utf-8"))
    return list(said) if isinstance(said, list) else [said]


def _affected(record: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in record.get("affected", ()) if one.get("package", {}).get("ecosystem") == "PyPI"]


def holes(records: Records, name: str, version: str) -> list[dict[str, Any]]:
    """The advisories that a version of a package falls under."""
    name = canonicalize_name(name)
    return [
        record
        for record in records.get(name, ())
        if any(
            _hit(one, version)
            for one in _affected(record)
            if canonicalize_name(one["package"]["name"]) == name
        )
    ]


def _hit(affected: dict[str, Any], version: str) -> bool:
    return version in affected.get("versions", ()) or any(
        _within(one["events"], Version(version))
        for one in affected.get("ranges", ())
        if one["type"] == "ECOSYSTEM"
    )


def _within(events: list[dict[str, str]], version: Version) -> bool:
    """Whether a version lies between an `introduced` and the `fixed` or `last_affected` that follows it."""
    inside = False
    for event in sorted(events, key=lambda one: _version(next(iter(one.values())))):
        if "introduced" in event and version >= _version(event["introduced"]):
            inside = True
        if "fixed" in event and version >= _version(event["fixed"]):
            inside = False
        if "last_affected" in event and version > _version(event["last_affected"]):
            inside = False
    return inside


def _version(text: str) -> Version:
    try:
        return Version(text)
    except InvalidVersion:
        return Version("0")


class Answers(http.server.BaseHTTPRequestHandler):
    """POST {"package": {"name": …}, "version": …} to {"vulns": […]}."""

    records: ClassVar[Records] = {}

    def do_POST(self) -> None:
        """Answer one question."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        found = holes(self.records, asked["package"]["name"], asked["version"])
        body = json.dumps({"vulns": found} if found else {}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing of each question."""


def main() -> int:
    """Serve until killed."""
    path, port_file = map(Path, sys.argv[1:3])
    try:
        Answers.records = load(path)
    except (OSError, ValueError, KeyError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    port_file.write_text(str(server.server_address[1]), encoding="utf-8")
    server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
