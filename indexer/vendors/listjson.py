"""Reads listings that come as JSON, and believes nothing in them but what has the documented type.

Python's own parser reads them: DuckDB's takes five times as long for a page of 1,000 keys, and pyarrow 26's, which
takes two thirds, dies with the whole process where an answer is ``null``.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import orjson
import pyarrow as pa

from indexer.errors import MalformedAnswer
from indexer.vendors.base import object_batch
from indexer.vendors.times import ISO_8601

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.vendors.base import Position

_Kind = TypeVar("_Kind")

# Python takes half of a surrogate pair for a character, which no UTF-8 can hold.
_HALF_A_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")
_YEAR_1, _YEAR_10000 = -62_135_596_800_000_000, 253_402_300_800_000_000


def read_answer(body: bytes) -> dict[str, Any]:
    """The object that an answer is.

    Raises:
        MalformedAnswer: it is none, or its text is no UTF-8, or a name stands in an object twice.
    """
    try:
        told = orjson.loads(body)
        # Without a backslash every quote delimits a string, and a colon after one follows a name: where these are more
        # than what was read, a name stands twice, or the listing is no ordinary one.
        if b"\\" in body or body.count(b'":') != _members(told):
            told = _read_strictly(body)
    except (ValueError, RecursionError) as error:
        raise MalformedAnswer(f"the answer is no JSON: {str(error)[:200]}: is the endpoint right?") from error
    if not isinstance(told, dict):
        raise MalformedAnswer(f"expected a JSON object and got a {type(told).__name__}: is the endpoint right?")
    return told


def read_refusal(body: bytes) -> dict[str, Any]:
    """The object that a refusal is; an empty one where a proxy or the like wrote something else."""
    try:
        return read_answer(body)
    except MalformedAnswer:
        return {}


def text(told: dict[str, Any], name: str) -> str:
    """A text of a refusal; an empty one where there is none."""
    value = told.get(name)
    return value if isinstance(value, str) else ""


def list_of(told: dict[str, Any], name: str) -> list[Any]:
    """A list, which is empty where it is ``null`` or not told.

    Raises:
        MalformedAnswer: it is something else.
    """
    value = told.get(name)
    if value is not None and not isinstance(value, list):
        raise MalformedAnswer(f"{name} is no list, but a {type(value).__name__}")
    return value or []


def column(objects: Sequence[Any], name: str, kind: type[_Kind]) -> list[_Kind]:
    """One field of every object.

    Raises:
        MalformedAnswer: an object has no such field, or one of another type.
    """
    try:
        values = [each[name] for each in objects]
    except (KeyError, TypeError):
        raise MalformedAnswer(f"a listed object has no {name}") from None
    check_types(values, {kind}, name)
    return values


def optional(objects: Sequence[dict[str, Any]], name: str, kind: type[_Kind]) -> list[_Kind | None]:
    """One field of every object, ``None`` where it has none.

    Raises:
        MalformedAnswer: an object has one of another type.
    """
    values = [each.get(name) for each in objects]
    check_types(values, {kind, type(None)}, name)
    return values


def check_types(values: Sequence[object], kinds: set[type], name: str) -> None:
    """Find what is not of these very types: neither ``true`` nor 1.0 is a number of bytes."""
    others = set(map(type, values)) - kinds
    if others:
        raise MalformedAnswer(f"{name} is a {others.pop().__name__} where it may not be")


def moments(texts: Sequence[str]) -> list[int]:
    """Microseconds since 1970 of times in ISO 8601 that end in Z.

    Raises:
        MalformedAnswer: one is something else, or finer.
    """
    if not texts:  # an empty column does not end in Z either
        return []
    try:
        times = ISO_8601.column(pa.array(texts, pa.string()))
    except ValueError as error:
        raise MalformedAnswer(f"a last-modified time is not {ISO_8601.name}: {str(error)[:200]}") from error
    return within_the_calendar(times.view(pa.int64()).to_pylist())


def within_the_calendar(microseconds: list[int]) -> list[int]:
    """The same times, each of which Python's calendar has, as its years are from 1 to 9999.

    Raises:
        MalformedAnswer: it has not.
    """
    for moment in (min(microseconds, default=0), max(microseconds, default=0)):
        if not _YEAR_1 <= moment < _YEAR_10000:
            raise MalformedAnswer(f"a last-modified time is in no year that is: {str(moment)[:40]} microseconds")
    return microseconds


def rows(
    keys: Sequence[str],
    sizes: Sequence[int],
    etags: Sequence[str | None],
    last_modified: Sequence[int],
    storage_classes: Sequence[str | None],
) -> pa.RecordBatch:
    """Rows of ``OBJECT_SCHEMA``.

    Raises:
        MalformedAnswer: a size is none, or a key holds a NUL, which ends a text for many a reader.
    """
    if "\0" in "".join(keys):
        raise MalformedAnswer("a listed key holds a NUL")
    try:
        return object_batch(keys, sizes, etags, last_modified, storage_classes)
    except (OverflowError, pa.ArrowInvalid) as error:
        raise MalformedAnswer(f"the size of a listed object is none: {str(error)[:200]}") from error


def not_passed(prefixes: Sequence[str], after: Position | None) -> tuple[str, ...]:
    """The common prefixes, without one that the position itself lies in.

    Whether a start in the midst of a common prefix gives it once more is where servers differ.
    """
    passed = after.key if after else ""
    return tuple(prefix for prefix in prefixes if not (prefix and passed.startswith(prefix)))


def last_name(objects: pa.RecordBatch, prefixes: Sequence[str], after: Position | None) -> str:
    """What a page ends with; where it was asked to begin if it is empty."""
    keys = [objects["key"][-1].as_py()] if objects.num_rows else []
    return max([*keys, *prefixes[-1:]], default=after.key if after else "")


def _members(told: object) -> int:
    """How many members an ordinary listing has: lists of objects like the first one, which may hold an object each."""
    if not isinstance(told, dict):
        return 0
    lists = [value for value in told.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
    return len(told) + sum(map(_members_of, lists))


def _members_of(objects: list[Any]) -> int:
    inner = [name for name, value in objects[0].items() if isinstance(value, dict)]
    try:
        return sum(map(len, objects)) + sum(len(each[name]) for name in inner for each in objects)
    except (KeyError, TypeError):
        return 0


def _read_strictly(body: bytes) -> Any:  # noqa: ANN401 - JSON
    """Parse an answer that may name something twice, or hold half a pair; it takes twice as long."""
    told = json.loads(body.decode(), object_pairs_hook=_each_once, parse_constant=_no_number)
    if _HALF_A_PAIR.search(body):
        json.dumps(told, ensure_ascii=False).encode()
    return told


def _each_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(members)
    if len(told) != len(members):
        raise ValueError("a name stands in an object twice")
    return told


def _no_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")
