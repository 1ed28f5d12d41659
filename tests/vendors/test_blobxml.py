"""Listings of Azure as XML: what is read, what is not believed, and that the scan reads what the parser reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.errors import MalformedAnswer, RequestRefused, VendorError
from indexer.vendors.base import OBJECT_SCHEMA, Position
from indexer.vendors.blobxml import BLOB, Question, read_blobs
from indexer.vendors.elements import error_of
from indexer.vendors.scan import scan
from vendors.walking import column, keys_of

if TYPE_CHECKING:
    from indexer.vendors.base import Page

ASKED = Question("https://shots.blob.core.windows.net", "shots", "pictures", "", None)
FRIDAY = "Fri, 20 Nov 2026 08:15:30 GMT"
FRIDAY_MICROSECONDS = 1_795_162_530_000_000
USUAL = {
    "Creation-Time": FRIDAY,
    "Last-Modified": FRIDAY,
    "Etag": "0x8DDE1234567890A",
    "Content-Length": "101",
    "Content-Type": "image/jpeg",
    "Content-Encoding": None,
    "Content-MD5": "1B2M2Y8AsgTpgAmY7PhCfg==",
    "BlobType": "BlockBlob",
    "AccessTier": "Hot",
    "AccessTierInferred": "true",
}


def refused(code: str, message: str) -> VendorError:
    """The error that stands for a refusal here."""
    return RequestRefused(message, code=code)


def blob(name: str = "<Name>a</Name>", /, **properties: str | None) -> str:
    """One blob as Azure writes it; an underscore in a property's name stands for its hyphen."""
    told = USUAL | {name.replace("_", "-"): value for name, value in properties.items()}
    inside = "".join(f"<{n} />" if value is None else f"<{n}>{value}</{n}>" for n, value in told.items())
    return f"<Blob>{name}<Properties>{inside}</Properties><OrMetadata /></Blob>"


def answer(blobs: str = "", *, container: str = "pictures", prefix: str = "", marker: str = "<NextMarker />") -> bytes:
    """A listing with something in it."""
    head = f'<EnumerationResults ServiceEndpoint="https://shots.blob.core.windows.net/" ContainerName="{container}">'
    told = f"<Prefix>{prefix}</Prefix><Blobs>{blobs}</Blobs>{marker}"
    return f'\ufeff<?xml version="1.0" encoding="utf-8"?>{head}{told}</EnumerationResults>'.encode()


def read(body: bytes, asked: Question = ASKED) -> Page:
    """Read a whole answer."""
    return read_blobs(body, asked, refused)


def outcome(body: bytes) -> Page | type[VendorError]:
    """A page, or the kind of error that its answer is."""
    try:
        return read(body)
    except VendorError as error:
        return type(error)


def assert_read_alike(body: bytes) -> None:
    """With the scan and without it, the same is read."""
    fast = outcome(body)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("indexer.vendors.scan.scan", lambda *_: None)
        assert outcome(body) == fast


def test_an_ordinary_listing_is_scanned() -> None:
    """What Azure writes needs no parser for its blobs, with its byte order mark and its empty elements."""
    body = answer("".join(blob(f"<Name>a&amp;b/{number} é.jpg</Name>") for number in range(3)))
    assert scan(body, BLOB) is not None
    rows = list(zip(*(column(read(body), name) for name in OBJECT_SCHEMA.names), strict=True))
    assert rows == [
        (f"a&b/{number} é.jpg", 101, "0x8DDE1234567890A", FRIDAY_MICROSECONDS, "Hot") for number in range(3)
    ]
    assert_read_alike(body)


def test_a_marker_is_where_to_go_on() -> None:
    """NextMarker is the token to go on by, after the last name; without a text the listing ended."""
    assert read(answer(blob(), marker="<NextMarker>2!t</NextMarker>")).next == Position("a", "2!t")
    assert read(answer(blob())).next is None


def test_an_empty_page_goes_on_from_where_it_was_asked() -> None:
    """A page without blobs, which Azure sends now and then, keeps the key of the position that it was asked with."""
    asked = Question(ASKED.endpoint, "shots", "pictures", "", Position("k", "old"))
    assert read(answer(marker="<NextMarker>new</NextMarker>"), asked).next == Position("k", "new")


