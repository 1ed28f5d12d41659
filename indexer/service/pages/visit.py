"""One request of a person who is known, and what a view makes its answer with."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse, RedirectResponse, Response

from indexer.service.pages.assets import templates

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    import duckdb

    from indexer.config import Source
    from indexer.service.pages.connection import Readers
    from indexer.service.pages.result import Result
    from indexer.service.pages.runner import Runner


@dataclass(frozen=True, slots=True)
class View:
    """One address of the pages, as Starlette writes paths, and what answers there.

    ``menu`` is its word in the menu, if it stands there. ``post`` says that it takes forms, and nothing else.
    ``pictures`` lets its page show pictures of the configured buckets.
    """

    path: str
    answer: Callable[[Visit], Response]
    menu: str = ""
    post: bool = False
    pictures: bool = False

    @property
    def name(self) -> str:
        """What it is called in the log: nothing of a request stands in that."""
        return f"{self.answer.__module__.rpartition('.')[2]}.{self.answer.__name__}"


@dataclass(frozen=True, slots=True)
class Site:
    """What all views share. ``sources`` are the configured ones; ``clock`` gives seconds since 1970."""

    index: Path
    sources: tuple[Source, ...]
    readers: Readers
    runner: Runner
    menu: tuple[View, ...]
    clock: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Visit:
    """One request. ``named``, ``asked`` and ``given`` are hostile text; of a field given twice, the last counts.

    ``user`` is who asks. ``token`` is what forms hold. ``has_login`` says that people log in
    here, and not at a proxy. ``left`` is set when they do not wait for the answer any more.
    """

    site: Site
    view: View
    user: str
    token: str = field(repr=False)
    has_login: bool
    path: str
    named: Mapping[str, str]
    asked: Mapping[str, str]
    given: Mapping[str, str] = field(default_factory=dict, repr=False)
    left: threading.Event = field(default_factory=threading.Event, repr=False)

    def now(self) -> datetime:
        """This moment, naive UTC."""
        return datetime.fromtimestamp(self.site.clock(), UTC).replace(tzinfo=None)

    def reading(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """A bounded connection to the published index, for SQL of ours; see ``Readers.reading`` for what it raises."""
        return self.site.readers.reading()

    def run(self, sql: str, parameters: Mapping[str, Any]) -> Result:
        """Run a statement of people's, in a process of its own; see ``Runner.page`` for what it raises."""
        return self.site.runner.page(sql, parameters, self.left)

    def page(self, template: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401 - the template's own
        """A page made of a template, which sees this visit as ``visit``."""
        return HTMLResponse(templates().get_template(template).render(visit=self, **values), status)

    def go(self, path: str) -> Response:
        """Send the browser on to a page of ours, after a form."""
        return RedirectResponse(path, 303)
