"""A lake's verdicts have the objects that an index's have, whether a cluster listed, took in or found them."""

from __future__ import annotations

import io
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import pytest
from bench.serving import serving
from moderation.reading import SAMPLES
from service.test_drain import receive
from store.listings import listing, shot, source, sync
from store.payloads import NOW, payload, verdict

from indexer.config import Moderation
from indexer.ingest import from_files, from_inbox, from_kept, run_on
from indexer.lake.export import export
from indexer.lake.layout import MANIFEST
from indexer.moderation.base import Notification
from indexer.naming import Layout
from indexer.service.inbox import opened_inbox
from indexer.store import Ingested, build, reading
from indexer.store import ingest as ingest_bodies
from spark.answers import differences, in_any_order, rows_of_arrow, rows_of_duckdb
from spark.clusters import Lake, configured, need_spark

need_spark()

from pyspark.errors import PySparkException  # noqa: E402

from indexer.spark import matching  # noqa: E402
from indexer.spark.ingest import ingest  # noqa: E402
from indexer.spark.lake import files_of, show  # noqa: E402
from indexer.spark.query import answer  # noqa: E402
from indexer.spark.sync import Options  # noqa: E402
from indexer.spark.sync import sync as spark_sync  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import duckdb
    from pyspark.sql import SparkSession

    from indexer.config import Config
    from indexer.ingest import Work
    from indexer.moderation import Payload
    from indexer.moderation.base import Verdict

RELATIONS = ("matches", "violations", "notified_objects")
NOTHING = Ingested(deliveries=0, new_payloads=0, repaired=0, failed=0, verdicts=0, violations=0)
AT = datetime.fromisoformat("2026-01-05 10:00:05")
WHO = {"sid": "38f8e3", "cname": "room_1", "uid": 7, "captured_at": AT, "captured_at_precision_ms": 1}
NUMBERED = "1767607205123.jpg"
LIVE = "live/karaoke/0123456789abcdef0123456789abcdef_20260105095900123_20260105100005.jpg"
STREAM = {"app": "live", "stream": "karaoke", "captured_at": AT, "captured_at_precision_ms": 1}
HOSTILE = (
    *("'; DROP TABLE verdicts; --.jpg", "new\nline\\.jpg", ':key $key {key} {{ "`.jpg', "\u202egpj.\U0001f600é.jpg"),
    *("a%20b.jpg", "100%.jpg", "//rooted.jpg", "nul\x00.jpg", f"'\\/{'9' * 13}'.jpg"),
)
VERDICTS = (
    *(verdict(key=key) for key in HOSTILE),
    *(verdict(object_url=f"https://one.example/{quote(key)}?token=[redacted]") for key in HOSTILE),
    *(verdict(object_url=f"https://cdn.example/one/{key}", suggestion="pass", reviewer="human") for key in HOSTILE),
    verdict(key=f"moved/{HOSTILE[-1].rpartition('/')[2]}"),
    verdict(bucket="two", key="dir/a.jpg"),
    verdict(bucket="three", key="dir/a.jpg"),
    verdict(key="gone.jpg"),
    verdict(key="dir/gone.jpg"),
    verdict(key=f"there/{NUMBERED}"),
    verdict(key=f"there/{NUMBERED}", **WHO | {"captured_at": AT + timedelta(hours=1)}),
    verdict(key=f"there/{NUMBERED[::-1]}"),
    verdict(key=f"there/{'2' * 13}.jpg"),
    verdict(object_url="https://cdn.example/dir/a%ff.jpg"),
    verdict(object_url="https://[::1"),
    verdict(object_url=""),
    verdict(key="lost.jpg"),
    verdict(),
    verdict(**WHO),
    verdict(**WHO | {"sid": "38F8E3"}),
    verdict(**WHO | {"sid": None}),
    verdict(**WHO | {"cname": None}),
    verdict(**WHO | {"uid": None}),
    verdict(**WHO | {"captured_at": AT + timedelta(milliseconds=400), "captured_at_precision_ms": 1000}),
    *(verdict(**WHO | {"captured_at": AT + timedelta(milliseconds=late)}) for late in (-5001, -5000, 1, 1500, 1501)),
    *(verdict(**WHO | {"captured_at": AT + timedelta(milliseconds=late)}) for late in (20_000, 25_000, 25_001)),
    verdict(**STREAM),
    verdict(**STREAM | {"captured_at": AT + timedelta(seconds=2)}),
    verdict(**STREAM | {"stream": "chess"}),
    verdict(**WHO, key=f"elsewhere/bak3_{shot(5)}"),
)


