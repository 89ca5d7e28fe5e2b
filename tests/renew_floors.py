"""Pins the floors of the gold set anew: ``python -m tests.renew_floors [--lower]``.

A floor rises by itself with its figure, and falls only with ``--lower``; without it nothing is written if one would
fall.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from tests import floors


def main(arguments: Sequence[str] | None = None) -> int:
    """Renew the floors.

    Args:
        arguments: As on the command line; those of this process if None.

    Returns:
        Exit code: 0 done, 1 if a floor would have to fall and may not.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.renew_floors", description="Pin the floors of the gold set.")
    parser.add_argument("--lower", action="store_true", help="let floors fall to today's figures")
    lower: bool = parser.parse_args(arguments).lower
    _, pinned = floors.read()
    now = floors.figures()
    fallen = floors.fallen(pinned, now)
    for line in fallen:
        sys.stdout.write(f"{line}\n")
    if fallen and not lower:
        sys.stdout.write("nothing written: mend what fell, or let the floors fall with --lower and say why\n")
        return 1
    floors.write(floors.corpus_hash(), floors.renewed(pinned, now))
    sys.stdout.write(f"{floors.FLOORS.relative_to(floors.ROOT)} is renewed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
