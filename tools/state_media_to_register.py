"""Writes monitor/data/register/state-media-*.yaml from the State Media Matrix (CSV).

    python tools/state_media_to_register.py ../shared/data/state_media/State_Media_Matrix.csv

The matrix is seed data of State Media Monitor via ASD-at-GMF/state-media-profiles (MIT), February 2024. Facts are
carried over: name, company, country, typology, address, Telegram channel. The same matrix gives the same files.
Rows that name one medium twice become one entry with both addresses. Edit the tables below, never its output.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel import Locale

SOURCE = "State Media Monitor seed data via ASD-at-GMF/state-media-profiles (MIT), February 2024"
PERIOD = "2024-02"
OUT = Path(__file__).resolve().parent.parent / "monitor" / "data" / "register"

COUNTRIES = {
    "Bosnia and Herzegovina": "BA", "Congo": "CG", "Côte d'Ivoire": "CI", "DR Congo": "CD", "Europen Union": "EU",
    "Hong Kong": "HK", "Macao": "MO", "Myanmar": "MM", "Palestine territories": "PS", "The Gambia": "GM",
    "Turkey": "TR", "UAE": "AE", "United States of America": "US",
}  # fmt: skip
"""Countries that the matrix spells otherwise than CLDR's English."""

NAMES = {
    "CN/China Daily (Zhōngguó Qīngnián Bào)": "China Daily", "CN/China Internet News Center": "China Internet News Center",
    "CN/China Net": "China.com.cn", "CN/China Central Television (CCTV)": "CCTV", "CN/News CCTV": "CCTV",
    "CN/China Global Television Network (CGTN)": "CGTN", "CN/China National Radio (CNR)": "China National Radio",
    "CN/China Radio International (CRI)": "China Radio International", "CN/China News Service (CNS)": "China News Service",
    "CN/Zhōngguó Qīngnián Bào": "China Youth Daily", "CN/Fǎzhì Rìbào": "Legal Daily", "CN/People's Daily (Renmin Ribao)":
    "People's Daily", "CN/People's Daily (English)": "People's Daily", "CN/Global Times (English)": "Global Times",
    "CN/World Huanqiu": "Huanqiu", "CN/Jiěfàngjūn Bào": "PLA Daily", "CN/Yicai Media Group (Television: Yicai TV": "Yicai",
    "CN/CBN Weekly)": "CBN Weekly", "CN/Reference News (Cānkǎo Xiāoxī)": "Reference News",
    "CN/ECNS (English China News Service)": "ECNS", "CN/Flash Jin10": "Jin10", "CN/The Paper": "The Paper",
    "CN/Military News": "Guangming Daily military news", "CN/CNC World": "Xinhua CNC World", "CN/VOC": "Voice of China",
    "CN/Hong Kong Commercial Daily (HKCD)": "Hong Kong Commercial Daily", "HK/Hong Kong Commercial Daily (HKCD)":
    "Hong Kong Commercial Daily", "HK/RTHK": "RTHK", "HK/TVB": "TVB", "IN/All India Radio (AIR)": "All India Radio",
    "ID/Antara News": "Antara", "JP/NHK": "NHK", "KP/Korean Central Television (KCTV)": "Korean Central Television",
    "KP/KCNA": "KCNA", "KP/Pyongyang Broadcasting Station (Radio Pyongyang)": "Radio Pyongyang",
    "KP/Choson Sinbo": "Choson Sinbo", "KP/Rodongja Sinmun": "Rodongja Sinmun", "PK/APP": "Associated Press of Pakistan",
    "PH/Philippines News Agency": "Philippine News Agency", "SG/Today": "Today (Singapore)", "KR/KBS": "KBS", "KR/MBC": "MBC",
    "KR/EBS": "EBS", "KR/Yonhap News Agency": "Yonhap", "TW/CNA": "Central News Agency", "TW/PTS": "PTS (Taiwan)",
    "TW/Chinese Television System (CTS)": "Chinese Television System", "VN/VNA": "Vietnam News Agency", "VN/VOV": "Voice of Vietnam",
    "VN/Nhan Dan Daily": "Nhan Dan", "VN/VTC": "VTC (Vietnam)", "VN/Print: Tin Tuc": "Tin Tuc", "BN/RTB": "Radio Television Brunei",
    "AM/1TV": "Public Television of Armenia", "AZ/Azertac": "AZERTAC", "AZ/CBC": "CBC (Azerbaijan)", "AZ/Azerbaijan":
    "Azerbaijan (newspaper)", "AZ/Respublika": "Respublika (Azerbaijan)", "BY/Belta": "BelTA",
    "BY/Sovetskaya Belorussiya (Belarus Segodnya)": "SB. Belarus Segodnya", "BY/Belruskaya Dumka": "Belaruskaya Dumka",
    "BY/Respublika": "Respublika (Belarus)", "BY/Belaruskaya Gazeta (B-G.by)": "Belaruskaya Gazeta", "BY/STV": "STV (Belarus)",
    "GE/GPB": "Georgian Public Broadcaster", "KZ/Kazakhskaya Pravda": "Kazakhstanskaya Pravda",
    "RU/Russia-1 (Россия-1)": "Russia-1", "RU/Russia-24 (Россия-24)": "Russia-24", "RU/RTR-Planeta (РТР-планета)": "RTR-Planeta",
    "RU/Pervyy kanal": "Channel One Russia", "RU/NTV": "NTV (Russia)", "RU/AvtoRadio": "Avtoradio", "RU/Mir": "Mir (broadcaster)",
    "RU/Mir24.tv": "Mir 24", "RU/Channel 5": "Channel Five (Russia)", "RU/CTC Media- CTC": "CTC (Russia)", "RU/OTR": "OTR",
    "RU/Sputnik News": "Sputnik", "RU/Ukraina": "Ukraina.ru", "RU/RT International": "RT", "RU/Russian RT": "RT Russian",
    "RU/MK.ru": "Moskovsky Komsomolets", "RU/RBC.ru": "RBC", "RU/Tsargrad.tv": "Tsargrad", "RU/Smotrim.ru": "Smotrim",
    "RU/Svpressa": "Svobodnaya Pressa", "RU/News-front.info": "News Front", "RU/Rusvesna.su": "Russkaya Vesna",
    "RU/Politnavigator.net": "PolitNavigator", "RU/Vesti (UK edition)": "Vesti UK", "RU/Zvezda": "Zvezda",
    "RU/Politinform.su": "Politinform", "RU/Strana.news": "Strana.news", "RU/TASS": "TASS", "UZ/UzA": "UzA", "MR/AMI": "AMI", "AO/ANGOP": "ANGOP",
    "TJ/Khovar": "Khovar", "TJ/Narodnaya Gazeta": "Narodnaya Gazeta (Tajikistan)", "TM/Turkmenistan": "Turkmenistan (newspaper)",
    "UA/Golos Ukrainy (Voice of Ukraine)": "Holos Ukrainy", "UA/Uryadovy Kuryer (Government Courier)": "Uriadovyi Kurier",
    "UA/UA:First": "Pershyi (Suspilne)", "UA/UA:Ukrainian Radio": "Ukrainian Radio", "UZ/Oʻzbekiston": "Oʻzbekiston (broadcaster)",
    "AT/ORF": "ORF", "BE/RTBF": "RTBF", "BE/VRT": "VRT", "BG/BTA": "BTA", "BA/FENA": "FENA", "HR/HR": "HR (radio)", "HR/HINA": "HINA",
    "BA/Radio-Television of the Federation of Bosnia and Herzegovina (RTVFBiH":
    "Radio-Television of the Federation of Bosnia and Herzegovina", "CY/CNA": "Cyprus News Agency", "CZ/CTK": "ČTK",
    "DK/DR": "DR", "EE/ERR": "ERR", "FI/YLE": "Yle", "FR/ARTE France": "Arte", "FR/Radio France Internationale (RFI)": "RFI",
    "FR/France24": "France 24", "FR/France TV Info": "Franceinfo", "FR/TV5 Monde": "TV5Monde", "DE/ARD": "ARD", "DE/ZDF": "ZDF",
    "DE/DW": "Deutsche Welle", "GR/AMNA": "AMNA", "GR/ERT": "ERT", "HU/Magyar Távirati Iroda (MTI)": "MTI", "HU/Index.hu": "Index.hu",
    "HU/MTV": "MTV (Hungary)", "HU/MR": "Magyar Rádió", "HU/Világgazdaság*": "Világgazdaság", "HU/TV2": "TV2 (Hungary)",
    "DK/TV2": "TV2 (Denmark)", "IE/RTE": "RTÉ", "IT/RAI": "Rai", "LT/LRT": "LRT", "LV/LR": "Latvijas Radio", "LV/LTV": "Latvijas Televīzija",
    "NO/NRK": "NRK", "PL/PAP": "PAP", "PL/TVP": "TVP", "PT/Lusa News Agency": "Lusa", "PT/RTP": "RTP", "RO/Agerpres": "Agerpres",
    "RO/TVR": "TVR", "RS/Vecernje Novosti": "Večernje novosti", "RS/RTS1": "RTS (Serbia)", "RS/Politika": "Politika",
    "SK/TASR": "TASR", "SI/STA": "STA", "ES/RTVE": "RTVE", "ES/EFE": "EFE", "ES/TPA": "TPA (Asturias)", "SE/SVT": "SVT",
    "CH/Schweizer Radio und Fernsehen (SRF)": "SRF", "CH/Radiotelevisione svizzera di lingua italiana (RSI)": "RSI",
    "CH/Radiotelevisiun Svizra Rumantscha (RTR)": "RTR (Switzerland)", "TR/Yeni Safah": "Yeni Şafak", "TR/Anadolu": "Anadolu",
    "TR/Hurriyet": "Hürriyet", "TR/Demiroren News Agency (DHA)": "DHA", "TR/IHA": "IHA", "TR/CNN Turk": "CNN Türk", "TR/TRT": "TRT",
    "TR/Haberturk": "Habertürk", "TR/Haberturk TV": "Habertürk TV", "TR/Turkiye": "Türkiye", "TR/Star": "Star (Turkey)",
    "TR/Aksam": "Akşam", "TR/NTV": "NTV (Turkey)", "TR/ATV": "ATV (Turkey)", "AZ/ATV": "ATV (Azerbaijan)", "GB/BBC": "BBC",
    "AR/Televisión Pública (Canal 7)": "Televisión Pública (Argentina)", "AR/Telam": "Télam", "BO/ABI": "Agencia Boliviana de Información",
    "CU/ACN": "Cuban News Agency", "CU/Prensa Latina": "Prensa Latina", "EC/El Telegrafo": "El Telégrafo", "PE/Andina": "Andina",
    "GT/AGN": "Agencia Guatemalteca de Noticias", "VE/Agencia Venezolana de Noticias (AVN)": "Agencia Venezolana de Noticias",
    "VE/Radio Nacional de Venezuela (RNV)": "Radio Nacional de Venezuela", "VE/Venezolana de Televisión": "Venezolana de Televisión",
    "VE/TeleSUR English": "teleSUR", "DZ/APS": "APS", "SN/APS": "Agence de Presse Sénégalaise", "DZ/El Djoumhouria": "El Djoumhouria",
    "BH/Bahrain News Agency": "Bahrain News Agency", "EG/Al Youm Al Sabea": "Youm7", "EG/Al Ahram Publishing House (Al Ahram": "Al-Ahram",
    "EG/Al Ahram Weekly": "Al-Ahram Weekly", "EG/Dar Al Tahrir Publishing House (Al Gomhuria": "Al Gomhuria", "EG/The Egyptian Mail (English)":
    "The Egyptian Mail", "EG/La Bourse Egyptienne (French)": "La Bourse Egyptienne", "EG/Akhbar Al Youm Foundation (Al Akhbar)":
    "Akhbar Al Youm", "EG/Dar Al Hilal Publishing House (Al Hilal)": "Al Hilal", "EG/Rose Al Yousef Foundation (Rose al Yusuf)":
    "Rose al-Yusuf", "EG/Middle East News Agency (MENA)": "MENA", "IR/Fars News Agency": "Fars News", "IR/ISNA": "ISNA", "IR/IRNA": "IRNA",
    "IR/Iran": "Iran (newspaper)", "IR/Alvefagh": "Al-Vefagh", "IR/Mehr News Agency (MNA)": "Mehr News", "IR/Tasnim News Agency": "Tasnim",
    "IR/Jomhouri Eslami": "Jomhouri-ye Eslami", "IR/Quds": "Quds (newspaper)", "IR/IRIB TV": "IRIB", "IR/Khorasan": "Khorasan (newspaper)",
    "IQ/Iraqi News Agency": "INA", "IQ/Al-Sabah": "Al-Sabah (Iraq)", "JO/PETRA": "Petra", "JO/Al Ra'i": "Al Rai (Jordan)",
    "KW/KUNA": "KUNA", "LB/NNA": "NNA", "LY/WAL": "LANA", "MA/MAP": "MAP", "MA/MAP - News": "MAP News", "MA/MAP - Express": "MAP Express",
    "MA/Medi 1 Radio": "Medi 1 Radio", "OM/ONA": "Oman News Agency", "OM/Oman Daily": "Oman Daily", "PS/WAFA": "WAFA",
    "PS/Al-Hayat Al-Jadida": "Al-Hayat al-Jadida", "QA/QNA": "QNA", "QA/Qatar News Agency": "QNA", "QA/Al Watan": "Al Watan (Qatar)",
    "SY/Al Watan": "Al Watan (Syria)", "SY/SANA": "SANA", "SY/Al Thawra": "Al Thawra (Syria)", "YE/Al-Thawra": "Al Thawra (Yemen)",
    "SA/MBC": "MBC (Saudi Arabia)", "SA/SPAce TV": "SPA", "SA/Al Eqtisadiah": "Al Eqtisadiah", "TN/TAP": "TAP", "TN/La Presse": "La Presse (Tunisia)",
    "AE/WAM": "WAM", "AE/The National": "The National", "AE/Arabian Radio Network (ARN)": "Arabian Radio Network",
    "YE/SABA (Control of the Houthi Supreme Political Council)": "Saba (Sanaa)",
    "YE/SABA (Control by the Presidential Leadership Council UN-recognized)": "Saba (Aden)",
    "YE/Yemen TV (Control of the Houthi Supreme Political Council)": "Yemen TV (Sanaa)",
    "YE/Yemen TV (Control by the Presidential Leadership Council UN-recognized)": "Yemen TV (Aden)",
    "AU/ABC": "ABC (Australia)", "AU/SBS": "SBS (Australia)", "CA/CBC": "CBC", "NZ/RNZ": "RNZ", "US/NPR": "NPR", "US/PBS": "PBS",
    "US/Office for Cuba Broadcasting": "Radio Televisión Martí", "US/Middle East Broadcasting Networks": "Alhurra",
    "US/Golos Ameriki (Voice of America in Russian)": "Voice of America Russian", "US/Svoboda (Radio Liberty)": "Radio Svoboda (Russian)",
    "US/Krym Realii (Focus on Crimea events)": "Krym.Realii", "US/Current Time TV": "Current Time",
    "NG/News Agency of Nigeria (NAN)": "News Agency of Nigeria", "NG/Voice of Nigeria (VON)": "Voice of Nigeria", "GH/GNA": "Ghana News Agency",
    "SD/Sudan News Agency (SUNA)": "SUNA", "SO/SNTV": "SNTV", "ZA/SABC": "SABC", "ZA/IOL": "IOL", "ZA/The Star": "The Star (South Africa)",
    "ZA/Daily News": "Daily News (South Africa)", "CD/ACP": "ACP", "ET/ENA": "Ethiopian News Agency", "ET/ETV": "Ethiopian Broadcasting Corporation",
    "CM/CRTV": "CRTV", "MR/Al-Shaab": "Al-Shaab (Mauritania)", "MZ/Noticias": "Notícias (Mozambique)", "AO/O Pais": "O País (Angola)",
    "AO/Exame": "Exame (Angola)", "CI/AIP": "Agence Ivoirienne de Presse", "RW/Rwanda Television (RTV)": "Rwanda Television",
    "GA/Agence Gabonaise de Presse": "Agence Gabonaise de Presse", "PS/Al-Aqsa TV": "Al-Aqsa TV", "UY/Canal 5": "Canal 5 (Uruguay)",
    "ES/TVG": "TVG (Galicia)", "MO/TDM": "TDM", "IL/Galatz": "Army Radio (Israel)", "IL/Kan 11": "Kan", "IL/Kan radio channels": "Kan Radio",
    "VA/Vatican News": "Vatican News", "TZ/Daily News": "Daily News (Tanzania)", "BW/Daily News": "Daily News (Botswana)",
    "LK/Daily News": "Daily News (Sri Lanka)", "UG/The New Vision": "New Vision", "ZW/The Herald": "The Herald (Zimbabwe)",
    "GT/Radio Universidad": "Radio Universidad (Guatemala)", "PL/Głos dailies -Wielkopolski": "Głos Wielkopolski",
    "PL/Kurier dailies - Lubelsk": "Kurier Lubelski", "MM/Myanmar News Agency (MNA)": "Myanmar News Agency", "BF/Agence d'information du Burkina (AIB)": "Agence d'information du Burkina",
    "RU/News.ru": "News.ru", "AR/Canal 12": "Canal 12 (Córdoba)", "BW/Botswana Press Agency (BOPA)": "Botswana Press Agency",
}  # fmt: skip
"""English names as commonly written, by country and the asset as the matrix has it (without `Print:` and the like)."""

