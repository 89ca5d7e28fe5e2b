"""``changes.md`` of a release: what is other than in the release before."""

from __future__ import annotations

from pathlib import Path

from flows.releases import diff_text
from flows.releases.diff_text import Figures


def write(draft: Path, previous: Path | None) -> Figures | None:
    """Write ``changes.md``.

    Args:
        draft: Folder of the new release; its other files are there already.
        previous: Folder of the release before, or None.

    Returns:
        How many of what changed; None without a release before.

    Raises:
        UserError: A file of the release before is missing or was changed by hand.
    """
    with (draft / "changes.md").open("w", encoding="utf-8", newline="\n") as out:
        if previous is None:
            out.write("# Changes\n\nThe first release: there is none before it to compare it with.\n")
            return None
        return diff_text.write_markdown(out, f"Changes since release {previous.name}", draft, previous)
