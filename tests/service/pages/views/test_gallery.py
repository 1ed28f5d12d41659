"""Violations, and the way to their pictures."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from reconcile.building import expecting
from starlette.exceptions import HTTPException

from indexer.service.pages.data.gallery import Picture, Violation, Wanted, violations
from indexer.service.pages.pictures import MOST_BYTES, picture_of, read_below
from indexer.service.pages.views.gallery import gallery, picture
from indexer.store import reading
from indexer.text import escaped
from indexer.vendors.base import Credentials, Storage
from service.pages.views.conftest import HOSTILE
from service.pages.views.looking import seen, visited

if TYPE_CHECKING:
    from indexer.config import Source

SECRET = "made-up-secret"
FILES = Path("/proc/self/fd")
KEYS = Credentials("made-up-id", SECRET)


def source(**changed: object) -> Source:
    """The source of the index, at a store whose addresses are signed."""
    storage = Storage("oss", "cn-hangzhou", "https://oss-cn-hangzhou.aliyuncs.com", "classroom", "", lambda: KEYS)
    return replace(expecting(), storage=replace(storage, **changed))  # type: ignore[arg-type]


def folder(path: Path, prefix: str = "") -> tuple[Source, Picture]:
    """A folder as a source, and the picture ``a/b.jpg`` of it."""
    storage = Storage("local", None, str(path), path.name, prefix, lambda: None)
    return replace(expecting(), storage=storage), Picture("classroom", "a/b.jpg", "local", path.name, "")


def shown(index: Path, **wanted: str) -> Violation:
    """The first of the violations that are wanted."""
    with reading(index) as connection:
        return violations(connection, Wanted(**wanted))[0]


def test_no_picture_is_asked_for_before_a_person_does(index: Path) -> None:
    """The page holds no picture and no address of one, only links to where one is made."""
    page = seen(visited(index, gallery, sources=(source(),)))
    assert not page.all("img")
    assert "aliyuncs" not in page.html
    links = page.all("a", class_="show")
    assert len(links) == 2
    assert {(link["rel"], link["target"]) for link in links} == {("noopener noreferrer", "_blank")}


def test_it_is_said_why_there_is_no_picture(index: Path) -> None:
    """A violation whose evidence is gone has its reason in place of the picture."""
    page = seen(visited(index, gallery))
    assert "The bucket does not hold the picture any more." in page.text
    assert "No bucket that is indexed has ever held the picture." in page.text


def test_hostile_labels_and_channels_stay_text(index: Path) -> None:
    """Markup, quotes, line ends and marks of direction are shown as they are spelled."""
    page = seen(visited(index, gallery, asked={"channel": "<script>"}))
    assert page.text.count(escaped(HOSTILE)) >= 2
    assert "\u202e" not in page.text


def test_the_newest_come_first_and_filters_are_kept(index: Path) -> None:
    """What is filtered by stands in the form."""
    page = seen(visited(index, gallery, asked={"suggestion": "review"}))
    assert "1 violation." in page.words
    assert [option["value"] for option in page.all("option") if "selected" in option] == ["review"]


def test_a_picture_is_a_signed_address_for_a_minute(index: Path) -> None:
    """The browser is sent on to the bucket, with an address of this key that ends to work after sixty seconds."""
    violation = shown(index, label="porn")
    answered = visited(index, picture, named={"verdict_id": violation.verdict_id}, sources=(source(),))
    address = urlsplit(answered.headers["location"])
    assert answered.status_code == 302
    assert address.hostname == "classroom.oss-cn-hangzhou.aliyuncs.com"
    assert address.path.endswith(str(violation.key))
    assert parse_qs(address.query)["x-oss-expires"] == ["60"]
    assert SECRET not in answered.headers["location"]


@pytest.mark.parametrize("evidence", ["deleted", "missing"])
def test_what_is_gone_has_no_address(index: Path, evidence: str) -> None:
    """Nobody signs for an object that the bucket does not hold."""
    gone = shown(index, evidence=evidence)
    assert refused(index, gone.verdict_id, source()) == 404


@pytest.mark.parametrize("verdict_id", ["", "../../etc/passwd", "gone.jpg", "' OR 1=1 --"])
def test_what_is_no_violation_has_no_address(index: Path, verdict_id: str) -> None:
    """Only the id of a violation leads to a picture: no key, no path, no SQL."""
    assert refused(index, verdict_id, source()) == 404


@pytest.mark.parametrize("changed", [{"bucket": "another"}, {"vendor": "s3"}])
def test_a_source_that_has_moved_is_not_signed_for(index: Path, changed: dict[str, str]) -> None:
    """A key that was seen in one bucket is not asked for in another."""
    violation = shown(index, label="porn")
    assert refused(index, violation.verdict_id, source(**changed)) == 404
    assert refused(index, violation.verdict_id) == 404


def test_a_store_that_signs_nothing_is_told(index: Path) -> None:
    """Where no address can be made the page says so, without the secret."""
    violation = shown(index, label="porn")
    with pytest.raises(HTTPException) as caught:
        visited(
            index,
            picture,
            named={"verdict_id": violation.verdict_id},
            sources=(source(credentials=lambda: None),),
        )
    assert caught.value.status_code == 502
    assert SECRET not in str(caught.value)


def refused(index: Path, verdict_id: str, *sources: Source) -> int:
    """The status of what is refused."""
    with pytest.raises(HTTPException) as caught:
        visited(index, picture, named={"verdict_id": verdict_id}, sources=sources)
    return caught.value.status_code


def test_a_folder_s_picture_is_sent_as_a_picture_and_nothing_else(tmp_path: Path) -> None:
    """Whatever a file holds, no browser takes it for a page: it has a picture's type, in a sandbox."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.jpg").write_bytes(b"<script>alert(1)</script>")
    held, where = folder(tmp_path)
    answered = picture_of(where, [held])
    assert bytes(answered.body) == b"<script>alert(1)</script>"
    assert answered.headers["content-type"] == "image/jpeg"
    policy = answered.headers["content-security-policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def test_a_picture_outside_of_the_prefix_is_not_sent(tmp_path: Path) -> None:
    """Of a folder with a prefix only what is below that is shown."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.jpg").write_bytes(b"x")
    held, where = folder(tmp_path, "other/")
    with pytest.raises(HTTPException) as caught:
        picture_of(where, [held])
    assert caught.value.status_code == 404


def test_a_reason_tells_no_path(tmp_path: Path) -> None:
    """A file that is not there is told without the folder that it is not in."""
    held, where = folder(tmp_path)
    with pytest.raises(HTTPException) as caught:
        picture_of(where, [held])
    assert str(tmp_path) not in str(caught.value.detail)


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../secret", "a/../../secret", "a//b", "./a", "a/.", "a\0b"])
def test_a_key_never_leads_out_of_its_folder(tmp_path: Path, key: str) -> None:
    """A key is a path below its folder, and no other way to write one is a key."""
    (tmp_path / "secret").write_text("secret")
    inner = tmp_path / "bucket"
    (inner / "a").mkdir(parents=True)
    with pytest.raises((OSError, ValueError)):
        read_below(inner, key)


def test_no_link_is_followed(tmp_path: Path) -> None:
    """Neither a file that is a link, nor a folder on the way that is one, leads to what it points at."""
    (tmp_path / "secret.jpg").write_text("secret")
    inner = tmp_path / "bucket"
    inner.mkdir()
    (inner / "file.jpg").symlink_to(tmp_path / "secret.jpg")
    (inner / "folder").symlink_to(tmp_path)
    for key in ("file.jpg", "folder/secret.jpg"):
        with pytest.raises(OSError, match=key.split("/", maxsplit=1)[0]):
            read_below(inner, key)


def test_only_plain_files_of_a_picture_s_size_are_read(tmp_path: Path) -> None:
    """A pipe would keep its reader waiting, a folder is no picture, and neither is what is too large."""
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "folder.jpg").mkdir()
    with (tmp_path / "large.jpg").open("wb") as large:
        large.truncate(MOST_BYTES + 1)
    for key in ("pipe.jpg", "folder.jpg", "large.jpg"):
        with pytest.raises((OSError, ValueError)):
            read_below(tmp_path, key)


@pytest.mark.skipif(not FILES.exists(), reason="this system does not tell which files are open")
def test_no_file_stays_open(tmp_path: Path) -> None:
    """Whatever becomes of a request, the folders on the way are closed, and the file."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c.jpg").write_bytes(b"x")
    before = len(list(FILES.iterdir()))
    assert read_below(tmp_path, "a/b/c.jpg") == b"x"
    for key in ("a/b/d.jpg", "a/x/c.jpg", "a/b"):
        with pytest.raises((OSError, ValueError)):
            read_below(tmp_path, key)
    assert len(list(FILES.iterdir())) == before
