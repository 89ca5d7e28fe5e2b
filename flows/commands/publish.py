"""The command ``publish``, to be added to the command line."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

_SIZE = 20_000


def register(app: typer.Typer) -> None:
    """Add the command to a command line."""

    @app.command()
    def publish(
        to: Annotated[str, typer.Option("--to", metavar="URL", help="Of the store's Graph Store Protocol.")],
        output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder of the releases.")] = Path(
            "output"
        ),
        query_url: Annotated[
            str | None, typer.Option("--query-url", metavar="URL", help="Where the store answers queries.")
        ] = None,
        chunk: Annotated[int, typer.Option("--chunk", min=1, help="Triples in one request.")] = _SIZE,
        keep_old: Annotated[
            bool, typer.Option("--keep-old", help="Let the graphs of the release before stay.")
        ] = False,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
        as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
        quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no notes.")] = False,
    ) -> None:
        """Load a release into a SPARQL 1.1 store, and switch over to it in one step.

        User and password are taken from ABLATION_KG_USER and ABLATION_KG_PASSWORD, a token from ABLATION_KG_TOKEN.
        """
        run(to, output, query_url, chunk, keep_old=keep_old, dry_run=dry_run, as_json=as_json, quiet=quiet)


def run(
    to: str,
    output: Path,
    query_url: str | None,
    chunk: int,
    *,
    keep_old: bool,
    dry_run: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Publish, and say what was done.

    Args:
        to: Address of the store's Graph Store Protocol.
        output: The folder of the releases, or one release's own folder.
        query_url: Where the store answers queries, or None.
        chunk: Triples in one request.
        keep_old: Whether the graphs of the release before stay.
        dry_run: Whether nothing is to be written.
        as_json: Whether to print JSON.
        quiet: Whether to show no progress.

    Raises:
        UserError: The release or the store cannot be used.
    """
    # Imported here, so that the other commands start without the parts that speak to a store.
    from flows import console, table
    from flows.asking.store import current
    from flows.stores import graph_store, publish

    folder = current(output)
    where = graph_store.addresses(to, query_url)
    with closing(graph_store.Store(where)) as store:
        todo = publish.plan(folder, store, chunk)
        if not dry_run and not todo.needless:
            with console.progress(quiet=quiet) as progress:
                publish.publish(todo, store, chunk, keep_old=keep_old, progress=progress)
    removed = [] if keep_old else sorted(todo.standing.graphs - set(todo.triples))
    did = "stands already" if todo.needless else "would be published" if dry_run else "published"
    told = {
        "release": todo.release,
        "result": did,
        "store": where.graphs,
        "graphs": todo.triples,
        "pieces": todo.pieces,
        "loaded_before": todo.loaded,
        "replaces": todo.standing.release,
        "removed": [] if todo.needless else removed,
    }
    if as_json:
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
        return
    sys.stdout.write(f"{did}: {todo.release}\nstore: {where.graphs}\n")
    if not todo.needless:
        before = f", {todo.loaded} of them there already" if todo.loaded else ""
        sys.stdout.write(f"replaces: {todo.standing.release or 'nothing'}\nrequests: {todo.pieces} pieces{before}\n\n")
        rows = [["fill", graph, f"{number:,}"] for graph, number in todo.triples.items()]
        table.write(["", "graph", "triples"], [*rows, *(["remove", graph, ""] for graph in removed)])
