"""Finds ``indexer.toml``, reads it, and reports every mistake in it at once."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from indexer.config.generics import check_generic
from indexer.config.inventories import InventoryPlace, read_inventory
from indexer.config.lake import Lake, read_lake
from indexer.config.moderation import Moderation, read_moderation
from indexer.config.nightly import Nightly, read_nightly
from indexer.config.pages import Pages, read_pages
from indexer.config.places import StorageReader
from indexer.config.receiver import Receiver, read_receiver
from indexer.config.reconcile import read_thresholds
from indexer.config.secrets import check_secrecy
from indexer.config.settings import (
    NAME,
    FileSettings,
    GenericSettings,
    SourceSettings,
    StorageSettings,
    place,
    read_table,
)
from indexer.errors import ConfigError, Mistake, UsageError
from indexer.naming import LAYOUTS, Layout, Template, TemplateError
from indexer.reconcile.settings import Thresholds

if TYPE_CHECKING:
    from indexer.vendors.base import Storage

DEFAULT_NAME = "indexer.toml"
_SECRETS = ("accessKey", "secretKey", "stsToken")
_OFFSET = re.compile(r"([+-])([01][0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Source:
    """One place where screenshots land. ``interval`` is in seconds.

    Every ``full_every``-th run lists all of it; what was last written ``late_hours`` before the run before is taken for
    finished by the others. ``price_per_1000_requests`` is in US dollars. The bucket deletes what is
    ``retention_days`` old. ``inventory`` is where the vendor writes lists of it, if it does.
    """

    name: str
    layout: Layout
    storage: Storage
    interval: float | None = None
    moderated: bool = False
    full_every: int = 7
    late_hours: float = 48.0
    price_per_1000_requests: float = 0.005
    retention_days: float | None = None
    inventory: InventoryPlace | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """A whole configuration. ``index`` is an absolute path."""

    path: Path
    index: Path
    sources: tuple[Source, ...]
    generics: dict[str, GenericSettings]
    receiver: Receiver | None = None
    pages: Pages | None = None
    moderation: Moderation = Moderation()  # noqa: RUF009 - it is frozen
    reconcile: Thresholds = Thresholds()  # noqa: RUF009
    nightly: Nightly = Nightly()  # noqa: RUF009
    lake: Lake | None = None

    def chosen(self, names: tuple[str, ...]) -> tuple[Source, ...]:
        """The sources of these names, all of them where there are none."""
        known = {source.name: source for source in self.sources}
        for name in names:
            if name not in known:
                raise UsageError(f"no source {name!r} in {self.path}: known are {', '.join(known) or 'none'}")
        return tuple(known[name] for name in names) if names else self.sources


def find_config(path: Path | None = None) -> Path:
    """The configuration to use: the one named, ``./indexer.toml``, or the user's own."""
    if path is not None:
        return path
    here = Path(DEFAULT_NAME)
    users = Path(click.get_app_dir("screenshot-indexer")) / DEFAULT_NAME
    return users if users.exists() and not here.exists() else here


