"""Prints what was measured, and on what machine."""

from __future__ import annotations

import os
import platform
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Row = dict[str, Any]

_FORMATS = {
    "wall_s": ",.2f",
    "cpu_s": ",.2f",
    "keys_per_s": ",.0f",
    "sdk_keys_per_s": ",.0f",
    "ratio": ".2f",
    "cpu_ratio": ".2f",
    "cpu_us": ".1f",
    "sdk_cpu_us": ".1f",
    "rss_mb": ",.0f",
    "bytes_a_row": ".1f",
}


def machine() -> dict[str, object]:
    """What a figure depends on: processors, their load now, and versions."""
    return {
        "processors": os.cpu_count(),
        "load": [round(load, 2) for load in os.getloadavg()],
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def table(rows: Sequence[Mapping[str, object]]) -> str:
    """Rows of one shape as a Markdown table."""
    names = list(rows[0])
    lines = [names, ["---"] * len(names), *([_told(name, row.get(name)) for name in names] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _told(name: str, value: object) -> str:
    if isinstance(value, float):
        return format(value, _FORMATS.get(name, ",.3f"))
    return f"{value:,}" if isinstance(value, int) else str(value if value is not None else "")
