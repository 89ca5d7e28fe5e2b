"""The report as HTML, piece by piece."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from flows.releases import release
from flows.report import words
from flows.report.entries import AXES, dump
from flows.report.gather import Changes, Ended, Gathered, changes, ended, warnings
from flows.report.known import made_with
from flows.report.lexis import Lexis
from ontology import queries, terms

TEMPLATES: Final = Path(__file__).parent / "templates"
PART: Final = 40
"""So many procedures stand in one part of the details: some 60 KB, taken apart in about a millisecond."""

_KEYS: Final = {axis: terms.AXIS_SCHEME[axis] for axis in AXES}
"""Axis to its name in the report's addresses: that of its scheme."""


def pieces(
    draft: Path, previous: Path | None, lexis: Lexis, gathered: Gathered, details: Iterable[str]
) -> Iterator[str]:
    """The report.

    Args:
        draft: The release's folder, with its other files.
        previous: Folder of the release before, or None.
        lexis: The vocabulary.
        gathered: What was gathered of the procedures.
        details: Their lines with all that was read, in the same order.

    Yields:
        HTML.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    style = (TEMPLATES / "style.css").read_text("utf-8")
    script = "".join(
        ('"use strict";\n{\n', *(file.read_text("utf-8") for file in sorted((TEMPLATES / "app").glob("*.js"))), "}\n")
    )
    pages, other = ended(draft), changes(draft, previous, lexis)
    reasons = sorted(gathered.reasons.items(), key=lambda one: (-one[1], one[0]))
    yield from environment.get_template("report.html.jinja").generate(
        name=release.identifier(draft),
        token=made_with(draft / "ontology.ttl"),
        lexis=lexis,
        gathered=gathered,
        ended=pages,
        changes=other,
        reasons=reasons,
        warnings=warnings(),
        queries=queries.shipped().values(),
        parts=_parts(gathered, pages, other),
        facets=[(_KEYS[axis], name) for axis, name in zip(AXES, _NAMES, strict=True)],
        keys=_KEYS,
        axis_of={one.name: one.name if one.name in _KEYS.values() else "" for one in lexis.schemes},
        base=terms.BASE,
        said=partial(words.said, words.REJECTED),
        quarantined=partial(words.said, words.QUARANTINED),
        words_of=lambda value: lexis.concepts[value].label if isinstance(value, int) else value,
        shell=_shell,
        style=Markup(style),  # noqa: S704 - our own file
        style_hash=_hash(style),
        script=Markup(script),  # noqa: S704 - our own files
        script_hash=_hash(script),
        concepts=_data([[one.path, one.label, one.broader, one.also] for one in lexis.concepts]),
        words=_data(
            {
                "title": lexis.title,
                "part": PART,
                "rejected": words.REJECTED,
                "rules": words.RULES,
                "open": [AXES.index(rule.axis) for rule in warnings()],
            }
        ),
        pages_data=_data({**dict(sorted(pages.quarantine.items())), "out-of-scope": pages.out_of_scope}),
        changes_data=_data(None if other is None else {"procedures": other.procedures, "pages": other.pages}),
        index=map(Markup, gathered.index),  # made by entries.dump
        chunks=_chunks(details),
    )


_NAMES: Final = ("Approach", "Energy source", "Organ", "Target", "Guidance")


def _parts(gathered: Gathered, pages: Ended, other: Changes | None) -> list[tuple[str, str, int | None]]:
    """The parts of the report: name in its address, words, a number to show."""
    outside = pages.counts["quarantined"] + pages.counts["out-of-scope"]
    return [
        ("overview", "Coverage", None),
        ("procedures", "Procedures", len(gathered.index)),
        ("disagreements", "Disagreements", gathered.disagreements),
        ("rejections", "Rejections", gathered.reasons.total()),
        ("findings", "Findings", gathered.open.total() + sum(map(len, pages.violations.values()))),
        ("pages", "Pages", outside),
        ("changes", "Changes", None if other is None else len(other.procedures)),
        ("vocabulary", "Vocabulary", None),
        ("queries", "Queries", len(queries.shipped())),
    ]


def _data(value: object) -> Markup:
    return Markup(dump(value))  # noqa: S704 - dump leaves no character that HTML knows


def _hash(text: str) -> str:
    """What a Content-Security-Policy knows an inline script or style by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _chunks(details: Iterable[str]) -> Iterator[Markup]:
    lines = iter(details)
    while some := list(islice(lines, PART)):
        yield Markup(",\n".join(line.rstrip("\n") for line in some))  # noqa: S704 - made by entries.dump


def _shell(default: ox.NamedNode | ox.Literal) -> str:
    """A parameter's default as it is written on the command line."""
    return default.value.removeprefix(terms.BASE) if isinstance(default, ox.NamedNode) else default.value
