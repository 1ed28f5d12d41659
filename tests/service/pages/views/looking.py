"""Visits of a person who is logged in, made without a server, and pages whose every element is looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from indexer.service.pages.connection import Limits, Readers
from indexer.service.pages.runner import Runner
from indexer.service.pages.views import VIEWS
from indexer.service.pages.visit import Site, Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from starlette.responses import Response

    from indexer.config import Source
    from indexer.service.pages.visit import View

NOW = datetime.fromisoformat("2026-11-21 12:00:00")
NOTHING: Mapping[str, str] = {}


@dataclass
class Seen(HTMLParser):
    """A page as a browser takes it apart: its text, and its elements with their attributes."""

    html: str
    text: str = ""
    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element, after a look at whether the pages' policy lets it be."""
        self.elements.append((tag, dict(attrs)))
        names = {name for name, _ in attrs}
        assert not {name for name in names if name == "style" or name.startswith("on")}, (tag, attrs)
        assert tag != "style"
        assert tag != "script" or "src" in names

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        self.text += data

    @property
    def words(self) -> str:
        """The text with one space between its words, as it is shown."""
        return " ".join(self.text.split())

    def all(self, tag: str, *, class_: str = "", **wanted: str) -> list[dict[str, str | None]]:
        """The attributes of the elements of a kind that have these, and this class among theirs."""
        found = [one for name, one in self.elements if name == tag and wanted.items() <= one.items()]
        return [one for one in found if not class_ or class_ in (one.get("class") or "").split()]


def visited(  # noqa: PLR0913 - what a request has
    index: Path,
    answer: Callable[[Visit], Response],
    *,
    named: Mapping[str, str] = NOTHING,
    asked: Mapping[str, str] = NOTHING,
    given: Mapping[str, str] = NOTHING,
    sources: tuple[Source, ...] = (),
) -> Response:
    """What a view answers to Ann."""
    menu, limits = tuple(view for view in VIEWS if view.menu), Limits()
    readers = Readers(index, limits)
    runner = Runner(index, limits, readers.places)
    visit = Visit(
        site=Site(index, sources, readers, runner, menu, NOW.replace(tzinfo=UTC).timestamp),
        view=_view(answer),
        user="ann",
        token="made-up",
        has_login=True,
        path="/",
        named=named,
        asked=asked,
        given=given,
    )
    return answer(visit)


def seen(response: Response, status: int = 200) -> Seen:
    """A page that was answered."""
    assert response.status_code == status
    return Seen(bytes(response.body).decode())


def _view(answer: Callable[[Visit], Response]) -> View:
    return next(view for view in VIEWS if view.answer is answer)