EDITIONS = (
    (r"Sputnik .*|Sputnik News \(.*", "Sputnik"), (r"RT (?:Deutsch|France|Español|Arabic|Documentary|Russian)", "RT"),
    (r"Xinhua .*", "Xinhua"), (r"IRNA .*", "IRNA"), (r"FNA .*", "Fars News"), (r"Press ?TV .*", "Press TV"),
    (r"People's Daily .*", "People's Daily"), (r"CGTN .*", "CGTN"), (r"China Daily .*", "China Daily"), (r"TRT (?:World|Arabic|Deutsch|Russian|Kurdi)", "TRT"),
    (r"Al Arabiya .*", "Al Arabiya"), (r"Prensa Latina .*", "Prensa Latina"), (r"ECNS", "China News Service"),
    (r"MAP (?:News|Express)", "MAP"), (r"CNN Turk Radio", "CNN Türk"), (r"Habertürk TV", "Habertürk"), (r"NTV Radyo", "NTV (Turkey)"),
    (r"Voice of America Russian", "Voice of America"), (r"Guangming Daily military news", "Guangming Daily"), (r"VOV World", "Voice of Vietnam"),
    (r"Mir 24|Radio Mir", "Mir (broadcaster)"), (r"Focus on Taiwan", "Central News Agency"), (r"Kan Radio", "Kan"),
    (r"Radio Svoboda \(Russian\)", "Radio Free Europe/Radio Liberty"), (r"Krym\.Realii", "Radio Free Europe/Radio Liberty"),
)  # fmt: skip
"""Editions in other languages and for other media: their name here, and the outlet under which they are cited."""

