"""Facts that copies share and other reports do not: numbers, denials, days, names.

Two texts may be alike in every second word and still tell the opposite; what is compared here vetoes a merge.
Sentences are aligned by their words first, so that a dropped or added sentence is no contradiction.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from monitor.group.words import number, tokens

_ALIGNED = 0.5
_LONG_TEXT = 60
_TINY_TEXT = 20

# Words that turn a statement round; `*` at the end stands for any ending. Folded as in words.fold.
NEGATIONS: dict[str, str] = {
    "en": "not no never without neither nor none cannot deny denies denied denying denial denials refute* debunk* "
    "false untrue fake hoax",
    "fr": "ne n' pas jamais aucun aucune ni sans nie nient nié démen* réfut* faux fausse",
    "de": "nicht kein* nie niemals ohne weder noch bestreit* bestritt* dement* leugn* falsch*",
    "es": "no nunca jamás ni sin ningún ninguna niega* negó negaron desmi* desment* falso falsa",
    "pt": "não nunca nem sem nenhum nenhuma nega negou negaram desment* falso falsa",
    "ru": "не ни нет без никогда нельзя опроверг* опроверж* отрица* отверг* фейк* ложь ложн*",
    "uk": "не ні немає без ніколи спростов* спростув* запереч* відкинул* фейк* неправд*",
    "ar": "لا لم لن لیس لیست بدون دون نفی نفت ینفی تنفی نفیا نافیا کذب* مکذب*",
    "fa": "نه نیست نبود نبوده نشد نکرد نکرده نخواهد ندارد نداشت نداشته بدون هیچ تکذیب* رد",
    "tr": "değil hayır yok asla olmadan yalanla* reddetti inkar*",
}
_NEGATED_PARTS: dict[str, tuple[str, ...]] = {
    "zh": ("不", "没", "未", "无", "非", "否认", "辟谣", "沒", "無", "否認"),
    "ja": ("ない", "なかった", "ません", "否定", "否認", "未"),
    "ko": ("않", "아니", "없", "못하", "못했", "부인", "반박", "거짓", "허위"),
    "fa": ("نمی",),
}
_APOSTROPHE = re.compile(r"n't$|^n'")

WEEKDAYS = (
    "monday lundi montag lunes segunda понедельник понедельника понеділок الاثنین الإثنین دوشنبه 월요일 周一 星期一 月曜 pazartesi",
    "tuesday mardi dienstag martes terça вторник вторника вівторок الثلاثاء سهشنبه 화요일 周二 星期二 火曜 salı",
    "wednesday mercredi mittwoch miércoles quarta среда среду среды середа середу الاربعاء چهارشنبه 수요일 周三 星期三 水曜 çarşamba",
    "thursday jeudi donnerstag jueves quinta четверг четверга четвер الخمیس پنجشنبه 목요일 周四 星期四 木曜 perşembe",
    "friday vendredi freitag viernes sexta пятница пятницу пятницы пʼятниця п'ятницю الجمعه جمعه 금요일 周五 星期五 金曜 cuma",
    "saturday samedi samstag sonnabend sábado суббота субботу субботы субота суботу السبت شنبه 토요일 周六 星期六 土曜 cumartesi",
    "sunday dimanche sonntag domingo воскресенье воскресенья неділя неділю الاحد یکشنبه 일요일 周日 星期日 日曜 pazar",
)

# One to twelve and round numbers, as headlines spell them; endings that vary are left to the numbers in figures.
NUMBER_WORDS: dict[str, str] = {
    "2": "two deux zwei dos два две дві اثنان اثنین دو 둘 iki",
    "3": "three trois drei tres три ثلاثه ثلاث سه 셋 üç",
    "4": "four quatre vier cuatro четыре чотири اربعه اربع چهار 넷 dört",
    "5": "five cinq fünf cinco пять п'ять خمسه خمس پنج beş",
    "6": "six sechs seis шесть шість سته شش altı",
    "7": "seven sept sieben siete семь сім سبعه سبع هفت yedi",
    "8": "eight huit acht ocho восемь вісім ثمانیه هشت sekiz",
    "9": "nine neuf neun nueve девять дев'ять تسعه نه‌تا dokuz",
    "10": "ten dix zehn diez десять عشره عشر ده on",
    "11": "eleven onze elf once одиннадцать одинадцять یازده",
    "12": "twelve douze zwölf doce двенадцать дванадцять دوازده",
    "20": "twenty vingt zwanzig veinte двадцать двадцять عشرون عشرین بیست yirmi",
    "100": "hundred cent hundert cien сто مئه مایه صد yüz",
    "1000": "thousand mille tausend mil тысяча тысячи тысяч тисяча тисячі тисяч الف هزار bin",
}
# these spell other common words as well
_AMBIGUOUS = {"on", "once", "mil", "bin", "ده", "دو", "سه", "صد", "نه", "الف", "sept", "cent", "elf", "عشر"}


@cache
def _negating(language: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Whole words and stems of a language; of all languages where it is not known."""
    lines = [NEGATIONS[language]] if language in NEGATIONS else list(NEGATIONS.values())
    words = [word for line in lines for word in line.split()]
    stems = tuple(word[:-1] for word in words if word.endswith("*"))
    return frozenset(word for word in words if not word.endswith("*")), stems


