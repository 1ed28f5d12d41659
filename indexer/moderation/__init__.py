"""Moderation payloads: whose body it is, what it decides about which picture, and why one cannot be read."""

from indexer.moderation.activefence import ACTIVEFENCE
from indexer.moderation.agora_client import AGORA_CLIENT
from indexer.moderation.agora_live import AGORA_LIVE
from indexer.moderation.agora_notices import AGORA_NOTICES
from indexer.moderation.alibaba_audio import ALIBABA_AUDIO
from indexer.moderation.alibaba_green import ALIBABA_GREEN
from indexer.moderation.alibaba_live import ALIBABA_LIVE
from indexer.moderation.alibaba_oss import ALIBABA_OSS
from indexer.moderation.aws_rekognition import AWS_REKOGNITION
from indexer.moderation.azure_content_safety import AZURE_CONTENT_SAFETY
from indexer.moderation.base import Mapping, Notification, Payload, Received, Unmappable, Verdict
from indexer.moderation.fields import SCALES
from indexer.moderation.generic import COLUMNS, IDENTITY, GenericMapping, generic_mapping
from indexer.moderation.google_safesearch import GOOGLE_SAFESEARCH
from indexer.moderation.hive import HIVE
from indexer.moderation.huawei import HUAWEI
from indexer.moderation.qiniu import QINIU
from indexer.moderation.read import Handling, read_again, read_payloads, read_received
from indexer.moderation.shumei import SHUMEI
from indexer.moderation.sightengine import SIGHTENGINE
from indexer.moderation.tencent_ci import TENCENT_CI
from indexer.moderation.tencent_css import TENCENT_CSS
from indexer.moderation.tencent_ims import TENCENT_IMS
from indexer.moderation.thresholds import THRESHOLDS

MAPPINGS: tuple[Mapping, ...] = (
    ALIBABA_LIVE,
    AGORA_LIVE,
    AGORA_CLIENT,
    AGORA_NOTICES,
    ACTIVEFENCE,
    ALIBABA_AUDIO,
    ALIBABA_GREEN,
    ALIBABA_OSS,
    AWS_REKOGNITION,
    AZURE_CONTENT_SAFETY,
    GOOGLE_SAFESEARCH,
    HIVE,
    HUAWEI,
    QINIU,
    SHUMEI,
    SIGHTENGINE,
    TENCENT_CI,
    TENCENT_CSS,
    TENCENT_IMS,
)
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
