"""The parser of bodies: strict first, then without the two faults that the documents have, and never a crash."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.moderation.base import Unmappable
from indexer.moderation.repair import parse_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_json_is_read_as_it_is(value: object) -> None:
    """Whatever is JSON is read as it is, and nothing is said to be repaired."""
    assert parse_json(json.dumps(value, ensure_ascii=False)) == (value, None)


@given(JSON)
def test_a_repair_leaves_strings_alone(value: object) -> None:
    """With a comma too many and a comment the value is the same, whatever stands inside its strings."""
    body = f'{{"value": {json.dumps(value)}, // a comment\n "more": [1,2, ] , }}'
    read, repaired = parse_json(body)
    assert read == {"value": value, "more": [1, 2]}
    assert str(repaired).startswith("removed comments and commas: ")


@pytest.mark.parametrize("text", ["http://shots.example/1", ",]", ", }", '\\"//,]', "// no comment", "\\\\"])
@pytest.mark.parametrize("end", [",", "// comment\n"])
def test_what_looks_like_a_fault_inside_a_string_stays(text: str, end: str) -> None:
    """An address, a comma before a bracket, or an escaped quote inside a string stays when the body is repaired."""
    value, repaired = parse_json(f'{{"text": {json.dumps(text)}{end}}}')
    assert value == {"text": text}
    assert str(repaired).startswith("removed com")


@pytest.mark.parametrize(
    ("body", "repaired"),
    [("[1,]", "removed commas: "), ("[1 // one\n]", "removed comments: "), ("[1, // one\n]", "removed comments and ")],
)
def test_the_repair_is_named(body: str, repaired: str) -> None:
    """What was removed is said, with the parser's own reason behind it."""
    assert str(parse_json(body)[1]).startswith(repaired)


@pytest.mark.parametrize(
    "body",
    [
        *("", "{", "[1,,]", "[,]", "{,}", "{'a': 1}", '{"a" 1}', "// only a comment", '"\\', '"\\ud8'),
        *("NaN", "[Infinity]", '{"a": -Infinity}', '{"a": "\x00"}', "[1] [2]", "/* block */ {}"),
        *("9" * 5000, "[" * 100_000, '{"a":' * 100_000, "[" * 100_000 + "]" * 100_000, '"' + '\\"' * 500_000),
    ],
    ids=lambda body: f"{body[:12]!r}-{len(body)}",
)
def test_what_is_no_json_has_a_reason(body: str) -> None:
    """A body that is no JSON, nested too deeply, or with a number too long is Unmappable and nothing else."""
    with pytest.raises(Unmappable, match=r"^is (no JSON: .+|nested too deeply)"):
        parse_json(body)


def test_long_numbers_stay_exact() -> None:
    """A number that no float can hold is read to its last digit."""
    assert parse_json("[20260105100005073, 20260105100005070]")[0] == [20260105100005073, 20260105100005070]


@given(st.text(alphabet='{}[],:"\\/ \n1aN') | st.text())
def test_any_text_is_read_or_unmappable(body: str) -> None:
    """Whatever text comes, it is read or Unmappable."""
    with suppress(Unmappable):
        parse_json(body)
