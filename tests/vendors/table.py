"""The README's table of vendors, by what their adapters and backends declare: ``python -m tests.vendors.table``."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

# The tests find each other from their own folder, where pytest begins.
if (_TESTS := str(Path(__file__).parents[1])) not in sys.path:
    sys.path.insert(0, _TESTS)

from doubles.double import CREDENTIALS

from indexer.errors import RequestRefused
from indexer.vendors import VENDORS, open_lister
from indexer.vendors.base import Capabilities, Lister, Storage
from indexer.vendors.regions import regions
from vendors.backends import TESTED

_HEAD = (
    *("vendor", "number", "way in", "resumes at any key", "parallel", "incremental", "presigned URLs"),
    "tested against",
)
_WEEK = 7 * 24 * 60 * 60
_YES = {True: "yes", False: "no"}


def table() -> str:
    """The table in Markdown, a vendor a row, in the order of the platform's numbers."""
    rows = ["".join(f"| {cell} " for cell in row) for row in (_HEAD, *(_row(name) for name in VENDORS))]
    return "|\n".join([rows[0], "|---" * len(_HEAD), *rows[1:], ""])


def _row(name: str) -> tuple[str, ...]:
    vendor = VENDORS[name]
    lister = open_lister(_storage(name))
    able = lister.capabilities
    return (
        f"`{name}`, {vendor.title}",
        "" if vendor.number is None else str(vendor.number),
        vendor.way_in,
        _YES[able.starts_anywhere],
        _YES[able.starts_anywhere],
        _incremental(able),
        _presigned(lister),
        ", ".join(tested.server for tested in TESTED.values() if tested.vendor == name) or "nothing",
    )


def _incremental(able: Capabilities) -> str:
    """What a run can leave out: whole days need a start at any key, sessions any delimiter besides."""
    if not able.starts_anywhere:
        return "no"
    return "by days and sessions" if able.delimiters == "any" else "by days"


def _presigned(lister: Lister) -> str:
    if _signs(lister, _WEEK + 1):
        return "yes"
    if _signs(lister, _WEEK):
        return "up to 7 days"
    through_domain = open_lister(replace(lister.storage, domain="https://pictures.test"))
    return "yes, with `domain`" if _signs(through_domain, _WEEK + 1) else "no"


def _signs(lister: Lister, seconds: int) -> bool:
    try:
        return bool(lister.presigned("1.jpg", seconds))
    except RequestRefused:
        return False


def _storage(name: str) -> Storage:
    """A bucket of this vendor, which nobody asks anything."""
    region = next(iter(regions(name)), None)
    return Storage(
        vendor=name,
        region=region.id if region else None,
        endpoint=f"https://{region.host or 's3.test'}" if region else str(Path.cwd()),
        bucket="shots-1250000000",
        prefix="",
        credentials=lambda: CREDENTIALS,
        custom_endpoint=bool(region and not region.host),
    )


if __name__ == "__main__":
    sys.stdout.write(table())
