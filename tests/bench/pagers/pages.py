"""Pages of made-up screenshots as each vendor's API writes them, made once and then only sent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import md5
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

BUCKET = "shots-bucket"
PREFIX = "shots/"
_PAGE = 1000
_FIRST = datetime(2026, 11, 20, tzinfo=UTC)
_INTERVAL = timedelta(seconds=5)
_100_NS = 10


@dataclass(frozen=True, slots=True)
class Shot:
    """An object of the bucket."""

    key: str
    size: int
    etag: str
    written: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """The objects of one page, and the position of the next one: its marker or token, empty where there is none."""

    shots: list[Shot]
    next: str


def parts(keys: int, api: str) -> dict[str, Part]:
    """The pages of a bucket by the position that asks for each, the first by the empty one."""
    shots = [_shot(number) for number in range(keys)]
    slices = [shots[begin : begin + _PAGE] for begin in range(0, keys, _PAGE)]
    positions = ["", *(POSITIONS[api](number, part[-1]) for number, part in enumerate(slices[:-1], 1)), ""]
    return {
        position: Part(part, following)
        for position, part, following in zip(positions, slices, positions[1:], strict=False)
    }


def _shot(number: int) -> Shot:
    taken = _FIRST + number * _INTERVAL
    key = f"{PREFIX}38f8e3cfdc474cd56fc1ceba380d7e1a_room__uid_s_91__uid_e_video_{taken:%Y%m%d%H%M%S}123.jpg"
    return Shot(key, 60_000 + number % 9000, md5(key.encode()).hexdigest(), taken)


def s3(part: Part, query: Mapping[str, str], _url: str) -> bytes:
    """ListObjects and ListObjectsV2 of S3 and its kin; one body has what every one of their SDKs asks to see."""
    facts = {
        "Name": BUCKET,
        "Prefix": query.get("prefix", ""),
        "Marker": query.get("marker", ""),
        "MaxKeys": "1000",
        "KeyCount": str(len(part.shots)),
        **({"EncodingType": "url"} if query.get("encoding-type") else {}),
        "IsTruncated": "true" if part.next else "false",
        **({"NextMarker": part.next, "NextContinuationToken": part.next} if part.next else {}),
    }
    contents = "".join(
        f"<Contents><Key>{shot.key}</Key><LastModified>{shot.written:%Y-%m-%dT%H:%M:%S}.000Z</LastModified>"
        f"<ETag>&quot;{shot.etag}&quot;</ETag><Type>Normal</Type><Size>{shot.size}</Size>"
        "<StorageClass>STANDARD</StorageClass><Owner><ID>1</ID><DisplayName>one</DisplayName></Owner></Contents>"
        for shot in part.shots
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult>{_xml(facts)}{contents}</ListBucketResult>'.encode()
    )


def azure(part: Part, query: Mapping[str, str], url: str) -> bytes:
    """List Blobs."""
    blobs = "".join(
        f"<Blob><Name>{shot.key}</Name><Properties><Creation-Time>{_rfc1123(shot)}</Creation-Time>"
        f"<Last-Modified>{_rfc1123(shot)}</Last-Modified><Etag>0x8DE{shot.etag[:12].upper()}</Etag>"
        f"<Content-Length>{shot.size}</Content-Length><Content-Type>image/jpeg</Content-Type><Content-Encoding />"
        "<Content-Language /><Content-CRC64 /><Content-MD5>1B2M2Y8AsgTpgAmY7PhCfg==</Content-MD5><Cache-Control />"
        "<Content-Disposition /><BlobType>BlockBlob</BlobType><AccessTier>Hot</AccessTier>"
        "<AccessTierInferred>true</AccessTierInferred><LeaseStatus>unlocked</LeaseStatus>"
        "<LeaseState>available</LeaseState><ServerEncrypted>true</ServerEncrypted></Properties><OrMetadata /></Blob>"
        for shot in part.shots
    )
    asked = _xml({"Prefix": query.get("prefix", ""), "MaxResults": query.get("maxresults", "5000")})
    return (
        f'\ufeff<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="{url}/account/" '
        f'ContainerName="{BUCKET}">{asked}<Blobs>{blobs}</Blobs>{_xml({"NextMarker": part.next})}</EnumerationResults>'
    ).encode()


def qiniu(part: Part, _query: Mapping[str, str], _url: str) -> bytes:
    """Kodo's rsf list."""
    items = [
        {
            "key": shot.key,
            "hash": f"Fj{shot.etag[:26]}",
            "fsize": shot.size,
            "mimeType": "image/jpeg",
            "putTime": round(shot.written.timestamp()) * 1_000_000 * _100_NS,
            "type": 0,
            "status": 0,
            "md5": shot.etag,
        }
        for shot in part.shots
    ]
    return _json({"items": items} | ({"marker": part.next} if part.next else {}))


