"""Forms of cards since 2023: leads, callouts, folds, tables, tools' stubs, and claims outside a heading of their class."""

import pytest

from hublake.rules.cards.assessment import CardAssessment, assess_card
from hublake.rules.cards.cue_phrases import mentioned_sections, reports_result, specific_details
from hublake.rules.cards.parsed_card import parse_card
from hublake.rules.cards.sections import split_sections
from hublake.rules.cards.sentences import classify_sentence


def assessed(text: str) -> CardAssessment:
    return assess_card(parse_card(text).sections)


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("# M\n\n**Ethical Considerations and Limitations:**\nIt was built for Welsh law.", {"limitations", "ethics"}),
        ("# M\n\n**Risks:** Wrong dates in a contract cost money.", {"risks"}),
        ("# M\n\n**Out-of-scope** Court filings of any sort.", {"out_of_scope"}),
        ("# M\n## ⚠️ 5. Known issues\nDates before 1900.", {"limitations"}),
        ("# M\n<details><summary>Limitations</summary>\n\nDates before 1900.\n</details>", {"limitations"}),
        ("# M\n\n| Aspect | Note |\n|---|---|\n| Limitations | Dates before 1900 |", {"limitations"}),
        ("# M\n- **Bias:** Rural clerks wrote half of the letters.", {"bias"}),
        ("# M\n\n> [!WARNING]\n> Do not use it for medical advice.", {"out_of_scope"}),
    ],
)
def test_what_stands_below_or_behind_a_lead_fills_the_classes_that_the_lead_names(text: str, classes: set[str]) -> None:
    assert set(assessed(text).filled) == classes


def test_a_lead_is_a_heading_until_the_next_lead_and_its_offsets_select_the_text_behind_it() -> None:
    card = "# M\n\n**Limitations:** Dates before 1900.\n\nAlso names.\n\n**Team:** Two of us.\n\nBye."
    sections = split_sections(card)
    assert [(section.heading, section.text) for section in sections] == [
        ("M", ""),
        ("Limitations", "Dates before 1900.\n\nAlso names."),
        ("Team", "Two of us.\n\nBye."),
    ]
    assert all(card[slice(*section.span)] == section.text for section in sections)


def test_bold_text_that_only_stresses_a_word_is_no_heading() -> None:
    card = "# M\n\n**Note:** it is small.\n\n**Bias terms** are off.\n\n**Never** mind."
    assert [section.heading for section in split_sections(card)] == ["M"]


@pytest.mark.parametrize(
    "text",
    [
        "## Hardware and Software\nTraining used 1,200 GPU hours; we estimate 90 kg CO2eq.",
        "## Training\nThe run drew 310 kWh in Quebec.",
        "## Technical\n| Model | Power (W) | Emissions (tCO2eq) |\n|---|---|---|\n| small | 400 | 1.2 |",
        "**Training Energy Use** 5,000 GPU hours at 400 W each.",
    ],
)
def test_emissions_and_energy_count_as_environment_wherever_they_stand(text: str) -> None:
    assert "environment" in assessed(f"# M\n{text}").filled


def test_emissions_that_a_tool_measured_are_those_of_this_model() -> None:
    assert "environment" in assessed("# Model Trained Using AutoTrain\n- CO2 Emissions (in grams): 5.4\n").filled


def test_devices_and_a_software_environment_say_nothing_of_the_climate() -> None:
    card = "# M\n## Environment\n```\nconda create -n m\npip install -r requirements.txt\n```\n## Training\n8 x A100 for 15 hours."
    assert not {"environment", "how_to_start"} & set(assessed(card).present)


HUB = "# M\n## How to Get Started with the Model\nUse the code below to get started with the model.\n"


def test_code_beside_the_hub_s_own_sentence_is_the_author_s() -> None:
    assert "how_to_start" in assessed(f"{HUB}```python\nfrom transformers import pipeline\npipeline(model='a/b')\n```").filled
    assert "how_to_start" not in assessed(f"{HUB}[More Information Needed]").filled


@pytest.mark.parametrize(
    "code",
    [
        '## Quick start\n```python\nquestion = "If you had a time machine, but could only go to the past or the future once?"\npipeline("x")\n```',
        "## How to Get Started with the Model\n```bash\nlerobot-train --policy.type=act\n```",
        "## How to use\n[TODO: add an example code snippet for running this diffusion pipeline]",
    ],
)
def test_a_tool_s_code_is_present_and_fills_nothing(code: str) -> None:
    found = assessed(f"# M\n{code}")
    assert "how_to_start" in found.present
    assert "how_to_start" not in found.filled


@pytest.mark.parametrize(
    "text",
    [
        "`ollama run a/b`",
        "```bash\nvllm serve a/b\n```",
        "Trigger word: `mossy hut`.",
        "Prompt format: name, then town.",
        "提示词：一座城堡",
        "Open it in LM Studio.",
        "It can be used with llama.cpp.",
        "Put the file in your loras folder.",
        'Prefix each query with "letter: ".',
        "Load the base model first, then attach the adapter.",
    ],
)
def test_a_command_or_an_instruction_to_prompt_is_a_start(text: str) -> None:
    assert "how_to_start" in assessed(f"# M\n{text}").filled


@pytest.mark.parametrize(
    ("text", "is_filled"),
    [
        ("Type a town and press enter.", True),
        ("```\nmossy hut\n```", True),
        ("See [this page](https://example.org).", False),
        ("It is small and fast.", False),
    ],
)
def test_below_its_heading_a_start_needs_code_or_a_step(text: str, *, is_filled: bool) -> None:
    assert ("how_to_start" in assessed(f"# M\n## Usage\n{text}").filled) is is_filled


