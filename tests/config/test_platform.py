"""Documents as the platforms give them become sources, or are refused with the reason."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.config.platform import read_document
from indexer.errors import UsageError

SETTINGS = {
    "enabled": True,
    "enableModeration": True,
    "snapshotInterval": 30,
    "storageConfig": {
        "accessKey": "their key",
        "bucket": "shots",
        "region": 3,
        "secretKey": "their secret",
        "vendor": 2,
    },
}
START = {
    "uid": "527841",
    "cname": "lobby",
    "clientRequest": {
        "token": "a token",
        "recordingConfig": {"channelType": 1, "subscribeUidGroup": 0},
        "snapshotConfig": {"captureInterval": 5, "fileType": ["jpg"]},
        "storageConfig": {
            "accessKey": "their key",
            "region": 3,
            "bucket": "shots",
            "secretKey": "their secret",
            "vendor": 2,
            "fileNamePrefix": ["directory1", "directory2"],
        },
    },
}
DETECT = {
    "DomainName": "push.example.com",
    "AppName": "live",
    "OssEndpoint": "oss-cn-shanghai.aliyuncs.com",
    "OssBucket": "livebucket",
    "OssObject": "record/{AppName}/{StreamName}/{Sequence}.jpg",
    "Interval": 10,
    "Scene.1": "porn",
}
SNAPSHOT = {
    "OverwriteOssObject": "{AppName}/{StreamName}.jpg",
    "TimeInterval": 10,
    "AppName": "live",
    "OssBucket": "livebucket",
    "DomainName": "push.example.com",
    "SequenceOssObject": "snapshot/{AppName}/{StreamName}/{UnixTimestamp}.jpg",
    "OssEndpoint": "https://oss-cn-shanghai-internal.aliyuncs.com",
}


def table(document: object) -> dict[str, Any]:
    """The one source that a document describes."""
    (described,) = read_document(json.dumps(document))
    return described.table


def notes(document: object) -> list[str]:
    """What the owner of the one source should know."""
    (described,) = read_document(json.dumps(document))
    return described.notes


def test_snapshot_settings_are_a_live_streaming_source() -> None:
    """The platform's storageConfig is taken as it is, without its keys, and moderation is known."""
    assert table(SETTINGS) == {
        "layout": "live-streaming",
        "interval": 30,
        "moderated": True,
        "storage": {"vendor": 2, "region": 3, "bucket": "shots"},
    }


def test_settings_as_the_platform_gives_them_back_have_no_bucket() -> None:
    """What GET answers lacks the bucket, which is left to be said."""
    storage = {name: value for name, value in SETTINGS["storageConfig"].items() if name != "bucket"}  # type: ignore[attr-defined]
    assert table(SETTINGS | {"storageConfig": storage})["storage"] == {"vendor": 2, "region": 3}


def test_a_start_request_is_a_cloud_recording_source() -> None:
    """The interval, and the prefix with its folders, are those of the request."""
    assert table(START) == {
        "layout": "cloud-recording",
        "interval": 5,
        "moderated": False,
        "storage": {"vendor": 2, "region": 3, "bucket": "shots", "fileNamePrefix": ["directory1", "directory2"]},
    }


def test_an_interval_that_is_not_given_is_the_documented_one() -> None:
    """Both platforms of Agora take a picture every ten seconds where nothing is said."""
    start = START["clientRequest"] | {"snapshotConfig": {"fileType": ["jpg"]}}  # type: ignore[operator]
    assert table(start)["interval"] == 10
    assert table({"storageConfig": SETTINGS["storageConfig"]})["interval"] == 10


def test_alibabas_request_is_a_source_with_its_template() -> None:
    """Bucket, region and template are Alibaba's; the pictures it keeps have all been judged."""
    assert table(DETECT) == {
        "layout": "template",
        "template": "record/{AppName}/{StreamName}/{Sequence}.jpg",
        "interval": 10,
        "moderated": True,
        "storage": {"vendor": "oss", "bucket": "livebucket", "region": "cn-shanghai"},
    }


def test_alibabas_request_may_be_a_query() -> None:
    """The address of a request is read as the same parameters in JSON are."""
    query = "&".join(f"{name}={value}" for name, value in DETECT.items())
    (by_address,) = read_document(f"https://live.aliyuncs.com/?Action=AddLiveSnapshotDetectPornConfig&{query}")
    assert by_address.table == table(DETECT)


