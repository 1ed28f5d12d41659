"""Safe text: what may stand on a terminal, and how arguments become text."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.cli.common import argument
from indexer.text import escaped, escaped_json

# A terminal's escape, a C1 control, overrides of the writing direction, a line separator, and half a surrogate pair.
DRIVING = "\x00\x07\x1b\x7f\x9b\u200e\u200f\u2028\u202e\u2066\u2069\udcff"

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters() | st.sampled_from(DRIVING)),
    lambda values: st.lists(values) | st.dictionaries(st.text(st.sampled_from(DRIVING)), values),
    max_leaves=5,
)


@pytest.mark.parametrize("character", DRIVING)
def test_a_character_that_drives_a_terminal_is_written_out(character: str) -> None:
    """What would drive a terminal comes as an escape of printable ASCII, and the text around it as it was."""
    shown = escaped(f"é{character}z")
    assert (shown[0], shown[1], shown[-1]) == ("é", "\\", "z")
    assert shown[1:-1].isascii()
    assert shown[1:-1].isprintable()


@given(JSON)
def test_json_that_is_safe_to_show_is_the_same_value(value: object) -> None:
    """Escaped JSON holds nothing that drives a terminal, and parses to the value that it was made of."""
    shown = escaped_json(value)
    assert not set(DRIVING) & set(shown)
    assert json.loads(shown) == value


@given(st.binary())
def test_an_argument_of_any_bytes_becomes_text(raw: bytes) -> None:
    """An argument's bytes are read as UTF-8, those that are none written out, so that the text can be encoded again."""
    assert argument(os.fsdecode(raw)) == raw.decode("utf-8", "backslashreplace")
    argument(os.fsdecode(raw)).encode("utf-8")
