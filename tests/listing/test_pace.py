"""How many requests are in flight, at made-up vendors."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.listing.pace import Pace, RateLimit, Window

if TYPE_CHECKING:
    from collections.abc import Callable

ANSWER_SECONDS = 0.1


def linear_up_to(knee: float) -> Callable[[int], Window]:
    """A vendor that answers each request in the same time, up to a knee in pages a second."""
    return lambda level: Window(1.0, int(min(level / ANSWER_SECONDS, knee)), 0)


def throttling_above(most: float) -> Callable[[int], Window]:
    """A vendor that refuses what goes beyond so many requests a second."""

    def answer(level: int) -> Window:
        asked = level / ANSWER_SECONDS
        return Window(1.0, int(min(asked, most)), int(max(0, asked - most)))

    return answer


def noisy(vendor: Callable[[int], Window], seed: int, share: float = 0.1) -> Callable[[int], Window]:
    """The same vendor, a tenth quicker or slower by chance."""
    chance = random.Random(seed)
    return lambda level: Window(1.0, int(vendor(level).completed * chance.uniform(1 - share, 1 + share)), 0)


def silent(_: int) -> Window:
    """A vendor that answers nothing."""
    return Window(10.0, 0, 0)


@dataclass
class Run:
    """A pace at a vendor, and all that it did there."""

    pace: Pace = field(default_factory=Pace)
    levels: list[int] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)

    def at(self, vendor: Callable[[int], Window], windows: int) -> Run:
        """Go on for so many windows."""
        for _ in range(windows):
            self.levels.append(self.pace.concurrency)
            self.windows.append(vendor(self.pace.concurrency))
            self.pace.saw(self.windows[-1])
        return self


@pytest.mark.parametrize("knee", [10, 45, 80, 130, 200, 333, 640, 5000])
def test_it_finds_the_knee_and_stays(knee: int) -> None:
    """Within 20 windows it answers at least four fifths of the most that can be had, and stays there."""
    run = Run().at(linear_up_to(knee), 200)
    best = min(knee, 64 / ANSWER_SECONDS)
    late = run.windows[20:]
    assert sum(window.completed for window in late) >= 0.8 * best * len(late)
    assert min(window.completed for window in late) >= 0.8 * best - 1


def test_it_does_not_keep_what_gains_nothing() -> None:
    """Beyond the knee it goes back to the level before, and tries the double only now and then."""
    run = Run().at(linear_up_to(80), 200)
    assert set(run.levels[20:]) == {8, 16}
    assert run.levels[20:].count(16) <= 20


def test_it_climbs_again_when_the_vendor_grew() -> None:
    """What was not worth it once is tried again after a quiet time, and kept when conditions changed."""
    run = Run().at(linear_up_to(80), 50).at(linear_up_to(600), 60)
    assert run.pace.concurrency == 64


@pytest.mark.parametrize("most", [25, 90, 200, 350, 500])
def test_it_settles_below_the_throttling(most: int) -> None:
    """A vendor that throttles is asked nearly as much as it allows, and throttles seldom after the beginning."""
    run = Run().at(throttling_above(most), 400)
    late = run.windows[100:]
    assert any(window.throttled for window in run.windows)
    assert sum(window.completed for window in late) >= 0.7 * most * len(late)
    assert sum(window.throttled > 0 for window in late) <= len(late) // 25


def test_a_throttled_level_is_neared_by_single_steps() -> None:
    """After throttling at 32 it goes on from 16 by one at a time, and stops below 32."""
    run = Run(Pace(first=32)).at(lambda level: Window(1.0, level * 10, int(level >= 32)), 60)
    climb = run.levels[run.levels.index(16) :]
    assert all(0 <= after - before <= 1 for before, after in pairwise(climb))
    assert max(climb) == 31


def test_one_burst_halves_once() -> None:
    """The window after a throttled one belongs to the same burst; the one after that halves again."""
    pace = Pace(first=32)
    throttled = Window(1.0, 10, 5)
    assert [pace.saw(throttled) for _ in range(4)] == [16, 16, 8, 8]


def test_an_outage_sheds_to_one_and_is_recovered_from() -> None:
    """While nothing is answered it halves down to one request; then it doubles again."""
    run = Run().at(linear_up_to(320), 30)
    before = run.pace.concurrency
    run.at(silent, 8)
    assert run.pace.concurrency == 1
    run.at(linear_up_to(320), 30)
    assert run.pace.concurrency == before


def test_failures_alone_shed_at_once() -> None:
    """As many failures as requests in flight, and no answer, are an outage without waiting for it to last."""
    assert Pace(first=8).saw(Window(0.2, 0, 0, failed=8)) == 4


def test_a_short_silence_is_no_outage() -> None:
    """Windows without an answer are added up, and only a long silence sheds."""
    pace = Pace(first=8)
    assert [pace.saw(Window(4.0, 0, 0)) for _ in range(3)] == [8, 8, 4]


@pytest.mark.parametrize("seed", range(20))
def test_noise_makes_it_neither_run_away_nor_collapse(seed: int) -> None:
    """Rates that swing by a tenth leave it at the knee, or at most one doubling beside it."""
    run = Run().at(noisy(linear_up_to(80), seed), 600)
    assert set(run.levels[20:]) <= {8, 16, 32}
    assert run.levels[20:].count(8) >= 0.8 * len(run.levels[20:])


def test_slow_answers_are_added_up() -> None:
    """Windows with fewer answers than requests in flight are judged together, not one by one."""
    pace = Pace(first=8)
    assert [pace.saw(Window(1.0, 3, 0)) for _ in range(3)] == [8, 8, 16]


WINDOWS = st.builds(Window, st.floats(0, 1e6), st.integers(0, 10**6), st.integers(0, 3), st.integers(0, 100))


@given(st.lists(WINDOWS, max_size=200), st.integers(1, 200), st.integers(-3, 300))
def test_it_stays_in_its_bounds(windows: list[Window], most: int, first: int) -> None:
    """Whatever happens, at least one request is in flight and at most as many as allowed."""
    pace = Pace(most, first)
    levels = [pace.concurrency, *map(pace.saw, windows)]
    assert all(1 <= level <= most for level in levels)
    assert levels[-1] == pace.concurrency


def test_a_rate_limit_spaces_requests_evenly() -> None:
    """Requests asked for at once are sent one by one, and idle time earns no burst."""
    limit = RateLimit(4)
    assert [limit.delay(10.0) for _ in range(3)] == [0.0, 0.25, 0.5]
    assert [limit.delay(100.0) for _ in range(2)] == [0.0, 0.25]


@given(st.lists(st.floats(0, 5), max_size=50), st.floats(0.1, 100))
def test_a_rate_limit_is_kept(pauses: list[float], per_second: float) -> None:
    """No two requests go closer together than the limit says, however they are asked for."""
    limit, now, sent = RateLimit(per_second), 0.0, []
    for pause in pauses:
        now += pause
        delay = limit.delay(now)
        assert delay >= 0
        sent.append(now + delay)
    assert all(after - before >= 0.999 / per_second for before, after in pairwise(sent))


@pytest.mark.parametrize("per_second", [0, -1, float("inf"), float("nan")])
def test_a_rate_limit_is_a_number_above_nothing(per_second: float) -> None:
    """No requests at all, or infinitely many, are no limit."""
    with pytest.raises(ValueError, match="above 0"):
        RateLimit(per_second)
