"""Words of sentences about claims in ten languages: who speaks, what they say, what changed.

`{who}` is an office with its state, a medium, or an unnamed source. Offices stand in the form that the sentence of
their language needs (French and Spanish with the article; the others bare).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# offices by the English label that analysis gives them (monitor/data/citations/sources.yaml)
OFFICES: Final[Mapping[str, Mapping[str, str]]] = {
    "foreign ministry spokesperson": {
        "en": "foreign ministry spokesperson", "fr": "le porte-parole du ministère des Affaires étrangères",
        "ru": "представитель МИД", "uk": "речник МЗС", "ar": "المتحدث باسم وزارة الخارجية",
        "fa": "سخنگوی وزارت خارجه", "ko": "외교부 대변인", "zh": "外交部发言人",
        "es": "el portavoz del Ministerio de Exteriores", "de": "Sprecher des Außenministeriums",
    },
    "defence ministry spokesperson": {
        "en": "defence ministry spokesperson", "fr": "le porte-parole du ministère de la Défense",
        "ru": "представитель Минобороны", "uk": "речник Міноборони", "ar": "المتحدث باسم وزارة الدفاع",
        "fa": "سخنگوی وزارت دفاع", "ko": "국방부 대변인", "zh": "国防部发言人",
        "es": "el portavoz del Ministerio de Defensa", "de": "Sprecher des Verteidigungsministeriums",
    },
    "foreign ministry": {
        "en": "foreign ministry", "fr": "le ministère des Affaires étrangères", "ru": "МИД", "uk": "МЗС",
        "ar": "وزارة الخارجية", "fa": "وزارت خارجه", "ko": "외교부", "zh": "外交部",
        "es": "el Ministerio de Exteriores", "de": "Außenministerium",
    },
    "defence ministry": {
        "en": "defence ministry", "fr": "le ministère de la Défense", "ru": "Минобороны", "uk": "Міноборони",
        "ar": "وزارة الدفاع", "fa": "وزارت دفاع", "ko": "국방부", "zh": "国防部",
        "es": "el Ministerio de Defensa", "de": "Verteidigungsministerium",
    },
    "president": {
        "en": "president", "fr": "la présidence", "ru": "президент", "uk": "президент", "ar": "الرئاسة",
        "fa": "ریاست‌جمهوری", "ko": "대통령실", "zh": "总统府", "es": "la Presidencia", "de": "Präsident",
    },
    "prime minister": {
        "en": "prime minister", "fr": "le chef du gouvernement", "ru": "премьер-министр", "uk": "прем’єр-міністр",
        "ar": "رئيس الوزراء", "fa": "نخست‌وزیر", "ko": "총리", "zh": "总理", "es": "el jefe del Gobierno",
        "de": "Regierungschef",
    },
    "minister": {
        "en": "minister", "fr": "le ministre", "ru": "министр", "uk": "міністр", "ar": "الوزير", "fa": "وزیر",
        "ko": "장관", "zh": "部长", "es": "el ministro", "de": "Minister",
    },
    "government spokesperson": {
        "en": "government spokesperson", "fr": "le porte-parole du gouvernement", "ru": "представитель правительства",
        "uk": "речник уряду", "ar": "المتحدث باسم الحكومة", "fa": "سخنگوی دولت", "ko": "정부 대변인",
        "zh": "政府发言人", "es": "el portavoz del Gobierno", "de": "Regierungssprecher",
    },
    "government": {
        "en": "government", "fr": "le gouvernement", "ru": "правительство", "uk": "уряд", "ar": "الحكومة",
        "fa": "دولت", "ko": "정부", "zh": "政府", "es": "el Gobierno", "de": "Regierung",
    },
    "armed forces": {
        "en": "armed forces", "fr": "l’armée", "ru": "военное командование", "uk": "військове командування",
        "ar": "القوات المسلحة", "fa": "نیروهای مسلح", "ko": "군 당국", "zh": "军方",
        "es": "el Ejército", "de": "Militär",
    },
    "intelligence": {
        "en": "intelligence", "fr": "le renseignement", "ru": "разведка", "uk": "розвідка", "ar": "الاستخبارات",
        "fa": "نهاد اطلاعاتی", "ko": "정보당국", "zh": "情报部门", "es": "la inteligencia", "de": "Geheimdienst",
    },
    "UN experts": {
        "en": "UN experts", "fr": "le groupe d’experts de l’ONU", "ru": "группа экспертов ООН",
        "uk": "група експертів ООН", "ar": "فريق خبراء الأمم المتحدة", "fa": "هیئت کارشناسان سازمان ملل",
        "ko": "유엔 전문가패널", "zh": "联合国专家小组", "es": "el panel de expertos de la ONU",
        "de": "UN-Expertengruppe",
    },
    "think tank": {
        "en": "a think tank", "fr": "un centre d’études", "ru": "аналитический центр", "uk": "аналітичний центр",
        "ar": "مركز أبحاث", "fa": "یک اندیشکده", "ko": "싱크탱크", "zh": "智库", "es": "un centro de estudios",
        "de": "eine Denkfabrik",
    },
    "unnamed": {
        "en": "an unnamed source", "fr": "une source anonyme", "ru": "неназванный источник",
        "uk": "неназване джерело", "ar": "مصدر لم يُسمَّ", "fa": "یک منبع ناشناس", "ko": "익명 소식통",
        "zh": "匿名消息人士", "es": "una fuente anónima", "de": "eine ungenannte Quelle",
    },
}  # fmt: skip

WHOSE: Final[Mapping[str, str]] = {
    "en": "{state}’s {office}", "fr": "{office} ({state})", "ru": "{office} ({state})", "uk": "{office} ({state})",
    "ar": "{office} ({state})", "fa": "{office} ({state})", "ko": "{state} {office}", "zh": "{state}{office}",
    "es": "{office} ({state})", "de": "{office} ({state})",
}  # fmt: skip
"""An office with its state: cases and genders of names of states are avoided."""

SAID: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "alleged": "alleged by {who}", "announced": "announced by {who}", "confirmed": "confirmed by {who}",
        "denied": "denied by {who}", "refused": "refused by {who}",
    },
    "fr": {
        "alleged": "selon {who}", "announced": "annoncé par {who}", "confirmed": "confirmé par {who}",
        "denied": "démenti par {who}", "refused": "refusé par {who}",
    },
    "ru": {
        "alleged": "утверждает {who}", "announced": "объявляет {who}", "confirmed": "подтверждает {who}",
        "denied": "опровергает {who}", "refused": "отказывает {who}",
    },
    "uk": {
        "alleged": "стверджує {who}", "announced": "оголошує {who}", "confirmed": "підтверджує {who}",
        "denied": "спростовує {who}", "refused": "відмовляє {who}",
    },
    "ar": {
        "alleged": "بحسب {who}", "announced": "إعلان من {who}", "confirmed": "تأكيد من {who}",
        "denied": "نفي من {who}", "refused": "رفض من {who}",
    },
    "fa": {
        "alleged": "به گفتهٔ {who}", "announced": "اعلام از سوی {who}", "confirmed": "تأیید از سوی {who}",
        "denied": "تکذیب از سوی {who}", "refused": "امتناع از سوی {who}",
    },
    "ko": {
        "alleged": "{who} 주장", "announced": "{who} 발표", "confirmed": "{who} 확인", "denied": "{who} 부인",
        "refused": "{who} 거부",
    },
    "zh": {
        "alleged": "{who}称", "announced": "{who}宣布", "confirmed": "{who}证实", "denied": "{who}否认",
        "refused": "{who}拒绝",
    },
    "es": {
        "alleged": "según {who}", "announced": "anunciado por {who}", "confirmed": "confirmado por {who}",
        "denied": "desmentido por {who}", "refused": "rechazado por {who}",
    },
    "de": {
        "alleged": "laut {who}", "announced": "angekündigt – {who}", "confirmed": "bestätigt – {who}",
        "denied": "dementiert – {who}", "refused": "abgelehnt – {who}",
    },
}  # fmt: skip

REPORTED: Final[Mapping[str, str]] = {
    "en": "{status} ({outlet})", "fr": "{status} ({outlet})", "ru": "{status} ({outlet})", "uk": "{status} ({outlet})",
    "ar": "{status} ({outlet})", "fa": "{status} ({outlet})", "ko": "{status} ({outlet})", "zh": "{status}（{outlet}）",
    "es": "{status} ({outlet})", "de": "{status} ({outlet})",
}  # fmt: skip
"""A party's word where the text does not say who spoke it: the outlet only reports it."""

