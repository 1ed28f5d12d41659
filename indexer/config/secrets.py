"""Credentials by reference: ``env:NAME`` and ``file:PATH``, read when a connection is opened and never before."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.config.settings import place
from indexer.errors import CredentialsError, Mistake
from indexer.vendors.base import Credentials

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic import BaseModel, SecretStr

_READABLE_BY_OTHERS = 0o077
_REFERENCES = ("env:", "file:")


@dataclass(frozen=True, slots=True)
class CredentialReference:
    """What a storage table says of its credentials; calling it reads them.

    Raises:
        CredentialsError: a reference points at nothing, or the token has expired.
    """

    access_key: SecretStr
    secret_key: SecretStr
    session_token: SecretStr | None
    expires_at: int | None
    folder: Path

    def __call__(self) -> Credentials:
        """Read the credentials now."""
        if self.expires_at is not None and self.expires_at <= time.time():
            raise CredentialsError("stsToken has expired (stsExpiration is past): fetch a new one")
        return Credentials(
            access_key=self._read("accessKey", self.access_key),
            secret_key=self._read("secretKey", self.secret_key),
            session_token=self._read("stsToken", self.session_token) if self.session_token else None,
        )

    def _read(self, field: str, secret: SecretStr) -> str:
        scheme, _, rest = secret.get_secret_value().partition(":")
        match scheme:
            case "env" if not os.environ.get(rest):
                raise CredentialsError(f"{field}: the environment variable {rest} is not set")
            case "env":
                return os.environ[rest]
            case "file":
                return self._read_file(field, self.folder / Path(rest).expanduser())
        return secret.get_secret_value()

    @staticmethod
    def _read_file(field: str, path: Path) -> str:
        try:
            return path.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise CredentialsError(f"{field}: {path} cannot be read: {error}") from error


def no_credentials() -> None:
    """Leave it to the SDK's own chain, or to a folder that needs none."""


def check_secrecy(settings: BaseModel, fields: Iterable[str], table: str, path: Path) -> Iterator[Mistake]:
    """Yield a mistake for each of these fields whose secret stands in the file itself, if others can read that."""
    if path.exists() and path.stat().st_mode & _READABLE_BY_OTHERS:
        for field in fields:
            secret: SecretStr | None = getattr(settings, field)
            if secret and not secret.get_secret_value().startswith(_REFERENCES):
                what = f"write env:NAME or file:PATH, or chmod 600 {path}"
                yield Mistake(place(table, field), f"a secret in clear in a file that others can read: {what}")
