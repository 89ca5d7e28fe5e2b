"""What the report says for the short words of a release: reasons, rules, quarantine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from extract.model import Reason

REJECTED: Final[Mapping[str, str]] = {
    "after-effect": "It is what may be felt or stays as it was afterwards.",
    "avoided": "The words are about what is to be kept from harm.",
    "bleeding-control": "The words are about stopping a bleeding.",
    "broader": "A more specific one is stated.",
    "care": "The words are about care of the patient: numbing, cleaning, dressing.",
    "cause": "It is named as the cause of something.",
    "compared": "It is named only to compare with.",
    "complication": "The words are about harm that may be done.",
    "contrast": "The heading says that the section is about something else.",
    "covered-by-tumor": "A tumor is stated, which says more.",
    "descriptor-decides": "The descriptor names another one.",
    "destination": "It is where an instrument arrives, and nothing is destroyed there.",
    "earlier": "The words are about what was done or seen before.",
    "effect": "It is what the procedure does good to, and not what it works on.",
    "energy": "The sound is what destroys here, not what guides.",
    "example": "The words are about a made-up patient.",
    "explained": "The words tell what a thing is or where it lies.",
    "guided-act": "It is what guidance helps to do.",
    "heading": "The words stand in a heading that states nothing.",
    "hint-beside-firmer": "The words only hint at it, and firmer words say otherwise or the same.",
    "in-passing": "It is named in passing, as a tool for something else.",
    "incidental": "It is found by the way.",
    "later": "The words are about what is done afterwards.",
    "late": "It is named once, near the end of a page that names others before.",
    "measured": "The words are about a device that only measures.",
    "named-closer": "The modality is named more closely elsewhere.",
    "nearby": "It only lies near.",
    "negated": "The words deny it.",
    "nerve-as-such": "The nerve itself is what is treated.",
    "no-guidance": "The words name imaging, but not that it guides.",
    "no-role": "The words do not say what the substance is for.",
    "not-for-patient": "The words are about what patients cannot have or have had.",
    "not-treated": "It is named, but nothing is done to it.",
    "origin": "It is where a metastasis comes from.",
    "other-code": "The clause is about another code.",
    "outweighed": "What stands around it speaks against it, as learned from gold pages.",
    "outranked": "It is named once, where the page comes back to others.",
    "passed": "It is only passed on the way.",
    "progression": "It is what something else might become.",
    "question": "The words ask and do not state.",
    "replaced": "The words say that it was replaced by something else.",
    "quoted": "The page quotes the words from a note.",
    "ruled-out": "The words say that it was looked for and not found, or must not be there.",
    "section": "The section is not read for facts.",
    "served": "It is what a nerve is for; the nerve is treated.",
    "test": "The words are about a test.",
    "when-involved": "It is treated only when involved.",
}
"""Reason of a rejection to a sentence."""

RULES: Final[Mapping[str, str]] = {
    "descriptor": "the descriptor says so",
    "guides": "words that make it guidance",
    "hinted": "a hint, and nothing firmer stands against it",
    "nearest-words": "what the nearest words make of it",
    "optional": "words of choice beside it",
    "stated": "stated, and no word around takes it back",
    "treated": "stated where something is done to it",
    "used": "stated as part of the procedure",
    "weighed": "what stands around it speaks for it, as learned from gold pages",
}
"""Rule that accepted a fact to what it goes by."""

QUARANTINED: Final[Mapping[str, str]] = {
    Reason.EMPTY: "The file has no bytes.",
    Reason.BINARY: "The file is no text.",
    Reason.UNREADABLE: "The file cannot be read, or vanished meanwhile.",
    Reason.LINK_LOOP: "The link leads back to itself or to a folder that it stands in.",
    Reason.TOO_LARGE: "The file is larger than any page; it was not read.",
    Reason.TOO_DEEP: "The markup is nested deeper than that of any real page.",
    Reason.NO_TEXT: "The page shows no text.",
    Reason.LOCKED: "The page shows nothing but lines that ask to sign in.",
    Reason.NO_CODE: "The page names no procedure code.",
    Reason.SEVERAL_CODES: "The page tells of several codes alike, or was given under names of several codes.",
    Reason.MALFORMED_CODE: "The page names as its own something that is no code.",
    Reason.SHAPE_VIOLATION: "What the page says does not fit together.",
}
"""Reason code of the quarantine to a sentence."""


def said(table: Mapping[str, str], word: str) -> str:
    """The sentence for a word; for one that nobody has a sentence for, the word itself.

    >>> said(RULES, "no-such-rule")
    'no such rule'
    """
    return table.get(word, word.replace("-", " "))
