"""Cards as training tools write them, in the wording of each template's versions; names in them are invented.

Each case: a name, the body of the card, and exactly the techniques that its tool stated, as `technique` or `technique:detail`.
"""

PEFT_BNB = """## Training procedure

The following `bitsandbytes` quantization config was used during training:
{method}- load_in_8bit: {eight}
- load_in_4bit: {four}
- llm_int8_threshold: 6.0
- bnb_4bit_quant_type: nf4
- bnb_4bit_compute_dtype: bfloat16
### Framework versions

- PEFT {version}
"""
PEFT_VERSION = "Some words of an author.\n\n### Framework versions\n\n- PEFT {version}\n- Transformers 4.40.0\n"
TRL = """# Model Card for flora

This model is a fine-tuned version of [acme/flora](https://huggingface.co/acme/flora).
It has been trained using [TRL](https://github.com/huggingface/trl).

## Training procedure

This model was trained with {trainer}{method}.

### Framework versions

- TRL: 0.19.0
"""
INTRODUCED = ", a method introduced in [A Paper](https://huggingface.co/papers/2305.00000)"
TRL_2023 = """# TRL Model

This is a [TRL language model](https://github.com/lvwerra/trl) that has been fine-tuned with reinforcement learning to
 guide the model outputs according to a value, function, or human feedback. The model can be used for text generation.
"""
MERGEKIT = """# flora

This is a merge of pre-trained language models created using [mergekit](https://github.com/cg123/mergekit).

## Merge Details
### Merge Method

This model was merged using the {method} merge method{base}.

### Models Merged

The following models were included in the merge:
* [acme/flora](https://huggingface.co/acme/flora)
"""
LAZY = (
    "# flora\n\nflora is a {what} using [LazyMergekit](https://colab.research.google.com/x):\n* [acme/a](https://huggingface.co/acme/a)\n"
)
AXOLOTL = """<details><summary>See axolotl config</summary>

axolotl version: `0.9.0`
```yaml
base_model: acme/flora
{settings}
```

</details><br>

# outputs/flora
"""
AXOLOTL_2023 = "<details><summary>See axolotl config</summary>\n\n```yaml\nbase_model: acme/flora\n{settings}\n```\n\n</details><br>\n"
SETTINGS = "load_in_8bit: {eight}\nload_in_4bit: {four}\ndatasets:\n  - path: acme/chat\n    type: {kind}\nadapter: {adapter}\nlora_r: 8"
FACTORY = "### Training\n\n```yaml\nstage: {stage}\ndo_train: true\nfinetuning_type: {kind}\n{more}```\n"
UNSLOTH = """# Uploaded {method}model

- **Developed by:** acme
- **License:** apache-2.0
- **Finetuned from model :** {base}

This llama model was trained 2x faster with [Unsloth](https://github.com/unslothai/unsloth) and Huggingface's TRL library.
"""
AUTOTRAIN = "# Model Trained Using AutoTrain\n\n- Problem type: {problem}\n\n## Validation Metrics\nNo validation metrics available\n"


def link(text: str) -> str:
    return f"[{text}](https://arxiv.org/abs/2306.01708)"


def axolotl(adapter: str, four: str = "false", kind: str = "alpaca", more: str = "", template: str = AXOLOTL) -> str:
    return template.format(settings=SETTINGS.format(eight="false", four=four, kind=kind, adapter=adapter) + more)


ADAPTER, QLORA = {"peft", "lora"}, {"peft", "lora", "qlora"}

