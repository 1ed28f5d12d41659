"""What ``[moderation]`` says of all bodies: thresholds by provider, redaction, and how far a picture may be in time.

Its other tables are the user's own verdicts, one ``[moderation.NAME]`` each.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indexer.config.generics import check_thresholds
from indexer.config.settings import ModerationSettings, place, read_table
from indexer.errors import Mistake
from indexer.moderation import MAPPINGS, Handling

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TABLE = "moderation"
_THRESHOLDS = f"{_TABLE}.thresholds"


@dataclass(frozen=True, slots=True)
class Moderation:
    """How every body is read, and how many seconds a picture may be from a verdict's time to be taken for it."""

    handling: Handling = Handling()  # noqa: RUF009 - it is frozen
    tolerance_seconds: float = ModerationSettings().tolerance_seconds


def read_moderation(raw: Mapping[str, Any], mistakes: list[Mistake]) -> tuple[Moderation, dict[str, Any]]:
    """What is said of all bodies, and the tables that are left: those of the user's own verdicts."""
    said = {name: value for name, value in raw.items() if name in ModerationSettings.model_fields}
    settings = read_table(ModerationSettings, said, _TABLE, mistakes)
    mistakes += _threshold_mistakes(settings)
    handling = Handling(settings.thresholds, settings.redact_raw)
    return Moderation(handling, settings.tolerance_seconds), {
        name: value for name, value in raw.items() if name not in said
    }


def _threshold_mistakes(settings: ModerationSettings) -> Iterator[Mistake]:
    known = [mapping.provider for mapping in MAPPINGS]
    for provider, thresholds in settings.thresholds.items():
        if provider not in known:
            nearest = difflib.get_close_matches(provider, known, n=1)
            advice = f"did you mean {nearest[0]}?" if nearest else f"one of {', '.join(known)}"
            yield Mistake(place(_THRESHOLDS, provider), f"unknown provider: {advice}")
        yield from check_thresholds(f"{_THRESHOLDS}.{provider}", "", thresholds)
