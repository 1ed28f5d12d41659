"""A folder as a bucket: what only a file system can do."""

from __future__ import annotations

import os
import shutil
from io import FileIO
from typing import TYPE_CHECKING, NoReturn
from urllib.request import urlopen

import pytest

from indexer.errors import AccessDenied, NoSuchBucket, NoSuchObject, RequestRefused, Unreachable
from indexer.vendors import open_lister
from indexer.vendors.base import Position, Storage
from indexer.vendors.objects import Cut
from vendors.walking import column, keys_of, walk, walked_keys

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.vendors.base import Lister


def folder(root: Path, *keys: str) -> Path:
    """A folder with files, each of one byte."""
    root.mkdir(exist_ok=True)
    for key in keys:
        path = root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return root


def lister(root: Path, prefix: str = "") -> Lister:
    """A lister of a folder."""
    return open_lister(Storage("local", None, str(root), root.name, prefix, credentials=lambda: None))


def test_a_folder_sorts_by_its_files(tmp_path: Path) -> None:
    """The files below a folder come where their keys belong, between names that begin like the folder's."""
    keys = ["a!", "a-b", "a.b", "a/b", "a/c/d", "a0", "ab"]
    assert walked_keys(lister(folder(tmp_path / "bucket", *keys))) == keys


def test_a_folder_is_no_object(tmp_path: Path) -> None:
    """Empty folders hold nothing, and are not listed."""
    root = folder(tmp_path / "bucket", "a")
    (root / "empty" / "deeper").mkdir(parents=True)
    assert walked_keys(lister(root)) == ["a"]


def test_the_names_of_one_file_share_an_etag(tmp_path: Path) -> None:
    """Hard links are one picture and have one etag; other files have none, whatever is in them."""
    root = folder(tmp_path / "bucket", "a", "b", "other", "same")
    os.link(root / "a", root / "link")
    (page,) = walk(lister(root))
    etags = dict(zip(keys_of(page), column(page, "etag"), strict=True))
    assert etags.pop("a") == etags.pop("link") is not None
    assert etags == {"b": None, "other": None, "same": None}


