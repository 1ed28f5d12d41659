"""The README's table of vendors is what the adapters and the tests declare."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.vendors import VENDORS
from vendors.table import table

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
BEGIN, END = "<!-- vendors: python -m tests.vendors.table -->\n", "<!-- /vendors -->\n"


def test_the_readme_has_the_table() -> None:
    """What the README says of the vendors is what ``python -m tests.vendors.table`` prints."""
    assert README.partition(BEGIN)[2].partition(END)[0] == table()


def test_every_vendor_is_tested_against_something() -> None:
    """No vendor stands in the table that no backend of the contract speaks for."""
    rows = table().splitlines()
    assert len(rows) == len(VENDORS) + 2
    assert [row for row in rows if row.endswith("| nothing |")] == []


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_vendor_is_told_how_to_configure(vendor: str) -> None:
    """The README has a row of each vendor's regions, credentials and endpoint."""
    assert f"\n| `{vendor}` |" in README
