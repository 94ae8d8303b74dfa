"""The listed model to which an implied name refers, if any."""

from collections import defaultdict
from typing import Any

import pytest

from hublake.rules.lineage.named_models import FLOOR_MICROSECONDS, NamedModel
from hublake.rules.lineage.namesakes import DAY_MICROSECONDS, Namesakes, WordUsage, family_word
from hublake.rules.lineage.parent_inference import implied_names, name_words


def namesakes(*listed: NamedModel, accounts: int = 10_000, users: dict[str, int] | None = None) -> Namesakes:
    """The listed models and the usage of their words; `users` are further accounts that use a word."""
    by_word: dict[str, set[str | None]] = defaultdict(set)
    downloads: dict[tuple[str, str | None], int] = defaultdict(int)
    for model in listed:
        for word in set(model.words):
            by_word[word].add(model.author)
            downloads[word, model.author] += model.downloads
    counts = {word: len(of) + (users or {}).get(word, 0) for word, of in by_word.items()}
    leader = {word: max(total for (used, _), total in downloads.items() if used == word) for word in by_word}
    return Namesakes(listed, WordUsage(accounts, counts, downloads, leader))


def model(model_id: str, downloads: int = 0, created_at: int | None = 10) -> NamedModel:
    return NamedModel(model_id, model_id.rpartition("/")[0] or None, created_at, downloads)


def meant(known: Namesakes, child_id: str, created_at: int | None = 20, downloads: int = 0) -> str | None:
    child = model(child_id, downloads, created_at)
    match = known.match(child, implied_names(name_words(child_id)))
    return match and match.model_id


FLORA = model("acme/flora-7b", 90_000)


def test_the_publishers_model_is_the_parent_and_no_copy() -> None:
    assert meant(namesakes(FLORA, model("copy/flora-7b", 70)), "me/flora-7b-gguf") == "acme/flora-7b"


def test_a_copy_of_an_unlisted_model_is_no_parent() -> None:
    """The account that publishes the family has other models of it, and the copy has hardly any downloads."""
    known = namesakes(model("acme/flora-13b", 90_000), model("copy/flora-7b", 70), users={"flora": 900})
    assert meant(known, "me/flora-7b-finetuned-poems") is None
    assert meant(known, "me/flora-7b-gguf") is None


@pytest.mark.parametrize(
    "child, copies, is_open",
    [
        ("me/flora-7b-finetuned", {"a/flora-7b": 70}, False),
        ("me/flora-7b-finetuned", {"a/flora-7b": 2000, "b/flora-7b": 1}, True),
        ("me/flora-7b-gguf", {"a/flora-7b": 70, "b/flora-7b": 1}, False),
        ("me/flora-7b-gguf", {"a/flora-7b": 200, "b/flora-7b": 1}, True),
        ("me/flora-7b-gguf", {"a/flora-7b": 70}, True),
    ],
)
def test_a_model_that_may_be_meant_leaves_the_question_open(child: str, copies: dict[str, int], is_open: bool) -> None:
    """Neither an edge to it nor one to an unlisted model of the name."""
    known = namesakes(
        model("acme/flora-13b", 90_000), *(model(name, downloads) for name, downloads in copies.items()), users={"flora": 900}
    )
    match = known.match(model(child, created_at=20), implied_names(name_words(child)))
    assert (match is None) is is_open
    assert match is None or match.model_id is None


def test_quantisers_refer_to_the_only_model_of_a_distinctive_name_however_few_use_it() -> None:
    assert meant(namesakes(model("a/wisteria-7b", 2)), "me/wisteria-7b-gguf") == "a/wisteria-7b"


def test_a_canonical_name_means_the_canonical_model_wherever_it_is_listed() -> None:
    copy = model("copy/t5-small", 291)
    assert meant(namesakes(copy, model("t5-small", 9)), "me/t5-small-finetuned-xsum") == "t5-small"
    assert meant(namesakes(copy, model("google-t5/t5-small", 9)), "me/t5-small-finetuned-xsum") == "google-t5/t5-small"
    known = namesakes(copy).match(model("me/t5-small-finetuned-xsum"), implied_names(name_words("me/t5-small-finetuned-xsum")))
    assert known is not None
    assert known.model_id is None


