"""What ``indexer demo`` does with its sample, without the commands."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from indexer.config import load_config
from indexer.demo import BODIES, TABLE, TABLE_PROVIDER, delete_doomed, replace_judged
from indexer.ingest import ingest_files
from indexer.reconcile import reconcile
from indexer.sync import sync

if TYPE_CHECKING:
    from indexer.config import Config
    from indexer.demo import Sample
    from indexer.reconcile import Summary


def indexed(sample: Sample) -> Config:
    """List the sample before and after what happens to it, and take in what was said of it."""
    config = load_config(sample.folder / "indexer.toml")
    sync(config.index, config.sources)
    delete_doomed(sample)
    replace_judged(sample)
    sync(config.index, config.sources)
    for names, provider in ((BODIES, None), ((TABLE,), TABLE_PROVIDER)):
        paths = [str(sample.folder / name) for name in names]
        ingest_files(config.index, paths, provider=provider, generics=config.generics, stdin=io.BytesIO())
    return config


def reconciled(config: Config) -> Summary:
    """Reconcile what is indexed."""
    return reconcile(config.index, config.sources)
