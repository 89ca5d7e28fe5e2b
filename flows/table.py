"""Tables: drawn by rich on a terminal, plain columns in a pipe."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Sequence
from typing import TextIO


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


def plain(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns two spaces apart, as wide as their widest cell, a line of dashes below the head.

    >>> print(plain(["organ", "n"], [["kidney", "2"]]), end="")
    organ   n
    ------  -
    kidney  2
    """
    widths = [max(_width(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    lines = [head, ["-" * width for width in widths], *rows]
    return "".join(
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n"
        for line in lines
    )


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


def _width(text: str) -> int:
    """Columns that a text takes on a terminal."""
    return sum(
        0 if unicodedata.combining(mark) else 2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in text
    )
