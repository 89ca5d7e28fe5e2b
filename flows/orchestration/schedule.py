"""Serve the flow ``refresh`` on a schedule. Importing this module imports Prefect."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Final

from prefect.client.schemas.schedules import CronSchedule
from prefect.runner import Runner
from prefect.schedules import Cron, Schedule
from prefect.types.entrypoint import EntrypointType
from pydantic import ValidationError

from flows import settings
from flows.errors import UserError
from flows.orchestration.refresh_flow import refresh

NAME: Final = "on-a-schedule"
"""Of the deployment; the flow is ``refresh``."""
_ENDS_IN: Final = 5.0
"""Seconds that the connections of a runner may take to close."""


def checked(cron: str, timezone: str | None) -> Schedule:
    """A schedule that Prefect understands.

    Args:
        cron: Five fields, or a word such as ``@daily``.
        timezone: IANA name; UTC if None.

    Raises:
        UserError: One of them is wrong.
    """
    try:
        CronSchedule(cron=cron, timezone=timezone or "UTC")
    except ValidationError as error:
        what = error.errors()[0]
        if "timezone" in what["loc"]:
            raise UserError(f"--timezone {timezone}: no such time zone; give one such as Europe/Zurich") from error
        raise UserError(
            f'--cron "{cron}": no cron; give minute, hour, day, month and day of the week, such as "0 2 * * *"'
        ) from error
    return Cron(cron, timezone=timezone or "UTC")


class _Runner(Runner):
    """A runner that SIGTERM ends as Ctrl-C does: its loop winds up in order.

    Prefect's own leaves the interpreter from within the loop, which tells of each open connection with a traceback.
    """

    _serving: asyncio.Task[Any] | None = None

    def handle_sigterm(self, *_: object, **__: object) -> None:
        """Stop serving."""
        if self._serving is not None:
            self._serving.get_loop().call_soon_threadsafe(self._serving.cancel)

    async def until_stopped(self) -> None:
        """Serve; return when stopped, with nothing left behind."""
        self._serving = asyncio.current_task()
        with suppress(asyncio.CancelledError):
            await self.start()
        left = asyncio.all_tasks() - {self._serving}
        if left:
            await asyncio.wait(left, timeout=_ENDS_IN)


def serve(when: Schedule, parameters: dict[str, Any]) -> None:
    """Run the flow at these times, one run at a time, until the process is stopped.

    Args:
        when: The times.
        parameters: Of the flow.
    """
    with settings.impatient():
        runner = _Runner(name=NAME, limit=1)
        runner.add_flow(
            refresh,
            name=NAME,
            schedule=when,
            parameters=parameters,
            # It was paused when it was stopped the last time.
            paused=False,
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        asyncio.run(runner.until_stopped())
