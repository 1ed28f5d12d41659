"""Reading payloads: each body is one payload, whatever is in it, and nothing but a UsageError is raised."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.errors import UsageError
from indexer.moderation import MAPPINGS, read_payloads
from indexer.moderation.repair import parse_json
from moderation.bodies import EVERY_SAMPLE, SAMPLES, inhouse, read, read_body, refusal_of, sample

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indexer.moderation import Mapping

FORCED = (None, *MAPPINGS, inhouse())
VALUES = [parse_json((SAMPLES / name).read_text("utf-8"))[0] for name in EVERY_SAMPLE]
HOSTILE: tuple[Any, ...] = (
    *(None, True, 0, -1, 5, 103, 1.5, 10**400, "", "\ud800", "\x00", "'; DROP TABLE verdicts; --", "\u202eshots"),
    *([], {}, [[]], {"": None}, "20260105100005073", 20260105100005073),
)
JSON = st.recursive(
    st.sampled_from(HOSTILE) | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


def test_every_sample_is_read() -> None:
    """Every body of the documents is known, and read or repaired."""
    unread = {name for name in EVERY_SAMPLE if read_body((SAMPLES / name).read_bytes()).parse_status == "failed"}
    assert unread == set()


@pytest.mark.parametrize("name", EVERY_SAMPLE)
def test_a_body_is_kept_exactly(name: str) -> None:
    """A payload is its body without the blanks around it, and its id is the body's SHA-256."""
    body = (SAMPLES / name).read_bytes()
    payload = read_body(body)
    assert (payload.text.encode(), payload.raw) == (body.strip(), None)
    assert payload.payload_id == hashlib.sha256(body.strip()).hexdigest()


def test_the_same_body_is_the_same_payload(tmp_path: Path) -> None:
    """A body that comes twice, from a line and from a file, has one id, and another byte makes another."""
    body = json.dumps(VALUES[0])
    (tmp_path / "1.jsonl").write_text(f"{body}\n{body}\n{body} \n{body[:-1]} }}\n")
    (tmp_path / "2.json").write_text(body)
    ids = [one.payload_id for one in read(tmp_path)]
    assert (ids[0], len(set(ids)), ids[3] == ids[0]) == (ids[4], 2, False)


def test_an_unknown_shape_is_kept_with_its_fields() -> None:
    """A body that no mapping knows is kept as failed, and the reason has its first fields."""
    fields = {f"field{number}": number for number in range(20)} | {"x" * 100: 1}
    assert refusal_of(fields) == f"no known shape: fields {', '.join(list(fields)[:8])}"
    assert refusal_of({"x" * 100: 1}) == f"no known shape: fields {'x' * 40}"
    assert refusal_of({"\ud800": 1}) == "no known shape: fields \\ud800"
    assert refusal_of({}) == "no known shape: fields none"


@pytest.mark.parametrize("body", ["5", '"text"', "null", "true", "[[]]"])
def test_what_is_no_object_is_of_no_shape(body: str) -> None:
    """JSON that is no object is kept as failed."""
    assert refusal_of(body) == "no known shape: it is no object"


@pytest.mark.parametrize("body", ["5", "null", '"payload"', "[[]]"])
@pytest.mark.parametrize("forced", FORCED[1:], ids=lambda forced: forced.provider)
def test_a_forced_provider_reads_objects_only(forced: Mapping, body: str) -> None:
    """A body that is no object fails for a forced provider too, which is kept as whose body it should be."""
    payload = read_body(body, forced)
    assert (payload.parse_status, payload.parse_error) == ("failed", "the body is no object")
    assert (payload.provider, payload.shape) == (forced.provider, forced.shape)


@pytest.mark.parametrize("forced", FORCED[1:], ids=lambda forced: forced.provider)
@pytest.mark.parametrize("body", [{}, {"another": "field"}])
def test_a_forced_provider_does_not_pass_over_foreign_bodies(forced: Mapping, body: dict[str, str]) -> None:
    """A body with none of the provider's fields fails, and can so be taken anew: it is no body without verdicts."""
    assert refusal_of(body, forced)


def test_a_forced_provider_reads_what_its_shape_would_miss() -> None:
    """A body that lacks a telling field is read where the provider is named."""
    body = {name: value for name, value in json.loads(sample("agora_client")).items() if name != "requestId"}
    assert read_body(body).parse_status == "failed"
    (verdict,) = read_body(body, MAPPINGS[2]).verdicts
    assert (verdict.event_id, verdict.label) == (None, "neutral")


