"""The command ``schedule``, to be added to the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to a command line."""

    @app.command()
    def schedule(
        cron: Annotated[
            str, typer.Option("--cron", metavar="CRON", help='When, such as "0 2 * * *" for two at night.')
        ],
        sources: Annotated[Path, typer.Option("--sources", "-s", metavar="FILE", help="The source list, in TOML.")],
        output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder of the releases.")],
        timezone: Annotated[
            str | None, typer.Option("--timezone", metavar="NAME", help="Of the cron, such as Europe/Zurich.  [UTC]")
        ] = None,
        strict: Annotated[
            bool,
            typer.Option("--strict", help="Publish nothing if an address fails or a page ends in quarantine."),
        ] = False,
        no_quotes: Annotated[bool, typer.Option("--no-quotes", help="Positions alone, no words of the pages.")] = False,
        port: Annotated[
            int, typer.Option("--port", min=1, max=65535, help="Of the Prefect server that is started if none is set.")
        ] = 4200,
        verbose: Annotated[
            bool, typer.Option("--verbose", "-v", help="Prefect's log, and the traceback of a fault.")
        ] = False,
    ) -> None:
        """Refresh on a schedule, on one machine, until it is stopped (Ctrl-C)."""
        from flows.commands import scheduling

        scheduling.schedule(
            cron,
            sources,
            output,
            timezone=timezone,
            strict=strict,
            quotes=not no_quotes,
            port=port,
            verbose=verbose,
        )
