"""Copies, changed numbers and denials in the ten languages, of an invented sale of shells."""

from __future__ import annotations

import pytest

from tests.story_items import same, story_item

# language: report, (words, their denial), what an agency and an outlet add before and after
CASES = {
    "en": (
        "The army of Norvia will receive 250 armoured vehicles from Tarsk in autumn. The defence ministry confirmed "
        "the contract and named a price of 90 million crowns. Training of the crews begins in May near Velm.",
        ("confirmed", "denied"), ("(Wire) - ", " Follow us and subscribe to our newsletter."),
    ),
    "fr": (
        "L'armée de Norvie recevra 250 blindés de Tarsk à l'automne. Le ministère de la défense a confirmé le "
        "contrat et parle de 90 millions de couronnes. La formation des équipages commence en mai près de Velm.",
        ("a confirmé", "a démenti"), ("(Agence) - ", " Lire la suite sur notre site."),
    ),
    "de": (
        "Die Armee von Norwien erhält im Herbst 250 Panzerwagen aus Tarsk. Das Verteidigungsministerium bestätigte "
        "den Vertrag und nannte einen Preis von 90 Millionen Kronen. Die Ausbildung beginnt im Mai bei Velm.",
        ("bestätigte", "dementierte"), ("(Agentur) - ", " Alle Rechte vorbehalten. Hier weiterlesen."),
    ),
    "es": (
        "El ejército de Norvia recibirá 250 blindados de Tarsk en otoño. El ministerio de defensa confirmó el "
        "contrato y habló de 90 millones de coronas. La formación de las tripulaciones empieza en mayo cerca de Velm.",
        ("confirmó", "desmintió"), ("(Agencia) - ", " Todos los derechos reservados. Siga leyendo aquí."),
    ),
    "ru": (
        "Армия Норвии получит осенью 250 бронемашин из Тарска. Министерство обороны подтвердило контракт и назвало "
        "цену в 90 миллионов крон. Обучение экипажей начнётся в мае на полигоне под Вельмом, сообщили военные.",
        ("подтвердило", "опровергло"), ("ВЕЛЬМ, 3 марта. /АГЕНТСТВО/. ", " Подписаться на наш канал."),
    ),
    "uk": (
        "Армія Норвії отримає восени 250 бронемашин із Тарська. Міністерство оборони підтвердило контракт і назвало "
        "ціну у 90 мільйонів крон. Навчання екіпажів почнеться у травні на полігоні під Вельмом, повідомили військові.",
        ("підтвердило", "спростувало"), ("(Агенція) - ", " Читайте також: підписуйтесь на наш канал."),
    ),
    "ar": (
        "سيتسلم جيش نورفيا 250 عربة مدرعة من تارسك في الخريف. أكدت وزارة الدفاع العقد وذكرت ثمنا قدره 90 مليون كرونة. "
        "يبدأ تدريب الأطقم في مايو قرب فيلم كما قال متحدث عسكري للصحفيين.",
        ("أكدت", "نفت"), ("(وكالة) - ", " جميع الحقوق محفوظة. اقرأ المزيد."),
    ),
    "fa": (
        "ارتش نورویا پاییز امسال ۲۵۰ خودروی زرهی از تارسک دریافت می‌کند. وزارت دفاع این قرارداد را "
        "تأیید کرد و بهای آن را ۹۰ میلیون کرون دانست. آموزش خدمه در ماه مه نزدیک ولم آغاز می‌شود.",
        ("تأیید", "تکذیب"), ("(خبرگزاری) - ", " ادامه مطلب را بخوانید. کانال ما."),
    ),
    "ko": (
        "노르비아 육군이 올가을 타르스크에서 장갑차 250대를 받는다. 국방부는 계약을 확인했고 금액이 "
        "9000만 크로네라고 밝혔다. 승무원 교육은 5월 벨름 인근에서 시작된다고 군 대변인이 기자들에게 설명했다.",
        ("계약을 확인했고", "계약을 부인했고"), ("(통신) - ", " 무단 전재 및 재배포 금지. 뉴스레터를 구독하세요."),
    ),
    "zh": (
        "诺维亚陆军将于秋季从塔尔斯克接收250辆装甲车。国防部证实了这份合同，并称总价为9000万克朗。"
        "乘员培训将于五月在韦尔姆附近开始，军方发言人对记者作了说明，并介绍了后续安排。",
        ("国防部证实了", "国防部否认了"), ("（通讯社）", "版权所有，未经许可不得转载。"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", CASES)
def test_agency_tags_and_subscription_lines_do_not_hide_a_copy(language: str) -> None:
    text, _, (before, after) = CASES[language]
    copy = f"{before}{text}{after}"
    assert same(story_item(1, text, language=language), story_item(2, copy, language=language, hours=1))


@pytest.mark.parametrize("language", CASES)
def test_another_number_is_another_report(language: str) -> None:
    text, _, (before, after) = CASES[language]
    other = before + text.replace("250", "25").replace("۲۵۰", "۲۵") + after
    assert not same(story_item(1, text, language=language), story_item(2, other, language=language, hours=1))


@pytest.mark.parametrize("language", CASES)
def test_a_denial_is_not_the_confirmation(language: str) -> None:
    text, (said, denied), (before, after) = CASES[language]
    assert said in text
    other = before + text.replace(said, denied) + after
    assert not same(story_item(1, text, language=language), story_item(2, other, language=language, hours=1))
