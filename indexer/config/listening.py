"""What servers of ours have in common in a configuration: an address to listen at, and secrets read at the start."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.config.secrets import resolved
from indexer.config.settings import place
from indexer.errors import CredentialsError, Mistake

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import SecretStr

_LISTEN = re.compile(r"(?P<host>[^\s:\[\]/]+|\[[0-9A-Fa-f:.%]+\]):(?P<port>[0-9]{1,5})")
_HIGHEST_PORT = 65535
# What needs no percent-encoding in a path, and long enough that nobody guesses it.
_TOKEN = re.compile(r"[A-Za-z0-9_~.-]{16,256}")


def read_listen(table: str, text: str, example: str, mistakes: list[Mistake]) -> tuple[str, int]:
    """The host and port of a ``listen``; a mistake shows ``example``."""
    match = _LISTEN.fullmatch(text)
    if not match or int(match["port"]) > _HIGHEST_PORT:
        mistakes.append(Mistake(place(table, "listen"), f'write it as "{example}" and not {text!r}'))
        return "", 0
    return match["host"].strip("[]"), int(match["port"])


def read_secret(table: str, field: str, secret: SecretStr, path: Path, mistakes: list[Mistake]) -> str:
    """The text of a secret, read now; empty where it cannot be."""
    try:
        text = resolved(field, secret.get_secret_value(), path.absolute().parent)
    except CredentialsError as error:
        mistakes.append(Mistake(place(table, field), str(error).partition(": ")[2]))
        return ""
    if not text:
        mistakes.append(Mistake(place(table, field), "is empty"))
    return text


def check_token(table: str, text: str, mistakes: list[Mistake]) -> None:
    """Tell of a token that could be guessed, or that does not travel as it is."""
    if text and not _TOKEN.fullmatch(text):
        mistakes.append(Mistake(place(table, "token"), "must be 16 to 256 of the letters, digits and - _ . ~"))