def test_common_prefixes_stand_among_the_blobs() -> None:
    """Common prefixes are read wherever they stand, in order, and the last one counts for the position."""
    prefixes = [
        "<BlobPrefix><Name>b&amp;/</Name></BlobPrefix>",
        '<BlobPrefix><Name Encoded="true">c%01</Name></BlobPrefix>',
    ]
    body = answer(blob() + prefixes[0] + blob("<Name>bb</Name>") + prefixes[1], marker="<NextMarker>t</NextMarker>")
    page = read(body)
    assert (keys_of(page), page.prefixes, page.next) == (["a", "bb"], ("b&/", "c\x01"), Position("c\x01", "t"))


def test_an_encoded_name_is_decoded() -> None:
    """A name that XML cannot hold is percent-encoded and says so; one that does not say so is as it is."""
    names = ['<Name Encoded="true">a%2F%EF%BF%BE+%25</Name>', "<Name>b%41</Name>", '<Name Encoded="false">c%41</Name>']
    assert keys_of(read(answer("".join(blob(name) for name in names)))) == ["a/\ufffe+%", "b%41", "c%41"]


@pytest.mark.parametrize("properties", [{"AccessTier": None}, {"AccessTier": ""}])
def test_a_tier_may_be_missing(properties: dict[str, str | None]) -> None:
    """A blob without a tier has no storage class."""
    assert column(read(answer(blob(**properties))), "storage_class") == [None]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<EnumerationResults>",
        b"<EnumerationResults/>",
        b"<ListBucketResult/>",
        answer(container="others"),
        answer(prefix="other/"),
        answer(marker=""),
        answer(blob("")),
        answer(blob('<Name Encoded="true">a b</Name>')),
        answer(blob('<Name Encoded="true">a%4</Name>')),
        answer(blob('<Name Encoded="true">%FF</Name>')),
        answer(blob(Content_Length="")),
        answer(blob(Content_Length=None)),
        answer(blob(Content_Length="-1")),
        answer(blob(Last_Modified="2026-11-20T08:15:30Z")),
        answer(blob(Last_Modified="Fri, 31 Feb 2026 08:15:30 GMT")),
        answer("<BlobPrefix/>"),
        answer("<Blob><Name>a</Name></Blob>"),
        answer()[:-1],
        b"<!DOCTYPE html><html></html>",
    ],
)
def test_what_is_no_listing_is_malformed(body: bytes) -> None:
    """An answer that is no well-formed listing of this container and prefix is a MalformedAnswer."""
    with pytest.raises(MalformedAnswer):
        read(body)


def test_an_error_element_is_a_refusal() -> None:
    """An Error element is given to the caller's refusal, code and message."""
    with pytest.raises(RequestRefused, match="try later") as caught:
        read(b"<Error><Code>ServerBusy</Code><Message>try later</Message></Error>")
    assert caught.value.code == "ServerBusy"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"\xef\xbb\xbf<Error><Code>A</Code><Message>b</Message></Error>", ("A", "b")),
        (b"<Error><Code>A</Code>", ("", "")),
        (b"<html><p>no</p></html>", ("", "")),
        (b"", ("", "")),
    ],
)
def test_an_error_is_read_as_far_as_it_is_one(body: bytes, told: tuple[str, str]) -> None:
    """The body of a refusal gives its code and message, or nothing where it is none."""
    found = error_of(body)
    assert (found.get("Code", ""), found.get("Message", "")) == told


