"""Ten languages with the same phrases, and dates, numbers and names as each of them writes them."""

from __future__ import annotations

import datetime as dt
import string

import pytest
from babel import Locale

from monitor.render.labels import READER_LANGUAGES, Labels
from monitor.render.words import WORDS

AT = dt.datetime(2026, 11, 22, 14, 5, tzinfo=dt.UTC)
OTHERS = [language for language in READER_LANGUAGES if language != "en"]
# Arabic says one and two without a figure
WITHOUT_FIGURE = {"ar": {"zero", "one", "two"}}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_the_ten_languages_are_there() -> None:
    assert set(READER_LANGUAGES) == {"en", "fr", "ru", "uk", "ar", "fa", "ko", "zh", "es", "de"}


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_same_phrases(language: str) -> None:
    assert list(WORDS[language]) == list(WORDS["en"]) or set(WORDS[language]) == set(WORDS["en"])


@pytest.mark.parametrize("language", OTHERS)
def test_phrases_keep_their_places(language: str) -> None:
    for key, english in WORDS["en"].items():
        own = WORDS[language][key]
        assert isinstance(own, str) == isinstance(english, str), key
        if isinstance(own, str) and isinstance(english, str):
            assert places(own) == places(english), key
        elif not isinstance(own, str) and not isinstance(english, str):
            for form, text in own.items():
                lacking = places(english["other"]) - places(text)
                assert lacking <= ({"n"} if form in WITHOUT_FIGURE.get(language, set()) else set()) | (
                    set(places(english["other"])) if form == "zero" else set()
                ), (key, form)
                assert places(text) <= places(english["other"]), (key, form)


@pytest.mark.parametrize("language", READER_LANGUAGES)
def test_plural_forms_are_those_of_the_language(language: str) -> None:
    categories = Locale(language).plural_form.tags | {"other"}
    for key, forms in WORDS[language].items():
        if not isinstance(forms, str):
            assert "other" in forms and set(forms) <= categories, key


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_was_left_in_english(language: str) -> None:
    same = {key for key, text in WORDS[language].items() if text == WORDS["en"][key] and key != "via"}
    # words that these languages share with English
    assert same <= {
        "sources", "versions", "original", "item_drones", "feed", "link", "status", "subject", "n_on", "digest_title",
        "ownership_public", "item_tanks",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("language", "number", "wanted"),
    [("en", 1, "1 story"), ("en", 2, "2 stories"), ("fr", 0, "0 article"), ("fr", 2, "2 articles"),
     ("ru", 1, "1 сообщение"), ("ru", 3, "3 сообщения"), ("ru", 11, "11 сообщений"), ("uk", 22, "22 повідомлення"),
     ("ar", 2, "خبران"), ("ar", 3, "3 أخبار"), ("ar", 11, "11 خبرًا"), ("fa", 5, "۵ خبر"), ("zh", 4, "4 篇报道"),
     ("ko", 4, "기사 4건"), ("de", 1, "1 Meldung")],
)  # fmt: skip
def test_things_are_counted_as_people_say_it(language: str, number: int, wanted: str) -> None:
    assert Labels(language).count("n_stories", number) == wanted


@pytest.mark.parametrize(
    ("language", "wanted"),
    [("en", "22 Nov 2026, 15:05 (UTC+1)"), ("de", "22. Nov. 2026, 15:05 (UTC+1)"),
     ("zh", "2026年11月22日 15:05 (UTC+1)"), ("ko", "2026년 11월 22일, 15:05 (UTC+1)"),
     ("fa", "۲۲ نوامبر ۲۰۲۶، ۱۵:۰۵ (\u2066UTC+1\u2069)"), ("ar", "22 نوفمبر 2026، 15:05 (\u2066UTC+1\u2069)")],
)  # fmt: skip
def test_times_are_written_in_the_reader_s_manner_and_zone(language: str, wanted: str) -> None:
    assert Labels(language, "Europe/Paris").datetime(AT) == wanted


@pytest.mark.parametrize(
    ("zone", "wanted"),
    [("UTC", "14:05 UTC"), ("Asia/Kathmandu", "19:50 UTC+5:45"), ("America/St_Johns", "10:35 UTC\u22123:30")],
)
def test_offsets_of_any_zone(zone: str, wanted: str) -> None:
    labels = Labels("en", zone)
    assert labels.datetime(AT).split(", ")[1] == wanted.replace(" ", " (") + ")"


def test_naive_times_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Labels().time(dt.datetime(2026, 11, 22, 14, 5))  # noqa: DTZ001 - that is the point


def test_numbers_and_changes() -> None:
    assert Labels("de").number(12345.67, 1) == "12.345,7"
    assert Labels("en").number(3.0, 1) == "3"
    assert Labels("en").percent(0.1234) == "12.3%"
    assert [Labels("en").change(ratio) for ratio in (0.45, -0.2, 0.0, 0.001)] == [
        "+45%",
        "\u221220%",
        "0%",
        "0%",
    ]


def test_names_come_from_cldr_and_unknown_codes_stay() -> None:
    labels = Labels("fr")
    assert labels.language_name("ar") == "Arabe"
    assert labels.language_name("und") == labels.language_name(None) == "Langue non déterminée"
    assert labels.language_name("xx") == "xx"
    assert labels.country_name("RU") == "Russie"
    assert labels.country_name("Houthis") == "Houthis"
    assert labels.country_name(None) == labels.country_name(float("nan")) == "Pays inconnu"


def test_topics_take_the_reader_s_label_then_english_then_the_slug() -> None:
    labels = Labels(
        "fr", topics={"sanctions": {"en": "Sanctions"}, "nuclear": {"en": "Nuclear", "fr": "Nucléaire"}}
    )
    assert [labels.topic(slug) for slug in ("nuclear", "sanctions", "arms-transfers")] == [
        "Nucléaire", "Sanctions", "Arms transfers",
    ]  # fmt: skip


def test_codes_without_a_word_are_shown_readable() -> None:
    assert Labels("de").either("status", "denied") == "dementiert"
    assert Labels("de").either("status", "half-true") == "Half true"


def test_a_reader_of_another_language_gets_english_words_and_own_names() -> None:
    labels = Labels("it")
    assert labels.word("overview") == "Overview" and labels.language_name("fr") == "Francese"
    assert Labels("xx-nonsense").word("overview") == "Overview"


def test_unknown_phrases_are_a_fault() -> None:
    with pytest.raises(KeyError):
        Labels().word("no_such_phrase")
    with pytest.raises(KeyError, match="count"):
        Labels().word("n_stories")
