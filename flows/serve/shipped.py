"""The shipped queries as texts that stand alone, with their parameters as the first line of the pattern."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flows.asking.answer import short
from flows.asking.query import TOKENS
from flows.errors import UserError
from ontology import queries
from ontology.queries import Parameter, ShippedQuery


@dataclass(frozen=True, slots=True)
class Filled:
    """A shipped query that is ready to run.

    Attributes:
        query: As it is shipped.
        values: What the parameters stand for, as a person writes it, by name.
        text: The SPARQL.
        problem: What is wrong with a value that was given, else empty; then the default stands.
    """

    query: ShippedQuery
    values: Mapping[str, str]
    text: str
    problem: str = ""


def fill(query: ShippedQuery, given: Mapping[str, str]) -> Filled:
    """Write a shipped query with values for its parameters.

    Args:
        query: The query.
        given: Values by name, as on the command line; others stand for their default.
    """
    values: dict[str, str] = {}
    lines: list[str] = []
    problem = ""
    for parameter in query.parameters:
        try:
            term = _term(parameter, given)
        except UserError as error:
            term, problem = parameter.default, error.message
        values[parameter.name] = short(term)
        lines.append(f"\n  VALUES ?{parameter.name} {{ {term} }}  # {parameter.description}")
    body = "\n".join(line for line in query.text.splitlines() if not line.startswith("# param:"))
    at = _first_brace(body)
    return Filled(query, values, body[:at] + "".join(lines) + body[at:] + "\n", problem)


def _term(parameter: Parameter, given: Mapping[str, str]) -> object:
    value = given.get(parameter.name, "").strip()
    if not value:
        return parameter.default
    try:
        return queries.term(value, parameter.default)
    except ValueError as error:
        raise UserError(f"{parameter.name}: {error}") from error


def _first_brace(text: str) -> int:
    """Position behind the brace that opens the pattern: no query of ours has one in a string or IRI before it."""
    hidden = [found.span() for found in TOKENS.finditer(text)]
    at = text.find("{")
    while any(start <= at < end for start, end in hidden):
        at = text.find("{", at + 1)
    return at + 1
