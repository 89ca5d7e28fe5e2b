"""What tasks are called in Prefect's user interface: what they hold, so that a person finds a page's batch.

Importing this module imports Prefect: call `flows.settings.prepare` before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from prefect.runtime import task_run

from flows.assembly.outcome import ReadPage
from flows.fetching.addresses import host_of
from flows.files import Found

_SHOWN = 2


def of_pages() -> str:
    """Name of a task that reads pages."""
    found: Sequence[Found] = task_run.parameters["found"]
    return f"read {_many(len(found), 'page')}: {_span([one.name for one in found])}"


def of_procedures() -> str:
    """Name of a task that makes procedures."""
    groups: Sequence[Sequence[ReadPage]] = task_run.parameters["groups"]
    return f"make {_many(len(groups), 'procedure')}: {_span([group[0].code for group in groups])}"


def of_addresses() -> str:
    """Name of a task that fetches pages."""
    addresses: Sequence[str] = task_run.parameters["addresses"]
    return fetching(addresses)


def fetching(addresses: Sequence[str]) -> str:
    """Name of a task that fetches these.

    >>> fetching(["http://a.b/1", "http://c.d/1", "http://c.d/2", "http://e.f/"])
    'fetch 4 pages: c.d, a.b and 1 more host'
    """
    hosts = [host for host, _ in Counter(map(host_of, addresses)).most_common()]
    rest = len(hosts) - _SHOWN
    more = f" and {_many(rest, 'more host')}" if rest > 0 else ""
    return f"fetch {_many(len(addresses), 'page')}: {', '.join(hosts[:_SHOWN])}{more}"


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _span(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}" if names else "none"
