"""Resolving a parent that is not listed to a listed model, or to none."""

import pytest

from hublake.lake.enums import RESOLUTIONS
from hublake.rules.lineage.parent_renames import RenameResolver, ResolvedParent, normalised_spelling

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
    "copy/camembert-base": 95_000,
    "child/t5-base": 0,
}
UNLISTED = [("oldname/alpha-base", "x/y"), ("oldname/alpha-large", "x/y"), ("vanished/gamma-base", "x/y"), ("acme/alpha-base", "x/y")]


@pytest.fixture(scope="module")
def resolver() -> RenameResolver:
    evidence = {"history": {"acme/florist": "acme/Flora-7B"}, "taught": {"x/taught": "acme/Flora-7B"}}
    return RenameResolver(UNLISTED, LISTED, ["acme", "newname", "big"], evidence)


@pytest.mark.parametrize(
    ("parent", "model_id", "method"),
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
def test_each_method_finds_its_model(resolver: RenameResolver, parent: str, model_id: str, method: str) -> None:
    assert resolver.resolve(parent, "child/stage2") == ResolvedParent(model_id, method)
    assert method in RESOLUTIONS


@pytest.mark.parametrize(
    ("parent", "reason"),
    [
        ("acme/flora-31", "a point between digits is significant"),
        ("acme/TWIN_1.", "two listed models have this spelling"),
        ("t5-small", "the model was moved to a name that is not listed"),
        ("camembert-base", "a copy of a canonical model is not meant, however many use it"),
        ("t5-base", "not even if it is by the child's author"),
        ("vanished/gamma-base", "one common model is not enough to identify two accounts"),
        ("acme/alpha-base", "an account that still lists models was not renamed"),
        ("acme/stage1", "and it is no folder of the child's author"),
        ("stranger/stage2", "the child is not its own parent under another account"),
        ("disputed-base", "no model of that name has nearly all of the downloads"),
        ("unheard-of", "the model has too few downloads"),
    ],
)
def test_a_merely_similar_name_is_not_resolved(resolver: RenameResolver, parent: str, reason: str) -> None:
    assert resolver.resolve(parent, "child/stage2") is None, reason


@pytest.mark.parametrize("parent", ["stage2", "out/stage2", "child/stage-2", "CHILD/stage3"])
def test_a_name_that_resolves_to_the_child_is_another_model(resolver: RenameResolver, parent: str) -> None:
    found = resolver.resolve(parent, "child/stage2")
    assert found is None or found.model_id != "child/stage2"


def test_a_model_that_declares_the_unlisted_parent_is_a_copy_of_it_and_not_it() -> None:
    unlisted = [(f"maker/model-{n}", child) for n in (1, 2, 3) for child in ("x/y", f"ports/model-{n}")]
    unlisted += [("known-base", "x/y"), ("known-base", "copy/known-base")]
    listed = {f"ports/model-{n}": 10 for n in (1, 2, 3)} | {"copy/known-base": 95_000}
    resolver = RenameResolver(unlisted, listed, ["ports", "copy", "x"], {"history": {}, "taught": {}})
    assert {resolver.resolve(*pair) for pair in unlisted} == {None}


@pytest.mark.parametrize("parent", ["Orig/My-Bert-Large", "orig/my_bert-large", "orig/My-Bert-Large", "My-Bert-Large", "my-bert-large"])
def test_a_copy_of_an_unlisted_model_is_not_it_in_any_spelling_or_without_its_account(parent: str) -> None:
    unlisted = [("Orig/My-Bert-Large", "copy/My-Bert-Large"), (parent, "x/y"), (parent, "copy/tuned")]
    listed = {"copy/My-Bert-Large": 95_000, "x/y": 1, "copy/tuned": 1}
    resolver = RenameResolver(unlisted, listed, ["copy", "x"], {"history": {}, "taught": {}})
    assert {resolver.resolve(parent, child) for child in ("x/y", "copy/tuned")} == {None}


@pytest.mark.parametrize("parent", ["old/Model-0", "old/Model-1", "OLD/model-0"])
def test_a_moved_model_may_name_its_own_old_address(parent: str) -> None:
    unlisted = [(f"old/Model-{n}", "x/y") for n in range(5)] + [("old/Model-0", "new/Model-0"), ("OLD/model-0", "x/y")]
    resolver = RenameResolver(unlisted, {f"new/Model-{n}": 1 for n in range(5)}, ["new", "x"], {"history": {}, "taught": {}})
    found = resolver.resolve(parent, "x/y")
    assert found is not None
    assert (found.model_id.lower(), found.resolved_by) == (parent.lower().replace("old/", "new/"), "account")


def _moved(unlisted: str, listed: str) -> dict[str, str | None]:
    """Each unlisted parent -> the model that it is resolved to by its account; the accounts old and new list models."""
    pairs = [(parent, "x/y") for parent in unlisted.split()]
    resolver = RenameResolver(pairs, dict.fromkeys(listed.split(), 1), ["old", "new", "third"], {"history": {}, "taught": {}})
    found = {parent: resolver.resolve(parent, child) for parent, child in pairs}
    return {parent: result.model_id if result and result.resolved_by == "account" else None for parent, result in found.items()}


def test_an_account_that_still_lists_models_may_have_moved_some() -> None:
    found = _moved("old/alpha-1 old/alpha-2 old/alpha-3 old/alpha-4", "old/other-1 new/alpha-1 new/alpha-2 new/Alpha-3 third/alpha-1")
    assert found == {"old/alpha-1": "new/alpha-1", "old/alpha-2": "new/alpha-2", "old/alpha-3": "new/Alpha-3", "old/alpha-4": None}


@pytest.mark.parametrize(
    ("unlisted", "listed", "reason"),
    [
        ("old/alpha-1 old/alpha-2", "new/alpha-1 new/alpha-2", "two models may be copies"),
        (
            "old/alpha-1 old/alpha-2 old/alpha-3 " + " ".join(f"old/beta-{n}" for n in range(4)),
            "new/alpha-1 new/alpha-2 new/alpha-3",
            "few of many",
        ),
        ("old/alpha-1 old/alpha-2 old/alpha-3", "new/alpha-1 new/alpha-2 new/alpha-3 third/alpha-1 third/alpha-2", "others have them too"),
    ],
)
def test_copies_of_some_models_are_no_move(unlisted: str, listed: str, reason: str) -> None:
    assert set(_moved(unlisted, listed).values()) == {None}, reason


def test_spellings_differ_only_by_separators_within_numbers() -> None:
    assert len({normalised_spelling(name) for name in ("a/Llama_3-8B", "A/llama-3-8b", "a/llama 3-8b")}) == 1
    assert len({normalised_spelling(name) for name in ("a/v1-1", "a/v11", "a/v1.1")}) == 3
