"""Opens a Spark session that counts as DuckDB does: in UTC, and what does not fit is an error instead of NULL."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pyspark.sql import SparkSession

from indexer.errors import UsageError
from indexer.spark.functions import register
from indexer.spark.java import check_java

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FIXED = {
    # The index holds naive UTC; Spark reads and writes times by its session's zone.
    "spark.sql.session.timeZone": "UTC",
    # A number that does not fit and a text that is no number are errors, as in DuckDB; without it they are NULL.
    "spark.sql.ansi.enabled": "true",
    # A source that is called 007 is no number.
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
}
"""What answers hang on, so that nobody may set it otherwise."""

USUAL = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.sql.warehouse.dir": (Path(tempfile.gettempdir()) / "spark-warehouse").as_uri(),
}
"""What ``--conf`` may set otherwise.

The pages that Spark serves would be open to whoever reaches the machine, and its warehouse, which stays empty, would be
made in the folder that one is in.
"""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where Spark runs. Without a ``master``, it is what ``spark-submit`` says, or all processors of this machine.

    ``conf`` is what the user sets of Spark's own configuration.
    """

    master: str | None = None
    conf: Mapping[str, str] = field(default_factory=dict)
    name: str = "screenshot-indexer"

    def settings(self) -> dict[str, str]:
        """All that is set, by Spark's names.

        Raises:
            UsageError: something is set that answers hang on.
        """
        for name, value in self.conf.items():
            if name in FIXED and value != FIXED[name]:
                raise UsageError(f"--conf {name}: it is {FIXED[name]}, or Spark would answer otherwise than DuckDB")
        return USUAL | dict(self.conf) | FIXED


@contextmanager
def session(cluster: Cluster) -> Iterator[SparkSession]:
    """Give a Spark session, and stop it at the end.

    Raises:
        EngineMissing: there is no Java that Spark runs on.
        UsageError: something is set that answers hang on.
    """
    settings: dict[str, str | bool | int | float | None] = {**cluster.settings()}
    check_java()
    # Tasks need this package: Spark would start whichever python3 comes first, on this machine too.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName(cluster.name).config(map=settings)
    spark = (builder.master(cluster.master) if cluster.master else builder).getOrCreate()
    try:
        register(spark)
        yield spark
    finally:
        spark.stop()
