"""``dataset.ttl``: what a release is, in DCAT 3, VoID and PROV, with the shipped queries.

No clock and no host: the same release after the same release before is described by the same bytes. How often each
class and property is used is carried over from the release before where a procedure has not changed.
"""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from flows.releases import release
from flows.releases.dataset_before import FILE, before
from flows.releases.dataset_graph import Description
from flows.releases.tally import Tally, count
from ontology import terms


def write(draft: Path, previous: Path | None) -> None:
    """Write ``dataset.ttl`` of a release.

    Args:
        draft: The release's folder, with its first files.
        previous: Folder of the release before, or None.

    Raises:
        UserError: A file is missing or no longer ours.
    """
    (draft / FILE).write_bytes(describe(draft, previous))


def describe(draft: Path, previous: Path | None) -> bytes:
    """A release described.

    Args:
        draft: The release's folder.
        previous: Folder of the release before, or None.

    Returns:
        Turtle, UTF-8.

    Raises:
        UserError: A file is missing or no longer ours.
    """
    name, known = (None, None) if previous is None else before(previous)
    counts, rights = count(draft, previous, known)
    words = Tally()
    words.add(quad.triple for quad in ox.parse(path=str(draft / "ontology.ttl"), format=ox.RdfFormat.TURTLE))
    made = Description(release.identifier(draft), _version(draft / "ontology.ttl"))
    made.whole(counts, words, name)
    made.rights(rights)
    made.files(draft, {"procedures": counts.facts, "evidence": counts.evidence, "ontology": words})
    made.provenance(draft, name)
    made.queries()
    return made.graph.serialize(format="turtle", encoding="utf-8")


def _version(ontology: Path) -> str:
    for quad in ox.parse(path=str(ontology), format=ox.RdfFormat.TURTLE):
        if quad.predicate.value == terms.OWL + "versionInfo" and isinstance(quad.object, ox.Literal):
            return quad.object.value
    return ""
