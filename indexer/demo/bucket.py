"""Makes the sample bucket as a folder, and what moderation said of it beside it."""

from __future__ import annotations

import random
from importlib import resources
from typing import TYPE_CHECKING

from indexer.demo.classroom import add_classroom
from indexer.demo.files import write_files
from indexer.demo.others import add_others
from indexer.demo.payloads import write_payloads
from indexer.demo.sample import Sample
from indexer.demo.seminar import add_seminar
from indexer.demo.streams import add_cover, add_live, add_record, add_relay
from indexer.demo.uploads import add_upload

if TYPE_CHECKING:
    from pathlib import Path


def make_sample(folder: Path, seed: int = 0) -> Sample:
    """Make the bucket, the payload files and the configuration in a folder. The same seed makes the same of them."""
    sample = Sample(folder, random.Random(seed))  # noqa: S311 - a sample, no secret
    add_classroom(sample)
    seminar = add_seminar(sample)
    for add in (add_upload, add_live, add_record, add_cover, add_relay, add_others):
        add(sample)
    write_files(sample)
    write_payloads(sample, seminar)
    config = resources.files("indexer.demo").joinpath("indexer.toml").read_text("utf-8")
    (folder / "indexer.toml").write_text(config, "utf-8")
    return sample
