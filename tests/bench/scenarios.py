"""What is measured. Each scenario gives rows of one shape, named after what they hold: seconds, megabytes, ratios."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from .adapters import contest
from .contenders import Contender, Index, configure, indexer, paginator, rivals
from .corpus import Corpus, Shape
from .measuring import BenchmarkError, Cost
from .serving import ListServer, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from .environments import Installed
    from .report import Row

_ROOT = Path(__file__).parents[2]
_MB = 1_000_000
_VERDICTS = 200_000
_MOMENT = "20260101000000000.jpg"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured, and with which programs: ours, and the folder of the rivals'."""

    keys: int
    rounds: int
    ours: Installed
    rivals: Path
    prefix: str = "shots/2026/"
    rounds_of: dict[str, int] = field(default_factory=dict)
    only: tuple[str, ...] = ()

    def served(self, **options: float | str) -> dict[str, float | str]:
        """The options of a server that holds this plan's keys."""
        return {"keys": self.keys, "prefix": self.prefix, **options}


def listing(plan: Plan) -> list[Row]:
    """Everything against everybody: ours lists, decodes, loads and publishes, and the others list."""
    return _contest(plan, [indexer(plan.ours), *rivals(plan.rivals)], **plan.served())


def latency(plan: Plan) -> list[Row]:
    """50 ms a page: ours with all its connections, ours with one, and boto3's paginator."""
    contenders = [
        indexer(plan.ours),
        indexer(plan.ours, "--concurrency", "1", name="indexer sync, one connection"),
        paginator(plan.rivals),
    ]
    return _contest(plan, contenders, **plan.served(latency=50))


def memory(plan: Plan) -> list[Row]:
    """Ten times the keys: what it takes of time and of memory, in multiples."""
    sizes = (plan.keys, 10 * plan.keys)
    with ExitStack() as running:
        servers = {keys: running.enter_context(serving(**plan.served(keys=keys))) for keys in sizes}
        costs: dict[int, list[Cost]] = {keys: [] for keys in sizes}
        for _ in range(plan.rounds):
            for keys, server in servers.items():
                costs[keys].append(indexer(plan.ours).run(server, plan.prefix, keys))
    small, large = ({"keys": keys, **_told(Cost.median(taken), keys)} for keys, taken in costs.items())
    return [
        {**row, "ratio": row["wall_s"] / small["wall_s"], "memory_ratio": row["rss_mb"] / small["rss_mb"]}
        for row in (small, large)
    ]


