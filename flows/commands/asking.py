"""The commands that ask a release: ``query`` and ``explain``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from flows import table
from flows.asking import answer, explain_text, limit, store
from flows.asking import explain as explaining
from flows.asking import query as querying
from flows.asking.answer_format import Format
from flows.errors import UserError
from ontology import queries


def query(text: str, output: Path, form: Format, binds: Sequence[str], seconds: float | None = None) -> None:
    """Answer a query on standard output.

    Args:
        text: Name of a shipped query, path of a file, or SPARQL.
        output: The folder of the releases.
        form: How to write the answer.
        binds: ``name=value`` for variables to set.
        seconds: That the answer may take once the release is loaded; any number if None.

    Raises:
        UserError: The query, a variable or the folder cannot be used, or the time is over.
    """
    asked = querying.resolve(text, dict(_bind(one) for one in binds))

    def work(begin: Callable[[], None]) -> None:
        found = store.load(output)
        begin()
        answer.write(querying.ask(found, asked), form)

    if seconds is None:
        work(lambda: None)
    else:
        limit.within(seconds, work)


def list_queries(*, as_json: bool) -> None:
    """Name the shipped queries with their questions and parameters."""
    shipped = queries.shipped().values()
    if as_json:
        rows = [
            {
                "name": one.name,
                "question": one.question,
                "parameters": [
                    {"name": p.name, "default": answer.short(p.default), "description": p.description}
                    for p in one.parameters
                ],
                "columns": one.columns,
            }
            for one in shipped
        ]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
    else:
        table.write(
            ["name", "question", "--bind"],
            [
                [one.name, one.question, ", ".join(f"{p.name}={answer.short(p.default)}" for p in one.parameters)]
                for one in shipped
            ],
        )


def explain(code: str, output: Path, *, everything: bool, as_json: bool) -> None:
    """Explain one procedure on standard output.

    Args:
        code: Of the procedure.
        output: The folder of the releases.
        everything: Whether every place is shown.
        as_json: Whether to write JSON, which always holds everything.

    Raises:
        UserError: There is no release, or no such procedure in it.
    """
    folder = store.current(output)
    found = explaining.explain(folder, code)
    if as_json:
        sys.stdout.write(json.dumps(asdict(found), ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write(explain_text.text(found, everything=everything))


def _bind(one: str) -> tuple[str, str]:
    name, equals, value = one.partition("=")
    if not equals or not name:
        raise UserError(f"--bind {one}: write NAME=VALUE, such as organ=liver")
    return name.lstrip("?$"), value
