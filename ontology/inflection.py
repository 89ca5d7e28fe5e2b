"""Other forms of a cue phrase: another number of its first verb, and the short forms of a denial.

So the data need to hold *is not used* alone for *are not used*, *isn't used* and *aren't used*.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ontology.words import phrase

_PAIRS: Final = tuple(
    (phrase(one)[0], phrase(more)[0]) for one, more in (("is", "are"), ("was", "were"), ("has", "have"), ("does", "do"))
)
_OTHER_NUMBER: Final = {**dict(_PAIRS), **{more: one for one, more in _PAIRS}}
_VERBS: Final = ("is", "are", "was", "were", "has", "have", "does", "do", "did", "could", "should", "would")
_SHORT: Final = {
    **{phrase(f"{verb} not"): phrase(f"{verb}n't") for verb in _VERBS},
    phrase("cannot"): phrase("can't"),
    phrase("can not"): phrase("can't"),
    phrase("will not"): phrase("won't"),
}


def inflected(words: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    """Forms that a phrase takes with another number of its first verb and in short, without itself.

    Args:
        words: Normal forms of the phrase's words, as ``phrase`` gives them.

    >>> sorted(inflected(phrase("is not used")))
    [('are', 'not', 'used'), ('arent', 'used'), ('isnt', 'used')]
    """
    numbers = {words} | {(_OTHER_NUMBER[word], *words[1:]) for word in words[:1] if word in _OTHER_NUMBER}
    short = {brief for form in numbers for brief in _shortened(form)}
    return frozenset((numbers | short) - {words})


def _shortened(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for long, short in _SHORT.items():
        for at in range(len(words) - len(long) + 1):
            if words[at : at + len(long)] == long:
                yield words[:at] + short + words[at + len(long) :]
