"""Finding the object that a verdict is about: each way of it, which way goes before which, and what is a guess."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from indexer.naming import Layout, Template
from indexer.store import match
from store.listings import listing, rows, shot, source, sync
from store.payloads import matched, payload, take, verdict

if TYPE_CHECKING:
    import duckdb

    Index = duckdb.DuckDBPyConnection

AT = datetime.fromisoformat("2026-01-05 10:00:05")
MILLISECOND = timedelta(milliseconds=1)
NOTHING = (None, None, None, None)
WHO = {"sid": "38f8e3", "cname": "room_1", "uid": 7, "captured_at": AT, "captured_at_precision_ms": 1}


def buckets(index: Index, **keys: list[str]) -> None:
    """Sources of one bucket each, called alike."""
    for name, held in keys.items():
        sync(index, source(name, bucket=name), listing(*held))


def test_a_bucket_and_key_find_one_object(index: Index) -> None:
    """A key with its bucket is that bucket's object, though another bucket holds the same key."""
    buckets(index, one=["a.jpg"], two=["a.jpg"])
    assert matched(index, verdict(bucket="two", key="a.jpg")) == [("two", "a.jpg", "bucket-key", 1)]


def test_a_key_alone_finds_an_object(index: Index) -> None:
    """A key without a bucket is the object of that key."""
    buckets(index, one=["a.jpg", "b.jpg"])
    assert matched(index, verdict(key="b.jpg")) == [("one", "b.jpg", "key", 1)]


def test_a_key_in_a_bucket_that_is_no_source_is_found_by_the_key(index: Index) -> None:
    """A bucket that is not indexed, a CDN's name perhaps, does not stand in the way of the key."""
    buckets(index, one=["a.jpg"])
    assert matched(index, verdict(bucket="of-the-cdn", key="a.jpg")) == [("one", "a.jpg", "key", 1)]


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://one.oss.example/dir/a.jpg", "dir/a.jpg"),
        ("https://one.oss.example:8443/dir/a.jpg?Expires=1&Signature=a%2Fb/c#x", "dir/a.jpg"),
        ("s3://one/dir/a.jpg", "dir/a.jpg"),
        ("https://one.oss.example/a%20b+c/%E4%B8%AD%E6%96%87.jpg", "a b+c/中文.jpg"),
        ("https://oss.example/one/dir/a.jpg", "dir/a.jpg"),
        ("https://oss.example/one/a%20b%2Bc/%e4%b8%ad%e6%96%87.jpg", "a b+c/中文.jpg"),
        ("https://one.oss.example/100%25.jpg", "100%.jpg"),
        ("https://one.oss.example/100%.jpg", "100%.jpg"),
        ("https://one.oss.example//rooted.jpg", "/rooted.jpg"),
    ],
)
def test_an_address_finds_an_object(index: Index, url: str, key: str) -> None:
    """The path of an address is a key: as it stands or percent-decoded, behind a bucket or not, without its query."""
    buckets(index, one=["dir/a.jpg", "a b+c/中文.jpg", "100%.jpg", "/rooted.jpg"])
    assert matched(index, verdict(object_url=url)) == [("one", key, "url", 1)]


def test_an_address_as_it_stands_goes_before_its_decoding(index: Index) -> None:
    """A key may hold % itself: the path as it stands is tried before the decoded one."""
    buckets(index, one=["a%20b.jpg", "a b.jpg"])
    assert matched(index, verdict(object_url="https://cdn.example/a%20b.jpg")) == [("one", "a%20b.jpg", "url", 1)]


def test_a_folder_called_like_a_bucket_is_ambiguous(index: Index) -> None:
    """Where an address fits a key with and without its first part, both are candidates."""
    buckets(index, one=["one/a.jpg", "a.jpg"])
    assert matched(index, verdict(object_url="https://cdn.example/one/a.jpg")) == [("one", "a.jpg", "url", 2)]


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn.example/a%ff.jpg",
        "https://cdn.example/%ED%A0%80",
        "https://cdn.example/%",
        "https://cdn.example/one/",
        "https://cdn.example/",
        "https://cdn.example",
        "https://[::1",
        "no address",
        "://",
        "",
    ],
)
def test_an_address_of_nothing_finds_nothing(index: Index, url: str) -> None:
    """An address without a path, or one that is no UTF-8 when decoded, is about no object, and ends no run."""
    buckets(index, one=["a.jpg"])
    assert matched(index, verdict(object_url=url), verdict(key="a.jpg")) == [NOTHING, ("one", "a.jpg", "key", 1)]


def test_an_identity_finds_a_screenshot(index: Index) -> None:
    """Session, channel, user and time are one screenshot, where no key or address is told."""
    buckets(index, one=[shot(4), shot(5), shot(5, uid=8), shot(5, cname="room_2"), shot(5, sid="38f8e4")])
    assert matched(index, verdict(**WHO)) == [("one", shot(5), "identity", 1)]


