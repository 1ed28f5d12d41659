"""A text is cut into its bodies exactly as they stand, valid or not."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.moderation.spans import spans
from moderation.test_repair import JSON


def pieces(text: str) -> list[str]:
    """The bodies of a text."""
    return [text[start:end] for start, end in spans(text)]


@given(st.lists(JSON, max_size=5), st.sampled_from([None, 1]))
def test_an_arrays_elements_come_back(values: list[Any], indent: int | None) -> None:
    """Each element of an array is a body, however it is indented."""
    assert [json.loads(piece) for piece in pieces(json.dumps(values, indent=indent))] == values


@given(st.lists(st.dictionaries(st.text(), JSON, max_size=3), max_size=5), st.sampled_from(["", " ", "\n", "\r\n"]))
def test_documents_one_after_the_other_come_back(values: list[Any], between: str) -> None:
    """Files that were put one behind the other are as many bodies."""
    assert [
        json.loads(piece) for piece in pieces(between.join(json.dumps(value, indent=1) for value in values))
    ] == values


@given(st.text(alphabet='[]{},":/\\ \n1a', max_size=40))
def test_nothing_is_left_over(text: str) -> None:
    """Whatever the text is, bodies do not overlap, and between them stand only blanks, comments and punctuation."""
    last = 0
    for start, end in spans(text):
        assert last <= start < end <= len(text)
        assert "a" not in _uncommented(text[last:start])
        last = end
    assert "a" not in _uncommented(text[last:])


def _uncommented(text: str) -> str:
    return "".join(line.partition("//")[0] for line in text.splitlines(keepends=True))


@pytest.mark.parametrize(
    ("text", "bodies"),
    [
        ("", []),
        (" \n\t ", []),
        ("[]", []),
        ("[ {} , ]", ["{}"]),
        ('[{"a": [1,]},\n {"b": "],"}]', ['{"a": [1,]}', '{"b": "],"}']),
        ('[{"a": 1}, {"b"', ['{"a": 1}', '{"b"']),
        ('// saved\n[{"a": 1}]', ['{"a": 1}']),
        ('{"a": 1} // done', ['{"a": 1}']),
        ('{"a": 1} garbage', ['{"a": 1}', "garbage"]),
        ('garbage [{"a": 1}]', ['garbage [{"a": 1}]']),
        ('{"a": "unclosed }', ['{"a": "unclosed }']),
        ("]}1", ["]", "}", "1"]),
    ],
)
def test_what_is_not_valid_is_cut_by_its_brackets(text: str, bodies: list[str]) -> None:
    """Trailing commas, comments, and what is cut off or does not belong there cost no other body."""
    assert pieces(text) == bodies


def test_the_time_grows_with_the_text_and_no_faster() -> None:
    """A large array, and texts made to be slow to cut, take no longer than their length warrants."""
    begun = time.perf_counter()
    for text in ("[" + '{"a": 1},' * 100_000 + "]", '"' * 200_001, ", " * 100_000, "//\n" * 100_000, '["\\' * 50_000):
        pieces(text)
    assert time.perf_counter() - begun < 10
