"""What an indexer.toml may say, and how each mistake in it is told: with file, table and field, all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indexer.config import Source, load_config, parse_config
from indexer.config.example import EXAMPLE
from indexer.errors import ConfigError, UsageError
from indexer.vendors import VENDORS

if TYPE_CHECKING:
    from pathlib import Path

LOCAL = '[sources.a.storage]\nvendor = "local"\nbucket = "shots"\n'


def mistakes(folder: Path, text: str) -> list[str]:
    """Every mistake in a configuration."""
    with pytest.raises(ConfigError) as caught:
        parse_config(text, folder / "indexer.toml")
    return [str(mistake) for mistake in caught.value.mistakes]


def source(folder: Path, text: str) -> Source:
    """The one source of a configuration."""
    (only,) = parse_config(text, folder / "indexer.toml").sources
    return only


@pytest.mark.parametrize(
    ("storage", "mistake"),
    [
        ('vendor = "oos"\nbucket = "b"', "vendor: unknown vendor 'oos': did you mean oss?"),
        ('vendor = 9\nbucket = "b"', "vendor: unknown vendor 9: known are "),
        ('bucket = "b"', "vendor: missing"),
        ('vendor = 1\nregion = 26\nbucket = "b"', "region: 26 names no region (AWS_REGION_NUM"),
        ('vendor = 2\nregion = 26\nbucket = "b"\nendpoint = "https://oss.test"', "region: 26 names no region"),
        ('vendor = 2\nregion = 27\nbucket = "b"', "region: 27 names no region"),
        (
            'vendor = 2\nregion = "cn-hangzou"\nbucket = "b"',
            "region: unknown region 'cn-hangzou' of vendor oss: did you",
        ),
        ('vendor = 2\nbucket = "b"', "region: missing"),
        ("vendor = 1\nregion = 0", "bucket: missing"),
        ('vendor = 3\nregion = 1\nbucket = "shots"', "bucket: a COS bucket's name ends with its APPID"),
        (
            'vendor = 1\nregion = 0\nbucket = "b"\nfileNamePrefix = ["a/b"]',
            "fileNamePrefix[0]: each folder is an element",
        ),
        ('vendor = 1\nregion = 0\nbucket = "b"\nfileNamePrefix = ["a", ""]', "fileNamePrefix[1]: each folder is"),
        ('vendor = 1\nregion = 0\nbucket = "b"\nbuket = "b"', "buket: unknown key: did you mean bucket?"),
        ("vendor = 1\nregion = 0\nbucket = 5", "bucket: input should be a valid string"),
        ('vendor = 1\nregion = 0\nbucket = "b"\naccessKey = "env:A"', "secretKey: missing, while accessKey is there"),
        ('vendor = 11\nbucket = "b"', "endpoint: missing"),
        ('vendor = 11\nbucket = "b"\nendpoint = "https://me:pw@host"', "endpoint: write https://HOST"),
        ('vendor = 11\nbucket = "b"\nendpoint = "https://host/path"', "endpoint: write https://HOST"),
        ('vendor = 11\nbucket = "b"\nendpoint = "https://host:port"', "endpoint: write https://HOST"),
        ('vendor = 11\nbucket = "b"\nendpoint = "https://[host"', "endpoint: write https://HOST"),
        ('vendor = 11\nbucket = "b"\nendpoint = "ftp://host"', "endpoint: write https://HOST"),
        ('vendor = 1\nregion = 0\nbucket = "b"\ndomain = "https://pictures.test/shots"', "domain: write https://HOST"),
    ],
)
def test_a_mistake_in_a_storage_is_named(tmp_path: Path, storage: str, mistake: str) -> None:
    """A mistake in what the platform calls storageConfig names its table and field, and what would be right."""
    (told,) = mistakes(tmp_path, f"[sources.a.storage]\n{storage}\n")
    assert told.startswith(f"[sources.a.storage] {mistake}")


@pytest.mark.parametrize(
    ("settings", "mistake"),
    [
        ('layout = "cloud"', "layout: unknown: 'cloud'; one of cloud-recording"),
        ('layout = "template"', "template: missing"),
        ('template = "{StreamName}.jpg"', 'template: needs layout = "template"'),
        ('layout = "template"\ntemplate = "{StreemName}.jpg"', "template: unknown placeholder {StreemName}"),
        ('layout = "template"\ntemplate = "{UnixTimestampMilli}.jpg"', "template: unknown placeholder"),
        ('layout = "template"\ntemplate = "{Date}"\nutc_offset = "8"', 'utc_offset: write it as "+08:00"'),
        ("interval = 0", "interval: input should be greater than 0"),
        ("intervall = 5", "intervall: unknown key: did you mean interval?"),
    ],
)
def test_a_mistake_in_a_source_is_named(tmp_path: Path, settings: str, mistake: str) -> None:
    """A mistake in a source names its table and field."""
    (told,) = mistakes(tmp_path, f"[sources.a]\n{settings}\n{LOCAL}")
    assert told.startswith(f"[sources.a] {mistake}")


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """Mistakes of all tables and kinds come together, each with the file's name before it."""
    text = 'indx = "x"\n[sources.a]\nlayout = "x"\n[sources.a.storage]\nvendor = 1\nregion = 26\n[sources.b]\n'
    path = tmp_path / "indexer.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert [line.split(": ")[1] for line in str(caught.value).splitlines()] == [
        *("indx", "[sources.a] layout", "[sources.a.storage] bucket", "[sources.a.storage] region"),
        "[sources.b] storage",
    ]
    assert all(line.startswith(f"{path}: ") for line in str(caught.value).splitlines())


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("[sources", "file: is no TOML"),
        ("", "[sources]: there is no source"),
        ("[sources]\na = 1", "[sources.a]: must be a table"),
        ('[sources."a b".storage]\nvendor = "local"\nbucket = "x"', "[sources.a b]: a source's name is"),
        ("[sources.a]\nstorage = '{'", "[sources.a] storage: is no JSON"),
        ("[sources.a]\nstorage = '[]'", "[sources.a] storage: must be a JSON object"),
    ],
)
def test_a_file_that_says_nothing_is_told(tmp_path: Path, text: str, mistake: str) -> None:
    """What is no configuration is told as one mistake."""
    assert mistakes(tmp_path, text)[0].startswith(mistake)


