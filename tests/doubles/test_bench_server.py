"""The benchmarks' list server lists as S3 does, from every position, and misbehaves as it is told."""

from __future__ import annotations

import http.client
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import unquote_plus, urlencode
from urllib.request import urlopen
from xml.etree import ElementTree as ET

import pytest
from bench.corpus import Corpus, Shape
from bench.odd import odd_keys
from bench.serving import ListServer, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.corpus import LayoutName

_NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"
_PREFIX = "shots/a+b/"
_KEYS, _ODD = 260, 24
_DELIMITERS = ("_", "/", "__uid_s_", "2026", "0", "jpg")


@dataclass(frozen=True)
class Listed:
    """One answer, read."""

    texts: dict[str, str]
    objects: dict[str, dict[str, str]]
    prefixes: list[str]

    @property
    def truncated(self) -> bool:
        """Whether more follows."""
        return self.texts["IsTruncated"] == "true"

    @property
    def items(self) -> list[str]:
        """Keys and common prefixes, in order."""
        return sorted([*self.objects, *self.prefixes], key=str.encode)


def ask(server: ListServer, **query: str | int) -> Listed:
    """Send one list request; an underscore in a name stands for a dash."""
    asked = urlencode({name.replace("_", "-"): value for name, value in query.items() if value != ""})
    with urlopen(f"{server.url}/{server.bucket}?{asked}") as answer:
        root = ET.fromstring(answer.read())
    decode = unquote_plus if query.get("encoding_type") == "url" else str
    children = {name: list(root.iter(f"{_NAMESPACE}{name}")) for name in ("Contents", "CommonPrefixes")}
    objects = [{child.tag.removeprefix(_NAMESPACE): child.text or "" for child in one} for one in children["Contents"]]
    return Listed(
        texts={child.tag.removeprefix(_NAMESPACE): child.text or "" for child in root if not len(child)},
        objects={decode(one["Key"]): one for one in objects},
        prefixes=[decode(one[0].text or "") for one in children["CommonPrefixes"]],
    )


def walked(server: ListServer, **query: str | int) -> list[str]:
    """All keys and common prefixes, page by page."""
    items: list[str] = []
    going_on: dict[str, str] = {}
    while True:
        page = ask(server, **query | going_on)
        items += page.items
        if not page.truncated:
            return items
        if query.get("list_type") == 2:
            going_on = {"continuation_token": page.texts["NextContinuationToken"]}
        else:
            going_on = {"marker": unquote_plus(page.texts["NextMarker"]) if "delimiter" in query else page.items[-1]}


def rolled_up(keys: list[str], prefix: str, delimiter: str, after: str = "") -> list[str]:
    """What a listing tells, by the definition: keys that hold the delimiter stand for what they have in common."""
    items: dict[str, None] = {}
    for key in keys:
        if key.startswith(prefix) and key.encode() > after.encode():
            rest, found, _ = key[len(prefix) :].partition(delimiter) if delimiter else (key, "", "")
            items[prefix + rest + found if found else key] = None
    return [item for item in items if not (item == after and item.endswith(delimiter))]


@pytest.fixture(scope="module", params=["cloud-recording", "screenshot-upload"])
def layout(request: pytest.FixtureRequest) -> LayoutName:
    """The shape of the keys."""
    name: LayoutName = request.param
    return name


@pytest.fixture(scope="module")
def server(layout: LayoutName) -> Iterator[ListServer]:
    """A small bucket: sessions that cross midnight, and odd keys."""
    with serving(keys=_KEYS, odd=_ODD, per_session=40, interval=3600, prefix=_PREFIX, layout=layout) as running:
        yield running


@pytest.fixture(scope="module")
def keys(layout: LayoutName) -> list[str]:
    """What the bucket holds, in order."""
    corpus = Corpus(Shape(_KEYS, layout, per_session=40, interval=3600, prefix=_PREFIX))
    made_up = [corpus.key(ordinal).decode() for ordinal in range(_KEYS)]
    assert made_up == sorted(set(made_up))
    return sorted([*made_up, *odd_keys(_PREFIX, _ODD)], key=str.encode)


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("encoding", ["", "url"])
@pytest.mark.parametrize("limit", [7, 1000])
def test_a_walk_finds_every_key_once_and_in_order(
    server: ListServer, keys: list[str], version: int, encoding: str, limit: int
) -> None:
    """By markers and by tokens, plain and url-encoded, the pages join to the whole bucket."""
    assert walked(server, list_type=version, encoding_type=encoding, max_keys=limit) == keys


