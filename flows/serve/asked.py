"""The SPARQL 1.1 protocol: what a request asks, and the answer passed on as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from typing import Final
from urllib.parse import parse_qsl

import httpx
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from flows.serve.engine import Engine
from flows.serve.guard import LONGEST, RefusedError
from flows.serve.serving import Serving

FORMATS: Final = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "turtle": "text/turtle",
    "ntriples": "application/n-triples",
}
"""What ``format`` may be in a link, where no Accept header can be set."""

_UPDATE: Final = "this endpoint is read-only: updates are refused"
_GRAPHS: Final = ("default-graph-uri", "named-graph-uri", "using-graph-uri", "using-named-graph-uri")
_FORM: Final = "application/x-www-form-urlencoded"
_TRIES: Final = 2


async def query_of(request: Request) -> tuple[str, str | None]:
    """The query of a request, and the format that a link asks for.

    Returns:
        The query, empty if there is none, and a key of `FORMATS` or None.

    Raises:
        RefusedError: It is no query, or it names graphs.
    """
    fields = list(request.query_params.multi_items())
    query = ""
    if request.method == "POST":
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        body = await _body(request)
        if kind == _FORM:
            fields += parse_qsl(body, keep_blank_values=True)
        elif kind == "application/sparql-query":
            query = body
        elif kind == "application/sparql-update":
            raise RefusedError(403, _UPDATE)
        else:
            raise RefusedError(415, f"POST a form, or a query as application/sparql-query, not {kind or 'nothing'}")
    for name, value in fields:
        if name == "update":
            raise RefusedError(403, _UPDATE)
        if name in _GRAPHS:
            raise RefusedError(403, f"{name} is refused: everything stands in one graph; leave it out")
        if name == "query":
            query = value
    form = dict(fields).get("format")
    if form is not None and form not in FORMATS:
        raise RefusedError(400, f"format={form}: there is {', '.join(FORMATS)}")
    return query, form


async def answer(serving: Serving, client: httpx.AsyncClient, query: str, accept: str) -> Response:
    """Answer a query.

    Args:
        serving: What is served.
        client: To ask its server with.
        query: SPARQL as it came.
        accept: Media types that are wanted, as in the header.

    Raises:
        RefusedError: The query is not answered, or has run out of time.
    """
    query = await serving.readers.check(query)
    for _ in range(_TRIES):
        server = await serving.ready()
        held = ExitStack()
        held.enter_context(server)
        try:
            async with asyncio.timeout(serving.limit):
                found = await client.send(_request(client, server, query, accept), stream=True)
        except TimeoutError as error:
            held.close()
            await serving.replace(server)
            raise RefusedError(
                504, f"the query ran out of time: {serving.limit:g} s are the limit; ask for less, or serve --timeout"
            ) from error
        except httpx.TransportError:
            # It went away while it worked on this or another query: there is a new one soon.
            held.close()
            await serving.replace(server)
        except BaseException:
            held.close()
            raise
        else:
            return await _passed_on(serving, server, held, found)
    raise RefusedError(503, "the store went away while it worked on the query; ask for less")


async def _body(request: Request) -> str:
    data = bytearray()
    try:
        async for chunk in request.stream():
            data += chunk
            # A form writes each character in up to twelve.
            if len(data) > 12 * LONGEST:
                raise RefusedError(413, f"the query is longer than {LONGEST} characters")
    except ClientDisconnect as error:
        raise RefusedError(400, "the request ended too early") from error
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise RefusedError(400, f"the request is no UTF-8: {error}") from error


def _request(client: httpx.AsyncClient, server: Engine, query: str, accept: str) -> httpx.Request:
    headers = {"Content-Type": "application/sparql-query", "Accept": accept}
    return client.build_request("POST", f"{server.address}/query", content=query.encode(), headers=headers)


async def _passed_on(serving: Serving, server: Engine, held: ExitStack, found: httpx.Response) -> Response:
    kind = found.headers.get("content-type", "text/plain")
    if found.status_code >= 400:
        with held:
            try:
                told = (await found.aread()).decode("utf-8", "replace")
            finally:
                await found.aclose()
        return PlainTextResponse(told, found.status_code)
    return StreamingResponse(
        _stream(serving, server, held, found), media_type=kind, headers={"Vary": "Accept", "Cache-Control": "no-cache"}
    )


async def _stream(serving: Serving, server: Engine, held: ExitStack, found: httpx.Response) -> AsyncIterator[bytes]:
    """The answer as it comes.

    One that is not wanted any more, or takes too long, ends together with the server that works on it.

    Raises:
        TimeoutError: The time limit has passed: the answer must not end as if it were whole.
    """
    whole = False
    left, now = serving.limit, asyncio.get_running_loop().time
    try:
        chunks = aiter(found.aiter_raw())
        while True:
            # Only the store's time counts, not that of a client who reads slowly.
            asked = now()
            async with asyncio.timeout(left):
                chunk = await anext(chunks, None)
            left -= now() - asked
            if chunk is None:
                break
            yield chunk
        whole = True
    finally:
        held.close()
        # A client that went away cancels us; what is left to do must not be cancelled as well.
        await asyncio.shield(_left(serving, server, found, whole=whole))


async def _left(serving: Serving, server: Engine, found: httpx.Response, *, whole: bool) -> None:
    await found.aclose()
    if not whole:
        await serving.replace(server)
