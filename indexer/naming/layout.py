"""How a service spells its object keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexer.naming.template import Template

LAYOUTS = ("cloud-recording", "screenshot-upload", "live-streaming", "template", "auto")


@dataclass(frozen=True, slots=True)
class Layout:
    """One of ``LAYOUTS``; ``templates`` belong to ``template`` alone, and are tried in their order."""

    name: str = "auto"
    templates: tuple[Template, ...] = ()

    @property
    def mutable(self) -> bool:
        """Whether a key can come to hold another picture: its template tells no time, so later shots overwrite it."""
        return any(not template.tells_time for template in self.templates)

    @property
    def session_delimiter(self) -> str | None:
        """A text that stands in every name, with the session before it, and after it keys that sort by time."""
        return "__uid_s_" if self.name in ("cloud-recording", "screenshot-upload", "auto") else None

    def day_folders(self, prefix: str) -> tuple[str, str] | None:
        """Where the folder of a day begins, below a prefix, and how it is written, for ``strftime``."""
        if self.name == "screenshot-upload":
            return prefix, "%Y%m%d"
        starts = {template.day_folder for template in self.templates}
        return starts.pop() if len(starts) == 1 else None