def test_a_pasted_storage_config_is_read(tmp_path: Path) -> None:
    """The platform's JSON, whole or with its name around it, means what the same table means."""
    pasted = '{"storageConfig": {"vendor": 2, "region": 3, "bucket": "shots", "fileNamePrefix": ["d1", "d2"]}}'
    found = source(tmp_path, f"[sources.a]\nstorage = '{pasted}'").storage
    assert (found.vendor, found.region, found.endpoint, found.bucket, found.prefix) == (
        *("oss", "cn-beijing", "https://oss-cn-beijing.aliyuncs.com", "shots"),
        "d1/d2/",
    )


def test_a_domain_of_the_buckets_own_is_told(tmp_path: Path) -> None:
    """A domain that is bound to the bucket is a URL by TLS, unless http is written."""
    for written, url in (("pictures.test", "https://pictures.test"), ("http://pictures.test/", "http://pictures.test")):
        table = f'vendor = 2\nregion = 3\nbucket = "b"\ndomain = "{written}"'
        assert source(tmp_path, f"[sources.a.storage]\n{table}").storage.domain == url


def test_a_store_of_ones_own_is_reached_by_its_endpoint(tmp_path: Path) -> None:
    """extensionParams.endpoint is where vendor 11 is, by TLS unless http is written."""
    pasted = '{"vendor": 11, "region": 0, "bucket": "b", "extensionParams": {"endpoint": "s3.example.com", "tag": "x"}}'
    found = source(tmp_path, f"[sources.a]\nstorage = '{pasted}'").storage
    assert (found.vendor, found.region, found.endpoint) == ("s3-compatible", "us-east-1", "https://s3.example.com")


def test_the_example_is_right(tmp_path: Path) -> None:
    """The file that init writes is a configuration."""
    assert [each.name for each in parse_config(EXAMPLE, tmp_path / "indexer.toml").sources] == ["classroom"]


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_example_names_every_vendor(vendor: str) -> None:
    """Each vendor stands in the file that init writes, with its number."""
    number = VENDORS[vendor].number
    assert (f'vendor = "{vendor}"' if number is None else f"{vendor} ({number})") in EXAMPLE


def test_paths_are_from_where_the_file_stands(tmp_path: Path) -> None:
    """The index and a local bucket are looked for beside the configuration."""
    config = parse_config('index = "i.duckdb"\n' + LOCAL, tmp_path / "indexer.toml")
    assert (config.index, config.sources[0].storage.endpoint) == (tmp_path / "i.duckdb", str(tmp_path / "shots"))


def test_sources_are_chosen_by_name(tmp_path: Path) -> None:
    """No name means all sources, and an unknown one is told with the known."""
    config = parse_config(LOCAL, tmp_path / "indexer.toml")
    assert config.chosen(()) == config.chosen(("a",)) == config.sources
    with pytest.raises(UsageError, match="known are a"):
        config.chosen(("b",))
