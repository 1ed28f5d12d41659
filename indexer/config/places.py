"""From a storage table to the bucket it means: vendor, region, endpoint, prefix, credentials."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from indexer.config.secrets import CredentialReference, no_credentials
from indexer.config.settings import place
from indexer.errors import Mistake
from indexer.vendors import VENDORS
from indexer.vendors.base import Storage
from indexer.vendors.regions import find_region, regions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indexer.config.settings import StorageSettings
    from indexer.vendors.base import Credentials
    from indexer.vendors.regions import Region

_NUMBERS = {vendor.number: name for name, vendor in VENDORS.items() if vendor.number is not None}
_DEFAULT_REGION = {"s3": "us-east-1", "s3-compatible": "us-east-1"}
_NO_ENDPOINT = ("s3-compatible",)


class StorageReader:
    """Reads one storage table and collects all that is wrong with it."""

    def __init__(self, settings: StorageSettings, table: str, folder: Path, mistakes: list[Mistake]) -> None:
        self._settings = settings
        self._table = table
        self._folder = folder
        self._mistakes = mistakes

    def storage(self) -> Storage | None:
        """The bucket that the table means, or ``None`` where it means none."""
        before = len(self._mistakes)
        vendor = self._vendor()
        bucket = self._bucket(vendor)
        prefix = self._prefix()
        credentials = self._credentials()
        endpoint = self._endpoint()
        region, host, note = self._region(vendor, custom=endpoint is not None)
        if vendor is None or len(self._mistakes) > before:
            return None
        if vendor == "local":
            folder = (self._folder / bucket).resolve()
            return Storage("local", None, str(folder), folder.name, prefix, no_credentials)
        return Storage(
            vendor, region, endpoint or f"https://{host}", bucket, prefix, credentials, endpoint is not None, note
        )

    def _wrong(self, field: str, what: str) -> None:
        self._mistakes.append(Mistake(place(self._table, field), what))

    def _reported(self, field: str) -> bool:
        return any(mistake.where == place(self._table, field) for mistake in self._mistakes)

    def _vendor(self) -> str | None:
        wanted = self._settings.vendor
        if wanted is None:
            if not self._reported("vendor"):
                self._wrong("vendor", f"missing: one of {', '.join(VENDORS)}, or the platform's number")
            return None
        name = _NUMBERS.get(wanted) if isinstance(wanted, int) else wanted.strip().casefold()
        if name in VENDORS:
            return name
        nearest = difflib.get_close_matches(str(wanted).casefold(), VENDORS, n=1)
        advice = f"did you mean {nearest[0]}?" if nearest else f"known are {_numbers()} and local"
        self._wrong("vendor", f"unknown vendor {wanted!r}: {advice}")
        return None

    def _bucket(self, vendor: str | None) -> str:
        bucket = self._settings.bucket or ""
        if not bucket and not self._reported("bucket"):
            what = "the folder of the screenshots" if vendor == "local" else "the bucket's name"
            self._wrong("bucket", f"missing: {what}; the platforms leave it out of what they give back")
        if bucket and vendor == "cos" and not bucket.rpartition("-")[2].isdigit():
            self._wrong(
                "bucket", f"a COS bucket's name ends with its APPID, as in shots-1250000000, and not {bucket!r}"
            )
        return bucket

    def _prefix(self) -> str:
        for number, element in enumerate(self._settings.fileNamePrefix):
            if not element or "/" in element:
                self._wrong(
                    f"fileNamePrefix[{number}]",
                    f"each folder is an element of its own, without a slash: "
                    f"write {[part for part in element.split('/') if part]} and not {[element]}",
                )
        return "".join(f"{element}/" for element in self._settings.fileNamePrefix)

    def _credentials(self) -> Callable[[], Credentials | None]:
        access, secret = self._settings.accessKey, self._settings.secretKey
        if access and secret:
            expires_at = self._settings.stsExpiration
            return CredentialReference(access, secret, self._settings.stsToken, expires_at, self._folder)
        for field, other, value in (("accessKey", "secretKey", secret), ("secretKey", "accessKey", access)):
            if value:
                self._wrong(field, f"missing, while {other} is there")
        return no_credentials

    def _endpoint(self) -> str | None:
        extension = self._settings.extensionParams
        text = self._settings.endpoint or (extension.endpoint if extension else None)
        if not text:
            return None
        url = urlsplit(text if "://" in text else f"https://{text}")
        plain = url.hostname and url.scheme in ("http", "https") and not (url.query or url.fragment or url.username)
        if not plain or url.path.strip("/"):
            self._wrong("endpoint", "write https://HOST or https://HOST:PORT, with nothing after it")
            return None
        return f"{url.scheme}://{url.netloc}"

    def _region(self, vendor: str | None, *, custom: bool) -> tuple[str | None, str | None, str | None]:
        """The provider's region id, its host, and what the table notes of it."""
        wanted = self._settings.region
        if vendor is None or vendor == "local" or self._reported("region"):
            return None, None, None
        if vendor in _NO_ENDPOINT:
            if not custom and not self._reported("endpoint"):
                self._wrong("endpoint", "missing: a self-built store is reached by its endpoint, https://HOST")
            return wanted if isinstance(wanted, str) else _DEFAULT_REGION[vendor], None, None
        if wanted is None:
            if not (custom and vendor in _DEFAULT_REGION):
                self._wrong("region", "missing: the platform's number, or the provider's own id")
            return _DEFAULT_REGION.get(vendor), None, None
        return self._known_region(vendor, find_region(vendor, wanted), wanted, custom=custom)

    def _known_region(
        self, vendor: str, found: Region | None, wanted: int | str, *, custom: bool
    ) -> tuple[str | None, str | None, str | None]:
        if found and found.id:
            return found.id, found.host, found.note
        if custom and isinstance(wanted, str):
            return wanted, None, None
        if found:
            self._wrong("region", f"{wanted} names no region ({found.note}): set the provider's own id, or endpoint")
        else:
            ids = [str(region.id) for region in regions(vendor) if region.id]
            nearest = difflib.get_close_matches(str(wanted).casefold(), ids, n=1)
            advice = f"did you mean {nearest[0]}?" if nearest else "write the provider's own id and its endpoint"
            self._wrong("region", f"unknown region {wanted!r} of vendor {vendor}: {advice}")
        return None, None, None


def _numbers() -> str:
    return ", ".join(f"{number} ({name})" for number, name in _NUMBERS.items())
