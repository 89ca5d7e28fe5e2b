"""How far a build is: shown by whoever called it, unknown to the stages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, Protocol


class Progress(Protocol):
    """Is told how far a build is."""

    def step(self, name: str, done: int, total: int) -> None:
        """Say how much of a step is done.

        Args:
            name: Of the step, in words.
            done: Pages or procedures done.
            total: Of how many.
        """

    def note(self, message: str) -> None:
        """Say something that a waiting person wants to know."""


class Silent:
    """Tells nobody."""

    def step(self, name: str, done: int, total: int) -> None:
        """See `Progress.step`."""

    def note(self, message: str) -> None:
        """See `Progress.note`."""


SILENT: Final = Silent()
_CURRENT: Final[ContextVar[Progress]] = ContextVar("progress", default=SILENT)


def current() -> Progress:
    """Who is told in this context: a flow's parameters go to Prefect's server, so this is not among them."""
    return _CURRENT.get()


@contextmanager
def told(progress: Progress) -> Iterator[None]:
    """Tell this one, as long as the context lasts."""
    token = _CURRENT.set(progress)
    try:
        yield
    finally:
        _CURRENT.reset(token)
