"""Publishing into real stores, and into ones that refuse or go away."""

from __future__ import annotations

import base64
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pyoxigraph as ox
import pytest

from flows import cli
from flows.assembly import assemble
from flows.errors import UserError
from flows.stores import graph_store, publish
from flows.stores.chunks import chunks, parts
from flows.stores.graph_store import PASSWORD, TOKEN, USER, Store, addresses
from tests.stores import LONG, free_port, oxigraph, running, wait_for, write_pages

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("NO_PROXY", "*")
    for name in (USER, PASSWORD, TOKEN):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(graph_store, "_PAUSES", ())

    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as done:
            cli.main(["publish", *(str(argument) for argument in arguments)])
        out, err = capsys.readouterr()
        assert isinstance(done.value.code, int)
        return done.value.code, out, err

    return run


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """A release that differs from the one of the session."""
    write_pages(tmp_path / "pages")
    (tmp_path / "pages" / "47380-notes.html").unlink()
    assemble.assemble([tmp_path / "pages"], tmp_path / "out")
    return tmp_path / "out"


def graphs_of(query_url: str) -> dict[str, int]:
    query = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    answer = httpx.get(
        query_url,
        params={"query": query},
        headers={"Accept": "application/sparql-results+json"},
        timeout=LONG,
        trust_env=False,
    )
    rows = answer.json()["results"]["bindings"]
    found = {row["g"]["value"]: int(row["n"]["value"]) for row in rows}
    return {graph: number for graph, number in found.items() if graph.startswith("https://w3id.org/ablation-kg/")}


def wanted(output: Path) -> dict[str, int]:
    folder = (output / "latest").resolve()
    found = {}
    for part in parts(folder):
        store = ox.Store()
        store.bulk_load(path=str(part.file), format=ox.RdfFormat.TURTLE)
        found[part.graph] = len(store)
    return {**found, publish.PUBLISHED: 1 + len(found)}


def clear(store: str) -> None:
    httpx.post(f"{store}/update", data={"update": "DROP ALL"}, timeout=LONG, trust_env=False).raise_for_status()


# Real stores


def test_a_release_goes_into_oxigraph_and_the_next_one_takes_its_place(
    run: Run,
    oxigraph_store: str,
    released: Path,
    second: Path,
) -> None:
    clear(oxigraph_store)
    code, out, _ = run("--to", oxigraph_store, "-o", released, "--chunk", 1000, "--json")
    told = json.loads(out)
    assert (code, told["result"], told["replaces"]) == (0, "published", None)
    assert graphs_of(f"{oxigraph_store}/query") == wanted(released)
    assert json.loads(run("--to", oxigraph_store, "-o", released, "--json")[1])["result"] == "stands already"
    code, out, _ = run("--to", f"{oxigraph_store}/store/", "-o", second)
    assert code == 0
    assert f"replaces: {told['release']}" in out
    assert graphs_of(f"{oxigraph_store}/query") == wanted(second)
    code, _, _ = run("--to", oxigraph_store, "-o", released, "--keep-old")
    assert code == 0
    assert graphs_of(f"{oxigraph_store}/query") == {**wanted(second), **wanted(released)}


