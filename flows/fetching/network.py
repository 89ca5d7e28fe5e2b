"""One request: to the network address that was checked, within bounds of time and size, without redirects."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import zlib
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import lru_cache
from types import TracebackType
from typing import Final, Self

import httpx

from flows.fetching.addresses import host_of, is_public
from flows.fetching.answers import Answer, FetchError, Why

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""From host and port to its network addresses; raises OSError."""

_PLACES_TRIED: Final = 3
_MOST_HEADER: Final = 500
_GZIP: Final = 31
"""zlib's number for gzip with header and checksum."""
_ERROR_BYTES: Final = 64 * 1024
_CHARSET: Final = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)


class Network(AbstractAsyncContextManager["Network"]):
    """Sends single requests.

    No proxy is used, since a proxy would look up the host again; no cookies are kept; each request has a connection of
    its own, so that a server that lies about a length spoils no other answer.

    Args:
        agent: The user agent.
        may_be_private: Whether a host may stand at a network address that is not public.
        resolve: Looks up hosts; the system does if None.
        certificates: Who is believed to speak for a host; those of `httpx` and ``SSL_CERT_FILE`` if None.
    """

    def __init__(
        self,
        agent: str,
        may_be_private: Callable[[str], bool],
        resolve: Resolve | None = None,
        certificates: ssl.SSLContext | None = None,
    ) -> None:
        self._may_be_private = may_be_private
        self._resolve = resolve or system_resolve
        self._headers = {"User-Agent": agent, "Accept-Encoding": "gzip", "Connection": "close"}
        # The transport alone: a client would keep cookies and look into redirects.
        self._transport = httpx.AsyncHTTPTransport(
            verify=certificates or _certificates(),
            trust_env=False,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
        )

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def get(
        self,
        address: str,
        headers: Mapping[str, str],
        *,
        seconds: float,
        max_bytes: int,
        types: Collection[str] | None = None,
        cut: bool = False,
    ) -> Answer:
        """Ask for an address once.

        Args:
            address: In normal form.
            headers: Beside the user agent.
            seconds: Most time for all of it.
            max_bytes: Most bytes of the body, uncompressed.
            types: Media types that are wanted with status 200; all if None.
            cut: Whether a longer body is cut off; else it is an error.

        Raises:
            FetchError: No answer came, or none that can be used.
        """
        host = host_of(address)
        try:
            async with asyncio.timeout(seconds):
                places = await self._places(host, httpx.URL(address))
                for number, place in enumerate(places, start=1):
                    try:
                        return await self._ask(address, host, place, headers, max_bytes, types, cut=cut)
                    except httpx.ConnectError:
                        if number == len(places):
                            raise
        except TimeoutError as error:
            raise FetchError(Why.TIMEOUT, f"no whole answer within {seconds:g} s") from error
        except httpx.ConnectError as error:
            raise FetchError(Why.UNREACHABLE, f"{host} cannot be reached ({error})") from error
        except httpx.RemoteProtocolError as error:
            raise FetchError(Why.BROKEN_OFF, f"the answer broke off or is no HTTP ({error})") from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise FetchError(Why.BAD_ADDRESS, f"is no address ({error})") from error
        except httpx.TransportError as error:
            raise FetchError(Why.UNREACHABLE, f"the connection to {host} failed ({type(error).__name__})") from error
        raise FetchError(Why.UNREACHABLE, f"{host} has no network address")

    async def _places(self, host: str, url: httpx.URL) -> Sequence[str]:
        """The network addresses of a host that may be connected to."""
        try:
            places = await self._resolve(host, url.port or (443 if url.scheme == "https" else 80))
        except OSError as error:
            raise FetchError(Why.UNREACHABLE, f"{host} is not known ({error.strerror or error})") from error
        if self._may_be_private(host):
            return places[:_PLACES_TRIED]
        public = [place for place in places if is_public(place)]
        if places and not public:
            hint = f'; if that is meant, allow it in the source list: [host."{host}"] private = true'
            raise FetchError(Why.PRIVATE, f"{host} stands at {places[0]}, which is no public address{hint}")
        return public[:_PLACES_TRIED]

    async def _ask(
        self,
        address: str,
        host: str,
        place: str,
        headers: Mapping[str, str],
        max_bytes: int,
        types: Collection[str] | None,
        *,
        cut: bool,
    ) -> Answer:
        """Ask at one network address: what was checked is what is connected to."""
        url = httpx.URL(address)
        request = httpx.Request(
            "GET",
            url.copy_with(host=place),
            headers={**self._headers, **headers, "Host": url.netloc.decode("ascii")},
            extensions={"sni_hostname": host},
        )
        response = await self._transport.handle_async_request(request)
        try:
            status = response.status_code
            media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            if status == httpx.codes.OK and types is not None and media_type and media_type not in types:
                raise FetchError(Why.NO_PAGE, f"is {media_type[:60]}, not a page of HTML or text")
            if status != httpx.codes.OK:
                # Of an error page no more is read than tells what is the matter.
                max_bytes, cut = min(max_bytes, _ERROR_BYTES), True
            return Answer(
                address,
                status,
                b"" if response.has_redirect_location else await _body(response, max_bytes, cut=cut),
                media_type,
                _charset(response.headers.get("content-type", "")),
                _header(response, "etag"),
                _header(response, "last-modified"),
                response.headers.get("location"),
                response.headers.get("retry-after"),
            )
        finally:
            await response.aclose()


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """Look a host up as the system does it.

    Raises:
        OSError: It is not known.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(place[4][0]) for place in found))


async def _body(response: httpx.Response, limit: int, *, cut: bool) -> bytes:
    """The body, uncompressed, and no more than the limit of it.

    Raises:
        FetchError: It is larger, or in an encoding that was not asked for.
    """
    said = response.headers.get("content-length", "")
    if not cut and said.isdigit() and int(said) > limit:
        raise FetchError(Why.TOO_LARGE, f"says it has {int(said):,} bytes; at most {limit:,} are read")
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"", "identity", "gzip", "x-gzip"}:
        raise FetchError(Why.NO_PAGE, f"is encoded as {encoding[:40]}, which was not asked for")
    body = bytearray()
    unzip = zlib.decompressobj(_GZIP) if "gzip" in encoding else None
    async for chunk in response.aiter_raw():
        try:
            # One byte more than the limit is enough to know: a small chunk may hold a flood.
            body += chunk if unzip is None else unzip.decompress(chunk, limit + 1 - len(body))
        except zlib.error as error:
            raise FetchError(Why.BROKEN_OFF, f"the answer is said to be gzip and is not ({error})") from error
        if len(body) > limit:
            if cut:
                return bytes(body[:limit])
            raise FetchError(Why.TOO_LARGE, f"is larger than {limit:,} bytes")
    if unzip is not None and body and not unzip.eof:
        raise FetchError(Why.BROKEN_OFF, "the answer broke off in the middle of its compressed bytes")
    return bytes(body)


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def _charset(content_type: str) -> str | None:
    found = _CHARSET.search(content_type)
    return found[1].lower() if found else None


def _header(response: httpx.Response, name: str) -> str | None:
    """A validator, where it is one that can be sent back."""
    value: str | None = response.headers.get(name)
    usable = value is not None and value.isascii() and value.isprintable() and 0 < len(value) <= _MOST_HEADER
    return value if usable else None
