"""The lake as a sync sees it: which files its manifest names, and the next manifest, which commits a run at once."""

from __future__ import annotations

import shutil
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from indexer.lake.layout import LOCK, OBJECTS, check_folder, is_file, partition, place
from indexer.lake.manifest import File, Manifest, read_manifest, write_manifest
from indexer.store.lock import locked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from indexer.lake.files import Written

_STAGING = ".sync"


@dataclass(slots=True)
class Shelf:
    """A lake's folder, and its files by table and partition, of the last manifest and what was taken since."""

    folder: Path
    last: Manifest | None
    files: dict[tuple[str, str], list[File]] = field(default_factory=dict)

    def paths(self, table: str) -> list[str]:
        """Where the files of a table are."""
        return [str(self.folder / file.path) for key in self._of(table) for file in self.files[key]]

    def object_paths(self, source: str, days: Iterable[date] | None = None) -> list[str]:
        """Where the files of a source's objects are, or of some days of it."""
        return [str(self.folder / file.path) for key in self._objects(source, days) for file in self.files[key]]

    def held(self) -> list[File]:
        """All files, those of one table in the order of its rows."""
        return [file for key in sorted(self.files) for file in self.files[key]]

    def rows_of(self, table: str) -> int:
        """How many rows a table has; of objects, deleted ones too."""
        return sum(file.rows for key in self._of(table) for file in self.files[key])

    def is_changed(self, table: str) -> bool:
        """Whether a table has other files than in the last manifest."""
        before = {file.path for file in self.last.of(table)} if self.last else set()
        return before != {file.path for key in self._of(table) for file in self.files[key]}

    def rows(self, source: str) -> dict[date, int]:
        """How many objects of a source the lake holds of each day, deleted ones too."""
        return {
            date.fromisoformat(key[1].rpartition("=")[2]): sum(file.rows for file in self.files[key])
            for key in self._objects(source)
        }

    def take_objects(self, source: str, days: Iterable[date], written: Iterable[Written]) -> None:
        """Have these files, which stand in folders called ``of=YYYY-MM-DD``, be all there is of some days."""
        for key in self._objects(source, days):
            del self.files[key]
        for file in written:
            day = file.path.parent.name.partition("=")[2]
            self._take(OBJECTS, partition(source, day), file)

    def take_table(self, table: str, written: Iterable[Written]) -> None:
        """Have these files be all there is of a table."""
        self.drop_table(table)
        for file in written:
            self._take(table, "0", file)

    def drop_table(self, table: str) -> None:
        """Have nothing be left of a table."""
        for key in self._of(table):
            del self.files[key]

    def commit(self, run: int, schema: int, now: datetime) -> None:
        """Let readers see what was taken, all of it at once; who reads the manifest before goes on with its files."""
        files = tuple(self.held())
        write_manifest(self.folder, Manifest(schema, run, now, files))
        kept = {file.path for file in (*files, *(self.last.files if self.last else ()))}
        for path in self.folder.glob("[ot]*/**/*.parquet"):
            inside = path.relative_to(self.folder).as_posix()
            if is_file(inside) and inside not in kept:
                path.unlink()

    def _of(self, table: str) -> list[tuple[str, str]]:
        return sorted(key for key in self.files if key[0] == table)

    def _objects(self, source: str, days: Iterable[date] | None = None) -> list[tuple[str, str]]:
        if days is None:
            return [key for key in self._of(OBJECTS) if key[1].startswith(f"source={source}/")]
        wanted = {partition(source, str(day)) for day in days}
        return [key for key in self._of(OBJECTS) if key[1] in wanted]

    def _take(self, table: str, part: str, written: Written) -> None:
        """Move a file to where its content's hash is its name."""
        inside = f"{place(table, part)}/{written.sha256}.parquet"
        (self.folder / inside).parent.mkdir(parents=True, exist_ok=True)
        written.path.replace(self.folder / inside)
        file = File(table, part, inside, written.rows, written.bytes, written.sha256)
        self.files.setdefault((table, part), []).append(file)


@contextmanager
def writing(folder: Path) -> Iterator[tuple[Shelf, Path]]:
    """Give what a lake holds, and a folder in it for what is being made, alone among writers.

    Raises:
        IndexInconsistent: what is there is no lake of this version.
        IndexLocked: another run writes to the lake.
        UsageError: its path can be none of a lake.
    """
    check_folder(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / LOCK):
        staging = folder / _STAGING
        shutil.rmtree(staging, ignore_errors=True)  # of a run that was killed
        made = staging / uuid.uuid4().hex[:8]  # what is left of its tasks does not meet this run's
        made.mkdir(parents=True)
        try:
            yield _shelf(folder), made
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def _shelf(folder: Path) -> Shelf:
    shelf = Shelf(folder, read_manifest(folder))
    for file in shelf.last.files if shelf.last else ():
        shelf.files.setdefault((file.table, file.partition), []).append(file)
    return shelf
