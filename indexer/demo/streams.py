"""The sources of streams: ``live``, ``record``, ``cover`` and ``relay``."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from indexer.demo.sample import START, Shot
from indexer.demo.shots import SECOND, hexadecimal, shot_of, times
from indexer.naming import Layout, Template

if TYPE_CHECKING:
    from indexer.demo.sample import Sample

_RECORD = Layout("template", (Template("record/{AppName}/{StreamName}/{UnixTimestamp}.jpg"),))
_RELAY = Layout("template", (Template("relay/{AppName}/{StreamName}/{Date}/{Hour}_{Minute}_{Second}.jpg"),))
_BEIJING = timedelta(hours=8)


def add_live(sample: Sample) -> None:
    """Agora's live streaming: two streams, a shot of each every 10 seconds."""
    for stream in ("cooking", "karaoke"):
        sid = hexadecimal(sample.chance)
        for moment in times(START, 200, 10, sample.chance):
            record = {
                "service": "live-streaming", "prefix": "", "form": "14", "app": "live", "stream": stream, "sid": sid,
                "session_started_at": START, "captured_at": moment.replace(microsecond=0),
            }  # fmt: skip
            sample.add([shot_of("live", record)])


def add_record(sample: Sample) -> None:
    """Alibaba Live's flagged frames, named by their Unix time in milliseconds."""
    for moment in times(START, 40, 15, sample.chance):
        record = {
            "service": "template", "prefix": "", "form": "0 UnixTimestamp=13", "app": "stage", "stream": "anna",
            "captured_at": moment,
        }  # fmt: skip
        sample.add([shot_of("record", record, _RECORD)])


def add_cover(sample: Sample) -> None:
    """Alibaba Live's pictures that are overwritten with every shot: their names carry no time."""
    for stream in ("anna", "bo"):
        record = {"app": "stage", "stream": stream, "captured_at": None}
        sample.add([Shot("cover", f"cover/stage/{stream}.jpg", record)])


def add_relay(sample: Sample) -> None:
    """Names in Beijing time, which nobody has told the configuration."""
    for moment in times(START, 60, 20, sample.chance):
        record = {
            "service": "template", "prefix": "", "form": "0 Date=8 Hour=2 Minute=2 Second=2", "app": "tv",
            "stream": "news", "captured_at": moment.replace(microsecond=0) + _BEIJING,
        }  # fmt: skip
        shot = shot_of("relay", record, _RELAY)
        sample.add([replace(shot, uploaded_after=2 * SECOND - _BEIJING)])
    sample.plant("clock-skew", "warning", 1, source="relay")