CASES: tuple[tuple[str, str, set[str]], ...] = (
    ("PEFT 0.4, 4 bits", PEFT_BNB.format(method="", eight="False", four="True", version="0.4.0"), QLORA),
    ("PEFT 0.4, 8 bits", PEFT_BNB.format(method="", eight="True", four="False", version="0.4.0"), ADAPTER),
    ("PEFT 0.4 of development", PEFT_BNB.format(method="", eight="False", four="True", version="0.4.0.dev0"), QLORA),
    ("PEFT 0.6", PEFT_BNB.format(method="- quant_method: bitsandbytes\n", eight="False", four="True", version="0.6.0"), QLORA),
    ("PEFT 0.7, 8 bits", PEFT_BNB.format(method="- quant_method: bitsandbytes\n", eight="True", four="False", version="0.7.1"), ADAPTER),
    ("PEFT 0.8, private names", PEFT_BNB.format(method="- _load_in_4bit: True\n", eight="False", four="True", version="0.8.2"), QLORA),
    ("PEFT on GPTQ", PEFT_BNB.replace("bitsandbytes", "gptq").format(method="", eight="False", four="False", version="0.5.0"), ADAPTER),
    ("PEFT without quantisation", PEFT_VERSION.format(version="0.3.0"), ADAPTER),
    ("PEFT 0.10", PEFT_VERSION.format(version="0.10.0"), ADAPTER),
    ("PEFT 0.17", PEFT_VERSION.format(version="0.17.1"), ADAPTER),
    ("PEFT heading", "### Framework versions\n\n- PEFT: 0.15.2\n", ADAPTER),
    ("diffusers 0.20", "These are LoRA adaption weights for acme/sd. The weights were trained on a photo of sks dog.", {"lora"}),
    ("diffusers 0.27", "These are acme/x LoRA adaption weights for acme/sdxl. They were trained using DreamBooth.", {"lora"}),
    ("diffusers 0.30", "These are acme/x DreamBooth LoRA weights for acme/flux.", {"lora"}),
    ("TRL SFT", TRL.format(trainer="SFT", method=""), {"sft"}),
    ("TRL DPO", TRL.format(trainer="DPO", method=INTRODUCED), {"dpo"}),
    ("TRL ORPO", TRL.format(trainer="ORPO", method=INTRODUCED), {"orpo"}),
    ("TRL KTO", TRL.format(trainer="KTO", method=INTRODUCED), {"kto"}),
    ("TRL CPO", TRL.format(trainer="CPO", method=INTRODUCED), {"cpo"}),
    ("TRL BCO", TRL.format(trainer="BCO", method=INTRODUCED), {"bco"}),
    ("TRL GRPO", TRL.format(trainer="GRPO", method=INTRODUCED), {"grpo"}),
    ("TRL RLOO", TRL.format(trainer="RLOO", method=INTRODUCED), {"rloo"}),
    ("TRL PPO", TRL.format(trainer="PPO", method=INTRODUCED), {"ppo"}),
    ("TRL Online DPO", TRL.format(trainer="Online DPO", method=INTRODUCED), {"online-dpo"}),
    ("TRL Nash-MD", TRL.format(trainer="Nash-MD", method=INTRODUCED), {"nash-md"}),
    ("TRL XPO", TRL.format(trainer="XPO", method=INTRODUCED), {"xpo"}),
    ("TRL GKD", TRL.format(trainer="GKD", method=INTRODUCED), {"gkd"}),
    ("TRL Reward", TRL.format(trainer="Reward", method=""), {"reward_model"}),
    ("TRL PRM", TRL.format(trainer="PRM", method=INTRODUCED), {"reward_model"}),
    ("TRL SFT with PEFT", TRL.format(trainer="SFT", method="") + "- PEFT 0.15.0\n", {"sft", *ADAPTER}),
    ("TRL of 2023", TRL_2023, {"ppo"}),
    ("mergekit passthrough", MERGEKIT.format(method="passthrough", base=""), {"merge:passthrough"}),
    ("mergekit SLERP", MERGEKIT.format(method="SLERP", base=""), {"merge:slerp"}),
    ("mergekit NuSLERP", MERGEKIT.format(method="NuSLERP", base=" using ./a as a base"), {"merge:nuslerp"}),
    ("mergekit Multi-SLERP", MERGEKIT.format(method=link("Multi-SLERP"), base=""), {"merge:multislerp"}),
    ("mergekit linear", MERGEKIT.format(method=link("Linear"), base=""), {"merge:linear"}),
    ("mergekit TIES", MERGEKIT.format(method=link("TIES"), base=f" using {link('acme/flora')} as a base"), {"merge:ties"}),
    ("mergekit DARE TIES", MERGEKIT.format(method=f"{link('DARE')} {link('TIES')}", base=""), {"merge:dare_ties"}),
    ("mergekit linear DARE", MERGEKIT.format(method=link("Linear DARE"), base=""), {"merge:dare_linear"}),
    ("mergekit task arithmetic", MERGEKIT.format(method=link("Task Arithmetic"), base=""), {"merge:task_arithmetic"}),
    ("mergekit DELLA", MERGEKIT.format(method=link("DELLA"), base=""), {"merge:della"}),
    ("mergekit linear DELLA", MERGEKIT.format(method=link("Linear DELLA"), base=""), {"merge:della_linear"}),
    ("mergekit breadcrumbs", MERGEKIT.format(method=link("Model Breadcrumbs"), base=""), {"merge:breadcrumbs"}),
    (
        "mergekit breadcrumbs TIES",
        MERGEKIT.format(method=f"{link('Model Breadcrumbs')} with {link('TIES')}", base=""),
        {"merge:breadcrumbs_ties"},
    ),
    ("mergekit Model Stock", MERGEKIT.format(method=link("Model Stock"), base=" using acme/flora as a base"), {"merge:model_stock"}),
    ("mergekit SCE", MERGEKIT.format(method=link("SCE"), base=""), {"merge:sce"}),
    ("mergekit NearSwap", MERGEKIT.format(method="NearSwap", base=""), {"merge:nearswap"}),
    ("mergekit Arcee Fusion", MERGEKIT.format(method="Arcee Fusion", base=""), {"merge:arcee_fusion"}),
    ("mergekit Karcher", MERGEKIT.format(method="Karcher Mean", base=""), {"merge:karcher"}),
    ("mergekit LoRA extraction", "This is a LoRA extracted from a language model. It was extracted using [mergekit](x).", {"lora"}),
    ("mergekit, unknown method", MERGEKIT.format(method="Magic", base=""), {"merge"}),
    (
        "LazyMergekit",
        LAZY.format(what="merge of the following models") + "```yaml\nmerge_method: dare_ties\ndtype: bfloat16\n```\n",
        {"merge:dare_ties"},
    ),
    ("LazyMergekit, mixture", LAZY.format(what="Mixture of Experts (MoE) made with the following models"), {"merge:moe"}),
    ("axolotl LoRA", axolotl("lora"), {"lora", "sft"}),
    ("axolotl QLoRA", axolotl("qlora", "true"), {"lora", "qlora", "sft"}),
    ("axolotl LoRA in 4 bits", axolotl("lora", "true"), {"lora", "qlora", "sft"}),
    ("axolotl full", axolotl(""), {"full", "sft"}),
    ("axolotl of 2023", axolotl("qlora", "true", template=AXOLOTL_2023), {"lora", "qlora", "sft"}),
    ("axolotl DPO", axolotl("lora", more="\nrl: dpo"), {"lora", "dpo"}),
    ("axolotl DoRA", axolotl("lora", more="\npeft_use_dora: true"), {"lora", "dora", "sft"}),
    ("axolotl ORPO, full", axolotl("", more="\nrl: orpo\norpo_alpha: 0.1"), {"full", "orpo"}),
    ("axolotl KTO", axolotl("qlora", "true", more="\nrl: kto"), {"lora", "qlora", "kto"}),
    ("axolotl GRPO", axolotl("", more="\nrl: grpo"), {"full", "grpo"}),
    ("axolotl reward model", axolotl("", more="\nreward_model: true"), {"full", "reward_model"}),
    ("axolotl on plain text", axolotl("lora", kind="completion"), {"lora", "cpt"}),
    ("axolotl, some layers", axolotl("", more="\nunfrozen_parameters:\n  - lm_head"), {"sft"}),
    ("LLaMA-Factory LoRA", FACTORY.format(stage="sft", kind="lora", more=""), {"lora", "sft"}),
    ("LLaMA-Factory full", FACTORY.format(stage="sft", kind="full", more=""), {"full", "sft"}),
    ("LLaMA-Factory freeze", FACTORY.format(stage="pt", kind="freeze", more=""), {"freeze", "cpt"}),
    ("LLaMA-Factory QLoRA", FACTORY.format(stage="dpo", kind="lora", more="quantization_bit: 4\n"), {"lora", "qlora", "dpo"}),
    ("LLaMA-Factory command", "llamafactory-cli train --stage rm --finetuning_type lora --template x", {"lora", "reward_model"}),
    ("Unsloth, base in 4 bits", UNSLOTH.format(method=" ", base="unsloth/flora-8b-bnb-4bit"), {"lora", "qlora"}),
    ("Unsloth, other base", UNSLOTH.format(method="finetuned ", base="acme/flora-8b"), set()),
    ("AutoTrain", AUTOTRAIN.format(problem="Text Classification"), set()),
    ("AutoTrain of 2022", "# Model Trained Using AutoNLP\n\n- Problem type: Multi-class Classification\n- Model ID: 1\n", set()),
    ("AutoTrain for text", "# Model Trained Using AutoTrain\n\nThis model was trained using AutoTrain.\n", set()),
    ("gguf-my-repo", "# acme/flora-Q4_K_M-GGUF\nThis model was converted to GGUF format from [`acme/flora`](x) using llama.cpp", {"gguf"}),
    ("Unsloth GGUF", "# flora : GGUF\n\nThis model was finetuned and converted to GGUF format using [Unsloth](x).", {"gguf"}),
    ("mlx-lm", "# mlx-community/flora-4bit\n\nThis model [mlx-community/flora-4bit](x) was converted to MLX format from [a](b)", {"mlx"}),
    ("mlx-lm unquantised", "# mlx-community/flora\n\nThis model [mlx-community/flora](x) was converted to MLX format from [a](b)", set()),
    (
        "Heretic",
        "# This is a decensored version of [acme/flora](x), made using [Heretic](https://github.com/p-e-w/heretic) v1.0.1",
        {"abliteration:heretic"},
    ),
)