def test_the_authors_own_model_is_the_parent_unless_it_copies_a_famous_one() -> None:
    own = model("me/flora-7b", 7)
    assert meant(namesakes(own, model("b/flora-7b", 30)), "me/flora-7b-gguf") == "me/flora-7b"
    assert meant(namesakes(own, FLORA), "me/flora-7b-gguf") == "acme/flora-7b"
    later = model("me/flora-7b", 9, created_at=30)
    assert meant(namesakes(later, model("acme/flora-7b", 40)), "me/flora-7b-gguf") == "acme/flora-7b"
    assert meant(namesakes(later), "me/flora-7b-gguf") == "me/flora-7b"


@pytest.mark.parametrize("original, parent", [(5_000, "rival/flora-7b"), (500, "me/flora-7b")])
def test_an_empty_model_of_the_author_is_no_parent_where_the_name_has_a_known_original(original: int, parent: str) -> None:
    """The original counts even if its account is no publisher of the family: flora-13b is used much more."""
    others = (model("acme/flora-13b", 900_000), model("rival/flora-7b", original))
    empty = NamedModel("me/flora-7b", "me", 10, 0, is_whole=False)
    for child in ("me/flora-7b-finetuned-poems", "me/flora-7b-gguf"):
        assert meant(namesakes(empty, *others, users={"flora": 900}), child) == parent
        assert meant(namesakes(model("me/flora-7b", 600), *others, users={"flora": 900}), child) == "me/flora-7b"


def test_an_empty_model_and_several_known_ones_of_a_name_leave_the_question_open() -> None:
    empty = NamedModel("me/flora-7b", "me", 10, 0, is_whole=False)
    others = [model(f"{account}/flora-7b", 5_000) for account in "abc"]
    assert meant(namesakes(empty, *others, users={"flora": 900}), "me/flora-7b-gguf") is None


@pytest.mark.parametrize("own, is_sibling", [("me/flora-7b", False), ("me/flora-7b-fp16", True), ("me/flora-7b-dpo", True)])
def test_a_quantised_model_of_an_earlier_day_than_a_form_of_its_name_is_a_sibling(own: str, is_sibling: bool) -> None:
    """The model of just that name may be published after its quantised copies."""
    noon = 20_000 * DAY_MICROSECONDS + DAY_MICROSECONDS // 2
    hour = DAY_MICROSECONDS // 24
    for base_at, child_at, parent in (
        (noon + hour, noon, own),
        (noon - DAY_MICROSECONDS, noon, own),
        (noon + DAY_MICROSECONDS, noon, None if is_sibling else own),
        (noon, FLOOR_MICROSECONDS, own),
        (noon, None, own),
        (None, noon, own),
    ):
        known = namesakes(model(own, 5, base_at))
        match = known.match(model("me/flora-7b-gguf", created_at=child_at), implied_names(name_words("me/flora-7b-gguf")))
        assert (match and match.model_id) == parent


def test_a_model_of_another_author_must_be_older_and_undated_models_may_be() -> None:
    assert meant(namesakes(model("acme/flora-7b", 90_000, created_at=30)), "me/flora-7b-gguf") is None
    assert meant(namesakes(model("acme/flora-7b", 90_000, created_at=None)), "me/flora-7b-gguf") == "acme/flora-7b"
    assert meant(namesakes(model("me/flora-7b", 9, created_at=30)), "me/flora-7b-gguf") == "me/flora-7b"


def test_a_name_that_spells_a_full_id_means_that_model() -> None:
    known = namesakes(FLORA, model("copy/flora-7b", 99_000_000))
    assert meant(known, "me/acme_-_flora-7b-gguf") == "acme/flora-7b"
    assert meant(known, "me/Acme-Flora-7B-finetuned-poems") == "acme/flora-7b"


