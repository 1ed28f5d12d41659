"""Reads the objects of an ordinary listing without an XML parser, in a fifth of its time.

An ordinary listing holds its objects in one run, each written as the first one is. Arrow splits the run at every ``<``
and takes each n-th piece for a column, nearly all of it outside of Python's lock. Nothing is assumed but what the first
object shows, and every piece is held against it; whatever is not understood to the last byte is left to the parser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from indexer.vendors.base import OBJECT_SCHEMA
from indexer.vendors.elements import LONGEST_SIZE, local, root_of

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

    from indexer.vendors.elements import ObjectForm

_REQUIRED = {"key", "size", "last_modified"}
# A tag and the text after it. Other tags (with attributes or a namespace) and comments are the parser's.
_PIECE = re.compile(r"(/?)([A-Za-z_][\w.-]*)(\s*/)?>(.*)", re.ASCII | re.DOTALL)
_DECLARATION = re.compile(
    rb"""<\?xml version=["']1\.0["']( encoding=["'](?i:utf-8)["'])?( standalone=["']\w+["'])?\s*\?>"""
)
# What XML 1.0 forbids in text, and the carriage return, which it makes a line feed.
_CONTROLS = bytes(range(0x09)) + bytes(range(0x0B, 0x20))
_NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
_BLANKS = " \t\n"
_ENTITIES = {"&quot;": '"', "&lt;": "<", "&gt;": ">", "&apos;": "'"}
_YEAR_1 = -62_135_596_800_000_000


class _OddError(Exception):
    """The answer is not written as expected: the parser shall read it."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """A listing in two parts: its objects, and what is around them as XML with one empty object in their place.

    ``objects`` has the columns of ``OBJECT_SCHEMA``, with keys as they are written: url-encoded ones still are.
    """

    objects: pa.RecordBatch
    outside: bytes


@dataclass(frozen=True, slots=True)
class _Shape:
    """How the first object is written: its pieces in order, and which of them end in a text of their own.

    ``texts`` has the tag of every piece that may differ from object to object, ``columns`` the piece of every column.
    """

    pieces: list[str]
    texts: dict[int, str]
    columns: dict[str, int]


def taken_apart(body: bytes, form: ObjectForm) -> tuple[ET.Element, pa.RecordBatch | None]:
    """What is around a listing's objects, and they themselves; ``None`` where they are still in it, to be parsed.

    Raises:
        MalformedAnswer: the body is no XML.
    """
    found = scan(body, form)
    if found is not None:
        root = root_of(found.outside)
        # Objects inside of another element are none of this listing's, and one written otherwise is the parser's.
        objects = [element for element in root.iter() if local(element) == form.element]
        if len(objects) == 1 and objects == form.elements(root):
            return root, found.objects
    return root_of(body), None


def scan(body: bytes, form: ObjectForm) -> Scanned | None:
    """Take a listing apart, or say by ``None`` that it has to be parsed."""
    begin, end = body.find(f"<{form.element}>".encode()), body.rfind(_closing(form))
    if not 0 <= begin < end:
        return None
    end += len(_closing(form))
    run = body[begin:end]
    try:
        _check_outside(body[:begin], body[end:])
        _check_characters(run)
        objects = _objects(run, form)
    except (_OddError, ValueError):  # Arrow's errors are ValueErrors
        return None
    return Scanned(objects, b"%b<%b/>%b" % (body[:begin], form.element.encode(), body[end:]))


def _closing(form: ObjectForm) -> bytes:
    return f"</{form.element}>".encode()


def _expect(expected: bool) -> None:  # noqa: FBT001 - reads as assert does
    if not expected:
        raise _OddError


def _check_outside(head: bytes, tail: bytes) -> None:
    """The run stands in no comment or the like, and the answer declares no encoding but UTF-8, which is read here."""
    _expect(b"<!" not in head and b"<!" not in tail and b"<?" not in tail)
    if b"<?" in head:
        _expect(head.count(b"<?") == 1 and bool(_DECLARATION.search(head)))


def _check_characters(run: bytes) -> None:
    """Everything here is a character that XML allows in text, and stays as it is."""
    if pc.min(pa.Array.from_buffers(pa.uint8(), len(run), [None, pa.py_buffer(run)])).as_py() < ord(" "):
        _expect(len(run.translate(None, _CONTROLS)) == len(run))
    if not run.isascii():
        _expect(not any(each in run for each in _NO_CHARACTERS))
        try:
            run.decode()
        except UnicodeDecodeError as error:
            raise _OddError from error
    if b"]" in run:
        _expect(b"]]>" not in run)


def _objects(run: bytes, form: ObjectForm) -> pa.RecordBatch:
    closing = _closing(form)
    shape = _shape(run[: run.index(closing) + len(closing)].decode(), form)
    columns = _columns(run, len(shape.pieces))
    many = len(columns[0])
    for place, (piece, column) in enumerate(zip(shape.pieces, columns, strict=True)):
        if place not in shape.texts:
            _check_constant(column, piece, f"/{form.element}>")
        elif place not in shape.columns.values():
            _check_ignored(column, piece, shape.texts[place])
    texts = {name: _text(columns[place], shape.texts[place]) for name, place in shape.columns.items()}
    absent = pa.nulls(many, pa.string())
    arrays = [
        texts["key"],
        _sizes(texts["size"]),
        _no_blanks(pc.ascii_trim(texts["etag"], '"')) if "etag" in texts else absent,
        _times(texts["last_modified"], form),
        _no_blanks(texts["storage_class"]) if "storage_class" in texts else absent,
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=OBJECT_SCHEMA)


def _shape(first: str, form: ObjectForm) -> _Shape:
    """Read the first object, which is well-formed by this: every tag closes, and only leaves hold text."""
    pieces = first.split("<")[1:]
    tags = [_PIECE.fullmatch(piece) for piece in pieces]
    texts: dict[int, str] = {}
    columns: dict[str, int] = {}
    opened: list[str] = []
    for place, (tag, following) in enumerate(zip(tags, [*tags[1:], None], strict=True)):
        if tag is None:
            raise _OddError
        closes, name, empty, text = tag.groups()
        path = "/".join([*opened[1:], name])
        if closes:
            _expect(bool(opened) and opened.pop() == name and not empty)
        elif empty:
            _expect(path not in form.columns)
        else:
            opened.append(name)
            if following and following.group(1, 2) == ("/", name):
                texts[place] = f"{name}>"
            if path in form.columns:
                _expect(place in texts)
                columns[form.columns[path]] = place
        _expect(place in texts or not text.strip(_BLANKS))
    _expect(not opened and columns.keys() >= _REQUIRED)
    return _Shape(pieces, texts, columns)


def _columns(run: bytes, pieces: int) -> list[pa.StringArray]:
    """The pieces of all objects, a column for each piece of the first one."""
    offsets = pa.array([0, len(run)], pa.int32()).buffers()[1]
    whole = pa.Array.from_buffers(pa.string(), 1, [None, offsets, pa.py_buffer(run)])
    found = pc.split_pattern(whole, "<").flatten()[1:]
    _expect(len(found) % pieces == 0)
    objects = pa.FixedSizeListArray.from_arrays(found, pieces)
    return [pc.list_element(objects, place) for place in range(pieces)]


def _check_constant(column: pa.StringArray, piece: str, closing: str) -> None:
    """Every object has the first one's tag here, and the same blanks behind it; the run ends before the last ones."""
    if piece == closing:
        piece = column[0].as_py()
        _expect(piece.startswith(closing) and not piece[len(closing) :].strip(_BLANKS))
        column = column[:-1]
    _expect(column.equals(pa.repeat(piece, len(column))))


