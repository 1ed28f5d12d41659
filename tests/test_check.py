"""Trying a source out: what is told of a bucket that answers, and of one that does not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from cli.running import run
from doubles import faults
from doubles.bucket import objects
from vendors.dialects import ADAPTERS, Adapter

from indexer.check import Found, try_out
from indexer.config import Source, parse_config
from indexer.errors import AccessDenied, CredentialsError, NoSuchBucket, Throttled, Unreachable
from indexer.naming import Layout
from indexer.vendors import VENDORS

if TYPE_CHECKING:
    from pathlib import Path

    from doubles.double import BucketDouble, Serve

    from indexer.vendors.base import Storage

SHOT = "shots/38f8e3cf_room_1__uid_s_91__uid_e_video_20260105100005250.jpg"
KEYS = [SHOT, "shots/38f8e3cf_room_1.m3u8", "shots/readme.txt"]
BY_XML = {"s3": True, "oss": True, "cos": True, "s3-compatible": False, "ks3": False, "gcs": False, "obs": False}
"""Whether a vendor is asked for url-encoded keys; the others answer otherwise than by a ListBucketResult."""

each_adapter = pytest.mark.parametrize("adapter", ADAPTERS, ids=str)


def source(storage: Storage) -> Source:
    """A source of Cloud Recording's names."""
    return Source("classroom", Layout("auto"), storage)


def at(adapter: Adapter, double: BucketDouble) -> Source:
    """A source at a double."""
    return source(double.storage(vendor=adapter.vendor))


def configured(folder: Path, double: BucketDouble, **more: object) -> Path:
    """A configuration of one source at a double."""
    found = double.storage()
    credentials = found.credentials()
    assert credentials
    storage = {
        "vendor": found.vendor,
        "region": found.region,
        "bucket": found.bucket,
        "endpoint": found.endpoint,
        "accessKey": credentials.access_key,
        "secretKey": credentials.secret_key,
    } | more
    path = folder / "indexer.toml"
    path.write_text(f"[sources.classroom]\nstorage = '''{json.dumps(storage)}'''\n")
    path.chmod(0o600)
    return path


@each_adapter
def test_a_bucket_that_answers_is_told_by_its_names(serve: Serve, adapter: Adapter) -> None:
    """One page is listed, its names are decoded, and the clock is right."""
    result = try_out(at(adapter, serve(adapter.dialect, objects(KEYS))))
    assert result.found == Found(
        3, 1, {"cloud-recording": 1, "recording": 1, "unparsed": 1}, BY_XML.get(adapter.vendor)
    )
    assert (result.result, result.error, result.clock_skew, result.missing_right) == ("ok", None, 0, None)


@each_adapter
def test_a_denied_key_is_told_the_right_it_lacks(serve: Serve, adapter: Adapter) -> None:
    """AccessDenied comes with the vendor's word for what to grant."""
    result = try_out(at(adapter, serve(adapter.dialect, {}, faults.refused(403, "AccessDenied"))))
    assert (result.result, type(result.error)) == ("AccessDenied", AccessDenied)
    assert (result.found, result.missing_right) == (None, VENDORS[adapter.vendor].right)


@each_adapter
def test_a_bucket_that_is_not_there_lacks_no_right(serve: Serve, adapter: Adapter) -> None:
    """Only a denied key lacks a right."""
    result = try_out(at(adapter, serve(adapter.dialect, {}, exists=False)))
    assert (type(result.error), result.missing_right) == (NoSuchBucket, None)


def test_an_encoding_that_is_refused_is_seen(serve: Serve) -> None:
    """A server that leaves its keys plain when it is asked for url-encoded ones is told by that."""
    adapter = next(adapter for adapter in ADAPTERS if adapter.vendor == "s3")
    result = try_out(at(adapter, serve(adapter.dialect, objects(KEYS), faults.encoding_ignored())))
    assert result.found
    assert result.found.url_encoded is False


def test_a_folder_has_neither_clock_nor_encoding(tmp_path: Path) -> None:
    """A folder is listed, and nobody is asked for the time."""
    (tmp_path / "shots").mkdir()
    (tmp_path / "shots" / "readme.txt").touch()
    text = '[sources.a.storage]\nvendor = "local"\nbucket = "shots"\n'
    result = try_out(parse_config(text, tmp_path / "indexer.toml").sources[0])
    assert (result.found, result.clock_skew) == (Found(1, 0, {"unparsed": 1}, None), None)