@pytest.mark.parametrize("relation, child", [("quantized", "me/flora-dpo-7b-awq"), ("finetune", "me/flora-dpo-7b-finetuned")])
def test_only_quantisers_reorder_words(relation: str, child: str) -> None:
    known = namesakes(model("acme/flora-7b-dpo", 90_000))
    assert meant(known, child) == ("acme/flora-7b-dpo" if relation == "quantized" else None)


def test_the_order_of_languages_in_a_translators_name_matters() -> None:
    known = namesakes(model("acme/mt-de-en", 90_000))
    assert meant(known, "me/mt-en-de-finetuned-law") is None


def test_a_variant_derives_from_the_authors_base() -> None:
    assert meant(namesakes(FLORA), "acme/flora-7b-instruct") == "acme/flora-7b"
    assert meant(namesakes(FLORA), "me/flora-7b-instruct") is None


def test_siblings_do_not_point_at_each_other() -> None:
    """Both are made from flora-7b-chat and flora-7b of another account, or are copies of them."""
    others = (FLORA, model("acme/flora-7b-chat", 80_000))
    assert meant(namesakes(model("me/poems-flora-7b", 1), *others), "me/poems-flora-7b-chat") is None
    assert meant(namesakes(model("me/flora-7b", 1), *others), "me/flora-7b-chat") is None


def test_a_longer_name_of_the_same_publisher_is_the_nearer_parent() -> None:
    known = namesakes(model("acme/vit_big.in21k", 900), model("acme/vit_big.in21k_ft_in1k", 800))
    assert meant(known, "me/vit_big.in21k_ft_in1k-small") == "acme/vit_big.in21k_ft_in1k"


def test_a_copy_of_a_variant_is_no_variant_of_a_copy() -> None:
    """me/flora-7b is a copy, since acme's is used much more; me/flora-7b-chat may be one of a model that is not listed."""
    assert meant(namesakes(FLORA, model("me/flora-7b", 9)), "me/flora-7b-chat") is None


def test_a_model_named_like_the_publishers_fine_tune_may_be_a_copy_of_it() -> None:
    known = namesakes(FLORA, model("acme/flora-7b-finetuned-poems", 5_000), model("poet/flora-7b-finetuned-prose", 5_000))
    assert meant(known, "me/flora-7b-finetuned-poems", downloads=5) is None
    assert meant(known, "me/flora-7b-finetuned-poems", downloads=4_000) == "acme/flora-7b"
    assert meant(known, "me/flora-7b-finetuned-prose", downloads=5) == "acme/flora-7b"
    assert meant(known, "acme/flora-7b-finetuned-poems") == "acme/flora-7b"


def test_an_author_quantises_the_own_model_of_that_name_and_a_precision() -> None:
    own = model("me/wisteria-7b-16bit", 3)
    assert meant(namesakes(own), "me/wisteria-7b-GGUF") == "me/wisteria-7b-16bit"
    assert meant(namesakes(own), "you/wisteria-7b-GGUF") is None
    child = model("me/wisteria-7b-GGUF", created_at=20)
    assert namesakes(own, model("me/wisteria-7b-merged")).match(child, implied_names(child.words)) is None
    assert meant(namesakes(own, model("a/wisteria-7b", 900)), "me/wisteria-7b-GGUF") == "me/wisteria-7b-16bit"
    assert meant(namesakes(own, model("a/wisteria-7b", 9000)), "me/wisteria-7b-GGUF") == "a/wisteria-7b"


def test_an_author_quantises_the_own_line_of_that_name_rather_than_a_strangers_model() -> None:
    stranger = model("a/wisteria-7b", 90)
    assert meant(namesakes(stranger, model("me/wisteria-7b-sft", 3)), "me/wisteria-7b-gptq") == "me/wisteria-7b-sft"
    assert meant(namesakes(stranger, model("me/wisteria-7b-sft"), model("me/wisteria-7b-dpo")), "me/wisteria-7b-gptq") is None
    assert meant(namesakes(stranger, model("me/wisteria-7b-chat", 3)), "me/wisteria-7b-gptq") == "a/wisteria-7b"


