"""The command line: what is printed where, and the exit codes. Prefect is left out; see test_flows_prefect."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from flows import cli, settings
from flows.asking import explain_text, store
from flows.asking.answer_format import Format
from flows.assembly import assemble
from flows.assembly.spread import ALONE
from flows.commands import asking
from flows.progress import SILENT
from ontology import queries

ROOT = Path(__file__).parents[1]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command line: exit code, standard output, standard error."""

    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as done:
            cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert isinstance(done.value.code, int)
        return done.value.code, out, err

    return run


@pytest.fixture
def output(pages: Path, tmp_path: Path) -> Path:
    """A folder with a release of the test pages."""
    assemble.assemble([pages], tmp_path / "out")
    return tmp_path / "out"


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets ``build`` run the plain functions in place of the flow."""
    flow = type(sys)("flows.orchestration.build")

    def run(*arguments: Any, progress: object = SILENT, **options: Any) -> assemble.Result:
        assert options.pop("crew") == ALONE
        return assemble.assemble(*arguments, **options)

    flow.run = run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "flows.orchestration.build", flow)
    monkeypatch.setattr(settings, "prepare", lambda **_: None)


# build


@pytest.mark.usefixtures("plain")
def test_build_says_what_it_did(run: Run, pages: Path, tmp_path: Path) -> None:
    code, out, err = run("build", pages, "--output", tmp_path / "out")
    assert code == 0
    assert err == ""
    assert "pages given     3" in out
    assert "out of scope  1" in out
    assert str(tmp_path / "out" / "releases") in out


@pytest.mark.usefixtures("plain")
def test_build_says_it_as_json(run: Run, pages: Path, tmp_path: Path) -> None:
    (pages / "empty.txt").write_text("")
    code, out, _ = run("build", pages, "--output", tmp_path / "out", "--json")
    summary = json.loads(out)
    assert code == 0
    assert (summary["pages"], summary["published"], summary["quarantined"]) == (4, 2, {"empty": 1})
    assert Path(summary["folder"]).name == summary["release"]


@pytest.mark.usefixtures("plain")
def test_build_with_nothing_publishable_exits_1_and_says_why(run: Run, tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    assert run("build", tmp_path / "pages", "-o", tmp_path / "out")[0] == 1
    (tmp_path / "pages" / "empty.txt").write_text("")
    code, out, err = run("build", tmp_path / "pages", "-o", tmp_path / "out")
    assert code == 1
    assert "release         none" in out
    assert "empty.txt: empty:" in err
    assert not (tmp_path / "out" / "latest").exists()


@pytest.mark.usefixtures("plain")
def test_build_is_quiet_if_asked(run: Run, pages: Path, tmp_path: Path) -> None:
    (pages / "empty.txt").write_text("")
    code, _, err = run("build", pages, "-o", tmp_path / "out", "--strict", "--quiet")
    assert (code, err) == (1, "")


@pytest.mark.parametrize(
    ("paths", "says"),
    [(["missing"], "no such file"), (["scan.pdf"], "not a page"), ([], "Missing argument")],
)
def test_build_of_what_is_no_page_exits_2(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, paths: list[str], says: str
) -> None:
    (tmp_path / "scan.pdf").write_text("")
    monkeypatch.chdir(tmp_path)
    code, out, err = run("build", *paths, "--output", "out")
    assert (code, out) == (2, "")
    assert says in err
    assert not (tmp_path / "out").exists()


def test_build_into_a_file_exits_2(run: Run, pages: Path) -> None:
    code, _, err = run("build", pages, "--output", pages / "50593-notes.txt")
    assert code == 2
    assert "wants a folder" in err


@pytest.mark.usefixtures("plain")
def test_a_fault_of_our_own_exits_3_with_a_message(
    run: Run, pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> object:
        raise ZeroDivisionError("something broke")

    monkeypatch.setattr("extract.reading.read", broken)
    code, out, err = run("build", pages, "-o", tmp_path / "out")
    assert (code, out) == (3, "")
    assert "ZeroDivisionError: something broke (while working on 47380)" in err
    assert "Traceback" not in err
    assert "Traceback" in run("build", pages, "-o", tmp_path / "out", "--verbose")[2]


# query


def test_query_answers_a_shipped_query(run: Run, output: Path) -> None:
    code, out, _ = run("query", "organ-by-approach", "--output", output)
    assert code == 0
    assert "50593" in out
    assert "47380" not in out


def test_query_binds_parameters(run: Run, output: Path) -> None:
    _, out, _ = run(
        "query", "organ-by-approach", "--bind", "organ=liver", "--bind", "approach=approach/open", "-o", output
    )
    assert "47380" in out
    assert "50593" not in out


SELECT = "SELECT ?code ?organ { ?p skos:notation ?code ; abl:organ ?organ } ORDER BY ?code"


def test_query_answers_sparql_as_csv_and_json(run: Run, output: Path) -> None:
    _, out, _ = run("query", SELECT, "-o", output, "--format", "csv")
    assert list(csv.DictReader(io.StringIO(out))) == [
        {"code": "47380", "organ": "https://w3id.org/ablation-kg/organ/liver"},
        {"code": "50593", "organ": "https://w3id.org/ablation-kg/organ/kidney"},
    ]
    _, out, _ = run("query", SELECT, "-o", output, "--json")
    assert [row["code"]["value"] for row in json.loads(out)["results"]["bindings"]] == ["47380", "50593"]


def test_query_answers_a_file_in_a_table(run: Run, output: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.rq").write_text(SELECT)
    _, out, _ = run("query", tmp_path / "mine.rq", "-o", output)
    assert out == "code   organ\n-----  ------------\n47380  organ/liver\n50593  organ/kidney\n"


def test_query_answers_construct_and_ask(run: Run, output: Path) -> None:
    construct = "CONSTRUCT { ?p abl:organ ?o } WHERE { ?p abl:organ ?o }"
    _, out, _ = run("query", construct, "-o", output, "--format", "turtle")
    assert len(list(ox.parse(out, format=ox.RdfFormat.TURTLE))) == 2
    assert run("query", construct, "-o", output)[1] == out
    assert len(json.loads(run("query", construct, "-o", output, "--json")[1])) == 2
    assert run("query", "ASK { ?p a abl:Procedure }", "-o", output)[1] == "yes\n"


def test_query_binds_variables_that_are_not_given_back(run: Run, output: Path) -> None:
    text = "SELECT ?code { ?p abl:organ ?organ ; skos:notation ?code FILTER(STR(?p) != '?organ') } # ?organ"
    assert run("query", text, "--bind", "organ=organ/kidney", "-o", output)[1] == "code\n-----\n50593\n"


@pytest.mark.parametrize("value", ['"} DROP ALL #', "x> } #", '\\"', "liver\n}"])
def test_a_bound_value_cannot_break_out(run: Run, output: Path, value: str) -> None:
    code, out, _ = run("query", "SELECT ?p { ?p skos:notation ?code }", "--bind", f"code={value}", "-o", output)
    assert (code, out.splitlines()[2:]) == (0, [])
    assert run("query", "organ-by-approach", "--bind", f"organ={value}", "-o", output)[0] == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["energy-by-orgn"], "near it: energy-by-organ"),
        (["missing.rq"], "neither a file"),
        (["SELECT ?x WHERE {\n ?x ?y }"], "line 2, column 9"),
        (["SELECT ?x { ?x foo:bar ?y }"], "Prefix not found"),
        (["INSERT DATA { <a:a> <a:b> <a:c> }"], "not valid SPARQL"),
        ([SELECT, "--format", "turtle"], "rows have no Turtle"),
        ([SELECT, "--bind", "organ"], "NAME=VALUE"),
        ([SELECT, "--bind", "liver=organ/liver"], "no variable ?liver"),
        (["organ-by-approach", "--bind", "place=liver"], "no parameter place"),
        ([SELECT, "--format", "xml"], "--format"),
        ([], "which one"),
    ],
)
def test_a_wrong_query_exits_2_and_says_why(run: Run, output: Path, arguments: list[str], says: str) -> None:
    code, out, err = run("query", *arguments, "--output", output)
    assert (code, out) == (2, "")
    assert says in err


def test_a_query_without_a_release_says_what_to_do(run: Run, tmp_path: Path) -> None:
    code, _, err = run("query", SELECT, "--output", tmp_path)
    assert code == 2
    assert "ablation-kg build" in err


def test_query_names_the_shipped_queries(run: Run) -> None:
    _, out, _ = run("query", "--list")
    assert "organ=organ/kidney" in out
    for name, query in queries.shipped().items():
        assert name in out
        assert query.question in out
    assert [row["name"] for row in json.loads(run("query", "--list", "--json")[1])] == list(queries.shipped())


@pytest.mark.parametrize("name", queries.shipped())
def test_every_shipped_query_runs_and_gives_its_columns(run: Run, output: Path, name: str) -> None:
    code, out, _ = run("query", name, "-o", output, "--format", "csv")
    assert code == 0
    assert tuple(next(csv.reader(io.StringIO(out)))) == queries.shipped()[name].columns


# explain


def test_explain_tells_a_procedure_in_words(run: Run, output: Path) -> None:
    code, out, _ = run("explain", "50593", "--output", output)
    assert code == 0
    for words in (
        "approach: percutaneous",
        "“percutaneous”",
        "organ: kidney",
        "50593-notes.txt",
        "Invented Coding Notes",
    ):
        assert words in out
    assert max(map(len, out.splitlines())) <= explain_text.WIDTH


def test_explain_quotes_what_stands_on_the_page(run: Run, output: Path, pages: Path) -> None:
    _, out, _ = run("explain", "cpt-50593", "-o", output, "--json")
    told = json.loads(out)
    page = (pages / "50593-notes.txt").read_text()
    assert told["code"] == "50593"
    assert told["ablation"]
    places = [place for fact in told["facts"] for place in fact["places"]]
    assert places
    for place in places:
        assert page[place["start"] : place["end"]] == place["quote"]


@pytest.mark.parametrize(
    ("asked", "says"), [("50594", "near it: 50593"), ("99213", "out-of-scope"), ("x> <y", "near it"), ("", "near it")]
)
def test_explain_of_an_unknown_code_names_what_is_near(run: Run, output: Path, asked: str, says: str) -> None:
    code, out, err = run("explain", asked, "--output", output)
    assert (code, out) == (2, "")
    assert says in err


# validate


def test_validate_of_a_release_conforms(run: Run, output: Path) -> None:
    files = [output / "latest" / "procedures.ttl", output / "latest" / "evidence.ttl"]
    code, out, _ = run("validate", *files)
    assert code == 0
    assert out.splitlines()[-1].startswith("conforms: 0 violations")


def test_validate_tells_violations_in_words_json_and_turtle(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.ttl").write_text(
        "@prefix abl: <https://w3id.org/ablation-kg/ontology#> . "
        "<https://w3id.org/ablation-kg/procedure/CPT-50593> a abl:Procedure ."
    )
    code, out, _ = run("validate", tmp_path / "bad.ttl")
    assert code == 1
    assert out.startswith("violation: Procedure 50593")
    code, out, _ = run("validate", tmp_path / "bad.ttl", "--json")
    assert (code, json.loads(out)["conforms"]) == (1, False)
    code, out, _ = run("validate", tmp_path / "bad.ttl", "--turtle")
    assert code == 1
    assert "ValidationReport" in str(list(ox.parse(out, format=ox.RdfFormat.TURTLE)))


@pytest.mark.parametrize(("text", "says"), [("<a> <b>\n <c> d .", "line 2"), (None, "cannot be read")])
def test_validate_of_what_is_no_turtle_exits_2(run: Run, tmp_path: Path, text: str | None, says: str) -> None:
    if text is not None:
        (tmp_path / "bad.ttl").write_text(text)
    code, _, err = run("validate", tmp_path / "bad.ttl")
    assert code == 2
    assert says in err


# the whole


@pytest.mark.parametrize("command", [[], ["build"], ["query"], ["explain"], ["validate"]])
def test_help_is_there(run: Run, command: list[str]) -> None:
    code, out, _ = run(*command, "--help")
    assert code == 0
    assert "Usage: ablation-kg" in out


def test_a_reader_who_leaves_early_is_no_fault(output: Path) -> None:
    command = [sys.executable, "-c", "from flows.cli import main; main()", "query", "SELECT * { ?s ?p ?o }"]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*command, "--output", str(output)], cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, check=False, timeout=60
    )
    os.close(writing)
    assert b"fault" not in done.stderr
    assert b"Traceback" not in done.stderr


def test_pages_cannot_steer_the_terminal(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asking.query('SELECT ("a\\u001b[31mb\\nc" AS ?x) {}', output, Format.TABLE, ())
    assert capsys.readouterr().out == "x\n---------\na�[31mb c\n"


def test_a_broken_release_is_named(run: Run, output: Path) -> None:
    (store.folder_of(output) / "procedures.ttl").write_text("not turtle")
    code, _, err = run("query", SELECT, "-o", output)
    assert code == 2
    assert "procedures.ttl" in err
