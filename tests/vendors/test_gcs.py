"""Google Cloud Storage through boto3 and HMAC keys: what is asked, and how its answers are read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from doubles import faults
from doubles.answers import write_listing
from doubles.bucket import objects, page_of, token
from doubles.double import CREDENTIALS
from doubles.s3 import GCS

from indexer.errors import CredentialsError, MalformedAnswer
from indexer.vendors import open_lister
from indexer.vendors.base import Position
from indexer.vendors.listxml import CONTENTS
from indexer.vendors.scan import taken_apart
from vendors.walking import walk

if TYPE_CHECKING:
    from doubles.double import Serve

# What fake-gcs-server 1.54 answers, whatever max-keys, marker or token it is asked with.
FAKE_GCS_SERVER = b"""<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult><Name>shots-bucket</Name><Delimiter></Delimiter><Prefix></Prefix><KeyCount>1</KeyCount><Contents>\
<Key>1.jpg</Key><Generation>1795266286987483</Generation><LastModified>2026-11-21T13:04:46Z</LastModified>\
<ETag>sCYyTGkEsqnLS4jW1hyB0Q==</ETag><Size>2</Size></Contents></ListBucketResult>"""


def test_google_is_asked_by_list_objects_v2(serve: Serve) -> None:
    """Google is asked by ListObjectsV2 for plain keys, with the bucket in the path, and gone on from by token."""
    double = serve(GCS, objects(["shots/1", "shots/2"]))
    lister = open_lister(double.storage(prefix="shots/"))
    lister.page(Position("shots/0"), 1000)
    walk(lister, max_keys=1)
    plain = {"list-type": "2", "prefix": "shots/"}
    assert [(request.path, request.query) for request in double.requests] == [
        ("/shots-bucket", plain | {"max-keys": "1000", "start-after": "shots/0"}),
        ("/shots-bucket", plain | {"max-keys": "1"}),
        ("/shots-bucket", plain | {"max-keys": "1", "continuation-token": token("shots/1")}),
    ]


def test_a_session_token_is_refused(serve: Serve) -> None:
    """HMAC keys have no session tokens: one in the configuration is a mistake that is told, and nothing is asked."""
    double = serve(GCS, objects(["1"]))
    temporary = replace(CREDENTIALS, session_token="SESSIONTOKEN")
    with pytest.raises(CredentialsError, match="stsToken") as caught:
        open_lister(double.storage(credentials=temporary))
    assert "SESSIONTOKEN" not in str(caught.value)
    assert double.requests == []


def test_the_encoding_that_is_taken_is_not_signed(serve: Serve) -> None:
    """An object is asked for as it is stored; Google rewrites that header before it checks what was signed."""
    double = serve(GCS, objects(["inventory.csv.gz"]))
    open_lister(double.storage()).open("inventory.csv.gz").close()
    headers = double.requests[0].headers
    assert headers["accept-encoding"] == "gzip"
    assert "SignedHeaders=host;x-amz-content-sha256;x-amz-date," in headers["authorization"]


def test_googles_own_elements_are_scanned() -> None:
    """Generations beside what S3 lists leave the answer one that is read without a parser."""
    page = page_of("shots-bucket", objects(["1", "2"]), {"list-type": "2"}, 1000)
    body = write_listing(page, GCS.spelling).body
    found = taken_apart(body, CONTENTS)[1]
    assert b"<MetaGeneration>" in body
    assert found is not None
    assert found["key"].to_pylist() == ["1", "2"]


def test_an_answer_that_does_not_say_whether_more_follows(serve: Serve) -> None:
    """fake-gcs-server lists all it holds without IsTruncated; such an answer is not believed to be the whole."""
    double = serve(GCS, objects(["1.jpg"]), faults.body(200, FAKE_GCS_SERVER))
    with pytest.raises(MalformedAnswer, match="IsTruncated"):
        open_lister(double.storage()).page(None, 1000)
