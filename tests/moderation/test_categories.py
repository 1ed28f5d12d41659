"""The vocabulary: every label that a document names has its category, and what is unknown is other."""

from __future__ import annotations

import csv
from importlib import resources

import pytest

from indexer.moderation.categories import category

CLOSED = {
    *("sexual_explicit", "sexual_suggestive", "violence_gore", "weapons", "terrorism", "politics", "hate", "self_harm"),
    *("drugs_alcohol_tobacco", "gambling", "ad_spam", "qr_code", "logo", "low_value", "minor_safety", "abuse_text"),
    *("contraband", "public_figure", "custom_list", "neutral", "other"),
}
ROWS = list(
    csv.DictReader(resources.files("indexer.moderation").joinpath("categories.csv").read_text("utf-8").split("\n"))
)


@pytest.mark.parametrize(
    ("provider", "scene", "label", "expected"),
    [
        ("alibaba_live", "porn", "Porn", "sexual_explicit"),
        ("alibaba_live", "porn", "sexy", "sexual_suggestive"),
        ("alibaba_live", "porn", "normal", "neutral"),
        ("alibaba_live", "terrorism", "bloody", "violence_gore"),
        ("alibaba_live", "terrorism", "logo", "terrorism"),
        ("alibaba_live", "logo", "TV", "logo"),
        ("alibaba_live", "logo", "Trademark", "logo"),
        ("alibaba_live", "terrorism", "weapon", "weapons"),
        ("alibaba_live", "terrorism", "crowd", "politics"),
        ("alibaba_live", "ad", "Ad", "ad_spam"),
        ("alibaba_live", "qrcode", "pure-color", "low_value"),
        ("alibaba_live", "ad", "programCode", "qr_code"),
        ("alibaba_live", "live", "PIP", "low_value"),
        ("alibaba_live", "LIVE", " Smoking ", "drugs_alcohol_tobacco"),
        ("agora_live", "porn", "Neutral", "neutral"),
        ("agora_client", "porn", "sexy", "sexual_suggestive"),
        ("inhouse", None, "weapon", "weapons"),
    ],
)
def test_labels_have_their_category(provider: str, scene: str | None, label: str, expected: str) -> None:
    """A label is counted by its scene, else its provider, else its name alone, in any case."""
    assert category(provider, scene, label) == expected


@pytest.mark.parametrize("label", ["others", "", None, "no such label", "\ud800", "*"])
def test_what_is_unknown_is_other(label: str | None) -> None:
    """A label that nothing knows is other, and never an error."""
    assert category("alibaba_live", "terrorism", label) == "other"


def test_the_vocabulary_is_closed() -> None:
    """Every row's category is one of the vocabulary's."""
    assert {row["category"] for row in ROWS} <= CLOSED


def test_every_row_can_be_found() -> None:
    """Rows are folded and single, so that each of them is found by its own label."""
    names = [(row["provider"], row["scene"], row["label"]) for row in ROWS]
    assert len(set(names)) == len(names)
    assert [name for name in names if name != tuple(part.casefold().strip() for part in name)] == []
