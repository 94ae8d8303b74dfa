"""Stored weights of the synthetic hub, as the rules of silver read them."""

from collections import Counter

import pytest

from hublake.rules.architectures.parameters_in_name import parameters_in_name
from hublake.rules.listings.listed_models import model_row
from hublake.rules.listings.model_configs import config_row
from hublake.rules.listings.model_items import LISTED_MODEL
from hublake.sample_hub.synthetic.draft import ModelDraft, repo_of
from hublake.sample_hub.synthetic.generate import stream_models


@pytest.fixture(scope="module")
def drafts() -> list[ModelDraft]:
    return [draft for draft in stream_models(3_000, seed=3) if not draft.oddity]


def test_packed_numbers_become_the_weights_of_the_base(drafts: list[ModelDraft]) -> None:
    """The Hub counted packed numbers in two ways; where the name states no size, they are read as it counts today."""
    checked: Counter[str] = Counter()
    for draft in drafts:
        row = model_row(LISTED_MODEL.validate(repo_of(draft, draft.created).item))
        is_read = row["parameters_source"] == "safetensors" and draft.relation != "adapter"
        if is_read and (draft.quantization in ("", "mlx") or parameters_in_name(draft.model_id)):
            assert row["parameters"] == pytest.approx(draft.parameters, rel=0.02), draft.model_id
            checked[draft.quantization] += 1
    assert set(checked) == {"", "mlx", "awq", "gptq", "bnb"}


def test_the_hub_has_the_forms_that_silver_reads(drafts: list[ModelDraft]) -> None:
    rows = [row for draft in drafts if (row := config_row(LISTED_MODEL.validate(repo_of(draft, draft.created).item)))]
    assert {row.get("quant_method") for row in rows} == {None, "gptq", "awq", "bitsandbytes", "mlx"}
    for column in ("peft_base", "gguf_total", "eval_datasets", "diffusers_class", "auto_model"):
        assert any(row.get(column) for row in rows), column
    assert any("Qwen3MoeForCausalLM" in row["architectures"] for row in rows)
    assert not any(row["oddities"] for row in rows)
