"""Loading odd names, and reading known names again under another layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indexer.naming import Layout, Template
from store.listings import Found, listing, rows, shot, source, sync

if TYPE_CHECKING:
    import duckdb

    Index = duckdb.DuckDBPyConnection

ODD_KEYS = (
    "nul\0in the middle.jpg",
    "\0",
    "\0.jpg",
    "中文/屏幕截图.jpg",
    "e\u0301 is not \u00e9.jpg",
    "\u00e9 is not e\u0301.jpg",
    "\U0001f600.jpg",
    "é" * 512,
    "x" * 1024,
    "'; DROP TABLE objects; --.jpg",
    '" OR 1=1 --',
    "$source",
    "?",
    "%s %n {0} {key}",
    "\\x00\\",
    "NULL",
    " ",
    "\t\r\n",
    "\x7f\x1b[2J",
    "a/./b/../c//d",
)


def test_odd_keys_are_whole() -> None:
    """The odd keys below are different ones, and the longest have the 1,024 bytes that a key may have."""
    assert len(set(ODD_KEYS)) == len(ODD_KEYS)
    assert max(len(key.encode()) for key in ODD_KEYS) == 1024


def test_every_odd_key_is_an_object(index: Index) -> None:
    """NUL, control characters, any script, quotes and SQL in a key are its text, and stay whole."""
    assert sync(index, source(), listing(*ODD_KEYS), max_keys=3).added == len(ODD_KEYS)
    assert {key for (key,) in rows(index, "SELECT key FROM objects")} == set(ODD_KEYS)
    assert sync(index, source(), listing(*ODD_KEYS)).added == 0


def test_an_odd_key_is_deleted_alone(index: Index) -> None:
    """An odd key that is listed no more is deleted, and no other key with it."""
    sync(index, source(), listing(*ODD_KEYS))
    for number in range(1, len(ODD_KEYS)):
        assert sync(index, source(), listing(*ODD_KEYS[number:])).deleted == 1
        assert {key for (key,) in rows(index, "SELECT key FROM objects WHERE deleted_at IS NULL")} == {
            *ODD_KEYS[number:]
        }


@pytest.mark.parametrize("cname", ["房间_1", "a'b;--", "nul\0", "x" * 300], ids=ascii)
def test_an_odd_channel_is_read_whole(index: Index, cname: str) -> None:
    """A screenshot's channel comes out of its name as it was, whatever characters are in it."""
    sync(index, source(), listing(shot(cname=cname)))
    assert rows(index, "SELECT cname, uid FROM screenshots") == [(cname, 7)]


@pytest.mark.parametrize("name", ["o'hara", 'a"b', "; DROP TABLE objects", "$prefix", ""])
def test_an_odd_prefix_and_source_are_text(index: Index, name: str) -> None:
    """A source's name and its prefix are data, never SQL."""
    keys = [f"{name}/1.jpg", f"{name}/2.jpg"]
    sync(index, source(name, prefix=name), listing(*keys))
    assert sync(index, source(name, prefix=name), listing(keys[0])).deleted == 1
    assert rows(index, "SELECT source, prefix FROM sources") == [(name, name)]


def test_large_numbers_are_whole(index: Index) -> None:
    """The largest uid, a size beyond 2^63 and times before 1970 are kept as they are."""
    sync(index, source(), {shot(uid=4_294_967_295): Found(size=2**63 + 1, last_modified=-1)})
    told = "uid, size, epoch_us(last_modified)"
    assert rows(index, f"SELECT {told} FROM screenshots") == [(4_294_967_295, 2**63 + 1, -1)]


LIVE = "record/live/karaoke/7.jpg"
BY_SEQUENCE = Layout("template", (Template("record/{AppName}/{StreamName}/{Sequence}.jpg"),))
BY_DAY = Layout("template", (Template("{AppName}/{StreamName}/{Date}{Hour}.jpg"),))
BY_DAY_IN_CHINA = Layout("template", (Template("{AppName}/{StreamName}/{Date}{Hour}.jpg", utc_offset_minutes=480),))


def test_another_layout_reads_all_names_again(index: Index) -> None:
    """A source whose layout was corrected has its known keys read again, which keep the run that first saw them."""
    sync(index, source(), listing(LIVE, shot()))
    assert rows(index, "SELECT key, kind FROM objects WHERE kind = 'screenshot'") == [(shot(), "screenshot")]
    assert sync(index, source(layout=BY_SEQUENCE), listing(LIVE, shot(), "record/live/karaoke/8.jpg")).added == 1
    told = "key, service, channel, sequence, sid, captured_at, first_seen_run"
    assert rows(index, f"SELECT {told} FROM screenshots ORDER BY key") == [
        (LIVE, "template", "live/karaoke", 7, None, None, 1),
        ("record/live/karaoke/8.jpg", "template", "live/karaoke", 8, None, None, 2),
    ]
    assert rows(index, "SELECT key, reason, first_seen_run FROM other_objects") == [
        (shot(), "does not follow the template", 1)
    ]


def test_names_read_again_are_no_change(index: Index) -> None:
    """Reading a name otherwise is no change of its object."""
    sync(index, source(), listing(LIVE, shot()))
    merged = sync(index, source(layout=BY_SEQUENCE), listing(LIVE, shot()))
    assert (merged.added, merged.changed, merged.deleted) == (0, 0, 0)


def test_deleted_names_are_read_again_too(index: Index) -> None:
    """Another layout reads the names of deleted objects and of those outside the prefix too, which stay so."""
    keys = ("record/live/gone/1.jpg", "record/live/here/1.jpg")
    sync(index, source(), listing(*keys, LIVE))
    sync(index, source(), listing(keys[1], LIVE))
    sync(index, source(layout=BY_SEQUENCE, prefix="record/live/h"), listing(keys[1]))
    told = "stream, sequence, first_seen_run, last_seen_run, deleted_at IS NOT NULL"
    assert rows(index, f"SELECT {told} FROM screenshots ORDER BY stream") == [
        ("gone", 1, 1, 1, True),
        ("here", 1, 1, 3, False),
        ("karaoke", 7, 1, 2, False),
    ]


def test_the_same_template_in_another_time_zone_is_another_reading(index: Index) -> None:
    """A template's time zone is part of how names are read: correcting it corrects the known times."""
    key = "live/karaoke/2026010510.jpg"
    hour = "SELECT hour(captured_at) FROM screenshots"
    sync(index, source(layout=BY_DAY), listing(key))
    assert rows(index, hour) == [(10,)]
    sync(index, source(layout=BY_DAY_IN_CHINA), listing(key))
    assert rows(index, hour) == [(2,)]


def test_another_grammar_reads_all_names_again(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """A release that reads names otherwise reads the known ones again, and does so once."""
    sync(index, source(), listing(shot()))
    index.execute("UPDATE names SET cname = 'as an old grammar read it'")
    sync(index, source(), listing(shot()))
    assert rows(index, "SELECT cname FROM objects") == [("as an old grammar read it",)]
    monkeypatch.setattr("indexer.store.described.GRAMMAR_VERSION", 1000)
    sync(index, source(), listing(shot()))
    assert rows(index, "SELECT cname FROM objects") == [("room_1",)]
    assert [grammar.split()[0] for (grammar,) in rows(index, "SELECT grammar FROM sources")] == ["1000"]
