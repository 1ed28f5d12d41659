"""Where credentials come from: files, variables and commands, read when a bucket is opened, and shown by nothing."""

from __future__ import annotations

import json
import shlex
import sys
import time
import traceback
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from indexer.config import load_config, parse_config, secrets
from indexer.errors import ConfigError, CredentialsError, CredentialsExpired

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indexer.vendors.base import Credentials

SECRET = "VERYSECRET"
BUCKET = '[sources.a.storage]\nvendor = 1\nregion = 0\nbucket = "b"\n'


def reader(folder: Path, fields: str) -> Callable[[], Credentials | None]:
    """What a storage table with these fields reads its credentials by."""
    (source,) = parse_config(BUCKET + fields, folder / "indexer.toml").sources
    return source.storage.credentials


def read(folder: Path, **fields: str) -> tuple[str, str, str | None]:
    """The credentials of a storage table with these fields."""
    credentials = reader(folder, "".join(f"{name} = {json.dumps(text)}\n" for name, text in fields.items()))()
    assert credentials
    return credentials.access_key, credentials.secret_key, credentials.session_token


def refused(folder: Path, **fields: str) -> CredentialsError:
    """Why the credentials of a storage table with these fields cannot be read; no text of it holds the secret."""
    with pytest.raises(CredentialsError) as caught:
        read(folder, **fields)
    shown = "".join(traceback.format_exception(caught.value))
    assert SECRET not in f"{shown}{caught.value!r}"
    return caught.value


def printing(text: str, status: int = 0) -> str:
    """A reference to a command that prints this and ends with this status."""
    program = f"import sys; sys.stdout.write({text!r}); sys.exit({status})"
    return f"command:{shlex.join([sys.executable, '-c', program])}"


def document(**fields: object) -> str:
    """What a credential process prints, with these fields in place of the usual."""
    usual: dict[str, Any] = {"Version": 1, "AccessKeyId": "id", "SecretAccessKey": SECRET, "SessionToken": "token"}
    return json.dumps({name: value for name, value in (usual | fields).items() if value is not None}, indent=1)


def from_now(**distance: float) -> str:
    """A time so far from now, as a credential process writes it."""
    return (datetime.now(UTC) + timedelta(**distance)).isoformat()


def test_a_secret_in_clear_wants_a_private_file(tmp_path: Path) -> None:
    """A key in clear is refused in a file that others can read, taken from a private one, and shown by neither."""
    path = tmp_path / "indexer.toml"
    path.write_text(
        '[sources.a.storage]\nvendor = 1\nregion = 0\nbucket = "b"\naccessKey = "PLAINID"\nsecretKey = "PLAINKEY"\n'
    )
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert [mistake.where for mistake in caught.value.mistakes] == [
        f"[sources.a.storage] {field}" for field in ("accessKey", "secretKey")
    ]
    path.chmod(0o600)
    config = load_config(path)
    credentials = config.sources[0].storage.credentials()
    assert credentials
    assert (credentials.access_key, credentials.secret_key) == ("PLAINID", "PLAINKEY")
    assert "PLAIN" not in f"{config!r}{config.sources[0].storage!r}{credentials!r}{caught.value}"


def test_references_are_read_when_they_are_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """env:NAME, file:PATH and command:LINE are read when a bucket is opened, and name what is missing."""
    fields = {"accessKey": "env:SHOTS_ID", "secretKey": "file:key.txt", "stsToken": printing("token\n")}
    assert "SHOTS_ID is not set" in str(refused(tmp_path, **fields))
    monkeypatch.setenv("SHOTS_ID", "id")
    assert "key.txt cannot be read: No such file" in str(refused(tmp_path, **fields))
    (tmp_path / "key.txt").write_text("secret\n")
    assert read(tmp_path, **fields) == ("id", "secret", "token")
    monkeypatch.setenv("SHOTS_ID", "another")
    assert read(tmp_path, **fields) == ("another", "secret", "token")


def test_a_reference_is_no_secret_in_clear(tmp_path: Path) -> None:
    """A file that others can read may hold references of every kind."""
    path = tmp_path / "indexer.toml"
    path.write_text(f'{BUCKET}accessKey = "env:A"\nsecretKey = "file:b"\nstsToken = "command:c"\n')
    assert load_config(path).sources


