"""A webhook: takes what is posted to it, or answers as it is told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from doubles.wire import Answer, WireServer

if TYPE_CHECKING:
    from collections.abc import Callable

    from doubles.wire import Request

SECRET = "T000-a-secret-of-ours"


class Webhook(WireServer):
    """A running webhook. ``meanwhile`` is called while who posts waits for the answer."""

    def __init__(self, answer: Answer | None = None, meanwhile: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self._answer = answer or Answer(200, b"ok")
        self._meanwhile = meanwhile

    @property
    def url(self) -> str:
        """Where it is posted to: its path is secret."""
        return f"{self.endpoint}/services/{SECRET}"

    def answer(self, request: Request) -> Answer:
        """Take a message."""
        self._meanwhile()
        return self._answer

    def messages(self) -> list[dict[str, Any]]:
        """What was posted."""
        return [json.loads(request.body) for request in self.requests if request.method == "POST"]
