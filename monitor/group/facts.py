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

from monitor.group.words import CJK, number, tokens, words_of

_ALIGNED = 0.6
_LONG_TEXT = 60
_TINY_TEXT = 20
# every sentence is held against every other, so a book must not come in whole
_MOST_SENTENCES = 150

# Words that negate, and words that deny or refute, folded as in words.fold; `*` stands for any ending.
NEGATIONS: dict[str, str] = {
    "en": "not no never without neither nor none cannot",
    "fr": "ne pas jamais aucun aucune ni sans",
    "de": "nicht kein* nie niemals ohne weder noch",
    "es": "no nunca jamás ni sin ningún ninguna",
    "pt": "não nunca nem sem nenhum nenhuma",
    "ru": "не ни нет без никогда нельзя",
    "uk": "не ні немає без ніколи",
    "ar": "لا لم لن لیس لیست بدون دون",
    "fa": "نه نیست نبود نبوده نشد نکرد نکرده نخواهد ندارد نداشت نداشته بدون هیچ نمی*",
    "tr": "değil hayır yok asla olmadan",
}
DENIALS: dict[str, str] = {
    "en": "deny denies denied denying denial denials refute* debunk* false untrue fake hoax",
    "fr": "nie nient nié dément* démenti* réfut* faux fausse",
    "de": "bestreit* bestritt* dement* leugn* falsch*",
    "es": "niega* negó negaron desmi* desment* falso falsa",
    "pt": "nega negou negaram desment* falso falsa",
    "ru": "опроверг* опроверж* отрица* отверг* фейк* ложь ложн* неточн*",
    "uk": "спростов* спростув* запереч* відкинул* фейк* неправд*",
    "ar": "نفی نفت ینفی تنفی نفیا نافیا کذب* مکذب*",
    "fa": "تکذیب* رد دروغ",
    "tr": "yalanla* reddetti inkar*",
}
_NEGATED_PARTS: dict[str, tuple[str, ...]] = {
    "zh": ("不", "没", "未", "无", "非", "沒", "無"),
    "ja": ("ない", "なかった", "ません", "せず", "未"),
    "ko": ("않", "아니", "없", "못하", "못했"),
}
_DENIED_PARTS: dict[str, tuple[str, ...]] = {
    "zh": ("否认", "否認", "辟谣", "虚假"),
    "ja": ("否定", "否認", "虚偽"),
    "ko": ("부인", "반박", "거짓", "허위"),
}
WEEKDAYS = (
    "monday lundi montag lunes segunda понедельник понедельника понеділок الاثنین الإثنین "
    "دوشنبه 월요일 周一 星期一 月曜 pazartesi",
    "tuesday mardi dienstag martes terça вторник вторника вівторок الثلاثاء سهشنبه 화요일 周二 "
    "星期二 火曜 salı",
    "wednesday mercredi mittwoch miércoles quarta среда среду среды середа середу "
    "الاربعاء چهارشنبه 수요일 周三 星期三 水曜 çarşamba",
    "thursday jeudi donnerstag jueves quinta четверг четверга четвер الخمیس پنجشنبه 목요일 "
    "周四 星期四 木曜 perşembe",
    "friday vendredi freitag viernes sexta пятница пятницу пятницы пʼятниця п'ятницю "
    "الجمعه جمعه 금요일 周五 星期五 金曜 cuma",
    "saturday samedi samstag sonnabend sábado суббота субботу субботы субота суботу السبت "
    "شنبه 토요일 周六 星期六 土曜 cumartesi",
    "sunday dimanche sonntag domingo воскресенье воскресенья неділя неділю الاحد یکشنبه "
    "일요일 周日 星期日 日曜 pazar",
)

# Words whose day depends on when they were written; of scripts without blanks in `_RELATIVE_PARTS`.
RELATIVE_DAYS = frozenset(
    "today tomorrow yesterday tonight aujourd'hui demain hier heute morgen gestern hoy mañana ayer hoje amanhã ontem "
    "сегодня завтра послезавтра вчера накануне сьогодні вчора اليوم غدا امس امروز فردا دیروز bugün yarın dün".split()
)
_RELATIVE_PARTS = re.compile(
    "конца дня|конца суток|end of the day|今天|明天|昨天|今日|明日|昨日|오늘|내일|어제"
)

# Two to twelve and round numbers, as headlines spell them.
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
def _marks(denials: bool, language: str) -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]:
    """Whole words, stems and parts of a language; of all languages where it is not known."""
    table, parts = (DENIALS, _DENIED_PARTS) if denials else (NEGATIONS, _NEGATED_PARTS)
    lines = [] if language in parts else [table[language]] if language in table else list(table.values())
    words = [word for line in lines for word in line.split()]
    stems = tuple(word[:-1] for word in words if word.endswith("*"))
    return frozenset(word for word in words if not word.endswith("*")), stems, parts.get(language, ())


_DAYS = {word: f"day {place}" for place, line in enumerate(WEEKDAYS, 1) for word in line.split()}
_DAY_OF_CHARACTERS = re.compile("|".join(sorted(word for word in _DAYS if re.match(rf"[{CJK}]", word))))
_SPELT = {
    word: value for value, line in NUMBER_WORDS.items() for word in line.split() if word not in _AMBIGUOUS
}  # fmt: skip
# a word inside a sentence; whether it is capitalised is asked afterwards, for each script
_INNER = re.compile(r"(?<=[^\W\d_][ ,(«\"“-])[(«\"“]?([^\W\d_]\w{2,})")