def test_the_case_of_a_session_id_does_not_matter(index: Index) -> None:
    """Session ids are hexadecimal numbers, which some payloads write in upper case."""
    buckets(index, one=[shot(5)])
    assert matched(index, verdict(**WHO | {"sid": "38F8E3"})) == [("one", shot(5), "identity", 1)]


@pytest.mark.parametrize(
    ("told", "stored"),
    [
        (shot(5), f"bak0_{shot(5)}"),
        (f"bak1_{shot(5)}", shot(5)),
        (f"directory1/{shot(5)}", f"directory2/bak12_{shot(5)}"),
    ],
)
def test_a_name_that_was_written_otherwise_is_found_by_its_identity(index: Index, told: str, stored: str) -> None:
    """A stored name may have another prefix than the payload's, and bak<n>_ or not."""
    buckets(index, one=[stored, shot(6)])
    assert matched(index, verdict(key=told)) == [("one", stored, "identity", 1)]


@pytest.mark.parametrize(
    ("captured_at", "precision", "by"),
    [
        (AT, 1000, "identity"),
        (AT, 1, "identity"),
        (AT + 400 * MILLISECOND, 1000, "identity"),
        (AT + MILLISECOND, 1, "nearest"),
        (AT - MILLISECOND, 1000, "nearest"),
        (AT + timedelta(seconds=1), 1000, "nearest"),
        (AT + timedelta(seconds=5), 1, "nearest"),
        (AT - timedelta(seconds=5), 1, "nearest"),
        (AT + timedelta(seconds=5, milliseconds=1), 1, None),
    ],
)
def test_times_are_compared_as_finely_as_both_are_told(
    index: Index, captured_at: datetime, precision: int, by: str | None
) -> None:
    """Two times are one instant in the same second where one knows no more, and to the millisecond where both do.

    A picture of another instant within the tolerance is the nearest one.
    """
    buckets(index, one=[shot(5)])
    said = verdict(**WHO | {"captured_at": captured_at, "captured_at_precision_ms": precision})
    assert matched(index, said) == [("one", shot(5), by, 1) if by else NOTHING]


def test_the_nearest_picture_is_the_one_meant(index: Index) -> None:
    """Of several pictures of a user around an instant the nearest is shown, how far it is, and how many there are."""
    buckets(index, one=[shot(3), shot(5), shot(8), shot(40), shot(5, uid=8), shot(5, sid="38f8e4")])
    told = WHO | {"captured_at": AT + timedelta(seconds=1)}
    assert matched(index, verdict(**told)) == [("one", shot(5), "nearest", 3)]
    assert rows(index, "SELECT distance_ms FROM matches") == [(1000,)]


def test_the_nearest_picture_goes_before_one_that_is_still_there(index: Index) -> None:
    """What was taken when the verdict says is the evidence, though it was deleted and another one was not."""
    buckets(index, one=[shot(5), shot(8)])
    buckets(index, one=[shot(8)])
    told = WHO | {"captured_at": AT + timedelta(seconds=1)}
    assert matched(index, verdict(**told)) == [("one", shot(5), "nearest", 2)]


@pytest.mark.parametrize("missing", ["sid", "cname"])
def test_session_or_channel_can_be_missing_for_the_nearest(index: Index, missing: str) -> None:
    """A user in a channel, or in a session, at a time is a guess that is worth having."""
    buckets(index, one=[shot(5), shot(5, uid=8)])
    assert matched(index, verdict(**WHO | {missing: None})) == [("one", shot(5), "nearest", 1)]


def test_a_stream_at_a_time_is_a_picture(index: Index) -> None:
    """Without a user, application and stream tell whose picture is meant."""
    key = "live/karaoke/0123456789abcdef0123456789abcdef_20260105095900123_20260105100005.jpg"
    sync(index, source(layout=Layout("live-streaming")), listing(key, key.replace("karaoke", "chess")))
    told = {"app": "live", "stream": "karaoke", "captured_at": AT + timedelta(seconds=2), "captured_at_precision_ms": 1}
    assert matched(index, verdict(**told), verdict(**told | {"app": "dead"})) == [
        ("classroom", key, "nearest", 1),
        NOTHING,
    ]


@pytest.mark.parametrize(("tolerance", "by"), [(0, None), (0.5, None), (2, "nearest"), (60, "nearest")])
def test_the_tolerance_is_the_users(index: Index, tolerance: float, by: str | None) -> None:
    """How far a picture may be from a verdict's time is set in seconds; the very instant needs none."""
    buckets(index, one=[shot(5), shot(20)])
    apart = WHO | {"captured_at": AT + timedelta(seconds=1, milliseconds=500)}
    take(index, payload(verdict(**apart), verdict(**WHO, result_path="/1")))
    match(index, tolerance)
    assert sorted(rows(index, "SELECT matched_by FROM matches")) == sorted([("identity",), *([(by,)] if by else [])])


