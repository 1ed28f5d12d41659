"""Statements that need too much, take too long, or break what runs them; and that nothing else suffers."""

from __future__ import annotations

import os
import resource
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from starlette.requests import ClientDisconnect

from indexer.errors import IndexMissing, QueriesBusy, QueryError, QueryStopped
from indexer.service.pages.child import memory_bytes
from indexer.service.pages.connection import Limits, Places
from indexer.service.pages.runner import Runner
from service.asgi import BROKEN_OFF
from service.pages.people import CONFIG, HOST, Visitor, visiting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENDLESS = "SELECT count(*) FROM range(1000000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3"
STAYS = threading.Event()
"""Set by nobody: a person who does not leave."""


@contextmanager
def running(index: Path, **limits: Any) -> Iterator[Runner]:
    """A runner with these limits."""
    allowed = Limits(**limits)
    runner = Runner(index, allowed, Places(allowed))
    yield runner
    runner.close()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT repeat('x', 1000000000) FROM range(10)",
        "SELECT repeat('x', 100000000) FROM range(50)",
        "SELECT length(repeat('x', 200000000) || range) FROM range(10)",
        "SELECT range(10000000) FROM range(50)",
        "SELECT string_split(repeat('x,', 50000000), ',')",
        "SELECT printf('%2000000000d', 1)",
        "SELECT count(*) FROM (SELECT DISTINCT range, md5(range::VARCHAR) FROM range(20000000))",
    ],
)
def test_what_needs_too_much_is_refused(empty_index: Path, statement: str) -> None:
    """Whatever takes more memory than it may is refused, and this process holds none of it."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with running(empty_index, memory="128MB") as runner:
        with pytest.raises(QueryError, match="needed more than 128MB"):
            runner.page(statement, {}, STAYS)
        assert runner.page("SELECT 42", {}, STAYS).rows == [["42"]]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_what_needs_as_much_as_it_may_is_answered(empty_index: Path) -> None:
    """The operating system's limit leaves DuckDB all the memory that it is given, and what rows need on their way."""
    sorted_hashes = "SELECT max(h), count(*) FROM (SELECT md5(range::VARCHAR) AS h FROM range(2000000) ORDER BY h)"
    with running(empty_index, memory="512MB") as runner:
        assert runner.page(sorted_hashes, {}, STAYS).rows[0][1] == "2000000"
        rows = b"".join(runner.file("SELECT repeat('x', 1000000) FROM range(100)", {}, "parquet", STAYS))
    assert rows.endswith(b"PAR1")


def test_what_takes_too_long_is_ended(empty_index: Path) -> None:
    """A statement that would run for hours ends with its process, and the next one runs."""
    with running(empty_index, seconds=0.2) as runner, pytest.raises(QueryStopped, match=r"longer than 0\.2 s"):
        runner.page(ENDLESS, {}, STAYS)
    with running(empty_index) as runner:
        assert runner.page("SELECT 42", {}, STAYS).rows == [["42"]]


