"""States, governments and groups are found however a language names and inflects them."""

from __future__ import annotations

import pytest

from tests.unit.annotate.gazetteer_cases import actors

NAMED = [
    # language, text, actors
    ("en", "Pyongyang told the White House that Iranian envoys met the Kremlin.", {"KP", "US", "IR", "RU"}),
    ("en", "US officials and the U.S. Treasury spoke; the Saudis listened.", {"US", "SA"}),
    (
        "en",
        "DR Congo says Rwanda arms M23, and Niger closes its border with Nigeria.",
        {"CD", "RW", "M23", "NE", "NG"},
    ),
    (
        "en",
        "Ansar Allah, the Polisario and the Rapid Support Forces",
        {"Houthis", "Polisario Front", "Rapid Support Forces"},
    ),
    ("en", "South Sudan, Equatorial Guinea, Papua New Guinea and Guinea-Bissau", {"SS", "GQ", "PG", "GW"}),
    (
        "fr",
        "L'Élysée et les Iraniennes; la diplomatie nord-coréenne, les Ivoiriens",
        {"FR", "IR", "KP", "CI"},
    ),
    ("fr", "l’Ukraine, d’Iran et qu’Israël ; la RDC et l’Otan", {"UA", "IR", "IL", "CD", "NATO"}),
    ("fr", "Le gouvernement tchadien et les houthistes", {"TD", "Houthis"}),
    (
        "ru",
        "Поставки из Ирана в Россию обсуждали с Китаем, о Польше и Египте",
        {"IR", "RU", "CN", "PL", "EG"},
    ),
    ("ru", "вашингтонская администрация, в Пхеньяне, Саудовской Аравией, ОАЭ", {"US", "KP", "SA", "AE"}),
    (
        "ru",
        "хуситам помогала «Хезболла», а ХАМАСу — никто; СБП отступили",
        {"Houthis", "Hezbollah", "Rapid Support Forces"},
    ),
    ("ru", "российско-китайское заявление и американо-израильские учения", {"RU", "CN", "US", "IL"}),
    ("uk", "Зброю з Північної Кореї отримала Росія, повідомили у Києві та Франції", {"KP", "RU", "UA", "FR"}),
    ("uk", "Об'єднаними Арабськими Еміратами, Білоруссю, Празі, Єгиптом", {"AE", "BY", "CZ", "EG"}),
    ("ar", "نفت طهران وموسكو، وقالت الخارجية الأمريكية إن للعراق دورا", {"IR", "RU", "US", "IQ"}),
    (
        "ar",
        "للولايات المتحدة وبالسعودية والحوثيين وحزب الله والدعم السريع",
        {"US", "SA", "Houthis", "Hezbollah", "Rapid Support Forces"},
    ),
    ("ar", "الأوكرانيون والإسرائيليين والقوات الروسية", {"UA", "IL", "RU"}),
    ("fa", "تهران به مسکو گفت که آمریکایی‌ها و کره شمالی با عربستان", {"IR", "RU", "US", "KP", "SA"}),
    ("fa", "حوثی‌ها، حزب‌الله و حماس در سوریه‌", {"Houthis", "Hezbollah", "Hamas", "SY"}),
    (
        "ko",
        "북한이 러시아에 보냈고 미국은 이란산 무기라고 했다. 우크라이나군은",
        {"KP", "RU", "US", "IR", "UA"},
    ),
    ("ko", "美, 우크라 지원…北·中 반발", {"US", "UA", "KP", "CN"}),
    ("ko", "韓美 국방장관 회담, 한미일 공조, 북러 밀착", {"KR", "US", "JP", "KP", "RU"}),
    ("ko", "미 국방부와 러 외무부, 북측 대표단", {"US", "RU", "KP"}),
    ("zh", "美方指责朝鲜向俄罗斯运送弹药，伊方否认，俄乌战事继续", {"US", "KP", "RU", "IR", "UA"}),
    ("zh", "中南海、白宫和克里姆林宫；胡塞武装与真主党", {"CN", "US", "RU", "Houthis", "Hezbollah"}),
    ("zh", "臺灣與韓國、俄羅斯", {"TW", "KR", "RU"}),
    (
        "es",
        "La Casa Blanca y EE. UU., los iraníes, las autoridades norcoreanas y Moscú",
        {"US", "IR", "KP", "RU"},
    ),
    ("es", "los hutíes, Hezbolá, la OTAN y Arabia Saudita", {"Houthis", "Hezbollah", "NATO", "SA"}),
    ("de", "Das Weiße Haus, die US-Regierung und iranische Stellen; Ukrainerinnen", {"US", "IR", "UA"}),
    (
        "de",
        "Lieferungen aus den Vereinigten Arabischen Emiraten an die RSF-Miliz",
        {"AE", "Rapid Support Forces"},
    ),
    ("und", "Київ, Москва и Tehran", {"UA", "RU", "IR"}),
]