@pytest.mark.parametrize("stored", [f"directory1/directory2/{shot(5)}", f"{'0' * 10}/{shot(5)}"])
@pytest.mark.parametrize(
    "told", [{"key": f"elsewhere/{shot(5)}"}, {"object_url": f"https://cdn.example/re-hosted/{shot(5)}?[redacted]"}]
)
def test_the_last_part_of_a_path_finds_an_object(index: Index, stored: str, told: dict[str, str]) -> None:
    """A picture that was copied elsewhere is found by its name alone, where it is the only one of that name."""
    buckets(index, one=[stored, shot(6)], two=[shot(7)])
    assert matched(index, verdict(**told)) == [("one", stored, "name", 1)]


@pytest.mark.parametrize(
    "name", ["1767607205123.jpg", "0123456789abcdef.png", "01234567-89ab-cdef-0123-456789abcdef", "x-2026010510-y.jpg"]
)
def test_a_name_that_is_no_sessions_finds_an_object_too(index: Index, name: str) -> None:
    """A long number or an id tells an object as well as a whole screenshot's name does."""
    buckets(index, one=[f"here/{name}"])
    assert matched(index, verdict(key=f"there/{name}")) == [("one", f"here/{name}", "name", 1)]


@pytest.mark.parametrize("name", ["05_10.jpg", "a.jpg", "123456789.jpg", "room-screenshot-10-12-05-1280x720.jpg", ""])
def test_a_name_that_says_little_is_nobodys(index: Index, name: str) -> None:
    """A name that the next hour's or day's picture has too finds nothing, though it is the only one just now."""
    buckets(index, one=[f"11/{name}", "10/other.jpg"])
    assert matched(index, verdict(key=f"10/{name}")) == [NOTHING]


@pytest.mark.parametrize("one", ["a", "b"])
def test_a_name_that_two_objects_have_is_nobodys(index: Index, one: str) -> None:
    """Where two objects have the name, in one bucket or two, it tells none of them."""
    buckets(index, a=[f"x/{'1' * 13}.jpg"], b=[f"x/{'1' * 13}.jpg", f"{one}/{'1' * 13}.jpg"])
    assert matched(index, verdict(key=f"z/{'1' * 13}.jpg")) == [NOTHING]


def test_a_name_in_two_sources_of_one_bucket_is_one_objects(index: Index) -> None:
    """Two sources of one bucket, whose prefixes overlap, hold one object of the name and not two."""
    sync(index, source("all"), listing(f"shots/{shot(5)}"))
    sync(index, source("some", prefix="shots/"), listing(f"shots/{shot(5)}"))
    assert matched(index, verdict(key=f"other/{shot(5)}")) == [("all", f"shots/{shot(5)}", "name", 1)]


@pytest.mark.parametrize(
    "told", [{"sid": "other"}, {"cname": "other"}, {"uid": 8}, {"app": "x"}, {"captured_at": AT + timedelta(minutes=1)}]
)
def test_a_name_against_which_something_speaks_is_nobodys(index: Index, told: dict[str, Any]) -> None:
    """An object of the right name whose session, channel, user, stream or time is another one is not the one meant."""
    stored = f"here/{1767607205}.jpg"
    sync(index, source(layout=Layout("template", (Template("here/{UnixTimestamp}.jpg"),))), listing(stored))
    index.execute("UPDATE names SET sid = '38f8e3', cname = 'room_1', uid = 7, app = 'live'")
    agreeing = verdict(key="there/1767607205.jpg", **WHO, app="live")
    assert matched(index, agreeing) == [("classroom", stored, "name", 1)]
    index.execute("DELETE FROM verdicts; DELETE FROM payload_bodies")
    assert [by for _, _, by, _ in matched(index, replace(agreeing, **told))] != ["name"]


def test_a_name_of_whole_seconds_is_found_by_a_time_of_milliseconds(index: Index) -> None:
    """A key that tells whole seconds is found by any time within its second."""
    coarse = "38f8e3_room_1__uid_s_7__uid_e_video_20260105100005.jpg"
    buckets(index, one=[coarse])
    said = verdict(**WHO | {"captured_at": AT + 999 * MILLISECOND})
    assert matched(index, said) == [("one", coarse, "identity", 1)]


def test_two_screenshots_in_one_second_are_ambiguous(index: Index) -> None:
    """Where a time of whole seconds fits two screenshots, one is shown and both are counted."""
    later = shot(5).replace("05000.jpg", "05500.jpg")
    buckets(index, one=[shot(5), later])
    said = verdict(**WHO | {"captured_at_precision_ms": 1000})
    assert matched(index, said) == [("one", shot(5), "identity", 2)]


