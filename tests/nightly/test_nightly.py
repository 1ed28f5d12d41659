"""A night's run: its steps, what one that fails leaves to the others, its lock, its log, and how it ends."""

from __future__ import annotations

import itertools
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn

import pyarrow.parquet as pq
import pytest
from cli.running import rows, run
from doubles.wire import Answer
from prometheus_client.parser import text_string_to_metric_families
from store.processes import ended, line_of, started

from indexer.config import load_config
from indexer.errors import IndexLocked, Unreachable, UsageError
from indexer.nightly import Done, Night, Options, nightly
from indexer.store import build, reading
from indexer.sync import Options as SyncOptions
from nightly.places import call, held, place, waiting
from nightly.webhook import SECRET, Webhook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOLD = """
import sys
from pathlib import Path
from indexer.store.lock import held

with held(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""
MOMENT = datetime.fromisoformat("2026-01-06 03:00:00")
STEPS = ["sync", "inbox", "ingest", "ingest inhouse", "reconcile", "textfile"]


def night_of(config: Path, *words: str) -> tuple[dict[str, Any], int]:
    """What a run tells machines of itself, and its exit code."""
    result = run("nightly", "--config", config, "--format", "json", *words)
    (told,) = json.loads(result.stdout)
    return told, result.exit_code


def outcomes(told: dict[str, Any]) -> dict[str, str]:
    """What became of each step."""
    return {step["step"]: step["outcome"] for step in told["steps"]}


def failing(error: BaseException) -> Callable[..., NoReturn]:
    """What fails, whatever it is given."""

    def fail(*_: object, **__: object) -> NoReturn:
        raise error

    return fail


def test_a_night_does_all_there_is_to_do(tmp_path: Path) -> None:
    """Buckets, callbacks and payload files are in the index and reconciled, and the figures are beside it."""
    told, code = night_of(place(tmp_path))
    assert (list(outcomes(told)), code, told["exit_code"]) == (STEPS, 4, 4)
    assert set(outcomes(told).values()) == {"done", "findings"}
    assert waiting(tmp_path) == 0
    found = held(tmp_path)
    assert (len(found["objects"]), len(found["payloads"])) == (580, 5 + 1 + 20)
    counts = {(row["kind"], row["severity"]): row["new"] for row in told["findings"]}
    assert (counts["coverage-gap", "critical"], counts["coverage-gap", "warning"]) == (1, 1)


def test_a_second_night_brings_nothing_twice(tmp_path: Path) -> None:
    """What was taken in once is not taken in again, and what was found is still open."""
    config = place(tmp_path)
    night_of(config)
    before = held(tmp_path)
    told, code = night_of(config)
    assert (held(tmp_path), code) == (before, 4)
    assert {(row["new"], row["resolved"]) for row in told["findings"]} == {(0, 0)}


def test_steps_without_anything_to_do_are_left_out(tmp_path: Path) -> None:
    """Without an inbox, payload files and hooks, a night syncs and reconciles."""
    config = place(tmp_path)
    (tmp_path / "index.duckdb.inbox").unlink()
    config.write_text(config.read_text().partition("[nightly]")[0])
    assert list(outcomes(night_of(config)[0])) == ["sync", "reconcile"]


def test_the_summary_is_the_same_for_all(tmp_path: Path) -> None:
    """The file that the configuration names holds what machines are told; people see the steps and the findings."""
    config = place(tmp_path)
    told, _ = night_of(config)
    assert json.loads((tmp_path / "nightly.json").read_text()) == told
    assert (tmp_path / "nightly.json").stat().st_mode & 0o777 == 0o644
    lines = [line.split() for line in run("nightly", "--config", config).stdout.splitlines()]
    assert [line[:2] for line in lines if line[:1] == ["reconcile"]] == [["reconcile", "findings"]]
    assert ["coverage-gap", "critical", "0", "1", "0", "0", "2"] in [line[:7] for line in lines]


@pytest.mark.parametrize("words", [(), ("--fail-on", "never")])
def test_every_format_holds_a_night(tmp_path: Path, words: tuple[str, ...]) -> None:
    """A night is one row in each format, whatever was found in it."""
    config = place(tmp_path)
    result = run("nightly", "--config", config, "--format", "parquet", *words)
    (tmp_path / "night.parquet").write_bytes(result.stdout_bytes)
    (row,) = pq.read_table(tmp_path / "night.parquet").to_pylist()
    assert [step["step"] for step in row["steps"]] == STEPS


def test_the_log_tells_of_each_step(tmp_path: Path) -> None:
    """In JSON each step is a line when it begins, and one with outcome and seconds when it ends; quiet means quiet."""
    config = place(tmp_path)
    result = run("nightly", "--config", config, "--log-format", "json")
    lines = [json.loads(line) for line in result.stderr.splitlines()]
    assert [(line["step"], line["event"]) for line in lines] == [
        (step, event) for step in [*STEPS, "summary"] for event in ("begins", "ends")
    ]
    ends = [line for line in lines if line["event"] == "ends"]
    assert all(line["seconds"] >= 0 and line["told"] and line["outcome"] in {"done", "findings"} for line in ends)
    assert run("nightly", "--config", config, "-q").stderr == ""


@pytest.mark.parametrize("command", [("nightly",), ("sync",), ("reconcile",), ("ingest", "--inbox")])
def test_while_a_night_holds_the_index_others_are_refused(tmp_path: Path, command: tuple[str, ...]) -> None:
    """Another run is told at once, with exit code 6, and does nothing."""
    config = place(tmp_path)
    with build(tmp_path / "index.duckdb"):
        pass
    with started(HOLD, tmp_path / "index.duckdb") as process:
        assert line_of(process) == "held"
        result = run(*command, "--config", config)
        ended(process)
    assert (result.exit_code, result.stdout) == (6, "")
    assert f"another run holds the index (process {process.pid})" in result.stderr
    assert not (tmp_path / "nightly.json").exists()


def test_nobody_comes_between_the_steps(tmp_path: Path) -> None:
    """The index is held from the first step to the last, which is when its summary is posted."""
    refused: list[bool] = []

    def try_to_build() -> None:
        with pytest.raises(IndexLocked), build(tmp_path / "index.duckdb"):
            pass
        refused.append(True)

    with Webhook(meanwhile=try_to_build) as webhook:
        config = place(tmp_path, f'notify = "command:echo {webhook.url}"')
        assert outcomes(night_of(config)[0])["notify"] == "done"
    assert refused == [True]
    with ThreadPoolExecutor(1) as others:
        others.submit(lambda: build(tmp_path / "index.duckdb").__enter__()).result()


def test_a_source_that_cannot_be_listed_stops_nobody(tmp_path: Path) -> None:
    """The others are listed, everything is reconciled, the source is named as incomplete, and the run ends with 3."""
    config = place(tmp_path)
    other = '\n[sources.other]\nstorage = { vendor = "local", bucket = "elsewhere" }\n'
    config.write_text(config.read_text().replace("\n[moderation", f"{other}\n[moderation"))
    told, code = night_of(config)
    assert (code, outcomes(told)["sync"], outcomes(told)["reconcile"]) == (3, "incomplete", "findings")
    ((source, status),) = [(row["source"], row["status"]) for row in told["incomplete"]]
    assert (source, status) == ("other", "failed")
    people = run("nightly", "--config", config)
    assert "source other: its last listing is failed, so nothing of it is certain: " in people.stdout


def test_a_night_without_any_listing_still_reconciles_what_is_known(tmp_path: Path) -> None:
    """Where every vendor is unreachable, what was known is reconciled, and the run ends with 5 despite findings."""
    config = load_config(place(tmp_path))
    nightly(config.index, config)
    unreachable = Options(sync=SyncOptions(connect=failing(Unreachable("nobody answers"))))
    night = nightly(config.index, config, unreachable)
    by_step = {done.step: done for done in night.done}
    assert (night.exit_code, by_step["sync"].exit_code, by_step["reconcile"].exit_code) == (5, 5, 4)
    assert by_step["sync"].told.endswith("classroom: nobody answers")
    assert night.summary is not None
    assert [row["source"] for row in night.summary.incomplete] == ["classroom"]


@pytest.mark.parametrize(
    ("step", "error", "told"),
    [
        ("sync", KeyError("unforeseen"), "KeyError: 'unforeseen'; this is a bug"),
        ("ingest_inbox", OSError(28, "No space left on device"), "[Errno 28] No space left on device"),
        ("ingest_files", UsageError("no such file\nhere"), "no such file; here"),
        ("reconcile", KeyError("unforeseen"), "KeyError: 'unforeseen'; this is a bug"),
    ],
)
def test_a_step_that_breaks_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: Exception, told: str
) -> None:
    """Whatever goes wrong in a step, the steps after it run, and what was wrong is told; the run ends with 1."""
    config = load_config(place(tmp_path))
    nightly(config.index, config)
    monkeypatch.setattr(f"indexer.nightly.steps.{step}", failing(error))
    night = nightly(config.index, config)
    assert [done.step for done in night.done] == STEPS
    broken = [done for done in night.done if done.exit_code == 1]
    assert (night.exit_code, {done.told for done in broken}) == (1, {told})
    assert len(broken) == (2 if step == "ingest_files" else 1)


def test_payloads_that_are_named_have_to_be_there(tmp_path: Path) -> None:
    """A file that is named and missing makes the run incomplete, though not the others; a pattern may match nothing."""
    config = place(tmp_path)
    (tmp_path / "payloads" / "one.json").unlink()
    told, _ = night_of(config)
    (step,) = [step for step in told["steps"] if step["step"] == "ingest"]
    assert (step["outcome"], step["told"]) == ("done", "no file matches")
    (tmp_path / "verdicts.jsonl").unlink()
    told, code = night_of(config)
    assert (code, outcomes(told)["ingest inhouse"], outcomes(told)["reconcile"]) == (3, "incomplete", "findings")
    assert f"{tmp_path}/verdicts.jsonl is not there" in [step["told"] for step in told["steps"]]


@pytest.mark.parametrize("codes", [*itertools.permutations([0, 1, 3, 4, 5], 2)])
def test_a_night_ends_as_its_worst_step(codes: tuple[int, int]) -> None:
    """A failure counts before what is incomplete, that before what is to be tried again, and that before findings."""
    done = [Done("step", code, 1.0, "") for code in codes]
    worst = next(code for code in (1, 3, 5, 4, 0) if code in codes)
    assert Night(MOMENT, MOMENT, done).exit_code == worst


@pytest.mark.parametrize(
    ("said", "words", "code"),
    [
        ("", (), 4),
        ('fail_on = "never"', (), 0),
        ('fail_on = "never"', ("--fail-on", "warning"), 4),
        ("", ("--fail-on", "never"), 0),
    ],
)
def test_findings_make_a_night_fail_from_a_level_on(
    tmp_path: Path, said: str, words: tuple[str, ...], code: int
) -> None:
    """The configuration says from which severity on a night ends with 4, and the command line goes before it."""
    assert night_of(place(tmp_path, said), *words)[1] == code


@pytest.mark.parametrize(
    ("when", "fail_on", "broken", "posted"),
    [
        ("always", "never", False, 1),
        ("findings", "never", False, 0),
        ("findings", "critical", False, 1),
        ("findings", "never", True, 1),
        ("failure", "critical", False, 0),
        ("failure", "never", True, 1),
    ],
)
def test_who_is_told_and_when(  # noqa: PLR0913 - when, what and whether
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str, fail_on: str, *, broken: bool, posted: int
) -> None:
    """The summary is posted always, or where something was found or failed, or where something failed."""
    config = place(tmp_path)
    if broken:
        (tmp_path / "verdicts.jsonl").unlink()
    with Webhook() as webhook:
        monkeypatch.setenv("HOOK", webhook.url)
        run("nightly", "--config", config, "--notify", "env:HOOK", "--notify-on", when, "--fail-on", fail_on)
        assert len(webhook.messages()) == posted


def test_the_message_tells_the_worst_of_what_is_new(tmp_path: Path) -> None:
    """A message names what is new with its place, its explanation and its id; what was known before is only counted."""
    with Webhook() as webhook:
        config = place(tmp_path, f'notify = "command:echo {webhook.url}"')
        for _ in range(2):
            run("nightly", "--config", config)
        first, second = (json.dumps(each) for each in webhook.messages())
    (finding,) = rows("findings", "--config", config, "--kind", "coverage-gap", "--severity", "critical")
    assert f"classroom room_1 7 38f8e3: {finding['explanation']} ({finding['finding_id']})" in first
    assert finding["finding_id"] not in second


@pytest.mark.parametrize(("status", "code"), [(404, 1), (503, 5)])
def test_a_message_that_is_not_taken_changes_no_data(tmp_path: Path, status: int, code: int) -> None:
    """What was found is published and written all the same; the run says so and never shows the address."""
    with Webhook(Answer(status, b"")) as webhook:
        config = place(tmp_path, f'notify = "command:echo {webhook.url}"')
        result = run("nightly", "--config", config, "-vv", "--format", "json")
    (told,) = json.loads(result.stdout)
    assert (result.exit_code, outcomes(told)["notify"]) == (code, {1: "failed", 5: "try again later"}[code])
    assert (outcomes(told)["textfile"], told["findings"] != []) == ("done", True)
    assert (
        SECRET not in result.output + (tmp_path / "nightly.json").read_text() + (tmp_path / "indexer.prom").read_text()
    )


def test_an_address_is_never_on_the_command_line(tmp_path: Path) -> None:
    """The option takes a reference: an address is refused before anything is done, and not repeated."""
    result = run("nightly", "--config", place(tmp_path), "--notify", f"https://hooks.example/{SECRET}")
    assert (result.exit_code, (tmp_path / "index.duckdb").exists()) == (2, False)
    assert "write env:NAME, file:PATH or command:LINE" in result.stderr
    assert SECRET not in result.output


def test_a_reference_that_points_at_nothing_is_told_at_the_end(tmp_path: Path) -> None:
    """A secret that cannot be had keeps nobody from knowing what is in the bucket; the run ends with 1."""
    told, code = night_of(place(tmp_path), "--notify", "env:NO_SUCH_HOOK")
    assert (code, outcomes(told)["notify"], outcomes(told)["reconcile"]) == (1, "failed", "findings")
    (notify,) = [step["told"] for step in told["steps"] if step["step"] == "notify"]
    assert notify == "notify: the environment variable NO_SUCH_HOOK is not set"


def test_a_summary_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A file in a folder that is not there is a step that failed, after everything else was done."""
    told, code = night_of(place(tmp_path).rename(tmp_path / "other.toml"))
    assert code == 4
    config = tmp_path / "other.toml"
    config.write_text(config.read_text().replace('"nightly.json"', '"nowhere/nightly.json"'))
    told, code = night_of(config)
    assert (code, outcomes(told)["summary"], outcomes(told)["reconcile"]) == (1, "failed", "findings")


