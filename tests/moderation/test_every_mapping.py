"""What holds for every provider's mapping: whose a body is, how many rows it gives, and that nothing breaks it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.moderation import MAPPINGS, Mapping, Notification, Unmappable, Verdict
from indexer.moderation.base import KEY_SOURCES, OBJECT_STATES
from indexer.moderation.categories import CATEGORIES
from moderation.reading import EVERY_SAMPLE, parsed, read_body, sample
from moderation.test_read_anything import mangled
from moderation.test_repair import JSON

if TYPE_CHECKING:
    from collections.abc import Callable

NOTHING = (0, 0, 0)
ROWS = {
    "activefence": (1, 0, 0),
    "activefence_template": (1, 0, 0),
    "alibaba_audio": NOTHING,
    "alibaba_green_audio": NOTHING,
    "alibaba_green_image": (2, 0, 0),
    "alibaba_green_video": (1, 0, 0),
    "aws_rekognition_bulk": (1, 0, 0),
    "aws_rekognition_bulk_empty": (1, 0, 0),
    "aws_rekognition_v6": (3, 0, 0),
    "aws_rekognition_v7": (5, 0, 0),
    "azure_content_safety": (4, 1, 0),
    "azure_content_safety_preview": (4, 2, 0),
    "google_safesearch": (5, 2, 0),
    "google_safesearch_two": (5, 1, 0),
    "hive_agora": (6, 0, 0),
    "hive_v2": (7, 0, 0),
    "hive_v3": (2, 0, 0),
    "huawei_error": NOTHING,
    "huawei_v2": (4, 1, 0),
    "huawei_v3": (3, 1, 0),
    "qiniu_audit": (5, 1, 0),
    "qiniu_older": (1, 0, 0),
    "shumei": (2, 1, 0),
    "shumei_audio": NOTHING,
    "shumei_end": NOTHING,
    "sightengine": (21, 0, 0),
    "tencent_ci_detail": (3, 0, 0),
    "tencent_ci_detail_moved": (3, 1, 0),
    "tencent_ci_failed": NOTHING,
    "tencent_ci_simple": (2, 0, 0),
    "tencent_ci_simple_blocked": (3, 1, 0),
    "tencent_ci_test": NOTHING,
    "tencent_css_200": (0, 0, 1),
    "tencent_css_317": (4, 1, 0),
    "tencent_css_317_old": (3, 0, 0),
    "tencent_ims": (3, 1, 0),
}
"""Verdicts, violations and notifications of each provider's samples."""
COUNTED = {"review", "block"}
MAX_PRECISION_MS = 1000

_TEXT: Callable[[Any], bool] = lambda value: isinstance(value, str) and value.encode() is not None  # noqa: E731
_TIME: Callable[[Any], bool] = lambda value: isinstance(value, datetime) and value.tzinfo is None  # noqa: E731
_NUMBER: Callable[[Any], bool] = lambda value: isinstance(value, float) and abs(value) <= 100  # noqa: E731
REQUIRED = {"result_path", "category", "suggestion", "suggestion_source", "reviewer", "object_state", "event"}
COLUMNS: dict[str, Callable[[Any], bool]] = {
    "captured_at": _TIME,
    "moderated_at": _TIME,
    "notified_at": _TIME,
    "captured_at_precision_ms": lambda value: value in (1, MAX_PRECISION_MS),
    "score": lambda value: isinstance(value, float) and 0 <= value <= 1,
    "score_raw": _NUMBER,
    "uid": lambda value: isinstance(value, int) and 0 <= value < 2**32,
    "sequence": lambda value: isinstance(value, int) and abs(value) < 2**63,
    "is_overall": lambda value: isinstance(value, bool),
    "is_test": lambda value: isinstance(value, bool),
    "quality": lambda value: isinstance(value, tuple) and all(map(_TEXT, value)),
    "category": CATEGORIES.__contains__,
    "suggestion": {"pass", "review", "block", "unknown"}.__contains__,
    "suggestion_source": {"provider", "severity", "likelihood", "none"}.__contains__,
    "reviewer": {"machine", "human"}.__contains__,
    "object_state": OBJECT_STATES.__contains__,
    "key_source": KEY_SOURCES.__contains__,
    "score_scale": {"0-1", "0-100", "severity 0-7", "likelihood 0-5"}.__contains__,
}
"""What a column holds, where it is no text."""


