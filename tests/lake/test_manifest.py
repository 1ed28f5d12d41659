"""A lake's layout and manifest: what is written is read again, and what is not ours is refused by name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from indexer.config.settings import NAME
from indexer.errors import IndexInconsistent, UsageError
from indexer.lake import layout
from indexer.lake.manifest import File, Manifest, read_manifest, write_manifest
from lake.lakes import NOW

if TYPE_CHECKING:
    from pathlib import Path

SHA = "0f" * 32
FILE = File(
    "objects", "source=a/day=2026-01-05", f"objects/source=a/day=2026-01-05/{SHA}.parquet", 3, 900, SHA, "6-3-1"
)
OTHER = File("verdicts", "0", f"tables/verdicts/{SHA}.parquet", 2, 800, SHA)


def test_a_manifest_is_read_as_it_was_written(tmp_path: Path) -> None:
    """A manifest that is written and read is the same, and nothing else is left in the folder."""
    manifest = Manifest(6, 4, NOW, (FILE, OTHER))
    write_manifest(tmp_path, manifest)
    assert read_manifest(tmp_path) == manifest
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]


def test_no_manifest_is_no_lake(tmp_path: Path) -> None:
    """Where nothing was exported yet there is no manifest, and that is no error."""
    assert read_manifest(tmp_path) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"path": "../../etc/passwd"},
        {"path": f"objects/source=a/day=2026-01-05/../{SHA}.parquet"},
        {"path": f"/objects/source=a/day=2026-01-05/{SHA}.parquet"},
        {"path": f"objects/source=b/day=2026-01-05/{SHA}.parquet"},
        {"path": f"tables/verdicts/{SHA}.parquet"},
        {"path": f"objects/source=a/day=2026-01-05/{SHA}.parquet\n"},
        {"path": "objects/source=a/day=2026-01-05/*.parquet"},
        {"partition": "source=b/day=2026-01-05"},
        {"table": "verdicts"},
        {"rows": -1},
        {"rows": "3"},
        {"sha256": "x"},
        {"more": 1},
    ],
)
def test_a_file_that_is_no_lakes_is_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    """A path that leads elsewhere, or a value that is none, is refused with the manifest's name."""
    write_manifest(tmp_path, Manifest(6, 4, NOW, (FILE,)))
    told = json.loads((tmp_path / "manifest.json").read_text())
    told["files"][0] |= wrong
    (tmp_path / "manifest.json").write_text(json.dumps(told))
    with pytest.raises(IndexInconsistent, match=r"manifest\.json"):
        read_manifest(tmp_path)


def test_a_file_that_is_named_twice_is_refused(tmp_path: Path) -> None:
    """Its rows would be there twice."""
    write_manifest(tmp_path, Manifest(6, 4, NOW, (FILE, FILE)))
    with pytest.raises(IndexInconsistent, match="twice"):
        read_manifest(tmp_path)


def test_a_moment_that_is_none_in_utc_is_refused(tmp_path: Path) -> None:
    """A moment of the first day of the calendar in a zone ahead of UTC is no moment there."""
    write_manifest(tmp_path, Manifest(6, 4, NOW, (FILE,)))
    told = json.loads((tmp_path / "manifest.json").read_text()) | {"written_at": "0001-01-01T00:00:00+10:00"}
    (tmp_path / "manifest.json").write_text(json.dumps(told))
    with pytest.raises(IndexInconsistent, match=r"manifest\.json is no manifest"):
        read_manifest(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 2}', '{"format": 1}', "\xff"])
def test_a_manifest_of_something_else_is_refused(tmp_path: Path, text: str) -> None:
    """What is no manifest of this format is refused with its path, and is not taken for an empty lake."""
    (tmp_path / "manifest.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(IndexInconsistent, match=r"manifest\.json is no manifest of format 1"):
        read_manifest(tmp_path)


def test_every_sources_name_is_a_partition() -> None:
    """What the configuration lets a source be called can stand in a path, but for Hive's word for NULL."""
    assert layout._SOURCE.pattern == NAME.pattern  # noqa: SLF001
    assert layout.partition("a-B_9", "2026-01-05") == "source=a-B_9/day=2026-01-05"


@pytest.mark.parametrize(
    ("source", "day"),
    [("__HIVE_DEFAULT_PARTITION__", "2026-01-05"), ("a/b", "2026-01-05"), ("..", "2026-01-05"), ("a", "2026-1-5")],
)
def test_what_is_no_path_is_no_partition(source: str, day: str) -> None:
    """A name that would lead elsewhere, or that readers take for NULL, is refused."""
    with pytest.raises(IndexInconsistent):
        layout.partition(source, day)


@pytest.mark.parametrize("name", ["a*b", "a?b", "a[b]", "{a,b}", "a\nb"])
def test_a_folder_that_is_a_pattern_is_refused(tmp_path: Path, name: str) -> None:
    """A folder whose path DuckDB would take for a pattern is refused with the signs that make it one."""
    with pytest.raises(UsageError, match="choose another"):
        layout.check_folder(tmp_path / name)


@pytest.mark.parametrize(
    ("kind", "column", "expected"),
    [
        ("UBIGINT", "uid", "BIGINT"),
        ("UBIGINT", "key_hash", "DECIMAL(20, 0)"),
        ("UTINYINT", "digits", "INTEGER"),
        ("UUID", "etag", "VARCHAR"),
        ("TIMESTAMP", "captured_at", "TIMESTAMP"),
        ("VARCHAR[]", "quality", "VARCHAR[]"),
    ],
)
def test_types_are_signed(kind: str, column: str, expected: str) -> None:
    """Every type of an index has one that other engines read as it is, and a hash of 64 bits keeps them all."""
    assert layout.lake_type(kind, column) == expected
