"""Tables: drawn by rich on a terminal, plain columns in a pipe."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import Final, TextIO

FIRST: Final = 1000
"""So many rows of a stream give the widths of its columns."""


def write(head: Sequence[str], rows: Sequence[Sequence[str]], out: TextIO | None = None) -> None:
    """Write a table.

    Args:
        head: Names of the columns.
        rows: Cells, as many in each row as there are columns.
        out: Where to; standard output if None.
    """
    out = sys.stdout if out is None else out
    rows = [[clean(cell) for cell in row] for row in rows]
    if out.isatty():
        _draw(head, rows, out)
    else:
        out.write(plain(head, rows))


def stream(head: Sequence[str], rows: Iterable[Sequence[str]], out: TextIO | None = None) -> None:
    """Write a table whose rows are not held: after the first ones, which give the widths, each as it comes.

    Args:
        head: Names of the columns.
        rows: Cells, as many in each row as there are columns.
        out: Where to; standard output if None.
    """
    out = sys.stdout if out is None else out
    coming = iter(rows)
    first = list(islice(coming, FIRST))
    later = next(coming, None)
    if later is None:
        write(head, first, out)
        return
    cells = [[clean(cell) for cell in row] for row in first]
    widths = _widths(head, cells)
    out.write(plain(head, cells))
    for row in chain([later], coming):
        out.write(_line([clean(cell) for cell in row], widths))


def plain(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns two spaces apart, as wide as their widest cell, a line of dashes below the head.

    >>> print(plain(["organ", "n"], [["kidney", "2"]]), end="")
    organ   n
    ------  -
    kidney  2
    """
    widths = _widths(head, rows)
    return "".join(_line(line, widths) for line in (head, ["-" * width for width in widths], *rows))


def clean(text: str) -> str:
    """Text without line breaks and control characters, so that no page can steer a terminal."""
    return "".join(" " if mark in "\n\r\t" else mark if unicodedata.category(mark)[0] != "C" else "�" for mark in text)


def _draw(head: Sequence[str], rows: Sequence[Sequence[str]], out: TextIO) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*head, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console(file=out).print(table)


def _widths(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(_width(cell) for cell in column) for column in zip(head, *rows, strict=True)]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return (
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True)).rstrip()
        + "\n"
    )


def _width(text: str) -> int:
    """Columns that a text takes on a terminal."""
    return sum(
        0 if unicodedata.combining(mark) else 2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in text
    )
