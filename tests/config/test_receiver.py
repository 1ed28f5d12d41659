"""What a [receiver] may say, and how each mistake in it is told, all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indexer.config import load_config, parse_config
from indexer.config.example import EXAMPLE
from indexer.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.config.receiver import Receiver

SOURCE = '[sources.a.storage]\nvendor = "local"\nbucket = "shots"\n'
OPEN = "[receiver.callbacks.x]\nunsigned = true\n"
TOKEN = "made-up-path-token"


def receiver(folder: Path, text: str) -> Receiver:
    """The receiver of a configuration."""
    found = parse_config(SOURCE + text, folder / "indexer.toml").receiver
    assert found
    return found


def mistakes(folder: Path, text: str) -> list[str]:
    """Every mistake in a configuration."""
    with pytest.raises(ConfigError) as caught:
        parse_config(SOURCE + text, folder / "indexer.toml")
    return [str(mistake) for mistake in caught.value.mistakes]


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ('listen = "8321"', "listen: write it as"),
        ('listen = "127.0.0.1:70000"', "listen: write it as"),
        ('listen = "http://127.0.0.1:80"', "listen: write it as"),
        ("max_bytes = 0", "max_bytes: input should be greater"),
        ("max_depth = 1000", "max_depth: input should be less"),
        ("requests_per_second = 0", "requests_per_second: input should be greater"),
        ('port = "80"', "port: unknown key"),
    ],
)
def test_a_mistake_in_the_receiver_is_named(tmp_path: Path, text: str, mistake: str) -> None:
    """A mistake in the receiver's own settings names its field."""
    (told,) = mistakes(tmp_path, f"[receiver]\n{text}\n{OPEN}")
    assert told.startswith(f"[receiver] {mistake}")


@pytest.mark.parametrize(
    ("name", "text", "mistake"),
    [
        ("x", "", "nothing tells who calls: set secret or token, or unsigned = true"),
        ("x", 'secret = "env:S"', "signature: missing: x is not known to sign; one of agora-ncs, alibaba-live"),
        ("x", 'secret = "env:S"\nsignature = "agora-nsc"', "signature: unknown: 'agora-nsc'; did you mean agora-ncs?"),
        ("x", 'token = "env:T"\nsignature = "agora-ncs"', "secret: missing: agora-ncs is made with one"),
        ("agora_live", 'secret = "env:S"\nhost = "h"', "host: only the signature alibaba-live is made of the host"),
        ("x", 'token = "env:T"\nunsigned = true', "unsigned: contradicts what else is said"),
        ("x", 'token = "env:T"\nprovider = "a b"', "provider: is letters, digits"),
        ('"a b"', "unsigned = true", "a callback's name is letters"),
        ("x", 'token = "env:T"\ntokn = "x"', "tokn: unknown key: did you mean token?"),
    ],
)
def test_a_mistake_in_a_callback_is_named(tmp_path: Path, name: str, text: str, mistake: str) -> None:
    """A mistake in how a callback's sender is known names its table and field, and what would be right."""
    told = mistakes(tmp_path, f"[receiver.callbacks.{name}]\n{text}\n")[0]
    assert told.removeprefix(f"[receiver.callbacks.{name.strip(chr(34))}]").lstrip(": ").startswith(mistake)


@pytest.mark.parametrize(
    ("recipe", "mistake"),
    [
        ("{ fields = [] }", "fields: missing"),
        ('{ fields = ["callbackAddr", "code"] }', "address: missing: callbackAddr is the URL"),
        ('{ fields = ["code"] }', "fields: without callbackAddr anybody can make it: set token too"),
        ('{ fields = ["callbackAddr"], address = "env:A", seperator = "" }', "seperator: unknown key"),
    ],
)
def test_a_mistake_in_a_checksum_is_named(tmp_path: Path, recipe: str, mistake: str) -> None:
    """A recipe that cannot be followed, or that proves nothing of who sent it, is a mistake."""
    (told,) = mistakes(tmp_path, f"[receiver.callbacks.agora_client]\nchecksum = {recipe}\n")
    assert told.startswith(f"[receiver.callbacks.agora_client.checksum] {mistake}")


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """Mistakes of the receiver come together with those of the rest of the file."""
    text = '[receiver]\nlisten = "x"\n[receiver.callbacks.a]\n[receiver.callbacks]\nb = 1\n[sources.b]\n'
    told = mistakes(tmp_path, text.replace("[receiver.callbacks]\nb = 1\n", "") + "[receiver.callbacks.c]\nx = 1\n")
    assert [line.split(":")[0] for line in told] == [
        *("[sources.b] storage", "[receiver] listen", "[receiver.callbacks.a]"),
        *("[receiver.callbacks.c] x", "[receiver.callbacks.c]"),
    ]
    assert mistakes(tmp_path, "[receiver]\n") == [
        "[receiver]: nobody may call: add a [receiver.callbacks.NAME]",
    ]


