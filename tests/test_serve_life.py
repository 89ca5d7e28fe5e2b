"""The server over time: new releases, queries that run on, stores that die, and nothing left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from flows.assembly import assemble
from tests.stores import LONG, MAIN, ROOT, Served, oxigraph, serving, write_pages

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c != ?f) }"
MILLION = "SELECT ?s { ?s ?p ?o . ?t ?q ?u } LIMIT 1000000"
PROC = Path("/proc")

linux = pytest.mark.skipif(not (PROC / "self").exists(), reason="looks at processes under /proc")


def until(there: Callable[[], bool]) -> None:
    ends = time.monotonic() + LONG
    while not there():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.05)


def below(scratch: Path) -> list[int]:
    """Processes that were started for a folder."""
    found = []
    for folder in PROC.iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                line = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if str(scratch).encode() in line:
                found.append(int(folder.name))
    return found


def store_of(scratch: Path) -> int:
    """The Oxigraph server itself, not its keeper."""
    (found,) = (pid for pid in below(scratch) if b"keeper" not in (PROC / str(pid) / "cmdline").read_bytes())
    return found


def gone(scratch: Path) -> bool:
    return not below(scratch) and not list(scratch.iterdir())


def test_a_new_release_is_taken_up_without_a_failed_request(tmp_path: Path) -> None:
    pages, out = tmp_path / "pages", tmp_path / "out"
    write_pages(pages)
    assemble.assemble([pages], out)
    first = (out / "latest").resolve().name
    with serving(out, tmp_path / "scratch") as found:
        stop = threading.Event()

        def ask(path: str) -> list[int]:
            codes = []
            with httpx.Client(timeout=LONG, trust_env=False) as client:
                while not stop.is_set():
                    codes.append(client.get(found.address + path).status_code)
            return codes

        with ThreadPoolExecutor() as pool:
            count = "/sparql?query=SELECT+(COUNT(*)+AS+%3Fn)+%7B%3Fs+%3Fp+%3Fo%7D"
            asked = [pool.submit(ask, path) for path in (count, "/procedure/CPT-50593")]
            try:
                (pages / "50593-notes.txt").write_text("Code 50593\nPercutaneous cryoablation of a renal tumor.\n")
                assemble.assemble([pages], out)
                second = (out / "latest").resolve().name
                assert second != first
                until(lambda: second in found.get("/").text)
            finally:
                stop.set()
            codes = [code for one in asked for code in one.result()]
        assert len(codes) > 10
        assert set(codes) == {200}
        until(lambda: len(list((tmp_path / "scratch").glob("ablation-kg-serve-*/*"))) == 1)


def test_a_release_that_cannot_be_served_leaves_the_one_before(tmp_path: Path) -> None:
    write_pages(tmp_path / "pages")
    out = tmp_path / "out"
    assemble.assemble([tmp_path / "pages"], out)
    broken = out / "releases" / "broken"
    broken.mkdir()
    for file in (out / "latest").iterdir():
        (broken / file.name).write_bytes(file.read_bytes())
    (broken / "procedures.ttl").write_text("no turtle")
    with serving(out, tmp_path / "scratch") as found:
        link = out / "link"
        link.symlink_to(Path("releases") / "broken")
        link.replace(out / "latest")
        assert found.process.stderr is not None
        line = found.process.stderr.readline().decode()
        assert "is not taken up" in line
        assert "procedures.ttl" in line
        assert found.get("/procedure/CPT-50593").status_code == 200
        assert found.sparql("ASK {}").status_code == 200


def test_a_query_that_runs_on_is_ended_and_others_are_answered(released: Path, tmp_path: Path) -> None:
    with serving(released, tmp_path / "scratch", "--timeout", "1") as found, ThreadPoolExecutor() as pool:
        began = time.monotonic()
        endless = pool.submit(found.sparql, ENDLESS)
        while not endless.done():
            assert found.sparql("ASK { ?s ?p ?o }").status_code == 200
        assert endless.result().status_code == 504
        assert "1 s are the limit" in endless.result().text
        assert time.monotonic() - began < LONG / 2
        if (PROC / "self").exists():
            until(lambda: len(below(tmp_path / "scratch")) == 3)  # janitor, keeper, store


def test_an_answer_that_takes_too_long_does_not_end_as_if_it_were_whole(
    released: Path,
    tmp_path: Path,
) -> None:
    with serving(released, tmp_path / "scratch", "--timeout", "0.3") as found:
        with pytest.raises(httpx.RemoteProtocolError):
            found.sparql("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "text/csv")
        assert found.sparql("ASK {}").status_code == 200


@linux
def test_a_million_rows_pass_through_and_are_never_held(served: Served) -> None:
    def memory(key: str) -> int:
        status = (PROC / str(served.process.pid) / "status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(key))

    rows, before = 0, memory("VmHWM:")
    with httpx.stream(
        "POST",
        f"{served.address}/sparql",
        data={"query": MILLION},
        headers={"Accept": "text/csv"},
        timeout=LONG,
        trust_env=False,
    ) as answer:
        assert answer.status_code == 200
        for chunk in answer.iter_raw():
            rows += chunk.count(b"\n")
    assert rows >= 1_000_000
    assert memory("VmHWM:") - before < 30_000, "kB more than before, for an answer of 60 MB"


@linux
def test_a_store_that_dies_comes_again(released: Path, tmp_path: Path) -> None:
    with serving(released, tmp_path / "scratch") as found:
        for _ in range(2):
            os.kill(store_of(tmp_path / "scratch"), signal.SIGKILL)
            assert found.sparql("ASK { ?s ?p ?o }").status_code == 200


@linux
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_behind(released: Path, tmp_path: Path, number: signal.Signals) -> None:
    scratch = tmp_path / "scratch"
    with serving(released, scratch) as found:
        assert found.sparql("ASK {}").status_code == 200
        assert len(below(scratch)) == 3
        found.process.send_signal(number)
        assert found.process.wait(LONG) == (-number if number is signal.SIGKILL else 0)
    until(lambda: gone(scratch))


@linux
def test_killed_while_it_starts_it_leaves_nothing_behind(released: Path, tmp_path: Path) -> None:
    oxigraph()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    command = [*MAIN, "serve", "-o", str(released), "--port", "0"]
    for number in (signal.SIGKILL, signal.SIGTERM):
        with subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, "TMPDIR": str(scratch)}, stderr=subprocess.DEVNULL
        ) as process:
            until(lambda: bool(below(scratch)))
            process.send_signal(number)
        until(lambda: gone(scratch))


@pytest.fixture
def wrong(tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """Runs ``serve`` where it cannot work: exit code and what it says."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    def run(output: Path, *options: str) -> tuple[int, str]:
        done = subprocess.run(
            [*MAIN, "serve", "-o", str(output), *options],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(scratch)},
            capture_output=True,
            text=True,
            timeout=LONG,
            check=False,
        )
        assert done.stdout == ""
        assert "Traceback" not in done.stderr
        if (PROC / "self").exists():
            until(lambda: gone(scratch))
        return done.returncode, done.stderr

    return run