class Both(NamedTuple):
    """An index, and a lake that should say the same."""

    native: Path
    lake: Path


@pytest.fixture(scope="module")
def ways(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Both:
    """An index and its lake without verdicts, and then with verdicts that are told in every way."""
    both = Both(tmp_path_factory.mktemp("ways") / "index.duckdb", tmp_path_factory.mktemp("lake"))
    with build(both.native) as connection:
        _list(connection)
    export(both.native, both.lake, NOW)
    run_on(both.native, _taking(_body(VERDICTS)), Moderation())
    ingest(spark, both.lake, _taking(_body(VERDICTS)))
    return both


def test_every_way_to_find_an_object_finds_it_on_both(spark: SparkSession, ways: Both) -> None:
    """By keys, addresses, names and identities, among deleted objects and several candidates, and not at all."""
    _alike(spark, ways, *RELATIONS)


def test_the_hand_made_verdicts_are_of_every_way(ways: Both) -> None:
    """Two engines that both find nothing would prove nothing."""
    with reading(ways.native) as index:
        found = index.execute("SELECT matched_by, evidence, candidates > 1 FROM violations").fetchall()
        matched = {key for (key,) in index.execute("SELECT key FROM matches").fetchall()}
    by, evidence, candidates = (set(column) for column in zip(*found, strict=True))
    assert by == {"bucket-key", "key", "url", "name", "identity", "nearest", None}
    assert evidence == {"present", "deleted", "missing", "mutable", "no-key"}
    assert candidates == {True, False, None}
    assert matched > set(HOSTILE)


def test_an_ingest_of_what_is_there_adds_nothing(spark: SparkSession, ways: Both) -> None:
    """It counts no delivery and no body, and the manifest names the same files but for that of the runs."""
    lake = Lake(ways.lake)
    before = lake.files()
    assert ingest(spark, ways.lake, _taking(_body(VERDICTS))) == NOTHING
    (told,) = before - lake.files()
    assert told.startswith("tables/runs/")


def test_a_lake_is_made_by_an_ingest_and_counts_what_an_index_counts(spark: SparkSession, tmp_path: Path) -> None:
    """Whole files of bodies come to the same numbers and rows; read again, they come to the same verdicts."""
    both = Both(tmp_path / "index.duckdb", tmp_path / "lake")
    ours = run_on(both.native, _sampled(), Moderation())
    assert ingest(spark, both.lake, _sampled(), now=lambda: NOW) == ours
    ids = _alike(spark, both, "(SELECT * EXCLUDE (ingested_at) FROM payloads)", "verdicts", "notifications")
    rebuilt = ingest(spark, both.lake, from_kept(generics={}))
    assert (rebuilt.payloads, rebuilt.verdicts) == (ours.new_payloads, ours.verdicts)
    assert ids == _alike(spark, both, "(SELECT * EXCLUDE (ingested_at) FROM payloads)", "verdicts", "notifications")
    told = Lake(both.lake).table("runs", "run, command, status", "ORDER BY run")
    assert told == [(1, "ingest", "complete"), (2, "ingest", "complete")]


def test_what_a_failed_join_was_to_bring_is_not_committed(
    spark: SparkSession, ways: Both, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The manifest and what it names stay, and the callbacks still wait; the next ingest brings them."""
    folder, inbox = tmp_path / "lake", tmp_path / "inbox"
    shutil.copytree(ways.lake, folder)
    with opened_inbox(inbox, create=True):
        receive(inbox, "agora_client", (SAMPLES / "agora_client.json").read_bytes())
    before = (folder / MANIFEST).read_bytes()
    with monkeypatch.context() as broken:
        broken.setattr(matching, "_KEYS", "SELECT CAST(key || 'broken' AS BIGINT) AS key FROM told_keys")
        with (
            pytest.raises(PySparkException, match="broken"),
            from_inbox(inbox, generics={}) as work,
        ):
            ingest(spark, folder, work)
    assert (folder / MANIFEST).read_bytes() == before
    assert all((folder / path).is_file() for path in Lake(folder).files())
    with from_inbox(inbox, generics={}) as work:
        assert ingest(spark, folder, work).verdicts == 1


def test_a_sync_finds_the_objects_of_verdicts_that_came_before_them(spark: SparkSession, tmp_path: Path) -> None:
    """A new screenshot is found, a deleted one stays the evidence, and what was found stays found."""
    lake, new = Lake(tmp_path / "lake"), f"new/{shot(5)}"
    with serving(keys=200, per_session=50) as bucket:
        config = configured(tmp_path, shots=bucket.url)
        _synced(spark, config, lake)
        ((first,), (second,)) = lake.rows("key", "ORDER BY key LIMIT 2")
        ingest(spark, lake.folder, _taking(_body([verdict(key=key) for key in (first, second, new, "lost.jpg")])))
        assert _matched(lake) == {(first, "key"), (second, "key")}
        bucket.add([new])
        bucket.delete([second])
        _synced(spark, config, lake)
        assert _matched(lake) == {(first, "key"), (second, "key"), (new, "key")}
    show(spark, files_of(lake.folder))
    evidence = answer(spark, "SELECT `key`, evidence FROM violations WHERE `key` IS NOT NULL").to_pylist()
    assert {row["key"]: row["evidence"] for row in evidence} == {first: "present", second: "deleted", new: "present"}


def _list(index: duckdb.DuckDBPyConnection) -> None:
    """Two buckets, of which one lost some objects; streams, and keys that come to hold another picture."""
    sessions = [shot(5), shot(8), shot(30), f"copy/{shot(30)}", shot(5, uid=8)]
    names = [f"here/{NUMBERED}", f"a/{'2' * 13}.jpg", f"b/{'2' * 13}.jpg"]
    kept = listing("dir/a.jpg", *sessions, *names, *HOSTILE)
    sync(index, source("one", bucket="one"), kept | listing("gone.jpg", "dir/gone.jpg"))
    sync(index, source("one", bucket="one"), kept)
    sync(index, source("two", bucket="two"), listing("dir/a.jpg", "dir/gone.jpg"))
    live = listing(LIVE, LIVE.replace("karaoke", "chess").replace("05.jpg", "09.jpg"))
    sync(index, source("live", bucket="live", layout=Layout("live-streaming")), live)
    index.execute("UPDATE sources SET mutable = true WHERE source = 'two'")


def _body(verdicts: Iterable[Verdict]) -> Payload:
    """A body with verdicts, and with notices of keys that are there, gone and unheard of."""
    numbered = [replace(one, result_path=f"/{number}") for number, one in enumerate(verdicts)]
    told = enumerate(("dir/a.jpg", "gone.jpg", "lost.jpg", *HOSTILE))
    notices = tuple(Notification(result_path=f"/{number}", event="45", key=key) for number, key in told)
    return replace(payload(*numbered), notifications=notices)


def _taking(body: Payload) -> Work[Ingested]:
    return lambda connection, _: ingest_bodies(connection, [body], NOW)


def _sampled() -> Work[Ingested]:
    return from_files([str(SAMPLES)], provider=None, generics={}, stdin=io.BytesIO())


def _synced(spark: SparkSession, config: Config, lake: Lake) -> None:
    result = spark_sync(spark, lake.folder, config, config.sources, Options(shards=2))
    assert result.exit_code == 0, result


def _matched(lake: Lake) -> set[tuple[str, str]]:
    return set(lake.table("matches", "key, matched_by"))


def _alike(spark: SparkSession, both: Both, *relations: str) -> list[object]:
    """Hold relations of the lake to the index's, and give their rows."""
    show(spark, files_of(both.lake))
    held: list[object] = []
    for relation in relations:
        with reading(both.native) as index:
            columns, ours = rows_of_duckdb(index.execute(f"SELECT * FROM {relation}"))
        found, theirs = rows_of_arrow(answer(spark, f"SELECT * FROM {relation}".replace("EXCLUDE", "EXCEPT")))
        ours, theirs = in_any_order(ours), in_any_order(theirs)
        assert found == columns
        assert ours, f"there is nothing in {relation}"
        assert ours == theirs, differences(ours, theirs)
        held += ours
    return held
