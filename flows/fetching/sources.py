"""The source list, ``sources.toml``: where pages come from, and how each host wants to be asked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from flows.errors import UserError
from flows.fetching.addresses import AddressError, normal
from flows.fetching.sources_table import Table

_MOST_BYTES: Final = 10
"""MiB; `flows.files` reads no larger pages."""


class Kind(StrEnum):
    """What a source is; the value is its key in the file."""

    FOLDER = "folder"
    ADDRESS = "address"
    LIST = "list"
    SITEMAP = "sitemap"


@dataclass(frozen=True, slots=True)
class Source:
    """One source.

    Attributes:
        name: What reports call it.
        kind: What it is.
        where: The folder or file as an absolute path, or the address.
        only: Patterns with ``*`` and ``?``: of a list or sitemap, only what matches one is fetched; all if empty.
    """

    name: str
    kind: Kind
    where: str
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """How hosts are asked.

    Attributes:
        contact: An address or mail address of whoever runs this; sites read it in the user agent. May be empty.
        per_minute: Most requests a minute to one host.
        seconds: Most time for one answer, from the name of the host to the last byte.
        max_bytes: Most bytes of one page.
        retries: So often is tried again what may pass.
        redirects: So many redirects are followed.
    """

    contact: str = ""
    per_minute: float = 30.0
    seconds: float = 60.0
    max_bytes: int = 5 * 1024 * 1024
    retries: int = 3
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Host:
    """What holds for one host.

    Attributes:
        per_minute: Most requests a minute, or None for the rule of all.
        private: Whether it may stand at a loopback, private or link-local network address.
    """

    per_minute: float | None = None
    private: bool = False


@dataclass(frozen=True, slots=True)
class Sources:
    """A source list.

    Attributes:
        file: Where it was read.
        sources: In the order of the file, at least one.
        rules: For all hosts.
        hosts: By host name, lower case.
    """

    file: Path
    sources: tuple[Source, ...]
    rules: Rules = field(default_factory=Rules)
    hosts: Mapping[str, Host] = field(default_factory=dict)

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders with pages."""
        return tuple(Path(source.where) for source in self.sources if source.kind is Kind.FOLDER)

    def per_minute(self, host: str) -> float:
        """Most requests a minute to a host."""
        rate = self.hosts.get(host, Host()).per_minute
        return self.rules.per_minute if rate is None else rate

    def may_be_private(self, host: str) -> bool:
        """Whether a host may stand at a network address that is not public."""
        return self.hosts.get(host, Host()).private


def load(file: Path) -> Sources:
    """Read a source list.

    Args:
        file: In TOML 1.0; ``docs/refresh.md`` shows one. Paths in it are relative to its own folder.

    Raises:
        UserError: It cannot be read, or an entry is wrong; the message names file and entry.
    """
    try:
        content = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise UserError(f"{file}: cannot be read ({error.strerror}); --sources wants a file in TOML") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{file}: is not UTF-8, which TOML must be") from error
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{file}: is not TOML: {error}") from error
    top = Table(str(file), "the file", content)
    entries = top.tables("source")
    rules = _rules(Table(str(file), "[fetch]", top.table("fetch")))
    hosts = {
        name.lower().rstrip("."): _host(Table(str(file), f'[host."{name}"]', one))
        for name, one in top.named_tables("host").items()
    }
    top.done()
    if not entries:
        raise UserError(f'{file}: names no source; add one, such as:\n[[source]]\nfolder = "pages"')
    sources = tuple(_source(file, number, one) for number, one in enumerate(entries, start=1))
    _unlike(file, sources)
    return Sources(file, sources, rules, hosts)


def _source(file: Path, number: int, content: Mapping[str, Any]) -> Source:
    table = Table(str(file), f"[[source]] {number}", content)
    kinds = [kind for kind in Kind if kind.value in content]
    name = table.text("name", "")
    if name:
        table.entry += f' ("{name}")'
    if len(kinds) != 1:
        table.done(also=tuple(Kind))
        wanted = ", ".join(Kind)
        raise table.wrong(f"has {len(kinds) or 'none'} of the keys {wanted}; give one of them")
    kind = kinds[0]
    given = table.text(kind.value)
    only = table.texts("only")
    if only and kind not in {Kind.LIST, Kind.SITEMAP}:
        raise table.wrong("only: holds for lists and sitemaps alone")
    table.done()
    if kind in {Kind.ADDRESS, Kind.SITEMAP}:
        try:
            where = normal(given)
        except AddressError as error:
            raise table.wrong(f"{kind}: {given}: {error}") from error
    else:
        path = (file.absolute().parent / Path(given).expanduser()).resolve()
        if kind is Kind.FOLDER and not path.is_dir():
            raise table.wrong(f"{kind}: {given}: no such folder (paths are relative to the source list)")
        if kind is Kind.LIST and not path.is_file():
            raise table.wrong(f"{kind}: {given}: no such file (paths are relative to the source list)")
        where = str(path)
    return Source(name or given, kind, where, only)


def _unlike(file: Path, sources: tuple[Source, ...]) -> None:
    """See that no two sources share a name or are the same."""
    names: dict[str, int] = {}
    places: dict[tuple[Kind, str], int] = {}
    for number, source in enumerate(sources, start=1):
        before = names.setdefault(source.name, number)
        same = places.setdefault((source.kind, source.where), number)
        if same != number:
            raise UserError(f"{file}: [[source]] {number} is the same {source.kind} as [[source]] {same}; remove one")
        if before != number:
            raise UserError(f'{file}: [[source]] {number} is called "{source.name}" like [[source]] {before}')


def _rules(table: Table) -> Rules:
    default = Rules()
    rules = Rules(
        contact=table.text("contact", ""),
        per_minute=table.number("per-minute", 0.1, 6000, default.per_minute),
        seconds=table.number("seconds", 0.05, 3600, default.seconds),
        max_bytes=round(table.number("max-megabytes", 0.001, _MOST_BYTES, 5) * 1024 * 1024),
        retries=round(table.number("retries", 0, 10, default.retries)),
        redirects=round(table.number("redirects", 0, 10, default.redirects)),
    )
    table.done()
    if not rules.contact.isprintable() or not rules.contact.isascii():
        raise table.wrong("contact: goes into a header: plain ASCII in one line")
    return rules


def _host(table: Table) -> Host:
    per_minute = table.number("per-minute", 0.1, 6000, 0)
    host = Host(per_minute or None, table.flag("private"))
    table.done()
    return host
