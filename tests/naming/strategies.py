"""Keys and records for property tests: any text, and text made of what the grammars look for."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

_PIECES = (  # noqa: SIM905 - as a list they would fill a page
    "__uid_s_ _uid_s_ __uid_e_ _uid_e_ video_ audio_ _ __ / // bak0_ bak1 bak07_ . .jpg .JPG .mp4 .m3u8 .ts .vtt .flv "
    "s c ABC 38f8e3 536694d6ef4b06c137b0e8a0a3f225a7 snapshot record live 0 7 05 007 60 24 4294967295 4294967296 "
    "20260105100005000 20260105100005 1767607205123 1767607205 20260231100005000 00000101000000000 20260105 2026-01-05 "
    "99991231 00000101 10000101 27180104042353602 27180104042353 8281828459045 8281828459 "
    "1e10 +7 -176760720 \uff11\uff12\uff13 "
    "% + # ' é e\u0301 \U0001f600"
).split(" ")
_PIECE = st.sampled_from([*_PIECES, " ", "\0", "\n", "\u2028"])
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_SOME = st.lists(_PIECE, max_size=5).map("".join)
_NUMBER = st.sampled_from([piece for piece in _PIECES if piece.isdigit()])
_SHAPES = (
    "{}{}_{}__uid_s_{}__uid_e_video_{}.jpg",
    "{}{}_{}__uid_s_{}__uid_e_{}.jpg",
    "{}/{}/{}_{}_{}.jpg",
    "record/{}/{}{}/{}{}.jpg",
    "{}{}/{}/{}/{}_05.jpg",
    "{}-{}{}{}-{}.jpg",
    "{}/{}/{}_{}{}.jpg",
    "{}{}/{}/{}/{}.jpg",
)


def _shaped(shape: str, *parts: str) -> str:
    return shape.format(*parts)


_SHAPED = st.builds(_shaped, st.sampled_from(_SHAPES), _SOME, _SOME, _SOME | _NUMBER, _SOME | _NUMBER, _NUMBER)
KEYS: SearchStrategy[list[str]] = st.lists(_TEXT | _SOME | _SHAPED, min_size=1, max_size=60)

_NAME = _TEXT | _SOME
_FOLDERS = st.lists(_NAME.map(lambda text: text.replace("/", "") + "/"), max_size=3).map("".join)


def _without(*wrong: str) -> SearchStrategy[str]:
    def cleaned(text: str) -> str:
        for part in wrong:
            text = text.replace(part, "")
        return text

    return _NAME.map(cleaned).filter(bool)


_SID = _without("/", "_").filter(lambda sid: not re.fullmatch(r"bak[0-9]+", sid))
_UNITS = {"17": 1_000, "14": 1_000_000, "13": 1_000, "10": 1_000_000}
_FIRST = {"13": datetime(2001, 9, 9, 1, 46, 40), "10": datetime(2001, 9, 9, 1, 46, 40)}  # noqa: DTZ001 - naive UTC
_LAST = {"13": datetime(2286, 11, 20, 17, 46, 39), "10": datetime(2286, 11, 20, 17, 46, 39)}  # noqa: DTZ001


def _moments(form: str) -> SearchStrategy[datetime]:
    """Times that a form can spell."""
    first, last = _FIRST.get(form, datetime(1000, 1, 1)), _LAST.get(form, datetime.max)  # noqa: DTZ001, DTZ901
    unit = _UNITS[form]
    return st.datetimes(first, last).map(
        lambda at: at.replace(microsecond=at.microsecond * (unit < 1_000_000) // unit * unit)
    )


def _rtc_of(form: str) -> SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "service": st.just("cloud-recording"),
            "prefix": _FOLDERS,
            "form": st.just(form),
            "failover": st.none() | st.integers(0, 99),
            "sid": _SID,
            "cname": _without("/"),
            "uid": st.integers(0, 2**32 - 1),
            "stream_type": st.sampled_from([None, "video"]),
            "captured_at": _moments(form),
        }
    )


def _live_of(form: str) -> SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "service": st.just("live-streaming"),
            "prefix": _FOLDERS,
            "form": st.just(form),
            "sid": _without("/", "_"),
            "app": _without("/"),
            "stream": _without("/"),
            "session_started_at": _moments("17"),
            "captured_at": _moments(form),
        }
    )


RTC_RECORDS = st.lists(st.sampled_from(sorted(_UNITS)).flatmap(_rtc_of), min_size=1, max_size=30)
LIVE_RECORDS = st.lists(st.sampled_from(["14", "17"]).flatmap(_live_of), min_size=1, max_size=30)