def bos(part: Part, query: Mapping[str, str], _url: str) -> bytes:
    """BOS ListObjects."""
    owner = {"id": "168bf6fd8fa74d9789f35a283a1f15e2", "displayName": "168bf6fd8fa74d9789f35a283a1f15e2"}
    contents = [
        {
            "key": shot.key,
            "lastModified": f"{shot.written:%Y-%m-%dT%H:%M:%SZ}",
            "eTag": shot.etag,
            "size": shot.size,
            "storageClass": "STANDARD",
            "owner": owner,
        }
        for shot in part.shots
    ]
    told = {
        "name": BUCKET,
        "prefix": query.get("prefix", ""),
        "delimiter": "",
        "marker": query.get("marker", ""),
        "maxKeys": 1000,
        "isTruncated": bool(part.next),
        "contents": contents,
    }
    return _json(told | ({"nextMarker": part.next} if part.next else {}))


def gcs(part: Part, _query: Mapping[str, str], _url: str) -> bytes:
    """Google's JSON API, which only its SDK speaks here."""
    items = [
        {
            "kind": "storage#object",
            "id": f"{BUCKET}/{shot.key}/1763626530000000",
            "selfLink": f"https://www.googleapis.com/storage/v1/b/{BUCKET}/o/{shot.key}",
            "name": shot.key,
            "bucket": BUCKET,
            "generation": "1763626530000000",
            "metageneration": "1",
            "contentType": "image/jpeg",
            "storageClass": "STANDARD",
            "size": str(shot.size),
            "md5Hash": "1B2M2Y8AsgTpgAmY7PhCfg==",
            "crc32c": "AAAAAA==",
            "etag": "CKih16GjycICEAE=",
            "timeCreated": f"{shot.written:%Y-%m-%dT%H:%M:%S}.000Z",
            "updated": f"{shot.written:%Y-%m-%dT%H:%M:%S}.000Z",
        }
        for shot in part.shots
    ]
    return _json({"kind": "storage#objects", "items": items} | ({"nextPageToken": part.next} if part.next else {}))


def _xml(facts: Mapping[str, str]) -> str:
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in facts.items())


def _json(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told).encode()


def _rfc1123(shot: Shot) -> str:
    return f"{shot.written:%a, %d %b %Y %H:%M:%S} GMT"


def _by_key(_number: int, last: Shot) -> str:
    return last.key


def _by_token(number: int, _last: Shot) -> str:
    return f"2!token-{number}"


APIS: dict[str, Callable[[Part, Mapping[str, str], str], bytes]] = {
    "s3": s3,
    "azure": azure,
    "qiniu": qiniu,
    "bos": bos,
    "gcs": gcs,
}
"""How each API writes a page of it, for a query, at a server's address."""

POSITIONS = {"s3": _by_key, "azure": _by_token, "qiniu": _by_token, "bos": _by_key, "gcs": _by_token}
"""What each API goes on by: the last key of a page, or a token of its own."""
