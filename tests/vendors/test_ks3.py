"""Kingsoft KS3 through boto3: what is asked, and what its redirects become."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from doubles import faults
from doubles.bucket import objects
from doubles.s3 import KS3

from indexer.errors import WrongRegion
from indexer.vendors import open_lister
from indexer.vendors.base import Position
from vendors.walking import walk, walked_keys

if TYPE_CHECKING:
    from doubles.double import Serve


def test_ks3_is_asked_by_list_objects(serve: Serve) -> None:
    """KS3 is asked by ListObjects for plain keys, on the bucket's host at a configured endpoint too."""
    double = serve(KS3, objects(["shots/1"]))
    open_lister(double.storage(prefix="shots/")).page(Position("shots/0"), 1000)
    request = double.requests[0]
    assert request.headers["host"].startswith("shots-bucket.ks3.test:")
    assert request.path == "/"
    assert request.query == {"prefix": "shots/", "max-keys": "1000", "marker": "shots/0"}


def test_a_page_of_folders_is_a_hundred_long(serve: Serve) -> None:
    """With a delimiter KS3 gives a hundred entries a page at most; it is asked for no more, and each comes once."""
    folders = [f"{number:03}/" for number in range(250)]
    double = serve(KS3, objects([f"{folder}1.jpg" for folder in folders]))
    found = walk(open_lister(double.storage()), delimiter="/")
    assert [prefix for page in found for prefix in page.prefixes] == folders
    assert [request.query["max-keys"] for request in double.requests] == ["100", "100", "100"]


@pytest.mark.parametrize("region", ["JR_BEIJING", "SHANGHAI"])
def test_the_signature_names_kingsofts_region(serve: Serve, region: str) -> None:
    """A region is signed as Kingsoft writes it, though boto3 takes no such name itself."""
    double = serve(replace(KS3, region=region), objects(["1"]))
    assert walked_keys(open_lister(double.storage())) == ["1"]


def test_a_redirect_tells_where_to(serve: Serve) -> None:
    """A wrong endpoint is answered 307 with the right one in Location: it is told, and not followed."""
    body = faults.body(307, b"", {"Location": "http://shots-bucket.ks3-cn-shanghai.ksyuncs.com/"})
    double = serve(KS3, objects(["1"]), body)
    with pytest.raises(WrongRegion, match=r"ks3-cn-shanghai\.ksyuncs\.com"):
        open_lister(double.storage()).page(None, 1000)
    assert [request.method for request in double.requests] == ["GET"]
