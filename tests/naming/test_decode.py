"""What ``decode`` promises of any keys, under any layout."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.naming import FIELDS, LAYOUTS, Layout, decode, decode_sql
from naming.reading import ALL, LIVE, RTC, rows
from naming.strategies import KEYS

KINDS = {"screenshot", "recording", "caption", "unparsed"}
FEW = settings(max_examples=10)

each_layout = pytest.mark.parametrize("layout", ALL, ids=lambda layout: f"{layout.name}-{len(layout.templates)}")


@each_layout
@given(keys=KEYS)
@FEW
def test_every_key_is_one_of_four_kinds(layout: Layout, keys: list[str]) -> None:
    """Any text has one row, in its place, with a kind; where it is unparsed, it has a reason and nothing else."""
    found = rows(keys, layout)
    assert [row["key"] for row in found] == keys
    for row in found:
        assert row["kind"] in KINDS
        assert bool(row["reason"]) == (row["kind"] == "unparsed")
        assert (row["form"] is None) == (row["kind"] != "screenshot")
        if row["kind"] == "unparsed":
            assert {name for name in row if row[name] is not None} == {"key", "kind", "reason"}
            _, _, quoted = row["reason"].partition(": ")
            assert all(part in row["key"].lower() for part in quoted.lower().split())


@each_layout
@given(keys=KEYS, cut=st.integers(0, 60))
@settings(max_examples=5)
def test_a_batch_may_be_split(layout: Layout, keys: list[str], cut: int) -> None:
    """Two halves have the rows of the whole."""
    assert rows(keys, layout) == rows(keys[:cut], layout) + rows(keys[cut:], layout)


@each_layout
def test_no_keys_have_no_rows(layout: Layout) -> None:
    """An empty batch has the columns of any other one and no rows."""
    empty, one = decode([], layout), decode(["x"], layout)
    assert empty.num_rows == 0
    assert empty.schema == one.schema


def test_the_columns() -> None:
    """The documented fields come first, in their order, then what ``render`` needs, each with its type."""
    schema = decode([]).schema
    assert schema.names == [*FIELDS, "prefix", "form", "domain"]
    types = {name: schema.field(name).type for name in schema.names}
    assert {name for name, kind in types.items() if kind == pa.timestamp("us")} == {"session_started_at", "captured_at"}
    assert (types["uid"], types["sequence"], types["failover"]) == (pa.uint64(), pa.int64(), pa.uint8())


def test_one_key_is_a_batch_of_one() -> None:
    """A text is one key, and not a sequence of letters."""
    assert decode("abc").equals(decode(["abc"]))


@each_layout
def test_rows_are_in_the_order_of_the_keys(layout: Layout) -> None:
    """Keys out of order and given more than once have a row for each time, where they stand."""
    keys = [f"s_c__uid_s_{n * 7919 % 100}__uid_e_1767607205.jpg" for n in range(200)] + ["b", "a", "b", "", "a/", ""]
    assert [row["key"] for row in rows(keys, layout)] == keys


@pytest.mark.parametrize("layout", [Layout(), RTC, LIVE], ids=lambda layout: layout.name)
def test_a_hundred_thousand_keys_are_read_as_each_alone(layout: Layout) -> None:
    """A large batch of many sessions gives each key the row that it has alone."""
    sid = "536694d6ef4b06c137b0e8a0a3f225a7"
    times = [f"202601{day:02d}1000{second:02d}123" for day in range(1, 41) for second in range(75)]
    makers = (
        "s{n}_c_{n}__uid_s_{n}__uid_e_video_{time}.jpg",
        "bak0_s_c__uid_s_{n}__uid_e_{time}.jpg",
        f"live/stream_{{n}}/{sid}_20211122094718109_{{time}}.jpg",
        f"live/stream_{{n}}/{sid}_20211122094718109_{{n}}_{{time}}.mp4",
        "s_c__uid_s_{n}__uid_e_{n}_{time}.jpg",
        "record/live/{n}.jpg",
    )
    keys = [makers[n % 6].format(n=n % 101, time=times[n % len(times)][: 17 - 3 * (n % 2)]) for n in range(100_000)]
    decoded = decode(keys, layout)
    assert decoded.column("key").to_pylist() == keys
    for number in range(0, 100_000, 3343):
        assert decoded.slice(number, 1).to_pylist() == rows([keys[number]], layout)


def test_a_reason_names_the_keys_own_time() -> None:
    """Keys of one session that differ only by their time each name their own, though the session is read once."""
    keys = [f"s_c__uid_s_7__uid_e_1_2026010510000{second}000.jpg" for second in range(5)]
    assert [row["reason"] for row in rows(keys)] == [f"time is not a number: {key[20:-4]}" for key in keys]


def test_sessions_that_differ_by_the_width_of_their_times_are_apart() -> None:
    """The same name before times of each length is read by its length, in one batch."""
    texts = ("20260105100005000", "20260105100005", "1767607205000", "1767607205")
    found = rows([f"s_c__uid_s_7__uid_e_{text}.jpg" for text in texts])
    assert [row["form"] for row in found] == ["17", "14", "13", "10"]
    assert len({row["captured_at"] for row in found}) == 1


def test_every_layout_is_read_here() -> None:
    """The layouts of these tests are all that there are."""
    assert {layout.name for layout in ALL} == set(LAYOUTS)


@each_layout
def test_the_sql_reads_any_relation(layout: Layout) -> None:
    """``decode_sql`` reads the keys of the relation that it is given, and passes that relation's other columns on."""
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE listed AS SELECT 'x' || n AS key, n * n AS size FROM range(3) AS numbers(n)")
        sql = (
            f"SELECT key, size, kind FROM ({decode_sql(layout, '(SELECT * FROM listed WHERE size > 0)')}) ORDER BY key"
        )
        assert connection.execute(sql).fetchall() == [("x1", 1, "unparsed"), ("x2", 4, "unparsed")]
