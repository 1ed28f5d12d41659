"""Runs a page's statement, and gives its rows with names and types."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from indexer.store.statements import statement

if TYPE_CHECKING:
    import duckdb

Row = TypeVar("Row")

_PACKAGE = "indexer.service.pages.data"
_SHARED = re.compile(r"\{([a-z_]+)\}")


def ask(connection: duckdb.DuckDBPyConnection, name: str, into: type[Row], **parameters: object) -> list[Row]:
    """The rows of ``sql/NAME.sql``, each as ``into``, whose fields are its columns.

    ``{other}`` in the statement is the text of ``sql/other.sql``, which several share.
    """
    result = connection.execute(_whole(name), parameters or None)
    names = [column[0] for column in result.description or ()]
    return [into(**dict(zip(names, row, strict=True))) for row in result.fetchall()]


@cache
def _whole(name: str) -> str:
    return _SHARED.sub(lambda match: statement(match[1], _PACKAGE), statement(name, _PACKAGE))
