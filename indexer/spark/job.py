"""What ``spark-submit`` starts: ``spark-submit job.py --config indexer.toml --lake DIR``, with the command's options.

Everything that it needs has to be installed in the Python of the driver and of each executor (``PYSPARK_PYTHON``).
"""

from __future__ import annotations

import sys

from indexer.cli import main

if __name__ == "__main__":
    main(["spark", "sync", *sys.argv[1:]], prog_name="indexer")
