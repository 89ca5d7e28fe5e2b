"""The command ``refresh``, to be added to the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to a command line."""

    @app.command()
    def refresh(
        sources: Annotated[Path, typer.Option("--sources", "-s", metavar="FILE", help="The source list, in TOML.")],
        output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder of the releases.")],
        strict: Annotated[
            bool,
            typer.Option("--strict", help="Publish nothing if an address fails or a page ends in quarantine."),
        ] = False,
        no_quotes: Annotated[bool, typer.Option("--no-quotes", help="Positions alone, no words of the pages.")] = False,
        keep: Annotated[int, typer.Option("--keep", metavar="N", min=1, help="Releases that stay.")] = 10,
        max_gone: Annotated[
            float, typer.Option(metavar="SHARE", min=0, max=1, help="Of the procedures, at most so many may be gone.")
        ] = 0.10,
        max_changed: Annotated[
            float,
            typer.Option(metavar="SHARE", min=0, max=1, help="Of the facts, at most so many may be other or gone."),
        ] = 0.30,
        max_quarantined: Annotated[
            float,
            typer.Option(metavar="SHARE", min=0, max=1, help="Of the pages, at most so many may be in quarantine."),
        ] = 0.50,
        runner: Annotated[
            str, typer.Option("--runner", metavar="NAME", help="Who does the work: thread, process or dask.")
        ] = "thread",
        workers: Annotated[
            int | None,
            typer.Option("--workers", metavar="N", help="How many at once; a process or Dask worker a processor."),
        ] = None,
        dask_address: Annotated[
            str | None,
            typer.Option("--dask-address", metavar="URL", help="Scheduler of a Dask cluster, as tcp://host:8786."),
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
        quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no notes.")] = False,
        verbose: Annotated[
            bool, typer.Option("--verbose", "-v", help="Prefect's log, and the traceback of a fault.")
        ] = False,
    ) -> None:
        """Fetch what changed, rebuild what changed, and publish only if something did."""
        from flows import refreshing, spread
        from flows.gates import Limits

        raise typer.Exit(
            refreshing.refresh(
                sources,
                output,
                strict=strict,
                quotes=not no_quotes,
                limits=Limits(gone=max_gone, changed=max_changed, quarantined=max_quarantined),
                keep=keep,
                crew=spread.crew(runner, workers, dask_address),
                as_json=as_json,
                quiet=quiet,
                verbose=verbose,
            )
        )
