"""Times are read exactly, in every way that payloads and tables write them."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.moderation.times import Moment, read_time

INSTANT = datetime.fromisoformat("2026-01-05 10:00:05.250")
SECOND = INSTANT.replace(microsecond=0)


@pytest.mark.parametrize(
    "written",
    [
        *("2026-01-05T10:00:05.250Z", "2026-01-05T10:00:05.250", "2026-01-05 10:00:05.25", "2026-01-05t10:00:05.250z"),
        *("2026-01-05T18:00:05.250+08:00", "2026-01-05T18:00:05.250+0800", "2026-01-05T10:00:05.250999Z"),
        *("20260105100005250", 20260105100005250, "1767607205250", 1767607205250, " 1767607205250 "),
    ],
)
def test_a_time_with_milliseconds(written: str | int) -> None:
    """ISO 8601 with a fraction, 17 digits and 13 digits are times to the millisecond; finer digits are cut off."""
    assert read_time(written) == Moment(INSTANT, 1)


@pytest.mark.parametrize(
    "written", ["2026-01-05T10:00:05Z", "20260105100005", 20260105100005, "1767607205", 1767607205]
)
def test_a_time_in_seconds(written: str | int) -> None:
    """ISO 8601 without a fraction, 14 digits and 10 digits are times to the second."""
    assert read_time(written) == Moment(SECOND, 1000)


@pytest.mark.parametrize(
    "written",
    [
        *("", "now", "2026-01-05", "2026-W01-1", "2026-13-05T10:00:00Z", "2026-01-05T25:00:00Z", "10:00:05", "٢" * 17),
        *("20261305100005250", "20260230100005250", "123", 5, -1767607205250, "9" * 40),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-14:00"),
        *(1767607205250.0, True, None, [], {}),
    ],
)
def test_anything_else_is_no_time(written: object) -> None:
    """A day, an impossible date, other lengths, a float and every other type are refused with a ValueError."""
    with pytest.raises(ValueError, match=r"."):
        read_time(written)


@given(st.datetimes())
def test_seventeen_digits_come_back(moment: datetime) -> None:
    """Every instant of every year written in 17 digits is read as that instant, as a text and as an integer."""
    at = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    digits = f"{at.year:04}{at:%m%d%H%M%S}{at.microsecond // 1000:03}"
    assert read_time(digits) == Moment(at, 1)
    if not digits.startswith("0"):
        assert read_time(int(digits)) == Moment(at, 1)
