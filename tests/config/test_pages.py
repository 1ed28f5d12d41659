"""What a [pages] may say, and how each mistake in it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indexer.config import load_config, parse_config
from indexer.config.example import EXAMPLE
from indexer.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.config.pages import Pages

SOURCE = '[sources.a.storage]\nvendor = "local"\nbucket = "shots"\n'
TOKEN = "made-up-token-of-the-pages"
WITH_TOKEN = f'token = "{TOKEN}"\n'
WITH_PROXY = 'user_header = "X-Forwarded-User"\ntrusted_proxies = ["127.0.0.1"]\n'


def pages(folder: Path, text: str) -> Pages:
    """The pages of a configuration."""
    found = parse_config(f"{SOURCE}[pages]\n{text}", folder / "indexer.toml").pages
    assert found
    return found


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("", "[pages]: anybody could look: set token, or user_header"),
        (WITH_TOKEN + WITH_PROXY, "[pages] user_header: contradicts token"),
        ('user_header = "X-User"', "[pages] trusted_proxies: missing: anybody can write X-User"),
        ('user_header = "Cookie"\ntrusted_proxies = ["::1"]', "[pages] user_header: write the header that the proxy"),
        ('user_header = "a b"\ntrusted_proxies = ["::1"]', "[pages] user_header: write the header that the proxy"),
        ('user_header = "X-User"\ntrusted_proxies = ["proxy"]', "[pages] trusted_proxies[0]: is no address"),
        (WITH_TOKEN + 'listen = "0.0.0.0:80"', "[pages] origins: missing: 0.0.0.0 is no address that a browser"),
        (WITH_TOKEN + 'listen = "8322"', '[pages] listen: write it as "127.0.0.1:8322"'),
        (WITH_TOKEN + 'origins = ["shots.example.com"]', "[pages] origins[0]: write it as"),
        (WITH_TOKEN + 'origins = ["https://a.example/b"]', "[pages] origins[0]: write it as"),
        (WITH_TOKEN + 'origins = ["https://me@a.example"]', "[pages] origins[0]: write it as"),
        (WITH_TOKEN + 'origins = ["https://a.example:port"]', "[pages] origins[0]: write it as"),
        (WITH_TOKEN + 'query_memory = "1GB\'; DROP"', '[pages] query_memory: write it as "512MB"'),
        (WITH_TOKEN + "query_seconds = 0", "[pages] query_seconds: input should be greater"),
        (WITH_TOKEN + "queries_at_once = 0", "[pages] queries_at_once: input should be greater"),
        (WITH_TOKEN + 'tokn = "x"', "[pages] tokn: unknown key: did you mean token?"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, mistake: str) -> None:
    """A mistake names its field, and what would be right."""
    with pytest.raises(ConfigError) as caught:
        pages(tmp_path, text)
    (told,) = map(str, caught.value.mistakes)
    assert told.startswith(mistake)


def test_what_pages_are_without_settings(tmp_path: Path) -> None:
    """They are shown on this machine only, a query has half a minute, and a configuration without them has none."""
    found = pages(tmp_path, WITH_TOKEN)
    assert (found.host, found.port, found.user_header, found.origins) == ("127.0.0.1", 8322, None, ())
    assert (found.query_seconds, found.query_memory, found.queries_at_once) == (30, "512MB", 2)
    assert pages(tmp_path, WITH_PROXY).secret() is None
    assert parse_config(SOURCE, tmp_path / "indexer.toml").pages is None


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://shots.example.com/", "https://shots.example.com"),
        ("https://Shots.Example.com:443", "https://shots.example.com"),
        ("http://shots.example.com:8080", "http://shots.example.com:8080"),
        ("http://[::1]:80", "http://[::1]"),
    ],
)
def test_an_origin_is_as_browsers_write_it(tmp_path: Path, text: str, origin: str) -> None:
    """Origins are kept as a browser sends them, without the port that is implied."""
    assert pages(tmp_path, f'{WITH_TOKEN}origins = ["{text}"]').origins == (origin,)


def test_the_token_is_read_when_the_pages_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference is read at the start; one that points at nothing, or at a token that is too short, is told."""
    found = pages(tmp_path, 'token = "env:PAGES_TOKEN"')
    for value, told in ((None, "PAGES_TOKEN is not set"), ("short", "must be 16 to 256")):
        monkeypatch.delenv("PAGES_TOKEN", raising=False)
        if value:
            monkeypatch.setenv("PAGES_TOKEN", value)
        with pytest.raises(ConfigError, match=told):
            found.secret()
    monkeypatch.setenv("PAGES_TOKEN", TOKEN)
    assert found.secret() == TOKEN


def test_a_token_in_clear_wants_a_private_file(tmp_path: Path) -> None:
    """A token in clear is refused in a file that others can read, and shown nowhere."""
    path = tmp_path / "indexer.toml"
    path.write_text(f"{SOURCE}[pages]\n{WITH_TOKEN}")
    path.chmod(0o644)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert [mistake.where for mistake in caught.value.mistakes] == ["[pages] token"]
    path.chmod(0o600)
    assert TOKEN not in f"{load_config(path)!r}{caught.value}"


def test_the_examples_pages_are_right(tmp_path: Path) -> None:
    """What stands commented out in the file that init writes is a configuration of pages once it is no comment."""
    text = EXAMPLE[EXAMPLE.index("# [pages]") :].partition("\n\n")[0].replace("\n# ", "\n").removeprefix("# ")
    assert parse_config(SOURCE + text, tmp_path / "indexer.toml").pages
