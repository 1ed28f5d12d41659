"""The receiver's answers: who is let in, what is kept of it, and what each refusal is."""

from __future__ import annotations

import json
import logging
import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.service.inbox import opened_inbox
from indexer.service.limits import Pace, Room
from service.asgi import BROKEN_OFF, JSON, Running
from service.receiving import TOKEN, kept, receiver, running, signed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.types import Message

SECRET_PATH = f"/callbacks/secret-address/{TOKEN}"
NOTICE = b'{"noticeId": "n-1", "productId": 7, "eventType": 5, "notifyMs": 1, "payload": {}}'
AGORA_TEST = b'{"noticeId": "n-0", "productId": 1, "eventType": 101, "payload": {"channelName": "test_webhook"}}'
TENCENT_TEST = b'{"code": 0, "data": {}, "message": "Test request when setting callback url"}'
# A comma and a comment too many, as in samples of the platforms' own.
NO_JSON = b'{"requestId": "r-1", "callbackData": "x", // a comment\n "object": "1.jpg",}'
FORM = (b"content-type", b"application/x-www-form-urlencoded")
DOCUMENTED = {200, 400, 401, 404, 405, 408, 413, 415, 429, 503}


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """Where the inbox is to be."""
    return tmp_path / "index.duckdb.inbox"


