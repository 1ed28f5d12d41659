"""Sources listed at once: every key comes once, whatever throttles, fails, waits or is broken off."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from threading import Barrier, Event, Lock, Thread
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store.listings import listing

from indexer.errors import AccessDenied, MalformedAnswer, Throttled, Unreachable, VendorError
from indexer.listing.crawl import Clock, Crawl, Limits, listed
from indexer.listing.journal import Journal, Opening, recover
from indexer.listing.ranges import WHOLE, KeyRange, tile, untiled
from indexer.listing.retry import Backoff
from indexer.listing.shards import Shards
from listing.buckets import KEYS, NOW, MemoryLister, covered, keys_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from indexer.listing.shards import Listed
    from indexer.vendors.base import Position

KEPT = [f"{number:04}" for number in range(400)]
LONG = 60.0
CUTS = ["0100", "0200", "0300"]
MANY = Limits()


def clock(**replaced: Any) -> Clock:
    """A clock by which no wait takes any time."""
    return Clock(**{"now": lambda: NOW, "sleep": lambda _: None, "fraction": lambda: 1.0} | replaced)


def within_a_minute(work: Callable[[], None]) -> None:
    """Do what may hang in a thread of its own; fail if it does, and raise what it raises."""
    raised: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - it is raised again
            raised.append(error)

    thread = Thread(target=guarded, daemon=True)
    thread.start()
    thread.join(LONG)
    assert not thread.is_alive(), "it hangs"
    if raised:
        raise raised[0]


def crawl(
    lister: MemoryLister, name: str = "classroom", cuts: Iterable[str] = (), journal: Journal | None = None
) -> Crawl:
    """A crawl of a whole bucket, cut where it is told."""
    shards = Shards(tile(WHOLE, cuts), splittable=lister.capabilities.starts_anywhere)
    return Crawl(name, lister, shards, journal)


def run(crawls: Sequence[Crawl], limits: Limits = MANY, by: Clock | None = None) -> dict[str, list[Listed]]:
    """The pages of each crawl; fails where it does not come to its end, or ends twice."""
    pages: dict[str, list[Listed]] = {each.name: [] for each in crawls}
    ended: list[str] = []

    def read() -> None:
        for event in listed(crawls, limits, by or clock()):
            if event.listed is None:
                ended.append(event.crawl.name)
            else:
                assert event.crawl.name not in ended
                pages[event.crawl.name].append(event.listed)

    within_a_minute(read)
    assert sorted(ended) == sorted(pages)
    return pages


@contextmanager
def no_thread_left() -> Iterator[None]:
    """Fail where a thread that the block started does not end."""
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(LONG)
        assert not thread.is_alive()


class Gate:
    """Counts the questions, and how many are open at once; has the first so many meet, which proves that they are."""

    def __init__(self, meeting: int = 1, then: Callable[[Position | None], None] = lambda _: None) -> None:
        self.asked = self.most = 0
        self._open = 0
        self._lock = Lock()
        self._meeting = meeting
        self._barrier = Barrier(meeting)
        self._then = then

    def __call__(self, after: Position | None) -> None:
        """Take a question in. It is open until its lister has looked what to answer."""
        with self._lock:
            self.asked += 1
            self._open += 1
            self.most = max(self.most, self._open)
            meets = self.asked <= self._meeting
        try:
            if meets:
                self._barrier.wait(LONG)
            self._then(after)
        finally:
            with self._lock:
                self._open -= 1


def failing_at(key: str, error: BaseException) -> Callable[[Position | None], None]:
    """A vendor that fails wherever it is asked for what follows this key, until the next of ``CUTS``."""
    beyond = next((cut for cut in CUTS if cut > key), "~")

    def before(after: Position | None) -> None:
        if after and key <= after.key < beyond:
            raise error

    return before


def fails_once(*errors: BaseException) -> Callable[[Position | None], None]:
    """A vendor whose first answers are errors."""
    waiting, lock = list(errors), Lock()

    def before(_: Position | None) -> None:
        with lock:
            error = waiting.pop(0) if waiting else None
        if error:
            raise error

    return before


@pytest.mark.parametrize("cuts", [[], CUTS, ["0005", "0399", "zz"], [f"{number:04}" for number in range(0, 400, 7)]])
@pytest.mark.parametrize("workers", [1, 3, 16])
def test_every_key_comes_once(cuts: list[str], workers: int) -> None:
    """However a bucket is cut, and however many workers list it, each key comes once and the ranges tile."""
    lister = MemoryLister(listing(*KEPT))
    found = crawl(lister, cuts=cuts)
    with no_thread_left():
        pages = run([found], Limits(workers))["classroom"]
    assert sorted(keys_of(pages)) == KEPT
    assert untiled(WHOLE, covered(pages)) == []
    assert found.error is None
    assert found.requests == sum(shard.pages for shard in found.shards.all)


@settings(max_examples=30)
@given(KEYS, st.lists(st.text(min_size=1, max_size=3), max_size=8), st.integers(1, 4), st.integers(1, 8))
def test_every_key_of_any_bucket_comes_once(keys: set[str], cuts: list[str], max_keys: int, workers: int) -> None:
    """Odd keys, uneven cuts and small pages make no difference."""
    pages = run([crawl(MemoryLister(listing(*keys), max_keys=max_keys), cuts=cuts)], Limits(workers))["classroom"]
    assert sorted(keys_of(pages)) == sorted(keys)
    assert untiled(WHOLE, covered(pages)) == []


def test_one_that_cannot_start_anywhere_is_listed_in_order() -> None:
    """A listing in one stream goes by its tokens from the first page to the last, however many workers there are."""
    lister = MemoryLister(listing(*KEPT), starts_anywhere=False, tokens=True)
    found = crawl(lister)
    assert keys_of(run([found])["classroom"]) == KEPT
    assert len(found.shards.all) == 1


def test_sources_of_one_host_share_its_pace() -> None:
    """All sources at one host together keep to its limit, and each of them ends with its own keys."""
    gate = Gate(2)
    crawls = [
        crawl(MemoryLister(listing(*KEPT[number::3]), before=gate), str(number), cuts=CUTS) for number in range(3)
    ]
    pages = run(crawls, Limits(concurrency=2))
    assert [sorted(keys_of(pages[str(number)])) for number in range(3)] == [KEPT[number::3] for number in range(3)]
    assert gate.most == 2


def test_hosts_are_independent() -> None:
    """While one host does not answer at all, the sources of another come to their end."""
    answer = Event()
    slow = MemoryLister(listing(*KEPT[:5]), host="https://slow.example", before=lambda _: held(answer))
    quick = MemoryLister(listing(*KEPT), host="https://quick.example")
    ended: list[str] = []

    def read() -> None:
        for event in listed([crawl(slow, "slow"), crawl(quick, "quick")], Limits(1), clock()):
            if event.listed is None:
                ended.append(event.crawl.name)
                answer.set()

    within_a_minute(read)
    assert ended == ["quick", "slow"]


def held(answer: Event) -> None:
    """Wait for leave to answer."""
    assert answer.wait(LONG)


def test_no_more_questions_are_open_than_allowed() -> None:
    """A host is asked by as many workers as its limit says, and never by more."""
    gate = Gate(2)
    run([crawl(MemoryLister(listing(*KEPT), max_keys=2, before=gate), cuts=CUTS)], Limits(concurrency=2))
    assert gate.most == 2
    gate = Gate(1)
    run([crawl(MemoryLister(listing(*KEPT), max_keys=2, before=gate), cuts=CUTS)], Limits(concurrency=1))
    assert gate.most == 1


def test_requests_are_spaced_as_the_limit_says() -> None:
    """With the clock standing still, each request waits a quarter of a second longer than the one before."""
    waits: list[float] = []
    found = crawl(MemoryLister(listing(*KEPT)), cuts=CUTS)
    run([found], Limits(8, requests_per_second=4), clock(sleep=waits.append, monotonic=lambda: 100.0))
    assert sorted(waits) == [number / 4 for number in range(1, found.requests)]


def test_a_request_that_is_asked_again_waits_for_its_turn_too() -> None:
    """Every try counts as a request and keeps to the limit; the wait before it is the backoff's."""
    waits: list[float] = []
    lister = MemoryLister(listing("a"), before=fails_once(Throttled("slow down"), Unreachable("no answer")))
    found = crawl(lister)
    run([found], Limits(1, requests_per_second=0.1), clock(sleep=waits.append, monotonic=lambda: 100.0))
    assert (found.requests, waits) == (3, [0.5, 10.0, 1.0, 20.0])


