"""One check: a file of ``checks/``, with a header, what it finds, of what it cannot tell, and a finding's rows.

The file is SQL over the relations of ``sql/``, in parts::

    -- title: Shots that should be there and are not
    -- about: Stretches of a session without the shots that its interval promises.
    -- scope: sessions
    SELECT severity, source, channel, ... FROM gaps
    -- not computable
    SELECT source, reason FROM sources WHERE interval_seconds IS NULL
    -- rows
    SELECT * FROM screenshots WHERE source = $source AND ...

What it finds has columns of the table ``found``, those that it leaves out being NULL. ``scope`` says whether it is run
for every part of the sessions (``sessions``), or once (``index``). A finding's rows are read from tables and views that
anybody can read; ``$source`` and the like are places of the finding, ``$late_seconds`` and the like thresholds.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, fields, replace
from functools import cache
from importlib import resources

from indexer.reconcile.settings import Thresholds

PLACES = ("source", "channel", "sid", "uid", "key", "subject", "from_at", "until_at")
"""What of a finding its rows are looked up by, in the order of the view ``findings``."""

SCOPES = ("sessions", "index")
_HEADER = re.compile(r"-- (title|about|scope): (.+)")
_PART = re.compile(r"^-- (not computable|rows)\n", re.MULTILINE)
_PLACE = re.compile(r"\$([a-z_]+)")
_THRESHOLDS = tuple(field.name for field in fields(Thresholds))


@dataclass(frozen=True, slots=True)
class Check:
    """One check. ``kind`` is the kind of its findings."""

    kind: str
    title: str
    about: str
    scope: str
    finds: str
    not_computable: str | None
    rows: str

    @property
    def query(self) -> str:
        """The statement of a finding's rows, as DuckDB's ``format`` reads it: ``{0}`` is the first of ``PLACES``.

        A threshold that is not written out yet (``judged_by``) stands by its name.
        """
        braced = self.rows.replace("{", "{{").replace("}", "}}")
        numbers = {place: f"{{{number}}}" for number, place in enumerate(PLACES)}
        return _PLACE.sub(lambda match: numbers.get(match[1], match[0]), braced)

    def judged_by(self, thresholds: Thresholds) -> Check:
        """The same check with the thresholds as numbers in its rows, so that these are what was found by them."""
        numbers = {name: f"{float(value)!r}::DOUBLE" for name, value in asdict(thresholds).items()}
        return replace(self, rows=_PLACE.sub(lambda match: numbers.get(match[1], match[0]), self.rows))


@cache
def checks() -> dict[str, Check]:
    """All checks by the kind of what they find."""
    folder = resources.files("indexer.reconcile").joinpath("checks")
    files = sorted((entry.name, entry.read_text("utf-8")) for entry in folder.iterdir() if entry.name.endswith(".sql"))
    found = [parse(name.removesuffix(".sql").replace("_", "-"), text) for name, text in files]
    return {check.kind: check for check in found}


def parse(kind: str, text: str) -> Check:
    """Read a check's file.

    Raises:
        ValueError: the header or a part is missing, or not as it must be.
    """
    finds, *parts = _PART.split(text)
    told = {match[1]: match[2] for line in finds.splitlines() if (match := _HEADER.fullmatch(line))}
    named = dict(zip(parts[::2], (part.strip() for part in parts[1::2]), strict=True))
    if set(told) != {"title", "about", "scope"} or told["scope"] not in SCOPES or "rows" not in named:
        raise ValueError(f"{kind}: a check has a title, an about, a scope of {' or '.join(SCOPES)}, and rows")
    if unknown := set(_PLACE.findall(named["rows"])) - {*PLACES, *_THRESHOLDS}:
        known = ", ".join((*PLACES, *_THRESHOLDS))
        raise ValueError(f"{kind}: its rows are looked up by {known}, and not by {', '.join(unknown)}")
    return Check(kind, told["title"], told["about"], told["scope"], finds, named.get("not computable"), named["rows"])
