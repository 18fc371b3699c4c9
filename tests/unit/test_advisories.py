"""`make audit ADVISORIES=FILE`: which advisories of an OSV file a pinned version falls under."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tools.advisories import holes, load


def record(
    name: str, *events: dict[str, str], versions: tuple[str, ...] = (), ecosystem: str = "PyPI"
) -> object:
    return {
        "id": f"INVENTED-{name}",
        "affected": [
            {
                "package": {"name": name, "ecosystem": ecosystem},
                "ranges": [{"type": "ECOSYSTEM", "events": list(events)}] if events else [],
                "versions": list(versions),
            }
        ],
    }


@pytest.mark.parametrize(
    ("version", "found"),
    [
        ("0.9", False),
        ("1.0", True),
        ("1.9.1", True),
        ("1.10", False),
        ("2.0", True),
        ("2.4", True),
        ("2.5", False),
    ],
)
def test_a_version_between_its_introduction_and_its_mending_has_the_hole(
    version: str, found: bool, tmp_path: Path
) -> None:
    path = tmp_path / "one.json"
    events = ({"introduced": "2.0"}, {"last_affected": "2.4"}, {"introduced": "1.0"}, {"fixed": "1.10"})
    path.write_text(json.dumps(record("Zope.Interface", *events)))
    assert bool(holes(load(path), "zope-interface", version)) is found


def test_a_zip_of_records_is_read_and_other_ecosystems_are_not_ours(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a.json", json.dumps(record("aiohttp", versions=("3.13.3", "3.13.4"))))
        file.writestr("b.json", json.dumps(record("aiohttp", {"introduced": "0"}, ecosystem="npm")))
    records = load(path)
    assert [one["id"] for one in holes(records, "aiohttp", "3.13.4")] == ["INVENTED-aiohttp"]
    assert holes(records, "aiohttp", "3.14.0") == holes(records, "yarl", "1.0") == []


def test_a_file_without_advisories_is_refused_or_the_audit_would_find_nothing(tmp_path: Path) -> None:
    path = tmp_path / "none.json"
    path.write_text("[]")
    with pytest.raises(ValueError, match="no advisory"):
        load(path)
