"""What ``[reconcile]`` says: from when on something is a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.config.settings import ReconcileSettings, read_table
from indexer.reconcile.settings import Thresholds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indexer.errors import Mistake


def read_thresholds(raw: Mapping[str, Any], mistakes: list[Mistake]) -> Thresholds:
    """The thresholds that a ``[reconcile]`` means; what is wrong in it goes to ``mistakes``."""
    return Thresholds(**read_table(ReconcileSettings, raw, "reconcile", mistakes).model_dump())
