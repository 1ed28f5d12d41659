"""An inventory's files, in a folder or in a bucket: found by prefix, sized, and read forward."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest
from doubles import faults
from doubles.bucket import holding
from doubles.s3 import S3

from indexer.errors import NoSuchObject, RequestRefused
from indexer.inventory.files import StoredFiles, files_of, local_files
from indexer.listing.retry import Backoff, RetryingLister
from indexer.vendors import open_lister

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from doubles.double import Serve

    from indexer.inventory.files import Files
    from indexer.vendors.base import Lister, Storage

CONTENTS = {
    "reports/2026-11-20/manifest.json": json.dumps({"files": [{"key": "reports/data/a b.csv.gz"}]}).encode(),
    "reports/data/a b.csv.gz": gzip.compress(b'"shots","a+b.jpg","7"\n' * 100_000),
    "reports/data/empty.csv": b"",
    "shots/1.jpg": b"a picture",
}
REPORTS = [key for key in CONTENTS if key.startswith("reports/")]


@pytest.fixture(params=["folder", "bucket"])
def files(request: pytest.FixtureRequest, tmp_path: Path, serve: Serve) -> Files:
    """The same files on this machine, and in a bucket whose inventories have a prefix."""
    if request.param == "bucket":
        return files_of(serve(S3, holding(CONTENTS)).storage(prefix="reports/"))
    for key, content in CONTENTS.items():
        (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / key).write_bytes(content)
    return local_files(tmp_path)


def test_names_are_whole(files: Files) -> None:
    """Every file has the name by which a manifest knows it, and is found by how that begins."""
    assert list(files.names("reports/")) == REPORTS
    assert list(files.names("reports/data/e")) == ["reports/data/empty.csv"]
    assert list(files.names("nothing")) == []


def test_a_place_has_a_prefix(files: Files) -> None:
    """What is below the place's own prefix is what there is to find: the configured one, or the whole folder."""
    found = list(files.names(files.prefix))
    assert found == [key for key in CONTENTS if key.startswith(files.prefix)]


@pytest.mark.parametrize("name", CONTENTS)
def test_a_file_has_the_size_of_its_content(files: Files, name: str) -> None:
    """A size is known without reading, and is what reading gives."""
    assert files.size(name) == len(CONTENTS[name])
    with files.open(name) as file:
        assert file.read() == CONTENTS[name]


def test_a_file_is_what_readers_of_files_take(files: Files) -> None:
    """A file is read by whatever reads files, in pieces and through a decompression."""
    with files.open("reports/2026-11-20/manifest.json") as manifest:
        (named,) = json.load(manifest)["files"]
    with files.open(named["key"]) as packed, gzip.open(packed) as lines:
        assert sum(1 for line in lines if line == b'"shots","a+b.jpg","7"\n') == 100_000


@pytest.mark.parametrize("ask", ["size", "open"])
def test_a_file_that_is_not_there(files: Files, ask: str) -> None:
    """A name without a file is NoSuchObject, whatever is asked of it."""
    with pytest.raises(NoSuchObject, match="reports/none"):
        getattr(files, ask)("reports/none")


def test_a_name_does_not_climb(files: Files) -> None:
    """A manifest's names lead to no other place: it may be anybody's."""
    with pytest.raises(RequestRefused):
        files.open("reports/../shots/1.jpg")


def test_a_file_on_this_machine_has_a_path(tmp_path: Path) -> None:
    """A reader that wants a path is given it, and none of a file outside of the folder."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_bytes(b"")
    (tmp_path / "b.csv").write_bytes(b"")
    found = local_files(tmp_path / "in")
    assert found.path("a.csv") == (tmp_path / "in" / "a.csv").resolve()
    with pytest.raises(NoSuchObject):
        found.path("b.csv")


def test_a_file_in_a_bucket_has_no_path(serve: Serve) -> None:
    """Nothing is copied to this machine to give it a path."""
    double = serve(S3, holding(CONTENTS))
    assert files_of(double.storage()).path("shots/1.jpg") is None
    assert double.requests == []


def test_a_file_leads_to_those_beside_it(tmp_path: Path) -> None:
    """Who names a manifest gets the folder that it is in, where its data may be."""
    (tmp_path / "manifest.json").write_bytes(b"{}")
    (tmp_path / "data.csv").write_bytes(b"1")
    found = local_files(tmp_path / "manifest.json")
    assert list(found.names()) == ["data.csv", "manifest.json"]
    assert found.size("data.csv") == 1


def test_a_bad_connection_is_not_seen(serve: Serve) -> None:
    """Throttling, a reset and a cut connection are waited for and gone on with, in listing as in reading."""
    double = serve(
        S3,
        holding(CONTENTS),
        *(faults.refused(503, "SlowDown"), faults.reset(), faults.cut_body(), faults.fine()),
        *(faults.refused(503, "SlowDown"), faults.cut_body()),
    )
    waits: list[float] = []
    files = StoredFiles(double.storage(), patient(waits.append))
    assert list(files.names("reports/")) == REPORTS
    with files.open("reports/data/a b.csv.gz") as file:
        assert file.read() == CONTENTS["reports/data/a b.csv.gz"]
    assert len(waits) == 5


def test_names_come_as_they_are_asked_for(serve: Serve) -> None:
    """A bucket is listed page by page, and no further than somebody wants to know."""
    double = serve(S3, holding({f"reports/{number:04}": b"" for number in range(2500)}))
    names = files_of(double.storage()).names("reports/")
    assert next(names) == "reports/0000"
    assert len(double.requests) == 1
    assert sum(1 for _ in names) == 2499


def patient(slept: Callable[[float], None]) -> Callable[[Storage], Lister]:
    """Opens listers that are asked again without a wait."""
    return lambda storage: RetryingLister(open_lister(storage), Backoff(tries=4), sleep=slept)
