"""SPARQL over a release."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from flows.errors import UserError
from ontology import queries, terms

Value = ox.NamedNode | ox.Literal
Term = Value | ox.BlankNode | ox.Triple
Answer = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples

_PLACE: Final = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
# What a variable must not be looked for in: IRIs, comments, strings (SPARQL 1.1, section 19.8).
TOKENS: Final = re.compile(
    r"""<[^<>"{}|^`\\\s]*>|\#[^\n]*|\"{3}.*?\"{3}|'{3}.*?'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[?$](?P<name>\w+)""",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A query and what its variables are set to."""

    text: str
    values: Mapping[str, Value]


def resolve(query: str, binds: Mapping[str, str]) -> Asked:
    """Find out what the user asks.

    Args:
        query: Name of a shipped query, path of a file, or SPARQL.
        binds: Variables to set, by name, as `ontology.queries.term` reads them.

    Raises:
        UserError: There is no such query or file, or a variable cannot be set so.
    """
    shipped = queries.shipped().get(query)
    if shipped is not None:
        return Asked(shipped.text, _values(shipped, binds))
    text = _text(query)
    unknown = sorted(set(binds) - {found["name"] for found in TOKENS.finditer(text) if found["name"]})
    if unknown:
        raise UserError(f"--bind: the query has no variable ?{unknown[0]}")
    return Asked(text, {name: _term(name, value, None) for name, value in binds.items()})


def ask(store: ox.Store, asked: Asked) -> Answer:
    """Answer a query; the prefixes of `ontology.terms` need not be declared.

    Raises:
        UserError: The query is not valid; the message shows where.
    """
    try:
        answer = store.query(asked.text, prefixes=terms.PREFIXES)
        if not asked.values:
            return answer
        # pyoxigraph sets only variables that a SELECT gives back; the others are written into the text.
        given = {variable.value for variable in answer.variables} if isinstance(answer, ox.QuerySolutions) else set()
        inner = {name: value for name, value in asked.values.items() if name not in given}
        outer: dict[ox.Variable, Term] = {
            ox.Variable(name): value for name, value in asked.values.items() if name in given
        }
        return store.query(_written_in(asked.text, inner), prefixes=terms.PREFIXES, substitutions=outer)
    except SyntaxError as error:
        raise UserError(place(asked.text, error)) from error


def _values(shipped: queries.ShippedQuery, binds: Mapping[str, str]) -> dict[str, Value]:
    defaults = {parameter.name: parameter.default for parameter in shipped.parameters}
    for name in binds:
        if name not in defaults:
            known = ", ".join(defaults) or "none"
            raise UserError(f"--bind: the query {shipped.name} has no parameter {name} (it has: {known})")
    return {name: _term(name, binds[name], default) if name in binds else default for name, default in defaults.items()}


def _term(name: str, value: str, like: Value | None) -> Value:
    try:
        return queries.term(value, like)
    except ValueError as error:
        raise UserError(f"--bind {name}: {error}") from error


def _text(query: str) -> str:
    """SPARQL from a file or from the argument itself."""
    if any(mark in query for mark in "{}\n"):
        return query
    path = Path(query)
    if path.is_file():
        try:
            return path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"{query}: cannot be read as a query: {error}") from error
    if " " in query and path.suffix != ".rq":
        return query
    near = difflib.get_close_matches(query, queries.shipped(), n=3, cutoff=0.4)
    hint = f"; near it: {', '.join(near)}" if near else ""
    raise UserError(f"{query}: neither a file nor a shipped query{hint}; ablation-kg query --list names all")


def _written_in(text: str, values: Mapping[str, Value]) -> str:
    """The query with variables replaced by terms, wherever they are variables."""

    def written(found: re.Match[str]) -> str:
        value = values.get(found["name"] or "")
        return found[0] if value is None else str(value)

    return TOKENS.sub(written, text)


def place(text: str, error: SyntaxError) -> str:
    """The words for a syntax error, with the line and a mark below the place.

    Args:
        text: The query.
        error: As pyoxigraph raises it.
    """
    found = _PLACE.fullmatch(error.msg)
    if found is None:
        return f"the query is not valid SPARQL: {error.msg}"
    row, column = int(found[1]), int(found[2])
    lines = text.splitlines()
    line = lines[row - 1] if row <= len(lines) else ""
    what = re.sub(r"\s+", " ", found[3])
    unknown = re.search(r"Prefix not found|variable that is unbound[^,]*", what)
    what = unknown[0] if unknown else what
    what = what if len(what) <= 160 else what[:157] + "..."
    return f"the query is not valid SPARQL at line {row}, column {column}: {what}\n  {line}\n  {' ' * (column - 1)}^"
