"""Options that the commands which make a release share."""

from __future__ import annotations

from typing import Annotated

import typer

NoQuotes = Annotated[bool, typer.Option("--no-quotes", help="Positions alone, no words of the pages.")]
Keep = Annotated[int, typer.Option("--keep", metavar="N", min=1, help="Releases that stay.")]
MaxGone = Annotated[
    float, typer.Option(metavar="SHARE", min=0, max=1, help="Of the procedures, at most so many may be gone.")
]
MaxChanged = Annotated[
    float, typer.Option(metavar="SHARE", min=0, max=1, help="Of the facts, at most so many may be other or gone.")
]
MaxQuarantined = Annotated[
    float, typer.Option(metavar="SHARE", min=0, max=1, help="Of the pages, at most so many may be in quarantine.")
]
RunnerName = Annotated[
    str, typer.Option("--runner", metavar="NAME", help="Who does the work: thread, process or dask.")
]
Workers = Annotated[
    int | None, typer.Option("--workers", metavar="N", help="How many at once; a process or Dask worker a processor.")
]
DaskAddress = Annotated[
    str | None, typer.Option("--dask-address", metavar="URL", help="Scheduler of a Dask cluster, as tcp://host:8786.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no notes.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Prefect's log, and the traceback of a fault.")]