def test_the_examples_receiver_is_right(tmp_path: Path) -> None:
    """What stands commented out in the file that init writes is a receiver once it is no comment."""
    text = EXAMPLE[EXAMPLE.index("# [receiver]") :].partition("\n\n")[0].replace("\n# ", "\n").removeprefix("# ")
    assert [route.name for route in receiver(tmp_path, text).routes] == ["agora_live", "alibaba_live"]


def test_what_a_receiver_is_without_settings(tmp_path: Path) -> None:
    """It listens on this machine only, takes a megabyte, and has its inbox beside the index."""
    found = receiver(tmp_path, OPEN)
    assert (found.host, found.port, found.max_bytes, found.inbox) == ("127.0.0.1", 8321, 2**20, None)
    assert receiver(tmp_path, '[receiver]\nlisten = "[::1]:0"\n' + OPEN).host == "::1"
    assert receiver(tmp_path, '[receiver]\ninbox = "in/box"\n' + OPEN).inbox == tmp_path / "in" / "box"
    assert parse_config(SOURCE, tmp_path / "indexer.toml").receiver is None


def test_a_callback_is_its_providers_unless_it_says_so(tmp_path: Path) -> None:
    """The name is the provider's where no other is given, and the provider says how it signs and what it sends."""
    text = '[receiver.callbacks.agora_live]\nsecret = "env:S"\n[receiver.callbacks.y]\nprovider = "alibaba_oss"\n'
    first, second = receiver(tmp_path, text + 'token = "env:T"\ncontent_types = ["Text/Plain"]\n').routes
    assert (first.provider, first.signature, first.content_types) == ("agora_live", "agora-ncs", ("application/json",))
    assert (second.provider, second.signature, second.content_types) == ("alibaba_oss", None, ("text/plain",))


def test_secrets_are_read_when_the_receiver_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """References are read at the start, and all that point at nothing or hold no usable token are told at once."""
    text = (
        '[receiver.callbacks.agora_live]\nsecret = "env:NCS_SECRET"\n'
        '[receiver.callbacks.x]\ntoken = "file:token.txt"\n[receiver.callbacks.y]\ntoken = "env:SHORT"\n'
    )
    monkeypatch.setenv("SHORT", "a/b")
    found = receiver(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        list(found.secrets())
    first, second, third = (str(mistake) for mistake in caught.value.mistakes)
    assert first == "[receiver.callbacks.agora_live] secret: the environment variable NCS_SECRET is not set"
    assert second.startswith(f"[receiver.callbacks.x] token: {tmp_path / 'token.txt'} cannot be read")
    assert third.startswith("[receiver.callbacks.y] token: must be 16 to 256 of")
    assert "a/b" not in str(caught.value)
    monkeypatch.setenv("NCS_SECRET", "s")
    monkeypatch.setenv("SHORT", TOKEN)
    (tmp_path / "token.txt").write_text(f"{TOKEN}-2\n")
    read = [secrets for _, secrets in found.secrets()]
    assert read == [{"secret": "s"}, {"token": f"{TOKEN}-2"}, {"token": TOKEN}]


def test_a_secret_in_clear_wants_a_private_file(tmp_path: Path) -> None:
    """A token in clear is refused in a file that others can read, and shown nowhere."""
    path = tmp_path / "indexer.toml"
    path.write_text(f'{SOURCE}[receiver.callbacks.x]\ntoken = "{TOKEN}"\n')
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert [mistake.where for mistake in caught.value.mistakes] == ["[receiver.callbacks.x] token"]
    path.chmod(0o600)
    assert TOKEN not in f"{load_config(path)!r}{caught.value}"
