"""Who works off the batches: the same bytes whoever does, also where a worker is killed in the middle."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from flows import files
from flows.assembly import assemble, spool, stages
from flows.assembly.outcome import Made, Outcome, ReadPage, Span, key
from flows.assembly.pool import ATTEMPTS, Pool
from flows.assembly.spread import Call, Crew, Runner, Spread, WorkerLostError, crew
from flows.errors import UserError
from flows.releases import release
from flows.releases.records import Status
from tests.ledgers import Notes, build, named, write

ROOT = Path(__file__).parents[1]
PAGES = 24


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assemble, "PAGES_A_BATCH", 3)
    monkeypatch.setattr(assemble, "PROCEDURES_A_BATCH", 3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    write(folder, PAGES)
    (folder / "empty.txt").write_text("")
    return folder


def same(folder: Path, output: Path, spread: Spread) -> None:
    """What is built so is what is built in turn."""
    done = build(folder, output, spread=spread)
    assert done.summary.pages == PAGES + 1
    assert done.summary.pages_read == PAGES + 1
    build(folder, output.with_name("in-turn"))
    assert named(release.latest(output)) == named(release.latest(output.with_name("in-turn")))


class Killing:
    """Works off calls, and kills a process as soon as the first one is done, once or each time."""

    def __init__(self, spread: Spread, victim: Callable[[], int | None]) -> None:
        self._spread, self._victim = spread, victim
        self.killed = 0

    def __call__(self, function: Callable[..., Any], calls: Sequence[Call], done: Callable[[int], None]) -> list[Any]:
        def and_kill(place: int) -> None:
            done(place)
            victim = None if self.killed else self._victim()
            if victim is not None:
                self.killed += 1
                os.kill(victim, signal.SIGKILL)

        return self._spread(function, calls, and_kill)


def test_processes_give_the_same_bytes_though_one_is_killed_in_the_middle(folder: Path, tmp_path: Path) -> None:
    told = Notes()
    with Pool(2, told.note) as pool:
        killing = Killing(pool, lambda: next(iter(pool.processes()), None))
        same(folder, tmp_path / "out", killing)
        assert killing.killed == 1
        left = pool.processes()
    assert any("lost" in note for note in told.notes)
    assert len(left) == 2
    for number in left:
        with pytest.raises(ProcessLookupError):
            os.kill(number, 0)


def test_a_batch_that_no_worker_survives_is_given_up() -> None:
    told = Notes()
    with Pool(2, told.note) as pool, pytest.raises(WorkerLostError):
        pool(os._exit, [Call((3,))], lambda _: None)
    assert len(told.notes) == ATTEMPTS
    assert "code 3" in told.notes[0]


def test_a_fault_in_a_worker_is_raised_here(tmp_path: Path) -> None:
    found = files.Found("a.txt", str(tmp_path / "a.txt"))
    with Pool(1, Notes().note) as pool, pytest.raises(FileNotFoundError):
        pool(stages.read_batch, [Call(([found], tmp_path / "nowhere" / "x.pickle"))], lambda _: None)
    with Pool(1, Notes().note) as pool, pytest.raises(RuntimeError, match="Stubborn: ab"):
        pool(raises_what_cannot_be_sent, [Call(())], lambda _: None)


class Stubborn(Exception):  # noqa: N818 - no error of ours
    """A fault that pickle cannot put together again."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(one + two)


def raises_what_cannot_be_sent() -> None:
    raise Stubborn("a", "b")


def test_workers_know_nothing_of_prefect() -> None:
    loaded = "import sys, flows.assembly.worker, flows.assembly.stages"
    asked = f"{loaded}; print([name for name in sys.modules if name.startswith('prefect')])"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_what_goes_to_a_worker_and_back_can_be_sent(tmp_path: Path) -> None:
    place = spool.Place(str(tmp_path), 1)
    one = ReadPage("a.txt", "0" * 64, "50593", place, "a")
    made = Made((Outcome("50593", key([one]), Status.PUBLISHED, 1, 0, (), Span("f", 0, 1)),))
    for sent in (Call(([one], tmp_path, 1), {"quotes": True}), made):
        assert pickle.loads(pickle.dumps(sent)) == sent  # noqa: S301 - made here


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("spark", None, None), "--runner spark"),
        (("thread", 0, None), "--workers 0"),
        (("process", None, "tcp://127.0.0.1:8786"), "goes with --runner dask"),
        (("dask", 2, "tcp://127.0.0.1:8786"), "leave one out"),
    ],
)
def test_a_crew_that_cannot_be(given: tuple[str, int | None, str | None], said: str) -> None:
    with pytest.raises(UserError, match=said):
        crew(*given).check()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A Dask scheduler and two workers as processes: its address, and the workers."""
    pytest.importorskip("prefect_dask", reason="Dask is not installed: pip install -e '.[dask]'")
    here = tmp_path / "scheduler.json"

    def dask(*arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", *arguments, "--no-dashboard", "--scheduler-file", str(here)]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    scheduler = dask("scheduler", "--host", "127.0.0.1", "--port", "0")
    one = ("--host", "127.0.0.1", "--no-nanny", "--nthreads", "1", "--local-directory", str(tmp_path))
    workers = [dask("worker", *one) for _ in range(2)]
    try:
        client_class = import_module("distributed").Client
        with client_class(scheduler_file=str(here), timeout=60, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
            yield str(client.scheduler.address), workers
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


@pytest.mark.slow
def test_a_dask_worker_is_killed_in_the_middle(
    folder: Path, tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    from flows.assembly import dask_cluster

    address, workers = cluster
    told = Notes()
    with dask_cluster.opened(Crew(Runner.DASK, address=address), told.note) as dask:
        killing = Killing(dask, lambda: workers[0].pid)
        same(folder, tmp_path / "out", killing)
    assert killing.killed == 1
    assert workers[0].wait(10) == -signal.SIGKILL
    assert workers[1].poll() is None


def test_a_dask_worker_with_other_code_or_another_disk_says_so(tmp_path: Path) -> None:
    from flows.assembly import dask_cluster
    from flows.assembly.ledger_code import fingerprint

    with pytest.raises(UserError, match="another version"):
        dask_cluster.attempt(stages.read_batch, Call(([], tmp_path / "x")), "0" * 64)
    call = Call(([], tmp_path / "nowhere" / "x"))
    with pytest.raises(UserError, match="does not see"):
        dask_cluster.attempt(stages.read_batch, call, fingerprint(quotes=True))
