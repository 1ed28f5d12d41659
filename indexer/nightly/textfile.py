"""A night's figures in the text format of Prometheus, for the textfile collector of its node exporter."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from indexer.store import reading
from indexer.store.statements import statement

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from indexer.nightly.night import Night

_PACKAGE = "indexer.nightly"


def write_textfile(path: Path, index: Path, night: Night) -> None:
    """Replace the file at once. Labels are names of the configuration and words of ours, never what came in.

    Raises:
        OSError: it cannot be written; what was there is as it was.
        IndexInconsistent: the index cannot be read.
    """
    registry = CollectorRegistry()
    if index.exists():
        with reading(index) as connection:
            _objects(registry, connection)
            _listings(registry, connection)
            _findings(registry, connection)
            _coverage(registry, connection)
    _night(registry, night)
    write_to_textfile(str(path), registry)


def _objects(registry: CollectorRegistry, connection: duckdb.DuckDBPyConnection) -> None:
    gauge = Gauge("indexer_objects", "Objects that the bucket holds", ("source", "kind"), registry=registry)
    for source, kind, objects in _rows(connection, "objects"):
        gauge.labels(source, kind).set(objects)


def _listings(registry: CollectorRegistry, connection: duckdb.DuckDBPyConnection) -> None:
    about = "When the last listing began that came to its end"
    began = Gauge("indexer_listing_complete_timestamp_seconds", about, ("source",), registry=registry)
    about = "Keys a second in the last listing that came to its end"
    rate = Gauge("indexer_listing_keys_per_second", about, ("source",), registry=registry)
    for source, moment, keys_per_second in _rows(connection, "listings"):
        began.labels(source).set(moment)
        if keys_per_second is not None:
            rate.labels(source).set(keys_per_second)


def _findings(registry: CollectorRegistry, connection: duckdb.DuckDBPyConnection) -> None:
    labels = ("kind", "severity", "acknowledged")
    gauge = Gauge("indexer_findings", "Findings that are not resolved", labels, registry=registry)
    for kind, severity, is_acknowledged, findings in _rows(connection, "findings"):
        gauge.labels(kind, severity, "true" if is_acknowledged else "false").set(findings)


def _coverage(registry: CollectorRegistry, connection: duckdb.DuckDBPyConnection) -> None:
    about = "Share of the shots there that the interval promises"
    share = Gauge("indexer_coverage_ratio", about, ("source",), registry=registry)
    about = "Shots that the interval promises and that are not there"
    gone = Gauge("indexer_missing_shots", about, ("source", "explained"), registry=registry)
    for source, shots, missing, explained in _rows(connection, "coverage"):
        share.labels(source).set(shots / (shots + missing))
        gone.labels(source, "true").set(explained)
        gone.labels(source, "false").set(missing - explained)


def _night(registry: CollectorRegistry, night: Night) -> None:
    finished = night.finished_at.replace(tzinfo=UTC).timestamp()
    for name, about, value in (
        ("timestamp_seconds", "When the last nightly run ended", finished),
        ("seconds", "How long the last nightly run took", night.seconds),
        ("exit_code", "The exit code of the last nightly run", night.exit_code),
    ):
        Gauge(f"indexer_nightly_{name}", about, registry=registry).set(value)
    seconds = Gauge("indexer_nightly_step_seconds", "How long a step took", ("step",), registry=registry)
    code = Gauge("indexer_nightly_step_exit_code", "The exit code of a step", ("step",), registry=registry)
    for done in night.done:
        seconds.labels(done.step).set(done.seconds)
        code.labels(done.step).set(done.exit_code)


def _rows(connection: duckdb.DuckDBPyConnection, name: str) -> list[tuple[Any, ...]]:
    return connection.execute(statement(name, _PACKAGE)).fetchall()
