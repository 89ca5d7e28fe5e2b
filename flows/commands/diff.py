"""The command ``diff``, to be added to the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to a command line."""

    @app.command()
    def diff(
        before: Annotated[str, typer.Argument(metavar="A", help="A release: its folder, an output folder, or its id.")],
        after: Annotated[str, typer.Argument(metavar="B", help="The release to compare it with.")],
        output: Annotated[
            Path, typer.Option("--output", "-o", metavar="DIR", help="Folder of the releases, for ids.")
        ] = Path("output"),
        as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
    ) -> None:
        """Say what release B has that A has not, and the other way round, procedure by procedure."""
        run(before, after, output, as_json=as_json)


def run(before: str, after: str, output: Path, *, as_json: bool) -> None:
    """Compare two releases and print what is other.

    Args:
        before: The older release: its own folder, an output folder (its latest), or an identifier or its beginning.
        after: The newer one, the same.
        output: Where releases are looked for that are given by identifier.
        as_json: Whether to print JSON.

    Raises:
        UserError: There is no such release, or one of its files is broken.
    """
    from flows.releases import diff_text

    old, new = find(before, output), find(after, output)
    if as_json:
        diff_text.write_json(sys.stdout, new, old)
    else:
        diff_text.write_markdown(sys.stdout, f"From release {old.name} to {new.name}", new, old)


def find(name: str, output: Path) -> Path:
    """The folder of a release.

    Args:
        name: See `run`.
        output: See `run`.

    Raises:
        UserError: There is no such release, or there are several.
    """
    from flows.errors import UserError
    from flows.releases import release

    folder = Path(name)
    if (folder / "procedures.ttl").is_file():
        return folder.resolve()
    if (folder / release.LATEST).is_dir():
        return release.latest(folder)
    there = [path for kind in (release.RELEASES, release.HELD) for path in sorted((output / kind).glob("*"))]
    found = [path for path in there if name and path.name.startswith(name)]
    if len(found) == 1:
        return found[0].resolve()
    known = ", ".join(path.name for path in there) or "none"
    what = "several releases have ids that begin so" if found else "no release, no folder with one, and no id"
    raise UserError(f"{name}: {what}; releases in {output}: {known}")
