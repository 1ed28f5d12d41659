"""From the inbox into the index: whose bodies they are, what comes with them, and dying in between."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from moderation.reading import sample
from store.processes import line_of, started

from indexer.config.settings import GenericSettings
from indexer.errors import InboxUnavailable, IndexerError
from indexer.ingest import ingest_inbox
from indexer.service.inbox import Callback, opened_inbox
from indexer.store import Ingested, reading

if TYPE_CHECKING:
    from pathlib import Path

INHOUSE = GenericSettings(columns={"key": "object", "label": "label", "suggestion": "decision"})
NOTHING = Ingested(deliveries=0, new_payloads=0, repaired=0, failed=0, verdicts=0, violations=0)
RECEIVED_AT = 1_767_607_206_673_001

# It stops at the moment between publishing and noting that; its input says when to go on, and it is killed before.
DRAIN = """
import sys
from pathlib import Path
from indexer.ingest import ingest_inbox
from indexer.service.drain import Drain

published = Drain.published

def stop(drain):
    print("published", flush=True)
    sys.stdin.readline()
    published(drain)

Drain.published = stop
ingest_inbox(Path(sys.argv[1]), Path(sys.argv[2]), generics={})
"""


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Where the index is to be."""
    return tmp_path / "index.duckdb"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """An empty inbox."""
    path = tmp_path / "inbox"
    with opened_inbox(path, create=True):
        pass
    return path


def receive(inbox: Path, provider: str, body: bytes, *, is_test: bool = False) -> None:
    """Put a callback into an inbox."""
    headers = json.dumps({"user-agent": "platform"})
    with opened_inbox(inbox) as opened:
        opened.receive([Callback(provider, RECEIVED_AT, body, body, headers, str(body), None, is_test)])


def take(index: Path, inbox: Path) -> Ingested:
    """One ingest."""
    return ingest_inbox(index, inbox, generics={"inhouse": INHOUSE})


def rows(index: Path, query: str) -> list[tuple[Any, ...]]:
    """What the published index answers."""
    with reading(index) as connection:
        return connection.execute(query).fetchall()


def test_callbacks_come_into_the_index_once(index: Path, inbox: Path) -> None:
    """What waits is taken in as its provider's; a second ingest brings nothing, and what comes later is taken then."""
    receive(inbox, "alibaba_live", sample("alibaba_live").encode())
    receive(inbox, "inhouse", b'{"object": "1.jpg", "label": "porn", "decision": "block"}')
    assert take(index, inbox) == Ingested(2, 2, repaired=1, failed=0, verdicts=3, violations=2)
    assert take(index, inbox) == NOTHING
    receive(inbox, "somebody", sample("agora_client").encode())
    assert take(index, inbox).new_payloads == 1
    assert rows(index, "SELECT source_uri, source_line, provider FROM payloads ORDER BY ALL") == [
        ("inbox:alibaba_live", 1, "alibaba_live"),
        ("inbox:inhouse", 2, "inhouse"),
        ("inbox:somebody", 3, "agora_client"),
    ]


def test_whatever_was_received_is_in_the_index(index: Path, inbox: Path) -> None:
    """Bodies that nobody can read are taken in as failed, with the reason and their bytes."""
    bodies = [b"", b"\xff\x00", b"checksum=1&content=%7B%7D", b"{" * 5000, b'{"new": 1}']
    for body in bodies:
        receive(inbox, "alibaba_live", body)
    assert take(index, inbox) == Ingested(5, 5, repaired=0, failed=5, verdicts=0, violations=0)
    found = rows(index, "SELECT coalesce(raw_bytes, raw_text::BLOB), parse_error IS NOT NULL FROM payloads")
    assert sorted(found) == sorted((body, True) for body in bodies)


def test_how_it_came_comes_with_it(index: Path, inbox: Path) -> None:
    """Deliveries, the time of the first, and headers are in the index; a retry after it counts too."""
    columns = "SELECT deliveries FROM payloads"
    for _ in range(2):
        receive(inbox, "agora_client", sample("agora_client").encode())
    take(index, inbox)
    assert rows(index, columns) == [(2,)]
    receive(inbox, "agora_client", sample("agora_client").encode())
    assert take(index, inbox).new_payloads == 0
    assert rows(index, columns) == [(3,)]
    came = rows(index, "SELECT epoch_us(received_at), headers, signature_ok FROM deliveries")
    assert came == [(RECEIVED_AT, '{"user-agent": "platform"}', None)]


def test_a_test_of_the_address_is_no_failure(index: Path, inbox: Path) -> None:
    """A health test is an event of any product: its shape tells what it is, and not the route it came by."""
    receive(inbox, "agora_live", sample("agora_ncs_health_test").encode(), is_test=True)
    assert take(index, inbox) == Ingested(1, 1, repaired=0, failed=0, verdicts=0, violations=0)


def test_dying_after_publishing_counts_nothing_twice(index: Path, inbox: Path) -> None:
    """A run that is killed between publishing and noting that is repeated, and the index is as if it had not died."""
    for name in ("alibaba_live", "agora_client"):
        receive(inbox, name, sample(name).encode())
    with started(DRAIN, index, inbox) as process:
        assert line_of(process) == "published"
        process.kill()
    before = {table: rows(index, f"FROM {table} ORDER BY ALL") for table in ("payloads", "deliveries", "verdicts")}
    assert len(before["deliveries"]) == 2
    with opened_inbox(inbox) as opened:
        assert opened.level().waiting == 2
    assert take(index, inbox) == NOTHING
    assert {table: rows(index, f"FROM {table} ORDER BY ALL") for table in before} == before
    with opened_inbox(inbox) as opened:
        assert opened.level().waiting == 0


def test_an_ingest_that_fails_leaves_the_inbox_as_it_was(
    index: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing is published, nothing is noted as taken."""
    receive(inbox, "agora_client", sample("agora_client").encode())

    def fail(*_: object) -> None:
        raise IndexerError("no")

    with monkeypatch.context() as patched:
        patched.setattr("indexer.ingest.match", fail)
        with pytest.raises(IndexerError):
            take(index, inbox)
    assert not index.exists()
    assert take(index, inbox).new_payloads == 1


def test_no_inbox_is_told(index: Path, tmp_path: Path) -> None:
    """Where nothing was ever received, that is said, and no index is made."""
    with pytest.raises(InboxUnavailable, match="is not there"):
        take(index, tmp_path / "missing")
    assert not index.exists()
