"""The page: one file that needs nothing else, in which no text of others is anything but text."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from reconcile import building
from reconcile.building import bucket, every, session

from indexer.report.figures import CHANNELS, FINDINGS, LABELS, OFFENDERS
from indexer.report.page import page
from indexer.report.text import tamed
from report.telling import MADE_AT, cover, find, judge, made, of, read, reconciled, tell, written

if TYPE_CHECKING:
    import duckdb

    Index = duckdb.DuckDBPyConnection

HOSTILE = [
    "</style><script>alert(1)</script>",
    "]]>--><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)" x=\'',
    "&lt;script&gt;&amp;&#60;b&#62;",
    "{{ 7 * 7 }}{% raw %}",
    "</svg></title></table></details><h1>",
    "a\u202egnp.exe\u2066",
    "\x01\x1b[31m\x07\x7f\x9b\ufffe",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_of_others_is_nothing_but_text(index: Index, text: str) -> None:
    """Wherever a hostile text stands, the page has the elements and attributes that a harmless one gives it."""
    with building.empty() as harmless:
        tell(harmless, "x" * len(tamed(text)))
        expected = read(made(harmless, "x")).tags
    tell(index, text)
    found = read(made(index, text))
    assert found.tags == expected
    assert sum(tamed(text) in piece for piece in found.texts) >= 10


def test_no_character_that_drives_a_page_is_in_it(index: Index) -> None:
    """Control characters and what turns the direction of a text are written out, everywhere."""
    tell(index, "".join(HOSTILE))
    assert re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", made(index)) == []


def test_the_page_needs_nothing_else(index: Index) -> None:
    """No script, no link but to the page itself, nothing loaded, and a policy that lets nothing be."""
    tell(index, "lobby")
    found = read(made(index))
    tags = {tag for tag, _ in found.tags}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "image", "use"}
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in found.values
    addresses = [value for value in found.values if "://" in value]
    assert {address for address in addresses if not address.startswith("http://www.w3.org/")} == set()
    assert "url(" not in made(index)
    assert "@import" not in made(index)


def test_every_part_is_there(index: Index) -> None:
    """A page with something in it has all charts, each with its sentence and its table."""
    tell(index, "lobby")
    html = made(index)
    found = read(html)
    names = [tag for tag, _ in found.tags]
    assert names.count("svg") == names.count("details") == 4
    assert [tag for tag in found.tags if tag[0] == "div" and "role" in tag[1]] == [
        ("div", ("class", "role", "aria-label"))
    ] * 4
    assert re.findall('<h2 id="([a-z]+)"', html) == [
        "headline", "figures", "coverage", "violations", "evidence", "latency", "offenders", "findings", "proof",
        "untold",
    ]  # fmt: skip


def test_an_empty_index_has_a_page(index: Index) -> None:
    """Nothing is nothing, without an error and without a chart."""
    html = made(index, day=None)
    assert "svg" not in {tag for tag, _ in read(html).tags}
    assert "Nobody looked yet whether anything is wrong" in html


def test_what_is_wrong_stands_before_anything_else(index: Index) -> None:
    """The first heading says that something is wrong, and where stands with it."""
    reconciled(index)
    find(index, "f1", channel="lobby", explanation="36 missing in 180 s")
    texts = [text.strip() for text in read(made(index)).texts if text.strip()]
    first = texts.index("1 critical finding, none of them new")
    assert texts.index("lobby") < texts.index("The day")
    assert first < texts.index("lobby")
    assert "What coverage-gap is: 36 missing in 180 s" in texts[: texts.index("The day")]


def test_the_key_of_a_finding_is_shown_whole(index: Index) -> None:
    """As long as a key may be, it stands whole."""
    reconciled(index)
    key = "k" * 1024
    find(index, "f1", key=key, uid=2**32 - 1)
    texts = read(made(index)).texts
    assert key in texts
    assert any(f"user {2**32 - 1}" in text for text in texts)


def test_findings_that_do_not_fit_are_counted(index: Index) -> None:
    """The page says how many more there are, and which command shows them."""
    reconciled(index)
    find(index, "f1")
    index.execute(f"INSERT INTO finding_rows SELECT f.* FROM finding_rows f, range({FINDINGS + 1233})")
    html = made(index)
    assert "And 1,234 more: <code>indexer findings</code>" in html


def test_what_could_not_be_computed_is_told_with_the_reason(index: Index) -> None:
    """Each reason stands once, with the sources that it holds for."""
    reconciled(index)
    for source in ("live", "classroom"):
        index.execute("INSERT INTO not_computable VALUES ('coverage-gap', ?, 'no interval is configured')", [source])
    texts = read(made(index)).texts
    assert texts.count("no interval is configured") == 1
    assert "classroom, live" in texts


def test_the_same_index_makes_the_same_page(index: Index) -> None:
    """Only the moment at which it was made tells two pages of one index apart."""
    tell(index, "lobby")
    later = page(of(index), "Screenshots", MADE_AT + timedelta(days=1))
    assert later.replace("2026-01-07T06:00:00Z", "2026-01-06T06:00:00Z") == made(index)


def test_the_page_stays_small_whatever_it_is_told(index: Index) -> None:
    """With everything at its longest, each character of it taking the most room, the page is under two megabytes."""
    reconciled(index)
    worst = ["\u202e" * 5000 + f"{number:03}" for number in range(FINDINGS)]
    for text in worst[:CHANNELS]:
        cover(index, text[::-1], *[(1, 5, 0)] * 14)
    for text in worst[:OFFENDERS]:
        judge(index, *(text[::-1] for _ in range(2)), name=text[::-1], app=text, stream=text)
    judge(index, *(text[::-1] for text in worst[:LABELS]))
    index.execute("UPDATE verdicts SET uid = NULL")
    for text in worst:
        find(index, text[-3:], channel=text[::-1], key=text, sid=text, explanation=text)
        index.execute("INSERT INTO not_computable VALUES ('coverage-gap', 'live', ?)", [text[::-1]])
    written(index, *((seconds, 10) for seconds in (-1, 1, 4, 9, 20, 50, 200, 2000, 9999)))
    assert 500_000 < len(made(index).encode()) < 2_000_000


def test_a_real_bucket_makes_a_page(index: Index) -> None:
    """A bucket that is listed and reconciled is told of with its proof."""
    bucket(index, session(every(5, 60, without=range(20, 30))))
    building.reconcile(index)
    texts = read(made(index)).texts
    assert any("no gap in 1 shard: 50 keys" in text for text in texts)
    assert "50 screenshots + 0 other objects = 50 objects listed" in texts
    assert any(text.startswith("10 missing in") for text in texts)