SITES_OF_OTHERS = frozenset(
    "kcnawatch.org socar.az guatemala.gob.gt congreso.gob.gt asamblea.gob.sv congresonacional.hn ffaa.mil.hn lagosstate.gov.ng "
    "plateaustate.gov.ng tarabastate.gov.ng pdvsa.com ministerecommunication.gov.dz usac.edu.gt moi.gov.mm media.gov.kw gcis.gov.za "
    "rada.gov.ua exame.com prasarbharati.gov.in gnu.rep.kp chinatoday.com ip.gov.py diariooficial.gob.sv".split()
)
"""Sites of ministries, parliaments, companies and others that the matrix gives as addresses: a link there is no citation."""

GENERIC = frozenset(
    "channel canal daily news radio tv television televisión public national nacional the al el la le o star mirror mercury herald "
    "chronicle sun new era soap box space real nice military financial fresh days today independent state government legal economic "
    "voice of china world in now hayat watan thawra sharq money fm gold nation business times paper service central watanya aoula "
    "first retro post arab vision press sport soir maghribi one mayadeen chaab masa saudiya ekhbariya bayan youm raya soleil matin sahel "
    "presse libre courier oriental review eastern outlook military system en de 24 life index russian spring diplomat".split()
)
"""Words that make no distinctive name, alone or together: such names need context."""

