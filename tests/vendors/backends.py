"""The servers that the contract holds for, and as data what each of them cannot do."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.client import HTTPConnection
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlsplit

from doubles import processes
from doubles.azure import AZURE, signed_put
from doubles.bos import BOS
from doubles.cos import COS
from doubles.double import CREDENTIALS, BucketDouble, Dialect
from doubles.oss import OSS
from doubles.qiniu import KODO
from doubles.s3 import GCS, KS3, OBS, S3

from indexer.vendors.base import Credentials, Storage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from doubles.bucket import Objects

LONGEST = f"longest/{'é' * 100}/{'é' * 100}/{'é' * 100}/{'x' * 211}/{'y' * 201}"
"""A key of 1,024 bytes, as many as S3 allows; a folder holds it too."""
ODD_KEYS = (
    "dir/abc",
    "dir/abcd",
    "dir/abd",
    "dir-x",
    "dir.x",
    "dir0",
    "a b+c%20d&e=f/中文é~(1)*'!.jpg",
    "m%2Fn%41.jpg",
    "x#y?z",
    "c++ = c&d; e,f:g@h",
    'quoted "and" <marked>',
    "back\\slash",
    " space first",
    # In UTF-16 order the first of these two would come last.
    "\uffee.jpg",
    "\U0001f600.jpg",
    "b//c.jpg",
    "/rooted.jpg",
    "dir/",
    "b//",
    "//",
    "/",
    "%",
    "%2F",
    "+",
    "tab\there",
    "line\nfeed",
    "carriage\rreturn",
    LONGEST,
)
UNWRITABLE_KEYS = ("control/\x01.jpg", "control/\x1f", "control/\ufffe", "control/a.jpg")
"""Keys of which all but the last hold a character that XML 1.0 cannot write, however it is escaped."""
_FILE_SYSTEM = {
    "b//c.jpg": "a path has no empty parts",
    "/rooted.jpg": "a path has no empty parts",
    "dir/": "a file is no folder",
    "b//": "a path has no empty parts",
    "//": "a path has no empty parts",
    "/": "a path has no empty parts",
}
_RCLONE = _FILE_SYSTEM | {
    "tab\there": "rclone shows control characters of a file's name as symbols",
    "line\nfeed": "rclone shows control characters of a file's name as symbols",
    "carriage\rreturn": "rclone shows control characters of a file's name as symbols",
}
_AZURE = {"\U0001f600.jpg": "Azure compares names as UTF-16, which puts this one before \uffee.jpg"}
_AZURITE = _AZURE | {
    "back\\slash": "Azurite makes a slash of it",
}
_MOTO = {"line\nfeed": "moto's router takes no line feed in a path"}


@dataclass(frozen=True)
class Backend:
    """A server with the contract's buckets in it.

    ``storage`` gives the place of a bucket. ``filled`` is when the objects were written, for a server that dates them
    itself; one that keeps their times has ``None``, and may keep ``whole_seconds`` of them. ``etag`` is the pattern of
    etags that are no MD5. ``refuses_by`` are the codes for a wrong secret and for an unknown access key, where there
    are any, and ``refuses_with`` is the status of both. ``ahead`` sets the server's clock so much ahead for a while,
    where that can be set.
    """

    storage: Callable[[str, str, Credentials], Storage]
    gives_etags: bool = True
    filled: tuple[datetime, datetime] | None = None
    whole_seconds: bool = False
    etag: str | None = None
    refuses_by: tuple[str | None, str | None] = ("SignatureDoesNotMatch", "InvalidAccessKeyId")
    refuses_with: int = 403
    cannot_hold: Mapping[str, str] = field(default_factory=dict)
    ahead: Callable[[timedelta], AbstractContextManager[None]] | None = None

    def can_hold(self, key: str) -> bool:
        """Whether a key is one that this server can hold."""
        return key not in self.cannot_hold


TOO_MANY_FOR_MOTO = "large-bucket"

Buckets = dict[str, "Objects"]
Start = Callable[[Buckets, "Path"], AbstractContextManager[Backend]]


@contextmanager
def local(buckets: Buckets, tmp: Path) -> Iterator[Backend]:
    """A folder."""
    _write_files(buckets, tmp, _FILE_SYSTEM)
    yield Backend(
        lambda bucket, prefix, credentials: _at(str(tmp / bucket), "local", bucket, prefix, credentials),
        gives_etags=False,
        cannot_hold=_FILE_SYSTEM,
    )


@contextmanager
def _rclone(vendor: str, buckets: Buckets, tmp: Path) -> Iterator[Backend]:
    root, home = tmp / "root", tmp / "home"
    home.mkdir(parents=True)
    _write_files(buckets, root, _RCLONE)
    with processes.rclone(root, home) as endpoint:
        yield Backend(
            lambda bucket, prefix, credentials: _at(endpoint, vendor, bucket, prefix, credentials),
            cannot_hold=_RCLONE,
        )


@contextmanager
def rclone_v2(buckets: Buckets, tmp: Path) -> Iterator[Backend]:
    """rclone, asked as S3 is: ListObjectsV2, url-encoded."""
    with _rclone("s3", buckets, tmp) as backend:
        yield backend


@contextmanager
def rclone_v1(buckets: Buckets, tmp: Path) -> Iterator[Backend]:
    """rclone, asked as a self-built store is: ListObjects, not url-encoded."""
    with _rclone("s3-compatible", buckets, tmp) as backend:
        yield backend


@contextmanager
def moto(buckets: Buckets, tmp: Path) -> Iterator[Backend]:
    """moto, asked as S3 is."""
    with processes.moto(tmp) as endpoint:
        begun = datetime.now(UTC).replace(microsecond=0)
        for bucket, objects in buckets.items():
            if bucket != TOO_MANY_FOR_MOTO:
                _put(endpoint, bucket, {key: objects[key].content for key in objects if key not in _MOTO})
        yield Backend(
            lambda bucket, prefix, credentials: _at(endpoint, "s3", bucket, prefix, credentials),
            filled=(begun, datetime.now(UTC)),
            cannot_hold=_MOTO,
        )


@contextmanager
def _double(dialect: Dialect, buckets: Buckets) -> Iterator[Backend]:
    with ExitStack() as running:
        doubles = {
            bucket: running.enter_context(BucketDouble(dialect, objects, bucket=bucket))
            for bucket, objects in buckets.items()
        }
        nothing = running.enter_context(BucketDouble(dialect, {}, exists=False))

        @contextmanager
        def ahead(so_much: timedelta) -> Iterator[None]:
            for double in doubles.values():
                double.ahead = so_much
            yield
            for double in doubles.values():
                double.ahead = timedelta()

        yield Backend(
            lambda bucket, prefix, credentials: doubles.get(bucket, nothing).storage(
                bucket=bucket, prefix=prefix, credentials=credentials
            ),
            ahead=ahead,
        )


@contextmanager
def s3(buckets: Buckets, tmp: Path) -> Iterator[Backend]:
    """The double of S3."""
    with _double(S3, buckets) as backend:
        yield backend


@contextmanager
def ks3(buckets: Buckets, tmp: Path) -> Iterator[Backend]:
    """The double of KS3."""
    with _double(KS3, buckets) as backend:
        yield backend


@contextmanager
def gcs(buckets: Buckets, tmp: Path) -> Iterator[Backend]:
    """The double of Google Cloud Storage."""
    with _double(GCS, buckets) as backend:
        yield backend


@contextmanager
def obs(buckets: Buckets, tmp: Path) -> Iterator[Backend]:
    """The double of OBS."""
    with _double(OBS, buckets) as backend:
        yield backend


@contextmanager
def oss(buckets: Buckets, tmp: Path) -> Iterator[Backend]:
    """The double of OSS."""
    with _double(OSS, buckets) as backend:
        yield backend


@contextmanager
def cos(buckets: Buckets, tmp: Path) -> Iterator[Backend]:
    """The double of COS."""
    with _double(COS, buckets) as backend:
        yield backend


@contextmanager
def bos(buckets: Buckets, tmp: Path) -> Iterator[Backend]:
    """The double of BOS."""
    with _double(BOS, buckets) as backend:
        yield backend


@contextmanager
def qiniu(buckets: Buckets, tmp: Path) -> Iterator[Backend]:
    """The double of Kodo, which is the domain of each of its buckets too."""
    with _double(KODO, buckets) as backend:

        def with_domain(bucket: str, prefix: str, credentials: Credentials) -> Storage:
            found = backend.storage(bucket, prefix, credentials)
            return replace(found, domain=found.endpoint)

        yield replace(backend, storage=with_domain, refuses_by=(None, None), refuses_with=401)


@contextmanager
def azure(buckets: Buckets, tmp: Path) -> Iterator[Backend]:
    """The double of Azure Blob Storage."""
    held = {bucket: {key: found[key] for key in found if key not in _AZURE} for bucket, found in buckets.items()}
    codes = ("AuthenticationFailed", "AuthenticationFailed")
    with _double(AZURE, held) as backend:
        yield replace(backend, whole_seconds=True, refuses_by=codes, cannot_hold=_AZURE)


@contextmanager
def azurite(buckets: Buckets, tmp: Path) -> Iterator[Backend]:
    """Azurite, Microsoft's emulator."""
    with processes.azurite(tmp) as endpoint:
        begun = datetime.now(UTC).replace(microsecond=0)
        for bucket, objects in buckets.items():
            if bucket != TOO_MANY_FOR_MOTO:
                _put_blobs(endpoint, bucket, {key: objects[key].content for key in objects if key not in _AZURITE})
        yield Backend(
            lambda bucket, prefix, credentials: _at(endpoint, "azure", bucket, prefix, credentials),
            filled=(begun, datetime.now(UTC)),
            etag="0x[0-9A-F]+",
            cannot_hold=_AZURITE,
        )


