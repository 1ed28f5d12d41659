"""A folder with all that a night takes in: a bucket with gaps, payload files, and callbacks that wait in the inbox."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bench.calling import notice
from cli import gaps

from indexer.service.inbox import Callback, opened_inbox
from indexer.store import reading

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_CONFIG = (
    gaps.CONFIG
    + """
[moderation.inhouse]
columns = { key = "object", suggestion = "decision" }

[nightly]
summary = "nightly.json"
textfile = "indexer.prom"
ingest = ["payloads/*.json", { path = "verdicts.jsonl", provider = "inhouse" }]
"""
)


def place(folder: Path, said: str = "", verdicts: int = 20, callbacks: int = 5) -> Path:
    """Fill a folder and give its configuration, with more lines in its [nightly]."""
    gaps.bucket(folder)
    config = folder / "indexer.toml"
    config.write_text(f"{_CONFIG}{said}\n")
    keys = sorted(path.name for path in (folder / "bucket").iterdir())[:verdicts]
    lines = (json.dumps({"object": key, "decision": "block"}) + "\n" for key in keys)
    (folder / "verdicts.jsonl").write_text("".join(lines))
    (folder / "payloads").mkdir()
    (folder / "payloads" / "one.json").write_bytes(notice("of a file"))
    call(folder, range(callbacks))
    return config


def call(folder: Path, numbers: Iterable[int]) -> None:
    """Leave callbacks of these numbers in the inbox."""
    bodies = {f"{number}": notice(f"{number}") for number in numbers}
    with opened_inbox(folder / "index.duckdb.inbox", create=True) as inbox:
        inbox.receive(
            [
                Callback("agora_live", 1, body, body, "{}", name, signature_ok=True, is_test=False)
                for name, body in bodies.items()
            ]
        )


def waiting(folder: Path) -> int:
    """How many callbacks are not in the index yet."""
    with opened_inbox(folder / "index.duckdb.inbox") as inbox:
        return inbox.level().waiting


def held(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """What an index holds, but for what tells one run from another: objects, bodies, verdicts and findings."""
    selects = {
        "objects": "SELECT source, key, deleted_at FROM objects ORDER BY ALL",
        "payloads": "SELECT payload_id, parse_status, deliveries FROM payloads ORDER BY ALL",
        "verdicts": "SELECT verdict_id, object_key, suggestion FROM verdicts ORDER BY ALL",
        "evidence": "SELECT verdict_id, key, evidence FROM violations ORDER BY ALL",
        "findings": "SELECT finding_id, severity, status = 'resolved', explanation FROM findings ORDER BY ALL",
        "coverage": "SELECT * FROM coverage ORDER BY ALL",
    }
    with reading(folder / "index.duckdb") as connection:
        return {name: connection.execute(sql).fetchall() for name, sql in selects.items()}
