"""What the receiver counts, for Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from indexer.errors import InboxUnavailable
from indexer.service.inbox import opened_inbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The counters of one receiver. Labels are names of the configuration and words of ours, never what came in."""

    def __init__(self, inbox: Path, clock: Callable[[], float]) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Level(inbox, clock))
        self._answers = Counter(
            "indexer_callbacks", "Requests by what became of them", ("callback", "outcome"), registry=self.registry
        )
        self._seconds = Histogram(
            "indexer_callback_seconds",
            "Time from a request's head to the last of its answer",
            ("callback",),
            buckets=_SECONDS,
            registry=self.registry,
        )

    def note(self, callback: str, outcome: str, seconds: float) -> None:
        """Count one request."""
        self._answers.labels(callback, outcome).inc()
        self._seconds.labels(callback).observe(seconds)


class _Level(Collector):
    """How full the inbox is, read when it is asked for."""

    def __init__(self, inbox: Path, clock: Callable[[], float]) -> None:
        self._inbox = inbox
        self._clock = clock

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges; none where the inbox cannot be read, which /healthz tells of."""
        try:
            with opened_inbox(self._inbox) as inbox:
                level = inbox.level()
        except InboxUnavailable:
            return
        age = 0.0 if level.oldest is None else max(0.0, self._clock() - level.oldest / 1_000_000)
        size = self._inbox.stat().st_size
        yield GaugeMetricFamily("indexer_inbox_rows", "Callbacks in the inbox", level.rows)
        yield GaugeMetricFamily("indexer_inbox_waiting", "Callbacks that are not in the index yet", level.waiting)
        yield GaugeMetricFamily("indexer_inbox_oldest_seconds", "How long the first of these has waited", age)
        yield GaugeMetricFamily("indexer_inbox_bytes", "Size of the inbox's file", size)
