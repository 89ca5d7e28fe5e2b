"""Releases that a gate held: kept whole, and published as they are once a person accepts them."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from flows.errors import UserError
from flows.releases import release
from flows.releases.records import Summary
from flows.releases.release import Workshop

_NOTE: Final = "held.json"
_NAME: Final = re.compile(r"[0-9a-f]{16}")


def hold(shop: Workshop, before: str | None, gates: tuple[str, ...], summary: Summary) -> Summary:
    """Hold the release that stands in the draft.

    Args:
        shop: Where it was made.
        before: Identifier of the release that it was compared with, or None.
        gates: Which gates hold it, in words.
        summary: Of the build.

    Returns:
        The summary, which says where it waits and how to accept it.
    """
    name = release.identifier(shop.draft)
    folder = shop.output / release.HELD / name
    accept = f"ablation-kg build --accept {name} --output {shlex.quote(str(shop.output))}"
    told = f"{'; '.join(gates)}. It waits in {folder}; to publish it all the same: {accept}"
    note = {
        "before": before,
        "gates": gates,
        "files": {file.name: _digest(file) for file in sorted(shop.draft.iterdir())},
        "summary": asdict(summary),
    }
    (shop.draft / _NOTE).write_text(json.dumps(note, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    shop.hold()
    return replace(summary, held_back=told, held=str(folder))


def accept(output: Path, name: str, *, keep: int = release.KEEP, waiting: Callable[[], None] = lambda: None) -> Summary:
    """Publish a release that was held, without building it again.

    Args:
        output: The folder of the releases.
        name: Its identifier.
        keep: So many releases stay.
        waiting: Called once if another build holds the folder.

    Returns:
        The summary of the build that made it, now with its release.

    Raises:
        UserError: There is no such release, it is not what was held, or another one was published meanwhile.
    """
    folder = output / release.HELD / name
    if not _NAME.fullmatch(name) or not folder.is_dir():
        there = sorted(path.name for path in (output / release.HELD).glob("*"))
        raise UserError(f"{name}: no such release is held in {output}; {_listed(there)}")
    with release.workshop(output, waiting) as shop:
        note, summary = _note(folder)
        before = release.before(output)
        if note["before"] != (None if before is None else before.name):
            raise UserError(f"{folder}: another release was published since it was held; build again")
        for file in note["files"]:
            # Linked, not moved: whoever kills us now finds it still held.
            _link(folder / file, shop.draft / file)
        if (folder / shop.ledger.name).exists():
            shutil.copyfile(folder / shop.ledger.name, shop.ledger)
        published, target = shop.publish(keep)
    return replace(summary, release=published, folder=str(target), held_back=None, held=None)


def _note(folder: Path) -> tuple[dict[str, Any], Summary]:
    """What was written when a release was held, after seeing that it is still what was held."""
    try:
        note: dict[str, Any] = json.loads((folder / _NOTE).read_text("utf-8"))
        summary = Summary(**note["summary"])
        same = release.whole(folder) and all(_digest(folder / name) == sha for name, sha in note["files"].items())
    except (FileNotFoundError, ValueError, LookupError, TypeError, AttributeError):
        same = False
    if not same:
        raise UserError(f"{folder}: is not what was held any more; build again")
    return note, summary


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        # Not every disk knows links.
        shutil.copyfile(source, target)


def _digest(file: Path) -> str:
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def _listed(names: list[str]) -> str:
    return f"held: {', '.join(names)}" if names else "nothing is held there"
