"""One ingest from payload files to the published index: what is counted, what is kept, and what stays as it was."""

from __future__ import annotations

import hashlib
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from moderation.reading import SAMPLES, parsed, sample

from indexer.config import Moderation
from indexer.config.settings import GenericSettings
from indexer.errors import IndexMissing, UsageError
from indexer.ingest import ingest_files, rebuild_index
from indexer.moderation import Handling
from indexer.store import Ingested, reading

if TYPE_CHECKING:
    from pathlib import Path

NOTHING = Ingested(deliveries=0, new_payloads=0, repaired=0, failed=0, verdicts=0, violations=0)
INHOUSE = GenericSettings(columns={"key": "object", "label": "label", "suggestion": "decision"})
TABLES = ("payload_bodies", "deliveries", "verdicts", "notifications", "matches", "payloads", "violations")
HOSTILE = ["'; DROP TABLE verdicts; --", "a\x00b", "\u202egpj.shot", '"\\', "$now", "{now}", "é" * 1000, "\U0001f600"]


def take(index: Path, *paths: Path | str, provider: str | None = None, stdin: bytes = b"") -> Ingested:
    """One ingest."""
    return ingest_files(
        index,
        [str(path) for path in paths],
        provider=provider,
        generics={"inhouse": INHOUSE},
        stdin=io.BytesIO(stdin),
    )


def rows(index: Path, query: str) -> list[tuple[Any, ...]]:
    """What the published index answers."""
    with reading(index) as connection:
        return connection.execute(query).fetchall()