def test_a_listing_starts_after_any_text(server: ListServer, keys: list[str]) -> None:
    """Keys, texts between two keys, and texts before and behind all keys are good for a start."""
    starts = [*keys[::9], *(key[:-1] for key in keys[::9]), *(key + "x" for key in keys[::9]), "!", "~~"]
    for start in starts:
        expected = [key for key in keys if key.encode() > start.encode()][:5]
        assert list(ask(server, list_type=2, start_after=start, max_keys=5).objects) == expected
        assert list(ask(server, marker=start, max_keys=5).objects) == expected


def test_a_prefix_bounds_the_listing(server: ListServer, keys: list[str]) -> None:
    """Only keys that begin with the prefix are listed, wherever the listing starts."""
    for prefix in {key[:length] for key in keys[::20] for length in (3, 12, 40, 80, len(key))} | {"none"}:
        held = [key for key in keys if key.startswith(prefix)]
        assert walked(server, list_type=2, prefix=prefix, max_keys=50) == held
        assert walked(server, list_type=2, prefix=prefix, start_after="a") == held


@pytest.mark.parametrize("delimiter", _DELIMITERS)
@pytest.mark.parametrize("prefix", ["", _PREFIX, _PREFIX + "c1"])
@pytest.mark.parametrize("limit", [1, 6])
def test_common_prefixes_are_told_once_and_counted(
    server: ListServer, keys: list[str], delimiter: str, prefix: str, limit: int
) -> None:
    """With any delimiter, ListObjects and ListObjectsV2 tell what the definition tells, at most ``limit`` a page."""
    expected = rolled_up(keys, prefix, delimiter)
    assert walked(server, list_type=2, prefix=prefix, delimiter=delimiter, max_keys=limit) == expected
    assert walked(server, prefix=prefix, delimiter=delimiter, max_keys=limit, encoding_type="url") == expected
    page = ask(server, list_type=2, prefix=prefix, delimiter=delimiter, max_keys=limit)
    assert int(page.texts["KeyCount"]) == len(page.items) == min(limit, len(expected))


@pytest.mark.parametrize("delimiter", _DELIMITERS)
def test_a_start_within_a_common_prefix_tells_it_again_while_keys_of_it_follow(
    server: ListServer, keys: list[str], delimiter: str
) -> None:
    """Positions are compared with keys; only a position that is a common prefix itself passes all of it."""
    for start in [*keys[::7], *rolled_up(keys, _PREFIX, delimiter)[::3]]:
        expected = rolled_up(keys, _PREFIX, delimiter, start)
        page = ask(server, list_type=2, prefix=_PREFIX, delimiter=delimiter, start_after=start)
        assert page.items == expected


def test_an_answer_tells_what_was_asked(server: ListServer) -> None:
    """Name, prefix, delimiter, limit and position are repeated, and the token is no key."""
    page = ask(server, list_type=2, prefix=_PREFIX, max_keys=2, delimiter="zzz", start_after="s", encoding_type="url")
    token = page.texts.pop("NextContinuationToken")
    assert _PREFIX not in token
    assert page.texts == {
        "Name": server.bucket,
        "Prefix": "shots/a%2Bb/",
        "StartAfter": "s",
        "KeyCount": "2",
        "MaxKeys": "2",
        "Delimiter": "zzz",
        "EncodingType": "url",
        "IsTruncated": "true",
    }


def test_no_keys_asked_for_is_no_truncated_page(server: ListServer) -> None:
    """A limit of nothing gives an empty page that is the last."""
    page = ask(server, list_type=2, max_keys=0)
    assert (page.items, page.truncated) == ([], False)


def test_objects_differ_and_are_written_after_their_shot(server: ListServer, keys: list[str]) -> None:
    """Etags do not repeat, sizes are a picture's, and times follow the time in the key by one to four seconds."""
    page = ask(server, list_type=2, max_keys=1000)
    assert list(page.objects) == keys
    assert len({one["ETag"] for one in page.objects.values()}) == len(keys)
    assert all(20_000 <= int(one["Size"]) < 200_000 for one in page.objects.values())
    shots = [(key, one) for key, one in page.objects.items() if "room_" in key]
    assert len(shots) == _KEYS
    for key, one in shots:
        captured = datetime.strptime(f"{key[-21:-4]}000+0000", "%Y%m%d%H%M%S%f%z")
        written = datetime.fromisoformat(one["LastModified"]) - captured
        assert timedelta(seconds=1) <= written <= timedelta(seconds=4)


def test_the_same_seed_makes_the_same_bytes() -> None:
    """Two corpora of one shape are one, and another seed makes another."""
    shape = Shape(5000, per_session=3000)
    first, again = ([bytes(part) for part in Corpus(shape).rendered(range(5000), url=False)] for _ in range(2))
    assert first == again
    assert first != [
        bytes(part) for part in Corpus(Shape(5000, per_session=3000, seed=2)).rendered(range(5000), url=False)
    ]