def test_only_folders_that_can_match_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A prefix and a position keep the walk out of every folder that lies outside of them."""
    root = folder(tmp_path / "bucket", "2026/11/19/a", "2026/11/20/a", "2026/11/21/a", "2026/12/a")
    read: list[bytes] = []
    scandir = os.scandir

    def recorded(path: bytes | str) -> object:
        read.append(os.fsencode(path))
        return scandir(path)

    monkeypatch.setattr("os.scandir", recorded)
    assert walked_keys(lister(root, "2026/11"), after=Position("2026/11/20/a")) == ["2026/11/21/a"]
    assert [os.fsdecode(path).removeprefix(str(root)) for path in read] == [
        "",
        "/2026",
        "/2026/11",
        "/2026/11/20",
        "/2026/11/21",
    ]


def test_a_link_is_an_object_and_no_folder(tmp_path: Path) -> None:
    """A link is listed with its own size, whether it points at a file, a folder above it, or nothing."""
    root = folder(tmp_path / "bucket", "file")
    (root / "to-file").symlink_to("file")
    (root / "to-nothing").symlink_to("nowhere")
    (root / "upwards").symlink_to("..")
    page = lister(root).page(None, 10)
    assert dict(zip(keys_of(page), column(page, "size"), strict=True)) == {
        "file": 1,
        "to-file": 4,
        "to-nothing": 7,
        "upwards": 2,
    }


def test_a_name_that_is_not_utf8_is_listed(tmp_path: Path) -> None:
    r"""A file whose name is not UTF-8 keeps its odd bytes as \xNN."""
    root = folder(tmp_path / "bucket", "b")
    (root / os.fsdecode(b"caf\xe9.jpg")).write_bytes(b"")
    assert walked_keys(lister(root)) == ["b", "caf\\xe9.jpg"]


def test_a_full_last_page_is_followed_by_an_empty_one(tmp_path: Path) -> None:
    """Where the last file fills its page, the listing ends with a page without keys."""
    found = walk(lister(folder(tmp_path / "bucket", "a", "b", "c", "d")), max_keys=2)
    assert [keys_of(page) for page in found] == [["a", "b"], ["c", "d"], []]


def test_a_walk_can_be_left_and_begun_elsewhere(tmp_path: Path) -> None:
    """A position that the last page did not end at begins the walk anew."""
    one = lister(folder(tmp_path / "bucket", "a", "b", "c", "d"))
    asked = [None, Position("c"), Position("a"), None]
    assert [keys_of(one.page(after, 1)) for after in asked] == [["a"], ["d"], ["b"], ["a"]]


def test_a_file_that_went_away_is_left_out(tmp_path: Path) -> None:
    """A file that is deleted while its folder is listed is not listed, and ends nothing."""
    root = folder(tmp_path / "bucket", "a", "b", "c")
    one = lister(root)
    position = one.page(None, 1).next
    (root / "b").unlink()
    assert keys_of(one.page(position, 1)) == ["c"]


def test_a_failed_walk_is_not_the_end(tmp_path: Path) -> None:
    """After a folder could not be read the same question begins a new walk; it does not find an ended one."""
    root = folder(tmp_path / "bucket", "a/1", "b/2", "c/3")
    one = lister(root)
    position = one.page(None, 1).next
    shutil.rmtree(root / "b")
    with pytest.raises(Unreachable, match="b"):
        one.page(position, 1)
    folder(root, "b/2")
    assert walked_keys(one, max_keys=1, after=position) == ["b/2", "c/3"]


def test_a_folder_that_may_not_be_read_is_access_denied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without permission is AccessDenied, and its path is told."""
    root = folder(tmp_path / "bucket", "a/1")

    def denied(path: bytes) -> NoReturn:
        raise PermissionError(13, "Permission denied", os.fsdecode(path))

    monkeypatch.setattr("os.scandir", denied)
    with pytest.raises(AccessDenied, match="bucket"):
        lister(root).page(None, 1)


def test_a_file_is_no_bucket(tmp_path: Path) -> None:
    """A path that is a file, or nothing, is NoSuchBucket and says what to set."""
    (tmp_path / "file").write_bytes(b"")
    for name in ("file", "nothing"):
        with pytest.raises(NoSuchBucket, match="set bucket"):
            lister(tmp_path / name).page(None, 1)


def test_a_delimiter_is_refused(tmp_path: Path) -> None:
    """A folder has no common prefixes to give, and says so instead of listing without them."""
    with pytest.raises(RequestRefused, match="delimiter"):
        lister(folder(tmp_path / "bucket", "a/b")).page(None, 1, "/")


def test_times_keep_their_microseconds(tmp_path: Path) -> None:
    """A file's time is told to the microsecond, times before 1970 rounded down."""
    root = folder(tmp_path / "bucket", "after", "before")
    os.utime(root / "after", ns=(0, 1_795_162_530_123_456_789))
    os.utime(root / "before", ns=(0, -1))
    assert column(lister(root).page(None, 2), "last_modified") == [1_795_162_530_123_456, -1]


@pytest.mark.parametrize("key", ["a b+c%20d&e=f/中文é~(1)*'!.jpg", "?q=1#x.jpg", "m%2Fn%41.jpg", "back\\slash"])
def test_a_presigned_url_is_the_files_own(tmp_path: Path, key: str) -> None:
    """A browser shows a file by its own URI, which anyone makes without a request, and which never ends."""
    url = lister(folder(tmp_path / "a bucket", key)).presigned(key, 60)
    assert url.startswith("file:///")
    with urlopen(url) as file:
        assert file.read() == b"x"


@pytest.mark.parametrize("key", ["../secret", "a/../../secret", "/etc/passwd", "a//b", "./a", "a/", ""])
def test_no_url_leads_out_of_the_folder(tmp_path: Path, key: str) -> None:
    """A key that no file of the folder can have, such as one that climbs out of it, has no URL."""
    with pytest.raises(RequestRefused, match="no file of this folder"):
        lister(folder(tmp_path / "bucket", "a")).presigned(key, 60)


