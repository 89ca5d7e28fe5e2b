"""The server that people and programs speak to: everything below one address, and nothing but reading."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import quote, urlencode

import httpx
import pyoxigraph as ox
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flows.report.page import TEMPLATES
from flows.serve import asked, negotiate, pages, shipped
from flows.serve.guard import RefusedError
from flows.serve.serving import Serving
from flows.serve.view import View
from ontology import queries, terms

_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}
_MEDIA: Final = {
    "ttl": "text/turtle",
    "jsonl": "application/x-ndjson",
    "tsv": "text/tab-separated-values",
    "md": "text/markdown",
    "html": "text/html",
    "json": "application/json",
}
_FIRST_QUERY: Final = """SELECT ?code ?label
WHERE {
  ?procedure a abl:Procedure ; skos:notation ?code ; rdfs:label ?label .
}
ORDER BY ?code
"""
_FROM_THE_STORE: Final = ("yasgui.min.js", "yasgui.min.css")
_STATIC: Final = {"serve.css": "text/css", "editor.js": "text/javascript"}
_TYPES: Final = (negotiate.HTML, *negotiate.GRAPHS)


class Front:
    """Answers requests from what is served just now.

    Args:
        serving: What is served; begun and ended by the one who makes this.
    """

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        self._client = httpx.AsyncClient(
            timeout=None,  # noqa: S113 - the time limit of a query is kept where it is asked
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
            trust_env=False,
        )

    def app(self) -> ASGIApp:
        """The application for an ASGI server."""
        get = ["GET"]
        routes = [
            Route("/", self._home, methods=get),
            Route("/sparql", self._sparql, methods=["GET", "POST"]),
            Route("/query", self._sparql, methods=["GET", "POST"]),
            Route("/editor", self._editor, methods=get),
            Route("/queries/{name}", self._shipped, methods=get),
            Route("/procedures", self._procedures, methods=get),
            Route("/files/{name}", self._file, methods=get),
            Route("/report.html", self._report, methods=get),
            Route("/static/{name}", self._static, methods=get),
            Route("/ontology", self._vocabulary, methods=get),
            Route("/{path:path}", self._node, methods=get),
        ]

        @asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[None]:
            async with self._client:
                yield

        return _with_headers(Starlette(routes=routes, lifespan=lifespan))

    @property
    def _view(self) -> View:
        return self._serving.current.view

    async def _home(self, request: Request) -> Response:
        return await self._html(pages.home)

    async def _procedures(self, request: Request) -> Response:
        number = request.query_params.get("page", "1")
        words = request.query_params.get("q", "")
        return await self._html(pages.procedures, words, int(number) if number.isdecimal() else 1)

    async def _editor(self, request: Request) -> Response:
        text = request.query_params.get("query", "")
        start = text or "".join(f"PREFIX {p}: <{terms.PREFIXES[p]}>\n" for p in ("abl", "rdfs", "skos")) + _FIRST_QUERY
        return HTMLResponse(await run_in_threadpool(pages.editor, self._view, None, start, run=bool(text)))

    async def _shipped(self, request: Request) -> Response:
        name = request.path_params["name"]
        query = queries.shipped().get(name)
        if query is None:
            return await self._html(pages.missing, f"queries/{name}", status=404)
        filled = shipped.fill(query, dict(request.query_params))
        return HTMLResponse(await run_in_threadpool(pages.editor, self._view, filled, filled.text, run=True))

    async def _vocabulary(self, request: Request) -> Response:
        return await self._negotiated(request, terms.ABL.removesuffix("#"), pages.vocabulary)

    async def _node(self, request: Request) -> Response:
        path = request.path_params["path"]
        try:
            iri = ox.NamedNode(terms.BASE + quote(path, safe="/:@!$&'()*+,;=~-._")).value
        except ValueError:
            return await self._html(pages.missing, path, status=404)
        if not await run_in_threadpool(self._view.known, iri):
            return await self._html(pages.missing, path, status=404)
        return await self._negotiated(request, iri, lambda view: pages.node(view, iri))

    async def _negotiated(self, request: Request, iri: str, page: Callable[[View], str]) -> Response:
        """A node's page, or its triples if these are asked for."""
        wanted = request.query_params.get("format")
        if wanted is not None and wanted not in (*negotiate.ENDINGS, "html"):
            return PlainTextResponse(f"format={wanted}: there is {', '.join(negotiate.ENDINGS)}, html", 400)
        kind = (
            negotiate.ENDINGS.get(wanted, negotiate.HTML)
            if wanted
            else negotiate.choose(request.headers.get("accept", ""), _TYPES)
        )
        headers = {"Vary": "Accept", "Link": f'<{iri}>; rel="canonical"'}
        if kind is None:
            return PlainTextResponse(f"there is {', '.join(_TYPES)}", 406, headers)
        view = self._view
        if kind == negotiate.HTML:
            return HTMLResponse(await run_in_threadpool(page, view), headers=headers)
        triples = await run_in_threadpool(view.triples, iri)
        prefixes = None if kind == "application/n-triples" else terms.PREFIXES
        data = ox.serialize(triples, format=negotiate.GRAPHS[kind], prefixes=prefixes) or b""
        return Response(data, media_type=kind, headers=headers)

    async def _file(self, request: Request) -> Response:
        name, view = request.path_params["name"], self._view
        if name not in view.files or not (view.folder / name).is_file():
            return await self._html(pages.missing, f"files/{name}", status=404)
        return FileResponse(
            view.folder / name, media_type=_MEDIA.get(name.rpartition(".")[2], "application/octet-stream")
        )

    async def _report(self, request: Request) -> Response:
        file = self._view.folder / "report.html"
        if not file.is_file():
            return await self._html(pages.missing, "report.html", status=404)
        # The report brings a policy of its own, which is stricter; ours would refuse the script inside it.
        return FileResponse(file, media_type="text/html", headers={"Content-Security-Policy": "frame-ancestors 'none'"})

    async def _static(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name == "prefixes.json":
            return JSONResponse(terms.PREFIXES)
        if name == "report.css":
            return FileResponse(TEMPLATES / "style.css", media_type="text/css")
        if name in _STATIC:
            return FileResponse(pages.HERE / "static" / name, media_type=_STATIC[name])
        if name in _FROM_THE_STORE:
            server = await self._serving.ready()
            with server:
                found = await self._client.get(f"{server.address}/{name}")
            kind = "text/css" if name.endswith(".css") else "text/javascript"
            return Response(found.content, found.status_code, {"Cache-Control": "max-age=3600"}, kind)
        return PlainTextResponse("not there", 404)

    async def _sparql(self, request: Request) -> Response:
        accept = request.headers.get("accept", "*/*")
        try:
            query, form = await asked.query_of(request)
            html = (
                form is None and negotiate.choose(accept, [*asked.FORMATS.values(), negotiate.HTML]) == negotiate.HTML
            )
            if html and request.method == "GET":
                return RedirectResponse("/editor" + ("?" + urlencode({"query": query}) if query else ""), 303)
            if not query and request.method == "GET":
                return Response(_description(str(request.url.replace(query=""))), media_type="text/turtle")
            if not query:
                return PlainTextResponse("no query: give one as ?query=..., as a form field or as the body\n", 400)
            accept = asked.FORMATS[form] if form else accept
            return await asked.answer(self._serving, self._client, query, accept)
        except RefusedError as error:
            return PlainTextResponse(error.message + "\n", error.status)

    async def _html(self, page: Callable[..., str], *given: object, status: int = 200) -> Response:
        return HTMLResponse(await run_in_threadpool(page, self._view, *given), status)


def _description(address: str) -> bytes:
    """What the endpoint is (SPARQL 1.1 Service Description)."""
    me, sd = ox.NamedNode(address), "http://www.w3.org/ns/sparql-service-description#"
    found = [(terms.RDF + "type", sd + "Service"), (sd + "endpoint", address)]
    found.append((sd + "supportedLanguage", sd + "SPARQL11Query"))
    found += [
        (sd + "resultFormat", f"http://www.w3.org/ns/formats/{name}")
        for name in ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV", "Turtle")
    ]
    triples = [ox.Triple(me, ox.NamedNode(link), ox.NamedNode(value)) for link, value in found]
    return ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes={"sd": sd}) or b""


def _with_headers(app: ASGIApp) -> ASGIApp:
    """The same application; each answer tells browsers to keep to this address."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *((n.lower().encode(), v.encode()) for n, v in _HEADERS.items() if n.lower().encode() not in there),
                ]
            await send(message)

        await app(scope, receive, sending)

    return wrapped
