"""Which listed model is meant by a name that is not listed, and when none is."""

import pytest

from hublake.lake.enums import RESOLUTIONS
from hublake.rules.lineage.parent_renames import Renames, Resolved, spelling

LISTED = {
    "acme/Flora-7B": 10,
    "acme/flora-3.1": 10,
    "acme/twin_1": 1,
    "acme/twin-1": 1,
    "openai-community/gpt2": 1000,
    "newname/alpha-base": 5,
    "newname/alpha-large": 5,
    "copycat/alpha-base": 5,
    "elsewhere/gamma-base": 5,
    "child/stage1": 0,
    "child/stage2": 0,
    "big/known-base": 95_000,
    "copy/known-base": 5_000,
    "big/disputed-base": 8_000,
    "copy/disputed-base": 2_000,
    "small/unheard-of": 3,
}
WANTED = [("oldname/alpha-base", "x/y"), ("oldname/alpha-large", "x/y"), ("vanished/gamma-base", "x/y"), ("acme/alpha-base", "x/y")]


@pytest.fixture(scope="module")
def renames() -> Renames:
    known = {"history": {"acme/florist": "acme/Flora-7B"}, "taught": {"x/taught": "acme/Flora-7B"}}
    return Renames(WANTED, LISTED, ["acme", "newname", "big"], known)


@pytest.mark.parametrize(
    ("parent", "model_id", "way"),
    [
        ("acme/florist", "acme/Flora-7B", "history"),
        ("ACME/flora-7b", "acme/Flora-7B", "case"),
        ("x/taught", "acme/Flora-7B", "taught"),
        ("GPT2", "openai-community/gpt2", "moved"),
        ("oldname/Alpha-Base", "newname/alpha-base", "account"),
        ("out/stage1", "child/stage1", "own"),
        ("acme/flora_7b", "acme/Flora-7B", "spelling"),
        ("known-base", "big/known-base", "same_name"),
    ],
)
def test_each_way_finds_the_model_that_is_meant(renames: Renames, parent: str, model_id: str, way: str) -> None:
    assert renames.find(parent, "child/stage2") == Resolved(model_id, way)
    assert way in RESOLUTIONS


@pytest.mark.parametrize(
    ("parent", "why"),
    [
        ("acme/flora-31", "a point between digits is no matter of spelling"),
        ("acme/TWIN_1.", "two listed models are spelt so"),
        ("t5-small", "the canonical move leads to a model that is not listed"),
        ("vanished/gamma-base", "one name alone does not make two accounts one"),
        ("acme/alpha-base", "an account that lists models has not been renamed"),
        ("acme/stage1", "nor is it a folder of the child's author"),
        ("stranger/stage2", "the child itself is not what its name was taken from"),
        ("disputed-base", "no model of that name has nearly all downloads"),
        ("unheard-of", "too few use it to say who is meant"),
    ],
)
def test_what_only_resembles_a_listed_name_is_not_resolved(renames: Renames, parent: str, why: str) -> None:
    assert renames.find(parent, "child/stage2") is None, why


def test_spellings_are_one_by_case_and_separators_outside_numbers() -> None:
    assert len({spelling(name) for name in ("a/Llama_3-8B", "A/llama-3-8b", "a/llama 3-8b")}) == 1
    assert len({spelling(name) for name in ("a/v1-1", "a/v11", "a/v1.1")}) == 3
