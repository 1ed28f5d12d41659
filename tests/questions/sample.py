"""What each query of the library answers on the sample's index, as text that is the same on every machine and day."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demo.pipeline import indexed, reconciled

from indexer.demo import Sample, make_sample
from indexer.queries import Query, library
from indexer.rows import cell, plain
from indexer.store import reading

if TYPE_CHECKING:
    from collections.abc import Mapping

SEED = 0
GOLDEN = Path(__file__).parent / "golden"
COMMAND = "python -m tests.questions.page --write"
"""Writes the golden answers and the page anew."""

AS_OF = "2026-01-31T00:00:00Z"
RUN_MOMENT = "(when it was run)"
# Whatever the sample's own days and their retention do not hold is the clock of the machine that ran it.
_OF_THIS_DISK = {"etag": "(of this disk)"}
_FIRST, _LAST = date(2026, 1, 1), date(2026, 2, 28)
_MOMENT = re.compile(r"\b(?P<day>20\d\d-[01]\d-[0-3]\d)[T ]\d\d:\d\d(:\d\d)?(\.\d+)?Z?")


@dataclass(frozen=True, slots=True)
class Night:
    """The sample, and the index that a night made of it."""

    sample: Sample
    index: Path


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query answered to the given parameters, all of it as text."""

    query: Query
    given: dict[str, str]
    columns: list[str]
    rows: list[list[str]]

    def csv(self) -> str:
        """The columns and rows as CSV."""
        written = io.StringIO()
        csv.writer(written, lineterminator="\n").writerows([self.columns, *self.rows])
        return written.getvalue()


def night(folder: Path) -> Night:
    """Make the sample in a folder, with a night's index of it."""
    sample = make_sample(folder, SEED)
    config = indexed(sample)
    reconciled(config)
    return Night(sample, config.index)


def given(sample: Sample) -> dict[str, dict[str, str]]:
    """What some queries are asked: those that tell nothing without a parameter, or another thing each day."""
    return {
        "about_key": {"key": sample.doomed[0]},
        "evidence_expiry": {"as_of": AS_OF},
        "storage_by_age": {"as_of": AS_OF},
    }


def answers(made: Night) -> list[Answer]:
    """What every query answers, in the order of their names."""
    parameters = given(made.sample)
    return [_answer(made, query, parameters.get(name, {})) for name, query in library().items()]


def ask(index: Path, name: str, **parameters: str) -> list[dict[str, Any]]:
    """The rows that a query of the library answers, by its columns."""
    query = library()[name]
    with reading(index) as connection:
        found = connection.execute(query.sql, query.bind(parameters) or None)
        columns = [column[0] for column in found.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def _answer(made: Night, query: Query, parameters: Mapping[str, str]) -> Answer:
    with reading(made.index) as connection:
        found = connection.execute(query.sql, query.bind(parameters) or None)
        columns = [column[0] for column in found.description or ()]
        rows = [
            [_text(*told, made.sample.folder) for told in zip(columns, row, strict=True)] for row in found.fetchall()
        ]
    return Answer(query, dict(parameters), columns, rows)


def _text(column: str, value: Any, folder: Path) -> str:
    """A value as the program's CSV has it, without the folder, the clock and the disk of this machine."""
    if value is None:
        return ""
    if column in _OF_THIS_DISK:
        return _OF_THIS_DISK[column]
    if isinstance(value, date):
        return _told(_day(value), cell(plain(value)))
    text = cell(plain(value)).replace(f"{folder}/", "")
    return _MOMENT.sub(lambda found: _told(date.fromisoformat(found["day"]), found[0]), text)


def _told(day: date, text: str) -> str:
    return text if _FIRST <= day <= _LAST else RUN_MOMENT


def _day(value: date) -> date:
    if not isinstance(value, datetime):
        return value
    return (value.astimezone(UTC) if value.tzinfo else value).date()