def _check_ignored(column: pa.StringArray, piece: str, tag: str) -> None:
    """A text that is not read has to be one that could be."""
    if not column.equals(pa.repeat(piece, len(column))) or "&" in piece:
        _text(column, tag)


def _text(column: pa.StringArray, tag: str) -> pa.StringArray:
    """What stands behind the tag, in plain characters."""
    _expect(pc.all(pc.starts_with(column, tag)).as_py())
    text = pc.binary_replace_slice(column, 0, len(tag), "")
    return _unescaped(text) if b"&" in _bytes(text) else text


def _unescaped(text: pa.StringArray) -> pa.StringArray:
    """Texts with the entities that XML names; the ampersand's comes last, so that nothing is unescaped twice."""
    for entity, character in _ENTITIES.items():
        text = pc.replace_substring(text, entity, character)
    left = _bytes(text)
    if b"&" in left:
        _expect(left.count(b"&") == left.count(b"&amp;"))
        text = pc.replace_substring(text, "&amp;", "&")
    return text


def _bytes(text: pa.StringArray) -> bytes:
    """All texts of a column that a computation gave, one after the other."""
    data = text.buffers()[2]
    return data.to_pybytes() if data else b""


def _no_blanks(text: pa.StringArray) -> pa.StringArray:
    return pc.if_else(pc.equal(text, ""), None, text)


def _sizes(text: pa.StringArray) -> pa.UInt64Array:
    # Arrow reads hexadecimal figures too, and any number of leading zeros.
    _expect(pc.all(pc.ascii_is_decimal(text)).as_py() and pc.max(pc.binary_length(text)).as_py() <= LONGEST_SIZE)
    return text.cast(pa.uint64())


def _times(text: pa.StringArray, form: ObjectForm) -> pa.TimestampArray:
    """Times to the microsecond."""
    microseconds = form.times.column(text).view(pa.int64())
    # Arrow has a year 0, and Python has none.
    _expect(pc.min(microseconds).as_py() >= _YEAR_1)
    return microseconds.view(pa.timestamp("us"))