@pytest.mark.parametrize("name", ROWS)
def test_a_sample_gives_the_rows_that_its_provider_means(name: str) -> None:
    """Each sample has its verdicts, of them its violations (those that count and are to be reviewed or blocked)."""
    payload = read_body(sample(name))
    violations = [verdict for verdict in payload.verdicts if verdict.is_overall and verdict.suggestion in COUNTED]
    assert (len(payload.verdicts), len(violations), len(payload.notifications)) == ROWS[name]


def test_every_mapping_has_a_sample_in_the_table_or_is_tested_elsewhere() -> None:
    """A provider without a sample is one whose bodies cannot be read."""
    known = {read_body(sample(name)).provider for name in EVERY_SAMPLE}
    assert {mapping.provider for mapping in MAPPINGS} - known == {"alibaba_oss"}


@pytest.mark.parametrize("name", EVERY_SAMPLE)
def test_a_body_is_one_providers(name: str) -> None:
    """No two mappings know one body."""
    knowing = [mapping.provider for mapping in MAPPINGS if mapping.matches(parsed(name))]
    assert len(knowing) == 1, knowing
    assert name.startswith(knowing[0])


@pytest.mark.parametrize("name", EVERY_SAMPLE)
def test_every_row_of_a_body_has_a_place_of_its_own(name: str) -> None:
    """Two verdicts of a body never have one path, as a verdict's id is made of it."""
    paths = [verdict.result_path for verdict in read_body(sample(name)).verdicts]
    assert len(set(paths)) == len(paths)


@pytest.mark.parametrize("name", ROWS)
def test_a_new_field_does_no_harm(name: str) -> None:
    """A field that a provider adds, at the top or in any object below, changes no row."""
    body = parsed(name)
    _extend(body)
    assert read_body(body).verdicts == read_body(parsed(name)).verdicts


def _extend(value: Any) -> None:
    for member in list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else ():
        _extend(member)
    if isinstance(value, dict):
        value["addedLater"] = {"addedLater": [None, "text", True]}


def assert_fits_its_columns(told: Verdict | Notification) -> None:
    """Each field is of its column's type and has its column's form."""
    for name in told.__slots__:
        value, fits = getattr(told, name), COLUMNS.get(name, _TEXT)
        assert (value is None and name not in REQUIRED) or fits(value), (name, value)


def assert_counted(number: tuple[str, int] | None) -> None:
    """A number and what it is counted in fit their columns."""
    assert number is None or (_TEXT(number[0]) and 0 <= number[1] < 2**63), number


def rows_of(mapping: Mapping, body: Any) -> list[Verdict | Notification] | str:
    """The rows that a mapping makes of a body, or why it makes none."""
    try:
        mapping.event(body)
        assert_counted(mapping.numbered(body))
        return [*mapping.verdicts(body), *mapping.notifications(body)]
    except Unmappable as reason:
        return str(reason)


@pytest.mark.parametrize("mapping", MAPPINGS, ids=lambda mapping: mapping.provider)
@given(body=mangled() | JSON)
def test_only_a_reason_comes_of_any_body(mapping: Mapping, body: Any) -> None:
    """Whatever a body holds and whoever is said to have sent it: rows that fit their columns, or why there are none."""
    rows = rows_of(mapping, body)
    if isinstance(rows, str):
        assert rows.encode()
        return
    for row in rows:
        assert_fits_its_columns(row)


@given(data=st.data())
@pytest.mark.parametrize("name", ROWS)
def test_a_changed_sample_is_read_or_refused(name: str, data: st.DataObject) -> None:
    """Each sample with one to four nodes dropped, replaced, doubled or exchanged gives rows, or a place."""
    body = data.draw(mangled(parsed(name)))
    rows = rows_of(next(mapping for mapping in MAPPINGS if mapping.matches(parsed(name))), body)
    if isinstance(rows, str):
        assert rows.startswith(("/", "the body"))
        return
    assert len({row.result_path for row in rows}) == len(rows)
    for row in rows:
        assert_fits_its_columns(row)
