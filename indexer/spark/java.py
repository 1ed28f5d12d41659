"""Looks for the Java that Spark runs on, so that a missing one is told in a sentence and not in a stack of Java's."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from indexer.errors import EngineMissing

if TYPE_CHECKING:
    from collections.abc import Mapping

LEAST_VERSION = 17
"""What Spark 4 needs: https://spark.apache.org/docs/latest/#downloading."""

_WAIT_SECONDS = 30
_VERSION = re.compile(r'version "(?:1\.)?(\d+)')
_NEXT = (
    f"install Java {LEAST_VERSION} or later (Debian: `apt install openjdk-17-jre-headless`) and let JAVA_HOME name it"
)


def check_java(environment: Mapping[str, str] = os.environ) -> int:
    """The major version of the Java that Spark will start: that of ``JAVA_HOME``, or else of ``PATH``.

    Raises:
        EngineMissing: there is none, it does not run, or it is too old.
    """
    home = environment.get("JAVA_HOME")
    java = os.path.join(home, "bin", "java") if home else shutil.which("java", path=environment.get("PATH"))  # noqa: PTH118
    if not java:
        raise EngineMissing(f"Spark needs Java, and neither JAVA_HOME nor PATH leads to one: {_NEXT}")
    told = _version_of(java)
    match = _VERSION.search(told)
    if not match:
        raise EngineMissing(f"{java} does not say its version: {_NEXT}")
    if int(match[1]) < LEAST_VERSION:
        raise EngineMissing(f"{java} is Java {match[1]}, which Spark does not run on: {_NEXT}")
    return int(match[1])


def _version_of(java: str) -> str:
    try:
        done = subprocess.run([java, "-version"], capture_output=True, timeout=_WAIT_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineMissing(f"{java} does not run: {_NEXT}") from error
    return (done.stderr + done.stdout).decode("utf-8", "replace")
