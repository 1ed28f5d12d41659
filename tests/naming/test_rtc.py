"""Names of Cloud Recording and of screenshot upload."""

from __future__ import annotations

from datetime import datetime

import pytest

from indexer.naming import Layout
from naming.reading import Row, fields, reason, row, rows

NOW = datetime(2026, 1, 5, 10, 0, 5)  # noqa: DTZ001 - decoded times are naive UTC
TIME = "20260105100005000"


def test_the_first_version_of_names() -> None:
    """A name of v1 tells session, channel, user, stream type and time to the millisecond."""
    assert fields("dir1/dir2/38f8e3_room__uid_s_7__uid_e_video_20260105100005123.jpg") == {
        "kind": "screenshot",
        "service": "cloud-recording",
        "sid": "38f8e3",
        "cname": "room",
        "uid": 7,
        "stream_type": "video",
        "captured_at": NOW.replace(microsecond=123000),
        "captured_at_precision_ms": 1,
    }


def test_the_second_version_has_no_stream_type() -> None:
    """A name of v2 tells the same but the stream type."""
    first, second = row(f"s_c__uid_s_7__uid_e_video_{TIME}.jpg"), row(f"s_c__uid_s_7__uid_e_{TIME}.jpg")
    assert (first.pop("stream_type"), second.pop("stream_type")) == ("video", None)
    assert {**first, "key": ""} == {**second, "key": ""}


@pytest.mark.parametrize(
    ("text", "moment", "precision"),
    [
        ("20260105100005123", NOW.replace(microsecond=123000), 1),
        ("20260105100005", NOW, 1000),
        ("1767607205123", NOW.replace(microsecond=123000), 1),
        ("1767607205", NOW, 1000),
        ("20240229235959999", datetime(2024, 2, 29, 23, 59, 59, 999000), 1),  # noqa: DTZ001
        ("10000101000000000", datetime(1000, 1, 1), 1),  # noqa: DTZ001
        ("99991231235959999", datetime(9999, 12, 31, 23, 59, 59, 999000), 1),  # noqa: DTZ001
        ("9999999999", datetime(2286, 11, 20, 17, 46, 39), 1000),  # noqa: DTZ001
        ("9999999999999", datetime(2286, 11, 20, 17, 46, 39, 999000), 1),  # noqa: DTZ001
    ],
)
@pytest.mark.parametrize("before", ["video_", ""])
def test_a_time_is_read_by_its_length(before: str, text: str, moment: datetime, precision: int) -> None:
    """17 and 14 digits are a calendar time, 13 and 10 Unix time, and the precision is that of the digits."""
    found = row(f"s_c__uid_s_7__uid_e_{before}{text}.jpg")
    assert (found["captured_at"], found["captured_at_precision_ms"]) == (moment, precision)


def test_a_failover_has_its_number() -> None:
    """``bak<n>_`` before a name is the number of the failover, and no part of the sid."""
    found = rows([f"bak{number}_s_c__uid_s_5__uid_e_video_{TIME}.jpg" for number in range(100)])
    assert [(told["failover"], told["sid"]) for told in found] == [(number, "s") for number in range(100)]


@pytest.mark.parametrize(
    "cname",
    [
        "a_b",
        "a__b",
        "_",
        "__",
        "a_",
        "_a",
        "a b",
        "a%20b",
        "a+b#c?d&e=f",
        "!#$%&()+-:;<=.>?@[]^_{}|~,",
        "bak0_c",
        "x.jpg",
        f"x__uid_s_1__uid_e_video_{TIME}.jpg",
        "x__uid_s_1__uid_e_video_",
        "__uid_s_1__uid_e_",
        "a__uid_s",
        "a__uid_s_",
        "a__uid_s__uid_s",
        "a__uid_s__uid_s__uid_s",
        "a__uid_s___uid_s_",
        "a__uid_e_",
        "a__uid",
        "\u623f\u95f4",
        "e\u0301",
        "\u00e9",
        "\U0001f600\u200d\U0001f525",
        "\0",
        "a\nb\tc\x1b",
        "\u2028",
        "\ufeff",
        "\U0010ffff",
    ],
)
def test_a_channel_may_be_called_anything(cname: str) -> None:
    """A name is split at its last marker and its first underscore, whatever the channel's name has in it."""
    for sid, backup in (("38f8e3", None), ("38f8e3", 0), ("\u4f1a\u8bdd\U0001f600", None)):
        start = "" if backup is None else f"bak{backup}_"
        found = row(f"{cname}/{start}{sid}_{cname}__uid_s_5__uid_e_video_{TIME}.jpg")
        told = (found["sid"], found["cname"], found["uid"], found["failover"], found["captured_at"])
        assert told == (sid, cname, 5, backup, NOW)
        assert found["prefix"] == f"{cname}/"


