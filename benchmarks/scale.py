"""How builds grow: pages a second, memory and each stage's share, beside the floor measured in the same run.

    python -m benchmarks.scale                          1,000 pages, mixed sizes and 10 KB
    python -m benchmarks.scale --pages 1000 10000       larger
    python -m benchmarks.scale --pages 100000 --only build

Each line is measured in a process of its own, so that its memory is its own. The machine's speed changes while one
looks at it: compare within a run.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, Final

from benchmarks import pages as made

ROOT: Final = Path(__file__).parents[1]
ALL: Final = ("build", "floor", "refresh", "workers", "prefect")
PLAIN: Final = 40
"""pyshacl as it comes is asked about so many procedures, and its time multiplied: it takes a fifth of a second each."""
HELPED: Final = 600
"""The same for pyshacl whose queries Oxigraph answers."""


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pages", type=int, nargs="+", default=[1000], metavar="N")
    parser.add_argument("--size", choices=("mixed", "ten"), nargs="+", default=["mixed", "ten"])
    parser.add_argument("--only", choices=ALL, nargs="+", default=list(ALL))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where pages and releases go; a temporary folder if not given")
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        what, source, output = options.measure
        print(json.dumps(MEASURES[what](Path(source), Path(output))))
        return
    with _folder(options.folder) as folder:
        for size in options.size:
            for number in options.pages:
                _series(folder / f"{size}-{number}", number, size, options.seed, options.only)


def _series(folder: Path, number: int, size: str, seed: int, only: list[str]) -> None:
    source, output = folder / "pages", folder / "output"
    if not source.is_dir():
        made.write(source, number, seed=seed, sizes=made.TEN if size == "ten" else made.MIXED)
    print(f"\n## {number:,} pages, {'5 to 100 KB' if size == 'mixed' else '10 KB'}\n")
    print("| what | CPU s | wall s | pages/s | peak MB | more |\n|---|---|---|---|---|---|", flush=True)
    build = _line("build", source, output, number)
    full = build["cpu"]
    if "floor" in only:
        floor = _line("floor", source, output, number)
        for name in ("plain", "helped"):
            whole = floor["soup"] + floor[name] + floor["serialiser"]
            print(f"| build over floor, pyshacl {name} | {full / whole:.2f} | | | | floor {whole:.1f} s |", flush=True)
    if "refresh" in only:
        for name in ("unchanged", "changed"):
            again = _line(name, source, output, number)
            print(f"| {name} over build | {again['cpu'] / full:.2%} | | | | |", flush=True)
    if "workers" in only:
        one, two = (_line(name, source, folder / name, number) for name in ("one", "two"))
        print(f"| two workers over one | | {one['wall'] / two['wall']:.2f} | | | |", flush=True)
    if "prefect" in only:
        _line("prefect", source, folder / "prefect", number)


def _line(what: str, source: Path, output: Path, number: int) -> dict[str, Any]:
    command = [
        sys.executable,
        "-m",
        "benchmarks.scale",
        "--measure",
        what,
        str(source.resolve()),
        str(output.resolve()),
    ]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    row: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    rate = f"{number / row['wall']:.0f}"
    print(f"| {what} | {row['cpu']:.2f} | {row['wall']:.2f} | {rate} | {row['peak']:.0f} | {row['more']} |", flush=True)
    return row


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    if given is not None:
        given.mkdir(parents=True, exist_ok=True)
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


# Measured in a process of its own


class _Clock:
    """CPU and wall time of some functions, by name."""

    def __init__(self) -> None:
        self.cpu: defaultdict[str, float] = defaultdict(float)
        self.calls: Counter[str] = Counter()

    def watch(self, owner: Any, name: str, called: str) -> None:
        """Measure a function of a module from now on."""
        function = getattr(owner, name)

        def measured(*given: Any, **options: Any) -> Any:
            begin = time.process_time()
            try:
                return function(*given, **options)
            finally:
                self.cpu[called] += time.process_time() - begin
                self.calls[called] += 1

        setattr(owner, name, measured)

    def shares(self, whole: float) -> str:
        """Each function's share, in words."""
        return ", ".join(f"{name} {seconds / whole:.0%}" for name, seconds in self.cpu.items())


def _measured(work: Callable[[], str]) -> dict[str, Any]:
    cpu, wall = time.process_time(), time.perf_counter()
    more = work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "cpu": cpu + children.ru_utime + children.ru_stime,
        "wall": wall,
        "peak": peak,
        "more": f"{more}, a worker {children.ru_maxrss / 1024:.0f} MB" if children.ru_maxrss else more,
    }


def _build(source: Path, output: Path) -> dict[str, Any]:
    from extract import graph, page, turtle
    from flows import files
    from flows.assembly import assemble, finish, ledger_pages, stages

    clock = _Clock()
    # What is imported when it is first needed is no part of a page's cost.
    for name in ("flows.report", "pyshacl"):
        import_module(name)

    clock.watch(files, "find", "find")
    clock.watch(ledger_pages, "sort", "compare")
    clock.watch(page, "read_page", "parse")
    clock.watch(stages, "procedure_of", "extract")
    clock.watch(graph, "to_triples", "graph")
    clock.watch(stages, "findings_by_code", "check")
    clock.watch(turtle, "block", "serialise")
    clock.watch(finish, "finish", "publish")

    def work() -> str:
        summary = assemble.assemble([source], output).summary
        told = f"{summary.procedures} procedures, {summary.facts} facts, release {summary.release}"
        return f"{told}; {clock.shares(sum(clock.cpu.values()) or 1)}"

    return _measured(work)


