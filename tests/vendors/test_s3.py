"""Amazon S3 through boto3: what is asked, what botocore must not do, and what each of its errors becomes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from botocore import exceptions as botocore_errors
from doubles import faults
from doubles.bucket import objects, token
from doubles.double import CREDENTIALS
from doubles.s3 import GCS, KS3, OBS, S3

from indexer.errors import CredentialsError, MalformedAnswer, RequestRefused, Throttled, Unreachable, WrongRegion
from indexer.vendors import open_lister
from indexer.vendors.base import Credentials, Position, Storage
from vendors.backends import ODD_KEYS
from vendors.sdk_errors import bare, raised_by, subclasses
from vendors.walking import walk, walked_keys

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest
    from doubles.double import Dialect, Serve

    from indexer.errors import VendorError

AWS = Storage(
    "s3", "eu-west-1", "https://s3.eu-west-1.amazonaws.com", "shots-bucket", "shots/", credentials=lambda: CREDENTIALS
)


def refusal_of(storage: Storage) -> VendorError:
    """What the first page raises."""
    with pytest.raises((WrongRegion, RequestRefused, Throttled, CredentialsError)) as caught:
        open_lister(storage).page(None, 1000)
    return caught.value


def test_s3_is_asked_by_list_objects_v2(serve: Serve) -> None:
    """Amazon S3 is asked for a page by ListObjectsV2, url-encoded, path style at a configured endpoint."""
    double = serve(S3, objects(["shots/1"]))
    open_lister(double.storage(prefix="shots/")).page(Position("shots/0"), 1000)
    assert [(request.path, request.query) for request in double.requests] == [
        (
            "/shots-bucket",
            {
                "list-type": "2",
                "prefix": "shots/",
                "max-keys": "1000",
                "start-after": "shots/0",
                "encoding-type": "url",
            },
        )
    ]


def test_a_token_is_gone_on_from_without_start_after(serve: Serve) -> None:
    """The second page is asked for by the token of the first alone."""
    double = serve(S3, objects(["1", "2", "3"]))
    walk(open_lister(double.storage()), max_keys=2)
    assert double.requests[1].query["continuation-token"] == token("2")
    assert "start-after" not in double.requests[1].query


def test_a_compatible_store_is_asked_by_list_objects(serve: Serve) -> None:
    """A store that speaks S3 is asked by ListObjects, for plain keys: some claim url-encoding without doing it."""
    double = serve(S3, objects(["shots/1"]))
    open_lister(double.storage(prefix="shots/", vendor="s3-compatible")).page(Position("shots/0"), 1000)
    assert double.requests[0].query == {"prefix": "shots/", "max-keys": "1000", "marker": "shots/0"}


def at(vendor: str, region: str, host: str, bucket: str = "shots-bucket") -> Storage:
    """A bucket at a store's own endpoint."""
    return Storage(vendor, region, f"https://{host}", bucket, "", lambda: CREDENTIALS)


BUCKET_URLS = [
    (at("s3", "eu-west-1", "s3.eu-west-1.amazonaws.com"), "https://shots-bucket.s3.eu-west-1.amazonaws.com/"),
    # No certificate covers a dot in the bucket's part of a host name.
    (at("s3", "us-east-1", "s3.us-east-1.amazonaws.com", "a.b.c"), "https://s3.us-east-1.amazonaws.com/a.b.c"),
    (at("ks3", "BEIJING", "ks3-cn-beijing.ksyuncs.com"), "https://shots-bucket.ks3-cn-beijing.ksyuncs.com/"),
    (at("ks3", "JR_BEIJING", "ks3-jr-beijing.ksyuncs.com"), "https://shots-bucket.ks3-jr-beijing.ksyuncs.com/"),
    (at("gcs", "auto", "storage.googleapis.com", "shots_bucket"), "https://storage.googleapis.com/shots_bucket"),
    (
        at("obs", "cn-north-4", "obs.cn-north-4.myhuaweicloud.com"),
        "https://shots-bucket.obs.cn-north-4.myhuaweicloud.com/",
    ),
]
each_place = pytest.mark.parametrize(("storage", "url"), BUCKET_URLS, ids=[url for _, url in BUCKET_URLS])


