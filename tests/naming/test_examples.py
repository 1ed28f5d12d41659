"""Names that the platforms document, and names seen in real buckets: ``example_names.tsv`` says what each one is."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from indexer.naming import FIELDS, Layout
from naming.reading import LIVE, RTC, TEMPLATES, Row, rows

_LINES = Path(__file__).with_name("example_names.tsv").read_text("utf-8").splitlines()[1:]
EXAMPLES = [line.split("\t") for line in _LINES]
_NUMBERS = ("uid", "sequence", "failover", "captured_at_precision_ms")


def _value(name: str, text: str) -> object:
    if name in _NUMBERS:
        return int(text)
    return datetime.fromisoformat(text) if name.endswith("_at") else text


def _expected(key: str, kind: str, service: str, *told: str) -> Row:
    values = {name: _value(name, text) for name, _, text in (field.partition("=") for field in told)}
    return dict.fromkeys(FIELDS) | {"key": key, "kind": kind, "service": service or None} | values


def test_every_example_is_read_as_documented() -> None:
    """Each name has the kind, service and fields of its line and no others, where the layout is left to ``auto``."""
    read = [{name: row[name] for name in FIELDS} for row in rows([line[0] for line in EXAMPLES], Layout())]
    for found, line in zip(read, EXAMPLES, strict=True):
        assert found == _expected(*line)


@pytest.mark.parametrize("service", ["cloud-recording", "screenshot-upload", "live-streaming"])
def test_a_layout_reads_its_own_examples_as_auto_does(service: str) -> None:
    """The layout of a service tells the same of that service's names as ``auto``."""
    own = [line for line in EXAMPLES if line[2] == service]
    assert own
    read = [{name: row[name] for name in FIELDS} for row in rows([line[0] for line in own], Layout(service))]
    assert read == [_expected(*line) for line in own]


@pytest.mark.parametrize(
    ("services", "other"), [(("live-streaming",), RTC), (("cloud-recording", "screenshot-upload"), LIVE)]
)
def test_no_layout_reads_the_screenshots_of_another(services: tuple[str, ...], other: Layout) -> None:
    """Live streaming on one side, Cloud Recording and screenshot upload on the other, share no name of a screenshot."""
    shots = [line[0] for line in EXAMPLES if line[1] == "screenshot" and line[2] in services]
    assert shots
    assert {row["kind"] for row in rows(shots, other)} == {"unparsed"}


def test_recordings_beside_a_template_are_recordings() -> None:
    """Under a template, every documented recording and caption is a recording or a caption."""
    others = [line[0] for line in EXAMPLES if line[1] in ("recording", "caption")]
    assert {row["kind"] for row in rows(others, TEMPLATES)} == {"recording", "caption"}
