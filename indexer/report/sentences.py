"""What a report says in words: whether anything is wrong, and each chart in a sentence for who does not see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indexer.report.text import count, label, lasting, many, share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from indexer.report.figures import Figures

    Row = dict[str, Any]

_NAME = 60
"""How much of a name stands in a sentence; it stands whole in the table beside it."""


@dataclass(frozen=True, slots=True)
class Headline:
    """The first thing that is read. ``level`` is critical, warning, good or unknown; ``also`` are more sentences."""

    level: str
    said: str
    also: list[str]


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of the day beside the average day of the week before, as texts."""

    name: str
    today: str
    before: str
    change: str


def headline(figures: Figures) -> Headline:
    """Say whether anything is wrong."""
    doubts = [*_listing_doubts(figures), *_later_runs(figures)]
    if figures.reconciled is None:
        return Headline("unknown", "Nobody looked yet whether anything is wrong: run `indexer reconcile`", doubts)
    critical, warning = figures.standing("critical"), figures.standing("warning")
    also = [*doubts, *_beside(figures)]
    if critical:
        return Headline("critical", f"{many(critical, 'critical finding')}, {_new(figures, 'critical')}", also)
    if warning:
        return Headline("warning", f"Nothing critical, {many(warning, 'warning')}, {_new(figures, 'warning')}", also)
    if doubts:
        return Headline("warning", "No finding, but it is not sure that all was seen", also)
    return Headline("good", f"Nothing is wrong, by {many(figures.reconciled['checks'], 'check')}", also)


def _new(figures: Figures, severity: str) -> str:
    return f"{figures.standing(severity, 'new') or 'none'} of them new"


def _listing_doubts(figures: Figures) -> Iterator[str]:
    """Why the index may not hold all that the buckets hold."""
    for row in figures.failed:
        reason = f": {row['error']}" if row["error"] else ""
        yield f"Source {row['source']} was not listed to its end in run {row['run']}{reason}"
    if not figures.is_even:
        yield "The index does not hold what was listed: see the proof below"


def _later_runs(figures: Figures) -> Iterator[str]:
    if figures.reconciled and figures.reconciled["later"]:
        runs = many(figures.reconciled["later"], "run")
        yield f"{runs} changed the index since it was reconciled: run `indexer reconcile` again"


def _beside(figures: Figures) -> Iterator[str]:
    """What stands beside what the headline counts."""
    warnings = figures.standing("warning") if figures.standing("critical") else 0
    acknowledged = sum(int(row["acknowledged"]) for row in figures.kinds)
    counted = [
        (warnings, many(warnings, "warning")),
        (figures.standing("info"), f"{figures.standing('info'):,} for information"),
        (acknowledged, f"{acknowledged:,} acknowledged by people"),
        (len(figures.untold), f"{many(len(figures.untold), 'thing')} that could not be computed"),
    ]
    if told := [text for number, text in counted if number]:
        yield f"Beside that: {', '.join(told)}"


def compared(figures: Figures) -> list[Compared]:
    """The day's figures against the average day of the week before, days without anything left out."""
    return [
        _counted(figures, "screenshots", "screenshots"),
        _counted(figures, "sessions", "sessions"),
        _counted(figures, "channels", "channels"),
        Compared("coverage", *_shares(figures, _covered), _points(figures, _covered)),
        _counted(figures, "missing screenshots that nothing explains", "unexplained"),
        _counted(figures, "violations", "violations"),
        _counted(figures, "of these, to block", "blocks"),
        _counted(figures, "of these, without evidence", "lost"),
        *_delays(figures),
    ]


def _counted(figures: Figures, name: str, column: str) -> Compared:
    today = _value(figures.today, column) if figures.today else 0
    week = [_value(row, column) for row in figures.week]
    if not week:
        return Compared(name, count(today), "-", "-")
    before = sum(week) / len(week)
    return Compared(name, count(today), count(before), _change(today, before))


def _value(row: Row, column: str) -> int:
    return int(row["missing"] - row["explained"] if column == "unexplained" else row[column])


