"""Names of months in the languages of the feeds, digits of other scripts, and the Jalali calendar.

The names are those of CLDR (Unicode) for the ten languages and Portuguese, full and short, and the
second Arabic set (the Levant's); Persian has the names of the Gregorian months and those of its own calendar.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

_NAMES = """
january february march april may june july august september october november december
jan feb mar apr may jun jul aug sep oct nov dec
janvier février mars avril mai juin juillet août septembre octobre novembre décembre
janv févr mars avr mai juin juil août sept oct nov déc
januar februar märz april mai juni juli august september oktober november dezember
jänner feber mrz apr mai jun jul aug sept okt nov dez
janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
jan fev mar abr mai jun jul ago set out nov dez
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
ene feb mar abr may jun jul ago setiembre oct nov dic
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь
янв фев мар апр мая июн июл авг сен окт ноя дек
січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень
січ лют бер кві тра чер лип сер вер жов лис гру
يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
جانفي فيفري مارس ابريل ماي جوان جويلية اغسطس سبتمبر اكتوبر نوفمبر ديسمبر
ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر
ژانویهٔ فوریهٔ مارچ آپریل می جون جولای آگوست سپتامبر اکتوبر نومبر دسمبر
"""
_LEVANT = (
    "كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران", "تموز", "آب", "أيلول", "تشرين الأول", "تشرين الثاني",
    "كانون الأول",
)  # fmt: skip
_JALALI = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند"


def _fold(name: str) -> str:
    """Letters compared: case, accents and the variants of Arabic letters do not matter."""
    name = name.casefold().replace("ي", "ی").replace("ك", "ک").replace("ى", "ی").replace("й", "и")
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))


_MONTHS: dict[str, int] = {}
for _line in _NAMES.strip().split("\n"):
    for _number, _name in enumerate(_line.split(), 1):
        _MONTHS.setdefault(_fold(_name), _number)
for _number, _name in enumerate(_LEVANT, 1):
    _MONTHS.setdefault(_fold(_name), _number)
for _number, _name in enumerate(_JALALI.split(), 1):
    _MONTHS.setdefault(_fold(_name), _number)
_WORD = re.compile(r"[^\W\d_]+")


def month_of(text: str) -> int | None:
    """Return the month (1 to 12) that `text` begins with, or None. Jalali months count in their own year."""
    words = _WORD.findall(text.casefold() if text.isascii() else _fold(text))[:2]
    if not words:
        return None
    return _MONTHS.get(" ".join(words)) or _MONTHS.get(words[0])


def ascii_digits(text: str) -> str:
    """Return `text` with the decimal digits of every script as 0 to 9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def gregorian_of_jalali(year: int, month: int, day: int) -> tuple[int, int, int]:
    """Return the Gregorian date of a date of the Iranian solar calendar.

    Method: the 33-year arithmetic rule (8 leap years in 33), right for 1244 to 1472 (1865 to 2093).
    Raises ValueError where it is no date.
    """
    if not (1 <= month <= 12 and 1 <= day <= (31 if month <= 6 else 30)):
        raise ValueError((year, month, day))
    days = 365 * (year - 979) + (year - 979) // 33 * 8 + ((year - 979) % 33 + 3) // 4
    days += (month - 1) * 31 - max(0, month - 7) + day - 1
    date = dt.date(1600, 3, 20) + dt.timedelta(days=days)
    return date.year, date.month, date.day
