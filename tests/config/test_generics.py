"""What a [moderation.NAME] may say, and how each mistake in it is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indexer.config import parse_config
from indexer.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = '[sources.classroom.storage]\nvendor = "local"\nbucket = "shots"\n'


def mistakes_of(folder: Path, table: str) -> list[str]:
    """Every mistake in a configuration of one source and these tables."""
    with pytest.raises(ConfigError) as caught:
        parse_config(SOURCE + table, folder / "indexer.toml")
    return [str(mistake) for mistake in caught.value.mistakes]


def test_a_right_table_is_taken(tmp_path: Path) -> None:
    """A table with everything that it may have is taken as it is written."""
    table = """
    [moderation.inhouse]
    columns = { key = "object", label = "label", score = "score", suggestion = "decision" }
    score_scale = "0-100"
    suggestions = { REJECT = "block", MANUAL = "review", OK = "pass" }
    thresholds = { review = 0, block = 1.0 }
    """
    generic = parse_config(SOURCE + table, tmp_path / "indexer.toml").generics["inhouse"]
    assert (generic.score_scale, generic.thresholds) == ("0-100", {"review": 0, "block": 1})


@pytest.mark.parametrize(
    ("table", "mistake"),
    [
        ('columns = { key = "o", lable = "x" }', "columns.lable: unknown: 'lable'; did you mean label?"),
        (
            'columns = { key = "o", "\\u0000" = "x" }',
            "columns.\x00: unknown: '\\x00'; one of key, object_url, sid",
        ),
        ('columns = { label = "x" }', "columns: no column says which picture is meant: name one for key or object_url"),
        ('score_scale = "0-10"', "score_scale: unknown: '0-10'; did you mean 0-100?"),
        ('score_scale = "percent"', "score_scale: unknown: 'percent'; one of 0-1, 0-100"),
        ('suggestions = { NO = "blocked" }', "suggestions.NO: unknown: 'blocked'; did you mean block?"),
        ('suggestions = { NO = "x" }', "suggestions.NO: unknown: 'x'; one of pass, review, block"),
        ("thresholds = { reviews = 0.5 }", "thresholds.reviews: unknown: 'reviews'; did you mean review?"),
        ("thresholds = { pass = 0.5 }", "thresholds.pass: unknown: 'pass'; one of review, block"),
        ("thresholds = { block = 80 }", "thresholds.block: must be from 0 to 1, whatever the scale: 80"),
        ("thresholds = { block = -0.1 }", "thresholds.block: must be from 0 to 1, whatever the scale: -0.1"),
        ("thresholds = { block = nan }", "thresholds.block: must be from 0 to 1, whatever the scale: nan"),
    ],
)
def test_a_mistake_is_named_with_its_field(tmp_path: Path, table: str, mistake: str) -> None:
    """A mistake names its table and field, and what would be right."""
    columns = "" if table.startswith("columns") else 'columns = { key = "o" }'
    (told,) = mistakes_of(tmp_path, f"[moderation.inhouse]\n{table}\n{columns}")
    assert told.startswith(f"[moderation.inhouse] {mistake}")


@pytest.mark.parametrize("provider", ["alibaba_live", "agora_live", "agora_client"])
def test_the_name_of_a_provider_is_taken(tmp_path: Path, provider: str) -> None:
    """A table may not have a built-in provider's name, which would hide it."""
    told = mistakes_of(tmp_path, f'[moderation.{provider}]\ncolumns = {{ key = "object" }}')
    assert told == [f"[moderation.{provider}]: is a built-in provider: choose another name"]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """Every mistake of every table is told in one go, together with fields of a wrong type."""
    table = """
    [moderation.one]
    columns = { keys = "object", labels = "label" }
    score_scale = 100
    thresholds = { block = 2, reviev = 2 }
    [moderation.two]
    suggestions = { a = "b" }
    """
    assert [told.split(":")[0] for told in mistakes_of(tmp_path, table)] == [
        "[moderation.one] score_scale",
        "[moderation.one] columns.keys",
        "[moderation.one] columns.labels",
        "[moderation.one] columns",
        "[moderation.one] thresholds.block",
        "[moderation.one] thresholds.reviev",
        "[moderation.one] thresholds.reviev",
        "[moderation.two] columns",
        "[moderation.two] suggestions.a",
    ]