def test_a_port_in_use_exits_2(released: Path, wrong: Callable[..., tuple[int, str]]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, says = wrong(released, "--port", str(port))
    assert code == 2
    assert f"127.0.0.1:{port} cannot be had" in says
    assert "--port" in says


@pytest.mark.parametrize(
    ("options", "says"), [(("--port", "70000"), "65535"), (("--host", "no.such.host.invalid"), "no such address")]
)
def test_an_address_that_is_none_exits_2(
    released: Path,
    wrong: Callable[..., tuple[int, str]],
    options: tuple[str, ...],
    says: str,
) -> None:
    code, said = wrong(released, *options)
    assert code == 2
    assert says in said


def test_no_release_exits_2_and_says_what_to_do(tmp_path: Path, wrong: Callable[..., tuple[int, str]]) -> None:
    code, says = wrong(tmp_path / "nothing", "--port", "0")
    assert code == 2
    assert "ablation-kg build" in says


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("ontology.ttl", 'versionInfo> "0.', 'versionInfo> "7.', "a release of version 7."),
        ("procedures.ttl", "@prefix", "no turtle", "the store does not take the release"),
        ("pages.jsonl", "{", "no json", "pages.jsonl"),
    ],
)
def test_a_release_that_is_broken_or_of_another_version_exits_2(
    tmp_path: Path,
    wrong: Callable[..., tuple[int, str]],
    file: str,
    old: str,
    new: str,
    says: str,
) -> None:
    oxigraph()
    write_pages(tmp_path / "pages")
    assemble.assemble([tmp_path / "pages"], tmp_path / "out")
    path = tmp_path / "out" / "latest" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    code, said = wrong(tmp_path / "out", "--port", "0")
    assert (code, says in said) == (2, True), said


def test_without_oxigraph_it_says_how_to_get_it(released: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.errors import UserError
    from flows.serve import engine

    monkeypatch.setattr(sys.modules["flows.serve.engine"].sysconfig, "get_path", lambda _: "/nowhere")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UserError, match="pip install oxigraph"):
        engine.program()