_PREFIX = re.compile(r"^(?:Print media|Print|Television|Radio|News agency|News portals|Online): (.+)$")
_KIND_BY_PREFIX = {
    "Print": "newspaper", "Print media": "newspaper", "Television": "broadcaster", "Radio": "broadcaster",
    "News agency": "agency", "News portals": "site", "Online": "site",
}  # fmt: skip
_KINDS = (
    ("agency", re.compile(r"news agency|press agency|press service|agence|agencia|agência|information agency|telegraphic agency|\b(?:TASS|KCNA|Tanjug|Belta|Antara|Bernama|Montsame|Kazinform|Ukrinform|Khovar|Armenpress|Xinhua|Moldpres|Agerpres|RIA Novosti|Telam|Notimex|Bakhtar)\b", re.I)),
    ("broadcaster", re.compile(r"\b(?:tv\d?|television|télévision|televisión|televisão|televizion\w*|radio\w*|rádio|radyo\w*|channel|canal|fm|broadcast\w*|télé|tele\w*|[a-z]?tv)\b|\bTV|TV\b|BBC|NHK|\bKBS|\bMBC|\bEBS|rundfunk", re.I)),
    ("newspaper", re.compile(r"daily|times|gazet|ribao|\bbào\b|newspaper|herald|tribune|pravda|sinmun|post\b|observer|slovo|dziennik|kurier|głos|izvestia|journal|diario|jornal", re.I)),
    ("magazine", re.compile(r"magazine|weekly|review|monitor\b", re.I)),
    ("site", re.compile(r"\.(?:ru|com|org|hu|info|su|tv|net|news|today|kz|cn)\b|online|today$", re.I)),
)  # fmt: skip
_ACRONYM = re.compile(r"\(([^()]+)\)")
_SAFE = re.compile(r"[^\W\d_][^:#,\[\]{}&*!|>'\"%@`?]*")