def test_a_file_is_read(tmp_path: Path) -> None:
    """A file is opened by its key, and its time and its place on the disk tell it from one that replaces it."""
    one = lister(folder(tmp_path / "bucket", "a/b"))
    with one.open("a/b") as first:
        assert first.read() == b"x"
    with one.open("a/b") as again:
        assert (again.etag, again.size) == (first.etag, 1)


def test_a_file_that_was_replaced_is_not_gone_on_with(tmp_path: Path) -> None:
    """A file of the same length, moved to where the first one was, is another file."""
    root = folder(tmp_path / "bucket", "a", "b")
    one = lister(root)
    with one.open("a") as first:
        (root / "b").replace(root / "a")
    with pytest.raises(RequestRefused, match="replaced"):
        one.open("a", Cut(0, first.etag, first.size))


def test_a_file_that_is_cut_short_is_unreachable(tmp_path: Path) -> None:
    """A file that ends before the size that it had is no whole file."""
    root = folder(tmp_path / "bucket")
    (root / "a").write_bytes(b"0123456789")
    with lister(root).open("a") as file:
        os.truncate(root / "a", 4)
        with pytest.raises(Unreachable, match="of 10 bytes ended after 4"):
            file.read()


def test_a_file_that_grows_is_read_as_it_was(tmp_path: Path) -> None:
    """What is written behind a file's end after it was opened is not read."""
    root = folder(tmp_path / "bucket", "a")
    with lister(root).open("a") as file:
        with (root / "a").open("ab") as more:
            more.write(b"more")
        assert file.read() == b"x"


OUTSIDE = ("/etc/hostname", "a\0b", "y" * 300, "loop", "out", "out/secret", "up/secret", "pipe", "sub")


@pytest.mark.parametrize("key", OUTSIDE)
def test_no_key_leads_out_of_the_folder(tmp_path: Path, key: str) -> None:
    """Links that lead out of the folder or nowhere, folders, and pipes that would be waited for are no objects."""
    root = folder(tmp_path / "bucket", "sub/a")
    folder(tmp_path / "outside", "secret")
    (tmp_path / "secret").write_bytes(b"x")
    (root / "out").symlink_to("../outside")
    (root / "up").symlink_to("..")
    (root / "loop").symlink_to("loop")
    os.mkfifo(root / "pipe")
    with pytest.raises(NoSuchObject):
        lister(root).open(key)


@pytest.mark.parametrize("spelled", ["{root}/sub/a", "sub//a", "sub/a/", "/sub/a"])
def test_a_file_has_one_key(tmp_path: Path, spelled: str) -> None:
    """What the file system takes for another spelling of a path is no key, as it is none in a listing."""
    root = folder(tmp_path / "bucket", "sub/a")
    with pytest.raises(NoSuchObject):
        lister(root).open(spelled.format(root=root))


def test_a_link_inside_of_the_folder_is_followed(tmp_path: Path) -> None:
    """Reading a link reads the file that it stands for, where that is in the folder too."""
    root = folder(tmp_path / "bucket", "a/b")
    (root / "link").symlink_to("a/b")
    with lister(root).open("link") as file:
        assert file.read() == b"x"


def test_a_file_that_may_not_be_read_is_access_denied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file without permission is AccessDenied, and its path is told."""
    root = folder(tmp_path / "bucket", "a")

    def denied(path: Path, *_: object, **__: object) -> NoReturn:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("pathlib.Path.open", denied)
    with pytest.raises(AccessDenied, match="bucket/a"):
        lister(root).open("a")


def test_a_disk_that_fails_is_unreachable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read that fails, as a network drive's does, can be tried again."""

    class Failing(FileIO):
        def read(self, most: int | None = -1, /) -> NoReturn:
            raise OSError(5, "Input/output error")

    root = folder(tmp_path / "bucket", "a")
    monkeypatch.setattr("pathlib.Path.open", lambda path, *_, **__: Failing(path))
    with lister(root).open("a") as file, pytest.raises(Unreachable, match="bucket/a: Input/output error"):
        file.read()
