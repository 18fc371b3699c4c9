"""Polite, guarded HTTP: `Fetcher` and what it is asked with (rules: docs/explanation/fetching.md)."""

from monitor.fetch.client import Fetcher
from monitor.fetch.options import FetchOptions, networks, user_agent
from monitor.fetch.request import FetchRequest
from monitor.fetch.robots import Permission, Robots, RobotsFile
from monitor.fetch.webhook import ask_json, ask_json_now, post_json

__all__ = [
    "FetchOptions",
    "FetchRequest",
    "Fetcher",
    "Permission",
    "Robots",
    "RobotsFile",
    "ask_json",
    "ask_json_now",
    "networks",
    "post_json",
    "user_agent",
]
