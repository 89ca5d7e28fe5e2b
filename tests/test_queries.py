"""The shipped queries: their heads, their rows over a small release written by hand, and that other engines read them.

A case is a file of rows in ``cases/queries/expected``: ``<query>.csv`` with the parameters' defaults, and
``<query>@<case>.csv``, which begins with a line ``# parameter = value`` for each parameter that it sets.
"""

from __future__ import annotations

import csv
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, QuerySolutions, RdfFormat, Store, Variable
from rdflib.plugins.sparql.parser import parseQuery

from ontology.queries import FOLDER, ShippedQuery, shipped, term

CASES = Path(__file__).parent / "cases" / "queries"
GRAPH = CASES / "graph.ttl"
NAMES = sorted(file.stem for file in FOLDER.glob("*.rq"))
EXPECTED = sorted(file.stem for file in (CASES / "expected").glob("*.csv"))

Row = tuple[str, ...]
Table = tuple[Row, list[Row]]


@cache
def store() -> Store:
    loaded = Store()
    loaded.bulk_load(GRAPH.read_bytes(), format=RdfFormat.TURTLE)
    return loaded


@cache
def rdflib_graph() -> rdflib.Graph:
    return rdflib.Graph().parse(GRAPH, format="turtle")


def expected(case: str) -> tuple[dict[str, str], Table]:
    """Parameters that the case sets, column names and rows."""
    lines = (CASES / "expected" / f"{case}.csv").read_text("utf-8").splitlines()
    settings = [line[1:].split("=", 1) for line in lines if line.startswith("# ")]
    rows = [tuple(row) for row in csv.reader(line for line in lines if not line.startswith("# "))]
    return {name.strip(): value.strip() for name, value in settings}, (rows[0], rows[1:])


def bindings(query: ShippedQuery, settings: dict[str, str]) -> dict[str, NamedNode | Literal]:
    unknown = settings.keys() - {parameter.name for parameter in query.parameters}
    assert not unknown, f"{query.name} has no parameter {sorted(unknown)}"
    return {
        parameter.name: term(settings[parameter.name], parameter.default)
        if parameter.name in settings
        else parameter.default
        for parameter in query.parameters
    }


def ask(query: ShippedQuery, settings: dict[str, str]) -> Table:
    bound: dict[Variable, NamedNode | Literal] = {
        Variable(name): value for name, value in bindings(query, settings).items()
    }
    answer = store().query(query.text, substitutions=dict(bound) or None)
    assert isinstance(answer, QuerySolutions)
    columns = tuple(variable.value for variable in answer.variables)
    rows: list[Row] = []
    for solution in answer:
        cells = [solution[column] for column in columns]
        assert all(cell is None or isinstance(cell, NamedNode | Literal) for cell in cells)
        rows.append(tuple(cell.value if isinstance(cell, NamedNode | Literal) else "" for cell in cells))
    return columns, rows


def plain(cell: object) -> str:
    """A cell of rdflib's answer, numbers without trailing zeros as Oxigraph writes them."""
    if cell is None:
        return ""
    text = str(cell)
    if isinstance(cell, rdflib.Literal) and cell.datatype == rdflib.XSD.decimal:
        return f"{Decimal(text).normalize():f}"
    return text


def test_there_are_queries_and_the_loader_knows_them_all() -> None:
    assert len(NAMES) >= 14
    assert list(shipped()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_head_says_the_question_and_the_columns(name: str) -> None:
    query = shipped()[name]
    first = query.text.splitlines()[0]
    assert first.startswith("# question: "), f"{name}.rq must begin with '# question: …', not {first!r}"
    assert "?" in query.question, f"{name}.rq: the question is no question"
    assert query.columns, f"{name}.rq needs a line '# columns: a, b, c'"
    assert all(parameter.description for parameter in query.parameters), f"{name}.rq: a parameter is not described"


@pytest.mark.parametrize("name", NAMES)
def test_each_query_has_rows_to_expect(name: str) -> None:
    assert name in EXPECTED, f"write the rows of {name}.rq over graph.ttl into {CASES.name}/expected/{name}.csv"
    _, (_, rows) = expected(name)
    assert rows, f"{name}.csv holds no row, so it shows nothing: add to graph.ttl what the query asks for"


@pytest.mark.parametrize("name", NAMES)
def test_each_parameter_is_a_column(name: str) -> None:
    query = shipped()[name]
    missing = {parameter.name for parameter in query.parameters} - set(query.columns)
    assert not missing, f"{name}.rq: put {sorted(missing)} into SELECT; Oxigraph sets no variable that is not selected"


@pytest.mark.parametrize("name", NAMES)
def test_rows_come_in_a_stated_order(name: str) -> None:
    assert "ORDER BY" in shipped()[name].text, f"{name}.rq needs ORDER BY, or its rows change from run to run"


@pytest.mark.parametrize("case", EXPECTED)
def test_rows(case: str) -> None:
    name = case.partition("@")[0]
    assert name in NAMES, f"expected/{case}.csv belongs to no query"
    settings, table = expected(case)
    assert ask(shipped()[name], settings) == table
    assert shipped()[name].columns == table[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_query_stands_without_its_parameters(name: str) -> None:
    """Pasted into any endpoint as it is, a query answers for every value of its parameters."""
    _, (columns, rows) = expected(name)
    answer = store().query(shipped()[name].text)
    assert isinstance(answer, QuerySolutions)
    assert tuple(variable.value for variable in answer.variables) == columns
    assert len(list(answer)) >= len(rows)


@pytest.mark.parametrize("name", NAMES)
def test_rdflib_parses_each_query(name: str) -> None:
    parseQuery(shipped()[name].text)


@pytest.mark.parametrize("case", EXPECTED)
def test_rdflib_gives_the_same_rows(case: str) -> None:
    query = shipped()[case.partition("@")[0]]
    settings, (columns, rows) = expected(case)
    bound: dict[str, rdflib.term.Identifier] = {
        name: rdflib.URIRef(value.value) if isinstance(value, NamedNode) else rdflib.Literal(value.value)
        for name, value in bindings(query, settings).items()
    }
    answer = rdflib_graph().query(query.text, initBindings=bound)
    variables = [rdflib.Variable(column) for column in columns]
    assert [tuple(plain(row.get(variable)) for variable in variables) for row in answer.bindings] == rows