NAMES = st.text(st.sampled_from("abc0/_-. é中\U0001f600~%+"), max_size=6).map(
    lambda name: f"<Name>{escape(name)}</Name>"
) | st.text(st.characters(codec="utf-8"), max_size=4).map(
    lambda name: f'<Name Encoded="true">{quote(name, safe="/")}</Name>'
)
ODD_NAMES = st.sampled_from(
    [
        "<Name/>",
        "<Name>a<b/></Name>",
        "<Name>&#65;</Name>",
        "<Name>\x01</Name>",
        "<Name>]]&gt;</Name>",
        "",
        "<Name>a&b</Name>",
    ]
)
VALUES = {
    "Last-Modified": st.sampled_from([FRIDAY, FRIDAY, FRIDAY, "Sat, 21 Nov 2026 00:00:00 GMT", "", "yesterday"]),
    "Content-Length": st.integers(0, 2**64).map(str) | st.sampled_from(["", "01", "x"]),
    "Etag": st.sampled_from(["0x8D", "&quot;0x8D&quot;", "", None]),
    "AccessTier": st.sampled_from(["Hot", "Archive", "", None]),
    "Content-Encoding": st.sampled_from([None, "gzip", "a&amp;b", "a&b"]),
    "Content-Length-Of-Another": st.none(),
}


@dataclass(frozen=True, slots=True)
class Style:
    """How a whole answer is written: which properties differ from the usual, and what stands between elements."""

    differing: frozenset[str]
    between: str
    odd: bool


@st.composite
def written(draw: st.DrawFn, style: Style) -> str:
    """One blob."""
    name = draw(ODD_NAMES if style.odd and draw(st.booleans()) else NAMES)
    properties = {key: draw(VALUES[key]) for key in sorted(style.differing)}
    return f"{blob(name, **properties)}{style.between}"


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """Answers of several blobs, ordinary and odd, with strangers among them, whole and cut."""
    style = Style(
        draw(st.frozensets(st.sampled_from(sorted(VALUES)), max_size=2)),
        draw(st.sampled_from(["", "", "\n  ", "x", "&"])),
        draw(st.booleans()),
    )
    found = [draw(written(style)) for _ in range(draw(st.integers(0, 4)))]
    if draw(st.booleans()):
        found.insert(draw(st.integers(0, len(found))), draw(st.sampled_from(STRANGERS)))
    body = answer("".join(found))
    if style.odd and not draw(st.integers(0, 5)):
        at = draw(st.integers(0, len(body)))
        body = draw(st.sampled_from([body[:at], body[:at] + b"\xff" + body[at:], body[:at] + b"<" + body[at:]]))
    return body


STRANGERS = [
    "<!-- comment -->",
    f"<!-- {blob()} -->",
    f"<![CDATA[{blob()}]]>",
    "<BlobPrefix><Name>b/</Name></BlobPrefix>",
    f"</Blobs><Blobs>{blob()}",
    f"</Blobs>{blob()}<Blobs>",
    f"<Versions>{blob()}</Versions>",
    blob().replace("<Blob>", "<Blob >"),
    blob().replace("<Properties>", "<Properties><Properties><Etag>b</Etag></Properties>"),
    blob().replace("<Name>a</Name>", "<Name>a</Name><Name>b</Name>"),
    blob().replace("<OrMetadata />", "<OrMetadata/>"),
    blob().replace("<OrMetadata />", "<Properties><Etag>b</Etag></Properties>"),
    blob().replace("<OrMetadata />", "<Metadata><Etag>b</Etag><Name>b</Name></Metadata>"),
    blob().replace("</Properties>", "<ResourceType>directory</ResourceType></Properties>"),
    "<Blob/>",
    "<Blob></Blob>",
]


@settings(max_examples=400)
@given(bodies())
def test_the_scan_reads_what_the_parser_reads(body: bytes) -> None:
    """Whatever an answer holds, the scan and the parser give the same page or the same kind of error."""
    assert_read_alike(body)


@pytest.mark.parametrize("stranger", STRANGERS)
@pytest.mark.parametrize("place", range(3))
def test_a_stranger_changes_nothing(stranger: str, place: int) -> None:
    """Something odd before, between or behind the blobs is read as the parser reads it."""
    inside = [blob(), blob("<Name>z</Name>")]
    inside.insert(place, stranger)
    assert_read_alike(answer("".join(inside)))


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_listing_of_strangers_is_read_alike(stranger: str) -> None:
    """Where every blob is written in an odd way, the scan and the parser still read the same."""
    assert_read_alike(answer(stranger * 3))