def test_leads_sort_the_items_below_a_heading_that_joins_classes() -> None:
    heading = "# M\n## Bias, Risks, and Limitations\n"
    items = "- **Regional bias:** Most letters are from Oslo.\n- **Torn pages:** Lines are lost.\n"
    assert assessed(f"{heading}{items}").filled == ("limitations", "bias")
    assert set(assessed(f"{heading}Lines are lost on torn pages.").filled) == {"limitations", "bias", "risks"}


def test_a_row_that_answers_in_a_sentence_claims_what_the_sentence_does() -> None:
    row = "| Use in court | The model must not be used to decide on a sentence. |"
    assert "out_of_scope" in assessed(f"# M\n\n| Question | Answer |\n|---|---|\n{row}").filled
    assert "out_of_scope" not in assessed("# M\n\n| Text | Label |\n|---|---|\n| do not use it | 1 |").present


def test_a_row_that_answers_nothing_fills_nothing() -> None:
    table = "| Field | Response |\n|---|---|\n| Measures against bias: | None |"
    assert "bias" not in assessed(f"# M\n## Bias\n{table}").filled


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "[insert groups]",
        "Pendiente.",
        "À compléter",
        "未定",
        "記載予定",
        "작성 예정",
        "[Se necesita más información]",
        '{{ bias | default("[More Information Needed]", true) }}',
        "[specify the groups]",
        "[To be added]",
        "This section identifies foreseeable harms and misunderstandings.",
        "This section outlines the known limitations of this model.",
    ],
)
def test_a_gap_is_no_own_word_in_any_language(text: str) -> None:
    found = assessed(f"# M\n## Bias\n{text}")
    assert (found.present, found.filled, found.documentation.depth) == (("bias",), (), 1)


@pytest.mark.parametrize(
    "text",
    [
        "Prompt format: <your prompt>",
        "Prompt format: USER: <your prompt> ASSISTANT:",
        "Trigger word: [your name]",
        "Query: <your query>",
        "Use <add noise> before each prompt",
        "This section covers what the model cannot do: it fails on Arabic dialects and on tables.",
        "This section explains how we removed slurs from the training data.",
        "This section discusses its errors on sonnets, which it takes for prose.",
        "This section is meant to convey that it drops every second verse.",
    ],
)
def test_what_a_user_fills_in_and_what_a_section_states_are_own_words(text: str) -> None:
    assert classify_sentence(text) == "own"


@pytest.mark.parametrize(
    "text",
    [
        "This model detects toxic language, threats and hateful comments in forums.",
        "The model estimates the risk of mortality within a month.",
        "Free of charge, without limitation, to any person obtaining a copy.",
        "The weights come as is and without warranty of any kind.",
        "DO NOT use greedy decoding with this checkpoint.",
        "It infers types without bias toward any library.",
        "Tuned on cases of the European Court of Human Rights.",
        "A model without limitations: unbiased, fast and small.",
    ],
)
def test_what_a_model_is_for_and_the_words_of_licences_claim_nothing(text: str) -> None:
    assert mentioned_sections(text) == frozenset()


def test_a_heading_on_privacy_alone_is_no_ethics() -> None:
    assert "ethics" not in assessed("# M\n## Privacy\nAll runs on your own device.").present


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("It performs well only in English.", "limitations"),
        ("Tables have not been tested.", "limitations"),
        ("Speakers from rural areas are misread more often than others.", "bias"),
        ("The agent may be manipulated by an attacker who plants comments.", "risks"),
        ("We filtered phone numbers from the training data.", "risks"),
        ("The singers gave consent to the use of their voices.", "ethics"),
        ("This is not a medical device.", "out_of_scope"),
        ("Verify every date before you print it.", "recommendations"),
        ("Training used 12 kWh of electricity.", "environment"),
        ("对方言的识别效果较差。", "limitations"),
        ("长文本可能会出错，未经验证。", "limitations"),
        ("医療目的では使用しないでください。", "out_of_scope"),
        ("方言は苦手です。", "limitations"),
        ("사투리는 지원하지 않습니다.", "limitations"),
        ("Funciona mal con textos muy cortos.", "limitations"),
        ("Le modèle ne remplace pas un avocat.", "out_of_scope"),
        ("O modelo não funciona com gírias.", "limitations"),
    ],
)
def test_a_claim_is_found_without_a_heading(text: str, name: str) -> None:
    assert name in mentioned_sections(text)
    assert name in assessed(f"# M\n{text}").filled


def test_the_number_of_a_version_is_no_figure() -> None:
    assert "figure" not in specific_details("Based on Larch 3.1 and Granite-3.3 of last year.")
    assert specific_details("Recall is 0.84 there.") == ("figure",)


@pytest.mark.parametrize("text", ["We read 200 answers; 14 of 200 were wrong.", "WER is 31% and rises.", "It refused 3/50 requests."])
def test_a_count_of_failures_is_a_result(text: str) -> None:
    assert reports_result(text)


def test_a_named_hazard_is_specific() -> None:
    assert "hazard" in specific_details("It may give advice on nuclear or cyber weapons.")


def test_text_behind_a_citation_counts_only_if_it_speaks_of_the_model() -> None:
    assert "limitations" in assessed("# M\n## Citation\nSee below.\n\nThis model was not tested on Catalan.").filled
    assert "limitations" not in assessed("# M\n## Citation\nOn the limitations of language models, 2024.").present
