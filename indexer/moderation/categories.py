"""The closed vocabulary that all providers' labels are counted in; the raw label stays beside it.

A label's meaning depends on its scene (``porn`` in an ad's text, ``logo`` in terrorism), so the vocabulary is keyed on
provider, scene and label, in any case. What it does not know is ``other``, and never an error.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

OTHER = "other"
_ANY = "*"


def category(provider: str, scene: str | None, label: str | None) -> str:
    """The category of a label: by its scene, else by its provider, else by its name alone."""
    known = _vocabulary()
    folded = (label or "").strip().casefold()
    where = (scene or "").strip().casefold()
    for owner, within in ((provider, where), (provider, _ANY), (_ANY, _ANY)):
        if (owner, within, folded) in known:
            return known[owner, within, folded]
    return OTHER


@cache
def _vocabulary() -> dict[tuple[str, str, str], str]:
    lines = resources.files("indexer.moderation").joinpath("categories.csv").read_text("utf-8").splitlines()
    return {(row["provider"], row["scene"], row["label"]): row["category"] for row in csv.DictReader(lines)}