def test_a_release_goes_into_virtuoso(
    run: Run,
    virtuoso_store: str,
    released: Path,
    second: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = f"{virtuoso_store}/sparql-graph-crud-auth"
    code, _, err = run("--to", address, "-o", released)
    assert (code, "401" in err, USER in err) == (2, True, True)
    monkeypatch.setenv(USER, "dba")
    monkeypatch.setenv(PASSWORD, "dba")
    for output in (released, second):
        code, _, err = run("--to", address, "-o", output, "--chunk", 2000)
        assert (code, err) == (0, "")
        assert graphs_of(f"{virtuoso_store}/sparql") == wanted(output)


def test_a_dry_run_says_what_it_would_do_and_writes_nothing(run: Run, oxigraph_store: str, released: Path) -> None:
    clear(oxigraph_store)
    code, out, _ = run("--to", oxigraph_store, "-o", released, "--dry-run")
    assert code == 0
    assert "would be published" in out
    assert "-procedures" in out
    assert graphs_of(f"{oxigraph_store}/query") == {}


def test_the_pointer_leads_a_query_to_what_stands(run: Run, oxigraph_store: str, released: Path) -> None:
    clear(oxigraph_store)
    run("--to", oxigraph_store, "-o", released)
    query = f"""PREFIX abl: <https://w3id.org/ablation-kg/ontology#> PREFIX dcterms: <http://purl.org/dc/terms/>
    SELECT ?p {{ GRAPH <{publish.PUBLISHED}> {{ <{publish.PUBLISHED}> dcterms:hasPart ?g }}
                GRAPH ?g {{ ?p a abl:Procedure }} }}"""
    answer = httpx.get(
        f"{oxigraph_store}/query", params={"query": query}, headers={"Accept": "text/csv"}, trust_env=False
    )
    assert len(answer.text.split()) == 3


def test_a_store_killed_in_the_middle_keeps_what_stood_and_the_next_try_goes_on(
    run: Run,
    tmp_path: Path,
    released: Path,
    second: Path,
) -> None:
    port = free_port()
    command = (oxigraph(), "serve", "--location", str(tmp_path / "store"), "--bind", f"127.0.0.1:{port}")
    address = f"http://127.0.0.1:{port}"
    with running(*command, cwd=tmp_path) as server:
        wait_for(address, server)
        assert run("--to", address, "-o", second)[0] == 0

        class Killing(Store):
            def post(self, graph: str, data: bytes) -> None:
                if "evidence" in graph:
                    server.kill()
                    server.wait()
                super().post(graph, data)

        todo_folder = (released / "latest").resolve()
        store = Killing(addresses(address, None), {}, sleep=lambda _: None)
        todo = publish.plan(todo_folder, store, 500)
        with pytest.raises(UserError, match="goes on from here"):
            publish.publish(todo, store, 500, keep_old=False)
        store.close()
    with running(*command, cwd=tmp_path) as server:
        wait_for(address, server)
        there = graphs_of(f"{address}/query")
        assert {graph: there[graph] for graph in wanted(second)} == wanted(second)
        code, out, _ = run("--to", address, "-o", released, "--chunk", 500, "--json")
        assert code == 0
        assert json.loads(out)["loaded_before"] > 0
        assert graphs_of(f"{address}/query") == wanted(released)


def test_an_upload_that_was_given_up_is_removed_by_the_next_release(
    run: Run,
    oxigraph_store: str,
    released: Path,
    second: Path,
) -> None:
    clear(oxigraph_store)

    class Stopping(Store):
        def put(self, graph: str, data: bytes) -> None:
            if graph == publish.PUBLISHED:
                raise graph_store.GoneError("stopped")
            super().put(graph, data)

    store = Stopping(addresses(oxigraph_store, None), {})
    todo = publish.plan((released / "latest").resolve(), store, 5000)
    with pytest.raises(UserError, match="went away"):
        publish.publish(todo, store, 5000, keep_old=False)
    store.close()
    assert publish.PUBLISHED not in graphs_of(f"{oxigraph_store}/query")
    assert run("--to", oxigraph_store, "-o", second)[0] == 0
    assert graphs_of(f"{oxigraph_store}/query") == wanted(second)


def test_a_store_that_loses_triples_is_not_switched_over(
    oxigraph_store: str,
    released: Path,
) -> None:
    clear(oxigraph_store)

    class Losing(Store):
        def post(self, graph: str, data: bytes) -> None:
            super().post(graph, b"\n".join(data.split(b"\n")[1:]))

    store = Losing(addresses(oxigraph_store, None), {})
    todo = publish.plan((released / "latest").resolve(), store, 5000)
    with pytest.raises(UserError, match="not switched over"):
        publish.publish(todo, store, 5000, keep_old=False)
    store.close()
    assert publish.PUBLISHED not in graphs_of(f"{oxigraph_store}/query")


# Stores that refuse


class Fake:
    """A store in memory that answers as it is told to."""

    def __init__(self) -> None:
        self.graphs: dict[str, set[bytes]] = {}
        self.seen: list[tuple[str, str | None]] = []
        self.answers: list[int] = []
        self.login: str | None = None
        self.headers: dict[str, str] = {}
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self) -> None:
                data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                graph = parse_qs(urlsplit(self.path).query).get("graph", [""])[0]
                sent = self.headers.get("Authorization")
                fake.seen.append((self.command, sent))
                status, body = 200, b""
                if fake.login and sent != fake.login:
                    status = 401
                elif fake.answers:
                    status, body = fake.answers.pop(0), b"told by the store"
                elif self.command == "GET":
                    lines = fake.graphs.get(graph)
                    status, body = (404, b"") if lines is None else (200, b"\n".join(sorted(lines)))
                elif self.command == "DELETE":
                    fake.graphs.pop(graph, None)
                else:
                    before = fake.graphs.get(graph, set()) if self.command == "POST" else set()
                    fake.graphs[graph] = before | set(data.strip().split(b"\n"))
                self.send_response(status)
                for name, value in fake.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/n-triples")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_PUT = do_POST = do_DELETE = _answer  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/graphs"


