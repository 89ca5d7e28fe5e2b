"""Which section roles say what a code is, and which are not read for facts."""

from __future__ import annotations

from typing import Final

DESCRIPTOR: Final = frozenset({"official-descriptor", "title"})
"""Words in the form of a descriptor."""

MAIN: Final = frozenset({"official-descriptor", "title", "description", "steps", "lay-summary", "names"})
"""Sections that tell what is done."""

SIDE: Final = frozenset({"indications", "faq", "other"})
"""Sections that speak of the procedure beside other things: read, and believed less; main where a page has no other
prose."""

UNREAD: Final = frozenset(
    {"preparation", "aftercare", "example", "exclusions", "coverage-and-billing", "related-codes"}
)
"""Sections whose mentions are no facts of the procedure."""

SKIPPED: Final = frozenset({"boilerplate"})
"""Furniture of a site, which is not looked at."""

PROSE: Final = frozenset({"description", "steps", "lay-summary"})
"""Sections that make a page a page: where none is, the side sections stand for them."""
