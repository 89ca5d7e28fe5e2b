"""Deployments on a real Prefect server with a process worker, and ``schedule`` with a server of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from flows.assembly import assemble
from flows.releases import release
from tests.badserver import serving
from tests.conftest import KIDNEY, LIVER
from tests.fetching import PRIVATE

ROOT = Path(__file__).parents[1]
QUICK = {
    "PREFECT_WORKER_QUERY_SECONDS": "1",
    "PREFECT_RUNNER_POLL_FREQUENCY": "1",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "NO_COLOR": "1",
}
MAIN = "from flows.cli import main; main()"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert isinstance(port, int)
    return port


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return kept | QUICK | {"PREFECT_HOME": str(home), "PYTHONPATH": str(ROOT), **more}


def until(
    what: str, found: Callable[[], Any], seconds: float = 120, over: tuple[type[Exception], ...] = (httpx.HTTPError,)
) -> Any:
    """Wait for something that another process does; errors of the kinds ``over`` count as not yet."""
    end = time.monotonic() + seconds
    pause = threading.Event()
    while time.monotonic() < end:
        try:
            value = found()
        except over:
            value = None
        if value:
            return value
        pause.wait(0.3)
    pytest.fail(f"waited {seconds} s for {what}")


@contextmanager
def running(arguments: list[str], env: dict[str, str], cwd: Path = ROOT) -> Iterator[subprocess.Popen[str]]:
    """A program in the background, with all that it starts."""
    child = subprocess.Popen(
        [sys.executable, *arguments],
        env=env,
        cwd=cwd,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield child
    finally:
        if child.poll() is None:
            child.terminate()
        try:
            child.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.communicate()


class Api:
    """Prefect's REST interface; asks again, as Prefect's own client does, while a busy database answers with 503."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}/api"
        self._client = httpx.Client(base_url=self.address, trust_env=False, timeout=20)

    def _asked(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        def answer() -> httpx.Response | None:
            response = self._client.request(method, path, json=body)
            return None if response.status_code == httpx.codes.SERVICE_UNAVAILABLE else response

        return until(f"an answer to {path}", answer, over=()).raise_for_status().json()

    def get(self, path: str) -> Any:
        return self._asked("GET", path)

    def post(self, path: str, **body: Any) -> Any:
        return self._asked("POST", path, body)

    def deployment(self, name: str) -> Any:
        return self.get(f"/deployments/name/{name}")

    def start(self, name: str, **parameters: Any) -> str:
        run = self.post(f"/deployments/{self.deployment(name)['id']}/create_flow_run", parameters=parameters)
        return str(run["id"])

    def ended(self, run: str) -> Any:
        state = self.get(f"/flow_runs/{run}")["state"]
        return state if state["type"] in {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"} else None

    def artifacts(self) -> dict[str, str]:
        """What the artifacts hold, by key."""
        return {one["key"]: str(one["data"]) for one in self.post("/artifacts/latest/filter")}


@contextmanager
def prefect_server(home: Path) -> Iterator[tuple[Api, dict[str, str], subprocess.Popen[str]]]:
    port = free_port()
    api = Api(port)
    env = environment(home, PREFECT_API_URL=api.address)
    with running(["-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)], env) as child:
        until("the server", lambda: api.get("/health"))
        yield api, env, child


def prefect(env: dict[str, str], *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", *arguments],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_deployments_run_on_a_server_with_a_worker(pages: Path, tmp_path: Path) -> None:
    sources = tmp_path / "sources.toml"

    with prefect_server(tmp_path / "home") as (api, env, _), serving() as site:
        prefect(env, "work-pool", "create", "--type", "process", "ablation-kg")
        prefect(env, "deploy", "--all")
        (nightly,) = api.deployment("refresh/nightly")["schedules"]
        assert (nightly["active"], nightly["schedule"]["cron"]) == (True, "0 2 * * *")
        site.page("/50593", KIDNEY, "text/plain")
        site.page("/47380", LIVER)
        sources.write_text("".join(f'[[source]]\naddress = "{site.at(path)}"\n' for path in (*site.answers, "/gone")))
        with sources.open("a") as file:
            file.write("[fetch]\nper-minute = 6000\n" + PRIVATE)
        (pages / "empty.txt").write_text("")
        with running(["-m", "prefect", "worker", "start", "--pool", "ablation-kg", "--type", "process"], env):
            built = api.start("build/on-demand", paths=[str(pages)], output=str(tmp_path / "built"))
            assert until("the build", lambda: api.ended(built))["type"] == "COMPLETED"
            left = api.artifacts()
            refreshed = api.start("refresh/nightly", sources=str(sources), output=str(tmp_path / "refreshed"))
            assert until("the refresh", lambda: api.ended(refreshed))["type"] == "COMPLETED"
        tasks = {run["name"] for run in api.post("/task_runs/filter")}
        also = api.artifacts()
    plain = assemble.assemble([pages], tmp_path / "plain").summary.release
    assert release.latest(tmp_path / "built").name == plain
    assert set(left) == {"coverage", "what-changed", "quarantine", "report"}
    assert '"states": "procedures in the graph", "procedures": 2' in left["coverage"]
    assert "first release" in left["what-changed"]
    assert '"reason": "empty", "pages": 1' in left["quarantine"]
    assert (tmp_path / "built" / "releases" / str(plain) / "report.html").as_uri() in left["report"]
    assert release.latest(tmp_path / "refreshed").is_dir()
    sites = json.loads(also["sources"])
    assert [(row["fetched"], row["why"]) for row in sites] == [(1, ""), (1, ""), (0, "1 gone")]
    assert {name for name in tasks if name.startswith(("read", "make", "fetch"))} >= {
        "read 4 pages: 50593-notes.txt to more/47380-notes.html",
        "make 3 procedures: 47380 to 99213",
        "fetch 3 pages: 127.0.0.1",
    }


@pytest.mark.slow
@pytest.mark.parametrize("stopped", ["while a run goes on", "as a run has ended"])
def test_schedule_brings_its_own_server_and_takes_it_away_again(pages: Path, tmp_path: Path, stopped: str) -> None:
    port = free_port()
    api = Api(port)
    sources = tmp_path / "sources.toml"
    sources.write_text('[[source]]\nfolder = "pages"\n')
    arguments = ["schedule", "--cron", "0 2 1 1 *", "--timezone", "Europe/Zurich", "--port", str(port)]
    places = ["--sources", str(sources), "--output", str(tmp_path / "out")]
    with running(["-c", MAIN, *arguments, *places], environment(tmp_path / "home")) as child:
        deployment = until("the deployment", lambda: api.deployment("refresh/on-a-schedule"))
        (times,) = deployment["schedules"]
        assert (times["active"], times["schedule"]["cron"]) == (True, "0 2 1 1 *")
        assert times["schedule"]["timezone"] == "Europe/Zurich"
        run = api.start("refresh/on-a-schedule")
        if stopped == "as a run has ended":
            assert until("the run", lambda: api.ended(run))["type"] == "COMPLETED"
            assert release.latest(tmp_path / "out").is_dir()
        else:
            until("the run", lambda: api.get(f"/flow_runs/{run}")["state"]["type"] in {"PENDING", "RUNNING"})
        child.send_signal(signal.SIGTERM)
        _, said = child.communicate(timeout=60)
    assert child.returncode == 0, said
    assert f"http://127.0.0.1:{port}" in said
    assert "Traceback" not in said
    with pytest.raises(httpx.ConnectError):
        api.get("/health")


SPOILT = """
import sys
from pathlib import Path
from flows import settings
from flows.releases import release
settings.prepare()
from flows.orchestration.build import run
from flows.releases.gates import Limits
pages, output = map(Path, sys.argv[1:])
whole, good = release.whole, release.latest(output)
release.whole = lambda folder: whole(folder) and folder == good
run([pages], output, limits=Limits(gone=1, changed=1, quarantined=1))
"""
LEFT_ALONE = """
import os, signal, sys
from flows.assembly import stages
make = stages.make_batch
def make_batch(*arguments, **options):
    os.killpg(int(sys.argv[1]), signal.SIGKILL)
    return make(*arguments, **options)
stages.make_batch = make_batch
from flows.cli import main
main(sys.argv[2:])
"""


@pytest.mark.slow
def test_publishing_goes_back_where_it_fails_and_a_build_outlives_its_server(pages: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    before = assemble.assemble([pages], output).summary.release
    (pages / "99213-notes.txt").unlink()

    def run(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", code, *map(str, arguments)]
        return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)

    with prefect_server(tmp_path / "home") as (_, env, server):
        del env["PREFECT_LOGGING_LEVEL"]
        env["PREFECT_CLIENT_MAX_RETRIES"] = "0"
        done = run(SPOILT, pages, output)
        assert "FaultError" in done.stderr
        assert release.latest(output).name == before
        done = run(LEFT_ALONE, server.pid, "build", pages, "--output", output, "--json")
    assert done.returncode == 0, done.stderr
    assert "the Prefect server is gone" in done.stderr
    assert "Traceback" not in done.stderr
    assert release.latest(output).name == json.loads(done.stdout)["release"] != before
