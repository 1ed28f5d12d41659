"""Adds a source to ``indexer.toml``, and writes it only if all of it can be read afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import tomli_w

from indexer.atomic import replace_text
from indexer.config.load import parse_config
from indexer.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.config.platform import Described

_PRIVATE = 0o600


def add_source(path: Path, name: str, described: Described, bucket: str | None) -> None:
    """Append a described source, with credentials by reference, to the file at ``path``, which need not be there.

    ``bucket`` goes before the document's: what the platforms give back leaves it out.

    Raises:
        UsageError: there is a source of this name.
        ConfigError: the file, or what would be added to it, has mistakes; nothing is written.
    """
    text = path.read_text("utf-8") if path.exists() else ""
    if path.exists() and any(source.name == name for source in parse_config(text, path).sources):
        raise UsageError(f"{path} has a source {name!r} already: give the new one another name")
    storage = described.table["storage"] | ({"bucket": bucket} if bucket else {}) | _references(name)
    added = tomli_w.dumps({"sources": {name: described.table | {"storage": storage}}})
    text = f"{text.rstrip()}\n\n{added}" if text.strip() else added
    parse_config(text, path)
    _write(path, text)


def _references(name: str) -> dict[str, str]:
    """Where the indexer's own keys shall be found: those of the document are the platform's."""
    prefix = name.upper().replace("-", "_")
    return {"accessKey": f"env:{prefix}_ACCESS_KEY", "secretKey": f"env:{prefix}_SECRET_KEY"}


def _write(path: Path, text: str) -> None:
    """Replace a file at once, readable by whom it was, or by its owner alone."""
    mode = path.stat().st_mode if path.exists() else _PRIVATE
    replace_text(path, text, mode & 0o777)
