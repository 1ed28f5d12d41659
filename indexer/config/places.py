"""From a storage table to the bucket it means: vendor, region, endpoint, prefix, credentials."""

from __future__ import annotations

import difflib
import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from indexer.config.secrets import CredentialDocument, CredentialReference, is_reference, no_credentials
from indexer.config.settings import place
from indexer.errors import Mistake
from indexer.vendors import VENDORS
from indexer.vendors.base import Storage
from indexer.vendors.regions import Region, find_region, regions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pydantic import SecretStr

    from indexer.config.settings import StorageSettings
    from indexer.vendors import Vendor
    from indexer.vendors.base import Credentials

_NUMBERS = {vendor.number: name for name, vendor in VENDORS.items() if vendor.number is not None}
_NOWHERE = Region("", 0, "", "none", ())


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
        name = self._vendor()
        vendor = VENDORS[name] if name else None
        bucket = self._bucket(vendor)
        prefix = self._prefix()
        credentials = self._credentials()
        endpoint = self._endpoint()
        domain = self._url("domain", self._settings.domain)
        region = self._region(name, vendor, custom=endpoint is not None)
        if name is None or vendor is None or len(self._mistakes) > before:
            return None
        if vendor.is_folder:
            folder = (self._folder / bucket).resolve()
            return Storage(name, None, str(folder), folder.name, prefix, no_credentials)
        return Storage(
            vendor=name,
            region=region.id,
            endpoint=endpoint or f"https://{region.host}",
            bucket=bucket,
            prefix=prefix,
            credentials=credentials,
            custom_endpoint=endpoint is not None,
            note=_note(region),
            doubtful=region.doubtful and endpoint is None,
            domain=domain,
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

    def _bucket(self, vendor: Vendor | None) -> str:
        bucket = self._settings.bucket or ""
        if not bucket and not self._reported("bucket"):
            what = "the folder of the screenshots" if vendor and vendor.is_folder else "the bucket's name"
            self._wrong("bucket", f"missing: {what}; the platforms leave it out of what they give back")
        names = vendor.bucket_names if vendor else None
        if bucket and names and not re.fullmatch(names.pattern, bucket):
            self._wrong("bucket", f"{names.rule}, and not {bucket!r}")
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
        if self._settings.credentials:
            return self._document(self._settings.credentials)
        access, secret = self._settings.accessKey, self._settings.secretKey
        if access and secret:
            expires_at = self._settings.stsExpiration
            return CredentialReference(access, secret, self._settings.stsToken, expires_at, self._folder)
        for field, other, value in (("accessKey", "secretKey", secret), ("secretKey", "accessKey", access)):
            if value:
                self._wrong(field, f"missing, while {other} is there")
        return no_credentials

    def _document(self, reference: SecretStr) -> CredentialDocument:
        if not is_reference(reference.get_secret_value()):
            self._wrong("credentials", "write command:PROGRAM, file:PATH or env:NAME")
        for field in ("accessKey", "secretKey", "stsToken", "stsExpiration"):
            if getattr(self._settings, field) is not None:
                self._wrong(field, "leave it out: credentials has it")
        return CredentialDocument(reference, self._folder)

    def _endpoint(self) -> str | None:
        extension = self._settings.extensionParams
        return self._url("endpoint", self._settings.endpoint or (extension.endpoint if extension else None))

    def _url(self, field: str, text: str | None) -> str | None:
        if not text:
            return None
        url = _host_only(text if "://" in text else f"https://{text}")
        if url is None:
            self._wrong(field, "write https://HOST or https://HOST:PORT, with nothing after it")
        return url

    def _region(self, name: str | None, vendor: Vendor | None, *, custom: bool) -> Region:
        """The region that is meant, or one that means nothing where there is none or it was told why."""
        if name is None or vendor is None or vendor.is_folder or self._reported("region"):
            return _NOWHERE
        wanted = self._settings.region
        found = find_region(name, wanted)
        if custom and isinstance(wanted, str) and (found is None or found.state == "any"):
            return replace(_NOWHERE, id=wanted)
        if found and (found.host or (custom and found.id)):
            return found
        if custom and wanted is None and vendor.default_region:
            return replace(_NOWHERE, id=vendor.default_region)
        self._lost(name, wanted, found)
        return _NOWHERE

    def _lost(self, name: str, wanted: int | str | None, found: Region | None) -> None:
        """Tell what is missing or wrong where neither a region nor an endpoint leads to the bucket."""
        if found and found.id:
            if not self._reported("endpoint"):
                self._wrong("endpoint", "missing: a self-built store is reached by its endpoint, https://HOST")
        elif found:
            self._wrong("region", f"{wanted} names no region ({found.note}): set endpoint and the provider's own id")
        elif wanted is None:
            self._wrong("region", "missing: the platform's number, or the provider's own id")
        else:
            known = {spelled: region.id for region in regions(name) if region.id for spelled in region.names}
            nearest = difflib.get_close_matches(str(wanted).casefold(), known, n=1)
            advice = f"did you mean {known[nearest[0]]}?" if nearest else "set endpoint and the provider's own id"
            self._wrong("region", f"unknown region {wanted!r} of vendor {name}: {advice}")


def _host_only(url: str) -> str | None:
    """A URL without its last slash, where it is a scheme, a host and perhaps a port; ``None`` otherwise."""
    try:
        parts = urlsplit(url)
        plain = parts.hostname and parts.scheme in ("http", "https") and parts.port != 0
    except ValueError:  # brackets without an address, or a port that is no number
        return None
    more = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    return None if more or not plain else f"{parts.scheme}://{parts.netloc}"


def _note(region: Region) -> str | None:
    return f"region {region.id} is {region.state}: {region.note}" if region.doubtful else region.note


def _numbers() -> str:
    return ", ".join(f"{number} ({name})" for number, name in sorted(_NUMBERS.items()))