@pytest.mark.parametrize(
    "prefix", ["", "/", "//", "a/", "a//b/", "__uid_s_1/", "bak0_/", "https://host/", "\u76ee/", "./"]
)
def test_a_prefix_may_be_anything(prefix: str) -> None:
    """What is before the last slash is the prefix, whole."""
    found = row(f"{prefix}s_c__uid_s_5__uid_e_{TIME}.jpg")
    assert (found["kind"], found["prefix"], found["cname"]) == ("screenshot", prefix, "c")


def test_the_longest_keys_are_read() -> None:
    """Keys of 1,024 bytes are read as any other, in any script."""
    end = f"__uid_s_5__uid_e_video_{TIME}.jpg"
    for letter in ("x", "\u00e9", "\u4e2d", "\U0001f600", "_"):
        room = 1024 - len(end) - len("s_/")
        cname = letter * (room // len(letter.encode()))
        padded = "p" * (room - len(cname.encode()))
        found = row(f"{padded}/s_{cname}{end}")
        assert len(found["key"].encode()) == 1024
        assert (found["cname"], found["prefix"]) == (cname, f"{padded}/")


@pytest.mark.parametrize("uid", [0, 1, 91, 2147483648, 4294967295])
def test_a_uid_is_an_unsigned_number_of_32_bits(uid: int) -> None:
    """Every number that the platform gives to users is read."""
    assert row(f"s_c__uid_s_{uid}__uid_e_video_{TIME}.jpg")["uid"] == uid


REASONS = [
    ("dir/", "a folder marker"),
    ("", "a folder marker"),
    ("README", "no extension"),
    (f"s_c__uid_s_7__uid_e_video_{TIME}", "no extension"),
    ("x.json", "not a file these services write: .json"),
    ("x.parquet", "not a file these services write: .parquet"),
    (f"s_c__uid_s_7__uid_e_video_{TIME}.jpeg", "not a file these services write: .jpeg"),
    (f"s_c__uid_s_7__uid_e_video_{TIME}.JPG", "the extension is not .jpg in lower case"),
    ("photo.jpg", "no uid marker"),
    (".jpg", "no uid marker"),
    ("s_c.jpg", "no uid marker"),
    (f"s_c__uid_s_7_{TIME}.jpg", "no uid marker"),
    (f"__uid_s_7/s_c_{TIME}.jpg", "no uid marker"),
    (f"s_c__uid_s__uid_e_{TIME}.jpg", "no uid marker"),
    ("index.m3u8", "no uid marker"),
    (f"s_c__uid_s___uid_e_{TIME}.jpg", "empty uid"),
    (f"s_c__uid_s_alice__uid_e_{TIME}.jpg", "uid is not a number: alice"),
    (f"s_c__uid_s_-7__uid_e_{TIME}.jpg", "uid is not a number: -7"),
    (f"s_c__uid_s_+7__uid_e_{TIME}.jpg", "uid is not a number: +7"),
    (f"s_c__uid_s_7 __uid_e_{TIME}.jpg", "uid is not a number: 7 "),
    (f"s_c__uid_s_ 7__uid_e_{TIME}.jpg", "uid is not a number:  7"),
    (f"s_c__uid_s_1e1__uid_e_{TIME}.jpg", "uid is not a number: 1e1"),
    (f"s_c__uid_s_1.0__uid_e_{TIME}.jpg", "uid is not a number: 1.0"),
    (f"s_c__uid_s_1_0__uid_e_{TIME}.jpg", "uid is not a number: 1_0"),
    (f"s_c__uid_s_0x7__uid_e_{TIME}.jpg", "uid is not a number: 0x7"),
    (f"s_c__uid_s_7\0__uid_e_{TIME}.jpg", "uid is not a number: 7\0"),
    (f"s_c__uid_s_\uff11\uff12\uff13__uid_e_{TIME}.jpg", "uid is not a number: \uff11\uff12\uff13"),
    (f"s_c__uid_s_\u0663__uid_e_{TIME}.jpg", "uid is not a number: \u0663"),
    (f"s_c__uid_s_007__uid_e_{TIME}.jpg", "uid with a leading zero: 007"),
    (f"s_c__uid_s_00__uid_e_{TIME}.jpg", "uid with a leading zero: 00"),
    (f"s_c__uid_s_4294967296__uid_e_{TIME}.jpg", "uid above 4294967295: 4294967296"),
    (f"s_c__uid_s_{'9' * 400}__uid_e_{TIME}.jpg", f"uid above 4294967295: {'9' * 400}"),
    (f"__uid_s_7__uid_e_{TIME}.jpg", "empty sid"),
    (f"_c__uid_s_7__uid_e_{TIME}.jpg", "empty sid"),
    (f"bak0___uid_s_7__uid_e_{TIME}.jpg", "empty sid"),
    (f"c__uid_s_7__uid_e_{TIME}.jpg", "no cname"),
    (f"bak0_c__uid_s_7__uid_e_{TIME}.jpg", "no cname"),
    (f"s___uid_s_7__uid_e_{TIME}.jpg", "empty cname"),
    (f"bak100_s_c__uid_s_7__uid_e_{TIME}.jpg", "failover number not understood: bak100"),
    (f"bak07_s_c__uid_s_7__uid_e_{TIME}.jpg", "failover number not understood: bak07"),
    (f"bak0_bak1_s_c__uid_s_7__uid_e_{TIME}.jpg", "failover number not understood: bak1"),
    ("s_c__uid_s_7__uid_e_.m3u8", "nothing after the uid"),
    (f"s_c__uid_s_7__uid_e_audio_{TIME}.jpg", "stream type is not video: audio"),
    (f"s_c__uid_s_7__uid_e_Video_{TIME}.jpg", "stream type is not video: Video"),
    (f"s_c__uid_s_7__uid_e_video_video_{TIME}.jpg", f"time is not a number: video_{TIME}"),
    (f"s_c__uid_s_7__uid_e_1_{TIME}.jpg", f"time is not a number: 1_{TIME}"),
    ("s_c__uid_s_7__uid_e_1_1767607205.jpg", "time is not a number: 1_1767607205"),
    (f"s_c__uid_s_7__uid_e_1__uid_e_{TIME}.jpg", f"time is not a number: 1__uid_e_{TIME}"),
    ("s_c__uid_s_7__uid_e_.jpg", "no time"),
    ("s_c__uid_s_7__uid_e_video_.jpg", "no time"),
    ("s_c__uid_s_7__uid_e_video.jpg", "time is not a number: video"),
    ("s_c__uid_s_7__uid_e_2026010510000500 .jpg", "time is not a number: 2026010510000500 "),
    ("s_c__uid_s_7__uid_e_ 2026010510000500.jpg", "time is not a number:  2026010510000500"),
    ("s_c__uid_s_7__uid_e_2026010510000 500.jpg", "time is not a number: 2026010510000 500"),
    ("s_c__uid_s_7__uid_e_video_ 176760720.jpg", "time is not a number:  176760720"),
    ("s_c__uid_s_7__uid_e_video_1e10.jpg", "time is not a number: 1e10"),
    ("s_c__uid_s_7__uid_e_video_00000001e9.jpg", "time is not a number: 00000001e9"),
    ("s_c__uid_s_7__uid_e_video_0000000001e12.jpg", "time is not a number: 0000000001e12"),
    ("s_c__uid_s_7__uid_e_video_00000000000002e16.jpg", "time is not a number: 00000000000002e16"),
    ("s_c__uid_s_7__uid_e_video_-176760720.jpg", "time is not a number: -176760720"),
    ("s_c__uid_s_7__uid_e_-176760720512.jpg", "time is not a number: -176760720512"),
    ("s_c__uid_s_7__uid_e_-2026010510000500.jpg", "time is not a number: -2026010510000500"),
    ("s_c__uid_s_7__uid_e_+2026010510000500.jpg", "time is not a number: +2026010510000500"),
    ("s_c__uid_s_7__uid_e_1_767_607_205.jpg", "time is not a number: 1_767_607_205"),
    ("s_c__uid_s_7__uid_e_0x17676072.jpg", "time is not a number: 0x17676072"),
    ("s_c__uid_s_7__uid_e_video_\uff11767607205.jpg", "time is not a number: \uff11767607205"),
    ("s_c__uid_s_7__uid_e_video_2026.jpg", "time has 4 digits and not 17, 14, 13 or 10: 2026"),
    (f"s_c__uid_s_7__uid_e_video_{TIME}0.jpg", f"time has 18 digits and not 17, 14, 13 or 10: {TIME}0"),
    ("s_c__uid_s_7__uid_e_video_20260231100005000.jpg", "not a calendar time: 20260231100005000"),
    ("s_c__uid_s_7__uid_e_video_20250229100005.jpg", "not a calendar time: 20250229100005"),
    ("s_c__uid_s_7__uid_e_video_20261301100005000.jpg", "not a calendar time: 20261301100005000"),
    ("s_c__uid_s_7__uid_e_video_20260105240000000.jpg", "not a calendar time: 20260105240000000"),
    ("s_c__uid_s_7__uid_e_video_20260105106000000.jpg", "not a calendar time: 20260105106000000"),
    ("s_c__uid_s_7__uid_e_video_20260105100060000.jpg", "not a calendar time: 20260105100060000"),
    ("s_c__uid_s_7__uid_e_video_00000101000000000.jpg", "not a calendar time: 00000101000000000"),
    ("s_c__uid_s_7__uid_e_video_0000000000.jpg", "not a calendar time: 0000000000"),
    ("s_c__uid_s_7__uid_e_video_0767607205123.jpg", "not a calendar time: 0767607205123"),
]


def test_every_other_name_has_a_reason() -> None:
    """A name that is neither screenshot, recording nor caption says what is wrong with it, with the text that is."""
    found = rows([key for key, _ in REASONS])
    assert [(told["key"], told["reason"]) for told in found] == REASONS
    assert {told["kind"] for told in found} == {"unparsed"}


@pytest.mark.parametrize("service", ["cloud-recording", "screenshot-upload"])
def test_a_reason_is_the_same_in_either_layout(service: str) -> None:
    """Cloud Recording and screenshot upload share their grammar, and so their reasons."""
    assert reason("photo.jpg", Layout(service)) == "no uid marker"


def test_a_layout_names_its_own_service() -> None:
    """A source's layout settles the service, whatever the folder and the case of the sid."""
    for folder, sid in (("20260105/", "38f8e3"), ("", "38F8E3"), ("", "38f8e3")):
        key = f"{folder}{sid}_c__uid_s_7__uid_e_video_{TIME}.jpg"
        for service in ("cloud-recording", "screenshot-upload"):
            assert row(key, Layout(service))["service"] == service


RECORDINGS: dict[str, Row] = {
    "s_a_b__uid_s_7__uid_e_video.m3u8": {"cname": "a_b", "uid": 7, "stream_type": "video"},
    "s_a__uid_s_7__uid_e_av.mpd": {"cname": "a", "uid": 7, "stream_type": "av"},
    "s_a__uid_s_7__uid_e_audio_123456789_3.m3u8": {"cname": "a", "uid": 7, "stream_type": "audio"},
    f"s_a__uid_s_7__uid_e_video_{TIME}.TS": {"cname": "a", "uid": 7, "stream_type": "video", "captured_at": NOW},
    f"s_a__uid_s_7__uid_e_{TIME}_h264.ts": {"cname": "a", "uid": 7, "captured_at": NOW},
    "s_a__uid_s_7__uid_e_12_h264.mp4": {"cname": "a", "uid": 7, "sequence": 12},
    "s_a__uid_s_7__uid_e_12.mp4": {"cname": "a", "uid": 7, "sequence": 12},
    "s_a__uid_s_7__uid_e_video_20260231100005000.ts": {"cname": "a", "uid": 7, "stream_type": "video"},
    "s_a__uid_s_7__uid_e_video_00000101000000000.ts": {"cname": "a", "uid": 7, "stream_type": "video"},
    f"s_a_5_{TIME}.ts": {"cname": "a_5", "captured_at": NOW},
    "s_a_00000101000000000.ts": {"cname": "a"},
    "s_a_5.m3u8": {"cname": "a_5"},
    "s_a_5_0.mp4": {"cname": "a_5", "sequence": 0},
    "s_a_5_1.MP3": {"cname": "a_5", "sequence": 1},
    "s_a_22194679897_3.m3u8": {"cname": "a"},
    "s_a\nb_2.aac": {"cname": "a\nb", "sequence": 2},
    "s_my-page-label.m3u8": {"cname": "my-page-label"},
    "bak1_s_a_0.mp4": {"cname": "a", "sequence": 0, "failover": 1},
    "bak2_s_a__uid_s_7__uid_e_video.m3u8": {"cname": "a", "uid": 7, "stream_type": "video", "failover": 2},
}


def test_recordings_beside_the_screenshots() -> None:
    """Index, slice and whole recordings, of one user or composite, from the backup or after a failover."""
    expected: Row = {"kind": "recording", "service": "cloud-recording", "sid": "s"}
    for found in rows(list(RECORDINGS)):
        told = {name: found[name] for name in (*expected, "cname", "uid", "stream_type", "sequence", "failover")}
        told["captured_at"] = found["captured_at"]
        told = {name: value for name, value in told.items() if value is not None}
        assert told == expected | RECORDINGS[found["key"]], found["key"]


@pytest.mark.parametrize("key", ["zh-CN_task_room.m3u8", "en-US_task_room_1.vtt", "x/task_room.vtt"])
def test_captions(key: str) -> None:
    """The captions that real-time speech recognition writes are captions, and no recording."""
    assert fields(key) == {"kind": "caption", "service": "cloud-recording"}
