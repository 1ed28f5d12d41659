"""Writes what moderation and the platforms said of the sample, as it was received."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

from indexer.demo.agora import client_callbacks, live_notices
from indexer.demo.alibaba import alibaba_callbacks
from indexer.demo.inhouse import inhouse_rows
from indexer.demo.notices import recording_notices

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from indexer.demo.sample import Sample
    from indexer.demo.seminar import Seminar

BODIES = tuple(
    f"payloads/{name}" for name in ("agora-live.jsonl", "agora-client.jsonl", "agora-recording.jsonl", "alibaba")
)
"""What says itself whose bodies it holds, from the sample's folder on."""

TABLE, TABLE_PROVIDER = "payloads/inhouse.csv", "inhouse"
"""The table of one's own, and the provider that the configuration describes it as."""


def write_payloads(sample: Sample, seminar: Seminar) -> None:
    """Write the payload files, and note in the sample what of it is to be found."""
    folder = sample.folder / "payloads"
    (folder / "alibaba").mkdir(parents=True)
    live = live_notices(sample)
    # One callback came twice, as callbacks do, and one line was cut.
    _write_lines(folder / "agora-live.jsonl", [*live, live[0], live[1][: len(live[1]) // 2]])
    _write_lines(folder / "agora-client.jsonl", client_callbacks(sample))
    _write_lines(folder / "agora-recording.jsonl", recording_notices(sample, seminar))
    for number, body in enumerate(alibaba_callbacks(sample)):
        (folder / "alibaba" / f"{number:04d}.json").write_text(body, "utf-8")
    _write_table(folder / "inhouse.csv", inhouse_rows(sample))


def _write_lines(path: Path, bodies: Iterable[str]) -> None:
    path.write_text("".join(f"{body}\n" for body in bodies), "utf-8")


def _write_table(path: Path, rows: Iterator[dict[str, Any]]) -> None:
    table = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=table[0])
        writer.writeheader()
        writer.writerows(table)
