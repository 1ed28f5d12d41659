"""Amazon S3's dialect: ListObjects and ListObjectsV2.

Its signatures are not checked here, only who signed and with which session token: moto and rclone are real servers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from doubles.answers import Refusal, Spelling
from doubles.double import Dialect

if TYPE_CHECKING:
    from doubles.wire import Request
    from indexer.vendors.base import Credentials


def _check(request: Request, credentials: Credentials, region: str) -> Refusal | None:
    signed_by = f"Credential={credentials.access_key}/"
    if signed_by not in request.headers.get("authorization", ""):
        return Refusal(403, "InvalidAccessKeyId")
    if f"/{region}/s3/aws4_request" not in request.headers["authorization"]:
        return Refusal(400, "AuthorizationHeaderMalformed", elements={"Region": region})
    if request.headers.get("x-amz-security-token") != credentials.session_token:
        return Refusal(400, "InvalidToken")
    return None


S3 = Dialect(
    vendor="s3",
    region="us-east-1",
    check=_check,
    spelling=Spelling(
        request_id_header="x-amz-request-id",
        storage_class="STANDARD",
        namespace="http://s3.amazonaws.com/doc/2006-03-01/",
        blank="+",
        # Without a delimiter S3 leaves NextMarker out, and the last key stands in for it.
        names_next_marker=False,
        error_elements={"Resource": "/shots-bucket", "RequestId": "REQUEST-1"},
    ),
)
