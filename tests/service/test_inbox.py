"""The inbox as a file: durable, ordered, drained by position, and refused where it is none."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from indexer.errors import InboxUnavailable
from indexer.service.inbox import Callback, Inbox, opened_inbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def callback(name: str, at: int = 1, provider: str = "agora_live") -> Callback:
    """A callback whose body and identity are this name."""
    return Callback(provider, at, name.encode(), name.encode(), "{}", name, signature_ok=None, is_test=False)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the inbox is to be."""
    return tmp_path / "deep" / "inbox"


@pytest.fixture
def inbox(path: Path) -> Iterator[Inbox]:
    """An empty inbox."""
    with opened_inbox(path, create=True) as opened:
        yield opened


def names(inbox: Inbox) -> list[tuple[bytes, int]]:
    """The bodies that wait, with their deliveries."""
    return [(kept.body, kept.deliveries) for kept in inbox.waiting()]


def test_every_commit_is_synced(path: Path, inbox: Inbox) -> None:
    """The connection writes ahead and syncs at each commit: less would lose acknowledged callbacks with the power."""
    told = inbox._connection.execute("SELECT * FROM pragma_journal_mode, pragma_synchronous").fetchall()  # noqa: SLF001
    assert told == [("wal", 2)]


def test_callbacks_wait_in_the_order_of_their_last_delivery(inbox: Inbox) -> None:
    """A retry moves a callback behind those that came before it, drained or not."""
    inbox.receive([callback("a"), callback("b")])
    inbox.receive([callback("a")])
    assert names(inbox) == [(b"b", 1), (b"a", 2)]
    inbox.mark_drained([kept.place for kept in inbox.waiting()][-1])
    assert names(inbox) == []
    inbox.receive([callback("b")])
    assert names(inbox) == [(b"b", 2)]


def test_a_retry_while_it_is_drained_is_not_lost(inbox: Inbox) -> None:
    """What comes again after it was read, and before that is noted, waits to be read again."""
    inbox.receive([callback("a")])
    waiting = inbox.waiting()
    read = next(waiting)
    inbox.receive([callback("a"), callback("b")])
    assert list(waiting) == []
    inbox.mark_drained(read.place)
    assert names(inbox) == [(b"a", 2), (b"b", 1)]


def test_a_mark_never_goes_back(inbox: Inbox) -> None:
    """A run that was slower than the next one does not undo its mark."""
    inbox.receive([callback("a"), callback("b")])
    inbox.mark_drained(2)
    inbox.mark_drained(1)
    assert names(inbox) == []


def test_one_group_is_all_or_nothing(inbox: Inbox) -> None:
    """A group with a callback that cannot be kept leaves nothing, and the next is kept."""
    with pytest.raises(sqlite3.Error):
        inbox.receive([callback("a"), callback("b", at=2**63 - 1, provider=None)])  # type: ignore[arg-type]
    assert names(inbox) == []
    assert [receipt.kind for receipt in inbox.receive([callback("a"), callback("a")])] == ["new", "retry"]


def test_the_same_notice_of_two_providers_is_two(inbox: Inbox) -> None:
    """An identity is one provider's own."""
    assert [receipt.kind for receipt in inbox.receive([callback("a"), callback("a", provider="b")])] == ["new", "new"]


def test_only_what_is_drained_and_old_is_forgotten(inbox: Inbox) -> None:
    """What waits stays however old it is; and what comes after a forgetting is still behind the mark."""
    inbox.receive([callback("old", at=1), callback("new", at=3_000_000), callback("waits", at=1)])
    inbox.mark_drained(2)
    assert inbox.forget(datetime.fromtimestamp(2, UTC)) == 1
    assert (inbox.level().rows, names(inbox)) == (2, [(b"waits", 1)])
    inbox.mark_drained(3)
    assert inbox.forget(datetime.fromtimestamp(4, UTC)) == 2
    inbox.receive([callback("later")])
    assert names(inbox) == [(b"later", 1)]


def test_a_row_is_never_numbered_twice(inbox: Inbox) -> None:
    """The index knows a delivery by its row: a new callback does not take the number of a forgotten one."""
    (first,) = inbox.receive([callback("a")])
    inbox.mark_drained(1)
    inbox.forget(datetime.fromtimestamp(4, UTC))
    (second,) = inbox.receive([callback("b")])
    assert second.row > first.row


def test_more_than_one_page_is_read_whole(inbox: Inbox) -> None:
    """However many wait, each is read once."""
    inbox.receive([callback(str(number)) for number in range(1001)])
    assert [body for body, _ in names(inbox)] == [str(number).encode() for number in range(1001)]


def test_an_inbox_outlives_its_reader(path: Path, inbox: Inbox) -> None:
    """Two may use it at once, and opening it again changes nothing."""
    inbox.receive([callback("a")])
    with opened_inbox(path, create=True) as other:
        other.receive([callback("b")])
        assert names(other) == names(inbox) == [(b"a", 1), (b"b", 1)]


def test_what_is_no_inbox_is_refused(tmp_path: Path) -> None:
    """A file that is not there, is no database, or is another program's is told and left as it is."""
    with pytest.raises(InboxUnavailable, match="indexer serve"), opened_inbox(tmp_path / "missing"):
        pass
    text, foreign = tmp_path / "text", tmp_path / "foreign"
    text.write_bytes(b"no database at all" * 100)
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE callbacks (id)")
    for path in (text, foreign):
        before = path.read_bytes()
        for create in (False, True):
            with pytest.raises(InboxUnavailable), opened_inbox(path, create=create):
                pass
        assert path.read_bytes() == before


def test_a_place_where_nothing_can_be_made_is_told(tmp_path: Path) -> None:
    """An inbox below a file cannot be made, and that is said."""
    (tmp_path / "file").touch()
    with pytest.raises(InboxUnavailable, match="cannot be made"), opened_inbox(tmp_path / "file" / "x", create=True):
        pass
