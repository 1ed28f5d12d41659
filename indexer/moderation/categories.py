"""What a provider's label means, in one small vocabulary for all of them: reads ``categories.csv``.

The labels are those that the providers' own pages list or show. One word means another
thing in another scene (``logo`` in scene terrorism is a terrorist's; ``porn`` in scene ad is a text in the picture), so
the vocabulary is keyed on provider, scene and label. ``*`` stands for every scene of a provider, and as the provider
for labels of the user's own.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

CATEGORIES = frozenset(
    {
        "abuse_text",
        "ad_spam",
        "contraband",
        "custom_list",
        "drugs_alcohol_tobacco",
        "gambling",
        "hate",
        "logo",
        "low_value",
        "minor_safety",
        "neutral",
        "other",
        "politics",
        "public_figure",
        "qr_code",
        "self_harm",
        "sexual_explicit",
        "sexual_suggestive",
        "terrorism",
        "violence_gore",
        "weapons",
    }
)
ANY = "*"


@cache
def vocabulary() -> dict[tuple[str, str, str], str]:
    """Category by provider, scene and label, all three case-folded."""
    text = resources.files("indexer.moderation").joinpath("categories.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {_folded(row["provider"], row["scene"], row["label"]): row["category"] for row in rows}


def category(provider: str, scene: str | None, label: str | None) -> str:
    """The category of a label, in any case; ``other`` where the vocabulary does not know it."""
    known = vocabulary()
    exact = known.get(_folded(provider, scene or ANY, label or ""))
    return exact or known.get(_folded(provider, ANY, label or ""), "other")


def _folded(provider: str, scene: str, label: str) -> tuple[str, str, str]:
    return provider.casefold(), scene.strip().casefold(), label.strip().casefold()
