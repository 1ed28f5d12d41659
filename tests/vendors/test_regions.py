"""The region table: each number leads to a region and its host, or says that it leads nowhere."""

from __future__ import annotations

import pytest
from botocore.session import Session

from indexer.vendors import ADAPTERS, NUMBERS
from indexer.vendors.regions import Region, find_region, regions

VENDORS = ("s3", "oss", "cos")
ALL = [region for vendor in VENDORS for region in regions(vendor)]
OK = [region for region in ALL if region.state == "ok"]

each_region = pytest.mark.parametrize("region", ALL, ids=lambda region: f"{region.vendor}-{region.number}")


def test_every_region_that_is_ok_has_an_id_and_a_host() -> None:
    """A row with state ok can be used: it has the provider's id and the endpoint that serves it."""
    assert [region for region in OK if not (region.id and region.host)] == []


def test_an_id_is_part_of_its_host() -> None:
    """A row's host is the host of that row's region."""
    assert [region for region in ALL if region.host and str(region.id) not in region.host] == []


@pytest.mark.parametrize(
    ("vendor", "host"),
    [
        ("s3", "s3.{id}.amazonaws.com"),
        ("oss", "oss-{id}.aliyuncs.com"),
        ("cos", "cos.{id}.myqcloud.com"),
    ],
)
def test_hosts_are_spelled_alike(vendor: str, host: str) -> None:
    """A vendor's hosts follow one pattern; Amazon's regions in China end with .cn."""
    spelled = {region.host for region in regions(vendor) if region.host}
    patterned = {host.format(id=region.id) for region in regions(vendor) if region.host}
    assert {name.removesuffix(".cn") for name in spelled} == patterned


def test_states_are_known() -> None:
    """No row has a state that nothing explains."""
    assert {region.state for region in ALL} == {"ok", "closed", "unconfirmed", "none"}


def test_a_row_that_is_not_ok_says_why() -> None:
    """A number that cannot be used has a note for the message that refuses it."""
    assert [region for region in ALL if region.state != "ok" and not region.note] == []


@pytest.mark.parametrize("vendor", VENDORS)
def test_numbers_and_names_are_given_once(vendor: str) -> None:
    """No number, name or id of a vendor stands in two rows, and numbers count from 0 without a gap."""
    table = regions(vendor)
    assert [region.number for region in table] == list(range(len(table)))
    assert len({region.name.casefold() for region in table}) == len(table)
    ids = [region.id for region in table if region.id]
    assert len(set(ids)) == len(ids)


def test_the_end_marker_of_amazons_numbers_is_no_region() -> None:
    """Number 26 closes Agora's list for Amazon and names no region, though boto3 would take its spelling for one."""
    marker = find_region("s3", 26)
    assert marker is not None
    assert (marker.state, marker.id, marker.host) == ("none", None, None)


@each_region
def test_a_region_is_found_by_its_number(region: Region) -> None:
    """A number is looked up as a number."""
    assert find_region(region.vendor, region.number) == region


@each_region
@pytest.mark.parametrize("spell", [str, str.lower, str.upper, str.title], ids=lambda spell: spell.__name__)
def test_a_region_is_found_by_its_spelling(region: Region, spell: type[str]) -> None:
    """The platform's spelling and the provider's id are found in upper and lower case."""
    assert find_region(region.vendor, spell(region.name)) == region
    if region.id:
        assert find_region(region.vendor, spell(region.id)) == region


@pytest.mark.parametrize("wanted", [-1, 99, "", "None", "atlantis-1", "cn"])
@pytest.mark.parametrize("vendor", VENDORS)
def test_what_is_no_region_is_not_found(vendor: str, wanted: int | str) -> None:
    """A number or a name that the table lacks is None."""
    assert find_region(vendor, wanted) is None


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


def test_every_adapter_has_a_number() -> None:
    """Every adapter but that of a local folder is one of the platform's numbered vendors."""
    assert set(ADAPTERS) - set(NUMBERS.values()) == {"local"}
