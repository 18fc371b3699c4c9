"""config.yaml: read, checked as a whole, every problem named with its line and what to do about it."""

from monitor.config.loading import check_config, config_schema, load_config
from monitor.config.model import Config
from monitor.config.sources import feed_sources

__all__ = ["Config", "check_config", "config_schema", "feed_sources", "load_config"]
