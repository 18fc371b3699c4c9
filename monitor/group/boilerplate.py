"""What outlets add to a report that is not theirs: agency tags, bylines, links to more, subscriptions.

The table is data: a phrase a line, folded as in `words.fold`. A short sentence at the head or the tail of a
text that holds one of its phrases is left out of fingerprints; the stored text is never changed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from ahocorasick_rs import AhoCorasick

from monitor.group.words import fold

LONGEST = 240
_HEAD, _TAIL = 2, 8

PHRASES: dict[str, tuple[str, ...]] = {
    "en": (
        "all rights reserved", "read more", "read the full", "read full", "continue reading",
        "first published", "originally published", "first appeared", "follow us", "subscribe",
        "sign up", "newsletter", "click here", "join our channel", "reporting by", "editing by",
        "writing by", "additional reporting", "copyright", "this article was", "this story was",
        "source:", "photo:", "support our", "our standards:",
    ),
    "fr": (
        "tous droits reserves", "tous droits réservés", "lire la suite", "lire aussi",
        "lire l'article", "en savoir plus", "abonnez-vous", "s'abonner", "suivez-nous",
        "lettre du matin", "newsletter", "d'abord été publié", "initialement publié", "source :",
        "source:", "crédit photo", "avec afp",
    ),
    "de": (
        "alle rechte vorbehalten", "weiterlesen", "mehr dazu", "lesen sie", "abonnieren", "newsletter",
        "folgen sie", "erschien zuerst", "zuerst erschienen", "quelle:", "mit material von", "foto:",
    ),
    "es": (
        "todos los derechos reservados", "leer más", "lea más", "lea la nota", "lea también",
        "siga leyendo", "suscríbase", "suscríbete", "síganos", "síguenos", "se publicó primero",
        "boletín", "fuente:", "con información de",
    ),
    "pt": (
        "todos os direitos reservados", "leia mais", "leia a matéria", "leia também", "assine",
        "siga-nos", "publicado primeiro", "publicado originalmente", "boletim", "fonte:",
    ),
    "ru": (
        "все права защищены", "читать далее", "читайте также", "читать полностью", "читайте полный",
        "подробнее", "подписаться", "подписывайтесь", "подпишись", "подпишитесь", "прислать новость",
        "источник:", "фото:", "видео:", "впервые опубликован", "рассылк", "наш канал", "читать нас",
        "читайте нас", "бот для связи", "обсудить",
    ),
    "uk": (
        "усі права захищені", "всі права захищені", "читати далі", "читайте також", "читати повністю",
        "детальніше", "підписатися", "підписуйтесь", "підпишись", "надіслати новину", "джерело:",
        "фото:", "відео:", "наш канал",
    ),
    "ar": (
        "جمیع الحقوق محفوظه", "اقرا المزید", "للمزید", "اقرا ایضا", "تابعونا", "تابعوا", "اشترک",
        "النشره", "المصدر:", "نشر هذا المقال",
    ),
    "fa": (
        "تمامی حقوق", "کلیه حقوق", "ادامه مطلب", "بیشتر بخوانید", "مطالعه بیشتر", "ما را دنبال",
        "عضو شوید", "خبرنامه", "منبع:", "کانال ما", "انتهای پیام",
    ),
    "ko": (
        "무단 전재", "무단전재", "재배포 금지", "저작권자", "자세한 내용은", "더 보기", "기사 원문",
        "구독", "뉴스레터", "출처:", "사진=",
        "기자 =", "제보는",
    ),
    "zh": (
        "版权所有", "未经许可", "不得转载", "阅读更多", "阅读全文", "全文请见", "查看原文", "订阅",
        "关注我们", "首发于", "来源:", "责任编辑",
        "编辑:", "記者", "扫码", "點擊", "版權所有",
    ),
    "ja": (
        "無断転載", "続きは", "続きを読む", "全文を読む", "購読", "メールマガジン", "ご登録",
        "フォロー", "最初に掲載", "出典:", "提供:",
    ),
    "tr": (
        "tüm hakları saklıdır", "devamını oku", "haberin tamamı", "abone ol", "bizi takip",
        "bizi izleyin", "bülten", "kaynak:", "ilk olarak",
    ),
}  # fmt: skip

LABELS = (
    "update", "updated", "corrected", "correction", "breaking", "urgent", "exclusive", "watch",
    "video", "mise à jour", "rectifié", "exclusif", "aktualisiert", "korrektur", "eil", "eilmeldung",
    "actualizado", "corregido", "urgente", "última hora", "atualizado", "corrigido", "обновлено",
    "исправлено", "срочно", "молния", "видео", "оновлено", "виправлено", "терміново", "تحدیث", "تصحیح",
    "عاجل", "فوری", "به روز شد", "업데이트", "정정", "속보", "단독", "종합", "更新", "更正", "快讯",
    "突发", "独家", "訂正",
    "速報", "güncellendi", "düzeltme", "son dakika",
)  # fmt: skip

# "(Reuters) -", "LONDON, March 3 (Reuters) —", "МОСКВА, 3 марта. /ТАСС/.", "（新華社）", "[서울=뉴시스]"
_AGENCY = re.compile(
    r"^\s*(?:[^()（/\[\n]{0,60}?(?:\([^()\n]{2,40}\)\s*[-–—:=]+|/[^/\n]{2,30}/\.?\s*[-–—]*)"
    r"|（[^（）\n]{2,40}）|\[[^\[\]\n]{2,40}\]|【[^【】\n]{2,20}】)\s*"
)
_LABEL = re.compile(
    r"^\W*(?:" + "|".join(sorted({re.escape(x) for x in LABELS}, key=len, reverse=True)) + r")\W+"
)


@cache
def _finder(language: str) -> AhoCorasick:
    known = PHRASES.get(language)
    lists = PHRASES.values() if known is None else (known, PHRASES["en"])
    return AhoCorasick(sorted({fold(phrase) for phrases in lists for phrase in phrases}))


def strip_agency(text: str) -> str:
    """Cut a dateline with an agency's tag off the head of a text."""
    return text[match.end() :] if (match := _AGENCY.match(text)) else text


def strip_title(title: str, outlet: str) -> str:
    """Cut labels such as "UPDATE:" and the outlet's own name off a headline."""
    head, bar, tail = title.rpartition(" | ")
    if bar and len(tail) <= 40:
        title = head
    elif outlet:
        title = re.sub(rf"\s+[-–—|:]\s+{re.escape(outlet)}\s*$", "", title, flags=re.IGNORECASE)
    folded = fold(title)
    match = _LABEL.match(folded)
    # folding may change the length, so the folded rest is handed on: only words are compared
    return folded[match.end() :] if match else title


def kept_sentences(folded: Sequence[str], language: str, outlet: str) -> list[int]:
    """Places of the folded sentences that stay: short ones at head and tail that hold a phrase of the table go."""
    finder, last, name = _finder(language), len(folded) - _TAIL, fold(outlet)

    def stays(place: int) -> bool:
        sentence = folded[place]
        if _HEAD <= place < last or len(sentence) > LONGEST:
            return True
        return not finder.find_matches_as_indexes(sentence) and (not name or sentence.strip(" .") != name)

    return [place for place in range(len(folded)) if stays(place)]
