"""The journal of a listing: what is written is read back, and what was cut off or spoiled ends it."""

from __future__ import annotations

import errno
import json
import os
import zlib
from dataclasses import dataclass, replace
from io import FileIO
from pathlib import Path
from random import Random
from struct import Struct
from tempfile import TemporaryDirectory
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store.listings import Found, listing, page_of

from indexer.listing import journal as written
from indexer.listing.journal import Journal, Opening, journals, recover
from indexer.listing.ranges import WHOLE, KeyRange, untiled
from indexer.listing.shards import Listed, Shard, Shards
from listing.buckets import CUTS, KEYS, NOW, Work, covered, keys_of, ranges

OPENING = Opening("here", "incremental", NOW, (KeyRange(None, "m"), KeyRange("m", None)), 7, "for a reason, naïvely")
SEEDS = st.integers(0, 2**32)
FRAME = Struct("<4sIII")
"""What stands before each record: a mark, the lengths of its two parts, and their checksum."""


@dataclass
class Kept:
    """A journal that was left behind, and what it kept: the pages in their order, and the shards at their end."""

    path: Path
    listed: list[Listed]
    shards: list[Shard]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal is."""
    return tmp_path / "classroom.journal"


@pytest.fixture
def kept(path: Path) -> Kept:
    """The journal of a listing of two ranges that was split and broken off; objects beside them came first."""
    return left(path, {f"{letter}{number}" for letter in "aeimquy" for number in range(9)}, Random(5), steps=40)


def left(path: Path, keys: set[str], chance: Random, *, steps: int | None = None) -> Kept:
    """List by chance for so many steps, and leave the journal."""
    shards = Shards(OPENING.ranges, splittable=True, hints=["c", "g", "k", "o", "s", "w"])
    journal = Journal(path, OPENING)
    beside = page_of(listing("beside")).objects
    journal.beside(beside)
    pages = [Listed(None, beside, None), *Work(shards, keys, chance, journal).go_on(steps).listed]
    journal.close()
    return Kept(path, pages, shards.all)


def read(path: Path) -> tuple[list[Listed], list[Shard]]:
    """The pages and the shards that a journal kept; none where there is no journal."""
    found = recover(path)
    return (list(found.pages()), found.shards) if found else ([], [])


def told(listed: list[Listed]) -> list[tuple[int | None, dict[str, list[object]], KeyRange | None]]:
    """What pages tell, to be compared."""
    return [(each.shard, each.objects.to_pydict(), each.covers) for each in listed]


def progress(shards: list[Shard]) -> list[Shard]:
    """Shards as a journal keeps them: when the first page came, but not since when it is worked on."""
    return [replace(shard, pages_since_split=0, started_at=NOW if shard.pages else None) for shard in shards]


def ends(path: Path) -> list[int]:
    """Where each record of a journal ends."""
    content = path.read_bytes()
    found = [0]
    while found[-1] < len(content):
        _, head, body, _ = FRAME.unpack_from(content, found[-1])
        found.append(found[-1] + FRAME.size + head + body)
    return found[1:]


@given(KEYS, SEEDS, st.none() | st.integers(0, 80))
def test_what_is_written_is_read_back(keys: set[str], seed: int, steps: int | None) -> None:
    """Whatever was listed and split, the same pages come back, and the shards as far as they had come."""
    with TemporaryDirectory() as folder:
        kept = left(Path(folder) / "j", keys, Random(seed), steps=steps)
        found = recover(kept.path)
        assert found is not None
        assert found.opening == OPENING
        assert told(list(found.pages())) == told(kept.listed)
        assert progress(found.shards) == progress(kept.shards)


@given(KEYS, CUTS, SEEDS, st.integers(0, 80))
def test_a_listing_goes_on_from_its_journal(keys: set[str], cuts: list[str], seed: int, steps: int) -> None:
    """What the journal kept and what is listed after it are every key once, and the journal holds both."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "j"
        opening = replace(OPENING, ranges=tuple(ranges(cuts)))
        journal = Journal(path, opening)
        Work(Shards(opening.ranges, splittable=True), keys, Random(seed), journal).go_on(steps)
        journal.close()
        before, shards = read(path)
        again = Shards((), splittable=True)
        again.restore(shards, by_key=True)
        journal = Journal(path)
        after = Work(again, keys, Random(seed + 1), journal).go_on().listed
        journal.close()
        assert sorted(keys_of(before + after)) == sorted(keys)
        assert untiled(WHOLE, covered(before + after)) == []
        assert told(read(path)[0]) == told(before + after)
        assert read(path)[1] == progress(again.all)


