"""The listing contract: the same promises for every adapter, kept against every server."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import requests
from doubles.double import CREDENTIALS

from indexer.errors import CredentialsError, MalformedAnswer, NoSuchBucket, RequestRefused
from indexer.vendors import VENDORS, open_lister
from indexer.vendors.base import OBJECT_SCHEMA, Credentials, Position
from vendors.backends import (
    BACKENDS,
    PLAIN,
    STARTS_ANYWHERE,
    TESTED,
    TOO_MANY_FOR_MOTO,
    UNWRITABLE_KEYS,
    URL_ENCODED,
    WITH_A_CLOCK,
    WITH_ANY_DELIMITER,
    WITH_MANY_OBJECTS,
    WITH_PRESIGNED,
    WITH_SECRETS,
    Backend,
    local,
)
from vendors.contract import (
    BESIDE_SESSIONS,
    BUCKETS,
    MANY,
    MORE,
    SESSION_END,
    SESSION_NAMES,
    SESSIONS,
    held,
    on,
    opened,
)
from vendors.walking import column, keys_of, walk, walked_keys

REFUSED = (400, 401, 403)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

with_secrets = on(*WITH_SECRETS)
with_any_delimiter = on(*WITH_ANY_DELIMITER)
with_presigned = on(*WITH_PRESIGNED)
with_a_clock = on(*WITH_A_CLOCK)
url_encoded = on(*URL_ENCODED)
plain = on(*PLAIN)
starts_anywhere = on(*STARTS_ANYWHERE)
on_a_server = on(*(start for start in BACKENDS if start is not local))


def test_every_key_comes_once_in_byte_order(backend: Backend) -> None:
    """Every key of a bucket is listed exactly as it was written, once, in ascending UTF-8 byte order."""
    assert walked_keys(opened(backend), max_keys=3) == held(backend)


@pytest.mark.parametrize("max_keys", [999, 1000])
def test_large_pages_tile_the_bucket(backend: Backend, max_keys: int) -> None:
    """Pages of a given size hold all of 1001 keys, each but the last one full."""
    found = walk(opened(backend, "full-bucket"), max_keys)
    assert [key for page in found for key in keys_of(page)] == MANY
    assert [page.objects.num_rows for page in found] == [max_keys, 1001 - max_keys]


@on(*WITH_MANY_OBJECTS)
def test_a_large_bucket_is_listed_to_its_end(backend: Backend) -> None:
    """5,000 keys come once and in order, a thousand a page."""
    found = walk(opened(backend, TOO_MANY_FOR_MOTO))
    assert [key for page in found for key in keys_of(page)] == MORE
    assert [page.objects.num_rows for page in found[:5]] == [1000] * 5


@starts_anywhere
@pytest.mark.parametrize("max_keys", [1, 2])
def test_small_pages_tile_the_bucket(backend: Backend, max_keys: int) -> None:
    """Pages of one key or two hold every key, however many pages that takes."""
    found = walk(opened(backend, "full-bucket"), max_keys, Position(MANY[989]))
    assert [key for page in found for key in keys_of(page)] == MANY[990:]
    assert {page.objects.num_rows for page in found[:5]} == {max_keys}


def test_a_page_holds_at_most_what_was_asked_for(backend: Backend) -> None:
    """A page of a bucket that holds more than one page has max_keys keys, and says where to go on."""
    page = opened(backend, "full-bucket").page(None, 7)
    assert keys_of(page) == MANY[:7]
    assert page.next is not None
    assert page.next.key == MANY[6]


def test_the_same_question_has_the_same_answer(backend: Backend) -> None:
    """A page can be asked for again, which a retry does."""
    lister = opened(backend, "full-bucket")
    position = lister.page(None, 10).next
    assert lister.page(position, 10) == lister.page(position, 10)


@starts_anywhere
def test_start_after_a_key_is_exclusive(backend: Backend) -> None:
    """A listing after a key begins with the next key, not with the key itself."""
    assert keys_of(opened(backend).page(Position("dir/abc"), 2)) == ["dir/abcd", "dir/abd"]


@starts_anywhere
def test_start_after_a_key_that_does_not_exist(backend: Backend) -> None:
    """A listing may begin after any text, whether a key of that name exists or not."""
    assert keys_of(opened(backend).page(Position("dir/abcc"), 2)) == ["dir/abcd", "dir/abd"]


@starts_anywhere
def test_start_after_every_odd_key(backend: Backend) -> None:
    """Any key can be gone on from, whatever characters are in it."""
    keys, lister = held(backend), opened(backend)
    assert [keys_of(lister.page(Position(key), 1)) for key in keys] == [[key] for key in keys[1:]] + [[]]


@starts_anywhere
def test_start_after_the_last_key(backend: Backend) -> None:
    """Nothing follows the last key, and the listing ends."""
    page = opened(backend, "full-bucket").page(Position(MANY[-1]), 10)
    assert (keys_of(page), page.next) == ([], None)


def test_a_prefix_need_not_be_a_path_segment(backend: Backend) -> None:
    """A prefix is compared letter by letter: dir/abc finds dir/abcd too."""
    assert walked_keys(opened(backend, prefix="dir/abc")) == ["dir/abc", "dir/abcd"]


@starts_anywhere
def test_a_prefix_and_a_position_hold_together(backend: Backend) -> None:
    """A listing of a prefix after a key stays inside the prefix."""
    assert walked_keys(opened(backend, prefix="dir/"), max_keys=1, after=Position("dir/abc")) == ["dir/abcd", "dir/abd"]


def test_every_odd_key_is_a_prefix_of_itself(backend: Backend) -> None:
    """A prefix may hold any character that a key may."""
    keys = held(backend)
    found = [walked_keys(opened(backend, prefix=key)) for key in keys]
    assert found == [[key for key in keys if key.startswith(prefix)] for prefix in keys]


def test_a_prefix_that_no_key_has(backend: Backend) -> None:
    """A prefix without keys is an empty listing, not an error."""
    page = opened(backend, prefix="nothing/here").page(None, 10)
    assert (keys_of(page), page.next) == ([], None)


@url_encoded
def test_url_encoded_keys_hold_any_character(backend: Backend) -> None:
    """Characters that XML cannot write are listed by a vendor that is asked for url-encoded keys."""
    assert walked_keys(opened(backend, "unwritable-bucket")) == sorted(UNWRITABLE_KEYS, key=str.encode)


@plain
@pytest.mark.parametrize("key", UNWRITABLE_KEYS[:-1])
def test_a_key_that_xml_cannot_write_is_an_error(backend: Backend, key: str) -> None:
    """A plain key with such a character is an error that says so, and never a key that is left out or another one."""
    with pytest.raises(MalformedAnswer, match="no XML can write"):
        opened(backend, "unwritable-bucket", prefix=key[: len("control/")]).page(None, 1000)


@with_any_delimiter
def test_sessions_come_once_in_order(backend: Backend) -> None:
    """A delimiter gives what names begin with, once and in order, and names without it beside them, page by page."""
    lister = opened(backend, SESSIONS, prefix="live/")
    for max_keys in (1, 2, 3, 1000):
        found = walk(lister, max_keys, delimiter=SESSION_END)
        assert [prefix for page in found for prefix in page.prefixes] == [f"live/{name}" for name in SESSION_NAMES]
        assert [key for page in found for key in keys_of(page)] == BESIDE_SESSIONS
        assert {page.objects.num_rows + len(page.prefixes) for page in found[:-1]} <= {max_keys}


@on_a_server
def test_folders_come_once_in_order(backend: Backend) -> None:
    """A slash gives folders, once and in order, and the objects beside them, page by page."""
    lister = opened(backend)
    keys = held(backend)
    folders = sorted({key[: key.index("/") + 1] for key in keys if "/" in key}, key=str.encode)
    for max_keys in (1, 2, 3, 1000):
        found = walk(lister, max_keys, delimiter="/")
        assert [prefix for page in found for prefix in page.prefixes] == folders
        assert [key for page in found for key in keys_of(page)] == [key for key in keys if "/" not in key]


@on(*(start for start in STARTS_ANYWHERE if start is not local))
@pytest.mark.parametrize("position", ["dir/", "dir/abc", "dir/zzz"])
def test_a_common_prefix_that_the_position_is_in_is_passed(backend: Backend, position: str) -> None:
    """A listing that starts at a common prefix, or in one, goes on after it."""
    lister = opened(backend, prefix="d")
    found = walk(lister, after=Position(position), delimiter="/")
    assert [(keys_of(page), page.prefixes) for page in found] == [(["dir0"], ())]


@on(*(start for start in STARTS_ANYWHERE if start is not local))
def test_threads_share_a_lister(backend: Backend, caplog: pytest.LogCaptureFixture) -> None:
    """Several threads may ask one lister at once: each has its own answer, and no connection is thrown away."""
    lister = open_lister(backend.storage("full-bucket", "", CREDENTIALS), connections=4)
    starts = range(0, 1000, 25)
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda start: keys_of(lister.page(Position(MANY[start]), 25)), starts))
    assert found == [MANY[start + 1 : start + 26] for start in starts]
    assert "pool is full" not in caplog.text


def test_sizes_are_in_bytes(backend: Backend) -> None:
    """A size counts bytes, not characters."""
    page = opened(backend).page(None, 1000)
    assert column(page, "size") == [len(key.encode()) for key in keys_of(page)]


def test_times_are_utc_microseconds(backend: Backend) -> None:
    """Last-modified times are microseconds since 1970 in UTC, as fine as the server tells them."""
    page = opened(backend).page(None, 1000)
    times = [EPOCH + timedelta(microseconds=moment) for moment in column(page, "last_modified")]
    if backend.filled:
        begin, end = backend.filled
        assert all(begin <= moment <= end for moment in times)
    else:
        kept = [BUCKETS["odd-bucket"][key].last_modified for key in keys_of(page)]
        assert times == [moment.replace(microsecond=0) if backend.whole_seconds else moment for moment in kept]


def test_etags_have_no_quotes(backend: Backend) -> None:
    """An etag comes without the quotes around it, and is None where the server has none."""
    page = opened(backend).page(None, 1000)
    if backend.etag:
        assert all(re.fullmatch(backend.etag, etag) for etag in column(page, "etag"))
        return
    etags = [BUCKETS["odd-bucket"][key].etag for key in keys_of(page)]
    assert column(page, "etag") == (etags if backend.gives_etags else [None] * len(etags))


def test_the_columns_are_those_of_the_schema(backend: Backend) -> None:
    """Every page, with objects or without, has the columns of the schema, and no key or size is missing."""
    for bucket in ("full-bucket", "empty-bucket"):
        found = opened(backend, bucket).page(None, 17).objects
        assert found.schema == OBJECT_SCHEMA
        assert [found[name].null_count for name in ("key", "size", "last_modified")] == [0, 0, 0]


def test_an_empty_bucket_is_one_empty_page(backend: Backend) -> None:
    """A bucket without objects is one page without keys, and nothing follows it."""
    page = opened(backend, "empty-bucket").page(None, 1000)
    assert (keys_of(page), page.next) == ([], None)


def test_an_unknown_bucket_is_an_error(backend: Backend) -> None:
    """A bucket that does not exist is NoSuchBucket, never an empty listing."""
    with pytest.raises(NoSuchBucket, match="no-such-bucket"):
        opened(backend, "no-such-bucket").page(None, 1000)


@with_secrets
def test_a_wrong_secret_is_refused(backend: Backend) -> None:
    """A signature made with another secret is a CredentialsError with the vendor's own code."""
    wrong = Credentials(CREDENTIALS.access_key, "ANOTHERSECRETKEY")
    with pytest.raises(CredentialsError) as caught:
        opened(backend, credentials=wrong).page(None, 1000)
    assert (caught.value.code, caught.value.status) == (backend.refuses_by[0], backend.refuses_with)


