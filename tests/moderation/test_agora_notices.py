"""Agora's notification centre: Cloud Recording's notice of a stored screenshot, and every other event by its name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from indexer.moderation import Notification
from moderation.reading import parsed, read_body, refusal_of

KEY = "dir1/dir2/0f1e2d3c4b5a69788796a5b4c3d2e1f0_room_1__uid_s_91__uid_e_video_20260105100005672.jpg"


def notice(**changed: Any) -> dict[str, Any]:
    """An event 45 with some fields changed."""
    return parsed("agora_ncs_45") | changed


def test_a_stored_screenshot_is_a_witness() -> None:
    """Event 45 names the key, prefix and all, its session and channel; the uid in it is the recorder's and is left."""
    payload = read_body(notice())
    assert (payload.provider, payload.shape, payload.parse_status) == ("agora_ncs", "agora_ncs.2", "ok")
    assert (payload.event, payload.verdicts) == ("recorder_snapshot_file", ())
    assert payload.notifications == (
        Notification(
            result_path="/payload/details/fileName",
            event="recorder_snapshot_file",
            event_id="2000001428:4330:112",
            key=KEY,
            sid="0f1e2d3c4b5a69788796a5b4c3d2e1f0",
            cname="room_1",
            sequence=7,
            notified_at=datetime.fromisoformat("2026-01-05 10:00:06.673"),
        ),
    )


@pytest.mark.parametrize(
    ("told", "event"),
    [
        ({"eventType": 31}, "uploaded"),
        ({"eventType": 12}, "session_failover"),
        ({"eventType": 34}, "event 34 of product 3"),
        ({"productId": 1, "eventType": 101}, "event 101 of product 1"),
        ({"productId": 20, "eventType": 45}, "event 45 of product 20"),
    ],
)
def test_another_event_is_understood_and_gives_no_rows(told: dict[str, int], event: str) -> None:
    """An event that tells of no stored screenshot is kept as ok, named, and witnesses nothing."""
    payload = read_body(notice(**told))
    assert (payload.parse_status, payload.event) == ("ok", event)
    assert (payload.verdicts, payload.notifications) == ((), ())


@pytest.mark.parametrize("told", [{}, {"productId": 3, "eventType": 40}, {"productId": 3, "eventType": 45}])
def test_a_health_test_is_understood(told: dict[str, int]) -> None:
    """The notification centre's test of an address is no failure, of whatever product it claims to be."""
    payload = read_body(parsed("agora_ncs_health_test") | told)
    assert (payload.parse_status, payload.event) == ("ok", "a test of the address")
    assert (payload.verdicts, payload.notifications) == ((), ())


def test_a_made_up_screenshot_is_marked() -> None:
    """A test that names a file is a row that says that it is a test."""
    body = notice()
    body["payload"]["channelName"] = "test_webhook"
    (told,) = read_body(body).notifications
    assert (told.is_test, told.key) == (True, KEY)


def test_only_the_key_is_promised() -> None:
    """No page shows the body whole, so what is missing beside the file's name is no failure."""
    body = notice(noticeId=None, notifyMs=None, payload={"details": {"fileName": "/a.jpg", "another": [1]}})
    (told,) = read_body(body).notifications
    assert (told.key, told.sid, told.sequence, told.notified_at, told.event_id) == ("a.jpg", None, None, None, None)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (notice(payload={"details": {}}), "/payload/details/fileName is missing"),
        (notice(payload={}), "/payload/details must be an object and is null"),
        (notice(payload=[]), "/payload must be an object and is a list"),
        (notice(eventType=None), "/eventType is missing"),
        (notice(productId=[7]), "/productId must be a whole number and is a list"),
        (notice(notifyMs=10**30), f"/notifyMs must be a time in milliseconds and is {10**30}"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_a_wrong_field_is_a_reason(body: dict[str, Any], reason: str) -> None:
    """A field that is missing or of the wrong type fails the body and is named."""
    assert refusal_of(body) == reason


SESSION = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"


@pytest.mark.parametrize("event", [1, 12, 31, 40, 45, 34])
def test_every_notice_of_a_recording_has_its_number(event: int) -> None:
    """Cloud Recording counts all that it sends of a session, not only the screenshots."""
    payload = read_body(notice(eventType=event))
    assert (payload.counted_in, payload.sequence) == (SESSION, 7)


@pytest.mark.parametrize(
    "told",
    [
        {"productId": 1},
        {"productId": 20},
        {"eventType": 31, "payload": []},
        {"eventType": 31, "payload": {"sid": SESSION}},
        {"eventType": 31, "payload": {"sequence": 7}},
        {"eventType": 31, "payload": {"sid": " ", "sequence": 7}},
        {"eventType": 31, "payload": {"sid": SESSION, "sequence": "seven"}},
        {"eventType": 31, "payload": {"sid": SESSION, "sequence": -1}},
        {"eventType": 31, "payload": {"sid": SESSION, "sequence": 2**63}},
        {"payload": {"sid": SESSION, "sequence": 7, "channelName": "test_webhook"}},
    ],
)
def test_what_is_not_counted_is_no_failure(told: dict[str, Any]) -> None:
    """Other products, a test, and a number or session that is not there or impossible leave a notice without one."""
    payload = read_body(notice(**told))
    assert (payload.parse_status, payload.counted_in, payload.sequence) == ("ok", None, None)