def _floor(source: Path, output: Path) -> dict[str, Any]:
    import pyoxigraph as ox
    import pyshacl
    from bs4 import BeautifulSoup
    from rdflib import Graph

    from flows.releases import release
    from flows.releases.blocks import blocks
    from shapes import check
    from shapes.convert import CheckedGraph, to_rdflib

    warnings.simplefilter("ignore")
    spent: defaultdict[str, float] = defaultdict(float)

    def timed(name: str, work: Callable[[], object]) -> None:
        begin = time.process_time()
        work()
        spent[name] += time.process_time() - begin

    files = [path for path in sorted(source.rglob("*")) if path.is_file()]
    for path in files:
        data = path.read_bytes()
        timed("soup", partial(BeautifulSoup, data, "lxml"))
    folder = release.latest(output)
    number = 0
    for one in blocks(folder):
        triples = tuple(one.triples())
        timed("serialiser", partial(ox.serialize, triples, format=ox.RdfFormat.TURTLE))
        number += 1
    shapes = check.shapes_graph()

    def judged(graph: Graph) -> None:
        pyshacl.validate(
            graph, shacl_graph=shapes, inplace=True, inference="none", allow_warnings=True, allow_infos=True
        )

    for name, most in (("plain", PLAIN), ("helped", HELPED)):
        asked = min(most, number)
        held = [triple for one in islice(blocks(folder), asked) for triple in one.triples()]
        held += check._membership()
        graph: Graph
        if name == "plain":
            graph = Graph(bind_namespaces="none")
            for triple in held:
                graph.add((to_rdflib(triple.subject), to_rdflib(triple.predicate), to_rdflib(triple.object)))
        else:
            graph = CheckedGraph(held)
        timed(name, partial(judged, graph))
        spent[name] *= number / asked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    whole = spent["soup"] + spent["plain"] + spent["serialiser"]
    more = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in spent.items())
    return {"cpu": whole, "wall": whole, "peak": peak, "more": more, **spent}


def _again(source: Path, output: Path, changed: int) -> dict[str, Any]:
    from flows.assembly import assemble, ledger_code

    # Part of each start, as Prefect's import is.
    ledger_code.fingerprint(quotes=True)
    files = [path for path in sorted(source.rglob("*.html")) if path.stat().st_size > 1000]
    for path in files[:: max(len(files) // 10, 1)][:changed]:
        path.write_bytes(path.read_bytes() + b"<!-- changed -->")

    def work() -> str:
        summary = assemble.assemble([source], output).summary
        return f"{summary.pages_read} pages read, {'unchanged' if summary.unchanged else 'a new release'}"

    return _measured(work)


def _workers(source: Path, output: Path, number: int) -> dict[str, Any]:
    from flows.assembly import assemble
    from flows.assembly.pool import Pool

    def work() -> str:
        with Pool(number, lambda message: print(message, file=sys.stderr)) as pool:
            summary = assemble.assemble([source], output, spread=pool, workers=number, finishing=pool).summary
        return f"release {summary.release}"

    return _measured(work)


def _prefect(source: Path, output: Path) -> dict[str, Any]:
    """What Prefect costs beside the stages, once it has started: here, and in its temporary server."""
    from flows import settings

    (output / "home").mkdir(parents=True, exist_ok=True)
    os.environ["PREFECT_HOME"] = str(output / "home")
    settings.prepare()
    from flows.assembly import finish, ledger_pages, stages
    from flows.orchestration import build

    warm = output / "warm"
    made.write(warm, 2, seed=2, sizes=made.TEN)
    build.run([warm], output / "warm-output")
    clock = _Clock()
    for owner, name in ((stages, "read_batch"), (stages, "make_batch"), (finish, "finish"), (ledger_pages, "sort")):
        clock.watch(owner, name, name)
    server = _server_seconds()
    row = _measured(lambda: f"release {build.run([source], output / 'output').summary.release}")
    ours = sum(clock.cpu.values())
    row["cpu"] += _server_seconds() - server
    tasks = clock.calls["read_batch"] + clock.calls["make_batch"]
    row["more"] += f"; {tasks} task runs; beside the stages {(row['cpu'] - ours) / row['cpu']:.1%}"
    return row


def _server_seconds() -> float:
    """CPU seconds of the processes that this one has started and that still run."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


MEASURES: Final[dict[str, Callable[[Path, Path], dict[str, Any]]]] = {
    "build": _build,
    "floor": _floor,
    "unchanged": lambda source, output: _again(source, output, 0),
    "changed": lambda source, output: _again(source, output, 10),
    "one": lambda source, output: _workers(source, output, 1),
    "two": lambda source, output: _workers(source, output, 2),
    "prefect": _prefect,
}


if __name__ == "__main__":
    main()