@dataclass
class Medium:
    """One entry of the register in the making."""

    name: str
    region: str
    kind: str
    country: str
    typology: str
    owner: str
    edition_of: str = ""
    short: list[str] = field(default_factory=list)
    domains: list[str] = field(default_factory=list)
    telegram: list[str] = field(default_factory=list)


def main(matrix: Path, out: Path = OUT) -> int:
    """Write one file a region and say how many rows became how many entries."""
    with matrix.open(encoding="utf-8-sig", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["Country"].strip()]
    media = merged(rows)
    out.mkdir(parents=True, exist_ok=True)
    for region in sorted({medium.region for medium in media}):
        listed = sorted((m for m in media if m.region == region), key=lambda m: (m.country, m.owner, m.name))
        (out / f"state-media-{_slug(region)}.yaml").write_text("".join(_file(listed)), encoding="utf-8")
    sys.stdout.write(f"{len(rows)} rows, {len(media)} entries\n")
    return 0


def merged(rows: Iterable[dict[str, str]]) -> list[Medium]:
    """One medium a name and country; names that two countries share get the country added."""
    countries = _countries()
    media: dict[tuple[str, str], Medium] = {}
    for row in rows:
        country = countries[row["Country"].strip()]
        found = _medium(row, country)
        known = media.setdefault((country, found.name), found)
        for kept, added in ((known.domains, found.domains), (known.telegram, found.telegram), (known.short, found.short)):
            kept.extend(item for item in added if item not in kept)
    names = [name for _, name in media]
    english = Locale("en").territories
    for medium in media.values():
        if names.count(medium.name) > 1:
            medium.name = f"{medium.name} ({english[medium.country]})"
    return list(media.values())


