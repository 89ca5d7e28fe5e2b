"""Runs medspaCy over texts, in an environment of its own: JSON in, JSON out.

Standard input holds ``{"labels": [{"label": …, "category": …}], "texts": […]}``; standard output gets a list for each
text, of the categories that its target matcher found and its ConText left standing.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Final

import medspacy  # type: ignore[import-not-found,unused-ignore]
from loguru import logger  # type: ignore[import-not-found,unused-ignore]
from medspacy.ner import TargetRule  # type: ignore[import-not-found,unused-ignore]

PIPES: Final = ("medspacy_pyrush", "medspacy_target_matcher", "medspacy_context")
NOT_SO: Final = ("is_negated", "is_hypothetical", "is_historical", "is_family")


def rule(label: str, category: str) -> Any:
    """A rule of the target matcher; a label in capitals matches in capitals alone."""
    if label.isupper():
        return TargetRule(label, category, pattern=[{"TEXT": word} for word in label.split()])
    return TargetRule(label, category)


def main() -> None:
    """Answer one request."""
    logger.remove()
    request = json.load(sys.stdin)
    # The pipes come with medspaCy's own rules for sentences and context.
    pipeline = medspacy.load(medspacy_enable=list(PIPES))
    pipeline.get_pipe("medspacy_target_matcher").add([rule(one["label"], one["category"]) for one in request["labels"]])
    answer = [
        sorted({entity.label_ for entity in text.ents if not any(getattr(entity._, name) for name in NOT_SO)})
        for text in pipeline.pipe(request["texts"])
    ]
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