def test_every_column_is_kept(path: Path) -> None:
    """Nulls, empty texts, odd keys and times to the microsecond come back as they were; so does a page without any."""
    objects = page_of({"": Found(0, None, 0, None), "中文 é\n\0\U0001f600": Found(2**63, "", -1, "")}).objects
    journal = Journal(path, OPENING)
    journal.beside(objects)
    journal.beside(objects.slice(1, 1))
    journal.page(Shard(0, None, "m"), Listed(0, objects.slice(0, 0), None), NOW)
    journal.close()
    assert [each.objects for each in read(path)[0]] == [objects, objects.slice(1, 1), objects.slice(0, 0)]


def test_a_journal_cut_off_anywhere_is_a_prefix(kept: Kept, tmp_path: Path) -> None:
    """At whatever byte the journal ends, all pages whose records are whole come back, and no other."""
    content, records = kept.path.read_bytes(), ends(kept.path)
    cut = tmp_path / "cut"
    for length in {*range(0, len(content), 7), *(end + more for end in records for more in (-1, 0, 1))}:
        cut.write_bytes(content[:length])
        whole = [end for end in records if end <= length]
        pages, shards = read(cut)
        assert told(pages) == told(kept.listed[: len(pages)])
        assert len(pages) == sum("split" not in each for each in heads(content, whole)[1:])
        assert len(shards) == (len(whole) and 2 + sum("split" in each for each in heads(content, whole)))
        assert not whole or cut.stat().st_size == whole[-1]


def heads(content: bytes, records: list[int]) -> list[dict[str, object]]:
    """What each record tells besides objects."""
    found = []
    for begin in [0, *records][: len(records)]:
        _, head, _, _ = FRAME.unpack_from(content, begin)
        start = begin + FRAME.size
        found.append(json.loads(content[start : start + head]))
    return found


def test_a_journal_with_a_spoiled_byte_is_a_prefix(kept: Kept, tmp_path: Path) -> None:
    """Whichever byte is wrong, the pages before its record come back, and neither it nor what follows."""
    content, records = kept.path.read_bytes(), ends(kept.path)
    spoiled, chance = tmp_path / "spoiled", Random(3)
    frames = [begin + at for begin in [0, *records[:-1]] for at in range(FRAME.size)]
    for at in {*frames, *range(0, len(content), 11)}:
        spoiled.write_bytes(content[:at] + bytes([content[at] ^ chance.randint(1, 255)]) + content[at + 1 :])
        whole = [end for end in records if end <= at]
        pages, _ = read(spoiled)
        assert told(pages) == told(kept.listed[: len(pages)])
        assert len(pages) == sum("split" not in each for each in heads(content, whole)[1:])
        assert not whole or spoiled.stat().st_size == whole[-1]


@pytest.mark.parametrize("tail", [b"", b"s", b"shot\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", b"\0" * 5000])
def test_a_journal_that_was_cut_off_is_gone_on_with(kept: Kept, tail: bytes) -> None:
    """What follows the last whole record is cut off, so that what is appended afterwards is read again."""
    with kept.path.open("ab") as file:
        file.write(tail)
    pages, _ = read(kept.path)
    journal = Journal(kept.path)
    objects = page_of(listing("new")).objects
    journal.beside(objects)
    journal.close()
    assert told(pages) == told(kept.listed)
    assert told(read(kept.path)[0]) == told([*pages, Listed(None, objects, None)])


def test_the_length_of_a_record_is_not_believed(path: Path) -> None:
    """A record that says it is longer than the file ends the journal, also where its checksum fits what is there."""
    journal = Journal(path, OPENING)
    journal.split(Shard(0, None, "c"), Shard(2, "c", "m"))
    journal.close()
    begin = ends(path)[0]
    content = bytearray(path.read_bytes())
    content[begin + 4] ^= 0x80
    path.write_bytes(content)
    assert [len(part) for part in read(path)] == [0, 2]
    assert path.stat().st_size == begin