@pytest.mark.parametrize(("language", "text", "expected"), NAMED)
def test_actors_are_found_as_the_language_names_them(language: str, text: str, expected: set[str]) -> None:
    assert expected <= actors(text, language)


NOT_NAMED = [
    # language, text, actors that it does not name
    ("en", "Tell us about the roast turkey, the guinea pig and the china cabinet.", {"US", "TR", "GN", "CN"}),
    ("en", "Chad scored twice and Michael Jordan watched.", {"TD", "JO"}),
    ("en", "Georgia's governor spoke in Atlanta.", {"GE"}),
    ("en", "New Mexico, the Washington Post and the Kyiv Independent", {"MX", "US", "UA"}),
    ("en", "Papua New Guinea and Equatorial Guinea", {"GN"}),
    ("en", "Nigeria and South Sudan", {"NE", "SD"}),
    ("fr", "Jordan Bardella au Tour de France, selon l'Agence France-Presse", {"JO", "FR"}),
    ("ru", "Малина и того мало; чад в кухне, мали краски, романы", {"ML", "TG", "TD", "OM"}),
    ("ru", "Того же мнения эксперты. Чад от пожара.", {"TG", "TD"}),
    ("ru", "Курсы валют и иранист", {"IR"}),
    ("uk", "Малі підприємства отримали кредити", {"ML"}),
    ("ar", "البنك المالي والدعم مالي، كيف حالكم، نصف قطر الدائرة", {"ML", "UA", "QA"}),
    ("ar", "في صلاة المغرب والرياضة بالإكراه", {"MA", "SA", "GH"}),
    ("fa", "روز دوشنبه در آستانه سال نو", {"TJ", "KZ"}),
    ("es", "Francesco y Jordan", {"FR", "JO"}),
    ("en", "Mr. Jordan spoke of football.", {"JO"}),
    ("fa", "کیف پول را ترک کرد و کمک مالی گرفت", {"UA", "TR", "ML"}),
    ("ko", "무기를 인도받을 예정이며 다른 수단이 없다", {"IN", "SD"}),
    ("ko", "북을 치고 중심을 잡았다", {"KP", "CN"}),
    ("zh", "其中美国最多", {"CN"}),
    ("zh", "印度尼西亚、索马里、马里兰州、约旦河", {"IN", "ML", "JO"}),
    ("es", "la granada y el chile; una turca", {"GD", "CL"}),
    ("de", "Wir haben in der Oper Wagner gehört und Meerschweinchen", {"Wagner Group", "GN"}),
]


@pytest.mark.parametrize(("language", "text", "absent"), NOT_NAMED)
def test_words_that_only_look_like_a_state_name_none(language: str, text: str, absent: set[str]) -> None:
    assert not absent & actors(text, language)


def test_context_decides_between_amman_and_oman() -> None:
    assert actors("وصل الوزير إلى عمان للقاء العاهل الأردني في الأردن", "ar") >= {"JO"}
    assert "JO" not in actors("استقبلت سلطنة عمان الوفد في مسقط ثم عاد إلى عمان", "ar")


def test_context_lets_a_weak_name_count() -> None:
    assert "TD" in actors("Arms for Darfur pass through Chad, N'Djamena denies it.", "en")
    assert "ML" in actors("Бои у Бамако: Мали просит о помощи", "ru")
    assert "CD" in actors("Kinshasa says that eastern Congo is under attack", "en")


def test_georgia_with_its_capital_is_the_state_even_beside_atlanta() -> None:
    assert "GE" in actors("Tbilisi: Georgia signs, after talks in Atlanta", "en")


def test_a_capital_says_in_which_form_it_names_its_state() -> None:
    from monitor.annotate.entities import find_matches
    from tests.unit.annotate.gazetteer_cases import gazetteer

    forms = {m.form for m in find_matches("Moscow, the Kremlin, Russian envoys, Russia", "en", gazetteer())}
    assert forms == {"capital", "government", "demonym", "name"}
