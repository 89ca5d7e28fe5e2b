"""The server: SPARQL protocol, pages, and that it only reads."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

from flows.asking import query, store
from flows.serve import negotiate, shipped
from flows.serve.shipped import fill
from ontology import queries, terms
from tests.stores import LONG, Served

KIDNEY = "/procedure/CPT-50593"


# The protocol


def test_a_query_is_answered_by_get_form_and_body(served: Served) -> None:
    ask = "SELECT ?code { ?p <http://www.w3.org/2004/02/skos/core#notation> ?code } ORDER BY ?code"
    json_ = {"Accept": "application/sparql-results+json"}
    address = f"{served.address}/sparql"
    with httpx.Client(headers=json_, timeout=LONG, trust_env=False) as client:
        answers = [
            client.get(address, params={"query": ask}),
            client.post(address, data={"query": ask}),
            client.post(address, content=ask, headers={"Content-Type": "application/sparql-query"}),
        ]
    for answer in answers:
        assert answer.status_code == 200
        rows = answer.json()["results"]["bindings"]
        assert {"47380", "50593"} <= {row["code"]["value"] for row in rows}


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/sparql-results+json", "application/sparql-results+json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv"),
        ("text/tab-separated-values", "text/tab-separated-values"),
        ("*/*", "application/sparql-results+json"),
    ],
)
def test_rows_come_in_the_form_that_is_wanted(served: Served, accept: str, kind: str) -> None:
    assert served.sparql("SELECT ?s { ?s ?p ?o } LIMIT 1", accept).headers["content-type"].startswith(kind)
    assert served.get("/sparql?format=csv&query=ASK%7B%7D").status_code in (200, 406)


def test_triples_come_as_turtle(served: Served) -> None:
    answer = served.sparql("CONSTRUCT WHERE { ?s a <https://w3id.org/ablation-kg/ontology#Procedure> }", "text/turtle")
    assert len(list(ox.parse(answer.content, format=ox.RdfFormat.TURTLE))) == 2


def test_an_endpoint_without_a_query_says_what_it_is(served: Served) -> None:
    answer = served.get("/sparql", "text/turtle")
    assert "sparql-service-description#Service" in str(list(ox.parse(answer.content, format=ox.RdfFormat.TURTLE)))
    assert served.get("/sparql", "text/html").headers["location"] == "/editor"


def test_a_link_with_a_query_leads_a_browser_to_the_editor(served: Served) -> None:
    answer = served.get("/sparql?query=ASK+%7B%7D", "text/html,*/*;q=0.8")
    assert (answer.status_code, answer.headers["location"]) == (303, "/editor?query=ASK+%7B%7D")
    assert "ASK {}" in served.get(answer.headers["location"]).text


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"query": "SELECT * {\n ?s ?p }"}, 400, "line 2, column 9"),
        ({"query": "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"}, 403, "SERVICE is refused"),
        ({"query": "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }"}, 403, "FROM is refused"),
        ({"query": "LOAD <file:///etc/passwd>"}, 403, "LOAD is refused"),
        ({"query": "ASK {}", "default-graph-uri": "file:///etc/passwd"}, 403, "default-graph-uri"),
        ({"query": "ASK {}", "named-graph-uri": "http://a.example/"}, 403, "named-graph-uri"),
        ({"update": "DROP ALL"}, 403, "read-only"),
        ({"query": "ASK {" + "{" * 9000 + "}" * 9000 + "}"}, 400, "nested"),
        ({"query": "ASK {}", "format": "pdf"}, 400, "format=pdf"),
        ({}, 400, "no query"),
    ],
)
def test_what_is_refused_says_why(served: Served, fields: dict[str, str], status: int, says: str) -> None:
    answer = httpx.post(f"{served.address}/sparql", data=fields, timeout=LONG, trust_env=False)
    if not fields:
        assert answer.status_code in (400, 415)
    else:
        assert answer.status_code == status
        assert says in answer.text
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/sparql", "/store?default", "/organ/kidney"])
def test_nothing_can_be_written(served: Served, method: str, path: str) -> None:
    answer = httpx.request(method, served.address + path, content="<a:a> <a:b> 1 .", timeout=LONG, trust_env=False)
    assert answer.status_code == 405


def test_updates_as_a_body_are_refused(served: Served) -> None:
    for path in ("/sparql", "/update"):
        answer = httpx.post(
            served.address + path,
            content="DROP ALL",
            headers={"Content-Type": "application/sparql-update"},
            timeout=LONG,
            trust_env=False,
        )
        assert answer.status_code in (403, 405)


# Pages


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value for name, value in attrs if name in ("href", "src", "action") and value]


def test_every_iri_of_the_release_has_a_page_behind_it(served: Served, released: Path) -> None:
    graph = store.load(released)
    ours = {
        term.value.removeprefix(terms.BASE).partition("#")[0]
        for quad in graph
        for term in (quad.subject, quad.predicate, quad.object)
        if isinstance(term, ox.NamedNode) and term.value.startswith(terms.BASE)
    }
    kinds: dict[str, list[str]] = {}
    for path in sorted(ours):
        kinds.setdefault(path.partition("/")[0], []).append(path)
    assert {"procedure", "organ", "assertion", "evidence", "selector", "page", "scheme", "ontology"} <= set(kinds)
    with httpx.Client(timeout=LONG, trust_env=False, headers={"Accept": "text/html"}) as client:
        for paths in kinds.values():
            for path in paths[:6]:
                answer = client.get(f"{served.address}/{path}")
                assert (answer.status_code, answer.headers["content-type"][:9]) == (200, "text/html"), path


def test_no_page_names_an_outside_address_to_load(served: Served) -> None:
    for path in (
        "/",
        "/procedures",
        KIDNEY,
        "/organ/kidney",
        "/scheme/organ",
        "/editor",
        "/queries/evidence",
        "/ontology",
    ):
        answer = served.get(path, "text/html")
        assert answer.status_code == 200, path
        outside = [link for link in _Page(answer.text).links if not re.match(r"/(?!/)|[?#]|data:,", link)]
        assert not outside, f"{path}: {outside}"
        assert "connect-src 'self'" in answer.headers["content-security-policy"]


def test_links_of_the_pages_lead_somewhere(served: Served) -> None:
    seen: set[str] = set()
    with httpx.Client(timeout=LONG, trust_env=False, headers={"Accept": "text/html"}, follow_redirects=True) as client:
        for path in ("/", KIDNEY, "/organ/kidney"):
            for link in _Page(client.get(served.address + path).text).links:
                if link.startswith("/") and link not in seen and len(seen) < 150:
                    seen.add(link)
                    if link != "/sparql":
                        assert client.get(served.address + link).status_code == 200, link


def test_a_procedure_shows_the_words_behind_its_facts(served: Served) -> None:
    text = served.get(KIDNEY, "text/html").text
    for words in ("Percutaneous", "percutaneous", "<q>renal</q>", "50593-notes.txt", "Invented Coding Notes"):
        assert words in text


def test_text_of_a_release_is_shown_and_never_markup(tmp_path: Path) -> None:
    from flows.asking.look import Look
    from flows.serve import pages
    from flows.serve.view import View

    graph = ox.Store()
    evil = '<script>alert(1)</script><img src=x onerror="alert(1)">'
    node = ox.NamedNode(terms.BASE + "organ/kidney")
    for link in (terms.SKOS + "prefLabel", terms.SKOS + "definition"):
        graph.add(ox.Quad(node, ox.NamedNode(link), ox.Literal(evil)))
    graph.add(ox.Quad(node, ox.NamedNode(terms.SKOS + "exactMatch"), ox.NamedNode("javascript:alert(1)")))
    view = View(Look(graph), tmp_path, "x", (), (), {}, {})
    for text in (pages.node(view, node.value), pages.missing(view, evil), pages.editor(view, None, evil, run=False)):
        assert "<script>alert" not in text
        assert "<img" not in text
        assert 'href="javascript' not in text


@pytest.mark.parametrize("kind", negotiate.GRAPHS)
def test_an_iri_gives_its_triples_to_programs(served: Served, kind: str) -> None:
    answer = served.get(KIDNEY, kind)
    assert answer.headers["content-type"].startswith(kind)
    assert answer.headers["vary"] == "Accept"
    triples = [quad.triple for quad in ox.parse(answer.content, format=negotiate.GRAPHS[kind])]
    assert ox.NamedNode(terms.procedure("50593")) in {triple.subject for triple in triples}


def test_what_nobody_can_read_is_406_and_an_unknown_form_400(served: Served) -> None:
    assert served.get(KIDNEY, "image/png").status_code == 406
    assert served.get(KIDNEY + "?format=pdf").status_code == 400


def test_what_is_not_there_is_404_and_names_what_is_near(served: Served) -> None:
    answer = served.get("/procedure/CPT-50594", "text/html")
    assert answer.status_code == 404
    assert "CPT-50593" in answer.text
    for path in (
        "/organ/kidny",
        "/nothing",
        "/files/secret",
        "/files/..%2f..%2fetc%2fpasswd",
        "/queries/no",
        "/static/no",
    ):
        assert served.get(path).status_code == 404, path


def test_files_of_the_release_are_there(served: Served, released: Path) -> None:
    for file in sorted((released / "latest").iterdir()):
        answer = served.get(f"/files/{file.name}")
        assert answer.content == file.read_bytes()
    assert served.get("/files/procedures.ttl").headers["content-type"].startswith("text/turtle")


def test_procedures_are_found_by_words(served: Served) -> None:
    assert "50593" in served.get("/procedures?q=KIDNEY+cryo").text
    assert "47380" not in served.get("/procedures?q=KIDNEY+cryo").text
    assert "0 procedures" in served.get("/procedures?q=nothing&page=99").text


# Shipped queries


@pytest.mark.parametrize("name", queries.shipped())
def test_a_shipped_query_gives_the_same_here_and_on_the_command_line(
    served: Served,
    released: Path,
    name: str,
) -> None:
    one = queries.shipped()[name]
    assert served.get(f"/queries/{name}").status_code == 200
    answer = served.sparql(fill(one, {}).text, "text/csv")
    found = query.ask(store.load(released), query.resolve(name, {}))
    assert isinstance(found, ox.QuerySolutions)
    wanted = found.serialize(format=ox.QueryResultsFormat.CSV)
    assert wanted is not None
    assert list(csv.reader(io.StringIO(answer.text))) == list(csv.reader(io.StringIO(wanted.decode())))


def test_parameters_stand_in_the_text(served: Served) -> None:
    text = served.get("/queries/organ-by-approach?organ=liver&approach=open").text
    assert "VALUES ?organ { &lt;https://w3id.org/ablation-kg/organ/liver&gt; }" in text
    assert "the default stands" in served.get("/queries/organ-by-approach?organ=no+such").text
    filled = shipped.fill(queries.shipped()["evidence"], {"code": '"} DROP ALL #'})
    assert ox.Store().query(filled.text)


def test_negotiation_prefers_what_is_named_closest() -> None:
    offers = ["text/html", "text/turtle"]
    assert negotiate.choose("text/*;q=0.3, text/turtle;q=0.7", offers) == "text/turtle"
    assert negotiate.choose("*/*", offers) == "text/html"
    assert negotiate.choose("text/html;q=0, text/turtle;q=broken", offers) is None


def test_the_address_is_told_as_json(served: Served) -> None:
    description = served.get("/sparql", "text/turtle").text
    assert served.address in description
    assert json.loads(served.sparql("ASK {}").text)["boolean"] is True
