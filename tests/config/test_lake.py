"""``[lake]``: where Iceberg tables go, and that no secret stands in the open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indexer.config import load_config
from indexer.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = '[sources.a.storage]\nvendor = "local"\nbucket = "."\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a configuration is to be."""
    return tmp_path / "indexer.toml"


def test_without_a_table_there_is_a_namespace_and_no_catalog(path: Path) -> None:
    """Nothing needs to be said: the tables go to a catalog of their own."""
    path.write_text(SOURCE)
    lake = load_config(path).lake
    assert lake is not None
    assert (lake.namespace, lake.properties()) == ("screenshots", {})


def test_references_are_read_when_the_catalog_is_opened(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Properties are handed on as they are written, what refers to a secret as what it refers to."""
    path.write_text(
        f'{SOURCE}[lake.catalog]\ntype = "rest"\ntoken = "env:TOKEN"\n"s3.secret-access-key" = "file:key"\n'
    )
    lake = load_config(path).lake
    assert lake is not None
    monkeypatch.setenv("TOKEN", "T0P")
    (path.parent / "key").write_text("S3CRET\n")
    assert lake.properties() == {"type": "rest", "token": "T0P", "s3.secret-access-key": "S3CRET"}
    assert "S3CRET" not in repr(lake)


@pytest.mark.parametrize(
    "line",
    ['token = "abcdef"', '"s3.secret-access-key" = "abcdef"', 'uri = "postgresql://me:abcdef@db/lake"'],
)
def test_a_secret_in_clear_needs_a_file_of_ones_own(path: Path, line: str) -> None:
    """A secret in a file that others can read is refused without being shown, and accepted in one that they cannot."""
    path.write_text(f"{SOURCE}[lake.catalog]\n{line}\n")
    with pytest.raises(ConfigError, match="in clear") as caught:
        load_config(path)
    assert "abcdef" not in str(caught.value)
    path.chmod(0o600)
    lake = load_config(path).lake
    assert lake is not None
    assert "abcdef" not in repr(lake)


@pytest.mark.parametrize("line", ['namespace = "a.b"', "namespace = 1", 'catlog = "x"', "catalog = { type = 1 }"])
def test_a_mistake_is_named(path: Path, line: str) -> None:
    """What is no namespace, no text, or unknown is told with its place."""
    path.write_text(f"{SOURCE}[lake]\n{line}\n")
    with pytest.raises(ConfigError, match=r"\[lake\] (namespace|catlog|catalog)"):
        load_config(path)