def test_bytes_that_are_no_utf_8_are_kept() -> None:
    """A body that is no UTF-8 keeps its bytes beside what can be read of them."""
    payload = read_body(b'{"a": "caf\xe9"}')
    assert (payload.parse_status, payload.parse_error) == ("failed", "is no UTF-8 at byte 10")
    assert (payload.text, payload.raw) == ('{"a": "caf\\xe9"}', b'{"a": "caf\xe9"}')


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("\ud800", "\\ud800"),
        ("\udc00\ud800", "\\udc00\\ud800"),
        ("\U0001f600", "\U0001f600"),
        ("a\x00b", "a\x00b"),
        ("\u202etxt.exe", "\u202etxt.exe"),
        ("'; DROP TABLE verdicts; --", "'; DROP TABLE verdicts; --"),
    ],
)
def test_hostile_text_is_kept(said: str, kept: str) -> None:
    """A label arrives whole; half a character, which UTF-8 does not have, arrives as its escape."""
    body = json.loads(sample("agora_client"))
    body["results"]["porn"]["scene"] = body["channelName"] = said
    (verdict,) = read_body(body).verdicts
    assert (verdict.label, verdict.cname, verdict.category) == (kept, kept, "other")


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1e400", "1" + "0" * 400, "9" * 5000, "NaN", "Infinity"])
def test_a_number_that_is_none_fails(number: str) -> None:
    """A rate that no column can hold fails the body, however it is written."""
    body = sample("alibaba_live_pass_and_block").replace("99.5", number)
    assert "number" in str(refusal_of(body))


@pytest.mark.parametrize("field", ["timestamp", "object", "userId", "results", "suggestion"])
@pytest.mark.parametrize("depth", [300, 900, 990, 100_000])
def test_a_field_of_any_depth_fails(field: str, depth: int) -> None:
    """A field that is nested, deeply or too deeply to be parsed, fails the body and nothing more."""
    body = json.dumps(json.loads(sample("agora_client")) | {field: "@"}).replace('"@"', "[" * depth + "]" * depth)
    assert refusal_of(body)


def mangled(value: Any, draw: Callable[[st.SearchStrategy[Any]], Any]) -> Any:
    """The value with some of its nodes dropped, replaced, or doubled."""
    if draw(st.integers(0, 11)) == 0:
        return draw(JSON)
    if isinstance(value, dict):
        kept = {name: mangled(each, draw) for name, each in value.items() if draw(st.integers(0, 11))}
        return kept | {name.upper(): kept[name] for name in list(kept) if not draw(st.integers(0, 11))}
    if isinstance(value, list):
        return [mangled(each, draw) for each in value for _ in range(draw(st.sampled_from((0, 1, 1, 1, 2))))]
    return value


@st.composite
def mangled_bodies(draw: Callable[[st.SearchStrategy[Any]], Any]) -> bytes:
    """A sample that something happened to, on one line."""
    return json.dumps(mangled(draw(st.sampled_from(VALUES)), draw)).encode()


LINE = mangled_bodies() | JSON.map(lambda value: json.dumps(value).encode()) | st.binary().filter(bytes.strip)


@pytest.mark.parametrize("forced", FORCED, ids=lambda forced: forced.provider if forced else "told by shape")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(lines=st.lists(LINE, min_size=1, max_size=5))
def test_every_line_is_one_payload(tmp_path: Path, forced: Mapping | None, lines: list[bytes]) -> None:
    """Whatever a line holds, it is one payload that the index can store, with its number and its bytes."""
    path = tmp_path / "bodies.jsonl"
    path.write_bytes(b"\n".join([b"{}", *lines]))
    cut = [(number, line.strip()) for number, line in enumerate(path.read_bytes().split(b"\n"), 1) if line.strip()]
    payloads = read(path, forced=forced)
    assert [(one.source_line, one.raw or one.text.encode()) for one in payloads] == cut
    for payload in payloads:
        assert (payload.parse_status == "failed") <= (payload.parse_error is not None and not payload.verdicts)
        texts = [payload.parse_error, *(getattr(one, name) for one in payload.verdicts for name in one.__slots__)]
        assert all(text.encode() is not None for text in texts if isinstance(text, str))
        assert all(0 <= one.score <= 1 for one in payload.verdicts if one.score is not None)


@pytest.mark.parametrize("name", ["b", "b.jsonl", "b.csv", "b.parquet", "b.csv.gz"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(content=st.binary() | st.binary().map(gzip.compress) | st.binary().map(lambda tail: b"\x1f\x8b\x08\x00" + tail))
def test_any_bytes_are_read_or_a_usage_error(tmp_path: Path, name: str, content: bytes) -> None:
    """Whatever a file holds, and whatever it is called, reading it ends well or with a UsageError."""
    (tmp_path / name).write_bytes(content)
    with suppress(UsageError):
        read(tmp_path / name, forced=inhouse())
    with suppress(UsageError):
        read("-", stdin=content)


def test_standard_input_that_fails_is_an_error() -> None:
    """Standard input that cannot be read is a UsageError."""

    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise IsADirectoryError

    with pytest.raises(UsageError, match="stdin of run 1 cannot be read"):
        list(read_payloads(["-"], MAPPINGS, forced=None, stdin=Broken(), stdin_name="stdin of run 1"))
