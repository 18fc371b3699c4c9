"""config.yaml: what is accepted, and what is said of each mistake."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config import check_config, config_schema, feed_sources, load_config
from monitor.config.units import feed_address, parse_duration, parse_size, slugify, write_duration
from monitor.errors import ConfigError
from monitor.types.source import FeedKind, Ownership

ROOT = Path(__file__).resolve().parents[3]


def write(folder: Path, text: str, name: str = "config.yaml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str, **environment: str) -> list[str]:
    _, found = check_config(write(folder, text), environment)
    return [str(problem) for problem in found]


def test_an_empty_file_has_the_defaults_of_the_contract(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, ""), {})
    assert config.polling.every == dt.timedelta(minutes=10)
    assert config.polling.max_body == 15_000_000
    assert config.languages == ("en", "fr", "ru", "uk", "ar", "fa", "ko", "zh", "es", "de")
    assert config.database.url == "sqlite:///var/monitor.db"
    assert not config.telegram.enabled


def test_an_unknown_key_names_the_nearest_known_one_with_its_line(tmp_path: Path) -> None:
    assert problems(tmp_path, "languages: [en]\npoling: {every: 5m}\n") == [
        "config.yaml:2: `poling` is not known: did you mean `polling`?"
    ]


def test_an_unknown_key_deep_inside_is_found_too(tmp_path: Path) -> None:
    text = "outlets:\n  - name: A\n    contry: FR\n"
    assert problems(tmp_path, text) == [
        "config.yaml:3: `outlets.0.contry` is not known: did you mean `country`?"
    ]


def test_all_problems_are_listed_at_once(tmp_path: Path) -> None:
    text = """\
polling: {every: soon, max_body: big}
languages: [en, xx]
outlets:
  - {name: A, country: Francia, feeds: [{rss: "ftp://a.example"}]}
digests: [{name: daily, schedule: "61 * * * *", timezone: Mars/Olympus, to: [nobody]}]
"""
    found = problems(tmp_path, text)
    assert len(found) == 8
    assert [int(line.split(":")[1]) for line in found] == [1, 1, 2, 4, 4, 5, 5, 5]


def test_every_value_that_is_refused_says_how_to_write_it(tmp_path: Path) -> None:
    assert "write 30s, 10m" in problems(tmp_path, "polling: {every: soon}")[0]
    assert "write 500kB, 15MB" in problems(tmp_path, "polling: {max_body: big}")[0]
    assert "such as Europe/Paris" in problems(tmp_path, "report: {timezone: Paris}")[0]


def test_norway_is_a_country_and_not_a_falsehood(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, "languages: [no, en]\noutlets: [{name: NRK, country: NO}]"), {})
    assert config.outlets[0].country == "NO"
    assert config.languages == ("no", "en")


def test_a_key_given_twice_is_refused(tmp_path: Path) -> None:
    assert "`languages` is given twice" in problems(tmp_path, "languages: [en]\nlanguages: [fr]\n")[0]


def test_yaml_that_cannot_be_read_names_its_line(tmp_path: Path) -> None:
    assert problems(tmp_path, "languages: [en\nmail: {}\n")[0].startswith("config.yaml:2: is not valid YAML")


def test_the_environment_fills_variables_and_a_missing_one_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, 'mail: {host: "${SMTP_HOST}", username: "${SMTP_USER:-}"}')
    assert load_config(path, {"SMTP_HOST": "mail.example.org"}).mail.host == "mail.example.org"
    assert "the environment has no SMTP_HOST" in problems(tmp_path, 'mail: {host: "${SMTP_HOST}"}')[0]


def test_the_environment_overrides_the_database(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, ""), {"MONITOR_DATABASE_URL": "sqlite:///other.db"})
    assert config.database.url == "sqlite:///other.db"


def test_a_password_in_the_file_is_refused_with_where_it_belongs(tmp_path: Path) -> None:
    assert "MONITOR_MAIL_PASSWORD" in problems(tmp_path, "mail: {password: hunter2}")[0]


def test_no_secret_is_in_a_representation(tmp_path: Path) -> None:
    url = "postgresql+psycopg://desk:hunter2@db.example.org/news"
    config = load_config(write(tmp_path, f'database: {{url: "{url}"}}'), {})
    assert "hunter2" not in repr(config)


def test_no_value_is_in_the_message_of_a_bad_secret(tmp_path: Path) -> None:
    found = problems(tmp_path, 'database: {url: "mysql://desk:hunter2@db"}')
    assert "hunter2" not in "".join(found)


def test_included_files_add_outlets_and_keep_their_lines(tmp_path: Path) -> None:
    write(tmp_path, "outlets:\n  - name: B\n    contry: FR\n", "outlets/b.yaml")
    text = 'include: ["outlets/*.yaml"]\noutlets: [{name: A}]\n'
    assert problems(tmp_path, text) == ["b.yaml:3: `outlets.1.contry` is not known: did you mean `country`?"]


def test_an_included_file_holds_no_settings(tmp_path: Path) -> None:
    write(tmp_path, "mail: {host: evil.example}\n", "outlets/b.yaml")
    assert "`mail` belongs in config.yaml" in problems(tmp_path, 'include: ["outlets/*.yaml"]')[0]


def test_an_include_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert "mine.yaml is not there" in problems(tmp_path, "include: [mine.yaml]")[0]


def test_one_address_is_one_feed_however_it_is_written(tmp_path: Path) -> None:
    text = """\
outlets:
  - {name: A, feeds: [{rss: "https://news.example/rss"}]}
  - {name: B, feeds: [{rss: "HTTPS://News.Example:443/rss#top"}]}