@pytest.mark.parametrize("missing", ["uid", "captured_at"])
def test_half_an_identity_finds_nothing(index: Index, missing: str) -> None:
    """Without the user, or without a time, a session and channel are no picture."""
    buckets(index, one=[shot(5)])
    assert matched(index, verdict(**WHO | {missing: None})) == [NOTHING]


def test_a_recording_is_found_by_its_name_alone(index: Index) -> None:
    """A recording is no screenshot of any instant, though its name tells a session, user and time."""
    recording = "38f8e3_room_1__uid_s_7__uid_e_video_20260105100005000.ts"
    buckets(index, one=[recording])
    assert rows(index, "SELECT sid, uid, captured_at FROM objects") == [("38f8e3", 7, AT)]
    said = (verdict(**WHO), verdict(key=recording))
    assert matched(index, *said) == [NOTHING, ("one", recording, "key", 1)]


def test_an_exact_way_goes_before_a_guess(index: Index) -> None:
    """Bucket and key go before the key alone, then an address, a name, an identity, and what is nearest in time."""
    address = "https://cdn.example/by-url.jpg"
    numbered = f"{'7' * 13}.jpg"
    buckets(index, one=["by-key.jpg", "by-url.jpg", shot(5), f"by-name/{numbered}"], two=["by-key.jpg"])
    assert matched(
        index,
        verdict(bucket="two", key="by-key.jpg", object_url=address, **WHO),
        verdict(bucket="three", key="by-url.jpg", object_url="https://cdn.example/by-key.jpg", **WHO),
        verdict(key="missing.jpg", object_url=address, **WHO),
        verdict(key=f"missing/{numbered}", object_url="https://cdn.example/missing.jpg", **WHO),
        verdict(key="missing.jpg", object_url="https://cdn.example/missing.jpg", **WHO),
        verdict(key="missing.jpg", **WHO | {"captured_at": AT + MILLISECOND}),
    ) == [
        ("two", "by-key.jpg", "bucket-key", 1),
        ("one", "by-url.jpg", "key", 1),
        ("one", "by-url.jpg", "url", 1),
        ("one", f"by-name/{numbered}", "name", 1),
        ("one", shot(5), "identity", 1),
        ("one", shot(5), "nearest", 1),
    ]


def test_a_deleted_object_of_the_right_name_goes_before_a_guess(index: Index) -> None:
    """What was deleted under the very key is the evidence, not a picture of the same instant elsewhere."""
    buckets(index, one=[shot(5), f"copy/{shot(5)}"])
    buckets(index, one=[f"copy/{shot(5)}"])
    assert matched(index, verdict(bucket="one", key=shot(5))) == [("one", shot(5), "bucket-key", 1)]


def test_a_key_in_two_buckets_is_ambiguous(index: Index) -> None:
    """A key that two buckets hold is shown in the first of them, and both are counted."""
    buckets(index, two=["a.jpg"], one=["a.jpg"])
    assert matched(index, verdict(key="a.jpg")) == [("one", "a.jpg", "key", 2)]


def test_a_present_object_goes_before_a_deleted_one(index: Index) -> None:
    """Of two candidates that are equally good the one that is still there is shown."""
    buckets(index, one=["a.jpg", "b.jpg"], two=["a.jpg"])
    buckets(index, one=["b.jpg"])
    assert matched(index, verdict(key="a.jpg")) == [("two", "a.jpg", "key", 2)]


def test_one_object_of_two_sources_is_certain(index: Index) -> None:
    """Two sources of one bucket, whose prefixes overlap, hold one object and not two."""
    sync(index, source("all"), listing("shots/a.jpg"))
    sync(index, source("some", prefix="shots/"), listing("shots/a.jpg"))
    assert matched(index, verdict(key="shots/a.jpg")) == [("all", "shots/a.jpg", "key", 1)]


def test_each_verdict_has_at_most_one_object(index: Index) -> None:
    """However many objects it could be, a verdict is one row among the violations."""
    copies = [f"{number}/{shot(5)}" for number in range(20)]
    buckets(index, one=copies, two=copies)
    matched(index, verdict(**WHO), verdict(key=copies[3]), verdict())
    assert rows(index, "SELECT matched_by, candidates FROM violations ORDER BY result_path") == [
        ("identity", 40),
        ("key", 2),
        (None, None),
    ]


def test_objects_that_come_later_are_found_then(index: Index) -> None:
    """What each verdict is about is found anew after a run: callbacks come before their picture is listed."""
    take(index, payload(verdict(key=shot(5))))
    match(index)
    assert rows(index, "SELECT evidence FROM violations") == [("missing",)]
    buckets(index, one=[shot(5)])
    match(index)
    assert rows(index, "SELECT evidence, source FROM violations") == [("present", "one")]
