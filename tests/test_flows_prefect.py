"""One build through Prefect with its temporary server, as a person runs it. The rest is tested without Prefect."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows import settings
from flows.assembly import assemble

ROOT = Path(__file__).parents[1]


def run(*arguments: object, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return subprocess.run(
        [sys.executable, "-c", "from flows.cli import main; main()", *map(str, arguments)],
        cwd=ROOT,
        env=kept | {"PREFECT_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.slow
@pytest.mark.parametrize("who", [(), ("--runner", "process", "--workers", "2")])
def test_a_build_through_prefect_is_quiet_and_gives_what_the_plain_functions_give(
    pages: Path, tmp_path: Path, who: tuple[str, ...]
) -> None:
    done = run("build", pages, "--output", tmp_path / "out", "--json", *who, home=tmp_path / "home")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    summary = json.loads(done.stdout)
    assert summary["release"] == assemble.assemble([pages], tmp_path / "plain").summary.release


def test_a_prefect_server_that_does_not_answer_is_the_users_to_mend(pages: Path, tmp_path: Path) -> None:
    address = "http://127.0.0.1:9/api"
    done = run("build", pages, "--output", tmp_path / "out", home=tmp_path / "home", PREFECT_API_URL=address)
    assert done.returncode == 2
    assert address in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out" / "latest").exists()


def test_telemetry_is_off_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"DO_NOT_TRACK": "0", "PREFECT_SERVER_ANALYTICS_ENABLED": "true"})
    settings.prepare()
    assert os.environ["DO_NOT_TRACK"] == "1"
    assert os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert os.environ["PREFECT_LOGGING_LEVEL"] == "CRITICAL"
    settings.prepare(verbose=True)
    assert os.environ["PREFECT_LOGGING_LEVEL"] == "INFO"
