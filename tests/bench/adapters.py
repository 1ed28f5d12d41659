"""Runs each vendor's adapter and its SDK in turn over the same pages."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .environments import ROOT, environment
from .measuring import BenchmarkError
from .pagers.pages import BUCKET, PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .environments import Installed
    from .report import Row

_PAGERS = f"{__package__}.pagers"
_SDKS = Path(__file__).parent / "pagers" / "sdks.py"


class Pair(NamedTuple):
    """A vendor's adapter and API, and the SDK it is held against: its package, name and API."""

    vendor: str
    api: str
    package: str
    sdk: str
    sdk_api: str


PAIRS = (
    Pair("s3", "s3", "boto3", "boto3", "s3"),
    Pair("s3-compatible", "s3", "boto3", "boto3", "s3"),
    Pair("oss", "s3", "oss2", "oss2", "s3"),
    Pair("cos", "s3", "cos-python-sdk-v5", "cos", "s3"),
    Pair("ks3", "s3", "ks3sdk", "ks3", "s3"),
    Pair("azure", "azure", "azure-storage-blob", "azure", "azure"),
    Pair("gcs", "s3", "google-cloud-storage", "gcs", "gcs"),
    Pair("obs", "s3", "esdk-obs-python", "obs", "s3"),
    Pair("bos", "bos", "bce-python-sdk", "bce", "bos"),
    Pair("qiniu", "qiniu", "qiniu", "qiniu", "qiniu"),
)


class Taken(NamedTuple):
    """Keys a second by the clock, and microseconds of the processors a key."""

    keys_per_s: float
    cpu_us: float


def contest(ours: Installed, keys: int, rounds: int, only: tuple[str, ...] = ()) -> list[Row]:
    """A row a vendor: both rates in keys a second, both costs in microseconds of CPU a key, and our rate in theirs."""
    return [_row(pair, ours, keys, rounds) for pair in PAIRS if not only or pair.vendor in only]


def _row(pair: Pair, ours: Installed, keys: int, rounds: int) -> Row:
    with _serving(pair.api, keys) as url, _serving(pair.sdk_api, keys) as sdk_url:
        adapter = [str(ours.python), "-m", f"{_PAGERS}.adapter", pair.vendor, url]
        sdk = [str(environment(pair.package) / "python"), str(_SDKS), pair.sdk, sdk_url]
        taken = [(_run(adapter, keys), _run(sdk, keys)) for _ in range(rounds)]
    mine, theirs = (_median([both[side] for both in taken]) for side in (0, 1))
    return {
        "vendor": pair.vendor,
        "sdk": pair.package,
        "keys_per_s": mine.keys_per_s,
        "sdk_keys_per_s": theirs.keys_per_s,
        "ratio": mine.keys_per_s / theirs.keys_per_s,
        "cpu_us": mine.cpu_us,
        "sdk_cpu_us": theirs.cpu_us,
        "cpu_ratio": theirs.cpu_us / mine.cpu_us,
    }


def _run(command: list[str], keys: int) -> Taken:
    printed = subprocess.run([*command, BUCKET, PREFIX], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    told = json.loads(printed.splitlines()[-1])
    if told["keys"] != keys:
        raise BenchmarkError(f"{' '.join(command)} saw {told['keys']:,} of {keys:,} keys")
    return Taken(keys / told["wall"], told["cpu"] / keys * 1_000_000)


def _median(taken: list[Taken]) -> Taken:
    return Taken(*(statistics.median(values) for values in zip(*taken, strict=True)))


@contextmanager
def _serving(api: str, keys: int) -> Iterator[str]:
    command = [sys.executable, "-m", f"{_PAGERS}.server", api, str(keys)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()
