"""Gold files: read, and checked whole before anything is scored.

Every problem is collected, so that one look mends a file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from extract.gold import Entry
from flows.errors import UserError
from flows.evaluating.gold_fields import check
from flows.table import clean

_SHOWN: Final = 20
"""Problems told at once; the rest are counted."""

_DEEPEST: Final = "nested too deeply to be gold"


@dataclass(frozen=True, slots=True)
class Gold:
    """A gold entry, and where it stands.

    Attributes:
        entry: What its page must give.
        place: File and entry in words, for messages.
    """

    entry: Entry
    place: str


def read(paths: Sequence[Path]) -> tuple[Gold, ...]:
    """Read gold files.

    Args:
        paths: At least one JSON file; each a list of entries (tests/gold/README.md).

    Returns:
        All entries, sorted by page.

    Raises:
        UserError: A file is no list of well-formed entries, or two entries speak of one page. The message names file
            and entry of each problem.
    """
    problems: list[str] = []
    found: dict[str, Gold] = {}
    for path in paths:
        for gold in _entries(path, problems):
            name = gold.entry["file"]
            if name in found:
                problems.append(f"{gold.place}: the same page twice, first in {found[name].place}; keep one of the two")
            found.setdefault(name, gold)
    refuse(problems, "nothing was scored")
    if not found:
        raise UserError(f"{', '.join(map(str, paths))}: no entry, so there is nothing to score")
    return tuple(found[name] for name in sorted(found))


def refuse(problems: Sequence[str], consequence: str) -> None:
    """Stop if there is a problem.

    Raises:
        UserError: There is one; its message has a line for each.
    """
    if not problems:
        return
    lines = [clean(problem) for problem in problems[:_SHOWN]]
    if len(problems) > _SHOWN:
        lines.append(f"and {len(problems) - _SHOWN} more")
    raise UserError("\n  ".join([f"{consequence}:", *lines] if len(lines) > 1 else [f"{consequence}: {lines[0]}"]))


def _entries(path: Path, problems: list[str]) -> Iterable[Gold]:
    try:
        answer = json.loads(path.read_bytes().decode("utf-8-sig"), object_pairs_hook=_unique)
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror or error}") from error
    except RecursionError:
        problems.append(f"{path}: {_DEEPEST}")
        return
    except ValueError as error:
        problems.append(f"{path}: not JSON: {error}")
        return
    if not isinstance(answer, list):
        problems.append(f"{path}: not a list of entries; gold is [{{…}}, …], one object a page")
        return
    for number, entry in enumerate(answer, start=1):
        name = entry.get("file") if isinstance(entry, dict) else None
        place = f"{path}: entry {number}" + (f" ({name})" if isinstance(name, str) else "")
        wrong = list(check(entry))
        problems.extend(f"{place}: {problem}" for problem in wrong)
        if not wrong:
            yield Gold(cast("Entry", entry), place)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f'an object names the field "{twice}" twice')
    return found
