"""Where each of the platform's numbers leads: every vendor, every region, and the documents' own examples."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from indexer.config import parse_config
from indexer.errors import ConfigError
from indexer.vendors import VENDORS
from indexer.vendors.regions import Region, regions

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.vendors.base import Storage

HOSTS = {
    # A number that names no region leads to "-".
    0: """
        rsf-z0.qiniuapi.com rsf-z1.qiniuapi.com rsf-z2.qiniuapi.com rsf-na0.qiniuapi.com rsf-as0.qiniuapi.com
    """,
    1: """
        s3.us-east-1.amazonaws.com s3.us-east-2.amazonaws.com s3.us-west-1.amazonaws.com s3.us-west-2.amazonaws.com
        s3.eu-west-1.amazonaws.com s3.eu-west-2.amazonaws.com s3.eu-west-3.amazonaws.com s3.eu-central-1.amazonaws.com
        s3.ap-southeast-1.amazonaws.com s3.ap-southeast-2.amazonaws.com s3.ap-northeast-1.amazonaws.com
        s3.ap-northeast-2.amazonaws.com s3.sa-east-1.amazonaws.com s3.ca-central-1.amazonaws.com
        s3.ap-south-1.amazonaws.com s3.cn-north-1.amazonaws.com.cn s3.cn-northwest-1.amazonaws.com.cn
        s3.us-gov-west-1.amazonaws.com s3.af-south-1.amazonaws.com s3.ap-east-1.amazonaws.com
        s3.ap-northeast-3.amazonaws.com s3.eu-north-1.amazonaws.com s3.me-south-1.amazonaws.com
        s3.us-gov-east-1.amazonaws.com s3.ap-southeast-3.amazonaws.com s3.eu-south-1.amazonaws.com -
    """,
    2: """
        oss-cn-hangzhou.aliyuncs.com oss-cn-shanghai.aliyuncs.com oss-cn-qingdao.aliyuncs.com
        oss-cn-beijing.aliyuncs.com oss-cn-zhangjiakou.aliyuncs.com oss-cn-huhehaote.aliyuncs.com
        oss-cn-shenzhen.aliyuncs.com oss-cn-hongkong.aliyuncs.com oss-us-west-1.aliyuncs.com
        oss-us-east-1.aliyuncs.com oss-ap-southeast-1.aliyuncs.com oss-ap-southeast-2.aliyuncs.com
        oss-ap-southeast-3.aliyuncs.com oss-ap-southeast-5.aliyuncs.com oss-ap-northeast-1.aliyuncs.com
        oss-ap-south-1.aliyuncs.com oss-eu-central-1.aliyuncs.com oss-eu-west-1.aliyuncs.com
        oss-eu-east-1.aliyuncs.com oss-ap-southeast-6.aliyuncs.com oss-cn-heyuan.aliyuncs.com
        oss-cn-guangzhou.aliyuncs.com oss-cn-chengdu.aliyuncs.com oss-cn-nanjing.aliyuncs.com
        oss-cn-fuzhou.aliyuncs.com oss-cn-wulanchabu.aliyuncs.com - -
    """,
    3: """
        cos.ap-beijing-1.myqcloud.com cos.ap-beijing.myqcloud.com cos.ap-shanghai.myqcloud.com
        cos.ap-guangzhou.myqcloud.com cos.ap-chengdu.myqcloud.com cos.ap-chongqing.myqcloud.com
        cos.ap-shenzhen-fsi.myqcloud.com cos.ap-shanghai-fsi.myqcloud.com cos.ap-beijing-fsi.myqcloud.com
        cos.ap-hongkong.myqcloud.com cos.ap-singapore.myqcloud.com cos.ap-mumbai.myqcloud.com
        cos.ap-seoul.myqcloud.com cos.ap-bangkok.myqcloud.com cos.ap-tokyo.myqcloud.com
        cos.na-siliconvalley.myqcloud.com cos.na-ashburn.myqcloud.com cos.na-toronto.myqcloud.com
        cos.eu-frankfurt.myqcloud.com cos.eu-moscow.myqcloud.com
    """,
    4: """
        kss.ksyun.com ks3-cn-shanghai.ksyuncs.com ks3-cn-qingdao.ksyun.com ks3-cn-beijing.ksyuncs.com
        ks3-cn-guangzhou.ksyuncs.com ks3-cn-hk-1.ksyuncs.com ks3-jr-beijing.ksyuncs.com ks3-jr-shanghai.ksyuncs.com
        ks3-rus.ksyuncs.com ks3-sgp.ksyuncs.com
    """,
    5: """
        {account}.blob.core.windows.net
    """,
    6: """
        storage.googleapis.com
    """,
    7: """
        obs.cn-north-1.myhuaweicloud.com obs.cn-north-4.myhuaweicloud.com obs.cn-east-2.myhuaweicloud.com
        obs.cn-east-3.myhuaweicloud.com obs.cn-south-1.myhuaweicloud.com obs.cn-southwest-2.myhuaweicloud.com
        obs.ap-southeast-1.myhuaweicloud.com obs.ap-southeast-2.myhuaweicloud.com obs.ap-southeast-3.myhuaweicloud.com
        obs.af-south-1.myhuaweicloud.com obs.sa-argentina-1.myhuaweicloud.com obs.sa-peru-1.myhuaweicloud.com
        obs.na-mexico-1.myhuaweicloud.com obs.sa-brazil-1.myhuaweicloud.com obs.la-south-2.myhuaweicloud.com
        obs.sa-chile-1.myhuaweicloud.com
    """,
    8: """
        bj.bcebos.com bd.bcebos.com su.bcebos.com gz.bcebos.com hkg.bcebos.com sin.bcebos.com fwh.bcebos.com
        fsh.bcebos.com
    """,
}
"""The host of every region number of every vendor's, in the order of the numbers from 0."""