def test_objects_can_be_added_overwritten_and_deleted() -> None:
    """A changed bucket lists what it holds now, and an overwritten object has another etag."""
    with serving(keys=30, per_session=10) as server:
        before = ask(server, list_type=2).objects
        overwritten, deleted = sorted(before)[5], sorted(before)[9:12]
        server.add(["0 first", overwritten, "zzz&last", deleted[0] + "x"])
        server.delete([*deleted, "never was"])
        after = ask(server, list_type=2).objects
        assert list(after) == sorted({*before, "0 first", "zzz&last", deleted[0] + "x"} - {*deleted})
        assert after[overwritten]["ETag"] != before[overwritten]["ETag"]
        assert walked(server, list_type=2, max_keys=2) == list(after)
        server.delete([overwritten])
        server.add([deleted[0]])
        assert set(ask(server, list_type=2).objects) == {*after, deleted[0]} - {overwritten}
        assert server.counts()["keys"] == len(after)


def test_another_bucket_is_not_there(server: ListServer) -> None:
    """Its listing is answered 404 NoSuchBucket, and HEAD tells the one bucket from others."""
    with pytest.raises(HTTPError) as caught:
        urlopen(f"{server.url}/other?list-type=2")
    with caught.value as error:
        assert (error.code, b"<Code>NoSuchBucket</Code>" in error.read()) == (404, True)
    assert [_head(server, f"/{name}") for name in (server.bucket, "other")] == [200, 404]


def _head(server: ListServer, path: str) -> int:
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"))
    try:
        connection.request("HEAD", path)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("slowdown", HTTPError),
        ("internal", HTTPError),
        ("reset", ConnectionResetError),
        ("truncate", http.client.IncompleteRead),
    ],
)
def test_a_fault_is_what_its_name_says(fault: str, error: type[Exception]) -> None:
    """Every request fails where the rate is one, in the way that was chosen, and is counted as that."""
    with serving(keys=50, fault_rate=1, faults=fault) as server:
        with pytest.raises(error) as caught:
            ask(server, list_type=2)
        if isinstance(caught.value, HTTPError):
            with caught.value as refused:
                assert refused.code == {"slowdown": 503, "internal": 500}[fault]
        counts = server.counts()
    assert (counts["requests"], counts["answered"], counts["faults"]) == (1, 0, {fault: 1})


def test_the_seed_draws_the_faults() -> None:
    """Two servers of one seed fail the same requests."""
    failures = []
    for _ in range(2):
        with serving(keys=5, fault_rate=0.5, faults="internal,slowdown", seed=9) as server:
            failures.append([_status(server) for _ in range(20)])
    assert failures[0] == failures[1]
    assert set(failures[0]) == {200, 500, 503}


def _status(server: ListServer) -> int:
    try:
        ask(server, list_type=2)
    except HTTPError as error:
        error.close()
        return error.code
    return 200


def test_more_requests_than_the_rate_allows_are_told_to_slow_down() -> None:
    """Of a burst, as many are answered as a second may have; the others get SlowDown, and are counted."""
    with serving(keys=5, throttle=5) as server:
        answers = [_status(server) for _ in range(12)]
        assert answers[:5] == [200] * 5
        assert 503 in answers
        assert server.counts()["faults"]["throttled"] == answers.count(503)


def test_answers_wait_side_by_side() -> None:
    """Eight requests at once take the time of one."""
    with serving(keys=5, latency=300) as server, ThreadPoolExecutor(8) as threads:
        begun = time.monotonic()
        list(threads.map(lambda _: ask(server, list_type=2), range(8)))
        taken = time.monotonic() - begun
    assert 0.3 <= taken < 8 * 0.3


def test_pages_are_counted_by_where_they_begin() -> None:
    """A start after a key, a token and a marker that stand for it are one position; a fault is no answer."""
    with serving(keys=30, count_positions=True, prefix="p/") as server:
        page = ask(server, list_type=2, prefix="p/", max_keys=10)
        last = list(page.objects)[-1]
        ask(server, list_type=2, max_keys=10, continuation_token=page.texts["NextContinuationToken"])
        ask(server, list_type=2, max_keys=10, start_after=last)
        ask(server, marker=last)
        ask(server, delimiter="/")
        with suppress(HTTPError):
            ask(server, list_type=2, max_keys="many")
        counts = server.counts()
    assert counts["positions"] == {"p/": 1, last: 3}
    assert counts["delimited"] == {"": 1}
