"""The vocabulary: closed, case-folded, and a label's meaning is that of its scene."""

from __future__ import annotations

import pytest

from indexer.moderation.categories import ANY, CATEGORIES, category, vocabulary

DOCUMENTED = {
    "porn": "normal sexy porn",
    "terrorism": "normal bloody explosion outfit logo weapon politics violence crowd parade carcrash flag location "
    "drug gamble others",
    "ad": "normal ad politics porn abuse terrorism contraband spam npx qrcode programCode",
    "qrcode": "normal qrcode programCode",
    "live": "normal meaningless PIP smoking drivelive drug gamble",
    "logo": "normal TV Trademark trademark",
}


def test_the_vocabulary_is_closed() -> None:
    """Every row has a category of the closed list, and the list has no category without a row."""
    assert set(vocabulary().values()) == CATEGORIES


@pytest.mark.parametrize(
    ("scene", "label"), [(scene, label) for scene in DOCUMENTED for label in DOCUMENTED[scene].split()]
)
def test_every_documented_label_of_alibaba_is_known(scene: str, label: str) -> None:
    """Each label of the documents' tables has a row of its own, so that nothing documented falls to other by chance."""
    assert ("alibaba_live", scene, label.casefold()) in vocabulary()


@pytest.mark.parametrize("provider", ["agora_live", "agora_client"])
@pytest.mark.parametrize(
    ("label", "meaning"), [("neutral", "neutral"), ("Sexy", "sexual_suggestive"), ("PORN", "sexual_explicit")]
)
def test_agoras_three_labels_are_known(provider: str, label: str, meaning: str) -> None:
    """Agora's labels mean the same in both of its services and in any case."""
    assert category(provider, "porn", label) == meaning


@pytest.mark.parametrize(
    ("scene", "label", "meaning"),
    [
        ("porn", "porn", "sexual_explicit"),
        ("ad", "porn", "abuse_text"),
        ("terrorism", "logo", "terrorism"),
        ("logo", "TV", "logo"),
        ("Terrorism", " Bloody ", "violence_gore"),
        ("live", "pure-color", "low_value"),
        (None, "normal", "neutral"),
    ],
)
def test_a_label_means_what_its_scene_says(scene: str | None, label: str, meaning: str) -> None:
    """One word has another category in another scene."""
    assert category("alibaba_live", scene, label) == meaning


@pytest.mark.parametrize("label", ["hologram", "", None, "logo"])
def test_what_is_unknown_is_other(label: str | None) -> None:
    """An unknown label, or a known one in a scene that does not have it, is other and never an error."""
    assert category("alibaba_live", "hologram", label) == "other"


def test_obvious_names_of_ones_own_are_known() -> None:
    """A label of the user's own is looked up by its name alone; each category is its own name."""
    assert category(ANY, ANY, "Weapon") == "weapons"
    assert {name: category(ANY, ANY, name) for name in CATEGORIES} == {name: name for name in CATEGORIES}
