"""Huawei OBS through boto3: what is asked, and what its own refusals become."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from doubles import faults
from doubles.bucket import objects
from doubles.s3 import OBS, S3

from indexer.errors import RequestRefused
from indexer.vendors import open_lister
from indexer.vendors.base import Position

if TYPE_CHECKING:
    from doubles.double import Serve


def test_obs_is_asked_by_list_objects(serve: Serve) -> None:
    """OBS is asked by ListObjects for plain keys, on the bucket's host at a configured endpoint too."""
    double = serve(OBS, objects(["shots/1"]))
    open_lister(double.storage(prefix="shots/")).page(Position("shots/0"), 1000)
    request = double.requests[0]
    assert request.headers["host"].startswith("shots-bucket.obs.test:")
    assert request.path == "/"
    assert request.query == {"prefix": "shots/", "max-keys": "1000", "marker": "shots/0"}


def test_a_bucket_in_the_path_is_no_missing_right(serve: Serve) -> None:
    """OBS asked as a self-built store refuses with 403, and it is told to name the vendor, not to change the key."""
    double = serve(S3, objects(["1"]), faults.refused(403, "VirtualHostDomainRequired"))
    with pytest.raises(RequestRefused, match="obs") as caught:
        open_lister(double.storage(vendor="s3-compatible")).page(None, 1000)
    assert "write-only" not in str(caught.value)
