"""The stages of a build as plain functions over batches; nothing here knows Prefect."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from extract import fusion, graph, page, reading, turtle
from extract.model import Page, PageError, Procedure, Reason
from flows import files, spool
from flows.files import Found
from flows.records import PageRecord, Status
from ontology import terms
from shapes.check import check
from shapes.findings import Finding, Severity

_TYPE = ox.NamedNode(terms.RDF + "type")
_ASSERTION = ox.NamedNode(terms.abl("Assertion"))


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page that was read and names its code.

    Attributes:
        name: Its name in the release.
        sha256: Of its bytes.
        code: The code it is about.
        place: Where it lies in the spool.
    """

    name: str
    sha256: str
    code: str
    place: spool.Place


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """What came of reading a batch: pages, and records of those that cannot be used."""

    pages: tuple[ReadPage, ...]
    quarantined: tuple[PageRecord, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a batch of procedures.

    Attributes:
        records: One for each of its pages.
        facts_file: Turtle blocks of the procedures that are published, in code order.
        evidence_file: The same for their evidence.
        procedures: Number of procedures published.
        facts: Number of facts in them.
        warnings: Number of findings that are no violations.
    """

    records: tuple[PageRecord, ...]
    facts_file: str
    evidence_file: str
    procedures: int
    facts: int
    warnings: int


def read_batch(found: Sequence[Found], file: Path) -> ReadBatch:
    """Read a batch of pages and lay them into a spool file.

    Args:
        found: The pages.
        file: Where the spool file is to stand.

    Returns:
        Every page given, read or with the reason why not.
    """
    pages: list[ReadPage] = []
    failed: list[PageRecord] = []
    with spool.writing(file) as put:
        for one in found:
            sha256 = None
            try:
                data = files.read(one)
                sha256 = hashlib.sha256(data).hexdigest()
                with _naming(one.name):
                    got = page.read_page(data, Path(one.path).name)
            except PageError as error:
                failed.append(_quarantined(one.name, sha256, None, error))
            else:
                pages.append(ReadPage(one.name, got.sha256, got.code, put(got)))
    return ReadBatch(tuple(pages), tuple(failed))


def group(pages: Iterable[ReadPage]) -> tuple[tuple[tuple[ReadPage, ...], ...], tuple[PageRecord, ...]]:
    """Bring the pages of each code together.

    Returns:
        The pages by code, in code order, each group sorted by name; and records of pages with the same bytes whose
        names speak of different codes, so that nobody can say which one they are about.
    """
    by_code: defaultdict[str, list[ReadPage]] = defaultdict(list)
    codes: defaultdict[str, set[str]] = defaultdict(set)
    kept = list(pages)
    for one in kept:
        codes[one.sha256].add(one.code)
    torn: list[PageRecord] = []
    for one in kept:
        if len(codes[one.sha256]) == 1:
            by_code[one.code].append(one)
        else:
            message = f"the same bytes were given under names of several codes: {', '.join(sorted(codes[one.sha256]))}"
            torn.append(_quarantined(one.name, one.sha256, one.code, PageError(Reason.SEVERAL_CODES, message)))
    return tuple(tuple(sorted(by_code[code], key=lambda one: one.name)) for code in sorted(by_code)), tuple(torn)


def make_batch(groups: Sequence[Sequence[ReadPage]], folder: Path, number: int, *, quotes: bool = True) -> Made:
    """Read, fuse, map, check and serialise a batch of procedures.

    Args:
        groups: For each procedure its pages, in code order.
        folder: Where the two block files go.
        number: Of the batch; part of their names.
        quotes: Whether quoted words go into the evidence.

    Returns:
        What became of the pages, and where the blocks are.
    """
    records: list[PageRecord] = []
    parts: dict[str, graph.GraphParts] = {}
    for pages in groups:
        code = pages[0].code
        with _naming(code):
            procedure = procedure_of(spool.load(place) for place in {one.sha256: one.place for one in pages}.values())
            if procedure.in_scope:
                parts[code] = graph.to_triples(procedure, quotes=quotes)
            else:
                records.extend(PageRecord(one.name, one.sha256, Status.OUT_OF_SCOPE, code) for one in pages)
    findings = findings_by_code(parts)
    bad = {code for code, found in findings.items() if any(_breaks(finding) for finding in found)}
    good = [code for code in parts if code not in bad]
    for pages in groups:
        code = pages[0].code
        if code in bad:
            violations = tuple(finding for finding in findings[code] if _breaks(finding))
            records.extend(_violating(one, violations) for one in pages)
        elif code in parts:
            records.extend(PageRecord(one.name, one.sha256, Status.PUBLISHED, code) for one in pages)
    facts_file, evidence_file = folder / f"facts-{number:06}.ttl", folder / f"evidence-{number:06}.ttl"
    facts_file.write_bytes(b"".join(turtle.block(parts[code].facts) for code in good))
    evidence_file.write_bytes(b"".join(turtle.block(parts[code].evidence) for code in good))
    return Made(
        tuple(records),
        str(facts_file),
        str(evidence_file),
        procedures=len(good),
        facts=sum(_assertions(parts[code].evidence) for code in good),
        warnings=sum(len(findings.get(code, ())) for code in good),
    )


def procedure_of(pages: Iterable[Page]) -> Procedure:
    """All that some pages of one code say.

    Args:
        pages: At least one page, all of one code.
    """
    return fusion.fuse([reading.read(one) for one in pages])


def findings_by_code(parts: dict[str, graph.GraphParts]) -> dict[str, tuple[Finding, ...]]:
    """Check some procedures at once and tell their findings apart.

    Args:
        parts: Triples by code.

    Returns:
        Findings by code; codes without any are left out.
    """
    found = check(triple for one in parts.values() for triple in (*one.facts, *one.evidence)) if parts else ()
    if any(finding.code not in parts for finding in found):
        # A finding that names no procedure: judged one by one, each finding belongs to the one at hand.
        alone = {code: check((*one.facts, *one.evidence)) for code, one in parts.items()}
        return {code: some for code, some in alone.items() if some}
    by_code: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in found:
        by_code[finding.code or ""].append(finding)
    return {code: tuple(some) for code, some in by_code.items()}


def _breaks(finding: Finding) -> bool:
    return finding.severity is Severity.VIOLATION


def _violating(one: ReadPage, violations: tuple[Finding, ...]) -> PageRecord:
    message = f"what the pages of {one.code} say does not fit together: {violations[0].message}"
    error = PageError(Reason.SHAPE_VIOLATION, message)
    return _quarantined(one.name, one.sha256, one.code, error, violations)


def _quarantined(
    name: str, sha256: str | None, code: str | None, error: PageError, findings: tuple[Finding, ...] = ()
) -> PageRecord:
    return PageRecord(name, sha256, Status.QUARANTINED, code, error.reason, error.message, error.start, findings)


def _assertions(evidence: Iterable[ox.Triple]) -> int:
    return sum(triple.predicate == _TYPE and triple.object == _ASSERTION for triple in evidence)


@contextmanager
def _naming(what: str) -> Iterator[None]:
    """Say which page or procedure was at hand when a fault of our own shows."""
    try:
        yield
    except PageError:
        raise
    except Exception as fault:
        fault.add_note(f"while working on {what}")
        raise