def load_config(path: Path | None = None) -> Config:
    """Read a configuration.

    Raises:
        ConfigError: it is not there or something in it is wrong; all of it is named.
    """
    found = find_config(path)
    try:
        text = found.read_text("utf-8")
    except FileNotFoundError:
        raise ConfigError(str(found), [Mistake("file", "not found: `indexer init` writes one to start from")]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(str(found), [Mistake("file", f"cannot be read: {error}")]) from error
    return parse_config(text, found)


def parse_config(text: str, path: Path) -> Config:
    """Read a configuration's text as if it stood at ``path``."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(str(path), [Mistake("file", f"is no TOML: {error}")]) from error
    mistakes: list[Mistake] = []
    settings = read_table(FileSettings, raw, "", mistakes)
    sources = [_source(name, table, path, mistakes) for name, table in settings.sources.items()]
    moderation, own = read_moderation(settings.moderation, mistakes)
    generics = {name: _generic(name, own[name], mistakes) for name in settings.moderation if name in own}
    index = path.absolute().parent / settings.index
    receiver = None if settings.receiver is None else read_receiver(settings.receiver, path, mistakes)
    thresholds = read_thresholds(settings.reconcile, mistakes)
    nightly = read_nightly(settings.nightly, path, generics, mistakes)
    lake = read_lake(settings.lake, path, mistakes)
    pages = None if settings.pages is None else read_pages(settings.pages, path, mistakes)
    if not settings.sources and not mistakes:
        mistakes.append(Mistake("[sources]", "there is no source: add a [sources.NAME]"))
    if mistakes:
        raise ConfigError(str(path), mistakes)
    return Config(
        path=path.absolute(),
        index=index,
        sources=tuple(source for source in sources if source),
        generics=generics,
        receiver=receiver,
        pages=pages,
        moderation=moderation,
        reconcile=thresholds,
        nightly=nightly,
        lake=lake,
    )


def _source(name: str, raw: object, path: Path, mistakes: list[Mistake]) -> Source | None:
    table = f"sources.{name}"
    if not NAME.fullmatch(name):
        mistakes.append(Mistake(place(table), "a source's name is letters, digits, - and _, at most 64 of them"))
    if not isinstance(raw, dict):
        mistakes.append(Mistake(place(table), "must be a table"))
        return None
    settings = read_table(SourceSettings, raw, table, mistakes)
    layout = _layout(settings, table, mistakes)
    storage = _storage(settings, table, path, mistakes)
    if layout is None or storage is None:
        return None
    return Source(
        name,
        layout,
        storage,
        settings.interval,
        settings.moderated,
        settings.full_every,
        settings.late_hours,
        settings.price_per_1000_requests,
        settings.retention_days,
        read_inventory(settings.inventory, storage, table, path, mistakes),
    )


def _layout(settings: SourceSettings, table: str, mistakes: list[Mistake]) -> Layout | None:
    if settings.layout not in LAYOUTS:
        mistakes.append(Mistake(place(table, "layout"), f"unknown: {settings.layout!r}; one of {', '.join(LAYOUTS)}"))
        return None
    if (settings.layout == "template") != bool(settings.template):
        what = "missing: layout template needs one" if settings.layout == "template" else 'needs layout = "template"'
        mistakes.append(Mistake(place(table, "template"), what))
        return None
    texts = [settings.template] if isinstance(settings.template, str) else settings.template or []
    offset = _offset(settings.utc_offset, table, mistakes)
    templates = [_template(text, offset, table, mistakes) for text in texts]
    return Layout(settings.layout, tuple(template for template in templates if template))


def _offset(text: str, table: str, mistakes: list[Mistake]) -> int:
    match = _OFFSET.fullmatch(text)
    if not match:
        mistakes.append(Mistake(place(table, "utc_offset"), f'write it as "+08:00" and not {text!r}'))
        return 0
    sign, hours, minutes = match.groups()
    return (1 if sign == "+" else -1) * (int(hours) * 60 + int(minutes))


def _template(text: str, offset: int, table: str, mistakes: list[Mistake]) -> Template | None:
    try:
        return Template(text, offset)
    except TemplateError as error:
        mistakes.append(Mistake(place(table, "template"), str(error)))
        return None


def _storage(settings: SourceSettings, table: str, path: Path, mistakes: list[Mistake]) -> Storage | None:
    raw = settings.storage
    if isinstance(raw, str):
        raw = _pasted(raw, table, mistakes)
    if raw is None:
        if not any(mistake.where == place(table, "storage") for mistake in mistakes):
            mistakes.append(Mistake(place(table, "storage"), "missing: the platform's storageConfig goes here"))
        return None
    table = f"{table}.storage"
    storage = read_table(StorageSettings, raw, table, mistakes)
    mistakes += check_secrecy(storage, _SECRETS, table, path)
    return StorageReader(storage, table, path.absolute().parent, mistakes).storage()


def _pasted(text: str, table: str, mistakes: list[Mistake]) -> dict[str, Any] | None:
    """A storageConfig pasted as the JSON it is in the platform's documents."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        mistakes.append(Mistake(place(table, "storage"), f"is no JSON: {error}"))
        return None
    if not isinstance(value, dict):
        mistakes.append(Mistake(place(table, "storage"), "must be a JSON object"))
        return None
    inner = value.get("storageConfig", value)
    return inner if isinstance(inner, dict) else None


def _generic(name: str, raw: object, mistakes: list[Mistake]) -> GenericSettings:
    table = f"moderation.{name}"
    if not isinstance(raw, dict):
        mistakes.append(Mistake(place(table), "must be a table"))
        return GenericSettings()
    settings = read_table(GenericSettings, raw, table, mistakes)
    mistakes += check_generic(name, settings)
    return settings
