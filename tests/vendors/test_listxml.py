"""Listings as XML: what is read, and what is not believed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import MalformedAnswer, RequestRefused, VendorError
from indexer.vendors.base import OBJECT_SCHEMA, Position
from indexer.vendors.listxml import Dialect, read_listing
from vendors.walking import column, keys_of

if TYPE_CHECKING:
    from indexer.vendors.base import Page

TOKENS = Dialect(plus_is_space=True, next_element="NextContinuationToken", next_is_key=False)
MARKERS = Dialect(plus_is_space=False, next_element="NextMarker", next_is_key=True)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def refused(code: str, message: str) -> VendorError:
    """The error that stands for a refusal here."""
    return RequestRefused(message, code=code)


def read(body: str, dialect: Dialect = TOKENS, prefix: str = "", after: Position | None = None) -> Page:
    """Read a whole answer of the bucket "shots"."""
    return read_listing(body.encode(), dialect, bucket="shots", prefix=prefix, after=after, refusal=refused)


def answer(inside: str = "", *, name: str = "shots", prefix: str = "", truncated: str = "false") -> str:
    """A listing with something in it."""
    head = f"<Name>{name}</Name><Prefix>{prefix}</Prefix><IsTruncated>{truncated}</IsTruncated>"
    return f"<ListBucketResult>{head}{inside}</ListBucketResult>"


def contents(key: str = "a", size: str = "1", modified: str = "2026-11-20T08:15:30.000Z", more: str = "") -> str:
    """One listed object."""
    times = f"<LastModified>{modified}</LastModified>"
    return f"<Contents><Key>{key}</Key><Size>{size}</Size>{times}{more}</Contents>"


# Any text that a key can be, and any that XML 1.0 can hold.
ANY_KEY = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)
XML_KEY = st.text(
    st.characters(min_codepoint=0x20, exclude_categories=["Cs"], exclude_characters="\ufffe\uffff")
    | st.sampled_from("\t\n\r <>&'\"%+?#/"),
    min_size=1,
    max_size=40,
)
BLANKS = ["", "\n  "]


@dataclass(frozen=True)
class Written:
    """A generated answer, and what is to be read from it."""

    body: str
    dialect: Dialect
    objects: list[tuple[str, int, str | None, int, str | None]]
    next: Position | None


@st.composite
def answers(draw: st.DrawFn) -> Written:
    """Answers with any keys, with their elements in any order, with and without namespace and url-encoding."""
    dialect, encoded = draw(st.sampled_from([TOKENS, MARKERS])), draw(st.booleans())
    found = [draw(written_object(dialect, encoded=encoded)) for _ in range(draw(st.integers(0, 4)))]
    after, position = draw(positions(dialect, [expected[0] for _, expected in found], encoded=encoded))
    parts = [
        "<Name>shots</Name>",
        "<Prefix/>",
        f"<IsTruncated>{str(after is not None).lower()}</IsTruncated>",
        position,
    ]
    parts += ["<EncodingType>url</EncodingType>"] if encoded else []
    # The objects keep their order among themselves; everything else may stand anywhere.
    inside = [element for element, _ in found]
    for part in parts:
        inside.insert(draw(st.integers(0, len(inside))), part)
    namespace = draw(st.sampled_from(["", ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"', ' xmlns="urn:other"']))
    body = f"<ListBucketResult{namespace}>{draw(st.sampled_from(BLANKS)).join(inside)}</ListBucketResult>"
    return Written(body, dialect, [expected for _, expected in found], after)


@st.composite
def written_object(
    draw: st.DrawFn, dialect: Dialect, *, encoded: bool
) -> tuple[str, tuple[str, int, str | None, int, str | None]]:
    """One object as XML, and as it is to be read."""
    key = draw(ANY_KEY if encoded else XML_KEY)
    size = draw(st.integers(0, 2**63 - 1))
    etag = draw(st.none() | st.text("0123456789abcdef-", min_size=1, max_size=35))
    millis = draw(st.integers(0, 2**42))
    storage_class = draw(st.none() | st.sampled_from(["STANDARD", "Archive"]))
    modified = (EPOCH + millis * MILLISECOND).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
    fields = {"Key": in_xml(key, dialect, encoded=encoded), "Size": str(size), "LastModified": modified}
    fields |= {"ETag": f"&quot;{etag}&quot;"} if etag else {}
    fields |= {"StorageClass": storage_class} if storage_class else {}
    fields |= draw(st.sampled_from([{}, {"Type": "Normal"}, {"Owner": "<ID>1</ID><DisplayName>2</DisplayName>"}]))
    shuffled = draw(st.permutations(sorted(fields.items())))
    element = "".join(f"<{name}>{text}</{name}>" for name, text in shuffled)
    return f"<Contents>{element}</Contents>", (key, size, etag, millis * 1000, storage_class)


@st.composite
def positions(draw: st.DrawFn, dialect: Dialect, keys: list[str], *, encoded: bool) -> tuple[Position | None, str]:
    """Where an answer goes on, and the element that says so."""
    if not draw(st.booleans()):
        return None, ""
    if not dialect.next_is_key:
        token = draw(XML_KEY)
        position = Position(keys[-1] if keys else "", token)
        return position, f"<NextContinuationToken>{in_xml(token, dialect, encoded=False)}</NextContinuationToken>"
    left_out = draw(st.booleans())
    if keys and left_out:
        return Position(keys[-1]), ""
    marker = draw(ANY_KEY if encoded else XML_KEY)
    return Position(marker), f"<NextMarker>{in_xml(marker, dialect, encoded=encoded)}</NextMarker>"


def in_xml(text: str, dialect: Dialect, *, encoded: bool) -> str:
    """A key as an answer writes it."""
    if not encoded:
        return escape(text, {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"})
    return quote_plus(text, safe="/") if dialect.plus_is_space else quote(text, safe="/")


@given(answers())
def test_a_listing_gives_back_its_objects(written: Written) -> None:
    """Whatever keys a listing holds and however it is written, exactly its objects are read from it."""
    page = read(written.body, written.dialect)
    assert list(zip(*(column(page, name) for name in OBJECT_SCHEMA.names), strict=True)) == written.objects
    assert page.next == written.next


@given(ANY_KEY, st.booleans())
def test_an_echoed_prefix_is_known(prefix: str, plus_is_space: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    """The prefix is known again in url-encoding."""
    dialect = TOKENS if plus_is_space else MARKERS
    body = answer("<EncodingType>url</EncodingType>", prefix=in_xml(prefix, dialect, encoded=True))
    assert read(body, dialect, prefix=prefix).objects.num_rows == 0


@pytest.mark.parametrize("prefix", ["a b", "é", "a%41", "100%", "a&amp;b"])
def test_a_prefix_may_be_echoed_as_it_is(prefix: str) -> None:
    """A server that encodes keys and not the prefix is believed: the prefix is what was asked."""
    body = answer("<EncodingType>url</EncodingType>", prefix=prefix)
    assert read(body, prefix=prefix.replace("&amp;", "&")).objects.num_rows == 0


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not xml",
        "<html><body>hello</body></html>",
        "<ListBucketResult>",
        "<!DOCTYPE html><html></html>",
        '<!DOCTYPE x [<!ENTITY a "b">]>' + answer(contents("&a;")),
        "<ListAllMyBucketsResult/>",
        answer(name="others"),
        answer(prefix="other/"),
        answer(truncated=""),
        answer(truncated="TRUE"),
        answer(truncated="true"),
        answer(contents(), truncated="true"),
        answer("<NextContinuationToken>t</NextContinuationToken>", truncated="maybe"),
        answer("<EncodingType>base64</EncodingType>"),
        answer(contents("a b") + "<EncodingType>url</EncodingType>"),
        answer(contents("a%4") + "<EncodingType>url</EncodingType>"),
        answer(contents("%FF") + "<EncodingType>url</EncodingType>"),
        answer("<Contents><Size>1</Size><LastModified>2026-11-20T08:15:30Z</LastModified></Contents>"),
        answer("<Contents><Key>a</Key><LastModified>2026-11-20T08:15:30Z</LastModified></Contents>"),
        answer("<Contents><Key>a</Key><Size>1</Size></Contents>"),
        answer(contents(size="many")),
        answer(contents(size="-1")),
        answer(contents(size="")),
        answer(contents(size="٣")),
        answer(contents(modified="yesterday")),
        answer(contents(modified="Fri, 20 Nov 2026 08:15:30 GMT")),
        answer(contents(modified="")),
    ],
)
def test_what_is_no_listing_is_malformed(body: str) -> None:
    """An answer that is no well-formed listing of this bucket and prefix is a MalformedAnswer."""
    with pytest.raises(MalformedAnswer):
        read(body)


@pytest.mark.parametrize("text", ["\x01", "\x1f", "\ufffe", "\uffff", "&#1;", "&#x1F;", "&#x00b;", "&#65535;"])
def test_a_character_that_xml_cannot_write_is_told(text: str) -> None:
    """A plain key with a character that XML 1.0 forbids, escaped or not, is an error that says what it is."""
    with pytest.raises(MalformedAnswer, match="no XML can write"):
        read(answer(contents(key=f"a{text}b")))


@pytest.mark.parametrize("element", [contents(key="a\rb"), "<CommonPrefixes><Prefix>a\rb/</Prefix></CommonPrefixes>"])
def test_a_carriage_return_does_not_become_a_line_feed(element: str) -> None:
    """A carriage return that is not escaped is an error: XML makes a line feed of it, and so another key."""
    with pytest.raises(MalformedAnswer, match="carriage return"):
        read(answer(element))


def test_lines_may_end_as_on_windows() -> None:
    """Carriage returns between elements are no part of a key."""
    assert keys_of(read(answer(f"\r\n{contents(key='a&#13;b')}\r\n"))) == ["a\rb"]


def test_an_error_element_is_a_refusal() -> None:
    """An Error element is given to the caller's refusal, code and message."""
    with pytest.raises(RequestRefused, match="try later") as caught:
        read("<Error><Code>SlowDown</Code><Message>try later</Message></Error>")
    assert caught.value.code == "SlowDown"


