"""Lists a bucket by a vendor's own SDK: ``python sdks.py SDK URL BUCKET PREFIX``.

It prints how many keys it saw, and the seconds by the clock and of the processors that listing them took, without what
the SDK takes to be loaded. Each SDK runs in an environment of its own: they do not agree on what they need.
"""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_KEY, _SECRET = "AKIDEXAMPLE", "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"
_PAGE = 1000


def boto3(url: str, bucket: str, prefix: str) -> Iterator[int]:
    """list_objects_v2 by its paginator."""
    import boto3 as sdk
    from botocore.config import Config

    client = sdk.client(
        "s3",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=_KEY,
        aws_secret_access_key=_SECRET,
        config=Config(s3={"addressing_style": "path"}),
    )
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return (len(page.get("Contents", [])) for page in pages)


def oss2(url: str, bucket: str, prefix: str) -> Iterator[int]:
    """ObjectIteratorV2 of oss2."""
    import oss2 as sdk

    opened = sdk.Bucket(sdk.AuthV4(_KEY, _SECRET), url, bucket, region="cn-hangzhou")
    return (1 for _ in sdk.ObjectIteratorV2(opened, prefix=prefix, max_keys=_PAGE))


def cos(url: str, bucket: str, prefix: str) -> Iterator[int]:
    """list_objects of the COS SDK, which has no pager."""
    from qcloud_cos import CosConfig, CosS3Client

    place = urlsplit(url).netloc
    client = CosS3Client(CosConfig(Region="ap-beijing", SecretId=_KEY, SecretKey=_SECRET, Scheme="http", Domain=place))
    marker = ""
    while True:
        page = client.list_objects(Bucket=bucket, Prefix=prefix, Marker=marker, MaxKeys=_PAGE)
        yield len(page.get("Contents", []))
        if page.get("IsTruncated") != "true":
            return
        marker = page["NextMarker"]


def ks3(url: str, bucket: str, prefix: str) -> Iterator[int]:
    """The bucket's list of ks3sdk."""
    from ks3.connection import Connection, PathCallingFormat

    place = urlsplit(url)
    opened = Connection(
        _KEY,
        _SECRET,
        host=place.hostname,
        port=place.port,
        is_secure=False,
        calling_format=PathCallingFormat(),
        dns_cache_time=0,
    ).get_bucket(bucket)
    return (1 for _ in opened.list(prefix=prefix, delimiter=""))


def obs(url: str, bucket: str, prefix: str) -> Iterator[int]:
    """ListObjects of esdk-obs-python, which has no pager, on one connection."""
    from obs import ObsClient

    client = ObsClient(access_key_id=_KEY, secret_access_key=_SECRET, server=url, long_conn_mode=True)
    marker = None
    while True:
        body = client.listObjects(bucket, prefix, marker=marker, max_keys=_PAGE).body
        yield len(body.contents)
        if not body.is_truncated:
            return
        marker = body.next_marker


def bce(url: str, bucket: str, prefix: str) -> Iterator[int]:
    """list_all_objects of bce-python-sdk."""
    from baidubce.auth.bce_credentials import BceCredentials
    from baidubce.bce_client_configuration import BceClientConfiguration
    from baidubce.services.bos.bos_client import BosClient

    client = BosClient(BceClientConfiguration(credentials=BceCredentials(_KEY, _SECRET), endpoint=url.encode()))
    return (1 for _ in client.list_all_objects(bucket, prefix=prefix))


def qiniu(url: str, bucket: str, prefix: str) -> Iterator[int]:
    """BucketManager.list of the Kodo SDK, which has no pager."""
    from qiniu import Auth, BucketManager
    from qiniu.http.endpoint import Endpoint
    from qiniu.http.region import Region, ServiceName

    rsf = Endpoint(urlsplit(url).netloc, default_scheme="http")
    manager = BucketManager(Auth(_KEY, _SECRET), regions=[Region("z0", services={ServiceName.RSF: [rsf]})])
    marker = None
    while True:
        page, eof, _ = manager.list(bucket, prefix=prefix, marker=marker, limit=_PAGE)
        yield len(page["items"])
        if eof:
            return
        marker = page["marker"]


def azure(url: str, bucket: str, prefix: str) -> Iterator[int]:
    """list_blobs of azure-storage-blob."""
    from azure.storage.blob import ContainerClient

    key: Any = {"account_name": "account", "account_key": _SECRET}
    client = ContainerClient(f"{url}/account", bucket, credential=key)
    return (
        sum(1 for _ in page) for page in client.list_blobs(name_starts_with=prefix, results_per_page=_PAGE).by_page()
    )


def gcs(url: str, bucket: str, prefix: str) -> Iterator[int]:
    """list_blobs of google-cloud-storage, over Google's JSON API; it reads a field of a blob when that is asked for."""
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import storage

    client = storage.Client("project", AnonymousCredentials(), client_options={"api_endpoint": url})
    pages = client.list_blobs(bucket, prefix=prefix, page_size=_PAGE).pages
    return (
        len([(blob.name, blob.size, blob.etag, blob.updated, blob.storage_class) for blob in page]) for page in pages
    )


SDKS: dict[str, Callable[[str, str, str], Iterator[int]]] = {
    "boto3": boto3,
    "oss2": oss2,
    "cos": cos,
    "ks3": ks3,
    "obs": obs,
    "bce": bce,
    "qiniu": qiniu,
    "azure": azure,
    "gcs": gcs,
}


def main(sdk: str, url: str, bucket: str, prefix: str) -> None:
    """List once and tell."""
    next(SDKS[sdk](url, bucket, prefix))  # what is loaded is loaded now
    begun, worked = time.perf_counter(), time.process_time()
    keys = sum(SDKS[sdk](url, bucket, prefix))
    print(json.dumps({"keys": keys, "wall": time.perf_counter() - begun, "cpu": time.process_time() - worked}))


if __name__ == "__main__":
    main(*sys.argv[1:])
