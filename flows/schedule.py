"""Serve the flow ``refresh`` on a schedule. Importing this module imports Prefect."""

from __future__ import annotations

from typing import Any, Final

from prefect.client.schemas.schedules import CronSchedule
from prefect.schedules import Cron, Schedule
from prefect.types.entrypoint import EntrypointType
from pydantic import ValidationError

from flows import settings
from flows.errors import UserError
from flows.refresh_flow import refresh

NAME: Final = "on-a-schedule"
"""Of the deployment; the flow is ``refresh``."""


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


def serve(when: Schedule, parameters: dict[str, Any]) -> None:
    """Run the flow at these times, one run at a time, until the process is stopped.

    Args:
        when: The times.
        parameters: Of the flow.
    """
    with settings.impatient():
        refresh.serve(
            name=NAME,
            schedule=when,
            parameters=parameters,
            limit=1,
            # It was paused when it was stopped the last time.
            paused=False,
            print_starting_message=False,
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
