"""``indexer spark query``, ``sql`` and ``reconcile``: a lake's answers and findings by Spark."""

from __future__ import annotations

from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from indexer.cli.common import App, argument, common_options
from indexer.cli.output import Show, output_options
from indexer.cli.query import Asked, listed, question
from indexer.cli.reconcile import configured, end, reconciling
from indexer.errors import EngineMissing, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pyspark.sql import SparkSession

    from indexer.reconcile import Range
    from indexer.spark.lake import Files


class Lake:
    """A lake, and where Spark works on it."""

    def __init__(self, folder: Path, master: str | None, settings: tuple[str, ...]) -> None:
        self.folder = folder.absolute()
        self._master = master
        self._settings = dict(map(_setting, settings))

    @contextmanager
    def opened(self) -> Iterator[SparkSession]:
        """Give a session.

        Raises:
            EngineMissing: Spark or Java is not installed.
            EngineFailed: Spark gave something up.
        """
        with _installed():
            from indexer.spark.failures import told  # noqa: PLC0415 - Spark is an extra
            from indexer.spark.session import Cluster, session  # noqa: PLC0415
        with session(Cluster(self._master, self._settings)) as spark, told():
            yield spark

    def check_there(self) -> None:
        """Let a lake through that was made before.

        Raises:
            IndexMissing: nothing was exported there yet.
            EngineMissing: Spark is not installed.
        """
        self._files()

    @contextmanager
    def shown(self) -> Iterator[SparkSession]:
        """Give a session that has the lake's tables and views.

        Raises:
            IndexMissing: nothing was exported there yet.
            EngineMissing: Spark or Java is not installed.
            EngineFailed: Spark gave something up.
        """
        with _installed():
            from indexer.spark.lake import show  # noqa: PLC0415 - Spark is an extra
        files = self._files()
        with self.opened() as spark:
            show(spark, files)
            yield spark

    def _files(self) -> Files:
        with _installed():
            from indexer.spark.lake import files_of  # noqa: PLC0415 - Spark is an extra
        return files_of(self.folder)


@contextmanager
def _installed() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        raise EngineMissing(
            f"{missing} is not installed: pip install 'screenshot-indexer[spark]', on every machine of a cluster"
        ) from error


def lake_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say which lake and which cluster, and a ``Lake`` that has read them."""

    @click.option(
        "--lake",
        "folder",
        required=True,
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="The lake, in a folder that every machine of the cluster sees at this path.",
    )
    @click.option(
        "--master", metavar="URL", help="Where Spark runs; without it what spark-submit says, or this machine."
    )
    @click.option("--conf", "settings", multiple=True, metavar="KEY=VALUE", help="A setting of Spark's own.")
    @wraps(function)
    def command(
        *arguments: Any,  # noqa: ANN401 - the wrapped command's own
        folder: Path,
        master: str | None,
        settings: tuple[str, ...],
        **rest: Any,  # noqa: ANN401
    ) -> None:
        function(*arguments, lake=Lake(folder, master, settings), **rest)

    return command


@click.command("query")
@question
@common_options
@output_options()
@lake_options
def spark_query(_: App, show: Show, *, asked: Asked | None, lake: Lake) -> None:
    """Answer a question of the library from a lake; without NAME, list the questions."""
    if asked is None:
        show(listed())
        return
    query, values = asked
    with lake.shown() as spark:
        from indexer.spark.query import ask  # noqa: PLC0415 - Spark is an extra

        show(ask(spark, query.sql, values).to_reader())


@click.command("sql")
@click.argument("statement")
@common_options
@output_options()
@lake_options
def spark_sql(_: App, show: Show, statement: str, *, lake: Lake) -> None:
    """Run one statement of Spark SQL over a lake's tables and views.

    It may do whatever Spark may with your rights: unlike `indexer sql` it is shut up in nothing.
    """
    with lake.shown() as spark:
        from indexer.spark.query import answer  # noqa: PLC0415 - Spark is an extra

        show(answer(spark, argument(statement)).to_reader())


@click.command("reconcile")
@reconciling
@common_options
@output_options()
@lake_options
def spark_reconcile(app: App, show: Show, *, wanted: Range, fail_on: str, lake: Lake) -> None:
    """Find what should be there and is not, commit it to a lake, and sum it up."""
    sources, options = configured(app, wanted)
    with _installed():
        from indexer.spark.reconcile import reconcile  # noqa: PLC0415 - Spark is an extra
    with lake.opened() as spark:
        summary = reconcile(spark, lake.folder, sources, options)
    end(app, show, summary, fail_on)


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = argument(text).partition("=")
    if not equals:
        raise UsageError(f"--conf {name}: write it as KEY=VALUE")
    return name, value
