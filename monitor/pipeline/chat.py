"""Chat services through apprise (`pip install .[notify]`), whose own client sends: it is as good as its guard.

An apprise address names a service (`slack://…`, `tgram://…`) and so goes to that service's host. Those that could be
made to reach any host are refused: a plain webhook is configured under `webhooks`, where every connection is guarded.
"""

from __future__ import annotations

import importlib.util

ANY_HOST = frozenset({"json", "jsons", "xml", "xmls", "form", "forms", "apprise", "apprises"})


def tell(address: str, title: str, body: str) -> str:
    """Send to one chat address; what went wrong in words, empty for nothing. Never shows the address."""
    scheme = address.partition("://")[0].casefold()
    if scheme in ANY_HOST:
        return f"{scheme}:// is not sent by chat: put its address under webhooks"
    if importlib.util.find_spec("apprise") is None:
        return "chat needs apprise: pip install .[notify]"
    import apprise  # noqa: PLC0415 -- an extra

    service = apprise.Apprise()
    if not service.add(address):
        return f"apprise knows no address of the kind {scheme}://"
    return "" if service.notify(title=title, body=body) else f"{scheme} did not take it"
