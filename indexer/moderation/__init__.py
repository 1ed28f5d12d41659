"""Moderation payloads: whose body it is, what it decides about which picture, and why one cannot be read."""

from indexer.moderation.agora_client import AGORA_CLIENT
from indexer.moderation.agora_live import AGORA_LIVE
from indexer.moderation.agora_notices import AGORA_NOTICES
from indexer.moderation.alibaba_live import ALIBABA_LIVE
from indexer.moderation.base import Mapping, Notification, Payload, Received, Unmappable, Verdict
from indexer.moderation.fields import SCALES
from indexer.moderation.generic import COLUMNS, IDENTITY, GenericMapping, generic_mapping
from indexer.moderation.read import Handling, read_again, read_payloads, read_received
from indexer.moderation.thresholds import THRESHOLDS

MAPPINGS: tuple[Mapping, ...] = (ALIBABA_LIVE, AGORA_LIVE, AGORA_CLIENT, AGORA_NOTICES)
"""The built-in mappings, in the order in which a body's shape is tried on them."""

__all__ = [
    "COLUMNS",
    "IDENTITY",
    "MAPPINGS",
    "SCALES",
    "THRESHOLDS",
    "GenericMapping",
    "Handling",
    "Mapping",
    "Notification",
    "Payload",
    "Received",
    "Unmappable",
    "Verdict",
    "generic_mapping",
    "read_again",
    "read_payloads",
    "read_received",
]
