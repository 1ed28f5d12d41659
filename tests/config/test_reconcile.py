"""What [reconcile] may say, and how each mistake in it is reported."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, fields
from typing import TYPE_CHECKING

import pytest

from indexer.config import parse_config
from indexer.config.example import EXAMPLE
from indexer.config.settings import ReconcileSettings
from indexer.errors import ConfigError
from indexer.reconcile import Thresholds

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = '\n[sources.one.storage]\nvendor = "local"\nbucket = "shots"\n'
NAMES = [field.name for field in fields(Thresholds)]


def test_everything_has_a_default(tmp_path: Path) -> None:
    """Without a word on them the thresholds are those that the checks are made with."""
    assert parse_config(SOURCE, tmp_path / "indexer.toml").reconcile == Thresholds()


def test_every_threshold_can_be_set(tmp_path: Path) -> None:
    """Each threshold that a check has is a field of the file, and what is said there is what holds."""
    assert list(ReconcileSettings.model_fields) == NAMES
    said = {name: 3 if name.endswith("shots") else 0.25 for name in NAMES}
    text = "[reconcile]\n" + "".join(f"{name} = {value}\n" for name, value in said.items())
    assert asdict(parse_config(text + SOURCE, tmp_path / "indexer.toml").reconcile) == said


@pytest.mark.parametrize("value", ["-1", "nan", '"5"', "true"])
@pytest.mark.parametrize("name", NAMES)
def test_no_threshold_is_below_nothing(tmp_path: Path, name: str, value: str) -> None:
    """Each threshold is a number from 0 on; what is wrong is said where it stands."""
    with pytest.raises(ConfigError) as refused:
        parse_config(f"[reconcile]\n{name} = {value}\n{SOURCE}", tmp_path / "indexer.toml")
    (mistake,) = refused.value.mistakes
    assert mistake.where == f"[reconcile] {name}"


@pytest.mark.parametrize(
    ("said", "mistake"),
    [
        ("tiny_share = 10", "[reconcile] tiny_share: input should be less than or equal to 1"),
        ("frozen_shots = 1", "[reconcile] frozen_shots: input should be greater than or equal to 2"),
        ("late_seconds = inf", "[reconcile] late_seconds: input should be a finite number"),
        ("late_second = 5", "[reconcile] late_second: unknown key: did you mean late_seconds?"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, said: str, mistake: str) -> None:
    """What is out of range or unknown is said where it stands, and what it could be."""
    with pytest.raises(ConfigError) as refused:
        parse_config(f"[reconcile]\n{said}\n{SOURCE}", tmp_path / "indexer.toml")
    assert list(map(str, refused.value.mistakes)) == [mistake]


def test_the_example_names_each_threshold_with_its_default() -> None:
    """What `indexer init` writes shows all thresholds, and those that hold without a word on them."""
    table = EXAMPLE.partition("# [reconcile]\n")[2].partition("\n\n")[0]
    lines = [line.removeprefix("# ") for line in table.splitlines()]
    assert tomllib.loads("\n".join(lines)) == asdict(Thresholds())
