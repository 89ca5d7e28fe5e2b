"""The command ``refresh``, to be added to the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands import options


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
        no_quotes: options.NoQuotes = False,
        keep: options.Keep = 10,
        max_gone: options.MaxGone = 0.10,
        max_changed: options.MaxChanged = 0.30,
        max_quarantined: options.MaxQuarantined = 0.50,
        runner: options.RunnerName = "thread",
        workers: options.Workers = None,
        dask_address: options.DaskAddress = None,
        as_json: options.AsJson = False,
        quiet: options.Quiet = False,
        verbose: options.Verbose = False,
    ) -> None:
        """Fetch what changed, rebuild what changed, and publish only if something did."""
        from flows.assembly import spread
        from flows.commands import refreshing
        from flows.releases.gates import Limits

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
