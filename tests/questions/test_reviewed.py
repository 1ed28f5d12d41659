"""What queries make of people's verdicts, of several providers and models, and of callbacks, on made-up indexes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import duckdb
import pytest
from store.listings import Found, listing, shot, source, sync
from store.payloads import payload, take, verdict

from indexer.queries import library
from indexer.store import match
from indexer.store.migrations import migrate

SECOND = timedelta(seconds=1)
AT = datetime.fromisoformat("2026-01-05 10:00:10")
HUMAN = {"reviewer": "human", "suggestion": "pass"}

Asked = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def empty() -> Iterator[duckdb.DuckDBPyConnection]:
    """An index of ten screenshots of one session, a second apart, and no verdict."""
    with duckdb.connect() as connection:
        migrate(connection)
        sync(connection, source("room"), listing(*(shot(number) for number in range(10))))
        yield connection


@pytest.fixture
def asked(empty: duckdb.DuckDBPyConnection) -> Asked:
    """Asks a query of the library."""

    def ask(name: str, **parameters: str) -> list[dict[str, Any]]:
        match(empty)
        query = library()[name]
        found = empty.execute(query.sql, query.bind(parameters) or None)
        columns = [column[0] for column in found.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]

    return ask


def judge(index: duckdb.DuckDBPyConnection, number: int, provider: str = "hive", **told: Any) -> None:
    """Take in a body with one verdict on one of the screenshots: a block, unless it is told otherwise."""
    one = verdict(**{"key": shot(number), "moderated_at": AT} | told)
    text = hashlib.sha256(f"{number} {provider} {told}".encode()).hexdigest()
    take(index, replace(payload(one, text=text), provider=provider))


def test_what_a_person_passed_is_nobodys_offence(empty: duckdb.DuckDBPyConnection, asked: Asked) -> None:
    """A machine's block that a person overruled counts for no user, no episode and no session that went on."""
    judge(empty, 1)
    judge(empty, 1, **HUMAN)
    for name in ("violations_by_user_and_hour", "episodes", "time_to_action", "new_offenders"):
        assert asked(name) == [], name
    assert asked("repeat_offenders", at_least="1") == []
    assert len(asked("violations_by_channel_and_hour")) == 1


def test_the_last_person_decides(empty: duckdb.DuckDBPyConnection, asked: Asked) -> None:
    """A person who flags a frame after another one passed it makes it count again; of one time, the flag counts."""
    for number, later in ((1, SECOND), (2, 0 * SECOND)):
        judge(empty, number, **HUMAN)
        judge(empty, number, reviewer="human", moderated_at=AT + later)
    judge(empty, 3, reviewer="human")
    judge(empty, 3, **HUMAN, moderated_at=AT + SECOND)
    (row,) = asked("repeat_offenders", at_least="1")
    assert row["frames"] == 2


def test_a_frame_is_counted_once_however_many_flag_it(empty: duckdb.DuckDBPyConnection, asked: Asked) -> None:
    """Two providers and two labels on one frame are one frame."""
    judge(empty, 1)
    judge(empty, 1, provider="shumei", label="nudity")
    judge(empty, 1, label="gore", category="violence")
    (row,) = asked("repeat_offenders", at_least="1")
    assert (row["frames"], row["categories"]) == (1, "sexual, violence")
    (episode,) = asked("episodes")
    assert episode["frames"] == 1


def test_a_frame_that_was_never_stored_is_one_frame(empty: duckdb.DuckDBPyConnection, asked: Asked) -> None:
    """Verdicts that name no key, but one session, user and time, are about one frame."""
    where: dict[str, Any] = {"key": None, "sid": "f00", "cname": "room_9", "uid": 9, "captured_at": AT}
    judge(empty, 1, **where)
    judge(empty, 1, **where, label="gore")
    (row,) = asked("repeat_offenders", at_least="1")
    assert (row["who"], row["frames"]) == ("9", 1)
    (hour,) = asked("violations_by_channel_and_hour")
    assert (hour["violations"], hour["frames"]) == (2, 1)


@pytest.mark.parametrize(("apart", "episodes"), [(59.999, 1), (60, 2)])
def test_a_minute_apart_is_another_episode(
    empty: duckdb.DuckDBPyConnection, asked: Asked, apart: float, episodes: int
) -> None:
    """Frames that are less than a minute apart are one episode, and a minute apart two."""
    where: dict[str, Any] = {"key": None, "sid": "f00", "cname": "room_9", "uid": 9}
    judge(empty, 1, **where, captured_at=AT)
    judge(empty, 1, **where, captured_at=AT + apart * SECOND)
    assert len(asked("episodes")) == episodes


def test_a_judged_frame_waits_no_longer(empty: duckdb.DuckDBPyConnection, asked: Asked) -> None:
    """A frame waits for review until a person says anything of it, and how long that took is told."""
    for number in (1, 2):
        judge(empty, number, suggestion="review", score=number / 10)
    judge(empty, 1, reviewer="human", moderated_at=AT + 90 * SECOND)
    assert [row["object"] for row in asked("waiting_for_review")] == [shot(2)]
    (row,) = asked("review_turnaround")
    assert (row["frames"], row["answered"], row["waiting"], row["median_seconds"]) == (2, 1, 1, 90)


def test_precision_is_told_by_label_whatever_its_case(empty: duckdb.DuckDBPyConnection, asked: Asked) -> None:
    """A label is one, however it is written; what a person does not know does not count."""
    for number, label in enumerate(("Porn", "porn", "PORN", "porn")):
        judge(empty, number, label=label)
    judge(empty, 0, reviewer="human")
    judge(empty, 1, **HUMAN)
    judge(empty, 2, reviewer="human", suggestion="unknown")
    (row,) = asked("precision_by_label")
    assert (row["label"], row["flagged"], row["judged"], row["upheld"], row["precision"]) == ("porn", 4, 2, 1, 0.5)


