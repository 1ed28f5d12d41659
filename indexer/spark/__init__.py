"""The same index and the same questions on Apache Spark: for lakes that have outgrown one machine."""
