"""What [moderation] may say of all bodies, and how each mistake in it is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indexer.config import Moderation, parse_config
from indexer.errors import ConfigError
from indexer.moderation import Handling

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = '\n[sources.one.storage]\nvendor = "local"\nbucket = "shots"\n'


def mistakes_of(folder: Path, text: str) -> list[str]:
    """What is wrong in a configuration with this text."""
    with pytest.raises(ConfigError) as refused:
        parse_config(text + SOURCE, folder / "indexer.toml")
    return [str(mistake) for mistake in refused.value.mistakes if str(mistake).startswith("[moderation")]


def test_everything_has_a_default(tmp_path: Path) -> None:
    """Without a word on it bodies are kept as received, nothing is decided by thresholds, and 5 seconds are near."""
    moderation = parse_config(SOURCE, tmp_path / "indexer.toml").moderation
    assert moderation == Moderation(Handling({}, redact_raw=False), tolerance_seconds=5)


@pytest.mark.parametrize(
    ("said", "mistake"),
    [
        ("redact_raw = 1", "[moderation] redact_raw: input should be a valid boolean"),
        ("tolerance_seconds = -1", "[moderation] tolerance_seconds: input should be greater than or equal to 0"),
        ("tolerance_seconds = 1e9", "[moderation] tolerance_seconds: input should be less than or equal to 3600"),
        ("thresholds = 1", "[moderation] thresholds: input should be a valid dictionary"),
        (
            "thresholds.agora_life.block = 0.5",
            "[moderation.thresholds] agora_life: unknown provider: did you mean agora_live?",
        ),
        (
            "thresholds.agora_live.block = 90.0",
            "[moderation.thresholds.agora_live] block: must be from 0 to 1, whatever the scale: 90.0",
        ),
        (
            "thresholds.agora_live.blok = 0.9",
            "[moderation.thresholds.agora_live] blok: unknown: 'blok'; did you mean block?",
        ),
        ("tolerance = 5", "[moderation.tolerance]: must be a table"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, said: str, mistake: str) -> None:
    """What is wrong is said where it stands, and what it could be."""
    assert mistakes_of(tmp_path, f"[moderation]\n{said}\n") == [mistake]


def test_what_is_said_is_read(tmp_path: Path) -> None:
    """Thresholds, redaction and the tolerance stand beside the tables of the user's own verdicts."""
    text = """
    [moderation]
    redact_raw = true
    tolerance_seconds = 2.5
    [moderation.thresholds.agora_live]
    review = 0.5
    block = 0.9
    [moderation.inhouse]
    columns = { key = "object" }
    """
    config = parse_config(text + SOURCE, tmp_path / "indexer.toml")
    thresholds = {"agora_live": {"review": 0.5, "block": 0.9}}
    assert config.moderation == Moderation(Handling(thresholds, redact_raw=True), 2.5)
    assert list(config.generics) == ["inhouse"]
