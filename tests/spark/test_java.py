"""Which Java Spark would start, and what is said where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indexer.errors import EngineMissing
from indexer.spark.java import check_java

if TYPE_CHECKING:
    from pathlib import Path


def java(folder: Path, says: str) -> Path:
    """A Java that says this of its version."""
    (folder / "bin").mkdir(parents=True)
    path = folder / "bin" / "java"
    path.write_text(f"#!/bin/sh\necho '{says}' >&2\n")
    path.chmod(0o755)
    return folder


@pytest.mark.parametrize(("says", "version"), [('openjdk version "17.0.15" 2025', 17), ('java version "25" 2025', 25)])
def test_the_java_of_java_home_goes_before_that_of_the_path(tmp_path: Path, says: str, version: int) -> None:
    """Spark starts that of JAVA_HOME where there is one."""
    home, other = java(tmp_path / "home", says), java(tmp_path / "other", 'openjdk version "1.8.0"')
    assert check_java({"JAVA_HOME": str(home), "PATH": f"{other}/bin:/bin"}) == version


def test_without_java_home_it_is_the_first_of_the_path(tmp_path: Path) -> None:
    """A Java of the PATH is enough."""
    home = java(tmp_path / "home", 'openjdk version "21.0.1"')
    assert check_java({"PATH": f"{home}/bin:/bin"}) == 21


def test_no_java_says_what_to_install() -> None:
    """The error names both places that were looked at, and the next step."""
    with pytest.raises(EngineMissing, match=r"neither JAVA_HOME nor PATH.*install Java 17 or later"):
        check_java({"PATH": "/nowhere"})


@pytest.mark.parametrize(
    ("says", "told"), [('java version "1.8.0_412"', "is Java 8, which"), ("hello", "does not say its version")]
)
def test_a_java_that_is_too_old_or_none_is_named(tmp_path: Path, says: str, told: str) -> None:
    """The error names the program that was asked."""
    home = java(tmp_path / "home", says)
    with pytest.raises(EngineMissing, match=f"{home}/bin/java {told}"):
        check_java({"JAVA_HOME": str(home), "PATH": "/bin"})


def test_a_java_home_without_java_is_named(tmp_path: Path) -> None:
    """Spark would not look into the PATH then, and neither is it looked into here."""
    with pytest.raises(EngineMissing, match=f"{tmp_path}/bin/java does not run"):
        check_java({"JAVA_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"})