def test_a_name_that_is_not_given_is_read_in_both_documented_ways() -> None:
    """Without OssObject the two defaults of Alibaba's older pages are tried, and that is said."""
    without = {name: value for name, value in DETECT.items() if name != "OssObject"}
    assert [template.rpartition("/")[2] for template in table(without)["template"]] == [
        "{Minute}_{Second}.jpg",
        "{Minute}{Second}.jpg",
    ]
    assert "older pages" in notes(without)[0]


def test_what_describe_answers_is_a_source_each() -> None:
    """Both lists of Alibaba's give a source for each of their configurations; blanks around a name are none of it."""
    answers = {
        "LiveSnapshotDetectPornConfigList": {
            "LiveSnapshotDetectPornConfig": [DETECT | {"OssObject": " {AppName}/{StreamName}/{Date}.jpg"}, DETECT]
        }
    }
    found = read_document(json.dumps(answers))
    assert [described.table["template"] for described in found] == [
        "{AppName}/{StreamName}/{Date}.jpg",
        "record/{AppName}/{StreamName}/{Sequence}.jpg",
    ]
    snapshots = {"LiveStreamSnapshotConfigList": {"LiveStreamSnapshotConfig": [SNAPSHOT]}}
    assert table(snapshots)["template"] == "snapshot/{AppName}/{StreamName}/{UnixTimestamp}.jpg"
    assert table(snapshots)["storage"]["region"] == "cn-shanghai"
    assert "left out" in notes(snapshots)[0]


def test_a_comma_too_many_is_repaired() -> None:
    """The platforms' own samples are not always JSON."""
    (described,) = read_document(f"{json.dumps(DETECT)[:-1]},}}")
    assert described.table == table(DETECT)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (SETTINGS | {"snapshotInterval": 4}, "from 5 to 300, and not '4'"),
        (SETTINGS | {"snapshotInterval": True}, "from 5 to 300"),
        (SETTINGS | {"enableModeration": "yes"}, "enableModeration is true or false"),
        (SETTINGS | {"storageConfig": []}, "storageConfig has to be an object"),
        ({"snapshotConfig": {"captureInterval": 3601}, "storageConfig": {"vendor": 1}}, "from 1 to 3600"),
        ({"snapshotConfig": {}}, "no storageConfig"),
        (DETECT | {"Interval": "3601"}, "Interval is a whole number of seconds from 5 to 3600"),
        (DETECT | {"OssObject": 7}, "OssObject has to be a text"),
        ({"OssBucket": "b", "TimeInterval": 10}, "neither SequenceOssObject nor OverwriteOssObject"),
        ({"hello": "world"}, "none of the documents"),
        ([SETTINGS], "has to be a JSON object"),
    ],
)
def test_what_the_platform_does_not_allow_is_refused(document: object, reason: str) -> None:
    """A value outside of the platform's own range, and what is no such document, is an error that says so."""
    with pytest.raises(UsageError, match=reason.replace("[", "\\[")):
        read_document(json.dumps(document))


def test_what_is_no_document_at_all_is_refused() -> None:
    """A text that is neither JSON nor a request's query is an error."""
    with pytest.raises(UsageError, match="neither JSON"):
        read_document("<html>Please log in</html>")


def test_a_prefix_that_breaks_the_platforms_rule_is_a_note() -> None:
    """Real prefixes have other characters than the platform allows, and are longer."""
    config = SETTINGS["storageConfig"] | {"fileNamePrefix": ["a-b", "c" * 130]}  # type: ignore[operator]
    assert len(notes(SETTINGS | {"storageConfig": config})) == 2


def test_an_endpoint_that_names_no_region_is_a_note() -> None:
    """A masked endpoint, or a domain of one's own, leaves the region to be said."""
    assert "names no region" in notes(DETECT | {"OssEndpoint": "cn-oss-****.aliyuncs.com"})[0]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from([SETTINGS, START["clientRequest"], DETECT, SNAPSHOT]), st.data(), JSON)
def test_any_value_is_read_or_refused(document: dict[str, Any], data: st.DataObject, value: object) -> None:
    """Whatever stands in a field, the document is read or refused with a reason."""
    field = data.draw(st.sampled_from(sorted(document)))
    with suppress(UsageError):
        assert read_document(json.dumps(document | {field: value}))