def test_the_supervised_stage_comes_before_the_chat_model() -> None:
    known = namesakes(model("acme/flora-chat-7b", 900), model("acme/flora-7b", 900))
    assert meant(known, "acme/flora-chat-7b-sft") is None
    assert meant(known, "acme/flora-7b-sft") == "acme/flora-7b"


def test_a_compressed_copy_is_quantised_whatever_its_name_says_of_the_gains() -> None:
    known = namesakes(model("acme/flora-tiny_ft_poems", 900), model("acme/flora-turbo", 900))
    for child, parent in (
        ("flora-tiny_ft_poems-turbo-tiny-green-smashed", "flora-tiny_ft_poems"),
        ("flora-turbo-turbo-green-smashed", "flora-turbo"),
    ):
        name = implied_names(name_words(child))
        assert {reading.relation for reading in name} == {"quantized"}
        assert meant(known, f"q/{child}") == f"acme/{parent}"


@pytest.mark.parametrize("child", ["me/flora-16bit-GGUF", "me/commands-imatrix-gguf", "me/flora_SOTA_GGUF"])
def test_a_part_of_a_format_is_part_of_a_name_only_where_a_listed_model_has_it(child: str) -> None:
    assert namesakes().match(model(child), implied_names(name_words(child))) is None
    own = child[: -len("-gguf")]
    assert meant(namesakes(model(own)), child) == own


class CountedModel(NamedModel):
    """Counts how often the downloads of any model are read."""

    reads = 0

    def __getattribute__(self, name: str) -> Any:
        CountedModel.reads += name == "downloads"
        return super().__getattribute__(name)


def test_the_cost_of_a_match_does_not_depend_on_how_many_models_share_the_name() -> None:
    def reads(models: int) -> float:
        CountedModel.reads = 0
        listed = [CountedModel(f"account{number}/flora-7b", f"account{number}", number, number) for number in range(models)]
        known = Namesakes(listed, WordUsage(models, {"flora": models}, {("flora", "account1"): 5}, {"flora": 5}))
        for suffix in ("gguf", "finetuned-poems", "chat"):
            for number in range(models):
                child = CountedModel(f"account{number}/flora-7b-{suffix}", f"account{number}", models, 0)
                known.match(child, implied_names(child.words))
        return CountedModel.reads / models

    assert reads(20_000) < 1.5 * reads(200)


def test_a_child_is_never_its_own_parent() -> None:
    assert meant(namesakes(model("me/flora-7b-gguf", 5)), "me/flora-7b-gguf") is None


def test_the_family_word_is_the_rarest_that_is_no_number() -> None:
    assert family_word(["flora", "chat", "7b"], {"flora": 5, "chat": 900, "7b": 1}) == "flora"
    assert family_word(["7b", "8"], {"7b": 3, "8": 2}) == "8"


def converted(model_id: str, downloads: int = 0, created_at: int = 10) -> NamedModel:
    """In files of other runtimes only."""
    return NamedModel(model_id, model_id.partition("/")[0], created_at, downloads, is_converted=True)


def test_a_strangers_conversion_that_few_use_is_no_parent() -> None:
    """Its downloads still count: the name is not the original's alone."""
    assert meant(namesakes(converted("copy/wisteria-7b", 90)), "me/wisteria-7b-awq") is None
    assert meant(namesakes(converted("acme/wisteria-7b", 9_000)), "me/wisteria-7b-awq") == "acme/wisteria-7b"
    original = model("acme/wisteria-7b", 100)
    assert meant(namesakes(original, converted("copy/wisteria-7b", 90)), "me/wisteria-7b-gguf") == "acme/wisteria-7b"
    assert meant(namesakes(original, converted("copy/wisteria-7b", 900)), "me/wisteria-7b-gguf") is None


