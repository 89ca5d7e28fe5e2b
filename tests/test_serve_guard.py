"""What the endpoint answers and what it refuses, told by the parser."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.serve.guard import RefusedError, check
from flows.serve.reader import Readers
from flows.serve.shipped import fill
from ontology import queries


@pytest.mark.parametrize(
    "text",
    [
        "ASK {}",
        "PREFIX service: <http://a.example/> SELECT * { service:from service:service 'service from'@en }",
        "SELECT ?service ?from { ?service ?from '''SERVICE <a:b> {''' } # SERVICE <a:b> {}",
        "SELECT * { ?s ?p <http://a.example/'SERVICE> }",
        'CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(CONTAINS(STR(?o), "from")) }',
        "DESCRIBE <http://a.example/SERVICE>",
    ],
)
def test_words_that_are_no_keywords_are_let_through(text: str) -> None:
    assert check(text) == text


@pytest.mark.parametrize("name", queries.shipped())
def test_every_shipped_query_is_let_through(name: str) -> None:
    assert check(fill(queries.shipped()[name], {}).text)


HIDDEN = [
    "SELECT * { SERVICE <a:b> { ?s ?p ?o } }",
    "SELECT * { SERVICE<a:b>{ ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT ?x { ?s ?p ?o } }",
    "PREFIX : <a:> SELECT * { SERVICE:b { ?s ?p ?o } }",
    "SELECT * { { SELECT * { OPTIONAL { sErViCe <a:b> {} } } } }",
    "ASK { FILTER EXISTS { SERVICE <a:b> {} } }",
    r"SELECT * { \u0053ERVICE <a:b> { ?s ?p ?o } }",
    r"SELECT * { \U00000053ERVICE <a:b> { ?s ?p ?o } }",
    r"SELECT * { \u005Cu0053ERVICE <a:b> { ?s ?p ?o } }",
    # What looks like an IRI or a string to somebody who does not know the grammar.
    "SELECT * { ?a ?b ?c FILTER(?a<?b)SERVICE#>\n<a:b>{ ?x ?y ?z } }",
    "SELECT * { <http://a.example/'> <a:b> ?c SERVICE <a:b> {} #'\n}",
    "SELECT * { ?a ?b '\\'' SERVICE <a:b> {} #'\n}",
    "SELECT * { ?a ?b 'SERVICE' SERVICE <a:b> {} }",
]


@pytest.mark.parametrize("text", HIDDEN)
def test_service_is_refused_however_it_is_written(text: str) -> None:
    with pytest.raises(RefusedError, match="SERVICE is refused") as refused:
        check(text)
    assert refused.value.status == 403


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
        "SELECT * FROM NAMED <http://a.example/> { ?s ?p ?o }",
        "ASK from<a:b>{}",
        r"ASK \u0046ROM <a:b> {}",
    ],
)
def test_from_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match="FROM is refused"):
        check(text)


@pytest.mark.parametrize(
    "text",
    [
        "LOAD <file:///etc/passwd>",
        "# a comment\nPREFIX a: <a:b> INSERT DATA { <a:a> <a:b> 1 }",
        "drop all",
        "WITH <a:b> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    ],
)
def test_updates_are_refused(text: str) -> None:
    with pytest.raises(RefusedError, match="read-only") as refused:
        check(text)
    assert refused.value.status == 403


def test_a_syntax_error_shows_its_place() -> None:
    with pytest.raises(RefusedError, match="line 2, column 9") as refused:
        check("SELECT * {\n ?s ?p }")
    assert refused.value.status == 400
    assert refused.value.message.endswith("   ?s ?p }\n          ^")


@pytest.mark.parametrize("text", ["", r"ASK { ?s ?p '\uD800' }", r"ASK { ?s ?p '\U00110000' }", "a" * 2_000_000])
def test_what_is_no_query_is_refused(text: str) -> None:
    with pytest.raises(RefusedError):
        check(text)


@given(st.text(alphabet=r"SERVICFROM service<>'\"#{}?x:/ab.\u0053 \n", max_size=40))
def test_no_text_brings_the_check_down(text: str) -> None:
    with suppress(RefusedError):
        assert check("SELECT * { ?s ?p ?o " + text + " }")


def test_readers_outlive_what_brings_the_parser_down() -> None:
    async def ask() -> list[str]:
        readers = Readers()
        told = []
        try:
            for text in ("ASK {" + "{" * 10_000 + "}" * 10_000 + "}", "SELECT * { SERVICE <a:b> {} }"):
                try:
                    await readers.check(text)
                except RefusedError as error:
                    told.append(error.message)
            told += await asyncio.gather(*(readers.check(f"ASK {{ ?s ?p {n} }}") for n in range(20)))
        finally:
            await readers.close()
        return told

    deep, service, *fine = asyncio.run(ask())
    assert "nested" in deep or "longer than" in deep
    assert service.startswith("SERVICE is refused")
    assert fine == [f"ASK {{ ?s ?p {n} }}" for n in range(20)]
