"""Words around numbers in ten languages: scales, number words, units, bounds, ranges; lower-case expressions."""

# ruff: noqa: E501 - a language a line, however long, is what a linguist can check
# fmt: off

from __future__ import annotations

from collections.abc import Mapping

from monitor.types.gazetteer import Unit

_THOUSAND, _MILLION, _BILLION, _TRILLION = 10**3, 10**6, 10**9, 10**12

SCALES: Mapping[str, Mapping[str, int]] = {
    "en": {"thousands?|k": _THOUSAND, "millions?|mln|mn|m": _MILLION, "billions?|bln|bn|b": _BILLION, "trillions?|tn": _TRILLION, "hundred": 100, "dozens?": 12},
    "fr": {"mille|milliers?": _THOUSAND, "millions?|m": _MILLION, "milliards?|mds?": _BILLION, "billions?": _TRILLION, "centaines?": 100, "douzaines?": 12, "dizaines?": 10},
    "es": {"mil": _THOUSAND, "mil millones": _BILLION, "millones|millón|mm?": _MILLION, "billones|billón": _TRILLION, "docenas?": 12, "decenas?": 10, "centenares|centenas?": 100},
    "de": {"tausend|tsd\\.?": _THOUSAND, "millionen|million|mio\\.?": _MILLION, "milliarden?|mrd\\.?": _BILLION, "billionen?": _TRILLION, "dutzend": 12, "hundert": 100},
    "ru": {"тысяч[аиеу]?|тысячами|тысячам|тыс\\.?": _THOUSAND, "миллион\\w{0,2}|млн\\.?": _MILLION, "миллиард\\w{0,2}|млрд\\.?": _BILLION, "триллион\\w{0,2}|трлн\\.?": _TRILLION, "сотен|сотни": 100, "десятков|десятка|дюжин[аы]?": 10},
    "uk": {"тисяч[аіуею]{0,2}|тисячами|тисячам|тис\\.?": _THOUSAND, "мільйон\\w{0,3}|млн\\.?": _MILLION, "мільярд\\w{0,3}|млрд\\.?": _BILLION, "трильйон\\w{0,3}|трлн\\.?": _TRILLION, "сотень|сотні": 100, "десятків|десятка": 10},
    "ar": {"ألفا?|ألاف|آلاف|الاف|الف": _THOUSAND, "مليونا?|ملايين": _MILLION, "مليارا?|مليارات": _BILLION, "تريليونا?|تريليونات": _TRILLION, "مئة|مائة": 100, "دزينة": 12},
    "fa": {"هزار": _THOUSAND, "میلیون|ميليون": _MILLION, "میلیارد|ميليارد": _BILLION, "تریلیون": _TRILLION, "صد": 100, "دوجین": 12},
}
"""What a number may be multiplied by; Chinese and Korean scales are part of their numerals."""

