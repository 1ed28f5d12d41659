"""How far off this machine's clock is, by the Date of any answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from indexer.vendors.clocks import clock_skew
from vendors.dialects import ADAPTERS, Adapter

if TYPE_CHECKING:
    from pathlib import Path

    from doubles.double import Serve

NOON = 1_795_262_400
DATE = "Sat, 21 Nov 2026 12:00:00 GMT"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The headers of every answer."""
    headers: dict[str, str] = {"Date": DATE}

    def send(_: object, request: requests.PreparedRequest, **__: object) -> requests.Response:
        answer = requests.Response()
        answer.request, answer.url, answer.status_code = request, str(request.url), 403
        answer.headers.update(headers)
        return answer

    monkeypatch.setattr("requests.adapters.HTTPAdapter.send", send)
    return headers


@pytest.mark.parametrize(
    ("asked", "answered", "skew"),
    [
        (NOON, NOON, 0),
        (NOON + 0.9, NOON + 0.9, 0),
        (NOON - 5, NOON + 5, 0),
        (NOON - 5, NOON - 4, -4),
        (NOON + 11, NOON + 12, 10),
        (NOON + 901, NOON + 901, 900),
        (NOON - 900, NOON - 900, -900),
    ],
)
def test_the_time_told_is_compared_with_the_request(
    told: dict[str, str], asked: float, answered: float, skew: int
) -> None:
    """A date in whole seconds that may be that of the request is no skew; otherwise the nearer end counts."""
    moments = iter([asked, answered])
    assert clock_skew("https://bucket.test", lambda: next(moments)) == skew


@pytest.mark.parametrize("date", ["", "soon", "99999", DATE.replace("21", "99"), DATE.replace("2026", "99999")])
def test_a_date_that_is_none_tells_nothing(told: dict[str, str], date: str) -> None:
    """An answer without a date that can be read leaves the skew unknown."""
    told["Date"] = date
    assert clock_skew("https://bucket.test") is None


@pytest.mark.parametrize("endpoint", ["/a/folder", "https://{account}.blob.test", "http://127.0.0.1:1"])
def test_where_nobody_answers_nothing_is_told(endpoint: str) -> None:
    """A folder, a host that is none and one that is not there tell no time, and none of them is an error."""
    assert clock_skew(endpoint) is None


@pytest.mark.parametrize("adapter", ADAPTERS, ids=str)
def test_every_vendor_tells_the_time_to_whoever_asks(
    serve: Serve, adapter: Adapter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One HEAD goes to the endpoint, without a signature and without what a .netrc has for the host."""
    (tmp_path / "netrc").write_text("default login someone password SECRET")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    double = serve(adapter.dialect, {})
    assert clock_skew(double.endpoint) == 0
    (request,) = double.requests
    assert (request.method, request.path, "authorization" in request.headers) == ("HEAD", "/", False)
