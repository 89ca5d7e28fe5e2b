"""The commands ``query`` and ``explain``, to be added to the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.asking.answer_format import Format
from flows.errors import UserError

Output = Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder of the releases.")]
Json = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands to a command line."""

    @app.command()
    def query(
        query: Annotated[
            str | None,
            typer.Argument(metavar="QUERY", help="A name, a file, or SPARQL.", autocompletion=complete_name),
        ] = None,
        output: Output = Path("output"),
        form: Annotated[Format, typer.Option("--format", "-f", help="How to write the answer.")] = Format.TABLE,
        bind: Annotated[
            list[str] | None,
            typer.Option("--bind", metavar="NAME=VALUE", help="Set a variable.", autocompletion=complete_bind),
        ] = None,
        timeout: Annotated[
            float | None, typer.Option("--timeout", metavar="SECONDS", min=0.1, help="Give up after so long.")
        ] = None,
        as_json: Json = False,
        list_all: Annotated[bool, typer.Option("--list", help="Name the shipped queries.")] = False,
    ) -> None:
        """Ask a release in SPARQL, or with one of the shipped queries."""
        # Imported here and below, so that other commands start without an RDF store.
        from flows.commands import asking

        if list_all:
            asking.list_queries(as_json=as_json)
        elif query is None:
            raise UserError("query: which one? Give a name, a file or SPARQL; --list names the shipped ones")
        else:
            asking.query(query, output, Format.JSON if as_json else form, bind or (), timeout)

    @app.command()
    def explain(
        code: Annotated[str, typer.Argument(metavar="CODE", help="Of the procedure, such as 50593.")],
        output: Output = Path("output"),
        everything: Annotated[bool, typer.Option("--all", help="Every place, however many there are.")] = False,
        as_json: Json = False,
    ) -> None:
        """Tell one procedure in words, with what stands behind it."""
        from flows.commands import asking

        asking.explain(code, output, everything=everything, as_json=as_json)


def complete_name(incomplete: str) -> list[tuple[str, str]]:
    """Shipped queries that begin so, with their questions: for the shell.

    >>> complete_name("energy-by")[0][0]
    'energy-by-organ'
    """
    from ontology import queries

    return [(name, one.question) for name, one in queries.shipped().items() if name.startswith(incomplete)]


def complete_bind(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Parameters of the query that stands on the line, and what they are: for the shell."""
    from ontology import queries

    # With --bind still open the words before it are not parsed yet.
    words = [str(ctx.params.get("query")), *ctx.args]
    asked = next((queries.shipped()[word] for word in words if word in queries.shipped()), None)
    parameters = () if asked is None else asked.parameters
    return [(f"{one.name}=", one.description) for one in parameters if one.name.startswith(incomplete)]
