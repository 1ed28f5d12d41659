"""A receiver as a process, and platforms that call it: signed callbacks over connections that are kept open."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "made-up-signing-secret"
_ROOT = Path(__file__).parents[2]
_CONFIG = """
[sources.classroom]
storage = { vendor = "local", bucket = "bucket" }

[receiver]
listen = "127.0.0.1:0"
requests_per_second = 1e9

[receiver.callbacks.agora_live]
secret = "env:CALLBACK_SECRET"
"""


@dataclass(frozen=True, slots=True)
class Called:
    """A running receiver, and where it keeps what it takes."""

    process: subprocess.Popen[str]
    port: int
    inbox: Path

    def kept(self) -> dict[str, int]:
        """The identities in the inbox, and of how many rows and deliveries each."""
        with closing(sqlite3.connect(self.inbox)) as connection:
            sql = "SELECT identity, max(count(*), sum(deliveries)) FROM callbacks GROUP BY identity"
            return dict(connection.execute(sql).fetchall())


@contextmanager
def receiving(folder: Path) -> Iterator[Called]:
    """Run a receiver over a folder's inbox until the block ends."""
    (folder / "indexer.toml").write_text(_CONFIG)
    command = [sys.executable, "-m", "indexer", "serve"]
    environment = {**os.environ, "PYTHONPATH": str(_ROOT), "CALLBACK_SECRET": SECRET}
    with (
        subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True) as process,
        (folder / "requests.log").open("a") as log,
    ):
        assert process.stderr is not None
        line = process.stderr.readline()
        if not line.startswith("listening"):
            raise RuntimeError(f"the receiver did not start: {line}{process.stderr.read()}")
        port = int(line.split(",")[0].rpartition(":")[2])
        # What it says of each request has to be read, or it waits for a reader.
        reader = threading.Thread(target=shutil.copyfileobj, args=(process.stderr, log))
        reader.start()
        try:
            yield Called(process, port, folder / "index.duckdb.inbox")
        finally:
            process.terminate()
            reader.join()


@dataclass
class Load:
    """What came of a load: latencies in seconds, the identities that were acknowledged, and all other answers."""

    latencies: list[float] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    in_flight: int = 0
    seconds: float = 0.0


def call(port: int, *, seconds: float, rate: float, connections: int, name: str = "") -> Load:
    """Send callbacks at a rate, or as fast as they are answered where that is less, until the server is gone."""
    return asyncio.run(_call(port, seconds, rate, connections, name))


async def _call(port: int, seconds: float, rate: float, connections: int, name: str) -> Load:
    load, begun = Load(), time.perf_counter()
    # One after the other, as if each were a server of its own: at once they would come in bursts.
    callers = [
        _caller(port, load, f"{name}{number}", (begun + number / rate, begun + seconds), connections / rate)
        for number in range(connections)
    ]
    await asyncio.gather(*callers)
    load.seconds = time.perf_counter() - begun
    return load


async def _caller(port: int, load: Load, name: str, times: tuple[float, float], pause: float) -> None:
    """One connection. It begins and ends when it is time, or ends when the server breaks it off."""
    due, until = times
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return
    number = 0
    with closing(writer):
        while time.perf_counter() < until:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            due = max(due, time.perf_counter() - 1) + pause
            number += 1
            if not await _send(reader, writer, load, f"{name}:{number}"):
                return


async def _send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, load: Load, identity: str) -> bool:
    """One callback and its answer; whether there was one."""
    sent = time.perf_counter()
    load.in_flight += 1
    try:
        writer.write(request(identity))
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]))
    except (OSError, asyncio.IncompleteReadError):
        return False
    load.in_flight -= 1
    load.latencies.append(time.perf_counter() - sent)
    status = int(head.split(b" ", 2)[1])
    if status == 200:
        load.acknowledged.append(identity)
    else:
        load.others.append(status)
    return True


def request(identity: str) -> bytes:
    """A signed callback of this identity, as bytes on the wire."""
    body = notice(identity)
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    head = (
        f"POST /callbacks/agora_live HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json;charset=utf-8\r\n"
        f"User-Agent: notification-centre\r\nAgora-Signature-V2: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def notice(identity: str) -> bytes:
    """A moderation result as Agora's notification centre sends it."""
    result = {"porn": {"outputs": {"sexy": 0.05, "neutral": 0.925, "porn": 0.025}, "scene": "neutral"}}
    payload = {
        "eventName": "new_custom_moderation_result",
        "entryPoint": "live",
        "streamName": "stream_1",
        "results": result,
        "fileName": "live/stream_1/0f1e2d3c4b5a69788796a5b4c3d2e1f0_20260105094718109_20260105100000.jpg",
        "suggestion": "pass",
    }
    envelope = {"noticeId": identity, "productId": 7, "eventType": 5, "notifyMs": 1767607206673, "payload": payload}
    return json.dumps(envelope).encode()
