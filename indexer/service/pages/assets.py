"""What pages are made with: templates whose values are escaped, and files of ours whose addresses hold their hash."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import jinja2

from indexer.rows import cell, plain
from indexer.text import escaped

_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_HASH_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class Asset:
    """One file that is served as it is. A change of it changes its address, so browsers may keep it for ever."""

    name: str
    content: bytes

    @property
    def media_type(self) -> str:
        """Its content type."""
        return _TYPES[self.name[self.name.rindex(".") :]]

    @property
    def address(self) -> str:
        """Where it is served."""
        return f"/static/{hashlib.sha256(self.content).hexdigest()[:_HASH_CHARACTERS]}/{self.name}"


@cache
def assets() -> dict[str, Asset]:
    """Every file of ``static/``, by its name."""
    folder = resources.files(__package__).joinpath("static")
    return {entry.name: Asset(entry.name, entry.read_bytes()) for entry in folder.iterdir()}


@cache
def templates() -> jinja2.Environment:
    """The templates. A name that is missing in one is an error, and no empty text."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(__package__),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["shown"] = shown
    environment.filters["lines"] = lines
    environment.globals["asset"] = lambda name: assets()[name].address
    return environment


def shown(value: Any) -> str:  # noqa: ANN401 - any column's value
    """A value as pages show it: times in ISO 8601 with a Z, and what would drive the text around it written out."""
    return escaped(cell(plain(value)))


def lines(text: str) -> str:
    """A text of several lines as pages show it, each of them as ``shown`` writes it."""
    return "\n".join(map(escaped, text.split("\n")))
