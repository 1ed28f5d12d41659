"""Cutting files into bodies: a file, a line, an array's element or a table's row, each with its place."""

from __future__ import annotations

import gzip
import os
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from indexer.errors import UsageError
from indexer.moderation import files
from moderation.bodies import inhouse, read

if TYPE_CHECKING:
    from pathlib import Path

ONE, TWO = '{"a": 1}', '{"b" : 2}'


def places(*paths: Path | str, stdin: bytes = b"") -> list[tuple[int, str]]:
    """The line and the text of every body."""
    return [(payload.source_line, payload.text) for payload in read(*paths, stdin=stdin)]


def written(folder: Path, content: str | bytes, name: str = "bodies.json") -> Path:
    """A file."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_one_body_a_file(tmp_path: Path) -> None:
    """A file that is one JSON value over several lines is one body, as it stands."""
    body = '{\n\n  "a": 1\n}'
    assert places(written(tmp_path, f"\n \n{body}\n\n")) == [(3, body)]


@pytest.mark.parametrize("name", ["bodies.jsonl", "bodies.ndjson", "bodies.JSONL", "bodies.json", "bodies", "b.log"])
def test_a_body_a_line(tmp_path: Path, name: str) -> None:
    """Lines are told by the file's name in any case, or by a first line that is whole JSON; empty ones are left out."""
    assert places(written(tmp_path, f"\n{ONE}\n\n  {TWO}\t\n \n", name)) == [(2, ONE), (4, TWO)]


def test_the_name_says_lines_though_the_first_is_broken(tmp_path: Path) -> None:
    """In a file named for its lines every line is a body, whatever is wrong with the others."""
    assert places(written(tmp_path, f'{{"a":\n{ONE}', "b.jsonl")) == [(1, '{"a":'), (2, ONE)]


def test_windows_lines(tmp_path: Path) -> None:
    """Lines that end in CRLF are bodies without it."""
    assert places(written(tmp_path, f"{ONE}\r\n\r\n{TWO}\r\n")) == [(1, ONE), (3, TWO)]


@pytest.mark.parametrize("content", [f"{ONE}\n{TWO}", f"[{ONE},\n{TWO}]"])
def test_a_byte_order_mark_is_no_part_of_a_body(tmp_path: Path, content: str) -> None:
    """A file that begins with a byte order mark is read as if it did not."""
    assert places(written(tmp_path, b"\xef\xbb\xbf" + content.encode())) == [(1, ONE), (2, TWO)]


@pytest.mark.parametrize("content", ["", "\n \n\r\n", "[]", "[ \n ]", "\ufeff"])
def test_nothing_holds_no_bodies(tmp_path: Path, content: str) -> None:
    """An empty file, and an empty array, hold no bodies."""
    assert places(written(tmp_path, content)) == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (f"[{ONE}, {TWO}]", [(1, ONE), (1, TWO)]),
        (f"[\n{ONE},\n{TWO}\n]\n", [(2, ONE), (3, TWO)]),
        (f"\n[\n\n\n{ONE}\n,\n\n{TWO}]", [(5, ONE), (8, TWO)]),
        (f'[\n{{"a":\n"],[,"}},\r\n{TWO}, "é",\n5]', [(2, '{"a":\n"],[,"}'), (4, TWO), (4, '"é"'), (5, "5")]),
    ],
)
def test_the_elements_of_an_array_are_bodies(tmp_path: Path, content: str, expected: list[tuple[int, str]]) -> None:
    """An array's elements are bodies exactly as they stand, each with the line where it begins."""
    assert places(written(tmp_path, content)) == expected


@pytest.mark.parametrize("content", ["[1,,2]", "[1", "[1] 2", "[1,\n", "[", '["a]', "[" * 100_000])
def test_a_broken_array_is_one_body(tmp_path: Path, content: str) -> None:
    """An array that is not whole is kept as one body, as it stands."""
    assert places(written(tmp_path, content)) == [(1, content.strip())]


def test_a_compressed_file_is_told_by_its_content(tmp_path: Path) -> None:
    """A gzip file is read whatever its name is, and its lines are told by the name before .gz."""
    packed = gzip.compress(f"{{\n{ONE}\n".encode()) + gzip.compress(TWO.encode())
    for name in ("b.jsonl.gz", "b.jsonl", "B.JSONL.GZ"):
        assert places(written(tmp_path, packed, name)) == [(1, "{"), (2, ONE), (3, TWO)]


@pytest.mark.parametrize("content", [f"{ONE}\n{TWO}", f"[{ONE}\n,{TWO}]"])
def test_standard_input(content: str) -> None:
    """A hyphen is standard input, plain or compressed, told by its content."""
    expected = [(1, ONE), (2, TWO)]
    assert places("-", stdin=content.encode()) == places("-", stdin=gzip.compress(content.encode())) == expected