_EN = "two 2 three 3 four 4 five 5 six 6 seven 7 eight 8 nine 9 ten 10 eleven 11 twelve 12 thirteen 13 fourteen 14 fifteen 15 sixteen 16 seventeen 17 eighteen 18 nineteen 19 twenty 20 thirty 30 forty 40 fifty 50 sixty 60 seventy 70 eighty 80 ninety 90 half 0.5"
_FR = "deux 2 trois 3 quatre 4 cinq 5 six 6 sept 7 huit 8 neuf 9 dix 10 onze 11 douze 12 treize 13 quatorze 14 quinze 15 seize 16 vingt 20 trente 30 quarante 40 cinquante 50 soixante 60 septante 70 nonante 90 cent 100 cents 100 quatre-vingt 80 quatre-vingts 80"
_ES = "dos 2 tres 3 cuatro 4 cinco 5 seis 6 siete 7 ocho 8 nueve 9 diez 10 once 11 doce 12 trece 13 catorce 14 quince 15 dieciséis 16 diecisiete 17 dieciocho 18 diecinueve 19 veinte 20 veinticinco 25 treinta 30 cuarenta 40 cincuenta 50 sesenta 60 setenta 70 ochenta 80 noventa 90 cien 100 ciento 100 doscientos 200 doscientas 200 trescientos 300 trescientas 300 cuatrocientos 400 quinientos 500 quinientas 500 seiscientos 600 setecientos 700 ochocientos 800 novecientos 900"
_DE = "zwei 2 drei 3 vier 4 fünf 5 sechs 6 sieben 7 acht 8 neun 9 zehn 10 elf 11 zwölf 12 dreizehn 13 vierzehn 14 fünfzehn 15 sechzehn 16 siebzehn 17 achtzehn 18 neunzehn 19 zwanzig 20 dreißig 30 vierzig 40 fünfzig 50 sechzig 60 siebzig 70 achtzig 80 neunzig 90 einhundert 100 zweihundert 200 dreihundert 300 vierhundert 400 fünfhundert 500 sechshundert 600 siebenhundert 700 achthundert 800 neunhundert 900 eintausend 1000 zweitausend 2000 dreitausend 3000 viertausend 4000 fünftausend 5000 zehntausend 10000 zwanzigtausend 20000 dreißigtausend 30000 fünfzigtausend 50000 hunderttausend 100000"
_RU = "два 2 две 2 двух 2 двумя 2 двум 2 три 3 трех 3 трёх 3 тремя 3 четыре 4 четырех 4 четырёх 4 пять 5 пяти 5 пятью 5 шесть 6 шести 6 семь 7 семи 7 восемь 8 восьми 8 девять 9 девяти 9 десять 10 десяти 10 одиннадцать 11 двенадцать 12 двенадцати 12 тринадцать 13 четырнадцать 14 пятнадцать 15 пятнадцати 15 шестнадцать 16 семнадцать 17 восемнадцать 18 девятнадцать 19 двадцать 20 двадцати 20 тридцать 30 тридцати 30 сорок 40 сорока 40 пятьдесят 50 пятидесяти 50 шестьдесят 60 семьдесят 70 восемьдесят 80 девяносто 90 сто 100 ста 100 двести 200 двухсот 200 триста 300 трехсот 300 четыреста 400 пятьсот 500 пятисот 500 шестьсот 600 семьсот 700 восемьсот 800 девятьсот 900 полтора 1.5 полторы 1.5"
_UK = "два 2 дві 2 двох 2 двома 2 три 3 трьох 3 трьома 3 чотири 4 чотирьох 4 п'ять 5 п'яти 5 п’ять 5 шість 6 шести 6 сім 7 семи 7 вісім 8 восьми 8 дев'ять 9 дев'яти 9 десять 10 десяти 10 одинадцять 11 дванадцять 12 тринадцять 13 чотирнадцять 14 п'ятнадцять 15 шістнадцять 16 сімнадцять 17 вісімнадцять 18 дев'ятнадцять 19 двадцять 20 двадцяти 20 тридцять 30 сорок 40 п'ятдесят 50 шістдесят 60 сімдесят 70 вісімдесят 80 дев'яносто 90 сто 100 двісті 200 триста 300 чотириста 400 п'ятсот 500 шістсот 600 сімсот 700 вісімсот 800 дев'ятсот 900 півтора 1.5 півтори 1.5"
_AR = "اثنان 2 اثنين 2 اثنتين 2 ثلاث 3 ثلاثة 3 أربع 4 أربعة 4 خمس 5 خمسة 5 ست 6 ستة 6 سبع 7 سبعة 7 ثماني 8 ثمانية 8 تسع 9 تسعة 9 عشر 10 عشرة 10 عشرون 20 عشرين 20 ثلاثون 30 ثلاثين 30 أربعون 40 أربعين 40 خمسون 50 خمسين 50 ستون 60 ستين 60 سبعون 70 سبعين 70 ثمانون 80 ثمانين 80 تسعون 90 تسعين 90 مئة 100 مائة 100 مئتان 200 مئتي 200 مائتي 200 مئتين 200 ثلاثمئة 300 ثلاثمائة 300 أربعمئة 400 أربعمائة 400 خمسمئة 500 خمسمائة 500 ستمئة 600 ستمائة 600 سبعمئة 700 سبعمائة 700 ثمانمئة 800 ثمانمائة 800 تسعمئة 900 تسعمائة 900 ألفان 2000 ألفين 2000 ألفي 2000 مليونين 2000000 مليوني 2000000 مليونان 2000000"
_FA = "دو 2 سه 3 چهار 4 پنج 5 شش 6 هفت 7 هشت 8 نه 9 ده 10 یازده 11 دوازده 12 سیزده 13 چهارده 14 پانزده 15 شانزده 16 هفده 17 هجده 18 نوزده 19 بیست 20 سی 30 چهل 40 پنجاه 50 شصت 60 هفتاد 70 هشتاد 80 نود 90 صد 100 یکصد 100 دویست 200 سیصد 300 چهارصد 400 پانصد 500 ششصد 600 هفتصد 700 هشتصد 800 نهصد 900 نیم 0.5"


