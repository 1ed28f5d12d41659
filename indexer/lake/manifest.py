"""``manifest.json``: which files a lake is made of. It is replaced at once, and that is the commit of an export."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator

from indexer.atomic import replace_text
from indexer.errors import IndexInconsistent
from indexer.lake.layout import FORMAT, MANIFEST, is_path

if TYPE_CHECKING:
    from pathlib import Path

_READABLE = 0o644


@dataclass(frozen=True, slots=True)
class File:
    """One Parquet file: its path from the lake's folder, and what it holds.

    ``partition`` is ``source=S/day=D`` of objects, and of other tables the number of a stretch of rows. ``state`` tells
    the partition's rows from others: two exports that give the same one need no new file. Without one the partition is
    always written again. ``bytes`` is the file's size; ``sha256`` is hex.
    """

    table: str
    partition: str
    path: str
    rows: int
    bytes: int
    sha256: str
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a lake shows: the index's schema, its last run, and the files. ``written_at`` is naive UTC."""

    schema: int
    run: int
    written_at: datetime
    files: tuple[File, ...]

    def of(self, table: str) -> tuple[File, ...]:
        """The files of a table, in the order of its rows."""
        return tuple(file for file in self.files if file.table == table)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    table: str
    partition: str
    path: str
    rows: int = Field(ge=0)
    bytes: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    state: str | None = None


class _Manifest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: Literal[1]
    schema_version: int = Field(ge=1)
    run: int = Field(ge=0)
    written_at: AwareDatetime
    files: list[_File]

    @field_validator("written_at")
    @classmethod
    def _is_of_utc(cls, moment: datetime) -> datetime:
        """Let a moment through that is one in UTC too: those at the ends of the calendar may not be."""
        try:
            return moment.astimezone(UTC)
        except OverflowError:
            raise ValueError("is no moment in UTC") from None


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a lake, or ``None`` where nothing was exported yet.

    Raises:
        IndexInconsistent: it is no manifest of this version, or names what is no file of a lake.
    """
    path = folder / MANIFEST
    try:
        told = _Manifest.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, problem["loc"]))
        raise IndexInconsistent(f"{path} is no manifest of format {FORMAT}: {where} {problem['msg'].lower()}") from None
    _check(path, told.files)
    files = tuple(File(**file.model_dump()) for file in told.files)
    return Manifest(told.schema_version, told.run, told.written_at.replace(tzinfo=None), files)


def _check(path: Path, files: list[_File]) -> None:
    for file in files:
        if not is_path(file.path, file.table, file.partition):
            raise IndexInconsistent(f"{path} names {file.path!r}, which is no file of a lake")
    if len({file.path for file in files}) != len(files):
        raise IndexInconsistent(f"{path} names a file twice, whose rows would count twice")


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Commit a lake: what is written before lasts before this does, and readers see the old manifest or this one.

    Raises:
        OSError: it cannot be written; the lake is as it was.
    """
    told = _Manifest(
        format=FORMAT,
        schema_version=manifest.schema,
        run=manifest.run,
        written_at=manifest.written_at.replace(tzinfo=UTC),
        files=[_File(**{name: getattr(file, name) for name in _File.model_fields}) for file in manifest.files],
    )
    replace_text(folder / MANIFEST, told.model_dump_json(indent=1) + "\n", _READABLE)
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Have the disk keep a folder's entries before going on."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
