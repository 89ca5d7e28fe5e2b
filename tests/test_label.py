from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.label import MAX_LENGTH, label, names
from extract.model import Assertion

NAMES = {"modality/ct": "CT", "target/incompetent-vein": "incompetent vein", "organ/heart-atrium": "heart atrium"}


def said(*pairs: str) -> list[Assertion]:
    properties = {"energy": "energySource"}
    facts = []
    for path in pairs:
        scheme = path.partition("/")[0]
        node = ("guidance-use", path.partition("/")[2]) if scheme == "modality" else ()
        facts.append(Assertion(node, properties.get(scheme, scheme), path, "stated", ()))
    return facts


ABLATION = [Assertion((), "type", "AblationProcedure", "stated", ())]


@pytest.mark.parametrize(
    ("paths", "text"),
    [
        (
            ("approach/percutaneous", "energy/cryogenic", "organ/kidney", "target/tumor", "modality/ct"),
            "Percutaneous cryogenic ablation of kidney tumor",
        ),
        (("approach/percutaneous", "approach/open", "organ/kidney"), "Open or percutaneous ablation of kidney"),
        (("organ/heart-atrium",), "Ablation of heart atrium"),
        (("energy/laser", "target/wart"), "Laser ablation of wart"),
        (("energy/radiofrequency",), "Radiofrequency ablation"),
        ((), "Ablation"),
        (("organ/vein", "target/incompetent-vein"), "Ablation of incompetent vein"),
        (("organ/vein", "target/incompetent-vein", "target/cyst"), "Ablation of vein cyst or incompetent vein"),
        (("organ/liver", "organ/bone", "organ/lung", "target/tumor"), "Ablation of bone, liver or lung tumor"),
        (
            ("organ/liver", "organ/bone", "organ/lung", "organ/skin", "organ/heart", "organ/nose", "target/tumor"),
            "Ablation of bone, heart, liver, lung or 2 others: tumor",
        ),
    ],
)
def test_ablations(paths: tuple[str, ...], text: str) -> None:
    assert label([*ABLATION, *said(*paths)], NAMES) == text


@pytest.mark.parametrize(
    ("paths", "text"),
    [
        (("approach/percutaneous", "organ/liver", "modality/ct"), "Percutaneous procedure on the liver, guided by CT"),
        (("organ/liver", "target/abscess"), "Procedure on the liver for abscess"),
        (("modality/ct", "modality/ultrasound"), "Procedure, guided by CT or ultrasound"),
        (("energy/radiation", "organ/brain"), "Radiation procedure on the brain"),
        ((), "Procedure"),
    ],
)
def test_other_procedures(paths: tuple[str, ...], text: str) -> None:
    assert label(said(*paths), NAMES) == text


PATHS = st.builds(
    "{}/{}".format,
    st.sampled_from(["approach", "energy", "organ", "target", "modality"]),
    st.from_regex(r"[a-z]([a-z-]{0,60}[a-z])?", fullmatch=True),
)


@given(st.lists(PATHS, max_size=40), st.booleans(), st.randoms(use_true_random=False))
def test_short_and_the_same_in_any_order(paths: list[str], ablation: bool, random: object) -> None:
    facts = [*(ABLATION if ablation else []), *said(*paths)]
    text = label(facts, {})
    assert 1 <= len(text) <= MAX_LENGTH
    assert text[0].isupper()
    assert text == " ".join(text.split())
    random.shuffle(facts)  # type: ignore[attr-defined]
    assert label(facts, {}) == text


def test_the_names_of_the_ontology_are_used() -> None:
    assert names()["organ/kidney"] == "kidney"
    assert label([*ABLATION, *said("organ/kidney")], names()) == "Ablation of kidney"
