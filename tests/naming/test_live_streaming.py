"""Names of live streaming: screenshots, and the recordings beside them."""

from __future__ import annotations

from datetime import datetime

import pytest

from naming.reading import LIVE, fields, row, rows

SID = "536694d6ef4b06c137b0e8a0a3f225a7"
STARTED = datetime(2021, 11, 22, 9, 47, 18, 109000)  # noqa: DTZ001 - decoded times are naive UTC
FILED = datetime(2021, 11, 23, 5, 12, 43)  # noqa: DTZ001
BEGIN = f"live/stream/{SID}_20211122094718109"


@pytest.mark.parametrize("prefix", ["", "snapshot/", "any/prefix/", "/", "__uid_s_1/", "\u76ee\u5f55/"])
def test_a_screenshot(prefix: str) -> None:
    """A name tells entry point, stream, session, its start, and the file's time to the second."""
    assert fields(f"{prefix}{BEGIN}_20211123051243.jpg", LIVE) == {
        "kind": "screenshot",
        "service": "live-streaming",
        "sid": SID,
        "app": "live",
        "stream": "stream",
        "session_started_at": STARTED,
        "captured_at": FILED,
        "captured_at_precision_ms": 1000,
    }
    assert row(f"{prefix}{BEGIN}_20211123051243.jpg", LIVE)["prefix"] == prefix


def test_a_file_date_may_have_milliseconds() -> None:
    """A screenshot whose file date has 17 digits is read to the millisecond."""
    found = row(f"{BEGIN}_20211123051243120.jpg", LIVE)
    assert (found["captured_at"], found["captured_at_precision_ms"]) == (FILED.replace(microsecond=120000), 1)


def test_a_file_date_is_no_slice_number() -> None:
    """A screenshot never has a sequence, and a number before its file date makes it unparsed."""
    shot, sliced = rows([f"{BEGIN}_20211123051243.jpg", f"{BEGIN}_0_20211123051243120.jpg"], LIVE)
    assert (shot["kind"], shot["sequence"]) == ("screenshot", None)
    assert (sliced["kind"], sliced["reason"]) == ("unparsed", "file date is not 14 digits: 0_20211123051243120")


def test_a_recording_has_a_slice_number() -> None:
    """An mp4 tells its slice number and its file date to the millisecond."""
    found = fields(f"record/{BEGIN}_12_20211123051243120.mp4", LIVE)
    told = (found["kind"], found["sequence"], found["captured_at"], found["session_started_at"])
    assert told == ("recording", 12, FILED.replace(microsecond=120000), STARTED)


@pytest.mark.parametrize("key", [f"{BEGIN}.m3u8", f"record/{BEGIN}.m3u8", f"encrypt/{BEGIN}.m3u8", f"{BEGIN}.mp4"])
def test_an_index_has_no_time_of_its_own(key: str) -> None:
    """An index or a whole recording tells its session and no more."""
    found = fields(key, LIVE)
    assert (found["kind"], found["session_started_at"]) == ("recording", STARTED)
    assert "captured_at" not in found


def test_a_recording_with_an_impossible_time_is_a_recording() -> None:
    """A recording is told by its shape; a time of its name that no calendar has is left out."""
    found = fields("live/stream/sid_00000101000000000_1_20260231000000000.mp4", LIVE)
    assert found == {
        "kind": "recording",
        "service": "live-streaming",
        "sid": "sid",
        "app": "live",
        "stream": "stream",
        "sequence": 1,
    }


@pytest.mark.parametrize(
    "name", ["a_b", "a__uid_s_1__uid_e_", "a b", "%20+#", "\u623f\u95f4", "\U0001f600e\u0301", "\0\n", "."]
)
def test_entry_point_and_stream_may_be_called_anything(name: str) -> None:
    """The two folders before the name are taken as they are."""
    found = row(f"snapshot/{name}/{name}/{SID}_20211122094718109_20211123051243.jpg", LIVE)
    assert (found["app"], found["stream"], found["prefix"]) == (name, name, "snapshot/")


def test_a_session_id_may_be_any_text() -> None:
    """A session id is what precedes the first underscore, in any script."""
    found = row("a/b/s\U0001f600e\u0301-1_20211122094718109_20211123051243.jpg", LIVE)
    assert (found["kind"], found["sid"]) == ("screenshot", "s\U0001f600e\u0301-1")


REASONS = [
    ("live/stream/", "a folder marker"),
    ("README", "no extension"),
    (f"{BEGIN}_20211123051243.webm", "not a file this service writes: .webm"),
    (f"{BEGIN}_20211123051243.JPG", "not a file this service writes: .JPG"),
    (f"{SID}_20211122094718109_20211123051243.jpg", "no {entryPoint}/{streamName}/ before the name"),
    (f"live/{SID}_20211122094718109_20211123051243.jpg", "no {entryPoint}/{streamName}/ before the name"),
    (f"live//{SID}_20211122094718109_20211123051243.jpg", "no {entryPoint}/{streamName}/ before the name"),
    (f"//{SID}_20211122094718109.mp4", "no {entryPoint}/{streamName}/ before the name"),
    ("live/stream/photo.jpg", "no session id"),
    ("live/stream/_20211122094718109_20211123051243.jpg", "no session id"),
    (f"live/stream/{SID}_.jpg", "no session date"),
    (f"live/stream/{SID}__20211123051243.jpg", "no session date"),
    (f"{BEGIN}.jpg", "no file date"),
    (f"{BEGIN}_.jpg", "no file date"),
    ("a/b/s_20211122094718_20211123051243.jpg", "session date is not 17 digits: 20211122094718"),
    ("a/b/s_1767607205_20211123051243.jpg", "session date is not 17 digits: 1767607205"),
    ("a/b/s_-2021112209471810_20211123051243.jpg", "session date is not 17 digits: -2021112209471810"),
    ("a/b/s_2021112209471810 _20211123051243.jpg", "session date is not 17 digits: 2021112209471810 "),
    ("a/b/s_\uff12021112209471810_20211123051243.jpg", "session date is not 17 digits: \uff12021112209471810"),
    ("a/b/s_20210231094718109_20211123051243.jpg", "not a calendar time: 20210231094718109"),
    ("a/b/s_00000101000000000_20211123051243.jpg", "not a calendar time: 00000101000000000"),
    (f"{BEGIN}_x.mp4", "not a slice number and a time of 17 digits: x.mp4"),
    (f"{BEGIN}_20211123051243.mp4", "not a slice number and a time of 17 digits: 20211123051243.mp4"),
    (f"{BEGIN}_0.jpg", "file date is not 14 digits: 0"),
    (f"{BEGIN}_1767607205.jpg", "file date is not 14 digits: 1767607205"),
    (f"{BEGIN}_1767607205123.jpg", "file date is not 14 digits: 1767607205123"),
    (f"{BEGIN}_1_20211123051243.jpg", "file date is not 14 digits: 1_20211123051243"),
    (f"{BEGIN}_2021112305124 .jpg", "file date is not 14 digits: 2021112305124 "),
    (f"{BEGIN}_20211123051260.jpg", "not a calendar time: 20211123051260"),
    (f"{BEGIN}_20211123240000.jpg", "not a calendar time: 20211123240000"),
    (f"{BEGIN}_00001123000000.jpg", "not a calendar time: 00001123000000"),
]


def test_every_other_name_has_a_reason() -> None:
    """A name that is neither screenshot nor recording says what is wrong with it, with the text that is."""
    found = rows([key for key, _ in REASONS], LIVE)
    assert [(told["key"], told["reason"]) for told in found] == REASONS
    assert {told["kind"] for told in found} == {"unparsed"}