FRAME: Final[Mapping[str, str]] = {
    "en": "{supplier} → {recipient}, {items}: {said}", "fr": "{supplier} → {recipient}, {items}\u00a0: {said}",
    "ru": "{supplier} → {recipient}, {items}: {said}", "uk": "{supplier} → {recipient}, {items}: {said}",
    "ar": "{supplier} ← {recipient}، {items}: {said}", "fa": "{supplier} ← {recipient}، {items}: {said}",
    "ko": "{supplier} → {recipient}, {items}: {said}", "zh": "{supplier} → {recipient}，{items}：{said}",
    "es": "{supplier} → {recipient}, {items}: {said}", "de": "{supplier} → {recipient}, {items}: {said}",
}  # fmt: skip
"""The arrow points the way the language reads."""

BEFORE: Final[Mapping[str, str]] = {
    "en": "{said} (before: {old})", "fr": "{said} (auparavant\u00a0: {old})", "ru": "{said} (ранее: {old})",
    "uk": "{said} (раніше: {old})", "ar": "{said} (سابقًا: {old})", "fa": "{said} (پیش‌تر: {old})",
    "ko": "{said}(이전: {old})", "zh": "{said}（此前：{old}）", "es": "{said} (antes: {old})",
    "de": "{said} (zuvor: {old})",
}  # fmt: skip

NUMBER: Final[Mapping[str, str]] = {
    "en": "now {number}", "fr": "désormais {number}", "ru": "теперь {number}", "uk": "тепер {number}",
    "ar": "الآن {number}", "fa": "اکنون {number}", "ko": "현재 {number}", "zh": "现为{number}", "es": "ahora {number}",
    "de": "nun {number}",
}  # fmt: skip

HEADS: Final[Mapping[str, str]] = {
    "en": "Who arms whom: what is new", "fr": "Qui arme qui : du nouveau", "ru": "Кто кого вооружает: новое",
    "uk": "Хто кого озброює: нове", "ar": "من يسلّح من: الجديد", "fa": "چه کسی به چه کسی سلاح می‌دهد: تازه‌ها",
    "ko": "누가 누구를 무장시키나: 새 소식", "zh": "谁在武装谁：新动态", "es": "Quién arma a quién: novedades",
    "de": "Wer wen bewaffnet: Neues",
}  # fmt: skip