DOUBTFUL = {(2, 11), (2, 15), (2, 18), (3, 19), (4, 0), (4, 2), (7, 5), (7, 14), (8, 5)}
"""Numbers whose region is closed, or was never seen in a document of the vendor's."""

EXAMPLES = [
    # Agora, Fusion CDN, "Set custom snapshot configuration" and, without a bucket, "Get custom snapshot configuration".
    """{"accessKey": "{your access key}", "bucket": "{your bucket}", "region": 3, "secretKey": "{your secret key}",
        "vendor": 2}""",
    """{"accessKey": "test access key", "region": 3, "secretKey": "test secret key", "vendor": 2}""",
    # Agora, Fusion CDN, "Get the snapshot capturing configuration", the older document.
    """{"accessKey": "test acces key", "region": 3, "secretKey": "test secret key", "vendor": 2}""",
]

NUMBERED = {vendor.number: name for name, vendor in VENDORS.items() if vendor.number is not None}
CASES = [
    pytest.param(number, region, host, id=f"{number}-{region}")
    for number, hosts in HOSTS.items()
    if number in NUMBERED
    for region, host in enumerate(hosts.split())
]
NAMED = [
    region for vendor in NUMBERED.values() for region in regions(vendor) if region.id and region.host and region.number
]


def storage(folder: Path, **fields: object) -> Storage:
    """The bucket that a pasted storageConfig means."""
    pasted = json.dumps({"bucket": "shots-1250000000", **fields})
    (source,) = parse_config(f"[sources.a]\nstorage = '''{pasted}'''", folder / "indexer.toml").sources
    return source.storage


def mistakes(folder: Path, **fields: object) -> list[str]:
    """What is wrong with a pasted storageConfig."""
    with pytest.raises(ConfigError) as caught:
        storage(folder, **fields)
    return [str(mistake).removeprefix("[sources.a.storage] ") for mistake in caught.value.mistakes]


@pytest.mark.parametrize(("vendor", "region", "host"), CASES)
def test_a_number_leads_to_its_host(tmp_path: Path, vendor: int, region: int, host: str) -> None:
    """Each number of the platform's leads to its vendor's host, or is refused by name with the way out."""
    if host == "-":
        (told,) = mistakes(tmp_path, vendor=vendor, region=region)
        assert told.startswith(f"region: {region} names no region (")
        assert told.endswith("): set endpoint and the provider's own id")
    else:
        assert storage(tmp_path, vendor=vendor, region=region).endpoint == f"https://{host}"


def test_every_number_of_every_vendor_is_tried() -> None:
    """The hosts above are as many as the table's rows."""
    tabled = {number: len(regions(name)) for number, name in NUMBERED.items() if number in HOSTS}
    assert tabled == {number: len(hosts.split()) for number, hosts in HOSTS.items() if number in NUMBERED}


