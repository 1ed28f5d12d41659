"""The message of a night: what it says, within Slack's limits, whatever names and errors hold."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.nightly import Done, Night
from indexer.nightly.slack import message, safe
from indexer.reconcile import Summary

BEGAN = datetime.fromisoformat("2026-01-06 03:00:00")
NOWHERE = Path("/nowhere/index.duckdb")
HOSTILE = "<!channel> @here *b* `c` <https://evil.example|click> & \x1b[31m\u202e\n"


def night(
    *done: Done, rows: list[dict[str, Any]] | None = None, incomplete: list[dict[str, Any]] | None = None
) -> Night:
    """A night of a minute that ended so."""
    summary = None if rows is None else Summary(7, rows, [], incomplete or [], {})
    return Night(BEGAN, BEGAN + timedelta(minutes=1), list(done), summary)


def counts(kind: str = "coverage-gap") -> dict[str, Any]:
    """One row of a summary."""
    return {"kind": kind, "severity": "critical", "new": 1200, "open": 2, "resolved": 3, "acknowledged": 4}


def texts(told: dict[str, Any]) -> str:
    """All that a message says."""
    return json.dumps(told, ensure_ascii=False)


def test_a_message_tells_how_the_night_ended() -> None:
    """The headline, each step, the counts, and what was not listed stand in the message, and the first in its text."""
    failed = {"source": "live", "status": "failed", "error": "AccessDenied", "as_of": None}
    told = message(night(Done("sync", 3, 12.34, "1 of 2"), rows=[counts()], incomplete=[failed]), NOWHERE)
    assert told["text"] == (
        "Screenshots: the night's run is incomplete: exit code 3, 60 s, began 2026-01-06T03:00:00.000Z"
    )
    assert [block["type"] for block in told["blocks"]] == ["header", "section", "section", "section", "context"]
    assert "*sync*: incomplete, 12.3 s: 1 of 2" in texts(told)
    assert "*critical* coverage-gap: 1,200 new, 2 open, 4 acknowledged, 3 resolved" in texts(told)
    assert "source live is failed: AccessDenied" in texts(told)


@pytest.mark.parametrize("exit_code", [0, 1, 3, 4, 5])
def test_every_end_has_a_headline(exit_code: int) -> None:
    """However a night ends, the message says so in its header, which is no markup."""
    header = message(night(Done("sync", exit_code, 1, "")), NOWHERE)["blocks"][0]["text"]
    assert (header["type"], 0 < len(header["text"]) <= 150) == ("plain_text", True)


def test_names_call_nobody_and_link_nowhere() -> None:
    """What comes from outside is text: no mention, no link, no control character."""
    shown = safe(HOSTILE)
    assert shown == (
        "&lt;!channel&gt; @\u200bhere *b* `c` &lt;https://evil.example|click&gt; &amp; \\x1b[31m\\u202e\\n"
    )
    told = message(night(Done("sync", 1, 1, HOSTILE), rows=[counts(HOSTILE)]), NOWHERE)
    assert "<" not in texts(told)
    assert "@h" not in texts(told)
    sections = [block["text"] for block in told["blocks"] if block["type"] == "section"]
    assert [section["verbatim"] for section in sections] == [True, True]


@given(st.text(max_size=400), st.integers(0, 200), st.integers(0, 200))
def test_a_message_is_never_longer_than_slack_takes(text: str, steps: int, kinds: int) -> None:
    """A section has at most 3,000 letters however much there is to tell of, and what is left out of it is counted."""
    done = [Done(text or "sync", 0, 1, text * 9) for _ in range(steps)]
    told = message(night(*done, rows=[counts(text) for _ in range(kinds)]), NOWHERE)
    sections = [block["text"]["text"] for block in told["blocks"] if block["type"] == "section"]
    assert all(0 < len(section) <= 3000 for section in sections)
    assert len(told["blocks"]) <= 50
    if steps:
        *lines, last = sections[0].split("\n")
        assert len(lines) + (int(last.split()[2]) if last.startswith("… and ") else 1) == steps