def test_standard_input_may_be_named_twice(tmp_path: Path) -> None:
    """Standard input that is asked for again is at its end, and no error."""
    path = written(tmp_path, TWO)
    assert places("-", "-", path, stdin=ONE.encode()) == [(1, ONE), (1, TWO)]


def test_folders_and_globs(tmp_path: Path) -> None:
    """A folder is all files below it, a glob is what it matches, each file once and in the order of names."""
    for name in ("b/2.json", "a/1.json", "a/c/3.json"):
        written(tmp_path, f'"{name}"', name)
    everything = [(1, '"a/1.json"'), (1, '"a/c/3.json"'), (1, '"b/2.json"')]
    assert places(tmp_path) == places(f"{tmp_path}/**") == everything
    assert places(f"{tmp_path}/*/*.json") == [everything[0], everything[2]]
    assert [one.source_uri for one in read(f"{tmp_path}/b/?.json")] == [str(tmp_path / "b/2.json")]


def test_a_name_that_looks_like_a_glob(tmp_path: Path) -> None:
    """A file that is there under exactly this name is read, whatever it would match."""
    assert places(written(tmp_path, ONE, "[1].json")) == [(1, ONE)]


def test_a_file_name_that_is_no_utf_8(tmp_path: Path) -> None:
    """A file whose name is no UTF-8 is read, and its name is kept with those bytes escaped."""
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.json")
    written(tmp_path, ONE, os.path.basename(path))  # noqa: PTH119 - a name that Path cannot print
    (payload,) = read(path)
    assert payload.source_uri == f"{tmp_path}/caf\\xe9.json"


@pytest.mark.parametrize("path", ["no-such-file", "no-*-file", "", "a" * 300, "file/below"])
def test_a_path_that_matches_nothing_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """A path that is not there and matches nothing is a UsageError, and so is a name that no file can have."""
    monkeypatch.chdir(tmp_path)
    written(tmp_path, ONE, "file")
    with pytest.raises(UsageError):
        read(path)


@pytest.mark.parametrize("damage", [slice(-9), slice(12)], ids=["no end", "beginning only"])
def test_a_damaged_compressed_file_is_an_error(tmp_path: Path, damage: slice) -> None:
    """A gzip stream that is cut is a UsageError that names it, from a file and from standard input."""
    packed = gzip.compress(os.urandom(1000))[damage]
    path = written(tmp_path, packed)
    with pytest.raises(UsageError, match=r"bodies\.json cannot be read"):
        read(path)
    with pytest.raises(UsageError, match="stdin cannot be read"):
        read("-", stdin=packed)


@pytest.mark.parametrize("at", [3, 12, 40, -5])
def test_a_changed_byte_in_a_compressed_file_is_an_error(tmp_path: Path, at: int) -> None:
    """A gzip stream with a wrong byte anywhere in it is a UsageError."""
    packed = bytearray(gzip.compress(bytes(range(256)), mtime=0))
    packed[at] ^= 0xFF
    with pytest.raises(UsageError):
        read(written(tmp_path, bytes(packed)), "no-such-file")