@pytest.mark.parametrize("region", NAMED, ids=lambda region: f"{region.vendor}-{region.number}")
def test_a_region_is_known_by_each_of_its_names(tmp_path: Path, region: Region) -> None:
    """The provider's own id and the platform's spelling, in any case, lead where the number leads."""
    spelled = (region.number, region.id, region.name, region.name.upper(), region.name.lower())
    found = [storage(tmp_path, vendor=region.vendor, region=name) for name in spelled]
    assert {(each.endpoint, each.region) for each in found} == {(f"https://{region.host}", region.id)}


@pytest.mark.parametrize(("vendor", "region", "host"), CASES)
def test_a_doubtful_region_says_so(tmp_path: Path, vendor: int, region: int, host: str) -> None:
    """A region that may not answer is used, with a warning that names it; the others come without one."""
    if host != "-":
        found = storage(tmp_path, vendor=vendor, region=region)
        assert found.doubtful == ((vendor, region) in DOUBTFUL)
        assert bool(found.note and found.note.startswith(f"region {found.region} is ")) == found.doubtful


def test_an_endpoint_of_ones_own_is_in_no_doubt(tmp_path: Path) -> None:
    """Who names an endpoint knows where the bucket is: the region's state is noted, and not warned of."""
    found = storage(tmp_path, vendor=2, region=18, endpoint="https://oss-me-east-1.aliyuncs.com")
    assert (found.region, found.endpoint, found.doubtful) == ("eu-east-1", "https://oss-me-east-1.aliyuncs.com", False)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_documents_examples_are_read(tmp_path: Path, example: str) -> None:
    """An example of the platform's can be pasted as it is; one without a bucket is told what to add."""
    fields = json.loads(example)
    if "bucket" not in fields:
        (told,) = mistakes(tmp_path, **fields, bucket=None)
        assert told.startswith("bucket: missing: the bucket's name")
    found = storage(tmp_path, **fields)
    assert (found.vendor, found.region, found.endpoint) == (
        *("oss", "cn-beijing"),
        "https://oss-cn-beijing.aliyuncs.com",
    )


@pytest.mark.parametrize("number", [number for number in (5, 6) if number in NUMBERED])
@pytest.mark.parametrize("region", [0, 7, 99, "eu", None])
def test_a_region_that_has_no_effect_has_none(tmp_path: Path, number: int, region: int | str | None) -> None:
    """Azure and Google have one host, "whether or not the region parameter is set"."""
    assert storage(tmp_path, vendor=number, region=region).endpoint == f"https://{HOSTS[number].strip()}"


@pytest.mark.parametrize(("region", "signed"), [(0, "us-east-1"), (None, "us-east-1"), ("eu-west-9", "eu-west-9")])
@pytest.mark.parametrize("vendor", [1, 11])
def test_a_store_of_ones_own_may_name_its_region(
    tmp_path: Path, vendor: int, region: int | str | None, signed: str
) -> None:
    """Where an endpoint is named, any text is a region that signatures name, and us-east-1 where there is none."""
    found = storage(tmp_path, vendor=vendor, region=region, endpoint="http://minio:9000/")
    assert (found.region, found.endpoint, found.custom_endpoint) == (signed, "http://minio:9000", True)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (
            {"vendor": 4, "region": "cn_bejing"},
            "region: unknown region 'cn_bejing' of vendor ks3: did you mean BEIJING?",
        ),
        ({"vendor": 1, "region": 27}, "region: unknown region 27 of vendor s3: set endpoint and the provider's own id"),
        (
            {"vendor": 2, "endpoint": "https://oss.test"},
            "region: missing: the platform's number, or the provider's own",
        ),
        ({"vendor": 11, "region": 0}, "endpoint: missing: a self-built store is reached by its endpoint"),
        ({"vendor": 9}, "vendor: unknown vendor 9: known are "),
    ],
)
def test_what_leads_nowhere_is_told_with_the_way_out(tmp_path: Path, fields: dict[str, object], told: str) -> None:
    """A region that is unknown or missing is told with what would be right."""
    (mistake,) = mistakes(tmp_path, **fields)
    assert mistake.startswith(told)
