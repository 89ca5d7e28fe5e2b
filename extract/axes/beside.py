"""What stands beside what: ties between organs, targets and what is done."""

from __future__ import annotations

from typing import Final

from extract.axes.act import DESTRUCTION, IMAGING
from extract.mentions import Mention
from extract.view import View

NERVE: Final = "organ/nerve"
NODE: Final = "organ/atrioventricular-node"
HEART: Final = "organ/heart"
_LIST_GAP: Final = 4
_LISTING: Final = frozenset({"or", "and", ","})
_EXAMPLE_GAP: Final = 12
_EXAMPLES: Final = frozenset({"such", "include", "including", "namely", "example", "instance", "g", "like"})
_ACTION_GAP: Final = 5


def tied_to_action(view: View, mention: Mention, destroys: bool) -> bool:
    """Whether a mention stands beside what is done: to destroy on an ablation's page, anything else on others."""
    for action in view.within("action", mention.sentence):
        fits = (action.path == DESTRUCTION) == destroys and action.path != IMAGING
        if fits and view.near(action, mention, _ACTION_GAP) and view.verdict(action, "type") is None:
            return True
    return False


def in_scope(view: View, mention: Mention, context: str) -> bool:
    """Whether a mention stands in the scope of a context."""
    return view.contexts.around(mention, context) is not None


def listed_with(view: View, one: Mention, other: Mention) -> bool:
    """Whether two mentions stand in one list, or one as an example of the other."""
    if not view.near(one, other, _EXAMPLE_GAP):
        return False
    left, right = (one, other) if one.first < other.first else (other, one)
    between = view.norms(left.last, right.first)
    examples = bool(_EXAMPLES & set(between)) or "be it" in " ".join(between)
    if examples:
        return True
    apart = any(word == "of" and (not at or between[at - 1] not in _LISTING) for at, word in enumerate(between))
    return view.near(one, other, _LIST_GAP) and bool(_LISTING & set(between)) and not apart


def alternatives(view: View, one: Mention, other: Mention) -> bool:
    """Whether two organs are alternatives of one another: ``the joint (or nerves that lead to it)``."""
    left, right = (one, other) if one.first < other.first else (other, one)
    return view.near(one, other, _LIST_GAP) and "or" in view.norms(left.last, right.first)
