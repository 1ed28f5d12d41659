"""The layout ``auto``: which service wrote a name."""

from __future__ import annotations

import pytest

from indexer.naming import Layout
from naming.reading import LIVE, RTC, fields, row, rows

AUTO = Layout()
END = "_c__uid_s_7__uid_e_video_20260105100005000.jpg"
SID = "536694d6ef4b06c137b0e8a0a3f225a7"
LIVE_SHOT = f"{SID}_20211122094718109_20211123051243.jpg"


@pytest.mark.parametrize(
    ("key", "service"),
    [
        (f"38f8e3{END}", "cloud-recording"),
        (f"dir/38f8e3{END}", "cloud-recording"),
        (f"2026010/38f8e3{END}", "cloud-recording"),
        (f"20260105x/38f8e3{END}", "cloud-recording"),
        (f"20260105/dir/38f8e3{END}", "cloud-recording"),
        (f"123456{END}", "cloud-recording"),
        (f"20260105/38f8e3{END}", "screenshot-upload"),
        (f"any/prefix/20260105/38f8e3{END}", "screenshot-upload"),
        (f"38F8E3{END}", "screenshot-upload"),
        (f"bak0_38F8E3{END}", "screenshot-upload"),
        (f"live/stream/{LIVE_SHOT}", "live-streaming"),
        (f"snapshot/live/stream/{LIVE_SHOT.upper().replace('JPG', 'jpg')}", "live-streaming"),
        (f"__uid_s_1/stream__uid_s_2/{LIVE_SHOT}", "live-streaming"),
    ],
)
def test_a_service_is_told_by_its_names(key: str, service: str) -> None:
    """A day folder or an upper-case sid tells screenshot upload; session id, date and file date tell live streaming."""
    found = row(key, AUTO)
    assert (found["kind"], found["service"]) == ("screenshot", service)


def test_a_channel_with_an_upper_case_name_is_no_screenshot_upload() -> None:
    """Only the sid's case tells the service, and not the channel's or the folder's."""
    assert row(f"DIR/38f8e3_ROOM{END[2:]}", AUTO)["service"] == "cloud-recording"


@pytest.mark.parametrize("key", [f"{SID}_62718253302902494.m3u8", f"a/b/{SID}_62718253302902494_0.mp4"])
def test_a_channel_called_by_17_digits_is_no_session(key: str) -> None:
    """A composite recording of a channel whose name is a number that can be no date stays Cloud Recording's."""
    found = fields(key, AUTO)
    assert (found["kind"], found["service"], found["cname"]) == ("recording", "cloud-recording", "62718253302902494")


def test_reasons_are_those_of_the_likelier_service() -> None:
    """A name that looks like live streaming is refused with that grammar's reason, every other one with the other's."""
    keys = [LIVE_SHOT, f"a/b/{SID}_20210231094718109_20211123051243.jpg", "photo.jpg", f"a/b/{SID}_.jpg"]
    reasons = [found["reason"] for found in rows(keys, AUTO)]
    assert reasons == [
        "no {entryPoint}/{streamName}/ before the name",
        "not a calendar time: 20210231094718109",
        "no uid marker",
        "no uid marker",
    ]


def test_services_may_share_a_bucket() -> None:
    """Names of all services in one batch are each read as their own layout reads them, in the order of the keys."""
    keys = [f"38f8e3{END}", f"live/stream/{LIVE_SHOT}", "s_room.m3u8", f"record/a/b/{SID}_20211122094718109.m3u8"] * 3
    alone = [found for key in keys for found in rows([key], LIVE if SID in key else RTC)]
    assert rows(keys, AUTO) == alone