@pytest.mark.parametrize(
    ("fault", "error", "exit_code"),
    [
        (faults.refused(403, "AccessDenied"), AccessDenied, 1),
        (faults.refused(403, "InvalidAccessKeyId"), CredentialsError, 1),
        (faults.refused(503, "SlowDown"), Throttled, 5),
        (faults.reset(), Unreachable, 5),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_exit_code_says_whether_to_try_later(
    serve: Serve, tmp_path: Path, fault: faults.Fault, error: type[Exception], exit_code: int
) -> None:
    """A source that cannot be listed is 1, or 5 where it is only for now; its row and its error are both shown."""
    adapter = next(adapter for adapter in ADAPTERS if adapter.vendor == "s3")
    config = configured(tmp_path, serve(adapter.dialect, {}, replace(fault)))
    result = run("check", "--config", config, "--format", "json")
    assert result.exit_code == exit_code
    (row,) = json.loads(result.stdout)
    assert (row["result"], row["objects"]) == (error.__name__, None)
    assert "indexer: " in result.stderr
    assert "SECRETEXAMPLE" not in result.output


def test_a_row_says_all_that_was_found(serve: Serve, tmp_path: Path) -> None:
    """A bucket that answers is one row, and exit code 0."""
    adapter = next(adapter for adapter in ADAPTERS if adapter.vendor == "s3")
    double = serve(adapter.dialect, objects(KEYS))
    result = run("check", "--config", configured(tmp_path, double), "--format", "json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout) == [
        {
            "name": "classroom",
            "endpoint": double.endpoint,
            "result": "ok",
            "objects": 3,
            "screenshots": 1,
            "found": "recording 1, cloud-recording 1, unparsed 1",
            "encoding": "url",
            "clock_skew": 0,
            "missing_right": None,
        }
    ]
    assert result.stderr == ""


def test_a_configuration_that_is_wrong_is_2(tmp_path: Path) -> None:
    """A mistake in the configuration is told before anything is asked."""
    path = tmp_path / "indexer.toml"
    path.write_text('[sources.a.storage]\nvendor = 2\nregion = 27\nbucket = "b"\n')
    result = run("check", "--config", path)
    assert (result.exit_code, "27 names no region" in result.stderr) == (2, True)


@pytest.mark.parametrize(("skew", "told"), [(59, ""), (60, "+60 seconds off"), (-901, "-901 seconds off"), (None, "")])
def test_a_clock_that_is_off_is_told(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, skew: int | None, told: str
) -> None:
    """From a minute on, the clock's error is told in words; vendors refuse signatures from a quarter of an hour on."""
    adapter = next(adapter for adapter in ADAPTERS if adapter.vendor == "s3")
    config = configured(tmp_path, serve(adapter.dialect, objects(KEYS)))
    monkeypatch.setattr("indexer.check.clock_skew", lambda _: skew)
    stderr = run("check", "--config", config).stderr
    assert told in stderr
    assert bool(stderr) == bool(told)


@pytest.mark.parametrize("command", ["check", "sync"])
def test_a_doubtful_region_is_warned_of_once(tmp_path: Path, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A region that may not answer any more is named when it is used, whatever comes of it."""
    path = tmp_path / "indexer.toml"
    path.write_text('[sources.a.storage]\nvendor = 2\nregion = 11\nbucket = "shots"\n')
    monkeypatch.setattr("indexer.check.clock_skew", lambda _: None)
    stderr = run(command, "--config", path, "--index", tmp_path / "index.duckdb").stderr
    assert stderr.count("source a: region ap-southeast-2 is closed: Alibaba has closed its region in Sydney") == 1


def test_sources_notes_a_doubtful_region(tmp_path: Path) -> None:
    """The list of sources has the note, and asks nobody."""
    path = tmp_path / "indexer.toml"
    path.write_text('[sources.a.storage]\nvendor = 2\nregion = 11\nbucket = "shots"\n')
    result = run("sources", "--config", path, "--format", "json")
    assert json.loads(result.stdout)[0]["note"].startswith("region ap-southeast-2 is closed")
