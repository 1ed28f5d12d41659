"""What the wrappers of a lister share: they are listers themselves, of the same bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexer.vendors.base import Capabilities, Lister, Storage
    from indexer.vendors.objects import Cut, ObjectFile


class Wrapper:
    """A lister of the bucket that the lister below it lists."""

    def __init__(self, lister: Lister) -> None:
        self._lister = lister

    @property
    def storage(self) -> Storage:
        """The bucket and prefix that are listed."""
        return self._lister.storage

    @property
    def capabilities(self) -> Capabilities:
        """What the lister below can do."""
        return self._lister.capabilities

    def open(self, key: str, cut: Cut | None = None) -> ObjectFile:
        """What the lister below opens."""
        return self._lister.open(key, cut)

    def presigned(self, key: str, seconds: int) -> str:
        """What the lister below makes."""
        return self._lister.presigned(key, seconds)
