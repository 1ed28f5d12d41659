"""Moderation payloads: whose body it is, what it decides about which picture, and why one cannot be read."""

from indexer.moderation.agora_client import AGORA_CLIENT
from indexer.moderation.agora_live import AGORA_LIVE
from indexer.moderation.alibaba_live import ALIBABA_LIVE
from indexer.moderation.base import Mapping, Payload, Unmappable, Verdict
from indexer.moderation.fields import SCALES
from indexer.moderation.generic import COLUMNS, IDENTITY, THRESHOLDS, GenericMapping, generic_mapping
from indexer.moderation.read import read_payloads

MAPPINGS: tuple[Mapping, ...] = (ALIBABA_LIVE, AGORA_LIVE, AGORA_CLIENT)
"""The built-in mappings, in the order in which a body's shape is tried on them."""

__all__ = [
    "COLUMNS",
    "IDENTITY",
    "MAPPINGS",
    "SCALES",
    "THRESHOLDS",
    "GenericMapping",
    "Mapping",
    "Payload",
    "Unmappable",
    "Verdict",
    "generic_mapping",
    "read_payloads",
]
