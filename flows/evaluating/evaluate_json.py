"""An evaluation as JSON: complete, and the same for the same pages and gold."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, Final

from extract.gold import AXES
from extract.scoring import Means, Tally
from flows.evaluating.evaluate import Evaluation

_PLACES: Final = 4
"""Decimals of a share."""


def as_json(evaluation: Evaluation) -> str:
    """All that was found, as one JSON object.

    Shares are rounded to four decimals, and null where there is nothing to count.
    """
    score = evaluation.score
    answer = {
        "pages": len(evaluation.judged),
        "borderline": evaluation.borderline,
        "quarantined": [
            {"file": page.entry["file"], "reason": page.reason, "message": page.message}
            for page in evaluation.quarantined
        ],
        "axes": {axis: _counts(score.tallies[axis]) for axis in AXES},
        "micro": _counts(score.micro()),
        "macro": _shares(score.macro()),
        "agreement": {
            item.name: {
                "pages": item.pages,
                "agree": item.agree,
                "differing": [asdict(page) for page in item.differing],
            }
            for item in evaluation.agreements
        },
        "differences": [
            {**asdict(difference.miss), "behind": [asdict(trace) for trace in difference.traces]}
            for difference in evaluation.differences
        ],
    }
    return json.dumps(answer, ensure_ascii=False, indent=2) + "\n"


def _counts(tally: Tally) -> dict[str, Any]:
    shares = _shares(tally) if tally.counted else dict.fromkeys(("precision", "recall", "f1"))
    return {"hit": tally.hit, "false": tally.false, "missed": tally.missed, **shares}


def _shares(of: Tally | Means) -> dict[str, float]:
    return {"precision": round(of.precision, _PLACES), "recall": round(of.recall, _PLACES), "f1": round(of.f1, _PLACES)}
