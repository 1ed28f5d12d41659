"""The dialects of Amazon S3, and of Kingsoft, Google and Huawei where they speak it: all sign with version 4."""

from __future__ import annotations

from doubles.answers import Spelling
from doubles.double import Dialect
from doubles.sigv4 import check_header, check_query

_MOST_OF_KS3 = 100

_S3 = "http://s3.amazonaws.com/doc/2006-03-01/"

S3 = Dialect(
    vendor="s3",
    region="us-east-1",
    check=check_header,
    check_presigned=check_query,
    spelling=Spelling(
        request_id_header="x-amz-request-id",
        storage_class="STANDARD",
        namespace=_S3,
        blank="+",
        # Without a delimiter S3 leaves NextMarker out, and the last key stands in for it.
        names_next_marker=False,
        error_elements={"Resource": "/shots-bucket", "RequestId": "REQUEST-1"},
    ),
)


def _no_long_page_of_folders(query: dict[str, str]) -> dict[str, str]:
    """KS3's longest page with a delimiter ("GET Bucket (List Objects)", Kingsoft's document 42288)."""
    if not query.get("delimiter"):
        return query
    return query | {"max-keys": str(min(int(query.get("max-keys", _MOST_OF_KS3)), _MOST_OF_KS3))}


KS3 = Dialect(
    vendor="ks3",
    region="BEIJING",
    check=check_header,
    check_presigned=check_query,
    path_style=False,
    host="ks3.test",
    question=_no_long_page_of_folders,
    spelling=Spelling(
        request_id_header="x-kss-request-id",
        storage_class="STANDARD",
        namespace=_S3,
        object_elements={"Owner": ""},
        error_elements={"Resource": "/shots-bucket", "RequestId": "REQUEST-1"},
    ),
)

GCS = Dialect(
    vendor="gcs",
    region="auto",
    check=check_header,
    check_presigned=check_query,
    spelling=Spelling(
        request_id_header="x-guploader-uploadid",
        storage_class="STANDARD",
        namespace="http://doc.s3.amazonaws.com/2006-03-01",
        object_elements={"Generation": "1795161330123456", "MetaGeneration": "1"},
        # Google's errors tell no request id, and some tell more in <Details>.
        error_elements={"Details": "told by the double"},
    ),
)

OBS = Dialect(
    vendor="obs",
    region="cn-north-4",
    check=check_header,
    check_presigned=check_query,
    path_style=False,
    host="obs.test",
    spelling=Spelling(
        request_id_header="x-amz-request-id",
        storage_class="STANDARD",
        namespace="http://obs.myhwclouds.com/doc/2015-06-30/",
        object_elements={"Owner": ""},
        error_elements={"RequestId": "REQUEST-1", "HostId": "HOST-1", "Resource": "/shots-bucket"},
    ),
)
