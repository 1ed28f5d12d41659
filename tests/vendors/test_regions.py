"""The region table: each number leads to a region and its host, or says that it leads nowhere."""

from __future__ import annotations

import pytest
from botocore.session import Session

from indexer.vendors import VENDORS
from indexer.vendors.regions import Region, find_region, regions

ALL = [region for vendor in VENDORS for region in regions(vendor)]
OK = [region for region in ALL if region.state == "ok"]
NAMED = [vendor for vendor in VENDORS if regions(vendor) and regions(vendor)[0].state != "any"]
"""The vendors whose regions have names."""
ANYWHERE = [vendor for vendor in VENDORS if regions(vendor) and vendor not in NAMED]
"""The vendors that have one place for every number."""

each_region = pytest.mark.parametrize("region", ALL, ids=lambda region: f"{region.vendor}-{region.number}")


def test_every_vendor_but_a_folder_has_regions() -> None:
    """A vendor with a number of the platform's has rows, and only a folder has neither."""
    assert [name for name, vendor in VENDORS.items() if bool(regions(name)) == vendor.is_folder] == []
    assert [name for name, vendor in VENDORS.items() if (vendor.number is None) != vendor.is_folder] == []


def test_every_region_that_is_ok_has_an_id_and_a_host() -> None:
    """A row with state ok can be used: it has the provider's id and the endpoint that serves it."""
    assert [region for region in OK if not (region.id and region.host)] == []


@pytest.mark.parametrize("vendor", [name for name in ("s3", "oss", "cos", "obs", "bos", "qiniu") if name in VENDORS])
def test_hosts_are_spelled_alike(vendor: str) -> None:
    """A vendor's hosts follow one pattern around the id; Amazon's regions in China end with .cn."""
    patterns = {str(region.host).replace(str(region.id), "{id}") for region in regions(vendor) if region.host}
    assert {pattern.removesuffix(".cn") for pattern in patterns} == {patterns.pop().removesuffix(".cn")}


def test_states_are_known() -> None:
    """No row has a state that nothing explains."""
    assert {region.state for region in ALL} <= {"ok", "legacy", "closed", "unconfirmed", "none", "any"}


def test_a_row_that_is_not_ok_says_why() -> None:
    """A number that cannot be used, or may not answer, has a note for the message that says so."""
    assert [region for region in ALL if (region.doubtful or region.state == "none") and not region.note] == []


@pytest.mark.parametrize("vendor", NAMED)
def test_numbers_and_names_are_given_once(vendor: str) -> None:
    """No number, name or id of a vendor stands in two rows, and numbers count from 0 without a gap."""
    table = regions(vendor)
    assert [region.number for region in table] == list(range(len(table)))
    names = [name for region in table for name in set(region.names)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("vendor", "number"), [("s3", 26), ("oss", 26), ("oss", 27)])
def test_some_numbers_name_no_region(vendor: str, number: int) -> None:
    """Amazon's 26 closes Agora's list and two of Alibaba's name nothing, though SDKs would take their spellings."""
    marker = find_region(vendor, number)
    assert marker is not None
    assert (marker.state, marker.id, marker.host) == ("none", None, None)


@each_region
def test_a_region_is_found_by_its_number(region: Region) -> None:
    """A number is looked up as a number."""
    assert find_region(region.vendor, region.number) == region


@each_region
@pytest.mark.parametrize("spell", [str, str.lower, str.upper, str.title], ids=lambda spell: spell.__name__)
def test_a_region_is_found_by_its_spelling(region: Region, spell: type[str]) -> None:
    """The platform's spelling and the provider's id are found in upper and lower case, with _ or -."""
    for name in filter(None, (region.name, region.id)):
        for spelled in (name, name.replace("_", "-"), name.replace("-", "_"), f" {name} "):
            assert find_region(region.vendor, spell(spelled)) == region


@pytest.mark.parametrize("wanted", [-1, 99, "", "None", "atlantis-1", "cn", None])
@pytest.mark.parametrize("vendor", NAMED)
def test_what_is_no_region_is_not_found(vendor: str, wanted: int | str | None) -> None:
    """A number or a name that the table lacks is None."""
    assert find_region(vendor, wanted) is None


@pytest.mark.parametrize("wanted", [0, 7, "eu", None])
@pytest.mark.parametrize("vendor", ANYWHERE)
def test_a_vendor_without_regions_is_found_whatever_is_said(vendor: str, wanted: int | str | None) -> None:
    """Azure, Google and self-built stores read no number: "the region parameter has no effect"."""
    assert find_region(vendor, wanted) == regions(vendor)[0]


def test_regions_of_one_vendor_are_not_found_at_another() -> None:
    """The same id means another place at another vendor."""
    at_amazon, at_alibaba = find_region("s3", "us-west-1"), find_region("oss", "us-west-1")
    assert at_amazon is not None
    assert at_alibaba is not None
    assert at_amazon.host != at_alibaba.host


def test_an_unknown_vendor_has_no_regions() -> None:
    """A vendor without a table has no rows."""
    assert regions("nobody") == ()


def test_amazons_ids_are_known_to_botocore() -> None:
    """Every id of Amazon's that can be used stands in botocore's own endpoint data."""
    session = Session()
    known = {name for part in session.get_available_partitions() for name in session.get_available_regions("s3", part)}
    assert {region.id for region in regions("s3") if region.state == "ok"} <= known
