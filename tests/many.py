"""A release of many procedures, made by giving the blocks of a small one other codes and other pages."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from extract import turtle
from flows.releases.blocks import Block, blocks
from flows.report import gather, lexis, page
from flows.report.entries import Entry

_SHA256 = re.compile(rb'abl:sha256 "([0-9a-f]{64})"')
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def multiply(release: Path, target: Path, number: int) -> None:
    """Write a release with so many procedures.

    Args:
        release: A release whose procedures are taken again and again.
        target: Folder to write to; made.
        number: How many procedures, up to 360,000.
    """
    target.mkdir(parents=True)
    shutil.copy(release / "ontology.ttl", target)
    shutil.copy(release / "quarantine.jsonl", target)
    given = list(blocks(release))
    rows = []
    with (target / "procedures.ttl").open("wb") as facts, (target / "evidence.ttl").open("wb") as evidence:
        facts.write(turtle.header())
        evidence.write(turtle.header())
        for place, code in enumerate(islice(_codes(), number)):
            block = given[place % len(given)]
            again, hashes = _renamed(block, code)
            facts.write(again.facts)
            evidence.write(again.evidence)
            for page, sha256 in enumerate(hashes):
                path = f"{code}-{page}.html"
                rows.append({"path": path, "sha256": sha256, "status": "published", "code": code, "reason": None})
    quarantined = (json.loads(line) for line in (release / "pages.jsonl").read_text("utf-8").splitlines())
    rows.extend(row for row in quarantined if row["status"] != "published")
    rows.sort(key=lambda row: str(row["path"]))
    (target / "pages.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def _codes() -> Iterator[str]:
    for front in range(10_000):
        for last in _ALPHABET:
            yield f"{front:04d}{last}"


def _renamed(block: Block, code: str) -> tuple[Block, list[str]]:
    old, new = block.code.encode(), code.encode()
    facts, evidence = block.facts, block.evidence
    hashes = []
    for found in _SHA256.findall(evidence):
        sha256 = hashlib.sha256(found + new).hexdigest()
        hashes.append(sha256)
        evidence = evidence.replace(found, sha256.encode()).replace(found[:32], sha256[:32].encode())
    facts = facts.replace(b"CPT-" + old, b"CPT-" + new).replace(b'"' + old + b'"', b'"' + new + b'"')
    return Block(code, facts, evidence.replace(b"CPT-" + old, b"CPT-" + new)), hashes


def report_of_many(release: Path, target: Path, number: int) -> None:
    """Write the report of a release as if it had so many procedures, without making the release.

    Args:
        release: A release whose procedures are taken again and again.
        target: The file to write.
        number: How many procedures.
    """
    known = lexis.read(release / "ontology.ttl")
    given = list(gather.entries(release, None, known))
    gathered = gather.Gathered(known.above)
    details = []
    for place, code in enumerate(islice(_codes(), number)):
        one = given[place % len(given)]
        old, new = f'["{one.code}",', f'["{code}",'
        again = Entry(code, one.index.replace(old, new, 1), one.detail.replace(old, new, 1))
        gathered.add(again)
        details.append(again.detail)
    with target.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(page.pieces(release, None, known, gathered, details))
