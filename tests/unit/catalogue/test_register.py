"""The register of outlets: what ships is sound, what a user adds is checked, and lookups find the outlet."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from babel import Locale

from monitor.catalogue.register import (
    build_register,
    collisions,
    extend,
    fold_all,
    for_feed,
    load_register,
    packaged_register,
)
from monitor.errors import CatalogueError
from monitor.text.fold import fold
from monitor.types.register import (
    OUTLET_KINDS,
    TYPOLOGY,
    UNVERIFIED,
    Register,
    RegisterEntry,
    every_name,
    families,
)
from monitor.types.source import Outlet, Ownership
from monitor.types.taxonomy import ANY_LANGUAGE

TEN = ("en", "fr", "ru", "uk", "ar", "fa", "ko", "zh", "es", "de")
ROOT = Path(__file__).resolve().parents[3]
STATE_MEDIA_ENTRIES = 1105


@pytest.fixture(scope="module")
def register() -> Register:
    return load_register()


SMALL = "outlets:\n  Reuters: {kind: agency, country: GB, ownership: private, ru: Рейтер*, zh: 路透社}\n"


@pytest.fixture
def own(tmp_path: Path) -> Callable[[str], Register]:
    """A packaged register of one outlet with one file of a user over it."""
    (tmp_path / "packaged").mkdir()
    (tmp_path / "packaged" / "agencies.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "own").mkdir()

    def load(text: str) -> Register:
        (tmp_path / "own" / "mine.yaml").write_text(text, encoding="utf-8")
        return load_register(tmp_path / "own", base=tmp_path / "packaged")

    return load


# What ships


def test_it_holds_the_state_media_and_many_more(register: Register) -> None:
    from_matrix = [entry for entry in register.entries.values() if entry.source != UNVERIFIED]
    assert len(from_matrix) == STATE_MEDIA_ENTRIES
    assert all("State Media Monitor" in entry.source and entry.period for entry in from_matrix)
    assert register.entries["TASS"].period == "2024-02"
    assert len(register.entries) - len(from_matrix) >= 250


def test_every_code_is_valid(register: Register) -> None:
    countries, languages = Locale("en").territories, Locale("en").languages
    for entry in register.entries.values():
        assert entry.kind in OUTLET_KINDS, entry.name
        assert entry.country in countries, entry.name
        assert entry.typology is None or entry.typology in TYPOLOGY, entry.name
        for language in (*entry.aliases, *entry.needs_context):
            assert language == ANY_LANGUAGE or language in languages, entry.name


def test_no_two_outlets_share_a_name_that_stands_alone(register: Register) -> None:
    assert collisions(register.entries.values()) == {}
    claims: dict[str, set[tuple[str, str]]] = {}
    listed = [
        (alias, of, entry) for alias, of, entry, weak in every_name(register.entries.values()) if not weak
    ]
    for key, (_, of, entry) in zip(fold_all([alias for alias, _, _ in listed]), listed, strict=True):
        claims.setdefault(key, set()).add((of, register.main(entry).name))
    for key, found in claims.items():
        for of, name in found:
            others = {
                other
                for language, other in found
                if other != name and (language == of or ANY_LANGUAGE in (language, of))
            }
            assert not others, f"{key}: {name} and {others}"


def test_every_entry_can_be_named_and_has_an_ownership_or_says_unknown(register: Register) -> None:
    for entry in register.entries.values():
        assert entry.aliases or entry.needs_context, entry.name
        assert entry.ownership in Ownership
        if entry.typology and entry.ownership is not Ownership.PARTY:
            assert entry.ownership is TYPOLOGY[entry.typology], entry.name


def test_the_outlets_that_news_cites_most_have_names_in_the_ten_languages(register: Register) -> None:
    def covers(entry: RegisterEntry, language: str) -> bool:
        latin = language in ("en", "fr", "es", "de")
        wanted = {language, ANY_LANGUAGE} if latin else {language}
        return bool(wanted & {*entry.aliases, *entry.needs_context})

    complete = [
        entry for entry in register.entries.values() if all(covers(entry, language) for language in TEN)
    ]
    assert len(complete) >= 200


@pytest.mark.parametrize(
    ("written", "language", "name"),
    [
        ("Reuters", "fr", "Reuters"), ("Рейтер", "ru", "Reuters"), ("Ройтерс", "uk", "Reuters"),
        ("رويترز", "ar", "Reuters"),
        ("رویترز", "fa", "Reuters"), ("로이터", "ko", "Reuters"),
        ("路透社", "zh", "Reuters"), ("路透社", "", "Reuters"),
        ("الغارديان", "ar", "The Guardian"),
        ("گاردین", "fa", "The Guardian"), ("가디언", "ko", "The Guardian"),
        ("卫报", "zh", "The Guardian"),
        ("衛報", "zh", "The Guardian"), ("Гардиан", "ru", "The Guardian"),
        ("연합뉴스", "ko", "Yonhap"), ("Ёнхап", "ru", "Yonhap"),
        ("韩联社", "zh", "Yonhap"), ("يونهاب", "ar", "Yonhap"),
        ("یونهاپ", "fa", "Yonhap"), ("ТАСС", "uk", "TASS"),
        ("塔斯社", "zh", "TASS"), ("وكالة تاس", "ar", "TASS"),
        ("Agence France-Presse", "fr", "AFP"),
        ("AFP", "es", "AFP"),
        ("فرانس برس", "ar", "AFP"),
        ("خبرگزاری فرانسه", "fa", "AFP"),
        ("法新社", "zh", "AFP"), ("Nachrichtenagentur Yonhap", "de", "Yonhap"),
        ("新华社", "zh", "Xinhua"), ("신화통신", "ko", "Xinhua"),
        ("Синьхуа", "ru", "Xinhua"), ("شینهوا", "fa", "Xinhua"),
        ("ایرنا", "fa", "IRNA"), ("伊通社", "zh", "IRNA"), ("الجزيرة نت", "ar", "Al Jazeera"),
        ("알자지라", "ko", "Al Jazeera"),
        ("半岛电视台", "zh", "Al Jazeera"),
        ("Коммерсантъ FM", "ru", "Kommersant"), ("生意人报", "zh", "Kommersant"),
        ("Шпигель", "ru", "Der Spiegel"),
        ("슈피겔", "ko", "Der Spiegel"), ("دير شبيغل", "ar", "Der Spiegel"),
        ("диарио несуществующий", "ru", ""),
        ("لوموند", "ar", "Le Monde"), ("르몽드", "ko", "Le Monde"),
        ("diario El País", "es", "El País"),
        ("Wyborcza", "de", "Gazeta Wyborcza"), ("노동신문", "ko", "Rodong Sinmun"),
        ("Lloyd’s List", "en", "Lloyd's List"),
        ("38노스", "ko", "38 North"), ("《环球时报》", "zh", "Global Times"),

        ("Рыбарь", "ru", "Rybar"), ("Цензор.нет", "uk", "Censor.net"),
        ("Київ Індепендент", "uk", "Kyiv Independent"),
    ],
)  # fmt: skip
def test_a_name_is_found_as_each_language_writes_it(
    register: Register, written: str, language: str, name: str
) -> None:
    assert [entry.name for entry in register.by_alias(written, language=language)] == ([name] if name else [])


@pytest.mark.parametrize(
    ("written", "language", "name"),
    [
        ("Известия", "ru", "Izvestia"), ("The Times", "en", "The Times"), ("Bild", "de", "Bild"),
        ("Die Welt", "de", "Die Welt"),
        ("El País", "es", "El País"),
        ("Le Monde", "fr", "Le Monde"), ("L'Équipe", "fr", "L'Équipe"),
        ("L’Équipe", "fr", "L'Équipe"),
        ("Настоящее время", "ru", "Current Time"), ("新华", "zh", "Xinhua"),
        ("The Sun", "en", "The Sun"), ("Звезда", "ru", "Zvezda"), ("الجزيرة", "ar", "Al Jazeera"),
        ("Time", "en", "Time"),
        ("Tempo", "es", "Tempo"), ("Die Zeit", "de", "Die Zeit"),
    ],
)  # fmt: skip
def test_a_name_that_means_other_things_too_needs_context(
    register: Register, written: str, language: str, name: str
) -> None:
    entry = register.entries[name]
    key = fold(written).text.split()

    def listed(names: dict[str, tuple[str, ...]]) -> bool:
        terms = [*names.get(language, ()), *names.get(ANY_LANGUAGE, ())]
        return any(fold(term.strip("*")).text.split() == key for term in terms)

    assert listed(dict(entry.needs_context))
    assert not listed(dict(entry.aliases))
    assert entry in register.by_alias(written, language=language)


def test_every_medium_of_the_matrix_is_in_it(register: Register, shared_data: Path) -> None:
    with (shared_data / "state_media" / "State_Media_Matrix.csv").open(
        encoding="utf-8-sig", newline=""
    ) as lines:
        rows = [row for row in csv.DictReader(lines) if row["Country"].strip()]
    assert len(rows) == 1156  # the 1,157th line of the matrix is empty
    owners = {entry.owner for entry in register.entries.values()} | set(register.entries)
    companies = {row["Media company"].strip().rstrip("*").partition(" (")[0] for row in rows}
    assert (
        len([company for company in companies if company not in owners]) < 60
    )  # those now under a better known name
    hosts = [row["URL"].strip() for row in rows if row["URL"].strip()]
    missing = [host for host in hosts if register.by_domain(host) is None]
    assert len(missing) <= 40, (
        missing
    )  # sites of ministries, parliaments and companies are left out on purpose


def test_the_generated_files_are_what_the_tool_writes(shared_data: Path, tmp_path: Path) -> None:
    import runpy

    tool = runpy.run_path(str(ROOT / "tools" / "state_media_to_register.py"))
    tool["main"](shared_data / "state_media" / "State_Media_Matrix.csv", tmp_path)
    for written in sorted(tmp_path.glob("*.yaml")):
        assert written.read_text(encoding="utf-8") == (packaged_register() / written.name).read_text(
            encoding="utf-8"
        )
    assert len(list(tmp_path.glob("*.yaml"))) == len(list(packaged_register().glob("state-media-*.yaml")))


def test_the_outlets_that_ship_need_no_country_of_their_own(register: Register) -> None:
    feeds = {}
    for file in sorted((ROOT / "outlets").glob("*.yaml")):
        if file.name != "desks.yaml":
            for outlet in yaml.safe_load(file.read_text(encoding="utf-8"))["outlets"]:
                feeds.update({feed.get("rss") or feed.get("telegram"): outlet for feed in outlet["feeds"]})
    known = {address: found for address in feeds if (found := for_feed(register, address))}
    assert len(known) >= 0.95 * len(feeds)
    assert [address for address, entry in known.items() if entry.country != feeds[address]["country"]] == []


# Lookups


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://www.theguardian.com/world/rss", "The Guardian"),
        ("http://feeds.bbci.co.uk/news/world/rss.xml", "BBC"),
        ("https://asia.nikkei.com/x", "Nikkei Asia"),
        ("https://www.nikkei.com/x", "Nikkei"),
        ("HTTPS://RU.IRNA.IR:443/news/1?x=1#y", "IRNA"),
        ("https://spanish.xinhuanet.com/x", "Xinhua"),
        ("https://www.belta.by/politics", "BelTA"),
        ("https://www.vesti.ru/vesti.rss", "Vesti.ru"),
        ("sb.by/ng/1", "Narodnya Gazeta"),
        ("sb.by/articles/1", "SB. Belarus Segodnya"),
        ("https://kcnawatch.org/x", "KCNA Watch"),
        ("https://t.me/s/rybar/123", "Rybar"),
        ("@Rybar", "Rybar"),
        ("PressTVFr", "Press TV"),
    ],
)
def test_a_feed_or_link_is_known_by_its_address(register: Register, address: str, name: str) -> None:
    found = for_feed(register, address)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "address",
    ["https://example.org/x", "https://notreuters.com/x", "com", "", "some_channel", "https://t.me/"],
)
def test_an_unknown_address_stays_unknown(register: Register, address: str) -> None:
    assert for_feed(register, address) is None


def test_a_homonym_is_decided_by_the_country_where_that_is_possible(register: Register) -> None:
    assert {entry.name for entry in register.by_alias("الوطن", language="ar")} > {
        "Al Watan (Syria)",
        "Al Watan (Egypt)",
    }
    assert [entry.name for entry in register.by_alias("الوطن", language="ar", country="SY")] == [
        "Al Watan (Syria)"
    ]


def test_an_edition_counts_as_its_outlet(register: Register) -> None:
    edition = register.entries["Sputnik Arabic"]
    assert edition.edition_of == "Sputnik"
    assert register.main(edition).name == "Sputnik"
    assert [entry.name for entry in register.by_alias("Sputnik Arabic")] == ["Sputnik"]


def test_names_are_folded_all_at_once_as_one_by_one() -> None:
    names = ["L'Équipe", "ТАСС", "رویترز", "衛報", "Straße", "", "F-16"]
    assert fold_all(names) == [" ".join(fold(name).text.split()) for name in names]


# Families


def outlet(name: str, country: str, ownership: Ownership, owner: str | None = None) -> Outlet:
    return Outlet(slug="x", name=name, country=country, ownership=ownership, owner=owner)


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("TASS", "RIA Novosti", True),  # one state
        ("TASS", "Xinhua", False),
        ("Xinhua", "People's Daily", True),  # a party that is the state
        ("The Times", "The Wall Street Journal", True),  # one owner
        ("Bild", "Politico", True),
        ("The Guardian", "The Times", False),
        ("RT Arabic", "RT", True),  # an edition
        ("Saba (Sanaa)", "Al Masirah", True),  # one armed group
        ("Saba (Sanaa)", "Saba (Aden)", False),
        ("NDR", "WDR", True),
        ("NDR", "ARD", True),
        ("Current Time", "Radio Svoboda (Russian)", True),
        ("The Intercept", "ProPublica", False),
    ],
)
def test_outlets_fold_by_state_owner_edition_and_group(
    register: Register, one: str, other: str, together: bool
) -> None:
    shared = set(families(register.entries[one])) & set(families(register.entries[other]))
    assert bool(shared) is together


def test_a_configured_outlet_folds_with_those_of_the_register(register: Register) -> None:
    configured = outlet("Some channel", "RU", Ownership.STATE)
    assert set(families(configured)) & set(families(register.entries["TASS"]))
    assert not set(families(outlet("A", "FR", Ownership.UNKNOWN))) & set(
        families(outlet("B", "FR", Ownership.UNKNOWN))
    )


# What a user adds


def test_a_users_entry_changes_only_what_it_gives(own: Callable[[str], Register]) -> None:
    changed = own(
        "outlets:\n  Reuters: {ownership: unknown, ru: Ройтерс}\n  My Paper: {kind: newspaper, country: NO}\n"
    )
    reuters = changed.entries["Reuters"]
    assert (reuters.ownership, reuters.country, reuters.aliases["ru"]) == (
        Ownership.UNKNOWN,
        "GB",
        ("Ройтерс",),
    )
    assert "路透社" in reuters.aliases["zh"]
    assert changed.entries["My Paper"].aliases == {ANY_LANGUAGE: ("My Paper",)}
    assert changed.version != own("outlets: {}\n").version


def test_the_version_depends_on_the_content_alone(register: Register) -> None:
    assert load_register().version == register.version
    assert build_register(reversed(list(register.entries.values()))).version == register.version


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("outlets:\n  A Paper: {kind: blog}\n", 2, "kind 'blog' is unknown", "one of newspaper"),
        ("outlets:\n  A Paper:\n    country: UKK\n", 3, "country 'UKK' is unknown", "ISO 3166-1"),
        ("outlets:\n  A Paper:\n    ownership: mine\n", 3, "ownership 'mine' is unknown", "private, public"),
        ("outlets:\n  A Paper:\n    typology: XX\n", 3, "typology 'XX' is unknown", "SC"),
        ("outlets:\n  A Paper:\n    domain: a.org\n", 3, "unknown key 'domain'", "did you mean 'domains'?"),
        ("outlets:\n  A Paper:\n    domains: https://a.org\n", 3, "is no domain", "example.org"),
        ("outlets:\n  A Paper:\n    telegram: '@apaper'\n", 3, "is no channel name", "without @"),
        ("outlets:\n  A Paper:\n    period: last year\n", 3, "cannot read period", "2024-02"),
        ("outlets:\n  A Paper:\n    en: X\n", 3, "'X' is too short", "one letter"),
        ("outlets:\n  A Paper:\n    qq: Blatt\n", 3, "unknown key 'qq'", "known:"),
        (
            "outlets:\n  A Paper:\n    edition_of: B Paper\n",
            3,
            "is no outlet of the register",
            "name an outlet",
        ),
        ("outlets:\n  A Paper: {en: Reuters}\n", 2, "the name 'reuters'", "needs_context"),
        ("outlets:\n  Z Paper: {en: Reuters}\n", 2, "the name 'reuters'", "needs_context"),
        ("outlets: [A Paper]\n", 1, "is not a mapping of names", "write `outlets:`"),
        ("outlets:\n  A Paper: newspaper\n", 2, "'A Paper' is not a mapping", "write"),
    ],
)
def test_mistakes_name_the_file_the_line_and_what_to_do(
    own: Callable[[str], Register], text: str, line: int, message: str, hint: str
) -> None:
    with pytest.raises(CatalogueError) as caught:
        own(text)
    said = str(caught.value)
    assert f"mine.yaml:{line}: " in said
    assert message in said
    assert hint in said


def test_a_name_needs_context_only_in_the_languages_that_say_so(own: Callable[[str], Register]) -> None:
    entry = own("outlets:\n  Die Welle: {needs_context: {de: Die Welle}}\n").entries["Die Welle"]
    assert "de" not in entry.aliases
    assert {language for language, names in entry.aliases.items() if names == ("Die Welle",)} == {*TEN} - {
        "de"
    }


def test_an_outlet_stands_in_one_written_file(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text("outlets:\n  A Paper: {kind: newspaper}\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"b.yaml:2: 'A Paper' stands in a.yaml too"):
        load_register(base=tmp_path)


def test_a_written_entry_adds_names_and_addresses_to_the_generated_one(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("outlets:\n  TASS: {domains: tass.com, ru: ТАСС}\n", encoding="utf-8")
    generated = (
        "generated: a tool\ndefaults: {source: S}\noutlets:\n  TASS: {typology: SC, domains: tass.ru}\n"
    )
    (tmp_path / "z.yaml").write_text(generated, encoding="utf-8")
    entry = load_register(base=tmp_path).entries["TASS"]
    assert (entry.domains, entry.ownership, entry.source) == (("tass.com", "tass.ru"), Ownership.STATE, "S")


def test_the_demos_outlets_can_be_added(register: Register) -> None:
    rows = yaml.safe_load(
        (ROOT / "monitor" / "demo" / "newsroom" / "outlets.yaml").read_text(encoding="utf-8")
    )
    entries = [
        RegisterEntry(
            name=row["name"],
            country=row["country"],
            ownership=Ownership(row["ownership"]),
            owner=row["owner"],
            aliases={language: tuple(names) for language, names in row["aliases"].items()},
        )
        for row in rows
    ]
    extended = extend(register, entries)
    assert collisions(extended.entries.values()) == {}
    assert [entry.name for entry in extended.by_alias("صدای پل", language="fa")] == ["Sawt al-Jisr"]
    assert [entry.name for entry in extended.by_alias("Der Spreebote")] == ["Der Spreebote"]
    assert len(extended.entries) == len(register.entries) + len(rows)
    assert extended.version != register.version


def test_the_matcher_gets_one_group_an_outlet(register: Register) -> None:
    alone, weak = register.term_groups(), register.term_groups(context=True)
    assert {group.name for group in alone} | {group.name for group in weak} == set(register.entries)
    assert "Рейтер*" in next(group for group in alone if group.name == "Reuters").terms["ru"]