_DAYS = {word: f"day {place}" for place, line in enumerate(WEEKDAYS, 1) for word in line.split()}
_SPELT = {
    word: value for value, line in NUMBER_WORDS.items() for word in line.split() if word not in _AMBIGUOUS
}  # fmt: skip
_NAME = re.compile(r"(?<=[^\W\d_][ ,(«\"“-])[(«\"“]?([^\W\d_a-zа-яёіїєґ]\w{2,})")


def numbers_in(words: Sequence[str]) -> list[str]:
    """Give the numbers and days of the week in `words`, in figures or spelt, each in one spelling."""
    found = []
    for word in words:
        value = number(word) or _SPELT.get(word) or _DAYS.get(word)
        if value is not None:
            found.append(value)
    return found


def negations_in(words: Sequence[str], language: str) -> int:
    """Count the words that negate or deny in `words`."""
    exact, stems = _negating(language)
    count = sum(1 for w in words if w in exact or w.startswith(stems) or _APOSTROPHE.search(w))
    parts = _NEGATED_PARTS.get(language)
    if parts:
        joined = ("" if language in {"zh", "ja"} else " ").join(words)
        count += sum(joined.count(part) for part in parts)
    return count


def facts_of(words: Sequence[str], language: str) -> dict[str, tuple[str, ...]]:
    """Give the facts kept with a fingerprint: numbers with the word after them, and the count of denials."""
    found = []
    for place, word in enumerate(words):
        value = number(word)
        if value is not None:
            unit = words[place + 1] if place + 1 < len(words) and number(words[place + 1]) is None else ""
            found.append(f"{value} {unit}".strip())
        elif word in _DAYS:
            found.append(_DAYS[word])
    result = {"numbers": tuple(sorted(set(found))[:64])}
    negated = negations_in(words, language)
    if negated:
        result["negations"] = (str(negated),)
    return result


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it was written, and its folded words."""

    text: str
    words: tuple[str, ...]


def sentence(text: str) -> Sentence:
    """Fold a sentence for comparison."""
    return Sentence(text, tuple(tokens(text)))


def conflict(
    one: Sequence[Sentence], two: Sequence[Sentence], language: str, *, same_feed: bool = False
) -> str | None:
    """Name what contradicts between two texts that look alike, None where nothing does.

    Codes: `numbers`, `negation`, `names`, `words` (a post too short for any word to be exchanged).
    """
    size = min(sum(len(s.words) for s in one), sum(len(s.words) for s in two))
    if size < _LONG_TEXT or same_feed:
        found = _whole(one, two, tiny=size < _TINY_TEXT)
        if found:
            return found
    for left, right in _aligned(one, two):
        found = _contradiction(left, right, language, names=size < _LONG_TEXT)
        if found:
            return found
    return None


def _whole(one: Sequence[Sentence], two: Sequence[Sentence], *, tiny: bool) -> str | None:
    words = [Counter(word for s in text for word in s.words) for text in (one, two)]
    numbers = [set(numbers_in(list(counted))) for counted in words]
    if numbers[0] - numbers[1] and numbers[1] - numbers[0]:
        return "numbers"
    if tiny and words[0] - words[1] and words[1] - words[0]:
        return "words"
    return None


def _aligned(one: Sequence[Sentence], two: Sequence[Sentence]) -> list[tuple[Sentence, Sentence]]:
    """Pair the sentences that only one text has with their likest counterpart in the other."""
    common = {s.words for s in one} & {s.words for s in two}
    left = [s for s in one if s.words not in common and s.words]
    right = [s for s in two if s.words not in common and s.words]
    scored = []
    for i, a in enumerate(left):
        bag = set(a.words)
        for j, b in enumerate(right):
            other = set(b.words)
            score = len(bag & other) / len(bag | other)
            if score >= _ALIGNED:
                scored.append((-score, i, j))
    used: tuple[set[int], set[int]] = (set(), set())
    pairs = []
    for _, i, j in sorted(scored):
        if i not in used[0] and j not in used[1]:
            used[0].add(i)
            used[1].add(j)
            pairs.append((left[i], right[j]))
    return pairs


def _contradiction(a: Sentence, b: Sentence, language: str, *, names: bool) -> str | None:
    numbers = Counter(numbers_in(a.words)), Counter(numbers_in(b.words))
    if numbers[0] - numbers[1] and numbers[1] - numbers[0]:
        return "numbers"
    if negations_in(a.words, language) != negations_in(b.words, language):
        return "negation"
    if names and _names_exchanged(a, b):
        return "names"
    return None


def _names_exchanged(a: Sentence, b: Sentence) -> bool:
    """Whether each sentence has a capitalised word that the other lacks in any spelling."""
    first, second = ({name.casefold() for name in _NAME.findall(s.text)} for s in (a, b))
    only = (
        {name for name in first if name not in b.words and not any(w[:4] == name[:4] for w in b.words)},
        {name for name in second if name not in a.words and not any(w[:4] == name[:4] for w in a.words)},
    )
    return bool(only[0] and only[1])
