"""Bodies that are forms: told from everything else, and read with what their encoding hides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.moderation.form import read_form
from moderation.reading import read_body


def test_a_form_is_its_fields() -> None:
    """Names and values are percent-decoded, a plus is a blank, and an empty value is one."""
    assert read_form("checksum=00&content=%7B%22a%22%3A+1%7D&rest=") == {
        "checksum": "00",
        "content": '{"a": 1}',
        "rest": "",
    }


@pytest.mark.parametrize("text", ["", "a", "a=1", "a=1&", "=1&b=2", "a=1&b=2 c", '{"a=1&b":2}', "1=a&2=b", "a=1&b"])
def test_any_other_text_is_no_form(text: str) -> None:
    """One field, blanks, or JSON make no form."""
    assert read_form(text) is None


def test_a_form_of_nobodys_is_a_body_of_no_known_shape() -> None:
    """A form that no provider sends fails by its fields' names."""
    payload = read_body("a=1&b=2")
    assert (payload.provider, payload.parse_status) == (None, "failed")
    assert payload.parse_error == "no known shape: fields a, b"


@given(text=st.text(alphabet="ab=&%7B+{}é\n"))
def test_any_text_is_a_form_or_none(text: str) -> None:
    """No text breaks it, and what it gives are texts."""
    form = read_form(text)
    assert form is None or all(isinstance(value, str) for value in form.values())
