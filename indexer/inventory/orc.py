"""Makes an inventory's ORC file one that DuckDB reads: Parquet, stripe after stripe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.orc
import pyarrow.parquet as pq

from indexer.errors import InventoryRefused

if TYPE_CHECKING:
    from pathlib import Path


def as_parquet(orc: Path, parquet: Path, manifest: str, name: str) -> None:
    """Write an ORC file's rows as Parquet, one stripe of it in memory at a time.

    Raises:
        InventoryRefused: it is damaged; ``name`` says which of the manifest's files it is.
    """
    try:
        file = pyarrow.orc.ORCFile(orc)
        # ORC's times are in nanoseconds, more of which than microseconds no listing tells.
        times = {"coerce_timestamps": "us", "allow_truncated_timestamps": True}
        with pq.ParquetWriter(parquet, file.schema, compression="none", **times) as writer:
            for stripe in range(file.nstripes):
                writer.write_batch(file.read_stripe(stripe))
    except (pa.ArrowException, OSError) as error:
        raise InventoryRefused(manifest, f"{name} cannot be read as ORC: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:300]
