"""The stages of a build as plain functions over batches; nothing here knows Prefect."""

from __future__ import annotations

import gc
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox

from extract import fusion, graph, page, reading, turtle
from extract.model import Page, PageError, Procedure, Reason
from flows import files
from flows.assembly import spool
from flows.assembly.outcome import Made, Outcome, ReadBatch, ReadPage, Span, key, quarantined
from flows.files import Found
from flows.releases.records import PageRecord, Status
from ontology import terms
from shapes.check import check
from shapes.findings import Finding, Severity

_TYPE = ox.NamedNode(terms.RDF + "type")
_USUAL = gc.get_threshold()
_SELDOM = (20_000, 50, 100)
_ASSERTION = ox.NamedNode(terms.abl("Assertion"))


@contextmanager
def _seldom_swept() -> Iterator[None]:
    """Let the garbage collector look at a batch now and then, and not a hundred times a page.

    What the stages make hangs together in no circles. Measured on 250 pages: 8.2 s with it, 6.6 s so.
    """
    usual = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*(_USUAL if usual == _SELDOM else usual))


@_seldom_swept()
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
                failed.append(quarantined(one.name, sha256, None, error))
            else:
                pages.append(ReadPage(one.name, got.sha256, got.code, put(got), one.path))
    return ReadBatch(tuple(pages), tuple(failed))


def group(pages: Iterable[ReadPage]) -> tuple[tuple[tuple[ReadPage, ...], ...], tuple[PageRecord, ...]]:
    """Bring the pages of each code together.

    Returns:
        The pages by code, in code order, each group sorted by name; and records of pages with the same bytes whose
        names speak of different codes, so that nobody can say which one they are about.
    """
    by_code: defaultdict[str, list[ReadPage]] = defaultdict(list)
    code_of: dict[str, str] = {}
    several: dict[str, set[str]] = {}
    kept = list(pages)
    for one in kept:
        first = code_of.setdefault(one.sha256, one.code)
        if first != one.code:
            several.setdefault(one.sha256, {first}).add(one.code)
    torn: list[PageRecord] = []
    for one in kept:
        if one.sha256 not in several:
            by_code[one.code].append(one)
        else:
            codes = ", ".join(sorted(several[one.sha256]))
            message = f"the same bytes were given under names of several codes: {codes}"
            torn.append(quarantined(one.name, one.sha256, one.code, PageError(Reason.SEVERAL_CODES, message)))
    return tuple(tuple(sorted(by_code[code], key=lambda one: one.name)) for code in sorted(by_code)), tuple(torn)


@_seldom_swept()
def make_batch(groups: Sequence[Sequence[ReadPage]], folder: Path, number: int, *, quotes: bool = True) -> Made:
    """Read, fuse, map, check and serialise a batch of procedures.

    Args:
        groups: For each procedure its pages, in code order.
        folder: Where the two block files go.
        number: Of the batch; part of their names.
        quotes: Whether quoted words go into the evidence.

    Returns:
        What became of the procedures, and where their blocks are.
    """
    parts: dict[str, graph.GraphParts] = {}
    for pages in groups:
        code = pages[0].code
        with _naming(code):
            places = {one.sha256: one.place for one in pages}
            procedure = procedure_of(spool.load(place) for place in places.values() if place is not None)
            if procedure.in_scope:
                parts[code] = graph.to_triples(procedure, quotes=quotes)
    findings = findings_by_code(parts)
    outcomes: list[Outcome] = []
    with _blocks(folder / f"facts-{number:06}.ttl") as put_facts, _blocks(folder / f"evidence-{number:06}.ttl") as put:
        for pages in groups:
            code = pages[0].code
            violations = tuple(finding for finding in findings.get(code, ()) if _breaks(finding))
            if code not in parts:
                outcomes.append(Outcome(code, key(pages), Status.OUT_OF_SCOPE))
            elif violations:
                outcomes.append(Outcome(code, key(pages), Status.QUARANTINED, violations=violations))
            else:
                outcomes.append(
                    Outcome(
                        code,
                        key(pages),
                        Status.PUBLISHED,
                        facts=_assertions(parts[code].evidence),
                        warnings=len(findings.get(code, ())),
                        facts_block=put_facts(parts[code].facts),
                        evidence_block=put(parts[code].evidence),
                    )
                )
    return Made(tuple(outcomes))


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


@contextmanager
def _blocks(file: Path) -> Iterator[Callable[[Iterable[ox.Triple]], Span]]:
    """A new file of Turtle blocks, and a function that adds one and says where it stands."""
    with file.open("wb") as out:

        def put(triples: Iterable[ox.Triple]) -> Span:
            start = out.tell()
            return Span(str(file), start, out.write(turtle.block(triples)))

        yield put


def _breaks(finding: Finding) -> bool:
    return finding.severity is Severity.VIOLATION


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
