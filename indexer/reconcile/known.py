"""The findings of a published index, with what people said of them since: looked for, looked up, and looked into."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from indexer.errors import QueryError, UsageError
from indexer.queries import check_reads
from indexer.reconcile.acknowledge import acknowledgements
from indexer.reconcile.summary import SEVERITIES
from indexer.store import reading
from indexer.store.statements import statement

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa

STATUSES = {
    "unresolved": ("new", "open"),
    "new": ("new",),
    "open": ("open",),
    "resolved": ("resolved",),
    "all": ("new", "open", "resolved"),
}
"""What may be asked for, and the statuses that are meant."""

FEWEST_LETTERS = 4
"""How much of an id must be written: an empty one would begin all of them."""

_PACKAGE = "indexer.reconcile"
_BATCH_ROWS = 10_000
_SHOWN_AT_MOST = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings are asked for: of these kinds (of all without one), as severe as this or more, in one status."""

    kinds: tuple[str, ...] = ()
    severity: str = SEVERITIES[0]
    status: str = "unresolved"
    source: str | None = None
    beginning: str = ""

    def parameters(self) -> dict[str, Any]:
        """What the statement binds."""
        return {
            "kinds": list(self.kinds),
            "severities": list(SEVERITIES[SEVERITIES.index(self.severity) :]),
            "statuses": list(STATUSES[self.status]),
            "source": self.source,
            "beginning": self.beginning,
        }


class Known:
    """The findings of an index that is open for reading."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def listed(self, wanted: Wanted) -> pa.RecordBatchReader:
        """The findings that are asked for, the worst first, a column for each part of their place."""
        return self._read(statement("known", _PACKAGE), wanted.parameters())

    def placed(self, wanted: Wanted) -> pa.RecordBatchReader:
        """The same for people: their places in one column."""
        sql = statement("places", _PACKAGE).replace("{known}", statement("known", _PACKAGE))
        return self._read(sql, wanted.parameters())

    def named(self, beginning: str) -> dict[str, Any]:
        """The only finding whose id begins so.

        Raises:
            UsageError: there is none, or more than one.
        """
        if len(beginning) < FEWEST_LETTERS:
            raise UsageError(f"{beginning!r} is too little of an id: write {FEWEST_LETTERS} letters of it or more")
        found = self.listed(Wanted(status="all", beginning=beginning)).read_all().to_pylist()
        if not found:
            raise UsageError(f"no finding {beginning!r}: `indexer findings --status all` lists them")
        if len(found) > 1:
            ids = ", ".join(row["finding_id"] for row in found[:_SHOWN_AT_MOST])
            raise UsageError(f"{len(found)} findings begin with {beginning!r}: write more of it; they are {ids} ...")
        one: dict[str, Any] = found[0]
        return one

    def query_of(self, finding_id: str) -> str:
        """The statement that shows a finding's rows."""
        sql = "SELECT query FROM findings WHERE finding_id = ?"
        ((query,),) = self._connection.execute(sql, [finding_id]).fetchall()
        return str(query).strip()

    def rows(self, query: str) -> pa.RecordBatchReader:
        """The rows of a finding.

        Raises:
            QueryError: the index is not what the finding was made of, or a lake has other words in its place.
        """
        check_reads(query)
        try:
            return self._read(query)
        except duckdb.Error as error:
            raise QueryError(f"{error}\nrun `indexer reconcile`, which writes it anew") from error

    def _read(self, sql: str, parameters: dict[str, Any] | None = None) -> pa.RecordBatchReader:
        return self._connection.sql(sql, params=parameters).to_arrow_reader(_BATCH_ROWS)


@contextmanager
def known(index: Path) -> Iterator[Known]:
    """Open the findings of a published index.

    Raises:
        IndexMissing: nothing was published there yet.
        IndexerError: what people said cannot be read.
    """
    with reading(index) as connection:
        connection.execute(statement("said", _PACKAGE))
        for said in acknowledgements(index).values():
            connection.execute("INSERT INTO said VALUES (?, ?, ?, ?)", astuple(said))
        yield Known(connection)
