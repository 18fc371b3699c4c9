"""The language of a text is guessed where that is safe, and `und` where it is not."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.annotate.language import AutoDetector, LangdetectDetector, LanguageDetector, make_detector
from monitor.errors import UsageError

TEN = ("en", "fr", "ru", "uk", "ar", "fa", "ko", "zh", "es", "de")
SENTENCES = {
    "en": "The minister said that the ships would leave the port before the end of the week.",
    "fr": "Le ministre a déclaré que les navires quitteraient le port avant la fin de la semaine.",
    "ru": "Министр заявил, что корабли покинут порт до конца недели.",
    "uk": "Міністр заявив, що кораблі залишать порт до кінця тижня.",
    "ar": "قال الوزير إن السفن ستغادر الميناء قبل نهاية الأسبوع.",
    "fa": "وزیر گفت که کشتی‌ها پیش از پایان هفته بندر را ترک خواهند کرد.",
    "ko": "장관은 선박들이 이번 주말 전에 항구를 떠날 것이라고 말했다.",
    "zh": "部长说，这些船将在周末前离开港口。",
    "es": "El ministro dijo que los barcos saldrán del puerto antes de que termine la semana.",
    "de": "Der Minister sagte, dass die Schiffe den Hafen vor dem Ende der Woche verlassen werden.",
}


@pytest.fixture(params=[AutoDetector, LangdetectDetector])
def detector(request: pytest.FixtureRequest) -> LanguageDetector:
    made: LanguageDetector = request.param(TEN)
    return made


@pytest.mark.parametrize(("language", "sentence"), SENTENCES.items())
def test_a_sentence_in_each_of_the_ten_languages(
    detector: LanguageDetector, language: str, sentence: str
) -> None:
    assert detector.detect(sentence).language == language


@pytest.mark.parametrize(
    "text", ["", "🚀🚀🚀", "12:30", "https://example.org/a-long-path-of-words", "Hola", "OK"]
)
def test_too_little_text_is_undetermined(detector: LanguageDetector, text: str) -> None:
    assert detector.detect(text).language == "und"


def test_the_same_text_gives_the_same_guess_each_time(detector: LanguageDetector) -> None:
    text = "Minister of defence visited Oslo"
    assert len({detector.detect(text) for _ in range(5)}) == 1


def test_a_declared_language_does_not_outweigh_the_text(detector: LanguageDetector) -> None:
    assert detector.detect(SENTENCES["de"], "fr").language == "de"
    assert detector.detect(SENTENCES["ru"], "en").language == "ru"


def test_a_text_in_two_scripts_is_undetermined(detector: LanguageDetector) -> None:
    assert detector.detect(SENTENCES["en"] + " " + SENTENCES["ru"]).language == "und"


@pytest.mark.parametrize(("one", "two"), list(permutations(TEN, 2)))
def test_a_post_in_two_languages_is_undetermined(one: str, two: str) -> None:
    post = f"{SENTENCES[one]}\n\n{SENTENCES[two]}"
    assert AutoDetector(TEN).detect(post).language == "und"
    assert AutoDetector(TEN).detect(post, one).language == "und"


def test_a_long_post_that_changes_its_language_halfway_is_undetermined() -> None:
    post = " ".join([SENTENCES["es"]] * 8) + "\n\n" + " ".join([SENTENCES["en"]] * 8)
    assert AutoDetector(TEN).detect(post).language == "und"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Министарство је саопштило да ће бродови напустити луку до краја недеље.", "sr"),
        ("大臣は、船が週末までに港を出ると述べた。", "ja"),
        ("Il ministro ha detto che le navi lasceranno il porto prima della fine della settimana.", "it"),
        (
            "Bakan, gemilerin hafta sonundan önce limandan ayrılacağını ve bunun için hazırlandığını dedi.",
            "tr",
        ),
        ("וזיר אמר שהספינות יעזבו את הנמל לפני סוף השבוע.", "he"),
    ],
)
def test_a_language_outside_the_configuration_keeps_its_own_code(text: str, language: str) -> None:
    assert AutoDetector(TEN).detect(text).language == language


@pytest.mark.parametrize(
    "text",
    [
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor.",
        "Ko te reo Māori te reo taketake o Aotearoa.",
        "qwe rty asdf ghjk zxcv bnm qwer tyui",
        "F-16 HIMARS ATACMS Patriot S-400",
    ],
)
def test_a_language_that_nobody_knows_is_undetermined(text: str) -> None:
    assert AutoDetector(TEN).detect(text).language == "und"


@pytest.mark.parametrize(
    ("text", "hint", "language"),
    [
        ("Hola", "es", "es"),
        ("Guerre en Ukraine", "fr-FR", "fr"),
        ("Официальный курс вырос на 41 копейку", "ru", "ru"),
        ("首相訪米延期", "ja", "ja"),
        ("首相訪米延期", None, "zh"),
        ("OK", "xx", "und"),
    ],
)
def test_a_declared_language_decides_where_the_text_says_little(
    text: str, hint: str | None, language: str
) -> None:
    assert AutoDetector(TEN).detect(text, hint).language == language


def test_a_configured_language_that_the_model_does_not_know_can_be_declared() -> None:
    text = "Ko te reo Māori te reo taketake o Aotearoa."
    assert AutoDetector((*TEN, "mi")).detect(text, "mi").language == "mi"
    assert AutoDetector((*TEN, "mi")).detect(SENTENCES["en"], "mi").language == "en"
    assert AutoDetector(TEN).detect(text, "mi").language == "und"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Представники компаній Northwind Shipping і Blue Harbour Lines відвідали порт.", "uk"),
        ("Northwind Shipping 和 Blue Harbour Lines 的代表参观了港口，并签署了协议。", "zh"),
    ],
)
def test_names_in_latin_letters_do_not_make_a_text_mixed(text: str, language: str) -> None:
    assert AutoDetector(TEN).detect(text).language == language


def test_latin_letters_typed_for_cyrillic_ones_are_read_as_meant() -> None:
    disguised = SENTENCES["ru"].translate(str.maketrans("аеос", "aeoc"))
    assert disguised != SENTENCES["ru"]
    assert AutoDetector(TEN).detect(disguised).language == "ru"


def test_links_and_names_of_channels_say_nothing() -> None:
    text = (
        f"{SENTENCES['ru']} [Read more about it](https://example.org/the-minister-and-the-ships) @the_channel"
    )
    assert AutoDetector(TEN).detect(text).language == "ru"


def test_detectors_do_not_disturb_each_other_across_threads() -> None:
    """Each has its own languages; the model that they share is only read."""
    detectors = [AutoDetector(TEN), AutoDetector(("pt", "it")), AutoDetector(("en",))]
    work = [(one, text) for one in detectors for text in SENTENCES.values()]
    alone = [one.detect(text) for one, text in work]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda pair: pair[0].detect(pair[1]), work)) == alone


def test_a_detector_survives_pickling_without_its_model(detector: LanguageDetector) -> None:
    before = detector.detect(SENTENCES["uk"])
    stored = pickle.dumps(detector)
    assert len(stored) < 1000
    assert pickle.loads(stored).detect(SENTENCES["uk"]) == before


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_no_text_is_too_odd(text: str) -> None:
    for name in ("auto", "langdetect"):
        assert 0 <= make_detector(name, TEN).detect(text, "xx-YY").score <= 1


def test_cyrillic_that_is_none_of_the_known_languages_is_no_error() -> None:
    assert (
        LangdetectDetector(TEN).detect("Ј љ њ и ово је текст на српском језику без превода").language == "und"
    )


def test_an_unknown_detector_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="langdetect"):
        make_detector("oracle", TEN)
