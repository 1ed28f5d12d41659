"""Makes an SDK raise any of its errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import pytest

from indexer.errors import VendorError

if TYPE_CHECKING:
    from indexer.vendors.base import Lister


def subclasses(base: type[Exception]) -> list[type[Exception]]:
    """Every class below an SDK's base error, as far as the SDK itself defines it."""
    direct = base.__subclasses__()
    found = {kind for child in direct for kind in (child, *subclasses(child))}
    return sorted(found, key=lambda kind: kind.__name__)


def bare(kind: type[Exception]) -> Exception:
    """An error of this class without its arguments: only the class counts."""
    return kind.__new__(kind)


def raised_by(lister: Lister, monkeypatch: pytest.MonkeyPatch, sdk_call: str, error: Exception) -> VendorError:
    """What a page raises when the SDK's own call raises ``error``."""

    def fail(*_: object, **__: object) -> NoReturn:
        raise error

    monkeypatch.setattr(sdk_call, fail)
    with pytest.raises(VendorError) as caught:
        lister.page(None, 1)
    return caught.value
