"""Strict JSON first; then without trailing commas and comments; and no string is ever touched."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.moderation.repair import Document, NotJson, read_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
# What looks like a fault, inside of strings.
TRICKY = st.text(alphabet='a"\\/,]}[{ \n', max_size=12)


@given(JSON)
def test_json_is_read_strictly(value: Any) -> None:
    """JSON is read as it is, and nothing is said to be repaired."""
    assert read_json(json.dumps(value)) == Document(value)


@given(st.lists(TRICKY, min_size=1, max_size=4), st.dictionaries(TRICKY, TRICKY, min_size=1, max_size=4))
def test_strings_survive_a_repair(texts: list[str], table: dict[str, str]) -> None:
    """Commas and comments between strings go, and the strings keep theirs."""
    faulty = f"{json.dumps([texts, table])[:-1]}, // a comment, ]\n ]"
    assert read_json(faulty) == Document([texts, table], "removed 1 comment and 1 trailing comma")


@pytest.mark.parametrize(
    ("faulty", "value", "what"),
    [
        ("[1,]", [1], "removed 1 trailing comma"),
        ('{"a": 1 , \r\n}', {"a": 1}, "removed 1 trailing comma"),
        ("[[1,],]", [[1]], "removed 2 trailing commas"),
        ('{"a": 1} // done', {"a": 1}, "removed 1 comment"),
        ('{"a": "http://x/,]", // c\n}', {"a": "http://x/,]"}, "removed 1 comment and 1 trailing comma"),
    ],
)
def test_what_was_repaired_is_said(faulty: str, value: object, what: str) -> None:
    """A repair is counted by what was too much."""
    assert read_json(faulty) == Document(value, what)


def test_seventeen_digits_are_exact() -> None:
    """An integer larger than 2**53 keeps its last digit."""
    assert read_json('{"timestamp": 20190611073246073,}').value == {"timestamp": 20190611073246073}


def test_the_last_of_equal_names_wins() -> None:
    """A field that stands twice is what it was said to be last."""
    assert read_json('{"a": 1, "a": 2}').value == {"a": 2}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no JSON at line 1, column 1: Expecting value"),
        ('{"a": 1,\n "b": oops}', "no JSON at line 2, column 7: Expecting value"),
        ('{"a": 1, // why\n "b": oops,}', "no JSON at line 2, column 7: Expecting value"),
        ('{"a": "NaN",\n "b": NaN}', "no JSON at line 2, column 7: NaN is no number"),
        ("[-Infinity]", "no JSON at line 1, column 3: Infinity is no number"),
        ("[1,,]", "no JSON at line 1, column "),
        ("[" * 100_000, "nested too deeply to be read"),
        ("[" * 100_000 + "1," + "]" * 100_000, "nested too deeply to be read"),
    ],
    ids=lambda value: value[:20],
)
def test_what_is_no_json_has_a_reason_and_a_place(text: str, reason: str) -> None:
    """The reason names the place in the text as it was received, repaired or not."""
    with pytest.raises(NotJson) as refused:
        read_json(text)
    assert str(refused.value).startswith(reason)


def test_a_number_too_long_to_read_is_a_reason() -> None:
    """A number of thousands of digits fails its body only."""
    with pytest.raises(NotJson, match="a number in it cannot be read"):
        read_json("9" * 5000)
