"""screenshot-indexer: knows what your live-video screenshots say.

The names a notebook needs::

    import indexer

    indexer.decode(["shots/38f8e3_room_1__uid_s_7__uid_e_video_20260105100005000.jpg"]).to_pylist()
    config = indexer.load_config(Path("indexer.toml"))
    indexer.sync(config.index, config.sources)
    with indexer.reading(config.index) as connection:
        connection.sql("SELECT * FROM violations").df()
"""

__version__ = "0.1.0"

from indexer.config import Config, Source, load_config
from indexer.naming import Layout, Template, decode
from indexer.store import reading
from indexer.sync import sync

__all__ = ["Config", "Layout", "Source", "Template", "__version__", "decode", "load_config", "reading", "sync"]
