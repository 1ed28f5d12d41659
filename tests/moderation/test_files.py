"""Finding and opening files: what a path stands for, and what a file that breaks off leaves behind."""

from __future__ import annotations

import gzip
import io
import os
import socket
import threading
from pathlib import Path

import pytest

from indexer.errors import UsageError
from indexer.moderation import MAPPINGS, read_payloads
from moderation.reading import read, sample

BODY = sample("agora_live_5")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of bodies, below it another one, and hidden files in it."""
    monkeypatch.chdir(tmp_path)
    for name in ("b.json", "a.json", "deep/c.json", "deep/d.txt", ".hidden", ".git/e.json", "empty/.keep"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(BODY, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        (["."], ["a.json", "b.json", "deep/c.json", "deep/d.txt"]),
        (["deep", "a.json"], ["deep/c.json", "deep/d.txt", "a.json"]),
        (["*.json"], ["a.json", "b.json"]),
        (["**/*.json"], ["a.json", "b.json", "deep/c.json"]),
        (["**"], ["a.json", "b.json", "deep/c.json", "deep/d.txt"]),
        (["de*"], ["deep/c.json", "deep/d.txt"]),
        (["b.json", "*.json", "./b.json"], ["b.json", "a.json"]),
    ],
)
def test_a_path_stands_for_files(folder: Path, paths: list[str], found: list[str]) -> None:
    """Files, folders and globs stand for the files in them, sorted, each once, without hidden ones."""
    assert sorted(payload.source_uri for payload in read(*paths)) == sorted(str(folder / name) for name in found)


def test_a_name_with_a_globs_characters_is_itself(folder: Path) -> None:
    """A file that is really called so goes before what its name would match."""
    (folder / "[ab].json").write_text(BODY, "utf-8")
    assert [payload.source_uri for payload in read("[ab].json")] == [str(folder / "[ab].json")]


@pytest.mark.parametrize(
    ("path", "reason"), [("no*.json", "no*.json: no file matches it"), ("empty", "empty: a folder without files")]
)
def test_a_path_that_names_nothing_is_said_before_anything_is_read(folder: Path, path: str, reason: str) -> None:
    """A wrong path is refused by name when the reading is asked for, not in its middle."""
    with pytest.raises(UsageError, match=reason.replace("*", r"\*")):
        read_payloads(["a.json", path], MAPPINGS, forced=None, stdin=io.BytesIO(), stdin_name="stdin")


def test_a_file_that_cannot_be_opened_is_refused(folder: Path) -> None:
    """What exists and cannot be read is refused with the system's reason."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        with pytest.raises(UsageError, match="socket cannot be read: "):
            read("a.json", "socket")


def test_a_pipe_is_read_once(folder: Path) -> None:
    """A named pipe, as a shell's process substitution is one, is opened only to be read."""
    os.mkfifo("pipe")
    writer = threading.Thread(target=lambda: Path("pipe").write_text(BODY, "utf-8"))
    writer.start()
    assert [payload.parse_status for payload in read("pipe")] == ["ok"]
    writer.join()


@pytest.mark.parametrize("content", [BODY.encode(), gzip.compress(BODY.encode())])
def test_standard_input_is_read_and_left_open(content: bytes) -> None:
    """``-`` is the standard input, plain or gzip, under the name that was given; it is not ours to close."""
    stdin = io.BytesIO(content)
    (payload,) = read_payloads(["-", "-"], MAPPINGS, forced=None, stdin=stdin, stdin_name="stdin of run 7")
    assert (payload.source_uri, payload.text, stdin.closed) == ("stdin of run 7", BODY.strip(), False)


def test_a_compressed_file_is_told_by_its_bytes(tmp_path: Path) -> None:
    """A gzip file is decompressed whatever its name, and several in one file are read through."""
    path = tmp_path / "bodies"
    path.write_bytes(gzip.compress(BODY.encode()) + gzip.compress(BODY.encode()))
    assert [payload.parse_status for payload in read(path)] == ["ok", "ok"]


def test_a_file_that_breaks_off_costs_no_other_body(tmp_path: Path) -> None:
    """A cut gzip file gives what it still has and is one failure more, and the other files are read."""
    lines = [f'{{"n": {number}, "noise": "{number * 7919 % 104729}"}}' for number in range(5000)]
    whole = gzip.compress("\n".join(lines).encode())
    (tmp_path / "a.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "b.json").write_text(BODY, "utf-8")
    *bodies, damaged, good = read(tmp_path)
    assert [payload.text for payload in bodies[:-1]] == lines[: len(bodies) - 1]
    assert lines[len(bodies) - 1].startswith(bodies[-1].text)
    assert str(damaged.parse_error).startswith("the file is damaged: ")
    assert whole.startswith(damaged.raw or b"nothing")
    assert good.parse_status == "ok"