def test_a_process_that_does_not_start_is_not_waited_for(empty_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no process starts, the person is told to try again, and not that the query took long."""
    monkeypatch.setattr("indexer.service.pages.runner._SECONDS_TO_START", -1)
    with running(empty_index, seconds=0) as runner, pytest.raises(QueriesBusy, match="too busy"):
        runner.page("SELECT 1", {}, STAYS)


def test_a_download_that_takes_too_long_is_ended(empty_index: Path) -> None:
    """A download has its own time, and its rows keep coming up to then."""
    with running(empty_index, download_seconds=0.2) as runner:
        parts = runner.file("SELECT range FROM range(1000000000)", {}, "csv", STAYS)
        with pytest.raises(QueryStopped, match=r"longer than 0\.2 s"):
            b"".join(parts)


def test_who_leaves_ends_what_they_asked(empty_index: Path) -> None:
    """Nothing is run for somebody who does not wait for it, and their place is free."""
    left = threading.Event()
    left.set()
    with running(empty_index, at_once=1, wait_seconds=0.01) as runner:
        with pytest.raises(ClientDisconnect):
            runner.page(ENDLESS, {}, left)
        with pytest.raises(ClientDisconnect):
            next(runner.file(ENDLESS, {}, "csv", left))
        assert runner.page("SELECT 1", {}, STAYS).rows == [["1"]]


def test_a_person_who_leaves_is_noticed_while_the_query_runs(empty_index: Path) -> None:
    """A closed connection ends the query, and no page is made."""
    with visiting(empty_index, CONFIG + "query_seconds = 600\n") as server:
        visitor = Visitor(server).known()
        form = {"form-token": visitor.token("/sql"), "statement": ENDLESS}
        cookie = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
        headers = {"host": HOST, "cookie": cookie, "content-type": "application/x-www-form-urlencoded"}
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        body = {"type": "http.request", "body": urlencode(form).encode()}
        answer = server.request("POST", "/sql/run", raw, [body, BROKEN_OFF])
    assert (answer.status, answer.body) == (499, b"")


def test_an_end_of_the_server_ends_what_runs(empty_index: Path) -> None:
    """What is at work when the server ends is not waited for."""
    with running(empty_index) as runner:
        runner.close()
        with pytest.raises(QueriesBusy, match="about to end"):
            runner.page(ENDLESS, {}, STAYS)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (signal.SIGKILL, "needed more than 512MB"),
        (signal.SIGABRT, "needed more than 512MB"),
        (signal.SIGXCPU, "longer than 30 s"),
        (signal.SIGSEGV, "SIGSEGV"),
    ],
)
def test_a_process_that_is_broken_is_told(
    empty_index: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals, said: str
) -> None:
    """Whatever ends the process, the person is told what it most likely means."""
    from indexer.service.pages.processes import Process  # noqa: PLC0415

    def ask_and_end(self: Process, _: object) -> None:
        os.kill(self.pid, number)

    monkeypatch.setattr(Process, "ask", ask_and_end)
    with running(empty_index) as runner, pytest.raises(QueryError, match=said):
        runner.page("SELECT 1", {}, STAYS)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("SELECT 1; SELECT 2", "one SELECT"),
        ("DROP VIEW screenshots", "one SELECT"),
        ("SELECT * FROM no_such_table", "no_such_table"),
        ("SELECT * FROM read_text('/etc/passwd')", "disabled"),
        ("SELECT DATE '20000-01-01'", "out of range"),
        ("SELECT error(repeat('y', 1000000))", "yyyy"),
        ("SELECT " + ", ".join(f"repeat('é', 4000) AS c{number}" for number in range(3000)), "too wide"),
    ],
)
def test_what_is_refused_says_why(empty_index: Path, statement: str, said: str) -> None:
    """A statement that cannot be run, or shown, is refused in a few words."""
    with running(empty_index) as runner, pytest.raises(QueryError, match=said) as refused:
        runner.page(statement, {}, STAYS)
    assert len(str(refused.value)) <= 4000


def test_nothing_published_is_told(tmp_path: Path) -> None:
    """Before the first run there is nothing to ask."""
    with running(tmp_path / "index.duckdb") as runner, pytest.raises(IndexMissing):
        runner.page("SELECT 1", {}, STAYS)


def test_parameters_are_values(empty_index: Path) -> None:
    """A parameter keeps its type on its way, and its text is no SQL."""
    hostile = "'; DROP VIEW screenshots; --"
    with running(empty_index) as runner:
        result = runner.page("SELECT $a AS a, $b + 1 AS b, $c AS c", {"a": hostile, "b": 41, "c": None}, STAYS)
    assert result.rows == [[hostile, "42", ""]]


def test_downloads_leave_room_for_queries(empty_index: Path) -> None:
    """Downloads that hang do not keep queries from running, and one more than may run waits no longer than it may."""
    with running(empty_index, at_once=1, wait_seconds=0.01) as runner:
        hanging = runner.file("SELECT range FROM range(1000000)", {}, "csv", STAYS)
        next(hanging)
        assert runner.page("SELECT 1", {}, STAYS).rows == [["1"]]
        with pytest.raises(QueriesBusy):
            next(runner.file("SELECT 1", {}, "csv", STAYS))
        hanging.close()
        assert b"".join(runner.file("SELECT 1 AS n", {}, "csv", STAYS)) == b"n\n1\n"


def test_a_large_cell_comes_in_small_parts(empty_index: Path) -> None:
    """However long a text is, this process holds a part of it at a time."""
    with running(empty_index) as runner:
        sizes = [len(part) for part in runner.file("SELECT repeat('x', 20000000) AS t", {}, "csv", STAYS)]
    assert sum(sizes) == 20_000_003
    assert max(sizes) == 64 * 2**10


@pytest.mark.parametrize(
    ("text", "number"), [("512MB", 512 * 10**6), ("2 GB", 2 * 10**9), ("64MiB", 64 * 2**20), ("1 GiB", 2**30)]
)
def test_memory_is_understood_as_duckdb_does(text: str, number: int) -> None:
    """Units are decimal, but for those with an i."""
    assert memory_bytes(text) == number


def test_a_bomb_is_an_error_page(visitor: Visitor) -> None:
    """The box tells what was too much, keeps the statement, and answers the next one."""
    bomb = "SELECT repeat('x', 1000000000) FROM range(10)"
    answer = visitor.post("/sql/run", form_token=visitor.token("/sql"), statement=bomb)
    assert (answer.status, b"needed more than 512MB" in answer.body, b"repeat(" in answer.body) == (400, True, True)
    answer = visitor.post("/sql/run", form_token=visitor.token("/sql"), statement="SELECT 6 * 7 AS n")
    assert (answer.status, b">42<" in answer.body) == (200, True)
