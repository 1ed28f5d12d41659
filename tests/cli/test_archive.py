"""What ``indexer archive`` takes for old."""

from __future__ import annotations

from datetime import datetime

import click
import pytest
from click.testing import CliRunner

from indexer.cli.app import main
from indexer.cli.archive import begin_of


@pytest.mark.parametrize(
    ("text", "day"),
    [("90d", "2026-08-23"), ("0d", "2026-11-21"), ("2026-01-31", "2026-01-31"), ("2024-02-29", "2024-02-29")],
)
def test_an_age_is_days_or_a_date(text: str, day: str) -> None:
    """Days count back from this day's midnight, UTC; a date is its own."""
    now = datetime.fromisoformat("2026-11-21 23:59:59.999999")
    assert begin_of(text, now) == datetime.fromisoformat(day)


@pytest.mark.parametrize("text", ["90", "-1d", "d", "2026-02-30", "1e3d", "999999d", "90d; DROP", "\u0669\u0660d"])
def test_what_is_neither_is_refused(text: str) -> None:
    """Anything else is a wrong argument, and told."""
    with pytest.raises(click.BadParameter, match="neither days"):
        begin_of(text, datetime.fromisoformat("2026-11-21"))


def test_an_age_has_to_be_given() -> None:
    """Nothing is archived by an oversight."""
    answered = CliRunner().invoke(main, ["archive"])
    assert answered.exit_code == 2
    assert "--older-than" in answered.output
