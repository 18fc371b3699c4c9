"""A medium named before and taken up by its noun says what follows, in ten languages; another one is not it."""

from __future__ import annotations

import pytest

from tests.unit.annotate.rule_reader import media, read

AGAIN = {
    "en": (
        "Belgrade read the article in the Financial Times. The newspaper had said that Belarus sent Serbia 40 tanks.",
        "Financial Times",
    ),
    "fr": (
        "Belgrade a lu l'enquête du Monde. Le journal avait écrit que la Biélorussie avait livré 40 chars à la Serbie.",
        "Le Monde",
    ),
    "de": (
        "Belgrad kennt die Recherche der Süddeutschen Zeitung. Die Zeitung hatte geschrieben, Belarus habe 40 Panzer"
        " an Serbien geliefert.",
        "Süddeutsche Zeitung",
    ),
    "es": (
        "Belgrado leyó el reportaje de Clarín. El diario informó que Bielorrusia entregó 40 tanques a Serbia.",
        "Clarín",
    ),
    "ru": (
        "В Белграде прочитали статью «Коммерсанта». Ранее газета сообщила, что Белоруссия поставила Сербии 40 танков.",
        "Kommersant",
    ),
    "uk": (
        "У Белграді прочитали статтю «Української правди». Раніше видання повідомило, що Білорусь поставила Сербії"
        " 40 танків.",
        "Ukrainska Pravda",
    ),
    "ar": (
        "علّقت بلغراد على مقال في صحيفة «الشرق الأوسط». وكانت الصحيفة قد ذكرت أن بيلاروسيا سلمت صربيا 40 دبابة.",
        "Asharq Al-Awsat",
    ),
    "fa": (
        "بلگراد مقاله روزنامه شرق را خواند. این روزنامه نوشته بود بلاروس ۴۰ تانک به صربستان تحویل داده است.",
        "Shargh",
    ),
    "ko": (
        "세르비아는 르몽드 기사에 반발했다. 이 신문은 벨라루스가 세르비아에 전차 40대를 인도했다고 보도했다.",
        "Le Monde",
    ),
    "zh": (
        "塞尔维亚对《金融时报》的文章表示不满。该报称，白俄罗斯向塞尔维亚交付了40辆坦克。",
        "Financial Times",
    ),
}
NEW = {
    "en": "Le Monde was praised. A Viennese newspaper said that Belarus sent Serbia 40 tanks.",
    "ru": "Читают «Коммерсант». Австрийская газета сообщила, что Белоруссия поставила Сербии 40 танков.",
    "fr": "On lit Le Monde. Un journal viennois avait écrit que la Biélorussie avait livré 40 chars à la Serbie.",
}


@pytest.mark.parametrize("language", AGAIN)
def test_the_newspaper_is_the_one_named_before(language: str) -> None:
    text, outlet = AGAIN[language]
    _, (claim,) = read(text, language)
    assert (claim.speaker, claim.status) == (outlet, "alleged")
    assert media(text, language) == [outlet]


@pytest.mark.parametrize("language", NEW)
def test_another_newspaper_is_not(language: str) -> None:
    _, (claim,) = read(NEW[language], language)
    assert claim.status == "alleged"
    assert claim.speaker not in media(NEW[language], language)