def _pairs(listed: str) -> dict[str, float]:
    parts = listed.split()
    return {word: float(value) for word, value in zip(parts[::2], parts[1::2], strict=True)}


NUMBER_WORDS: Mapping[str, Mapping[str, float]] = {
    "en": _pairs(_EN), "fr": _pairs(_FR), "es": _pairs(_ES), "de": _pairs(_DE), "ru": _pairs(_RU), "uk": _pairs(_UK),
    "ar": _pairs(_AR), "fa": _pairs(_FA),
}
"""Numbers written as words, from two on: "one" is mostly an article."""

AND: Mapping[str, str] = {"en": "and", "fr": "et", "es": "y", "de": "und", "ru": "", "uk": "", "ar": "و", "fa": "و"}
"""What joins the parts of a number in words."""

UNITS: Mapping[str, Mapping[Unit, str]] = {
    "any": {
        "money": r"usd|eur|dollars?|euros?|[$€£¥₴₽₩]|rmb",
        "percent": r"%|per ?cent|percent|pour cent|por ciento|prozent|٪",
        "length": r"mm|cm|km|㎜|㎞|nm|m(?![\w²³])|мм|км|см|м(?!\w)",
        "mass": r"kg|mt|кг|t(?!\w)",
    },
    "en": {
        "money": r"pounds?|yuan|rubles?|roubles?|won|yen|riyals?|shekels?|cents?|rupees?|crowns?|zloty",
        "length": r"millimet(?:er|re)s?|kilomet(?:er|re)s?|met(?:er|re)s?|miles?|feet|foot|nautical|inch(?:es)?|hectares?",
        "mass": r"tonnes?|tons?|kilograms?|kilos?|lbs?",
        "time": r"years?|months?|weeks?|days?|hours?|minutes?|seconds?|(?:january|february|march|april|may|june|july|august|september|october|november|december)",
        "person": r"people|persons?|soldiers?|troops?|civilians?|personnel|fighters?|countries|states|men|companies|entities|individuals|mercenaries|instructors",
        "transport": r"flights?|ships?|trains?|trucks?|lorr(?:y|ies)|containers?|vessels?|wagons?|railcars?|shipments?|planes?|cargo|crates?|boxes",
        "volume": r"lit(?:er|re)s?|barrels?|gallons?|cubic", "piece": r"rounds?|pieces?|units?|items?",
    },
    "fr": {
        "money": r"livres?|yuans?|roubles?|milliards de dollars|francs?|yens?",
        "length": r"millimètres?|kilomètres?|mètres?|milles?|hectares?", "mass": r"tonnes?|kilos?|kilogrammes?",
        "time": r"ans?|années?|mois|semaines?|jours?|heures?|minutes?|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre",
        "person": r"personnes?|soldats?|civils?|combattants?|militaires?|hommes?|pays|entreprises?|états|mercenaires?|instructeurs?",
        "transport": r"vols?|navires?|trains?|camions?|conteneurs?|cargos?|cargaisons?|avions-cargos|caisses?|wagons?",
        "volume": r"litres?|barils?", "piece": r"unités?|exemplaires?|pièces?|coups?",
    },
    "es": {
        "money": r"dólares|dólar|libras?|yuanes|rublos?|pesos?|yenes", "mass": r"toneladas?|kilos?|kilogramos?",
        "length": r"milímetros?|kilómetros?|metros?|millas?|hectáreas?",
        "time": r"años?|mes(?:es)?|semanas?|días?|horas?|minutos?|(?:de )?(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)",
        "person": r"personas?|soldados?|civiles|combatientes?|militares|efectivos|países|empresas|hombres|mercenarios|instructores",
        "transport": r"vuelos?|barcos?|buques?|trenes|camiones|contenedores|cargamentos?|aviones de carga|cajas?|vagones",
        "volume": r"litros?|barriles", "piece": r"unidades|piezas|rondas",
    },
    "de": {
        "money": r"dollar|pfund|yuan|rubel|franken|yen|złoty", "mass": r"tonnen?|kilogramm|kilo",
        "length": r"millimetern?|kilometern?|metern?|meilen|hektar",
        "time": r"jahren?|monaten?|wochen?|tagen?|stunden?|minuten?|januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember",
        "person": r"menschen|personen|soldaten|zivilisten|kämpfern?|ländern?|staaten|unternehmen|mann|söldnern?|ausbildern?",
        "transport": r"flügen?|schiffen?|zügen?|lastwagen|lkw|containern?|frachtern?|lieferungen|kisten|waggons|transporten?",
        "volume": r"litern?|barrel|fass", "piece": r"stück|einheiten|schuss|exemplaren?",
    },
    "ru": {
        "money": r"доллар\w*|долл\.?|евро|рубл\w*|руб\.?|фунт\w*|юан\w*|гривен\w*|иен\w*|вон(?!\w)",
        "percent": r"процент\w*", "length": r"миллиметр\w*|километр\w*|метр\w*|миль|мили|гектар\w*",
        "mass": r"тонн\w*|килограмм\w*|кило(?!\w)|т(?!\w)",
        "time": r"лет(?!\w)|год\w*|месяц\w*|недел\w*|дн(?:я|ей|ям)|день|сут(?:ок|ки)|час(?:а|ов|ы)?(?!\w)|минут\w*|январ\w*|феврал\w*|март\w*|апрел\w*|ма[яйе](?!\w)|июн\w*|июл\w*|август\w*|сентябр\w*|октябр\w*|ноябр\w*|декабр\w*|г\.",
        "person": r"человек\w*|солдат\w*|военных|военнослужащ\w*|бойц\w*|стран\w*|компани\w*|граждан\w*|боевик\w*|наемник\w*|инструктор\w*|чел\.",
        "transport": r"рейс\w*|суд(?:ов|на|но)|поезд\w*|эшелон\w*|грузовик\w*|контейнер\w*|вагон\w*|ящик\w*|борт(?:а|ов)|парти[йяи]",
        "volume": r"литр\w*|баррел\w*", "piece": r"штук\w*|шт\.?|единиц\w*|ед\.|экземпляр\w*",
    },
    "uk": {
        "money": r"долар\w*|дол\.?|євро|рубл\w*|фунт\w*|юан\w*|грив\w*|грн\.?", "percent": r"відсотк\w*|процент\w*",
        "length": r"міліметр\w*|кілометр\w*|метр\w*|миль|гектар\w*", "mass": r"тонн\w*|кілограм\w*|т(?!\w)",
        "time": r"рок\w*|років|місяц\w*|тижн\w*|дн(?:я|ів|і|ями)|діб|доби|годин\w*|хвилин\w*|січ(?:ня|ень)|лют(?:ого|ий)|берез(?:ня|ень)|квіт(?:ня|ень)|трав(?:ня|ень)|черв(?:ня|ень)|лип(?:ня|ень)|серп(?:ня|ень)|верес(?:ня|ень)|жовт(?:ня|ень)|листопада?|груд(?:ня|ень)",
        "person": r"людин\w*|людей|осіб|солдат\w*|військов\w*|бійц\w*|країн\w*|компані\w*|громадян\w*|найманц\w*|інструктор\w*",
        "transport": r"рейс\w*|суд(?:ен|на|но)|потяг\w*|ешелон\w*|вантажів\w*|контейнер\w*|вагон\w*|ящик\w*|борт(?:и|ів)|парті[йяї]",
        "volume": r"літр\w*|барел\w*", "piece": r"штук\w*|шт\.?|одиниц\w*|од\.|екземпляр\w*",
    },
    "ar": {
        "money": r"دولارا?|دولارات|يورو|ريالا?|درهما?|جنيها?|روبلا?|يوان|شيكل", "percent": r"في المئة|في المائة|بالمئة|بالمائة",
        "length": r"ملم|مم|سم|كم|كيلومترا?|كيلومترات|كلم|مترا?|أمتار|ميلا?|أميال|مليمترا?|هكتارا?",
        "mass": r"طنا?|أطنان|كيلوغراما?|كلغ|كغ",
        "time": r"عاما?|أعوام|سنة|سنوات|شهرا?|أشهر|أسبوعا?|أسابيع|يوما?|أيام|ساعة|ساعات|دقيقة|دقائق|يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر|كانون|شباط|آذار|نيسان|أيار|حزيران|تموز|آب(?!\w)|أيلول|تشرين",
        "person": r"شخصا?|أشخاص|جنديا?|جنود|مدنيا?|مدنيين|مقاتلا?|مقاتلين|دولة|دول|شركة|شركات|مواطنا?|عنصرا?|عناصر|مدربا?|مرتزقا?|مرتزق",
        "transport": r"رحلة|رحلات|سفينة|سفن|قطارا?|قطارات|شاحنة|شاحنات|حاوية|حاويات|شحنة|شحنات|صندوقا?|صناديق",
        "volume": r"لترا?|برميلا?|براميل", "piece": r"قطعة|قطع|وحدة|وحدات",
    },
    "fa": {
        "money": r"دلار|یورو|ریال|تومان|پوند|روبل|یوان|درهم", "percent": r"درصد",
        "length": r"میلی ?متر\w*|میلیمتر\w*|کیلومتر\w*|متر\w*|مایل|هکتار", "mass": r"تن(?!\w)|کیلوگرم|کیلو",
        "time": r"سال|ماه|هفته|روز|ساعت|دقیقه|ژانویه|فوریه|مارس|آوریل|مه(?!\w)|ژوئن|ژوئیه|اوت|سپتامبر|اکتبر|نوامبر|دسامبر|فروردین|اردیبهشت|خرداد|تیر(?!\w)|مرداد|شهریور|مهر|آبان|آذر|دی(?!\w)|بهمن|اسفند",
        "person": r"نفر|سرباز|نظامی|غیرنظامی|کشور|شرکت|شهروند|رزمنده|مزدور|مربی",
        "transport": r"پرواز|کشتی|قطار|کامیون|کانتینر|محموله|صندوق|فروند کشتی", "volume": r"لیتر|بشکه",
        "piece": r"فروند|قبضه|عدد|دستگاه|تیر|واحد|عراده",
    },
    "ko": {
        "money": r"달러|유로|원(?![가-힣]*정)|엔(?![가-힣])|위안|파운드|루블", "percent": r"퍼센트|프로(?![가-힣])",
        "length": r"㎜|㎞|밀리(?:미터)?|킬로미터|미터|마일|해리", "mass": r"톤|t|킬로그램|㎏",
        "time": r"년|월|일(?!본)|시간|개월|주(?:일|간)?|분|초|시(?!리)",
        "person": r"명|인(?![가-힣]{2})|개국|개사|여명|사람", "transport": r"편|척의 화물선|컨테이너|개 컨테이너|량|차례|회|상자|개 상자",
        "volume": r"리터|배럴", "piece": r"발|기|대|정|척|문|개|자루|점|벌|종",
    },
    "zh": {
        "money": r"美元|欧元|人民币|元|英镑|卢布|日元|韩元|美金", "percent": r"％|个百分点", "length": r"毫米|公里|千米|海里|米|英里|公顷",
        "mass": r"吨|公斤|千克", "time": r"年|个?月|日|号|天|小时|分钟|周|个星期|秒|时",
        "person": r"人|名|位|国|个国家|家公司|家|个实体", "transport": r"个集装箱|集装箱|节车厢|航班|班|次|趟|箱|批",
        "volume": r"升|桶|加仑", "piece": r"枚|发|架|辆|艘|门|支|套|台|件|颗|挺|把|个|具|部|条|吨位",
    },
}
"""Words that say what is counted, by language; `any` holds for all."""

