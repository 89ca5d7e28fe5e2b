"""A refresh from source list to release, with the plain functions and a real server; Prefect is left out."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from flows import cli, settings
from flows.assembly import assemble, overview, refresh
from flows.assembly.refresh import Refreshed
from flows.fetching import cache
from flows.progress import SILENT
from flows.releases import release
from tests.badserver import Site, serving
from tests.conftest import KIDNEY, LIVER
from tests.fetching import PRIVATE, FakeClock

Run = Callable[..., tuple[int, str, str]]
FIRST_THREE = ("procedures.ttl", "evidence.ttl", "ontology.ttl")


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        site.page("/codes/50593", KIDNEY, "text/plain")
        site.page("/codes/47380", LIVER)
        yield site


@pytest.fixture
def sources(tmp_path: Path, site: Site) -> Path:
    """A source list with a folder and two addresses."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "47382-own.html").write_text(LIVER.replace("47380", "47382"))
    lines = ['[[source]]\nfolder = "own"\n', *(f'[[source]]\naddress = "{site.at(path)}"\n' for path in site.answers)]
    (tmp_path / "sources.toml").write_text("".join(lines) + PRIVATE)
    return tmp_path / "sources.toml"


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "out"


def go(sources: Path, output: Path, **options: Any) -> Refreshed:
    return refresh.refresh(sources, output, clock=FakeClock(), **options)


def names(output: Path) -> dict[str, str]:
    rows = map(json.loads, (output / "latest" / "pages.jsonl").read_text("utf-8").splitlines())
    return {row["path"].rpartition("-")[0] or row["path"]: row["status"] for row in rows}


def test_a_refresh_gives_what_a_build_of_the_same_pages_gives(
    sources: Path, output: Path, tmp_path: Path, site: Site
) -> None:
    done = go(sources, output)
    assert done.built is not None
    assert done.held_back is None
    assert (done.built.summary.pages, done.built.summary.procedures) == (3, 3)
    host = f"127.0.0.1-{site.port}"
    assert names(output) == dict.fromkeys(["47382", f"{host}/50593", f"{host}/47380"], "published")
    plain = tmp_path / "plain"
    assemble.assemble([tmp_path / "own", output / "cache" / "pages"], plain)
    for name in FIRST_THREE:
        assert (output / "latest" / name).read_bytes() == (plain / "latest" / name).read_bytes()


def test_nothing_changed_publishes_nothing(sources: Path, output: Path) -> None:
    first = go(sources, output).built
    again = go(sources, output)
    assert first is not None
    assert again.built is not None
    assert again.built.summary.unchanged
    assert again.built.summary.release == first.summary.release
    assert again.built.summary.pages_read == 0
    assert len(list((output / "releases").iterdir())) == 1


def test_only_what_changed_is_read_again(sources: Path, output: Path, site: Site) -> None:
    go(sources, output)
    site.page("/codes/50593", KIDNEY.replace("argon", "nitrogen"), "text/plain")
    built = go(sources, output).built
    assert built is not None
    assert built.summary.pages_read == 1
    assert not built.summary.unchanged
    assert len(list((output / "releases").iterdir())) == 2


def test_a_site_that_is_down_takes_nothing_out_of_the_graph(sources: Path, output: Path, site: Site) -> None:
    before = go(sources, output).built
    for path in list(site.answers):
        site.page(path, "", status=503)
    done = go(sources, output)
    assert before is not None
    assert done.built is not None
    assert done.built.summary.release == before.summary.release
    assert all(outcome.kept for one in done.fetched.sources for outcome in one.outcomes)


def test_a_page_that_is_gone_leaves_the_graph(sources: Path, output: Path, site: Site) -> None:
    go(sources, output)
    site.page("/codes/50593", "", status=410)
    go(sources, output)
    assert not any("50593" in name for name in names(output))


def test_where_nothing_came_nothing_is_built(sources: Path, output: Path, site: Site) -> None:
    sources.write_text(sources.read_text().replace('[[source]]\nfolder = "own"\n', ""))
    go(sources, output)
    latest = release.latest(output)
    for path in list(site.answers):
        site.page(path, "", status=503)
    done = go(sources, output)
    assert done.built is None
    assert "nothing could be fetched" in (done.held_back or "")
    assert release.latest(output) == latest


def test_strict_holds_the_release_back_for_one_address(sources: Path, output: Path, site: Site) -> None:
    del site.answers["/codes/50593"]
    done = go(sources, output, strict=True)
    assert done.held_back == "--strict, and 1 addresses could not be fetched"
    assert not (output / "latest").exists()


def test_every_address_is_accounted_for_on_the_disk(sources: Path, output: Path, site: Site) -> None:
    del site.answers["/codes/50593"]
    go(sources, output)
    rows = [json.loads(line) for line in (output / "cache" / "last-fetch.jsonl").read_text().splitlines()]
    assert [(row["address"], row["result"], row["why"], row["kept"]) for row in rows] == [
        (site.at("/codes/50593"), "failed", "gone", False),
        (site.at("/codes/47380"), "fetched", None, True),
    ]


def test_pages_in_the_cache_are_not_found_by_a_build_of_the_folder_above(
    sources: Path, output: Path, tmp_path: Path
) -> None:
    go(sources, output)
    summary = assemble.assemble([tmp_path], output).summary
    assert summary.pages == 1


