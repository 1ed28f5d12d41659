"""A night's summary as a message for Slack, and for what takes Slack's messages.

Within Slack's limits: 150 letters in a header, 3,000 in a section, 50 blocks
(https://docs.slack.dev/reference/block-kit/blocks). Names and errors come from outside: ``&``, ``<`` and ``>`` are
escaped, so that nothing of theirs becomes a link or calls a channel, and after ``@`` comes a blank of no width, as
others than Slack call people by the bare word.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from indexer.errors import IndexerError
from indexer.reconcile.known import Wanted, known
from indexer.rows import plain
from indexer.text import escaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from indexer.nightly.night import Night

_HEADER_LETTERS = 150
_SECTION_LETTERS = 3000
# A letter of ours is five at most when it is escaped, and a section holds several lines.
_LINE_LETTERS = 280
_MOST_FINDINGS = 5
_ROOM_FOR_MORE = 40
_HEADLINES = {
    0: "Screenshots: all steps of the night are done",
    1: "Screenshots: the night's run failed",
    3: "Screenshots: the night's run is incomplete",
    4: "Screenshots: findings that nobody acknowledged",
    5: "Screenshots: the night's run has to be tried again",
}


def message(night: Night, index: Path) -> dict[str, Any]:
    """The summary: how the night ended, its steps, what was found, and the worst of what is new."""
    headline = _HEADLINES[night.exit_code]
    sections = [_steps(night), _counts(night), _incomplete(night), _worst(index)]
    ended = f"exit code {night.exit_code}, {night.seconds:.0f} s, began {plain(night.began_at)}"
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": headline[:_HEADER_LETTERS], "emoji": False}},
        *({"type": "section", "text": _text(_fitting(lines))} for lines in sections if lines),
        {"type": "context", "elements": [_text(ended)]},
    ]
    return {"text": f"{headline}: {ended}", "blocks": blocks}


def safe(text: str) -> str:
    """A text from outside as it may stand in a message: cut to a line's length, with nothing in it that is markup."""
    shown = escaped(text)
    shown = shown if len(shown) <= _LINE_LETTERS else shown[: _LINE_LETTERS - 1] + "…"
    for letter, written in {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "@\u200b"}.items():
        shown = shown.replace(letter, written)
    return shown


def _text(text: str) -> dict[str, Any]:
    """Text of ours. ``verbatim`` keeps Slack from making links of what looks like an address, a channel or a name."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _fitting(lines: Sequence[str]) -> str:
    """As many lines as a section holds, and how many there are more."""
    taken: list[str] = []
    left = _SECTION_LETTERS - _ROOM_FOR_MORE
    for line in lines:
        left -= len(line) + 1
        if left < 0:
            break
        taken.append(line)
    more = len(lines) - len(taken)
    return "\n".join([*taken, f"… and {more:,} more"] if more else taken)


def _steps(night: Night) -> list[str]:
    return [f"*{safe(done.step)}*: {done.outcome}, {done.seconds:.1f} s: {safe(done.told)}" for done in night.done]


def _counts(night: Night) -> list[str]:
    rows = night.summary.rows if night.summary else []
    return [
        f"*{row['severity']}* {safe(row['kind'])}: {row['new']:,} new, {row['open']:,} open, "
        f"{row['acknowledged']:,} acknowledged, {row['resolved']:,} resolved"
        for row in rows
    ]


def _incomplete(night: Night) -> list[str]:
    rows = night.summary.incomplete if night.summary else []
    return [f"source {safe(row['source'])} is {row['status']}: {safe(str(row['error']))}" for row in rows]


def _worst(index: Path) -> list[str]:
    """The worst findings that are new, where there is an index to find them in."""
    try:
        with known(index) as findings:
            rows = findings.listed(Wanted(status="new", severity="warning"))
            return list(_told(islice((row for batch in rows for row in batch.to_pylist()), _MOST_FINDINGS)))
    except IndexerError:
        return []


def _told(found: Iterable[dict[str, Any]]) -> Iterator[str]:
    for row in found:
        place = " ".join(str(row[name]) for name in ("source", "channel", "uid", "sid", "key") if row[name] is not None)
        yield f"*{row['severity']}* {row['kind']} {safe(place)}: {safe(row['explanation'])} ({row['finding_id']})"
