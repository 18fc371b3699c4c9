"""Polite, guarded HTTP: `Fetcher` and what it is asked with. Rules of behaviour: docs/explanation/fetching.md."""

from monitor.fetch.client import Fetcher, FetchRequest
from monitor.fetch.options import FetchOptions, networks, user_agent

__all__ = ["FetchOptions", "FetchRequest", "Fetcher", "networks", "user_agent"]