def _change(today: float, before: float) -> str:
    if not before:
        return "-" if not today else "new"
    percent = round(100 * (today - before) / before)
    return f"{percent:+,} %" if percent else "±0 %"


def _covered(rows: list[Row]) -> tuple[int, int]:
    """How many of the shots that were due are there, and how many were due."""
    stored = sum(int(row["stored"]) for row in rows)
    return stored, stored + sum(_value(row, "unexplained") for row in rows)


def _shares(figures: Figures, part: Callable[[list[Row]], tuple[int, int]]) -> tuple[str, str]:
    return share(*part([figures.today] if figures.today else [])), share(*part(figures.week))


def _points(figures: Figures, part: Callable[[list[Row]], tuple[int, int]]) -> str:
    (here, due), (before, was_due) = part([figures.today] if figures.today else []), part(figures.week)
    if not due or not was_due:
        return "-"
    points = 100 * here / due - 100 * before / was_due
    return f"{points:+.1f} points"


def _delays(figures: Figures) -> Iterator[Compared]:
    """How long after the shot half and nearly all of the objects were written."""
    today, before = ({row["is_day"]: row for row in figures.delays}.get(is_day, {}) for is_day in (True, False))
    for name, column in (("half were written within", "half"), ("95 % were written within", "most")):
        one, other = today.get(column), before.get(column)
        change = "-" if one is None or other is None else _change(one, other)
        yield Compared(name, lasting(one), lasting(other), change)


def coverage(figures: Figures) -> str:
    """What the heat map shows."""
    if not figures.coverage:
        return "No source with a configured interval has a screenshot on this day, so nothing was due."
    stored, due = _covered([figures.today] if figures.today else [])
    worst = figures.coverage[0]
    shown, channels = figures.coverage[-1]["place"], worst["channels"]
    whole = f"{share(stored, due)} of the screenshots that were due on this day are there."
    named = f"The worst covered channel is {name(worst)} with {channel_share(worst)}."
    capped = f" Of {channels:,} channels, the {shown:,} worst are shown." if channels > shown else ""
    return f"{whole} {named}{capped}"


def name(row: Row) -> str:
    """A channel and its source, short enough for a sentence."""
    return f"{label(row['channel'] or 'without a name', _NAME)} of source {row['source']}"


def channel_share(row: Row) -> str:
    """The coverage of a channel on the day."""
    return share(row["all_shots"], row["all_shots"] + row["all_missing"] - row["all_explained"])


def hour_share(row: Row) -> float:
    """The coverage of a channel in one hour, from 0 to 1; an hour in which nothing was due is whole."""
    due = row["shots"] + row["missing"] - row["explained"]
    return float(row["shots"] / due) if due else 1.0


def violations(figures: Figures) -> str:
    """What the chart of violations shows."""
    if not figures.violations:
        return "No violation of this day is known."
    first = figures.violations[0]
    shown, labels = figures.violations[-1]["place"], first["labels"]
    most = f"the most frequent label is {label(first['label'], _NAME)} with {first['all_violations']:,}"
    capped = f" Of {labels:,} labels, the {shown:,} most frequent are shown." if labels > shown else ""
    total = figures.today["violations"] if figures.today else 0
    return f"{many(total, 'violation')} on this day; {most}.{capped}"


def evidence(figures: Figures) -> str:
    """What the chart of evidence shows."""
    total = sum(int(row["of_all"]) for row in figures.evidence)
    if not total:
        return "No violation is known at all."
    held = sum(int(row["of_all"]) for row in figures.evidence if row["evidence"] == "present")
    return f"Of {many(total, 'violation')} in the index, {held:,} ({share(held, total)}) have their picture still."


def latency(figures: Figures) -> str:
    """What the chart of upload latency shows."""
    today = next((row for row in figures.delays if row["is_day"]), None)
    if today is None:
        return "No screenshot with a time of its own was taken on this day, or the index is not reconciled since."
    return (
        f"Half of the day's objects were written within {lasting(today['half'])} of the shot, "
        f"95 % within {lasting(today['most'])}, 99 % within {lasting(today['nearly_all'])}."
    )