@each_place
def test_a_bucket_is_asked_where_its_store_has_it(monkeypatch: pytest.MonkeyPatch, storage: Storage, url: str) -> None:
    """Each store is asked at its own endpoint over https, in its region, with the bucket where that store takes it."""
    asked: list[AWSPreparedRequest] = []

    def send(_: object, request: AWSPreparedRequest) -> NoReturn:
        asked.append(request)
        raise botocore_errors.EndpointConnectionError(endpoint_url=request.url)

    monkeypatch.setattr("botocore.httpsession.URLLib3Session.send", send)
    with pytest.raises(Unreachable):
        open_lister(storage).page(None, 1)
    assert [request.url.partition("?")[0] for request in asked] == [url]
    assert f"/{storage.region}/s3/aws4_request" in str(asked[0].headers["Authorization"])


@each_place
def test_a_presigned_url_is_at_the_stores_own_host(storage: Storage, url: str) -> None:
    """A URL is made over https for the regional host, and for the host header alone, so that any client can use it."""
    place, _, query = open_lister(storage).presigned("a b.jpg", 60).partition("?")
    signed = parse_qs(query)
    assert place == f"{url.rstrip('/')}/a%20b.jpg"
    assert (signed["X-Amz-SignedHeaders"], signed["X-Amz-Expires"]) == (["host"], ["60"])
    assert signed["X-Amz-Credential"][0].endswith(f"/{storage.region}/s3/aws4_request")


def test_a_presigned_url_has_the_session_token() -> None:
    """Temporary credentials are in the URL with their token, without which nobody takes it; the secret is not."""
    temporary = replace(CREDENTIALS, session_token="SESSIONTOKEN")
    url = open_lister(replace(AWS, credentials=lambda: temporary)).presigned("1", 60)
    assert parse_qs(urlsplit(url).query)["X-Amz-Security-Token"] == ["SESSIONTOKEN"]
    assert CREDENTIALS.secret_key not in url


def test_a_presigned_url_lives_seven_days_at_most() -> None:
    """Version 4 of the signature allows a week; for longer there is no URL."""
    lister = open_lister(AWS)
    assert "X-Amz-Expires=604800" in lister.presigned("1", 604_800)
    with pytest.raises(RequestRefused, match="604800"):
        lister.presigned("1", 604_801)


def test_nothing_is_sent_to_make_a_presigned_url(serve: Serve) -> None:
    """A URL is signed here, for a bucket or a key that may not be there."""
    double = serve(S3, {}, exists=False)
    open_lister(double.storage()).presigned("nothing", 60)
    assert double.requests == []


def test_no_credentials_make_no_presigned_url() -> None:
    """Where boto3's chain finds no keys there is a CredentialsError, and no URL that nobody takes."""
    with pytest.raises(CredentialsError):
        open_lister(replace(AWS, credentials=lambda: None)).presigned("1", 60)


def test_an_empty_key_has_no_url() -> None:
    """No object has an empty name, and the URL would be the bucket's."""
    with pytest.raises(RequestRefused, match="Key"):
        open_lister(AWS).presigned("", 60)


