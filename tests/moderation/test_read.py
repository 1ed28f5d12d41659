"""Reading payload files: how bodies are cut, what each becomes, and that nothing is lost."""

from __future__ import annotations

import hashlib
import io
import json
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from indexer.moderation import MAPPINGS, read_payloads
from indexer.moderation.body import KEPT_BYTES, MAX_BYTES
from moderation.reading import EVERY_SAMPLE, SAMPLES, parsed, read, read_body, refusal_of, sample

if TYPE_CHECKING:
    from pathlib import Path

ALIBABA, LIVE, CLIENT = (json.dumps(parsed(name)) for name in ("alibaba_live", "agora_live_5", "agora_client"))
CUT = LIVE[: len(LIVE) // 2]


def written(tmp_path: Path, content: str | bytes, name: str = "bodies.json") -> Path:
    """A file with this content."""
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def outline(path: Path) -> list[tuple[int, str | None]]:
    """Where each payload of a file begins, and whose it is."""
    return [(payload.source_line, payload.provider) for payload in read(path)]


@pytest.mark.parametrize("name", EVERY_SAMPLE)
def test_every_documented_body_is_understood(name: str) -> None:
    """Each sample of the documents is its provider's, repaired where it needs to be, and kept as it stands."""
    (payload,) = read(SAMPLES / f"{name}.json")
    assert payload.parse_status in ("ok", "repaired")
    assert (payload.text, payload.raw, payload.source_line) == (sample(name).strip(), None, 1)
    assert name.startswith(str(payload.provider))


def test_a_body_is_known_by_its_bytes() -> None:
    """A body's id is the SHA-256 of its bytes without the white space around them, so a retry has the same one."""
    ids = {read_body(text).payload_id for text in (LIVE, f"{LIVE}\n", f"\r\n {LIVE}\t")}
    assert ids == {hashlib.sha256(LIVE.encode()).hexdigest()}


def test_the_same_body_twice_is_one_payload_id(tmp_path: Path) -> None:
    """A delivery that came again has the id of the first, at another line."""
    first, second = read(written(tmp_path, f"{LIVE}\n{LIVE}\n"))
    assert (first.payload_id, first.source_line, second.source_line) == (second.payload_id, 1, 2)


@pytest.mark.parametrize("name", ["bodies.jsonl", "bodies.ndjson", "bodies.log", "bodies.json"])
def test_lines_are_bodies(tmp_path: Path, name: str) -> None:
    """JSON Lines are told by the suffix or by their first line; empty lines are skipped and counted."""
    path = written(tmp_path, f"\n{ALIBABA}\r\n  \n{CUT}\n{CLIENT}", name)
    assert outline(path) == [(2, "alibaba_live"), (4, None), (5, "agora_client")]


def test_a_first_line_that_was_cut_does_not_hide_the_others(tmp_path: Path) -> None:
    """A rotated log begins in the middle of a body; its other lines are bodies all the same."""
    assert outline(written(tmp_path, f"{CUT}\n{LIVE}\n{CLIENT}\n", "a.log")) == [
        (1, None),
        (2, "agora_live"),
        (3, "agora_client"),
    ]


def test_one_line_is_one_body(tmp_path: Path) -> None:
    """A file of one line and nothing more is one body whatever its suffix."""
    assert outline(written(tmp_path, f"\n\n{LIVE}\n")) == [(3, "agora_live")]


def test_an_array_is_its_elements(tmp_path: Path) -> None:
    """Each element of an array is a body at its own line and exactly as it stands, faulty ones too."""
    elements = [sample("alibaba_live").strip(), CLIENT, '{"a": NaN}']
    payloads = read(written(tmp_path, f"\n[{elements[0]},\n{elements[1]}\n,\n  {elements[2]},\n]\n"))
    assert [payload.text for payload in payloads] == elements
    lines = sample("alibaba_live").strip().count("\n")
    assert [payload.source_line for payload in payloads] == [2, 3 + lines, 5 + lines]
    assert [payload.parse_status for payload in payloads] == ["repaired", "ok", "failed"]


def test_printed_bodies_one_after_the_other_are_as_many(tmp_path: Path) -> None:
    """What ``cat *.json`` writes is read as the files were."""
    path = written(tmp_path, sample("alibaba_live") + sample("agora_live_5"))
    assert outline(path) == [(1, "alibaba_live"), (1 + sample("alibaba_live").count("\n"), "agora_live")]


def test_a_byte_order_mark_is_no_part_of_a_body(tmp_path: Path) -> None:
    """Editors write a byte order mark; the body after it is the same body."""
    marked = "\ufeff" + LIVE
    assert read(written(tmp_path, marked))[0].payload_id == read_body(LIVE).payload_id
    assert outline(written(tmp_path, f"{marked}\n{LIVE}")) == [(1, "agora_live"), (2, "agora_live")]


@pytest.mark.parametrize("name", ["bodies.json", "bodies.jsonl"])
def test_a_body_that_is_no_utf8_is_kept(tmp_path: Path, name: str) -> None:
    """Bytes that are no UTF-8 stay as they are, beside a text that shows them and a reason that places them."""
    (payload,) = read(written(tmp_path, b'\n {"a": "\xff\xfe"} \n', name))
    assert (payload.text, payload.raw) == ('{"a": "\\xff\\xfe"}', b'{"a": "\xff\xfe"}')
    assert (payload.parse_status, payload.parse_error) == ("failed", "no UTF-8 at byte 8: 0xff")
    assert payload.source_line == 2


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("{}", "no known shape: an object without fields"),
        ('"x"', "no known shape: 'x'"),
        ("null", "no known shape: null"),
        ('{"a": 1, "b": 2}', "no known shape: fields a, b"),
        (json.dumps(dict.fromkeys("abcdefghij")), "no known shape: fields a, b, c, d, e, f, g, h, ..."),
        (json.dumps({"n" * 100: 1}), f"no known shape: fields {'n' * 40}"),
        ('{"\\ud83d": 1}', "no known shape: fields \\ud83d"),
    ],
)
def test_an_unknown_shape_tells_its_fields(body: str, reason: str) -> None:
    """A body of nobody's is kept, with the names of its first fields."""
    assert refusal_of(body) == reason
    assert (read_body(body).provider, read_body(body).shape) == (None, None)


