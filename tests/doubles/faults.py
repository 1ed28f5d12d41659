"""The ways in which a double can misbehave, one request each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from doubles.answers import Refusal
from doubles.bucket import StoredObject

if TYPE_CHECKING:
    from collections.abc import Callable

    from doubles.bucket import Listing
    from doubles.wire import Answer


def _query_as_is(query: dict[str, str]) -> dict[str, str]:
    return query


def _listing_as_is(listing: Listing) -> Listing:
    return listing


def _answer_as_is(answer: Answer) -> Answer:
    return answer


@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """What goes wrong with one request: in how it is understood, what is listed, or how that is sent.

    With ``refusal`` nothing is listed. A ``lasting`` fault meets every request from then on.
    """

    name: str
    question: Callable[[dict[str, str]], dict[str, str]] = _query_as_is
    listing: Callable[[Listing], Listing] = _listing_as_is
    answer: Callable[[Answer], Answer] = _answer_as_is
    refusal: Refusal | None = None
    lasting: bool = False


def fine() -> Fault:
    """No fault: the request is answered as it should be."""
    return Fault("fine")


# Where the listing goes on.


def ignored_position() -> Fault:
    """The server lists from the beginning, whatever token or marker it is given."""
    positions = {"marker", "continuation-token", "start-after"}
    return Fault(
        "ignored position",
        question=lambda query: {name: value for name, value in query.items() if name not in positions},
    )


def repeated_position() -> Fault:
    """An empty page gives back the token or marker that was asked with."""
    return Fault("repeated position", listing=lambda page: replace(page, contents=(), truncated=True, next=page.asked))


def repeated_token() -> Fault:
    """A page with keys gives back the token that was asked with."""
    return Fault("repeated token", listing=lambda page: replace(page, truncated=True, next=page.asked))


def position_behind_the_page() -> Fault:
    """The position to go on from is the first key of the page, not its last."""
    return Fault(
        "position behind the page",
        listing=lambda page: replace(page, truncated=True, next=page.position(page.contents[0][0])),
    )


def truncated_without_position() -> Fault:
    """More follows, and the answer does not say from where."""
    return Fault("truncated without position", listing=lambda page: replace(page, truncated=True, next=None))


def empty_page() -> Fault:
    """A page holds no key and is not the last: the next one begins just before the next key."""
    return Fault(
        "empty page",
        listing=lambda page: replace(page, contents=(), truncated=True, next=page.position(page.contents[0][0][:-1])),
    )


# What is listed.


def out_of_order() -> Fault:
    """The page's keys come backwards."""
    return Fault("out of order", listing=lambda page: replace(page, contents=page.contents[::-1]))


def doubled_key() -> Fault:
    """The page's first key comes twice."""
    return Fault("doubled key", listing=lambda page: replace(page, contents=page.contents[:1] + page.contents))


def outside_the_prefix(key: str) -> Fault:
    """A key comes that was not asked for, where its order puts it."""

    def with_outsider(page: Listing) -> Listing:
        found = StoredObject(1, "0" * 32, page.contents[0][1].last_modified)
        return replace(page, contents=tuple(sorted((*page.contents, (key, found)))))

    return Fault("outside the prefix", listing=with_outsider)


def other_bucket() -> Fault:
    """The answer names another bucket."""
    return Fault("other bucket", listing=lambda page: replace(page, bucket="other-bucket"))


def other_prefix() -> Fault:
    """The answer names another prefix."""
    return Fault("other prefix", listing=lambda page: replace(page, prefix="other/"))


def plain_keys() -> Fault:
    """The answer says that its keys are url-encoded, and they are not."""
    return Fault("plain keys", listing=lambda page: replace(page, encoded=False, claims_encoding=True))


def plus_left_alone() -> Fault:
    """A + in a url-encoded key is not escaped."""
    return Fault("plus left alone", answer=lambda answer: replace(answer, body=answer.body.replace(b"%2B", b"+")))


def encoding_ignored() -> Fault:
    """The answer's keys are plain, and it says so by saying nothing."""
    return Fault("encoding ignored", listing=lambda page: replace(page, encoded=False, claims_encoding=False))


def whole_seconds() -> Fault:
    """Last-modified times have no milliseconds."""
    return Fault("whole seconds", listing=lambda page: replace(page, milliseconds=False))


# How it is sent.


def cut_body() -> Fault:
    """The connection ends in the middle of the body."""
    return Fault("cut body", answer=lambda answer: replace(answer, sent=len(answer.body) // 2))


def stalled_body() -> Fault:
    """The second half of the body does not come, and the connection stays."""
    return Fault("stalled body", answer=lambda answer: replace(answer, sent=len(answer.body) // 2, stalls=True))


def cut_xml() -> Fault:
    """The body is complete as HTTP sees it, and ends in the middle of the XML."""
    return Fault("cut XML", answer=lambda answer: replace(answer, body=answer.body[: len(answer.body) // 2]))


def html(status: int = 200, body: bytes = b"<html><body>Please log in</body></html>") -> Fault:
    """A portal or a proxy answers in the server's place."""
    return Fault(
        "HTML", answer=lambda answer: replace(answer, status=status, body=body, headers={"Content-Type": "text/html"})
    )


def reset() -> Fault:
    """The connection is reset before any answer."""
    return Fault("reset", answer=lambda answer: replace(answer, reset=True))


def body(status: int, content: bytes, headers: dict[str, str] | None = None) -> Fault:
    """Any answer at all."""
    return Fault(
        "body", answer=lambda answer: replace(answer, status=status, body=content, headers=headers or answer.headers)
    )


# Refusals.


def refused(status: int, code: str, *, headers: dict[str, str] | None = None, **elements: str | None) -> Fault:
    """An Error element, with a status and some more elements."""
    return Fault(code, refusal=Refusal(status, code, elements=elements, headers=headers or {}))


def redirected(status: int, code: str = "TemporaryRedirect") -> Fault:
    """A redirect, for ever: to this server itself, so that whoever follows it is seen."""
    refusal = Refusal(status, code, headers={"Location": "/elsewhere/"})
    return Fault(f"redirect {status}", refusal=refusal, lasting=True)