def tables(index: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that is known of moderation."""
    return {table: rows(index, f"FROM {table} ORDER BY ALL") for table in TABLES}


def labelled(said: str) -> dict[str, Any]:
    """A notice with this text in its label, channel and key."""
    body = parsed("agora_client")
    body["results"]["porn"]["scene"] = said
    return body | {"channelName": said, "object": f"shots/{said}.jpg"}


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Where the index is to be."""
    return tmp_path / "index.duckdb"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table of the user's own: three rows, one of them too short."""
    path = tmp_path / "inhouse.csv"
    path.write_text("object,label,decision\n1.jpg,porn,block\n2.jpg\n3.jpg,normal,pass\n")
    return path


@pytest.mark.parametrize(
    ("pattern", "provider", "ingested"),
    [
        ("alibaba_live*", "alibaba_live", Ingested(2, 2, repaired=2, failed=0, verdicts=4, violations=3)),
        ("agora_live*", "agora_live", Ingested(16, 16, 3, failed=0, verdicts=4, violations=0, notifications=3)),
        ("agora_client*", "agora_client", Ingested(4, 4, 1, failed=0, verdicts=2, violations=0, notifications=2)),
        ("agora_ncs*", "agora_ncs", Ingested(2, 2, 0, failed=0, verdicts=0, violations=0, notifications=1)),
    ],
)
@pytest.mark.parametrize("forced", [True, False], ids=["forced", "told by shape"])
def test_a_providers_bodies(index: Path, pattern: str, provider: str, ingested: Ingested, *, forced: bool) -> None:
    """The documents' bodies of each provider are counted and known, whether it is named or told by their shape."""
    assert take(index, SAMPLES / pattern, provider=provider if forced else None) == ingested
    assert rows(index, "SELECT DISTINCT provider FROM payloads") == [(provider,)]
    assert rows(index, "SELECT count(*), count(DISTINCT verdict_id) FROM verdicts") == [(ingested.verdicts,) * 2]


def test_a_table_of_ones_own(index: Path, table: Path) -> None:
    """Rows of a table are taken by the columns of its settings, and a row that is too short is kept as failed."""
    assert take(index, table, provider="inhouse") == Ingested(3, 3, repaired=0, failed=1, verdicts=2, violations=1)
    assert rows(index, "SELECT object_key, suggestion FROM verdicts ORDER BY ALL") == [
        ("1.jpg", "block"),
        ("3.jpg", "pass"),
    ]
    assert rows(index, "SELECT source_line, parse_error FROM payloads WHERE parse_status = 'failed'") == [
        (3, "line 3 has 1 fields and the header 3")
    ]


def test_a_second_ingest_changes_nothing(index: Path, table: Path) -> None:
    """The same files once more bring nothing, and everything that is known stays as it was."""
    for paths, provider in (([SAMPLES], None), ([table], "inhouse")):
        take(index, *paths, provider=provider)
    before = tables(index)
    assert take(index, SAMPLES) == take(index, table, provider="inhouse") == NOTHING
    assert tables(index) == before


def test_verdicts_have_the_same_ids_in_another_index(index: Path, tmp_path: Path) -> None:
    """A verdict's id is made of its body and its place there, and not of when or from where it was taken."""
    other = tmp_path / "other.duckdb"
    take(index, SAMPLES)
    for path in sorted(SAMPLES.iterdir(), reverse=True):
        take(other, "-", stdin=path.read_bytes())
    ids = "SELECT verdict_id, payload_id, result_path FROM verdicts ORDER BY ALL"
    assert rows(index, ids) == rows(other, ids) != []


def test_the_same_body_from_two_files(index: Path, tmp_path: Path) -> None:
    """A body that two files hold is one payload with two deliveries, and its verdicts count once."""
    for name in ("1.json", "2.json"):
        (tmp_path / name).write_text(sample("alibaba_live"))
    assert take(index, tmp_path / "?.json") == Ingested(2, 1, repaired=1, failed=0, verdicts=2, violations=1)
    assert rows(index, "SELECT deliveries FROM payloads") == [(2,)]


def test_standard_input_is_a_delivery_a_run(index: Path) -> None:
    """A body that comes by standard input in two runs was delivered twice."""
    body = sample("agora_client").encode()
    assert take(index, "-", stdin=body).new_payloads == 1
    assert take(index, "-", stdin=body) == Ingested(1, 0, repaired=0, failed=0, verdicts=0, violations=0)
    assert rows(index, "SELECT deliveries, source_uri FROM payloads") == [(2, "stdin of run 1")]


@pytest.mark.parametrize("said", HOSTILE, ids=lambda said: ascii(said)[:20])
def test_hostile_text_arrives_whole(index: Path, said: str) -> None:
    """A text that means something to SQL, to a terminal or to C stands in the index as it was said."""
    body = json.dumps(labelled(said))
    assert take(index, "-", stdin=body.encode()).verdicts == 1
    told = rows(index, "SELECT label, cname, object_key, category FROM verdicts")
    assert told == [(said, said, f"shots/{said}.jpg", "other")]
    assert rows(index, "SELECT raw_text FROM payloads") == [(body,)]


def test_half_a_character_is_no_text(index: Path) -> None:
    """A body with half of a surrogate pair, which UTF-8 does not have, is kept and failed with the reason."""
    bodies = [labelled("\ud800"), {"\udfff": 1}]
    assert take(index, "-", stdin="\n".join(map(json.dumps, bodies)).encode()).deliveries == 2
    reasons = rows(
        index, "SELECT parse_error, raw_text FROM payloads WHERE parse_status = 'failed' ORDER BY source_line"
    )
    assert [text for _, text in reasons] == [json.dumps(body) for body in bodies]
    assert "holds half of a surrogate pair" in reasons[0][0]
    assert reasons[1][0] == "no known shape: fields \\udfff"


@pytest.mark.parametrize(
    "body",
    [
        *(b"{" * 100_000, b"9" * 5000, b'{"a": NaN}', b'{"a": "\x00"}', b'{"a": 1e999}'),
        *(b"\x00", b"\xff\x00\xfe", b"\xed\xa0\x80"),
    ],
    ids=lambda body: repr(body)[:12],
)
def test_a_body_that_cannot_be_read_is_kept(index: Path, body: bytes) -> None:
    """Whatever bytes come, they are in the index with the reason why they could not be read."""
    assert take(index, "-", stdin=body) == Ingested(1, 1, repaired=0, failed=1, verdicts=0, violations=0)
    ((text, raw, reason),) = rows(index, "SELECT raw_text, raw_bytes, parse_error FROM payloads")
    assert (raw or text.encode(), bool(reason)) == (body, True)


def test_a_body_that_failed_is_taken_anew(index: Path, table: Path) -> None:
    """Rows that nobody could read are taken anew once their provider is named."""
    line = b'{"object": "1.jpg", "label": "porn", "decision": "block"}\n'
    assert take(index, "-", stdin=line).failed == 1
    assert take(index, "-", stdin=line, provider="inhouse") == Ingested(1, 1, 0, 0, verdicts=1, violations=1)
    assert rows(index, "SELECT parse_status, provider, deliveries FROM payloads") == [("ok", "inhouse", 2)]


def test_an_unknown_provider_is_an_error(index: Path) -> None:
    """A provider that is neither built in nor configured is a UsageError that names those that are."""
    with pytest.raises(UsageError, match=r"no provider 'agora': .*alibaba_live, agora_live, agora_client, .*, inhouse"):
        take(index, SAMPLES, provider="agora")
    assert not index.exists()


def test_a_file_that_cannot_be_read_takes_nothing_in(index: Path, tmp_path: Path) -> None:
    """An ingest that ends in an error publishes nothing of what it read before."""
    take(index, SAMPLES / "agora_client.json")
    before = tables(index)
    with pytest.raises(UsageError):
        take(index, SAMPLES, tmp_path / "no-such-file")
    assert tables(index) == before


def test_a_rebuild_changes_nothing_where_nothing_is_newer(index: Path, table: Path) -> None:
    """What is derived again from the kept bodies, those of the user's own too, is what was there, ids and all."""
    take(index, SAMPLES)
    take(index, table, provider="inhouse")
    before = tables(index)
    rebuilt = rebuild_index(index, generics={"inhouse": INHOUSE})
    assert tables(index) == before
    assert (rebuilt.payloads, rebuilt.verdicts) == (len(before["payloads"]), len(before["verdicts"]))
    assert rows(index, "SELECT command, status FROM runs WHERE run = 3") == [("ingest", "complete")]


def test_a_rebuild_reads_as_the_configuration_says_now(index: Path, table: Path) -> None:
    """Other words and other thresholds make other suggestions of the same bodies, under the same ids."""
    take(index, table, provider="inhouse")
    ids = rows(index, "SELECT verdict_id FROM verdicts ORDER BY ALL")
    other = INHOUSE.model_copy(update={"suggestions": {"pass": "review", "block": "review"}})
    rebuild_index(index, generics={"inhouse": other})
    assert rows(index, "SELECT DISTINCT suggestion FROM verdicts") == [("review",)]
    assert rows(index, "SELECT verdict_id FROM verdicts ORDER BY ALL") == ids


def test_a_rebuild_needs_the_settings_that_bodies_were_read_by(index: Path, table: Path) -> None:
    """Bodies of a [moderation.NAME] that is gone are not lost: nothing is changed, and the name is told."""
    take(index, table, provider="inhouse")
    before = tables(index)
    with pytest.raises(UsageError, match=r"bodies of 'inhouse': they need its \[moderation.inhouse\]"):
        rebuild_index(index, generics={})
    assert tables(index) == before


def test_there_is_nothing_to_rebuild_without_an_index(index: Path) -> None:
    """A rebuild makes no index where there is none."""
    with pytest.raises(IndexMissing, match="nothing to rebuild"):
        rebuild_index(index, generics={})
    assert not index.exists()


def test_redaction_is_the_configurations_to_ask_for(index: Path) -> None:
    """Bodies are kept as received, or without their secrets, and their ids are those of the bytes as received."""
    body = json.dumps(parsed("agora_client") | {"callbackData": "https://h/?token=d41d8cd98f"}).encode()
    moderation = Moderation(Handling(redact_raw=True))
    stdin = io.BytesIO(body)
    ingest_files(index, ["-"], provider=None, generics={}, stdin=stdin, moderation=moderation)
    assert rows(index, "SELECT payload_id, raw_text FROM payloads") == [
        (hashlib.sha256(body).hexdigest(), body.decode().replace("d41d8cd98f", "[redacted]"))
    ]