@pytest.fixture
def server(inbox: Path) -> Iterator[Running]:
    """A receiver."""
    with running(inbox) as started:
        yield started


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        ("/callbacks/open", NOTICE, (JSON,)),
        ("/callbacks/open", NOTICE, ((b"content-type", b"Application/JSON; charset=utf-8"),)),
        ("/callbacks/open", NOTICE, ()),
        ("/callbacks/open", NO_JSON, (JSON,)),
        ("/callbacks/open", b"", (JSON,)),
        ("/callbacks/open", b"\x00\xff" * 5000, (JSON,)),
        (SECRET_PATH, NOTICE, (JSON,)),
        ("/callbacks/agora_live", NOTICE, signed(NOTICE)),
        ("/callbacks/agora_live", NO_JSON, signed(NO_JSON)),
        (f"/callbacks/alibaba_oss/{TOKEN}", b"checksum=1&content=%7B%7D", (FORM,)),
    ],
)
def test_what_is_authentic_is_kept_as_it_came(
    server: Running, inbox: Path, path: str, body: bytes, headers: tuple[tuple[bytes, bytes], ...]
) -> None:
    """An authentic body is answered with 200 and code 0, and its bytes are in the inbox, be they JSON or not."""
    answer = server.post(path, body, headers=headers)
    assert (answer.status, json.loads(answer.body)) == (200, {"code": 0})
    assert answer.headers["content-type"] == "application/json"
    assert kept(inbox) == [(body, 1)]


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status"),
    [
        ("POST", "/callbacks/agora_live", (JSON,), NOTICE, 401),
        ("POST", "/callbacks/agora_live", signed(NOTICE, "another secret"), NOTICE, 401),
        ("POST", "/callbacks/agora_live", signed(NOTICE), NOTICE + b" ", 401),
        ("POST", f"/callbacks/agora_live/{TOKEN}", signed(NOTICE), NOTICE, 401),
        ("POST", "/callbacks/secret-address", (JSON,), NOTICE, 401),
        ("POST", SECRET_PATH[:-1], (JSON,), NOTICE, 401),
        ("POST", "/callbacks/secret-address/\ud800", (JSON,), NOTICE, 401),
        ("POST", "/callbacks/tencent_css", (JSON,), NOTICE, 404),
        ("POST", "/callbacks/open/", (JSON,), NOTICE, 404),
        ("POST", "/callbacks", (JSON,), NOTICE, 404),
        ("POST", "/", (JSON,), NOTICE, 404),
        ("GET", "/callbacks/open", (), b"", 405),
        ("PUT", SECRET_PATH, (JSON,), NOTICE, 405),
        ("POST", "/healthz", (JSON,), NOTICE, 405),
        ("POST", "/callbacks/open", ((b"content-type", b"text/html"),), NOTICE, 415),
        ("POST", "/callbacks/open", (JSON, (b"content-encoding", b"gzip")), NOTICE, 415),
        ("POST", "/callbacks/open", (JSON, (b"content-length", b"10001")), b"", 413),
        ("POST", "/callbacks/open", (JSON, (b"content-length", b"9" * 5000)), b"", 413),
        ("POST", "/callbacks/open", (JSON, (b"content-length", b"1")), b"x" * 10_001, 413),
        ("POST", "/callbacks/open", (JSON, (b"transfer-encoding", b"chunked")), b"x" * 10_001, 413),
        ("POST", "/callbacks/open", (JSON,), b"[" * 21, 400),
        ("POST", "/callbacks/open", (JSON,), b'{"a":' * 21 + b"1" + b"}" * 21, 400),
    ],
)
def test_what_is_not_wanted_is_refused(  # noqa: PLR0913, PLR0917 - one refusal each
    server: Running,
    inbox: Path,
    method: str,
    path: str,
    headers: tuple[tuple[bytes, bytes], ...],
    body: bytes,
    status: int,
) -> None:
    """Each refusal has its status and a JSON error that shows nothing of what came in; and nothing is kept."""
    answer = server.post(path, body[: len(body) // 2], body[len(body) // 2 :], headers=headers, method=method)
    assert (answer.status, kept(inbox)) == (status, [])
    assert answer.error
    assert answer.headers["connection"] == "close"
    assert not any(part in answer.body.decode() for part in (TOKEN, "n-1", "gzip", "tencent"))


def test_brackets_in_strings_do_not_nest(server: Running) -> None:
    """Only brackets outside of strings count for the depth of a body, and closed ones do not add up."""
    assert server.post("/callbacks/open", b'["%s\\"[["]' % (b"[" * 500)).status == 200
    assert server.post("/callbacks/open", b"[" + b"[],{}," * 500 + b"]").status == 200


def test_a_body_that_does_not_come_is_not_waited_for(inbox: Path) -> None:
    """A body that stays away is answered with 408, one that breaks off with 400, and the connection is closed."""
    half: Message = {"type": "http.request", "body": b"{", "more_body": True}
    with Running(receiver(inbox, body_seconds=0.01)) as server:
        slow = server.request("POST", "/callbacks/open", [JSON], [half])
        broken = server.request("POST", "/callbacks/open", [JSON], [half, BROKEN_OFF])
    assert (slow.status, broken.status, kept(inbox)) == (408, 400, [])
    assert slow.headers["connection"] == broken.headers["connection"] == "close"


def test_each_address_has_its_pace(inbox: Path) -> None:
    """Who sends too much is told to wait, and nobody else is."""
    with running(inbox, requests_per_second=0.001) as server:
        first, second = (server.post("/callbacks/open", NOTICE) for _ in range(2))
        other = server.post("/callbacks/open", NOTICE, client="203.0.113.9")
    assert (first.status, second.status, other.status) == (200, 429, 200)
    assert int(second.headers["retry-after"]) > 900


def test_a_pace_is_of_a_second() -> None:
    """An address may send as many at once as in a second, and then one for each part of a second that goes by."""
    pace = Pace(4)
    assert [pace.wait("198.51.100.7", 100.0) for _ in range(5)] == [0, 0, 0, 0, 0.25]
    assert [pace.wait("198.51.100.7", 100.25) for _ in range(2)] == [0, 0.25]
    assert [pace.wait("198.51.100.7", 200.0) for _ in range(5)][-2:] == [0, 0.25]


def test_a_network_of_addresses_is_one_client() -> None:
    """IPv6 addresses of one customer's network share their pace, and those of another have their own."""
    pace = Pace(1)
    waits = [pace.wait(address, 0.0) for address in ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1", ":", ":x")]
    assert waits == [0, 1, 0, 0, 1]


def test_bodies_that_are_held_at_once_are_bounded() -> None:
    """What does not fit beside the bodies that are held is refused with 503, until one of these is let go."""
    room = Room(10)
    with room.visit() as take:
        take(10)
        with room.visit() as other, pytest.raises(Exception, match="too much at once") as refused:
            other(1)
        assert refused.value.status_code == 503  # type: ignore[attr-defined]
    with room.visit() as take:
        take(10)


def test_a_retry_is_one_row(server: Running, inbox: Path) -> None:
    """The same notice again counts as a delivery; another body of its identity is a row of its own."""
    for body in (NOTICE, NOTICE, NOTICE.replace(b'"notifyMs": 1', b'"notifyMs": 2')):
        assert server.post("/callbacks/agora_live", body, headers=signed(body)).status == 200
    assert kept(inbox, "identity, deliveries, signature_ok, provider") == [
        ("n-1", 2, 1, "agora_live"),
        ("n-1", 1, 1, "agora_live"),
    ]
    outcomes = metrics(server)
    for outcome in ("new", "retry", "variant"):
        assert outcomes[f'indexer_callbacks_total{{callback="agora_live",outcome="{outcome}"}}'] == 1


def test_tests_of_the_address_are_kept_and_counted(server: Running, inbox: Path) -> None:
    """What platforms send to try an address is answered, kept, marked and counted as a test."""
    for body in (AGORA_TEST, TENCENT_TEST, NOTICE, AGORA_TEST):
        assert server.post("/callbacks/open", body).status == 200
    assert kept(inbox, "is_test, deliveries") == [(1, 2), (1, 1), (0, 1)]
    assert metrics(server)['indexer_callbacks_total{callback="open",outcome="test"}'] == 3


@pytest.mark.parametrize(
    ("body", "identity"),
    [
        (b'{"noticeId": "n", "requestId": "r"}', "n"),
        (b'{"requestId": "r"}', "r"),
        (NO_JSON, "r-1"),
        (b'{"noticeId": 5}', None),
        (b'{"noticeId": ""}', None),
        (b'{"noticeId": "%s"}' % (b"n" * 257), None),
        (b'{"noticeId": "\\ud800"}', None),
        (b'{"noticeId": "a\\u0000b"}', "a\x00b"),
        (b'["noticeId"]', None),
        (b"\xff", None),
    ],
)
def test_what_a_notice_is_known_by(server: Running, inbox: Path, body: bytes, identity: str | None) -> None:
    """The platform's own id where there is a usable one, and otherwise the body's SHA-256."""
    assert server.post("/callbacks/open", body).status == 200
    ((known, digest),) = kept(inbox, "identity, lower(hex(body_hash))")
    assert known == (identity or digest)


def test_headers_are_kept_without_secrets(server: Running, inbox: Path) -> None:
    """What names a credential, an address, or holds a configured secret is not written down; all else is."""
    headers = (
        JSON,
        (b"user-agent", b"NCS\xff"),
        (b"x-twice", b"1"),
        (b"x-twice", b"2"),
        *((name, b"hidden") for name in (b"authorization", b"cookie", b"x-api-key", b"x-original-uri", b"referer")),
        (b"x-anything", b"GET " + SECRET_PATH.encode()),
    )
    assert server.post(SECRET_PATH, NOTICE, headers=headers).status == 200
    ((text,),) = kept(inbox, "headers")
    assert json.loads(text) == {"content-type": "application/json", "user-agent": "NCS\xff", "x-twice": "1, 2"}


def test_the_log_tells_of_each_request_and_of_no_secret(
    server: Running, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line of JSON a request says who, which, what became of it and how long; no path, no query, no body."""
    logger = logging.getLogger("indexer.requests")
    monkeypatch.setattr(logger, "propagate", False)
    monkeypatch.setattr(logger, "handlers", [caplog.handler])
    caplog.set_level(logging.INFO, "indexer.requests")
    server.post(SECRET_PATH, NOTICE)
    server.post("/callbacks/no\n-such", NOTICE, method="G\nET")
    first, second = (json.loads(message) for message in caplog.messages)
    assert TOKEN not in caplog.text
    assert "n-1" not in caplog.text
    assert (first["callback"], first["status"], first["outcome"], first["row"]) == ("secret-address", 200, "new", 1)
    assert (first["client"], first["bytes"]) == ("198.51.100.7", len(NOTICE))
    assert (second["callback"], second["status"], second["method"]) == ("", 405, "other")


def metrics(server: Running) -> dict[str, float]:
    """What /metrics says, by the names and labels as they are written there."""
    answer = server.get("/metrics")
    assert answer.status == 200
    lines = (line for line in answer.body.decode().splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_metrics_tell_how_full_the_inbox_is(server: Running, inbox: Path) -> None:
    """The rows, those that wait and since when, the file's size, and the time to answer."""
    before = metrics(server)
    assert (before["indexer_inbox_rows"], before["indexer_inbox_oldest_seconds"]) == (0, 0)
    for body in (b"1", b"2"):
        server.post("/callbacks/open", body)
    with opened_inbox(inbox) as opened:
        opened.mark_drained(1)
    told = metrics(server)
    assert (told["indexer_inbox_rows"], told["indexer_inbox_waiting"]) == (2, 1)
    assert 0 < told["indexer_inbox_oldest_seconds"] < 60
    assert told['indexer_callback_seconds_count{callback="open"}'] == 2


def full(inbox: Path) -> None:
    """Let the disk be full: nothing may be added to the file."""
    with closing(sqlite3.connect(inbox)) as connection:
        connection.execute("CREATE TRIGGER full BEFORE INSERT ON callbacks BEGIN SELECT RAISE(FAIL, 'full'); END")
        connection.execute("CREATE TRIGGER stuck BEFORE UPDATE ON state BEGIN SELECT RAISE(FAIL, 'full'); END")


def test_what_cannot_be_written_is_not_acknowledged(server: Running, inbox: Path) -> None:
    """While the inbox refuses, callbacks and health get 503; what was acknowledged is there, and it goes on later."""
    assert server.post("/callbacks/open", b"1").status == 200
    assert server.get("/healthz").status == 200
    full(inbox)
    refused = server.post("/callbacks/open", b"2")
    assert (refused.status, refused.headers["retry-after"], server.get("/healthz").status) == (503, "5", 503)
    with closing(sqlite3.connect(inbox)) as connection:
        connection.executescript("DROP TRIGGER full; DROP TRIGGER stuck;")
    assert server.post("/callbacks/open", b"3").status == 200
    assert kept(inbox) == [(b"1", 1), (b"3", 1)]


def test_an_inbox_that_is_broken_is_told(server: Running, inbox: Path) -> None:
    """A file that is overwritten with something else is written to no more."""
    inbox.with_name(inbox.name + ".x").write_bytes(b"no database at all" * 1000)
    inbox.with_name(inbox.name + ".x").replace(inbox)
    for suffix in ("-wal", "-shm"):
        inbox.with_name(inbox.name + suffix).unlink(missing_ok=True)
    assert [server.post("/callbacks/open", b"1").status for _ in range(2)] == [503, 503]
    assert server.get("/healthz").status == 503
    assert metrics(server)['indexer_callbacks_total{callback="open",outcome="unavailable"}'] == 2


def test_an_inbox_that_is_taken_away_is_made_anew(server: Running, inbox: Path) -> None:
    """What would be written to a deleted file is refused; the next one finds a new inbox."""
    assert server.post("/callbacks/open", b"1").status == 200
    for path in inbox.parent.glob(f"{inbox.name}*"):
        path.unlink()
    statuses = [server.post("/callbacks/open", body).status for body in (b"2", b"3")]
    assert (statuses, kept(inbox)) == ([503, 200], [(b"3", 1)])


def test_nobody_else_reads_the_inbox(server: Running, inbox: Path) -> None:
    """The inbox's files are the owner's alone: bodies carry what platforms put in them."""
    server.post("/callbacks/open", b"1")
    assert {path.stat().st_mode & 0o077 for path in inbox.parent.glob(f"{inbox.name}*")} == {0}


PATHS = st.one_of(
    st.sampled_from(["/callbacks/open", SECRET_PATH, "/callbacks/agora_live", "/healthz", "/metrics"]),
    st.text().map(lambda text: "/" + text),
    st.text().map(lambda text: "/callbacks/open/" + text),
    st.text(st.characters()).map(lambda text: "/callbacks/secret-address/" + text),
)
HEADERS = st.lists(
    st.tuples(
        st.one_of(
            st.sampled_from([b"content-type", b"content-length", b"content-encoding", b"agora-signature", b"host"]),
            st.from_regex(rb"[!#-'*+.^_`|~0-9a-z-]{1,20}", fullmatch=True),
        ),
        st.one_of(st.sampled_from([b"application/json", b"identity", b"3"]), st.binary(max_size=40)),
    ),
    max_size=6,
)
BODIES = st.one_of(
    st.lists(st.binary(max_size=200), max_size=4),
    st.recursive(
        st.none() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["noticeId", "payload", "t"]), inner),
    ).map(lambda value: [json.dumps(value).encode()]),
    st.integers(9_990, 10_010).map(lambda size: [b"x" * size]),
)


@pytest.fixture(scope="module")
def anything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Path]]:
    """A receiver that many strangers call."""
    inbox = tmp_path_factory.mktemp("anything") / "inbox"
    with Running(receiver(inbox, body_seconds=0.01)) as server:
        yield server, inbox


