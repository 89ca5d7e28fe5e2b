"""``report.html``: a release for people, one file that works from disk and asks nobody.

Lists and filters get their data as lines of JSON; what was read of a procedure stands in parts that are taken apart
when somebody looks. Page text is data throughout: escaped in the templates, in JSON that no HTML parser takes for
markup, and set as text by the script; a Content-Security-Policy lets nothing run but that script.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from flows.report import gather, lexis, page

__all__ = ["FILE", "write"]

FILE: Final = "report.html"


def write(draft: Path, previous: Path | None) -> None:
    """Write ``report.html`` of a release.

    Memory holds the lines for lists and filters, about 200 bytes a procedure, and no evidence.

    Args:
        draft: The release's folder, with its other files.
        previous: Folder of the release before, or None.

    Raises:
        UserError: A file is missing or no longer ours.
    """
    known = lexis.read(draft / "ontology.ttl")
    gathered = gather.Gathered(known.above)
    with tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n", dir=draft) as details:
        for one in gather.entries(draft, previous, known):
            gathered.add(one)
            details.write(one.detail + "\n")
        details.seek(0)
        with (draft / FILE).open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(page.pieces(draft, previous, known, gathered, details))
