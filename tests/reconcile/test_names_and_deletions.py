"""Names that cannot be read, and objects that are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from store.test_load_names import ODD_KEYS

from indexer.reconcile import Thresholds
from reconcile.building import (
    START,
    Who,
    bucket,
    every,
    expecting,
    findings,
    not_computable,
    reconcile,
    session,
    standing,
    written,
)

if TYPE_CHECKING:
    import duckdb
    from store.listings import Listing

    Index = duckdb.DuckDBPyConnection

UNKNOWN = "unknown-names"
VANISHED = "vanished"
LISTED_AGAIN = "2026-11-20 10:00:00"


def odd(*keys: str) -> Listing:
    """Objects of these keys."""
    return written(dict.fromkeys(keys, START))


def shapes(index: Index, **options: Any) -> dict[str, int]:
    """How many keys have each shape."""
    return {one["subject"]: one["rows"] for one in findings(index, UNKNOWN, **options)}


def test_unread_names_are_told_by_shape(index: Index) -> None:
    """Keys that only their numbers and words tell apart are one finding, with how many of all keys they are."""
    held = odd("a/IMG_0001.jpg", "b/IMG_22.jpg", "b/c/Thumb_3.png", "Thumbs.db", "38f8e3_屏幕.jpg")
    bucket(index, session(every(5, 95)), held)
    assert shapes(index) == {"a_9.a": 3, "a.a": 1, "9a9a9_a.a": 1}
    (found,) = (one for one in standing(index, UNKNOWN) if one["rows"] == 3)
    assert (found["severity"], found["source"], found["measure"]) == ("warning", "classroom", 3)
    assert found["explanation"] == (
        "3 of the 5 keys that could not be read, of 100 in all, are of this shape "
        "(no uid marker, and others): is the layout the right one?"
    )


@pytest.mark.parametrize(("keys", "found"), [(1, 0), (2, 1)])
def test_a_share_may_be_unread(index: Index, keys: int, found: int) -> None:
    """Up to the configured share of a source's keys may be anything."""
    bucket(index, session(every(5, 100 - keys)), odd(*("1.jpg", "a.jpg")[:keys]))
    assert bool(shapes(index)) == bool(found)


def test_what_is_gone_is_not_counted(index: Index) -> None:
    """The share and the rows are of what the bucket holds now."""
    bucket(index, session(every(5, 10)), odd("1.jpg", "2.jpg", "a.jpg"))
    bucket(index, session(every(5, 10)), odd("1.jpg"))
    assert shapes(index) == {"9.a": 1}
    bucket(index, session(every(5, 10)))
    assert shapes(index) == {}


def test_recordings_are_read(index: Index) -> None:
    """A recording's files are no screenshots, and are understood."""
    bucket(index, odd("38f8e3_room_1.m3u8", "38f8e3_room_1__uid_s_7__uid_e_video_20260105100000000.ts"))
    assert shapes(index) == {}


def test_a_time_at_the_end_is_part_of_the_shape(index: Index) -> None:
    """What is cut off unread names, as they differ in nothing else, is a number of the shape like any other."""
    bucket(index, odd(*(f"odd_{moment:%Y%m%d%H%M%S}000.jpg" for moment in every(5, 7)), "odd_12.jpg"))
    assert shapes(index) == {"a_9.a": 8}


def test_rare_shapes_are_told_together(index: Index) -> None:
    """Of many shapes the twenty commonest are findings of their own, and the others one."""
    many = {f"{'-' * number}{copy}.jpg" for number in range(25) for copy in range(30 - number)}
    bucket(index, odd(*many))
    found = shapes(index)
    assert found == {f"{'-' * number}9.a": 30 - number for number in range(20)} | {
        "all other shapes": 6 + 7 + 8 + 9 + 10
    }
    (rest,) = (one for one in standing(index, UNKNOWN) if one["subject"] == "all other shapes")
    assert "are of 5 rarer shapes" in rest["explanation"]


