"""JSON listings: what is read of them, and that nothing of another type or form is taken for it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import MalformedAnswer
from indexer.vendors.base import OBJECT_SCHEMA, Position
from indexer.vendors.listjson import (
    column,
    last_name,
    list_of,
    moments,
    not_passed,
    optional,
    read_answer,
    read_refusal,
    rows,
    text,
    within_the_calendar,
)

NO_SURROGATES = st.characters(exclude_categories=["Cs"])
KEYS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
LAST_MOMENT = 253_402_300_799_999_999


@given(
    st.dictionaries(
        st.text(NO_SURROGATES),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(NO_SURROGATES),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(NO_SURROGATES), inner),
            max_leaves=10,
        ),
    ),
    st.booleans(),
)
def test_what_is_written_is_read(told: dict[str, Any], ascii_only: bool) -> None:  # noqa: FBT001
    """Any object is read as it was written, whether or not its characters are escaped."""
    assert read_answer(json.dumps(told, ensure_ascii=ascii_only).encode()) == told


@given(st.binary(max_size=100))
def test_what_is_no_json_is_malformed(body: bytes) -> None:
    """Any bytes are an object or a MalformedAnswer, and never another error."""
    try:
        assert isinstance(read_answer(body), dict)
    except MalformedAnswer:
        assert read_refusal(body) == {}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"null",
        b"7",
        b'"text"',
        b"[]",
        b'[{"items": []}]',
        b"<html><body>Please log in</body></html>",
        b'{"items": [',
        b'{"items": []} {"items": []}',
        b'{"items": []}]',
        b'{"items": [],}',
        b"{'items': []}",
        b'\xef\xbb\xbf{"items": []}',
        '{"items": []}'.encode("utf-16"),
        b'{"key": "\xff"}',
        b'{"key": "\xed\xa0\x80"}',
        b'{"key": "line\nfeed"}',
        b'{"key": "\x00"}',
        b'{"size": NaN}',
        b'{"size": -Infinity}',
        b'{"size": 007}',
        b'{"size": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
    ids=range(25),
)
def test_what_is_no_object_is_malformed(body: bytes) -> None:
    """No answer but one whole JSON object in UTF-8 is read, however deep or large the others are."""
    with pytest.raises(MalformedAnswer, match="endpoint right"):
        read_answer(body)
    assert read_refusal(body) == {}


@pytest.mark.parametrize("body", [b'{"a": 1, "a": 1}', b'{"items": [{"key": "a", "k\\u0065y": "b"}]}'])
def test_a_name_that_stands_twice_is_malformed(body: bytes) -> None:
    """Of two fields of one name neither is taken for the right one, however the name is spelled."""
    with pytest.raises(MalformedAnswer, match="twice"):
        read_answer(body)


@pytest.mark.parametrize("half", ["\\ud800", "\\uDFFF", "\\ude00\\ud83d", "a\\ud83d b"])
@pytest.mark.parametrize("body", ['{"key": "%s"}', '{"%s": 1}', '{"items": [{"nothing of ours": ["%s"]}]}'])
def test_half_a_character_is_malformed(half: str, body: str) -> None:
    """Half of a surrogate pair is no text that could be stored, sent or shown."""
    with pytest.raises(MalformedAnswer):
        read_answer((body % half).encode())


def test_a_pair_is_a_character() -> None:
    """Both halves of a surrogate pair are the character that they stand for, and an escaped backslash is none."""
    assert read_answer(b'{"a": "\\ud83d\\ude00", "b": "\\\\ud83d"}') == {"a": "\U0001f600", "b": "\\ud83d"}


@pytest.mark.parametrize("objects", [[{}], [{"key": "a"}, {"kez": "b"}], ["key"], [["key"]], [7], [None]])
def test_an_object_without_its_field_is_malformed(objects: list[Any]) -> None:
    """An object that lacks what every object has is a MalformedAnswer, and not left out."""
    with pytest.raises(MalformedAnswer, match="has no key"):
        column(objects, "key", str)


@pytest.mark.parametrize("value", [None, True, 1.0, "1", [1], {"a": 1}])
def test_a_number_is_nothing_else(value: object) -> None:
    """Neither a text of figures nor a fraction or a truth is a number."""
    with pytest.raises(MalformedAnswer, match="size is a"):
        column([{"size": 1}, {"size": value}], "size", int)


def test_an_optional_field_may_lack() -> None:
    """A field that an object need not have is None where it is absent or null, and of its type otherwise."""
    assert optional([{"etag": "a"}, {}, {"etag": None}], "etag", str) == ["a", None, None]
    with pytest.raises(MalformedAnswer, match="etag is a int"):
        optional([{"etag": 7}], "etag", str)


@pytest.mark.parametrize(("told", "items"), [({}, []), ({"items": None}, []), ({"items": [1]}, [1])])
def test_a_list_may_be_told_or_not(told: dict[str, Any], items: list[int]) -> None:
    """No list is an empty one, and so is null, as Go writes it."""
    assert list_of(told, "items") == items


@pytest.mark.parametrize("value", [{}, "", "abc", 0, False])
def test_a_list_is_nothing_else(value: object) -> None:
    """What is no list is not read as one, nor taken for none."""
    with pytest.raises(MalformedAnswer, match="items is no list"):
        list_of({"items": value}, "items")


@pytest.mark.parametrize(("told", "value"), [({"code": "A"}, "A"), ({}, ""), ({"code": 7}, ""), ({"code": None}, "")])
def test_a_refusals_text_is_told_or_empty(told: dict[str, Any], value: str) -> None:
    """A refusal that does not tell its code as a text tells none."""
    assert text(told, "code") == value


def test_times_are_microseconds_in_utc() -> None:
    """Times in ISO 8601 are read to the microsecond."""
    told = ["1970-01-01T00:00:01Z", "2026-11-20T08:15:30.123Z", "2026-11-20T08:15:30.123456Z"]
    assert moments(told) == [1_000_000, 1_795_162_530_123_000, 1_795_162_530_123_456]
    assert moments([]) == []


@pytest.mark.parametrize(
    "told",
    [
        "",
        "yesterday",
        "2026-11-20T08:15:30",
        "2026-11-20T08:15:30+08:00",
        "2026-11-20T08:15:30.1234567Z",
        "2026-13-20T08:15:30Z",
        "0000-01-01T00:00:00Z",
        "1795162530",
    ],
)
def test_what_is_no_time_is_malformed(told: str) -> None:
    """A time that is not told in UTC, or that no calendar has, is a MalformedAnswer."""
    with pytest.raises(MalformedAnswer, match="last-modified"):
        moments(["2026-11-20T08:15:30Z", told])


@pytest.mark.parametrize("moment", [-(2**63), LAST_MOMENT + 1, 2**63, 10**4000])
def test_a_time_outside_of_the_calendar_is_malformed(moment: int) -> None:
    """A number of microseconds that no date can be made of is a MalformedAnswer."""
    with pytest.raises(MalformedAnswer, match="no year"):
        within_the_calendar([0, moment])


@given(
    st.lists(
        st.tuples(
            KEYS,
            st.integers(0, 2**64 - 1),
            st.none() | st.text(NO_SURROGATES),
            st.integers(0, LAST_MOMENT),
            st.none() | st.text(NO_SURROGATES),
        )
    )
)
def test_rows_hold_what_they_are_made_of(objects: list[tuple[str, int, str | None, int, str | None]]) -> None:
    """Every key, every size of 64 bits and every time is in the rows as it was told."""
    columns = [list(values) for values in zip(*objects, strict=True)] or [[], [], [], [], []]
    found = rows(*columns)
    assert found.schema == OBJECT_SCHEMA
    moments_found = found["last_modified"].cast("int64").to_pylist()
    assert [found[name].to_pylist() for name in ("key", "size", "etag")] == columns[:3]
    assert (moments_found, found["storage_class"].to_pylist()) == (columns[3], columns[4])


@pytest.mark.parametrize("size", [-1, 2**64, 10**4000])
def test_a_size_beyond_64_bits_is_malformed(size: int) -> None:
    """A size that is negative or larger than any is a MalformedAnswer."""
    with pytest.raises(MalformedAnswer, match="size"):
        rows(["a"], [size], [None], [0], [None])


def test_a_key_with_a_nul_is_malformed() -> None:
    """A NUL in a key is a MalformedAnswer."""
    with pytest.raises(MalformedAnswer, match="NUL"):
        rows(["a", "b\0c"], [1, 1], [None, None], [0, 0], [None, None])


@pytest.mark.parametrize(
    ("after", "left"),
    [
        (None, ("", "a/", "b/")),
        (Position("a/"), ("", "b/")),
        (Position("a/x", "TOKEN"), ("", "b/")),
        (Position("a"), ("", "a/", "b/")),
    ],
)
def test_a_common_prefix_that_was_passed_is_left_out(after: Position | None, left: tuple[str, ...]) -> None:
    """A common prefix that the position lies in was told before; one without a character is for the check to refuse."""
    assert not_passed(["", "a/", "b/"], after) == left


@pytest.mark.parametrize(
    ("keys", "prefixes", "name"),
    [(["a", "c"], ["b/"], "c"), (["a"], ["b/"], "b/"), ([], [], "before"), (["z"], [], "z")],
)
def test_a_page_ends_with_its_last_name(keys: list[str], prefixes: list[str], name: str) -> None:
    """A page ends with its last key or common prefix, and an empty one where it began."""
    nothing = [None] * len(keys)
    objects = rows(keys, [1] * len(keys), nothing, [0] * len(keys), nothing)
    assert last_name(objects, prefixes, Position("before")) == name
