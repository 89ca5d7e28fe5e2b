"""A store elsewhere, spoken to by the SPARQL 1.1 Graph Store HTTP Protocol."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import httpx
import pyoxigraph as ox

from flows.errors import UserError

USER: Final = "ABLATION_KG_USER"
PASSWORD: Final = "ABLATION_KG_PASSWORD"  # noqa: S105 - a variable's name
TOKEN: Final = "ABLATION_KG_TOKEN"  # noqa: S105 - a variable's name

_NTRIPLES: Final = "application/n-triples"
_AGAIN: Final = frozenset({429, 502, 503, 504})
_PAUSES: Final = (0.5, 1.0, 2.0)
_TOLD: Final = 300
# Where stores put their queries beside their graphs.
_QUERIES: Final = (
    ("/store", "/query"),
    ("/data", "/query"),
    ("/rdf-graphs/service", ""),
    ("/sparql-graph-crud-auth", "/sparql"),
    ("/sparql-graph-crud", "/sparql"),
)


class GoneError(Exception):
    """The store does not answer any more, or only that it cannot now.

    Args:
        message: What it did, in words.
    """


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a store is.

    Attributes:
        graphs: For the Graph Store Protocol.
        queries: For queries, or None if that is not known.
    """

    graphs: str
    queries: str | None


def addresses(to: str, queries: str | None) -> Addresses:
    """What an address means.

    Args:
        to: Of the Graph Store Protocol; without a path it is taken for Oxigraph's.
        queries: For queries, if the user says so.

    Raises:
        UserError: It is no address of the web, or holds a password.

    >>> addresses("http://localhost:3030/kg/data", None).queries
    'http://localhost:3030/kg/query'
    """
    for one in (to, queries or to):
        parts = urlsplit(one)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UserError(f"{one}: no address of a store; write http://HOST:PORT/PATH")
        if parts.username or parts.password:
            raise UserError(f"the address of the store holds a name or password; put them into {USER} and {PASSWORD}")
        if parts.query or parts.fragment:
            raise UserError(f"{one}: leave out what follows the path")
    to = to.rstrip("/")
    if not urlsplit(to).path:
        to += "/store"
    if queries is None:
        queries = next((to.removesuffix(ending) + other for ending, other in _QUERIES if to.endswith(ending)), None)
    return Addresses(to, queries)


class Store:
    """A store.

    Args:
        where: Its addresses.
        environment: Where user, password and token are looked up; the process's own if None.
        seconds: That one request may take.
        sleep: Waits between two tries.
    """

    def __init__(
        self,
        where: Addresses,
        environment: Mapping[str, str] | None = None,
        seconds: float = 300.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        environment = os.environ if environment is None else environment
        self._where = where
        self._sleep = sleep
        self._login = (environment[USER], environment.get(PASSWORD, "")) if environment.get(USER) else None
        token = environment.get(TOKEN)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._auth: httpx.Auth | None = None
        self._client = httpx.Client(timeout=seconds, headers=headers, follow_redirects=False)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def get(self, graph: str) -> tuple[ox.Triple, ...]:
        """A small graph; empty if it is not there."""
        found = self._send("GET", graph, headers={"Accept": f"{_NTRIPLES}, text/turtle;q=0.9"}, fine=(404,))
        if found.status_code == 404 or not found.content.strip():
            return ()
        turtle = "turtle" in found.headers.get("content-type", "")
        try:
            # Turtle takes in N-Triples.
            read = ox.parse(found.content, format=ox.RdfFormat.TURTLE if turtle else ox.RdfFormat.N_TRIPLES)
            return tuple(quad.triple for quad in read)
        except SyntaxError as error:
            raise UserError(
                f"{self._where.graphs} answers with something that is no graph; is it the address of its Graph Store "
                f"Protocol? ({error.msg})"
            ) from error

    def put(self, graph: str, data: bytes) -> None:
        """Replace a graph, in one step."""
        self._send("PUT", graph, data)

    def post(self, graph: str, data: bytes) -> None:
        """Add to a graph. As there are no blank nodes, to do it twice is to do it once."""
        self._send("POST", graph, data)

    def delete(self, graph: str) -> None:
        """Remove a graph, if it is there."""
        self._send("DELETE", graph, fine=(404,))

    def count(self, graph: str) -> int | None:
        """Number of triples in a graph; None if it is not known where to ask."""
        if self._where.queries is None:
            return None
        query = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
        headers = {"Accept": "application/sparql-results+json"}
        found = self._tried("POST", self._where.queries, {"data": {"query": query}, "headers": headers}, ())
        try:
            return int(found.json()["results"]["bindings"][0]["n"]["value"])
        except (ValueError, LookupError, TypeError) as error:
            raise UserError(
                f"{self._where.queries} does not answer queries; name the address with --query-url"
            ) from error

    def _send(
        self,
        method: str,
        graph: str,
        data: bytes | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        fine: tuple[int, ...] = (),
    ) -> httpx.Response:
        headers = headers or {} if data is None else {"Content-Type": _NTRIPLES}
        return self._tried(
            method, self._where.graphs, {"params": {"graph": graph}, "content": data, "headers": dict(headers)}, fine
        )

    def _tried(self, method: str, url: str, options: Mapping[str, object], fine: tuple[int, ...]) -> httpx.Response:
        """Send a request, again after a while if the store is not there or busy.

        Raises:
            GoneError: It does not come back.
            UserError: It refuses.
        """
        trouble = ""
        for pause in (*_PAUSES, None):
            try:
                found = self._once(method, url, options)
            except httpx.TransportError as error:
                trouble = str(error) or type(error).__name__
            else:
                if found.is_success or found.status_code in fine:
                    return found
                if found.status_code not in _AGAIN:
                    raise UserError(_refused(method, url, found))
                trouble = f"it answers {found.status_code} {found.reason_phrase}"
            if pause is not None:
                self._sleep(pause)
        raise GoneError(trouble)

    def _once(self, method: str, url: str, options: Mapping[str, object]) -> httpx.Response:
        found = self._client.request(method, url, auth=self._auth, **options)  # type: ignore[arg-type]
        if found.status_code == 401 and self._login is not None and self._auth is None:
            # The store says in which way it wants to be told.
            digest = found.headers.get("www-authenticate", "").lower().startswith("digest")
            self._auth = httpx.DigestAuth(*self._login) if digest else httpx.BasicAuth(*self._login)
            found = self._client.request(method, url, auth=self._auth, **options)  # type: ignore[arg-type]
        return found


def _refused(method: str, url: str, found: httpx.Response) -> str:
    status = found.status_code
    start = f"the store refuses: {method} {url} is answered with {status} {found.reason_phrase}".rstrip()
    if status in (401, 403):
        return f"{start}; set {USER} and {PASSWORD}, or {TOKEN}, to those of somebody who may write"
    if status in (404, 405, 501):
        return f"{start}; is it the address of its Graph Store Protocol?"
    if status == 413:
        return f"{start}; take smaller pieces with --chunk"
    if found.is_redirect:
        return f"{start}; name the address that it leads to: {found.headers.get('location', '')}"
    told = " ".join(found.text.split())
    return f"{start}: {told[:_TOLD]}" if told else start