def incremental(plan: Plan) -> list[Row]:
    """One per cent of new keys: the requests and seconds of a run that knows the rest, and of a full one."""
    newer = Corpus(Shape(max(plan.keys // 100, 1), prefix=plan.prefix, seed=2, first_day=28))
    with _synced(plan, **plan.served()) as (server, index, first):
        keys = plan.keys
        rows = [{"run": "first", **first}]
        server.add(newer.key(ordinal).decode() for ordinal in range(len(newer)))
        keys += len(newer)
        rows.append({"run": "1% new", **_sync(server, index, keys)})
        rows.append({"run": "nothing new", **_sync(server, index, keys)})
        rows.append({"run": "full", **_sync(server, index, keys, "--full")})
    return rows


def size(plan: Plan) -> list[Row]:
    """How many bytes a row takes in the published index."""
    with _synced(plan, **plan.served()) as (_, index, _):
        total = index.path.stat().st_size
    return [{"keys": plan.keys, "index_mb": total / _MB, "bytes_a_row": total / plan.keys}]


def queries(plan: Plan) -> list[Row]:
    """Each query of the library on an index of this many keys, moderated and reconciled.

    Each is a process that prints all of the answer as JSON; of one key, all that is known is asked.
    """
    with _synced(plan, **plan.served()) as (_, index, _):
        _moderate(plan, index)
        index.run("reconcile", "--fail-on", "never", "--quiet")
        key = Corpus(Shape(plan.keys, prefix=plan.prefix), cached=1).key(0).decode()
        asked = {"about_key": ("-p", f"key={key}")}
        return [
            {"query": name, "wall_s": cost.wall, "cpu_s": cost.cpu, "rss_mb": cost.rss / _MB}
            for name in sorted(path.stem for path in (_ROOT / "queries").glob("*.sql"))
            for command in [("query", name, *asked.get(name, ()), "--format", "json")]
            for cost in [Cost.median([index.run(*command)[0] for _ in range(plan.rounds)])]
        ]


def decode(plan: Plan) -> list[Row]:
    """``decode.py``, which prints for itself."""
    return _printed(plan, "tests/bench/decode.py", "--keys", str(plan.keys), "--rounds", str(plan.rounds))


def load(plan: Plan) -> list[Row]:
    """What remains of a sync where pages cost nothing."""
    return _printed(plan, "-m", "tests.bench.load", "--keys", str(plan.keys), "--rounds", str(plan.rounds))


def vendors(plan: Plan) -> list[Row]:
    """Every vendor's adapter beside the vendor's own SDK, over the same pages."""
    return contest(plan.ours, plan.keys, plan.rounds, plan.only)


def join(plan: Plan) -> list[Row]:
    """Every verdict's object, one verdict for every twenty screenshots, on an index that is made without a bucket."""
    counts = ("--keys", str(plan.keys), "--verdicts", str(max(plan.keys // 20, 1)))
    return _printed(plan, "-m", "tests.bench.join", *counts, "--rounds", str(plan.rounds))


SCENARIOS: dict[str, Callable[[Plan], list[Row]]] = {
    "list": listing,
    "latency": latency,
    "memory": memory,
    "incremental": incremental,
    "decode": decode,
    "load": load,
    "join": join,
    "size": size,
    "queries": queries,
    "vendors": vendors,
}


def _contest(plan: Plan, contenders: Sequence[Contender], **served: float | str) -> list[Row]:
    """Rounds in which each runs in turn, and each round begins with another."""
    chosen = [one for one in contenders if not plan.only or one.name.split(",")[0].split()[0] in plan.only]
    costs: dict[str, list[Cost]] = {one.name: [] for one in chosen}
    with serving(**served) as server:
        for one in chosen:
            one.check(server, plan.prefix, plan.keys)
        for number in range(plan.rounds):
            turn = number % len(chosen)
            for one in [*chosen[turn:], *chosen[:turn]]:
                if len(costs[one.name]) < plan.rounds_of.get(one.name, plan.rounds):
                    costs[one.name].append(one.run(server, plan.prefix, plan.keys))
                    print(f"  round {number + 1}: {one.name} {costs[one.name][-1].wall:.2f} s", flush=True)
    medians = {name: Cost.median(taken) for name, taken in costs.items()}
    ours = medians[chosen[0].name].wall
    return [
        {
            "program": one.name,
            "does": one.does,
            **_told(medians[one.name], plan.keys),
            "ratio": medians[one.name].wall / ours,
            "rounds": len(costs[one.name]),
        }
        for one in chosen
    ]


@contextmanager
def _synced(plan: Plan, **served: float | str) -> Iterator[tuple[ListServer, Index, Row]]:
    """An index of a server's bucket."""
    with serving(**served) as server, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        configure(Path(folder), server, plan.prefix)
        index = Index(plan.ours, Path(folder))
        yield server, index, _sync(server, index, plan.keys)


def _sync(server: ListServer, index: Index, keys: int, *flags: str) -> Row:
    before = server.counts()["requests"]
    cost, _ = index.run("sync", "--quiet", *flags)
    requests = server.counts()["requests"] - before
    held = index.keys()
    if held != keys:
        raise BenchmarkError(f"the index holds {held:,} of {keys:,} keys")
    return {"requests": requests, **_told(cost, keys)}


def _moderate(plan: Plan, index: Index) -> None:
    """Take in verdicts on keys from all over the bucket, passes too, and a person's on every tenth of them."""
    corpus = Corpus(Shape(plan.keys, prefix=plan.prefix), cached=1)
    chosen = range(0, plan.keys, max(plan.keys // _VERDICTS, 1))
    with (index.folder / "verdicts.csv").open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(("object", "label", "decision", "score", "by", "at"))
        for number, ordinal in enumerate(chosen):
            key = corpus.key(ordinal).decode()
            label, decision = (("porn", "REJECT"), ("weapon", "MANUAL"), ("normal", "OK"))[number % 3]
            rows.writerow((key, label, decision, number % 100 / 100, "machine", _after(key, seconds=5)))
            if number % 10 == 0:
                rows.writerow((key, label, ("REJECT", "OK")[number // 10 % 2], "", "human", _after(key, seconds=900)))
    index.run("ingest", "verdicts.csv", "--provider", "inhouse")


def _after(key: str, seconds: int) -> str:
    """So long after the moment that a key tells."""
    moment = datetime.strptime(key[-len(_MOMENT) :][:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return (moment + timedelta(seconds=seconds)).isoformat()


def _printed(plan: Plan, *arguments: str) -> list[Row]:
    command = [str(plan.ours.python), *arguments]
    environment = os.environ | plan.ours.environment
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment, cwd=_ROOT).stdout
    if not output.startswith("["):
        print(output)
        return [{"printed": line} for line in output.splitlines()]
    rows: list[Row] = json.loads(output)
    return rows


def _told(cost: Cost, keys: int) -> Row:
    return {"wall_s": cost.wall, "cpu_s": cost.cpu, "keys_per_s": keys / cost.wall, "rss_mb": cost.rss / _MB}
