"""Takes secrets out of texts that payloads bring: signed queries, push secrets, tokens, and passwords in addresses.

What stands in their place is no secret and still JSON where there was JSON. A name that is none of these is left, so a
text that carries a secret under another name keeps it.
"""

from __future__ import annotations

import re

REDACTED = "[redacted]"

# txSecret and wsSecret sign pushes; auth_key and sign are CDNs' and callbacks'; the rest is buckets' and gateways'.
_NAME = (
    r"(?:[a-z0-9]++[-_])*(?:(?:tx|ws|app|client|api)?[-_]?secret|(?:secret|auth|api|access|notifyauth|callbackauth)[-_]?key"
    r"|(?:oss)?access[-_]?key[-_]?(?:id|secret)|sign(?:ature)?|sig|(?:access|security|session|refresh)?[-_]?token"
    r"|credential|password|passwd|authorization)"
)
# Where a name begins: after what parts a query's fields, which JSON may write as an escape, an address as percents.
_BEFORE = r"(?<![a-z0-9_-])|(?<=\\u0026)|(?<=%26)|(?<=%3f)"
_FIELD = re.compile(rf"({_BEFORE})({_NAME})(=|%3d)(?:(?!%26|\\)[^&\s\"'<>#])+", re.IGNORECASE)
_JSON_TEXT = re.compile(rf'("{_NAME}"\s*+:\s*+)"(?:[^"\\]|\\.)*+"', re.IGNORECASE | re.DOTALL)
_JSON_IN_JSON = re.compile(rf'(\\"{_NAME}\\"\s*+:\s*+)\\"(?:[^"\\]|\\[^"])*+\\"', re.IGNORECASE)
_USER = re.compile(r"(://)[^/?#\s\"'@\\]++@")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*+://[^?#]*+")
_HEADER = re.compile(rf"(?:.*[-_])?(?:{_NAME}|cookie)", re.IGNORECASE)


def redacted(text: str) -> str:
    """A text without the values of its secret fields: of queries, of JSON, of JSON in a JSON text."""
    text = _USER.sub(rf"\1{REDACTED}@", text)
    text = _JSON_TEXT.sub(rf'\1"{REDACTED}"', text)
    text = _JSON_IN_JSON.sub(rf'\1\\"{REDACTED}\\"', text)
    return _FIELD.sub(rf"\1\2\3{REDACTED}", text)


def redacted_bytes(content: bytes) -> bytes:
    """The same of bytes that are no text: every name that is looked for is ASCII."""
    return redacted(content.decode("latin-1")).encode("latin-1")


def redacted_url(url: str) -> str:
    """An address without what its query says: any of it can be a signature, and none of it names the object."""
    address = _ADDRESS.match(url)
    if not address or address.end() == len(url):
        return redacted(url)
    return redacted(address[0]) + f"?{REDACTED}"


def redacted_header(name: str, value: str) -> str:
    """A header's value; of one that lets somebody in, nothing. A signature of the body is none of these."""
    if _HEADER.fullmatch(name) and "signature" not in name.lower():
        return REDACTED
    return redacted(value)
