"""The rows of an inventory's file as a listing would give them, as SQL over one of DuckDB's readers."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

import duckdb

from indexer.errors import InventoryRefused
from indexer.inventory.dialects.dialect import ANYTHING, KeyEncoding, Role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from indexer.inventory.dialects import Dialect
    from indexer.inventory.manifest import InventoryFile, Manifest
    from indexer.vendors.base import Storage

_LONGEST_REASON = 300
# These say something of this machine and nothing of the inventory.
_OURS = (duckdb.OutOfMemoryException, duckdb.InternalException, duckdb.FatalException)
_NEEDED: tuple[Role, ...] = ("key", "size", "last_modified", "etag", "storage_class")
# What most keys have nothing of is decoded only where there is some of it.
_DECODED: dict[KeyEncoding, str] = {
    "url": "CASE WHEN contains({key}, '%') THEN {unescaped} ELSE {key} END",
    "form": "CASE WHEN contains({key}, '%') THEN {unescaped} ELSE replace({key}, '+', ' ') END",
    "none": "{key}",
}
_UNESCAPED: dict[KeyEncoding, str] = {
    "url": "url_decode({key})",
    "form": "url_decode(replace({key}, '+', ' '))",
    "none": "{key}",
}
# What an encoder never leaves: such a key was not encoded, and would be decoded to another.
_NOT_ENCODED = "regexp_matches({key}, '%([^0-9A-Fa-f]|.?$|.[^0-9A-Fa-f])')"


@dataclass(frozen=True, slots=True)
class Reading:
    """How the files of one inventory are read for one source."""

    manifest: Manifest
    dialect: Dialect
    storage: Storage
    key_encoding: KeyEncoding | None = None

    def check(self) -> None:
        """Check that the inventory is of this bucket, and tells of each object what an index holds.

        Raises:
            InventoryRefused: it is of another, it leaves out a part of it, or a column.
        """
        buckets, bucket, name = self.manifest.buckets, self.storage.bucket, self.manifest.name
        if buckets and bucket not in buckets:
            raise InventoryRefused(name, f"it is of the bucket {buckets[0]!r}, and the source's is {bucket!r}")
        missing = [role for role in _NEEDED if role not in self._roles()]
        if missing:
            raise InventoryRefused(name, f"its columns lack {', '.join(missing)}: have the inventory written with them")
        scopes = self.manifest.scopes
        if scopes is not None and not any(self._whole_prefix().startswith(scope) for scope in scopes):
            raise InventoryRefused(name, f"it is only of {', '.join(map(repr, scopes))}: the source is more than that")

    def sql(self, path: Path, *, gzipped: bool) -> str:
        """SQL that gives the objects of a file as ``arrived``: the columns of a listing, and ``shard``, which is 0."""
        roles = self._roles()
        etag = _column(roles["etag"])
        if "md5" in roles:
            etag = f"coalesce(lower(hex(from_base64(nullif({_column(roles['md5'])}, '')))), {etag})"
        objects = _filled(
            "objects",
            own_key=self._stripped(),
            size=_column(roles["size"]),
            etag=etag,
            instant=self._instant(_column(roles["last_modified"])),
            storage_class=_column(roles["storage_class"]),
            decoded=self._key(),
            key=_column(roles["key"]),
            file=self._reader(path, gzipped=gzipped),
            shown=self._shown(),
            prefix=_quoted(self._whole_prefix()),
        )
        return f"({objects})"

    def counting(self, path: Path, *, gzipped: bool) -> str:
        """SQL that counts the rows of a file, and those of them that a listing of all of the bucket would show."""
        counted = f"count(*), count(*) FILTER (WHERE {self._shown()})"
        return f"SELECT {counted} FROM {self._reader(path, gzipped=gzipped)}"  # noqa: S608 - quoted

    def check_counts(self, rows: int, shown: int, keys: int) -> None:
        """Check what can only be said of all files together.

        ``rows`` and ``shown`` are those of ``counting``, and ``keys`` how many of them were the source's.

        Raises:
            InventoryRefused: there are more or fewer rows than the manifest counts, or none that is the source's.
        """
        manifest, prefix = self.manifest, self.storage.prefix
        if manifest.rows is not None and manifest.rows != rows:
            raise InventoryRefused(manifest.name, f"it counts {manifest.rows} rows, and its files hold {rows}")
        if shown and not keys:
            advice = "see whether key_encoding is right, and whether the inventory is of this prefix"
            raise InventoryRefused(manifest.name, f"none of its {shown} keys begins with {prefix!r}: {advice}")

    @contextmanager
    def told(self, file: InventoryFile) -> Iterator[None]:
        """Have DuckDB's errors say which file they are of.

        Raises:
            InventoryRefused: DuckDB cannot read it, or reads what is no inventory.
        """
        try:
            yield
        except _OURS:
            raise
        except duckdb.Error as error:
            raise InventoryRefused(self.manifest.name, f"{file.name}: {_reason(error)}") from error

    def _roles(self) -> dict[Role, int]:
        """Where each column stands."""
        known = self.dialect.columns
        return {known[name]: at for at, name in enumerate(map(_plain, self.manifest.columns)) if name in known}

    def _whole_prefix(self) -> str:
        prefix = self.storage.prefix
        return f"{self.storage.bucket}/{prefix}" if self.dialect.in_container else prefix

    def _stripped(self) -> str:
        key = _column(self._roles()["key"])
        return f"substr({key}, {len(self.storage.bucket) + 2})" if self.dialect.in_container else key

    def _key(self) -> str:
        """The key as it is, checked: an error ends the reading, and says what to do."""
        roles, encoding = self._roles(), self._encoding()
        key = _column(roles["key"])
        advice = _quoted(f"a key is not encoded ({encoding}): set key_encoding")
        unescaped = _UNESCAPED[encoding].format(key=key)
        checked = f"CASE WHEN {_NOT_ENCODED.format(key=key)} THEN error({advice}) ELSE {unescaped} END"
        decoded = _DECODED[encoding].format(key=key, unescaped=checked)
        if "bucket" not in roles:
            return decoded
        bucket = _column(roles["bucket"])
        buckets = ", ".join(map(_quoted, self.manifest.buckets or (self.storage.bucket,)))
        return (
            f"CASE WHEN coalesce({bucket}, '') NOT IN ({buckets}) "
            f"THEN error('a row is of the bucket ' || coalesce({bucket}, 'without a name')) ELSE {decoded} END"
        )

    def _instant(self, column: str) -> str:
        # A Parquet file's instant may come with a time zone, and a cast would show it in this machine's.
        return f"{column}::TIMESTAMP" if self.manifest.format == "csv" else f"make_timestamp(epoch_us({column}))"

    def _encoding(self) -> KeyEncoding:
        written: KeyEncoding = self.dialect.key_encoding if self.manifest.format == "csv" else "none"
        return self.key_encoding or written

    def _shown(self) -> str:
        """Only what a listing would show: no old versions, no delete markers."""
        kept = []
        for at, name in enumerate(map(_plain, self.manifest.columns)):
            marker = self.dialect.dropped.get(name)
            text = f"coalesce(lower({_column(at)}::VARCHAR), '')"
            if marker is not None:
                kept.append(f"{text} = ''" if marker == ANYTHING else f"{text} <> '{marker}'")
        return " AND ".join(kept) or "true"

    def _reader(self, path: Path, *, gzipped: bool) -> str:
        """The columns of a file by their places: ``c0``, ``c1`` and so on."""
        quoted, count = _quoted(_unglobbed(str(path))), len(self.manifest.columns)
        if self.manifest.format == "csv":
            return _filled(
                "csv",
                path=quoted,
                header=str(self.manifest.header).lower(),
                compression="gzip" if gzipped else "none",
                columns="{" + ", ".join(f"'c{at}': 'VARCHAR'" for at in range(count)) + "}",
            )
        names = ", ".join(f"{_identifier(name)} AS c{at}" for at, name in enumerate(self.manifest.columns))
        return f"(SELECT {names} FROM read_parquet([{quoted}]))"  # noqa: S608 - quoted


def _reason(error: duckdb.Error) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:_LONGEST_REASON] if lines else type(error).__name__


def _filled(name: str, **parts: str) -> str:
    """A statement with its parts in it, each of them put in once: what stands in a part is never taken for another."""
    text = resources.files("indexer.inventory").joinpath("sql", f"{name}.sql").read_text("utf-8")
    return re.sub(r"\{(\w+)\}", lambda part: parts[part[1]], text)


def _plain(column: str) -> str:
    """A column's name without how its vendor parts words: ``LastModifiedDate``, ``last_modified_date``, ``e_tag``."""
    return re.sub(r"[^a-z0-9]", "", column.casefold())


def _column(at: int) -> str:
    return f"c{at}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _identifier(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _unglobbed(path: str) -> str:
    """A path in which nothing is a pattern."""
    return re.sub(r"([*?\[])", r"[\1]", path)
