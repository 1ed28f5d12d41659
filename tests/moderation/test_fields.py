"""Fields taken out of a body: what is taken, and the reason where it cannot be."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.moderation import fields
from indexer.moderation.base import Unmappable

if TYPE_CHECKING:
    from collections.abc import Callable

DEEP: list[Any] = []
for _ in range(100_000):
    DEEP = [DEEP]
ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(DEEP) | st.just({"a": DEEP})
READERS = (
    *(fields.table, fields.rows, fields.text, fields.required, fields.number, fields.object_key),
    *(fields.suggestion, fields.uid, fields.milliseconds, fields.instant),
)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
@given(value=ANYTHING)
def test_any_value_is_taken_or_unmappable(reader: Callable[[Any, str], object], value: object) -> None:
    """Whatever stands in a field, however deeply nested, it is taken or refused by the field's name."""
    reasons = []
    try:
        reader(value, "Field")
    except Unmappable as reason:
        reasons.append(str(reason))
    assert all(reason.startswith("Field ") for reason in reasons)


@given(st.integers(min_value=0, max_value=99), st.integers(min_value=0, max_value=86_399_999))
def test_a_time_is_the_same_in_every_spelling(years: int, milliseconds: int) -> None:
    """A time written as 17 digits, as ISO 8601 or as milliseconds since 1970 is the same time to the millisecond."""
    moment = datetime.fromisoformat(f"{1980 + years}-03-01T00:00:00") + timedelta(milliseconds=milliseconds)
    digits = moment.strftime("%Y%m%d%H%M%S") + f"{moment.microsecond // 1000:03}"
    assert fields.instant(int(digits), "t") == fields.instant(digits, "t") == (moment, 1)
    assert fields.instant(moment.isoformat(timespec="milliseconds"), "t") == (moment, 1)
    since = round((moment - datetime.fromisoformat("1970-01-01")) / timedelta(milliseconds=1))
    assert fields.milliseconds(since, "t") == moment


@pytest.mark.parametrize(
    ("written", "moment", "precision"),
    [
        ("20260105100005", "2026-01-05 10:00:05", 1000),
        (20260105100005, "2026-01-05 10:00:05", 1000),
        (1767607205, "2026-01-05 10:00:05", 1000),
        ("1767607205218", "2026-01-05 10:00:05.218", 1),
        ("2026-01-05T10:00:05Z", "2026-01-05 10:00:05", 1000),
        ("2026-01-05 18:00:05.25+08:00", "2026-01-05 10:00:05.250", 1),
        (" 2026-01-05 10:00:05 ", "2026-01-05 10:00:05", 1000),
        ("2026-01-05T10:00:05.000", "2026-01-05 10:00:05", 1),
    ],
)
def test_times_as_teams_write_them(written: object, moment: str, precision: int) -> None:
    """A time has the precision that its spelling has, and is UTC where it does not say otherwise."""
    assert fields.instant(written, "t") == (datetime.fromisoformat(moment), precision)


@pytest.mark.parametrize(
    "written",
    [
        *("soon", "20260230100005", "20261305100005073", "1e5", 1.5, True, [], {}, "٢٠٢٦٠١٠٥١٠٠٠٠٥"),
        *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", 10**400),
    ],
)
def test_what_is_no_time_is_refused(written: object) -> None:
    """A text, number or calendar date that is no time, or lies outside the years 1 to 9999, is refused."""
    with pytest.raises(Unmappable, match=r"^taken is no time"):
        fields.instant(written, "taken")


@pytest.mark.parametrize("empty", [None, ""])
def test_an_empty_field_is_absent(empty: object) -> None:
    """A field that is null or empty is absent, and is missing where it must be there."""
    assert (fields.text(empty, "f"), fields.number(empty, "f"), fields.uid(empty, "f")) == (None, None, None)
    assert (fields.instant(empty, "f"), fields.suggestion(empty, "f")) == ((None, None), ("unknown", None))
    with pytest.raises(Unmappable, match=r"^f is missing$"):
        fields.required(empty, "f")


@pytest.mark.parametrize(("written", "number"), [(1, 1.0), ("0.5", 0.5), (" 2 ", 2.0), (0, 0.0), (-0.5, -0.5)])
def test_numbers_may_be_texts(written: object, number: float) -> None:
    """A number is read from a text too, and nought is a number."""
    assert fields.number(written, "f") == number


@pytest.mark.parametrize("written", ["nan", "inf", float("nan"), float("-inf"), 10**400, "1,5", True, [1], {}])
def test_what_is_no_finite_number_is_refused(written: object) -> None:
    """What is no finite number that a column can hold is refused."""
    with pytest.raises(Unmappable, match=r"^score is no number"):
        fields.number(written, "score")


@pytest.mark.parametrize(
    ("written", "key"), [("/a/b.jpg", "a/b.jpg"), (" a b ", "a b"), ("//a", "a"), ("/", None), (7, "7")]
)
def test_a_key_is_as_a_listing_has_it(written: object, key: str | None) -> None:
    """Blanks around a key and slashes before it are not part of it."""
    assert fields.object_key(written, "f") == key


@pytest.mark.parametrize(
    ("written", "uid"),
    [("0", 0), (4294967295, 4294967295), ("4294967296", None), ("-1", None), ("007", 7), (1.5, None), ("٣", None)],
)
def test_a_uid_has_32_bits(written: object, uid: int | None) -> None:
    """A user id is a number of 32 bits, and anything else is a string account that no key holds."""
    assert fields.uid(written, "f") == uid


@given(st.text(st.characters(exclude_categories=[]), min_size=1))
def test_every_text_can_be_stored(written: str) -> None:
    """A text is kept whole where UTF-8 can hold it, and with its half characters escaped where it cannot."""
    taken = fields.text(written, "f") or ""
    assert taken.encode() == written.encode("utf-8", "backslashreplace")
