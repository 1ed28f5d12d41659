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
