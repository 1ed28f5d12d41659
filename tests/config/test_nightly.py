"""What [nightly] may say, and how each mistake in it is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indexer.config import parse_config
from indexer.config.example import EXAMPLE
from indexer.config.nightly import Nightly, Payloads
from indexer.config.settings import NightlySettings
from indexer.errors import ConfigError
from indexer.moderation.files import find_files

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = """
[sources.one.storage]
vendor = "local"
bucket = "shots"
[moderation.inhouse]
columns = { key = "object" }
"""
SECRET = "https://hooks.example/services/a-secret"


def nightly(folder: Path, said: str) -> Nightly:
    """What a [nightly] with these lines means."""
    return parse_config(f"[nightly]\n{said}\n{SOURCE}", folder / "indexer.toml").nightly


def mistakes_of(folder: Path, said: str) -> list[str]:
    """What is wrong in a [nightly] with these lines."""
    with pytest.raises(ConfigError) as refused:
        nightly(folder, said)
    return list(map(str, refused.value.mistakes))


def test_everything_has_a_default(tmp_path: Path) -> None:
    """Without a word on it a night takes in no files, leaves nothing beside the index, and tells nobody."""
    assert nightly(tmp_path, "") == Nightly((), None, None, None, None, "always", "critical", None, None)


def test_what_is_said_is_read_beside_the_file(tmp_path: Path) -> None:
    """Paths are from where the configuration stands; payloads are put together by whose they are, in their order."""
    said = nightly(
        tmp_path,
        'ingest = ["a", { path = "v.csv", provider = "inhouse" }, "/srv/*.json", { path = "w", provider = "inhouse" }]'
        '\nreport = "report.html"\nsummary = "out/nightly.json"\ntextfile = "/var/indexer.prom"\n'
        'notify_on = "failure"\nfail_on = "never"\nconcurrency = 8\nmax_requests_per_second = 20',
    )
    both = (f"{tmp_path}/v.csv", f"{tmp_path}/w")
    assert said.ingest == (Payloads((f"{tmp_path}/a",), ("/srv/*.json",)), Payloads(both, (), "inhouse"))
    assert (said.report, said.summary) == (tmp_path / "report.html", tmp_path / "out/nightly.json")
    assert (str(said.textfile), said.notify_on, said.fail_on) == ("/var/indexer.prom", "failure", "never")
    assert (said.concurrency, said.max_requests_per_second) == (8, 20)


def test_the_folder_of_the_configuration_is_no_pattern(tmp_path: Path) -> None:
    """Payloads are found in a folder whose own name looks like a pattern."""
    folder = tmp_path / "night [1]*"
    folder.mkdir()
    (folder / "one.json").touch()
    for named in ("one.json", "*.json"):
        (payloads,) = nightly(folder, f'ingest = ["{named}"]').ingest
        assert find_files([*payloads.files, *payloads.patterns]) == [str(folder / "one.json")]


@pytest.mark.parametrize(
    ("said", "mistake"),
    [
        ("ingest = [1]", '[nightly.ingest[0]]: must be a path, or { path = "...", provider = "..." }'),
        ('ingest = ["a", "-"]', "[nightly.ingest[1]] path: missing: name files, a folder or a pattern"),
        ("ingest = [{}]", "[nightly.ingest[0]] path: missing: name files, a folder or a pattern"),
        ('ingest = [{ path = "a", form = "x" }]', "[nightly.ingest[0]] form: unknown key: known are path, provider"),
        (
            'ingest = [{ path = "a", provider = "hiv" }]',
            "[nightly.ingest[0]] provider: unknown: 'hiv'; did you mean hive?",
        ),
        ('ingest = "a"', "[nightly] ingest: input should be a valid list"),
        ('notify_on = "never"', "[nightly] notify_on: input should be 'always', 'findings' or 'failure'"),
        ('fail_on = "high"', "[nightly] fail_on: input should be 'info', 'warning', 'critical' or 'never'"),
        ("concurrency = 0", "[nightly] concurrency: input should be greater than or equal to 1"),
        ("max_requests_per_second = 0", "[nightly] max_requests_per_second: input should be greater than 0"),
        ('slack = "env:X"', None),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, said: str, mistake: str | None) -> None:
    """What is wrong is said where it stands, and what it could be."""
    (told,) = mistakes_of(tmp_path, said)
    assert told == mistake or (mistake is None and told.startswith("[nightly] slack: unknown key: known are ingest, "))


def test_an_address_in_clear_needs_a_file_of_ones_own(tmp_path: Path) -> None:
    """The address that is posted to is a secret: refused in clear in a file that others can read, and never shown."""
    path = tmp_path / "indexer.toml"
    path.touch(0o644)
    path.chmod(0o644)
    (told,) = mistakes_of(tmp_path, f'notify = "{SECRET}"')
    assert told.startswith("[nightly] notify: a secret in clear")
    assert SECRET not in told
    path.chmod(0o600)
    assert SECRET not in repr(nightly(tmp_path, f'notify = "{SECRET}"'))


def test_the_example_is_one(tmp_path: Path) -> None:
    """What `indexer init` writes of it can be read as it stands, and names every field."""
    table = EXAMPLE.partition("# [nightly]\n")[2].partition("\n\n")[0]
    lines = "\n".join(line.removeprefix("# ") for line in table.splitlines())
    assert nightly(tmp_path, lines).notify_on == "always"
    assert [name for name in NightlySettings.model_fields if name not in table] == []