def test_throttling_halves_the_open_questions() -> None:
    """Two that are throttled at once are answered when asked again; from then on one is open at the most."""
    time = [0.0]
    opened: list[int] = []

    def before(_: Position | None) -> None:
        opened.append(gate._open)  # noqa: SLF001 - it is this test's
        if gate.asked <= 2:
            time[0] = 1.0
            raise Throttled("slow down")

    gate = Gate(2, before)
    lister = MemoryLister(listing(*KEPT), max_keys=2, before=gate)
    found = crawl(lister, cuts=[f"{number:04}" for number in range(0, 400, 50)])
    pages = run([found], Limits(64), clock(monotonic=lambda: time[0]))
    assert sorted(keys_of(pages["classroom"])) == KEPT
    assert gate.most == 2
    assert max(opened[4:]) == 1


@pytest.mark.parametrize(
    ("error", "requests"), [(AccessDenied("no"), 1), (Throttled("slow down"), 3), (Unreachable("no answer"), 3)]
)
def test_an_error_ends_its_own_source_alone(error: VendorError, requests: int) -> None:
    """A source that fails for good, or whose tries are used up, is over; the others of its host come to their end."""
    bad = crawl(MemoryLister(listing(*KEPT), before=fails_once(*[error] * 500)), "bad")
    good = crawl(MemoryLister(listing(*KEPT)), "good")
    pages = run([bad, good], by=clock(backoff=Backoff(tries=3)))
    assert (bad.error, good.error) == (error, None)
    assert (pages["bad"], sorted(keys_of(pages["good"]))) == ([], KEPT)
    assert bad.requests == requests