@pytest.mark.parametrize(
    ("modified", "microseconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.123Z", 123_000),
        ("1970-01-01T00:00:00.123456Z", 123_456),
        ("1970-01-01T00:00:00.123456789Z", 123_456),
        ("1970-01-01T08:00:00+08:00", 0),
        ("1970-01-01T00:00:01", 1_000_000),
        ("2026-11-20T08:15:30.000Z", 1_795_162_530_000_000),
    ],
)
def test_a_time_is_read_as_utc_microseconds(modified: str, microseconds: int) -> None:
    """A time with any fraction or offset is read; one without offset is in UTC."""
    assert column(read(answer(contents(modified=modified))), "last_modified") == [microseconds]


@pytest.mark.parametrize(
    ("more", "etag", "storage_class"),
    [
        ('<ETag>"abc"</ETag><StorageClass>STANDARD</StorageClass>', "abc", "STANDARD"),
        ("<ETag>abc-2</ETag>", "abc-2", None),
        ('<ETag>""</ETag><StorageClass/>', None, None),
        ("", None, None),
    ],
)
def test_what_may_be_missing_is_none(more: str, etag: str | None, storage_class: str | None) -> None:
    """Etags lose their quotes, and an empty or missing element is None."""
    page = read(answer(contents(more=more)))
    assert (column(page, "etag"), column(page, "storage_class")) == ([etag], [storage_class])


def test_an_empty_page_goes_on_from_where_it_was_asked() -> None:
    """A page without keys keeps the key of the position that it was asked with."""
    body = answer("<NextContinuationToken>new</NextContinuationToken>", truncated="true")
    assert read(body, after=Position("k", "old")).next == Position("k", "new")


def test_common_prefixes_are_no_keys() -> None:
    """Elements that are no objects are passed over."""
    body = answer("<CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes><KeyCount>1</KeyCount>" + contents("b"))
    assert keys_of(read(body)) == ["b"]