def test_a_refresh_that_is_killed_leaves_the_release_before_whole_and_the_next_one_goes_on(
    sources: Path, output: Path, site: Site, in_child: Callable[[Callable[[], object]], int]
) -> None:
    before = go(sources, output).built
    site.page("/codes/50593", KIDNEY.replace("argon", "nitrogen"), "text/plain")

    def killed() -> None:
        def build(*_: Any, **__: Any) -> Any:
            os.kill(os.getpid(), signal.SIGKILL)

        go(sources, output, build=build)

    assert in_child(killed) == -signal.SIGKILL
    assert before is not None
    assert release.latest(output).name == before.summary.release
    built = go(sources, output).built
    assert built is not None
    assert (built.summary.pages_read, built.summary.unchanged) == (1, False)


def test_a_second_refresh_waits_for_the_first_and_says_so(sources: Path, output: Path) -> None:
    notes: list[str] = []
    waits = threading.Event()

    class Notes:
        def step(self, name: str, done: int, total: int) -> None: ...

        def note(self, message: str) -> None:
            notes.append(message)
            waits.set()

    with ThreadPoolExecutor(1) as pool:
        with cache.opened(output / "cache"):
            second = pool.submit(go, sources, output, progress=Notes())
            assert waits.wait(20)
            assert not second.done()
        assert second.result(30).held_back is None
    assert "another refresh writes to" in notes[0]


# What a person sees


def test_the_overview_counts_what_the_graph_holds(sources: Path, output: Path, site: Site) -> None:
    del site.answers["/codes/50593"]
    done = go(sources, output)
    assert done.built is not None
    coverage = {row["states"]: (row["procedures"], row["share"]) for row in overview.coverage(output / "latest")}
    assert coverage["procedures in the graph"] == (2, "")
    assert coverage["organ"] == (2, "100%")
    assert coverage["guidance"] == (0, "0%")
    assert overview.changed(done.built.summary).startswith("# Changes")
    rows = overview.sources(done.fetched)
    assert [(row["fetched"], row["failed"], row["why"]) for row in rows] == [(0, 1, "1 gone"), (1, 0, "")]


def test_the_overview_counts_quarantine_by_reason(pages: Path, output: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (pages / name).write_text("")
    (pages / "c.txt").write_text("Nothing is named here.")
    result = assemble.assemble([pages], output)
    rows = overview.quarantine(result.records)
    assert [(row["reason"], row["pages"], row["example"]) for row in rows] == [
        ("empty", 2, "a.txt"),
        ("no-code", 1, "c.txt"),
    ]
    assert overview.quarantine(()) == []


# The command line


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line without Prefect: exit code, standard output, standard error."""
    flow = type(sys)("flows.orchestration.refresh_flow")

    def plain(sources: Path, output: Path, *, progress: object = SILENT, **options: Any) -> Refreshed:
        def build(paths: Any, output: Path, **more: Any) -> assemble.Result:
            return assemble.assemble(paths, output, **more, **limits)

        options.pop("crew")
        limits = {"limits": options.pop("limits"), "keep": options.pop("keep")}
        return go(sources, output, build=build, **options)

    flow.run = plain  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "flows.orchestration.refresh_flow", flow)
    monkeypatch.setattr(settings, "prepare", lambda **_: None)

    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as done:
            cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert isinstance(done.value.code, int)
        return done.value.code, out, err

    return run


def test_refresh_says_what_it_did(run: Run, sources: Path, output: Path, site: Site) -> None:
    site.page("/codes/50593", "", status=500)
    code, out, err = run("refresh", "--sources", sources, "--output", output)
    assert code == 0
    assert "1 server-error" in out
    assert "procedures      2" in out
    assert f"{site.at('/codes/50593')}: server-error: the server says 500" in err
    assert run("refresh", "-s", sources, "-o", output, "--quiet")[2] == ""


def test_refresh_says_it_as_json(run: Run, sources: Path, output: Path, site: Site) -> None:
    del site.answers["/codes/50593"]
    code, out, _ = run("refresh", "-s", sources, "-o", output, "--json", "--quiet")
    said = json.loads(out)
    assert code == 0
    assert [(one["fetched"], one["failed"]) for one in said["sources"]] == [(0, {"gone": 1}), (1, {})]
    assert said["sources"][0]["failures"][0]["address"] == site.at("/codes/50593")
    assert said["build"]["procedures"] == 2


def test_refresh_that_publishes_nothing_exits_1_and_says_why(run: Run, sources: Path, output: Path, site: Site) -> None:
    del site.answers["/codes/50593"]
    code, out, err = run("refresh", "-s", sources, "-o", output, "--strict")
    assert code == 1
    assert "none: --strict" in out
    assert "the release before stays" in err


@pytest.mark.parametrize(
    ("make", "says"),
    [(lambda file: file.unlink(), "cannot be read"), (lambda file: file.write_text("x"), "is not TOML")],
)
def test_a_wrong_source_list_exits_2(
    run: Run, sources: Path, output: Path, make: Callable[[Path], object], says: str
) -> None:
    make(sources)
    code, out, err = run("refresh", "-s", sources, "-o", output)
    assert (code, out) == (2, "")
    assert says in err
    assert not output.exists()
    assert run("schedule", "--cron", "0 2 * * *", "-s", sources, "-o", output)[0] == 2
