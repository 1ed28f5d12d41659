"""The fields of a form that was sent by POST, once it is known that a page of ours sent it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException

from indexer.service.limits import Limits, Room, read_body
from indexer.service.pages.auth import is_same

if TYPE_CHECKING:
    from starlette.requests import Request

    from indexer.service.pages.auth import Visitor
    from indexer.service.pages.security import Addresses

TOKEN_FIELD = "form-token"  # noqa: S105 - a field's name
_FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 100
_LIMITS = Limits(max_bytes=256 * 2**10, max_depth=0, requests_per_second=1)


class Forms:
    """Reads forms, of bounded size, and refuses those that a page of somebody else's sent."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses
        self._room = Room(16 * 2**20)

    async def given(self, request: Request, visitor: Visitor) -> dict[str, str]:
        """The fields of a form by their names, the last of those of one name.

        Raises:
            HTTPException: 403 where it is no form of a page that this visitor was shown, 4xx where it is no form.
        """
        host = self._addresses.known(request.headers)
        if host is None or not self._addresses.is_from_here(request.headers, host):
            raise HTTPException(403, "this form came from elsewhere")
        given = await self._fields(request)
        if not visitor.token or not is_same(given.pop(TOKEN_FIELD, ""), visitor.token):
            raise HTTPException(403, "this form has expired: go back, reload the page and send it again")
        return given

    async def _fields(self, request: Request) -> dict[str, str]:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
            raise HTTPException(415, "not a form")
        with self._room.visit() as take:
            body = await read_body(request, _LIMITS, take)
        try:
            return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"))
        except ValueError:
            raise HTTPException(400, "not a form that can be read") from None
