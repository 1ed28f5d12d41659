"""``[lake]``: which catalog `indexer export --format iceberg` writes its tables into."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from indexer.config.secrets import READABLE_BY_OTHERS, is_reference, resolved
from indexer.config.settings import LakeSettings, place, read_table
from indexer.errors import Mistake

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pydantic import SecretStr

_TABLE = "lake.catalog"
_NAMESPACE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
# What pyiceberg's catalogs and stores call their secrets: token, credential, s3.secret-access-key, adls.account-key …
_SECRET = re.compile(r"secret|token|credential|password|key|sas", re.IGNORECASE)
_WITH_PASSWORD = re.compile(r"://[^/]*:[^/]*@")


@dataclass(frozen=True, slots=True)
class Lake:
    """Where Iceberg tables go: the namespace, and what pyiceberg's ``load_catalog`` is given, none for a file of ours.

    References among the catalog's properties are read when it is opened, from ``folder`` on.
    """

    folder: Path
    namespace: str = "screenshots"
    catalog: Mapping[str, SecretStr] = field(default_factory=dict)

    def properties(self) -> dict[str, str]:
        """The catalog's properties, with what references among them point at now.

        Raises:
            CredentialsError: a reference points at nothing.
        """
        return {name: self._property(name, value.get_secret_value()) for name, value in self.catalog.items()}

    def _property(self, name: str, text: str) -> str:
        return resolved(place(_TABLE, name), text, self.folder) if _points(text) else text


def read_lake(raw: Mapping[str, Any], path: Path, mistakes: list[Mistake]) -> Lake:
    """Read the table; what is wrong in it goes to ``mistakes``."""
    settings = read_table(LakeSettings, raw, "lake", mistakes)
    if not _NAMESPACE.fullmatch(settings.namespace):
        mistakes.append(Mistake(place("lake", "namespace"), "is letters, digits and _, at most 64 of them"))
    if _is_readable_by_others(path):
        mistakes += [_in_clear(name, path) for name, value in settings.catalog.items() if _is_secret(name, value)]
    return Lake(path.absolute().parent, settings.namespace, dict(settings.catalog))


def _points(text: str) -> bool:
    """Whether a text says where a value is; an address as file:///warehouse is one itself."""
    return is_reference(text) and not text.startswith("file://")


def _is_readable_by_others(path: Path) -> bool:
    return path.exists() and bool(path.stat().st_mode & READABLE_BY_OTHERS)


def _is_secret(name: str, value: SecretStr) -> bool:
    text = value.get_secret_value()
    return not _points(text) and bool(_SECRET.search(name) or _WITH_PASSWORD.search(text))


def _in_clear(name: str, path: Path) -> Mistake:
    what = f"write env:NAME, file:PATH or command:LINE, or chmod 600 {path}"
    return Mistake(place(_TABLE, name), f"a secret in clear in a file that others can read: {what}")
