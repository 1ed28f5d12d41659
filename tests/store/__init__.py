"""The store: loading, verdicts, building, publishing and reading."""
