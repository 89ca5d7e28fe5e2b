"""The command ``build``, to be added to the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows import cli_options
from flows.errors import UserError


def register(app: typer.Typer) -> None:
    """Add the command to a command line."""

    @app.command()
    def build(
        output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder of the releases.")],
        paths: Annotated[
            list[Path] | None,
            typer.Argument(metavar="PATH...", help="Pages (.html .htm .xhtml .txt), or folders with pages."),
        ] = None,
        strict: Annotated[
            bool, typer.Option("--strict", help="Hold the release back if a page ends in quarantine.")
        ] = False,
        no_quotes: cli_options.NoQuotes = False,
        accept: Annotated[
            str | None, typer.Option("--accept", metavar="ID", help="Publish a release that was held, as it is.")
        ] = None,
        keep: cli_options.Keep = 10,
        max_gone: cli_options.MaxGone = 0.10,
        max_changed: cli_options.MaxChanged = 0.30,
        max_quarantined: cli_options.MaxQuarantined = 0.50,
        runner: cli_options.RunnerName = "thread",
        workers: cli_options.Workers = None,
        dask_address: cli_options.DaskAddress = None,
        as_json: cli_options.AsJson = False,
        quiet: cli_options.Quiet = False,
        verbose: cli_options.Verbose = False,
    ) -> None:
        """Build a release from pages of HTML and text."""
        from flows import building, spread
        from flows.gates import Limits

        if accept is not None:
            if paths:
                raise UserError("build: --accept publishes what was held; give it no pages")
            raise typer.Exit(building.accept(output, accept, keep=keep, as_json=as_json, quiet=quiet))
        if not paths:
            raise UserError("Missing argument: build wants PATH..., files or folders with pages")
        raise typer.Exit(
            building.build(
                paths,
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
