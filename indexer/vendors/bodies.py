"""One object by HTTP: how its bytes are asked for, and whether an answer is to be believed to hold them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import urllib3

from indexer.errors import MalformedAnswer, VendorError
from indexer.vendors.objects import ObjectFile, check_key, check_same
from indexer.vendors.refusals import unreachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from indexer.vendors.base import Storage
    from indexer.vendors.objects import Cut

_LONGEST_REFUSAL = 1 << 16
"""How many bytes of an error answer are read."""


def object_headers(key: str, cut: Cut | None, encoding: str = "identity") -> dict[str, str]:
    """The headers by which an object is asked for as it is stored, or what is left of it after a cut.

    ``encoding`` is the Accept-Encoding: OSS compresses on the way what it is told may come so, and tells no etag then.

    Raises:
        VendorError: no object can be asked for by this key.
    """
    check_key(key)
    rest = {"Range": f"bytes={cut.at}-", "If-Match": cut.etag} if cut else {}
    return {"Accept-Encoding": encoding, **rest}


def object_file(
    storage: Storage, answer: urllib3.BaseHTTPResponse, cut: Cut | None, refused: Callable[[bytes], VendorError]
) -> ObjectFile:
    """The file that an answer becomes, of which no byte of the body has been read.

    ``refused`` makes the exception of an error answer, given its body.

    Raises:
        MalformedAnswer: it tells no etag or no size, or is not of the part that was asked for.
        RequestRefused: it is of another object than the one whose reading was cut.
    """
    body = _Body(storage, answer)
    try:
        if answer.status not in {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}:
            raise refused(body.read(_LONGEST_REFUSAL))
        return _believed(storage, answer, cut, body)
    except VendorError:
        body.close()
        raise


def _believed(storage: Storage, answer: urllib3.BaseHTTPResponse, cut: Cut | None, body: _Body) -> ObjectFile:
    etag, length = answer.headers.get("ETag"), answer.headers.get("Content-Length", "")
    if not etag or not (length.isascii() and length.isdigit()):
        raise MalformedAnswer(f"{storage.endpoint} gave an object without an etag or a size: is the endpoint right?")
    at = cut.at if cut else 0
    size = at + int(length)
    _check_part(storage, answer, f"bytes {at}-{size - 1}/{size}" if cut else None)
    check_same(cut, size=size, etag=etag)
    return ObjectFile(body, size=size, etag=etag, at=at)


def _check_part(storage: Storage, answer: urllib3.BaseHTTPResponse, asked: str | None) -> None:
    """The header alone tells a part: rclone 1.75 answers 200 to who asks for one, and gives it."""
    part = answer.headers.get("Content-Range")
    if part != asked or (asked is None and answer.status != HTTPStatus.OK):
        told = f"{part or 'no part'} with status {answer.status}"
        raise MalformedAnswer(f"{storage.endpoint} was asked for {asked or 'a whole object'} and gave {told}")


class _Body:
    """The bytes of an answer's body as they are sent, never decompressed."""

    def __init__(self, storage: Storage, answer: urllib3.BaseHTTPResponse) -> None:
        self._storage = storage
        self._answer = answer

    def read(self, most: int, /) -> bytes:
        try:
            return self._answer.read(most, decode_content=False)
        except urllib3.exceptions.HTTPError as error:
            raise unreachable(self._storage, error) from error

    def close(self) -> None:
        """Cut the connection, unless the body was read to its end: then it is kept, and free already."""
        self._answer.close()
        self._answer.release_conn()
