"""A made-up day of news in ten languages, for tests of digest and mail. Nothing in it happened."""

from __future__ import annotations

import datetime as dt
from typing import Any

from monitor.render.labels import Labels
from monitor.types.digest import (
    CarriedBy,
    Change,
    DigestPeriod,
    DigestSpec,
    DigestStory,
    FeedNote,
)

DAY = dt.date(2026, 11, 20)
UNTIL = dt.datetime(2026, 11, 20, 6, tzinfo=dt.UTC)
SINCE = UNTIL - dt.timedelta(days=1)
PERIOD = DigestPeriod(day=DAY, since=SINCE, until=UNTIL)
TOPICS = (
    "arms-transfers", "sanctions", "armed-conflict", "missiles-drones", "nuclear", "military-cooperation",
)  # fmt: skip
LABELS: dict[str, dict[str, str]] = {
    "arms-transfers": {
        "en": "Arms transfers", "fr": "Transferts d’armes", "ru": "Поставки оружия", "uk": "Постачання зброї",
        "ar": "نقل الأسلحة", "fa": "انتقال تسلیحات", "ko": "무기 이전", "zh": "武器转让",
        "es": "Transferencias de armas", "de": "Waffentransfers",
    },
    "sanctions": {
        "en": "Sanctions", "fr": "Sanctions", "ru": "Санкции", "uk": "Санкції", "ar": "العقوبات", "fa": "تحریم‌ها",
        "ko": "제재", "zh": "制裁", "es": "Sanciones", "de": "Sanktionen",
    },
    "armed-conflict": {
        "en": "Armed conflict", "fr": "Conflits armés", "ru": "Вооружённые конфликты", "uk": "Збройні конфлікти",
        "ar": "النزاعات المسلحة", "fa": "درگیری‌های مسلحانه", "ko": "무력 분쟁", "zh": "武装冲突",
        "es": "Conflictos armados", "de": "Bewaffnete Konflikte",
    },
    "missiles-drones": {
        "en": "Missiles and drones", "fr": "Missiles et drones", "ru": "Ракеты и беспилотники",
        "uk": "Ракети і безпілотники", "ar": "الصواريخ والمسيّرات", "fa": "موشک و پهپاد", "ko": "미사일과 무인기",
        "zh": "导弹与无人机", "es": "Misiles y drones", "de": "Raketen und Drohnen",
    },
    "nuclear": {
        "en": "Nuclear", "fr": "Nucléaire", "ru": "Ядерная тема", "uk": "Ядерна тема", "ar": "النووي", "fa": "هسته‌ای",
        "ko": "핵", "zh": "核问题", "es": "Asuntos nucleares", "de": "Nukleares",
    },
    "military-cooperation": {
        "en": "Military cooperation", "fr": "Coopération militaire", "ru": "Военное сотрудничество",
        "uk": "Військова співпраця", "ar": "التعاون العسكري", "fa": "همکاری نظامی", "ko": "군사 협력",
        "zh": "军事合作", "es": "Cooperación militar", "de": "Militärische Zusammenarbeit",
    },
}  # fmt: skip