@pytest.mark.parametrize("dialect", [KS3, GCS, OBS], ids=lambda dialect: dialect.vendor)
def test_amazons_credentials_are_not_sent_elsewhere(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, dialect: Dialect
) -> None:
    """Keys that boto3 finds are an Amazon account's: without configured ones no other vendor is asked at all."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", CREDENTIALS.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", CREDENTIALS.secret_key)
    double = serve(dialect, objects(["1"]))
    with pytest.raises(CredentialsError, match="accessKey and secretKey"):
        open_lister(replace(double.storage(), credentials=lambda: None))
    assert double.requests == []


@pytest.mark.parametrize("dialect", [S3, KS3, OBS], ids=lambda dialect: dialect.vendor)
def test_the_session_token_is_signed(serve: Serve, dialect: Dialect) -> None:
    """Temporary credentials are sent with their token, in the listing and in a presigned URL."""
    temporary = replace(CREDENTIALS, session_token="SESSIONTOKEN")
    lister = open_lister(serve(dialect, objects(["1"]), credentials=temporary).storage())
    assert walked_keys(lister) == ["1"]
    assert requests.get(lister.presigned("1", 60), timeout=10).text == "1"


def test_a_region_may_be_written_in_any_way(serve: Serve) -> None:
    """A self-built store may call its region what it likes; boto3 itself takes no underscore."""
    double = serve(replace(S3, region="my_region"), objects(["1"]))
    assert walked_keys(open_lister(double.storage(vendor="s3-compatible"))) == ["1"]


def test_every_odd_key_survives_form_encoding(serve: Serve) -> None:
    """Keys come through as they are where a blank is written as +, as S3 does."""
    double = serve(S3, objects(ODD_KEYS))
    assert walked_keys(open_lister(double.storage()), max_keys=3) == sorted(ODD_KEYS, key=str.encode)


@pytest.mark.parametrize("status", [500, 503, 429])
def test_botocore_does_not_retry(serve: Serve, status: int) -> None:
    """One page is one request: the retries of the SDK are switched off, so that ours are all there are."""
    double = serve(S3, {}, faults.body(status, b""))
    with pytest.raises((Throttled, Unreachable)):
        open_lister(double.storage()).page(None, 1000)
    assert len(double.requests) == 1


def test_botocore_does_not_look_for_the_bucket(serve: Serve) -> None:
    """Where both GET and HEAD are answered 307, boto3 recurses without end; it is WrongRegion after one request."""
    double = serve(S3, {}, faults.redirected(307))
    assert type(refusal_of(double.storage())) is WrongRegion
    assert [request.method for request in double.requests] == ["GET"]


@pytest.mark.parametrize(
    ("fault", "place"),
    [
        (faults.refused(301, "PermanentRedirect", Endpoint="shots-bucket.s3.eu-west-1.amazonaws.com"), "eu-west-1"),
        (faults.refused(301, "PermanentRedirect", headers={"x-amz-bucket-region": "eu-west-1"}), "eu-west-1"),
        (faults.refused(400, "AuthorizationHeaderMalformed", Region="ap-south-1"), "ap-south-1"),
        (faults.refused(400, "IllegalLocationConstraintException"), "us-east-1"),
    ],
    ids=["endpoint", "header", "region", "unnamed"],
)
def test_a_wrong_region_names_the_right_one(serve: Serve, fault: faults.Fault, place: str) -> None:
    """A bucket elsewhere is WrongRegion after one request, with the right place where the answer names it."""
    double = serve(S3, {}, fault)
    refusal = refusal_of(double.storage())
    assert type(refusal) is WrongRegion
    assert place in str(refusal)
    assert len(double.requests) == 1


def test_a_refusal_from_the_right_region_is_what_it_says(serve: Serve) -> None:
    """An error that names the region which was asked is no WrongRegion."""
    fault = faults.refused(403, "InvalidAccessKeyId", headers={"x-amz-bucket-region": "us-east-1"})
    assert type(refusal_of(serve(S3, {}, fault).storage())) is CredentialsError


@pytest.mark.parametrize("vendor", ["s3", "s3-compatible"])
def test_keys_that_only_claim_to_be_encoded_are_refused(serve: Serve, vendor: str) -> None:
    """Plain keys under a claim of url-encoding are a MalformedAnswer; botocore would turn + into a blank."""
    double = serve(S3, objects(["a b+c%41.jpg"]), faults.plain_keys())
    with pytest.raises(MalformedAnswer, match="url-encoded"):
        open_lister(double.storage(vendor=vendor)).page(None, 1000)


def test_a_cut_listing_is_not_believed(serve: Serve) -> None:
    """A body that is shorter than its Content-Length is Unreachable; botocore hands it out as if it were whole."""
    double = serve(S3, objects(["1", "2"]), faults.cut_body())
    with pytest.raises(Unreachable, match="IncompleteRead"):
        open_lister(double.storage()).page(None, 1000)


def test_the_sdk_finds_credentials_in_the_environment(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without configured credentials boto3's own chain finds them."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", CREDENTIALS.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", CREDENTIALS.secret_key)
    double = serve(S3, objects(["1"]))
    assert walked_keys(open_lister(replace(double.storage(), credentials=lambda: None))) == ["1"]


def test_no_credentials_is_a_credentials_error(serve: Serve) -> None:
    """Without any credentials nothing is asked."""
    double = serve(S3, {})
    assert type(refusal_of(replace(double.storage(), credentials=lambda: None))) is CredentialsError
    assert double.requests == []


def test_an_unknown_profile_is_a_credentials_error(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """A profile that the SDK's files do not have is told when the connection is opened."""
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(CredentialsError, match="nobody"):
        open_lister(serve(S3, {}).storage())


def test_a_bucket_name_that_boto3_refuses(serve: Serve) -> None:
    """A name that no bucket can have is refused before anything is asked."""
    double = serve(S3, {})
    assert type(refusal_of(double.storage(bucket="shots bucket"))) is RequestRefused
    assert double.requests == []


def test_an_endpoint_that_is_no_url() -> None:
    """An endpoint without a scheme is refused when the connection is opened."""
    with pytest.raises(RequestRefused, match="nowhere"):
        open_lister(replace(AWS, endpoint="nowhere"))


def test_credentials_are_not_shown() -> None:
    """The secret is in no representation of a storage or of its credentials."""
    shown = f"{AWS!r} {CREDENTIALS!r} {Credentials('A', 'B', 'TOKENOFMINE')!r}"
    assert CREDENTIALS.secret_key not in shown
    assert "TOKENOFMINE" not in shown


