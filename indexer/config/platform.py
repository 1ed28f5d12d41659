"""Reads what the platforms themselves say of a place where screenshots land, as saved from their APIs.

Sources: Agora's pages on snapshot settings of live streaming (GET and PATCH .../settings/snapshot/...) and on capturing
screenshots with Cloud Recording (the body of ``start``); Alibaba Cloud Live's AddLiveSnapshotDetectPornConfig and
AddLiveAppSnapshotConfig, and what their Describe... answer. The platform's own keys are not taken over: they are best
write-only, and an indexer needs ones that may list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from indexer.errors import UsageError
from indexer.moderation.repair import NotJson, read_json

if TYPE_CHECKING:
    from collections.abc import Iterator

_LIVE_STREAMING = (5, 300)
_CLOUD_RECORDING = (1, 3600)
_ALIBABA = (5, 3600)
_DEFAULT_INTERVAL = 10
_LONGEST_PREFIX = 128
_PREFIX_PART = re.compile(r"[A-Za-z0-9]+")
_OSS_HOST = re.compile(r"(?:https?://)?oss-([a-z0-9-]+?)(?:-internal)?\.aliyuncs\.com/?")
# An older page of Alibaba's promises the first, its twin of the same age the second; today's name no default.
_ALIBABA_DEFAULT = (
    "{AppName}/{StreamName}/{Date}/{Hour}/{Minute}_{Second}.jpg",
    "{AppName}/{StreamName}/{Date}/{Hour}/{Minute}{Second}.jpg",
)
_LISTS = {
    "LiveSnapshotDetectPornConfigList": "LiveSnapshotDetectPornConfig",
    "LiveStreamSnapshotConfigList": "LiveStreamSnapshotConfig",
}


@dataclass(slots=True)
class Described:
    """A source as a ``[sources.NAME]`` table, without its credentials, and what its owner should know of it."""

    table: dict[str, Any]
    notes: list[str] = field(default_factory=list)


def read_document(text: str) -> list[Described]:
    """The sources that a saved document describes, in its order.

    It is JSON (with the comma too many that the platforms' samples have), or the query of an Alibaba request.

    Raises:
        UsageError: it is no document that is known here, or says what the platform does not allow.
    """
    document = _document(text.strip().removeprefix("\ufeff"))
    if "clientRequest" in document or "snapshotConfig" in document:
        return [_cloud_recording(_inner(document, "clientRequest"))]
    if "storageConfig" in document:
        return [_live_streaming(document)]
    found = [_alibaba(config) for config in _alibaba_configs(document)]
    if not found:
        raise UsageError(
            "this is none of the documents that are known: Agora's snapshot settings or the body of a start request, "
            "Alibaba's AddLiveSnapshotDetectPornConfig or AddLiveAppSnapshotConfig, or what their Describe... answers"
        )
    return found


def _document(text: str) -> dict[str, Any]:
    try:
        value = read_json(text).value
    except NotJson as error:
        query = dict(parse_qsl(urlsplit(text).query or text))
        if "OssBucket" not in query:
            raise UsageError(f"the document is neither JSON ({error}) nor the query of an Alibaba request") from error
        return query
    if not isinstance(value, dict):
        raise UsageError("the document has to be a JSON object")
    return value


def _inner(document: dict[str, Any], name: str) -> dict[str, Any]:
    value = document.get(name, document)
    if not isinstance(value, dict):
        raise UsageError(f"{name} has to be an object")
    return value


def _cloud_recording(request: dict[str, Any]) -> Described:
    snapshot = _inner(request, "snapshotConfig")
    interval = _interval("captureInterval", snapshot.get("captureInterval", _DEFAULT_INTERVAL), _CLOUD_RECORDING)
    return _of_agora("cloud-recording", interval, request, moderated=False)


def _live_streaming(settings: dict[str, Any]) -> Described:
    interval = _interval("snapshotInterval", settings.get("snapshotInterval", _DEFAULT_INTERVAL), _LIVE_STREAMING)
    moderated = settings.get("enableModeration", False)
    if not isinstance(moderated, bool):
        raise UsageError(f"enableModeration is true or false, and not {moderated!r}")
    return _of_agora("live-streaming", interval, settings, moderated=moderated)


def _of_agora(layout: str, interval: int, settings: dict[str, Any], *, moderated: bool) -> Described:
    config = _inner(settings, "storageConfig") if "storageConfig" in settings else {}
    if not config:
        raise UsageError("the document has no storageConfig")
    names = ("vendor", "region", "bucket", "fileNamePrefix", "extensionParams")
    storage = {name: config[name] for name in names if config.get(name) is not None}
    described = Described({"layout": layout, "interval": interval, "moderated": moderated, "storage": storage})
    described.notes += _prefix_notes(storage.get("fileNamePrefix", []))
    return described


def _prefix_notes(parts: object) -> Iterator[str]:
    """What the platform's documents do not allow in a prefix: real ones break both rules."""
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise UsageError("fileNamePrefix is a list of folder names")
    odd = [part for part in parts if not _PREFIX_PART.fullmatch(part)]
    if odd:
        yield f"fileNamePrefix: the platform allows letters and digits only, and {odd[0]!r} has others"
    if len("/".join(parts)) > _LONGEST_PREFIX:
        yield f"fileNamePrefix: longer than the {_LONGEST_PREFIX} characters that the platform allows"


def _alibaba_configs(document: dict[str, Any]) -> list[dict[str, Any]]:
    for outer, inner in _LISTS.items():
        if outer in document:
            configs = _inner(document, outer).get(inner, [])
            return [config for config in configs if isinstance(config, dict)] if isinstance(configs, list) else []
    return [document] if "OssBucket" in document else []


def _alibaba(config: dict[str, Any]) -> Described:
    """Moderation keeps the flagged pictures alone, and each of them has been judged."""
    snapshots = "TimeInterval" in config
    asked = config.get("TimeInterval" if snapshots else "Interval", _DEFAULT_INTERVAL)
    interval = _interval("TimeInterval" if snapshots else "Interval", asked, _ALIBABA)
    templates, notes = _templates(config, snapshots=snapshots)
    region, more = _oss_region(_text(config, "OssEndpoint"))
    storage = {"vendor": "oss", "bucket": _text(config, "OssBucket"), **region}
    table = {
        "layout": "template",
        "template": templates[0] if len(templates) == 1 else templates,
        "interval": interval,
        "moderated": not snapshots,
        "storage": {name: value for name, value in storage.items() if value},
    }
    return Described(table, [*notes, *more])


def _templates(config: dict[str, Any], *, snapshots: bool) -> tuple[list[str], list[str]]:
    if not snapshots:
        named = _text(config, "OssObject")
        note = "OssObject is not given: the names are read as Alibaba's older pages say that they are by default"
        return ([named], []) if named else (list(_ALIBABA_DEFAULT), [note])
    sequence, overwritten = _text(config, "SequenceOssObject"), _text(config, "OverwriteOssObject")
    if sequence and overwritten:
        note = f"{overwritten} is overwritten by each picture and holds the last one only: it is left out"
        return [sequence], [note]
    if not (sequence or overwritten):
        raise UsageError("the document has neither SequenceOssObject nor OverwriteOssObject")
    return [sequence or overwritten], []


def _oss_region(endpoint: str) -> tuple[dict[str, str], list[str]]:
    """A region of Alibaba's, or its endpoint as it is where that names none."""
    if found := _OSS_HOST.fullmatch(endpoint):
        return {"region": found[1]}, []
    note = f"OssEndpoint {endpoint!r} names no region: set region, and endpoint where it is a domain of your own"
    return {}, [note] if endpoint else ["OssEndpoint is not given: set region"]


def _text(config: dict[str, Any], name: str) -> str:
    value = config.get(name) or ""
    if not isinstance(value, str):
        raise UsageError(f"{name} has to be a text")
    return value.strip()


def _interval(name: str, value: object, allowed: tuple[int, int]) -> int:
    text = str(value)
    least, most = allowed
    if isinstance(value, bool) or not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
        raise UsageError(f"{name} is a whole number of seconds from {least} to {most}, and not {text[:40]!r}")
    return int(text)
