"""What a report says in words, the first of them whether anything is wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from reconcile.building import START, bucket, every, session

from indexer.report import sentences
from indexer.report.figures import CHANNELS, LABELS
from indexer.report.sentences import Headline, compared, headline
from indexer.store import runs
from report.telling import DAY, HOUR, cover, failed, find, judge, of, reconciled, written

if TYPE_CHECKING:
    import duckdb

    Index = duckdb.DuckDBPyConnection


def test_an_index_that_was_not_reconciled_is_not_called_good(index: Index) -> None:
    """Before the first reconciliation nobody knows, and what to do is said."""
    bucket(index, session(every(5, 3)))
    told = headline(of(index))
    assert (told.level, "indexer reconcile" in told.said) == ("unknown", True)


def test_nothing_wrong_is_said_with_what_was_looked_at(index: Index) -> None:
    """Without a finding the page says by how many checks; information is no fault."""
    reconciled(index, "coverage-gap", "late-upload")
    find(index, "f1", "info")
    expected = Headline("good", "Nothing is wrong, by 2 checks", ["Beside that: 1 for information"])
    assert headline(of(index)) == expected


def test_critical_findings_are_said_first(index: Index) -> None:
    """How many are critical and new is the headline; warnings and acknowledged ones stand beside it."""
    reconciled(index)
    find(index, "f1", status="new")
    find(index, "f2")
    find(index, "f3", "warning")
    find(index, "f4")
    index.execute("INSERT INTO acknowledgements VALUES ('f4', 'known', 'ann', ?)", [START])
    index.execute("INSERT INTO not_computable VALUES ('coverage-gap', 'live', 'no interval is configured')")
    assert headline(of(index)) == Headline(
        "critical",
        "2 critical findings, 1 of them new",
        ["Beside that: 1 warning, 1 acknowledged by people, 1 thing that could not be computed"],
    )


def test_warnings_alone_are_said_as_such(index: Index) -> None:
    """Where nothing is critical, the headline counts the warnings."""
    reconciled(index)
    find(index, "f1", "warning")
    told = headline(of(index))
    assert (told.level, told.said, told.also) == ("warning", "Nothing critical, 1 warning, none of them new", [])


def test_what_was_acknowledged_is_not_wrong(index: Index) -> None:
    """A critical finding that a person knows of turns nothing red."""
    reconciled(index)
    find(index, "f1")
    index.execute("INSERT INTO acknowledgements VALUES ('f1', 'known', 'ann', ?)", [START])
    assert headline(of(index)).level == "good"


def test_no_finding_in_half_a_listing_is_not_called_good(index: Index) -> None:
    """Where a source could not be listed, no finding is no good news, and the reason is said."""
    reconciled(index)
    failed(index, "live", "the key may not list")
    told = headline(of(index))
    assert told.level == "warning"
    assert told.also[0] == "Source live was not listed to its end in run 2: the key may not list"


def test_a_run_after_the_reconciliation_is_told(index: Index) -> None:
    """What came in since the checks were made is in no finding, and the page says so."""
    reconciled(index)
    bucket(index, session(every(5, 3)))
    told = headline(of(index))
    assert (told.level, told.also[0]) == (
        "warning",
        "1 run changed the index since it was reconciled: run `indexer reconcile` again",
    )


def test_a_later_reconciliation_is_no_change(index: Index) -> None:
    """A reconciliation changes nothing that another would have to look at."""
    reconciled(index)
    runs.finish(index, runs.start(index, "reconcile", START), START, "failed")
    assert headline(of(index)).level == "good"


def test_rows_that_are_not_what_was_listed_are_told(index: Index) -> None:
    """Where the account does not come out, nothing is called good."""
    bucket(index, session(every(5, 3)))
    reconciled(index)
    assert headline(of(index)).level == "good"
    index.execute("DELETE FROM kept_rows WHERE rowid = 1")
    assert headline(of(index)).also[0] == "The index does not hold what was listed: see the proof below"


def test_the_day_is_compared_with_the_average_day_of_the_week(index: Index) -> None:
    """Counts are compared in percent, coverage in points, and a day without anything is not averaged in."""
    listings = [session(every(5, count, start=START - days * 24 * HOUR)) for days, count in ((0, 15), (1, 12), (3, 8))]
    bucket(index, *listings)
    cover(index, "a", (9, 1, 0))
    cover(index, "a", (6, 4, 0), days=-1)
    written(index, (2, 10))
    written(index, (4, 10), days=-1)
    told = {one.name: (one.today, one.before, one.change) for one in compared(of(index))}
    assert told["screenshots"] == ("15", "10", "+50 %")
    assert told["coverage"] == ("90.0 %", "60.0 %", "+30.0 points")
    assert told["half were written within"] == ("2 s", "4 s", "-50 %")
    assert told["violations"] == ("0", "0", "-")


def test_a_day_without_a_week_is_compared_with_nothing(index: Index) -> None:
    """Where the week before has nothing, nothing is said of it; what was never there before is new."""
    judge(index, "porn")
    alone = {one.name: (one.today, one.before, one.change) for one in compared(of(index))}
    assert alone["violations"] == ("1", "-", "-")
    bucket(index, session(every(5, 3, start=START - timedelta(days=1))))
    beside = {one.name: (one.today, one.before, one.change) for one in compared(of(index))}
    assert (beside["violations"], beside["screenshots"]) == (("1", "0", "new"), ("0", "3", "-100 %"))


def test_coverage_names_the_worst_channel_and_what_is_left_out(index: Index) -> None:
    """The sentence tells the whole, the worst, and that more channels are there than are shown."""
    for number in range(CHANNELS + 1):
        cover(index, f"{number:02}", (number, 1, 0))
    told = sentences.coverage(of(index))
    assert told == (
        "93.8 % of the screenshots that were due on this day are there. The worst covered channel is 00 of source live "
        "with 0.0 %. Of 31 channels, the 30 worst are shown."
    )


def test_violations_name_the_most_frequent_label(index: Index) -> None:
    """The sentence tells how many there are, and how many labels are left out."""
    judge(index, *(f"label {number:02}" for number in range(LABELS + 2)), "porn", "porn")
    assert sentences.violations(of(index)) == (
        "16 violations on this day; the most frequent label is porn with 2. "
        "Of 15 labels, the 12 most frequent are shown."
    )


def test_evidence_tells_what_is_still_held(index: Index) -> None:
    """The sentence counts every violation of the index, whatever its day."""
    judge(index, "porn", at=START + timedelta(days=9))
    assert sentences.evidence(of(index)) == "Of 1 violation in the index, 0 (0.0 %) have their picture still."


def test_latency_tells_its_quantiles(index: Index) -> None:
    """The sentence tells within which time the day's objects were written."""
    written(index, (1, 50), (4, 45), (300, 5))
    assert sentences.latency(of(index)) == (
        "Half of the day's objects were written within 1 s of the shot, 95 % within 4 s, 99 % within 5 min."
    )


def test_what_there_is_not_is_said(index: Index) -> None:
    """Each chart that cannot be drawn has a sentence that says why."""
    told = of(index, DAY)
    said = [sentences.coverage(told), sentences.violations(told), sentences.evidence(told), sentences.latency(told)]
    assert [sentence.split(" ")[0] for sentence in said] == ["No"] * 4