def test_a_source_that_fails_keeps_what_came_before() -> None:
    """The pages before the error are given; what was not begun is not listed any more."""
    error = AccessDenied("no")
    found = crawl(MemoryLister(listing(*KEPT), before=failing_at("0059", error)), cuts=CUTS)
    pages = run([found], Limits(1))
    assert found.error is error
    assert keys_of(pages["classroom"]) == KEPT[:60]
    assert found.shards.done


@pytest.mark.parametrize("workers", [1, 4])
def test_an_answer_that_cannot_be_believed_gives_up_one_shard(workers: int) -> None:
    """The shard ends where its answer was malformed, and the others go on to their end."""
    error = MalformedAnswer("no listing")
    lister = MemoryLister(listing(*KEPT), before=failing_at("0150", error))
    found = crawl(lister, cuts=CUTS)
    keys = keys_of(run([found], Limits(workers))["classroom"])
    assert found.error is error
    assert len(keys) == len(set(keys))
    assert {*KEPT[:151], *KEPT[201:]} <= {*keys}
    assert "0180" not in keys


def test_a_page_that_breaks_its_promise_is_malformed() -> None:
    """Answers are checked: a lister that starts from the beginning again gives up its shard, and does not go on."""

    class Repeating(MemoryLister):
        def page(self, after: Position | None, max_keys: int, delimiter: str | None = None) -> Any:
            return super().page(None, max_keys, delimiter)

    found = crawl(Repeating(listing(*KEPT)))
    assert keys_of(run([found])["classroom"]) == KEPT[:10]
    assert isinstance(found.error, MalformedAnswer)


@pytest.mark.parametrize("workers", [1, 4])
def test_an_exception_of_another_kind_is_raised_to_the_reader(workers: int) -> None:
    """A mistake of the program's is no source's failure: it comes out where the events are read."""
    error = ZeroDivisionError("a mistake")
    found = crawl(MemoryLister(listing(*KEPT), before=failing_at("0150", error)), cuts=CUTS)
    with no_thread_left(), pytest.raises(ZeroDivisionError) as caught:
        run([found], Limits(workers))
    assert caught.value is error


def test_a_journal_that_cannot_be_written_is_raised_to_the_reader(tmp_path: Path) -> None:
    """A full disk ends the run, and does not leave it waiting."""

    class Full(Journal):
        def page(self, *_: Any) -> None:
            raise OSError(28, "No space left on device")

    journal = Full(tmp_path / "j", Opening("here", "full", NOW, (WHOLE,)))
    found = crawl(MemoryLister(listing(*KEPT)), journal=journal)
    with no_thread_left(), pytest.raises(OSError, match="No space left on device"):
        run([found])
    journal.close()


