"""Credentials by reference: ``env:``, ``file:`` and ``command:``, read when a connection is opened and never before."""

from __future__ import annotations

import os
import shlex
import subprocess
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from indexer.config.settings import place
from indexer.errors import CredentialsError, CredentialsExpired, Mistake
from indexer.vendors.base import Credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pydantic import SecretStr

READABLE_BY_OTHERS = 0o077
COMMAND_SECONDS = 60


@dataclass(frozen=True, slots=True)
class CredentialReference:
    """What a storage table says of its credentials, field by field; calling it reads them.

    Raises:
        CredentialsError: a reference points at nothing.
        CredentialsExpired: ``expires_at``, in seconds since 1970, is past.
    """

    access_key: SecretStr
    secret_key: SecretStr
    session_token: SecretStr | None
    expires_at: int | None
    folder: Path

    def __call__(self) -> Credentials:
        """Read the credentials now."""
        if self.expires_at is not None and self.expires_at <= time.time():
            raise CredentialsExpired("stsToken has expired (stsExpiration is past): fetch a new one")
        return Credentials(
            access_key=self._read("accessKey", self.access_key),
            secret_key=self._read("secretKey", self.secret_key),
            session_token=self._read("stsToken", self.session_token) if self.session_token else None,
        )

    def _read(self, field: str, secret: SecretStr) -> str:
        value = resolved(field, secret.get_secret_value(), self.folder)
        if not value.isprintable() or not value:
            raise CredentialsError(f"{field}: what it refers to is not one line of text")
        return value


@dataclass(frozen=True, slots=True)
class CredentialDocument:
    """All credentials of a storage table in one reference; calling it reads them.

    The document is what a ``credential_process`` of AWS's shared configuration prints: JSON with ``Version`` 1,
    ``AccessKeyId``, ``SecretAccessKey``, and perhaps ``SessionToken`` and ``Expiration`` in ISO 8601.

    Raises:
        CredentialsError: the reference points at nothing, or at something else.
        CredentialsExpired: ``Expiration`` is past.
    """

    reference: SecretStr
    folder: Path

    def __call__(self) -> Credentials:
        """Read the credentials now."""
        text = resolved("credentials", self.reference.get_secret_value(), self.folder)
        try:
            document = _Document.model_validate_json(text)
        except ValidationError as error:
            # The error itself holds the document, which is secret, so neither it nor its text goes on.
            raise CredentialsError(f"credentials: {_problems(error)}") from None
        if document.expires_at is not None and document.expires_at <= datetime.now(UTC):
            raise CredentialsExpired(f"credentials: they have expired, at {document.expires_at.isoformat()}")
        return Credentials(document.access_key, document.secret_key, document.session_token or None)


class _Document(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)

    version: Literal[1] = Field(alias="Version")
    access_key: str = Field(alias="AccessKeyId", min_length=1)
    secret_key: str = Field(alias="SecretAccessKey", min_length=1)
    session_token: str | None = Field(default=None, alias="SessionToken")
    expires_at: AwareDatetime | None = Field(default=None, alias="Expiration")


def _problems(error: ValidationError) -> str:
    found = error.errors(include_input=False, include_context=False, include_url=False)
    return ", ".join(f"{'.'.join(map(str, problem['loc']))} {problem['msg'].lower()}".strip() for problem in found)


def _from_environment(field: str, name: str, _: Path) -> str:
    if not os.environ.get(name):
        raise CredentialsError(f"{field}: the environment variable {name} is not set")
    return os.environ[name]


def _from_file(field: str, name: str, folder: Path) -> str:
    path = folder / Path(name).expanduser()
    try:
        return path.read_text("utf-8").strip()
    except OSError as error:
        raise CredentialsError(f"{field}: {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise CredentialsError(f"{field}: {path} holds no text") from None


def _from_command(field: str, line: str, folder: Path) -> str:
    """What a program prints. Its output is secret and its complaints may be, so no error shows either."""
    try:
        done = subprocess.run(  # noqa: S603 - the user's own configuration names it
            _words(field, line),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=COMMAND_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CredentialsError(f"{field}: the command did not end within {COMMAND_SECONDS} seconds") from None
    except OSError as error:
        raise CredentialsError(f"{field}: the command cannot be run: {error.strerror}") from error
    if done.returncode:
        raise CredentialsError(f"{field}: the command ended with exit status {done.returncode}")
    try:
        return done.stdout.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise CredentialsError(f"{field}: the command printed no text") from None


def _words(field: str, line: str) -> list[str]:
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise CredentialsError(f"{field}: command: cannot be split into words: {error}") from error
    if not words:
        raise CredentialsError(f"{field}: command: names no program")
    return words


_READERS: dict[str, Callable[[str, str, Path], str]] = {
    "env": _from_environment,
    "file": _from_file,
    "command": _from_command,
}


def resolved(field: str, text: str, folder: Path) -> str:
    """What a reference points at now; a text that is no reference is a secret in clear."""
    scheme, _, rest = text.partition(":")
    return _READERS[scheme](field, rest, folder) if is_reference(text) else text


def is_reference(text: str) -> bool:
    """Whether a text says where a secret is, and is none itself."""
    scheme, colon, _ = text.partition(":")
    return bool(colon) and scheme in _READERS


def no_credentials() -> None:
    """Leave it to the SDK's own chain, or to a folder that needs none."""


def check_secrecy(settings: BaseModel, fields: Iterable[str], table: str, path: Path) -> Iterator[Mistake]:
    """Yield a mistake for each of these fields whose secret stands in the file itself, if others can read that."""
    if path.exists() and path.stat().st_mode & READABLE_BY_OTHERS:
        for field in fields:
            secret: SecretStr | None = getattr(settings, field)
            if secret and not is_reference(secret.get_secret_value()):
                what = f"write env:NAME, file:PATH or command:LINE, or chmod 600 {path}"
                yield Mistake(place(table, field), f"a secret in clear in a file that others can read: {what}")