def test_a_body_that_is_known_and_wrong_keeps_its_provider() -> None:
    """A body whose shape is known and which cannot be read says whose it is."""
    payload = read_body(parsed("alibaba_live") | {"Result": 5})
    assert (payload.provider, payload.shape, payload.parse_status) == ("alibaba_live", "alibaba_live.v2", "failed")


@pytest.mark.parametrize("mapping", MAPPINGS, ids=lambda mapping: mapping.provider)
@pytest.mark.parametrize("body", ["{}", "null", "5", '"x"', "[[1]]", '{"payload": 1}'])
def test_a_provider_that_was_forced_does_not_make_a_body_its_own(mapping: object, body: str) -> None:
    """A body that is not the forced provider's fails, and does not pass for one without verdicts."""
    forced = next(known for known in MAPPINGS if known is mapping)
    payload = read_body(body, forced)
    assert (payload.provider, payload.parse_status) == (forced.provider, "failed")


def test_a_forced_provider_reads_what_its_shape_does_not_tell() -> None:
    """A body that has the decision and lacks what tells its shape is read where the user says whose it is."""
    body = {
        name: value for name, value in parsed("agora_live_5").items() if name in ("results", "suggestion", "fileName")
    }
    assert refusal_of(body).startswith("no known shape")
    assert read_body(body, MAPPINGS[1]).verdicts[0].label == "neutral"


@pytest.mark.parametrize("name", ["large.json", "large.jsonl"])
def test_a_body_that_is_too_large_is_kept_in_part(tmp_path: Path, name: str) -> None:
    """Of what is too large to be a body the beginning is kept, and the id is still that of all of it."""
    content = b'{"a": "' + b"x" * MAX_BYTES + b'"}'
    first, *after = read(written(tmp_path, b"\n" * name.endswith("l") + content + b"\n", name))
    assert (first.parse_status, first.text) == ("failed", content[:KEPT_BYTES].decode())
    assert first.parse_error == "larger than 64 MiB: only its first 64 KiB are kept"
    assert (first.payload_id, after) == (hashlib.sha256(content).hexdigest(), [])


def test_a_line_after_one_that_is_too_large_is_read(tmp_path: Path) -> None:
    """A line that is too large ends where it ends; blanks alone, however many, are no body."""
    content = b"x" * (MAX_BYTES + 5) + b"\n" + b" " * (MAX_BYTES + 5) + b"\n" + LIVE.encode()
    assert outline(written(tmp_path, content, "a.jsonl")) == [(1, None), (3, "agora_live")]


def test_memory_stays_flat_however_many_lines(tmp_path: Path) -> None:
    """Payloads come while the file is read, so a file of lines never stands in memory."""
    path = written(tmp_path, f"{LIVE}\n" * 40_000, "a.jsonl")
    tracemalloc.start()
    payloads = read_payloads([str(path)], MAPPINGS, forced=None, stdin=io.BytesIO(), stdin_name="stdin")
    length = sum(len(payload.text) for payload in payloads)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert length == 40_000 * len(LIVE)
    assert peak < path.stat().st_size / 2