def test_a_key_that_looks_like_the_rest_is_not_taken_for_it(index: Index) -> None:
    """No key has the shape that stands for all others."""
    many = {f"{'-' * number}{copy}.jpg" for number in range(20) for copy in range(2)}
    bucket(index, odd(*many, *(f"{folder}/all other shapes" for folder in "xyz")))
    assert (shapes(index)["a a a"], shapes(index)["all other shapes"]) == (3, 2)


def test_odd_keys_have_shapes(index: Index) -> None:
    """Control characters, quotes, braces and SQL in keys are text: each query finds its keys."""
    bucket(index, odd(*ODD_KEYS))
    assert sum(shapes(index).values()) == len(ODD_KEYS)


def test_the_share_is_by_source(index: Index) -> None:
    """A source of which all is unread is not hidden by a large one of which all is read."""
    bucket(index, session(every(5, 500)), of=expecting("large"))
    bucket(index, odd("1.jpg"), of=expecting("small"))
    assert [one["source"] for one in findings(index, UNKNOWN)] == ["small"]
    assert shapes(index, thresholds=Thresholds(unknown_share=1.0)) == {}


def test_what_the_newest_listing_did_not_find_has_vanished(index: Index) -> None:
    """Objects that were gone when the source was listed last are one finding, with their number, size and time."""
    bucket(index, session(every(5, 60), size=1000), odd("1.jpg"))
    bucket(index, session(every(5, 60, without=range(20, 30)), size=1000))
    (found,) = findings(index, VANISHED)
    assert (found["severity"], found["source"], found["rows"], found["measure"]) == ("warning", "classroom", 11, 60_000)
    assert (found["subject"], found["from_at"], found["until_at"]) == (LISTED_AGAIN, *every(5, 30)[20::9])
    assert found["explanation"] == (
        "11 of 61 objects, 60000 bytes, were gone when the source was listed: "
        "no retention_days is configured that would explain it"
    )


def test_what_vanished_before_is_known(index: Index) -> None:
    """What an earlier listing missed is no news; the next one's loss is a finding of its own."""
    for gone in (0, 1, 1, 3):
        bucket(index, session(every(5, 60, without=range(gone))))
        reconcile(index)
    (found,) = standing(index, VANISHED)
    assert (found["rows"], found["first_found_run"], found["last_found_run"]) == (2, 8, 8)


def test_a_source_that_was_not_listed_again_keeps_its_finding(index: Index) -> None:
    """Each source has a newest listing of its own."""
    bucket(index, session(every(5, 9)), of=expecting("one"))
    bucket(index, session(every(5, 8)), of=expecting("one"))
    bucket(index, session(every(5, 9)), of=expecting("two"))
    assert [(one["source"], one["rows"]) for one in findings(index, VANISHED)] == [("one", 1)]


@pytest.mark.parametrize(("days", "severity"), [(318, "info"), (319, "warning")])
def test_retention_explains_what_was_due(index: Index, days: float, severity: str) -> None:
    """What was older than its source keeps it had to go; what was not is a warning."""
    bucket(index, session(every(5, 60)), of=expecting(retention_days=days))
    bucket(index, session(every(5, 50)), of=expecting(retention_days=days))
    (found,) = findings(index, VANISHED)
    assert found["severity"] == severity


def test_retention_does_not_explain_the_others(index: Index) -> None:
    """One object that was not due is a warning, and the finding says how many there are."""
    of = expecting(retention_days=100)
    late = session(every(5, 3), Who(uid=8), written_after=300 * 86400)
    bucket(index, session(every(5, 60)), late, of=of)
    bucket(index, session(every(5, 50)), of=of)
    (found,) = findings(index, VANISHED)
    assert (found["severity"], found["rows"]) == ("warning", 13)
    assert found["explanation"].endswith("3 of them were not yet 100.0 days old, as it keeps them")


def test_without_a_complete_listing_nothing_can_have_vanished(index: Index) -> None:
    """A source that was never listed to its end has no absence to tell of."""
    bucket(index, session(every(5, 9)))
    index.execute("UPDATE run_sources SET status = 'incomplete'")
    assert findings(index, VANISHED) == []
    assert not_computable(index, VANISHED) == {"classroom": "it was never listed completely"}