def test_closing_early_stops_the_workers() -> None:
    """A reader that stops reading has the workers end, also those that wait for room or for work."""
    lister = MemoryLister(listing(*(f"{number:05}" for number in range(5000))), max_keys=2)

    def read() -> None:
        for _ in listed([crawl(lister, cuts=CUTS)], Limits(8), clock()):
            break

    with no_thread_left():
        within_a_minute(read)


def test_closing_early_does_not_wait_for_a_vendor() -> None:
    """A vendor that does not answer holds nobody up; its worker ends when it does."""
    answer = Event()

    def before(after: Position | None) -> None:
        if after:
            held(answer)

    def read() -> None:
        for _ in listed([crawl(MemoryLister(listing(*KEPT), before=before))], Limits(4), clock()):
            break

    with no_thread_left():
        within_a_minute(read)
        assert not answer.is_set()
        answer.set()


def test_a_slow_reader_gets_everything() -> None:
    """More pages than are kept waiting come out one by one, and nothing is lost or stuck."""
    keys = [f"{number:04}" for number in range(2000)]
    gate = Gate()
    found = crawl(MemoryLister(listing(*keys), max_keys=1, before=gate), cuts=["1000"])
    read: list[Listed] = []

    def slowly() -> None:
        for event in listed([found], Limits(8), clock()):
            if event.listed:
                read.append(event.listed)
                assert gate.asked < len(read) + 1000

    within_a_minute(slowly)
    assert sorted(keys_of(read)) == keys


def test_a_shard_that_fails_leaves_nobody_waiting() -> None:
    """Workers that wait for a part of the only shard end when it is given up."""
    error = MalformedAnswer("no listing")
    found = crawl(MemoryLister(listing(*KEPT), before=failing_at("0010", error)))
    with no_thread_left():
        run([found], Limits(8))
    assert found.error is error


def test_what_is_done_already_ends_at_once() -> None:
    """A crawl without a shard to list ends without a request."""
    nothing = Crawl("nothing", MemoryLister({}), Shards((), splittable=True))
    assert run([nothing]) == {"nothing": []}
    assert nothing.requests == 0
    assert run([]) == {}


@pytest.mark.parametrize("workers", [1, 8])
def test_the_journal_has_everything_that_came_out(tmp_path: Path, workers: int) -> None:
    """Each page is in the journal before it is given to the reader, and each split before either part goes on."""
    path = tmp_path / "j"
    ranges = tuple(tile(WHOLE, CUTS))
    journal = Journal(path, Opening("here", "full", NOW, ranges))
    found = crawl(MemoryLister(listing(*KEPT), max_keys=2), cuts=CUTS, journal=journal)
    came: list[str] = []

    def read() -> None:
        for event in listed([found], Limits(workers), clock()):
            if event.listed:
                came.extend(keys_of([event.listed]))
            if len(came) > 150:
                break

    within_a_minute(read)
    journal.close()
    again = recover(path)
    assert again is not None
    before = list(again.pages())
    assert {*came} <= {*keys_of(before)}
    shards = Shards((), splittable=True)
    shards.restore(again.shards, by_key=True)
    after = run([Crawl("classroom", MemoryLister(listing(*KEPT)), shards)])["classroom"]
    assert sorted(keys_of(before + after)) == KEPT
    assert untiled(WHOLE, covered(before + after)) == []


def test_a_crawl_of_some_ranges_lists_nothing_else() -> None:
    """Only keys of the ranges come, each once."""
    shards = Shards([KeyRange("0010", "0020"), KeyRange("0390", None)], splittable=True)
    found = Crawl("classroom", MemoryLister(listing(*KEPT)), shards)
    assert sorted(keys_of(run([found])["classroom"])) == [*KEPT[11:21], *KEPT[391:]]


def test_a_split_that_cannot_be_written_is_raised_to_the_reader(tmp_path: Path) -> None:
    """Where a split is not in the journal, nothing that follows it may be."""
    asked = Event()

    class Full(Journal):
        def split(self, *_: Any) -> None:
            asked.set()
            raise OSError(28, "No space left on device")

    def before(after: Position | None) -> None:
        if after and after.key > "0300":
            held(asked)

    journal = Full(tmp_path / "j", Opening("here", "full", NOW, (WHOLE,)))
    found = crawl(MemoryLister(listing(*KEPT), before=before), journal=journal)
    with no_thread_left(), pytest.raises(OSError, match="No space left on device"):
        run([found])
    journal.close()
