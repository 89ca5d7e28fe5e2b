"""The pages of the server, made with Jinja2 from a release: what it says is data, never markup."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import jinja2
import pyoxigraph as ox

from flows.asking import explain
from flows.serve.shipped import Filled
from flows.serve.view import View, href_of, shortened
from ontology import queries, terms

HERE: Final = Path(__file__).parent
PAGE_SIZE: Final = 100

_CONCEPT: Final = terms.SKOS + "Concept"
_SCHEME: Final = terms.SKOS + "ConceptScheme"
_PROCEDURE: Final = terms.abl("Procedure")
_CLASSES: Final = (terms.OWL + "Class", terms.RDFS + "Class")
_PROPERTIES: Final = (
    *(terms.OWL + kind for kind in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")),
    terms.RDF + "Property",
)


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """The templates; a name that is not there is an error, and text is escaped."""
    loader = jinja2.FileSystemLoader(HERE / "templates")
    found = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    found.filters["short"] = shortened
    found.filters["href"] = lambda iri: href_of(iri) if iri else None
    found.filters["groupby_in_order"] = _groups
    return found


def home(view: View) -> str:
    """The first page: what there is and where to go."""
    return _render(
        "home.html", view, "", schemes=view.schemes(), queries=tuple(queries.shipped().values()), counts=view.counts
    )


def procedures(view: View, words: str, number: int) -> str:
    """A page of the list of procedures.

    Args:
        view: The release.
        words: What code or label must hold, each of them.
        number: Of the page, from 1.
    """
    wanted = words.casefold().split()
    found = [one for one in view.procedures if all(word in f"{one.code} {one.label}".casefold() for word in wanted)]
    last = max(1, -(-len(found) // PAGE_SIZE))
    number = min(max(number, 1), last)
    shown = found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return _render(
        "procedures.html", view, "Procedures", shown=shown, found=len(found), words=words, number=number, last=last
    )


def editor(view: View, filled: Filled | None, text: str, *, run: bool) -> str:
    """The page with the query editor.

    Args:
        view: The release.
        filled: A shipped query, or None.
        text: The SPARQL to start with.
        run: Whether it runs at once.
    """
    names = {
        parameter.name: view.tree(terms.scheme(_scheme_of(parameter.default)))
        for parameter in (filled.query.parameters if filled else ())
    }
    return _render(
        "editor.html",
        view,
        filled.query.question if filled else "Query",
        filled=filled,
        text=text,
        run=run,
        names=names,
        queries=tuple(queries.shipped().values()),
        prefixes=terms.PREFIXES,
    )


def node(view: View, iri: str) -> str:
    """The page behind an IRI that the release knows.

    Args:
        view: The release.
        iri: The IRI.
    """
    kinds = view.kinds(iri)
    if _PROCEDURE in kinds and (code := view.look.text(iri, terms.SKOS + "notation")):
        told = explain.tell(view.look, code, view.pages.get(code, ()), view.name)
        return _render("procedure.html", view, f"{code} {told.label}", iri=iri, told=told, rows=view.about(iri))
    common: dict[str, Any] = {"iri": iri, "name": view.words(iri), "rows": view.about(iri)}
    if _SCHEME in kinds:
        return _render("scheme.html", view, common["name"], **common, tree=view.tree(iri))
    if _CONCEPT in kinds:
        return _render("concept.html", view, common["name"], **common, using=view.using(iri), named=view.named_by(iri))
    return _render("node.html", view, common["name"], **common, named=view.named_by(iri))


def vocabulary(view: View) -> str:
    """The page with every class and property of the vocabulary."""
    parts = [("Classes", _CLASSES), ("Properties", _PROPERTIES)]
    entries = []
    for name, kinds in parts:
        found = {
            one for kind in kinds for one in view.look.about(terms.RDF + "type", kind) if one.startswith(terms.ABL)
        }
        entries.append((name, [(view.term(ox.NamedNode(one)), view.about(one)) for one in sorted(found)]))
    return _render("vocabulary.html", view, "Vocabulary", parts=entries, schemes=view.schemes())


def missing(view: View, path: str) -> str:
    """The page that says that there is nothing behind a path, and what is near."""
    return _render("missing.html", view, "Not there", path=path, near=view.near(path))


def _groups(facts: Iterable[explain.Fact]) -> list[list[explain.Fact]]:
    """Facts of the same property together, in their order."""
    return [list(group) for _, group in groupby(facts, key=lambda fact: fact.property)]


def _scheme_of(default: object) -> str:
    value = default.value if isinstance(default, ox.NamedNode) else ""
    return value.removeprefix(terms.BASE).partition("/")[0]


def _render(template: str, view: View, title: str, **given: Any) -> str:
    report = "report.html" in view.files
    return (
        environment().get_template(template).render(title=title, release=view.name, report=report, view=view, **given)
    )