@pytest.fixture
def fake() -> Iterator[Fake]:
    made = Fake()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def test_a_store_of_which_the_queries_are_not_known_is_enough(run: Run, fake: Fake, released: Path) -> None:
    assert run("--to", fake.address, "-o", released)[0] == 0
    assert {graph: len(lines) for graph, lines in fake.graphs.items()} == wanted(released)


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (400, "told by the store"),
        (401, USER),
        (403, USER),
        (405, "Graph Store"),
        (413, "--chunk"),
        (302, "name the address"),
        (500, "told by the store"),
        (503, "cannot be reached"),
    ],
)
def test_a_store_that_refuses_is_told_and_exits_2(
    run: Run,
    fake: Fake,
    released: Path,
    status: int,
    says: str,
) -> None:
    fake.answers = [status] * 9
    code, out, err = run("--to", fake.address, "-o", released)
    assert (code, out) == (2, "")
    assert says in err
    assert not fake.graphs


def test_a_place_that_cannot_be_written_is_told(fake: Fake) -> None:
    store = Store(addresses(fake.address, None), {}, sleep=lambda _: None)
    fake.answers = [404]
    with pytest.raises(UserError, match="Graph Store"):
        store.post("http://a.example/", b"")
    store.close()


def test_a_store_that_is_busy_is_asked_again(fake: Fake) -> None:
    waited: list[float] = []
    store = Store(addresses(fake.address, None), {}, sleep=waited.append)
    fake.answers = [503, 429, 502]
    store.post("http://a.example/", b"<a:a> <a:b> <a:c> .")
    store.close()
    assert len(waited) == 3
    assert waited == sorted(waited)


@pytest.mark.parametrize(
    ("to", "says"),
    [
        ("localhost:7878", "no address"),
        ("ftp://a.example/", "no address"),
        ("http://me:secret@a.example/store", USER),
        ("http://a.example/store?x=1", "leave out"),
        ("http://", "no address"),
    ],
)
def test_an_address_that_is_none_exits_2(run: Run, released: Path, to: str, says: str) -> None:
    code, _, err = run("--to", to, "-o", released)
    assert code == 2
    assert says in err
    assert "secret" not in err


def test_a_store_that_is_not_there_exits_2(run: Run, released: Path) -> None:
    code, _, err = run("--to", f"http://127.0.0.1:{free_port()}", "-o", released)
    assert code == 2
    assert "cannot be reached" in err


def test_an_address_that_is_no_graph_store_exits_2(run: Run, fake: Fake, released: Path) -> None:
    fake.answers = [200] * 9
    code, _, err = run("--to", fake.address, "-o", released)
    assert code == 2
    assert "Graph Store" in err


def test_no_release_exits_2(run: Run, tmp_path: Path) -> None:
    assert run("--to", "http://127.0.0.1:1/", "-o", tmp_path)[0] == 2


# Who may write


def test_name_and_password_go_only_where_they_are_asked_for(fake: Fake) -> None:
    store = Store(addresses(fake.address, None), {USER: "me", PASSWORD: "secret"})
    store.get("http://a.example/")
    assert fake.seen == [("GET", None)]
    fake.login = "Basic " + base64.b64encode(b"me:secret").decode()
    fake.headers = {"WWW-Authenticate": 'Basic realm="x"'}
    store.put("http://a.example/", b"<a:a> <a:b> <a:c> .")
    store.put("http://a.example/", b"<a:a> <a:b> <a:c> .")
    store.close()
    assert [sent for _, sent in fake.seen[1:]] == [None, fake.login, fake.login]


def test_a_token_is_sent_as_it_is(fake: Fake) -> None:
    store = Store(addresses(fake.address, None), {TOKEN: "abc"})
    store.get("http://a.example/")
    store.close()
    assert fake.seen == [("GET", "Bearer abc")]


# Pieces


def test_pieces_are_the_same_every_time_and_hold_everything(released: Path) -> None:
    folder = (released / "latest").resolve()
    for part in parts(folder):
        first, again = (list(chunks(part, 700)) for _ in range(2))
        assert first == again
        assert max(chunk.triples for chunk in first) <= 700
        whole = ox.Store()
        for chunk in first:
            whole.bulk_load(chunk.data, format=ox.RdfFormat.N_TRIPLES)
        assert len(whole) == sum(chunk.triples for chunk in first) == wanted(released)[part.graph]


def test_a_broken_release_exits_2(run: Run, fake: Fake, released: Path, tmp_path: Path) -> None:
    shutil.copytree((released / "latest").resolve(), tmp_path / "copy")
    (tmp_path / "copy" / "procedures.ttl").write_text("no turtle")
    code, _, err = run("--to", fake.address, "-o", tmp_path / "copy")
    assert code == 2
    assert "procedures.ttl" in err
    assert not fake.graphs
