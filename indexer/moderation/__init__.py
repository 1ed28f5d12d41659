"""Moderation payloads: one mapping a provider, and the reader of their files."""

from indexer.moderation.agora_client import AGORA_CLIENT
from indexer.moderation.agora_live import AGORA_LIVE
from indexer.moderation.alibaba_live import ALIBABA_LIVE
from indexer.moderation.base import Mapping, Payload, Unmappable, Verdict
from indexer.moderation.generic import COLUMNS, SCALES, GenericMapping, generic_mapping
from indexer.moderation.read import read_payloads

MAPPINGS = (ALIBABA_LIVE, AGORA_LIVE, AGORA_CLIENT)
"""The providers whose bodies are told by their shape."""

__all__ = [
    "COLUMNS",
    "MAPPINGS",
    "SCALES",
    "GenericMapping",
    "Mapping",
    "Payload",
    "Unmappable",
    "Verdict",
    "generic_mapping",
    "read_payloads",
]