def numbers_in(words: Sequence[str]) -> list[str]:
    """Give the numbers and days of the week in `words`, in figures or spelt, each in one spelling."""
    found = []
    for word in words:
        value = number(word) or _SPELT.get(word) or _DAYS.get(word)
        if value is not None:
            found.append(value)
    return found + _days_of_characters(words)


def _days_of_characters(words: Sequence[str]) -> list[str]:
    joined = "".join(words)
    return [] if joined.isascii() else [_DAYS[day] for day in _DAY_OF_CHARACTERS.findall(joined)]


def negations_in(words: Sequence[str], language: str) -> tuple[str, ...]:
    """Say whether `words` negate (`not`) and whether they deny (`denied`): "does not deny" is both."""
    joined = "".join(words) if language in _DENIED_PARTS else ""
    found = []
    for name, denials in (("not", False), ("denied", True)):
        exact, stems, parts = _marks(denials, language)
        whole = not exact.isdisjoint(words) or any(word.startswith(stems) for word in words)
        if whole or any(part in joined for part in parts):
            found.append(name)
    if "not" not in found and language in {"en", "und"} and any(word.endswith("n't") for word in words):
        found.insert(0, "not")
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it was written, and its folded words."""

    text: str
    words: tuple[str, ...]


def sentence(text: str) -> Sentence:
    """Fold a sentence for comparison."""
    return Sentence(text, tuple(tokens(text)))


def folded_sentence(text: str, folded: str) -> Sentence:
    """A sentence of which the folded form is known."""
    return Sentence(text, tuple(words_of(folded)))


def conflict(
    one: Sequence[Sentence],
    two: Sequence[Sentence],
    language: str,
    *,
    size: float,
    loose: bool = False,
    strict: bool = False,
) -> str:
    """Name what contradicts between two texts that look alike, empty where nothing does.

    `size` is the length of the shorter in words. Codes: `numbers`, `negation`, `names`, `words` (a post too
    short for any word to be exchanged). A short text is also held against the other as a whole, unless
    `loose` (the headline is the same); `strict` does so always.
    """
    if strict or (size < _LONG_TEXT and not loose):
        found = _whole(one, two, tiny=size < _TINY_TEXT)
        if found:
            return found
    aligned = _aligned(one, two)
    for left, right in aligned:
        found = _contradiction(left, right, language, names=size < _LONG_TEXT)
        if found:
            return found
    # an outlet that tells its news again with somebody's denial tells other news
    told = {part.words for pair in aligned for part in pair}
    if strict and any(
        "denied" in negations_in(part.words, language)
        for part in (*only_in(one, two), *only_in(two, one))
        if part.words not in told
    ):
        return "negation"
    return ""


def only_in(one: Sequence[Sentence], two: Sequence[Sentence]) -> list[Sentence]:
    """The sentences of `one` that `two` does not have word for word."""
    known = {part.words for part in two}
    return [part for part in one if part.words not in known]


def other_days(one: Sequence[Sentence], two: Sequence[Sentence]) -> bool:
    """Whether texts of different days differ in a sentence that says "tomorrow": each means another day by it."""
    return any(
        not RELATIVE_DAYS.isdisjoint(part.words) or bool(_RELATIVE_PARTS.search(part.text.casefold()))
        for part in (*only_in(one, two), *only_in(two, one))
    )


def _whole(one: Sequence[Sentence], two: Sequence[Sentence], *, tiny: bool) -> str:
    words = [[word for s in text for word in s.words] for text in (one, two)]
    numbers = [set(numbers_in(run)) for run in words]
    if numbers[0] - numbers[1] and numbers[1] - numbers[0]:
        return "numbers"
    counted = [Counter(run) for run in words]
    return "words" if tiny and counted[0] - counted[1] and counted[1] - counted[0] else ""


def _aligned(one: Sequence[Sentence], two: Sequence[Sentence]) -> list[tuple[Sentence, Sentence]]:
    """Pair the sentences that only one text has with their likest counterpart in the other."""
    common = {s.words for s in one} & {s.words for s in two}
    left = [s for s in one if s.words not in common and s.words][:_MOST_SENTENCES]
    right = [s for s in two if s.words not in common and s.words][:_MOST_SENTENCES]
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


def _contradiction(a: Sentence, b: Sentence, language: str, *, names: bool) -> str:
    numbers = Counter(numbers_in(a.words)), Counter(numbers_in(b.words))
    if numbers[0] - numbers[1] and numbers[1] - numbers[0]:
        return "numbers"
    if negations_in(a.words, language) != negations_in(b.words, language):
        return "negation"
    if names and _names_exchanged(a, b):
        return "names"
    return ""


def _names_exchanged(a: Sentence, b: Sentence) -> bool:
    """Whether each sentence has a capitalised word that the other lacks in any spelling."""
    first, second = (
        {name.casefold() for name in _INNER.findall(s.text) if name[0].isupper()} for s in (a, b)
    )
    only = (
        {name for name in first if name not in b.words and not any(w[:4] == name[:4] for w in b.words)},
        {name for name in second if name not in a.words and not any(w[:4] == name[:4] for w in a.words)},
    )
    return bool(only[0] and only[1])
