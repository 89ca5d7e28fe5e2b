"""Queries on the command line: answers that flow, time that is over, names that the shell completes."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from flows import table
from flows.asking import answer
from flows.asking.answer_format import Format
from flows.commands import asking
from ontology import queries
from tests.stores import LONG, MAIN, ROOT

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c != ?f) }"


def called(*arguments: object, **options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MAIN, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **options},
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )


MEASURE = """
import resource, sys
from flows.cli import main
try:
    main()
finally:
    sys.stderr.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
"""


def test_a_large_answer_is_not_held(released: Path) -> None:
    most = {}
    for rows in (10, 100_000):
        query = f"SELECT ?a ?d {{ ?a ?b ?c . ?d ?e ?f }} LIMIT {rows}"
        for form in ("csv", "table"):
            done = subprocess.run(
                [sys.executable, "-c", MEASURE, "query", query, "--output", str(released), "--format", form],
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                check=True,
                timeout=LONG,
            )
            most[form, rows] = int(done.stderr.split()[-1])
    for form in ("csv", "table"):
        # The answers come to 10 MB and more.
        assert most[form, 100_000] - most[form, 10] < 6_000, most


def test_long_tables_take_their_widths_from_the_first_rows(capsys: pytest.CaptureFixture[str]) -> None:
    table.stream(["a", "b"], ((str(n), "x" * (2 if n < table.FIRST else 5)) for n in range(table.FIRST + 2)))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == table.FIRST + 4
    assert lines[2] == "0    xx"
    assert lines[-1] == f"{table.FIRST + 1}  xxxxx"


def test_short_tables_are_as_they_were(capsys: pytest.CaptureFixture[str]) -> None:
    table.stream(["a", "b"], iter([["1", "long enough"]]))
    assert capsys.readouterr().out == table.plain(["a", "b"], [["1", "long enough"]])


def test_many_triples_are_written_as_they_come(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = ox.Store()
    for number in range(50):
        graph.add(ox.Quad(ox.NamedNode(f"a:{number}"), ox.NamedNode("a:b"), ox.Literal("é\n")))
    wanted = {quad.triple for quad in graph}
    for few in (answer.FEW, 10):
        monkeypatch.setattr(answer, "FEW", few)
        for form, kind in ((Format.TURTLE, ox.RdfFormat.TURTLE), (Format.JSON, ox.RdfFormat.JSON_LD)):
            found = graph.query("CONSTRUCT WHERE { ?s ?p ?o }")
            answer.write(found, form)
            assert {quad.triple for quad in ox.parse(capsys.readouterr().out, format=kind)} == wanted


def test_rows_with_strange_letters_flow_whole(capsys: pytest.CaptureFixture[str]) -> None:
    text = "é€𝄞" * 30_000
    found = ox.Store().query(f'SELECT ?x {{ VALUES ?x {{ "{text}" }} }}')
    answer.write(found, Format.CSV)
    assert capsys.readouterr().out.replace("\r", "") == f"x\n{text}\n"


def test_a_query_that_runs_out_of_time_exits_2_and_leaves_nothing_running(released: Path) -> None:
    began = time.monotonic()
    done = called("query", ENDLESS, "--output", released, "--timeout", "0.5")
    assert (done.returncode, done.stdout) == (2, "")
    assert "ran out of time: --timeout 0.5 s" in done.stderr
    assert time.monotonic() - began < LONG / 2


def test_with_a_time_limit_everything_else_is_as_without(released: Path, tmp_path: Path) -> None:
    for query in ("energy-by-organ", "ASK { ?s ?p }", "SELECT * {"):
        plain = called("query", query, "--output", released, "--format", "csv")
        limited = called("query", query, "--output", released, "--format", "csv", "--timeout", "50")
        assert (plain.returncode, plain.stdout, plain.stderr) == (limited.returncode, limited.stdout, limited.stderr)
    assert called("query", "energy-by-organ", "--output", tmp_path, "--timeout", "50").returncode == 2
    assert called("query", "energy-by-organ", "--timeout", "0").returncode == 2


def test_a_reader_who_leaves_early_is_no_fault_with_a_time_limit(released: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    query = "SELECT * { ?s ?p ?o }"
    done = subprocess.run(
        [*MAIN, "query", query, "--output", str(released), "--timeout", "50"],
        cwd=ROOT,
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
        timeout=LONG,
    )
    os.close(writing)
    assert done.stderr == b""


def test_the_shell_completes_names_and_parameters() -> None:
    def complete(line: str) -> list[str]:
        words = line.split(" ")
        done = called(
            _ABLATION_KG_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD=str(len(words) - 1), _TYPER_COMPLETE="1"
        )
        return done.stdout.split("\n")[:-1] if done.stdout.endswith("\n") else done.stdout.split("\n")

    assert {"energy-by-organ"} <= set(complete("ablation-kg query energy"))
    assert set(queries.shipped()) <= set(complete("ablation-kg query "))
    assert "organ=" in complete("ablation-kg query organ-by-approach --bind o")


def test_list_is_one_source(released: Path) -> None:
    told = json.loads(called("query", "--list", "--json").stdout)
    for one in told:
        done = (
            called("query", one["name"], "--output", released, "--format", "csv") if one["name"] == "coverage" else None
        )
        if done is not None:
            assert next(csv.reader(io.StringIO(done.stdout))) == one["columns"]
    assert [one["name"] for one in told] == list(queries.shipped())


def test_another_version_exits_2(released: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from flows import cli

    for file in (released / "latest").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    text = (tmp_path / "ontology.ttl").read_text("utf-8")
    (tmp_path / "ontology.ttl").write_text(text.replace('versionInfo> "', 'versionInfo> "9'), "utf-8")
    for command in (["query", "coverage"], ["explain", "50593"], ["publish", "--to", "http://127.0.0.1:1/"]):
        with pytest.raises(SystemExit) as done:
            cli.main([*command, "--output", str(tmp_path)])
        assert done.value.code == 2
        assert "a release of version 9" in capsys.readouterr().err
    assert asking