def _medium(row: dict[str, str], country: str) -> Medium:
    company = row["Media company"].strip().rstrip("*")
    asset = " ".join(row["Main assets"].split())
    prefix = _PREFIX.match(asset)
    bare = prefix.group(1) if prefix else asset
    name, short = _named(country, bare, company)
    edition = next((main for pattern, main in EDITIONS if re.fullmatch(pattern, name) and name != main), "")
    kind = _KIND_BY_PREFIX.get(asset.partition(":")[0]) if prefix else None
    return Medium(
        name=name,
        region=row["Region"].strip(),
        kind=kind or _kind(f"{bare} {name}") or _company_kind(company, bare),
        country=country,
        typology=row["Typology"].strip().rstrip("?"),
        owner=re.sub(r"\s*\(.*", "", company) if company.endswith(")") else company,
        edition_of=edition,
        short=short,
        domains=list(_domains(row["URL"])),
        telegram=list(_channels(row["Telegram Link"])),
    )


def _named(country: str, asset: str, company: str) -> tuple[str, list[str]]:
    """The name and the acronyms beside it: `BSS` of `Bangladesh Sangbad Sangstha (BSS)` is the company's name."""
    in_company = _ACRONYM.findall(company)
    preferred = NAMES.get(f"{country}/{asset}")
    acronyms = [text for text in _ACRONYM.findall(asset) if text.isupper() and " " not in text]
    if asset in in_company:
        return preferred or re.sub(r"\s*\(.*", "", company), [asset] if asset != preferred else []
    plain = re.sub(r"\s*\([^()]*\)?$", "", asset) if acronyms else asset.rstrip("*")
    plain = re.sub(r"^(?:Dziennik|Gazeta|Kurier|Głos) dailies ?- ?", lambda m: m.group().split()[0] + " ", plain)
    return preferred or plain, acronyms