def test_a_journal_of_another_version_is_not_gone_on_with(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another version wrote may mean something else: there is nothing to go on with."""
    with monkeypatch.context() as patched:
        patched.setattr(written, "VERSION", written.VERSION + 1)
        Journal(path, OPENING).close()
        assert recover(path) is not None
    assert recover(path) is None


@pytest.mark.parametrize("content", [b"", b"shot", b"no journal at all, and longer than a frame", b"\0" * 4096])
def test_a_file_that_is_no_journal_is_none(path: Path, content: bytes) -> None:
    """Whatever lies in the journal's place, the listing begins anew."""
    path.write_bytes(content)
    assert recover(path) is None


def test_a_record_without_an_opening_is_no_journal(path: Path) -> None:
    """Records whose opening was never written mean nothing."""
    path.touch()
    journal = Journal(path)
    journal.beside(page_of(listing("a")).objects)
    journal.close()
    assert recover(path) is None


def test_no_journal_is_none(path: Path) -> None:
    """Where no run was broken off, there is nothing to go on with."""
    assert recover(path) is None


def test_a_new_journal_forgets_the_old_one(kept: Kept) -> None:
    """A journal that begins with an opening holds nothing of what stood there."""
    Journal(kept.path, replace(OPENING, why="another one")).close()
    found = recover(kept.path)
    assert found is not None
    assert (found.opening.why, list(found.pages())) == ("another one", [])


def test_journals_stand_beside_the_index(tmp_path: Path) -> None:
    """An index has a folder of its own for them, which its name tells."""
    assert journals(tmp_path / "index.duckdb") == tmp_path / "index.duckdb.journal"


class Full:
    """A file on a disk that is full after so many bytes, and has room again once a write has failed."""

    def __init__(self, path: Path, room: int, *, raises: bool) -> None:
        self.name = str(path)
        self._file = FileIO(path, "a")
        self._room = room
        self._raises = raises

    def write(self, record: bytes) -> int:
        """Write what there is room for."""
        if len(record) <= self._room:
            self._room -= len(record)
            return self._file.write(record)
        if self._raises:
            self._room = 10**9
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), self.name)
        written = self._file.write(record[: self._room])
        self._room = 10**9
        return written

    def close(self) -> None:
        """Close it."""
        self._file.close()


@pytest.mark.parametrize("raises", [False, True], ids=["short write", "refused write"])
def test_a_full_disk_is_an_error_and_ends_the_journal(
    path: Path, monkeypatch: pytest.MonkeyPatch, *, raises: bool
) -> None:
    """A record that does not fit raises OSError, and so does every later one: it would follow a gap."""
    first, second = (page_of(listing(key)).objects for key in "ab")
    journal = Journal(path, OPENING)
    journal.beside(first)
    journal.close()
    whole = path.stat().st_size
    monkeypatch.setattr(Path, "open", lambda path, *_, **__: Full(path, 100, raises=raises))
    journal = Journal(path)
    for _ in range(3):
        with pytest.raises(OSError, match="No space left on device") as caught:
            journal.beside(second)
        assert caught.value.errno == errno.ENOSPC
        assert caught.value.filename == str(path)
    journal.close()
    monkeypatch.undo()
    assert told(read(path)[0]) == told([Listed(None, first, None)])
    assert path.stat().st_size == whole


def test_records_of_many_threads_stay_whole(path: Path) -> None:
    """Pages that several threads keep at once are all read back, each thread's in its order."""
    journal = Journal(path, replace(OPENING, ranges=(WHOLE,) * 8))

    def write(shard: Shard) -> None:
        for number in range(50):
            objects = page_of(listing(*(f"{shard.number} {number} {key}" for key in range(number)))).objects
            journal.page(shard, Listed(shard.number, objects, None), NOW)

    threads = [Thread(target=write, args=(Shard(number, None, None),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.close()
    pages, shards = read(path)
    assert [shard.pages for shard in shards] == [50] * 8
    for number in range(8):
        own = [each.objects.num_rows for each in pages if each.shard == number]
        assert own == list(range(50))


def test_a_checksum_covers_all_of_a_record(kept: Kept) -> None:
    """The checksum of each record is that of what it tells and of its objects."""
    content = kept.path.read_bytes()
    for begin, end in zip([0, *ends(kept.path)], ends(kept.path), strict=False):
        _, _, _, checksum = FRAME.unpack_from(content, begin)
        assert checksum == zlib.crc32(content[begin + FRAME.size : end])
