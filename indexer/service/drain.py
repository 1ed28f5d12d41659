"""Brings the inbox into the index: what is read here stays in the inbox until the index is published.

Nothing is counted twice where a run dies between publishing and noting that: the index knows a delivery by the row it
came from, and the same rows read again bring nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from indexer.moderation import Received

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from indexer.service.inbox import Inbox, Kept

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - every time in the index is naive UTC


@dataclass
class Drain:
    """One reading of an inbox. ``providers`` are those whose bodies are read as theirs; of others the shape tells.

    Of tests it tells too: Agora tries an address with an event of whatever product.
    """

    inbox: Inbox
    providers: Container[str]
    _place: int = field(default=0, init=False)

    def bodies(self) -> Iterator[Received]:
        """What waits in the inbox, in the order in which it came last."""
        for kept in self.inbox.waiting():
            self._place = kept.place
            yield self._received(kept)

    def published(self) -> None:
        """Note that everything that was read is in the published index."""
        self.inbox.mark_drained(self._place)

    def _received(self, kept: Kept) -> Received:
        return Received(
            content=kept.body,
            source_uri=f"inbox:{kept.provider}",
            source_line=kept.row,
            provider=kept.provider if kept.provider in self.providers and not kept.is_test else None,
            received_at=_EPOCH + timedelta(microseconds=kept.received_at),
            headers=json.loads(kept.headers),
            signature_ok=None if kept.signature_ok is None else bool(kept.signature_ok),
            deliveries=kept.deliveries,
        )
