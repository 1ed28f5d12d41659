"""The wheel holds what the program reads at run time, and nothing of the tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
QUERIES = sorted(path.name for path in (ROOT / "queries").glob("*.sql"))


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, as pip builds it with the build requirements that are installed."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    built = subprocess.run(
        [*command, "--wheel-dir", str(folder), str(ROOT)], capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="session")
def packed(wheel: Path) -> dict[str, bytes]:
    """Every file of the wheel, by its path."""
    with ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_every_file_of_the_package_is_packed(packed: dict[str, bytes]) -> None:
    """Modules, SQL, tables and the mark of the types are in the wheel as they stand in the package."""
    files = [path for path in (ROOT / "indexer").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert {path.suffix for path in files} >= {".py", ".sql", ".csv", ".toml", ".typed"}
    assert [str(path) for path in files if packed.get(path.relative_to(ROOT).as_posix()) != path.read_bytes()] == []


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_is_packed(packed: dict[str, bytes], name: str) -> None:
    """Each query of the library travels inside the package, where `indexer query` looks for it."""
    assert packed[f"indexer/_queries/{name}"] == (ROOT / "queries" / name).read_bytes()


def test_the_licence_is_packed(packed: dict[str, bytes]) -> None:
    """The licence stands in the wheel, whole."""
    (name,) = [name for name in packed if name.endswith(".dist-info/licenses/LICENSE")]
    assert packed[name] == (ROOT / "LICENSE").read_bytes()


def test_nothing_else_is_packed(packed: dict[str, bytes]) -> None:
    """The wheel installs the package alone: no tests, and nothing beside it."""
    assert {name.split("/")[0] for name in packed if ".dist-info/" not in name} == {"indexer"}
    assert [name for name in packed if "/test" in name or name.endswith("/conftest.py")] == []


def test_the_wheel_runs_without_its_repository(wheel: Path, tmp_path: Path) -> None:
    """From the wheel alone the program finds its queries, its grammars, its regions and its tables."""
    installed = tmp_path / "installed"
    with ZipFile(wheel) as archive:
        archive.extractall(installed)
    script = (
        "import indexer.cli, indexer.moderation, indexer.vendors.regions; "
        "from indexer.queries import library; print(indexer.__file__, *library(), sep='\\n')"
    )

    def run(*words: str) -> list[str]:
        ended = subprocess.run(
            [sys.executable, *words],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env={"PYTHONPATH": str(installed)},
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.splitlines()

    assert run("-c", script) == [str(installed / "indexer" / "__init__.py"), *(name[:-4] for name in QUERIES)]
    assert run("-m", "indexer", "decode", "a.jpg")
    run("-m", "indexer", "demo", "sample")