def test_a_conversion_is_the_parent_of_its_authors_quantised_models_and_of_no_fine_tune() -> None:
    for own in ("me/wisteria-7b", "me/wisteria-7b-f16"):
        assert meant(namesakes(converted(own)), "me/wisteria-7b-q8_0") == own
    for name in ("wisteria-7b-finetuned-poems", "wisteria-7b-chat"):
        assert meant(namesakes(converted("me/wisteria-7b")), f"me/{name}") is None
        assert meant(namesakes(converted("me/wisteria-7b", 90_000)), f"me/{name}") is None
    assert meant(namesakes(converted("acme/wisteria-7b", 90_000)), "me/wisteria-7b-finetuned-poems") is None


def test_a_conversion_that_is_named_like_another_accounts_fine_tune_is_one_of_it() -> None:
    known = namesakes(FLORA, model("acme/flora-7b-finetuned-poems", 9))
    names = implied_names(name_words("flora-7b-finetuned-poems"))
    assert known.match(converted("me/flora-7b-finetuned-poems", created_at=20), names) is None
    assert meant(known, "me/flora-7b-finetuned-poems") == "acme/flora-7b"


@pytest.mark.parametrize("prefix", ["ct2", "ct2fast", "ctranslate2", "onnx", "openvino", "mlx", "coreml", "ggml", "tflite", "tensorrt"])
def test_the_name_of_a_runtime_marks_a_conversion_at_either_end(prefix: str) -> None:
    known = namesakes(model("acme/flora-7b-chat", 9_000), model("me/flora-7b", 5), model(f"me/{prefix}-flora-7b", 5))
    for child in (f"me/{prefix}-flora-7b-chat", f"me/flora-7b-chat-{prefix}"):
        assert {name.relation for name in implied_names(name_words(child))} == {"quantized"}
        assert meant(known, child) == "acme/flora-7b-chat"


@pytest.mark.parametrize("author", ["me", "acme"])
def test_what_was_quantised_is_the_model_into_which_an_adapter_was_merged(author: str) -> None:
    adapter = NamedModel(f"{author}/wisteria-7b", author, 10, 5, is_adapter=True)
    unknown = NamedModel(f"{author}/wisteria-7b", author, 10, 5, is_whole=False)
    merged = model(f"{author}/wisteria-7b-merged", 5)
    for base in (adapter, unknown):
        assert meant(namesakes(base, merged), "me/wisteria-7b-awq") == merged.model_id
        assert meant(namesakes(base, model("you/wisteria-7b-merged", 5)), "me/wisteria-7b-awq") == base.model_id
        assert meant(namesakes(base, model(merged.model_id, 5, created_at=30)), "me/wisteria-7b-awq") == base.model_id
        assert meant(namesakes(base, merged), "me/wisteria-7b-finetuned-poems") != merged.model_id
    whole = model(f"{author}/wisteria-7b", 5)
    assert meant(namesakes(whole, merged), "me/wisteria-7b-awq") == whole.model_id


def test_a_copy_that_is_used_more_than_the_older_original_leaves_the_question_open() -> None:
    """Unless hardly anybody uses the older one: then it is a namesake."""
    copy = model("copy/wisteria-7b", 2_000, created_at=12)
    for downloads, parent in ((600, None), (20, "copy/wisteria-7b")):
        assert meant(namesakes(copy, model("acme/wisteria-7b", downloads, created_at=11)), "me/wisteria-7b-gguf") == parent
    assert meant(namesakes(copy, model("acme/wisteria-7b", 600, created_at=13)), "me/wisteria-7b-gguf") == "copy/wisteria-7b"
    assert meant(namesakes(copy, model("copy/Wisteria_7b", 600, created_at=11)), "me/wisteria-7b-gguf") == "copy/wisteria-7b"


def test_two_empty_repositories_that_are_named_like_others_are_copies() -> None:
    base, child = (NamedModel(f"me/{name}", "me", 10, 0, is_whole=False) for name in ("flora-7b", "flora-7b-chat"))
    names = implied_names(child.words)
    for other in ("you/flora-7b", "you/flora-7b-chat"):
        assert namesakes(base, model(other, 1)).match(child, names) is None
    match = namesakes(base, model("you/flora-13b", 1)).match(child, names)
    assert match is not None
    assert match.model_id == "me/flora-7b"
