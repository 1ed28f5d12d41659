"""Name templates such as ``record/{AppName}/{StreamName}/{Sequence}.jpg``, compiled from the configuration.

Alibaba Live's OssObject and its like at Huawei, Volcengine and Tencent. The documents leave open how many digits
``{Date}``, ``{Hour}``, ``{Minute}`` and ``{Second}`` have and in which time zone they are, and whether
``{UnixTimestamp}`` counts seconds or milliseconds: both spellings of the date are read, the timestamp is told by its
length, and the time zone can be set.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import cached_property

PLACEHOLDERS = {
    "AppName": "[^/]+",
    "StreamName": "[^/]+",
    "DomainName": "[^/]+",
    "Sequence": "[0-9]{1,18}",
    "UnixTimestamp": "[0-9]{13}|[0-9]{10}",
    "Date": "[0-9]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "Hour": "[0-9]{1,2}",
    "Minute": "[0-9]{1,2}",
    "Second": "[0-9]{1,2}",
}

_PART = re.compile(r"\{([^{}]*)\}|([^{}]+)|([{}])")


class TemplateError(ValueError):
    """A template that means nothing; the message says which part and what to write instead."""


@dataclass(frozen=True)
class Template:
    """One compiled template. ``utc_offset_minutes`` is what its clock is ahead of UTC."""

    text: str
    utc_offset_minutes: int = 0

    def __post_init__(self) -> None:
        if not self.text.isprintable():
            raise TemplateError(f"a control character in {self.text!r}")
        names = self.names
        if not names:
            raise TemplateError(f"no placeholder in {self.text!r}: write at least {{StreamName}}")
        for name in names:
            if names.count(name) > 1:
                raise TemplateError(f"{{{name}}} stands twice in {self.text!r}")

    @cached_property
    def parts(self) -> tuple[tuple[str | None, str], ...]:
        """The template's parts in their order: (placeholder, "") or (None, literal text)."""
        return tuple(self._part(*match.groups()) for match in _PART.finditer(self.text))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The placeholders in their order."""
        return tuple(name for name, _ in self.parts if name)

    @property
    def tells_time(self) -> bool:
        """Whether a key says when its picture was taken. Hours without a date come back every day."""
        return "UnixTimestamp" in self.names or "Date" in self.names

    @property
    def day_folder(self) -> tuple[str, str] | None:
        """Where the folder of a day begins, and how it is written, where that is the first that varies in a key."""
        start = "" if self.parts[0][0] else self.parts[0][1]
        rest = self.text.removeprefix(start)
        return (start, "%Y%m%d") if rest.startswith("{Date}/") else None

    @property
    def regex(self) -> str:
        """A regular expression of RE2 that a whole key of this template matches, one group a placeholder."""
        groups = (f"({PLACEHOLDERS[name]})" if name else re.escape(text) for name, text in self.parts)
        return f"(?s)^{''.join(groups)}$"

    def _part(self, name: str | None, literal: str | None, brace: str | None) -> tuple[str | None, str]:
        if brace:
            raise TemplateError(f"a brace without its partner in {self.text!r}")
        if name is None:
            return None, literal or ""
        if name not in PLACEHOLDERS:
            nearest = difflib.get_close_matches(name, PLACEHOLDERS, n=1, cutoff=0.4)
            advice = f"did you mean {{{nearest[0]}}}?" if nearest else f"known are {', '.join(PLACEHOLDERS)}"
            raise TemplateError(f"unknown placeholder {{{name}}} in {self.text!r}: {advice}")
        return name, ""
