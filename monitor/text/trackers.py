"""Parameters of an address that say how a reader came, not what the page is.

A name is listed only where its owner documents it as tracking, or where a publisher puts it on
the links of its own feed. Names that select content somewhere (`id`, `p`, `story`, `v`, `cid`,
`page`, `lang`, `ref` with an unknown value) are never listed: a tracker kept costs a duplicate that
text comparison still finds, a parameter dropped would hide a page.
"""

from __future__ import annotations

_PREFIXES = (
    "utm_",  # Google Analytics campaign parameters
    "mtm_",  # Matomo
    "matomo_",
    "pk_",  # Matomo, older
    "piwik_",
    "at_",  # Piano Analytics (AT Internet), the BBC and French papers
    "ns_",  # comScore, older BBC feeds
    "hsa_",  # HubSpot ads
    "_hs",  # HubSpot
    "__hs",
    "ga_",  # Google Analytics, older
    "wt_",  # Webtrekk (Mapp)
    "wt.",  # WebTrends
    "guce_",  # Yahoo consent hand-over
)

_NAMES = frozenset(
    {
        # click identifiers of advertising networks
        *("gclid", "gclsrc", "dclid", "wbraid", "gbraid", "gad_source", "srsltid"),  # Google Ads, Search
        *("fbclid", "fb_action_ids", "fb_action_types", "fb_source", "fb_ref"),  # Meta
        *("yclid", "ysclid", "_openstat", "ymclid"),  # Yandex
        *("msclkid", "twclid", "ttclid", "li_fat_id", "igshid", "igsh", "epik", "rdt_cid", "scclid"),
        # mail and marketing tools
        *("mc_cid", "mc_eid"),  # Mailchimp
        *("mkt_tok", "vero_id", "vero_conv", "oly_anon_id", "oly_enc_id", "wickedid", "_ke", "trk_contact"),
        *(
            "s_kwcid",
            "ef_id",
            "s_cid",
            "sc_cid",
            "icid",
            "ncid",
            "cmpid",
            "cmp",
            "intcmp",
            "int_cmp",
            "intcid",
        ),  # Adobe
        *("_ga", "_gl", "spm", "scm_id", "rb_clickid", "__twitter_impression"),
        # publishers' own feeds and share buttons
        *("xtor", "xtref", "xts"),  # AT Internet on links of Le Monde, France 24, RFI
        *("ocid", "feedtype", "feedname", "taid"),  # MSN and BBC; Reuters
        *("smid", "smtyp", "emc"),  # The New York Times
        "ito",  # Daily Mail
        "maca",  # Deutsche Welle
        *("traffic_source", "soc_src", "soc_trk", "guccounter", "sr_share", "sref", "leadsource"),
        *("tg_rhash", "rhash"),  # Telegram instant view
        *("from_rss", "rss_source"),
    }
)

_SESSIONS = frozenset(
    {"phpsessid", "jsessionid", "aspsessionid", "sessionid", "session_id", "cfid", "cftoken"}
)

# names that select content elsewhere: off only with a value that can mean nothing but "from a feed"
_BY_VALUE = frozenset(
    {"ref", "source", "src", "from", "via", "partner", "medium", "origin", "feature", "rss"}
)
_FEED_VALUES = frozenset(
    {"rss", "rssfeed", "rss_feed", "rss-feed", "feed", "feeds", "atom", "rssnyt", "rss1", "rss2"}
)


def is_tracking_parameter(name: str, value: str) -> bool:
    """Return whether a query parameter only says how the reader came. Case is ignored."""
    name = name.lower()
    if name in _NAMES or name.startswith(_PREFIXES):
        return True
    return name in _BY_VALUE and value.lower() in _FEED_VALUES


def is_session_parameter(name: str) -> bool:
    """Return whether a query parameter carries a visitor's session."""
    return name.lower() in _SESSIONS
