"""The command ``serve``, to be added to the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to a command line."""

    @app.command()
    def serve(
        output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder of the releases.")] = Path(
            "output"
        ),
        host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
        port: Annotated[int, typer.Option("--port", "-p", help="Port to listen on; 0 takes a free one.")] = 7878,
        timeout: Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds that a query may take.")] = 30.0,
        as_json: Annotated[bool, typer.Option("--json", help="Tell the address as JSON.")] = False,
        quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No notes.")] = False,
    ) -> None:
        """Serve a release: SPARQL at /sparql with an editor, and a page behind every IRI."""
        # Imported here, so that the other commands start without a server.
        from flows.serve import run

        run.serve(output, host, port, timeout, as_json=as_json, quiet=quiet)
