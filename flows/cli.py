"""The command line: thin over the library, and quick to start, so imports stand where they are needed."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from flows.commands import build, diff, evaluate, publish, query, refresh, schedule, serve
from flows.errors import UserError

HELD_BACK: Final = 1
WRONG_CALL: Final = 2
OUR_FAULT: Final = 3

app = typer.Typer(
    name="ablation-kg",
    help="Pages about medical procedures in, a knowledge graph with the words behind every fact out.",
    epilog="Exit codes: 0 done; 1 done, but held back; 2 the call or its input was wrong; 3 a fault of our own.",
    context_settings={"max_content_width": 100},
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Output = Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder of the releases.")]
Json = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]

build.register(app)
refresh.register(app)
schedule.register(app)


query.register(app)
serve.register(app)
publish.register(app)


@app.command()
def validate(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Turtle; several files make one graph.")],
    turtle: Annotated[bool, typer.Option("--turtle", help="The SHACL report as Turtle.")] = False,
    as_json: Json = False,
) -> None:
    """Check Turtle against the shapes; exit code 1 on violations."""
    from flows.commands import validate as validating

    raise typer.Exit(validating.validate(files, turtle=turtle, as_json=as_json))


evaluate.register(app)
diff.register(app)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code.

    Args:
        arguments: As after the program's name; those of this process if None.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that knows few characters is no reason to fail.
            stream.reconfigure(errors="backslashreplace")
    sys.exit(_code(arguments))


def _code(arguments: Sequence[str]) -> int:
    from flows.console import say

    try:
        app(list(arguments), prog_name="ablation-kg")
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else 0 if done.code is None else WRONG_CALL
    except UserError as error:
        say(error.message)
        return WRONG_CALL
    except Exception as fault:  # noqa: BLE001 - the outermost edge; whoever calls us gets a message and a code
        return _fault(fault, verbose="--verbose" in arguments or "-v" in arguments)
    return 0


def _fault(fault: Exception, *, verbose: bool) -> int:
    """Say what is broken on our side."""
    from flows.console import say

    if verbose:
        traceback.print_exception(fault)
    notes = "".join(f" ({note})" for note in getattr(fault, "__notes__", ()))
    if isinstance(fault, OSError):
        say(f"the system refused: {fault}{notes}")
    else:
        say(f"a fault of our own: {type(fault).__name__}: {fault}{notes}")
        say("please report it; --verbose shows where it happened")
    return OUR_FAULT
