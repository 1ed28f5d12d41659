"""Reads the ListBucketResult answer that S3 and its kin share, and believes it only where it proves itself.

Sources: the ListObjects and ListObjectsV2 pages of Amazon S3, GetBucket (ListObjects) of Alibaba OSS and Tencent COS.
Each SDK has been seen to take some wrong answer for a listing: an HTML page with status 200 as an empty bucket, plain
keys as url-encoded ones, a truncated page without a marker as the end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, unquote_plus

import pyarrow as pa
import pyarrow.compute as pc

from indexer.errors import MalformedAnswer, VendorError
from indexer.vendors.base import Page, Position
from indexer.vendors.elements import ObjectForm, local, parsed, text_of
from indexer.vendors.scan import taken_apart
from indexer.vendors.times import ISO_8601

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree import ElementTree as ET

CONTENTS = ObjectForm(
    element="Contents",
    columns={
        "Key": "key",
        "Size": "size",
        "ETag": "etag",
        "LastModified": "last_modified",
        "StorageClass": "storage_class",
    },
    times=ISO_8601,
)
"""An object of a ListBucketResult."""

# A url-encoder leaves none of these in its output, and no per cent sign without two hex digits.
_NOT_URL_ENCODED = re.compile(r"[^\x21-\x7e]|[\"<>&#?]|%(?![0-9A-Fa-f]{2})")
# What a key has to hold to be another text once it is decoded, or not to be url-encoded at all.
_MAY_CHANGE = r"[^\x21-\x7e]|[\"<>&#?%+]"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one vendor writes its listings.

    ``plus_is_space``: S3 writes a blank as ``+`` in url-encoded keys, OSS and COS as ``%20`` with ``+`` left alone.
    ``next_element`` holds the position to go on from; where ``next_is_key`` it is a key, and the last key of the page
    stands in for it when it is absent (ListObjects without a delimiter leaves it out).
    """

    plus_is_space: bool
    next_element: str
    next_is_key: bool


def read_listing(  # noqa: PLR0913 - the question that was asked, and how its answer is written
    body: bytes,
    dialect: Dialect,
    *,
    bucket: str,
    prefix: str,
    after: Position | None,
    refusal: Callable[[str, str], VendorError],
) -> Page:
    """Read one answer.

    Raises:
        MalformedAnswer: the body is no listing of this bucket and prefix.
        VendorError: the body is an Error element, whose code and message ``refusal`` turned into this.
    """
    root, found = taken_apart(body, CONTENTS)
    if local(root) == "Error":
        raise refusal(text_of(root, "Code") or "", text_of(root, "Message") or "")
    if local(root) != "ListBucketResult":
        raise MalformedAnswer(f"expected a bucket listing and got <{local(root)[:40]}>: is the endpoint right?")
    name = text_of(root, "Name")
    if name != bucket:
        raise MalformedAnswer(f"asked for bucket {bucket!r} and got a listing of {name!r}")
    decode = _key_decoder(text_of(root, "EncodingType"), dialect)
    echoed = text_of(root, "Prefix") or ""
    if echoed != prefix and decode(echoed) != prefix:
        raise MalformedAnswer(f"asked for prefix {prefix!r} and got a listing of {echoed!r}")
    objects = parsed(root, CONTENTS) if found is None else found
    encoded = bool(text_of(root, "EncodingType"))
    if encoded:
        objects = _decoded(objects, decode)
    prefixes = _prefixes(root, decode, after)
    ends = [objects["key"][-1].as_py()] if objects.num_rows else []
    last = max([*ends, *prefixes[-1:]], default=after.key if after else "")
    return Page(objects, _next(root, dialect, decode, last), prefixes, url_encoded=encoded)


def _decoded(objects: pa.RecordBatch, decode: Callable[[str], str]) -> pa.RecordBatch:
    """Decode the keys that may not be the same in url-encoding, which few are but for their slashes."""
    keys = objects["key"]
    changes = pc.match_substring_regex(keys, _MAY_CHANGE)
    if not pc.any(changes).as_py():
        return objects
    keys = pc.replace_substring(keys, "%2F", "/")
    changes = pc.match_substring_regex(keys, _MAY_CHANGE)
    decoded = pa.array([decode(key) for key in keys.filter(changes).to_pylist()], pa.string())
    return objects.set_column(0, "key", pc.replace_with_mask(keys, changes, decoded))


def _key_decoder(encoding: str | None, dialect: Dialect) -> Callable[[str], str]:
    if not encoding:
        return str
    if encoding != "url":
        raise MalformedAnswer(f"the answer's keys are in an unknown encoding: {encoding[:40]!r}")
    unquoted = unquote_plus if dialect.plus_is_space else unquote

    def decode(text: str) -> str:
        if _NOT_URL_ENCODED.search(text):
            raise MalformedAnswer(f"the answer says that its keys are url-encoded, and this one is not: {text!r}")
        try:
            return unquoted(text, errors="strict")
        except UnicodeDecodeError as error:
            raise MalformedAnswer(f"a url-encoded key is not UTF-8: {text!r}") from error

    return decode


def _prefixes(root: ET.Element, decode: Callable[[str], str], after: Position | None) -> tuple[str, ...]:
    """The common prefixes, without one that the position itself lies in.

    Whether a start in the midst of a common prefix gives it once more is where servers differ.
    """
    rolled_up = [element for element in root if local(element) == "CommonPrefixes"]
    told = [decode(_prefix(element)) for element in rolled_up]
    passed = after.key if after is not None and not after.token else ""
    return tuple(prefix for prefix in told if not passed.startswith(prefix))


def _prefix(element: ET.Element) -> str:
    prefix = text_of(element, "Prefix")
    if prefix is None:
        raise MalformedAnswer("a common prefix has no <Prefix>")
    return prefix


def _next(root: ET.Element, dialect: Dialect, decode: Callable[[str], str], last: str) -> Position | None:
    """Where to go on; ``last`` is what the page ended with."""
    truncated = text_of(root, "IsTruncated")
    if truncated == "false":
        return None
    if truncated != "true":
        raise MalformedAnswer(f"the answer does not say whether more follows: IsTruncated is {truncated!r}")
    token = text_of(root, dialect.next_element)
    if dialect.next_is_key:
        marker = decode(token) if token else last
        if not marker:
            raise MalformedAnswer("the answer says that more follows, and not from where")
        return Position(key=marker)
    if not token:
        raise MalformedAnswer(f"the answer says that more follows, without a {dialect.next_element}")
    return Position(key=last, token=token)
