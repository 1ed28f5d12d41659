"""The fast reading of a listing: it gives what the parser gives, and is taken wherever a listing is ordinary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

import pytest
from doubles.answers import Spelling, write_listing
from doubles.bucket import objects, page_of
from doubles.cos import COS
from doubles.oss import OSS
from doubles.s3 import S3
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.errors import RequestRefused, VendorError
from indexer.vendors.listxml import CONTENTS, Dialect, read_listing
from indexer.vendors.scan import scan
from vendors.walking import keys_of

if TYPE_CHECKING:
    from indexer.vendors.base import Page

TOKENS = Dialect(plus_is_space=True, next_element="NextContinuationToken", next_is_key=False)
MARKERS = Dialect(plus_is_space=False, next_element="NextMarker", next_is_key=True)
DECLARATIONS = ["", '<?xml version="1.0" encoding="UTF-8"?>\n', "<?xml version='1.0'?>"]
NAMESPACES = ["", ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"']


def read(body: bytes, dialect: Dialect) -> Page | type[VendorError]:
    """A page of the bucket "shots", or the kind of error that its answer is."""
    try:
        return read_listing(body, dialect, bucket="shots", prefix="", after=None, refusal=_refused)
    except VendorError as error:
        return type(error)


def _refused(code: str, message: str) -> VendorError:
    return RequestRefused(message, code=code)


def assert_read_alike(body: bytes, dialect: Dialect) -> None:
    """With the scan and without it, the same is read."""
    fast = read(body, dialect)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("indexer.vendors.scan.scan", lambda *_: None)
        assert read(body, dialect) == fast


# Texts as they may be written, right and wrong.
PLAIN = st.text(st.sampled_from("abc0/_-. é中\U0001f600~"), max_size=8)
ODD = st.text(
    st.sampled_from("abc<>&;\"'%+ 2Fé\t\n\r\x00\x1f\x7f\ufffe]") | st.characters(codec="utf-8"), max_size=6
) | st.sampled_from(
    ["&amp;", "&lt;a&gt;", "&quot;", "&apos;", "&amp;lt;", "&#65;", "&nope;", "]]>", "<b/>", "%2F", "%4"]
)
SIZES = st.integers(0, 2**65).map(str) | st.sampled_from(
    ["", "-1", "+1", " 1", "1 ", "007", "0x1F", "٣", "1.0", "9" * 5000]
)
TIMES = st.datetimes().map(lambda moment: f"{moment.isoformat()}Z") | st.sampled_from(
    [
        "2026-11-20T08:15:30.000Z",
        "2026-11-20T08:15:30.1234567Z",
        "2026-11-20T08:15:30",
        "2026-11-20T08:15:30+08:00",
        "2026-11-20 08:15:30Z",
        "2026-11-20T08:15Z",
        "2026-11-20",
        "20261120T081530Z",
        "0000-01-01T00:00:00Z",
        "2026-11-20T24:00:00Z",
        "2026-11-20T23:59:60Z",
        "2026-02-30T00:00:00Z",
        " 2026-11-20T08:15:30Z",
        "",
    ]
)
ETAGS = st.sampled_from(['"abc"', "&quot;abc-2&quot;", "abc", '""', "", '"&quot;a"', "&#34;a&#34;"])
OTHERS = {
    "StorageClass": st.sampled_from(["STANDARD", "Archive", "", "a&amp;b", "a&b"]),
    "Type": st.sampled_from(["Normal", "Appendable"]),
    "Owner": st.sampled_from(
        ["<ID>1</ID><DisplayName>2</DisplayName>", "<ID>1</ID>", "", "text", "<Key>k</Key>", "<ID>a&b</ID>"]
    ),
}


@dataclass(frozen=True, slots=True)
class Style:
    """How a whole answer is written: what stands between elements, and which elements an object has, in order."""

    names: tuple[str, ...]
    between: str


@st.composite
def styles(draw: st.DrawFn) -> Style:
    """Ordinary styles mostly; in some an element is missing, or there twice."""
    names = draw(st.permutations(["Key", "LastModified", "Size", *draw(st.sets(st.sampled_from(["ETag", *OTHERS])))]))
    odd = draw(st.sampled_from([lambda all_: all_] * 4 + [lambda all_: all_[1:], lambda all_: [*all_, *all_[:1]]]))
    return Style(tuple(odd(names)), draw(st.sampled_from(["", "", "\n", "\n  ", "\t", "x", "\r\n", "&"])))


@st.composite
def written(draw: st.DrawFn, style: Style, dialect: Dialect, *, encoded: bool, odd: bool) -> str:
    """One object."""
    key = draw(ODD if odd and draw(st.booleans()) else PLAIN)
    if encoded and draw(st.integers(0, 9)):
        key = quote_plus(key, safe="/") if dialect.plus_is_space else quote(key, safe=draw(st.sampled_from(["/", ""])))
    elif not odd:
        key = escape(key)
    fields = {
        "Key": st.just(key),
        "Size": SIZES if odd else st.integers(0, 2**64 - 1).map(str),
        "LastModified": TIMES if odd else st.just("2026-11-20T08:15:30.123Z"),
        "ETag": ETAGS,
        **OTHERS,
    }
    inside = "".join(f"{style.between}<{name}>{draw(fields[name])}</{name}>" for name in style.names)
    return f"<Contents>{inside}{style.between}</Contents>"


@st.composite
def bodies(draw: st.DrawFn) -> tuple[bytes, Dialect]:
    """Answers of several objects, ordinary and odd, whole and cut, as bytes."""
    dialect, encoded, odd = draw(st.sampled_from([TOKENS, MARKERS])), draw(st.booleans()), draw(st.booleans())
    style = draw(styles())
    found = [draw(written(style, dialect, encoded=encoded, odd=odd)) for _ in range(draw(st.integers(0, 4)))]
    if odd and draw(st.booleans()):
        found.insert(draw(st.integers(0, len(found))), draw(st.sampled_from(INTRUDERS)))
    head = draw(st.sampled_from(DECLARATIONS)) + f"<ListBucketResult{draw(st.sampled_from(NAMESPACES))}>"
    encoding = "<EncodingType>url</EncodingType>" if encoded else ""
    more = draw(st.sampled_from(["<IsTruncated>false</IsTruncated>", TRUNCATED]))
    parts = [f"<Name>shots</Name><Prefix></Prefix>{encoding}{more}", style.between.join(found)]
    parts = draw(st.permutations(parts)) if odd else parts
    body = f"{head}{style.between}{style.between.join(parts)}{style.between}</ListBucketResult>".encode()
    if odd and not draw(st.integers(0, 5)):
        at = draw(st.integers(0, len(body)))
        body = draw(st.sampled_from([body[:at], body[:at] + b"\xff" + body[at:], body[:at] + b"<" + body[at:]]))
    return body, dialect


TRUNCATED = (
    "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken><NextMarker>zz</NextMarker>"
    "<CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes>"
)
OBJECT = "<Key>a</Key><LastModified>2026-11-20T08:15:30Z</LastModified><Size>1</Size>"
INTRUDERS = [
    "<!-- comment -->",
    f"<!-- <Contents>{OBJECT}</Contents> -->",
    f"<![CDATA[<Contents>{OBJECT}</Contents>]]>",
    f"<?instruction <Contents>{OBJECT}</Contents>?>",
    f"<Versions><Contents>{OBJECT}</Contents></Versions>",
    f'<Contents a="b">{OBJECT}</Contents>',
    f"<Contents >{OBJECT}</Contents >",
    f"<Contents><Contents>{OBJECT}</Contents></Contents>",
    f"<Contents>{OBJECT.replace('<Key>a', '<Key><![CDATA[a]]>')}</Contents>",
    f"<Contents>{OBJECT.replace('<Key>a', '<Key>a<!-- b -->')}</Contents>",
    f"<Contents>{OBJECT.replace('<Key>a', '<Key>a<b>c</b>')}</Contents>",
    f"<Contents>text{OBJECT}</Contents>",
    f"<Contents>{OBJECT}text</Contents>",
    f"<Contents>{OBJECT}<StorageClass/></Contents>",
    f"<Contents>{OBJECT}<Key>b</Key></Contents>",
    f'<x:Contents xmlns:x="urn:x">{OBJECT}</x:Contents>',
    "<Contents/>",
    "<Contents></Contents>",
    "<CommonPrefixes><Prefix>q/</Prefix></CommonPrefixes>",
    "</ListBucketResult><ListBucketResult>",
]


def whole(inside: str, head: str = "") -> bytes:
    """A listing with something in it, and something before it."""
    told = "<Name>shots</Name><Prefix/><IsTruncated>false</IsTruncated>"
    return f"{head}<ListBucketResult>{told}{inside}</ListBucketResult>".encode()


@settings(max_examples=500)
@given(bodies())
@example((whole(f"<Contents>{OBJECT}</Contents>", '<!DOCTYPE x [<!ENTITY a "b">]>'), TOKENS))
@example((whole(f"<Contents>{OBJECT}</Contents>").replace(b"ListBucketResult", b"Error"), TOKENS))
def test_the_scan_reads_what_the_parser_reads(written: tuple[bytes, Dialect]) -> None:
    """Whatever an answer holds, the scan and the parser give the same page or the same kind of error."""
    assert_read_alike(*written)


@pytest.mark.parametrize("intruder", INTRUDERS)
@pytest.mark.parametrize("place", range(3))
def test_an_intruder_changes_nothing(intruder: str, place: int) -> None:
    """Something odd before, between or behind the objects is read as the parser reads it."""
    inside = [f"<Contents>{OBJECT}</Contents>", f"<Contents>{OBJECT.replace('<Key>a', '<Key>z')}</Contents>"]
    inside.insert(place, intruder)
    assert_read_alike(whole("".join(inside)), TOKENS)


@pytest.mark.parametrize("intruder", INTRUDERS)
def test_an_intruder_alone_changes_nothing(intruder: str) -> None:
    """Something odd in the place of the objects is read as the parser reads it."""
    assert_read_alike(whole(intruder), TOKENS)


@pytest.mark.parametrize(
    ("declaration", "encoding"),
    [
        ('<?xml version="1.0" encoding="ISO-8859-1"?>', "utf-8"),
        ("<?xml version='1.0' encoding = 'latin1' ?>", "latin-1"),
        ('<?xml version="1.0" encoding="utf-16"?>', "utf-16"),
        ('<?xml version="1.0" encoding="utf-8"?>', "utf-8-sig"),
        (' <?xml version="1.0" encoding="utf-8"?>', "utf-8"),
        ('<?xml version="1.0" encoding="windows-1252"?>', "utf-8"),
    ],
)
def test_a_declared_encoding_is_obeyed(declaration: str, encoding: str) -> None:
    """An answer that declares another encoding than UTF-8 is read in it."""
    body = whole(f"<Contents>{OBJECT.replace('<Key>a', '<Key>é')}</Contents>", declaration)
    assert_read_alike(body.decode().encode(encoding), TOKENS)


KEYS = [f"shots/a b+{number}%2F&é.jpg" for number in range(5)]


@pytest.mark.parametrize("spelling", [S3.spelling, OSS.spelling, COS.spelling], ids=["s3", "oss", "cos"])
@pytest.mark.parametrize("query", [{}, {"encoding-type": "url"}, {"list-type": "2", "encoding-type": "url"}], ids=str)
def test_an_ordinary_listing_is_scanned(spelling: Spelling, query: dict[str, str]) -> None:
    """A vendor's ordinary listing never needs the parser for its objects."""
    body = write_listing(page_of("shots", objects(KEYS), query, 1000), spelling).body
    found = scan(body, CONTENTS)
    assert found is not None
    assert found.objects.num_rows == len(KEYS)
    page = read(body, Dialect(spelling.blank == "+", "NextMarker", next_is_key=True))
    assert not isinstance(page, type)
    assert keys_of(page) == KEYS


@pytest.mark.parametrize(
    ("opening", "inside", "closing"),
    [
        ("<Contents>", OBJECT, "</Contents>"),
        ("\n  <Contents>\n    ", OBJECT.replace("><", ">\n    <").replace("<\n    /", "</"), "\n  </Contents>"),
        ("<Contents>", f"{OBJECT}<Owner><ID>1</ID><DisplayName>é &amp; 2</DisplayName></Owner>", "</Contents>"),
        (
            "<Contents>",
            f"<ETag>&quot;abc&quot;</ETag>{OBJECT}<ChecksumAlgorithm>CRC32</ChecksumAlgorithm>",
            "</Contents>",
        ),
        ("<Contents>", f"{OBJECT}<StorageClass></StorageClass>", "</Contents>"),
    ],
    ids=["short", "indented", "owner", "checksum", "empty"],
)
def test_every_usual_way_to_write_is_scanned(opening: str, inside: str, closing: str) -> None:
    """Indented answers, nested and unknown elements, and any order of elements need no parser."""
    body = whole((opening + inside + closing) * 3)
    assert scan(body, CONTENTS) is not None
    assert_read_alike(body, TOKENS)