def test_a_body_that_is_too_large_is_kept_with_its_beginning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file too large to be one body is kept with its first 64 KiB; a file of lines is never too large."""
    monkeypatch.setattr(files, "MOST_BYTES", 100_000)
    large = '{\n"a": "' + "é" * 60_000 + '"}'
    (payload,) = read(written(tmp_path, large))
    assert payload.parse_status == "failed"
    assert payload.parse_error == "is larger than 100000 bytes; its beginning is kept"
    assert (payload.raw or payload.text.encode()) == large.encode()[: 64 * 1024]
    lines = f"{ONE}\n" * 20_000
    assert len(read(written(tmp_path, lines))) == 20_000


def test_a_table_of_commas(tmp_path: Path) -> None:
    """A row of a CSV file is a body by the names in the first row, with the line where it begins."""
    path = written(tmp_path, '\n\ufeffobject,label\r\n1.jpg,"a ""b"", c"\r\n\r\n2.jpg,"two\nlines"\n3.jpg,\n', "t.CSV")
    path.write_bytes(path.read_bytes().replace(b"\n\xef\xbb\xbf", b"\xef\xbb\xbf"))
    told = [(one.source_line, one.text, one.verdicts[0].label) for one in read(path, forced=inhouse())]
    assert told == [
        (2, '{"object":"1.jpg","label":"a \\"b\\", c"}', 'a "b", c'),
        (4, '{"object":"2.jpg","label":"two\\nlines"}', "two\nlines"),
        (6, '{"object":"3.jpg","label":""}', None),
    ]


def test_rows_of_a_wrong_length_are_kept(tmp_path: Path) -> None:
    """A row with too few or too many cells is kept as failed with all of them, and the next one is read."""
    path = written(tmp_path, "object,label\n1.jpg\n2.jpg,porn,more\n3.jpg,porn\n", "t.csv")
    told = [(one.source_line, one.parse_status, one.parse_error, one.text) for one in read(path, forced=inhouse())]
    assert told == [
        (2, "failed", "has 1 cells and not 2", '{"cells":["1.jpg"]}'),
        (3, "failed", "has 3 cells and not 2", '{"cells":["2.jpg","porn","more"]}'),
        (4, "ok", None, '{"object":"3.jpg","label":"porn"}'),
    ]


@pytest.mark.parametrize("broken", ['2.jpg,"porn" x', f"2.jpg,{'x' * 200_000}"], ids=["quote", "long"])
def test_a_row_that_is_no_csv_is_kept(tmp_path: Path, broken: str) -> None:
    """A row that cannot be cut is kept as failed as it stands, and the next one is read."""
    path = written(tmp_path, f"object,label\n1.jpg,porn\n{broken}\n3.jpg,porn\n", "t.csv")
    told = [(one.source_line, one.parse_status, one.text) for one in read(path, forced=inhouse())]
    assert told[1] == (3, "failed", broken)
    assert [status for _, status, _ in told] == ["ok", "failed", "ok"]


def test_a_quote_that_does_not_end_is_no_row(tmp_path: Path) -> None:
    """A quoted cell that never ends does not swallow the rows behind it as its text: they are kept as failed."""
    path = written(tmp_path, 'object,label\n1.jpg,"porn\n2.jpg,porn\n', "t.csv")
    (payload,) = read(path, forced=inhouse())
    assert (payload.parse_status, payload.text) == ("failed", '1.jpg,"porn\n2.jpg,porn')


def test_a_first_row_that_is_no_csv_leaves_no_names(tmp_path: Path) -> None:
    """Without a readable first row there are no names, and every row is kept as failed."""
    path = written(tmp_path, '"object" x,label\n1.jpg,porn\n', "t.csv")
    assert [one.parse_status for one in read(path, forced=inhouse())] == ["failed", "failed"]


def test_a_parquet_table(tmp_path: Path) -> None:
    """A row of a Parquet file is a body by the names of its columns, numbered from one."""
    path = tmp_path / "t.parquet"
    scores = pa.array([0.5, float("nan"), None])
    pq.write_table(pa.table({"object": ["1.jpg", "2.jpg", "3.jpg"], "score": scores}), path)
    told = [(one.source_line, one.parse_status, one.text) for one in read(path, forced=inhouse())]
    assert told == [
        (1, "ok", '{"object":"1.jpg","score":0.5}'),
        (2, "failed", '{"object":"2.jpg","score":NaN}'),
        (3, "ok", '{"object":"3.jpg","score":null}'),
    ]


def test_a_compressed_parquet_table(tmp_path: Path) -> None:
    """A Parquet file inside of gzip is read too."""
    pq.write_table(pa.table({"object": ["1.jpg"]}), tmp_path / "t.parquet")
    path = written(tmp_path, gzip.compress((tmp_path / "t.parquet").read_bytes()), "t.parquet.gz")
    assert [one.text for one in read(path, forced=inhouse())] == ['{"object":"1.jpg"}']


def test_a_parquet_text_that_is_no_utf_8_is_an_error(tmp_path: Path) -> None:
    """A Parquet column of texts that are none is a UsageError that names the file."""
    damaged = pa.array([b"caf\xe9"]).view(pa.string())
    pq.write_table(pa.table({"object": damaged}), tmp_path / "t.parquet")
    with pytest.raises(UsageError, match=r"t\.parquet is no Parquet that can be read"):
        read(tmp_path / "t.parquet", forced=inhouse())


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" * 9, b"object,label\n"])
def test_a_damaged_parquet_table_is_an_error(tmp_path: Path, content: bytes) -> None:
    """A file that is named Parquet and is none is a UsageError."""
    with pytest.raises(UsageError, match=r"t\.parquet is no Parquet"):
        read(written(tmp_path, content, "t.parquet"), forced=inhouse())


def test_tables_are_read_for_a_mapping_of_ones_own_only(tmp_path: Path) -> None:
    """Without a mapping of the user's own a table is a file like any other, and kept as failed."""
    (payload,) = read(written(tmp_path, "object\n1.jpg\n", "t.csv"))
    assert (payload.parse_status, payload.text) == ("failed", "object\n1.jpg")