def test_a_command_runs_where_the_configuration_stands_and_without_a_shell(tmp_path: Path) -> None:
    """A command is split into words as a shell does, and run beside indexer.toml; nothing in it is expanded."""
    program = tmp_path / "give"
    program.write_text(f"#!{sys.executable}\nimport os, sys\nprint(sys.argv[1:], os.getcwd(), sys.stdin.read())\n")
    program.chmod(0o700)
    access, _, _ = read(tmp_path, accessKey="command:./give 'a b' $HOME *", secretKey="x")
    assert access == f"['a b', '$HOME', '*'] {tmp_path}"


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        (printing(SECRET, status=3), "the command ended with exit status 3"),
        ("command:/nowhere/program", "the command cannot be run: No such file or directory"),
        ("command:'open", "cannot be split into words: No closing quotation"),
        ("command: ", "names no program"),
        (printing(""), "is not one line of text"),
        (printing(f"warning\n{SECRET}"), "is not one line of text"),
        ("command:cat binary", "the command printed no text"),
        ("file:empty", "is not one line of text"),
        ("file:binary", "holds no text"),
        ("env:", "is not set"),
    ],
)
@pytest.mark.parametrize("field", ["accessKey", "secretKey", "stsToken"])
def test_a_reference_to_nothing_names_its_field(tmp_path: Path, field: str, reference: str, told: str) -> None:
    """What a reference leads to in vain is told with the field and the reason, and never with what was found."""
    (tmp_path / "empty").touch()
    (tmp_path / "binary").write_bytes(SECRET.encode() + b"\xff")
    error = refused(tmp_path, **{"accessKey": "a", "secretKey": "b", field: reference})
    assert str(error).startswith(f"{field}: ")
    assert told in str(error)


def test_a_command_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command has a minute; then its field is named."""
    assert secrets.COMMAND_SECONDS == 60
    monkeypatch.setattr(secrets, "COMMAND_SECONDS", 0.1)
    endless = f"command:{sys.executable} -c 'import threading; threading.Event().wait()'"
    assert "secretKey: the command did not end" in str(refused(tmp_path, accessKey="a", secretKey=endless))


def test_an_expired_token_is_told_before_it_is_used(tmp_path: Path) -> None:
    """A token whose stsExpiration is past is CredentialsExpired, with what to do."""
    expiring = 'accessKey = "a"\nsecretKey = "b"\nstsToken = "c"\nstsExpiration = '
    with pytest.raises(CredentialsExpired, match="fetch a new one"):
        reader(tmp_path, f"{expiring}{int(time.time()) - 60}\n")()
    assert reader(tmp_path, f"{expiring}{int(time.time()) + 60}\n")()


@pytest.mark.parametrize("scheme", ["command", "file", "env"])
def test_one_reference_gives_all_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    """``credentials`` is a reference to what a credential process of AWS's prints, and works for every vendor."""
    text = document(Expiration=from_now(hours=1))
    (tmp_path / "shots.json").write_text(text)
    monkeypatch.setenv("SHOTS", text)
    reference = {"command": printing(text), "file": "file:shots.json", "env": "env:SHOTS"}[scheme]
    assert read(tmp_path, credentials=reference) == ("id", SECRET, "token")


@pytest.mark.parametrize("token", [None, ""])
def test_a_document_may_have_no_token(tmp_path: Path, token: str | None) -> None:
    """Lasting keys have no session token, and an empty one is none."""
    assert read(tmp_path, credentials=printing(document(SessionToken=token))) == ("id", SECRET, None)


@pytest.mark.parametrize("written", ["2026-01-01T00:00:00Z", "2026-01-01T08:00:00+08:00"])
def test_an_expired_document_is_told(tmp_path: Path, written: str) -> None:
    """A document whose Expiration is past is CredentialsExpired, with the time."""
    error = refused(tmp_path, credentials=printing(document(Expiration=written)))
    assert type(error) is CredentialsExpired
    assert "they have expired, at 2026-01-01T0" in str(error)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (document(Version=2), "Version input should be 1"),
        (document(Version=None), "Version field required"),
        (
            document(AccessKeyId=None, SecretAccessKey=None),
            "AccessKeyId field required, SecretAccessKey field required",
        ),
        (document(AccessKeyId=""), "AccessKeyId string should have at least 1 character"),
        (document(SecretAccessKey=[SECRET]), "SecretAccessKey input should be a valid string"),
        (document(Expiration="soon"), "Expiration input should be a valid datetime"),
        (document(Expiration="2026-01-01T00:00:00"), "Expiration input should have timezone info"),
        (SECRET, "invalid json"),
        ("[]", "input should be an object"),
        ("", "invalid json"),
    ],
)
def test_another_document_names_what_is_wrong(tmp_path: Path, text: str, told: str) -> None:
    """A document of another shape names the fields that are wrong, and nothing of what they hold."""
    error = refused(tmp_path, credentials=printing(text))
    assert str(error).startswith(f"credentials: {told}")


@pytest.mark.parametrize(
    ("fields", "mistake"),
    [
        ('credentials = "{}"', "credentials: write command:PROGRAM, file:PATH or env:NAME"),
        ('credentials = "command:x"\naccessKey = "env:A"', "accessKey: leave it out: credentials has it"),
        ('credentials = "command:x"\nsecretKey = "env:A"', "secretKey: leave it out: credentials has it"),
        ('credentials = "command:x"\nstsToken = "env:A"', "stsToken: leave it out: credentials has it"),
        ('credentials = "command:x"\nstsExpiration = 0', "stsExpiration: leave it out: credentials has it"),
    ],
)
def test_credentials_stand_in_one_place(tmp_path: Path, fields: str, mistake: str) -> None:
    """Keys beside ``credentials``, or credentials that are no reference, are mistakes."""
    with pytest.raises(ConfigError) as caught:
        reader(tmp_path, fields)
    assert [str(each) for each in caught.value.mistakes] == [f"[sources.a.storage] {mistake}"]