class Tested(NamedTuple):
    """Whose adapter a backend tests, and against what."""

    vendor: str
    server: str


TESTED: dict[Start, Tested] = {
    local: Tested("local", "folders of this machine"),
    qiniu: Tested("qiniu", "a double that checks Qiniu signatures"),
    rclone_v2: Tested("s3", "rclone serve s3"),
    rclone_v1: Tested("s3-compatible", "rclone serve s3"),
    moto: Tested("s3", "moto"),
    s3: Tested("s3", "a double that checks SigV4"),
    ks3: Tested("ks3", "a double that checks SigV4"),
    azure: Tested("azure", "a double that checks SharedKey"),
    azurite: Tested("azure", "Azurite"),
    gcs: Tested("gcs", "a double that checks SigV4"),
    obs: Tested("obs", "a double that checks SigV4"),
    bos: Tested("bos", "a double that checks bce-auth-v1"),
    oss: Tested("oss", "a double that checks OSS4-HMAC-SHA256"),
    cos: Tested("cos", "a double that checks q-sign"),
}
"""Every backend, with what a table of the vendors says of it."""

BACKENDS = tuple(TESTED)
STARTS_ANYWHERE = tuple(start for start in TESTED if start is not qiniu)
"""Those whose listing can begin after any text, fast or slowly: Kodo goes on by its own markers alone."""
WITH_MANY_OBJECTS = tuple(start for start in TESTED if start not in {moto, azurite})
"""Those that are soon filled: moto takes half a minute for what ``TOO_MANY_FOR_MOTO`` holds."""
WITH_SECRETS = (qiniu, rclone_v2, rclone_v1, s3, ks3, azure, gcs, obs, bos, oss, cos)
"""Those that tell a wrong signature: a folder needs none, moto takes any, and Azurite calls it a missing right."""
WITH_ANY_DELIMITER = (moto, s3, ks3, azure, gcs, obs, oss, cos)
"""Those that roll keys up to any text: rclone lists every key, as if it had not been asked to, unless it is a slash;
Azurite looks for the text's first character alone."""
WITH_PRESIGNED = (qiniu, moto, s3, ks3, azure, azurite, gcs, obs, bos, oss, cos)
"""Those that give an object to whoever has a presigned URL."""
WITH_A_CLOCK = (qiniu, s3, ks3, azure, gcs, obs, bos, oss, cos)
"""Those of them whose clock a test sets, and which refuse a URL that has not been signed for the object."""
URL_ENCODED = (qiniu, s3, azure, bos, oss, cos)
"""Those that can write any key: they are asked for url-encoded ones, or encode what XML forbids. moto takes no such key
in a path."""
PLAIN = (ks3, gcs, obs)
"""Those that are asked for plain keys, which XML cannot always write."""


