"""The tables of ``indexer.toml`` as they are written: their fields and types, before their meaning is checked."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from indexer.errors import Mistake
from indexer.reconcile.settings import Thresholds

if TYPE_CHECKING:
    from collections.abc import Mapping


NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What a table of the user's own may be called."""


class _Settings(BaseModel):
    """Every field may be absent: what must be there is said together with everything else that is wrong."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ExtensionParams(_Settings):
    """Agora's extensionParams: ``endpoint`` is read, the rest is about uploads."""

    model_config = ConfigDict(extra="allow", strict=True)

    endpoint: str | None = None


class StorageSettings(_Settings):
    """Agora's storageConfig, spelled as Agora spells it, and ``endpoint``, ``domain`` and ``credentials`` beside it."""

    vendor: int | str | None = None
    region: int | str | None = None
    bucket: str | None = None
    fileNamePrefix: list[str] = []  # noqa: N815 - Agora's spelling
    accessKey: SecretStr | None = None  # noqa: N815
    secretKey: SecretStr | None = None  # noqa: N815
    stsToken: SecretStr | None = None  # noqa: N815
    stsExpiration: int | None = None  # noqa: N815
    credentials: SecretStr | None = None
    endpoint: str | None = None
    domain: str | None = None
    extensionParams: ExtensionParams | None = None  # noqa: N815


class SourceSettings(_Settings):
    """One ``[sources.NAME]``."""

    layout: str = "auto"
    template: str | list[str] | None = None
    utc_offset: str = "+00:00"
    interval: float | None = Field(default=None, gt=0)
    moderated: bool = False
    retention_days: float | None = Field(default=None, gt=0)
    full_every: int = Field(default=7, ge=1)
    late_hours: float = Field(default=48.0, ge=0)
    price_per_1000_requests: float = Field(default=0.005, ge=0)
    storage: dict[str, Any] | str | None = None
    inventory: dict[str, Any] | None = None


class InventorySettings(_Settings):
    """One ``[sources.NAME.inventory]``: a path, or a bucket, which is as the source's own in what is not said."""

    path: str | None = None
    bucket: str | None = None
    prefix: str = ""
    vendor: int | str | None = None
    region: int | str | None = None
    endpoint: str | None = None
    accessKey: SecretStr | None = None  # noqa: N815 - Agora's spelling
    secretKey: SecretStr | None = None  # noqa: N815
    stsToken: SecretStr | None = None  # noqa: N815
    stsExpiration: int | None = None  # noqa: N815
    credentials: SecretStr | None = None
    key_encoding: Literal["url", "form", "none"] | None = None
    max_age_hours: float = Field(default=48.0, gt=0)


class GenericSettings(_Settings):
    """One ``[moderation.NAME]``: verdicts of the user's own in CSV, JSON Lines or Parquet."""

    columns: dict[str, str] = {}
    score_scale: str = "0-1"
    suggestions: dict[str, str] = {}
    thresholds: dict[str, float] = {}


class ModerationSettings(_Settings):
    """``[moderation]``, but for the tables of the user's own verdicts. Thresholds are scores from 0 to 1."""

    thresholds: dict[str, dict[str, float]] = {}
    redact_raw: bool = False
    tolerance_seconds: float = Field(default=5.0, ge=0, le=3600)


class ChecksumSettings(_Settings):
    """How a checksum inside the body is made: the MD5 of these fields' values, with a text between them.

    The field ``callbackAddr`` stands in no body: it is ``address``, the whole URL that the platform calls.
    """

    fields: list[str] = []
    separator: str = ""
    address: SecretStr | None = None


class CallbackSettings(_Settings):
    """One ``[receiver.callbacks.NAME]``: who calls ``/callbacks/NAME``, and how it is known that it is them."""

    provider: str | None = None
    signature: str | None = None
    secret: SecretStr | None = None
    host: str | None = None
    token: SecretStr | None = None
    checksum: dict[str, Any] | None = None
    unsigned: bool = False
    content_types: list[str] | None = None


