"""What counts as documentation, and how deep it goes."""

import pytest

from hublake.rules.cards.card_reading import read_card_text
from hublake.rules.cards.cues import is_measured, is_mitigation, mentioned, specifics
from hublake.rules.cards.documentation import CardSection, read
from hublake.rules.cards.headings import inherited
from hublake.rules.cards.sections import split

TEMPLATE = "Bias, Risks, and Limitations"
RECOMMENDED = "Users (both direct and downstream) should be made aware of the risks, biases and limitations of the model."


def card(text: str) -> list[CardSection]:
    sections = split(text)
    named = inherited([(s.level, s.heading) for s in sections])
    return [CardSection(classes, s.text) for s, classes in zip(sections, named, strict=True)]


def test_the_hub_s_template_section_in_own_words_counts_for_all_that_it_names() -> None:
    columns = read(card(f"# M\n## {TEMPLATE}\nIt was only tried on short letters."), "en").as_columns()
    assert [columns[f"has_{name}"] for name in ("limitations", "bias", "risks", "ethics")] == [True, True, True, False]
    assert columns["bias_own_words"] == 7


def test_the_empty_template_says_nothing_of_its_own() -> None:
    text = f"# M\n## {TEMPLATE}\n[More Information Needed]\n### Recommendations\n{RECOMMENDED} More information needed for further recommendations."
    columns = read(card(text), "en").as_columns()
    assert [name for name, value in columns.items() if name.startswith("has_") and value] == []
    assert (columns["depth"], columns["specificity"], columns["readability"]) == (1, None, None)


def test_a_heading_shared_with_something_else_counts_only_for_what_its_sentences_speak_of() -> None:
    uses = read(card("# M\n## Intended uses & limitations\nUse it to label letters."), "en").as_columns()
    limits = read(
        card("# M\n## Intended uses & limitations\nUse it to label letters. It does not work well on invoices."), "en"
    ).as_columns()
    assert (uses["has_limitations"], limits["has_limitations"]) == (False, True)
    assert limits["limitations_own_words"] == 7


def test_sentences_elsewhere_stand_in_where_no_heading_has_own_words() -> None:
    text = "# M\nThis model may reproduce stereotypes found in its news articles.\n## Citation\nOn the limitations of bias in language models, 2020."
    columns = read(card(text), "en").as_columns()
    assert (columns["has_bias"], columns["has_limitations"]) == (True, False)


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        ("# M\nA speech model.", 0),
        ("# M\n## Limitations\nTODO", 1),
        ("# M\nThe model may be biased, so use it carefully.", 2),
        ("# M\nSee the base model to know more about limitations and biases.", 1),
        ("# M\n## Bias\nThere are no known biases.", 1),
        ("# M\n## Limitations\nThe model makes mistakes.", 2),
        ("# M\n## Bias\nIt works less well for older people.", 3),
        ("# M\n## Limitations\nIt struggles with sarcasm.", 3),
        ("# M\n## Bias\nIt was trained on Wikipedia alone.", 3),
        ("# M\n## Bias\nAccuracy is 7% lower for women than for men.", 4),
        ("# M\n## Bias\nIt works less well for older people.\n## Recommendations\nWe recommend a human review of each decision.", 4),
        ("# M\n## Bias\nThe model makes mistakes.\n## Recommendations\nWe recommend a human review of each decision.", 2),
    ],
)
def test_depth_follows_from_the_deepest_sentence_and_its_answer(text: str, depth: int) -> None:
    assert read(card(text), "en").depth == depth


def test_inherited_is_what_mostly_stands_in_a_parent_s_card() -> None:
    sections = [CardSection(("bias",), "Old words stand here, ten of them or a few more.", 1.0), CardSection(("bias",), "New words.", 0.0)]
    assert read(sections, "en").as_columns()["is_bias_inherited"] is True
    assert read(sections[1:], "en").as_columns()["is_bias_inherited"] is False
    assert read([], "en").as_columns()["is_bias_inherited"] is False


def test_readability_is_of_english_alone() -> None:
    sections = [CardSection(("bias",), "The model is biased.")]
    assert read(sections, "de").as_columns()["readability"] is None
    assert read(sections, "en").as_columns()["readability"] == pytest.approx(206.835 - 1.015 * 4 - 84.6 * 6 / 4)


def test_specificity_is_the_part_of_sentences_that_name_something() -> None:
    found = read([CardSection(("bias",), "It is weak. It confuses Danish and Swedish words.")], "en")
    assert [(s.level, s.specifics) for s in found.concerns] == [(2, ()), (3, ("language",))]
    assert found.specificity == 0.5


def test_a_declared_dataset_is_named_specifically() -> None:
    assert specifics("Most of acme/letters is formal.", ["acme/letters"]) == ("dataset",)


@pytest.mark.parametrize(
    "text",
    [
        "Logged with Weights & Biases.",
        "bias=False in all layers",
        "A classifier of toxic comments.",
        "The attention bias is learned.",
        "including but not limited to Python",
    ],
)
def test_a_word_in_another_sense_is_no_mention(text: str) -> None:
    assert mentioned(text) == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "模型可能带有偏见。",
        "このモデルは偏見を含む可能性があります。",
        "이 모델은 편향이 있을 수 있습니다.",
        "El modelo puede tener sesgos de género.",
        "Le modèle peut reproduire des stéréotypes.",
        "Das Modell kann Vorurteile aus den Daten wiedergeben.",
        "O modelo pode reproduzir preconceitos.",
        "Модель может воспроизводить предвзятые суждения.",
        "Il modello può riprodurre pregiudizi.",
        "قد يعكس النموذج التحيزات الموجودة في البيانات.",
    ],
)
def test_a_bias_is_admitted_in_the_main_languages_too(text: str) -> None:
    assert mentioned(text) == {"bias"}
    assert read(card(f"# M\n## Bias\n{text}"), None).depth == 2


@pytest.mark.parametrize("text", ["没有已知的偏见。", "Aucun biais connu.", "Keine bekannten Verzerrungen.", "Нет известных ограничений."])
def test_a_denial_discloses_nothing_in_any_language(text: str) -> None:
    assert read(card(f"# M\n## Bias\n{text}"), None).depth == 1


def test_what_very_many_cards_share_is_a_heading_and_no_more() -> None:
    text = "## Bias\nIt has a liking for older people.\n## Risks\nIt may leak names."
    own, shared = read_card_text(text), read_card_text(text, shared={0})
    assert (own.filled, shared.filled, shared.present) == (("bias", "risks"), ("risks",), ("bias", "risks"))
    assert shared.sections[0].is_boilerplate


def test_a_year_or_a_model_name_is_no_figure() -> None:
    assert specifics("GPT-2 of 2019 is the base, version 3.") == ()
    assert is_measured("Its WER is 12.5 on this set.")
    assert not is_measured("Its WER is good.")
    assert is_mitigation("We filtered out hateful posts.")