def test_a_report_is_made_where_one_is_asked_for(tmp_path: Path) -> None:
    """The page is made of what was reconciled in the same night."""
    told, _ = night_of(place(tmp_path, 'report = "report.html"'))
    assert (outcomes(told)["report"], list(outcomes(told)).index("report")) == ("done", STEPS.index("reconcile") + 1)
    assert "200 missing in 1005 s" in (tmp_path / "report.html").read_text()


def metrics(path: Path) -> dict[tuple[str, ...], float]:
    """The figures of a text file by name and labels."""
    families = text_string_to_metric_families(path.read_text())
    return {
        (sample.name, *(f"{name}={value}" for name, value in sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_the_text_file_holds_the_nights_figures(tmp_path: Path) -> None:
    """Objects, listings, findings, coverage and the run itself are there as Prometheus reads them."""
    config = place(tmp_path)
    (tmp_path / "bucket" / "odd.txt").touch()
    times = iter(datetime.fromisoformat(f"2026-01-06 03:00:{second:02}") for second in itertools.count())
    settings = load_config(config)
    nightly(settings.index, settings, Options(now=lambda: next(times), monotonic=itertools.count(0, 2).__next__))
    found = metrics(tmp_path / "indexer.prom")
    source = "source=classroom"
    assert found["indexer_objects", "kind=screenshot", source] == 580
    assert found["indexer_objects", "kind=unparsed", source] == 1
    labels = ("acknowledged=false", "kind=coverage-gap", "severity=critical")
    assert found["indexer_findings", *labels] == 1
    with reading(tmp_path / "index.duckdb") as connection:
        ((listed, shots, missing),) = connection.execute(
            "SELECT epoch_ms(max(began_at)) / 1000, sum(c.shots), sum(c.missing) FROM run_sources, (FROM coverage) c"
        ).fetchall()
    assert found["indexer_listing_complete_timestamp_seconds", source] == listed
    assert found["indexer_listing_keys_per_second", source] > 0
    assert found["indexer_coverage_ratio", source] == pytest.approx(shots / (shots + missing))
    assert found["indexer_missing_shots", "explained=false", source] == missing == 220
    assert found["indexer_nightly_exit_code",] == 4
    assert found["indexer_nightly_seconds",] == len(STEPS) - 1
    assert found["indexer_nightly_step_seconds", "step=sync"] == 2
    assert found["indexer_nightly_step_exit_code", "step=reconcile"] == 4


def test_what_is_acknowledged_is_counted_apart(tmp_path: Path) -> None:
    """A finding that somebody knows of is told apart in the text file, and the night ends with 0."""
    config = place(tmp_path)
    night_of(config)
    (finding,) = rows("findings", "--config", config, "--severity", "critical")
    run("findings", "ack", finding["finding_id"], "--note", "known", "--config", config)
    textfile = tmp_path / "else.prom"
    assert run("nightly", "--config", config, "--textfile", textfile).exit_code == 0
    labels = ("acknowledged=true", "kind=coverage-gap", "severity=critical")
    assert metrics(textfile)["indexer_findings", *labels] == 1


def test_callbacks_of_each_night_come_into_the_index(tmp_path: Path) -> None:
    """What came since the last night is taken in by the next."""
    config = place(tmp_path)
    night_of(config)
    call(tmp_path, range(5, 8))
    told, _ = night_of(config)
    (inbox,) = [step["told"] for step in told["steps"] if step["step"] == "inbox"]
    assert (inbox.startswith("3 deliveries, 3 new payloads"), waiting(tmp_path)) == (True, 0)
