"""ListObjects and ListObjectsV2: what a request asks for, and the answer as S3 writes it."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .spelling import spelled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .bucket import Bucket, Found

_MOST_KEYS = 1000
_POSITIONS = {1: {"Marker": "marker"}, 2: {"ContinuationToken": "continuation-token", "StartAfter": "start-after"}}
_HEAD = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>%b</Name>'
)
_TAIL = b"</ListBucketResult>"


@dataclass(frozen=True, slots=True)
class Question:
    """A list request.

    ``after`` is the position that its token, start-after or marker stands for; ``told`` are these as they were given.
    """

    prefix: bytes
    after: bytes
    limit: int
    delimiter: bytes
    url: bool
    version: int
    told: dict[str, str]

    @property
    def position(self) -> bytes:
        """Where the page begins, the same for every way of asking: after this key, or at the prefix."""
        return max(self.after, self.prefix)

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Question:
        """Read a query.

        Raises:
            ValueError: a number is none, or a token is not of this server.
        """
        version = 2 if query.get("list-type") == "2" else 1
        given = {name: query[asked] for name, asked in _POSITIONS[version].items() if query.get(asked)}
        token, start = given.get("ContinuationToken"), given.get("StartAfter") or given.get("Marker") or ""
        return cls(
            prefix=query.get("prefix", "").encode(),
            after=_key_of(token) if token else start.encode(),
            limit=min(int(query.get("max-keys") or _MOST_KEYS), _MOST_KEYS),
            delimiter=query.get("delimiter", "").encode(),
            url=query.get("encoding-type") == "url",
            version=version,
            told=given,
        )


def answer(name: str, bucket: Bucket, question: Question) -> list[bytes | memoryview]:
    """The body of the answer, in pieces."""
    asked = (question.prefix, question.after, question.limit)
    if question.delimiter:
        found = bucket.rolled_up(*asked, question.delimiter, url=question.url)
    else:
        found = bucket.page(*asked, url=question.url)
    found.truncated &= question.limit > 0
    prefixes = [
        b"<CommonPrefixes><Prefix>%b</Prefix></CommonPrefixes>" % spelled(prefix, url=question.url)
        for prefix in found.prefixes
    ]
    return [_HEAD % name.encode(), _facts(question, found), *found.objects, *prefixes, _TAIL]


def _facts(question: Question, found: Found) -> bytes:
    facts = {"Prefix": spelled(question.prefix, url=question.url)}
    for name, value in question.told.items():
        facts[name] = spelled(value.encode(), url=question.url and name != "ContinuationToken")
    facts |= _next(question, found)
    if question.version == 2:
        facts["KeyCount"] = b"%d" % found.count
    facts["MaxKeys"] = b"%d" % question.limit
    if question.delimiter:
        facts["Delimiter"] = spelled(question.delimiter, url=question.url)
    if question.url:
        facts["EncodingType"] = b"url"
    facts["IsTruncated"] = b"true" if found.truncated else b"false"
    return b"".join(b"<%b>%b</%b>" % (name.encode(), value, name.encode()) for name, value in facts.items())


def _next(question: Question, found: Found) -> dict[str, bytes]:
    """ListObjects says where to go on only with a delimiter; without one the last key is the next marker."""
    if not found.truncated:
        return {}
    if question.version == 2:
        return {"NextContinuationToken": _token_of(found.last)}
    return {"NextMarker": spelled(found.last, url=question.url)} if question.delimiter else {}


def _token_of(key: bytes) -> bytes:
    """An opaque token, with a character in it that a query has to escape."""
    return b"1+" + urlsafe_b64encode(key)


def _key_of(token: str) -> bytes:
    return urlsafe_b64decode(token.removeprefix("1+"))
