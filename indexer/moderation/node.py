"""A value inside a body that knows its place: read as what it should be, or refused with that place as the reason."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.moderation.base import Json, Unmappable

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHOWN = 60
_KINDS = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", type(None): "null"}


@dataclass(frozen=True, slots=True)
class Node:
    """A JSON value and its JSON pointer. A field that is not there reads as null."""

    value: Json
    pointer: str = ""

    def child(self, name: str) -> Node:
        """A field of this object."""
        return Node(self.fields().get(name), f"{self.pointer}/{_token(name)}")

    def members(self) -> Iterator[tuple[str, Node]]:
        """This object's fields by their names, which are the provider's or anybody's.

        Raises:
            Unmappable: this is no object, or a name has no UTF-8 form.
        """
        for name in self.fields():
            if not storable(name):
                raise Unmappable(f"{self.pointer or 'the body'} has half of a surrogate pair in a name: {shown(name)}")
            yield name, self.child(name)

    def fields(self) -> dict[str, Json]:
        """This object's fields."""
        if not isinstance(self.value, dict):
            raise self.refused("an object")
        return self.value

    def elements(self) -> Iterator[Node]:
        """This list's elements."""
        if not isinstance(self.value, list):
            raise self.refused("a list")
        return (Node(value, f"{self.pointer}/{index}") for index, value in enumerate(self.value))

    def text(self) -> str | None:
        """This text; ``None`` where there is none or only blanks."""
        if self.value is None:
            return None
        if not isinstance(self.value, str):
            raise self.refused("a text")
        if not storable(self.value):
            raise Unmappable(f"{self.pointer} holds half of a surrogate pair: {shown(self.value)}")
        return self.value if self.value.strip() else None

    def required_text(self) -> str:
        """This text, which the shape promises."""
        text = self.text()
        if text is None:
            raise Unmappable(f"{self.pointer} is missing")
        return text

    def whole_number(self) -> int | None:
        """This integer, written as a number or as its digits; ``None`` where there is none."""
        if isinstance(self.value, str) and self.value.isascii() and self.value.isdigit() and len(self.value) < _SHOWN:
            return int(self.value)
        if self.value is None or (isinstance(self.value, int) and not isinstance(self.value, bool)):
            return self.value
        raise self.refused("a whole number")

    def number(self) -> float | None:
        """This finite number, an integer left as one; ``None`` where there is none."""
        if self.value is None:
            return None
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.refused("a number")
        if isinstance(self.value, float) and not math.isfinite(self.value):
            raise self.refused("a finite number")
        return self.value

    def refused(self, wanted: str) -> Unmappable:
        """Why this value cannot be read as what was wanted."""
        return Unmappable(f"{self.pointer or 'the body'} must be {wanted} and is {shown(self.value)}")


def _token(name: str) -> str:
    """A name as a JSON pointer has it (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def storable(text: str) -> bool:
    """Whether a text has a UTF-8 form: JSON's escapes can write halves of surrogate pairs, which have none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def shown(value: Json) -> str:
    """A value for a message: a text or number cut short, of anything larger only what it is."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        text = repr(value[:_SHOWN] if isinstance(value, str) else value)
        return text if len(text) <= 2 * _SHOWN else f"{text[: 2 * _SHOWN]}..."
    return _KINDS[type(value)]
