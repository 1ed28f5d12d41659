"""What goes wrong, as a user sees it: lines on stderr and an exit code, whatever the error was."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from cli.running import run

KEY = "shots/38f8e3cf_room_1__uid_s_91__uid_e_video_20260105100005250.jpg"
COMMAND = [sys.executable, "-m", "indexer", "decode", "--format"]
ROOT = Path(__file__).parents[2]
FULL = Path("/dev/full")


def fail_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Have ``indexer decode`` meet an error."""

    def failing(*_: object) -> None:
        raise error

    monkeypatch.setattr("indexer.cli.decode.decode", failing)


def test_a_bug_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that nobody thought of is told in a line or two without its traceback, and the exit code is 1."""
    fail_with(monkeypatch, KeyError("unforeseen"))
    result = run("decode", KEY)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        "indexer: KeyError: 'unforeseen'",
        "indexer: this is a bug: -vv shows where; please report it",
    ]


def test_a_traceback_is_shown_on_demand_and_drives_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """With -vv the traceback stands on stderr before the message, its control characters written out; the code is 1."""
    fail_with(monkeypatch, ValueError("\x1b[31mred"))
    result = run("decode", KEY, "-vv")
    lines = result.stderr.splitlines()
    assert (result.exit_code, result.stdout) == (1, "")
    assert lines[0] == "Traceback (most recent call last):"
    assert "ValueError: \\x1b[31mred" in lines
    assert lines[-2:] == [
        "indexer: ValueError: \\x1b[31mred",
        "indexer: this is a bug: -vv shows where; please report it",
    ]
    assert "\x1b" not in result.output


def test_a_refusal_by_the_system_is_no_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    """An OSError is told as what it is, in one line that asks for no report, and the exit code is 1."""
    fail_with(monkeypatch, OSError(errno.ENOSPC, "No space left on device"))
    result = run("decode", KEY)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "indexer: [Errno 28] No space left on device\n"


def test_an_interrupt_has_its_own_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Control-C ends a command with 130."""
    fail_with(monkeypatch, KeyboardInterrupt())
    assert run("decode", KEY).exit_code == 130


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a disk that is always full")
@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv", "parquet"])
@pytest.mark.parametrize("keys", [1, 1000])
def test_rows_that_could_not_be_written_are_told(form: str, keys: int) -> None:
    """A disk that is full, be it met by the last flush alone, is one line on stderr and exit code 1."""
    with FULL.open("wb") as full:
        ended = subprocess.run(
            [*COMMAND, form], input=b"a.jpg\n" * keys, stdout=full, stderr=subprocess.PIPE, cwd=ROOT, check=False
        )
    assert ended.returncode == 1
    (line,) = ended.stderr.decode().splitlines()
    assert line.startswith("indexer: [Errno 28] ")


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv", "parquet"])
@pytest.mark.parametrize("keys", [1, 1000])
def test_a_reader_that_leaves_is_no_error(form: str, keys: int, tmp_path: Path) -> None:
    """Where nobody reads on, as behind `head`, a command ends with exit code 1 and says nothing."""
    listing = tmp_path / "keys.txt"
    listing.write_bytes(b"a.jpg\n" * keys)
    with (
        listing.open("rb") as stdin,
        subprocess.Popen(
            [*COMMAND, form], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
        ) as running,
    ):
        assert running.stdout
        assert running.stderr
        running.stdout.close()
        assert (running.stderr.read(), running.wait()) == (b"", 1)
