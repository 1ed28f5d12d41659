"""How vendors write times: a column is read as each of its texts is, or left to be read so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.vendors.times import ISO_8601, RFC_1123, TimeForm

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECONDS = st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.replace(microsecond=0))
FRIDAY = "Fri, 20 Nov 2026 08:15:30 GMT"
# A text cut anywhere, or with another character anywhere.
ODD = st.builds(
    lambda at, instead, cut: FRIDAY[:at] + instead + ("" if cut else FRIDAY[at + 1 :]),
    st.integers(0, len(FRIDAY)),
    st.sampled_from(["", "0", "9", "A", "é", "٣", " ", "\n", "Dec"]),
    st.booleans(),
)


def one_by_one(form: TimeForm, texts: list[str]) -> list[int] | None:
    """What each text is, or ``None`` where one is not written so."""
    try:
        return [form.one(text) for text in texts]
    except ValueError:
        return None


def as_a_column(form: TimeForm, texts: list[str]) -> list[int] | None:
    """What a column of the texts is, or ``None`` where it has to be read one by one."""
    try:
        read: list[int] = form.column(pa.array(texts)).view(pa.int64()).to_pylist()
    except ValueError:
        return None
    return read


@given(st.lists(SECONDS, min_size=1, max_size=5))
def test_an_http_date_is_read_as_utc_microseconds(moments: list[datetime]) -> None:
    """Dates as HTTP writes them are read to the second, one by one and as a column."""
    texts = [format_datetime(moment, usegmt=True) for moment in moments]
    expected = [(moment - EPOCH) // timedelta(microseconds=1) for moment in moments]
    assert one_by_one(RFC_1123, texts) == as_a_column(RFC_1123, texts) == expected


@given(st.lists(ODD, min_size=1, max_size=3))
def test_an_odd_http_date_is_the_same_either_way(texts: list[str]) -> None:
    """A date that is written otherwise is read by neither way."""
    assert as_a_column(RFC_1123, texts) == one_by_one(RFC_1123, texts)


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"{FRIDAY}\n",
        "Fri, 20 Nov 2026 08:15:30 +0000",
        "Friday, 20-Nov-26 08:15:30 GMT",
        "Fri, 31 Feb 2026 08:15:30 GMT",
        "Fri, 20 nov 2026 08:15:30 GMT",
        "Fri, 20 Nov 2026 24:00:00 GMT",
        "Fri, 20 Nov 2026 08:15:60 GMT",
        "Fr., 20 Nov. 2026 08:15:30 GMT",
        "2026-11-20T08:15:30Z",
    ],
)
def test_what_is_no_http_date_is_refused(text: str) -> None:
    """Another form, or a day or an hour that there is not, is read by neither way."""
    assert one_by_one(RFC_1123, [text]) is as_a_column(RFC_1123, [text]) is None


@given(st.lists(st.datetimes(min_value=datetime(1, 1, 1)), min_size=1, max_size=5))  # noqa: DTZ001 - written as UTC
def test_an_iso_time_is_read_as_utc_microseconds(moments: list[datetime]) -> None:
    """Times in ISO 8601 are read to the microsecond, one by one and as a column."""
    texts = [f"{moment.isoformat()}Z" for moment in moments]
    expected = [(moment.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1) for moment in moments]
    assert one_by_one(ISO_8601, texts) == as_a_column(ISO_8601, texts) == expected
