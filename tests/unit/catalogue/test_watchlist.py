"""A watchlist is a person's own CSV; OpenSanctions' columns are read as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.catalogue.watchlist import read_watchlist, write_proposals
from monitor.errors import CatalogueError
from monitor.types.watchlist import Proposal

OPENSANCTIONS = (
    '"id","schema","name","aliases","birth_date","countries","addresses","identifiers","sanctions","phones"\n'
    '"x-1","Company","Tirvane Shipping","Tirvane Lines;Тирвана","","lv","","LV4015-77;40","",""\n'
    '"x-2","Vessel","TIRVANE STAR","","","","","IMO9074729","",""\n'
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "ours.csv"
    path.write_text(OPENSANCTIONS, encoding="utf-8")
    return path


def test_the_layout_of_opensanctions_is_read(file: Path) -> None:
    listed, doubts = read_watchlist("ours", file)
    company, ship = listed.entries
    assert (company.external_id, company.schema, company.aliases) == (
        "x-1", "Company", ("Tirvane Lines", "Тирвана")
    )  # fmt: skip
    assert company.identifiers == {"id": ("LV4015-77",)}
    assert ship.identifiers == {"imo": ("9074729",)}
    assert [str(doubt) for doubt in doubts] == ["ours.csv:2: identifier '40' is too short to be looked for"]


def test_a_name_column_is_enough_and_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_bytes("\ufeffName\nTirvane\n".encode())
    listed, doubts = read_watchlist("ours", path)
    assert [(one.external_id, one.name) for one in listed.entries] == [("Tirvane", "Tirvane")]
    assert doubts == []


def test_an_imo_number_whose_check_digit_is_wrong_is_doubtful(tmp_path: Path) -> None:
    path = tmp_path / "ships.csv"
    path.write_text("name,imo\nTirvane Star,9074728\n", encoding="utf-8")
    listed, doubts = read_watchlist("ours", path)
    assert listed.entries[0].identifiers == {}
    assert "check digit is wrong" in str(doubts[0])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id,alias\n1,x\n", "ours.csv:1: has no column name"),
        ("id,name\n1,Tirvane\n1,Other Line\n", "ours.csv:3: id '1' stands twice"),
        ('id,name\n1,"Tirvane\n', "is no CSV"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_line(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "ours.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CatalogueError, match="ours") as caught:
        read_watchlist("ours", path)
    assert message in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"gone\.csv:1: cannot be read"):
        read_watchlist("ours", tmp_path / "gone.csv")


def test_the_version_is_of_the_content(file: Path) -> None:
    before, _ = read_watchlist("ours", file)
    file.write_text(OPENSANCTIONS.replace("lv", "ee"), encoding="utf-8")
    assert read_watchlist("ours", file)[0].version == before.version, "a column that is not read"
    file.write_text(OPENSANCTIONS.replace("Lines", "Line"), encoding="utf-8")
    assert read_watchlist("ours", file)[0].version != before.version


def test_a_proposed_spelling_counts_only_once_it_is_approved(file: Path, tmp_path: Path) -> None:
    approved = tmp_path / "spellings.csv"
    proposal = Proposal(
        external_id="x-1", name="Tirvane Shipping", proposed="Тирване Шиппинг", method="latin-ru"
    )
    assert write_proposals(approved, [proposal]) == 1
    assert "Тирване Шиппинг" not in read_watchlist("ours", file, approved)[0].entries[0].aliases
    approved.write_text(
        approved.read_text(encoding="utf-8").replace("latin-ru,", "latin-ru,yes"), encoding="utf-8"
    )
    assert "Тирване Шиппинг" in read_watchlist("ours", file, approved)[0].entries[0].aliases
    assert write_proposals(approved, [proposal]) == 0, "a line that was decided on is not proposed again"
    assert "latin-ru,yes" in approved.read_text(encoding="utf-8")
