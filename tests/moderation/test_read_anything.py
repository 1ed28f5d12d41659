"""Whatever stands in a file, reading it gives payloads and nothing else: one for each body, and each can be stored."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.moderation import MAPPINGS, GenericMapping, Mapping, Payload, generic_mapping
from moderation.reading import EVERY_SAMPLE, parsed, read
from moderation.test_repair import JSON

if TYPE_CHECKING:
    from pathlib import Path

SAMPLES = [parsed(name) for name in EVERY_SAMPLE]
ROWS = generic_mapping(
    GenericMapping("rows", {name: name for name in ("key", "sid", "cname", "uid", "captured_at", "score")})
)
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, "", " ", "\ud83d", -1, 10**400, 1e308, "9" * 5000, [], {}, [[]], {"porn": []}]
)


@st.composite
def mangled(draw: st.DrawFn, documented: Any = None) -> Any:
    """A documented body, any or this one, with some of its nodes dropped, replaced, doubled or exchanged."""
    body: Any = copy.deepcopy(documented or draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(0, 4))):
        places = list(_places(body))
        if not places:
            break
        holder, name = draw(st.sampled_from(places))
        match draw(st.sampled_from(["drop", "odd", "any", "double", "exchange"])):
            case "drop":
                del holder[name]
            case "odd":
                holder[name] = copy.deepcopy(draw(ODD))
            case "any":
                holder[name] = draw(JSON)
            case "double":
                holder[name] = [copy.deepcopy(holder[name]), copy.deepcopy(holder[name])]
            case "exchange":
                other, place = draw(st.sampled_from(places))
                holder[name] = copy.deepcopy(other[place])
    return body


def _places(node: Any) -> Any:
    names = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for name in names:
        yield node, name
        yield from _places(node[name])


def assert_storable(payload: Payload) -> None:
    """A payload's texts have a UTF-8 form, and its numbers are in their ranges."""
    assert payload.parse_status in ("ok", "repaired", "failed")
    assert payload.text
    assert (payload.parse_status == "failed") <= (bool(payload.parse_error) and not payload.verdicts)
    for text in (payload.text, payload.parse_error):
        (text or "").encode()
    for verdict in payload.verdicts:
        texts = (
            verdict.label,
            verdict.scene,
            verdict.key,
            verdict.app,
            verdict.stream,
            verdict.cname,
            verdict.event_id,
        )
        "".join(text or "" for text in (*texts, verdict.suggestion_raw, verdict.policy, verdict.bucket)).encode()
        assert verdict.suggestion in ("pass", "review", "block", "unknown")
        assert verdict.score is None or 0 <= verdict.score <= 1
        assert verdict.uid is None or 0 <= verdict.uid < 2**32


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file to be written again and again."""
    return tmp_path_factory.mktemp("anything") / "bodies.jsonl"


@given(lines=st.lists(mangled() | JSON, max_size=5), forced=st.sampled_from([None, *MAPPINGS, ROWS]))
def test_mangled_bodies_are_payloads(file: Path, lines: list[Any], forced: Mapping | None) -> None:
    """Bodies whose nodes were dropped, replaced or doubled give one payload each, whoever is said to have sent them."""
    file.write_text("".join(f"{json.dumps(line)}\n\n" for line in lines), "utf-8")
    payloads = read(file, forced=forced)
    assert [payload.source_line for payload in payloads] == list(range(1, 2 * len(lines), 2))
    for payload in payloads:
        assert_storable(payload)


@given(content=st.binary(max_size=60) | st.text(alphabet='{}[]",:/\\ \n\r1a\ufeff', max_size=60).map(str.encode))
def test_every_line_is_accounted_for_once(file: Path, content: bytes) -> None:
    """Each line that is not blank is one payload, whatever bytes it is made of."""
    file.write_bytes(content)
    lines = [line.removeprefix(b"\xef\xbb\xbf").strip() for line in content.split(b"\n")]
    expected = [(number, line) for number, line in enumerate(lines, 1) if line]
    # Two bytes of gzip's magic make it another kind of file.
    if not content.startswith(b"\x1f\x8b"):
        payloads = read(file)
        assert [(payload.source_line, payload.raw or payload.text.encode()) for payload in payloads] == expected


@given(content=st.binary(max_size=60), magic=st.sampled_from([b"", b"\x1f\x8b", b"\x1f\x8b\x08\x00", b"[", b"{"]))
@pytest.mark.parametrize("forced", [None, ROWS], ids=["json", "rows"])
@pytest.mark.parametrize("suffix", ["json", "csv", "parquet", "txt"])
def test_any_bytes_are_payloads(file: Path, content: bytes, magic: bytes, forced: Mapping | None, suffix: str) -> None:
    """Any file at all, under any suffix, is read to its end without an error."""
    path = file.with_suffix(f".{suffix}")
    path.write_bytes(magic + content)
    for payload in read(path, forced=forced):
        assert_storable(payload)


@given(body=mangled() | JSON)
def test_telling_a_shape_raises_nothing(body: Any) -> None:
    """Every mapping can be asked about every JSON value."""
    assert {mapping.matches(body) for mapping in (*MAPPINGS, ROWS)} <= {True, False}
