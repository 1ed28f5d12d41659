"""Templates of names: how they are compiled, and what their keys say."""

from __future__ import annotations

from datetime import datetime

import pytest

from indexer.naming import Layout, Template, TemplateError
from naming.reading import TEMPLATES, fields, reason, row, rows


def of(template: str, utc_offset_minutes: int = 0) -> Layout:
    """A layout with one template."""
    return Layout("template", (Template(template, utc_offset_minutes),))


def test_every_placeholder() -> None:
    """Application, stream, domain, sequence and time are read from where they stand, between literal text."""
    layout = of("x/{DomainName}/{AppName}-{StreamName}/{Date}/{Hour}.{Minute}.{Second}+{Sequence} (é).jpg")
    assert fields("x/cdn.example/live-a-b/2026-01-05/9.07.5+0042 (é).jpg", layout) == {
        "kind": "screenshot",
        "service": "template",
        "app": "live-a",
        "stream": "b",
        "sequence": 42,
        "captured_at": datetime(2026, 1, 5, 9, 7, 5),  # noqa: DTZ001 - decoded times are naive UTC
        "captured_at_precision_ms": 1000,
    }
    assert row("x/cdn.example/live-a-b/2026-01-05/9.07.5+0042 (é).jpg", layout)["domain"] == "cdn.example"


@pytest.mark.parametrize(
    ("template", "key", "captured_at", "precision"),
    [
        ("{StreamName}/{UnixTimestamp}.jpg", "a/1505131029218.jpg", "2017-09-11T11:57:09.218", 1),
        ("{StreamName}/{UnixTimestamp}.jpg", "a/1505131029.jpg", "2017-09-11T11:57:09", 1000),
        ("{StreamName}/{UnixTimestamp}.jpg", "a/0000000000.jpg", "1970-01-01T00:00:00", 1000),
        ("{StreamName}/{Date}/{Hour}/{Minute}_{Second}.jpg", "a/20260105/23/59_07.jpg", "2026-01-05T23:59:07", 1000),
        ("{StreamName}/{Date}/{Hour}/{Minute}{Second}.jpg", "a/2026-01-05/23/5907.jpg", "2026-01-05T23:59:07", 1000),
        ("{StreamName}/{Date}/{Hour}/{Minute}.jpg", "a/20260105/3/5.jpg", "2026-01-05T03:05:00", 60_000),
        ("{StreamName}/{Date}/{Hour}/{Sequence}.jpg", "a/20260105/3/5.jpg", "2026-01-05T03:00:00", 3_600_000),
        ("{StreamName}/{Date}/{Sequence}.jpg", "a/20260105/5.jpg", "2026-01-05T00:00:00", 86_400_000),
        ("{StreamName}/{Date}/{UnixTimestamp}.jpg", "a/20260106/1505131029.jpg", "2017-09-11T11:57:09", 1000),
    ],
)
def test_a_time_is_as_precise_as_its_placeholders(template: str, key: str, captured_at: str, precision: int) -> None:
    """A Unix time counts before a calendar time, and the precision is that of the smallest unit there is."""
    found = row(key, of(template))
    told = (found["captured_at"], found["captured_at_precision_ms"])
    assert told == (datetime.fromisoformat(captured_at), precision)


@pytest.mark.parametrize(("offset", "captured_at"), [(480, "2026-01-04T16:30:00"), (-210, "2026-01-05T04:00:00")])
def test_a_clock_may_be_ahead_of_utc(offset: int, captured_at: str) -> None:
    """A template's clock is taken to UTC by its offset; a Unix time never has one."""
    found = row("a/20260105/00/30_00.jpg", of("{StreamName}/{Date}/{Hour}/{Minute}_{Second}.jpg", offset))
    assert found["captured_at"] == datetime.fromisoformat(captured_at)
    unix = row("a/1505131029.jpg", of("{StreamName}/{UnixTimestamp}.jpg", offset))
    assert unix["captured_at"] == datetime.fromisoformat("2017-09-11T11:57:09")


@pytest.mark.parametrize(("key", "offset"), [("a/1000-01-01.jpg", 480), ("a/9999-12-31.jpg", -1440)])
def test_a_time_has_four_digits_of_years_in_utc(key: str, offset: int) -> None:
    """A date that its clock takes out of the years 1000 to 9999 is no time, as no program could hold it."""
    assert reason(key, of("{StreamName}/{Date}.jpg", offset)) == f"not a calendar time: {key[2:-4]}"


def test_a_name_without_a_time() -> None:
    """A template that tells no time gives screenshots without one."""
    found = row("record/live/a/17.jpg", TEMPLATES)
    told = (found["kind"], found["sequence"], found["captured_at"], found["captured_at_precision_ms"])
    assert told == ("screenshot", 17, None, None)


@pytest.mark.parametrize(
    ("template", "mutable"),
    [
        ("{AppName}/{StreamName}.jpg", True),
        ("record/{AppName}/{StreamName}/{Sequence}.jpg", True),
        ("{StreamName}/{Hour}/{Minute}_{Second}.jpg", True),
        ("{StreamName}/{UnixTimestamp}.jpg", False),
        ("{StreamName}/{Date}.jpg", False),
    ],
)
def test_a_template_without_a_time_is_mutable(template: str, mutable: bool) -> None:  # noqa: FBT001
    """Keys that tell no time, or one that comes back every day, can come to hold another picture."""
    assert of(template).mutable is mutable