def test_recall_is_estimated_from_what_people_judged(empty: duckdb.DuckDBPyConnection, asked: Asked) -> None:
    """Two flagged, both right; of eight passed, four were judged and one of them is wrong: two of four are found."""
    for number in range(10):
        judge(empty, number, suggestion="block" if number < 2 else "pass")
    for number in range(6):
        judge(empty, number, reviewer="human", suggestion="block" if number < 3 else "pass")
    (row,) = asked("recall", at_least="4")
    assert (row["flagged"], row["passed"], row["passed_judged"], row["missed"]) == (2, 8, 4, 1)
    assert (row["recall"], row["not_computable"]) == (0.5, None)
    (row,) = asked("recall", at_least="5")
    assert (row["recall"], row["not_computable"]) == (None, "people have judged too few of the passed frames")


def test_recall_needs_passes(empty: duckdb.DuckDBPyConnection, asked: Asked) -> None:
    """A provider that tells only what it flags has no recall, and not one of 100 per cent."""
    judge(empty, 1)
    judge(empty, 1, reviewer="human")
    (row,) = asked("recall", at_least="0")
    assert (row["recall"], row["not_computable"]) == (None, "the provider reports no passed frames")


def test_providers_that_agree_are_not_listed(empty: duckdb.DuckDBPyConnection, asked: Asked) -> None:
    """Two machines that say the same agree, whatever their labels; a person is no provider."""
    judge(empty, 1)
    judge(empty, 1, provider="shumei", label="nudity")
    judge(empty, 1, provider="inhouse", **HUMAN)
    judge(empty, 2, suggestion="review")
    judge(empty, 2, provider="shumei", suggestion="pass", label="neutral")
    (row,) = asked("providers_disagree")
    assert (row["key"], row["one"], row["one_says"], row["other"], row["other_says"]) == (
        *(shot(2), "hive", "review", "shumei", "pass"),
    )


def test_labels_are_shares_of_their_models_version(empty: duckdb.DuckDBPyConnection, asked: Asked) -> None:
    """A label's share is that of its version's verdicts."""
    for number in range(8):
        version = "2" if number > 3 else "1"
        judge(empty, number, model_version=version, label="porn" if number in {0, 4, 5} else "neutral")
    found = {(row["label"], row["model_version"]): row["percent_of_version"] for row in asked("label_drift")}
    assert found == {("porn", "1"): 25, ("neutral", "1"): 75, ("porn", "2"): 50, ("neutral", "2"): 50}


def test_scores_fall_into_tenths(empty: duckdb.DuckDBPyConnection, asked: Asked) -> None:
    """A score of one falls into the last tenth, and no score into none."""
    for number, score in enumerate((0.0, 0.0999, 0.3, 0.95, 1.0, None)):
        judge(empty, number, score=score)
    found = {row["score_from"]: row["verdicts"] for row in asked("verdicts_by_label_and_score")}
    assert found == {0.0: 2, 0.3: 1, 0.9: 2, None: 1}


def test_callbacks_are_told_by_hour_and_signature(empty: duckdb.DuckDBPyConnection, asked: Asked) -> None:
    """Right and wrong signatures are counted apart, each delivery as often as it came."""
    for number, ok in enumerate((True, False, None)):
        one = payload(text=str(number), uri="callback")
        take(empty, replace(one, received_at=AT, signature_ok=ok, deliveries=number + 1))
    found = {row["signature"]: (row["hour"], row["came_by"], row["deliveries"]) for row in asked("callbacks_by_hour")}
    hour = AT.replace(minute=0, second=0)
    assert found == {
        "right": (hour, "callback", 1),
        "wrong": (hour, "callback", 2),
        "unchecked": (hour, "callback", 3),
    }


def test_the_same_picture_is_one_of_one_source(empty: duckdb.DuckDBPyConnection, asked: Asked) -> None:
    """Objects with one etag are the same picture within their source; those without an etag are none."""
    found = Found(etag="0123456789abcdef0123456789abcdef")
    sync(empty, source("same", bucket="same"), {shot(number): found for number in range(3)})
    sync(empty, source("other", bucket="other"), {shot(1): found})
    sync(empty, source("none", bucket="none"), {shot(number): Found(etag=None) for number in range(3)})
    rows = {row["source"]: (row["etag"], row["keys"]) for row in asked("same_picture")}
    assert rows == {"room": ("0cc175b9", 10), "same": (found.etag, 3)}


def test_a_picture_of_one_key_in_each_source_is_not_listed(asked: Asked, empty: duckdb.DuckDBPyConnection) -> None:
    """As many keys as are asked for must be of one source."""
    assert asked("same_picture", at_least="11") == []


@pytest.mark.parametrize("stored", [shot(3), "a%b_c.jpg", "x" * 5])
def test_a_key_is_found_by_itself_alone(empty: duckdb.DuckDBPyConnection, asked: Asked, stored: str) -> None:
    """Everything about a key is about no other key, whether a time stands in it or not."""
    sync(empty, source("odd", bucket="odd"), listing("a%b_c.jpg", "a1b_c.jpg", "x" * 5, "x" * 17, ".jpg"))
    written = [row for row in asked("about_key", key=stored) if row["what"] == "written"]
    assert len(written) == 1


@pytest.mark.parametrize("key", ["", ".jpg", "20260105100003000.jpg", shot(3)[:-4], shot(3).replace("00003", "99993")])
def test_a_key_that_is_not_there_has_no_story(asked: Asked, key: str) -> None:
    """A part of a key, or one whose time is none, is no key of the index, and no error."""
    assert asked("about_key", key=key) == []