SDK_CALL = "botocore.httpsession.URLLib3Session.send"

REVIEWED = {
    "AliasConflictParameterError",
    "ApiVersionNotFoundError",
    "AwsChunkedWrapperError",
    "BaseEndpointResolverError",
    "CapacityNotAvailableError",
    "ChecksumError",
    "DataNotFoundError",
    "EndpointDiscoveryException",
    "EndpointDiscoveryRefreshFailed",
    "EndpointDiscoveryRequired",
    "EndpointProviderError",
    "EndpointResolutionError",
    "EndpointVariantError",
    "FlexibleChecksumError",
    "InfiniteLoopConfigError",
    "InvalidChecksumConfigError",
    "InvalidConfigError",
    "InvalidDNSNameError",
    "InvalidDefaultsMode",
    "InvalidEndpointConfigurationError",
    "InvalidEndpointDiscoveryConfigurationError",
    "InvalidExpressionError",
    "InvalidHostLabelError",
    "InvalidIMDSEndpointError",
    "InvalidIMDSEndpointModeError",
    "InvalidMaxRetryAttemptsError",
    "InvalidProxiesConfigError",
    "InvalidRegionError",
    "InvalidRetryConfigurationError",
    "InvalidRetryModeError",
    "InvalidS3AddressingStyleError",
    "InvalidS3UsEast1RegionalEndpointConfigError",
    "InvalidSTSRegionalEndpointsConfigError",
    "MD5UnavailableError",
    "MissingDependencyException",
    "MissingParametersError",
    "NoRegionError",
    "OperationNotPageableError",
    "PaginationError",
    "ParamValidationError",
    "RangeError",
    "RefreshWithMFAUnsupportedError",
    "ResourceNotExistsError",
    "ServiceNotInRegionError",
    "StubAssertionError",
    "StubResponseError",
    "UnStubbedResponseError",
    "UnknownAPIVersionError",
    "UnknownClientMethodError",
    "UnknownCredentialError",
    "UnknownEndpointError",
    "UnknownEndpointResolutionBuiltInName",
    "UnknownFIPSEndpointError",
    "UnknownKeyError",
    "UnknownParameterError",
    "UnknownRegionError",
    "UnknownServiceError",
    "UnknownServiceStyle",
    "UnknownSignatureVersionError",
    "UnknownTokenProviderError",
    "UnseekableStreamError",
    "UnsupportedOutpostResourceError",
    "UnsupportedS3AccesspointConfigurationError",
    "UnsupportedS3ArnError",
    "UnsupportedS3ConfigurationError",
    "UnsupportedS3ControlArnError",
    "UnsupportedS3ControlConfigurationError",
    "UnsupportedServiceProtocolsError",
    "UnsupportedSignatureVersionError",
    "ValidationError",
    "WaiterConfigError",
    "WaiterError",
}
"""Errors of botocore that are wrong settings or wrong calls: RequestRefused, shown with botocore's own words."""


def test_every_error_of_botocore_is_mapped_on_purpose(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error class that botocore grows is either of a family that is mapped, or reviewed here."""
    lister = open_lister(serve(S3, {}).storage())
    refused = {
        kind.__name__
        for kind in subclasses(botocore_errors.BotoCoreError)
        if type(raised_by(lister, monkeypatch, SDK_CALL, bare(kind))) is RequestRefused
    }
    assert refused - REVIEWED == set()


@pytest.mark.parametrize(
    ("error", "becomes"),
    [
        (botocore_errors.ConnectTimeoutError, Unreachable),
        (botocore_errors.ReadTimeoutError, Unreachable),
        (botocore_errors.SSLError, Unreachable),
        (botocore_errors.ProxyConnectionError, Unreachable),
        (botocore_errors.ConnectionClosedError, Unreachable),
        (botocore_errors.NoCredentialsError, CredentialsError),
        (botocore_errors.UnauthorizedSSOTokenError, CredentialsError),
        (botocore_errors.SSOTokenLoadError, CredentialsError),
        (botocore_errors.MetadataRetrievalError, CredentialsError),
        (botocore_errors.ParamValidationError, RequestRefused),
    ],
)
def test_an_error_of_the_sdk_becomes_ours(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, error: type[Exception], becomes: type[VendorError]
) -> None:
    """Time-outs and connections are Unreachable, a chain that finds nothing is a CredentialsError."""
    lister = open_lister(serve(S3, {}).storage())
    assert type(raised_by(lister, monkeypatch, SDK_CALL, bare(error))) is becomes
