"""``indexer serve`` and ``indexer ingest --inbox``: the way between them, and what they say of what is missing."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
from bench.calling import call, receiving

from cli.running import rows, run

ROOT = Path(__file__).parents[2]
SOURCE = '[sources.a.storage]\nvendor = "local"\nbucket = "shots"\n'
BOTH = """
[receiver]
listen = "127.0.0.1:0"
[receiver.callbacks.open]
unsigned = true
[pages]
listen = "127.0.0.1:0"
token = "made-up-token-of-the-pages"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration that says nothing of a receiver."""
    path = tmp_path / "indexer.toml"
    path.write_text(SOURCE)
    return path


def test_nothing_listens_unless_it_is_said(config: Path) -> None:
    """Without a [receiver] and [pages] nothing listens, and the message says what to add."""
    result = run("serve", "--config", config)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "add a [receiver] and a [receiver.callbacks.NAME], or a [pages]" in result.stderr


def test_pages_that_anybody_could_see_are_refused(config: Path) -> None:
    """Pages without a token and without a proxy that knows people do not start."""
    config.write_text(f"{SOURCE}[pages]\n")
    result = run("serve", "--config", config)
    assert result.exit_code == 2
    assert "[pages]: anybody could look" in result.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_receiver_and_pages_run_and_end_together(config: Path, number: signal.Signals, code: int) -> None:
    """Both listen in one process, each at its own address, and one signal ends both."""
    config.write_text(f"{SOURCE}{BOTH}")
    config.chmod(0o600)
    command = [sys.executable, "-m", "indexer", "serve"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=config.parent, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = [process.stderr.readline() for _ in range(2)]
        ports = [int(line.split(",")[0].rpartition(":")[2]) for line in said]
        answers = [_status(port, path) for port, path in zip(ports, ("/healthz", "/login"), strict=True)]
        process.send_signal(number)
        assert process.wait(30) == code
    assert [line.partition(",")[2].split()[0] for line in said] == ["inbox", "pages"]
    assert answers == [200, 200]


def _status(port: int, path: str) -> int:
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", path)
        return connection.getresponse().status


def test_a_secret_that_is_missing_is_told_before_anything_listens(config: Path) -> None:
    """A receiver whose secret cannot be read does not start, and leaves no inbox."""
    config.write_text(SOURCE + '[receiver.callbacks.agora_live]\nsecret = "env:NO_SUCH_SECRET"\n')
    result = run("serve", "--config", config)
    assert (result.exit_code, [path.name for path in config.parent.iterdir()]) == (2, ["indexer.toml"])
    assert "[receiver.callbacks.agora_live] secret: the environment variable NO_SUCH_SECRET is not set" in result.stderr


def test_an_address_that_is_taken_is_told(config: Path) -> None:
    """Where another program listens, the receiver says so and ends."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        config.write_text(f'{SOURCE}[receiver]\nlisten = "{address}"\n[receiver.callbacks.x]\nunsigned = true\n')
        result = run("serve", "--config", config)
    assert result.exit_code == 2
    assert f"cannot listen at {address}" in result.stderr


@pytest.mark.parametrize("words", [(), ("--inbox", "file.json"), ("--inbox", "--provider", "agora_live")])
def test_an_ingest_is_of_files_or_of_the_inbox(config: Path, words: tuple[str, ...]) -> None:
    """Files and the inbox are not taken in together, and one of them has to be named."""
    result = run("ingest", "--config", config, *words)
    assert result.exit_code == 2
    assert "--inbox alone" in result.stderr


def test_an_inbox_that_is_not_there_is_told(config: Path) -> None:
    """Before anything was received there is no inbox, and the message says what makes it."""
    result = run("ingest", "--inbox", "--config", config)
    assert result.exit_code == 1
    assert "`indexer serve` makes it" in result.stderr


def test_what_was_received_comes_into_the_index(tmp_path: Path) -> None:
    """What a receiver acknowledged is payloads and verdicts after an ingest, and a second one brings nothing."""
    with receiving(tmp_path) as called:
        load = call(called.port, seconds=0.3, rate=100, connections=2)
    words = ("ingest", "--inbox", "--config", tmp_path / "indexer.toml")
    (first,), (second,) = rows(*words), rows(*words)
    sent = len(load.acknowledged)
    assert sent > 0
    assert (first["deliveries"], first["new_payloads"], first["verdicts"], first["failed"]) == (sent, sent, sent, 0)
    assert set(second.values()) == {0}
