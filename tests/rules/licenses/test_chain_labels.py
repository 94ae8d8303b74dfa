"""The mechanical labels of a published study on licence chains."""

from hublake.rules.licenses.chain_labels import stalnaker_labels


def test_a_chain_of_two_models_has_no_label() -> None:
    assert stalnaker_labels(["a/llama", "b/x"], [["llama2"], []]) == []


def test_any_id_with_llama_counts_as_metas() -> None:
    assert stalnaker_labels(["b/tinyllama", "c/x", "d/y"], [["mit"], ["mit"], ["mit"]]) == ["undeclared_llama_dependency"]


def test_the_owner_counts_as_part_of_the_id_and_the_base_is_not_checked() -> None:
    assert stalnaker_labels(["x", "llama-fans/y", "c/z"], [["llama2"], ["llama2"], ["llama2"]]) == [
        "ambiguous_base",
        "llama_naming_issue",
        "undeclared_llama_dependency",
    ]