@given(
    method=st.sampled_from(["POST", "POST", "POST", "GET", "HEAD", "DELETE", "\n"]),
    path=PATHS,
    headers=HEADERS,
    chunks=BODIES,
    breaks_off=st.booleans(),
)
def test_whatever_comes_is_answered(  # noqa: PLR0913 - all that a request is made of
    anything: tuple[Running, Path],
    method: str,
    path: str,
    headers: list[tuple[bytes, bytes]],
    chunks: list[bytes],
    *,
    breaks_off: bool,
) -> None:
    """No request is met with a fault: it is refused with a documented status, or its very bytes are in the inbox."""
    server, inbox = anything
    messages: list[Any] = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages.append(BROKEN_OFF if breaks_off else {"type": "http.request"})
    answer = server.request(method, path, headers, messages)
    assert answer.status in DOCUMENTED
    if answer.status == 200 and answer.body == b'{"code":0}':
        with closing(sqlite3.connect(inbox)) as connection:
            sql = "SELECT DISTINCT count(*) FROM callbacks WHERE body = ? GROUP BY provider"
            found = connection.execute(sql, (b"".join(chunks),)).fetchall()
        assert found == [(1,)]
    elif answer.status != 200 and method != "HEAD":
        assert answer.error


def test_the_processes_own_umask_does_not_matter(inbox: Path) -> None:
    """An inbox made under a lax umask is still the owner's alone."""
    before = os.umask(0)
    try:
        with running(inbox) as server:
            server.post("/callbacks/open", b"1")
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o077 for path in inbox.parent.glob(f"{inbox.name}*")} == {0}
