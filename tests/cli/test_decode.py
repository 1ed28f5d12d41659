"""``indexer decode``: keys from arguments and from stdin."""

from __future__ import annotations

import json

from cli.running import run
from indexer.naming import FIELDS

KEY = "shots/38f8e3cf_room_1__uid_s_91__uid_e_video_20260105100005250.jpg"


def test_decode_prints_one_object_a_key() -> None:
    """A decoded key is one JSON object with all fields, absent ones null, times in UTC to the millisecond."""
    (line,) = run("decode", KEY).stdout.splitlines()
    told = json.loads(line)
    assert tuple(told) == FIELDS
    assert told["captured_at"] == "2026-01-05T10:00:05.250Z"
    assert (told["uid"], told["failover"], told["reason"]) == (91, None, None)


def test_decode_reads_keys_from_stdin() -> None:
    """Keys come one a line on stdin, whatever ends the line and whatever bytes they are."""
    result = run("decode", stdin=KEY.encode() + b"\r\n\xff.jpg\n")
    assert [json.loads(line)["key"] for line in result.stdout.splitlines()] == [KEY, "\\xff.jpg"]


def test_a_key_of_other_bytes_is_the_same_from_an_argument() -> None:
    """An argument whose bytes are no UTF-8 is read as the same line on stdin is."""
    from_argument = run("decode", "shots/\udcff\udce9.jpg")
    assert from_argument.exit_code == 0
    assert json.loads(from_argument.stdout)["key"] == "shots/\\xff\\xe9.jpg"
    assert from_argument.stdout == run("decode", stdin=b"shots/\xff\xe9.jpg\n").stdout
