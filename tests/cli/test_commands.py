"""The commands, as a user sees them: what stands on stdout and stderr, and the exit code."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from cli.running import rows, run
from indexer.queries import library

if TYPE_CHECKING:
    from pathlib import Path


def test_sources_resolve(demo: Path) -> None:
    """The sources are listed with what each of them means."""
    first = rows("sources")[0]
    assert {"name", "vendor", "region", "endpoint", "bucket", "prefix", "layout"} <= first.keys()
    assert (first["name"], first["prefix"], first["endpoint"]) == ("classroom", "classroom/", str(demo / "bucket"))


def test_check_says_what_share_decodes(demo: Path) -> None:
    """A check lists one page of each source and counts what decodes."""
    assert {row["result"] for row in rows("check")} == {"ok"}
    assert rows("check", "cover")[0]["screenshots"] == 2


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    """Every mistake of a configuration stands on a line of its own, with file, table and field."""
    config = tmp_path / "indexer.toml"
    config.write_text('[sources.a.storage]\nvendor = 1\nregion = 26\nbuket = "x"\n')
    result = run("sync", "--config", config)
    told = [line.split(": ")[2] for line in result.stderr.splitlines()]
    assert (result.exit_code, result.stdout) == (2, "")
    assert told == [f"[sources.a.storage] {field}" for field in ("buket", "bucket", "region")]


@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "table"])
def test_formats_have_the_same_rows(demo: Path, form: str) -> None:
    """Every format has every row, and keys are shown whole."""
    keys = sorted(row["key"] for row in rows("sql", "SELECT key FROM other_objects"))
    output = run("sql", "SELECT key FROM other_objects", "--format", form).stdout
    match form:
        case "json":
            found = [row["key"] for row in json.loads(output)]
        case "jsonl":
            found = [json.loads(line)["key"] for line in output.splitlines()]
        case "csv":
            found = [row["key"] for row in csv.DictReader(io.StringIO(output))]
        case _:
            found = [line.strip() for line in output.splitlines() if ".." not in line and "/" in line]
    assert sorted(found) == keys


def test_parquet_is_a_file(demo: Path) -> None:
    """Parquet comes as bytes that a reader of Parquet opens."""
    result = run("query", "screenshots_per_day", "--format", "parquet")
    assert pq.read_table(io.BytesIO(result.stdout_bytes)).num_rows == len(rows("query", "screenshots_per_day"))


@pytest.mark.parametrize("name", sorted(library()))
def test_every_query_answers(demo: Path, name: str) -> None:
    """Each query of the library runs with its defaults."""
    assert run("query", name).exit_code == 0


def test_parameters_are_data(demo: Path) -> None:
    """A parameter narrows the answer, and one that looks like SQL finds nothing and harms nothing."""
    assert rows("query", "sessions", "-p", "source=live")
    assert rows("query", "sessions", "-p", "source=' OR 1=1 --") == []
    assert run("query", "sessions", "-p", "day=soon").exit_code == 2
    assert run("query", "sessions", "-p", "nope=1").exit_code == 2


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE objects",
        "INSERT INTO runs VALUES (9, 'x', now(), now(), 'x', 'x')",
        "SELECT 1; SELECT 2",
        "COPY objects TO 'stolen.csv'",
        "ATTACH 'other.duckdb'",
        "SELECT * FROM read_text('/etc/hostname')",
        "SET threads = 1",
        "SELECT * FROM nowhere",
        "not sql",
    ],
)
def test_sql_only_reads_the_index(demo: Path, statement: str) -> None:
    """What writes, reaches other files, or is no statement is refused in a line or two, with exit code 2."""
    result = run("sql", statement)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("indexer: ")
    assert not (demo / "stolen.csv").exists()


def test_status_accounts_for_every_object(demo: Path) -> None:
    """The status adds screenshots and other objects up to what was listed."""
    output = run("status").stdout
    assert "2,851 screenshots + 77 other objects = 2,928 objects listed" in output


def test_a_failing_source_leaves_the_others(tmp_path: Path) -> None:
    """A source that cannot be listed is told of with its reason, the others are published, and the exit code is 3."""
    (tmp_path / "bucket").mkdir()
    (tmp_path / "bucket" / "a.jpg").write_text("")
    config = tmp_path / "indexer.toml"
    config.write_text(
        '[sources.good.storage]\nvendor = "local"\nbucket = "bucket"\n'
        '[sources.gone.storage]\nvendor = "local"\nbucket = "nowhere"\n'
    )
    result = run("sync", "--config", config, "--quiet", "--format", "json")
    assert result.exit_code == 3
    assert [row["result"] for row in json.loads(result.stdout)] == ["complete", "NoSuchBucket"]
    assert "nowhere" in result.stderr
    assert "source gone failed" in run("status", "--config", config).stdout


def test_control_characters_are_written_out(tmp_path: Path) -> None:
    """A key that would drive the terminal is shown escaped, and whole."""
    (tmp_path / "bucket").mkdir()
    (tmp_path / "bucket" / "\x1b[31mred\u202egpj.txt").write_text("")
    config = tmp_path / "indexer.toml"
    config.write_text('[sources.odd.storage]\nvendor = "local"\nbucket = "bucket"\n')
    assert run("sync", "--config", config).exit_code == 0
    output = run("sql", "SELECT key, reason FROM other_objects", "--config", config).stdout
    assert "\\x1b[31mred\\u202egpj.txt" in output
    assert not {"\x1b", "\u202e"} & set(output)


def test_secrets_appear_nowhere(tmp_path: Path) -> None:
    """A key in clear is in no output and not in the index, and a file that others can read is refused for it."""
    secret = "S3CRETS3CRETS3CRET"
    (tmp_path / "bucket").mkdir()
    config = tmp_path / "indexer.toml"
    config.write_text(
        f'[sources.a.storage]\nvendor = "s3"\nbucket = "b"\nregion = 0\nendpoint = "http://127.0.0.1:1"\n'
        f'accessKey = "{secret}"\nsecretKey = "{secret}"\n'
        '[sources.b.storage]\nvendor = "local"\nbucket = "bucket"\n'
    )
    refused = run("sources", "--config", config)
    assert (refused.exit_code, secret in refused.output) == (2, False)
    config.chmod(0o600)
    for words in (["sources"], ["check", "-v"], ["sync", "b", "-v", "--log-format", "json"]):
        assert secret not in run(*words, "--config", config).output
    assert secret.encode() not in (tmp_path / "index.duckdb").read_bytes()


def test_an_unreachable_store_can_be_tried_again_later(tmp_path: Path) -> None:
    """A check that cannot reach a store ends with exit code 5, one without the bucket with 1."""
    config = tmp_path / "indexer.toml"
    storage = (
        'vendor = 11\nbucket = "b"\nendpoint = "http://127.0.0.1:1"\naccessKey = "env:ID"\nsecretKey = "env:KEY"\n'
    )
    config.write_text(f"[sources.a.storage]\n{storage}")
    assert run("check", "--config", config).exit_code == 1
    config.write_text(f"[sources.a.storage]\n{storage}".replace("env:ID", "x").replace("env:KEY", "x"))
    config.chmod(0o600)
    assert run("check", "--config", config).exit_code == 5
