"""What the driver sends to the executors of a configuration: some of its sources, and where to find their secrets."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import tomli_w

from indexer.config import parse_config
from indexer.config.secrets import CredentialReference, is_reference
from indexer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import SecretStr

    from indexer.config import Config, Source


@dataclass(frozen=True, slots=True)
class Parcel:
    """Sources as they are configured, with references to their secrets and never a secret: those an executor reads.

    ``path`` is where the configuration stands on the driver; ``file:`` and ``command:`` are relative to its folder.
    """

    text: str = field(repr=False)
    path: str

    @classmethod
    def of(cls, config: Config, sources: Sequence[Source]) -> Parcel:
        """Pack these sources of a configuration.

        Raises:
            UsageError: a secret of theirs stands in the configuration itself.
        """
        for source in sources:
            _check_references(source)
        written = tomllib.loads(config.path.read_text("utf-8"))["sources"]
        tables = {source.name: written[source.name] for source in sources}
        return cls(tomli_w.dumps({"sources": tables}), str(config.path))

    def source(self, name: str) -> Source:
        """One of the sources, on the driver or on an executor."""
        (source,) = parse_config(self.text, Path(self.path)).chosen((name,))
        return source


def _check_references(source: Source) -> None:
    places = [source.storage, source.inventory.storage if source.inventory else None]
    for credentials in (place.credentials for place in places if place):
        _check(source, credentials)


def _check(source: Source, credentials: object) -> None:
    if isinstance(credentials, CredentialReference):
        secrets = (credentials.access_key, credentials.secret_key, credentials.session_token)
        if any(map(_is_in_clear, secrets)):
            raise UsageError(
                f"source {source.name}: a secret in clear is not sent to other machines: write env:NAME, file:PATH or "
                "command:LINE, which each of them reads for itself"
            )


def _is_in_clear(secret: SecretStr | None) -> bool:
    return secret is not None and not is_reference(secret.get_secret_value())