_ROWS: tuple[tuple[str, str, str, str, dict[str, float], str, str], ...] = (
    ("en", "Thornmoor Courier", "GB", "private", {"arms-transfers": 0.92, "missiles-drones": 0.55},
     "Norland denies shipping rocket engines to Estavia through a third port",
     "The Norland defence ministry said on Thursday that no engines had left its depots, after a paper cited "
     "officials who described three shipments since the spring."),
    ("fr", "Hexagone Infos", "FR", "private", {"arms-transfers": 0.88},
     "L’Estavie aurait reçu des moteurs de fusée par un port tiers, selon la presse britannique",
     "Trois livraisons auraient eu lieu depuis le printemps. Le ministère de la Défense norlandais dément."),
    ("de", "Spreebote", "DE", "private", {"sanctions": 0.9},
     "Rat verlängert Sanktionen gegen Reedereien aus Estavia um ein Jahr",
     "Betroffen sind vierzehn Schiffe und zwei Versicherer. Der Beschluss gilt ab Dezember."),
    ("ru", "Балтийская волна", "LV", "public", {"sanctions": 0.81},
     "Совет продлил санкции против судоходных компаний Эставии",
     "В список вошли четырнадцать судов и два страховщика, решение вступает в силу в декабре."),
    ("uk", "Дніпровський обрій", "UA", "private", {"armed-conflict": 0.86},
     "Перемир’я на річці Вельга порушено вдруге за тиждень",
     "Обидві сторони звинувачують одна одну в обстрілі переправи, спостерігачі просять доступу."),
    ("ar", "صوت الجسر", "LB", "private", {"arms-transfers": 0.84},
     "وزارة الدفاع في نورلاند تنفي شحن محركات صاروخية إلى إستافيا",
     "قالت الوزارة إن أي محركات لم تغادر مخازنها، ووصفت التقارير بأنها «بلا أساس» في بيان من 3 فقرات."),
    ("fa", "پیک البرز", "IR", "state", {"missiles-drones": 0.77},
     "رونمایی از پهپاد شناسایی تازه در نمایشگاه هوایی",
     "به گفتهٔ سخنگوی نمایشگاه، این پهپاد تا ۱۲ ساعت پرواز می‌کند و برای گشت دریایی ساخته شده است."),
    ("ko", "새벽일보", "KR", "private", {"missiles-drones": 0.8},
     "합참 \"동해상으로 단거리 발사체 두 발 포착\"",
     "합동참모본부는 발사체가 약 삼백 킬로미터를 날아 해상에 떨어졌다고 밝혔다."),
    ("zh", "江海观察", "CN", "state", {"military-cooperation": 0.79},
     "两国海军举行联合搜救演练，为期三天",
     "演练在东部海域进行，双方派出六艘舰艇和两架直升机参加。"),
    ("es", "Brújula del Plata", "AR", "private", {"military-cooperation": 0.74, "arms-transfers": 0.41},
     "El Senado debate la compra de patrulleras con entrenamiento conjunto",
     "El proyecto prevé cuatro buques y un acuerdo de mantenimiento por diez años."),
    ("en", "Northlight Wire", "NO", "private", {"sanctions": 0.7},
     "Insurers ask for clearer rules on dual-use pumps after new listing", ""),
    ("en", "Thornmoor Courier", "GB", "private", {"armed-conflict": 0.66},
     "Ferry crossing on the Velga shelled again, monitors seek access",
     "Both sides blame each other for the second breach of the truce within a week."),
)  # fmt: skip


def stories() -> list[DigestStory]:
    """Twelve stories; the first is an update that others carry."""
    made = [
        DigestStory(
            story_id=number, cluster_id=None, topics=topics, title=title, lead=lead, outlet=outlet, country=country,
            ownership=owner, language=language, url=f"https://news.example/{language}/{number}?a=1&b=2",
            effective_at=SINCE + dt.timedelta(hours=number, minutes=7 * number),
            first_seen_at=SINCE + dt.timedelta(hours=number, minutes=7 * number + 4),
            entry_ids=(100 + number,), story_ids=(number,),
        )
        for number, (language, outlet, country, owner, topics, title, lead) in enumerate(_ROWS, start=1)
    ]  # fmt: skip
    made[0] = changed(
        made[0],
        independent_sources=2,
        carried_by=(
            CarriedBy(outlet="Northlight Wire", language="en", url="https://wire.example/norland-denies"),
            CarriedBy(outlet="منبر الشرق", language="ar", url="https://minbar.example/7"),
            CarriedBy(outlet="Fil Léman", language="fr", url="https://leman.example/démenti"),
        ),
        updated=(Change(kind="denied", text="Norland defence ministry"),),
    )
    return made


def changed(story: DigestStory, **values: Any) -> DigestStory:
    """The story with other values."""
    from dataclasses import replace

    return replace(story, **values)


def spec(**values: Any) -> DigestSpec:
    """A list of one reader."""
    return DigestSpec(**{"name": "daily", "timezone": "Europe/Paris", "to": ("desk@example.org",), **values})


def labels(language: str = "en", timezone: str = "Europe/Paris") -> Labels:
    """Words for a reader, with the topics above."""
    return Labels(language=language, timezone=timezone, topics=LABELS)


NOTES = (
    FeedNote(feed="hexagone-rss-2", outlet="Hexagone Infos", trouble="silent"),
    FeedNote(feed="sawt-1", outlet="صوت الجسر", trouble="silent"),
    FeedNote(feed="severny-1", outlet="Северный телеграф", trouble="failing"),
)