def test_one_mutable_template_makes_a_layout_mutable() -> None:
    """A layout is mutable where any of its templates is, and no layout without templates is."""
    timed, untimed = Template("{StreamName}/{UnixTimestamp}.jpg"), Template("{StreamName}.jpg")
    assert Layout("template", (timed, untimed)).mutable
    assert not Layout("template", (timed,)).mutable
    assert not Layout().mutable


def test_the_first_template_that_fits_counts() -> None:
    """Templates are tried in their order."""
    untimed, timed = Template("{StreamName}/{Sequence}.jpg"), Template("{StreamName}/{UnixTimestamp}.jpg")
    for templates, sequence in (((untimed, timed), 1505131029), ((timed, untimed), None)):
        found = row("a/1505131029.jpg", Layout("template", templates))
        assert (found["kind"], found["sequence"]) == ("screenshot", sequence)


@pytest.mark.parametrize(
    "literal", [".", "^$", "\\d", "(?i)", "[a]", "a|b", "*+?", "''", '"', "--", ";", " ", "é\U0001f600", "$1"]
)
def test_literal_text_is_literal(literal: str) -> None:
    """What looks like a regular expression or SQL in a template stands for itself."""
    layout = of(f"{literal}/{{StreamName}}{literal}.jpg")
    found = rows([f"{literal}/a{literal}.jpg", "x/ax.jpg"], layout)
    assert [(told["kind"], told["stream"]) for told in found] == [("screenshot", "a"), ("unparsed", None)]


@pytest.mark.parametrize(
    "name", ["a b", "a_b", "%20+#", "\u623f\u95f4", "\U0001f600e\u0301", "\0", "a\nb", "\u2028", "'", "{x}"]
)
def test_names_may_be_any_text_but_a_slash(name: str) -> None:
    """Application and stream may have any character that is no slash."""
    found = row(f"record/{name}/{name}/1.jpg", TEMPLATES)
    assert (found["app"], found["stream"]) == (name, name)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("record/live/", "a folder marker"),
        ("", "does not follow the template"),
        ("other.jpg", "does not follow the template"),
        ("record/live/a/17.JPG", "does not follow the template"),
        ("record/live/a/x17.jpg", "does not follow the template"),
        ("record/live/a/ 17.jpg", "does not follow the template"),
        ("record/live/a/-17.jpg", "does not follow the template"),
        ("record/live/a/1e10.jpg", "does not follow the template"),
        ("record/live/a/\uff11.jpg", "does not follow the template"),
        (f"record/live/a/{'1' * 19}.jpg", "does not follow the template"),
        ("record/live//17.jpg", "does not follow the template"),
        ("x/record/live/a/17.jpg", "does not follow the template"),
        ("record/live/a/17.jpg\n", "does not follow the template"),
        ("live/a/20260231/10/00_05.jpg", "not a calendar time: 20260231 10 00 05"),
        ("live/a/2026-01-05/24/00_00.jpg", "not a calendar time: 2026-01-05 24 00 00"),
        ("live/a/20260105/10/60_00.jpg", "not a calendar time: 20260105 10 60 00"),
        ("live/a/20260105/10/00_60.jpg", "not a calendar time: 20260105 10 00 60"),
        ("live/a/00000101/10/00_00.jpg", "not a calendar time: 00000101 10 00 00"),
        ("live/a/1000-01-01/0/0_0.jpg", "not a calendar time: 1000-01-01 0 0 0"),
    ],
)
def test_a_key_that_does_not_follow(key: str, expected: str) -> None:
    """A key that no template explains says so, or which time no calendar has."""
    assert reason(key, TEMPLATES) == expected


def test_recordings_and_captions_beside_a_template() -> None:
    """Other files that live services write are recordings and captions."""
    keys = ["live/a/1.flv", "live/a/1.m3u8", "live/a/1.ts", "live/a/1.mp4", "live/a/1.vtt"]
    assert [found["kind"] for found in rows(keys, TEMPLATES)] == ["recording"] * 4 + ["caption"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no placeholder in '': write at least {StreamName}"),
        ("record/1.jpg", "no placeholder in 'record/1.jpg': write at least {StreamName}"),
        ("{StreamName}/{StreamName}.jpg", "{StreamName} stands twice in '{StreamName}/{StreamName}.jpg'"),
        ("{streamName}.jpg", "unknown placeholder {streamName} in '{streamName}.jpg': did you mean {StreamName}?"),
        ("{UnixTimestampMilli}.jpg", "did you mean {UnixTimestamp}?"),
        ("{x}.jpg", "known are AppName, StreamName, DomainName, Sequence, UnixTimestamp, Date, Hour, Minute, Second"),
        ("{}.jpg", "unknown placeholder {} in '{}.jpg'"),
        ("{StreamName.jpg", "a brace without its partner in '{StreamName.jpg'"),
        ("StreamName}.jpg", "a brace without its partner in 'StreamName}.jpg'"),
        ("{{StreamName}}.jpg", "a brace without its partner in '{{StreamName}}.jpg'"),
        ("{StreamName}\n.jpg", "a control character in '{StreamName}\\n.jpg'"),
    ],
)
def test_a_template_that_means_nothing(text: str, message: str) -> None:
    """A template with a mistake is refused with the part that is wrong and what to write instead."""
    with pytest.raises(TemplateError) as caught:
        Template(text)
    assert message in str(caught.value)