class ReceiverSettings(_Settings):
    """``[receiver]``: where callbacks are taken, and how much of them."""

    listen: str = "127.0.0.1:8321"
    max_bytes: int = Field(default=2**20, ge=1, le=64 * 2**20)
    max_depth: int = Field(default=64, ge=1, le=500)
    requests_per_second: float = Field(default=1000.0, gt=0)
    inbox: str | None = None
    keep_days: float = Field(default=7.0, ge=0)
    callbacks: dict[str, Any] = {}


class PagesSettings(_Settings):
    """``[pages]``: where people look at the index in a browser, who may, and how much one question may take."""

    listen: str = "127.0.0.1:8322"
    token: SecretStr | None = None
    user_header: str | None = None
    trusted_proxies: list[str] = []
    origins: list[str] = []
    session_hours: float = Field(default=12.0, gt=0, le=24 * 31)
    query_seconds: float = Field(default=30.0, gt=0, le=3600)
    query_memory: str = "512MB"
    queries_at_once: int = Field(default=2, ge=1, le=32)
    download_seconds: float = Field(default=600.0, gt=0, le=24 * 3600)


_DEFAULT = Thresholds()
_Share = Annotated[float, Field(ge=0, le=1)]
_Duration = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class ReconcileSettings(_Settings):
    """``[reconcile]``: from when on something is a finding. ``Thresholds`` says what each is."""

    gap_critical_seconds: _Duration = _DEFAULT.gap_critical_seconds
    late_seconds: _Duration = _DEFAULT.late_seconds
    frozen_shots: int = Field(default=_DEFAULT.frozen_shots, ge=2)
    tiny_share: _Share = _DEFAULT.tiny_share
    drift_share: _Share = _DEFAULT.drift_share
    unknown_share: _Share = _DEFAULT.unknown_share
    action_seconds: _Duration = _DEFAULT.action_seconds
    expiring_days: _Duration = _DEFAULT.expiring_days


class IngestSettings(_Settings):
    """One of ``[nightly] ingest`` that is more than a path."""

    path: str | None = None
    provider: str | None = None


class NightlySettings(_Settings):
    """``[nightly]``: what a night's run does besides syncing and reconciling, and whom it tells."""

    ingest: list[Any] = []
    report: str | None = None
    summary: str | None = None
    textfile: str | None = None
    notify: SecretStr | None = None
    notify_on: Literal["always", "findings", "failure"] = "always"
    fail_on: Literal["info", "warning", "critical", "never"] = "critical"
    concurrency: int | None = Field(default=None, ge=1, le=1024)
    max_requests_per_second: float | None = Field(default=None, gt=0)


class LakeSettings(_Settings):
    """``[lake]``: the namespace of Iceberg tables, and the properties of the catalog that they go into."""

    namespace: str = "screenshots"
    catalog: dict[str, SecretStr] = {}


class FileSettings(_Settings):
    """The file's top level."""

    index: str = "index.duckdb"
    sources: dict[str, Any] = {}
    moderation: dict[str, Any] = {}
    receiver: dict[str, Any] | None = None
    pages: dict[str, Any] | None = None
    reconcile: dict[str, Any] = {}
    nightly: dict[str, Any] = {}
    lake: dict[str, Any] = {}


_Model = TypeVar("_Model", bound=_Settings)


def read_table(model: type[_Model], raw: Mapping[str, Any], table: str, mistakes: list[Mistake]) -> _Model:
    """One table as its model; what is wrong goes to ``mistakes``, and the field is taken as absent."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        mistakes += [_mistake(model, table, dict(problem)) for problem in error.errors()]
        wrong = {problem["loc"][0] for problem in error.errors()}
        return model.model_validate({name: value for name, value in raw.items() if name not in wrong})


def place(table: str, name: str = "") -> str:
    """How a place in the file is written in messages: ``[sources.classroom.storage] region``."""
    return f"[{table}] {name}".strip() if table else name


def _mistake(model: type[_Settings], table: str, problem: dict[str, Any]) -> Mistake:
    where = place(table, ".".join(str(part) for part in problem["loc"]))
    if problem["type"] != "extra_forbidden":
        return Mistake(where, problem["msg"].lower())
    nearest = difflib.get_close_matches(str(problem["loc"][-1]), model.model_fields, n=1, cutoff=0.5)
    advice = f"did you mean {nearest[0]}?" if nearest else f"known are {', '.join(model.model_fields)}"
    return Mistake(where, f"unknown key: {advice}")