def _kind(text: str) -> str:
    return next((kind for kind, pattern in _KINDS if pattern.search(text)), "")


def _company_kind(company: str, asset: str) -> str:
    """A broadcaster's media are broadcasters; an agency also publishes papers, so only its namesake is one."""
    kind = _kind(company)
    return kind if kind == "broadcaster" or (kind == "agency" and f"({asset})" in company) else "unknown"


def _domains(url: str) -> Iterator[str]:
    host, _, path = re.sub(r"^https?://", "", url.strip()).partition("/")
    host = re.sub(r"^www?\.", "", host.lower())
    path = path.partition("?")[0].partition("#")[0].rstrip("/")
    if re.fullmatch(r"(?:en|fr|news|kz|fr|eng|home|es|ao|ip|w)?|.*\.aspx|main/.*|home/.*|socar/.*|EN/.*", path):
        path = ""
    if "." in host and host not in SITES_OF_OTHERS:
        yield f"{host}/{path}" if path else host


def _channels(url: str) -> Iterator[str]:
    name = url.strip().rstrip("/").rpartition("/")[2]
    if name and not name.lower().endswith("bot"):
        yield name


def _file(media: list[Medium]) -> Iterator[str]:
    yield "# Generated by tools/state_media_to_register.py; do not edit. Names and corrections belong in the other files.\n"
    yield f"generated: tools/state_media_to_register.py\ndefaults: {{period: {PERIOD}, source: {json.dumps(SOURCE)}}}\noutlets:\n"
    for medium in media:
        fields = {"kind": medium.kind, "country": medium.country, "typology": medium.typology}
        if medium.owner != medium.name:
            fields["owner"] = medium.owner
        if medium.edition_of:
            fields["edition_of"] = medium.edition_of
        for key, values in (("domains", medium.domains), ("telegram", medium.telegram)):
            if values:
                fields[key] = " / ".join(values)
        weak = list(medium.short)
        if needs_context(medium.name):
            weak.insert(0, re.sub(r" \(.*", "", medium.name))
        weak = list(dict.fromkeys(weak))
        said = ", ".join(f"{key}: {_scalar(value)}" for key, value in fields.items() if value)
        context = f", needs_context: {{any: {_scalar(' / '.join(weak))}}}" if weak else ""
        yield f"  {_scalar(medium.name)}: {{{said}{context}}}\n"


def needs_context(name: str) -> bool:
    """Whether a name by itself may be an ordinary phrase: one word, or generic words only, or with a qualifier."""
    words = re.findall(r"\w+", name.casefold())
    distinctive = [word for word in words if word not in GENERIC and not word.isdigit() and len(word) > 1]
    return " (" in name or len(words) < 2 or not distinctive


def _scalar(text: str) -> str:
    plain = _SAFE.fullmatch(text) and text.strip() == text and text.lower() not in ("no", "yes", "on", "off", "null")
    return text if plain else json.dumps(text, ensure_ascii=False)


def _slug(region: str) -> str:
    return re.sub(r"[^a-z]+", "-", region.lower()).strip("-")


def _countries() -> dict[str, str]:
    names = {str(name): code for code, name in Locale("en").territories.items() if len(code) == 2 and code.isalpha()}
    return {**names, **COUNTRIES}


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
