"""``indexer init`` and ``indexer sources add``: how a configuration begins and grows."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

import pytest

from cli.running import run

if TYPE_CHECKING:
    from pathlib import Path


def test_init_writes_a_private_file_once(tmp_path: Path) -> None:
    """The example is readable by its owner alone, and nothing is written over unless that is asked for."""
    path = tmp_path / "indexer.toml"
    assert run("init", path).exit_code == 0
    assert path.stat().st_mode & 0o777 == 0o600
    example = path.read_text()
    path.write_text("mine")
    assert run("init", path).exit_code == 2
    assert path.read_text() == "mine"
    assert run("init", path, "--force").exit_code == 0
    assert path.read_text() == example


@pytest.mark.parametrize("mode", [0o644, 0o666, 0o600])
def test_what_init_writes_over_becomes_private(tmp_path: Path, mode: int) -> None:
    """A file that others could read is readable by its owner alone once `--force` wrote over it."""
    path = tmp_path / "indexer.toml"
    path.write_text("")
    path.chmod(mode)
    assert run("init", path, "--force").exit_code == 0
    assert path.stat().st_mode & 0o777 == 0o600


SETTINGS = {
    "enableModeration": True,
    "snapshotInterval": 30,
    "storageConfig": {"accessKey": "THEIRKEY", "region": 3, "secretKey": "THEIRSECRET", "vendor": 2},
}


def added(folder: Path, document: object, *options: str) -> int:
    """The exit code of adding a source of a document to a folder's configuration."""
    (folder / "saved.json").write_text(json.dumps(document))
    config = folder / "indexer.toml"
    return run("sources", "add", "live", "--from", folder / "saved.json", "--config", config, *options).exit_code


def test_a_platforms_document_becomes_a_source(tmp_path: Path) -> None:
    """A saved answer makes a private file with the source in it, whose keys are references and not the platform's."""
    assert added(tmp_path, SETTINGS, "--bucket", "shots") == 0
    path = tmp_path / "indexer.toml"
    assert path.stat().st_mode & 0o777 == 0o600
    assert tomllib.loads(path.read_text())["sources"]["live"] == {
        "layout": "live-streaming",
        "interval": 30,
        "moderated": True,
        "storage": {
            "vendor": 2,
            "region": 3,
            "bucket": "shots",
            "accessKey": "env:LIVE_ACCESS_KEY",
            "secretKey": "env:LIVE_SECRET_KEY",
        },
    }
    listed = json.loads(run("sources", "--config", path, "--format", "json").stdout)
    assert [source["endpoint"] for source in listed] == ["https://oss-cn-beijing.aliyuncs.com"]


def test_what_stands_in_the_file_stays(tmp_path: Path) -> None:
    """Comments and other sources are kept to the letter, and so is who may read the file."""
    before = '# mine\nindex = "other.duckdb"\n\n[sources.a]\nstorage = { vendor = "local", bucket = "." }\n'
    path = tmp_path / "indexer.toml"
    path.write_text(before)
    path.chmod(0o640)
    assert added(tmp_path, SETTINGS, "--bucket", "shots") == 0
    assert path.read_text().startswith(before)
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("document", "options", "told"),
    [
        (SETTINGS, (), "bucket: missing"),
        ({"hello": "world"}, ("--bucket", "shots"), "none of the documents"),
        (SETTINGS | {"snapshotInterval": 2}, ("--bucket", "shots"), "from 5 to 300"),
    ],
)
def test_a_document_that_gives_no_source_changes_nothing(
    tmp_path: Path, document: object, options: tuple[str, ...], told: str
) -> None:
    """What lacks something, or is no such document, is an error, and no file is written."""
    (tmp_path / "saved.json").write_text(json.dumps(document))
    path = tmp_path / "indexer.toml"
    result = run("sources", "add", "live", "--from", tmp_path / "saved.json", "--config", path, *options)
    assert result.exit_code == 2
    assert told in result.stderr
    assert sorted(each.name for each in tmp_path.iterdir()) == ["saved.json"]


def test_a_name_is_given_once(tmp_path: Path) -> None:
    """A source of a name that is there already is refused."""
    assert added(tmp_path, SETTINGS, "--bucket", "shots") == 0
    assert added(tmp_path, SETTINGS, "--bucket", "shots") == 2
