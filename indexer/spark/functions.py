"""The few functions of DuckDB that Spark has not: registered in a session under names of this package."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

FIXED_POINT = "indexer_fixed_point"
PERCENT_DECODED = "indexer_percent_decoded"


def register(spark: SparkSession) -> None:
    """Make the functions known that translated statements call."""

    # Java rounds the shortest decimal that stands for a number, and C the number itself: 0.125 to two places is 0.13
    # there and 0.12 here, and an explanation would differ. Made here, it goes to the workers as it is.
    def fixed_point(number: float | None, places: int) -> str | None:
        return None if number is None else f"{number:.{places}f}"

    # What DuckDB's try(url_decode(text)) gives: nothing where the bytes are no UTF-8.
    def percent_decoded(text: str | None) -> str | None:
        try:
            return None if text is None else unquote_to_bytes(text).decode()
        except UnicodeDecodeError:
            return None

    spark.udf.register(FIXED_POINT, fixed_point, "string")
    spark.udf.register(PERCENT_DECODED, percent_decoded, "string")
