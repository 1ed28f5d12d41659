"""Draws horizontal bars as an SVG that reads on a light page and on a dark one."""

from __future__ import annotations

from typing import NamedTuple
from xml.sax.saxutils import escape

_ROW = 34
_TOP = 68
_LABELS = 220
_BARS = 400
_WIDTH = _LABELS + _BARS + 160
_STYLE = """
    text { font: 14px system-ui, sans-serif; fill: #1f2328; }
    .title { font-weight: 600; }
    .note { fill: #59636e; }
    .bar { fill: #9aa4af; }
    .ours { fill: #2f81f7; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; }
      .note { fill: #9198a1; }
      .bar { fill: #59636e; }
    }
  """


class Bar(NamedTuple):
    """One bar: who, how long, what stands at its end, and whether it is ours."""

    name: str
    length: float
    figure: str
    ours: bool = False


def bars(title: str, note: str, rows: list[Bar]) -> str:
    """The drawing; the longest bar takes all the room there is."""
    longest = max(row.length for row in rows)
    height = _TOP + _ROW * len(rows) + 8
    drawn = "".join(_bar(number, row, row.length / longest * _BARS) for number, row in enumerate(rows))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}"'
        f' role="img">\n  <title>{escape(title)}</title>\n  <style>{_STYLE}</style>\n'
        f'  <text class="title" x="8" y="24">{escape(title)}</text>\n'
        f'  <text class="note" x="8" y="46">{escape(note)}</text>\n{drawn}</svg>\n'
    )


def _bar(number: int, row: Bar, length: float) -> str:
    top = _TOP + _ROW * number
    look = "bar ours" if row.ours else "bar"
    return (
        f'  <text x="{_LABELS - 12}" y="{top + 17}" text-anchor="end">{escape(row.name)}</text>\n'
        f'  <rect class="{look}" x="{_LABELS}" y="{top}" width="{max(length, 1):.1f}" height="24" rx="3"/>\n'
        f'  <text class="note" x="{_LABELS + length + 8:.1f}" y="{top + 17}">{escape(row.figure)}</text>\n'
    )
