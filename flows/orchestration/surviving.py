"""A run outlives its Prefect server: what is done is done, whether or not the server still takes note of it."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Final, TypeVar, cast

import httpx

from flows.errors import UserError
from flows.progress import Progress

T = TypeVar("T")

_DONE: Final[ContextVar[dict[str, Any] | None]] = ContextVar("done", default=None)


def done(name: str, result: T) -> T:
    """Keep the result of a flow before Prefect reports it.

    Args:
        name: Of the flow.
        result: What it gives back.

    Returns:
        The same result.
    """
    kept = _DONE.get()
    if kept is not None:
        kept[name] = result
    return result


def surviving(name: str, call: Callable[[], T], progress: Progress) -> T:
    """Call a flow, and give back what it has done even if its server is gone by then.

    Args:
        name: Of the flow.
        call: Calls it.
        progress: Is told.

    Raises:
        UserError: The server is gone, and the flow is not done.
    """
    kept: dict[str, Any] = {}
    token = _DONE.set(kept)
    try:
        return call()
    except httpx.TransportError as error:
        if name not in kept:
            raise UserError(
                f"the Prefect server is gone ({error}); nothing was published by halves: start it, and run this again"
            ) from error
        progress.note("the Prefect server is gone and knows no end of this run; the run itself is done")
        return cast("T", kept[name])
    finally:
        _DONE.reset(token)
