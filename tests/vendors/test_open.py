"""The reading contract: an object of every vendor comes byte for byte, forward, and from any place after a cut."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from doubles.double import CREDENTIALS

from indexer.errors import CredentialsError, NoSuchBucket, NoSuchObject, RequestRefused
from indexer.vendors import open_lister
from indexer.vendors.base import Credentials
from indexer.vendors.objects import Cut
from vendors.backends import WITH_SECRETS, qiniu
from vendors.contract import CONTENTS, SEVERAL_MEGABYTES, held, on, opened

if TYPE_CHECKING:
    from indexer.vendors.objects import ObjectFile
    from vendors.backends import Backend

INVENTORY = "inventory/data a+b%2F.csv.gz"

with_secrets = on(*WITH_SECRETS)


def whole(file: ObjectFile) -> bytes:
    """Every byte of a file that is left, and the file closed."""
    with file:
        return file.read()


def test_every_odd_key_is_opened(backend: Backend) -> None:
    """An object is read by its key, whatever characters are in it, and by no other's."""
    lister = opened(backend)
    assert {key: whole(lister.open(key)) for key in held(backend)} == {key: key.encode() for key in held(backend)}


@pytest.mark.parametrize("key", CONTENTS)
def test_an_object_is_read_to_its_end(backend: Backend, key: str) -> None:
    """Objects of no byte and of several megabytes come whole, and their size is known before."""
    with opened(backend, "read-bucket").open(key) as file:
        assert (file.size, file.at) == (len(CONTENTS[key]), 0)
        assert file.read() == CONTENTS[key]
        assert (file.read(), file.at) == (b"", file.size)


def test_an_object_is_a_file(backend: Backend) -> None:
    """What reads files reads objects: in pieces, and to a place where they go."""
    with opened(backend, "read-bucket").open(INVENTORY) as file:
        copy = BytesIO(file.read(10))
        copy.seek(0, 2)
        shutil.copyfileobj(file, copy, 100_000)
    assert copy.getvalue() == SEVERAL_MEGABYTES
    assert file.closed


@pytest.mark.parametrize("at", [1, 1_000_000, len(SEVERAL_MEGABYTES) - 1])
def test_reading_goes_on_after_a_cut(backend: Backend, at: int) -> None:
    """What is left of an object comes from any place on, where it is the same object."""
    lister = opened(backend, "read-bucket")
    with lister.open(INVENTORY) as first:
        first.read(100)
    with lister.open(INVENTORY, Cut(at, first.etag, first.size)) as rest:
        assert (rest.size, rest.at, rest.etag) == (first.size, at, first.etag)
        assert rest.read() == SEVERAL_MEGABYTES[at:]


def test_reading_does_not_go_on_in_another_object(backend: Backend) -> None:
    """Where another object has come in the place of the one that was cut, what is left is not read from it."""
    lister = opened(backend, "read-bucket")
    with lister.open(INVENTORY) as first:
        cut = Cut(10, first.etag, first.size)
    for other in (replace(cut, etag='"0123456789abcdef0123456789abcdef"'), replace(cut, size=first.size + 1)):
        with pytest.raises(RequestRefused, match="replaced"):
            lister.open(INVENTORY, other)


def test_an_object_need_not_be_in_the_prefix(backend: Backend) -> None:
    """A lister of a prefix opens any key of its bucket: a manifest names its files by their whole keys."""
    lister = opened(backend, "read-bucket", prefix="nothing")
    assert whole(lister.open(INVENTORY)) == SEVERAL_MEGABYTES


@pytest.mark.parametrize("key", ["inventory", "inventory/", "inventory/none.csv", "dir/abc/more", "é", "x" * 1000])
def test_a_key_without_an_object_is_an_error(backend: Backend, key: str) -> None:
    """A key that is not there is NoSuchObject, which names it, also where a folder of that name is."""
    with pytest.raises(NoSuchObject, match=key):
        opened(backend, "read-bucket").open(key)


@pytest.mark.parametrize("key", ["", "\ud800"])
def test_a_key_that_is_none_is_not_asked_for(backend: Backend, key: str) -> None:
    """No key at all, and text that UTF-8 cannot write, are NoSuchObject, as no object has such a key."""
    with pytest.raises(NoSuchObject):
        opened(backend, "read-bucket").open(key)


@pytest.mark.parametrize(
    "key", ["../full-bucket/shots/0000.jpg", "inventory/../nothing in it", "./nothing in it", ".."]
)
def test_a_key_leads_nowhere_else(backend: Backend, key: str) -> None:
    """A key with dots between slashes is refused: what HTTP libraries make of it is another key, or another bucket."""
    with pytest.raises(RequestRefused, match="between slashes"):
        opened(backend, "read-bucket").open(key)


def test_no_object_is_in_a_bucket_that_is_not_there(backend: Backend) -> None:
    """A bucket that does not exist has no object, and a vendor that says which of the two is missing is believed."""
    with pytest.raises((NoSuchBucket, NoSuchObject)):
        opened(backend, "no-such-bucket").open(INVENTORY)


@with_secrets
@pytest.mark.parametrize("access_key", [CREDENTIALS.access_key, "AKIDUNKNOWN"])
def test_nothing_is_opened_with_wrong_credentials(backend: Backend, access_key: str) -> None:
    """A wrong secret or an unknown access key is a CredentialsError, and no secret stands in it."""
    wrong = Credentials(access_key, "ANOTHERSECRETKEY")
    with pytest.raises(CredentialsError) as caught:
        opened(backend, "read-bucket", credentials=wrong).open(INVENTORY)
    assert caught.value.status == backend.refuses_with
    assert "ANOTHERSECRETKEY" not in f"{caught.value} {caught.value!r}"


def test_files_are_open_at_once(backend: Backend) -> None:
    """Several threads may read several objects of one lister at once, and each gets its own."""
    lister = open_lister(backend.storage("odd-bucket", "", CREDENTIALS), connections=4)
    keys = held(backend)
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda key: whole(lister.open(key)), keys)) == [key.encode() for key in keys]


def test_a_file_that_is_left_leaves_the_lister_usable(backend: Backend) -> None:
    """Whoever stops reading in the midst closes the file, and the next one is read as if nothing had been."""
    lister = opened(backend, "read-bucket")
    for _ in range(3):
        with lister.open(INVENTORY) as file:
            assert file.read(3) == SEVERAL_MEGABYTES[:3]
    assert whole(lister.open(INVENTORY)) == SEVERAL_MEGABYTES


@on(qiniu)
def test_kodo_gives_objects_through_a_domain_alone(backend: Backend) -> None:
    """Without a domain of the bucket's own an object of Kodo's cannot be read, and the error says what to set."""
    storage = replace(backend.storage("read-bucket", "", CREDENTIALS), domain=None)
    with pytest.raises(RequestRefused, match="set domain"):
        open_lister(storage).open(INVENTORY)


def test_a_file_is_closed_twice(backend: Backend) -> None:
    """Closing a file again does nothing, and reading it then is the ValueError of any closed file."""
    file = opened(backend, "read-bucket").open(INVENTORY)
    file.close()
    file.close()
    with pytest.raises(ValueError, match="closed"):
        file.read(1)
