"""Indexes with something to report, and the pages made of them.

``tell`` puts a text of others wherever one can stand; ``tags`` is what a browser makes of a page.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from reconcile.building import START
from store.payloads import payload, take, verdict

from indexer.report.figures import Figures, figures
from indexer.report.page import page
from indexer.store import match, runs

if TYPE_CHECKING:
    import duckdb

    Index = duckdb.DuckDBPyConnection

DAY = date(2026, 1, 5)
MADE_AT = datetime.fromisoformat("2026-01-06 06:00:00")
HOUR = timedelta(hours=1)


def of(index: Index, day: date | None = DAY) -> Figures:
    """The figures of a day."""
    return figures(index, day, MADE_AT.date())


def made(index: Index, title: str = "Screenshots", day: date | None = DAY) -> str:
    """The page of a day."""
    return page(of(index, day), title, MADE_AT)


def cover(index: Index, channel: str | None, *hours: tuple[int, int, int], source: str = "live", days: int = 0) -> None:
    """Note how many shots a channel has, misses, and misses for a reason, in each hour from ten on, days later."""
    for number, (shots, missing, explained) in enumerate(hours):
        hour = START + number * HOUR + timedelta(days=days)
        row = [source, channel, hour, shots, missing, explained]
        index.execute("INSERT INTO coverage VALUES (?, 'template', ?, 's', 1, ?, ?, ?, ?)", row)


def written(index: Index, *steps: tuple[int, int], days: int = 0) -> None:
    """Note how many objects were written how many seconds after their shot."""
    for seconds, shots in steps:
        day = DAY + timedelta(days=days)
        index.execute("INSERT INTO upload_latency VALUES ('live', ?, ?, ?)", [day, seconds, shots])


def judge(index: Index, *labels: str, name: str = "lobby", at: datetime = START, **told: Any) -> None:
    """Take in a violation of each label, of one user, a second after one another."""
    verdicts = [
        verdict(
            result_path=f"/{number}", label=label, cname=name, uid=7, captured_at=at + timedelta(seconds=number), **told
        )
        for number, label in enumerate(labels)
    ]
    take(index, payload(*verdicts, text=f"{name} {at} {told}"))
    match(index)


def reconciled(index: Index, *kinds: str) -> int:
    """Note a reconciliation that made checks of these kinds, and give its run."""
    run = runs.start(index, "reconcile", START)
    runs.finish(index, run, START, "complete")
    for kind in kinds or ("coverage-gap",):
        row = [kind, f"What {kind} is", "SELECT 1", run]
        index.execute("INSERT INTO checks VALUES (?, ?, 'about', ?, ?, 0, 1)", row)
    return run


def find(index: Index, finding_id: str, severity: str = "critical", **told: Any) -> None:
    """Note a finding that stands."""
    row = {
        "finding_id": finding_id, "kind": "coverage-gap", "severity": severity, "status": "open", "source": "live",
        "rows": 1, "explanation": "10 missing", "first_found_run": 1, "last_found_run": 1,
    } | told  # fmt: skip
    places = ", ".join("?" * len(row))
    index.execute(f"INSERT INTO finding_rows ({', '.join(row)}) VALUES ({places})", list(row.values()))


def tell(index: Index, text: str) -> None:
    """Put a text of others everywhere: channel, label, stream, key, session, explanation, reason, error."""
    cover(index, text, (10, 2, 0), (8, 4, 1))
    judge(index, text, name=text)
    judge(index, text, name=text, at=START + HOUR, key=text, sid=text, app=text, stream=text)
    written(index, (2, 10))
    reconciled(index)
    find(index, "f1", channel=text, key=text, sid=text, explanation=text, status="new", from_at=START)
    index.execute("INSERT INTO not_computable VALUES ('coverage-gap', 'live', ?)", [text])
    failed(index, "live", text)


def failed(index: Index, source: str, error: str) -> None:
    """Note a sync in which a source could not be listed."""
    run = runs.start(index, "sync", START)
    runs.note_failure(index, run, source, error)
    runs.finish(index, run, START, "failed")


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.texts: list[str] = []
        self.values: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.values += [value or "" for _, value in attrs]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def read(html: str) -> _Tags:
    """A page as a browser reads it: elements with the names of their attributes, attributes' values, and texts."""
    parser = _Tags()
    parser.feed(html)
    parser.close()
    return parser
