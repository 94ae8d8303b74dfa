"""The parents that the text of a card states. Names are invented; wordings are those of tools' templates."""

import pytest

from hublake.rules.lineage.card_statements import MAX_CHARS, stated_parents

HUB = "https://huggingface.co"
X = "[acme/flora-7B](https://huggingface.co/acme/flora-7B)"

STATEMENTS = [
    # transformers Trainer, Keras callback, TRL
    (f"This model is a fine-tuned version of {X} on the squad dataset.", "acme/flora-7B", "finetune"),
    (
        "This model is a fine-tuned version of [bert-base-cased](https://huggingface.co/bert-base-cased) on poems.",
        "bert-base-cased",
        "finetune",
    ),
    # XLSR week, huggingtweets, sentence-transformers, SetFit, unsloth, template of huggingface_hub
    (f"Fine-tuned {X} on Portuguese using [Common Voice](https://huggingface.co/datasets/common_voice).", "acme/flora-7B", "finetune"),
    (f"The model is based on a pre-trained [Flora]({HUB}/acme/flora-7B) which is fine-tuned on tweets.", "acme/flora-7B", "finetune"),
    (f"This is a [sentence-transformers](https://www.SBERT.net) model finetuned from {X}. It maps sentences.", "acme/flora-7B", "finetune"),
    (f"- **Sentence Transformer body:** {X}", "acme/flora-7B", "finetune"),
    ("- **Finetuned from model :** acme/flora-7B-bnb-4bit", "acme/flora-7B-bnb-4bit", "finetune"),
    ("- **Finetuned from model [optional]:** acme/flora-7B", "acme/flora-7B", "finetune"),
    (f"- **Base model:** {X} <!-- at revision 1 -->", "acme/flora-7B", None),
    # adapters and diffusers
    ("An [adapter](https://adapterhub.ml) for the `roberta-base` model that was trained on x.", "roberta-base", "adapter"),
    ("These are LoRA adaption weights for acme/flora-xl. The weights were trained on a dog.", "acme/flora-xl", "adapter"),
    ("This pipeline was finetuned from **acme/flora-xl** on the **acme/pictures** dataset.", "acme/flora-xl", "finetune"),
    # quantisers and converters
    (f"This model was converted to GGUF format from [`acme/flora-7B`]({HUB}/acme/flora-7B) using llama.cpp.", "acme/flora-7B", "quantized"),
    (f"static quants of {HUB}/acme/flora-7B", "acme/flora-7B", "quantized"),
    (f"This repo contains GGUF format model files for [Acme's Flora 7B]({HUB}/acme/flora-7B).", "acme/flora-7B", "quantized"),
    (f"Quantised version of {X}.", "acme/flora-7B", "quantized"),
    (f"The original fp32 model comes from the fine-tuned model {X}.", "acme/flora-7B", "quantized"),
    (f"- Model creator: [Acme]({HUB}/acme)\n- Original model: [Flora 7B]({HUB}/acme/flora-7B)", "acme/flora-7B", None),
    (f"Original model: <b>{HUB}/acme/flora-7B</b>", "acme/flora-7B", None),
    ("This model was converted to MLX format from [`acme/flora-7B`]() using mlx-lm.", "acme/flora-7B", None),
    (f"The Model [q/child]({HUB}/q/child) was converted to MLX format from {X} using mlx-lm version **1**.", "acme/flora-7B", None),
    (f"This repository contains the conversion of {X} to the CTranslate2 model format.", "acme/flora-7B", None),
    (f"{HUB}/acme/flora-7B with ONNX weights to be compatible with Transformers.js.", "acme/flora-7B", None),
    # words of people
    (f"We share smaller versions\nof {X} that know fewer languages.", "acme/flora-7B", "finetune"),
    (f"This is a Longformer version of the {X} model.", "acme/flora-7B", "finetune"),
    ("The model was initialized with `acme/flora-7B` and trained on poems.", "acme/flora-7B", "finetune"),
    ("It is based on acme/flora-7B and was fine-tuned on letters.", "acme/flora-7B", "finetune"),
    (f"It is a distilled version of {X}.", "acme/flora-7B", "finetune"),
    ('Fine-tuned from "Roberta-Base" on letters.', "roberta-base", "finetune"),
    # templates and habits in other languages
    (f"[acmeさんが公開しているflora-7B]({HUB}/acme/flora-7B)のggufフォーマット変換版です。", "acme/flora-7B", "quantized"),
    (f"{X} をファインチューニングしたモデルです。", "acme/flora-7B", "finetune"),
    (f"本模型基于 {X} 微调。", "acme/flora-7B", "finetune"),
    (f"{X} 모델을 파인튜닝한 모델입니다.", "acme/flora-7B", "finetune"),
    (f"Este modelo es una versión ajustada de {X}.", "acme/flora-7B", "finetune"),
    (f"Ce modèle est une version affinée de {X}.", "acme/flora-7B", "finetune"),
    (f"Dies ist eine feinabgestimmte Version von {X}.", "acme/flora-7B", "finetune"),
]