@with_secrets
def test_an_unknown_access_key_is_refused(backend: Backend) -> None:
    """An access key that the vendor does not know is a CredentialsError."""
    with pytest.raises(CredentialsError) as caught:
        opened(backend, credentials=Credentials("AKIDUNKNOWN", CREDENTIALS.secret_key)).page(None, 1000)
    assert caught.value.code == backend.refuses_by[1]


@with_secrets
def test_no_secret_is_in_an_error(backend: Backend) -> None:
    """Neither the message nor the representation of an error shows a secret."""
    with pytest.raises(CredentialsError) as caught:
        opened(backend, credentials=Credentials(CREDENTIALS.access_key, "ANOTHERSECRETKEY")).page(None, 1000)
    assert "ANOTHERSECRETKEY" not in f"{caught.value} {caught.value!r}"


@with_presigned
def test_a_presigned_url_gives_the_object(backend: Backend) -> None:
    """Whoever has a presigned URL gets the object of that very key, whatever characters are in it."""
    lister, keys = opened(backend), held(backend)
    answers = [requests.get(lister.presigned(key, 60), timeout=10) for key in keys]
    assert [(answer.status_code, answer.content.decode()) for answer in answers] == [(200, key) for key in keys]


@with_a_clock
def test_a_presigned_url_ends(backend: Backend) -> None:
    """A presigned URL is good for as many seconds as it was made for, and refused after them."""
    assert backend.ahead
    url = opened(backend).presigned("dir/abc", 60)
    with backend.ahead(timedelta(seconds=50)):
        assert requests.get(url, timeout=10).text == "dir/abc"
    with backend.ahead(timedelta(seconds=61)):
        assert requests.get(url, timeout=10).status_code in REFUSED


@with_a_clock
def test_a_presigned_url_is_for_one_object(backend: Backend) -> None:
    """A presigned URL does not open another object, and none can be made with a wrong secret."""
    url = opened(backend).presigned("dir/abc", 60)
    wrong = Credentials(CREDENTIALS.access_key, "ANOTHERSECRETKEY")
    forged = opened(backend, credentials=wrong).presigned("dir/abc", 60)
    for refused in (url.replace("dir/abc", "dir/abd"), forged):
        assert requests.get(refused, timeout=10).status_code in REFUSED


@with_presigned
@pytest.mark.parametrize("seconds", [0, -1])
def test_a_presigned_url_lives_for_a_while(backend: Backend, seconds: int) -> None:
    """No time at all is RequestRefused: there is no URL that never worked."""
    with pytest.raises(RequestRefused):
        opened(backend).presigned("dir/abc", seconds)


def test_every_vendor_is_tested_against_something() -> None:
    """Every vendor that can be configured is one that the contract holds for."""
    assert {tested.vendor for tested in TESTED.values()} == VENDORS.keys()