def _at(endpoint: str, vendor: str, bucket: str, prefix: str, credentials: Credentials) -> Storage:
    return Storage(vendor, "us-east-1", endpoint, bucket, prefix, lambda: credentials, custom_endpoint=True)


def _write_files(buckets: Buckets, root: Path, cannot_hold: Mapping[str, str]) -> None:
    for bucket, objects in buckets.items():
        (root / bucket).mkdir(parents=True)
        for key, found in objects.items():
            if key not in cannot_hold:
                path = root / bucket / key
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(found.content)
                os.utime(path, ns=(0, round(found.last_modified.timestamp() * 1000) * 1_000_000))


def _put(endpoint: str, bucket: str, contents: Mapping[str, bytes]) -> None:
    connection = HTTPConnection(urlsplit(endpoint).netloc)
    headers = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={CREDENTIALS.access_key}/20261120/us-east-1/s3/aws4_request"
    }
    for key, content in {"": b"", **contents}.items():
        connection.request("PUT", f"/{bucket}/{quote(key)}" if key else f"/{bucket}", content, headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == HTTPStatus.OK, (bucket, key, answer.status)
    connection.close()


def _put_blobs(endpoint: str, container: str, contents: Mapping[str, bytes]) -> None:
    connection = HTTPConnection(urlsplit(endpoint).netloc)
    path = f"/{CREDENTIALS.access_key}/{container}"
    blobs = {f"{path}/{quote(key)}": content for key, content in contents.items()}
    for target, body in {f"{path}?restype=container": b"", **blobs}.items():
        connection.request("PUT", target, body, signed_put(target, body, CREDENTIALS))
        answer = connection.getresponse()
        answer.read()
        assert answer.status == HTTPStatus.CREATED, (target, answer.status)
    connection.close()