@pytest.mark.parametrize("text, parent, relation", STATEMENTS)
def test_a_statement_names_the_parent_and_the_relation(text: str, parent: str, relation: str | None) -> None:
    for card in (text, f"# Flora for poems\n\n{text}\n\n## Use\n"):
        assert [tuple(stated) for stated in stated_parents(card, "q/child")] == [(parent, relation)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "This model is a fine-tuned version of [None](https://huggingface.co/None) on the None dataset.",
        "This model is a fine-tuned version of [](https://huggingface.co/) on an unknown dataset.",
        "This model is a fine-tuned version of [./out/step-9](https://huggingface.co/./out/step-9) on x.",
        f"This model is a fine-tuned version of [q/child]({HUB}/q/child) on x.",  # itself
        f"This model is a fine-tuned version of [child]({HUB}/child) on x.",
        f"Fine-tuned on [letters]({HUB}/datasets/acme/letters).",
        f"Made by [Acme]({HUB}/acme), fine-tuned version of its best.",
        f"A fine-tuned version of the speech model by [acme]({HUB}/acme).",
        f"For a quantized version of this model see {X}.",
        f"See also the fine-tuned version of {X}.",
        f"| [acme/rose]({HUB}/acme/rose) is a fine-tuned version of {X} |",
        f"Unlike a distilled version of {X}, ours is whole.",
        f"This model is based on {X}.",  # the architecture, it may be
        "The architecture is based on `bert-base-cased`, and we fine-tuned it.",
        "It is based on `t5-small`, has its own SentencePiece vocabulary, and was fine-tuned.",
        "Fine-tuned with `acme/flora-7B` as a teacher.",
        "trained from scratch with the tokenizer of `acme/flora-7B`",
        "A fine-tuned version of GPT and/or BERT.",
        f"```\na fine-tuned version of {X}\n```",
        f"# Original model card\n\nThis model is a fine-tuned version of {X}.",
        f"Original model description:\n\nThis model is a fine-tuned version of {X}.",
        "a fine-tuned version of [Flora](https://example.org/acme/flora-7B)",
        "the non-finetuned `acme/flora-7B`",
    ],
)
def test_sentences_about_other_models_data_or_the_model_itself_state_no_parent(text: str) -> None:
    assert stated_parents(text, "q/child") == []


def test_a_copy_of_a_canonical_model_may_state_the_canonical_one() -> None:
    stated = stated_parents("This model is a fine-tuned version of [gpt2](https://huggingface.co/gpt2) on poems.", "q/gpt2")
    assert [parent.name for parent in stated] == ["gpt2"]


def test_the_first_statement_counts() -> None:
    card = f"This model is a fine-tuned version of {X}.\n\nIt was initialized with `acme/rose-1B`."
    assert [parent.name for parent in stated_parents(card, "q/child")] == ["acme/flora-7B"]


def test_every_merged_model_is_a_parent() -> None:
    card = f"""# merge

This is a merge of pre-trained language models created using [mergekit](https://github.com/cg123/mergekit).

### Merge Method

This model was merged using the [TIES](https://arxiv.org/abs/2306.01708) merge method using {X} as a base.

### Models Merged

The following models were included in the merge:
* [acme/rose-7B]({HUB}/acme/rose-7B)
* [acme/lily-7B]({HUB}/acme/lily-7B)

### Configuration

* [acme/unrelated]({HUB}/acme/unrelated-7B)
"""
    stated = stated_parents(card, "q/child")
    assert [parent.name for parent in stated] == ["acme/flora-7B", "acme/rose-7B", "acme/lily-7B"]
    assert {parent.relation for parent in stated} == {"merge"}


def test_a_list_of_the_merged_may_be_plain_names() -> None:
    card = (
        "Child is a merge of the following models using [LazyMergekit](https://colab.research.google.com):\n* acme/rose-7B\n* acme/lily-7B"
    )
    assert [parent.name for parent in stated_parents(card, "q/child")] == ["acme/rose-7B", "acme/lily-7B"]


@pytest.mark.parametrize(
    "piece", ["[", "](", "`", "fine-tuned version of ", "a/", "https://huggingface.co/", "the ", "[a](b) and ", "- ", "\u0130"]
)
def test_hostile_cards_are_read_to_the_end(piece: str) -> None:
    """With nested quantifiers the test would not end."""
    assert isinstance(stated_parents(piece * (4 * MAX_CHARS // len(piece)), "q/child"), list)


def test_code_may_interrupt_a_statement() -> None:
    card = "This model is a tuned version\n```\npip install x\n```\nof [gpt2](https://huggingface.co/gpt2) on poems."
    assert [tuple(stated) for stated in stated_parents(card, "q/child")] == [("gpt2", "finetune")]
