"""Addresses of pages: their normal form, the file names made of them, and which networks are public."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from typing import Final
from urllib.parse import quote, unquote, urlsplit, urlunsplit

_PORTS: Final = {"http": 80, "https": 443}
_LONGEST: Final = 2000
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9]+")
_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_PRINTABLE: Final = "!#$%&'()*+,/:;=?@[]~"


class AddressError(Exception):
    """An address that is not fetched, and why."""


def normal(address: str) -> str:
    """The one form of an address that is used throughout.

    Args:
        address: As somebody wrote it.

    Returns:
        Scheme and host in lower case, the host in ASCII, no default port, no fragment, nothing unprintable.

    Raises:
        AddressError: It is no address of http or https, or holds a name or password.

    >>> normal("HTTPS://Bücher.Example:443/a b#c")
    'https://xn--bcher-kva.example/a%20b'
    """
    given = address.strip()
    if len(given) > _LONGEST:
        raise AddressError(f"is longer than {_LONGEST} characters")
    try:
        parts = urlsplit(given)
        port = parts.port
    except ValueError as error:
        raise AddressError(f"is no address ({error})") from error
    if parts.scheme not in _PORTS:
        raise AddressError("only http:// and https:// addresses are fetched")
    if parts.username is not None or parts.password is not None:
        raise AddressError("holds a name or password, which would end in reports; leave it out")
    host = _host(parts.hostname or "")
    if port is not None and port != _PORTS[parts.scheme]:
        host += f":{port}"
    path = quote(parts.path or "/", safe=_PRINTABLE)
    return urlunsplit((parts.scheme, host, path, quote(parts.query, safe=_PRINTABLE), ""))


def host_of(address: str) -> str:
    """Host name of an address in normal form, without port, brackets and final dot.

    >>> host_of("http://[::1]:8080/"), host_of("http://localhost./")
    ('::1', 'localhost')
    """
    return (urlsplit(address).hostname or "").rstrip(".")


def origin_of(address: str) -> str:
    """Scheme, host and port of an address in normal form: what a ``robots.txt`` holds for (RFC 9309, 2.3)."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def file_name(address: str, suffix: str) -> str:
    """Name of the page of an address: always the same, fit for every file system, and readable.

    The last part of the path comes first, since a page whose name begins with a code is about that code.

    Args:
        address: In normal form.
        suffix: With its dot.

    >>> file_name("https://example.org/codes/50593-notes.html?x=1", ".html")
    'example.org/50593-notes-c5967f89f6.html'
    """
    parts = urlsplit(address)
    last = unquote(parts.path.rstrip("/").rpartition("/")[2])
    stem = last.rpartition(".")[0] or last
    readable = _UNSAFE.sub("-", stem).strip("-")[:60].strip("-") or "page"
    digest = hashlib.sha256(address.encode()).hexdigest()[:10]
    host = re.sub(r"[^a-z0-9.-]", "-", host_of(address)) or "host"
    folder = host if parts.port is None else f"{host}-{parts.port}"
    return f"{folder}/{readable}-{digest}{suffix}"


def is_public(network_address: str) -> bool:
    """Whether a network address belongs to the public internet (IANA's special-purpose registries).

    Addresses that carry another one in them are judged by that.

    >>> [is_public(one) for one in ("93.184.216.34", "10.0.0.1", "127.0.0.1", "169.254.169.254", "::ffff:127.0.0.1")]
    [True, False, False, False, False]
    """
    try:
        ip = ipaddress.ip_address(network_address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not ip.is_unspecified


def _host(host: str) -> str:
    if ":" in host:
        try:
            return f"[{ipaddress.IPv6Address(host)}]"
        except ValueError as error:
            raise AddressError("names a host that is none") from error
    try:
        ascii_host = host.encode("idna").decode("ascii").lower() if not host.isascii() else host.lower()
    except UnicodeError as error:
        raise AddressError("names a host that is none") from error
    labels = ascii_host.removesuffix(".").split(".")
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise AddressError("names a host that is none" if host else "names no host")
    return ".".join(labels)
