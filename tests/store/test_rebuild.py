"""Deriving verdicts and notifications again from the bodies that the index keeps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from moderation.reading import EVERY_SAMPLE, sample

from indexer.moderation import MAPPINGS, Handling, Mapping, Received, read_again, read_received
from indexer.store import Rebuilt, rebuild
from store.listings import rows, tables, transaction
from store.payloads import payload, take, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb
    import pytest

    Index = duckdb.DuckDBPyConnection

SAMPLES = [Received(sample(name).encode(), f"{name}.json") for name in EVERY_SAMPLE]
BAD = [Received(b"no JSON", "bad"), Received(b"\xff", "worse"), Received(b"{}", "none")]


def taken(index: Index, mappings: Sequence[Mapping] = MAPPINGS) -> None:
    """Take in the documents' bodies and some that cannot be read."""
    take(index, *read_received(SAMPLES + BAD, mappings))


def rebuilt(index: Index, mappings: Sequence[Mapping] = MAPPINGS, handling: Handling = Handling()) -> Rebuilt:  # noqa: B008
    """One rebuild."""
    with transaction(index):
        return rebuild(index, lambda kept: read_again(kept, mappings, handling))


def test_the_same_mappings_make_the_same_rows(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is changed by a rebuild where the mappings are the same, not an id, batch by batch."""
    taken(index)
    before = tables(index)
    for batch in (5_000, 4):
        monkeypatch.setattr("indexer.store.verdicts._BATCH_KEPT", batch)
        told = rebuilt(index)
        assert tables(index) == before
        assert (told.payloads, told.failed) == (len(SAMPLES) + 3, 3)
        assert told.verdicts == len(before["verdicts"]) > 0
        assert told.notifications == len(before["notifications"]) > 0


def test_a_newer_mapping_makes_its_own_rows(index: Index) -> None:
    """Bodies that an older mapping read are read by the newer one, with its shape; their deliveries stay."""
    older = [replace(mapping, shape=f"{mapping.shape}.old", verdicts=lambda _: iter(())) for mapping in MAPPINGS]
    taken(index, older)
    assert rows(index, "FROM verdicts") == []
    assert rebuilt(index).verdicts == len(rows(index, "FROM verdicts")) > 0
    assert rows(index, "SELECT count(*) FROM payloads WHERE shape LIKE '%.old'") == [(0,)]
    assert rows(index, "SELECT DISTINCT deliveries FROM payloads") == [(1,)]


def test_notices_from_before_they_were_counted_get_their_numbers(index: Index) -> None:
    """A rebuild numbers the bodies that an older mapping took in without a number, and only them."""
    taken(index, [replace(mapping, numbered=lambda _: None) for mapping in MAPPINGS])
    counted = "SELECT counted_in IS NOT NULL, sequence FROM payload_bodies WHERE sequence IS NOT NULL"
    assert rows(index, counted) == []
    rebuilt(index)
    assert rows(index, counted) == [(True, 7)]


def test_a_body_that_failed_can_be_read_by_a_newer_mapping(index: Index) -> None:
    """What no mapping knew is read once one does, and what one cannot read any more is failed with the reason."""
    taken(index, MAPPINGS[1:])
    failed = rows(index, "SELECT count(*) FROM payloads WHERE parse_status = 'failed'")[0][0]
    assert failed > 3
    assert rebuilt(index).failed == 3
    assert rebuilt(index, MAPPINGS[1:]).failed == failed


def test_a_reason_from_before_the_reading_stays(index: Index) -> None:
    """A beginning of a body is not taken for a body."""
    cut = replace(payload(text="{}", error="larger than 64 MiB"), whole=False)
    take(index, cut)
    before = tables(index)
    assert rebuilt(index).failed == 1
    assert tables(index) == before


def test_secrets_leave_the_kept_bodies(index: Index) -> None:
    """Bodies that were kept as received lose their secrets when that is asked for later; ids and rows stay."""
    body = sample("alibaba_live").replace("{", '{"stream_param": "txSecret=d41d8cd98f",', 1)
    take(index, *read_received([Received(body.encode(), "one")], MAPPINGS))
    ids = rows(index, "SELECT payload_id, verdict_id FROM verdicts ORDER BY ALL")
    rebuilt(index, handling=Handling(redact_raw=True))
    assert rows(index, "SELECT raw_text FROM payloads") == [(body.replace("d41d8cd98f", "[redacted]"),)]
    assert rows(index, "SELECT payload_id, verdict_id FROM verdicts ORDER BY ALL") == ids


def test_an_empty_index_has_nothing_to_derive(index: Index) -> None:
    """No bodies are no verdicts."""
    assert rebuilt(index) == Rebuilt(0, 0, 0, 0, 0, 0)


def test_bodies_between_deleted_ones_are_found(index: Index) -> None:
    """A body that was taken anew after a failure leaves a gap, over which the others are still read."""
    take(index, payload(text="1", error="no JSON"), payload(verdict(), text="2", line=2))
    take(index, payload(verdict(), text="1"))
    with transaction(index):
        told = rebuild(index, lambda kept: replace(kept, verdicts=(verdict(),)))
    assert (told.payloads, told.verdicts) == (2, 2)
