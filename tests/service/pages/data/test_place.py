"""A session's address: what is no session's is refused, and what is reads back as it was written."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import UsageError
from indexer.service.pages.data.place import Place

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.builds(Place, TEXT, st.none() | TEXT, st.none() | TEXT, st.none() | st.integers(0, 2**32 - 1)))
def test_every_place_reads_back_as_it_was_written(place: Place) -> None:
    """Quotes, markup, line breaks and marks of direction in a channel's name change nothing of its address."""
    assert Place.read(dict(parse_qsl(place.query, keep_blank_values=True))) == place


@pytest.mark.parametrize("uid", ["", "-1", "4294967296", "1e3", "٣", "1 OR 1=1", "9" * 5000])
def test_a_uid_that_is_none_is_refused(uid: str) -> None:
    """Only a whole number of 32 bits, in plain digits, is a uid."""
    with pytest.raises(UsageError, match="uid"):
        Place.read({"source": "classroom", "uid": uid})


def test_an_address_without_a_source_is_refused() -> None:
    """Names are a source's own: without it no session is meant."""
    with pytest.raises(UsageError, match="source"):
        Place.read({"channel": "room_1"})
