"""``indexer.toml``: which buckets there are, how their keys are spelled, and where the index is."""

from indexer.config.load import DEFAULT_NAME, Config, Source, find_config, load_config, parse_config
from indexer.config.moderation import Moderation

__all__ = ["DEFAULT_NAME", "Config", "Moderation", "Source", "find_config", "load_config", "parse_config"]
