"""The command ``build``, to be added to the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands import options
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
        no_quotes: options.NoQuotes = False,
        accept: Annotated[
            str | None, typer.Option("--accept", metavar="ID", help="Publish a release that was held, as it is.")
        ] = None,
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
        """Build a release from pages of HTML and text."""
        from flows.assembly import spread
        from flows.commands import building
        from flows.releases.gates import Limits

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