"""
    assert "is given twice (also by A)" in problems(tmp_path, text)[0]


def test_a_digest_names_topics_that_are_used(tmp_path: Path) -> None:
    assert (
        "`football` is not among topics.use"
        in problems(tmp_path, "digests: [{name: d, topics: [football]}]")[0]
    )


def test_feeds_get_slugs_and_inherit_from_their_outlet(tmp_path: Path) -> None:
    text = """\
outlets:
  - name: Dernières Nouvelles
    language: fr
    ownership: public
    feeds: [{rss: "https://n.example/a"}, {rss: "https://n.example/b", slug: monde, language: en}]
"""
    first, second = feed_sources(load_config(write(tmp_path, text), {}))
    assert (first.slug, first.language, first.outlet.ownership) == (
        "dernieres-nouvelles-rss-1",
        "fr",
        Ownership.PUBLIC,
    )
    assert (second.slug, second.language, second.kind) == ("monde", "en", FeedKind.RSS)


def test_telegram_channels_wait_until_telegram_is_enabled(tmp_path: Path) -> None:
    text = "outlets: [{name: A, feeds: [{telegram: SomeChannel}]}]\n"
    assert feed_sources(load_config(write(tmp_path, text), {})) == []
    assert len(feed_sources(load_config(write(tmp_path, text + "telegram: {enabled: true}"), {}))) == 1


@pytest.mark.parametrize(
    "name", ["SomeChannel", "@SomeChannel ", "https://t.me/s/SomeChannel", "t.me/SomeChannel/12"]
)
def test_a_channel_is_one_feed_however_it_is_pasted(name: str, tmp_path: Path) -> None:
    text = f"telegram: {{enabled: true}}\noutlets: [{{name: A, feeds: [{{telegram: '{name}'}}]}}]\n"
    (source,) = feed_sources(load_config(write(tmp_path, text), {}))
    assert (source.kind, source.address) == (FeedKind.TELEGRAM, "somechannel")


def test_a_private_channel_is_refused_with_its_line(tmp_path: Path) -> None:
    found = problems(
        tmp_path, "outlets:\n  - name: A\n    feeds: [{telegram: 'https://t.me/+AbCdEf123456'}]\n"
    )
    assert found[0].startswith("config.yaml:3:")
    assert "private" in found[0]


def test_an_outlet_that_the_register_knows_needs_no_country_or_ownership(tmp_path: Path) -> None:
    text = "outlets: [{name: TASS, feeds: [{rss: 'https://tass.ru/rss/v2.xml'}]}]"
    (source,) = feed_sources(load_config(write(tmp_path, text), {}))
    assert (source.outlet.country, source.outlet.ownership) == ("RU", Ownership.STATE)


def test_the_configuration_beats_the_register(tmp_path: Path) -> None:
    text = "outlets: [{name: TASS, country: KZ, feeds: [{rss: 'https://tass.ru/rss/v2.xml'}]}]"
    (source,) = feed_sources(load_config(write(tmp_path, text), {}))
    assert (source.outlet.country, source.outlet.ownership) == ("KZ", Ownership.STATE)


def test_a_feed_has_one_kind(tmp_path: Path) -> None:
    text = 'outlets: [{name: A, feeds: [{rss: "https://n.example/a", telegram: examplenews}]}]'
    assert "either `rss: ADDRESS` or `telegram: NAME`" in problems(tmp_path, text)[0]


def test_an_address_with_a_password_is_refused(tmp_path: Path) -> None:
    found = problems(tmp_path, 'outlets: [{name: A, feeds: [{rss: "https://u:hunter2@n.example/a"}]}]')
    assert "would end up in logs" in found[0]
    assert "hunter2" not in found[0]


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path / "config.yaml", {})


def test_the_shipped_configuration_is_fine() -> None:
    config = load_config(ROOT / "config.yaml", {})
    feeds = feed_sources(config)
    assert len(config.outlets) >= 25
    assert {feed.language for feed in feeds} >= set(config.languages)
    assert all(outlet.country for outlet in config.outlets)


def test_the_schema_names_every_section() -> None:
    assert set(config_schema()["properties"]) >= {"database", "polling", "outlets", "digests", "mail"}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30s", 30),
        ("10m", 600),
        ("1h30m", 5400),
        ("24h", 86400),
        ("8d", 691200),
        (90, 90),
        ("0s", 0),
        ("1.5h", 5400),
    ],
)
def test_durations_as_people_write_them(text: object, seconds: float) -> None:
    assert parse_duration(text) == dt.timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "soon", "10", "10x", "m", "5m later", "-5m"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration"):
        parse_duration(text)


@given(st.integers(min_value=0, max_value=10**7))
def test_a_written_duration_reads_back(seconds: int) -> None:
    duration = dt.timedelta(seconds=seconds)
    assert parse_duration(write_duration(duration)) == duration


@pytest.mark.parametrize(
    ("text", "size"), [("15MB", 15_000_000), ("2MiB", 2_097_152), ("500kB", 500_000), (9, 9)]
)
def test_sizes_as_people_write_them(text: object, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://News.Example", "https://news.example/"),
        ("http://news.example:80/A?b=C#d", "http://news.example/A?b=C"),
        ("https://news.example:8443/x", "https://news.example:8443/x"),
        ("http://[2001:DB8::1]/x", "http://[2001:db8::1]/x"),
    ],
)
def test_the_address_of_a_feed(url: str, address: str) -> None:
    assert feed_address(url) == address
    assert feed_address(address) == address


@given(st.text(min_size=1, max_size=80).filter(str.strip))
def test_a_slug_is_safe_as_a_file_name(name: str) -> None:
    slug = slugify(name)
    assert slug
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(slug) <= 80
