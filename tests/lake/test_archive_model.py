"""An index whose old days are archived now and then answers as one whose days all stay in its file."""

from __future__ import annotations

import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st
from store.listings import BEGUN, CLOUD_RECORDING, Found, Listing, begun, page_of, rows, source
from store.payloads import payload, take, verdict

from indexer.lake.archive import move
from indexer.listing.ranges import KeyRange
from indexer.listing.shards import Listed, Shard
from indexer.naming import Layout
from indexer.store import Loader, Merged, match, runs
from indexer.store.migrations import migrate

if TYPE_CHECKING:
    from indexer.config import Source
    from indexer.moderation.base import Verdict

DAYS = [f"202601{day:02}" for day in range(5, 9)]
SESSIONS = ["a/38f8e3_room__uid_s_7", "a/38f8e3_room__uid_s_4294967295", "b/77c0de_hall__uid_s_9"]
KEYS = [
    *(f"{session}__uid_e_video_{day}100000{ms}.jpg" for session in SESSIONS for day in DAYS for ms in ("000", "500")),
    "a/38f8e3_room_20260105100000000.ts",
    "a/notes.txt",
    "z'; DROP TABLE runs --",
]
OBJECTS = st.builds(
    Found,
    size=st.integers(0, 1),
    etag=st.sampled_from(["one", "0cc175b9c0f1b6a831c399e269772661", "0CC175B9C0F1B6A831C399E269772661", None]),
    last_modified=st.sampled_from([0, 1_767_700_000_000_000]),
    storage_class=st.sampled_from(["STANDARD", None]),
)
LISTINGS = st.dictionaries(st.sampled_from(KEYS), OBJECTS, min_size=1)


@dataclass(frozen=True)
class Full:
    """A listing of a whole prefix, which may break off."""

    found: Listing
    prefix: str
    complete: bool
    layout: Layout

    def take(self, connection: duckdb.DuckDBPyConnection) -> Merged:
        """List all of the prefix in one shard."""
        listed = source(prefix=self.prefix, layout=self.layout)
        found = {key: one for key, one in self.found.items() if key.startswith(self.prefix)}
        return listing(connection, listed, found, KeyRange(None, None), full=True, complete=self.complete)


@dataclass(frozen=True)
class Incremental:
    """A listing of one range, with objects that came beside it."""

    found: Listing
    ends: list[str]
    beside: bool

    def take(self, connection: duckdb.DuckDBPyConnection) -> Merged:
        """List the range, and take what is outside of it as found beside common prefixes."""
        after, until = min(self.ends), max(self.ends)
        return listing(connection, source(), self.found, KeyRange(after, until), full=False, beside=self.beside)


@dataclass(frozen=True)
class Archive:
    """An archiving, which the other index takes for a run that does nothing."""

    before: datetime


STEPS = st.one_of(
    st.builds(
        Full,
        LISTINGS,
        st.sampled_from(["", "", "", "a/"]),
        st.sampled_from([True, True, True, False]),
        st.sampled_from([CLOUD_RECORDING, CLOUD_RECORDING, Layout("auto")]),
    ),
    st.builds(
        Incremental, LISTINGS, st.lists(st.sampled_from(KEYS), min_size=2, max_size=2, unique=True), st.booleans()
    ),
    st.builds(Archive, st.sampled_from([datetime.fromisoformat(f"2026-01-{day:02}") for day in range(5, 10)])),
)


def listing(  # noqa: PLR0913 - what a listing can be
    connection: duckdb.DuckDBPyConnection,
    listed: Source,
    found: Listing,
    covers: KeyRange,
    *,
    full: bool,
    complete: bool = True,
    beside: bool = False,
) -> Merged:
    """One listing of one range, and what it changed."""
    run = runs.start(connection, "sync", BEGUN)
    began, ended = begun(run), begun(run) + timedelta(minutes=1)
    with closing(Loader(connection, listed, run, began, full=full)) as loader:
        shard = Shard(0, covers.after, covers.until, started_at=began)
        inside = {key: found[key] for key in sorted(found) if key in covers}
        if beside and len(inside) < len(found):
            outside = {key: found[key] for key in sorted(found) if key not in covers}
            loader.add(Listed(None, page_of(outside).objects, None))
        loader.add(shard.take(page_of(inside), ended))
        merged = loader.finish([shard], complete=complete, allow_empty=True)
    told = runs.Listing("full" if full else "incremental", began, ended, 1, 0, None if complete else "cut")
    runs.note_listing(connection, run, listed.name, told, merged)
    match(connection)
    runs.finish(connection, run, ended, "complete")
    return merged


def judged() -> list[Verdict]:
    """A verdict about every other key by its name, and some by who is in the picture."""
    by_key = [verdict(result_path=f"/{number}", key=key) for number, key in enumerate(KEYS[::2])]
    moment = datetime.fromisoformat("2026-01-06 10:00:01")
    who = verdict(result_path="/who", sid="38f8e3", cname="room", uid=7, captured_at=moment, captured_at_precision_ms=1)
    return [*by_key, who]


def shown(connection: duckdb.DuckDBPyConnection) -> list[list[tuple[Any, ...]]]:
    """What analysts see, and what the next run would plan by."""
    views = ("screenshots", "other_objects", "violations", "sessions", "run_sources")
    told = [rows(connection, f"FROM {view} ORDER BY ALL") for view in views]
    counts = "SELECT n.front, sum(p.objects) AS objects FROM present_names p JOIN names n USING (name_id) GROUP BY 1"
    return [*told, rows(connection, f"FROM ({counts}) WHERE objects > 0 ORDER BY 1")]


@settings(max_examples=10)
@given(st.lists(STEPS, min_size=3, max_size=7))
def test_what_is_archived_is_known_and_shown_as_if_it_were_not(steps: list[Full | Incremental | Archive]) -> None:
    """Whatever is listed between, two indexes of which one is archived show the same rows and change the same."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as whole, duckdb.connect() as archived:
        for connection in (whole, archived):
            migrate(connection)
            take(connection, payload(*judged()))
        for number, step in enumerate(steps):
            if isinstance(step, Archive):
                move(archived, Path(folder), step.before, lambda: BEGUN)
                runs.finish(whole, runs.start(whole, "archive", BEGUN), BEGUN, "complete")
            else:
                assert step.take(archived) == step.take(whole), number
            assert shown(archived) == shown(whole), number
