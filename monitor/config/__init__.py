"""config.yaml: read, checked as a whole, every problem named with its line and what to do about it."""

from monitor.config.loading import check_config, config_schema, config_warnings, fix_config, load_config
from monitor.config.model import Config, Operations
from monitor.config.sources import feed_proxies, feed_sources

__all__ = [
    "Config",
    "Operations",
    "check_config",
    "config_schema",
    "config_warnings",
    "feed_proxies",
    "feed_sources",
    "fix_config",
    "load_config",
]
