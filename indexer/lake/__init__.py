"""The lake: the index as Parquet files that every engine reads, beside the file or in its place."""
