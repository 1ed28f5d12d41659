"""Whose shots a page tells of, as an address: hostile until it is read here, and only ever bound to a statement."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import urlencode

from indexer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_UID = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Place:
    """A session. What its names do not carry is ``None``: a template's have no sid and no uid."""

    source: str
    channel: str | None = None
    sid: str | None = None
    uid: int | None = None

    @classmethod
    def read(cls, address: Mapping[str, str]) -> Self:
        """The place of an address's query.

        Raises:
            UsageError: it names no source, or its uid is none.
        """
        if "source" not in address:
            raise UsageError("a session's address names its source")
        return cls(address["source"], address.get("channel"), address.get("sid"), _uid(address.get("uid")))

    @property
    def query(self) -> str:
        """The place as the query of an address."""
        return urlencode({name: value for name, value in asdict(self).items() if value is not None})


def _uid(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(_MOST_UID)) and int(text) <= _MOST_UID):
        raise UsageError(f"a uid is a whole number up to {_MOST_UID}")
    return int(text)
