"""The files of checks: what they are made of, and what becomes of their parts."""

from __future__ import annotations

from dataclasses import fields

import pytest

from indexer.reconcile import Thresholds, checks
from indexer.reconcile.check import PLACES, parse
from reconcile.building import empty

CHECK = """\
-- title: Odd shots
-- about: Shots that are odd.
-- scope: sessions
-- Odd is what two does not divide.
SELECT 'info' AS severity, 0 AS rows, '' AS explanation
-- not computable
SELECT source, 'no reason' AS reason FROM sources
-- rows
SELECT * FROM screenshots WHERE source = $source AND key LIKE '{' || $subject AND size < $tiny_share
"""


def test_a_check_is_read_in_its_parts() -> None:
    """The header, what it finds, of what it cannot tell, and a finding's rows."""
    check = parse("odd-shots", CHECK)
    assert (check.kind, check.title, check.about) == ("odd-shots", "Odd shots", "Shots that are odd.")
    assert (check.scope, check.finds.splitlines()[-1]) == ("sessions", CHECK.splitlines()[4])
    assert check.not_computable == "SELECT source, 'no reason' AS reason FROM sources"
    assert check.rows.startswith("SELECT * FROM screenshots")


def test_a_check_can_always_tell() -> None:
    """The part of what it cannot tell may be left out."""
    cannot = CHECK[CHECK.index("-- not computable") : CHECK.index("-- rows")]
    assert parse("odd-shots", CHECK.replace(cannot, "")).not_computable is None


@pytest.mark.parametrize(
    ("part", "instead", "reason"),
    [
        ("-- title: Odd shots\n", "", "has a title"),
        ("-- about: Shots that are odd.\n", "", "an about"),
        ("-- scope: sessions\n", "", "a scope of sessions or index"),
        ("-- scope: sessions", "-- scope: shots", "a scope of sessions or index"),
        ("-- rows", "-- lines", "and rows"),
        ("$source", "$sauce", "and not by sauce"),
        ("$source", "$since", "and not by since"),
    ],
)
def test_a_check_that_lacks_something_is_refused(part: str, instead: str, reason: str) -> None:
    """What is missing or misspelled is named, with the check."""
    with pytest.raises(ValueError, match=f"^odd-shots: .*{reason}"):
        parse("odd-shots", CHECK.replace(part, instead))


def test_the_query_has_places_for_a_finding() -> None:
    """A place stands as its number in the view, and braces of the check's own as they are."""
    query = parse("odd-shots", CHECK).query
    assert query.endswith("source = {0} AND key LIKE '{{' || {5} AND size < $tiny_share")
    filled = query.format(*(f"<{place}>" for place in PLACES))
    assert filled.endswith("source = <source> AND key LIKE '{' || <subject> AND size < $tiny_share")


def test_thresholds_are_written_out() -> None:
    """A finding's rows are those of the thresholds that it was found by, in all their digits."""
    check = parse("odd-shots", CHECK).judged_by(Thresholds(tiny_share=1 / 3))
    assert check.rows.endswith("size < 0.3333333333333333::DOUBLE")
    assert check.judged_by(Thresholds()) == check


@pytest.mark.parametrize("number", [1e-9, 1e300, 5, 0.1])
def test_a_threshold_written_out_is_the_number(number: float) -> None:
    """Small and large thresholds are the same number in SQL."""
    rows = parse("odd-shots", CHECK).judged_by(Thresholds(tiny_share=number)).rows
    with empty() as index:
        assert index.execute(f"SELECT {rows.rpartition('< ')[2]}").fetchall() == [(number,)]


@pytest.mark.parametrize("kind", checks())
def test_every_check_says_what_it_is(kind: str) -> None:
    """A title without a full stop, a sentence with one, and something that can be found; no threshold is unwritten."""
    check = checks()[kind]
    assert not check.title.endswith(".")
    assert check.about.endswith(".")
    assert "AS severity" in check.finds
    unwritten = {f"${field.name}" for field in fields(Thresholds)}
    assert not [name for name in unwritten if name in check.judged_by(Thresholds()).rows]


def test_titles_tell_checks_apart() -> None:
    """No two checks have the same title or sentence."""
    assert len({check.title for check in checks().values()}) == len(checks())
    assert len({check.about for check in checks().values()}) == len(checks())


@pytest.mark.parametrize("kind", checks())
def test_every_statement_is_one_statement(kind: str) -> None:
    """The query of a kind, with a NULL in each place, is a single statement over what anybody can read."""
    with empty() as index:
        query = checks()[kind].judged_by(Thresholds()).query.format(*["NULL"] * len(PLACES))
        assert len(index.extract_statements(query)) == 1
        index.execute(query)