AT_LEAST: Mapping[str, str] = {
    "en": "more than|over|at least|a minimum of|upwards of|above|no fewer than|no less than|in excess of", "fr": "plus de|plus d['’]|au moins|au minimum",
    "es": "más de|al menos|por lo menos|como mínimo", "de": "mehr als|über|mindestens|wenigstens",
    "ru": "более|больше|свыше|не менее|как минимум|по меньшей мере|минимум", "uk": "понад|більше|більш ніж|щонайменше|не менше|принаймні|більш як",
    "ar": "أكثر من|ما لا يقل عن|على الأقل|لا يقل عن|يزيد على|نحو أكثر من", "fa": "بیش از|دست ?کم|حداقل|بیشتر از|لااقل",
    "ko": "최소|적어도|최소한", "zh": "超过|逾|至少|不少于|多于|最少",
}
AT_MOST: Mapping[str, str] = {
    "en": "up to|at most|no more than|as many as|under|fewer than|less than|a maximum of", "fr": "jusqu['’]à|au plus|au maximum|moins de|moins d['’]",
    "es": "hasta|como máximo|a lo sumo|menos de", "de": "bis zu|höchstens|maximal|weniger als", "ru": "до|не более|максимум|менее|меньше",
    "uk": "до|не більше|максимум|менше|щонайбільше", "ar": "ما يصل إلى|حتى|لا يزيد على|أقل من|يصل إلى", "fa": "تا|حداکثر|کمتر از|نهایتا",
    "ko": "최대|많게는", "zh": "多达|最多|至多|不超过|高达|不到",
}
ABOUT: Mapping[str, str] = {
    "en": "about|around|some|roughly|nearly|almost|approximately|close to|an estimated|circa", "fr": "environ|près de|quelque|presque|autour de|quelques",
    "es": "unos|unas|cerca de|alrededor de|aproximadamente|casi|en torno a", "de": "rund|etwa|ungefähr|circa|ca\\.|fast|knapp|nahezu|gut",
    "ru": "около|примерно|порядка|приблизительно|почти", "uk": "близько|приблизно|орієнтовно|майже|десь", "ar": "نحو|حوالي|حوالى|قرابة|زهاء|ما يقارب|ما يقرب من",
    "fa": "حدود|نزدیک به|تقریبا|قریب به|در حدود", "ko": "약|대략|거의", "zh": "约|大约|近|将近|大概|左右|接近",
}
RANGE: Mapping[str, str] = {
    "any": "[-–—~〜～]", "en": "to|or|through", "fr": "à|ou", "es": "a|o", "de": "bis|oder", "ru": "до|или", "uk": "до|або|чи", "ar": "إلى|الى|أو|و",
    "fa": "تا|یا", "ko": "에서|내지|부터", "zh": "至|到|或",
}
BETWEEN: Mapping[str, tuple[str, str]] = {
    "en": ("between", "and"), "fr": ("entre", "et"), "es": ("entre", "y"), "de": ("zwischen", "und"), "ru": ("между", "и"),
    "uk": ("між", "і|та|й"), "ar": ("بين|ما بين", "و"), "fa": ("بین|میان", "و"),
}
